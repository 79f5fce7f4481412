//! Links between products, tested on a table of flows.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array};
use monazite::nomenclature::Hs6;
use monazite::pipeline::Error;
use monazite::pipeline::links::{LinkRow, LinkTests, Pairs, test_pairs};
use monazite::value_chain::significance::PairTest;
use pyo3::prelude::*;

use crate::columns::{Given, Wanted};
use crate::errors::{Class, IntoException, Where, raise};
use crate::flows::{CountryNumbers, Said, flows_of, six_digits};
use crate::product_years::settings_of;
use crate::table::{Table, numbers, texts};
use crate::working::working;

const INPUT: Wanted = Wanted { name: "input", others: &["input_hs6", "source"], required: true };
const OUTPUT: Wanted = Wanted { name: "output", others: &["output_hs6", "target"], required: true };

/// The pairs of a table, each once, in the order in which they come.
fn pairs_of(object: &Bound<'_, PyAny>) -> PyResult<Vec<(Hs6, Hs6)>> {
    let given = Given::of_columns(object, "candidates", &[&INPUT, &OUTPUT], &|_| None)?;
    let column = |wanted: &Wanted| -> PyResult<Vec<Hs6>> {
        let at = given.find(wanted, None)?;
        let (labels, ids) = given.labels(at, &six_digits)?;
        let parsed: Vec<Result<Hs6, String>> =
            labels.iter().map(|label| label.parse::<Hs6>().map_err(|e| e.to_string())).collect();
        let of = |(row, &id): (usize, &u32)| {
            parsed[id as usize].clone().map_err(|message| {
                given.wrong_in_row(given.name(at), row as u64 + 1, labels.get(id).to_owned(), &message)
            })
        };
        ids.iter().enumerate().map(of).collect()
    };
    let (inputs, outputs) = (column(&INPUT)?, column(&OUTPUT)?);
    let mut seen = std::collections::BTreeSet::new();
    let mut pairs = Vec::with_capacity(inputs.len());
    for (row, pair) in inputs.into_iter().zip(outputs).enumerate() {
        if pair.0 == pair.1 {
            let message = "is the input itself; a link leads from one product to another";
            return Err(given.wrong_in_row("output", row as u64 + 1, pair.1.to_string(), message));
        }
        if seen.insert(pair) {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}

/// Tests of pairs of products; see `monazite.links`.
#[pyfunction]
#[pyo3(signature = (flows, candidates, least_z, columns, country_codes, settings, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn links(
    flows: &Bound<'_, PyAny>,
    candidates: Option<&Bound<'_, PyAny>>,
    least_z: f64,
    columns: Said,
    country_codes: Option<HashMap<i64, String>>,
    settings: &str,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let study = settings_of(settings)?;
    let pairs = candidates.map(pairs_of).transpose()?;
    let trade = flows_of(flows, &columns, &CountryNumbers::of(country_codes), false)?;
    let found = working(flows.py(), threads, progress, |progress| {
        let pairs = pairs.as_deref().map_or(Pairs::StandingOut(least_z), Pairs::Given);
        test_pairs(&study, &trade, pairs, progress)
    })?
    .map_err(exception)?;
    flows.py().detach(|| table_of(&found, pairs.is_some()))
}

fn exception(error: Error) -> PyErr {
    match error {
        Error::Study(error) => error.into_exception(),
        Error::Ingest(error) => error.into_exception(),
        Error::Store(error) => error.into_exception(),
        Error::Cancelled(cancelled) => cancelled.into_exception(),
        Error::Chain(error) => raise(Class::Chain, &error.to_string(), Where::default()),
        error => raise(Class::Base, &error.to_string(), Where::default()),
    }
}

fn table_of(found: &LinkTests, given: bool) -> PyResult<Table> {
    let code = |of: fn(&LinkRow) -> Hs6| -> ArrayRef {
        let codes: Vec<String> = found.rows.iter().map(|row| of(row).to_string()).collect();
        texts(codes.iter().map(String::as_str))
    };
    let number = |of: fn(&PairTest) -> Option<f64>| -> ArrayRef {
        numbers(found.rows.iter().map(|row| row.test.as_ref().and_then(of).unwrap_or(f64::NAN)).collect())
    };
    let null_size: ArrayRef = Arc::new(Int64Array::from_iter(
        found.rows.iter().map(|row| row.test.map(|test| test.null_size as i64)),
    ));
    let mut columns = vec![
        ("input".to_owned(), code(|row| row.input)),
        ("output".to_owned(), code(|row| row.output)),
        ("rho".to_owned(), number(|test| Some(test.rho))),
        ("null_mean".to_owned(), number(|test| test.null_mean)),
        ("null_sd".to_owned(), number(|test| test.null_sd)),
        ("z".to_owned(), number(|test| test.z)),
        ("p".to_owned(), number(|test| Some(test.p))),
        ("null_size".to_owned(), null_size),
    ];
    if given {
        let fdr = found.rows.iter().map(|row| row.fdr.unwrap_or(f64::NAN)).collect();
        columns.insert(7, ("fdr".to_owned(), numbers(fdr)));
    }
    let notes = vec![format!(
        "Correlations over {} observations ({} left out), each against those of the same input with all {} products that anybody exports.",
        found.observations, found.left_out, found.outputs
    )];
    Table::of(columns, notes)
}
