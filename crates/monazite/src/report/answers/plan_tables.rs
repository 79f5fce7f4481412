//! A plan as csv tables.

use crate::delimited::CsvText;
use crate::run::{Run, RunError};
use crate::what_if::Diversification;

/// A table of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFile {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub content: Vec<u8>,
}

/// Suppliers, moves, frontier and effects of a plan as csv: `suppliers.csv`, `moves.csv`, `frontier.csv`, `others.csv`, the first two and the last
/// for both readings.
///
/// # Errors
/// [`RunError`] if the panel is damaged.
pub fn plan_files(run: &Run, found: &Diversification) -> Result<Vec<PlanFile>, RunError> {
    let panel = run.panel()?;
    let code = |country: usize| panel.countries[country].code.clone();
    let mut suppliers =
        CsvText::new(["reading", "supplier", "share", "share_with_plan", "share_at_most", "price"]);
    let mut moves = CsvText::new(["reading", "from", "to", "share", "amount"]);
    let mut others = CsvText::new(["reading", "importer", "str", "change"]);
    for (reading, plan) in [("mass_balance", &found.mass_balance), ("full", &found.full)] {
        for a in 0..plan.shares.len() {
            let shares = [plan.limits.shares[a], plan.shares[a], plan.limits.upper[a]];
            if shares.iter().any(|share| *share > 0.0) {
                let numbers = shares.into_iter().chain([plan.prices[a]]).map(|number| number.to_string());
                suppliers.row([reading.to_owned(), code(a)].into_iter().chain(numbers));
            }
        }
        for step in &plan.moves {
            moves.row([
                reading.to_owned(),
                code(usize::from(step.from)),
                code(usize::from(step.to)),
                step.share.to_string(),
                (step.share * plan.limits.imports).to_string(),
            ]);
        }
        for effect in &plan.effects {
            others.row([
                reading.to_owned(),
                code(usize::from(effect.importer)),
                effect.before.to_string(),
                effect.change.to_string(),
            ]);
        }
    }
    let mut frontier = CsvText::new(["moved_at_most", "moved", "str"]);
    for point in &found.frontier.points {
        frontier.row([point.allowed, point.moved, point.str].map(|number| number.to_string()));
    }
    let file = |name, text: CsvText| PlanFile { name, content: text.bytes() };
    Ok(vec![
        file("suppliers.csv", suppliers),
        file("moves.csv", moves),
        file("frontier.csv", frontier),
        file("others.csv", others),
    ])
}
