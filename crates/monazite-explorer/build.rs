//! Lists the files of the built page, to be compiled in. Without `index.html` among them nothing is built: an empty page is no page.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that are there for tests, and are not served.
const NOT_SERVED: [&str; 1] = ["sources.sha256"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"))
        .join("web/dist");
    println!("cargo::rerun-if-changed=web/dist");
    let mut files = Vec::new();
    walk(&root, "", &mut files);
    files.retain(|name| !NOT_SERVED.contains(&name.as_str()));
    files.sort();
    assert!(
        files.iter().any(|name| name == "index.html"),
        "web/dist/index.html is not there: build the page (web/README.md)"
    );
    let mut list = String::from("&[\n");
    for name in &files {
        let path = root.join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(list, "    Asset {{ name: {name:?}, bytes: include_bytes!({path:?}) }},")
            .expect("a string takes it");
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    fs::write(out.join("assets.rs"), list).expect("the list of files can be written");
}

/// Adds the files below a folder, by their names from the top.
fn walk(folder: &Path, before: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            walk(&entry.path(), &format!("{name}/"), files);
        } else {
            files.push(name);
        }
    }
}
