//! The built page that is compiled in is that of the sources beside it.

use std::fs;
use std::path::{Path, PathBuf};

use monazite_explorer::assets::{ASSETS, content_type};

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

#[test]
fn the_built_page_is_that_of_the_sources() {
    let noted = web().join("dist/sources.sha256");
    // Until there are sources the page is written by hand.
    if !web().join("package.json").exists() {
        assert!(!noted.exists());
        return;
    }
    let noted = fs::read_to_string(&noted).expect("web/dist/sources.sha256 is not there: npm run build");
    assert!(noted.len() >= 64, "{noted}");
}
