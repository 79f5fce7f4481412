//! Files that a request puts into a finished run: briefs, maps, figures with other settings. All else in the run stays as it is.

use std::fs;
use std::path::Path;

use crate::run_folder::manifest::FileRecord;
use crate::run_folder::{FolderError, Manifest, RunFolder};

/// What became of a file of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// There was none of this name.
    New,
    /// It holds what it held.
    Same,
    /// It held something else.
    Replaced,
}

/// A file that was written into a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its name within the run folder.
    pub name: String,
    /// What became of the one that had this name.
    pub change: Change,
}

/// What becomes of the files of a finished run when those that were made take their places.
///
/// # Errors
/// [`FolderError`] if a file cannot be read.
pub(crate) fn changes(folder: &RunFolder) -> Result<Vec<WrittenFile>, FolderError> {
    let read = |path: &Path| fs::read(path).map_err(|e| FolderError::io(path, "cannot be read", e));
    let mut written = Vec::new();
    for name in folder.files() {
        let before = folder.folder().join(&name);
        let change = if !before.is_file() {
            Change::New
        } else if read(&before)? == read(&folder.made(&name))? {
            Change::Same
        } else {
            Change::Replaced
        };
        written.push(WrittenFile { name, change });
    }
    Ok(written)
}

/// Lists files that a request has made; those of the run itself remain its own.
pub(crate) fn list(manifest: &mut Manifest, made: Vec<FileRecord>) {
    for mut file in made {
        let known = manifest.files.iter().position(|f| f.name == file.name);
        let before = known.map(|at| manifest.files.remove(at));
        file.on_request = before.is_none_or(|before| before.on_request);
        manifest.files.push(file);
    }
    manifest.files.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Puts files into a finished run and lists them in its manifest.
///
/// # Errors
/// [`FolderError`]; the run is then as it was.
pub(crate) fn add_files(run: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<WrittenFile>, FolderError> {
    let mut manifest = Manifest::read(run)?;
    let mut folder = RunFolder::amend(run, |_| false)?;
    for (name, content) in files {
        folder.write(name, content)?;
    }
    let written = changes(&folder)?;
    list(&mut manifest, folder.records()?);
    folder.commit(&manifest.to_toml())?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_replaced_or_as_it_was_is_told() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("run");
        let mut run = RunFolder::claim(&out).unwrap();
        run.write("a.csv", b"1").unwrap();
        run.write("b.csv", b"1").unwrap();
        run.commit("").unwrap();
        let mut request = RunFolder::amend(&out, |_| false).unwrap();
        for (name, content) in [("a.csv", b"1"), ("b.csv", b"2"), ("c.csv", b"3")] {
            request.write(name, content).unwrap();
        }
        let told: Vec<Change> = changes(&request).unwrap().iter().map(|w| w.change).collect();
        assert_eq!(told, [Change::Same, Change::Replaced, Change::New]);
    }
}
