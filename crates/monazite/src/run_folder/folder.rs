//! The run folder: files appear in it all at once, when everything has gone well. A run in memory is written in the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::commit::{Commit, JOURNAL, OLD, STAGING, stays_inside};
use super::error::{FolderError, MANIFEST_FILE};
use super::files::RunFiles;
use super::finished::{FinishedRun, open_finished};
use super::lock::{Lock, NotLocked};
use super::manifest::FileRecord;
use super::no_run::not_a_run;
use super::scratch::Scratch;
use super::steps::Disk;
use crate::columnar::{Schema, TableBytes, TableWriter, Values};
use crate::disk;
use crate::disk::place::{self, FolderKind, LOCK};
use crate::plain_text::hex;
use crate::plain_text::is_file_name;
use crate::trade::year_writer::checksum;

/// The files of a run while it is being made: in a folder, or in memory.
///
/// In a folder they are made in a hidden folder inside it and moved into place by [`RunFolder::commit`], all together or not at all.
/// If the value is dropped before that, nothing remains of the attempt and an older run is what it was; if the program is killed, whoever
/// claims the folder next clears up. In memory
/// ([`RunFolder::in_memory`]) the same files are made with the same bytes, and nothing touches the disk.
///
/// ```
/// use monazite::run_folder::RunFolder;
/// let mut run = RunFolder::in_memory();
/// run.write("countries.csv", b"country,name\n")?;
/// assert!(run.results().exists("countries.csv"));
/// let files = run.commit("[program]\n")?;
/// assert_eq!(files.names()?, ["countries.csv", "manifest.toml"]);
/// # Ok::<(), monazite::run_folder::FolderError>(())
/// ```
#[derive(Debug)]
pub struct RunFolder {
    /// The files so far, if the run is made in memory; the paths below are then empty.
    memory: Option<BTreeMap<String, Held>>,
    folder: PathBuf,
    staging: PathBuf,
    files: Vec<String>,
    made: bool,
    committed: bool,
    disk: Disk,
    lock: Option<Lock>,
    /// For a stage that is made again in a finished run: which of its files it replaces. The rest stays.
    replaces: Option<fn(&str) -> bool>,
    /// The files of the run that is there, for a stage that is made again.
    before: Option<RunFiles>,
    /// Files that stay although they are replaced by rule: what they show has not changed.
    kept: BTreeSet<String>,
}

/// A file in memory.
#[derive(Debug, Clone)]
enum Held {
    Written(Bytes),
    Table(TableBytes),
}

impl Held {
    /// Nothing for a table that is still being written.
    fn bytes(&self) -> Option<Bytes> {
        match self {
            Self::Written(bytes) => Some(bytes.clone()),
            Self::Table(table) => table.get(),
        }
    }
}

impl RunFolder {
    /// A run in memory.
    pub fn in_memory() -> Self {
        Self {
            memory: Some(BTreeMap::new()),
            folder: PathBuf::new(),
            staging: PathBuf::new(),
            files: Vec::new(),
            made: false,
            committed: false,
            disk: Disk::default(),
            lock: None,
            replaces: None,
            before: None,
            kept: BTreeSet::new(),
        }
    }

    /// Claims a folder for a run. It may not exist yet, be empty, or hold an older run, which the new one replaces. What a killed program has
    /// left in it is cleared up: a commit that broke off is ended.
    ///
    /// # Errors
    /// [`FolderError::NotEmpty`] if it holds anything else, [`FolderError::Taken`] if it is a store, a release or a replication package, or
    /// lies in one or in a run, [`FolderError::Busy`] if another run is writing there, [`FolderError::ReadOnly`] if nothing can be
    /// written there, [`FolderError::IsAFile`], [`FolderError::Io`].
    pub fn claim(folder: &Path) -> Result<Self, FolderError> {
        let path = || folder.display().to_string();
        let made = !folder.exists();
        if let Some(file) = place::file_in_the_way(folder) {
            return Err(FolderError::IsAFile { path: file.display().to_string() });
        }
        place::refuse_taken(folder, Some(FolderKind::Run))?;
        if !made && !is_ours(folder)? {
            return Err(FolderError::NotEmpty { path: path() });
        }
        disk::refuse_links_in(folder).map_err(|e| FolderError::io(folder, "cannot be used", e))?;
        fs::create_dir_all(folder).map_err(|e| FolderError::io(folder, "cannot be created", e))?;
        let (lock, disk) = (lock(folder)?, Disk::of(folder));
        Commit { folder, disk: &disk }.settle()?;
        let staging = folder.join(STAGING);
        fs::create_dir(&staging).map_err(|e| FolderError::io(&staging, "cannot be created", e))?;
        Ok(Self {
            memory: None,
            folder: folder.to_owned(),
            staging,
            files: Vec::new(),
            made,
            committed: false,
            disk,
            lock: Some(lock),
            replaces: None,
            before: None,
            kept: BTreeSet::new(),
        })
    }

