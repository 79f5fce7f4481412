//! Two runs side by side: a run and itself, a run and one of a planted revision, and runs that share little. `report/comparison/levels.rs`,
//! `report/comparison/ranks.rs`, `report/comparison/chokepoints.rs`, `report/comparison/coverage.rs`, `planted/revision.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use monazite::nomenclature::YearRange;
use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::planted::revision::{Revised, write_revision};
use monazite::progress::Silent;
use monazite::report::comparison::{Comparison, TOLERANCE, write_comparison};
use monazite::run::Run;
use monazite::study::Study;
use monazite::trade::Store;

fn tiny() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies/tiny")
}

fn make(folder: &Path, name: &str, change: &dyn Fn(&mut Study)) -> Run {
    let mut study = Study::load(&tiny().join("study.toml")).unwrap();
    study.data.store = Some(folder.join(format!("{name}.store")));
    change(&mut study);
    let out = folder.join(name);
    let options = RunOptions { until: Until::Indicators, commit: String::new() };
    run_study(&study, &out, &options, &Silent).unwrap();
    Run::open(&out).unwrap()
}

struct World {
    folder: tempfile::TempDir,
    run: Run,
    revised: Run,
}

/// The tiny study, and the same on its trade with the largest flow of 284690 in 2021 halved and that of 850511 removed.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let run = make(folder.path(), "first", &|_| {});
        let store = Store::open(&folder.path().join("first.store")).unwrap();
        let products = ["284690", "850511"].map(|code| code.parse().unwrap());
        let changes = write_revision(&store, &products, &folder.path().join("revision"), &Silent).unwrap();
        assert_eq!(
            changes.iter().map(|c| c.revised).collect::<Vec<_>>(),
            [Revised::Halved, Revised::Removed]
        );
        assert!(changes.iter().all(|c| c.year == 2021));
        let release = folder.path().join("revision/release");
        let revised = make(folder.path(), "second", &|study| study.data.trade.clone_from(&release));
        World { folder, run, revised }
    })
}

#[test]
fn a_run_is_the_same_as_itself() {
    let w = world();
    let again = make(w.folder.path(), "again", &|_| {});
    let same = Comparison::of(&w.run, &again, 0.0, &Silent).unwrap();
    assert!(same.is_same() && same.ranks.is_empty() && same.chokepoints.is_empty());
    assert!(same.options.is_empty(), "{:?}", same.options);
    assert!(same.findings[0].starts_with("Both runs are of the same inputs"), "{:?}", same.findings);
    assert!(same.findings[1].starts_with("All ") && same.indicators.iter().any(|i| i.both > 20));
}

#[test]
fn a_planted_revision_is_found_where_it_was_planted_and_nowhere_else() {
    let w = world();
    let found = Comparison::of(&w.run, &w.revised, TOLERANCE, &Silent).unwrap();
    assert!(!found.is_same() && found.coverage.is_same() && found.links.is_empty());
    let input = |what: &str| found.inputs.iter().find(|d| d.what == what).unwrap();
    assert!(input("trade: version").values[1].as_deref().unwrap().ends_with("synthetic"));
    assert!(found.options.iter().any(|d| d.what == "data.trade"), "{:?}", found.options);
    let imports = found.indicators.iter().find(|i| i.indicator == "imports").unwrap();
    assert_eq!((imports.differ, imports.largest.as_ref().unwrap().year), (2, 2021), "an importer each");
    let str = found.indicators.iter().find(|i| i.indicator == "str").unwrap();
    assert!(str.differ > 0 && str.largest.as_ref().unwrap().year == 2021);
    let differing: Vec<&str> =
        found.products.iter().filter(|p| p.trade[0] != p.trade[1]).map(|p| p.product.as_str()).collect();
    assert_eq!(differing, ["284690", "850511"]);
    assert_eq!(found.data[1].find("SYNTHETIC DATA"), Some(0), "{}", found.data[1]);
}

#[test]
fn tables_and_page_hold_what_was_found() {
    let w = world();
    let found = Comparison::of(&w.run, &w.revised, TOLERANCE, &Silent).unwrap();
    let out = w.folder.path().join("comparison");
    let files = write_comparison(&found, [&w.run, &w.revised], &out, &Silent).unwrap();
    assert_eq!(files.len(), std::fs::read_dir(&out).unwrap().count());
    let levels = std::fs::read_to_string(out.join("levels.csv")).unwrap();
    assert!(levels.starts_with("product,year,country,imports_first,imports_second,"), "{levels}");
    let rows: Vec<&str> = levels.lines().skip(1).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.split(',').nth(1) == Some("2021")), "{levels}");
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("comparison.json")).unwrap()).unwrap();
    assert_eq!(json["indicators"].as_array().unwrap().len(), found.indicators.len());
    let page = std::fs::read_to_string(out.join("compare.html")).unwrap();
    for finding in &found.findings {
        let first: String = finding.chars().take(20).collect();
        assert!(page.contains(&first), "{finding}");
    }
    assert!(
        page.contains("SYNTHETIC DATA") && page.contains("href=\"levels.csv\"")
            || page.contains("href=\"indicators.csv\"")
    );
    let again = write_comparison(&found, [&w.run, &w.revised], &out, &Silent).unwrap_err().to_string();
    assert!(again.contains("comparison"), "{again}");
}

#[test]
fn what_one_run_alone_has_is_counted_and_not_compared() {
    let w = world();
    let part = make(w.folder.path(), "part", &|study| {
        study.study.years = Some(YearRange { first: 2019, last: 2020 })
    });
    let found = Comparison::of(&w.run, &part, TOLERANCE, &Silent).unwrap();
    assert_eq!(
        (found.coverage.years.both.len(), found.coverage.years.only[0].as_slice()),
        (2, ["2021".to_owned()].as_slice())
    );
    assert!(
        found.findings.iter().any(|f| f.contains("1 in the first only, 0 in the second only")),
        "{:?}",
        found.findings
    );
    let wrong = Comparison::of(&w.run, &part, -1.0, &Silent).unwrap_err().to_string();
    assert!(wrong.contains("tolerance"), "{wrong}");
}
