//! The section of the page on the regression, from its tables.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::cells;
use super::estimates::{Estimate, Estimates, Rows};
use crate::html::{escaped, put};
use crate::regression::analysis::{reported_presets, table_presets};
use crate::regression::files::table_of_page;
use crate::regression::robustness::RobustnessCheck;
use crate::regression::table::p_text;
use crate::report::figures::page_slots;
use crate::report::regression_findings::{self as sentences, Coefficient, PAPER_RESULTS, Swept};
use crate::run::{Run, RunError};
use crate::run_folder::manifest::RegressionRecord;
use crate::units::grouped;

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
        "Clusters have look-ahead bias.",
        "A country's cluster comes from all years, those of the outcome included. It is a control that the outcome itself has helped to form.",
    ),
    (
        "Comparative strength has look-ahead bias.",
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
        "They imply that a country of the most dependent cluster loses more RCA than it has. They fit relative (log) growth, or products of comparative strength only; this is why several scales and samples stand side by side.",
    ),
];

/// The section: table, figures, what happens when choices are changed, and limitations. Nothing for a run without a regression.
pub(super) fn section(out: &mut String, run: &Run) -> Result<(), RunError> {
    let (Some(record), Some(estimates)) = (&run.manifest().regression, Estimates::of_table(run)?) else {
        return Ok(());
    };
    out.push_str("<section id=\"regression\">\n<h2>Does dependence hold countries back?</h2>\n");
    let (b, p) = (record.baseline, record.projection);
    put!(
        out,
        "<p>One row is a country and a product. What is explained is {} from {}\u{2013}{} to {}\u{2013}{}; what explains it is measured in {}\u{2013}{}. \
         (inputs) is the mean over {}, weighted by the country's trade in them; the paper can also be read as {} (below, other_inputs).</p>\n",
        escaped(&lowered(&run.study().regression.specification().dependent.label())),
        b[0],
        b[1],
        p[0],
        p[1],
        b[0],
        b[1],
        run.study().regression.inputs.in_words(),
        run.study().regression.inputs.other().in_words()
    );
    super::sentences::list(out, &findings(run)?);
    told(out, &estimates);
    out.push_str(&page_slots::framed(run, "coefficients")?);
    folded(out, "The regression table", |out| {
        table(out, run)?;
        for note in &record.notes {
            put!(out, "<p class=\"note\">{}</p>\n", escaped(note));
        }
        failures(out, run)?;
        wild(out, &estimates);
        rows(out, run, &estimates)
    })?;
    folded(out, "Limitations of this table", |out| {
        doubts(out);
        Ok(())
    })?;
    folded(out, "Every scale and sample against Table 1 of the paper", |out| signs(out, run, &estimates))?;
    folded(out, "Other windows", |out| {
        out.push_str(&page_slots::framed(run, "specification_curve")?);
        sweep(out, run, record)
    })?;
    folded(out, "Robustness checks", |out| robustness(out, run, &estimates))?;
    folded(out, "Without one country, without one tier", |out| left_out(out, run, &estimates))?;
    folded(out, "With the inputs of other products", |out| placebo(out, run))?;
    out.push_str(
        "<p class=\"note\">All tables, for LaTeX, Word, R, Stata and Python: folder regression.</p>\n</section>\n",
    );
    Ok(())
}

/// A part that is there for those who open it; nothing if it has no content.
fn folded(
    out: &mut String,
    title: &str,
    write: impl FnOnce(&mut String) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let mut content = String::new();
    write(&mut content)?;
    if !content.is_empty() {
        put!(out, "<details><summary>{}</summary>\n{content}</details>\n", escaped(title));
    }
    Ok(())
}

/// What the regressions say about the results of the paper on systemic trade risk, for and against; nothing without a regression.
pub(super) fn findings(run: &Run) -> Result<Vec<String>, RunError> {
    let (Some(record), Some(estimates)) = (&run.manifest().regression, Estimates::of_table(run)?) else {
        return Ok(Vec::new());
    };
    let mut told = Vec::new();
    for result in &PAPER_RESULTS {
        let found: Vec<Coefficient> = estimates
            .presets(false)
            .filter_map(|preset| {
                let one = estimates.find(preset, result.term)?;
                Some(Coefficient { term: result.term.to_owned(), estimate: one.estimate, p: one.p? })
            })
            .collect();
        told.extend(sentences::paper_result(
            result,
            &found,
            swept_signs(run, &record.covariance, result.term)?,
        ));
    }
    if !told.is_empty() {
        let products = run.manifest().chain.products;
        told.push(format!(
            "These are associations, not effects, and no replication unless data and products are the paper's: its chain has 168 products, this one \
             {products}. The table and its limitations are below."
        ));
    }
    Ok(told)
}

