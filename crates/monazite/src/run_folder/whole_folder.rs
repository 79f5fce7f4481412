//! A folder that appears with all that is in it, or not at all: a replication package, a planted world.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::FolderError;
use super::files::RunFiles;
use super::lock::{Lock, NotLocked};
use crate::disk;
use crate::disk::place;

/// Folders that were made on the way to another one. If they are not kept they go, unless something else has come into them.
#[derive(Debug, Default)]
struct Made(Vec<PathBuf>);

impl Made {
    /// Makes a folder with all around it.
    fn folders(folder: &Path) -> std::io::Result<Self> {
        let missing = folder.ancestors().take_while(|at| at.symlink_metadata().is_err());
        let made = Self(missing.map(Path::to_owned).collect());
        fs::create_dir_all(folder)?;
        Ok(made)
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in &self.0 {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A folder that is being filled. Until [`WholeFolder::commit`] it stands beside its place under a hidden name; if the value is dropped before
/// that, nothing remains of it, and what a killed program has left goes with the next call.
#[derive(Debug)]
pub struct WholeFolder {
    out: PathBuf,
    staging: PathBuf,
    // Goes before the folders around it: it lies in the innermost.
    _lock: Lock,
    around: Made,
}

impl WholeFolder {
    /// Claims the place of a folder, where there may be nothing, or an empty folder.
    ///
    /// # Errors
    /// [`FolderError::NotEmpty`] or [`FolderError::IsAFile`] if there is something, [`FolderError::Taken`] if it lies in a run, a store, a
    /// release or a replication package, [`FolderError::Busy`] if another program is making it, [`FolderError::Io`].
    pub fn claim(out: &Path) -> Result<Self, FolderError> {
        let shown = || out.display().to_string();
        // A place such as `.` has its name from where it is.
        let real = if out.exists() { fs::canonicalize(out) } else { std::path::absolute(out) };
        let real = real.map_err(|e| FolderError::io(out, "cannot be found", e))?;
        let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else {
            return Err(FolderError::NotEmpty { path: shown() });
        };
        let beside = |ending: &str| parent.join(format!(".{}.{ending}", name.to_string_lossy()));
        if let Err(taken) = check_free(out) {
            clear_beside(out);
            return Err(taken);
        }
        place::refuse_taken(out, None)?;
        let around = Made::folders(parent).map_err(|e| FolderError::io(out, "cannot be created", e))?;
        let lock = Lock::acquire(&beside("lock")).map_err(|error| match error {
            NotLocked::Busy => FolderError::Busy { path: shown() },
            NotLocked::Io(action, source) => FolderError::io(out, action, source),
        })?;
        // Whoever held the lock may have made it in between.
        check_free(out)?;
        let staging = beside("partial");
        if staging.symlink_metadata().is_ok() {
            fs::remove_dir_all(&staging).map_err(|e| FolderError::io(&staging, "cannot be removed", e))?;
        }
        fs::create_dir(&staging).map_err(|e| FolderError::io(&staging, "cannot be created", e))?;
        Ok(Self { out: real, staging, _lock: lock, around })
    }

    /// Where files are to be put.
    pub fn path(&self) -> &Path {
        &self.staging
    }

    /// Puts a file into it; folders on the way are made.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        disk::write(&self.place_of(name)?, content).map_err(|e| self.not_written(name, e))
    }

    /// Puts a file of a run into it, and says how large it is.
    ///
    /// # Errors
    /// As [`RunFiles::copy`].
    pub fn copy(&self, files: &RunFiles, file: &str, name: &str) -> Result<u64, FolderError> {
        let place = self.place_of(name)?;
        files.copy(file, &place).map_err(|error| match error {
            FolderError::Io { path, source, .. } if path == place.display().to_string() => {
                self.not_written(name, source)
            }
            other => other,
        })?;
        fs::metadata(&place).map(|file| file.len()).map_err(|e| self.not_written(name, e))
    }

    fn place_of(&self, name: &str) -> Result<PathBuf, FolderError> {
        let place = self.staging.join(name);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(|e| self.not_written(name, e))?;
        }
        Ok(place)
    }

    /// Named as the file will be called: nobody knows the place where it waits.
    fn not_written(&self, name: &str, source: std::io::Error) -> FolderError {
        FolderError::io(&self.out.join(name), "cannot be written", source)
    }

    /// Gives the folder its name.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn commit(mut self) -> Result<(), FolderError> {
        sync_tree(&self.staging)?;
        if cfg!(not(unix)) && self.out.exists() {
            // Elsewhere a folder is not renamed to that of another, empty as it may be.
            fs::remove_dir(&self.out).map_err(|e| FolderError::io(&self.out, "cannot be replaced", e))?;
        }
        fs::rename(&self.staging, &self.out)
            .map_err(|e| FolderError::io(&self.out, "cannot be moved into place", e))?;
        self.around.keep();
        Ok(())
    }
}

