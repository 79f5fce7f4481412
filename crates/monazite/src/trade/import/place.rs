//! The folder of a store: claiming it, and putting things into it whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::disk;
use crate::disk::place::{self, FolderKind};
use crate::trade::codes::{COUNTRIES_FILE, PRODUCTS_FILE, check_codes, codes_name};
use crate::trade::error::StoreError;
use crate::trade::layout::{FLOWS, INDEX, MARGINS, PAGES, YEARS, YearFiles, year_file};
use crate::trade::manifest::{MANIFEST_FILE, SIGNATURE, StoreManifest, YearRecord};

/// What marks the folder of a year as finished.
pub(in crate::trade) const YEAR_FILE: &str = "year.toml";
/// Where years wait until the store is complete.
pub(in crate::trade) const STAGING: &str = place::STORE_STAGING;
/// Held while an import writes.
pub(super) const LOCK: &str = place::LOCK;

/// Leaves nothing half-written behind: only years that are finished stay, for the next call to take over.
pub(in crate::trade) fn tidy_after_failure(out: &Path, staging: &Path) {
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

/// Refuses a place that is no store and cannot become one. Nothing is made.
///
/// # Errors
/// [`StoreError::Taken`], [`StoreError::NotEmpty`], [`StoreError::Io`].
pub(crate) fn refuse_place(out: &Path) -> Result<(), StoreError> {
    let in_out = |e| StoreError::io(out, "cannot be created", e);
    place::refuse_taken(out, Some(FolderKind::Store))?;
    if out.exists() && place::kind_of(out).is_none() {
        for entry in fs::read_dir(out).map_err(in_out)? {
            if entry.map_err(in_out)?.file_name() != LOCK {
                return Err(StoreError::NotEmpty { path: out.display().to_string() });
            }
        }
    }
    disk::refuse_links_in(out).map_err(|e| StoreError::io(out, "cannot be used", e))
}

/// Makes sure that `out` is, or can become, a store.
pub(in crate::trade) fn claim(out: &Path) -> Result<(), StoreError> {
    refuse_place(out)?;
    fs::create_dir_all(out).map_err(|e| StoreError::io(out, "cannot be created", e))
}

pub(in crate::trade) fn lock(out: &Path) -> Result<File, StoreError> {
    let path = out.join(LOCK);
    let file = disk::open_lock(&path).map_err(|e| match is_read_only(&e) {
        true => StoreError::ReadOnly { path: out.display().to_string(), source: e },
        false => StoreError::io(&path, "cannot be created", e),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::Locked { path: out.display().to_string() }),
        Err(fs::TryLockError::Error(e)) => Err(StoreError::io(&path, "cannot be locked", e)),
    }
}

/// Whether an error says that nothing can be written there.
pub(in crate::trade) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// An empty folder, whatever was there before.
pub(in crate::trade) fn fresh_folder(path: &Path) -> Result<PathBuf, StoreError> {
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

/// Moves the files of a finished year to their places. The same name is the same content, unless the file there is damaged; so
/// whatever is there is replaced.
pub(in crate::trade) fn publish_year(
    out: &Path,
    folder: &Path,
    record: &YearRecord,
) -> Result<(), StoreError> {
    for name in [FLOWS, INDEX, PAGES, MARGINS, YEARS] {
        let path = out.join(name);
        fs::create_dir_all(&path).map_err(|e| StoreError::io(&path, "cannot be created", e))?;
    }
    let from = YearFiles::in_one_folder(folder);
    let to = YearFiles::in_store(out, record);
    for ((_, from, _), (_, to, _)) in from.with_sums(record).zip(to.with_sums(record)) {
        fs::rename(from, to).map_err(|e| StoreError::io(to, "cannot be moved into place", e))?;
    }
    // Last, so that a year is only taken over when all of it is there.
    let to = year_file(out, record);
    fs::rename(folder.join(YEAR_FILE), &to)
        .map_err(|e| StoreError::io(&to, "cannot be moved into place", e))?;
    let _ = fs::remove_dir_all(folder);
    Ok(())
}

/// The texts of the years that are finished and whole: their files in the staging folder or in the store are what was written. With the
/// folder of those that are not in their places yet.
pub(super) fn whole_years(
    out: &Path,
    staging: &Path,
    record_of: impl Fn(&str) -> Option<YearRecord>,
) -> Vec<(String, Option<PathBuf>)> {
    let entries = |folder: &Path| {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let mut years = Vec::new();
    for folder in entries(staging) {
        let Ok(text) = fs::read_to_string(folder.join(YEAR_FILE)) else { continue };
        let Some(record) = record_of(&text).filter(|_| SIGNATURE.is_signed(&text)) else { continue };
        if YearFiles::in_one_folder(&folder).verify(&record).is_ok() {
            years.push((text, Some(folder)));
        }
    }
    for path in entries(&out.join(YEARS)) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let Some(record) = record_of(&text).filter(|_| SIGNATURE.is_signed(&text)) else { continue };
        if YearFiles::in_store(out, &record).verify(&record).is_ok() {
            years.push((text, None));
        }
    }
    years
}

/// Writes the code tables, unless they are there and whole; returns the name of their folder.
pub(super) fn write_codes(out: &Path, countries: &[u8], products: &[u8]) -> Result<String, StoreError> {
    let name = codes_name(countries, products);
    if check_codes(out, &name).is_err() {
        let folder = out.join(&name);
        fs::create_dir_all(&folder).map_err(|e| StoreError::io(&folder, "cannot be created", e))?;
        write_whole(&folder.join(COUNTRIES_FILE), countries)?;
        write_whole(&folder.join(PRODUCTS_FILE), products)?;
    }
    Ok(name)
}

pub(in crate::trade) fn swap_in(out: &Path, manifest: &StoreManifest) -> Result<(), StoreError> {
    write_whole(&out.join(MANIFEST_FILE), manifest.to_toml().as_bytes())
}

/// Removes what the new manifest does not name. A leftover does no harm to a reader that asks for the live files, so failures are not
/// reported.
pub(in crate::trade) fn clean_up(out: &Path, manifest: &StoreManifest) {
    let names: BTreeSet<&str> = manifest.years.iter().map(|y| y.name.as_str()).collect();
    for (folder, ending) in
        [(FLOWS, "parquet"), (INDEX, "parquet"), (PAGES, "parquet"), (MARGINS, "parquet"), (YEARS, "toml")]
    {
        for entry in fs::read_dir(out.join(folder)).into_iter().flatten().flatten() {
            let path = entry.path();
            let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            let ours = path.extension().is_some_and(|e| e == ending) && has_sum(stem, is_year);
            if ours && !names.contains(stem) {
                let _ = fs::remove_file(path);
            }
        }
    }
    for entry in fs::read_dir(out).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Folders of years are those of the first format.
        let ours = has_sum(&name, |stem| stem == "codes" || is_year(stem));
        if (ours && name != manifest.codes.as_str()) || name == STAGING {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_year(stem: &str) -> bool {
    stem.len() == 4 && stem.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a name is one of ours: a beginning, a dash and eight hexadecimal digits.
fn has_sum(name: &str, begins: impl Fn(&str) -> bool) -> bool {
    name.rsplit_once('-').is_some_and(|(stem, sum)| {
        begins(stem) && sum.len() == 8 && sum.bytes().all(|b| b.is_ascii_hexdigit())
    })
}
