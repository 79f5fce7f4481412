//! `monazite compare` and `monazite example --revision`, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::world::{example_run, monazite};

fn call(folder: &std::path::Path, arguments: &[&str]) -> (bool, String, String) {
    let output = monazite().current_dir(folder).args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(101), "a panic");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// The documented example: the shipped trade against a planted revision of it.
#[test]
fn the_planted_revision_of_the_example_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, out, err) = call(folder.path(), &["example", "--revision", "--out", "revised"]);
    assert!(ok && out.contains("10 flows are revised"), "{out}{err}");
    let changes = fs::read_to_string(folder.path().join("revised/changes.csv")).unwrap();
    assert_eq!(changes.lines().count(), 11, "{changes}");
    let release = ["indicators", "--trade", "revised/release", "--out", "second"];
    let (ok, out, err) = call(folder.path(), &release);
    assert!(ok, "{out}{err}");
    let run = example_run().to_str().unwrap();
    let (ok, out, err) = call(folder.path(), &["compare", run, "second", "--out", "comparison"]);
    assert!(ok && out.contains("comparison/compare.html"), "{out}{err}");
    let products = fs::read_to_string(folder.path().join("comparison/products.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(products.as_bytes());
    let differing: Vec<String> = reader
        .records()
        .map(Result::unwrap)
        .filter(|row| row[3] != row[4])
        .map(|row| row[0].to_owned())
        .collect();
    let mut planted: Vec<&str> =
        changes.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    planted.sort_unstable();
    assert_eq!(differing, planted, "world trade differs where a flow was revised, and nowhere else");
    let levels = fs::read_to_string(folder.path().join("comparison/levels.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(levels.as_bytes());
    let at = |name: &str| levels.lines().next().unwrap().split(',').position(|n| n == name).unwrap();
    let (first, second) = (at("imports_first"), at("imports_second"));
    let importers = reader.records().map(Result::unwrap).filter(|row| row[first] != row[second]).count();
    assert_eq!(importers, 10, "an importer of each");
    let page = fs::read_to_string(folder.path().join("comparison/compare.html")).unwrap();
    assert!(page.contains("SYNTHETIC DATA"), "the revision is labelled");
}

#[test]
fn a_wrong_comparison_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let run = example_run().to_str().unwrap();
    let (ok, _, err) = call(folder.path(), &["compare", run, "nowhere"]);
    assert!(!ok && err.contains("nowhere"), "{err}");
    let (ok, _, err) = call(folder.path(), &["compare", run, run, "--tolerance", "-1"]);
    assert!(!ok && err.contains("no number from 0 on"), "{err}");
    let (ok, out, _) = call(folder.path(), &["compare", run, run]);
    assert!(ok && out.contains("Both runs are of the same inputs and the same options."), "{out}");
    assert!(
        out.contains("values that both runs have are the same.") && out.contains("--out DIR writes"),
        "{out}"
    );
}
