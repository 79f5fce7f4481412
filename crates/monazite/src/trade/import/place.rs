//! The folder of a store: claiming it, and putting things into it whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::trade::error::StoreError;
use crate::trade::manifest::{MANIFEST_FILE, StoreManifest};

/// What marks the folder of a year as finished.
pub(super) const YEAR_FILE: &str = "year.toml";
/// Where years wait until the store is complete.
pub(super) const STAGING: &str = ".import";
/// Held while an import writes.
pub(super) const LOCK: &str = ".lock";

/// Leaves nothing half-written behind: only years that are finished stay, for the next call to take over.
pub(super) fn tidy_after_failure(out: &Path, staging: &Path) {
    for entry in fs::read_dir(staging).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.join(YEAR_FILE).exists() {
            let _ = fs::remove_dir_all(&path);
        } else if path.is_file() {
            let _ = fs::remove_file(&path);
        }
    }
    // Only empty folders can be removed in this way.
    if fs::remove_dir(staging).is_ok() && !out.join(MANIFEST_FILE).exists() {
        let _ = fs::remove_file(out.join(LOCK));
        let _ = fs::remove_dir(out);
    }
}

/// Makes sure that `out` is, or can become, a store.
pub(super) fn claim(out: &Path) -> Result<(), StoreError> {
    let in_out = |e| StoreError::io(out, "cannot be created", e);
    disk::refuse_links_in(out).map_err(|e| StoreError::io(out, "cannot be used", e))?;
    if let Some(run) = run_around(out) {
        return Err(StoreError::Inside {
            path: out.display().to_string(),
            around: run.display().to_string(),
        });
    }
    if out.exists() {
        let ours = [MANIFEST_FILE, STAGING, LOCK].iter().any(|name| out.join(name).exists());
        if !ours && fs::read_dir(out).map_err(in_out)?.next().is_some() {
            return Err(StoreError::NotEmpty { path: out.display().to_string() });
        }
    }
    fs::create_dir_all(out).map_err(in_out)
}

/// The finished run that a folder lies in; also a folder in which a run is being made.
fn run_around(out: &Path) -> Option<PathBuf> {
    // What a run folder is called, and what it holds, is known above this module.
    disk::enclosing(out, "manifest.toml").filter(|around| around.join("schema.json").is_file())
}

pub(super) fn lock(out: &Path) -> Result<File, StoreError> {
    let path = out.join(LOCK);
    let file = disk::open_lock(&path).map_err(|e| StoreError::io(&path, "cannot be created", e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::Locked { path: out.display().to_string() }),
        Err(fs::TryLockError::Error(e)) => Err(StoreError::io(&path, "cannot be locked", e)),
    }
}

/// An empty folder, whatever was there before.
pub(super) fn fresh_folder(path: &Path) -> Result<PathBuf, StoreError> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(|e| StoreError::io(path, "cannot be removed", e))?;
    }
    fs::create_dir_all(path).map_err(|e| StoreError::io(path, "cannot be created", e))?;
    Ok(path.to_owned())
}

/// Writes a file under another name and renames it, so that it is there whole or not at all.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let temporary = path.with_extension("partial");
    let in_file = |e| StoreError::io(path, "cannot be written", e);
    let mut file = disk::create(&temporary).map_err(in_file)?;
    file.write_all(content).map_err(in_file)?;
    file.sync_all().map_err(in_file)?;
    drop(file);
    fs::rename(&temporary, path).map_err(in_file)
}

pub(super) fn move_into_place(from: &Path, to: &Path) -> Result<(), StoreError> {
    if from == to {
        return Ok(());
    }
    if to.exists() {
        // Same name, same checksum, same content.
        return fs::remove_dir_all(from).map_err(|e| StoreError::io(from, "cannot be removed", e));
    }
    fs::rename(from, to).map_err(|e| StoreError::io(to, "cannot be moved into place", e))
}

pub(super) fn swap_in(out: &Path, manifest: &StoreManifest) -> Result<(), StoreError> {
    write_whole(&out.join(MANIFEST_FILE), manifest.to_toml().as_bytes())
}

/// Removes what the new manifest does not name. A leftover does no harm, so failures are not reported.
pub(super) fn clean_up(out: &Path, manifest: &StoreManifest) {
    let mut wanted: BTreeSet<&str> = manifest.years.iter().map(|y| y.folder.as_str()).collect();
    wanted.insert(&manifest.codes);
    for entry in fs::read_dir(out).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ours = name.rsplit_once('-').is_some_and(|(stem, sum)| {
            let stem_is_ours =
                stem == "codes" || (stem.len() == 4 && stem.bytes().all(|b| b.is_ascii_digit()));
            stem_is_ours && sum.len() == 8 && sum.bytes().all(|b| b.is_ascii_hexdigit())
        });
        if (ours && !wanted.contains(name.as_ref())) || name == STAGING {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
