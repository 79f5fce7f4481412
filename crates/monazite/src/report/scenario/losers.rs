//! Who loses how much: a table for each product that is hit.

use std::fmt::Write;

use super::numbers::{cell, share};
use super::shown::{Shown, range};
use crate::html::{escaped, put};
use crate::report::shock_words::times;
use crate::shock::ChainReading;
use crate::units::grouped;
use crate::what_if::{ContentReading, ProductOutcome};

/// Importers in a table.
const SHOWN: usize = 12;
/// Products that have a table of their own.
const MOST_TABLES: usize = 6;

/// The section: all products that are hit if there are several, then the importers of each.
pub(super) fn section(out: &mut String, of: &Shown<'_>) {
    let mut hit: Vec<&ProductOutcome> = of.hit().collect();
    if hit.is_empty() {
        return;
    }
    let lost = |product: &ProductOutcome| range(&of.total([product], ChainReading::Reach).lost)[1];
    hit.sort_by(|a, b| lost(b).total_cmp(&lost(a)).then(a.product.cmp(&b.product)));
    out.push_str("<section>\n<h2>Who loses how much</h2>\n");
    explain(out, of);
    if hit.len() > 1 {
        all_hit(out, of, &hit);
    }
    for product in hit.iter().take(MOST_TABLES) {
        importers(out, of, product);
    }
    if hit.len() > MOST_TABLES {
        put!(
            out,
            "<p class=\"note\">The importers of the other {} products that are hit are in the tables of the run.</p>\n",
            hit.len() - MOST_TABLES
        );
    }
    out.push_str("</section>\n");
}

fn explain(out: &mut String, of: &Shown<'_>) {
    out.push_str(
        "<p>How much of what a country sells it had bought itself is not known. Three readings: <b>nothing</b> (“none” in the tables of the run: a loss stays with those who buy from the \
         supplier directly), <b>even</b> (“exposure”: a country makes as much as it sells; φ = M/(M + X)), and <b>most</b> (“mass balance”: it passes on as much as its \
         trade allows; φ = min(1, M/X)).",
    );
    if of.are_bounds() {
        out.push_str(" Of every loss here <b>nothing</b> is the lower and <b>most</b> the upper end, for one homogeneous good.</p>\n");
    } else {
        out.push_str(
            " Where production is lost, none of them is a lower or upper end: a country that sells less of its own loses less.</p>\n",
        );
    }
}

/// The headings of the readings of a product.
fn readings(bounds: bool) -> [&'static str; 3] {
    if bounds { ["nothing (lower end)", "even", "most (upper end)"] } else { ["nothing", "even", "most"] }
}