    /// Claims a finished run to make one stage of it again. Only files for which `replaces` holds go if they are not made
    /// again; all others stay as they are. The run that is there comes with it: nobody else writes into it until the folder is dropped.
    ///
    /// # Errors
    /// [`FolderError::NotARun`] if there is no finished run, otherwise as [`RunFolder::claim`] and [`open_finished`].
    pub fn amend(folder: &Path, replaces: fn(&str) -> bool) -> Result<(Self, FinishedRun), FolderError> {
        if !folder.join(MANIFEST_FILE).is_file() {
            return Err(not_a_run(folder.display().to_string(), Some(folder)));
        }
        let mut claimed = Self::claim(folder)?;
        let finished = open_finished(folder)?;
        claimed.before = Some(finished.files.clone());
        claimed.replaces = Some(replaces);
        Ok((claimed, finished))
    }

    /// Changes which files of the run before go if they are not made again.
    pub(crate) fn replaces(&mut self, rule: fn(&str) -> bool) {
        self.replaces = Some(rule);
    }

    /// Keeps a file of the run before although the stage that is made again replaces it.
    pub(crate) fn keep(&mut self, name: &str) {
        self.kept.insert(name.to_owned());
    }

    /// The folder itself, as it will be; empty for a run in memory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file of the run is to be made; its name may have folders in it.
    fn place(&mut self, name: &str) -> Result<PathBuf, FolderError> {
        if !is_file_name(name) {
            return Err(FolderError::Name { name: name.to_owned() });
        }
        let path = self.staging.join(name);
        if self.memory.is_none()
            && let Some(parent) = path.parent()
        {
            fs::create_dir_all(parent).map_err(|e| FolderError::io(parent, "cannot be created", e))?;
        }
        if !self.files.iter().any(|known| known == name) {
            self.files.push(name.to_owned());
        }
        Ok(path)
    }

