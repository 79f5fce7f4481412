//! The section of the page on the regression.

use std::fmt::Write;

use super::exchanged;
use crate::html::escaped;
use crate::regression::analysis::{Analysis, PresetResult};
use crate::regression::leave_out::LeftOut;
use crate::regression::table::p_text;
use crate::regression::{Estimated, Form, Notation, Preset, RegressionTable, SweepSummary, TermKind};
use crate::report::findings::{self, Coefficient};
use crate::run_folder::manifest::RegressionRecord;
use crate::units::grouped;

/// Writing to a text does not fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { let _ = write!($out, $($arg)*); };
}

const OPENING: &str = "<section id=\"regression\">";
const CLOSING: &str = "</section>\n";

/// What has to be said beside the table, whatever the data: METHODS of the paper and of this program.
const CAVEATS: [(&str, &str); 8] = [
    (
        "It is not a causal estimate.",
        "Countries were not given their dependence by chance. What made them dependent may also be what held them back. The paper says so too and calls for natural experiments.",
    ),
    (
        "The coefficient of baseline RCA is negative partly by arithmetic.",
        "A country that was unusually strong by chance in the baseline comes back towards its normal state later. A part of the minus sign is this regression to the mean.",
    ),
    (
        "Both sides contain the same exports.",
        "Growth is later RCA minus baseline RCA, and exposure is imports over imports plus exports: the same baseline exports stand in both. A large number of exports lowers exposure and growth at once, which pushes the coefficient of exposure up (division bias).",
    ),
    (
        "Clusters know the outcome.",
        "A country's cluster comes from all years, those of the outcome included. It is a control that the outcome itself has helped to form.",
    ),
    (
        "Comparative strength knows the outcome.",
        "The sample of strengths, and the input products of a country, rest on mean RCA over all years unless indicators.strength_window names the baseline.",
    ),
    (
        "Rows are not independent.",
        "Many rows share a country and many share a product. Standard errors that treat them as independent are too small; those reported are clustered, and the wild bootstrap p-value stands beside them.",
    ),
    (
        "The published table cannot be matched in every detail.",
        "The paper gives no number of rows, no R² and no kind of standard error. Its HHI of inputs, 0.26(10), is printed with p < 0.0001, but these two numbers give p = 0.009; its caption has concentration negative especially in inputs, where the table has it positive, and speaks of influence, which is not a row.",
    ),
    (
        "Its coefficients do not fit plain growth of RCA over all country-products.",
        "They would make a country of the most dependent cluster lose more RCA than it has. They fit relative (log) growth, or products of comparative strength only; this is why several scales and samples stand side by side.",
    ),
];

/// The section: table, figures, what happens when choices are changed, and what to doubt.
pub fn section(
    analysis: &Analysis,
    table: &RegressionTable,
    record: &RegressionRecord,
    figures: &[String],
) -> String {
    let mut out = format!("{OPENING}\n<h2>Does dependence hold countries back?</h2>\n");
    let b = &analysis.windows.baseline;
    let p = &analysis.windows.projection;
    put!(
        out,
        "<p>One row is a country and a product. What is explained is {} from {}\u{2013}{} to {}\u{2013}{}; what explains it is measured in {}\u{2013}{}. \
         (inputs) is the mean over the products that go into the product, weighted by the country's trade in them.</p>\n",
        escaped(&lowered(&analysis.specification.dependent.label())),
        b.first,
        b.last,
        p.first,
        p.last,
        b.first,
        b.last
    );
    told(&mut out, analysis);
    put!(out, "<div class=\"scroll whole\">{}</div>\n", table.to_html(Form::Errors));
    for note in &record.notes {
        put!(out, "<p class=\"note\">{}</p>\n", escaped(note));
    }
    failures(&mut out, analysis);
    wild(&mut out, analysis);
    for figure in figures {
        put!(out, "<figure class=\"wide\">\n{figure}</figure>\n");
    }
    doubts(&mut out);
    signs(&mut out, analysis);
    sweep(&mut out, analysis);
    robustness(&mut out, analysis);
    left_out(&mut out, analysis);
    placebo(&mut out, analysis);
    rows(&mut out, analysis);
    out.push_str(
        "<p class=\"note\">Tables: regression/table.csv, table.tex, table.html, table.md, the same in the paper's notation as table_paper, sweep.csv, robustness.csv, \
         leave_out.csv, placebo.csv, signs.csv, rows.csv. The rows themselves, for R, Stata or Python: regression/panel.parquet.</p>\n",
    );
    out.push_str(CLOSING);
    out
}

