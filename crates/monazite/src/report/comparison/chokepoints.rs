//! Suppliers on which more than half of the world's imports hang, in one run and not in the other.
//!
//! What hangs on a supplier is what all others would lack if it stopped, with what re-exporters then lack (chokepoint power); what it sells them
//! itself, where a run did not scan its suppliers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::coverage::Coverage;
use crate::indicators::Column;
use crate::nomenclature::merged_names::name_in_tables;
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
    /// What they lose if it stops, as a share of their imports (chokepoint power, mass balance), 0 where it sells nothing; `None` where a run's scan
    /// does not have the product in the year.
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

/// By product and supplier: chokepoint power as a share, in one year. Products that are not in the scan, or in a run without one, are not there.
type Powers = BTreeMap<usize, BTreeMap<usize, f64>>;

fn powers(run: &Run, year: usize) -> Result<Powers, RunError> {
    let mut found = Powers::new();
    for stop in run.chokepoints(|_, t| t == year)?.unwrap_or_default() {
        found.entry(stop.product).or_default().insert(stop.supplier, stop.power_share);
    }
    Ok(found)
}

/// The power of a supplier: 0 if the scan has the product and the supplier sells none of it; `None` if the scan does not have the product.
fn power_of(scan: &Powers, product: usize, supplier: usize) -> Option<f64> {
    scan.get(&product).map(|of| of.get(&supplier).copied().unwrap_or(0.0))
}

/// Whether a supplier is a chokepoint in the second of two runs and not in the first (`true`), or the other way round (`false`).
///
/// By power where both know it, else by what it sells: one measure for both, or a product that one run did not scan would gain and lose chokepoints
/// for that alone. `None` where there is no change, and where neither measure is defined in both.
fn gained(shares: [Option<f64>; 2], powers: [Option<f64>; 2]) -> Option<bool> {
    let [Some(first), Some(second)] = (if by_power(powers) { powers } else { shares }) else { return None };
    let is = [first, second].map(|share| share > CHOKEPOINT);
    (is[0] != is[1]).then_some(is[1])
}

/// Whether two runs are compared by power.
pub(super) fn by_power(powers: [Option<f64>; 2]) -> bool {
    powers.iter().all(Option::is_some)
}

pub(super) fn of_one(pair: [&Run; 2], coverage: &Coverage) -> Result<Vec<Chokepoint>, RunError> {
    let Some(year) = coverage.last_year_pair(pair)? else { return Ok(Vec::new()) };
    let panel = pair[0].panel()?;
    let countries = coverage.country_pairs(pair)?;
    let scans = [powers(pair[0], year[0])?, powers(pair[1], year[1])?];
    let mut found = Vec::new();
    for product in coverage.product_pairs(pair)? {
        for supplier in &countries {
            let shares = [
                share(pair[0], product[0], year[0], supplier[0])?,
                share(pair[1], product[1], year[1], supplier[1])?,
            ];
            let powers = [0, 1].map(|run| power_of(&scans[run], product[run], supplier[run]));
            if let Some(gained) = gained(shares, powers) {
                found.push(Chokepoint {
                    product: panel.products[product[0]].code.to_string(),
                    year: panel.years[year[0]],
                    supplier: panel.countries[supplier[0]].code.clone(),
                    name: name_in_tables(
                        &panel.countries[supplier[0]].code,
                        &panel.countries[supplier[0]].name,
                    )
                    .to_owned(),
                    shares,
                    powers,
                    gained,
                });
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_no_change() {
        let scan = Powers::from([(7, BTreeMap::from([(1, 0.6)]))]);
        assert_eq!([1, 2].map(|supplier| power_of(&scan, 7, supplier)), [Some(0.6), Some(0.0)]);
        assert_eq!(power_of(&scan, 8, 1), None, "a product that was not scanned");
        let unknown = [None, None];
        assert_eq!(gained(unknown, [Some(0.4), Some(0.6)]), Some(true));
        assert_eq!(gained(unknown, [Some(0.6), Some(0.0)]), Some(false), "it sells nothing any more");
        assert_eq!(gained(unknown, [None, Some(0.6)]), None, "undefined is not 0");
        assert_eq!(gained([Some(0.7), Some(0.7)], [None, Some(0.6)]), None, "by what it sells, in both");
        assert_eq!(gained([Some(0.7), Some(0.2)], [None, Some(0.6)]), Some(false));
        assert_eq!(gained([None, Some(0.7)], unknown), None);
        assert!(!by_power([None, Some(0.6)]));
    }
}
