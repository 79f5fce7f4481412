//! Feedback loops that negligible imports create, on the page.

use std::fmt::Write;

use super::cells;
use crate::html::{escaped, put};
use crate::indicators::Column;
use crate::report::readings::name_of_str;
use crate::run::{LoopRecord, RunView};
use crate::units::grouped;

/// Feedback loops listed.
const LOOPS: usize = 10;
/// What the feedback loops of a product-year are, in words for a reader of its ranking.
pub(super) fn told(view: &RunView<'_>, product: usize, year: usize) -> Vec<String> {
    let one = |l: &LoopRecord| {
        format!(
            "negligible imports of {} create a feedback loop: the average importer has {:.2}, without the loop {:.2}",
            view.name(l.supplier),
            l.weighted,
            l.without
        )
    };
    view.loops_of(product, year).iter().map(one).collect()
}

/// Feedback loops of negligible imports: what they are, how many there are, and the largest of the last year.
pub(super) fn section(out: &mut String, view: &RunView<'_>) {
    let Some(loops) = view.loops else { return };
    let year = view.last_year();
    out.push_str(
        "<h3>Negligible imports create spurious feedback loops</h3>\n<p>STR knows shares, not volumes. A mine that buys a sample from the country it sells \
         to makes a loop of two strong links, in which instability goes round and round. Flagged (‡) are suppliers with 1 % or more of world exports whose \
         imports are under 1 % of their exports, if a tenth or more of the average importer’s STR − 1 goes when those imports are set to zero. The \
         mass-balanced number is not moved by them: nobody passes on more than it bought.</p>\n",
    );
    if !view.str_scale().is_of_importers() {
        put!(
            out,
            "<p>STR of this run is the row sum of L; these loops are looked for in column sums, in {} product-years (trickle_loops.csv), and the two \
             cannot be put side by side. Row sums go round the same loops.</p>\n",
            grouped(view.manifest.indicators.trickle_loops.unwrap_or(0))
        );
        return;
    }
    if loops.is_empty() {
        out.push_str("<p>There is none in this run.</p>\n");
        return;
    }
    if !view.study.str_is_the_papers() {
        put!(
            out,
            "<p>They are in the paper’s number, which is the column {} of this run; STR of this run, {}, is another, and has no mark. The numbers below \
             are the paper’s.</p>\n",
            Column::StrFull.name(),
            name_of_str(view.study)
        );
    }
    let mut product_years: Vec<(usize, usize)> = loops.iter().map(|l| (l.product, l.year)).collect();
    product_years.sort_unstable();
    product_years.dedup();
    put!(
        out,
        "<p>They are in {} of {} product-years (trickle_loops.csv, trickle_importers.parquet).</p>\n",
        grouped(product_years.len() as u64),
        grouped(view.manifest.indicators.product_years)
    );
    let mut last: Vec<&LoopRecord> = loops.iter().filter(|l| l.year == year).collect();
    last.sort_by(|a, b| {
        let effect = |l: &LoopRecord| l.weighted - l.without;
        effect(b).total_cmp(&effect(a)).then(a.product.cmp(&b.product)).then(a.supplier.cmp(&b.supplier))
    });
    if !last.is_empty() {
        loop_table(out, view, &last);
    }
}

fn loop_table(out: &mut String, view: &RunView<'_>, loops: &[&LoopRecord]) {
    let measure = view.study.trade.measure;
    put!(
        out,
        "<details><summary>The largest of {}</summary>\n<div class=\"scroll\"><table class=\"plain\">\n<thead><tr>{}{}{}{}{}{}</tr></thead>\n<tbody>\n",
        view.panel.years[view.last_year()],
        cells::heading("Product", ""),
        cells::text_heading("Supplier"),
        cells::heading("Exports", cells::unit_of(measure)),
        cells::heading("Imports", cells::unit_of(measure)),
        cells::heading(if view.study.str_is_the_papers() { "Mean STR" } else { "Mean STR, the paper’s" }, ""),
        cells::heading("without", "")
    );
    for l in loops.iter().take(LOOPS) {
        let level = |value| cells::number(Some(value), |v| format!("{v:.2}"));
        put!(
            out,
            "<tr><td title=\"{}\">{}</td>{}{}{}{}{}</tr>\n",
            escaped(&view.descriptions[l.product]),
            view.panel.products[l.product].code,
            cells::text(view.name(l.supplier)),
            cells::traded(measure, Some(l.exports)),
            cells::traded(measure, Some(l.imports)),
            level(l.weighted),
            level(l.without)
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    if loops.len() > LOOPS {
        put!(out, "<p class=\"note\">{} more in this year: trickle_loops.csv.</p>\n", loops.len() - LOOPS);
    }
    out.push_str("</details>\n");
}
