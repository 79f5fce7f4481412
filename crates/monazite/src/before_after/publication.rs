//! The comparison as a table for publication: an outcome a row, a window two columns.

use std::fmt::Write;

use super::comparison::{BeforeAfter, CaseResult, Estimate};
use super::words::{READING, headline, label, p_in_words, p_shown, signed, span};
use crate::plain_text::{capitalised, latex};
use crate::regression::table::{latex_number, markdown};
use crate::run_folder::StoredPanel;
use crate::study::{EventOutcome, UnitOfComparison};

/// The windows of a case, in order, each with base years.
fn windows(of: &CaseResult) -> Vec<[u16; 2]> {
    let mut windows: Vec<[u16; 2]> = of.estimates.iter().map(|e| e.post).collect();
    windows.sort_unstable();
    windows.dedup();
    windows
}

/// The outcomes of a case, in order.
fn outcomes(of: &CaseResult) -> Vec<EventOutcome> {
    let mut outcomes: Vec<EventOutcome> = Vec::new();
    for estimate in &of.estimates {
        if !outcomes.contains(&estimate.outcome) {
            outcomes.push(estimate.outcome);
        }
    }
    outcomes
}

fn found_in(of: &CaseResult, outcome: EventOutcome, post: [u16; 2]) -> Option<&Estimate> {
    of.estimates.iter().find(|e| e.outcome == outcome && e.post == post)
}

/// Treated, controls: the range over all estimates.
fn sizes(of: &CaseResult) -> String {
    let range = |count: fn(&Estimate) -> usize| {
        let low = of.estimates.iter().map(count).min().unwrap_or(0);
        let high = of.estimates.iter().map(count).max().unwrap_or(0);
        if low == high { low.to_string() } else { format!("{low} to {high}") }
    };
    format!("{} treated products, {} controls", range(|e| e.treated), range(|e| e.controls))
}

fn notes(of: &CaseResult, by: UnitOfComparison) -> Vec<String> {
    let base = of.estimates.first().map_or_else(String::new, |e| span(e.pre));
    let clustered = match by {
        UnitOfComparison::Product => "by product",
        UnitOfComparison::Importer => "by product and by importer",
    };
    vec![
        format!("Base {base}; {}. {READING}", sizes(of)),
        format!(
            "Fixed effects of {} and year; standard errors in parentheses, clustered {clustered}. {}",
            unit(by),
            p_in_words(&of.estimates)
        ),
    ]
}

const fn unit(by: UnitOfComparison) -> &'static str {
    match by {
        UnitOfComparison::Product => "product",
        UnitOfComparison::Importer => "product and importer",
    }
}

/// Estimate with its standard error in parentheses, and p.
fn cells(estimate: Option<&Estimate>) -> [String; 2] {
    let Some(estimate) = estimate else { return Default::default() };
    let error = estimate.standard_error.map_or_else(String::new, |se| format!(" ({se:.2})"));
    [format!("{}{error}", signed(estimate.estimate)), p_shown(estimate.p())]
}

/// Markdown, a table a case.
pub(super) fn to_markdown(found: &BeforeAfter, panel: &StoredPanel) -> String {
    let mut out = String::new();
    for of in &found.cases {
        let windows = windows(of);
        let _ = writeln!(out, "{}\n", markdown(&capitalised(&headline(of, panel))));
        let heads: Vec<String> = windows.iter().flat_map(|w| [span(*w), "p".to_owned()]).collect();
        let _ = writeln!(out, "| | {} |\n|:---|{}", heads.join(" | "), "---:|".repeat(heads.len()));
        for outcome in outcomes(of) {
            let row: Vec<String> = windows
                .iter()
                .flat_map(|w| cells(found_in(of, outcome, *w)))
                .map(|c| c.replace('-', "\u{2212}"))
                .collect();
            let _ = writeln!(out, "| {} | {} |", label(outcome, found.by), row.join(" | "));
        }
        let _ = writeln!(out, "\n{}\n", notes(of, found.by).join(" "));
    }
    out
}

/// LaTeX with booktabs rules, ready for \input, a table a case.
pub(super) fn to_latex(found: &BeforeAfter, panel: &StoredPanel) -> String {
    let mut out = String::from("% Needs \\usepackage{booktabs}.\n");
    for of in &found.cases {
        let windows = windows(of);
        let _ = writeln!(out, "% {}", headline(of, panel).replace('–', "--"));
        let _ = writeln!(out, "\\begin{{tabular}}{{l{}}}\n\\toprule", "rr".repeat(windows.len()));
        for window in &windows {
            let _ = write!(out, " & {} & $p$", span(*window).replace('–', "--"));
        }
        out.push_str(" \\\\\n\\midrule\n");
        for outcome in outcomes(of) {
            let _ = write!(out, "{}", latex(label(outcome, found.by)));
            for window in &windows {
                let [estimate, p] = cells(found_in(of, outcome, *window));
                let _ = write!(out, " & {} & {}", latex_number(&estimate), latex_number(&p));
            }
            out.push_str(" \\\\\n");
        }
        out.push_str("\\bottomrule\n\\end{tabular}\n");
        for note in notes(of, found.by) {
            let _ = writeln!(out, "% Note: {note}");
        }
    }
    out
}
