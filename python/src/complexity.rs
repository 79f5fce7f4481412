//! Economic complexity of a table of flows.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, StringArray};
use monazite::complexity::{
    Complexity, ComplexityError, ComplexityOptions, ProximityPair, SideTables, complexity as computed,
    near_pairs,
};
use monazite::nomenclature::{Countries, YearRange};
use monazite::trade::{FlowSource, FlowTable};
use monazite::units::ThousandUsd;
use pyo3::prelude::*;

use crate::errors::{IntoException, input};
use crate::flows::{CountryNumbers, Said, flows_of};
use crate::stability::{population_of, totals_of};
use crate::table::{Table, numbers, texts};
use crate::working::working;

/// Countries, products, density, proximity, what is left out; eigenvalues; notes.
type Tables = (Table, Table, Table, Table, Table, Vec<f64>, Vec<String>);

/// ECI, PCI, fitness, density and proximity of a table of flows; see `monazite.complexity`.
///
/// `years` are the first and the last, the last of the flows if not said; `least_exports` is in USD.
#[pyfunction]
#[pyo3(signature = (flows, years, population, exports, least_population, least_exports, exclude, threshold, strict, itself, force, least_proximity, columns, country_codes, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn complexity(
    flows: &Bound<'_, PyAny>,
    years: Option<(u16, u16)>,
    population: Option<&Bound<'_, PyAny>>,
    exports: Option<&Bound<'_, PyAny>>,
    least_population: f64,
    least_exports: f64,
    exclude: Vec<String>,
    threshold: f64,
    strict: bool,
    itself: bool,
    force: bool,
    least_proximity: f64,
    columns: Said,
    country_codes: Option<HashMap<i64, String>>,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Tables> {
    let numbers_of = CountryNumbers::of(country_codes);
    let exports = exports.map(|table| totals_of(table, "exports", &numbers_of)).transpose()?;
    let trade: FlowTable = flows_of(flows, &columns, &numbers_of, false)?;
    let known = trade.countries();
    let population = population.map(|table| population_of(table, &numbers_of, known)).transpose()?;
    let exports = exports.map(|table| table.of_countries(known)).transpose();
    let tables = SideTables { population, exports: exports.map_err(IntoException::into_exception)? };
    let last = trade.years().last().copied().unwrap_or_default();
    let (first, last) = years.unwrap_or((last, last));
    let options = ComplexityOptions {
        threshold,
        strict,
        least_population,
        least_exports: ThousandUsd::new(least_exports / 1000.0),
        exclude: exclude.iter().map(|name| code_of(name, known)).collect::<PyResult<_>>()?,
        itself,
        force,
        ..ComplexityOptions::of(YearRange { first, last })
    };
    let (trade, tables) = (&trade, &tables);
    let (found, pairs) = working(flows.py(), threads, progress, |progress| {
        let found = computed(trade, tables, &options, progress)?;
        let pairs = near_pairs(&found.advantage, least_proximity);
        Ok::<_, ComplexityError>((found, pairs))
    })?
    .map_err(exception)?;
    flows.py().detach(|| {
        Ok((
            countries_of(&found)?,
            products_of(&found)?,
            density_of(&found)?,
            proximity_of(&found, &pairs)?,
            left_out_of(&found, known)?,
            found.index.eigenvalues.clone(),
            found.notes.clone(),
        ))
    })
}

fn code_of(name: &str, known: &Countries) -> PyResult<String> {
    let id = known.find_named(name).map_err(|wrong| input(&format!("exclude: {wrong}")))?;
    Ok(known.get(id).iso3.clone())
}

/// The message of the engine, and the argument that it is about.
fn exception(error: ComplexityError) -> PyErr {
    let argument = match &error {
        ComplexityError::FewProducts { .. } | ComplexityError::Extract(_) => " (force=True)",
        ComplexityError::Disconnected(_) => " (exclude=[...])",
        ComplexityError::Country(_) => " (exclude)",
        ComplexityError::NoCountry(_) => " (min_exports, min_population)",
        ComplexityError::Threshold(_) | ComplexityError::NoAdvantage { .. } => " (threshold)",
        _ => "",
    };
    match error {
        ComplexityError::Store(error) => error.into_exception(),
        ComplexityError::Table(error) => error.into_exception(),
        ComplexityError::Folder(error) => error.into_exception(),
        ComplexityError::Cancelled(cancelled) => cancelled.into_exception(),
        error => input(&format!("{error}{argument}")),
    }
}

fn whole<T: TryInto<i32>>(values: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(Int32Array::from_iter(values.into_iter().map(|value| value.try_into().ok())))
}

