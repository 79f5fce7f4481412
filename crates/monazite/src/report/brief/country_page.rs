//! A country brief as a page.

use std::fmt::Write;

use super::country::{ChangeLine, Chokepoint, CountryBrief};
use super::html::{
    document, findings, footer, header, heading_of_parts, heading_of_trend, headings, number, parts_bar,
    percent, product_cell, put, sparkline, usd,
};
use crate::html::escaped;
use crate::indicators::Column;
use crate::report::figures::{cluster_colour, cluster_name};
use crate::report::findings::signed;
use crate::run::RunView;

/// Renders the page. `imputed` is the share of the country's imports that rests on imputed stability.
pub(super) fn render(view: &RunView<'_>, brief: &CountryBrief, imputed: Option<f64>) -> String {
    let year = view.panel.years[brief.year];
    let mut out = String::new();
    header(&mut out, "Country brief", view, year, &brief.unit.name, &brief.unit.code);
    let imported: usize = brief.tiers.iter().map(|t| t.imported).sum();
    let products: usize = brief.tiers.iter().map(|t| t.products).sum();
    let group = if brief.unit.is_group() {
        format!(
            " Indicators are means of its {} members, weighted by their exports; imports are their sum, trade among them included.",
            brief.unit.members(brief.year).len()
        )
    } else {
        String::new()
    };
    put!(
        out,
        "<p class=\"lead\">Imports of {} in {imported} of the {products} products of the value chain.{group}</p>\n</header>\n",
        usd_words(brief.imports)
    );
    findings(&mut out, &brief.findings);
    tiers(&mut out, brief);
    chokepoints(&mut out, view, brief);
    supplies(&mut out, view, brief);
    changes(&mut out, view, brief);
    kind(&mut out, view, brief);
    doubts(&mut out, view, brief, imputed);
    footer(&mut out, view);
    document(&format!("{} ({}), country brief {year}", brief.unit.name, brief.unit.code), &out)
}

fn usd_words(thousand: f64) -> String {
    escaped(&crate::units::ThousandUsd::new(thousand).in_words())
}

fn tier_name(tier: Option<u8>) -> String {
    match tier {
        Some(0) => "Tier 0 (seeds)".to_owned(),
        Some(tier) => format!("Tier {tier}"),
        None => "No tier".to_owned(),
    }
}

fn tiers(out: &mut String, brief: &CountryBrief) {
    put!(
        out,
        "<h2>The chain, tier by tier</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"text\">Tier</th><th scope=\"col\">Imported</th>\
         <th scope=\"col\">Imports, USD</th><th scope=\"col\">Chokepoints</th><th scope=\"col\">of imports</th>{}{}</tr></thead>\n<tbody>\n",
        headings([Column::Exposure, Column::Hhi, Column::Str]),
        heading_of_parts()
    );
    let most = most_excess(brief.tiers.iter().map(|t| t.means[2]));
    for t in &brief.tiers {
        put!(
            out,
            "<tr><td class=\"text\"><b>{}</b></td><td>{} of {}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"text\">{}</td></tr>\n",
            tier_name(t.tier),
            t.imported,
            t.products,
            usd(t.imports),
            t.chokepoints,
            percent(Some(t.in_chokepoints)),
            number(t.means[0], 2),
            number(t.means[1], 2),
            number(t.means[2], 2),
            parts_bar(t.means[3], t.means[4], most)
        );
    }
    out.push_str(
        "</tbody>\n</table></div>\n<p class=\"note\">Exposure, HHI and STR are means over the products of the tier, weighted by imports. \
         <span class=\"key\"></span>direct: instability of the suppliers; <span class=\"key indirect\"></span>indirect: of those behind them; both add \
         up to STR − 1.</p>\n",
    );
}

fn most_excess(values: impl Iterator<Item = Option<f64>>) -> f64 {
    values.flatten().fold(0.0f64, |most, str| most.max(str - 1.0)).max(1e-9)
}

