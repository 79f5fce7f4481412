//! What outcomes are called, and what a comparison can and cannot say.

use super::comparison::{CaseResult, Estimate, Placebo};
use crate::run_folder::StoredPanel;
use crate::study::{EventOutcome, UnitOfComparison};
use crate::units::grouped;

/// What a comparison can say.
pub const CAN_CLAIM: &str = "It can say whether the products with the measure moved away from those without at this date, by more than other products or other dates do.";
/// What it cannot say.
pub const CANNOT_CLAIM: &str = "It cannot say why. Whatever else began in the same year (a slump, a stimulus, speculation) is in the estimate. Nothing is known of what happens \
                                within a year, and nothing of the weight of flows without a quantity. STR is made of political stability and of every flow of the world: what \
                                moves it is described, not explained.";
/// What the numbers are.
pub const READING: &str = "Estimate: mean change of the treated products minus that of the controls, from the base years to those compared; of imports, tonnes and unit values in \
                           logarithms (0.10 is about 10 %, 0.69 is twice as much).";

/// An outcome in words.
///
/// ```
/// use monazite::before_after::label;
/// use monazite::study::{EventOutcome, UnitOfComparison};
/// assert_eq!(label(EventOutcome::UnitValue, UnitOfComparison::Product), "ln unit value");
/// ```
pub const fn label(outcome: EventOutcome, by: UnitOfComparison) -> &'static str {
    match (outcome, by) {
        (EventOutcome::Imports, UnitOfComparison::Product) => "ln world imports",
        (EventOutcome::Imports, UnitOfComparison::Importer) => "ln imports",
        (EventOutcome::Tonnes, _) => "ln tonnes",
        (EventOutcome::UnitValue, _) => "ln unit value",
        (EventOutcome::UnitValueScreened, _) => "ln unit value, screened",
        (EventOutcome::UnitValueMedian, _) => "ln median unit value",
        (EventOutcome::ExportHhi, _) => "HHI of world exports",
        (EventOutcome::Hhi, _) => "HHI of suppliers",
        (EventOutcome::StrMassBalance, UnitOfComparison::Product) => "mean STR, mass-balanced",
        (EventOutcome::StrMassBalance, UnitOfComparison::Importer) => "STR, mass-balanced",
        (EventOutcome::StrFull, UnitOfComparison::Product) => "mean STR, full",
        (EventOutcome::StrFull, UnitOfComparison::Importer) => "STR, full",
    }
}

/// Whether an outcome is a logarithm, so that its estimate is a relative change.
pub const fn is_logarithm(outcome: EventOutcome) -> bool {
    matches!(
        outcome,
        EventOutcome::Imports
            | EventOutcome::Tonnes
            | EventOutcome::UnitValue
            | EventOutcome::UnitValueScreened
            | EventOutcome::UnitValueMedian
    )
}

/// Years as a range.
pub fn span([first, last]: [u16; 2]) -> String {
    span_text(&first.to_string(), &last.to_string())
}

/// The same of years as they stand in a table.
pub fn span_text(first: &str, last: &str) -> String {
    if first == last { first.to_owned() } else { format!("{first}–{last}") }
}

/// An estimate with its sign.
pub fn signed(value: f64) -> String {
    let text = format!("{value:+.2}");
    if text == "-0.00" { "+0.00".to_owned() } else { text }
}

/// A p-value with three decimals.
pub fn p_shown(p: Option<f64>) -> String {
    match p {
        None => "–".to_owned(),
        Some(p) if p < 0.0005 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

/// How p was found, for all estimates of a case.
pub fn p_in_words(estimates: &[Estimate]) -> String {
    let Some(first) = estimates.first() else { return String::new() };
    if !first.is_by_permutation() {
        return "p: two-sided, by clustered standard errors.".to_owned();
    }
    let how = if first.all_subsets {
        format!("all {} subsets of as many products", grouped(first.subsets as u64))
    } else {
        format!("{} random subsets of as many products", grouped(first.subsets as u64))
    };
    let smallest = estimates.iter().map(Estimate::smallest_p).fold(0.0, f64::max);
    let cannot = match smallest > 0.05 {
        true => format!(
            " The products are too few to tell: p cannot be below {} whatever happened.",
            p_shown(Some(smallest))
        ),
        false => String::new(),
    };
    format!(
        "p: two-sided, the share of {how} that moved at least as far; with fewer than {} treated products or controls clustered standard errors are too small.{cannot}",
        super::comparison::FEW_TREATED
    )
}

/// A case in a line: measure, years, products, exporters.
pub fn headline(result: &CaseResult, panel: &StoredPanel) -> String {
    let case = &result.case;
    let codes: Vec<String> =
        case.treated.iter().map(|of| panel.products[of.product].code.to_string()).collect();
    let mut exporters: Vec<&str> = case
        .treated
        .iter()
        .flat_map(|of| of.exporters.iter().map(|&c| panel.countries[c].code.as_str()))
        .collect();
    exporters.sort_unstable();
    exporters.dedup();
    let years = match case.last {
        Some(last) => span([case.date, last]),
        None => format!("from {}", case.date),
    };
    format!("{}, {years}, {}: {}", case.measure, exporters.join(", "), codes.join(", "))
}

/// How the actual estimate compares with the other dates and the controls; empty without placebos.
pub fn placebos_in_words(result: &CaseResult, outcome: EventOutcome, estimate: f64) -> String {
    let of = |dates: bool| {
        let all =
            result.placebos.iter().filter(move |p| p.outcome == outcome && p.product.is_none() == dates);
        let clean = all.filter(move |p| !dates || !p.touches);
        let (mut count, mut larger) = (0, 0);
        for placebo in clean {
            count += 1;
            larger += usize::from(placebo.estimate.abs() >= estimate.abs());
        }
        (larger, count)
    };
    let said = |(larger, count): (usize, usize), what: &str| {
        (count > 0).then(|| format!("{larger} of {count} {what}"))
    };
    let parts: Vec<String> =
        [said(of(true), "dates without the measure"), said(of(false), "controls, each taken for treated,")]
            .into_iter()
            .flatten()
            .collect();
    if parts.is_empty() { String::new() } else { format!("{} moved as far", parts.join(" and ")) }
}

/// The placebo with another date and the largest estimate among those without the measure.
pub fn largest_clean(result: &CaseResult, outcome: EventOutcome) -> Option<&Placebo> {
    result
        .placebos
        .iter()
        .filter(|p| p.outcome == outcome && p.product.is_none() && !p.touches)
        .max_by(|a, b| a.estimate.abs().total_cmp(&b.estimate.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_have_their_sign() {
        assert_eq!([0.914, -0.2443, -0.001].map(signed), ["+0.91", "-0.24", "+0.00"]);
        assert_eq!([Some(0.0066), Some(0.0001), None].map(p_shown), ["0.007", "<0.001", "–"]);
        assert_eq!([span([2010, 2011]), span([2010, 2010])], ["2010–2011", "2010"]);
        assert!(is_logarithm(EventOutcome::Tonnes) && !is_logarithm(EventOutcome::StrFull));
    }
}
