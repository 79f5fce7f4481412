//! The built page that is compiled in is that of the sources beside it.

use std::fs;
use std::path::{Path, PathBuf};

use monazite_explorer::assets::{ASSETS, content_type};
use sha2::{Digest, Sha256};

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web")
}

#[test]
fn the_page_asks_nobody_else_and_runs_nothing_that_stands_in_it() {
    for asset in ASSETS {
        assert_ne!(
            content_type(asset.name),
            "application/octet-stream",
            "{}: a browser does not know what it is",
            asset.name
        );
    }
    let page =
        String::from_utf8(monazite_explorer::assets::asset("index.html").unwrap().bytes.to_vec()).unwrap();
    for forbidden in [
        "src=\"http",
        "href=\"http",
        "src=\"//",
        "src=\"/",
        "href=\"/",
        "onclick",
        "onload=",
        "style=\"",
        "<style",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // Scripts have a source, and nothing in them.
    for script in page.split("<script").skip(1) {
        let (tag, rest) = script.split_once('>').unwrap();
        assert!(tag.contains("src=") && rest.starts_with("</script>"), "{tag}");
    }
}

/// Every file below a folder of `web/`, by its name from there.
fn below(folder: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(web().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().into_string().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => below(&name, found),
            false => found.push(name),
        }
    }
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_built_page_is_that_of_the_sources() {
    // As web/scripts/after-build.mjs notes it when the page is built.
    let mut names: Vec<String> =
        ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"]
            .map(str::to_owned)
            .to_vec();
    below("scripts", &mut names);
    below("src", &mut names);
    names.sort();
    let lines: Vec<String> =
        names.iter().map(|name| format!("{}  {name}\n", sum(&fs::read(web().join(name)).unwrap()))).collect();
    let noted = fs::read_to_string(web().join("dist/sources.sha256")).unwrap();
    assert_eq!(
        noted.trim(),
        sum(lines.concat().as_bytes()),
        "web/dist is not built from the sources beside it: npm ci && npm run build in crates/monazite-explorer/web"
    );
}