/// Begins a table: the first column, then shares and amounts under the readings.
fn begin(out: &mut String, of: &Shown<'_>, first: &str, bounds: bool, filled: bool) {
    let unit = if of.by_weight() { "tonnes" } else { "million USD" };
    let names = readings(bounds);
    put!(
        out,
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th rowspan=\"2\" scope=\"col\" class=\"text\">{first}</th><th rowspan=\"2\" scope=\"col\" class=\"wide\">Imports, \
         {unit}</th><th colspan=\"4\" scope=\"colgroup\" class=\"group\">Share lost</th><th colspan=\"3\" scope=\"colgroup\" class=\"group wide\">Lost, {unit}</th>{}</tr>\n<tr>",
        if filled { "<th rowspan=\"2\" scope=\"col\">Filled by others</th>" } else { "" }
    );
    for name in names {
        put!(out, "<th scope=\"col\">{name}</th>");
    }
    out.push_str("<th scope=\"col\" class=\"text\">0 to 100 %</th>");
    for name in names {
        put!(out, "<th scope=\"col\" class=\"wide\">{name}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

/// A row of such a table: what is imported, and what is lost of it.
fn row(
    out: &mut String,
    of: &Shown<'_>,
    first: &str,
    imports: f64,
    lost: [f64; 3],
    fill: Option<Option<f64>>,
) {
    let shares = (imports > 0.0).then(|| lost.map(|lost| lost / imports));
    put!(out, "<tr><td class=\"text\">{first}</td><td class=\"wide\">{}</td>", cell(imports, of.by_weight()));
    match shares {
        Some(shares) => {
            for lost in shares {
                put!(out, "<td>{}</td>", escaped(&share(lost).replace("less than", "<")));
            }
            put!(out, "<td class=\"text\">{}</td>", bar(shares));
        }
        None => out.push_str("<td>–</td><td>–</td><td>–</td><td class=\"text\"></td>"),
    }
    for lost in lost {
        put!(out, "<td class=\"wide\">{}</td>", cell(lost, of.by_weight()));
    }
    if let Some(fill) = fill {
        put!(out, "<td>{}</td>", fill.map_or_else(|| "–".to_owned(), share));
    }
    out.push_str("</tr>\n");
}

const END: &str = "</tbody>\n</table></div>\n";

/// A share from the least to the most reading as a bar, with a mark where the even one is.
pub(super) fn bar(shares: [f64; 3]) -> String {
    const WIDTH: f64 = 120.0;
    let [least, most] = range(&shares).map(|share| share.clamp(0.0, 1.0));
    let words = format!("{} to {}, even: {}", share(least), share(most), share(shares[1]));
    format!(
        "<svg class=\"range\" viewBox=\"0 0 {WIDTH} 12\" role=\"img\" aria-label=\"{0}\"><title>{0}</title><rect class=\"track\" x=\"0\" y=\"2\" width=\"{WIDTH}\" \
         height=\"8\"/><rect class=\"sure\" x=\"0\" y=\"2\" width=\"{1:.1}\" height=\"8\"/><rect class=\"open\" x=\"{1:.1}\" y=\"2\" width=\"{2:.1}\" height=\"8\"/><rect \
         class=\"mark\" x=\"{3:.1}\" y=\"0\" width=\"2\" height=\"12\"/></svg>",
        escaped(&words),
        WIDTH * least,
        WIDTH * (most - least),
        ((WIDTH * shares[1].clamp(0.0, 1.0)) - 1.0).clamp(0.0, WIDTH - 2.0)
    )
}

fn all_hit(out: &mut String, of: &Shown<'_>, hit: &[&ProductOutcome]) {
    out.push_str("<h3>All products that are hit</h3>\n");
    begin(out, of, "Product", of.are_bounds(), false);
    for product in hit {
        let total = of.total([*product], ChainReading::Reach);
        row(out, of, &product_words(of, product.product), total.imports, total.lost, None);
    }
    out.push_str(END);
}

/// A product by its code and the beginning of its text.
pub(super) fn product_words(of: &Shown<'_>, product: usize) -> String {
    let text = of.text(product);
    format!(
        "<span title=\"{}\"><b>{}</b> {}</span>",
        escaped(text),
        of.code(product),
        escaped(&crate::report::brief::cut(text, 60))
    )
}

fn importers(out: &mut String, of: &Shown<'_>, product: &ProductOutcome) {
    put!(out, "<h3>{}</h3>\n", product_words(of, product.product));
    let mass = product.losses(ContentReading::MassBalance, ChainReading::Reach);
    let mut found: Vec<(usize, [f64; 3])> = of
        .others()
        .map(|c| (c, of.lost_by(product, c, ChainReading::Reach).map(|l| l * product.imports[c])))
        .filter(|(c, lost)| lost.iter().any(|l| *l > 0.0) || mass.fill[*c].is_some())
        .collect();
    if found.is_empty() {
        let none = of.total([product], ChainReading::Reach).imports <= 0.0;
        out.push_str(if none {
            "<p>Nobody else imports any.</p>\n"
        } else {
            "<p>Nobody loses anything.</p>\n"
        });
        return;
    }
    // Who loses most first; where others fill all of it, who imports most.
    let size = |(c, lost): &(usize, [f64; 3])| (range(lost)[1], product.imports[*c]);
    found.sort_by(|a, b| {
        let (a_size, b_size) = (size(a), size(b));
        b_size.0.total_cmp(&a_size.0).then(b_size.1.total_cmp(&a_size.1)).then(a.0.cmp(&b.0))
    });
    let filled = found.iter().any(|(c, _)| mass.fill[*c].is_some());
    begin(out, of, "Importer", product.are_bounds(), filled);
    for (c, lost) in found.iter().take(SHOWN) {
        let fill = filled.then_some(mass.fill[*c]);
        row(out, of, &escaped(&of.name(*c)), product.imports[*c], *lost, fill);
    }
    let total = of.total([product], ChainReading::Reach);
    let all = format!("<b>All but {}</b>", escaped(&of.suppliers()));
    row(out, of, &all, total.imports, total.lost, filled.then_some(None));
    out.push_str(END);
    let rest = found.len().saturating_sub(SHOWN);
    let rest = match rest {
        0 => String::new(),
        rest => format!("{} more importers lose something. ", grouped(rest as u64)),
    };
    let price = of.outcome.prices.iter().find(|(p, _)| *p == product.product).map(|(_, log)| log);
    let price = price.map_or_else(String::new, |log| {
        let times = times(*log);
        format!("A price {times} as high would clear the loss, for the elasticities that are given. ")
    });
    let chain = own_inputs(of, product);
    if !(rest.is_empty() && price.is_empty() && chain.is_empty()) {
        put!(out, "<p class=\"note\">{rest}{price}{chain}</p>\n");
    }
}

/// A product that is hit may be made of another one that is.
fn own_inputs(of: &Shown<'_>, product: &ProductOutcome) -> String {
    let [reach, content] =
        [ChainReading::Reach, ChainReading::Content].map(|chain| of.total([product], chain).range()[1]);
    if (reach - content).abs() <= 1e-9 * reach {
        return String::new();
    }
    format!(
        "It is also made of what is lost, and these losses count all that contains it (reach); if only the {} of the input is lost (content), the most is {} \
         instead of {}.",
        if of.by_weight() { "weight" } else { "value" },
        escaped(&of.amount(content)),
        escaped(&of.amount(reach))
    )
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_stay_in_their_frame() {
        let drawn = bar([0.25, 0.5, 1.0]);
        assert!(drawn.contains("class=\"sure\" x=\"0\" y=\"2\" width=\"30.0\""), "{drawn}");
        assert!(drawn.contains("class=\"open\" x=\"30.0\" y=\"2\" width=\"90.0\""), "{drawn}");
        assert!(drawn.contains("class=\"mark\" x=\"59.0\""), "{drawn}");
        assert!(bar([1.0; 3]).contains("class=\"mark\" x=\"118.0\""));
        assert!(bar([0.0; 3]).contains("class=\"mark\" x=\"0.0\""));
    }
}
