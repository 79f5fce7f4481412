//! Indicators of all product-years of a table.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use monazite::indicators::Column;
use monazite::panel::ProductYears;
use monazite::study::Study;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::IntoException;
use crate::flows::{CountryNumbers, Said, flows_of};
use crate::stability::governance_of;
use crate::table::{Table, numbers, texts};
use crate::working::working;

/// Indicators of every product, year and country of a table of flows; see `monazite.product_years`.
///
/// `settings` is the text of a study file without files and seeds.
#[pyfunction]
#[pyo3(signature = (flows, stability, columns, country_codes, wanted, settings, threads, progress))]
pub fn product_years(
    flows: &Bound<'_, PyAny>,
    stability: &Bound<'_, PyAny>,
    columns: Said,
    country_codes: Option<HashMap<i64, String>>,
    wanted: Vec<String>,
    settings: &str,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let wanted: Vec<Column> = wanted.iter().map(|name| column_of(name)).collect::<PyResult<_>>()?;
    let study = settings_of(settings)?;
    let with_quantity = study.trade.measure != monazite::study::TradeMeasure::Value;
    let countries = CountryNumbers::of(country_codes);
    let trade = flows_of(flows, &columns, &countries, with_quantity)?;
    let governance = governance_of(stability, &countries)?;
    let found = working(flows.py(), threads, progress, |progress| {
        monazite::panel::product_years(&study, &trade, &governance, &wanted, progress)
    })?
    .map_err(IntoException::into_exception)?;
    flows.py().detach(|| table_of(found, &wanted))
}

/// An indicator by the name of its column.
fn column_of(name: &str) -> PyResult<Column> {
    Column::of_name(name).filter(|column| *column != Column::Pc1).ok_or_else(|| {
        let names: Vec<&str> =
            Column::ALL.iter().filter(|column| **column != Column::Pc1).map(|column| column.name()).collect();
        PyValueError::new_err(format!("'{name}' is no indicator of a product-year; there are {}", names.join(", ")))
    })
}

/// The settings of a call, in the words of a study file.
pub fn settings_of(text: &str) -> PyResult<Study> {
    let (study, mut problems) = Study::parse(text, Path::new("options"));
    // A table in memory has no files, and all its products are computed.
    problems.retain(|problem| {
        !["data.trade", "data.governance", "study.seeds"].contains(&problem.key.as_str())
    });
    problems.iter_mut().for_each(|problem| problem.line = None);
    if problems.is_empty() { Ok(study) } else { Err(study.error(problems).into_exception()) }
}

fn table_of(found: ProductYears, wanted: &[Column]) -> PyResult<Table> {
    let (world, panels) = (&found.world, &found.rows);
    let rows = panels.iter().map(|panel| panel.rows()).sum();
    let mut year = Vec::with_capacity(rows);
    panels.iter().for_each(|panel| year.extend_from_slice(&panel.year));
    let products: Vec<String> = world.products.iter().map(ToString::to_string).collect();
    let product = texts(panels.iter().flat_map(|panel| panel.product.iter().map(|&p| products[p as usize].as_str())));
    let country = texts(
        panels.iter().flat_map(|panel| panel.country.iter().map(|&c| world.countries[usize::from(c)].code.as_str())),
    );
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("product".to_owned(), product),
        ("year".to_owned(), Arc::new(Int32Array::from(year))),
        ("country".to_owned(), country),
    ];
    for &column in wanted {
        let mut values = Vec::with_capacity(rows);
        panels.iter().for_each(|panel| values.extend_from_slice(panel.column(column)));
        columns.push((column.name().to_owned(), numbers(values)));
    }
    Table::of(columns, found.world.notes)
}
