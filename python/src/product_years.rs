//! What the product-years of a table come to: indicators, dependencies, origins, suppliers, bands of uncertainty.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use monazite::indicators::Column;
use monazite::ingest::Governance;
use monazite::ingest::tables::ExportTotals;
use monazite::panel::{Asked, Given, PanelError, ProductYears, Totals, World};
use monazite::progress::Progress;
use monazite::study::{Study, TradeMeasure};
use monazite::trade::FlowTable;
use monazite::uncertainty::{Draws, name_of};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::errors::IntoException;
use crate::flows::{CountryNumbers, Said, flows_of};
use crate::stability::{governance_of, totals_of};
use crate::table::{Table, numbers, texts};
use crate::working::working;

/// What every call is given.
pub struct Call<'a, 'py> {
    pub flows: &'a Bound<'py, PyAny>,
    pub stability: Option<&'a Bound<'py, PyAny>>,
    pub totals: Option<&'a Bound<'py, PyAny>>,
    pub columns: Said,
    pub countries: CountryNumbers,
    pub study: Study,
    pub threads: Option<usize>,
    pub progress: Option<&'a Bound<'py, PyAny>>,
}

impl Call<'_, '_> {
    /// Reads the tables, and does the work beside the interpreter.
    pub fn run<T: Send>(
        &self,
        work: impl FnOnce(
            &FlowTable,
            Option<&Governance>,
            Option<&ExportTotals>,
            &dyn Progress,
        ) -> Result<T, PanelError>
        + Send,
    ) -> PyResult<T> {
        // The small tables first: what is wrong with them is known at once.
        let governance = self.stability.map(|table| governance_of(table, &self.countries)).transpose()?;
        let totals = self.totals.map(|table| totals_of(table, "totals", &self.countries)).transpose()?;
        let with_quantity = self.study.trade.measure != TradeMeasure::Value;
        let trade = flows_of(self.flows, &self.columns, &self.countries, with_quantity)?;
        working(self.flows.py(), self.threads, self.progress, |progress| {
            work(&trade, governance.as_ref(), totals.as_ref(), progress)
        })?
        .map_err(IntoException::into_exception)
    }

    fn product_years(&self, asked: Asked<'_>) -> PyResult<ProductYears> {
        if self.stability.is_none() && asked.rests_on_stability() {
            return Err(PyTypeError::new_err(
                "stability: political stability is wanted, a table with iso3, year and pv or the path of a file of the Governance Indicators, and there is none",
            ));
        }
        let study = &self.study;
        self.run(move |trade, governance, totals, progress| {
            let totals = match totals {
                _ if !asked.columns.contains(&Column::Rca) => Totals::Nobody,
                Some(totals) => Totals::Table(totals),
                None => Totals::Trade,
            };
            let governance = governance.filter(|_| asked.rests_on_stability());
            let given = Given { governance, totals };
            monazite::panel::product_years(study, trade, given, asked, progress)
        })
    }
}

/// Columns of every product, year and country of a table of flows; see `monazite.product_years`.
///
/// `settings` is the text of a study file without files and seeds.
#[pyfunction]
#[pyo3(signature = (flows, stability, totals, columns, country_codes, wanted, settings, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn product_years(
    flows: &Bound<'_, PyAny>,
    stability: Option<&Bound<'_, PyAny>>,
    totals: Option<&Bound<'_, PyAny>>,
    columns: Said,
    country_codes: Option<HashMap<i64, String>>,
    wanted: Vec<String>,
    settings: &str,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let wanted: Vec<Column> = wanted.iter().map(|name| column_of(name)).collect::<PyResult<_>>()?;
    if let Some(twice) = (1..wanted.len()).find(|&at| wanted[..at].contains(&wanted[at])) {
        return Err(PyValueError::new_err(format!(
            "indicators: {} stands there twice",
            wanted[twice].name()
        )));
    }
    let mut study = settings_of(settings)?;
    if wanted.contains(&Column::TradeRisk) && study.indicators.trade_risk.is_none() {
        return Err(PyValueError::new_err(
            "trade_risk needs to know how import reliance is measured; say so with options={\"indicators\": {\"trade_risk\": ...}}",
        ));
    }
    if totals.is_some() {
        study.data.totals = None;
    }
    let countries = CountryNumbers::of(country_codes);
    let call = Call { flows, stability, totals, columns, countries, study, threads, progress };
    let found = call.product_years(Asked { columns: &wanted, ..Asked::default() })?;
    flows.py().detach(|| table_of(found, &wanted))
}

