//! Suppliers on which more than half of the world's imports hang, in one run and not in the other.
//!
//! What hangs on a supplier is what all others would lack if it stopped, with what re-exporters then lack (chokepoint power); what it sells them
//! itself, where a run did not scan its suppliers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::coverage::Coverage;
use crate::indicators::Column;
use crate::run::{Run, RunError};

/// A supplier is a chokepoint of a product if its stop alone would cost all other countries more than this share of what they import of it.
pub const CHOKEPOINT: f64 = 0.5;

/// A supplier that is a chokepoint of a product in one of two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chokepoint {
    /// Code of the product.
    pub product: String,
    /// The year.
    pub year: u16,
    /// Code of the supplier.
    pub supplier: String,
    /// Its name.
    pub name: String,
    /// What it sells as a share of the imports of all other countries; `None` where nobody else imports.
    pub shares: [Option<f64>; 2],
    /// What they lose if it stops, as a share of their imports (chokepoint power, mass balance); `None` in runs without a scan, and where it sells
    /// nothing.
    pub powers: [Option<f64>; 2],
    /// Whether it is one in the run after only: gained.
    pub gained: bool,
}

/// The share of a supplier in what all other countries import of a product: its exports over world trade without its own imports.
fn share(run: &Run, product: usize, year: usize, supplier: usize) -> Result<Option<f64>, RunError> {
    let panel = run.panel()?;
    let value = |column: Column, country: usize| panel.value(column, product, year, country).unwrap_or(0.0);
    let others: f64 =
        (0..panel.countries.len()).filter(|&c| c != supplier).map(|c| value(Column::Imports, c)).sum();
    Ok((others > 0.0).then(|| value(Column::Exports, supplier) / others))
}

/// By (product, supplier): chokepoint power as a share, in one year; `None` if the run did not scan its suppliers.
fn powers(run: &Run, year: usize) -> Result<Option<BTreeMap<(usize, usize), f64>>, RunError> {
    let stops = run.chokepoints(|_, t| t == year)?;
    Ok(stops
        .map(|stops| stops.iter().map(|stop| ((stop.product, stop.supplier), stop.power_share)).collect()))
}

pub(super) fn of_one(pair: [&Run; 2], coverage: &Coverage) -> Result<Vec<Chokepoint>, RunError> {
    let Some(year) = coverage.last_year_pair(pair)? else { return Ok(Vec::new()) };
    let panel = pair[0].panel()?;
    let countries = coverage.country_pairs(pair)?;
    let scans = [powers(pair[0], year[0])?, powers(pair[1], year[1])?];
    // One measure for both, or a run without a scan would lose chokepoints for that alone.
    let by_power = scans.iter().all(Option::is_some);
    let mut found = Vec::new();
    for product in coverage.product_pairs(pair)? {
        for supplier in &countries {
            let shares = [
                share(pair[0], product[0], year[0], supplier[0])?,
                share(pair[1], product[1], year[1], supplier[1])?,
            ];
            let powers = [0, 1].map(|run| {
                let scan = scans[run].as_ref()?;
                scan.get(&(product[run], supplier[run])).copied()
            });
            let measure = if by_power { powers } else { shares };
            let is = measure.map(|share| share.is_some_and(|s| s > CHOKEPOINT));
            if is[0] != is[1] {
                found.push(Chokepoint {
                    product: panel.products[product[0]].code.to_string(),
                    year: panel.years[year[0]],
                    supplier: panel.countries[supplier[0]].code.clone(),
                    name: panel.countries[supplier[0]].name.clone(),
                    shares,
                    powers,
                    gained: is[1],
                });
            }
        }
    }
    Ok(found)
}
