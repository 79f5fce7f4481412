//! Political stability, total exports and inhabitants: of a table, or of a file of the Governance Indicators.

use std::path::PathBuf;

use monazite::ingest::governance::GovernanceRecord;
use monazite::ingest::tables::{ExportTotals, Population};
use monazite::ingest::{Governance, IngestError};
use monazite::nomenclature::Countries;
use pyo3::prelude::*;

use crate::columns::{Given, Wanted};
use crate::errors::IntoException;
use crate::flows::CountryNumbers;

const COUNTRY: Wanted =
    Wanted { name: "iso3", others: &["country", "code", "countrycode", "economy"], required: true };
const YEAR: Wanted = Wanted { name: "year", others: &["t"], required: true };
const PV: Wanted =
    Wanted { name: "pv", others: &["stability", "percentile_rank", "pv_rank"], required: true };
const ESTIMATE: Wanted = Wanted { name: "estimate", others: &["pv_est"], required: false };
const STANDARD_ERROR: Wanted =
    Wanted { name: "standard_error", others: &["pv_se", "stderr", "se", "std_error"], required: false };
const EXPORTS: Wanted = Wanted { name: "exports", others: &["value", "total_exports"], required: true };
const POPULATION: Wanted =
    Wanted { name: "population", others: &["inhabitants", "pop", "value"], required: true };

/// Political stability of a table with iso3, year and pv, and perhaps estimate and standard_error; or of a file in any official layout.
///
/// # Errors
/// `TypeError` if it is neither, `InputError` for what is wrong in it.
pub fn governance_of(object: &Bound<'_, PyAny>, numbers: &CountryNumbers) -> PyResult<Governance> {
    let py = object.py();
    let is_path = object.is_instance_of::<pyo3::types::PyString>() || object.hasattr("__fspath__")?;
    if is_path {
        let path: PathBuf = object.extract()?;
        return py.detach(|| Governance::read(&path)).map_err(IntoException::into_exception);
    }
    let given =
        Given::of_columns(object, "stability", &[&COUNTRY, &YEAR, &PV, &ESTIMATE, &STANDARD_ERROR], &|_| {
            None
        })?;
    let find = |wanted: &Wanted| given.find(wanted, None);
    let columns = [(&COUNTRY, find(&COUNTRY)?), (&YEAR, find(&YEAR)?), (&PV, find(&PV)?)];
    let beside = [&ESTIMATE, &STANDARD_ERROR].map(|wanted| given.look(wanted, None).map(|at| (wanted, at)));
    let [(_, country), (_, year), (_, pv)] = columns;
    let (labels, ids) = given.countries(country, &|number| numbers.iso3(number))?;
    let (years, pv) = (given.whole_numbers(year)?, given.numbers(pv)?);
    let mut named: Vec<(&str, usize)> = columns.iter().map(|(wanted, at)| (wanted.name, *at)).collect();
    let mut others = Vec::new();
    for found in beside {
        let (wanted, at) = found?;
        named.extend(at.map(|at| (wanted.name, at)));
        others.push(at.map(|at| given.numbers(at)).transpose()?);
    }
    let known = |values: &[f64], row: usize| Some(values[row]).filter(|value| !value.is_nan());
    let rows = ids.iter().enumerate().map(|(row, &id)| {
        let of = |column: usize| others[column].as_ref().and_then(|values| known(values, row));
        let record = GovernanceRecord {
            percentile_rank: known(&pv, row),
            estimate: of(0),
            standard_error: of(1),
            ..GovernanceRecord::default()
        };
        (labels.get(id), years[row], record)
    });
    Governance::from_records(rows).map_err(|error| in_table(&given, &named, error))
}

/// Total exports of a table with iso3, year and exports; `what` is what the caller calls it.
///
/// # Errors
/// `TypeError` if it is no table, `InputError` for what is wrong in it.
pub fn totals_of(
    object: &Bound<'_, PyAny>,
    what: &'static str,
    numbers: &CountryNumbers,
) -> PyResult<ExportTotals> {
    yearly(object, what, &EXPORTS, numbers, |rows| ExportTotals::from_rows(rows))
}

/// Inhabitants of a table with iso3, year and population, of the countries that the trade knows.
///
/// # Errors
/// `TypeError` if it is no table, `InputError` for what is wrong in it.
pub fn population_of(
    object: &Bound<'_, PyAny>,
    numbers: &CountryNumbers,
    known: &Countries,
) -> PyResult<Population> {
    yearly(object, "population", &POPULATION, numbers, |rows| Population::from_rows(rows, known))
}

/// A table of a number by country and year.
fn yearly<T>(
    object: &Bound<'_, PyAny>,
    what: &'static str,
    value: &Wanted,
    numbers: &CountryNumbers,
    made: impl FnOnce(&mut dyn Iterator<Item = (&str, i32, f64)>) -> Result<T, IngestError>,
) -> PyResult<T> {
    let given = Given::of_columns(object, what, &[&COUNTRY, &YEAR, value], &|_| None)?;
    let find = |wanted: &Wanted| given.find(wanted, None);
    let at = [find(&COUNTRY)?, find(&YEAR)?, find(value)?];
    let (labels, ids) = given.countries(at[0], &|number| numbers.iso3(number))?;
    let (years, values) = (given.whole_numbers(at[1])?, given.numbers(at[2])?);
    let mut rows =
        ids.iter().zip(&years).zip(values.iter()).map(|((&id, &year), &x)| (labels.get(id), year, x));
    let named = [(COUNTRY.name, at[0]), (YEAR.name, at[1]), (value.name, at[2])];
    made(&mut rows).map_err(|error| in_table(&given, &named, error))
}

/// An error of a row, with the name that the caller's table has for the column.
fn in_table(given: &Given, named: &[(&str, usize)], error: IngestError) -> PyErr {
    match error {
        IngestError::Row { row, column, value, message, .. } => {
            let name = named.iter().find(|(name, _)| *name == column);
            let name = name.map_or(column, |(_, at)| given.name(*at));
            given.wrong_in_row(name, row, value, &message)
        }
        error => error.into_exception(),
    }
}
