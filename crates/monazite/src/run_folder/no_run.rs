//! Why there is no finished run in a place, and what there is instead.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use super::error::{FolderError, MANIFEST_FILE};
use crate::disk::place::{self, FolderKind, LOCK, RUN_STAGING};
use crate::plain_text::listed;

/// So many folders are looked into for runs.
const LOOKED_INTO: usize = 1000;

/// That there is no finished run, and what to do; `folder` is that of the run, or `None` for a run in memory.
pub(super) fn not_a_run(name: String, folder: Option<&Path>) -> FolderError {
    FolderError::NotARun { path: name, why: folder.map_or_else(no_manifest, why) }
}

/// Where there is nothing that could be meant.
fn no_manifest() -> String {
    format!("there is no {MANIFEST_FILE} in it")
}

/// What is in a place without a manifest.
fn why(folder: &Path) -> String {
    match fs::metadata(folder) {
        Ok(found) if !found.is_dir() => {
            return "it is a file, and a run is a folder; name the folder that monazite run has made"
                .to_owned();
        }
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => return "there is no such folder".to_owned(),
        Err(e) => return format!("it cannot be read: {e}"),
    }
    let named = |kind: FolderKind| format!("it is a {kind}");
    if folder.join(RUN_STAGING).is_dir() {
        return match is_held(&folder.join(LOCK)) {
            true => "it is being written; wait until the program that does it has finished".to_owned(),
            false => {
                "its making was broken off before anything was finished; run the study again into this folder"
                    .to_owned()
            }
        };
    }
    match place::kind_of(folder) {
        Some(FolderKind::Package) => {
            return format!("{}; its results are in results", named(FolderKind::Package));
        }
        Some(kind) if kind != FolderKind::Run => return named(kind),
        _ => {}
    }
    match runs_in(folder) {
        None => no_manifest(),
        Some(runs) => format!("there is no {MANIFEST_FILE} in it; there are runs in it: {runs}"),
    }
}

/// Whether somebody holds a lock. Nothing is written for that: whoever asks may only be reading.
fn is_held(lock: &Path) -> bool {
    let tried = File::open(lock).map(|file| file.try_lock_shared());
    matches!(tried, Ok(Err(TryLockError::WouldBlock)))
}

/// Names of the folders of a folder that are runs.
fn runs_in(folder: &Path) -> Option<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(LOOKED_INTO);
    let mut runs: Vec<String> = entries
        .filter(|entry| entry.path().join(MANIFEST_FILE).is_file() && place::is_run(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    runs.sort();
    (!runs.is_empty()).then(|| listed(&runs, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_folder::{RunFolder, open_finished};

    fn told(folder: &Path) -> String {
        open_finished(folder).unwrap_err().to_string()
    }

    #[test]
    fn what_is_there_instead_is_said() {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        for name in ["empty", "broken/.partial", "store/.import", "release", "package", "runs/b", "runs/a"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        for (name, text) in [
            ("file", ""),
            ("broken/.lock", ""),
            ("release/BACI_HS07_Y2019_V202501.csv", ""),
            ("package/SHA256SUMS", ""),
            ("package/RESULTS.sha256", ""),
            ("runs/a/manifest.toml", "[program]\nname = \"monazite\"\n"),
            ("runs/b/manifest.toml", "[program]\nname = \"monazite\"\n"),
        ] {
            fs::write(at(name), text).unwrap();
        }
        for (name, says) in [
            ("file", "it is a file, and a run is a folder"),
            ("nowhere", "there is no such folder"),
            ("empty", "there is no manifest.toml in it"),
            ("broken", "run the study again into this folder"),
            ("store", "it is a store"),
            ("release", "it is a release"),
            ("package", "its results are in results"),
        ] {
            let error = told(&at(name));
            assert!(error.contains(&format!("{name}: this is not a finished run: ")), "{error}");
            assert!(error.contains(says), "{error}");
        }
        let error = told(&at("runs"));
        assert!(error.ends_with("there are runs in it: a, b"), "{error}");
    }

    #[test]
    fn a_run_that_is_being_made_is_waited_for_and_looking_changes_nothing() {
        let top = tempfile::tempdir().unwrap();
        let out = top.path().join("run");
        let making = RunFolder::claim(&out).unwrap();
        for _ in 0..2 {
            assert!(told(&out).contains("it is being written; wait"), "{}", told(&out));
        }
        drop(making);
        assert!(told(&out).ends_with("there is no such folder"), "{}", told(&out));
    }
}
