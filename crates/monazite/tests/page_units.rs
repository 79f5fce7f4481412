//! A study by quantity shows tonnes as tonnes and imports in USD as USD. `report/page/cells.rs`, `report/page/feedback_loops.rs`,
//! `report/page/limitations.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::ingest::Governance;
use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory};
use monazite::progress::Silent;
use monazite::report::page;
use monazite::run::Run;
use monazite::study::{Study, TradeMeasure};
use monazite::trade::{FlowColumns, FlowTable, Labels};

/// The page of a mine that buys a sample from the refiner it sells to; a thousand USD is 12 tonnes.
fn page_by(measure: TradeMeasure) -> String {
    let rows = [("AUS", "CHN", 1000.0), ("CHN", "AUS", 1.0), ("CHN", "JPN", 500.0)];
    let values: Vec<f64> = rows.iter().map(|row| row.2).collect();
    let quantities: Vec<f64> = values.iter().map(|value| 12.0 * value).collect();
    let labels = |at: fn(&(&'static str, &'static str, f64)) -> &'static str| Labels::of(rows.iter().map(at));
    let (products, exporters, importers) = (labels(|_| "284690"), labels(|row| row.0), labels(|row| row.1));
    let flows = FlowTable::from_columns(FlowColumns {
        years: &[2022; 3],
        products: (&products.0, &products.1),
        exporters: (&exporters.0, &exporters.1),
        importers: (&importers.0, &importers.1),
        values: &values,
        quantities: Some(&quantities),
    })
    .unwrap();
    let governance =
        Governance::from_rows([("AUS", 2022, 20.0), ("CHN", 2022, 50.0), ("JPN", 2022, 90.0)]).unwrap();
    let mut study = Study::new(["284690".parse().unwrap()]);
    study.trade.measure = measure;
    let options = RunOptions { until: Until::Indicators, commit: String::new() };
    let data = RunData { trade: &flows, governance: &governance };
    let made = run_in_memory(&study, data, &options, &Silent).unwrap();
    page::render(&Run::of(made.files, study, made.manifest)).unwrap()
}

#[test]
fn feedback_loops_are_in_the_unit_of_the_study() {
    let row = |page: &str| {
        let (_, table) = page.split_once("<summary>The largest of 2022</summary>").unwrap();
        table.split_once("</table>").unwrap().0.to_owned()
    };
    let tonnes = row(&page_by(TradeMeasure::Quantity));
    assert!(!tonnes.contains("USD"), "{tonnes}");
    assert!(tonnes.contains("data-unit=\"tonnes\">Exports"), "{tonnes}");
    assert!(
        tonnes.contains("<td data-value=\"12000\">12,000 t</td><td data-value=\"12\">12 t</td>"),
        "{tonnes}"
    );
    let usd = row(&page_by(TradeMeasure::Value));
    assert!(usd.contains("data-unit=\"thousand USD\">Exports") && !usd.contains("12,000"), "{usd}");
    assert!(usd.contains("<td data-value=\"1000\">1.00 million USD</td>"), "{usd}");
}

#[test]
fn shares_of_imports_say_what_they_are_shares_of() {
    let (tonnes, usd) = (page_by(TradeMeasure::Quantity), page_by(TradeMeasure::Value));
    assert!(tonnes.contains("No part of imports by weight rests on") && !tonnes.contains("import value"));
    assert!(usd.contains("No part of import value rests on") && !usd.contains("imports by weight"));
    // Imports of the panel are in USD by either.
    assert!(tonnes.contains("Imports (thousand USD)") && tonnes.contains("imports in USD"));
}
