//! Tables in folders below a folder: a folder is one table, and what lies deeper would be passed over.

use std::path::{Path, PathBuf};

use super::release_names::{is_foreign, is_table};
use crate::disk::place::kind_of;

/// A table in a folder of a folder, by its path below it; stores and runs that lie there are none.
pub(super) fn table_below(folder: &Path) -> Option<String> {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    folders.retain(|path| path.is_dir() && kind_of(path).is_none());
    folders.sort();
    for below in folders {
        let name = below.file_name()?.to_string_lossy().into_owned();
        let mut files: Vec<String> = std::fs::read_dir(&below)
            .ok()?
            .flatten()
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        if let Some(file) = files.iter().find(|file| is_table(file) || is_foreign(file)) {
            return Some(format!("{name}/{file}"));
        }
        if let Some(deeper) = table_below(&below) {
            return Some(format!("{name}/{deeper}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_at_any_depth_and_stores_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let make = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        };
        make("2018.csv");
        make("notes/read.me");
        make("st/flows/a.parquet");
        std::fs::create_dir_all(folder.path().join("st/index")).unwrap();
        std::fs::create_dir_all(folder.path().join("st/margins")).unwrap();
        assert_eq!(table_below(folder.path()), None);
        make("year=2019/month=1/part-0.parquet");
        assert_eq!(table_below(folder.path()).as_deref(), Some("year=2019/month=1/part-0.parquet"));
    }
}