/// What each reported regression says about STR.
fn told(out: &mut String, analysis: &Analysis) {
    let of_str = |estimated: &Estimated| {
        let inference = &estimated.reported().terms[estimated.term("STR")?];
        Some(Coefficient { term: "STR".to_owned(), estimate: inference.estimate, p: inference.p? })
    };
    let told: Vec<String> = analysis
        .reported()
        .filter_map(|(preset, estimated)| {
            let finding = findings::regression(of_str(estimated).as_ref(), estimated.rows)?;
            Some(format!("<li><b>{}</b>: {}</li>\n", escaped(&preset.name()), escaped(&finding)))
        })
        .collect();
    if !told.is_empty() {
        put!(out, "<ul class=\"findings\">\n{}</ul>\n", told.concat());
    }
}

fn lowered(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn failures(out: &mut String, analysis: &Analysis) {
    for result in analysis.presets.iter().filter(|p| p.reported) {
        if let Err(error) = &result.outcome {
            put!(
                out,
                "<p class=\"note\"><b>{}</b> could not be run: {}.</p>\n",
                escaped(&result.preset.name()),
                escaped(&error.to_string())
            );
        }
    }
}

fn wild(out: &mut String, analysis: &Analysis) {
    let mut parts = Vec::new();
    for (preset, estimated) in analysis.reported() {
        let Some(wild) = &estimated.wild else { continue };
        let list: Vec<String> = estimated
            .terms
            .iter()
            .zip(&wild.p)
            .filter(|(t, _)| matches!(t.kind, TermKind::Regressor(_)))
            .filter_map(|(t, p)| Some(format!("{} {:.3}", t.name, (*p)?)))
            .collect();
        parts.push(format!("<b>{}</b>: {}", escaped(&preset.name()), escaped(&list.join(", "))));
    }
    if !parts.is_empty() {
        put!(
            out,
            "<p class=\"note\">p of the wild cluster bootstrap by country \u{2014} {}.</p>\n",
            parts.join("; ")
        );
    }
}

fn doubts(out: &mut String) {
    out.push_str("<h3>What to doubt about this table</h3>\n<ul class=\"caveats\">\n");
    for (claim, reason) in CAVEATS {
        put!(out, "<li><b>{}</b> {}</li>\n", escaped(claim), escaped(reason));
    }
    out.push_str("</ul>\n");
}

/// A coefficient with its standard error in the paper's notation, grey where it cannot be told from zero.
fn short(estimated: &Estimated, term: &str) -> String {
    let Some(at) = estimated.term(term) else { return String::new() };
    let one = estimated.reported().terms[at];
    let text = one
        .standard_error
        .and_then(|se| Notation::of(one.estimate, se))
        .map_or_else(|| format!("{:.3}", one.estimate), |n| n.to_string());
    let text = text.replace('-', "\u{2212}");
    let sure = one.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
    if sure { text } else { format!("<span class=\"unsure\">{text}</span>") }
}

fn regressors(results: &[PresetResult]) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for estimated in results.iter().filter_map(|p| p.outcome.as_ref().ok()) {
        for term in estimated.terms.iter().filter(|t| matches!(t.kind, TermKind::Regressor(_))) {
            if !terms.contains(&term.name) {
                terms.push(term.name.clone());
            }
        }
    }
    terms
}

