//! The inputs of a finished run: whether the files that its study names are still those that the run was made from.
//!
//! The manifest holds a checksum of every one. Whoever reads an input for a finished run, or packs it beside one, asks here first.

use std::path::Path;

use crate::disk::place::{FolderKind, kind_of};
use crate::ingest::{IngestError, Release, SourceFile};
use crate::progress::{Cancelled, Progress};
use crate::run_folder::Manifest;
use crate::run_folder::manifest::InputFile;
use crate::study::Study;
use crate::trade::year_writer::sha256_of;
use crate::trade::{StoreError, StoreManifest, verify_files};

/// Why an input is not the one that a run was made from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The file has another content.
    #[error(
        "{file} ({key}): this is not the file that the run was made from, whose sha256 is {wanted}; put that one back, or run the study again"
    )]
    Other {
        /// The file.
        file: String,
        /// Key of the study that names it.
        key: &'static str,
        /// The checksum that the run has recorded.
        wanted: String,
    },
    /// There is a file that was not there.
    #[error("{file} ({key}): the run was made without this file; take it away, or run the study again")]
    New {
        /// The file.
        file: String,
        /// Key of the study.
        key: &'static str,
    },
    /// A file that was there is not.
    #[error(
        "{folder} ({key}): {file} is not there, and the run was made from it (sha256 {wanted}); put it back, or run the study again"
    )]
    Gone {
        /// Where it was.
        folder: String,
        /// Key of the study.
        key: &'static str,
        /// Its name.
        file: String,
        /// The checksum that the run has recorded.
        wanted: String,
    },
    /// A store that was made otherwise.
    #[error(
        "{store} ({key}): this is not the store that the run was made from: {what}; import that release again, or run the study again"
    )]
    OtherStore {
        /// The store.
        store: String,
        /// Key of the study.
        key: &'static str,
        /// In what it differs.
        what: String,
    },
    /// The release cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The store cannot be read, or a file cannot.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

const TRADE: &str = "data.trade";

/// Whether everything that a study names, where it is at hand, is what a run was made from: every file is read through.
///
/// # Errors
/// [`InputError`], naming the first that is not, or that cannot be read.
pub fn same_inputs(study: &Study, manifest: &Manifest, progress: &dyn Progress) -> Result<(), InputError> {
    same_tables(study, manifest)?;
    let trade = study.resolve(&study.data.trade);
    if study.data.trade.as_os_str().is_empty() || !trade.exists() {
        return Ok(());
    }
    if kind_of(&trade) == Some(FolderKind::Store) {
        let store = StoreManifest::read(&trade)?;
        same_store(&trade, &store, manifest)?;
        return Ok(verify_files(&trade, &store)?);
    }
    let release = Release::open_table(&trade, &study.data.table_options())?;
    same_files(&release, manifest)?;
    for (file, wanted) in recorded(&release, manifest) {
        let sum = file.content_sha256::<InputError>(progress)?;
        if sum != wanted.sha256 {
            return Err(other(Path::new(&file.name), TRADE, &wanted.sha256));
        }
    }
    Ok(())
}

/// Whether the tables that a study names, where they are at hand, are those that a run was made from: political stability, links of the
/// value chain, total exports, shares of re-exports, inhabitants.
///
/// # Errors
/// [`InputError::Other`], naming the first that is not; [`InputError::Store`] if one cannot be read.
pub fn same_tables(study: &Study, manifest: &Manifest) -> Result<(), InputError> {
    let chain = &study.chain;
    let links = (chain.edges.iter().map(|path| ("chain.edges", path)))
        .chain(chain.candidates.iter().map(|path| ("chain.candidates", path)))
        .chain(chain.networks.iter().map(|path| ("chain.networks", path)))
        .chain(chain.overrides.iter().map(|path| ("chain.overrides", path)));
    let sums = manifest.chain.sources.iter().map(|source| &source.sha256);
    let mut tables: Vec<_> = links.zip(sums).map(|((key, path), sum)| (key, path, sum)).collect();
    tables.push(("data.governance", &study.data.governance, &manifest.stability.sha256));
    for (key, path) in study.tables() {
        let sum = manifest.tables.iter().find(|table| table.key == key).map(|table| &table.sha256);
        tables.extend(sum.map(|sum| (key, path, sum)));
    }
    for (key, path, wanted) in tables {
        let file = study.resolve(path);
        // Data in memory have no file.
        if !path.as_os_str().is_empty() && file.is_file() && sha256_of(&file)? != *wanted {
            return Err(other(&file, key, wanted));
        }
    }
    Ok(())
}

