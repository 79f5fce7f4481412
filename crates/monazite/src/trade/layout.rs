//! Where the files of a store lie, which of them are live, and whether they are what was written.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::codes::{COUNTRIES_FILE, PRODUCTS_FILE, check_codes};
use super::error::StoreError;
use super::manifest::{FIRST_FORMAT, SIGNATURE, StoreManifest, YearRecord};
use super::year_writer::{FLOWS_FILE, INDEX_FILE, MARGINS_FILE, PAGES_FILE, checksum};
use crate::disk;
use crate::threads::within;

/// Folders of a store: one table each. In `years` is what an import needs to go on.
pub(super) const FLOWS: &str = "flows";
pub(super) const INDEX: &str = "index";
pub(super) const PAGES: &str = "pages";
pub(super) const MARGINS: &str = "margins";
pub(super) const YEARS: &str = "years";

/// A live file of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreFile {
    /// What it holds: `flows`, `index`, `pages`, `margins` or `codes`.
    pub role: &'static str,
    /// The year; `None` for the code tables.
    pub year: Option<u16>,
    /// Where it is.
    pub path: PathBuf,
}

/// The files of one year.
#[derive(Debug, Clone)]
pub(super) struct YearFiles {
    pub(super) flows: PathBuf,
    pub(super) index: PathBuf,
    /// Not there in the first format.
    pub(super) pages: PathBuf,
    pub(super) margins: PathBuf,
}

impl YearFiles {
    pub(super) fn of(store: &Path, manifest: &StoreManifest, record: &YearRecord) -> Self {
        match manifest.format {
            FIRST_FORMAT => Self::in_one_folder(&store.join(&record.name)),
            _ => Self::in_store(store, record),
        }
    }

    /// The files of a year by themselves: while it is written, and in the first format.
    pub(super) fn in_one_folder(folder: &Path) -> Self {
        let [flows, index, pages, margins] =
            [FLOWS_FILE, INDEX_FILE, PAGES_FILE, MARGINS_FILE].map(|name| folder.join(name));
        Self { flows, index, pages, margins }
    }

    pub(super) fn in_store(store: &Path, record: &YearRecord) -> Self {
        let name = format!("{}.parquet", record.name);
        let [flows, index, pages, margins] =
            [FLOWS, INDEX, PAGES, MARGINS].map(|folder| store.join(folder).join(&name));
        Self { flows, index, pages, margins }
    }

    /// The files in order, with what they hold and the checksum they should have.
    pub(super) fn with_sums<'a>(
        &'a self,
        record: &'a YearRecord,
    ) -> impl Iterator<Item = (&'static str, &'a Path, &'a str)> {
        [
            (FLOWS, &self.flows, &record.flows_sha256),
            (INDEX, &self.index, &record.index_sha256),
            (PAGES, &self.pages, &record.pages_sha256),
            (MARGINS, &self.margins, &record.margins_sha256),
        ]
        .into_iter()
        .filter(|(_, _, sum)| !sum.is_empty())
        .map(|(role, path, sum)| (role, path.as_path(), sum.as_str()))
    }

    /// Whether all files are what was written.
    pub(super) fn verify(&self, record: &YearRecord) -> Result<(), StoreError> {
        self.with_sums(record).try_for_each(|(_, path, sum)| verify_file(path, sum))
    }
}

/// Refuses a store among whose files there is a link: they are read from its own folder. What is missing is said by who reads it.
pub(super) fn refuse_links(store: &Path, manifest: &StoreManifest) -> Result<(), StoreError> {
    let of_years = manifest.years.iter().map(|record| year_file(store, record));
    for path in live_files(store, manifest).into_iter().map(|file| file.path).chain(of_years) {
        match disk::refuse_links_to(store, path.strip_prefix(store).unwrap_or(&path)) {
            Err(e) if e.kind() == std::io::ErrorKind::InvalidInput => {
                return Err(StoreError::io(&path, "cannot be read", e));
            }
            _ => {}
        }
    }
    Ok(())
}

fn verify_file(path: &Path, sum: &str) -> Result<(), StoreError> {
    if checksum(path).map_err(|e| StoreError::of_file(path, e))? == sum {
        return Ok(());
    }
    Err(StoreError::Changed { path: path.display().to_string(), what: "its checksum differs".to_owned() })
}

/// Where what an import needs of a year stands.
pub(super) fn year_file(store: &Path, record: &YearRecord) -> PathBuf {
    store.join(YEARS).join(format!("{}.toml", record.name))
}

/// Whether the file that an import takes a year over with is what was written, and of this year.
fn verify_year_file(store: &Path, record: &YearRecord) -> Result<(), StoreError> {
    let path = year_file(store, record);
    let text = disk::read_text(&path, disk::LARGEST_TABLE).map_err(|e| StoreError::of_file(&path, e))?;
    let written = toml::from_str::<toml::Table>(&text)
        .ok()
        .and_then(|mut file| file.remove("record")?.try_into::<YearRecord>().ok());
    if SIGNATURE.is_signed(&text) && written.as_ref() == Some(record) {
        return Ok(());
    }
    Err(StoreError::Changed { path: path.display().to_string(), what: "its checksum differs".to_owned() })
}

/// The files that a store is made of at present, besides `store.toml`. Other files in its folders are left over from an import that was
/// killed, and not to be read.
pub fn live_files(store: &Path, manifest: &StoreManifest) -> Vec<StoreFile> {
    let mut files = Vec::new();
    for record in &manifest.years {
        for (role, path, _) in YearFiles::of(store, manifest, record).with_sums(record) {
            files.push(StoreFile { role, year: Some(record.year), path: path.to_owned() });
        }
    }
    let codes = store.join(&manifest.codes);
    files.extend([COUNTRIES_FILE, PRODUCTS_FILE].map(|name| StoreFile {
        role: "codes",
        year: None,
        path: codes.join(name),
    }));
    files
}

/// Checks every byte of every file that the manifest names against the checksum that was taken when it was written.
///
/// # Errors
/// [`StoreError::Changed`] for the first file, in the order of the manifest, that differs or is not there; [`StoreError::Io`] if it cannot be
/// read, or is a link.
pub fn verify_files(store: &Path, manifest: &StoreManifest) -> Result<(), StoreError> {
    refuse_links(store, manifest)?;
    check_codes(store, &manifest.codes)?;
    let results: Vec<Result<(), StoreError>> = within(|| {
        let verify = |record: &YearRecord| {
            YearFiles::of(store, manifest, record).verify(record)?;
            if manifest.format == FIRST_FORMAT { Ok(()) } else { verify_year_file(store, record) }
        };
        manifest.years.par_iter().map(verify).collect()
    });
    results.into_iter().collect()
}
