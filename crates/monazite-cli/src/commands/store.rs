//! `monazite store`.

use std::path::Path;

use monazite::trade::{StoreFile, StoreManifest, live_files, upgrade_store, verify_files};

use crate::arguments::StoreCommand;
use crate::failure::Failure;
use crate::terminal::{FILES, FLOWS, Terminal, counted};

/// Lists, checks or rewrites a store.
pub fn store(what: &StoreCommand, terminal: &Terminal) -> Result<(), Failure> {
    match what {
        StoreCommand::Files { store } => files(store, terminal),
        StoreCommand::Verify { store } => verify(store, terminal),
        StoreCommand::Upgrade { store } => upgrade(store, terminal),
    }
}

fn files(folder: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let files = live_files(folder, &StoreManifest::read(folder)?);
    if terminal.wants_json() {
        terminal.answer_json(&as_json(&files));
        return Ok(());
    }
    for file in files.iter().filter(|file| file.role == "flows") {
        terminal.answer(&file.path.display().to_string());
    }
    Ok(())
}

fn as_json(files: &[StoreFile]) -> serde_json::Value {
    let list: Vec<serde_json::Value> = files
        .iter()
        .map(|file| {
            serde_json::json!({ "role": file.role, "year": file.year, "path": file.path.display().to_string() })
        })
        .collect();
    serde_json::Value::Array(list)
}

fn verify(folder: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let manifest = StoreManifest::read(folder)?;
    verify_files(folder, &manifest)?;
    let files = live_files(folder, &manifest);
    let bytes: u64 = files.iter().map(|file| std::fs::metadata(&file.path).map_or(0, |m| m.len())).sum();
    terminal.line(&format!(
        "{} is whole: store.toml and {}, {}, {}, {}, are as they were written",
        folder.display(),
        counted(files.len() as u64, FILES),
        counted(bytes, ["byte", "bytes"]),
        counted(manifest.years.len() as u64, ["year", "years"]),
        counted(manifest.years.iter().map(|year| year.flows).sum(), FLOWS)
    ));
    Ok(())
}

fn upgrade(folder: &Path, terminal: &Terminal) -> Result<(), Failure> {
    if upgrade_store(folder, terminal)? {
        terminal.line(&format!("{} is written anew in the present format", folder.display()));
    } else {
        terminal.line(&format!("{} has the present format; nothing to do", folder.display()));
    }
    Ok(())
}
