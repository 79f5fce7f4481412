//! A finished run is opened: its manifest, and its files as the manifest lists them.

use std::path::Path;

use super::commit::stays_inside;
use super::error::{FolderError, MANIFEST_FILE};
use super::files::{Listed, RunFiles};
use super::manifest::Manifest;

/// A finished run: what was run, and its files, each of which is checked against the manifest when it is read.
#[derive(Debug, Clone)]
pub struct FinishedRun {
    /// What was run.
    pub manifest: Manifest,
    /// Its files.
    pub files: RunFiles,
}

/// Opens a finished run. Only its manifest is read; a run that is being replaced meanwhile is the one before or the one after.
///
/// # Errors
/// As [`Manifest::read`].
pub fn open_finished(folder: &Path) -> Result<FinishedRun, FolderError> {
    let text = Manifest::text_of(&RunFiles::folder(folder))?;
    let manifest = Manifest::parse(&text, folder)?;
    let mut listed = Listed::new(folder, text);
    for file in &manifest.files {
        if !stays_inside(&file.name) {
            let path = folder.join(MANIFEST_FILE).display().to_string();
            let message = format!("{} is no name of a file in a run", file.name);
            return Err(FolderError::Manifest { path, message });
        }
        listed.add(&file.name, file.bytes, &file.sha256);
    }
    Ok(FinishedRun { manifest, files: RunFiles::listed(listed) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_folder::RunFolder;
    use crate::run_folder::manifest::tests::full;
    use std::fs;

    #[test]
    fn what_is_not_as_listed_is_an_error_that_names_it() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("run");
        let mut run = RunFolder::claim(&out).unwrap();
        run.write("trends.csv", b"year\n2019\n").unwrap();
        run.write("chain/nodes.csv", b"product\n284690\n").unwrap();
        let manifest = Manifest { files: run.records().unwrap(), ..full() };
        run.commit(&manifest.to_toml()).unwrap();
        fs::write(out.join("mine.csv"), "not of the run").unwrap();

        let opened = open_finished(&out).unwrap();
        assert_eq!(opened.manifest, manifest);
        assert_eq!(opened.files.names().unwrap(), ["chain/nodes.csv", MANIFEST_FILE, "trends.csv"]);
        assert!(opened.files.table_if_there("mine.csv").unwrap().is_none());
        assert_eq!(opened.files.table("trends.csv").unwrap().rows.len(), 1);

        for (content, what) in [
            (&b"year\n2018\n"[..], "its checksum differs from that in the manifest"),
            (b"year\n2019", "it has 9 bytes, not the 10 in the manifest"),
        ] {
            fs::write(out.join("trends.csv"), content).unwrap();
            for error in [
                opened.files.table("trends.csv").unwrap_err().to_string(),
                opened.files.read("trends.csv").unwrap_err().to_string(),
                opened.files.parquet("trends.csv").unwrap_err().to_string(),
            ] {
                assert!(error.contains("run/trends.csv: "), "{error}");
                assert!(error.ends_with(&format!("{what}; run the study again into this folder")), "{error}");
            }
        }
        fs::remove_file(out.join("trends.csv")).unwrap();
        let error = opened.files.table_if_there("trends.csv").unwrap_err().to_string();
        assert!(error.contains("it is not there, and the manifest lists it"), "{error}");

        let text = fs::read_to_string(out.join(MANIFEST_FILE)).unwrap();
        for damaged in [text.replacen("random_seed = 1\n", "random_seed = 3\n", 1), text[..200].to_owned()] {
            fs::write(out.join(MANIFEST_FILE), damaged).unwrap();
            let error = open_finished(&out).unwrap_err().to_string();
            let expected = "manifest.toml: its last line is not the checksum of those above: it was changed or cut short after the run; run the study \
                            again into this folder";
            assert!(error.ends_with(expected), "{error}");
        }
    }
}