/// The tables beside the columns; see `monazite.dependencies`, `monazite.origins` and `monazite.suppliers`.
#[pyfunction]
#[pyo3(signature = (which, flows, stability, least, columns, country_codes, settings, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn pairs(
    which: &str,
    flows: &Bound<'_, PyAny>,
    stability: Option<&Bound<'_, PyAny>>,
    least: f64,
    columns: Said,
    country_codes: Option<HashMap<i64, String>>,
    settings: &str,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let mut study = settings_of(settings)?;
    study.indicators.min_contribution = least;
    let countries = CountryNumbers::of(country_codes);
    let call = Call { flows, stability, totals: None, columns, countries, study, threads, progress };
    let py = flows.py();
    match which {
        "dependencies" => {
            let found = call.product_years(Asked { dependencies: true, ..Asked::default() })?;
            py.detach(|| dependencies_of(&found))
        }
        "origins" => {
            let found = call.product_years(Asked { origins: true, ..Asked::default() })?;
            py.detach(|| origins_of(&found))
        }
        "suppliers" => {
            let found = call.product_years(Asked { suppliers: true, ..Asked::default() })?;
            py.detach(|| suppliers_of(&found))
        }
        other => Err(PyValueError::new_err(format!("{other} is no table of pairs"))),
    }
}

/// Bands of uncertainty; see `monazite.draws`.
#[pyfunction]
#[pyo3(signature = (flows, stability, draws, seed, columns, country_codes, settings, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn draws(
    flows: &Bound<'_, PyAny>,
    stability: &Bound<'_, PyAny>,
    draws: u64,
    seed: Option<u64>,
    columns: Said,
    country_codes: Option<HashMap<i64, String>>,
    settings: &str,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    if draws == 0 {
        return Err(PyValueError::new_err("draws: there is no band without a draw; take 100 or more"));
    }
    let mut study = settings_of(settings)?;
    study.uncertainty.bands = Some(draws);
    if let Some(seed) = seed {
        study.study.random_seed = seed;
    }
    let countries = CountryNumbers::of(country_codes);
    let stability = Some(stability);
    let call = Call { flows, stability, totals: None, columns, countries, study, threads, progress };
    let study = &call.study;
    let found = call.run(move |trade, governance, _, progress| match governance {
        Some(governance) => monazite::uncertainty::draws(study, trade, governance, progress),
        None => unreachable!("stability was given"),
    })?;
    flows.py().detach(|| bands_of(&found))
}

/// An indicator by the name of its column.
fn column_of(name: &str) -> PyResult<Column> {
    Column::of_name(name).filter(|column| *column != Column::Pc1).ok_or_else(|| {
        let names: Vec<&str> =
            Column::ALL.iter().filter(|column| **column != Column::Pc1).map(|column| column.name()).collect();
        PyValueError::new_err(format!(
            "'{name}' is no indicator of a product-year; there are {}",
            names.join(", ")
        ))
    })
}

/// The settings of a call, in the words of a study file.
pub fn settings_of(text: &str) -> PyResult<Study> {
    let (study, mut problems) = Study::parse(text, Path::new("options"));
    // A table in memory has no files, and all its products are computed.
    problems
        .retain(|problem| !["data.trade", "data.governance", "study.seeds"].contains(&problem.key.as_str()));
    problems.iter_mut().for_each(|problem| problem.line = None);
    if problems.is_empty() { Ok(study) } else { Err(study.error(problems).into_exception()) }
}

/// Names as they stand in tables.
struct Names<'a> {
    world: &'a World,
    products: Vec<String>,
}

impl<'a> Names<'a> {
    fn of(world: &'a World) -> Self {
        Self { world, products: world.products.iter().map(ToString::to_string).collect() }
    }

    fn products(&self, of: impl Iterator<Item = u32>) -> ArrayRef {
        texts(of.map(|product| self.products[product as usize].as_str()))
    }

    fn countries(&self, of: impl Iterator<Item = u16>) -> ArrayRef {
        texts(of.map(|country| self.world.countries[usize::from(country)].code.as_str()))
    }

    fn years(&self, of: impl Iterator<Item = usize>) -> ArrayRef {
        Arc::new(Int32Array::from_iter_values(of.map(|year| i32::from(self.world.years[year]))))
    }
}

fn table_of(found: ProductYears, wanted: &[Column]) -> PyResult<Table> {
    let panels = &found.rows;
    let names = Names::of(&found.world);
    let rows = panels.iter().map(|panel| panel.rows()).sum();
    let mut year = Vec::with_capacity(rows);
    panels.iter().for_each(|panel| year.extend_from_slice(&panel.year));
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("product".to_owned(), names.products(panels.iter().flat_map(|panel| panel.product.iter().copied()))),
        ("year".to_owned(), Arc::new(Int32Array::from(year))),
        (
            "country".to_owned(),
            names.countries(panels.iter().flat_map(|panel| panel.country.iter().copied())),
        ),
    ];
    for &column in wanted {
        let mut values = Vec::with_capacity(rows);
        panels.iter().for_each(|panel| values.extend_from_slice(panel.column(column)));
        columns.push((column.name().to_owned(), numbers(values)));
    }
    Table::of(columns, found.world.notes)
}

