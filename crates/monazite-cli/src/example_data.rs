//! The example that the program carries: its study and its data, put into the user's cache when they are needed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Names from the root of the source tree, and contents; empty in a build without `example-data` or without the source tree.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/example_files.rs"));

/// The study among them.
const STUDY: &str = "studies/example/study.toml";

/// The example's study file, put into the cache with its data unless it is there as the program carries it; `None` if it carries none.
pub fn study() -> Option<Result<PathBuf, String>> {
    FILES.iter().any(|(name, _)| *name == STUDY).then(|| {
        let folder = cache()?;
        put(&folder).map_err(|e| {
            format!(
                "{}: the example cannot be put here: {e}; set XDG_CACHE_HOME to a folder that can be written, or name a study",
                folder.display()
            )
        })?;
        Ok(folder.join(STUDY))
    })
}

/// Where it goes: a folder of this version in the user's cache.
fn cache() -> Result<PathBuf, String> {
    let cache = dirs::cache_dir().ok_or(
        "the example needs a folder, and none is known for caches; set XDG_CACHE_HOME, or name a study",
    )?;
    Ok(cache.join("monazite").join(format!("example-{}", env!("CARGO_PKG_VERSION"))))
}

/// Writes what is missing or different. A file appears whole: it is written under another name first.
fn put(folder: &Path) -> io::Result<()> {
    for (name, content) in FILES {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|found| found == *content) {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent)?;
        let partial = parent.join(format!(
            ".{}.{}",
            path.file_name().unwrap_or_default().to_string_lossy(),
            std::process::id()
        ));
        monazite::disk::write(&partial, content)?;
        fs::rename(&partial, &path)?;
    }
    Ok(())
}
