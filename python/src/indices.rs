//! The indices that others publish, of a table of flows.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, StringArray};
use monazite::indices::Index;
use monazite::nomenclature::{Hs6, YearRange};
use monazite::panel::index_rows::{IndexRow, index_columns};
use monazite::panel::{AskedIndices, TradeIndices};
use monazite::run_folder::tables::{EXPORT_HHI, WORST_SUPPLIER};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::input;
use crate::flows::{CountryNumbers, Said};
use crate::product_years::{Call, settings_of};
use crate::table::{Table, numbers, texts};

/// Indices of every importer of every product and year, and which of its notes change numbers; see `monazite.indices`.
#[pyfunction]
#[pyo3(signature = (flows, stability, compute, products, years, columns, country_codes, settings, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn indices(
    flows: &Bound<'_, PyAny>,
    stability: Option<&Bound<'_, PyAny>>,
    compute: Vec<String>,
    products: Vec<String>,
    years: Option<(u16, u16)>,
    columns: Said,
    country_codes: Option<HashMap<i64, String>>,
    settings: &str,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Table, Vec<String>)> {
    let mut study = settings_of(settings)?;
    if !compute.is_empty() {
        study.indices.compute = Some(compute.iter().map(|name| index_of(name)).collect::<PyResult<_>>()?);
    }
    let products: Vec<Hs6> = products
        .iter()
        .map(|text| text.parse().map_err(|wrong| input(&format!("products: '{text}': {wrong}"))))
        .collect::<PyResult<_>>()?;
    let years = years.map(|(first, last)| YearRange { first, last });
    let countries = CountryNumbers::of(country_codes);
    let call = Call { flows, stability, totals: None, columns, countries, study, threads, progress };
    let (study, asked) = (&call.study, AskedIndices { products: &products, years });
    let found = call.run(move |trade, governance, _, progress| {
        monazite::panel::trade_indices(study, trade, governance, asked, progress)
    })?;
    flows.py().detach(|| Ok((table_of(&found)?, found.world.notes)))
}

fn index_of(name: &str) -> PyResult<Index> {
    Index::ALL.into_iter().find(|index| index.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Index::ALL.iter().map(|index| index.name()).collect();
        PyValueError::new_err(format!("compute: '{name}' is no index; there are {}", names.join(", ")))
    })
}

fn table_of(found: &TradeIndices) -> PyResult<Table> {
    let (world, rows) = (&found.world, &found.rows);
    let country = |at: u16| world.countries[usize::from(at)].code.as_str();
    let products: Vec<String> = world.products.iter().map(ToString::to_string).collect();
    let numbered = |of: &dyn Fn(&IndexRow) -> Option<f64>| {
        numbers(rows.iter().map(|row| of(row).unwrap_or(f64::NAN)).collect())
    };
    let column = |name: &str| -> ArrayRef {
        match name {
            "year" => Arc::new(Int32Array::from_iter_values(
                rows.iter().map(|row| i32::from(world.years[row.year])),
            )),
            "product" => texts(rows.iter().map(|row| products[row.product as usize].as_str())),
            "country" => texts(rows.iter().map(|row| country(row.importer))),
            EXPORT_HHI => numbered(&|row| row.of.export_hhi),
            WORST_SUPPLIER => Arc::new(StringArray::from_iter(
                rows.iter().map(|row| row.of.worst.map(|worst| country(worst.supplier))),
            )),
            "ec_flag" | "geodep" => {
                let index = if name == "ec_flag" { Index::EcFlag } else { Index::Geodep };
                Arc::new(Int32Array::from_iter(rows.iter().map(|row| row.of.number(index).map(|n| n as i32))))
            }
            _ => {
                let index = found.computed.iter().find(|index| index.name() == name);
                numbered(&|row| index.and_then(|index| row.of.number(*index)))
            }
        }
    };
    let named = index_columns(&found.computed).into_iter().map(|name| (name.to_owned(), column(name)));
    Table::of(named.collect(), found.notes.clone())
}