fn chokepoints(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    let total: usize = brief.tiers.iter().map(|t| t.chokepoints).sum();
    out.push_str("<h2>Chokepoints</h2>\n");
    if total == 0 {
        out.push_str("<p>None: no product is bought more than sold with one country supplying more than half of the imports.</p>\n");
        return;
    }
    let shown = brief.chokepoints.len();
    let which = if view.suppliers.is_none() {
        "Products bought more than sold with an HHI above one half; this run is of an older version and does not name main suppliers."
    } else if brief.unit.is_group() {
        "Products bought more than sold, of which one country outside the group supplies more than half. Shares are lower bounds, made from \
         the three main suppliers of each member."
    } else {
        "Products bought more than sold, of which one country supplies more than half."
    };
    let more = if shown < total {
        format!(
            " Shown are {shown} of {total}: in each tier those with the highest STR, trickles (‡) set aside."
        )
    } else {
        String::new()
    };
    put!(out, "<p class=\"note\">{which}{more}</p>\n");
    let trend = if brief.year > 0 { heading_of_trend(view.panel.years[0]) } else { String::new() };
    let columns = 9 + usize::from(brief.year > 0);
    put!(
        out,
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"text\">Product</th><th scope=\"col\">Imports, USD</th><th scope=\"col\" class=\"text\">Main supplier</th>\
         <th scope=\"col\">Share</th><th scope=\"col\">PV</th>{}{}{trend}</tr></thead>\n<tbody>\n",
        headings([Column::Hhi, Column::Exposure, Column::Str]),
        heading_of_parts()
    );
    let most = most_excess(brief.chokepoints.iter().map(|c| c.str));
    for of_tier in brief.chokepoints.chunk_by(|a, b| a.tier == b.tier) {
        put!(
            out,
            "<tr class=\"tier\"><th colspan=\"{columns}\" scope=\"colgroup\">{}</th></tr>\n",
            tier_name(of_tier[0].tier)
        );
        for c in of_tier {
            chokepoint(out, view, c, most, brief.year > 0, brief.unit.is_group());
        }
    }
    out.push_str("</tbody>\n</table></div>\n");
    if brief.chokepoints.iter().any(|c| c.without.is_some()) {
        out.push_str(
            "<p class=\"note\">‡ A supplier in the chain imports less than 1 % of what it exports, and instability goes round through that trickle; after the \
             mark, STR if it imported none. See what to doubt.</p>\n",
        );
    }
}

fn chokepoint(out: &mut String, view: &RunView<'_>, c: &Chokepoint, most: f64, trend: bool, bound: bool) {
    let (main, share) = match c.main {
        Some(main) => {
            let at_least = if bound { "≥ " } else { "" };
            (escaped(view.name(main.supplier)), format!("{at_least}{}", percent(Some(main.share))))
        }
        None => ("–".to_owned(), "–".to_owned()),
    };
    let str = match c.without {
        Some((supplier, without)) => format!(
            "<span title=\"{} if {} imported none\">{} ‡ {without:.2}</span>",
            number(Some(without), 2),
            escaped(view.name(supplier)),
            number(c.str, 2)
        ),
        None => number(c.str, 2),
    };
    put!(
        out,
        "<tr>{}<td>{}</td><td class=\"text\">{main}</td><td>{share}</td><td>{}</td><td>{}</td><td>{}</td><td>{str}</td><td class=\"text\">{}</td>",
        product_cell(view, c.product),
        usd(c.imports),
        number(c.pv, 0),
        number(c.hhi, 2),
        number(c.exposure, 2),
        parts_bar(c.direct, c.indirect, most)
    );
    if trend {
        put!(out, "<td class=\"text\">{}</td>", sparkline("STR", &c.series));
    }
    out.push_str("</tr>\n");
}

