//! The page of a comparison: what differs, first in sentences, then in tables of its largest parts.

use std::fmt::Write;

use super::inputs::Difference;
use super::result::Comparison;
use crate::html::{escaped, put};
use crate::indicators::{Column, RiskReading};
use crate::report::measure::{number, percent};
use crate::units::grouped;

const STYLE: &str = include_str!("compare.css");
/// Rows of a table of the page; all are in the csv files.
const SHOWN: usize = 20;

/// The whole page.
pub(super) fn html(of: &Comparison) -> String {
    let title = format!("{} and {}", of.studies[0], of.studies[1]);
    let title = if of.studies[0] == of.studies[1] { of.studies[0].clone() } else { title };
    let mut body = String::new();
    put!(
        body,
        "<header>\n<p class=\"kicker\">Two runs side by side</p>\n<h1>{}</h1>\n<dl>\n",
        escaped(&title)
    );
    for (name, run) in [("First", 0), ("Second", 1)] {
        put!(
            body,
            "<div><dt>{name}</dt><dd><b>{}</b>. {}</dd></div>\n",
            escaped(&of.runs[run]),
            escaped(&of.data[run])
        );
    }
    body.push_str("</dl>\n</header>\n<section aria-label=\"Findings\">\n<ul class=\"findings\">\n");
    for finding in &of.findings {
        put!(body, "<li>{}</li>\n", escaped(finding));
    }
    put!(
        body,
        "</ul>\n<p class=\"note\">Two values count as the same if they differ by at most {} of the larger of them and 1. Only products, countries and years \
         of both runs are compared.</p>\n</section>\n",
        of.tolerance
    );
    products(&mut body, of);
    ranks(&mut body, of);
    chain(&mut body, of);
    indicators(&mut body, of);
    what_went_in(&mut body, "Options that differ", &of.options, "options.csv");
    what_went_in(&mut body, "Inputs that differ", &of.inputs, "inputs.csv");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} side by side</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(&title)
    )
}