/// Numbers, NaN where there is none.
fn or_null(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    numbers(values.map(|value| value.unwrap_or(f64::NAN)).collect())
}

fn named(columns: Vec<(&str, ArrayRef)>) -> PyResult<Table> {
    Table::of(columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect(), Vec::new())
}

/// As `eci.csv` of the program.
fn countries_of(found: &Complexity) -> PyResult<Table> {
    let years = found.options.years_in_words();
    named(vec![
        ("country", texts(found.countries.iter().map(|(code, _)| code.as_str()))),
        ("name", texts(found.countries.iter().map(|(_, name)| name.as_str()))),
        ("years", texts(found.countries.iter().map(|_| years.as_str()))),
        ("eci", numbers(found.index.eci.clone())),
        ("rank", whole(found.rank.iter().copied())),
        ("diversity", whole(found.advantage.diversity().iter().copied())),
        ("coi", or_null(found.space.coi.iter().copied())),
        ("fitness", numbers(found.fitness.fitness.clone())),
        ("fitness_rank_100", whole(found.fitness.rank_earlier.iter().copied())),
        ("fitness_rank_200", whole(found.fitness.rank.iter().copied())),
        ("exports_thousand_usd", numbers(found.sample.country_exports.clone())),
    ])
}

fn codes_of(found: &Complexity) -> Vec<String> {
    found.sample.products.iter().map(ToString::to_string).collect()
}

/// As `pci.csv` of the program.
fn products_of(found: &Complexity) -> PyResult<Table> {
    let (years, codes) = (found.options.years_in_words(), codes_of(found));
    let known = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    named(vec![
        ("product", texts(codes.iter().map(String::as_str))),
        ("description", Arc::new(found.descriptions.iter().map(known).collect::<StringArray>())),
        ("years", texts(codes.iter().map(|_| years.as_str()))),
        ("pci", numbers(found.index.pci.clone())),
        ("rank", whole(found.product_rank.iter().copied())),
        ("ubiquity", whole((0..codes.len()).map(|p| found.advantage.ubiquity(p)))),
        ("quality", numbers(found.fitness.quality.clone())),
        ("quality_rank_200", whole(found.fitness.quality_rank.iter().copied())),
        ("exports_thousand_usd", numbers(found.sample.product_exports.clone())),
    ])
}

/// As `density.parquet` of the program.
fn density_of(found: &Complexity) -> PyResult<Table> {
    let codes = codes_of(found);
    let cells = || (0..found.countries.len()).flat_map(|c| (0..codes.len()).map(move |p| (c, p)));
    named(vec![
        ("country", texts(cells().map(|(c, _)| found.countries[c].0.as_str()))),
        ("product", texts(cells().map(|(_, p)| codes[p].as_str()))),
        ("exports_thousand_usd", numbers(cells().map(|(c, p)| found.sample.exports(c, p)).collect())),
        ("rca", or_null(cells().map(|(c, p)| found.sample.rca(c, p)))),
        ("advantage", whole(cells().map(|(c, p)| i32::from(found.advantage.holds(c, p))))),
        ("density", or_null(cells().map(|(c, p)| found.space.density(c, p)))),
        ("cog", or_null(cells().map(|(c, p)| found.space.gain(c, p)))),
    ])
}

/// As `proximity.parquet` of the program.
fn proximity_of(found: &Complexity, pairs: &[ProximityPair]) -> PyResult<Table> {
    let codes = codes_of(found);
    named(vec![
        ("product_1", texts(pairs.iter().map(|pair| codes[pair.first].as_str()))),
        ("product_2", texts(pairs.iter().map(|pair| codes[pair.second].as_str()))),
        ("shared_exporters", whole(pairs.iter().map(|pair| pair.shared))),
        ("proximity", numbers(pairs.iter().map(|pair| pair.proximity).collect())),
    ])
}

/// As `dropped.csv` of the program.
fn left_out_of(found: &Complexity, known: &Countries) -> PyResult<Table> {
    let dropped = &found.sample.dropped;
    let codes: Vec<String> = dropped.iter().map(|of| of.left.code(known)).collect();
    let words: Vec<String> = dropped.iter().map(|of| of.reason.in_words(&found.options)).collect();
    named(vec![
        ("what", texts(dropped.iter().map(|of| of.left.kind()))),
        ("code", texts(codes.iter().map(String::as_str))),
        ("reason", texts(dropped.iter().map(|of| of.reason.key()))),
        ("reason_in_words", texts(words.iter().map(String::as_str))),
        ("exports_thousand_usd", numbers(dropped.iter().map(|of| of.value).collect())),
    ])
}
