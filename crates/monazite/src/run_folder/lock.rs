//! The lock of a folder: who holds it may write there. The system lets it go when the program ends, however it ends.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;

/// Why a lock was not got.
#[derive(Debug)]
pub(super) enum NotLocked {
    /// Another program, or another part of this one, holds it.
    Busy,
    /// The file cannot be made or locked.
    Io(&'static str, io::Error),
}

/// A lock that is held. The file goes when it is let go; one that a program has left behind when it was killed stands in nobody's way.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// Open for as long as the lock is held.
    _file: File,
}

impl Lock {
    /// Locks a file, which is made for that.
    pub(super) fn acquire(path: &Path) -> Result<Self, NotLocked> {
        loop {
            let file = disk::open_lock(path).map_err(|e| NotLocked::Io("cannot be created", e))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => return Err(NotLocked::Busy),
                Err(fs::TryLockError::Error(e)) => return Err(NotLocked::Io("cannot be locked", e)),
            }
            // Whoever held it before has removed the file in between: a lock on it locks nobody out.
            if is_there(&file, path) {
                return Ok(Self { path: path.to_owned(), _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // First the file, then the lock on it: in between, nobody else has one of this name.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether an open file is the one of this name.
#[cfg(unix)]
fn is_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(own), Ok(found)) => (own.dev(), own.ino()) == (found.dev(), found.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_there(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_a_file_left_behind_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        fs::write(&path, "left behind").unwrap();
        let held = Lock::acquire(&path).unwrap();
        assert!(matches!(Lock::acquire(&path), Err(NotLocked::Busy)));
        drop(held);
        assert!(!path.exists());
        assert!(matches!(Lock::acquire(&path.join("below")), Err(NotLocked::Io("cannot be created", _))));
    }

    #[test]
    fn never_two_at_once() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        let (inside, held) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        if let Ok(_lock) = Lock::acquire(&path) {
                            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                            held.fetch_add(1, Ordering::SeqCst);
                            inside.fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        assert!(held.into_inner() > 0);
    }
}