/// The signs of a regressor over the sweep; `None` if it is not there.
fn swept_signs(run: &Run, kind: &str, of: &str) -> Result<Option<Swept>, RunError> {
    let mut signs = Swept::default();
    let texts = Rows::read(run, "regression/sweep.csv", ["covariance", "term"])?;
    let numbers = Rows::read(run, "regression/sweep.csv", ["estimate"])?;
    for (at, [covariance, term]) in texts.texts().enumerate() {
        if covariance == kind && term == of {
            signs.fits += 1;
            signs.negative += usize::from(numbers.numbers(at)[0].is_some_and(|estimate| estimate < 0.0));
        }
    }
    Ok(Some(signs).filter(|s| s.fits > 0))
}

/// The regression table as it was printed.
fn table(out: &mut String, run: &Run) -> Result<(), RunError> {
    const FILE: &str = "regression/table.html";
    let Some(page) = run.text(FILE)? else { return Ok(()) };
    let table = table_of_page(&page).ok_or_else(|| RunError::Changed {
        folder: run.name(),
        file: FILE.to_owned(),
        advice: "monazite regress makes it again",
    })?;
    put!(out, "<div class=\"scroll whole\">{table}</div>\n");
    Ok(())
}

/// What each reported regression says about STR.
fn told(out: &mut String, estimates: &Estimates) {
    let told: Vec<String> = estimates
        .presets(true)
        .filter_map(|preset| {
            let of_str = estimates.find(preset, "STR").and_then(|one| {
                Some(Coefficient { term: "STR".to_owned(), estimate: one.estimate, p: one.p? })
            });
            let finding = sentences::regression(of_str.as_ref(), estimates.rows_of(preset))?;
            Some(format!("<li><b>{}</b>: {}</li>\n", escaped(preset), escaped(&finding)))
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

/// The names of the columns that the table of the study has.
fn wanted(run: &Run) -> Vec<String> {
    let section = &run.study().regression;
    table_presets(&section.transforms, &section.samples, &section.risks).iter().map(|p| p.name()).collect()
}

/// Stage, preset, what and reason of regressions that could not be run.
const NOT_RUN: [&str; 4] = ["stage", "preset", "what", "reason"];

fn failures(out: &mut String, run: &Run) -> Result<(), RunError> {
    let wanted = wanted(run);
    for [stage, preset, _, reason] in Rows::read(run, "regression/not_run.csv", NOT_RUN)?.texts() {
        if stage == "preset" && wanted.iter().any(|w| w == preset) {
            put!(
                out,
                "<p class=\"note\"><b>{}</b> could not be run: {}.</p>\n",
                escaped(preset),
                escaped(reason)
            );
        }
    }
    Ok(())
}

fn wild(out: &mut String, estimates: &Estimates) {
    let mut parts = Vec::new();
    for preset in estimates.presets(true) {
        let list: Vec<String> = estimates
            .regressors_of(preset)
            .filter_map(|one| Some(format!("{} {:.3}", one.term, one.p_wild?)))
            .collect();
        if estimates.of(preset).any(|one| one.p_wild.is_some()) {
            parts.push(format!("<b>{}</b>: {}", escaped(preset), escaped(&list.join(", "))));
        }
    }
    if !parts.is_empty() {
        put!(
            out,
            "<p class=\"note\">Wild cluster bootstrap p-values, clustered by country: {}.</p>\n",
            parts.join("; ")
        );
    }
}

fn doubts(out: &mut String) {
    out.push_str("<ul class=\"caveats\">\n");
    for (claim, reason) in CAVEATS {
        put!(out, "<li><b>{}</b> {}</li>\n", escaped(claim), escaped(reason));
    }
    out.push_str("</ul>\n");
}

/// A coefficient with its standard error in the paper's notation, grey where it is not significantly different from zero.
fn short(one: &Estimate) -> String {
    let text = if one.notation.is_empty() { format!("{:.3}", one.estimate) } else { one.notation.clone() };
    let text = escaped(&text.replace('-', "\u{2212}"));
    let sure = one.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
    if sure { text } else { format!("<span class=\"unsure\">{text}</span>") }
}

fn signs(out: &mut String, run: &Run, estimates: &Estimates) -> Result<(), RunError> {
    let checks = Rows::read(
        run,
        "regression/signs.csv",
        ["preset", "statement", "agrees", "significant", "not_judged"],
    )?;
    if checks.texts().all(|[_, _, agrees, _, _]| agrees.is_empty()) {
        return Ok(());
    }
    out.push_str(
        "<p>Do the thirteen statements of the paper's Table 1 hold here? \
         \u{2713} as in the paper, \u{2717} not, \u{2013} not comparable, and not counted (the reason is below); in grey where the coefficient is not significantly different from zero.</p>\n\
         <div class=\"scroll whole\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Table 1 says</th>",
    );
    let presets: Vec<&str> = estimates.presets(false).collect();
    for preset in &presets {
        put!(out, "<th scope=\"col\">{}</th>", escaped(preset));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let of = |preset: &&str| checks.texts().filter(|row| row[0] == *preset).collect::<Vec<_>>();
    let columns: Vec<Vec<[&str; 5]>> = presets.iter().map(of).collect();
    for at in 0..columns.first().map_or(0, Vec::len) {
        put!(out, "<tr><td>{}</td>", escaped(columns[0][at][1]));
        for column in &columns {
            let [_, _, agrees, significant, _] = column.get(at).copied().unwrap_or_default();
            let mark = match agrees {
                "true" => "\u{2713}",
                "false" => "\u{2717}",
                _ => "\u{2013}",
            };
            let class = if significant == "false" { " class=\"unsure\"" } else { "" };
            put!(out, "<td{class}>{mark}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("<tr><td><b>as in the paper, of those that can be compared</b></td>");
    for column in &columns {
        let said = column.iter().filter(|c| !c[2].is_empty()).count();
        let agree = column.iter().filter(|c| c[2] == "true").count();
        put!(out, "<td><b>{agree} of {said}</b></td>");
    }
    out.push_str("</tr>\n<tr><td>rows</td>");
    for preset in &presets {
        put!(out, "<td>{}</td>", grouped(estimates.rows_of(preset) as u64));
    }
    out.push_str("</tr>\n</tbody>\n</table></div>\n");
    not_judged(out, &columns);
    Ok(())
}

/// Why statements are not judged: each with its reasons, which may differ by scale and sample.
fn not_judged(out: &mut String, columns: &[Vec<[&str; 5]>]) {
    let mut items = String::new();
    for at in 0..columns.first().map_or(0, Vec::len) {
        let mut reasons: Vec<&str> =
            columns.iter().filter_map(|c| Some(c.get(at)?[4])).filter(|r| !r.is_empty()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        if !reasons.is_empty() {
            put!(items, "<li>{}: {}.</li>\n", escaped(columns[0][at][1]), escaped(&reasons.join("; ")));
        }
    }
    if !items.is_empty() {
        put!(out, "<p class=\"note\">Not compared with the paper:</p>\n<ul class=\"note\">\n{items}</ul>\n");
    }
}

/// The columns that name a pair of windows.
const WINDOWS: [&str; 4] = ["baseline_from", "baseline_to", "projection_from", "projection_to"];

/// How many pairs of windows were swept over, and with how many regressions of a kind of standard errors.
fn swept(run: &Run, kind: &str) -> Result<(usize, usize), RunError> {
    let [a, b, c, d] = WINDOWS;
    let mut windows: BTreeSet<String> = BTreeSet::new();
    let mut fits: BTreeSet<(String, String)> = BTreeSet::new();
    let rows = Rows::read(run, "regression/sweep.csv", [a, b, c, d, "transform", "sample", "covariance"])?;
    for [a, b, c, d, transform, sample, covariance] in rows.texts() {
        let pair = [a, b, c, d].join(" ");
        if covariance == kind {
            fits.insert((pair.clone(), format!("{transform} {sample}")));
        }
        windows.insert(pair);
    }
    for [stage, _, what, _] in Rows::read(run, "regression/not_run.csv", NOT_RUN)?.texts() {
        if stage == "sweep" {
            windows.insert(what.to_owned());
        }
    }
    Ok((windows.len(), fits.len()))
}

fn sweep(out: &mut String, run: &Run, record: &RegressionRecord) -> Result<(), RunError> {
    let columns = ["transform", "sample", "covariance", "term", "fits", "discovered"];
    let summary = Rows::read(run, "regression/sweep_summary.csv", columns)?;
    let shown: Vec<(usize, [&str; 6])> = summary
        .texts()
        .enumerate()
        .filter(|(_, [_, _, covariance, _, _, discovered])| {
            *covariance == record.covariance && !discovered.is_empty()
        })
        .collect();
    if shown.is_empty() {
        return Ok(());
    }
    let (windows, fits) = swept(run, &record.covariance)?;
    put!(
        out,
        "<p>The same regression over {windows} pairs of windows. Median and range of the estimates; the share of pairs in which the sign is that of the \
         median, in which it is significant as well, and in which it remains so once the number of tests is allowed for (false discovery rate, Benjamini and \
         Hochberg, over all regressors of all {} regressions with these standard errors).</p>\n",
        grouped(fits as u64)
    );
    out.push_str("<div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Scale, sample</th><th scope=\"col\">Regressor</th><th scope=\"col\">Pairs</th><th scope=\"col\">Median</th><th scope=\"col\">Lowest</th><th scope=\"col\">Highest</th><th scope=\"col\" data-unit=\"0 to 1\">Same sign</th><th scope=\"col\" data-unit=\"0 to 1\">Significant</th><th scope=\"col\" data-unit=\"0 to 1\">After correction</th></tr></thead>\n<tbody>\n");
    let section = &run.study().regression;
    let presets = reported_presets(&section.sweep_transforms, &section.sweep_samples);
    let preset_of = |transform: &str, sample: &str| {
        let found = presets.iter().find(|p| p.transform.name() == transform && p.sample.name() == sample);
        found.map_or_else(|| format!("{transform}, {sample}"), |p| p.name())
    };
    let numbers = ["median", "lowest", "highest", "same_sign", "significant", "discovered"];
    let numbers = Rows::read(run, "regression/sweep_summary.csv", numbers)?;
    let fixed = |value: Option<f64>| cells::number(value, |v| format!("{v:.3}"));
    for (row, [transform, sample, _, term, fits, _]) in shown {
        let [median, lowest, highest, same_sign, significant, discovered] = numbers.numbers(row);
        put!(
            out,
            "<tr><td>{}</td>{}<td>{}</td>{}{}{}{}{}{}</tr>\n",
            escaped(&preset_of(transform, sample)),
            cells::text(term),
            escaped(fits),
            fixed(median),
            fixed(lowest),
            fixed(highest),
            cells::share(same_sign),
            cells::share(significant),
            cells::share(discovered)
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    Ok(())
}

/// A column of the table of robustness checks.
struct CheckColumn {
    check: String,
    what: String,
    preset: String,
}

fn robustness(out: &mut String, run: &Run, estimates: &Estimates) -> Result<(), RunError> {
    let Some(changed) = Estimates::of_robustness(run)? else { return Ok(()) };
    let checks = Rows::read(run, "regression/checks.csv", ["check", "what", "not_made"])?;
    let not_run = Rows::read(run, "regression/not_run.csv", NOT_RUN)?;
    let section = &run.study().regression;
    let mut presets = table_presets(&section.transforms, &section.samples, &section.risks);
    presets.sort_unstable();
    let as_is = ["as_is", "the study as it is", ""];
    let mut columns = Vec::new();
    for preset in &presets {
        for [check, what, _] in
            std::iter::once(as_is).chain(checks.texts()).filter(|[_, _, not_made]| not_made.is_empty())
        {
            let (check, what) = (check.to_owned(), what.to_owned());
            columns.push(CheckColumn { check, what, preset: preset.name() });
        }
    }
    out.push_str(
        "<div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Regressor</th>",
    );
    for column in &columns {
        put!(out, "<th scope=\"col\">{}<br>{}</th>", escaped(&column.preset), escaped(&column.what));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for term in estimates.regressors() {
        put!(out, "<tr><td>{}</td>", escaped(term));
        for column in &columns {
            let one = changed.find_checked(&column.check, &column.preset, term);
            put!(out, "<td>{}</td>", one.map_or_else(String::new, short));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("<tr><td>rows</td>");
    for column in &columns {
        let rows = changed.rows_checked(&column.check, &column.preset);
        put!(out, "<td>{}</td>", rows.map_or_else(|| "\u{2013}".to_owned(), |n| grouped(n as u64)));
    }
    out.push_str("</tr>\n</tbody>\n</table></div>\n<ul class=\"note\">\n");
    for [check, what, not_made] in checks.texts() {
        let question = RobustnessCheck::ALL.into_iter().find(|c| c.name() == check).map(|c| c.question());
        put!(out, "<li>{} <i>{}</i>", escaped(question.unwrap_or(check)), escaped(what));
        if !not_made.is_empty() {
            put!(out, " \u{2014} not made: {}", escaped(not_made));
        }
        for [stage, preset, of, reason] in not_run.texts() {
            if stage == "robustness" && of == check && !preset.is_empty() {
                put!(out, " \u{2014} {}: {}", escaped(preset), escaped(reason));
            }
        }
        out.push_str(".</li>\n");
    }
    out.push_str("</ul>\n");
    Ok(())
}

fn left_out(out: &mut String, run: &Run, estimates: &Estimates) -> Result<(), RunError> {
    let texts = Rows::read(run, "regression/leave_out.csv", ["preset", "kind", "left_out", "term"])?;
    if texts.is_empty() {
        return Ok(());
    }
    let numbers = Rows::read(run, "regression/leave_out.csv", ["estimate"])?;
    out.push_str(
        "<div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Scale, sample</th><th scope=\"col\">Regressor</th>\
         <th scope=\"col\">All</th><th scope=\"col\">Lowest</th><th scope=\"col\">without</th><th scope=\"col\">Highest</th><th scope=\"col\">without</th></tr></thead>\n<tbody>\n",
    );
    let name = |kind: &str, left_out: &str| match kind {
        "tier" => format!("tier {left_out}"),
        _ => left_out.to_owned(),
    };
    for preset in estimates.presets(true) {
        for one in estimates.regressors_of(preset) {
            let mut rows: Vec<(f64, String)> = texts
                .texts()
                .enumerate()
                .filter(|(_, row)| row[0] == preset && row[3] == one.term)
                .filter_map(|(at, [_, kind, what, _])| Some((numbers.numbers(at)[0]?, name(kind, what))))
                .collect();
            rows.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (Some(low), Some(high)) = (rows.first(), rows.last()) else { continue };
            put!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{:.3}</td><td>{:.3}</td><td>{}</td><td>{:.3}</td><td>{}</td></tr>\n",
                escaped(preset),
                escaped(&one.term),
                one.estimate,
                low.0,
                escaped(&low.1),
                high.0,
                escaped(&high.1)
            );
        }
    }
    out.push_str("</tbody>\n</table></div>\n");
    Ok(())
}

fn placebo(out: &mut String, run: &Run) -> Result<(), RunError> {
    let texts = Rows::read(run, "regression/placebo.csv", ["preset", "term", "draws"])?;
    if texts.is_empty() {
        return Ok(());
    }
    let numbers = Rows::read(run, "regression/placebo.csv", ["t", "rejected", "p_placebo"])?;
    out.push_str(
        "<p>Products of a tier exchange their inputs at random. If the value chain matters, the coefficients of the inputs should seldom be \
         this large then; if the standard errors are right, about one draw in twenty should come out significant.</p>\n\
         <div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Scale, sample</th><th scope=\"col\">Regressor</th><th scope=\"col\">t</th><th scope=\"col\">Draws</th><th scope=\"col\" data-unit=\"0 to 1\">Significant draws</th><th scope=\"col\">p of the placebo</th></tr></thead>\n<tbody>\n",
    );
    for (at, [preset, term, draws]) in texts.texts().enumerate() {
        let [t, rejected, p] = numbers.numbers(at);
        put!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}<td>{}</td></tr>\n",
            escaped(preset),
            escaped(term),
            t.map_or_else(String::new, |t| format!("{t:.2}")),
            escaped(draws),
            cells::share(Some(rejected.unwrap_or(0.0))),
            p_text(p)
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    Ok(())
}

fn rows(out: &mut String, run: &Run, estimates: &Estimates) -> Result<(), RunError> {
    let Some(preset) = estimates.presets(true).next() else { return Ok(()) };
    let account = Rows::read(run, "regression/rows.csv", ["preset", "what", "count"])?;
    let of_preset = || account.texts().filter(|row| row[0] == preset);
    let count = |text: &str| text.parse().map_or_else(|_| escaped(text), grouped);
    let named =
        |what: &str| of_preset().find(|row| row[1] == what).map_or_else(String::new, |row| count(row[2]));
    put!(
        out,
        "<p class=\"note\">Which rows are in ({}): {} of {} country-products.</p>\n<ul class=\"note\">\n",
        escaped(preset),
        named("used"),
        named("country-products")
    );
    for [_, what, lost] in of_preset().filter(|row| !matches!(row[1], "used" | "country-products")) {
        put!(out, "<li>{}: {}</li>\n", escaped(what), count(lost));
    }
    out.push_str("</ul>\n");
    Ok(())
}
