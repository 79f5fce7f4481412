//! The run folder: files appear in it all at once, when everything has gone well.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::{FolderError, MANIFEST_FILE};

const STAGING: &str = ".partial";
const LOCK: &str = ".lock";

/// A run folder that is being written.
///
/// Files are made in a hidden folder inside it and moved into place by [`RunFolder::commit`], the manifest last.
/// If the value is dropped before that, nothing remains of the attempt and an older run is what it was.
#[derive(Debug)]
pub struct RunFolder {
    folder: PathBuf,
    staging: PathBuf,
    files: Vec<String>,
    made: bool,
    committed: bool,
    lock: Option<File>,
    /// For a stage that is made again in a finished run: which of its files it replaces. The rest stays.
    replaces: Option<fn(&str) -> bool>,
}

impl RunFolder {
    /// Claims a folder for a run. It may not exist yet, be empty, or hold an older run, which the new one replaces.
    ///
    /// # Errors
    /// [`FolderError::NotEmpty`] if it holds anything else, [`FolderError::Busy`] if another run is writing there,
    /// [`FolderError::IsAFile`], [`FolderError::Io`].
    pub fn claim(folder: &Path) -> Result<Self, FolderError> {
        let path = || folder.display().to_string();
        let made = !folder.exists();
        if folder.is_file() {
            return Err(FolderError::IsAFile { path: path() });
        }
        if !made {
            let ours = [MANIFEST_FILE, STAGING, LOCK].iter().any(|name| folder.join(name).exists());
            let mut entries =
                fs::read_dir(folder).map_err(|e| FolderError::io(folder, "cannot be read", e))?;
            if !ours && entries.next().is_some() {
                return Err(FolderError::NotEmpty { path: path() });
            }
        }
        fs::create_dir_all(folder).map_err(|e| FolderError::io(folder, "cannot be created", e))?;
        let lock_path = folder.join(LOCK);
        let lock =
            File::create(&lock_path).map_err(|e| FolderError::io(&lock_path, "cannot be created", e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(FolderError::Busy { path: path() }),
            Err(fs::TryLockError::Error(e)) => {
                return Err(FolderError::io(&lock_path, "cannot be locked", e));
            }
        }
        let staging = folder.join(STAGING);
        if staging.exists() {
            fs::remove_dir_all(&staging).map_err(|e| FolderError::io(&staging, "cannot be removed", e))?;
        }
        fs::create_dir(&staging).map_err(|e| FolderError::io(&staging, "cannot be created", e))?;
        Ok(Self {
            folder: folder.to_owned(),
            staging,
            files: Vec::new(),
            made,
            committed: false,
            lock: Some(lock),
            replaces: None,
        })
    }

    /// Claims a finished run to make one stage of it again. Only files for which `replaces` holds go if they are not made
    /// again; all others stay as they are.
    ///
    /// # Errors
    /// [`FolderError::NotARun`] if there is no finished run, otherwise as [`RunFolder::claim`].
    pub fn amend(folder: &Path, replaces: fn(&str) -> bool) -> Result<Self, FolderError> {
        if !folder.join(MANIFEST_FILE).is_file() {
            return Err(FolderError::NotARun { path: folder.display().to_string() });
        }
        let mut claimed = Self::claim(folder)?;
        claimed.replaces = Some(replaces);
        Ok(claimed)
    }

    /// The folder itself, as it will be.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file of the run is to be made; its name may have folders in it.
    ///
    /// # Errors
    /// [`FolderError::Io`] if a folder cannot be made.
    pub fn file(&mut self, name: &str) -> Result<PathBuf, FolderError> {
        let path = self.staging.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| FolderError::io(parent, "cannot be created", e))?;
        }
        if !self.files.iter().any(|known| known == name) {
            self.files.push(name.to_owned());
        }
        Ok(path)
    }

    /// Where something may be kept for the time of the run; it is not part of the result.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.staging.join(format!(".{name}"))
    }

    /// Writes a small file of the run.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write(&mut self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        let path = self.file(name)?;
        let in_file = |e| FolderError::io(&path, "cannot be written", e);
        let mut file = File::create(&path).map_err(in_file)?;
        file.write_all(content).map_err(in_file)?;
        file.sync_all().map_err(in_file)
    }

    /// The files made so far, by name.
    pub fn files(&self) -> Vec<String> {
        let mut files = self.files.clone();
        files.sort();
        files
    }

    /// Where the files of the run wait until they are committed: laid out like the finished folder, so that later stages can
    /// read what earlier ones made.
    pub fn staging(&self) -> &Path {
        &self.staging
    }

    /// A file made so far, to be read again.
    pub fn made(&self, name: &str) -> PathBuf {
        self.staging.join(name)
    }

    /// A file as it will be in the finished folder: made so far, or left as it is by a stage that is made again. `None` if there
    /// will be no such file.
    pub fn current(&self, name: &str) -> Option<PathBuf> {
        let made = self.staging.join(name);
        if made.is_file() {
            return Some(made);
        }
        let kept = self.folder.join(name);
        let stays = self.replaces.is_some_and(|replaces| !replaces(name));
        (stays && kept.is_file()).then_some(kept)
    }

    /// Moves every file into place, after removing the files of an older run; the manifest comes last.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn commit(mut self, manifest: &str) -> Result<(), FolderError> {
        self.write(MANIFEST_FILE, manifest.as_bytes())?;
        let old = super::manifest::files_of(&self.folder);
        let in_folder = |path: &Path, e| FolderError::io(path, "cannot be replaced", e);
        let old_manifest = self.folder.join(MANIFEST_FILE);
        if old_manifest.exists() {
            fs::remove_file(&old_manifest).map_err(|e| in_folder(&old_manifest, e))?;
        }
        let new: BTreeSet<&str> = self.files.iter().map(String::as_str).collect();
        let goes = |name: &&String| {
            !new.contains(name.as_str()) && self.replaces.is_none_or(|replaces| replaces(name))
        };
        for name in old.iter().filter(goes) {
            let path = self.folder.join(name);
            // A file that is gone already is gone.
            let _ = fs::remove_file(&path);
            if let Some(parent) = path.parent() {
                let _ = fs::remove_dir(parent);
            }
        }
        for name in self.files.iter().filter(|name| *name != MANIFEST_FILE).chain([&MANIFEST_FILE.to_owned()])
        {
            let to = self.folder.join(name);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(|e| FolderError::io(parent, "cannot be created", e))?;
            }
            fs::rename(self.staging.join(name), &to).map_err(|e| in_folder(&to, e))?;
        }
        self.committed = true;
        Ok(())
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.staging);
        drop(self.lock.take());
        let _ = fs::remove_file(self.folder.join(LOCK));
        if self.made && !self.committed {
            // Only succeeds if it is empty.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_appear_together_and_old_ones_go() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("run");
        let mut run = RunFolder::claim(&out).unwrap();
        run.write("a.csv", b"1").unwrap();
        run.write("chain/nodes.csv", b"2").unwrap();
        assert!(!out.join("a.csv").exists());
        let manifest = "[[files]]\nname = \"a.csv\"\n[[files]]\nname = \"chain/nodes.csv\"\n";
        run.commit(manifest).unwrap();
        assert!(out.join("a.csv").exists() && out.join("chain/nodes.csv").exists());
        assert!(!out.join(STAGING).exists() && !out.join(LOCK).exists());

        let mut run = RunFolder::claim(&out).unwrap();
        run.write("b.csv", b"3").unwrap();
        run.commit("[[files]]\nname = \"b.csv\"\n").unwrap();
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
        run.commit("").unwrap();
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
        assert!(error.ends_with("run: another run is writing into this folder; wait until it has finished, or choose another --out"), "{error}");
        drop(first);
        fs::create_dir(&out).unwrap();
        fs::write(out.join("thesis.docx"), "").unwrap();
        assert!(matches!(RunFolder::claim(&out), Err(FolderError::NotEmpty { .. })));
        assert!(matches!(RunFolder::claim(&out.join("thesis.docx")), Err(FolderError::IsAFile { .. })));
    }
}
