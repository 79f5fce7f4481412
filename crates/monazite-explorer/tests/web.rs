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
    // The pages of methods are built with it; they are not there where the crate lies by itself.
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Ok(methods) = fs::read_dir(docs.join("docs/methods")) else { return };
    names.extend(
        methods
            .map(|entry| format!("docs/methods/{}", entry.unwrap().file_name().into_string().unwrap()))
            .filter(|name| name.ends_with(".md")),
    );
    names.sort();
    let place = |name: &String| if name.starts_with("docs/") { docs.join(name) } else { web().join(name) };
    let lines: Vec<String> =
        names.iter().map(|name| format!("{}  {name}\n", sum(&fs::read(place(name)).unwrap()))).collect();
    let noted = fs::read_to_string(web().join("dist/sources.sha256")).unwrap();
    assert_eq!(
        noted.trim(),
        sum(lines.concat().as_bytes()),
        "web/dist is not built from the sources beside it and docs/methods: npm ci && npm run build in crates/monazite-explorer/web"
    );
}

/// What stands between two texts, wherever both are.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split_once(after).map(|(found, _)| found)).collect()
}

#[test]
fn methods_can_be_read_and_their_links_lead_somewhere() {
    let pages: Vec<_> = ASSETS.iter().filter(|asset| asset.name.starts_with("methods/")).collect();
    let text = |name: &str| {
        let page = monazite_explorer::assets::asset(name).unwrap_or_else(|| panic!("{name} is not there"));
        String::from_utf8(page.bytes.to_vec()).unwrap()
    };
    assert!(text("methods/04-systemic-trade-risk.html").contains("STR_c = Σ_a L[a, c]"), "formulas stay");
    let mut followed = 0;
    for page in &pages {
        let own = text(page.name);
        assert!(own.contains("Content-Security-Policy") && !own.contains("<script"), "{}", page.name);
        for link in between(&own, "href=\"", "\"").into_iter().filter(|link| !link.contains(':')) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let name = match file.strip_prefix("../") {
                Some(above) => above.to_owned(),
                None if file.is_empty() => page.name.to_owned(),
                None => format!("methods/{file}"),
            };
            let there = text(&name);
            assert!(
                anchor.is_empty() || there.contains(&format!("id=\"{anchor}\"")),
                "{}: {link}",
                page.name
            );
            followed += 1;
        }
    }
    // Every definition that the page gives leads to one of them.
    for column in monazite::indicators::Column::ALL {
        let page = column.page();
        assert!(page.is_empty() || !text(&format!("methods/{}", page.replace(".md", ".html"))).is_empty());
    }
    assert!(followed > 150, "{followed} links");
}
