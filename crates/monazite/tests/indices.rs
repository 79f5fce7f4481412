//! The indices that others publish, of a run and of trade without one: their rows, groups, extracts, quantities, and what is undefined.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indices::Index;
use monazite::ingest::Governance;
use monazite::panel::{AskedIndices, trade_indices};
use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory};
use monazite::progress::Silent;
use monazite::report::answers::{TradeIndicesAnswer, indices_csv};
use monazite::run::{IndexedImporter, Run, RunIndices};
use monazite::study::{Study, TradeMeasure};
use monazite::threads::Threads;
use monazite::trade::FlowTable;

const ORE: &str = "284690";
const MAGNET: &str = "850511";

/// Four years. China sells nearly all of the ore to France, Germany and the USA; France and Germany sell one another some. Magnets come from several, and
/// from 2021 on only.
fn rows() -> Vec<(i32, &'static str, &'static str, &'static str, f64)> {
    let mut rows = Vec::new();
    for year in 2020..=2023 {
        let more = f64::from(year - 2020);
        rows.extend([
            (year, ORE, "CHN", "DEU", 80.0 + more),
            (year, ORE, "CHN", "FRA", 40.0),
            (year, ORE, "CHN", "USA", 30.0),
            (year, ORE, "DEU", "FRA", 20.0),
            (year, ORE, "FRA", "DEU", 20.0),
            (year, ORE, "USA", "DEU", 10.0 * more),
        ]);
        if year >= 2021 {
            rows.extend([
                (year, MAGNET, "DEU", "USA", 5.0),
                (year, MAGNET, "FRA", "USA", 5.0),
                (year, MAGNET, "USA", "DEU", 7.0),
            ]);
        }
    }
    rows.retain(|row| row.4 > 0.0);
    rows
}

fn governance() -> Governance {
    Governance::from_rows([
        ("CHN", 2020, 30.0),
        ("DEU", 2020, 80.0),
        ("FRA", 2020, 70.0),
        ("USA", 2020, 60.0),
    ])
    .unwrap()
}

fn study() -> Study {
    let mut study = Study::new([ORE, MAGNET].map(|code| code.parse().unwrap()));
    study.data.extract = Some(false);
    study
}

fn run_of(study: &Study, flows: &FlowTable) -> Run {
    let governance = governance();
    let data = RunData { trade: flows, governance: &governance };
    let options = RunOptions { until: Until::Indicators, commit: String::new() };
    let run = run_in_memory(study, data, &options, &Silent).unwrap();
    Run::of(run.files, study.clone(), run.manifest)
}

/// The rows of a country in a product.
fn of<'a>(run: &Run, indices: &'a RunIndices, product: &str, country: &str) -> Vec<&'a IndexedImporter> {
    let panel = run.panel().unwrap();
    let (product, country) = (panel.product(product.parse().unwrap()), panel.country(country));
    indices.rows.iter().filter(|row| Some(row.product) == product && Some(row.importer) == country).collect()
}

fn numbers(indices: &RunIndices, rows: &[&IndexedImporter], name: &str) -> Vec<Option<f64>> {
    let at = indices.column(name).unwrap();
    rows.iter().map(|row| row.values[at]).collect()
}

#[test]
fn dependencies_are_counted_over_three_years_by_hand() {
    let run = run_of(&study(), &FlowTable::from_rows(rows()).unwrap());
    let indices = run.indices().unwrap().unwrap();
    assert_eq!(
        indices.columns,
        ["export_hhi", "whhi", "eu_sr_trade", "geopolrisk_trade", "ec_flag", "geodep", "worst"]
    );
    // The USA buy ore from China alone and sell less in every year but 2023: all criteria hold in 2020 to 2022 (X = 0, 10, 20 against M = 30, and China's share of exports gives more than .4).
    let usa = of(&run, indices, ORE, "USA");
    assert_eq!(numbers(indices, &usa, "geodep"), [None, None, Some(3.0), Some(2.0)]);
    assert_eq!(numbers(indices, &usa, "ec_flag"), [Some(1.0), Some(1.0), Some(1.0), Some(0.0)]);
    // Magnets are traded from 2021 on: what was before is not known, and 2023 is their third year.
    let magnets = of(&run, indices, MAGNET, "DEU");
    assert_eq!(magnets.len(), 3);
    assert_eq!(numbers(indices, &magnets, "geodep")[..2], [None, None]);
    assert!(numbers(indices, &magnets, "geodep")[2].is_some());
    // China imports nothing and has no row; everybody else that imports has one.
    assert!(of(&run, indices, ORE, "CHN").is_empty());
    assert_eq!(run.manifest().indices.as_ref().unwrap().rows, indices.rows.len() as u64);
    let supplier = usa[0].worst_supplier.unwrap();
    assert_eq!(run.panel().unwrap().countries[supplier].code, "CHN");
}

