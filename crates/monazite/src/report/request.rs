//! Files that a request puts into a finished run: briefs, maps, figures with other settings. All else in the run stays as it is.

use std::fs;
use std::path::Path;

use crate::run_folder::manifest::FileRecord;
use crate::run_folder::{FolderError, Manifest, RunFolder};

pub use crate::disk::Change;

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

/// What a manifest says of a run, but for the files that somebody asked for.
fn without_files(manifest: &Manifest) -> Manifest {
    let mut manifest = manifest.clone();
    manifest.files.retain(|file| !file.on_request);
    manifest
}

/// Puts files into a finished run and lists them in its manifest. They show the run with the manifest `shown`.
///
/// # Errors
/// [`FolderError::Replaced`] if another run has taken its place since they were made, and whatever fails; the run is then as it was.
pub(crate) fn add_files(
    folder: &Path,
    shown: &Manifest,
    files: &[(String, Vec<u8>)],
) -> Result<Vec<WrittenFile>, FolderError> {
    let (mut folder, run) = RunFolder::amend(folder, |_| false)?;
    let mut manifest = run.manifest;
    if without_files(&manifest) != without_files(shown) {
        return Err(FolderError::Replaced { path: folder.folder().display().to_string() });
    }
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
    use crate::run_folder::manifest::tests::full;

    #[test]
    fn what_is_new_replaced_or_as_it_was_is_told() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("run");
        let mut run = RunFolder::claim(&out).unwrap();
        run.write("a.csv", b"1").unwrap();
        run.write("b.csv", b"1").unwrap();
        let manifest = Manifest { files: run.records().unwrap(), ..full() };
        run.commit(&manifest.to_toml()).unwrap();
        let (mut request, _) = RunFolder::amend(&out, |_| false).unwrap();
        for (name, content) in [("a.csv", b"1"), ("b.csv", b"2"), ("c.csv", b"3")] {
            request.write(name, content).unwrap();
        }
        let told: Vec<Change> = changes(&request).unwrap().iter().map(|w| w.change).collect();
        assert_eq!(told, [Change::Same, Change::Replaced, Change::New]);
        drop(request);

        let files = [("briefs/a.html".to_owned(), b"4".to_vec())];
        let written = add_files(&out, &manifest, &files).unwrap();
        assert_eq!(written, [WrittenFile { name: "briefs/a.html".to_owned(), change: Change::New }]);
        assert_eq!(add_files(&out, &manifest, &files).unwrap()[0].change, Change::Same);
        let mut other = manifest;
        other.study.random_seed += 1;
        assert!(matches!(add_files(&out, &other, &files), Err(FolderError::Replaced { .. })));
    }
}