/// Whether a store was made from the files that a run was made from, and in the same way.
///
/// # Errors
/// [`InputError::OtherStore`], naming the file that is not.
pub fn same_store(folder: &Path, store: &StoreManifest, manifest: &Manifest) -> Result<(), InputError> {
    let trade = &manifest.trade;
    let differs =
        |what: String| Err(InputError::OtherStore { store: folder.display().to_string(), key: TRADE, what });
    for wanted in &trade.inputs {
        match store.inputs.iter().find(|input| input.role == wanted.role && input.name == wanted.name) {
            Some(input) if input.sha256 == wanted.sha256 => {}
            Some(_) => return differs(format!("it was made from another {}", wanted.name)),
            None => return differs(format!("it was made without {}", wanted.name)),
        }
    }
    if let Some(new) = store.inputs.iter().find(|i| !trade.inputs.iter().any(|w| w.name == i.name)) {
        return differs(format!("it was made with {}, the run without", new.name));
    }
    for (what, found, wanted) in [
        ("edition", &store.edition, &trade.edition),
        ("BACI version", &store.baci_version, &trade.baci_version),
    ] {
        if found != wanted {
            return differs(format!("its {what} is '{found}', that of the run '{wanted}'"));
        }
    }
    if store.account != trade.import {
        return differs("its rows were read with other options".to_owned());
    }
    Ok(())
}

