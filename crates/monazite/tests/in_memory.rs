//! A run in memory gives the bytes of a run into a folder, and a table of flows the bytes of the store it was taken from.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use monazite::columnar::TableReader;
use monazite::ingest::Governance;
use monazite::panel::world::read_governance;
use monazite::pipeline::{RunData, RunOptions, Until, open_trade, run_in_memory, run_on, run_study};
use monazite::planted::{PlantedOptions, PlantedWorld};
use monazite::progress::Silent;
use monazite::run_folder::manifest::Timing;
use monazite::run_folder::{Manifest, RunFiles};
use monazite::study::Study;
use monazite::trade::{FlowColumns, FlowSource, FlowTable, Labels};

fn options(until: Until) -> RunOptions {
    RunOptions { until, commit: "unknown".to_owned() }
}

/// The tiny study with its store in a folder.
fn tiny(folder: &Path) -> Study {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    let mut study = Study::load(file.as_ref()).unwrap();
    study.data.store = Some(folder.join("store"));
    study
}

/// Year, product, exporter, importer, value, quantity.
type Row = (i32, String, String, String, f64, f64);

/// The flows of a source as a table, its rows in an order of their own, some of them in two parts.
fn table_of(source: &dyn FlowSource, split: bool) -> FlowTable {
    let products = source.traded_products();
    let mut rows: Vec<Row> = Vec::new();
    for year in source.years() {
        let batch = source.read(year, &products, true).unwrap();
        for (product, range) in &batch.products {
            for row in range.clone() {
                let code = |c: u16| source.countries().iso3_codes()[usize::from(c)].to_owned();
                let (from, to) = (code(batch.exporters[row]), code(batch.importers[row]));
                let quantity = batch.quantities[row].unwrap_or(f64::NAN);
                let value = batch.values[row];
                // Halves add up to the whole without a rounding error.
                let parts = if split && row % 3 == 0 { 2 } else { 1 };
                for _ in 0..parts {
                    let part = f64::from(parts);
                    rows.push((
                        i32::from(year),
                        product.to_string(),
                        from.clone(),
                        to.clone(),
                        value / part,
                        quantity / part,
                    ));
                }
            }
        }
    }
    // Any order will do: a step that has no divisor in common with the number of rows visits all of them.
    let (count, step) = (rows.len(), 7919);
    assert!(count % step != 0);
    let rows: Vec<_> = (0..count).map(|at| &rows[at * step % count]).collect();
    let labels = |of: fn(&Row) -> &str| Labels::of(rows.iter().map(|row| of(row)));
    let (products, exporters, importers) = (labels(|r| &r.1), labels(|r| &r.2), labels(|r| &r.3));
    let years: Vec<i32> = rows.iter().map(|r| r.0).collect();
    let values: Vec<f64> = rows.iter().map(|r| r.4).collect();
    let quantities: Vec<f64> = rows.iter().map(|r| r.5).collect();
    let table = FlowTable::from_columns(FlowColumns {
        years: &years,
        products: (&products.0, &products.1),
        exporters: (&exporters.0, &exporters.1),
        importers: (&importers.0, &importers.1),
        values: &values,
        quantities: Some(&quantities),
    })
    .unwrap();
    table
        .with_products(source.products().clone(), source.has_product_table())
        .with_edition(source.provenance().hs_edition().unwrap())
        .with_countries(source.countries().clone())
        .unwrap()
}

fn content(run: &RunFiles) -> BTreeMap<String, Bytes> {
    run.names().unwrap().into_iter().map(|name| (name.clone(), run.read(&name).unwrap())).collect()
}

/// Compares two runs file by file; `skip` says which files may differ.
fn assert_same(one: &RunFiles, other: &RunFiles, skip: impl Fn(&str) -> bool) {
    let (a, b) = (content(one), content(other));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(skip(name) || *bytes == b[name], "{name} differs");
    }
}

