//! What the commit of a run asks of the disk, one step at a time: a test lets the disk fail, or the program die, at each of them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::disk;

/// One step, which is taken whole or not at all as far as the names of files go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// Writes a file and waits until it is on the disk.
    Write { path: &'a Path, content: &'a [u8] },
    /// Gives a file another name; one that has this name is replaced.
    Rename { from: &'a Path, to: &'a Path },
    /// Makes a folder and those it lies in, where they are not there.
    MakeFolder(&'a Path),
    /// Removes a file.
    RemoveFile(&'a Path),
    /// Removes a folder if nothing is in it.
    RemoveEmptyFolder(&'a Path),
    /// Removes a folder with all that is in it.
    RemoveTree(&'a Path),
    /// Waits until the names in a folder are on the disk.
    Sync(&'a Path),
}

impl Step<'_> {
    fn take(self) -> io::Result<()> {
        match self {
            Self::Write { path, content } => {
                let mut file = disk::create(path)?;
                file.write_all(content)?;
                file.sync_all()
            }
            Self::Rename { from, to } => fs::rename(from, to),
            Self::MakeFolder(path) => fs::create_dir_all(path),
            Self::RemoveFile(path) => fs::remove_file(path),
            Self::RemoveEmptyFolder(path) => fs::remove_dir(path),
            Self::RemoveTree(path) => match fs::remove_dir_all(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
            Self::Sync(path) => sync_folder(path),
        }
    }
}

/// Waits until the names in a folder are on the disk, where the system can be asked for that.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// The disk that a run folder lies on.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    #[cfg(test)]
    faults: Option<faults::Faults>,
}

impl Disk {
    /// The disk of a folder.
    pub(super) fn of(_folder: &Path) -> Self {
        Self {
            #[cfg(test)]
            faults: faults::of(_folder),
        }
    }

    /// Takes a step.
    pub(super) fn take(&self, step: Step<'_>) -> io::Result<()> {
        #[cfg(test)]
        if let Some(faults) = &self.faults {
            faults.allow()?;
        }
        step.take()
    }
}

/// Disks that fail, for tests.
#[cfg(test)]
pub(super) mod faults {
    use std::collections::BTreeMap;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::{Arc, Mutex};

    /// What happens at a step.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Fault {
        /// It fails, and those after it do not.
        Refused,
        /// It and all that come after it fail: to the disk, the program is dead.
        Dead,
    }

    /// A disk with a fault at a step, counted from 0.
    #[derive(Debug, Clone)]
    pub(crate) struct Faults(Arc<Mutex<(usize, usize, Fault)>>);

    static DISKS: Mutex<BTreeMap<PathBuf, Faults>> = Mutex::new(BTreeMap::new());

    impl Faults {
        /// Gives the disk of a folder a fault, for the calls that come.
        pub(crate) fn at(folder: &Path, step: usize, fault: Fault) -> Self {
            let faults = Self(Arc::new(Mutex::new((0, step, fault))));
            DISKS.lock().unwrap().insert(folder.to_owned(), faults.clone());
            faults
        }

        /// Mends the disk of a folder.
        pub(crate) fn mend(folder: &Path) {
            DISKS.lock().unwrap().remove(folder);
        }

        /// Steps taken or refused so far.
        pub(crate) fn steps(&self) -> usize {
            self.0.lock().unwrap().0
        }

        pub(super) fn allow(&self) -> io::Result<()> {
            let mut state = self.0.lock().unwrap();
            let now = state.0;
            state.0 += 1;
            match state.2 {
                Fault::Refused if now == state.1 => Err(io::ErrorKind::PermissionDenied.into()),
                Fault::Dead if now >= state.1 => Err(io::Error::other("the program is dead")),
                _ => Ok(()),
            }
        }
    }

    pub(super) fn of(folder: &Path) -> Option<Faults> {
        DISKS.lock().unwrap().get(folder).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::faults::{Fault, Faults};
    use super::*;

    #[test]
    fn a_step_is_taken_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        let faults = Faults::at(folder.path(), 1, Fault::Refused);
        let disk = Disk::of(folder.path());
        disk.take(Step::Write { path: &a, content: b"1" }).unwrap();
        assert!(disk.take(Step::Rename { from: &a, to: &b }).is_err() && a.exists());
        disk.take(Step::Rename { from: &a, to: &b }).unwrap();
        assert!(!a.exists() && faults.steps() == 3);
        Faults::at(folder.path(), 0, Fault::Dead);
        let dead = Disk::of(folder.path());
        assert!((0..2).all(|_| dead.take(Step::RemoveFile(&b)).is_err()) && b.exists());
        Faults::mend(folder.path());
        Disk::of(folder.path()).take(Step::RemoveTree(&a)).unwrap();
    }
}