fn signs(out: &mut String, analysis: &Analysis) {
    let judged = analysis.signs.iter().any(|s| s.agrees.is_some());
    if !judged {
        return;
    }
    out.push_str(
        "<h3>Every scale and sample side by side</h3>\n<p>Do the thirteen statements of the paper's Table 1 hold here? \
         \u{2713} as in the paper, \u{2717} not, \u{2013} cannot be said; in grey where the coefficient cannot be told from zero.</p>\n\
         <div class=\"scroll whole\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Table 1 says</th>",
    );
    let presets: Vec<Preset> =
        analysis.presets.iter().filter(|p| p.outcome.is_ok()).map(|p| p.preset).collect();
    for preset in &presets {
        put!(out, "<th scope=\"col\">{}</th>", escaped(&preset.name()));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let of = |preset: &Preset| analysis.signs.iter().filter(move |s| s.preset == *preset).collect::<Vec<_>>();
    let columns: Vec<_> = presets.iter().map(of).collect();
    for at in 0..columns.first().map_or(0, Vec::len) {
        put!(out, "<tr><td>{}</td>", escaped(&columns[0][at].statement));
        for column in &columns {
            let mark = match column[at].agrees {
                Some(true) => "\u{2713}",
                Some(false) => "\u{2717}",
                None => "\u{2013}",
            };
            let class = if column[at].significant == Some(false) { " class=\"unsure\"" } else { "" };
            put!(out, "<td{class}>{mark}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("<tr><td><b>agree, of those that can be said</b></td>");
    for column in &columns {
        let said = column.iter().filter(|c| c.agrees.is_some()).count();
        let agree = column.iter().filter(|c| c.agrees == Some(true)).count();
        put!(out, "<td><b>{agree} of {said}</b></td>");
    }
    out.push_str("</tr>\n<tr><td>rows</td>");
    for result in analysis.presets.iter().filter_map(|p| p.outcome.as_ref().ok()) {
        put!(out, "<td>{}</td>", grouped(result.rows as u64));
    }
    out.push_str("</tr>\n</tbody>\n</table></div>\n");
}

fn sweep(out: &mut String, analysis: &Analysis) {
    let Some(sweep) = &analysis.sweep else { return };
    let kind = analysis.inference.covariance;
    let shown: Vec<&SweepSummary> =
        sweep.summary.iter().filter(|s| s.discovered.is_some() && s.covariance == kind).collect();
    if shown.is_empty() {
        return;
    }
    put!(
        out,
        "<h3>Other windows</h3>\n<p>The same regression over {} pairs of windows. Median and range of the estimates; the share of pairs in which the sign is that of the \
         median, in which it is significant as well, and in which it remains so once the number of tests is allowed for (false discovery rate, Benjamini and \
         Hochberg, over all regressors of all {} regressions with these standard errors).</p>\n",
        analysis.sweep_windows.len(),
        grouped(
            sweep
                .rows
                .iter()
                .filter(|r| r.covariance == kind)
                .map(|r| (r.windows, r.preset))
                .collect::<std::collections::BTreeSet<_>>()
                .len() as u64
        )
    );
    out.push_str("<div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Scale, sample</th><th scope=\"col\">Regressor</th><th scope=\"col\">Pairs</th><th scope=\"col\">Median</th><th scope=\"col\">Lowest</th><th scope=\"col\">Highest</th><th scope=\"col\">Same sign</th><th scope=\"col\">Significant</th><th scope=\"col\">After correction</th></tr></thead>\n<tbody>\n");
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    for s in shown {
        put!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.3}</td><td>{:.3}</td><td>{:.3}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escaped(&s.preset.name()),
            escaped(&s.term),
            s.fits,
            s.median,
            s.lowest,
            s.highest,
            percent(s.same_sign),
            percent(s.significant),
            s.discovered.map_or_else(String::new, percent)
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn robustness(out: &mut String, analysis: &Analysis) {
    if analysis.robustness.is_empty() {
        return;
    }
    out.push_str("<h3>The same trade, seen differently</h3>\n<div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Regressor</th>");
    let mut columns: Vec<(&PresetResult, String)> = Vec::new();
    for result in &analysis.robustness {
        for preset in &result.presets {
            columns
                .push((preset, format!("{}<br>{}", escaped(&preset.preset.name()), escaped(&result.what))));
        }
    }
    columns.sort_by_key(|(p, _)| p.preset);
    for (_, head) in &columns {
        put!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for term in regressors(&analysis.presets) {
        put!(out, "<tr><td>{}</td>", escaped(&term));
        for (preset, _) in &columns {
            put!(
                out,
                "<td>{}</td>",
                preset.outcome.as_ref().map_or_else(|_| String::new(), |e| short(e, &term))
            );
        }
        out.push_str("</tr>\n");
    }
    out.push_str("<tr><td>rows</td>");
    for (preset, _) in &columns {
        put!(
            out,
            "<td>{}</td>",
            preset.outcome.as_ref().map_or_else(|_| "\u{2013}".to_owned(), |e| grouped(e.rows as u64))
        );
    }
    out.push_str("</tr>\n</tbody>\n</table></div>\n<ul class=\"note\">\n");
    for result in &analysis.robustness {
        let Some(check) = result.check else { continue };
        put!(out, "<li>{} <i>{}</i>", escaped(check.question()), escaped(&result.what));
        if let Some(reason) = &result.not_made {
            put!(out, " \u{2014} not made: {}", escaped(reason));
        }
        for preset in &result.presets {
            if let Err(error) = &preset.outcome {
                put!(out, " \u{2014} {}: {}", escaped(&preset.preset.name()), escaped(&error.to_string()));
            }
        }
        out.push_str(".</li>\n");
    }
    out.push_str("</ul>\n");
}

fn left_out(out: &mut String, analysis: &Analysis) {
    if analysis.left_out.is_empty() {
        return;
    }
    out.push_str(
        "<h3>Without one country, without one tier</h3>\n<div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Scale, sample</th><th scope=\"col\">Regressor</th>\
         <th scope=\"col\">All</th><th scope=\"col\">Lowest</th><th scope=\"col\">without</th><th scope=\"col\">Highest</th><th scope=\"col\">without</th></tr></thead>\n<tbody>\n",
    );
    let name = |left_out: &LeftOut| match left_out {
        LeftOut::Country(code) => code.clone(),
        LeftOut::Tier(tier) => format!("tier {tier}"),
    };
    for of in &analysis.left_out {
        let Some((_, all)) = analysis.reported().find(|(p, _)| **p == of.preset) else { continue };
        for (at, term) in
            all.terms.iter().enumerate().filter(|(_, t)| matches!(t.kind, TermKind::Regressor(_)))
        {
            let mut rows: Vec<_> = of.result.rows.iter().filter(|r| r.term == term.name).collect();
            rows.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
            let (Some(low), Some(high)) = (rows.first(), rows.last()) else { continue };
            put!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{:.3}</td><td>{:.3}</td><td>{}</td><td>{:.3}</td><td>{}</td></tr>\n",
                escaped(&of.preset.name()),
                escaped(&term.name),
                all.reported().terms[at].estimate,
                low.estimate,
                escaped(&name(&low.left_out)),
                high.estimate,
                escaped(&name(&high.left_out))
            );
        }
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn placebo(out: &mut String, analysis: &Analysis) {
    if analysis.placebo.is_empty() {
        return;
    }
    out.push_str(
        "<h3>With the inputs of other products</h3>\n<p>Products of a tier exchange their inputs at random. If the value chain matters, the coefficients of the inputs should seldom be \
         this large then; if the standard errors are right, about one draw in twenty should come out significant.</p>\n\
         <div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Scale, sample</th><th scope=\"col\">Regressor</th><th scope=\"col\">t</th><th scope=\"col\">Draws</th><th scope=\"col\">Significant draws</th><th scope=\"col\">p of the placebo</th></tr></thead>\n<tbody>\n",
    );
    for of in &analysis.placebo {
        for row in &of.result {
            put!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.0} %</td><td>{}</td></tr>\n",
                escaped(&of.preset.name()),
                escaped(&row.term),
                row.t.map_or_else(String::new, |t| format!("{t:.2}")),
                row.draws,
                row.rejected * 100.0,
                p_text(row.p)
            );
        }
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn rows(out: &mut String, analysis: &Analysis) {
    let Some((preset, estimated)) = analysis.reported().next() else { return };
    let account = &estimated.account;
    put!(
        out,
        "<details><summary>Which rows are in ({}): {} of {} country-products</summary>\n<ul>\n",
        escaped(&preset.name()),
        grouped(account.used as u64),
        grouped(account.pairs as u64)
    );
    for lost in &account.lost {
        put!(out, "<li>{}: {}</li>\n", escaped(&lost.reason), grouped(lost.count as u64));
    }
    out.push_str("</ul>\n</details>\n");
}

/// A page with its section on the regression exchanged for another one, or without it.
pub fn replaced(page: &str, section: Option<&str>) -> String {
    exchanged(page, [OPENING, CLOSING], section, &["<section id=\"account\">"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_put_in_exchanged_and_taken_out() {
        let page = "<main>\n<section id=\"account\">\n</section>\n</main>";
        let one = format!("{OPENING}1{CLOSING}");
        let with = replaced(page, Some(&one));
        assert_eq!(with, format!("<main>\n{one}<section id=\"account\">\n</section>\n</main>"));
        assert_eq!(replaced(&with, Some(&format!("{OPENING}2{CLOSING}"))), with.replace('1', "2"));
        assert_eq!(replaced(&with, None), page);
    }
}