fn supplies(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    let name = escaped(brief.unit.label());
    put!(out, "<h2>What others get from {name}</h2>\n");
    if brief.supplies.is_empty() {
        put!(
            out,
            "<p>{name} has less than 1 % of world exports of every product of the chain, and is the main supplier of at most one country.</p>\n"
        );
        return;
    }
    put!(
        out,
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"text\">Product</th><th scope=\"col\">Tier</th><th scope=\"col\">Exports, USD</th><th scope=\"col\">of world</th>\
         {}<th scope=\"col\">rank</th><th scope=\"col\" class=\"text whom\">Main supplier of</th></tr></thead>\n<tbody>\n",
        headings([Column::Rca, Column::Influence])
    );
    for line in &brief.supplies {
        let largest: Vec<String> = line
            .largest
            .iter()
            .map(|s| format!("{} ({})", escaped(view.name(s.supplier)), percent(Some(s.share))))
            .collect();
        let whom = match (view.suppliers.is_some(), line.customers) {
            (false, _) => "–".to_owned(),
            (true, 0) => "nobody".to_owned(),
            (true, n) if n > largest.len() => format!("{n} countries: {}, …", largest.join(", ")),
            (true, _) => largest.join(", "),
        };
        put!(
            out,
            "<tr>{}<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"text\">{whom}</td></tr>\n",
            product_cell(view, line.product),
            line.tier.map_or_else(|| "–".to_owned(), |t| t.to_string()),
            usd(line.exports),
            percent(Some(line.world_share)),
            number(line.rca, 1),
            number(line.influence.map(|i| i.0), 2),
            line.influence.map_or_else(|| "–".to_owned(), |i| i.1.to_string())
        );
    }
    out.push_str(
        "</tbody>\n</table></div>\n<p class=\"note\">Percent behind a country: the share of its imports that comes from here. Influence counts \
         instability: a stable country has little, however much it sells. Its rank is among all countries.</p>\n",
    );
}

fn changes(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    if brief.year == 0 {
        return;
    }
    let (first, last) = (view.panel.years[0], view.panel.years[brief.year]);
    put!(out, "<h2>What changed most, {first} to {last}</h2>\n");
    if brief.changes.is_empty() {
        out.push_str("<p>No product makes up half a percent of the imports in both years.</p>\n");
        return;
    }
    put!(
        out,
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"text\">Product</th><th scope=\"col\">STR {first}</th><th scope=\"col\">{last}</th><th scope=\"col\">change</th>\
         <th scope=\"col\">network</th><th scope=\"col\">stability</th><th scope=\"col\" class=\"text\">Main supplier {first}</th><th scope=\"col\" class=\"text\">{last}</th></tr></thead>\n<tbody>\n"
    );
    for change in &brief.changes {
        change_row(out, view, change);
    }
    out.push_str("</tbody>\n</table></div>\n<p class=\"note\">Products that make up at least 0.5 % of the imports of the chain in both years, by size of the change. ");
    if brief.changes.iter().any(|c| c.parts.is_some()) {
        out.push_str(
            "Network: who buys where, anywhere in the world. Stability: political stability of all suppliers. The two add up to the change. ",
        );
    }
    if brief.changes.iter().any(|c| c.trickle) {
        out.push_str("‡ The level of one of the years rests on a trickle; see what to doubt.");
    }
    out.push_str("</p>\n");
}

fn change_row(out: &mut String, view: &RunView<'_>, change: &ChangeLine) {
    let part = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), signed);
    let main = |at: usize| match change.main[at] {
        Some(main) => format!("{} ({})", escaped(view.name(main.supplier)), percent(Some(main.share))),
        None => "–".to_owned(),
    };
    put!(
        out,
        "<tr>{}<td>{:.2}</td><td>{:.2}{}</td><td><b>{}</b></td><td>{}</td><td>{}</td><td class=\"text\">{}</td><td class=\"text\">{}</td></tr>\n",
        product_cell(view, change.product),
        change.str[0],
        change.str[1],
        if change.trickle { " ‡" } else { "" },
        signed(change.str[1] - change.str[0]),
        part(change.parts.map(|p| p[0])),
        part(change.parts.map(|p| p[1])),
        main(0),
        main(1)
    );
}

