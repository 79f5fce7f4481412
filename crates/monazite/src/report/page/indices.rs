//! The section of the page on other indices: whether they put importers into the same order as systemic trade risk, and where not.

use std::fmt::Write;

use super::cells;
use super::sections::shortened;
use super::sentences;
use crate::html::{escaped, put};
use crate::report::answers::amounts::Amounts;
use crate::report::figures::page_slots;
use crate::report::index_comparison::{Disagreement, IndexComparison, IndexRequest, Pair, why_not};
use crate::run::{Run, RunError};

/// The section; nothing where the run has nothing to compare.
pub(super) fn section(out: &mut String, run: &Run) -> Result<(), RunError> {
    let found = match IndexComparison::of(run, &IndexRequest::default()) {
        Ok(found) => found,
        // Why there is none stands in the manifest.
        Err(error) => return why_not(error).map(drop),
    };
    out.push_str("<section id=\"indices\">\n<h2>Beside other indices</h2>\n");
    for answer in &found.answers.0 {
        put!(out, "<h3>{}</h3>\n", escaped(answer.question));
        sentences::list(out, &answer.sentences);
    }
    let figure = page_slots::framed(run, "index_correlations")?;
    if !figure.is_empty() {
        put!(
            out,
            "<h3>The same order?</h3>\n<p>Rank correlations over importers of {} or more, {}: above the diagonal all importers of all products at once, below it inside \
             products. Dark is the same order.</p>\n{figure}",
            Amounts::Value.in_words(found.least_imports),
            found.year
        );
    }
    put!(out, "<details><summary>What the indices measure</summary>\n<dl class=\"definitions\">\n");
    for index in found.there() {
        put!(out, "<dt>{}</dt><dd>{}.</dd>\n", escaped(index.label()), escaped(index.measures()));
    }
    out.push_str("</dl>\n</details>\n");
    disagreements(out, &found);
    out.push_str("</section>\n");
    Ok(())
}

fn disagreements(out: &mut String, found: &IndexComparison) {
    if found.disagreements.is_empty() {
        return;
    }
    put!(
        out,
        "<h3>Where they disagree most, and why</h3>\n<p>Importers of {} or more in {}. Rank 1 is most risk among the importers of the product. A reason is given where \
         the importer’s own numbers show one.</p>\n<div class=\"scroll whole\"><table class=\"plain\" id=\"disagreements\">\n<thead><tr>{}{}{}{}{}{}</tr></thead>\n<tbody>\n",
        Amounts::Value.in_words(found.least_of_cases),
        found.year,
        cells::text_heading("Importer and product"),
        cells::heading("Imports", cells::USD),
        cells::text_heading("High"),
        cells::text_heading("Low"),
        cells::heading("Importers", ""),
        cells::text_heading("Why")
    );
    for pair in Pair::ALL {
        for case in found.disagreements.iter().filter(|case| case.pair == pair) {
            put!(
                out,
                "<tr><td>{}, <b>{}</b> {}</td>{}{}{}<td>{}</td>{}</tr>\n",
                escaped(&case.importer.name),
                escaped(&case.product.code),
                escaped(&shortened(&case.product.text)),
                cells::usd(Some(case.imports)),
                cells::text(&standing(case, 0)),
                cells::text(&standing(case, 1)),
                case.among,
                cells::text(case.why.as_deref().unwrap_or_default())
            );
        }
    }
    out.push_str("</tbody>\n</table></div>\n");
}

/// Index, value and rank.
fn standing(case: &Disagreement, which: usize) -> String {
    let index = if which == 0 { case.pair.high() } else { case.pair.low() };
    format!("{} {:.2}, rank {}", index.short(), case.values[which], case.rank(which))
}
