//! `flows.parquet` is the trade that the indicators of a run are computed from, and row groups end with a product.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use monazite::columnar::TableReader;
use monazite::indicators::product_year::ValueMargins;
use monazite::indicators::{Column, ProductYearOptions, Workspace, product_year};
use monazite::nomenclature::CountryId;
use monazite::panel::world::read_governance;
use monazite::pipeline::{RunData, RunOptions, Until, open_trade, run_in_memory};
use monazite::planted::{PlantedOptions, PlantedWorld};
use monazite::progress::Silent;
use monazite::run_folder::RunFiles;
use monazite::study::{CountrySet, Coverage, Study, TradeMeasure};
use monazite::trade::TradeMatrix;

fn run(study: &Study) -> RunFiles {
    let store = open_trade(study, &Silent).unwrap();
    let governance = read_governance(study).unwrap();
    let data = RunData { trade: &store, governance: &governance };
    let options = RunOptions { until: Until::Indicators, commit: String::new() };
    run_in_memory(study, data, &options, &Silent).unwrap().files
}

fn tiny(folder: &Path) -> Study {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    let mut study = Study::load(file.as_ref()).unwrap();
    study.data.store = Some(folder.join("store"));
    study
}

fn planted(folder: &Path) -> Study {
    PlantedWorld::new(PlantedOptions { seed: 3, ..PlantedOptions::default() })
        .unwrap()
        .write(folder)
        .unwrap();
    Study::load(&folder.join("study.toml")).unwrap()
}

fn open(files: &RunFiles, name: &str) -> TableReader {
    TableReader::from_bytes(files.read(name).unwrap()).unwrap()
}

fn texts(table: &TableReader, group: usize, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    table.read_text(group, table.column(name).unwrap(), 0, table.group_rows(group), &mut texts).unwrap();
    texts
}

fn years(table: &TableReader, group: usize) -> Vec<i32> {
    let mut years = Vec::new();
    table.read_int16(group, table.column("year").unwrap(), 0, table.group_rows(group), &mut years).unwrap();
    years
}

fn numbers(table: &TableReader, group: usize, name: &str) -> Vec<f64> {
    let mut numbers = Vec::new();
    table.read_number(group, table.column(name).unwrap(), 0, table.group_rows(group), &mut numbers).unwrap();
    numbers
}

/// Importer, exporter, value and quantity.
type Flow = (String, String, f64, Option<f64>);
type ProductYear = (String, i32);

/// The flows by product-year, in the order of the file, which has to be sorted.
fn flows(files: &RunFiles) -> BTreeMap<ProductYear, Vec<Flow>> {
    let table = open(files, "flows.parquet");
    let mut flows: BTreeMap<ProductYear, Vec<Flow>> = BTreeMap::new();
    let mut last = None;
    for group in 0..table.row_groups() {
        let (product, year) = (texts(&table, group, "product"), years(&table, group));
        let (exporter, importer) = (texts(&table, group, "exporter"), texts(&table, group, "importer"));
        let value = numbers(&table, group, "value");
        let mut quantity = Vec::new();
        let column = table.column("quantity").unwrap();
        table.read_optional_number(group, column, 0, table.group_rows(group), &mut quantity).unwrap();
        for row in 0..year.len() {
            let key = Some((product[row].clone(), year[row], importer[row].clone(), exporter[row].clone()));
            assert!(last < key, "{last:?} stands before {key:?}");
            last = key;
            flows.entry((product[row].clone(), year[row])).or_default().push((
                importer[row].clone(),
                exporter[row].clone(),
                value[row],
                quantity[row],
            ));
        }
    }
    flows
}

/// The rows of the panel: country, imports, exports, and the bits of exposure, HHI, largest share and STR.
fn panel(files: &RunFiles) -> BTreeMap<ProductYear, BTreeMap<String, [Option<f64>; 6]>> {
    let table = open(files, "indicators.parquet");
    let mut panel: BTreeMap<ProductYear, BTreeMap<String, [Option<f64>; 6]>> = BTreeMap::new();
    for group in 0..table.row_groups() {
        let (product, year) = (texts(&table, group, "product"), years(&table, group));
        let country = texts(&table, group, "country");
        let columns =
            ["imports", "exports", "exposure", "hhi", "largest_supplier_share", "str"].map(|name| {
                let mut values = Vec::new();
                let (column, rows) = (table.column(name).unwrap(), table.group_rows(group));
                if matches!(name, "imports" | "exports") {
                    return numbers(&table, group, name).into_iter().map(Some).collect();
                }
                table.read_optional_number(group, column, 0, rows, &mut values).unwrap();
                values
            });
        for row in 0..year.len() {
            let values = std::array::from_fn(|at| columns[at][row]);
            panel.entry((product[row].clone(), year[row])).or_default().insert(country[row].clone(), values);
        }
    }
    panel
}

/// Instability by year and country.
fn instability(files: &RunFiles) -> BTreeMap<(i32, String), f64> {
    let bytes = files.read("stability.csv").unwrap();
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let rows = reader.deserialize::<(String, i32, Option<f64>, String)>().map(Result::unwrap);
    rows.map(|(country, year, pv, _)| ((year, country), pv.map_or(0.0, |pv| 1.0 - pv / 100.0))).collect()
}