impl Drop for WholeFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.staging);
    }
}

/// Removes the lock that a program has left beside a replication package or a planted world when it was killed once the folder had its name,
/// unless somebody holds it.
pub fn clear_beside(out: &Path) {
    let Ok(real) = fs::canonicalize(out) else { return };
    if let (Some(parent), Some(name)) = (real.parent(), real.file_name()) {
        let lock = parent.join(format!(".{}.lock", name.to_string_lossy()));
        if lock.exists() {
            drop(Lock::acquire(&lock));
        }
    }
}

fn check_free(out: &Path) -> Result<(), FolderError> {
    if let Some(file) = place::file_in_the_way(out) {
        return Err(FolderError::IsAFile { path: file.display().to_string() });
    }
    let mut entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(FolderError::io(out, "cannot be read", e)),
    };
    match entries.next() {
        Some(_) => Err(FolderError::NotEmpty { path: out.display().to_string() }),
        None => Ok(()),
    }
}

/// Waits until a folder and all that is in it is on the disk, where the system can be asked for that.
fn sync_tree(folder: &Path) -> Result<(), FolderError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let broken = |e| FolderError::io(folder, "cannot be written", e);
    for entry in fs::read_dir(folder).map_err(broken)? {
        let path = entry.map_err(broken)?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            let synced = File::open(&path).and_then(|file| file.sync_all());
            synced.map_err(|e| FolderError::io(&path, "cannot be written", e))?;
        }
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn all_of_it_or_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("package");
        fs::create_dir(&out).unwrap();
        // A program that was killed.
        fs::create_dir(parent.path().join(".package.partial")).unwrap();
        fs::write(parent.path().join(".package.partial/left"), "").unwrap();
        fs::write(parent.path().join(".package.lock"), "").unwrap();
        let folder = WholeFolder::claim(&out).unwrap();
        assert!(matches!(WholeFolder::claim(&out), Err(FolderError::Busy { .. })));
        fs::write(folder.path().join("a"), "1").unwrap();
        assert!(names(&out).is_empty());
        drop(folder);
        assert_eq!(names(parent.path()), ["package"]);
        // Folders on the way to it go too, but not what was there before.
        let deep = WholeFolder::claim(&out.join("a/b/c")).unwrap();
        deep.write("d/e", b"1").unwrap();
        drop(deep);
        assert!(names(&out).is_empty());
        for out in [out, parent.path().join("not/there")] {
            let folder = WholeFolder::claim(&out).unwrap();
            fs::create_dir(folder.path().join("below")).unwrap();
            fs::write(folder.path().join("below/a"), "1").unwrap();
            folder.commit().unwrap();
            assert_eq!((names(&out), names(&out.join("below"))), (vec!["below".into()], vec!["a".into()]));
            assert!(names(out.parent().unwrap()).iter().all(|name| !name.starts_with('.')));
            // Killed after the rename, before its lock was removed.
            let lock = out.with_file_name(format!(".{}.lock", out.file_name().unwrap().display()));
            fs::write(&lock, "").unwrap();
            assert!(matches!(WholeFolder::claim(&out), Err(FolderError::NotEmpty { .. })));
            assert!(!lock.exists());
            assert!(matches!(WholeFolder::claim(&out.join("below/a")), Err(FolderError::IsAFile { .. })));
        }
    }
}
