//! Notes the commit that the program is built from, for the manifest of every run, and lists the files of the example that the program carries.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the example needs, from the root of the source tree.
const EXAMPLE: [&str; 5] =
    ["studies/example", "data/baci-hs92-raw-materials", "data/events", "data/totals", "data/wgi"];

fn main() {
    println!("cargo::rerun-if-changed=../../.git/HEAD");
    println!("cargo::rerun-if-changed=../../.git/index");
    let git = |arguments: &[&str]| {
        // Without locks: the index stays as it is, whose change would have the program built once more.
        let output = Command::new("git").arg("--no-optional-locks").args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).map_or_else(
        || "unknown".to_owned(),
        |commit| {
            let changes = git(&["status", "--porcelain", "--untracked-files=no"]).unwrap_or_default();
            if changes.is_empty() { commit } else { format!("{commit}-dirty") }
        },
    );
    println!("cargo::rustc-env=MONAZITE_COMMIT={commit}");
    list_example();
}

/// Writes the list of the files of the example, to be compiled in; an empty one where the source tree is not around.
fn list_example() {
    let root = Path::new("../..").canonicalize().unwrap_or_else(|_| PathBuf::from("../.."));
    let mut files = Vec::new();
    if env::var_os("CARGO_FEATURE_EXAMPLE_DATA").is_some() {
        for folder in EXAMPLE {
            println!("cargo::rerun-if-changed=../../{folder}");
            walk(&root.join(folder), &mut files);
        }
    }
    files.sort();
    let mut list = "&[\n".to_owned();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        list.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", file.display().to_string()));
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("example_files.rs"), list).expect("the folder of the build can be written");
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        // A store that is in use may have locks beside it.
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            walk(&path, files);
        } else if !hidden {
            files.push(path);
        }
    }
}
