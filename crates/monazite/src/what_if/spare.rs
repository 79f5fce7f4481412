//! Who could sell more when a supplier stops.

use super::error::WhatIfError;
use super::outcome::{ContentReading, ProductOutcome, ScenarioOutcome, WhatIf};
use crate::shock::{ChainReading, Rationing};

/// What a supplier could sell more of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpareCapacity {
    /// Position of the supplier.
    pub supplier: usize,
    /// κ_a X_a (1 - x_a), in the measure of the study: its capacity, of what it still sells; at most what those lack whom it would sell to.
    pub amount: f64,
}

/// What suppliers could sell more of a product in a scenario, under mass balance and reach, the largest first; empty where the settings give no
/// capacity.
///
/// What it answers: who fills what is lacking? κ_a X_a (1 - u_a), u_a being the share of its own supply that a lacks. Suppliers that cut exports of
/// the product, and those that are excluded, add nothing. Where only present customers are served, no more than these lack.
///
/// # Errors
/// [`WhatIfError::Question`] if the settings exclude a country that the run does not have.
///
/// ```no_run
/// use monazite::run::Run;
/// use monazite::shock::{Scenario, ScenarioRow};
/// use monazite::study::ShockSection;
/// use monazite::what_if::{WhatIf, spare_capacity};
/// let run = Run::open("runs/example".as_ref())?;
/// let settings = ShockSection { capacity: Some(0.1), ..ShockSection::default() };
/// let what_if = WhatIf::of(&run, 16, &[], &settings)?;
/// let stop = Scenario::of_rows(&[ScenarioRow::stop("CHN", vec!["284690".parse()?])]);
/// let outcome = what_if.scenario(&stop[0])?;
/// for spare in spare_capacity(&what_if, &outcome, &outcome.products[0])? {
///     println!("{} {}", run.panel()?.countries[spare.supplier].name, spare.amount);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn spare_capacity(
    what_if: &WhatIf<'_>,
    outcome: &ScenarioOutcome,
    product: &ProductOutcome,
) -> Result<Vec<SpareCapacity>, WhatIfError> {
    let Some(substitution) = what_if.substitution(product.product)? else { return Ok(Vec::new()) };
    let Some(trade) = what_if.trade().of(product.product, outcome.year) else { return Ok(Vec::new()) };
    let panel = what_if.run().panel()?;
    let code = panel.products[product.product].code;
    let cuts = |supplier: usize| {
        outcome.scenario.rows.iter().any(|row| {
            row.export_cut > 0.0
                && row.products.contains(&code)
                && row.supplier == panel.countries[supplier].code
                && row.years.is_none_or(|years| years.contains(panel.years[outcome.year]))
        })
    };
    let lacking = &product.losses(ContentReading::MassBalance, ChainReading::Reach).supply_loss;
    let exports = trade.matrix.exports();
    let mut found: Vec<SpareCapacity> = (0..exports.len())
        .filter(|&a| !cuts(a) && !substitution.exclude.contains(&(a as u16)))
        .map(|a| SpareCapacity {
            supplier: a,
            amount: substitution.capacity.of(a) * exports[a] * (1.0 - lacking[a]),
        })
        .filter(|spare| spare.amount > 0.0)
        .collect();
    if substitution.rationing == Rationing::Incumbent {
        // What is left over when its customers lack no more goes to nobody.
        let losses = product.losses(ContentReading::MassBalance, ChainReading::Reach);
        for spare in &mut found {
            let customers = trade.matrix.columns().filter(|column| {
                let at = column.suppliers.binary_search(&(spare.supplier as u16));
                at.is_ok_and(|at| column.values[at] > 0.0)
            });
            let lacking: f64 = customers
                .map(|column| usize::from(column.importer))
                .map(|c| product.imports[c] * losses.lacking[c].unwrap_or(0.0))
                .sum();
            spare.amount = spare.amount.min(lacking);
        }
        found.retain(|spare| spare.amount > 0.0);
    }
    found.sort_by(|a, b| b.amount.total_cmp(&a.amount).then(a.supplier.cmp(&b.supplier)));
    Ok(found)
}
