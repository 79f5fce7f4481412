//! Arrows between the modules of the engine point one way: a module uses those below it, and no two files use each other.
//!
//! The order stands here as a list and in `ARCHITECTURE.md` as a picture.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::source_code::imports::{Crate, circles};
use super::source_code::root;

/// Modules of the engine from the lowest to the highest; each may use those before it.
const ORDER: [&str; 33] = [
    "units",
    "progress",
    "threads",
    "html",
    "plain_text",
    "disk",
    "delimited",
    "columnar",
    "eigen",
    "nomenclature",
    "ingest",
    "trade",
    "value_chain",
    "indicators",
    "run_folder",
    "shock",
    "diversification",
    "complexity",
    "indices",
    "profile",
    "typology",
    "regression",
    "study",
    "panel",
    "uncertainty",
    "run",
    "what_if",
    "before_after",
    "export",
    "report",
    "pipeline",
    "planted",
    "fuzz",
];

/// Modules that may use `report`: the page is made from what was written, last.
const MAY_USE_REPORT: [&str; 3] = ["pipeline", "planted", "fuzz"];

/// A crate of this workspace.
fn crate_of(folder: &str, root_file: &str) -> Crate {
    let source = root().join("crates").join(folder).join("src");
    Crate::read(root_file, &|file| fs::read_to_string(source.join(file)).ok())
}

fn engine() -> Crate {
    crate_of("monazite", "lib.rs")
}

