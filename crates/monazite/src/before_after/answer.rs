//! What a comparison comes to, for the terminal and for scripts.

use std::fmt::Write;

use serde::Serialize;

use super::comparison::{BeforeAfter, CaseResult, Estimate};
use super::words::{
    CAN_CLAIM, CANNOT_CLAIM, headline, is_logarithm, label, largest_clean, p_in_words, p_shown,
    placebos_in_words, signed, span,
};
use crate::plain_text::{capitalised, listed};
use crate::run_folder::StoredPanel;
use crate::study::{EventOutcome, UnitOfComparison};
use crate::units::counted;

/// An estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EstimateLine {
    /// The outcome.
    pub outcome: &'static str,
    /// First and last base year.
    pub pre: [u16; 2],
    /// First and last year that is compared with them.
    pub post: [u16; 2],
    /// Treated products.
    pub treated: usize,
    /// Controls.
    pub controls: usize,
    /// β.
    pub estimate: f64,
    /// Its clustered standard error.
    pub standard_error: Option<f64>,
    /// The p to read.
    pub p: Option<f64>,
    /// How it was found: `permutation` or `clustered`.
    pub p_by: &'static str,
    /// p by permutation.
    pub p_permutation: f64,
    /// p by clustered standard errors.
    pub p_clustered: Option<f64>,
    /// p of the wild cluster bootstrap.
    pub p_bootstrap: Option<f64>,
}

/// A year before the measure: were the treated products apart already?
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lead {
    /// The outcome.
    pub outcome: &'static str,
    /// The year.
    pub year: u16,
    /// The difference, relative to the year before the measure.
    pub estimate: f64,
    /// Its p by permutation; `None` in the year before the measure.
    pub p_permutation: Option<f64>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseAnswer {
    /// What was done.
    pub measure: String,
    /// Its first year.
    pub date: u16,
    /// Its last year; `None` while it is in force.
    pub last: Option<u16>,
    /// Codes of the treated products.
    pub treated: Vec<String>,
    /// Products that are compared with them in some outcome.
    pub controls: usize,
    /// Products that are left out, with the reason.
    pub left_out: Vec<[String; 2]>,
    /// The estimates.
    pub estimates: Vec<EstimateLine>,
    /// The years before the measure.
    pub leads: Vec<Lead>,
    /// What a reader should know.
    pub notes: Vec<String>,
    #[serde(skip)]
    text: String,
}

/// Before and after, in words and numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The cases.
    pub cases: Vec<CaseAnswer>,
    /// What a reader should know of all.
    pub notes: Vec<String>,
    /// What it can say.
    pub can_claim: &'static str,
    /// What it cannot say.
    pub cannot_claim: &'static str,
}

impl Answer {
    /// The answer of a comparison on the panel of its run.
    pub fn of(found: &BeforeAfter, panel: &StoredPanel) -> Self {
        Self {
            cases: found.cases.iter().map(|of| case_of(of, found.by, panel)).collect(),
            notes: found.notes.clone(),
            can_claim: CAN_CLAIM,
            cannot_claim: CANNOT_CLAIM,
        }
    }

    /// What people read.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for case in &self.cases {
            out.push_str(&case.text);
            out.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(out, "Note: {note}");
        }
        let _ = writeln!(out, "{}\n{}", self.can_claim, self.cannot_claim);
        out
    }
}

fn line_of(of: &Estimate) -> EstimateLine {
    EstimateLine {
        outcome: of.outcome.name(),
        pre: of.pre,
        post: of.post,
        treated: of.treated,
        controls: of.controls,
        estimate: of.estimate,
        standard_error: of.standard_error,
        p: of.p(),
        p_by: if of.is_by_permutation() { "permutation" } else { "clustered" },
        p_permutation: of.p_permutation,
        p_clustered: of.p_clustered,
        p_bootstrap: of.p_bootstrap,
    }
}

fn case_of(of: &CaseResult, by: UnitOfComparison, panel: &StoredPanel) -> CaseAnswer {
    let case = &of.case;
    let code = |product: usize| panel.products[product].code.to_string();
    let before = of.path.iter().filter(|p| case.pre.iter().any(|&t| panel.years[t] == p.year));
    CaseAnswer {
        measure: case.measure.clone(),
        date: case.date,
        last: case.last,
        treated: case.treated.iter().map(|t| code(t.product)).collect(),
        controls: case.controls.iter().filter(|&p| of.compared.binary_search(p).is_ok()).count(),
        left_out: case.no_controls.iter().map(|n| [code(n.product), n.reason.clone()]).collect(),
        estimates: of.estimates.iter().map(line_of).collect(),
        leads: before
            .map(|p| Lead {
                outcome: p.outcome.name(),
                year: p.year,
                estimate: p.estimate,
                p_permutation: p.p_permutation,
            })
            .collect(),
        notes: of.notes.clone(),
        text: text_of(of, by, panel),
    }
}