/// Computes the indicators of every product-year anew from `flows.parquet`; returns how many have trade.
fn assert_flows_give_the_indicators(study: &Study) -> usize {
    let files = run(study);
    let (panel, flows, instability) = (panel(&files), flows(&files), instability(&files));
    let by_quantity = study.trade.measure == TradeMeasure::Quantity;
    let codes: BTreeSet<&String> = panel.values().flat_map(BTreeMap::keys).collect();
    let codes: Vec<&String> = codes.into_iter().collect();
    assert!(flows.keys().all(|key| panel.contains_key(key)));
    for (key, rows) in &panel {
        let place = |code: &String| CountryId::new(codes.binary_search(&code).unwrap() as u16);
        let none = Vec::new();
        let flows = flows.get(key).unwrap_or(&none);
        let matrix = |of: fn(&Flow) -> Option<f64>| {
            let triples: Vec<_> =
                flows.iter().filter_map(|f| Some((place(&f.1), place(&f.0), of(f)?))).collect();
            TradeMatrix::from_flows(codes.len(), &triples)
        };
        let values = matrix(|f| Some(f.2));
        let trade = if by_quantity { matrix(|f| f.3) } else { values.clone() };
        assert!(by_quantity || flows.iter().all(|f| f.3.is_none() && f.2 > 0.0));
        let margins = ValueMargins { imports: values.imports(), exports: values.exports() };
        let options =
            ProductYearOptions { value_margins: by_quantity.then_some(margins), ..Default::default() };
        let w: Vec<f64> =
            codes.iter().map(|c| instability.get(&(key.1, (*c).clone())).copied().unwrap_or(0.0)).collect();
        let computed = product_year(&trade, &w, &options, &mut Workspace::default()).unwrap();
        for (country, expected) in rows {
            let at = codes.binary_search(&country).unwrap();
            let found = [Column::Exposure, Column::Hhi, Column::LargestSupplierShare, Column::Str]
                .map(|column| column.values(&trade, &computed).at(at));
            let found: Vec<Option<f64>> =
                [Some(values.imports()[at]), Some(values.exports()[at])].into_iter().chain(found).collect();
            assert_eq!(found, expected, "{key:?} {country}");
        }
    }
    flows.len()
}

#[test]
fn indicators_come_out_of_the_flows_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let tiny = tiny(folder.path());
    assert_eq!(assert_flows_give_the_indicators(&tiny), 12);
    assert!(assert_flows_give_the_indicators(&planted(&folder.path().join("planted"))) > 100);

    let changed = |change: &dyn Fn(&mut Study)| {
        let mut study = tiny.clone();
        change(&mut study);
        assert!(assert_flows_give_the_indicators(&study) > 0);
    };
    let merged = [("AB".to_owned(), vec!["AAA".to_owned(), "BBB".to_owned()])];
    changed(&|study| study.trade.merge = merged.clone().into());
    changed(&|study| study.trade.country_set = CountrySet::Balanced);
    changed(&|study| study.trade.measure = TradeMeasure::Quantity);
    let shares = folder.path().join("reexports.csv");
    std::fs::write(&shares, "iso3,reexport_share\nCCC,0.5\n").unwrap();
    changed(&|study| study.trade.reexport_shares = Some(shares.clone()));
    changed(&|study| {
        study.trade.reexport_shares = Some(shares.clone());
        study.trade.measure = TradeMeasure::Quantity;
    });
}

#[test]
fn flows_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let mut study = tiny(folder.path());
    let of = |study: &Study, product: &str| flows(&run(study))[&(product.to_owned(), 2019)].clone();
    let flow = |importer: &str, exporter: &str, value, quantity| {
        (importer.to_owned(), exporter.to_owned(), value, quantity)
    };
    let by_value = of(&study, "284690");
    assert_eq!(by_value[0], flow("AAA", "BBB", 10.0, None));
    assert_eq!(by_value.len(), 5);
    // Within the group 60 and 10 are gone; 30 and 50 go to CCC from one exporter.
    study.trade.merge = [("AB".to_owned(), vec!["AAA".to_owned(), "BBB".to_owned()])].into();
    let merged = of(&study, "284690");
    assert_eq!(merged, [flow("AB", "CCC", 20.0, None), flow("CCC", "AB", 80.0, None)]);
    // The last flow of 850131 has no quantity.
    study.trade.merge.clear();
    study.trade.measure = TradeMeasure::Quantity;
    let by_quantity = of(&study, "850131");
    assert!(by_quantity.contains(&flow("FFF", "AAA", 40.0, Some(80.0))), "{by_quantity:?}");
    assert!(by_quantity.contains(&flow("EEE", "FFF", 5.0, None)), "{by_quantity:?}");
}

#[test]
fn row_groups_end_with_a_product_or_a_product_year() {
    let folder = tempfile::tempdir().unwrap();
    let mut study = planted(folder.path());
    study.indicators.dependencies = Coverage::All;
    let files = run(&study);
    for name in [
        "indicators.parquet",
        "suppliers.parquet",
        "decomposition.parquet",
        "flows.parquet",
        "dependencies.parquet",
        "origins.parquet",
    ] {
        let table = open(&files, name);
        let mut before = None;
        for group in 0..table.row_groups() {
            let products: BTreeSet<String> = texts(&table, group, "product").into_iter().collect();
            let years: BTreeSet<i32> = years(&table, group).into_iter().collect();
            assert_eq!(products.len(), 1, "{name}");
            let by_year = name == "dependencies.parquet" || name == "origins.parquet";
            let year = if by_year { years.first().copied() } else { None };
            assert!(!by_year || years.len() == 1);
            let key = (products.into_iter().next(), year);
            assert!(before.is_none_or(|before| before < key), "{name}: two groups of {key:?}");
            before = Some(key);
        }
        assert!(table.row_groups() > 10, "{name}");
    }
}