#[test]
fn arrows_between_modules_point_down() {
    let engine = engine();
    let listed: BTreeSet<String> = ORDER.iter().map(|m| (*m).to_owned()).collect();
    assert_eq!(engine.top(), listed, "modules of lib.rs, and the list in this test");
    let place: BTreeMap<&str, usize> = ORDER.iter().enumerate().map(|(at, m)| (*m, at)).collect();
    let mut wrong = Vec::new();
    let arrows = engine.arrows_of_top_modules();
    assert!(arrows.len() > 60, "only {} arrows are found", arrows.len());
    for ((from, to), files) in arrows {
        if place[from.as_str()] < place[to.as_str()] {
            wrong.push(format!("{from} is below {to} and uses it, in {files:?}"));
        } else if to == "report" && !MAY_USE_REPORT.contains(&from.as_str()) {
            wrong.push(format!("{from} uses report, in {files:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_use_each_other() {
    let crates = [
        ("monazite", "lib.rs"),
        ("monazite-mapping", "lib.rs"),
        ("monazite-print", "lib.rs"),
        ("monazite-cli", "main.rs"),
    ];
    let mut left = Vec::new();
    for (folder, root_file) in crates {
        for circle in circles(&crate_of(folder, root_file).arrows_of_files()) {
            let circle: Vec<String> = circle.iter().map(|file| format!("{folder}/{file}")).collect();
            left.push(circle.join(" -> "));
        }
    }
    assert!(left.is_empty(), "move what they share into a file of its own:\n{}", left.join("\n"));
}

/// Names of modules in the picture: layers from the bottom to the top, in a layer from left to right.
fn pictured(page: &str) -> Vec<String> {
    let start = "<!-- order of the modules -->";
    let picture = page.split_once(start).and_then(|(_, rest)| rest.split_once("<!-- end -->"));
    let (picture, _) = picture.unwrap_or_else(|| panic!("there is no {start} with its <!-- end -->"));
    let layers = picture.lines().filter_map(|line| line.strip_prefix("│ "));
    let modules = layers.map(|layer| layer.split("  ").next().unwrap_or_default().split_whitespace());
    modules.rev().flatten().map(str::to_owned).collect()
}

#[test]
fn the_picture_shows_the_order() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert_eq!(pictured(&page), ORDER, "the picture in ARCHITECTURE.md, and the list in this test");
}

#[test]
fn a_picture_is_read_from_the_bottom_to_the_top() {
    let page = "<!-- order of the modules -->\n```text\n┌──\n│ top  what it is\n├──\n│ low middle   both\n└──\n```\n<!-- end -->";
    assert_eq!(pictured(page), ["low", "middle", "top"]);
}

/// A crate made of files.
fn made_of(files: &[(&str, &str)]) -> Crate {
    let files: BTreeMap<String, String> =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Crate::read("lib.rs", &|file| files.get(file).cloned())
}

const WITH_A_CIRCLE: [(&str, &str); 6] = [
    ("lib.rs", "pub mod low; pub mod high; #[cfg(test)] mod missing;"),
    (
        "low.rs",
        "//! crate::high::Top is not used\nmade_by_a_macro! { Other } pub struct Base; fn f() -> &'static str { \"crate::high::Top\" }",
    ),
    (
        "high/mod.rs",
        "mod left; mod right; pub mod deep;\npub use left::Left; pub use deep::*; pub struct Top(crate::low::Base);",
    ),
    (
        "high/left.rs",
        "use super::{right::{self as other}, deep}; pub struct Left; fn f() -> other::Right { deep::number() }",
    ),
    (
        "high/right.rs",
        "pub struct Right(super::Left); #[cfg(test)] mod tests { use super::super::Top; fn f(x: crate::low::Base) {} }",
    ),
    ("high/deep.rs", "use std::fmt; use crate::low; pub fn number() -> low::Other { fmt::nothing() }"),
];

#[test]
fn a_name_is_followed_to_the_file_that_defines_it() {
    let arrows = made_of(&WITH_A_CIRCLE).arrows_of_files();
    let to = |file: &str| arrows[file].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(to("low.rs"), [""; 0], "comments and text are no arrows");
    assert_eq!(to("high/mod.rs"), ["high/deep.rs", "high/left.rs", "low.rs"]);
    assert_eq!(
        to("high/left.rs"),
        ["high/deep.rs", "high/right.rs"],
        "not the mod.rs they are found through"
    );
    assert_eq!(to("high/right.rs"), ["high/left.rs"], "and nothing of the tests");
    assert_eq!(to("high/deep.rs"), ["low.rs"]);
}

#[test]
fn a_circle_of_files_is_named() {
    let arrows = made_of(&WITH_A_CIRCLE).arrows_of_files();
    assert_eq!(circles(&arrows), [["high/left.rs", "high/right.rs", "high/left.rs"]]);
}

#[test]
fn a_function_that_is_called_as_a_module_has_nothing_behind_it() {
    let files = [
        ("lib.rs", "mod paper; mod chart; mod stage; pub use stage::paper;"),
        ("paper.rs", "pub struct Sheet;"),
        ("chart.rs", "use crate::paper::Sheet; pub fn draw() -> Sheet { Sheet }"),
        ("stage.rs", "pub fn paper() { crate::chart::draw(); }"),
    ];
    let arrows = made_of(&files).arrows_of_files();
    assert_eq!(arrows["chart.rs"], BTreeSet::from(["paper.rs".to_owned()]), "the module is meant");
    assert_eq!(arrows["lib.rs"], BTreeSet::from(["stage.rs".to_owned()]));
    assert_eq!(circles(&arrows), [[""; 0]; 0]);
}

#[test]
fn an_arrow_between_modules_says_where_it_starts() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b;"),
        ("b.rs", "pub use crate::c::Thing;"),
        ("c.rs", "pub struct Thing; impl Thing { fn f(x: crate::b::Thing) {} }"),
    ];
    let arrows = made_of(&files).arrows_of_top_modules();
    let arrow = |from: &str, to: &str| arrows.get(&(from.to_owned(), to.to_owned())).cloned();
    assert_eq!(arrow("a", "b"), Some(BTreeSet::from(["a.rs".to_owned()])));
    assert_eq!(arrow("b", "c"), Some(BTreeSet::from(["b.rs".to_owned()])));
    assert_eq!(
        arrow("c", "b"),
        Some(BTreeSet::from(["c.rs".to_owned()])),
        "b hands it on, but is asked for it"
    );
    assert_eq!(arrows.len(), 3);
}