fn kind(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    let Some(typology) = &view.manifest.typology else { return };
    out.push_str("<h2>Which kind of country</h2>\n");
    match &brief.cluster {
        Some(c) => {
            let stability = c.stability.map_or_else(String::new, |s| {
                format!(" It keeps {:.0} % of its company when the typology is made again.", 100.0 * s)
            });
            put!(
                out,
                "<p><span class=\"swatch\" style=\"background:{}\"></span><b>{}</b> in {} of {} years.{stability} ",
                cluster_colour(c.cluster),
                cluster_name(c.cluster),
                c.years_in_cluster,
                c.years
            );
        }
        None => out.push_str("<p>It is not on the map of country types. "),
    }
    if !brief.neighbours.is_empty() {
        let names: Vec<String> = brief
            .neighbours
            .iter()
            .map(|(code, _)| {
                view.panel.country(code).map_or_else(|| escaped(code), |c| escaped(view.name(c)))
            })
            .collect();
        put!(out, "Nearest on the map over the years: {}. ", names.join(", "));
    }
    put!(out, "{}</p>\n", escaped(&typology.verdict));
}

fn doubts(out: &mut String, view: &RunView<'_>, brief: &CountryBrief, imputed: Option<f64>) {
    out.push_str("<h2>What to doubt</h2>\n<ul class=\"doubts\">\n");
    match &view.loops {
        None => out.push_str(
            "<li>This run is of an older version, which did not look for trickles of imports that close a loop; STR can be far too high for that \
             reason. Run the study again.</li>\n",
        ),
        Some(_) => trickles(out, view, brief),
    }
    if let Some(imputed) = imputed {
        put!(
            out,
            "<li>{} of the imports come from countries whose political stability was not published for the year and had to be filled in.</li>\n",
            percent(Some(imputed))
        );
    }
    if view.pv.is_none() {
        out.push_str("<li>This run is of an older version and does not hold the political stability of suppliers.</li>\n");
    }
    out.push_str(
        "<li>Trade data know borders only: nothing here tells mining from refining, production from transit, or what the country makes for \
         itself. Exports of an entrepot look like supply.</li>\n\
         <li>A chain ends at a country that imports none of the product. When that changes, STR changes without any change in risk.</li>\n",
    );
    if brief.unit.is_group() {
        out.push_str(
            "<li>A group is the mean of its members, by their exports; it is not one buyer. For the group as one country, list it under \
             <code>groups.consolidated</code> of the study.</li>\n",
        );
    }
    out.push_str("</ul>\n");
}

fn trickles(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    let mut named: Vec<String> = Vec::new();
    for c in brief.chokepoints.iter().filter(|c| c.without.is_some()) {
        let Some((supplier, without)) = c.without else { continue };
        let imports = view
            .loops_of(c.product, brief.year)
            .iter()
            .find(|l| l.supplier == supplier)
            .map(|l| (l.imports, l.exports));
        if let Some((imports, exports)) = imports {
            named.push(format!(
                "{}: {} exports {} USD and imports {} USD; STR {} with it, {without:.2} without",
                view.panel.products[c.product].code,
                escaped(view.name(supplier)),
                usd(exports),
                usd(imports),
                number(c.str, 2)
            ));
        }
    }
    let other: usize = view
        .chain_products()
        .into_iter()
        .filter(|&p| {
            !view.loops_of(p, brief.year).is_empty() && brief.chokepoints.iter().all(|c| c.product != p)
        })
        .count();
    const NAMED: usize = 4;
    if !named.is_empty() {
        let rest = named.len().saturating_sub(NAMED);
        named.truncate(NAMED);
        let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
        put!(
            out,
            "<li>Trickles that close a loop (shares do not know volumes, so what a mine buys is taken to be behind all it sells). {}{more}.</li>\n",
            named.join("; ")
        );
    }
    if other > 0 {
        put!(
            out,
            "<li>In {other} {}{} of the chain a tenth or more of the average importer’s STR − 1 rests on a supplier whose own imports are a trickle, \
             under 1 % of its exports (<code>trickle_loops.csv</code>).</li>\n",
            if named.is_empty() { "" } else { "other " },
            if other == 1 { "product" } else { "products" }
        );
    }
}