    /// A place for what a stage does not want to keep in memory; it is not part of the result.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn scratch(&self, name: &str) -> Result<Scratch, FolderError> {
        match self.memory {
            Some(_) => Ok(Scratch::in_memory()),
            None => Scratch::create(&self.staging.join(format!(".{name}"))),
        }
    }

    /// Writes a small file of the run.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write(&mut self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        let path = self.place(name)?;
        if let Some(memory) = &mut self.memory {
            memory.insert(name.to_owned(), Held::Written(Bytes::copy_from_slice(content)));
            return Ok(());
        }
        let in_file = |e| FolderError::io(&path, "cannot be written", e);
        let mut file = disk::create(&path).map_err(in_file)?;
        file.write_all(content).map_err(in_file)?;
        file.sync_all().map_err(in_file)
    }

    /// Starts a large table of the run. The table is there when the writer has finished.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Parquet`] if the file cannot be created.
    pub fn table_writer(&mut self, name: &str, schema: &Schema) -> Result<TableWriter, FolderError> {
        let path = self.place(name)?;
        match &mut self.memory {
            Some(memory) => {
                let place = TableBytes::default();
                memory.insert(name.to_owned(), Held::Table(place.clone()));
                TableWriter::in_memory(&place, schema)
            }
            None => TableWriter::create(&path, schema),
        }
        .map_err(|e| FolderError::parquet(&path, e))
    }

    /// Writes a table of the run as one row group.
    ///
    /// # Errors
    /// [`FolderError::Io`] or [`FolderError::Parquet`] if it cannot be written.
    pub fn write_table(
        &mut self,
        name: &str,
        schema: &Schema,
        columns: &[Values<'_>],
    ) -> Result<(), FolderError> {
        let writer = self.table_writer(name, schema)?;
        writer.write_all(schema, columns).map_err(|e| FolderError::parquet(&self.made(name), e))
    }

    /// The files as they will be, to be read: those made so far, and those that a stage made again leaves as they are.
    pub fn results(&self) -> RunFiles {
        match (&self.memory, self.replaces, &self.before) {
            (Some(memory), ..) => RunFiles::in_memory(finished(memory)),
            (None, Some(replaces), Some(before)) => before.amended(&self.staging, replaces),
            _ => RunFiles::folder(&self.staging),
        }
    }

    /// The files made so far, by name.
    pub fn files(&self) -> Vec<String> {
        let mut files = self.files.clone();
        files.sort();
        files
    }

    /// What the manifest says of the files made so far, by name.
    ///
    /// # Errors
    /// [`FolderError::Io`] if a file cannot be read.
    pub fn records(&self) -> Result<Vec<FileRecord>, FolderError> {
        let record = |name: String| {
            let (bytes, sha256) = match self.memory.as_ref().and_then(|memory| memory.get(&name)) {
                Some(held) => {
                    let content = held.bytes().unwrap_or_default();
                    (content.len() as u64, hex(&Sha256::digest(&content)))
                }
                None => {
                    let path = self.made(&name);
                    let measured = fs::metadata(&path).and_then(|m| Ok((m.len(), checksum(&path)?)));
                    measured.map_err(|e| FolderError::io(&path, "cannot be read", e))?
                }
            };
            Ok(FileRecord { name, bytes, sha256, on_request: false })
        };
        self.files().into_iter().map(record).collect()
    }

    /// Where a file is while the run is being made, for messages.
    pub(crate) fn made(&self, name: &str) -> PathBuf {
        self.staging.join(name)
    }

    /// Moves every file into place and removes those of an older run that are not made again: all of it, or nothing. Returns the finished run.
    ///
    /// # Errors
    /// [`FolderError::Io`]; the older run is then what it was.
    pub fn commit(mut self, manifest: &str) -> Result<RunFiles, FolderError> {
        self.write(MANIFEST_FILE, manifest.as_bytes())?;
        if let Some(memory) = &self.memory {
            return Ok(RunFiles::in_memory(finished(memory)));
        }
        let moves: Vec<String> = self.files.iter().filter(|name| *name != MANIFEST_FILE).cloned().collect();
        let new: BTreeSet<&str> = self.files.iter().map(String::as_str).collect();
        let goes = |name: &String| {
            !new.contains(name.as_str())
                && !self.kept.contains(name)
                && self.replaces.is_none_or(|replaces| replaces(name))
        };
        let removes: Vec<String> = files_of(&self.folder).into_iter().filter(goes).collect();
        Commit { folder: &self.folder, disk: &self.disk }.make(moves, removes, manifest)?;
        self.committed = true;
        Ok(RunFiles::folder(&self.folder))
    }
}

/// Whether a folder is empty, a run, or holds nothing but what an attempt at one has left behind. Whatever else is called as our files are
/// stays: a commit that broke off has its journal, and an attempt that was killed its staging place or its lock.
fn is_ours(folder: &Path) -> Result<bool, FolderError> {
    if place::is_run(folder) || folder.join(JOURNAL).is_file() {
        return Ok(true);
    }
    let in_folder = |e| FolderError::io(folder, "cannot be read", e);
    let (mut left, mut marked) = (true, true);
    for entry in fs::read_dir(folder).map_err(in_folder)? {
        let name = entry.map_err(in_folder)?.file_name();
        left &= [STAGING, OLD, LOCK].iter().any(|ours| name == *ours);
        marked = folder.join(STAGING).exists() || folder.join(LOCK).symlink_metadata().is_ok();
    }
    Ok(left && marked)
}

