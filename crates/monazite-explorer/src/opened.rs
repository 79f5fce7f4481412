//! A run that is explored: its files by name, and what was made of it once.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use monazite::progress::{Cancelled, Progress};
use monazite::report::explorer::{BY_COUNTRY, Parts, Served, by_country, explorer_json, later_json, run_id};
use monazite::run::Run;
use monazite::run_folder::{FolderError, LastWrite, MANIFEST_FILE, OpenFile};
use serde::Serialize;

use crate::ExploreError;

/// A run that is explored. Its folder is only ever read.
#[derive(Debug)]
pub struct OpenedRun {
    /// The run.
    pub run: Run,
    /// By name: size and checksum of every file that the manifest lists.
    files: BTreeMap<String, Listed>,
    /// The copy by country.
    by_country: Bytes,
}

/// A file as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    bytes: u64,
    sha256: String,
}

/// A file that can be sent.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its content.
    pub file: OpenFile,
    /// Its size.
    pub bytes: u64,
    /// What tells it from another version of itself; empty if nothing does.
    pub tag: String,
    /// When it was last written, as far as it was checked.
    pub checked: Option<LastWrite>,
}

impl OpenedRun {
    /// Opens a finished run and makes its copy by country. The size of every file is checked; with `verify` every byte is.
    ///
    /// # Errors
    /// [`ExploreError`] if it is no finished run of this version, a file is missing or not as the manifest lists it, or `progress` asks to
    /// stop.
    pub fn open(folder: &Path, verify: bool, progress: &dyn Progress) -> Result<Self, ExploreError> {
        let run = Run::open(folder)?;
        let mut files = BTreeMap::new();
        for file in &run.manifest().files {
            progress.go_on()?;
            let found = std::fs::symlink_metadata(folder.join(&file.name));
            let as_listed = found.is_ok_and(|found| found.is_file() && found.len() == file.bytes);
            // Where it is not, the files of a run know what became of it: it changed, or the run is being replaced.
            if verify || !as_listed {
                run.files().open_file(&file.name)?;
            }
            files.insert(file.name.clone(), Listed { bytes: file.bytes, sha256: file.sha256.clone() });
        }
        let by_country = by_country(&run, progress)?.ok_or_else(Cancelled::default)?;
        Ok(Self { run, files, by_country })
    }

    /// Its id.
    pub fn id(&self) -> String {
        run_id(self.run.manifest())
    }

    /// Bytes of the copy by country.
    pub fn by_country(&self) -> &Bytes {
        &self.by_country
    }

    /// The names of the files that can be asked for, but for the copy by country and the manifest.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether there is a file of exactly this name; see [`OpenedRun::find`].
    pub fn has(&self, name: &str) -> bool {
        name == BY_COUNTRY || name == MANIFEST_FILE || self.files.contains_key(name)
    }

    /// A file by its exact name: one that the manifest lists, the manifest, or the copy by country; `None` for any other name. No path is ever
    /// made of a name that is not one of these. It is checked against the manifest when it is first opened, and stays open.
    ///
    /// # Errors
    /// [`FolderError`] if it is missing or not as the manifest lists it.
    pub fn find(&self, name: &str) -> Result<Option<Found>, FolderError> {
        if name == BY_COUNTRY {
            let file = OpenFile::InMemory(self.by_country.clone());
            let tag = format!("{}-{}", self.id(), self.by_country.len());
            return Ok(Some(Found { bytes: self.by_country.len() as u64, file, tag, checked: None }));
        }
        if name == MANIFEST_FILE {
            let text = self.run.files().read(MANIFEST_FILE)?;
            return Ok(Some(Found {
                bytes: text.len() as u64,
                file: OpenFile::InMemory(text),
                tag: String::new(),
                checked: None,
            }));
        }
        let Some((name, listed)) = self.files.get_key_value(name) else { return Ok(None) };
        let file = self.run.files().open_file(name)?;
        let at = self.run.files().place_of(name).display().to_string();
        let checked = file.last_write().map_err(|source| FolderError::Io {
            path: at,
            action: "cannot be read",
            source,
        })?;
        Ok(Some(Found { file, bytes: listed.bytes, tag: listed.sha256.clone(), checked }))
    }

    /// Its `explorer.json`.
    ///
    /// # Errors
    /// [`ExploreError`] if a table is damaged.
    pub fn explorer(&self, mut served: Served) -> Result<Bytes, ExploreError> {
        served.by_country_bytes = Some(self.by_country.len() as u64);
        json(&explorer_json(&self.run, served)?)
    }

    /// What `explorer.json` does not hold, by the names of the files.
    ///
    /// # Errors
    /// [`ExploreError`] if a table is damaged.
    pub fn later(&self, names: Parts) -> Result<Vec<(String, Bytes)>, ExploreError> {
        let later = later_json(&self.run)?;
        Ok(vec![
            (names.product_years, json(&later.product_years)?),
            (names.findings, json(&later.findings)?),
            (names.chain, json(&later.chain)?),
            (names.evidence, json(&later.evidence)?),
            (names.indices, json(&later.indices)?),
        ])
    }
}

fn json(value: &impl Serialize) -> Result<Bytes, ExploreError> {
    let text = serde_json::to_vec(value).map_err(|e| ExploreError::Server(e.into()))?;
    Ok(text.into())
}