#[test]
fn a_merged_group_counts_its_trade_with_others_alone() {
    let mut study = study();
    study.trade.merge.insert("UNION".to_owned(), vec!["DEU".to_owned(), "FRA".to_owned()]);
    let flows = FlowTable::from_rows(rows()).unwrap();
    let run = run_of(&study, &flows);
    let indices = run.indices().unwrap().unwrap();
    let union = of(&run, indices, ORE, "UNION");
    // 2020: 120 from outside, all of it China's, none sold outside; members sell one another 40. 120/160 > .5, 120/40 > 1.
    assert_eq!(numbers(indices, &union, "ec_flag")[0], Some(1.0));
    // Between groups China alone sells.
    assert_eq!(numbers(indices, &union, "export_hhi")[0], Some(1.0));
    assert!((numbers(indices, &union, "whhi")[0].unwrap() - 0.7).abs() < 1e-12);
    // With less from outside than among themselves it depends on nobody.
    let less: Vec<_> = rows()
        .into_iter()
        .map(|(year, product, from, to, value)| {
            (year, product, from, to, if from == "CHN" && to != "USA" { value / 4.0 } else { value })
        })
        .collect();
    let run = run_of(&study, &FlowTable::from_rows(less).unwrap());
    let indices = run.indices().unwrap().unwrap();
    assert_eq!(numbers(indices, &of(&run, indices, ORE, "UNION"), "ec_flag")[0], Some(0.0));
}

#[test]
fn production_of_a_merged_group_is_its_own_row_or_the_sum_of_its_members() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("production.csv");
    let score = |table_rows: &str| {
        std::fs::write(&table, format!("product,year,iso3,production\n284690,2020,CHN,300\n{table_rows}"))
            .unwrap();
        let mut study = study();
        study.trade.merge.insert("UNION".to_owned(), vec!["DEU".to_owned(), "FRA".to_owned()]);
        study.indices.production = Some(table.clone());
        let governance = governance();
        let flows = FlowTable::from_rows(rows()).unwrap();
        let data = RunData { trade: &flows, governance: &governance };
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        let run = run_in_memory(&study, data, &options, &Silent).map_err(|e| e.to_string())?;
        let run = Run::of(run.files, study.clone(), run.manifest);
        let indices = run.indices().unwrap().unwrap();
        Ok::<_, String>(numbers(indices, &of(&run, indices, ORE, "UNION"), "geopolrisk")[0].unwrap())
    };
    // Shares of production .75 and .25; 120 from China, of instability .7, beside 100 of its own.
    let by_hand = (0.75 * 0.75 + 0.25 * 0.25) * (120.0 * 0.7) / (100.0 + 120.0);
    assert!((score("284690,2020,UNION,100\n").unwrap() - by_hand).abs() < 1e-12);
    assert!((score("284690,2020,DEU,60\n284690,2020,FRA,40\n").unwrap() - by_hand).abs() < 1e-12);
    let both = score("284690,2020,UNION,100\n284690,2020,FRA,40\n").unwrap_err();
    assert!(both.contains("UNION has a row of its own for 284690 in 2020"), "{both}");
}

#[test]
fn rows_are_those_of_the_panel_and_the_same_on_one_thread_and_on_two() {
    let flows = FlowTable::from_rows(rows()).unwrap();
    let bytes = |threads: usize| {
        Threads::new(threads)
            .unwrap()
            .run(|| run_of(&study(), &flows).files().read("indices.parquet").unwrap())
    };
    assert_eq!(bytes(1), bytes(2));
    let run = run_of(&study(), &flows);
    let keys: Vec<_> =
        run.indices().unwrap().unwrap().rows.iter().map(|r| (r.product, r.year, r.importer)).collect();
    assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
    // Who trades too little to be shown has no indices either.
    let mut large = study();
    large.trade.min_trade = 100.0;
    let run = run_of(&large, &flows);
    let indices = run.indices().unwrap().unwrap();
    assert!(of(&run, indices, ORE, "USA").is_empty() && !of(&run, indices, ORE, "DEU").is_empty());
}