fn dependencies_of(found: &ProductYears) -> PyResult<Table> {
    let (names, rows) = (Names::of(&found.world), &found.dependencies);
    let column =
        |of: fn(&monazite::panel::product::DependencyRow) -> f64| numbers(rows.iter().map(of).collect());
    let columns = vec![
        ("product", names.products(rows.iter().map(|row| row.product))),
        ("year", names.years(rows.iter().map(|row| row.year))),
        ("importer", names.countries(rows.iter().map(|row| row.of.importer))),
        ("supplier", names.countries(rows.iter().map(|row| row.of.supplier))),
        ("share", column(|row| row.of.share)),
        ("contribution", column(|row| row.of.contribution)),
        ("direct", column(|row| row.of.direct)),
        ("per_point", column(|row| row.of.per_point)),
    ];
    named(columns, found.world.notes.clone())
}

fn origins_of(found: &ProductYears) -> PyResult<Table> {
    let (names, rows) = (Names::of(&found.world), &found.origins);
    let column = |of: fn(&monazite::panel::product::OriginRow) -> f64| numbers(rows.iter().map(of).collect());
    let columns = vec![
        ("product", names.products(rows.iter().map(|row| row.product))),
        ("year", names.years(rows.iter().map(|row| row.year))),
        ("importer", names.countries(rows.iter().map(|row| row.of.importer))),
        ("origin", names.countries(rows.iter().map(|row| row.of.origin))),
        ("share", column(|row| row.of.share)),
        ("value", column(|row| row.of.value)),
        ("direct_share", column(|row| row.of.direct)),
        ("crossings", column(|row| row.of.crossings)),
    ];
    named(columns, found.world.notes.clone())
}

fn suppliers_of(found: &ProductYears) -> PyResult<Table> {
    let (names, rows) = (Names::of(&found.world), &found.suppliers);
    let rank: ArrayRef =
        Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| i32::from(row.of.rank))));
    let columns = vec![
        ("product", names.products(rows.iter().map(|row| row.product))),
        ("year", names.years(rows.iter().map(|row| row.year))),
        ("importer", names.countries(rows.iter().map(|row| row.of.importer))),
        ("rank", rank),
        ("supplier", names.countries(rows.iter().map(|row| row.of.supplier))),
        ("share", numbers(rows.iter().map(|row| row.of.share).collect())),
    ];
    named(columns, found.world.notes.clone())
}

fn bands_of(found: &Draws) -> PyResult<Table> {
    let names = Names::of(&found.world);
    let rows = || {
        let of =
            |(product, rows): (usize, &'_ Vec<_>)| -> Vec<(u32, monazite::uncertainty::product::LevelRow)> {
                rows.iter().map(|row| (product as u32, *row)).collect()
            };
        found.levels.iter().enumerate().flat_map(of)
    };
    let column = |of: fn(&monazite::uncertainty::product::LevelRow) -> Option<f64>| {
        numbers(rows().map(|(_, row)| of(&row).unwrap_or(f64::NAN)).collect())
    };
    let readings: Vec<&str> = rows().map(|(_, row)| name_of(row.reading)).collect();
    let columns = vec![
        ("product", names.products(rows().map(|(product, _)| product))),
        ("year", names.years(rows().map(|(_, row)| row.year))),
        ("country", names.countries(rows().map(|(_, row)| row.country))),
        ("reading", texts(readings)),
        ("point", column(|row| Some(row.str.point))),
        ("p05", column(|row| Some(row.str.low))),
        ("median", column(|row| Some(row.str.median))),
        ("p95", column(|row| Some(row.str.high))),
        ("rank", column(|row| row.rank.map(|of| of.rank.point))),
        ("rank_p05", column(|row| row.rank.map(|of| of.rank.low))),
        ("rank_median", column(|row| row.rank.map(|of| of.rank.median))),
        ("rank_p95", column(|row| row.rank.map(|of| of.rank.high))),
        ("share_top", column(|row| row.rank.map(|of| of.share_top))),
    ];
    named(columns, found.notes.clone())
}

fn named(columns: Vec<(&str, ArrayRef)>, notes: Vec<String>) -> PyResult<Table> {
    Table::of(columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect(), notes)
}
