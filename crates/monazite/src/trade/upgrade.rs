//! A store of the first format, written anew in the present one, without the release that it was made from.

use std::fs;
use std::path::Path;

use super::error::StoreError;
use super::import::place::{
    STAGING, YEAR_FILE, claim, clean_up, fresh_folder, lock, publish_year, swap_in, tidy_after_failure,
    write_whole,
};
use super::layout::YearFiles;
use super::manifest::{FIRST_FORMAT, SIGNATURE, STORE_FORMAT, StoreManifest, YearRecord};
use super::source::FlowSource;
use super::store::Store;
use super::year_writer::YearWriter;
use crate::ingest::year_table::SortedFlows;
use crate::nomenclature::Hs6;
use crate::progress::{Progress, Unit};
use crate::threads::within;

/// Writes a store of the first format anew in the present one, and says whether there was anything to do. What the store holds stays the
/// same to the last bit; until the end the old store is what it was.
///
/// # Errors
/// [`StoreError::NotAStore`] if there is none, [`StoreError::Taken`] if it lies in a run, a release or a replication package,
/// [`StoreError::Changed`] if the store is damaged, [`StoreError::Locked`] if an import writes there, [`StoreError::Cancelled`] if
/// `progress` asks to stop, [`StoreError::ReadOnly`] or [`StoreError::Io`] if the disk refuses.
pub fn upgrade_store(folder: &Path, progress: &dyn Progress) -> Result<bool, StoreError> {
    if StoreManifest::read(folder)?.format != FIRST_FORMAT {
        return Ok(false);
    }
    claim(folder)?;
    let held = lock(folder)?;
    let staging = folder.join(STAGING);
    let written = within(|| write_anew(folder, &staging, progress));
    if written.is_err() {
        drop(held);
        tidy_after_failure(folder, &staging);
    }
    written.map(|()| true)
}

/// As [`upgrade_store`]; whatever is damaged is left to the import that follows.
///
/// # Errors
/// [`StoreError::LaterFormat`] for a store that a later version of the program wrote: an import must not replace what it does not know.
pub(super) fn upgrade_before_import(folder: &Path, progress: &dyn Progress) -> Result<(), StoreError> {
    match upgrade_store(folder, progress) {
        Err(
            stop @ (StoreError::Cancelled(_) | StoreError::Locked { .. } | StoreError::LaterFormat { .. }),
        ) => Err(stop),
        _ => Ok(()),
    }
}

fn write_anew(folder: &Path, staging: &Path, progress: &dyn Progress) -> Result<(), StoreError> {
    let store = Store::open(folder)?;
    let mut manifest = store.manifest().clone();
    let sizes = manifest.years.iter().map(|year| {
        let flows = YearFiles::in_one_folder(&folder.join(&year.name)).flows;
        fs::metadata(flows).map_or(0, |file| file.len())
    });
    let sizes: Vec<u64> = sizes.collect();
    progress.begin("rewriting the store", sizes.iter().sum(), Unit::Bytes);
    let mut done = 0;
    for (record, size) in manifest.years.iter_mut().zip(sizes) {
        let place = fresh_folder(&staging.join(record.year.to_string()))?;
        let level = store.manifest().options.compression_level;
        let new = write_year_anew(&store, record.year, &place, level, progress)?;
        done += size;
        progress.advance_to(done);
        if (new.flows, new.products, new.value.to_bits())
            != (record.flows, record.products, record.value.to_bits())
        {
            return Err(StoreError::Changed {
                path: folder.join(&record.name).display().to_string(),
                what: format!("{} flows instead of {}", new.flows, record.flows),
            });
        }
        write_year_file(&folder.join(&record.name), &place, &new)?;
        *record = new;
    }
    progress.end();
    manifest.format = STORE_FORMAT;
    manifest.monazite = env!("CARGO_PKG_VERSION").to_owned();
    for record in &manifest.years {
        publish_year(folder, &staging.join(record.year.to_string()), record)?;
    }
    swap_in(folder, &manifest)?;
    clean_up(folder, &manifest);
    Ok(())
}

fn write_year_anew(
    store: &Store,
    year: u16,
    place: &Path,
    compression_level: i32,
    progress: &dyn Progress,
) -> Result<YearRecord, StoreError> {
    let mut writer = YearWriter::create(place, year, store.countries(), compression_level)?;
    let products: Vec<Hs6> = store.traded_in(year).iter().map(|entry| entry.product).collect();
    let mut sorted = SortedFlows::default();
    for chunk in products.chunks(64) {
        progress.go_on()?;
        let batch = store.read(year, chunk, true)?;
        for (product, range) in &batch.products {
            sorted.importers.clear();
            sorted.importers.extend_from_slice(&batch.importers[range.clone()]);
            sorted.exporters.clear();
            sorted.exporters.extend_from_slice(&batch.exporters[range.clone()]);
            sorted.values.clear();
            sorted.values.extend_from_slice(&batch.values[range.clone()]);
            sorted.quantities.clear();
            sorted.quantities.extend(batch.quantities[range.clone()].iter().map(|q| q.unwrap_or(f64::NAN)));
            writer.add(*product, &sorted)?;
        }
    }
    writer.finish()
}

/// What an import needs to take the year over, with the new record and format in it.
fn write_year_file(from: &Path, to: &Path, record: &YearRecord) -> Result<(), StoreError> {
    let path = from.join(YEAR_FILE);
    let text = fs::read_to_string(&path).map_err(|e| StoreError::io(&path, "cannot be read", e))?;
    let broken = |message: String| StoreError::Manifest { path: path.display().to_string(), message };
    let mut file: toml::Table = toml::from_str(&text).map_err(|e| broken(e.message().to_owned()))?;
    if let Some(toml::Value::String(settings)) = file.get_mut("settings") {
        let (old, new) = (format!("format {FIRST_FORMAT},"), format!("format {STORE_FORMAT},"));
        *settings = settings.replacen(&old, &new, 1);
    }
    let record = toml::Value::try_from(record).map_err(|e| broken(e.to_string()))?;
    file.insert("record".to_owned(), record);
    let text = toml::to_string(&file).map_err(|e| broken(e.to_string()))?;
    write_whole(&to.join(YEAR_FILE), SIGNATURE.sign(&text).as_bytes())
}
