//! The trade data of a study.

use std::path::PathBuf;

use super::Error;
use crate::ingest::{ReadOptions, Release};
use crate::progress::Progress;
use crate::study::Study;
use crate::trade::manifest::MANIFEST_FILE as STORE_FILE;
use crate::trade::{ImportOptions, ImportOutcome, Store, import_release};

/// Opens the trade data of a study; a release is imported first, once, into a store beside it.
///
/// # Errors
/// [`Error::Store`].
pub fn open_trade(study: &Study, progress: &dyn Progress) -> Result<Store, Error> {
    let path = study.resolve(&study.data.trade);
    if path.join(STORE_FILE).exists() {
        return Ok(Store::open(&path)?);
    }
    let release = Release::open(&path)?;
    let store = store_folder(study);
    let options = ImportOptions {
        read: ReadOptions {
            unknown_country: study.data.unknown_country,
            short_codes: study.data.short_codes,
        },
        edition: study.data.edition,
        version: study.data.baci_version.clone(),
        convert_to: study.data.convert_to,
        ..ImportOptions::default()
    };
    match import_release(&release, &store, &options, progress)? {
        ImportOutcome::UpToDate(_) => progress.note(&format!("store {} is up to date", store.display())),
        ImportOutcome::Written { .. } => progress.note(&format!("imported into {}", store.display())),
    }
    Ok(Store::open(&store)?)
}

/// Where the store of a study's release is kept: where the study says, or beside the release.
pub fn store_folder(study: &Study) -> PathBuf {
    match &study.data.store {
        Some(store) => study.resolve(store),
        None => {
            let release = study.resolve(&study.data.trade);
            let mut name = release.file_name().unwrap_or_default().to_os_string();
            name.push(".store");
            release.with_file_name(name)
        }
    }
}
