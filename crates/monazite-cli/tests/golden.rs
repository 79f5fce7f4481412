//! The golden run: the tiny study, every table field by field.
//!
//! `MONAZITE_REGENERATE=1 cargo test --release -p monazite-cli --test program golden` writes the expected files anew; look at the difference before you
//! commit it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;

use crate::world::{World, root, table};

#[test]
fn the_tiny_study_gives_the_expected_tables() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    let expected = root().join("studies/tiny/expected");
    let mut made: Vec<String> = w.files("out");
    // Whether figures are printed depends on how the program was built.
    made.retain(|f| !f.ends_with(".png") && !f.ends_with(".pdf"));
    let tables: Vec<&String> =
        made.iter().filter(|f| f.ends_with(".csv") || f.ends_with(".parquet")).collect();
    let as_csv = |name: &str| name.replace(".parquet", ".csv");

    if std::env::var_os("MONAZITE_REGENERATE").is_some() {
        fs::remove_dir_all(&expected).ok();
        for name in &tables {
            let path = expected.join(as_csv(name));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut writer = csv::Writer::from_path(path).unwrap();
            for row in table::read(&w.path("out").join(name)) {
                writer.write_record(row).unwrap();
            }
            writer.flush().unwrap();
        }
        fs::write(expected.join("study.toml"), w.read("out/study.toml")).unwrap();
        fs::write(expected.join("files.txt"), made.join("\n") + "\n").unwrap();
    }

    let files = fs::read_to_string(expected.join("files.txt")).unwrap();
    let wanted: BTreeSet<&str> = files.lines().collect();
    assert_eq!(wanted, made.iter().map(String::as_str).collect(), "the files of the run");
    assert_eq!(fs::read_to_string(expected.join("study.toml")).unwrap(), w.read("out/study.toml"));
    for name in tables {
        let e = table::read(&expected.join(as_csv(name)));
        let a = table::read(&w.path("out").join(name));
        if let Some(difference) = table::difference(&e, &a) {
            panic!("{name}: {difference}");
        }
    }
    let report = w.read("out/report.html");
    for piece in ["<title>Six countries</title>", "Limitations", "284690", "Epsilon"] {
        assert!(report.contains(piece), "{piece}");
    }
}

#[test]
fn indicators_alone_make_the_same_tables_without_a_report() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "all"]);
    w.does(&["indicators", "study.toml", "--out", "tables"]);
    let mut expected = w.files("all");
    // What comes after the indicators.
    expected.retain(|f| {
        let later = ["report.html", "profiles.parquet", "shock_suppliers.parquet", "diversification.csv"];
        !later.contains(&f.as_str()) && !f.starts_with("figures/")
    });
    assert_eq!(w.files("tables"), expected);
    for name in expected.iter().filter(|f| *f != "manifest.toml") {
        assert_eq!(
            fs::read(w.path("all").join(name)).unwrap(),
            fs::read(w.path("tables").join(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_new_run_replaces_the_files_of_the_old_one() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    assert!(w.path("out/report.html").exists() && w.path("out/inputs.csv").exists());
    w.change("study.toml", "edges = [\"chain.csv\"]", "edges = []");
    w.does(&["indicators", "study.toml", "--out", "out"]);
    let files = w.files("out");
    assert!(
        !files.contains(&"report.html".to_owned()) && !files.contains(&"inputs.csv".to_owned()),
        "{files:?}"
    );
    let manifest = w.read("out/manifest.toml");
    assert!(manifest.contains("stage = \"input products\""), "{manifest}");
}

#[test]
fn the_example_study_file_and_check_work_together() {
    let w = World::new();
    w.does(&["example", "--out", "mine.toml"]);
    let text = w.read("mine.toml");
    assert!(text.contains("# Seed codes: the products at tier 0 of the value chain.\n"));
    w.refuses(&["example", "--out", "mine.toml"], "mine.toml: there is such a file already");
    w.refuses(
        &["check", "mine.toml"],
        "mine.toml: 2 problems\n  data.trade: there is no BACI_HS07_V202501.zip (paths are relative to the study file)\n  \
         data.governance: there is no wgidataset.xlsx (paths are relative to the study file)",
    );
    let call = w.does(&["check", "study.toml"]);
    assert!(call.out.contains("(3 files, 0 MB), to be imported into release.store"), "{}", call.out);
    w.does(&["run", "study.toml", "--out", "out"]);
    let call = w.does(&["check", "study.toml"]);
    assert!(
        call.out.contains("would compute  12 product-years for 6 countries, at most 72 rows"),
        "{}",
        call.out
    );
    assert!(call.out.ends_with("Study is valid.\n"), "{}", call.out);
    // Paths are shown straight, however the study winds them.
    fs::create_dir(w.path("sub")).unwrap();
    let study =
        w.read("study.toml").replace("\"release\"", "\"../release\"").replace("\"pv.csv\"", "\"../pv.csv\"");
    w.write("sub/study.toml", study.replace("\"chain.csv\"", "\"../chain.csv\""));
    let call = w.does(&["check", "sub/study.toml"]);
    assert!(call.out.contains("  trade       release.store: 76 flows of 4 products"), "{}", call.out);
    assert!(!call.out.contains(".."), "{}", call.out);
}

#[test]
fn quiet_says_nothing_and_plain_lines_are_plain() {
    let w = World::new();
    let call = w.does(&["--quiet", "run", "study.toml", "--out", "out"]);
    assert_eq!((call.out.as_str(), call.err.as_str()), ("", ""));
    let call = w.does(&["run", "study.toml", "--out", "again"]);
    assert!(!call.err.contains('\r') && !call.err.contains('\u{1b}'), "{:?}", call.err);
    assert!(call.out.contains("  run folder  again\n  report      again/report.html\n"), "{}", call.out);
}
