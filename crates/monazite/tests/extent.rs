//! The trade of the world is never taken for an extract, and what some countries report of it always is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use monazite::nomenclature::{Hs6, builtin_groups};
use monazite::trade::extent::{ExtentKind, extent_of};
use monazite::trade::{FlowSource, FlowTable, Store};

fn store(name: &str) -> Store {
    Store::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)).unwrap()
}

/// The flows of some products of the last year of a store that fulfil something, as a table of their own.
fn part(store: &Store, products: &[Hs6], wanted: impl Fn(&str, &str) -> bool) -> FlowTable {
    let year = *store.years().last().unwrap();
    let codes = store.countries().iso3_codes();
    let mut rows = Vec::new();
    for &product in products {
        let batch = store.read(year, &[product], false).unwrap();
        for ((&a, &c), &value) in batch.exporters.iter().zip(&batch.importers).zip(&batch.values) {
            let (exporter, importer) = (codes[usize::from(a)], codes[usize::from(c)]);
            if wanted(exporter, importer) {
                rows.push((product.to_string(), exporter, importer, value));
            }
        }
    }
    FlowTable::from_rows(rows.iter().map(|(p, a, c, v)| (i32::from(year), p.as_str(), *a, *c, *v))).unwrap()
}

/// Which trade a table is an extract of, and of how many countries.
fn found(table: &FlowTable) -> Option<(ExtentKind, usize)> {
    let year = *table.years().last().unwrap();
    let extent = extent_of(&table.margins(year).unwrap(), table.traded_in(year).len(), table.countries())?;
    Some((extent.kind, extent.countries.len()))
}

#[test]
fn no_year_and_no_product_of_the_shipped_stores_is_an_extract() {
    for name in ["baci-hs92-raw-materials", "baci-hs02-clean-technology"] {
        let store = store(name);
        for year in store.years() {
            let margins = store.margins(year).unwrap();
            let extent = extent_of(&margins, store.traded_in(year).len(), store.countries());
            assert_eq!(extent, None, "{name} {year}");
        }
        // The last year stands for all: the others were looked at outside of the program.
        let products = store.traded_products();
        let year = *store.years().last().unwrap();
        for &product in products.iter().filter(|p| store.flow_count(year, **p) > 0) {
            assert_eq!(found(&part(&store, &[product], |_, _| true)), None, "{name} {product}");
        }
    }
}

#[test]
fn what_some_countries_report_is_an_extract() {
    let store = store("baci-hs92-raw-materials");
    let products: Vec<Hs6> = store.traded_products();
    let eu: Vec<&str> = builtin_groups()["EU27"].members.iter().map(|m| m.iso3.as_str()).collect();
    for reporters in [&["ZAF"][..], &["ZAF", "CHL"][..], &eu[..]] {
        let is = |code: &str| reporters.contains(&code);
        let count = Some(reporters.len());
        for products in [&products[..], &products[..3]] {
            let kind = |table: FlowTable| found(&table).map(|f| f.0);
            assert_eq!(kind(part(&store, products, |a, _| is(a))), Some(ExtentKind::Exports), "{count:?}");
            assert_eq!(kind(part(&store, products, |_, c| is(c))), Some(ExtentKind::Imports), "{count:?}");
        }
        let both = found(&part(&store, &products, |a, c| is(a) || is(c)));
        assert_eq!(both.map(|b| b.0), Some(ExtentKind::Both), "{count:?}");
    }
}