#[test]
fn trade_without_a_run_has_the_numbers_of_one() {
    let flows = FlowTable::from_rows(rows()).unwrap();
    let run = run_of(&study(), &flows);
    let indices = run.indices().unwrap().unwrap();
    let governance = governance();
    let found = trade_indices(&study(), &flows, Some(&governance), AskedIndices::default(), &Silent).unwrap();
    assert_eq!(found.rows.len(), indices.rows.len());
    for (row, of_run) in found.rows.iter().zip(&indices.rows) {
        let numbers: Vec<Option<f64>> = std::iter::once(row.of.export_hhi)
            .chain(found.computed.iter().map(|i| row.of.number(*i)))
            .collect();
        assert_eq!(numbers, of_run.values);
    }
    // The years before those that are asked for are looked at.
    let years = Some(monazite::nomenclature::YearRange { first: 2023, last: 2023 });
    let ore = [ORE.parse().unwrap()];
    let asked = AskedIndices { products: &ore, years };
    let last = trade_indices(&study(), &flows, None, asked, &Silent).unwrap();
    assert_eq!(last.computed, [Index::EcFlag, Index::Geodep, Index::Worst]);
    assert!(last.rows.iter().all(|row| row.of.geodep.is_some() && row.of.whhi.is_none()));
    let csv = String::from_utf8(indices_csv(&last)).unwrap();
    assert!(
        csv.starts_with(
            "year,product,country,export_hhi,ec_flag,geodep,worst,worst_supplier\n2023,284690,DEU,"
        ),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 4);
    let text = TradeIndicesAnswer::of(&last, |_| "Rare earths".to_owned()).to_text();
    assert!(text.contains("284690 Rare earths") && text.contains("3 importers"), "{text}");
}

#[test]
fn what_is_asked_for_and_is_not_there_is_named() {
    let flows = FlowTable::from_rows(rows()).unwrap();
    let fails = |study: &Study, asked: AskedIndices<'_>, words: &str| {
        let error = trade_indices(study, &flows, None, asked, &Silent).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let cars = ["870323".parse().unwrap()];
    fails(
        &study(),
        AskedIndices { products: &cars, years: None },
        "study.products: 870323 is not traded in the data",
    );
    let years = Some(monazite::nomenclature::YearRange { first: 2030, last: 2031 });
    fails(
        &study(),
        AskedIndices { products: &[], years },
        "study.years: the data have no 2030, 2031; they have 2020 to 2023",
    );
    let mut whhi = study();
    whhi.indices.compute = Some(vec![Index::Whhi]);
    fails(
        &whhi,
        AskedIndices::default(),
        "indices.compute: whhi rests on political stability, which is not given",
    );
}

#[test]
fn an_extract_has_what_rests_on_the_imports_of_its_own_countries() {
    // All that Germany buys, and nothing else.
    let imports: Vec<_> = rows().into_iter().filter(|row| row.3 == "DEU").collect();
    let mut study = study();
    study.data.extract = Some(true);
    let run = run_of(&study, &FlowTable::from_rows(imports).unwrap());
    let indices = run.indices().unwrap().unwrap();
    let germany = of(&run, indices, ORE, "DEU");
    assert!(numbers(indices, &germany, "whhi").iter().all(Option::is_some));
    for undefined in ["export_hhi", "eu_sr_trade", "geopolrisk_trade", "geodep", "worst"] {
        assert!(numbers(indices, &germany, undefined).iter().all(Option::is_none), "{undefined}");
    }
    assert!(germany[0].worst_supplier.is_none());
    let notes = &run.manifest().indices.as_ref().unwrap().notes;
    assert!(notes.iter().any(|note| note.starts_with("Where the trade is an extract")), "{notes:?}");
}

#[test]
fn by_quantity_it_is_tonnes_that_count() {
    let mut study = study();
    study.trade.measure = TradeMeasure::Quantity;
    study.indices.compute = Some(vec![Index::Whhi]);
    let text = "year,exporter,importer,product,value,quantity\n2020,CHN,USA,284690,60,10\n2020,DEU,USA,284690,40,10\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("trade.csv"), text).unwrap();
    study.data.unit = Some(monazite::ingest::own_table::ValueUnit::ThousandUsd);
    study.data.quantity_unit = Some(monazite::ingest::own_table::QuantityUnit::Tonnes);
    study.data.trade = folder.path().join("trade.csv");
    study.data.store = Some(folder.path().join("store"));
    let store = monazite::pipeline::open_trade(&study, &Silent).unwrap();
    let governance = governance();
    let found = trade_indices(&study, &store, Some(&governance), AskedIndices::default(), &Silent).unwrap();
    let expected = 0.25 * (0.7 + 0.2);
    assert!((found.rows[0].of.whhi.unwrap() - expected).abs() < 1e-12);
    assert!(found.notes.iter().any(|note| note.starts_with("Indices are by quantity")));
}

#[test]
fn a_study_that_asks_for_none_has_none_and_says_so() {
    let mut study = study();
    study.indices.compute = Some(Vec::new());
    let run = run_of(&study, &FlowTable::from_rows(rows()).unwrap());
    assert!(run.indices().unwrap().is_none() && run.manifest().indices.is_none());
    let skipped = run.manifest().skipped.iter().find(|skipped| skipped.stage == "indices").unwrap();
    assert_eq!(skipped.reason, "the study asks for none (indices.compute = [])");
}