/// Locks a run folder.
fn lock(folder: &Path) -> Result<Lock, FolderError> {
    let path = folder.join(LOCK);
    Lock::acquire(&path).map_err(|error| match error {
        NotLocked::Busy => FolderError::Busy { path: folder.display().to_string() },
        NotLocked::Io(_, source) if is_read_only(&source) => {
            FolderError::ReadOnly { path: folder.display().to_string(), source }
        }
        NotLocked::Io(action, source) => FolderError::io(&path, action, source),
    })
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// Ends a commit that broke off, and clears up after programs that were killed, if anything is there to be done. Readers find the run whole
/// without it, so it is no error if somebody else is writing there, or nothing can be written.
pub fn settle(folder: &Path) {
    let left = [JOURNAL, STAGING, OLD, LOCK].iter().any(|name| folder.join(name).exists());
    let fine = || disk::refuse_links_in(folder).is_ok();
    if left
        && fine()
        && let Ok(_lock) = lock(folder)
    {
        let _ = Commit { folder, disk: &Disk::of(folder) }.settle();
    }
}

/// What is finished of the files in memory.
fn finished(memory: &BTreeMap<String, Held>) -> BTreeMap<String, Bytes> {
    memory.iter().filter_map(|(name, held)| Some((name.clone(), held.bytes()?))).collect()
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if self.memory.is_some() {
            return;
        }
        // With a journal there, a commit has broken off and could not be undone: what waits is needed for that.
        if !self.folder.join(JOURNAL).exists() {
            let _ = Commit { folder: &self.folder, disk: &self.disk }.remove_waiting();
        }
        drop(self.lock.take());
        if self.made && !self.committed {
            // Only succeeds if it is empty.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// The files that an older run has left in a folder; none if there is no manifest that can be read.
fn files_of(folder: &Path) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Files {
        #[serde(default)]
        files: Vec<Name>,
    }
    #[derive(serde::Deserialize)]
    struct Name {
        name: String,
    }
    let text = fs::read_to_string(folder.join(MANIFEST_FILE)).unwrap_or_default();
    let files = toml::from_str::<Files>(&text).map(|f| f.files).unwrap_or_default();
    // Names come from a file that anybody may have edited.
    files.into_iter().map(|f| f.name).filter(|name| stays_inside(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of every manifest.
    const OURS: &str = "[program]\nname = \"monazite\"\n";

    #[test]
    fn files_appear_together_and_old_ones_go() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("run");
        let mut run = RunFolder::claim(&out).unwrap();
        run.write("a.csv", b"1").unwrap();
        run.write("chain/nodes.csv", b"2").unwrap();
        assert!(!out.join("a.csv").exists());
        let manifest = |files: &str| format!("{OURS}{files}");
        run.commit(&manifest("[[files]]\nname = \"a.csv\"\n[[files]]\nname = \"chain/nodes.csv\"\n"))
            .unwrap();
        assert!(out.join("a.csv").exists() && out.join("chain/nodes.csv").exists());
        assert!(!out.join(STAGING).exists() && !out.join(LOCK).exists());

        let mut run = RunFolder::claim(&out).unwrap();
        run.write("b.csv", b"3").unwrap();
        run.commit(&manifest("[[files]]\nname = \"b.csv\"\n")).unwrap();
        assert!(!out.join("a.csv").exists() && !out.join("chain").exists() && out.join("b.csv").exists());
    }

    #[test]
    fn a_failed_run_leaves_nothing_and_the_old_one_untouched() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("run");
        {
            let mut run = RunFolder::claim(&out).unwrap();
            run.write("a.csv", b"1").unwrap();
        }
        assert!(!out.exists());
        let mut run = RunFolder::claim(&out).unwrap();
        run.write("a.csv", b"1").unwrap();
        run.commit(OURS).unwrap();
        {
            let mut run = RunFolder::claim(&out).unwrap();
            run.write("a.csv", b"other").unwrap();
        }
        assert_eq!(fs::read(out.join("a.csv")).unwrap(), b"1");
    }

    #[test]
    fn two_runs_and_strange_folders_are_refused() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("run");
        let first = RunFolder::claim(&out).unwrap();
        let error = RunFolder::claim(&out).unwrap_err().to_string();
        assert!(error.ends_with("run: another run is writing into this folder; wait until it has finished, or choose another folder"), "{error}");
        drop(first);
        fs::create_dir(&out).unwrap();
        fs::write(out.join("thesis.docx"), "").unwrap();
        assert!(matches!(RunFolder::claim(&out), Err(FolderError::NotEmpty { .. })));
        assert!(matches!(RunFolder::claim(&out.join("thesis.docx")), Err(FolderError::IsAFile { .. })));
        // What is called as our files are is not ours for that.
        for name in [OLD, STAGING, MANIFEST_FILE, LOCK] {
            let place = out.join(name);
            let made =
                if [OLD, STAGING].contains(&name) { fs::create_dir(&place) } else { fs::write(&place, "") };
            made.unwrap();
            let error = RunFolder::claim(&out).map(drop).unwrap_err();
            assert!(matches!(error, FolderError::NotEmpty { .. }), "{name}: {error}");
            assert!(place.exists());
        }
        fs::remove_dir_all(&out).unwrap();
        fs::create_dir_all(out.join(OLD)).unwrap();
        assert!(matches!(RunFolder::claim(&out), Err(FolderError::NotEmpty { .. })));
        for left in [STAGING, OLD] {
            fs::create_dir_all(out.join(left)).unwrap();
        }
        drop(RunFolder::claim(&out).unwrap());
        assert!(!out.join(STAGING).exists(), "what a killed run has left");
    }
}