/// Whether a release has the files that a run was made from, by name and size.
///
/// # Errors
/// [`InputError`], naming the first that is missing, new, or of another size.
pub fn same_files(release: &Release, manifest: &Manifest) -> Result<(), InputError> {
    for wanted in &manifest.trade.inputs {
        if !files_of(release).any(|(role, file)| is(wanted, role, file)) {
            let folder = release.path.display().to_string();
            let (file, wanted) = (wanted.name.clone(), wanted.sha256.clone());
            return Err(InputError::Gone { folder, key: TRADE, file, wanted });
        }
    }
    for (role, file) in files_of(release) {
        match manifest.trade.inputs.iter().find(|wanted| is(wanted, role, file)) {
            None => return Err(InputError::New { file: file.name.clone(), key: TRADE }),
            Some(wanted) if wanted.bytes != file.size => {
                return Err(other(Path::new(&file.name), TRADE, &wanted.sha256));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn other(file: &Path, key: &'static str, wanted: &str) -> InputError {
    InputError::Other { file: file.display().to_string(), key, wanted: wanted.to_owned() }
}

fn is(wanted: &InputFile, role: &str, file: &SourceFile) -> bool {
    wanted.role == role && wanted.name == file.short_name()
}

/// The files of a release with their roles in the manifest.
fn files_of(release: &Release) -> impl Iterator<Item = (&'static str, &SourceFile)> {
    let flows = release.flows.iter().map(|file| ("flows", file));
    let countries = release.country_codes.iter().map(|file| ("country_codes", file));
    flows.chain(countries).chain(release.product_codes.iter().map(|file| ("product_codes", file)))
}

/// The files of a release with what a run has recorded of them.
fn recorded<'a>(
    release: &'a Release,
    manifest: &'a Manifest,
) -> impl Iterator<Item = (&'a SourceFile, &'a InputFile)> {
    files_of(release).filter_map(|(role, file)| {
        Some((file, manifest.trade.inputs.iter().find(|wanted| is(wanted, role, file))?))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::plain_text::hex;
    use crate::progress::Silent;
    use crate::run_folder::manifest::tests::full;
    use crate::run_folder::manifest::{ChainSourceRecord, InputTable};

    const FLOWS: &str = "BACI_HS07_Y2019_V202501.csv";
    const COUNTRIES: &str = "country_codes_V202501.csv";

    fn sum(text: &str) -> String {
        hex(&Sha256::digest(text))
    }

    /// A study in a folder, and the manifest of a run of it.
    fn finished(folder: &Path) -> (Study, Manifest) {
        fs::create_dir(folder.join("release")).unwrap();
        let files = [
            (format!("release/{FLOWS}"), "t,i,j,k,v,q\n"),
            (format!("release/{COUNTRIES}"), "country_code,country_name,country_iso3\n"),
            ("pv.csv".to_owned(), "pv"),
            ("a.csv".to_owned(), "a"),
            ("b.csv".to_owned(), "b"),
            ("totals.csv".to_owned(), "totals"),
        ];
        for (name, text) in &files {
            fs::write(folder.join(name), text).unwrap();
        }
        let text = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"release\"\ngovernance = \"pv.csv\"\ntotals = \"totals.csv\"\n\
                    [chain]\nedges = [\"a.csv\"]\ncandidates = [\"b.csv\"]\n";
        let (study, none) = Study::parse(text, &folder.join("study.toml"));
        assert_eq!(none, []);
        let mut manifest = full();
        let input = |role: &str, name: &str, text: &str| InputFile {
            name: name.to_owned(),
            role: role.to_owned(),
            bytes: text.len() as u64,
            sha256: sum(text),
        };
        manifest.trade.inputs =
            vec![input("flows", FLOWS, files[0].1), input("country_codes", COUNTRIES, files[1].1)];
        manifest.stability.sha256 = sum("pv");
        let source = &manifest.chain.sources[0];
        manifest.chain.sources =
            ["a", "b"].map(|text| ChainSourceRecord { sha256: sum(text), ..source.clone() }).to_vec();
        let (key, name) = ("data.totals".to_owned(), "totals.csv".to_owned());
        manifest.tables = vec![InputTable { key, name, sha256: sum("totals") }];
        (study, manifest)
    }

    #[test]
    fn every_input_that_has_changed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (study, manifest) = finished(folder.path());
        let same = || same_inputs(&study, &manifest, &Silent).map_err(|e| e.to_string());
        same().unwrap();
        for (name, key) in [
            ("pv.csv", "data.governance"),
            ("a.csv", "chain.edges"),
            ("b.csv", "chain.candidates"),
            ("totals.csv", "data.totals"),
            (&format!("release/{FLOWS}"), "data.trade"),
            (&format!("release/{COUNTRIES}"), "data.trade"),
        ] {
            let path = folder.path().join(name);
            let before = fs::read(&path).unwrap();
            // Of the same size, and of another.
            for now in [before.iter().rev().copied().collect(), [&before[..], b"\n"].concat()] {
                if now == before {
                    continue;
                }
                fs::write(&path, now).unwrap();
                let error = same().unwrap_err();
                assert!(error.contains(&format!("{name} ({key}): this is not the file that")), "{error}");
            }
            fs::write(&path, &before).unwrap();
            same().unwrap();
        }
        for gone in ["a.csv", "totals.csv"] {
            fs::remove_file(folder.path().join(gone)).unwrap();
        }
        same().unwrap();
    }

    #[test]
    fn files_of_a_release_that_come_and_go_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let (study, manifest) = finished(folder.path());
        let same = || same_inputs(&study, &manifest, &Silent).map_err(|e| e.to_string());
        let new = folder.path().join("release/BACI_HS07_Y2020_V202501.csv");
        fs::write(&new, "t,i,j,k,v,q\n").unwrap();
        assert!(same().unwrap_err().contains("(data.trade): the run was made without this file"));
        fs::remove_file(new).unwrap();
        fs::remove_file(folder.path().join("release").join(COUNTRIES)).unwrap();
        let error = same().unwrap_err();
        assert!(
            error.contains(&format!("{COUNTRIES} is not there, and the run was made from it")),
            "{error}"
        );
        fs::remove_dir_all(folder.path().join("release")).unwrap();
        same().unwrap();
    }
}
