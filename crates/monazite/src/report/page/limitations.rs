//! The section of the page on limitations: what the numbers of this run do not carry.

use std::fmt::Write;

use super::cells;
use super::data::PageData;
use super::feedback_loops;
use super::trend::share_chart;
use crate::html::{escaped, put};
use crate::indicators::concentration::ZeroImports;
use crate::report::findings::{composite_near_noise, ending_moved as ending_moved_finding};
use crate::run::RunView;
use crate::run_folder::Manifest;
use crate::study::TradeMeasure;
use crate::trade::manifest::AccountRecord;
use crate::units::grouped;

/// Notes of the run that are shown at once; the others are folded.
const NOTES: usize = 10;

/// The section; it is printed in full.
pub(super) fn section(out: &mut String, view: &RunView<'_>, data: &PageData) {
    let manifest = view.manifest;
    out.push_str("<section id=\"limitations\">\n<h2>Limitations</h2>\n");
    feedback_loops::section(out, view);
    endings(out, view, data);
    hubs(out, data);
    imputed(out, view);
    composite_note(out, view);
    notes(out, manifest);
    rows_left_out(out, view);
    out.push_str("</section>\n");
}

/// Chains that end at countries that import nothing: a change of their share moves STR.
fn endings(out: &mut String, view: &RunView<'_>, data: &PageData) {
    if data.years.len() < 2 || data.products.iter().all(|p| p.ending.len() < 2) {
        return;
    }
    out.push_str(
        "<h3>Chains that end</h3>\n<p>A chain ends at a supplier that imports none of the product. If the share of such suppliers moves, STR \
         tends to move against it whatever the risk.</p>\n",
    );
    let told: Vec<String> = data
        .products
        .iter()
        .filter_map(|p| {
            let (first, last) = (*p.ending.first()?, *p.ending.last()?);
            let str = |year: u16| p.trend.iter().find(|t| t.year == year)?.str;
            ending_moved_finding(&p.code, first, last, str(first.0).zip(str(last.0)).map(|(a, b)| [a, b]))
        })
        .collect();
    if !told.is_empty() {
        out.push_str("<ul>\n");
        for finding in told {
            put!(out, "<li>{}</li>\n", escaped(&finding));
        }
        out.push_str("</ul>\n");
    }
    let imports = imports_in_words(view.study.trade.measure);
    put!(out, "<details><summary>Their share in {imports}, by year</summary>\n<div class=\"charts\">\n");
    for product in data.products.iter().filter(|p| p.ending.len() > 1) {
        let (code, series) = (&product.code, &product.ending);
        put!(
            out,
            "<figure>\n<figcaption><b>{}</b> percent of {imports}</figcaption>\n{}\n</figure>\n",
            escaped(code),
            share_chart(&format!("Share of {imports} from countries that import no {code}"), series)
        );
    }
    out.push_str("</div>\n</details>\n");
}

/// What shares of imports are shares of.
const fn imports_in_words(measure: TradeMeasure) -> &'static str {
    match measure {
        TradeMeasure::Value => "import value",
        TradeMeasure::Quantity => "imports by weight",
    }
}

/// Notes of the run, and stages that had nothing to work on.
fn notes(out: &mut String, manifest: &Manifest) {
    let list = |out: &mut String, notes: &[String]| {
        out.push_str("<ul class=\"notes\">\n");
        for note in notes {
            put!(out, "<li>{}</li>\n", escaped(note));
        }
        out.push_str("</ul>\n");
    };
    if !manifest.notes.is_empty() {
        out.push_str("<h3>Notes of this run</h3>\n");
        let (open, folded) = manifest.notes.split_at(manifest.notes.len().min(NOTES));
        list(out, open);
        if !folded.is_empty() {
            put!(out, "<details><summary>{} more notes</summary>\n", folded.len());
            list(out, folded);
            out.push_str("</details>\n");
        }
    }
    if !manifest.skipped.is_empty() {
        out.push_str("<h3>Stages skipped</h3>\n<ul>\n");
        for skipped in &manifest.skipped {
            put!(out, "<li>{}: {}.</li>\n", escaped(&skipped.stage), escaped(&skipped.reason));
        }
        out.push_str("</ul>\n");
    }
}

