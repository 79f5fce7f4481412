//! Political stability: of a table, or of a file of the Governance Indicators.

use std::path::PathBuf;

use monazite::ingest::Governance;
use pyo3::prelude::*;

use crate::columns::{Given, Wanted};
use crate::errors::IntoException;
use crate::flows::CountryNumbers;

const COUNTRY: Wanted = Wanted { name: "iso3", others: &["country", "code", "countrycode", "economy"] };
const YEAR: Wanted = Wanted { name: "year", others: &["t"] };
const PV: Wanted = Wanted { name: "pv", others: &["stability", "percentile_rank"] };

/// Political stability of a table with iso3, year and pv, or of a file in any official layout.
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
    let given = Given::of(object, "stability")?;
    let find = |wanted: &Wanted| given.find(wanted, None);
    let at = [find(&COUNTRY)?, find(&YEAR)?, find(&PV)?];
    let (labels, ids) = given.labels(at[0], &|number| numbers.iso3(number))?;
    let (years, pv) = (given.whole_numbers(at[1])?, given.numbers(at[2])?);
    let rows = ids.iter().zip(&years).zip(&pv).map(|((&id, &year), &pv)| (labels.get(id), year, pv));
    Governance::from_rows(rows).map_err(IntoException::into_exception)
}
