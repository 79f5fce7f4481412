//! The files of a run by name, wherever they are: in a folder, or in memory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::error::{FolderError, MANIFEST_FILE};
pub use super::listed::LastWrite;
pub(super) use super::listed::Listed;
use crate::columnar::TableReader;
use crate::delimited::{Table, TableError};
use crate::disk;

/// The files of a run, to be read: of a finished run, of one that is being made, or of one in memory.
///
/// Whoever reads a run reads it through this, and so does not know where the run is. Files of a finished run
/// ([`open_finished`](super::open_finished)) are those that its manifest lists, and each is checked against size and checksum in there
/// before anything in it is used.
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
    Listed(Arc<Listed>),
    /// A stage of a finished run is made again: its files are in `made`, those of other stages still in `kept`.
    Amended {
        made: PathBuf,
        kept: Box<RunFiles>,
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

    /// The files that a manifest lists.
    pub(super) fn listed(listed: Listed) -> Self {
        Self { place: Place::Listed(Arc::new(listed)) }
    }

    /// Files of stages made again in `made`, and of these all that they do not replace.
    pub(super) fn amended(&self, made: &Path, replaces: fn(&str) -> bool) -> Self {
        Self { place: Place::Amended { made: made.to_owned(), kept: Box::new(self.clone()), replaces } }
    }

    /// The run in words, for messages: its folder, or "the run in memory".
    pub fn name(&self) -> String {
        self.path().map_or_else(|| "the run in memory".to_owned(), |folder| folder.display().to_string())
    }

    /// The folder; `None` for a run in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder),
            Place::Listed(listed) => Some(listed.folder()),
            Place::Amended { kept, .. } => kept.path(),
            Place::Memory(_) => None,
        }
    }

    /// Where a file is, for messages: its path, or its name alone if it is in memory.
    pub fn place_of(&self, name: &str) -> PathBuf {
        match &self.place {
            Place::Folder(folder) => folder.join(name),
            Place::Listed(listed) => listed.folder().join(name),
            Place::Amended { made, kept, replaces } => {
                let path = made.join(name);
                if path.is_file() || replaces(name) { path } else { kept.place_of(name) }
            }
            Place::Memory(_) => PathBuf::from(name),
        }
    }

    /// Whether there is a file of this name; of a finished run, whether its manifest lists one.
    pub fn exists(&self, name: &str) -> bool {
        match &self.place {
            Place::Memory(files) => files.contains_key(name),
            Place::Folder(folder) => folder.join(name).is_file(),
            Place::Listed(listed) => name == MANIFEST_FILE || listed.has(name),
            Place::Amended { made, kept, replaces } => {
                made.join(name).is_file() || !replaces(name) && kept.exists(name)
            }
        }
    }

    /// A whole file.
    ///
    /// # Errors
    /// [`FolderError::Io`] if there is no such file or it cannot be read, [`FolderError::Changed`] if it is not the one that the manifest of
    /// a finished run lists, [`FolderError::Replaced`] if another run has taken the place of this one.
    pub fn read(&self, name: &str) -> Result<Bytes, FolderError> {
        let read = |folder: &Path| {
            disk::read_below(folder, name, disk::LARGEST_FILE)
                .map(Bytes::from)
                .map_err(|e| FolderError::io(&folder.join(name), "cannot be read", e))
        };
        match &self.place {
            Place::Memory(files) => files.get(name).cloned().ok_or_else(|| missing(Path::new(name))),
            Place::Folder(folder) => read(folder),
            Place::Listed(listed) => listed.read(name),
            Place::Amended { made, kept, replaces } => {
                if made.join(name).is_file() || replaces(name) {
                    read(made)
                } else {
                    kept.read(name)
                }
            }
        }
    }

    /// Copies a file to a place outside the run.
    ///
    /// # Errors
    /// As [`RunFiles::read`], and [`FolderError::Io`] if the copy cannot be written.
    pub fn copy(&self, name: &str, to: &Path) -> Result<(), FolderError> {
        let mut copy = disk::create(to).map_err(|e| FolderError::io(to, "cannot be created", e))?;
        let copied = match self.open(name)? {
            // Checked while it was opened. All others who read it say from where.
            Some(file) => {
                io::Seek::rewind(&mut &*file).and_then(|()| io::copy(&mut &*file, &mut copy).map(|_| ()))
            }
            None => io::Write::write_all(&mut copy, &self.read(name)?),
        };
        copied.map_err(|e| FolderError::io(to, "cannot be written", e))
    }

    /// A file of which parts are wanted, checked as [`RunFiles::read`] checks it. Once open it stays as it is, whatever takes its place.
    ///
    /// # Errors
    /// As [`RunFiles::read`].
    ///
    /// ```
    /// use monazite::run_folder::{OpenFile, RunFiles};
    /// let run = RunFiles::in_memory([("trends.csv".to_owned(), "year\n2019\n".into())].into());
    /// let file = run.open_file("trends.csv")?;
    /// assert_eq!((file.len()?, &file.part(5, 4)?[..]), (10, &b"2019"[..]));
    /// assert!(file.part(8, 4).is_err(), "there is no more than there is");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_file(&self, name: &str) -> Result<OpenFile, FolderError> {
        Ok(match self.open(name)? {
            Some(file) => OpenFile::OnDisk(file),
            None => OpenFile::InMemory(self.read(name)?),
        })
    }

    /// A file that is read piece by piece; `None` if it is in memory.
    fn open(&self, name: &str) -> Result<Option<Arc<File>>, FolderError> {
        let open = |folder: &Path| {
            disk::open_below(folder, name)
                .map(|f| Some(Arc::new(f)))
                .map_err(|e| FolderError::io(&folder.join(name), "cannot be read", e))
        };
        match &self.place {
            Place::Memory(_) => Ok(None),
            Place::Folder(folder) => open(folder),
            Place::Listed(_) if name == MANIFEST_FILE => Ok(None),
            Place::Listed(listed) => listed.open(name).map(Some),
            Place::Amended { made, kept, replaces } => {
                if made.join(name).is_file() || replaces(name) {
                    open(made)
                } else {
                    kept.open(name)
                }
            }
        }
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
        match self.read(name) {
            Ok(bytes) => Table::parse(&bytes, &file),
            Err(error) => Err(TableError::Unreadable { file, message: error.of_file() }),
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
    /// [`FolderError::Parquet`] if it is not Parquet, otherwise as [`RunFiles::read`].
    pub fn parquet(&self, name: &str) -> Result<TableReader, FolderError> {
        match self.open(name)? {
            Some(file) => TableReader::from_file(file),
            None => TableReader::from_bytes(self.read(name)?),
        }
        .map_err(|e| FolderError::parquet(&self.place_of(name), e))
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
            Place::Listed(listed) => {
                names.extend(listed.names().map(str::to_owned));
                names.push(MANIFEST_FILE.to_owned());
            }
            Place::Amended { made, kept, replaces } => {
                names.extend(kept.names()?);
                names.retain(|name| !replaces(name));
                list(made, "", &mut names)?;
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// A file of a run of which parts are read.
#[derive(Debug, Clone)]
pub enum OpenFile {
    /// A file.
    OnDisk(Arc<File>),
    /// The whole of it.
    InMemory(Bytes),
}

impl OpenFile {
    /// Its size in bytes.
    ///
    /// # Errors
    /// What the system says.
    pub fn len(&self) -> io::Result<u64> {
        match self {
            Self::OnDisk(file) => file.metadata().map(|file| file.len()),
            Self::InMemory(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// Whether there is nothing in it.
    ///
    /// # Errors
    /// What the system says.
    pub fn is_empty(&self) -> io::Result<bool> {
        self.len().map(|bytes| bytes == 0)
    }

    /// What tells whether it was written into since; `None` in memory, where nobody writes.
    ///
    /// # Errors
    /// What the system says.
    pub fn last_write(&self) -> io::Result<Option<LastWrite>> {
        match self {
            Self::OnDisk(file) => LastWrite::of(file).map(Some),
            Self::InMemory(_) => Ok(None),
        }
    }

    /// Some bytes of it, from a place on.
    ///
    /// # Errors
    /// What the system says, or that there are not so many.
    pub fn part(&self, at: u64, bytes: usize) -> io::Result<Bytes> {
        match self {
            Self::OnDisk(file) => {
                let mut part = vec![0; bytes];
                crate::columnar::read_exact_at(file, &mut part, at)?;
                Ok(Bytes::from(part))
            }
            Self::InMemory(all) => {
                let from = usize::try_from(at)
                    .ok()
                    .filter(|from| from.checked_add(bytes).is_some_and(|end| end <= all.len()));
                from.map(|from| all.slice(from..from + bytes))
                    .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            }
        }
    }
}

fn missing(path: &Path) -> FolderError {
    FolderError::io(path, "cannot be read", io::ErrorKind::NotFound.into())
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
        let run = RunFiles::folder(kept.path()).amended(made.path(), |name| name != "a.csv");
        assert_eq!((run.text("a.csv").unwrap(), run.text("b.csv").unwrap()), ("old".into(), "new".into()));
        assert!(!run.exists("c.csv"));
        assert_eq!(run.names().unwrap(), ["a.csv", "b.csv"]);
    }
}
