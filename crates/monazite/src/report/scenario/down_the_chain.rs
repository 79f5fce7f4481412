//! Down the chain: reach beside content, by tier, and the products that are touched most.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::losers::product_words;
use super::numbers::{cell, share};
use super::shown::Shown;
use crate::html::{escaped, put};
use crate::plain_text::listed;
use crate::shock::ChainReading;
use crate::what_if::{ContentReading, ProductOutcome};

/// Products in the table of those that are touched most.
const SHOWN: usize = 12;

/// The section; nothing if nothing is touched.
pub(super) fn section(out: &mut String, of: &Shown<'_>) {
    let touched: Vec<&ProductOutcome> = of.behind().collect();
    let without: Vec<String> = of.outcome.without_trade.iter().map(|&p| of.code(p)).collect();
    if touched.is_empty() && without.is_empty() {
        return;
    }
    out.push_str("<section>\n<h2>Down the value chain</h2>\n");
    if !touched.is_empty() {
        let none = match of.takes_production() {
            true => "Under “nothing” only lost production passes down, no lost import",
            false => "Under “nothing” no loss passes down, since no production is lost",
        };
        let content = match of.by_weight() {
            true => {
                "Only as much is lost as the missing input itself weighs: what is lost if the input can be dispensed with at its weight."
            }
            false => {
                "Only the value of the missing input itself is lost: what is lost if the input can be dispensed with at its price."
            }
        };
        put!(
            out,
            "<dl>\n<div><dt>Reach</dt><dd>Whatever contains the missing input stops, as far as it contains it. It says what is touched, not what stops.</dd></div>\n\
             <div><dt>Content</dt><dd>{content}</dd></div>\n</dl>\n\
             <p>Under both, an input is passed on as far as countries make the next product themselves; the readings “even” and “most” say what of their sales they \
             bought. {none}. Ranges are over all readings under which anything passes down; no row is a lower or upper end.</p>\n"
        );
        by_tier(out, of, &touched);
        by_product(out, of, &touched);
    }
    if !without.is_empty() {
        put!(
            out,
            "<p class=\"note\">{} {} in {}: losses behind them are left out.</p>\n",
            match of.by_weight() {
                true => "There is no trade, or there are too few quantities, of",
                false => "Nobody trades",
            },
            escaped(&listed(&without, "")),
            of.year()
        );
    }
    out.push_str("</section>\n");
}

fn begin(out: &mut String, of: &Shown<'_>, first: &str, second: &str) {
    let unit = if of.by_weight() { "tonnes" } else { "million USD" };
    put!(
        out,
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th rowspan=\"2\" scope=\"col\" class=\"text\">{first}</th><th rowspan=\"2\" scope=\"col\">{second}</th><th \
         rowspan=\"2\" scope=\"col\" class=\"wide\">Imports, {unit}</th><th colspan=\"2\" scope=\"colgroup\" class=\"group\">Reach</th><th colspan=\"2\" \
         scope=\"colgroup\" class=\"group\">Content</th></tr>\n<tr><th scope=\"col\">share</th><th scope=\"col\">{unit}</th><th scope=\"col\">share</th><th \
         scope=\"col\">{unit}</th></tr></thead>\n<tbody>\n"
    );
}

/// What products lose, in all and as a share of `imports`.
fn row(
    out: &mut String,
    of: &Shown<'_>,
    first: &str,
    second: &str,
    imports: f64,
    products: &[&ProductOutcome],
) {
    put!(
        out,
        "<tr><td class=\"text\">{first}</td><td>{second}</td><td class=\"wide\">{}</td>",
        cell(imports, of.by_weight())
    );
    for chain in [ChainReading::Reach, ChainReading::Content] {
        let lost = of.passed(&of.total(products.iter().copied(), chain));
        let shares = lost.map(|amount| if imports > 0.0 { share(amount / imports) } else { "–".to_owned() });
        let amounts = lost.map(|amount| cell(amount, of.by_weight()));
        put!(out, "<td>{}</td><td>{}</td>", escaped(&from_to(&shares, "\u{a0}%")), from_to(&amounts, ""));
    }
    out.push_str("</tr>\n");
}

/// From the smaller to the larger; one of them if they are the same. A unit is said once.
fn from_to(ends: &[String; 2], unit: &str) -> String {
    let [least, most] = ends;
    if least == most {
        return least.replace("less than", "<");
    }
    let text = match least.starts_with("less than") {
        true => format!("{least}–{most}"),
        false => format!("{}–{most}", least.trim_end_matches(unit)),
    };
    text.replace("less than", "<")
}

fn by_tier(out: &mut String, of: &Shown<'_>, touched: &[&ProductOutcome]) {
    let mut tiers: BTreeMap<Option<u8>, Vec<&ProductOutcome>> = BTreeMap::new();
    for product in touched {
        tiers.entry(product.tier).or_default().push(*product);
    }
    out.push_str("<h3>By tier</h3>\n");
    begin(out, of, "Tier", "Products touched");
    for (tier, products) in &tiers {
        let name = tier.map_or_else(|| "outside the chain".to_owned(), |tier| format!("Tier {tier}"));
        let all = tier.and_then(|tier| of.outcome.tiers.iter().find(|all| all.tier == tier));
        let imports = of.total(products.iter().copied(), ChainReading::Reach).imports;
        match all {
            Some(all) => {
                let touched = format!("{} of {}", products.len(), all.products);
                row(out, of, &name, &touched, all.imports, products);
            }
            None => row(out, of, &name, &products.len().to_string(), imports, products),
        }
    }
    out.push_str(
        "</tbody>\n</table></div>\n<p class=\"note\">Imports of all products of the tier that are not hit themselves, touched or not.</p>\n",
    );
}

fn by_product(out: &mut String, of: &Shown<'_>, touched: &[&ProductOutcome]) {
    let reached = |product: &ProductOutcome| {
        product.losses(ContentReading::MassBalance, ChainReading::Reach).lost_value
    };
    let mut ordered: Vec<&ProductOutcome> = touched.to_vec();
    ordered.sort_by(|a, b| reached(b).total_cmp(&reached(a)).then(a.product.cmp(&b.product)));
    out.push_str("<h3>Products that are touched most</h3>\n");
    begin(out, of, "Product", "Tier");
    for product in ordered.iter().take(SHOWN) {
        let tier = product.tier.map_or_else(|| "–".to_owned(), |tier| tier.to_string());
        let imports = of.total([*product], ChainReading::Reach).imports;
        row(out, of, &product_words(of, product.product), &tier, imports, &[*product]);
    }
    out.push_str("</tbody>\n</table></div>\n");
    if ordered.len() > SHOWN {
        put!(out, "<p class=\"note\">{} more products are touched.</p>\n", ordered.len() - SHOWN);
    }
}

#[cfg(test)]
mod tests {
    use super::from_to;

    #[test]
    fn ranges_say_their_unit_once() {
        let of = |a: &str, b: &str| from_to(&[a.to_owned(), b.to_owned()], "\u{a0}%");
        assert_eq!(of("46\u{a0}%", "69\u{a0}%"), "46–69\u{a0}%");
        assert_eq!(of("less than 0.1\u{a0}%", "2.4\u{a0}%"), "< 0.1\u{a0}%–2.4\u{a0}%");
        assert_eq!(of("3\u{a0}%", "3\u{a0}%"), "3\u{a0}%");
    }
}