fn text_of(of: &CaseResult, by: UnitOfComparison, panel: &StoredPanel) -> String {
    let case = &of.case;
    let mut out = format!("{}\n", capitalised(&headline(of, panel)));
    let Some(first) = of.estimates.first() else {
        of.notes.iter().for_each(|note| out.push_str(&format!("Note: {note}\n")));
        return out;
    };
    let codes: Vec<String> =
        case.no_controls.iter().map(|n| panel.products[n.product].code.to_string()).collect();
    let left_out = match codes.len() {
        0 => String::new(),
        n => {
            let counted = counted(n as u64, ["product is no control", "products are no controls"]);
            format!("; {counted} ({})", listed(codes, "products.csv of --out"))
        }
    };
    let units = if by == UnitOfComparison::Importer { "; every importer of a product counts" } else { "" };
    let _ = writeln!(
        out,
        "Change from {} on, treated products minus controls{left_out}{units}:\n",
        span(first.pre)
    );
    let wide = of.estimates.iter().map(|e| label(e.outcome, by).chars().count()).max().unwrap_or(0);
    let _ = writeln!(
        out,
        "  {:<9}  {:<wide$}  {:>8}  {:>7}  {:>6}  {:>7}  {:>8}",
        "years", "outcome", "estimate", "as %", "p", "treated", "controls"
    );
    for estimates in windows_of(&of.estimates) {
        for row in estimates {
            let percent = if is_logarithm(row.outcome) {
                format!("{:+.0} %", 100.0 * libm::expm1(row.estimate))
            } else {
                String::new()
            };
            let _ = writeln!(
                out,
                "  {:<9}  {:<wide$}  {:>8}  {:>7}  {:>6}  {:>7}  {:>8}",
                span(row.post),
                label(row.outcome, by),
                signed(row.estimate),
                percent,
                p_shown(row.p()),
                row.treated,
                row.controls
            );
        }
    }
    let _ = writeln!(out, "\n{}", p_in_words(&of.estimates));
    out.push_str(&leads(of, by, panel));
    out.push_str(&placebos(of, by));
    let weighs = |e: &Estimate| is_logarithm(e.outcome) && e.outcome != EventOutcome::Imports;
    if let [Some(before), Some(after)] = of.quantity_share
        && of.estimates.iter().any(weighs)
    {
        let _ = writeln!(
            out,
            "Quantities are known of {:.0} % of the value of the treated products before, {:.0} % after.",
            100.0 * before,
            100.0 * after
        );
    }
    of.notes.iter().for_each(|note| out.push_str(&format!("Note: {note}\n")));
    out
}

/// The estimates window by window.
fn windows_of(estimates: &[Estimate]) -> Vec<Vec<&Estimate>> {
    let mut windows: Vec<Vec<&Estimate>> = Vec::new();
    for estimate in estimates {
        match windows.iter_mut().find(|window| window[0].post == estimate.post) {
            Some(window) => window.push(estimate),
            None => windows.push(vec![estimate]),
        }
    }
    windows.sort_by_key(|window| window[0].post);
    windows
}

/// Were the treated products apart before the date?
fn leads(of: &CaseResult, by: UnitOfComparison, panel: &StoredPanel) -> String {
    let years: Vec<u16> = of.case.pre[..of.case.pre.len() - 1].iter().map(|&t| panel.years[t]).collect();
    if years.is_empty() || of.path.is_empty() {
        return String::new();
    }
    let base = panel.years[of.case.pre[of.case.pre.len() - 1]];
    let mut out = format!("Before the measure, relative to {base} (p):\n");
    let mut apart = Vec::new();
    for points in of.path.chunk_by(|a, b| a.outcome == b.outcome) {
        let before = || points.iter().filter(|p| years.contains(&p.year));
        if before().any(|p| p.p_permutation.is_some_and(|p| p < 0.05)) {
            apart.push(label(points[0].outcome, by));
        }
        let of_years: Vec<String> = before()
            .map(|p| format!("{} {} ({})", p.year, signed(p.estimate), p_shown(p.p_permutation)))
            .collect();
        let _ = writeln!(out, "  {}: {}", label(points[0].outcome, by), of_years.join(", "));
    }
    if !apart.is_empty() {
        let _ = writeln!(
            out,
            "  Treated products and controls went apart before already in {}: what came after is the less a break.",
            apart.join(", ")
        );
    }
    out
}

/// How other dates and other products compare.
fn placebos(of: &CaseResult, by: UnitOfComparison) -> String {
    let mut out = String::new();
    let first = of.estimates.first().map(|e| e.outcome);
    let at_date: Vec<&Estimate> = of.estimates.iter().filter(|e| e.post[0] == of.case.date).collect();
    for row in &at_date {
        let words = placebos_in_words(of, row.outcome, row.estimate);
        if words.is_empty() {
            continue;
        }
        if Some(row.outcome) == first {
            out.push_str("Placebos:\n");
        }
        let largest = largest_clean(of, row.outcome)
            .map_or_else(String::new, |p| format!("; the furthest was {} ({})", p.date, signed(p.estimate)));
        let _ = writeln!(out, "  {}: {words}{largest}.", label(row.outcome, by));
    }
    out
}