/// What became of every row of the trade data.
fn rows_left_out(out: &mut String, view: &RunView<'_>) {
    let manifest = view.manifest;
    let (t, a) = (&manifest.trade, &manifest.trade.import);
    put!(
        out,
        "<details><summary>What became of every row of the trade data: {} read, {} kept</summary>\n<table class=\"plain\">\n<thead><tr>{}{}{}</tr></thead>\n<tbody>\n",
        grouped(a.rows_read),
        grouped(a.rows_kept),
        cells::heading("What became of it", ""),
        cells::heading("Rows", ""),
        cells::heading("Value", cells::USD)
    );
    let mut row = |what: &str, rows: Option<u64>, value: Option<f64>| {
        let rows = rows.map_or_else(
            || "<td></td>".to_owned(),
            |n| format!("<td data-value=\"{n}\">{}</td>", grouped(n)),
        );
        put!(out, "<tr><td>{}</td>{rows}{}</tr>\n", escaped(what), cells::usd(value));
    };
    let positive = |value: f64| Some(value).filter(|v| *v > 0.0);
    row("read", Some(a.rows_read), None);
    if a.added_by_conversion > 0 {
        row(
            "added by splitting rows over several codes of another edition",
            Some(a.added_by_conversion),
            None,
        );
    }
    row("kept as flows", Some(a.rows_kept), Some(a.value_kept));
    row("added to another row of the same pair", Some(a.duplicates), positive(a.duplicates_value));
    if a.national_lines > 0 {
        row("of national tariff lines, counted under their first six digits", Some(a.national_lines), None);
    }
    for dropped in &a.dropped {
        let what = format!("left out: {}", AccountRecord::reason_in_words(&dropped.reason));
        row(&what, Some(dropped.rows), Some(dropped.value));
    }
    if t.flows_outside_years > 0 {
        let what = "in the store, outside the years of the study";
        row(what, Some(t.flows_outside_years), Some(t.value_outside_years));
    }
    for (what, value) in [
        ("taken out: trade within merged groups", t.taken_out.within_groups),
        ("taken out: suppliers without stability", t.taken_out.without_stability),
        ("taken out: outside the balanced set of countries", t.taken_out.outside_country_set),
        ("taken out: imports that are a trickle beside the exports of their country", t.taken_out.trickles),
        ("moved: re-exports traced to their origin", t.taken_out.traced_reexports),
    ] {
        if value > 0.0 {
            row(what, None, Some(value));
        }
    }
    out.push_str("</tbody>\n</table>\n");
    let counted = [
        (a.former_states, "rows of former states are counted under their successors."),
        (
            a.quantity_missing,
            match view.study.trade.measure {
                TradeMeasure::Value => "flows have no quantity; values are not affected.",
                TradeMeasure::Quantity => {
                    "flows have no quantity; they are in no share and no risk of this run."
                }
            },
        ),
        (a.padded_codes, "product codes got back a leading zero that was lost."),
    ];
    let remarks: Vec<String> =
        counted.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", grouped(*n))).collect();
    if !remarks.is_empty() {
        put!(out, "<p class=\"note\">{}</p>\n", remarks.join(" "));
    }
    out.push_str("</details>\n");
}

fn imputed(out: &mut String, view: &RunView<'_>) {
    let s = &view.manifest.stability;
    let imports = imports_in_words(view.study.trade.measure);
    out.push_str("<h3>Imputed political stability</h3>\n");
    let worst = s.imputed.iter().max_by(|a, b| a.share.total_cmp(&b.share));
    match worst {
        Some(worst) if worst.share > 0.0 => {
            put!(
                out,
                "<p>At most {:.2} % of {imports} (in {}) comes from countries whose stability score was not published for the \
                 year and had to be filled in.",
                // Rounded up: at most.
                (worst.share * 1e4).ceil() / 1e2,
                worst.year
            );
        }
        _ => {
            put!(out, "<p>No part of {imports} rests on a stability score that had to be filled in.");
        }
    }
    if !s.never_covered.is_empty() {
        let codes: Vec<&str> = s.never_covered.iter().filter_map(|c| c.split(' ').next()).collect();
        put!(
            out,
            " {} territories are never covered by the indicators: {}.",
            codes.len(),
            escaped(&crate::plain_text::listed(&codes, "stability.csv"))
        );
    }
    out.push_str("</p>\n");
}

fn composite_note(out: &mut String, view: &RunView<'_>) {
    let Some(composite) = view.panel.composite else { return };
    let (loading, explained) = (composite.loading, composite.explained_variance);
    put!(
        out,
        "<h3>The composite score</h3>\n<p>The first component of exposure, HHI and STR carries {:.0} % of their joint variance \
         (a third would mean that they have nothing in common). Loadings: exposure {:.2}, HHI {:.2}, STR {:.2}.{} It is fitted on all products of the data; profiles and clusters take its values \
         in the products of the chain. {}</p>\n",
        explained * 100.0,
        loading[0],
        loading[1],
        loading[2],
        composite_near_noise(explained).map_or_else(String::new, |told| format!(" {told}")),
        rows_of_composite(view.study.indicators.zero_imports_hhi)
    );
}

/// Which rows the composite is fitted on.
fn rows_of_composite(hhi: ZeroImports) -> &'static str {
    match hhi {
        ZeroImports::Undefined => {
            "Where a country imports nothing it has no HHI and no score; indicators.zero_imports_hhi = \"zero\" counts these rows, and changes loadings and explained variance."
        }
        ZeroImports::Zero => {
            "Where a country imports nothing its HHI counts as 0 (indicators.zero_imports_hhi)."
        }
    }
}

fn hubs(out: &mut String, data: &PageData) {
    let last: Vec<(&str, u16, f64)> = data
        .products
        .iter()
        .filter_map(|p| p.hubs.last().map(|&(year, share)| (p.code.as_str(), year, share)))
        .collect();
    let Some((_, year, _)) = last.first() else { return };
    put!(
        out,
        "<h3>Entrepots</h3>\n<p>Share of the influence between all other countries that passes through entrepots, {year}: "
    );
    let parts: Vec<String> =
        last.iter().map(|(code, _, share)| format!("{} {:.0} %", escaped(code), share * 100.0)).collect();
    put!(
        out,
        "{}. Where it is large, the results lean on re-exports; merge or trace them (trade.merge, trade.reexport_shares) and compare.</p>\n",
        parts.join(", ")
    );
}
