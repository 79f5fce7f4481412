//! The trade data of a study.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Error, store_settings};
use crate::disk;
use crate::disk::place::{self, FolderKind};
use crate::ingest::{ReadOptions, Release};
use crate::progress::Progress;
use crate::study::Study;
use crate::trade::{ImportOptions, ImportOutcome, Store, StoreError, import_release};

/// Opens the trade data of a study; a release is imported first, once, into a store beside it.
///
/// Rows that were added up or left out are told to `progress`, each time, with their value.
///
/// # Errors
/// [`Error::Store`]; [`Error::Study`] if the study says of a store that is there already what the store contradicts.
pub fn open_trade(study: &Study, progress: &dyn Progress) -> Result<Store, Error> {
    let path = study.resolve(&study.data.trade);
    let Some(release) = release_of(study)? else {
        let store = Store::open(&path)?;
        store_settings::compare(study, store.manifest())?.iter().for_each(|note| progress.note(note));
        store.manifest().notes.iter().for_each(|note| progress.note(note));
        tell_account(&store, progress);
        return Ok(store);
    };
    let store = store_folder(study);
    let options = ImportOptions {
        read: ReadOptions {
            unknown_country: study.data.unknown_country,
            short_codes: study.data.short_codes,
        },
        edition: study.data.edition,
        version: study.data.baci_version.clone(),
        convert_to: study.data.convert_to,
        source: study.data.source.clone().unwrap_or_default(),
        licence: study.data.licence.clone().unwrap_or_default(),
        ..ImportOptions::default()
    };
    let outcome = import_release(&release, &store, &options, progress);
    match outcome.map_err(|error| with_place(error, study.data.store.is_some()))? {
        ImportOutcome::UpToDate(_) => progress.note(&format!("store {} is up to date", store.display())),
        ImportOutcome::Written { .. } => progress.note(&format!("imported into {}", store.display())),
    }
    let store = Store::open(&store)?;
    tell_account(&store, progress);
    Ok(store)
}

fn tell_account(store: &Store, progress: &dyn Progress) {
    store.manifest().account.in_sentences().iter().for_each(|sentence| progress.note(sentence));
}

/// Says where else a store can be kept, if there is no writing beside the release.
fn with_place(error: StoreError, placed: bool) -> StoreError {
    match error {
        StoreError::Io { path, source, .. } | StoreError::ReadOnly { path, source }
            if !placed
                && matches!(source.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) =>
        {
            StoreError::NoPlace { path, source }
        }
        other => other,
    }
}

/// The release that a study names; `None` if it names a store.
///
/// # Errors
/// [`Error::Ingest`].
pub(super) fn release_of(study: &Study) -> Result<Option<Release>, Error> {
    let path = study.resolve(&study.data.trade);
    if place::kind_of(&path) == Some(FolderKind::Store) {
        return Ok(None);
    }
    Ok(Some(Release::open_table(&path, &study.data.table_options())?))
}

/// Where the store of a study's release is kept: where the study says, or beside the release.
///
/// The store of a study in a replication package stands beside the package, whose checksums it is not part of; that of a single file of a
/// release beside the folder of the release, unless the study says where.
pub fn store_folder(study: &Study) -> PathBuf {
    match &study.data.store {
        Some(store) => outside(study.resolve(store), &[FolderKind::Package]),
        None => {
            let mut release = study.resolve(&study.data.trade);
            if release.file_name().is_none() {
                // A place such as `..` has its name from where it is.
                release = disk::absolute(&release);
            }
            let mut name = release.file_name().unwrap_or_default().to_os_string();
            name.push(".store");
            outside(release.with_file_name(name), &[FolderKind::Package, FolderKind::Release])
        }
    }
}

/// The same place beside the folders of these kinds that it lies in; its name is then that of the folder and its own.
fn outside(place: PathBuf, kinds: &[FolderKind]) -> PathBuf {
    let around = |place: &Path| place::around(place).filter(|(kind, _)| kinds.contains(kind));
    let mut place = place;
    while let Some((_, folder)) = around(&place) {
        let mut name = folder.file_name().unwrap_or_default().to_os_string();
        name.push(".");
        name.push(place.file_name().unwrap_or_default());
        place = folder.with_file_name(name);
    }
    place
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn store_of(file: &Path, data: &str) -> PathBuf {
        let text = format!("[study]\nseeds = [\"284690\"]\n[data]\ngovernance = \"pv.csv\"\n{data}\n");
        store_folder(&Study::parse(&text, file).0)
    }

    #[test]
    fn where_nothing_can_be_written_another_place_is_named() {
        let error = |kind: ErrorKind| {
            let (path, source) = ("shared/release.store".to_owned(), std::io::Error::from(kind));
            StoreError::Io { path, action: "cannot be created", source }
        };
        for kind in [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem] {
            let message = with_place(error(kind), false).to_string();
            assert!(
                message.starts_with("shared/release.store: the store of the release cannot be kept here"),
                "{message}"
            );
            assert!(message.contains("data.store = \"store\""), "{message}");
            assert!(!with_place(error(kind), true).to_string().contains("data.store"), "it was said where");
        }
        assert!(!with_place(error(ErrorKind::StorageFull), false).to_string().contains("data.store"));
    }

    #[test]
    fn a_store_stands_beside_its_release_and_inside_of_nothing() {
        let top = tempfile::tempdir().unwrap();
        let real = top.path().canonicalize().unwrap();
        for folder in ["study/release", "package/inputs/release"] {
            fs::create_dir_all(real.join(folder)).unwrap();
            fs::write(real.join(folder).join("BACI_HS07_Y2019_V202501.csv"), "").unwrap();
        }
        for name in place::PACKAGE_FILES {
            fs::write(real.join("package").join(name), "").unwrap();
        }
        let (study, packed) = (real.join("study/study.toml"), real.join("package/inputs/study.toml"));
        let one = "trade = \"release/BACI_HS07_Y2019_V202501.csv\"";
        for (file, data, store) in [
            (&study, "trade = \"release\"", "study/release.store"),
            (&study, one, "study/release.BACI_HS07_Y2019_V202501.csv.store"),
            (&study, "trade = \"release\"\nstore = \"s\"", "study/s"),
            (&packed, "trade = \"release\"", "package.release.store"),
            (&packed, one, "package.release.BACI_HS07_Y2019_V202501.csv.store"),
            (&packed, "trade = \"release\"\nstore = \"s\"", "package.s"),
        ] {
            assert_eq!(store_of(file, data), real.join(store), "{data}");
        }
        // A study in the folder of its release.
        let inside = real.join("study/release/below/study.toml");
        assert_eq!(store_of(&inside, "trade = \"..\""), real.join("study/release.store"));
    }
}
