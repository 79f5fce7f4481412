//! The files of a finished run as its manifest lists them: a file is read only if it has the size and the checksum from there.
//!
//! A run that is being replaced is no other one for it: until the new manifest is in its place, files of the run before are in their places or
//! set aside, and what is found there under another content is passed over. So nobody reads files of two runs.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::commit::{JOURNAL, OLD};
use super::error::{FolderError, MANIFEST_FILE};
use crate::disk;
use crate::plain_text::hex;
use crate::trade::year_writer::checksum_of;

/// How often a file is looked for while the run is being replaced.
const LOOKS: usize = 8;

#[derive(Debug)]
struct Expected {
    bytes: u64,
    sha256: String,
}

/// What the manifest of a finished run lists.
#[derive(Debug)]
pub(super) struct Listed {
    folder: PathBuf,
    /// The text of the manifest.
    manifest: String,
    files: BTreeMap<String, Expected>,
    /// Files that were checked. Open they stay the same whatever takes their place; one that was written into is checked again.
    open: Mutex<BTreeMap<String, (Arc<File>, LastWrite)>>,
}

/// Size of a file, and when it was last written: they tell whether somebody has written into it since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastWrite {
    bytes: u64,
    at: Option<SystemTime>,
}

impl LastWrite {
    /// Of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let about = file.metadata()?;
        Ok(Self { bytes: about.len(), at: about.modified().ok() })
    }
}

/// What is in a place where a file may be.
enum Found<T> {
    Listed(T),
    Other(String),
}

impl Listed {
    /// A run of which no file is known yet but the manifest.
    pub(super) fn new(folder: &Path, manifest: String) -> Self {
        Self { folder: folder.to_owned(), manifest, files: BTreeMap::new(), open: Mutex::default() }
    }

    /// Adds a file.
    pub(super) fn add(&mut self, name: &str, bytes: u64, sha256: &str) {
        self.files.insert(name.to_owned(), Expected { bytes, sha256: sha256.to_owned() });
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// All names but that of the manifest.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// A whole file.
    pub(super) fn read(&self, name: &str) -> Result<Bytes, FolderError> {
        if name == MANIFEST_FILE {
            return Ok(Bytes::copy_from_slice(self.manifest.as_bytes()));
        }
        self.find(name, |at, expected| {
            let content = disk::read_below(&self.folder, at, disk::LARGEST_FILE)?;
            let sum = hex(&Sha256::digest(&content));
            Ok(match expected.other(content.len() as u64, &sum) {
                Some(what) => Found::Other(what),
                None => Found::Listed(Bytes::from(content)),
            })
        })
    }

    /// A file that is read piece by piece; it is read through once here.
    pub(super) fn open(&self, name: &str) -> Result<Arc<File>, FolderError> {
        let known = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some((file, checked)) = known
            && LastWrite::of(&file).is_ok_and(|now| now == checked)
        {
            return Ok(file);
        }
        let (file, checked) = self.find(name, |at, expected| {
            let mut file = disk::open_below(&self.folder, at)?;
            // Taken before it is read: what is written meanwhile has a later time.
            let now = LastWrite::of(&file)?;
            let sum = if now.bytes == expected.bytes { checksum_of(&mut file)? } else { String::new() };
            io::Seek::rewind(&mut file)?;
            Ok(match expected.other(now.bytes, &sum) {
                Some(what) => Found::Other(what),
                None => Found::Listed((Arc::new(file), now)),
            })
        })?;
        let kept = (file.clone(), checked);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), kept);
        Ok(file)
    }

    /// Looks for a file in its place and among those set aside; `look` is given its name from the folder.
    fn find<T>(
        &self,
        name: &str,
        look: impl Fn(&str, &Expected) -> io::Result<Found<T>>,
    ) -> Result<T, FolderError> {
        let place = self.folder.join(name);
        let Some(expected) = self.files.get(name) else {
            return Err(FolderError::io(&place, "cannot be read", io::ErrorKind::NotFound.into()));
        };
        let mut other = None;
        for _ in 0..LOOKS {
            for at in [name, &format!("{OLD}/{name}")] {
                match look(at, expected) {
                    Ok(Found::Listed(found)) => return Ok(found),
                    Ok(Found::Other(what)) if at == name => other = Some(what),
                    Err(e) if at == name && !is_absence(&e) => {
                        return Err(FolderError::io(&place, "cannot be read", e));
                    }
                    _ => {}
                }
            }
            if !self.folder.join(JOURNAL).exists() && other.is_some() {
                break;
            }
        }
        let now = fs::read_to_string(self.folder.join(MANIFEST_FILE)).unwrap_or_default();
        if now != self.manifest {
            return Err(FolderError::Replaced { path: self.folder.display().to_string() });
        }
        let what = other.unwrap_or_else(|| "it is not there, and the manifest lists it".to_owned());
        Err(FolderError::Changed { path: place.display().to_string(), what })
    }
}

impl Expected {
    /// In which way a file is another one; `None` if it is not.
    fn other(&self, bytes: u64, sha256: &str) -> Option<String> {
        if bytes != self.bytes {
            return Some(format!("it has {bytes} bytes, not the {} in the manifest", self.bytes));
        }
        (sha256 != self.sha256).then(|| "its checksum differs from that in the manifest".to_owned())
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn files_set_aside_are_found_and_others_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at(OLD)).unwrap();
        fs::write(at(JOURNAL), "").unwrap();
        fs::write(at(MANIFEST_FILE), "before").unwrap();
        fs::write(at("a.csv"), "new").unwrap();
        fs::write(at(OLD).join("a.csv"), "old").unwrap();
        let mut listed = Listed::new(folder.path(), "before".to_owned());
        listed.add("a.csv", 3, &hex(&Sha256::digest("old")));
        assert_eq!(listed.read("a.csv").unwrap(), "old");
        // An open file is the same after all has been moved.
        let open = listed.open("a.csv").unwrap();
        fs::remove_dir_all(at(OLD)).unwrap();
        fs::remove_file(at(JOURNAL)).unwrap();
        let mut text = String::new();
        (&*open).read_to_string(&mut text).unwrap();
        assert_eq!(text, "old");
        assert!(matches!(listed.read("a.csv"), Err(FolderError::Changed { .. })));
        fs::write(at(MANIFEST_FILE), "after").unwrap();
        let error = listed.read("a.csv").unwrap_err().to_string();
        assert!(
            error.ends_with("another run has taken the place of this one while it was read; do it again"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_written_into_while_it_is_open_is_no_longer_that_of_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let write = |text: &str, later: u64| {
            let mut file =
                File::options().write(true).create(true).truncate(false).open(at("a.csv")).unwrap();
            io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            // As if some time had passed: clocks of disks tick slowly.
            file.set_modified(SystemTime::now() + std::time::Duration::from_secs(later)).unwrap();
        };
        fs::write(at(MANIFEST_FILE), "x").unwrap();
        write("old", 0);
        let mut listed = Listed::new(folder.path(), "x".to_owned());
        listed.add("a.csv", 3, &hex(&Sha256::digest("old")));
        let open = listed.open("a.csv").unwrap();
        assert!(Arc::ptr_eq(&open, &listed.open("a.csv").unwrap()), "not read again");
        write("new", 1);
        assert!(matches!(listed.open("a.csv"), Err(FolderError::Changed { .. })));
        // Touched only, it is the same.
        write("old", 2);
        listed.open("a.csv").unwrap();
    }
}
