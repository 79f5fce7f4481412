//! Suppliers on which more than half of the world's imports hang, in one run and not in the other.

use serde::Serialize;

use super::coverage::Coverage;
use crate::indicators::Column;
use crate::run::{Run, RunError};

/// A supplier is a chokepoint of a product if it sells more than this share of what all other countries import of it.
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
    /// Its share in the imports of all other countries; `None` where nobody else imports.
    pub shares: [Option<f64>; 2],
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

pub(super) fn of_one(pair: [&Run; 2], coverage: &Coverage) -> Result<Vec<Chokepoint>, RunError> {
    let Some(year) = coverage.last_year_pair(pair)? else { return Ok(Vec::new()) };
    let panel = pair[0].panel()?;
    let countries = coverage.country_pairs(pair)?;
    let mut found = Vec::new();
    for product in coverage.product_pairs(pair)? {
        for supplier in &countries {
            let shares = [
                share(pair[0], product[0], year[0], supplier[0])?,
                share(pair[1], product[1], year[1], supplier[1])?,
            ];
            let is = shares.map(|share| share.is_some_and(|s| s > CHOKEPOINT));
            if is[0] != is[1] {
                found.push(Chokepoint {
                    product: panel.products[product[0]].code.to_string(),
                    year: panel.years[year[0]],
                    supplier: panel.countries[supplier[0]].code.clone(),
                    name: panel.countries[supplier[0]].name.clone(),
                    shares,
                    gained: is[1],
                });
            }
        }
    }
    Ok(found)
}