/// A table with its heading; nothing if it has no rows. The first `texts` columns are text.
fn table(
    out: &mut String,
    title: &str,
    note: &str,
    heads: &[&str],
    texts: usize,
    rows: &[Vec<String>],
    all: usize,
    file: &str,
) {
    if rows.is_empty() {
        return;
    }
    put!(out, "<section>\n<h2>{title}</h2>\n");
    if !note.is_empty() {
        put!(out, "<p>{note}</p>\n");
    }
    out.push_str("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
    let class = |at: usize| if at < texts { " class=\"text\"" } else { "" };
    for (at, head) in heads.iter().enumerate() {
        put!(out, "<th scope=\"col\"{}>{head}</th>", class(at));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            put!(out, "<td{}>{}</td>", class(at), escaped(cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    let rest = match all - rows.len() {
        0 => String::new(),
        rest => format!("{} more are in ", grouped(rest as u64)),
    };
    put!(out, "<p class=\"note\">{rest}<a href=\"{file}\">{file}</a></p>\n</section>\n");
}

fn what_went_in(out: &mut String, title: &str, of: &[Difference], file: &str) {
    let value = |d: &Difference, run: usize| d.values[run].clone().unwrap_or_else(|| "not there".to_owned());
    // Checksums of a release's files last: there may be thirty of them.
    let mut ordered: Vec<&Difference> = of.iter().collect();
    ordered.sort_by_key(|d| d.what.contains(": file "));
    let rows: Vec<Vec<String>> =
        ordered.iter().take(SHOWN / 2).map(|d| vec![d.what.clone(), value(d, 0), value(d, 1)]).collect();
    table(out, title, "", &["", "First", "Second"], 3, &rows, of.len(), file);
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), number)
}

fn indicators(out: &mut String, of: &Comparison) {
    let row = |i: &super::IndicatorDifference| {
        let largest = i.largest.as_ref().map_or_else(
            || "–".to_owned(),
            |l| {
                format!(
                    "{} {} {}: {} and {}",
                    l.country,
                    l.product,
                    l.year,
                    number(l.values[0]),
                    number(l.values[1])
                )
            },
        );
        vec![
            i.label.clone(),
            grouped(i.both),
            grouped(i.differ),
            grouped(i.only[0]),
            grouped(i.only[1]),
            shown(i.mean[0]),
            shown(i.mean[1]),
            shown(i.mean_distance),
            largest,
        ]
    };
    let rows: Vec<Vec<String>> = of.indicators.iter().map(row).collect();
    let heads = [
        "Indicator",
        "In both",
        "Differ",
        "First only",
        "Second only",
        "Mean, first",
        "Mean, second",
        "Mean distance",
        "Largest difference",
    ];
    table(out, "Indicators", "", &heads, 1, &rows, rows.len(), "indicators.csv");
}

fn products(out: &mut String, of: &Comparison) {
    let apart = |pair: [Option<f64>; 2]| match pair {
        [Some(a), Some(b)] => (a - b).abs(),
        [None, None] => 0.0,
        _ => f64::INFINITY,
    };
    let distance = |p: &super::ProductDifference| apart(p.str_weighted).max(apart(p.str_mass_balance));
    let mut differing: Vec<&super::ProductDifference> =
        of.products.iter().filter(|p| distance(p) > of.tolerance).collect();
    differing.sort_by(|a, b| distance(b).total_cmp(&distance(a)).then_with(|| a.product.cmp(&b.product)));
    let row = |p: &&super::ProductDifference| {
        let text = crate::report::brief::cut(&p.description, 60);
        vec![
            format!("{} {text}", p.product).trim_end().to_owned(),
            number(p.trade[0]),
            number(p.trade[1]),
            shown(p.str_weighted[0]),
            shown(p.str_weighted[1]),
            shown(p.str_mass_balance[0]),
            shown(p.str_mass_balance[1]),
        ]
    };
    let rows: Vec<Vec<String>> = differing.iter().take(SHOWN).map(row).collect();
    let year = of.products.first().map_or(0, |p| p.year);
    let note = format!(
        "World trade in thousand USD (tonnes by weight), and STR of the average importer, in {year}; the largest differences first."
    );
    let heads = [
        "Product",
        "Trade, first",
        "Trade, second",
        "STR, first",
        "STR, second",
        "Mass-balanced, first",
        "second",
    ];
    table(out, "Products whose mean STR differs", &note, &heads, 1, &rows, differing.len(), "products.csv");
}

/// A reading of STR as a table names it.
fn in_words(reading: &str) -> &'static str {
    if reading == RiskReading::MassBalance.name() {
        Column::StrMassBalance.term()
    } else {
        Column::Str.term()
    }
}

fn ranks(out: &mut String, of: &Comparison) {
    let row = |r: &super::RankChange| {
        vec![
            r.name.clone(),
            r.product.clone(),
            in_words(r.reading).to_owned(),
            r.ranks[0].to_string(),
            r.ranks[1].to_string(),
            number(r.values[0]),
            number(r.values[1]),
        ]
    };
    let rows: Vec<Vec<String>> = of.ranks.iter().take(SHOWN).map(row).collect();
    let year = of.ranks.first().map_or(0, |r| r.year);
    let note = format!(
        "By STR in {year}, in both readings, among importers with at least 0.1 % of world imports in both runs."
    );
    let heads = ["Importer", "Product", "By", "Place, first", "Place, second", "STR, first", "STR, second"];
    table(out, "Importers that change places", &note, &heads, 3, &rows, of.ranks.len(), "ranks.csv");
}

fn chain(out: &mut String, of: &Comparison) {
    let change = |gained: bool| if gained { "gained" } else { "lost" }.to_owned();
    let rows: Vec<Vec<String>> = of
        .links
        .iter()
        .take(SHOWN)
        .map(|l| vec![change(l.gained), l.input.clone(), l.output.clone(), l.evidence.clone()])
        .collect();
    table(
        out,
        "Links of the value chain",
        "",
        &["", "Input", "Output", "Evidence"],
        4,
        &rows,
        of.links.len(),
        "links.csv",
    );
    let share = |s: Option<f64>| s.map_or_else(|| "–".to_owned(), percent);
    let rows: Vec<Vec<String>> = of
        .chokepoints
        .iter()
        .take(SHOWN)
        .map(|c| {
            let mut row = vec![change(c.gained), c.name.clone(), c.product.clone()];
            row.extend(c.shares.into_iter().chain(c.powers).map(share));
            row
        })
        .collect();
    let note = "A supplier is a chokepoint of a product if its stop alone would cost all other countries more than half of what they import of it, with what re-exporters \
                then lack (chokepoint power, mass balance); where a run did not scan its suppliers, if it sells that much itself. In the last year of both runs.";
    let heads = ["", "Supplier", "Product", "Sells, first", "Sells, second", "Power, first", "Power, second"];
    table(out, "Chokepoints", note, &heads, 3, &rows, of.chokepoints.len(), "chokepoints.csv");
}
