//! Events of the past on the years and codes that a run has.

use super::error::WhatIfError;
use crate::indicators::Column;
use crate::run::Run;
use crate::shock::Scenario;
use crate::shock::events::Event;

/// An event as far as a run has its year and its codes.
#[derive(Debug, Clone, PartialEq)]
pub struct EventInRun {
    /// The event with the codes that the run has and that the supplier sells.
    pub scenario: Scenario,
    /// Position of the base year.
    pub year: usize,
    /// What is not as it was: another year, codes that are missing.
    pub notes: Vec<String>,
}

/// An event on a run: in the year before it, else the last year before that the run has, else its first year.
///
/// # Errors
/// [`WhatIfError::Question`] if the run has none of its codes, or the supplier sells nothing of them in that year: with the reason.
pub fn event_in_run(run: &Run, event: &Event) -> Result<EventInRun, WhatIfError> {
    let panel = run.panel()?;
    let before = panel.years.iter().rposition(|year| *year <= event.base_year);
    let year = before.unwrap_or(0);
    let Some(&base) = panel.years.get(year) else {
        return Err(WhatIfError::Question("the run has no year".to_owned()));
    };
    let mut notes = Vec::new();
    if base != event.base_year {
        notes.push(format!(
            "The year before the event, {}, is not in this run; the trade of {base} is hit instead.",
            event.base_year
        ));
    }
    let supplier = panel.country(event.supplier);
    let (mut held, mut missing, mut unsold) = (Vec::new(), Vec::new(), Vec::new());
    for code in event.codes() {
        let Some(product) = panel.product(code) else {
            missing.push(code.to_string());
            continue;
        };
        let exports = supplier.and_then(|a| panel.value(Column::Exports, product, year, a));
        if exports.is_some_and(|exports| exports > 0.0) {
            held.push(code);
        } else {
            unsold.push(code.to_string());
        }
    }
    let mut why = Vec::new();
    if !missing.is_empty() {
        why.push(format!("Not in this run, or not codes of its HS edition: {}.", missing.join(", ")));
    }
    if !unsold.is_empty() {
        why.push(format!("{} sells none of {} in {base}.", event.supplier, unsold.join(", ")));
    }
    if held.is_empty() {
        return Err(WhatIfError::Question(format!(
            "{} cannot be run: none of its codes is traded here by {} in {base}. {}",
            event.name,
            event.supplier,
            why.join(" ")
        )));
    }
    notes.extend(why);
    Ok(EventInRun { scenario: event.scenario(held), year, notes })
}