#[test]
fn a_run_in_memory_has_the_bytes_of_a_run_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let study = tiny(folder.path());
    let on_disk = run_study(&study, &folder.path().join("run"), &options(Until::Report), &Silent).unwrap();
    let files = RunFiles::folder(&on_disk.folder);
    let store = open_trade(&study, &Silent).unwrap();
    let governance = read_governance(&study).unwrap();
    let data = RunData { trade: &store, governance: &governance };
    let in_memory = run_in_memory(&study, data, &options(Until::Report), &Silent).unwrap();
    assert_same(&files, &in_memory.files, |name| name == "manifest.toml");
    let timeless = |manifest: &Manifest| Manifest { timing: Timing::default(), ..manifest.clone() };
    assert_eq!(timeless(&on_disk.manifest), timeless(&in_memory.manifest));
    assert_eq!(Manifest::of(&in_memory.files).unwrap(), in_memory.manifest);
    assert!(in_memory.files.exists("report.html"));
}

#[test]
fn a_table_of_flows_gives_the_tables_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let study = tiny(folder.path());
    let store = open_trade(&study, &Silent).unwrap();
    let governance = read_governance(&study).unwrap();
    let options = options(Until::Report);
    let data = RunData { trade: &store, governance: &governance };
    let from_store = run_in_memory(&study, data, &options, &Silent).unwrap();

    // The study without paths: only links are read from a file.
    let mut given = study.clone();
    given.data.trade = "".into();
    given.data.governance = "".into();
    for split in [false, true] {
        let table = table_of(&store, split);
        let data = RunData { trade: &table, governance: &governance };
        let run = run_in_memory(&given, data, &options, &Silent).unwrap();
        // Where the data come from is said elsewhere, and so is the study's file of trade.
        let is_table = |name: &str| name.ends_with(".csv") || name.ends_with(".parquet");
        assert_same(&from_store.files, &run.files, |name| !is_table(name));
        assert_eq!(run.manifest.trade.source, "a table in memory");
        assert_eq!(run.manifest.trade.import.duplicates > 0, split);
        assert_eq!(run.manifest.indicators, from_store.manifest.indicators);

        let out = folder.path().join("out");
        let on_disk = run_on(&given, data, &out, &options, None, &Silent).unwrap();
        assert_same(&RunFiles::folder(&on_disk.folder), &run.files, |name| name == "manifest.toml");
        // The folder is a run like any other, although its study names no files.
        assert!(Study::of_run(&out).unwrap().data.trade.as_os_str().is_empty());
    }
}

#[test]
fn a_planted_world_with_tested_links_comes_out_the_same() {
    let folder = tempfile::tempdir().unwrap();
    PlantedWorld::new(PlantedOptions { seed: 5, ..PlantedOptions::default() })
        .unwrap()
        .write(folder.path())
        .unwrap();
    let study = Study::load(&folder.path().join("study.toml")).unwrap();
    let store = open_trade(&study, &Silent).unwrap();
    let governance: Governance = read_governance(&study).unwrap();
    let options = options(Until::Indicators);
    let out = folder.path().join("run");
    let on_disk = run_study(&study, &out, &options, &Silent).unwrap();
    let table = table_of(&store, true);
    let data = RunData { trade: &table, governance: &governance };
    let run = run_in_memory(&study, data, &options, &Silent).unwrap();
    assert_same(&RunFiles::folder(&on_disk.folder), &run.files, |name| name == "manifest.toml");
    assert!(on_disk.manifest.chain.links > 0 && on_disk.manifest.chain.test.is_some());
    let panel = TableReader::from_bytes(run.files.read("indicators.parquet").unwrap()).unwrap();
    assert_eq!(panel.rows(), on_disk.manifest.indicators.rows);
}

#[test]
fn what_is_wrong_with_a_given_study_is_said_before_anything_is_computed() {
    let table = FlowTable::from_rows([(2019, "284690", "CHN", "USA", 1.0)]).unwrap();
    let governance = Governance::from_rows([("CHN", 2019, 40.0)]).unwrap();
    let data = RunData { trade: &table, governance: &governance };
    let error = |study: &Study| {
        run_in_memory(study, data, &options(Until::Indicators), &Silent).unwrap_err().to_string()
    };
    assert!(error(&Study::new([])).starts_with("the study: study.seeds: at least one seed code is needed"));
    let other = Study::new(["850511".parse().unwrap()]);
    assert_eq!(error(&other), "the study: study.seeds: 850511 has no trade in the data");
}
