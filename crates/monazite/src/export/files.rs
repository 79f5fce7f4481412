//! Writes exports to disk: a file appears whole or not at all, and takes the place of another only if it may.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::ExportError;
use crate::disk::{self, Change, place};
use crate::run_folder::FolderError;

/// Writes a file through `make`, under a hidden name beside its place until it is whole.
///
/// # Errors
/// Whatever `make` gives, [`ExportError::Write`], and with `replace` unset [`ExportError::Exists`] if there is a file with other content.
pub fn write_file(
    path: &Path,
    replace: bool,
    make: &mut dyn FnMut(&mut BufWriter<File>) -> Result<(), ExportError>,
) -> Result<Change, ExportError> {
    place::refuse_taken(path, None).map_err(FolderError::from)?;
    let name = path.file_name().ok_or_else(|| {
        ExportError::write(path, "cannot be written", std::io::Error::other("this is no name of a file"))
    })?;
    if path.is_dir() {
        return Err(ExportError::write(
            path,
            "cannot be written",
            std::io::Error::other("there is a folder of that name"),
        ));
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&parent).map_err(|e| ExportError::write(&parent, "cannot be created", e))?;
    let staging = Staging(parent.join(format!(".{}.{}.partial", name.to_string_lossy(), std::process::id())));
    let created = disk::create(&staging.0).map_err(|e| ExportError::write(path, "cannot be created", e))?;
    let mut out = BufWriter::new(created);
    make(&mut out)?;
    out.flush().map_err(|e| ExportError::write(path, "cannot be written", e))?;
    drop(out);
    let change = match path.symlink_metadata().is_ok() {
        false => Change::New,
        true if same(&staging.0, path).unwrap_or(false) => Change::Same,
        true if replace => Change::Replaced,
        true => return Err(ExportError::Exists { path: path.display().to_string() }),
    };
    fs::rename(&staging.0, path).map_err(|e| ExportError::write(path, "cannot be moved into place", e))?;
    Ok(change)
}

/// A file under its hidden name; gone when it is dropped.
struct Staging(PathBuf);

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn same(a: &Path, b: &Path) -> std::io::Result<bool> {
    if fs::metadata(a)?.len() != fs::metadata(b)?.len() {
        return Ok(false);
    }
    let (mut a, mut b) = (File::open(a)?, File::open(b)?);
    let (mut from_a, mut from_b) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let read = a.read(&mut from_a)?;
        if read == 0 {
            return Ok(true);
        }
        b.read_exact(&mut from_b[..read])?;
        if from_a[..read] != from_b[..read] {
            return Ok(false);
        }
    }
}
