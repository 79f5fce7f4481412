//! The part of the page about trickles of imports that close loops.

use std::fmt::Write;

use crate::html::{escaped, put};
use crate::run::LoopRecord;
use crate::run::RunView;
use crate::units::{ThousandUsd, grouped};

/// Rows of the table.
const MOST_ROWS: usize = 15;

/// How many there are, and the largest of the last year; nothing for a run that did not look for them.
pub(super) fn section(out: &mut String, view: &RunView<'_>) {
    let Some(loops) = view.loops else { return };
    let year = view.last_year();
    out.push_str("<h3>Negligible imports that create a feedback loop</h3>\n");
    out.push_str(
        "<p>Shares do not know volumes. What a country imports is taken to be behind everything it exports, so a mine that buys a sample from the country \
         it sells to makes a loop of two strong links, in which instability goes round and round. Counted here: suppliers with 1 % or more of world \
         exports whose own imports are under 1 % of their exports, if a tenth or more of the average importer’s STR − 1 goes when those imports are \
         taken to be zero. The second STR is exact, one supplier at a time.</p>\n",
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
    if last.is_empty() {
        return;
    }
    put!(
        out,
        "<div class=\"scroll\"><table class=\"plain\">\n<thead><tr><th scope=\"col\">Product, {}</th><th scope=\"col\" class=\"text\">Supplier</th><th scope=\"col\">Exports</th>\
         <th scope=\"col\">Imports</th><th scope=\"col\">Mean STR</th><th scope=\"col\">without</th></tr></thead>\n<tbody>\n",
        view.panel.years[year]
    );
    for l in last.iter().take(MOST_ROWS) {
        put!(
            out,
            "<tr><td title=\"{}\">{}</td><td class=\"text\">{}</td><td>{}</td><td>{}</td><td>{:.2}</td><td>{:.2}</td></tr>\n",
            escaped(&view.descriptions[l.product]),
            view.panel.products[l.product].code,
            escaped(view.name(l.supplier)),
            escaped(&ThousandUsd::new(l.exports).in_words()),
            escaped(&ThousandUsd::new(l.imports).in_words()),
            l.weighted,
            l.without
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    if last.len() > MOST_ROWS {
        put!(out, "<p class=\"note\">{} more in this year.</p>\n", last.len() - MOST_ROWS);
    }
}
