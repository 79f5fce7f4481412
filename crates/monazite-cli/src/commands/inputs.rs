//! The study that a command is about.

use std::path::{Component, Path, PathBuf};

use monazite::disk;
use monazite::study::{Study, StudyError};

use crate::example_data;

/// A study file is text that somebody writes.
const LARGEST_STUDY: u64 = 4 << 20;

/// The study file that was named, or the example that comes with the program.
pub fn study_file(named: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(path) = named {
        // A folder stands for the study in it.
        return Ok(if path.is_dir() { path.join("study.toml") } else { path.to_owned() });
    }
    let example = Path::new("studies/example/study.toml");
    if example.exists() {
        return Ok(example.to_owned());
    }
    if let Some(carried) = example_data::study() {
        return carried;
    }
    let in_checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(example);
    if in_checkout.exists() {
        Ok(straight(&in_checkout))
    } else {
        Err("no study named, and this program was built without the example. \
             Write a study of your own with: monazite example --out my-study.toml"
            .to_owned())
    }
}

/// A path as people would write it: without the way down into a folder and up again, and from the folder they are in if it is below.
pub fn straight(path: &Path) -> PathBuf {
    if !path.components().any(|part| part == Component::ParentDir) {
        return path.to_owned();
    }
    // What is not there yet stands in a folder that is.
    let whole = match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) if !path.exists() => folder.canonicalize().map(|folder| folder.join(name)),
        _ => path.canonicalize(),
    };
    match (whole, std::env::current_dir().and_then(|here| here.canonicalize())) {
        (Ok(whole), Ok(here)) => whole.strip_prefix(&here).map_or_else(|_| whole.clone(), Path::to_owned),
        _ => path.to_owned(),
    }
}

/// Reads a study without a look at whether the files that it names are there.
pub fn read_study(file: &Path) -> Result<Study, String> {
    let text = disk::read_text(file, LARGEST_STUDY)
        .map_err(|e| format!("{}: cannot be read: {e}", file.display()))?;
    let (study, problems) = Study::parse(&text, file);
    if problems.is_empty() {
        return Ok(study);
    }
    Err(StudyError { file: file.display().to_string(), problems }.to_string())
}

/// Loads a study; `trade` takes the place of the trade data that it names.
pub fn load_study(file: &Path, trade: Option<&Path>) -> Result<Study, String> {
    if let Some(path) = trade.filter(|path| !path.exists()) {
        return Err(format!("--trade: there is no {}", path.display()));
    }
    let trade = trade.map(std::path::absolute).transpose().map_err(|e| e.to_string())?;
    let load = Study::load_with(file, |study| {
        if let Some(path) = trade {
            study.data.trade = path;
        }
    });
    load.map_err(|e| e.to_string())
}

/// The store that a study is computed from: the one it names, or that of its release.
pub fn store_of(study: &Study) -> PathBuf {
    let trade = study.resolve(&study.data.trade);
    if monazite::trade::StoreManifest::read(&trade).is_ok() {
        trade
    } else {
        monazite::pipeline::store_folder(study)
    }
}
