//! Mean STR of the chain by country and year, and the countries as shapes.

use serde::Serialize;

use super::rounded::Rounded;
use crate::indicators::Column;
use crate::report::basket::Basket;
use crate::report::brief::BriefError;
use crate::report::figures::outlines::{Outlines, outlines as drawn};
use crate::report::measure::Measure;
use crate::run::Run;

/// Digits of the numbers of maps.
const DIGITS: usize = 5;
/// Width of the outlines.
const WIDTH: f64 = 1440.0;

/// Mean STR over the products of the chain, by country.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct MapYear {
    year: u16,
    str: Vec<Rounded>,
    str_mass_balance: Vec<Rounded>,
}

/// The map of every year, in so many columns as there are countries and groups; the last ones, which are means, have no value.
pub(super) fn maps(run: &Run, countries: usize) -> Result<Vec<MapYear>, BriefError> {
    let basket = Basket::find(run, None)?;
    let panel = run.panel()?;
    let mut found = Vec::with_capacity(panel.years.len());
    for (at, &year) in panel.years.iter().enumerate() {
        let of = |column: Column| values(run, &Measure::Column(column), &basket, at, countries);
        found.push(MapYear { year, str: of(Column::Str)?, str_mass_balance: of(Column::StrMassBalance)? });
    }
    Ok(found)
}

/// Imports of the chain in the last year, likewise.
pub(super) fn chain_imports(run: &Run, countries: usize) -> Result<Vec<Rounded>, BriefError> {
    let basket = Basket::find(run, None)?;
    match run.panel()?.years.len().checked_sub(1) {
        Some(last) => values(run, &Measure::Column(Column::Imports), &basket, last, countries),
        None => Ok(vec![Rounded::default(); countries]),
    }
}

fn values(
    run: &Run,
    measure: &Measure,
    basket: &Basket,
    year: usize,
    countries: usize,
) -> Result<Vec<Rounded>, BriefError> {
    let mut found = Vec::with_capacity(countries);
    for country in 0..run.panel()?.countries.len() {
        found.push(Rounded::to(DIGITS, measure.value(run, &basket.products, year, country)?));
    }
    found.resize(countries, Rounded::default());
    Ok(found)
}

/// The outlines of the printed map.
pub(super) fn outlines() -> Outlines {
    drawn(WIDTH)
}
