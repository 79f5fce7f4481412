//! The files of a run by name, wherever they are: in a folder, or in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::error::FolderError;
use crate::columnar::TableReader;
use crate::delimited::{Table, TableError};
use crate::disk;

/// The files of a run, to be read: of a finished run, of one that is being made, or of one in memory.
///
/// Whoever reads a run reads it through this, and so does not know where the run is.
///
/// ```
/// use monazite::run_folder::RunFiles;
/// let files = [("countries.csv".to_owned(), "country,name\nCOD,Congo\n".into())].into();
/// let run = RunFiles::in_memory(files);
/// assert!(run.exists("countries.csv") && !run.exists("trends.csv"));
/// let table = run.table("countries.csv")?;
/// assert_eq!(table.rows[0].get(0), "COD");
/// # Ok::<(), monazite::delimited::TableError>(())
/// ```
#[derive(Debug, Clone)]
pub struct RunFiles {
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(PathBuf),
    /// A stage of a finished run is made again: its files are in `made`, those of other stages still in `kept`.
    Amended {
        made: PathBuf,
        kept: PathBuf,
        replaces: fn(&str) -> bool,
    },
    Memory(Arc<BTreeMap<String, Bytes>>),
}

impl RunFiles {
    /// The files in a folder. Nothing is looked at before a file is asked for.
    pub fn folder(folder: &Path) -> Self {
        Self { place: Place::Folder(folder.to_owned()) }
    }

    /// Files in memory, by name.
    pub fn in_memory(files: BTreeMap<String, Bytes>) -> Self {
        Self { place: Place::Memory(Arc::new(files)) }
    }

    /// Files of stages made again in `made`, all that they do not replace in `kept`.
    pub(super) fn amended(made: &Path, kept: &Path, replaces: fn(&str) -> bool) -> Self {
        Self { place: Place::Amended { made: made.to_owned(), kept: kept.to_owned(), replaces } }
    }

    /// The run in words, for messages: its folder, or "the run in memory".
    pub fn name(&self) -> String {
        match &self.place {
            Place::Folder(folder) | Place::Amended { kept: folder, .. } => folder.display().to_string(),
            Place::Memory(_) => "the run in memory".to_owned(),
        }
    }

