//! What a stage puts aside while it runs: in a hidden file of the run folder, or in memory.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::error::FolderError;
use crate::disk;

const BUFFER: usize = 1 << 18;

/// Bytes that are put aside and read back once, in order. A file goes with the staging place of the run.
pub struct Scratch {
    place: Place<BufWriter<File>>,
}

/// A [`Scratch`] that is read back.
pub struct ScratchReader {
    place: Place<BufReader<File>>,
}

enum Place<F> {
    File(PathBuf, F),
    /// The bytes, and how many of them have been read.
    Memory(Vec<u8>, usize),
}

impl Scratch {
    pub(super) fn create(path: &Path) -> Result<Self, FolderError> {
        let file = disk::create(path).map_err(|e| FolderError::io(path, "cannot be created", e))?;
        Ok(Self { place: Place::File(path.to_owned(), BufWriter::with_capacity(BUFFER, file)) })
    }

    pub(super) fn in_memory() -> Self {
        Self { place: Place::Memory(Vec::new(), 0) }
    }

    /// Puts bytes aside.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), FolderError> {
        match &mut self.place {
            Place::File(path, file) => {
                file.write_all(bytes).map_err(|e| FolderError::io(path, "cannot be written", e))
            }
            Place::Memory(memory, _) => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Ends writing, to read from the beginning.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn read_back(self) -> Result<ScratchReader, FolderError> {
        let place = match self.place {
            Place::File(path, mut file) => {
                let broken = |e| FolderError::io(&path, "cannot be written or read", e);
                file.flush().map_err(broken)?;
                let file = BufReader::with_capacity(BUFFER, File::open(&path).map_err(broken)?);
                Place::File(path, file)
            }
            Place::Memory(memory, _) => Place::Memory(memory, 0),
        };
        Ok(ScratchReader { place })
    }
}

impl ScratchReader {
    /// The next bytes, as many as the buffer holds.
    ///
    /// # Errors
    /// [`FolderError::Io`], also if fewer were put aside.
    pub fn take(&mut self, buffer: &mut [u8]) -> Result<(), FolderError> {
        match &mut self.place {
            Place::File(path, file) => {
                file.read_exact(buffer).map_err(|e| FolderError::io(path, "cannot be read", e))
            }
            Place::Memory(memory, at) => {
                let Some(bytes) = memory.get(*at..*at + buffer.len()) else {
                    let end = std::io::ErrorKind::UnexpectedEof.into();
                    return Err(FolderError::io(Path::new("memory"), "cannot be read", end));
                };
                buffer.copy_from_slice(bytes);
                *at += buffer.len();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_aside_comes_back_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for mut scratch in [Scratch::create(&folder.path().join(".a")).unwrap(), Scratch::in_memory()] {
            scratch.put(&[1, 2]).unwrap();
            scratch.put(&[3, 4, 5]).unwrap();
            let mut reader = scratch.read_back().unwrap();
            let mut bytes = [0; 4];
            reader.take(&mut bytes).unwrap();
            assert_eq!(bytes, [1, 2, 3, 4]);
            assert!(reader.take(&mut bytes).is_err(), "only one is left");
        }
    }
}