    /// The folder; `None` for a run in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) | Place::Amended { kept: folder, .. } => Some(folder),
            Place::Memory(_) => None,
        }
    }

    /// Where a file is, for messages: its path, or its name alone if it is in memory.
    pub fn place_of(&self, name: &str) -> PathBuf {
        match &self.place {
            Place::Folder(folder) => folder.join(name),
            Place::Amended { made, kept, replaces } => {
                let path = made.join(name);
                if path.is_file() || replaces(name) { path } else { kept.join(name) }
            }
            Place::Memory(_) => PathBuf::from(name),
        }
    }

    /// Whether there is a file of this name.
    pub fn exists(&self, name: &str) -> bool {
        match &self.place {
            Place::Memory(files) => files.contains_key(name),
            _ => self.place_of(name).is_file(),
        }
    }

    /// A whole file.
    ///
    /// # Errors
    /// [`FolderError::Io`] if there is no such file or it cannot be read.
    pub fn read(&self, name: &str) -> Result<Bytes, FolderError> {
        let path = self.place_of(name);
        let read = match &self.place {
            Place::Memory(files) => files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()),
            _ => disk::read(&path, disk::LARGEST_FILE).map(Bytes::from),
        };
        read.map_err(|e| FolderError::io(&path, "cannot be read", e))
    }

    /// A whole file as text.
    ///
    /// # Errors
    /// [`FolderError::Io`] if there is no such file, or it is not UTF-8.
    pub fn text(&self, name: &str) -> Result<String, FolderError> {
        String::from_utf8(self.read(name)?.into()).map_err(|e| {
            let source = io::Error::new(io::ErrorKind::InvalidData, e);
            FolderError::io(&self.place_of(name), "cannot be read", source)
        })
    }

    /// As [`RunFiles::text`]; `None` if there is no such file.
    ///
    /// # Errors
    /// [`FolderError::Io`] if it cannot be read.
    pub fn text_if_there(&self, name: &str) -> Result<Option<String>, FolderError> {
        if self.exists(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// A small table.
    ///
    /// # Errors
    /// [`TableError::Unreadable`] if there is no such file or it cannot be read, [`TableError::Empty`] if there is nothing in it.
    pub fn table(&self, name: &str) -> Result<Table, TableError> {
        let file = self.place_of(name).display().to_string();
        match &self.place {
            Place::Memory(files) => match files.get(name) {
                Some(bytes) => Table::parse(bytes, &file),
                None => Err(TableError::Unreadable { file, message: "there is no such file".to_owned() }),
            },
            _ => Table::read(&self.place_of(name)),
        }
    }

    /// As [`RunFiles::table`]; `None` if there is no such file.
    ///
    /// # Errors
    /// As [`RunFiles::table`].
    pub fn table_if_there(&self, name: &str) -> Result<Option<Table>, TableError> {
        if self.exists(name) { self.table(name).map(Some) } else { Ok(None) }
    }

    /// A large table.
    ///
    /// # Errors
    /// [`FolderError::Io`] if there is no such file, [`FolderError::Parquet`] if it is not Parquet.
    pub fn parquet(&self, name: &str) -> Result<TableReader, FolderError> {
        let path = self.place_of(name);
        match &self.place {
            Place::Memory(_) => TableReader::from_bytes(self.read(name)?),
            _ => TableReader::open(&path),
        }
        .map_err(|e| FolderError::parquet(&path, e))
    }

    /// As [`RunFiles::parquet`]; `None` if there is no such file.
    ///
    /// # Errors
    /// As [`RunFiles::parquet`].
    pub fn parquet_if_there(&self, name: &str) -> Result<Option<TableReader>, FolderError> {
        if self.exists(name) { self.parquet(name).map(Some) } else { Ok(None) }
    }

    /// The names of all files, sorted; folders with `/`. Hidden files, which wait or lock, are not part of a run.
    ///
    /// # Errors
    /// [`FolderError::Io`] if a folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, FolderError> {
        let mut names = Vec::new();
        match &self.place {
            Place::Memory(files) => return Ok(files.keys().cloned().collect()),
            Place::Folder(folder) => list(folder, "", &mut names)?,
            Place::Amended { made, kept, replaces } => {
                list(kept, "", &mut names)?;
                names.retain(|name| !replaces(name));
                list(made, "", &mut names)?;
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }
}

fn list(folder: &Path, before: &str, names: &mut Vec<String>) -> Result<(), FolderError> {
    let broken = |e| FolderError::io(folder, "cannot be read", e);
    for entry in fs::read_dir(folder).map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type().map_err(broken)?.is_dir() {
            list(&entry.path(), &format!("{before}{name}/"), names)?;
        } else {
            names.push(format!("{before}{name}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_and_memory_answer_alike() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("chain")).unwrap();
        fs::write(folder.path().join("chain/nodes.csv"), "product\n284690\n").unwrap();
        fs::write(folder.path().join(".lock"), "").unwrap();
        let memory = [("chain/nodes.csv".to_owned(), Bytes::from_static(b"product\n284690\n"))].into();
        for run in [RunFiles::folder(folder.path()), RunFiles::in_memory(memory)] {
            assert_eq!(run.names().unwrap(), ["chain/nodes.csv"]);
            assert_eq!(run.table("chain/nodes.csv").unwrap().rows[0].get(0), "284690");
            assert_eq!(run.text("chain/nodes.csv").unwrap(), "product\n284690\n");
            assert!(run.table_if_there("a.csv").unwrap().is_none() && run.read("a.csv").is_err());
            assert!(run.parquet("chain/nodes.csv").is_err() && run.parquet_if_there("b").unwrap().is_none());
            let error = run.table("a.csv").unwrap_err().to_string();
            assert!(error.contains("a.csv: cannot be read"), "{error}");
        }
    }

    #[test]
    fn a_stage_made_again_hides_what_it_replaces() {
        let (made, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (folder, name, text) in
            [(&kept, "a.csv", "old"), (&kept, "b.csv", "old"), (&made, "b.csv", "new")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::write(kept.path().join("c.csv"), "old").unwrap();
        let run = RunFiles::amended(made.path(), kept.path(), |name| name != "a.csv");
        assert_eq!((run.text("a.csv").unwrap(), run.text("b.csv").unwrap()), ("old".into(), "new".into()));
        assert!(!run.exists("c.csv"));
        assert_eq!(run.names().unwrap(), ["a.csv", "b.csv"]);
    }
}
