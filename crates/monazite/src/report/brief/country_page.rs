//! A country brief as a page.

use std::fmt::Write;

use super::country::{ChangeLine, CountryBrief};
use super::elsewhere::{self, WhatIfOfCountry};
use super::how_sure;
use super::html::{
    amount, begin_table, document, end_table, findings, footer, header, heading, heading_of_parts,
    heading_of_products, heading_of_str, heading_of_trend, headings, note_on_readings, number, number_cell,
    parts_cell, percent, product_cell, put, str_cell, text_cell, text_heading, trend_cell, usd,
};
use super::import_line::ImportLine;
use super::origins::{self, Lines};
use crate::html::escaped;
use crate::indicators::{Column, RiskReading};
use crate::report::figures::{cluster_colour, cluster_name};
use crate::report::findings::signed;
use crate::run::{RunView, Supply};
use crate::units::counted;

/// Products outside the chain that stand on the page; the rest is counted.
const MOST_OTHERS: usize = 200;
/// Products from which on their table is folded.
const LONG: usize = 12;

/// Renders the page. `imputed` is the share of the country's imports that rests on imputed stability; `what_if` what stops would cost it, nothing for a
/// group.
pub(super) fn render(
    view: &RunView<'_>,
    brief: &CountryBrief,
    imputed: Option<f64>,
    what_if: Option<&WhatIfOfCountry>,
) -> String {
    let year = view.panel.years[brief.year];
    let mut out = String::new();
    header(&mut out, kind_of_brief(brief), view, year, &brief.unit.name, &brief.unit.code);
    lead(&mut out, brief);
    findings(&mut out, &brief.findings);
    tiers(&mut out, brief);
    chokepoints(&mut out, view, brief);
    let name = format!("{}_origins_{year}", brief.unit.code);
    origins::section(&mut out, view, &name, brief.year, Lines::Country, &brief.origins);
    if let Some(what_if) = what_if {
        let name = |what: &str| format!("{}_{what}_{year}", brief.unit.code);
        elsewhere::section(&mut out, view, brief.unit.label(), name, brief.year, what_if);
    } else {
        out.push_str(elsewhere::OF_A_GROUP);
    }
    let name = format!("{}_bands_{year}", brief.unit.code);
    how_sure::section(&mut out, view, &name, true, &brief.sure);
    supplies(&mut out, view, brief);
    changes(&mut out, view, brief);
    kind(&mut out, view, brief);
    limitations(&mut out, view, brief, imputed);
    all_products(&mut out, view, brief);
    footer(&mut out, view);
    let kind = kind_of_brief(brief).to_lowercase();
    document(&format!("{} ({}), {kind} {year}", brief.unit.name, brief.unit.code), &out)
}

fn kind_of_brief(brief: &CountryBrief) -> &'static str {
    if brief.unit.is_group() { "Group brief" } else { "Country brief" }
}

/// What a group is on the page; nothing for a country.
pub(super) fn how_a_group_counts(brief: &CountryBrief) -> String {
    let members = brief.unit.members(brief.year).len();
    match (brief.unit.is_group(), brief.unit.is_one_buyer()) {
        (false, _) => String::new(),
        (true, true) => format!(
            " Its {members} members count as one buyer and one seller: trade among them is taken out."
        ),
        (true, false) => format!(
            " This run holds no flows.parquet, so its {members} members are not one buyer: indicators are means of the members, weighted by \
             their exports, imports are their sum with trade among them included, and shares of suppliers are lower bounds. Set \
             output.flows = true in the study and run it again."
        ),
    }
}

fn lead(out: &mut String, brief: &CountryBrief) {
    let scope = &brief.scope;
    let all = brief.lines.len();
    let tiers = || brief.tiers.iter();
    let outside = tiers().filter(|t| t.tier.is_none() && scope.main < scope.products.len());
    let others: usize = outside.map(|t| t.imported).sum();
    let of = if scope.name == "chain" { "value chain" } else { scope.name };
    let beside = match scope.products.len() - scope.main {
        0 => String::new(),
        n => format!(" Outside the chain, it imports {others} of {n} products of the study."),
    };
    put!(
        out,
        "<p class=\"lead\">Imports of {} in {} of the {} products of the {of}.{beside}{}</p>\n</header>\n",
        usd_words(brief.imports),
        all - others,
        scope.main,
        how_a_group_counts(brief)
    );
}

fn usd_words(thousand: f64) -> String {
    escaped(&crate::units::ThousandUsd::new(thousand).in_words())
}

fn tier_name(tier: Option<u8>, brief: &CountryBrief) -> String {
    match tier {
        Some(0) => "Tier 0 (seeds)".to_owned(),
        Some(tier) => format!("Tier {tier}"),
        None if brief.scope.name == "chain" => "Outside the chain".to_owned(),
        None => "Other products".to_owned(),
    }
}

/// The tier of a product in a table.
pub(super) fn tier_cell(tier: Option<u8>) -> String {
    number_cell(tier.map(f64::from), &tier.map_or_else(|| "–".to_owned(), |t| t.to_string()))
}

fn tiers(out: &mut String, brief: &CountryBrief) {
    out.push_str(if brief.scope.name == "chain" {
        "<h2>The chain, tier by tier</h2>\n"
    } else {
        "<h2>The products in sum</h2>\n"
    });
    let mut columns = vec![
        text_heading("Tier", "Tier"),
        heading("Imported", "Products imported|Products"),
        heading("Imports, USD", "Imports (thousand USD)"),
        heading("Chokepoints", "Chokepoints"),
        heading("of imports", "Share of imports in chokepoints"),
    ];
    columns.push(headings([Column::Exposure, Column::Hhi, Column::Str, Column::StrMassBalance]));
    columns.push(heading_of_parts());
    begin_table(out, &format!("{}_tiers", brief.unit.code), &columns);
    let most = most_excess(brief.tiers.iter().map(|t| t.means[2]));
    for t in &brief.tiers {
        let name = tier_name(t.tier, brief);
        put!(
            out,
            "<tr>{}<td data-csv=\"{1}|{2}\">{1} of {2}</td>{3}{4}{5}{6}{7}{8}{9}{10}</tr>\n",
            text_cell(&name, &format!("<b>{name}</b>")),
            t.imported,
            t.products,
            number_cell(Some(t.imports), &usd(t.imports)),
            number_cell(Some(t.chokepoints as f64), &t.chokepoints.to_string()),
            number_cell(Some(t.in_chokepoints), &percent(Some(t.in_chokepoints))),
            number_cell(t.means[0], &number(t.means[0], 2)),
            number_cell(t.means[1], &number(t.means[1], 2)),
            number_cell(t.means[2], &number(t.means[2], 2)),
            number_cell(t.means[5], &number(t.means[5], 2)),
            parts_cell(t.means[3], t.means[4], most)
        );
    }
    end_table(out);
    out.push_str(
        "<p class=\"note\">Exposure, HHI and both readings of STR are means over the products of the row, weighted by imports. \
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
    } else if brief.unit.is_one_buyer() {
        "Products bought more than sold, of which one country outside the group supplies more than half."
    } else if brief.unit.is_group() {
        "Products bought more than sold, of which one country outside the group supplies more than half. Shares are lower bounds, made from \
         the three main suppliers of each member."
    } else {
        "Products bought more than sold, of which one country supplies more than half."
    };
    let more = if shown < total {
        format!(
            " Shown are {shown} of {total}: in each tier those with the highest {}.",
            match brief.reading {
                RiskReading::MassBalance => "mass-balanced STR",
                RiskReading::Str => "STR, without feedback loops of negligible imports (‡)",
            }
        )
    } else {
        String::new()
    };
    put!(out, "<p class=\"note\">{which}{more}</p>\n");
    import_table(out, view, brief, "chokepoints", &brief.chokepoints, true);
    out.push_str(&note_on_readings(brief.reading));
    notes(out, brief, &brief.chokepoints);
}

/// What the marks of a table mean.
fn notes(out: &mut String, brief: &CountryBrief, lines: &[ImportLine]) {
    if lines.iter().any(|c| c.above_benchmark) {
        put!(out, "<p class=\"note\">{}</p>\n", brief.benchmark.note());
    }
    if lines.iter().any(|c| c.without.is_some()) {
        out.push_str(
            "<p class=\"note\">‡ A supplier in the chain imports less than 1 % of what it exports, and these negligible imports create a spurious \
             feedback loop; after the mark, STR without it. See limitations.</p>\n",
        );
    }
}

/// What is imported, product by product; with small lines of STR if there are values of several years.
fn import_table(
    out: &mut String,
    view: &RunView<'_>,
    brief: &CountryBrief,
    name: &str,
    lines: &[ImportLine],
    with_trend: bool,
) {
    let share =
        if brief.unit.shares_are_exact() { "Share of imports" } else { "Share of imports, lower bound" };
    let mut columns = vec![
        heading_of_products(),
        heading("Tier", "Tier"),
        heading("Imports, USD", "Imports (thousand USD)"),
        text_heading("Main supplier", "Main supplier"),
        heading("Share", share),
        heading("PV", "PV of main supplier (0 to 100)"),
        headings([Column::Hhi, Column::Exposure]),
        heading_of_str(),
        headings([Column::StrMassBalance]),
        heading_of_parts(),
    ];
    let with_trend = with_trend && brief.year > 0;
    if with_trend {
        columns.push(heading_of_trend(&view.panel.years[..=brief.year], brief.reading));
    }
    begin_table(out, &format!("{}_{name}_{}", brief.unit.code, view.panel.years[brief.year]), &columns);
    let most = most_excess(lines.iter().map(|c| c.str));
    for c in lines {
        let main = c.main.map_or("–", |main| view.name(main.supplier));
        let without = c.without.map(|w| w.str);
        let title = c
            .without
            .map_or_else(String::new, |w| format!("{:.2} if {} imported none", w.str, view.name(w.supplier)));
        put!(
            out,
            "<tr>{}{}{}{}{}{}{}{}{}{}{}{}</tr>\n",
            product_cell(view, c.product),
            tier_cell(c.tier),
            number_cell(Some(c.imports), &usd(c.imports)),
            text_cell(if c.main.is_some() { main } else { "" }, &escaped(main)),
            number_cell(c.main.map(|m| m.share), &share_shown(c.main, c.above_benchmark, brief)),
            number_cell(c.pv, &number(c.pv, 0)),
            number_cell(c.hhi, &number(c.hhi, 2)),
            number_cell(c.exposure, &number(c.exposure, 2)),
            str_cell(c.str, without, &title),
            number_cell(c.mass_balance, &number(c.mass_balance, 2)),
            parts_cell(c.direct, c.indirect, most),
            if with_trend { trend_cell(&c.series) } else { String::new() }
        );
    }
    end_table(out);
}

/// The share of a main supplier, with the mark of the benchmark.
pub(super) fn share_shown(main: Option<Supply>, above: bool, brief: &CountryBrief) -> String {
    let at_least = if main.is_some() && !brief.unit.shares_are_exact() { "≥ " } else { "" };
    let mark = if above { "<span class=\"over\" title=\"above 65 %\"> ▲</span>" } else { "" };
    format!("{at_least}{}{mark}", percent(main.map(|m| m.share)))
}

fn all_products(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    if brief.lines.is_empty() {
        return;
    }
    let chain = brief.lines.iter().filter(|line| line.tier.is_some());
    let mut lines: Vec<ImportLine> = chain.cloned().collect();
    let mut others: Vec<ImportLine> =
        brief.lines.iter().filter(|line| line.tier.is_none()).cloned().collect();
    let left = others.len().saturating_sub(MOST_OTHERS);
    if left > 0 {
        others.sort_by(|a, b| b.imports.total_cmp(&a.imports).then(a.product.cmp(&b.product)));
        others.truncate(MOST_OTHERS);
    }
    lines.extend(others);
    out.push_str("<section class=\"annex\">\n<h2>Every product</h2>\n");
    let fold = lines.len() > LONG;
    if fold {
        put!(out, "<details>\n<summary>Show the {} products</summary>\n", lines.len());
    }
    if left > 0 {
        put!(
            out,
            "<p class=\"note\">Outside the chain: the {MOST_OTHERS} products with the largest imports; {left} more are in \
             <code>indicators.parquet</code>.</p>\n"
        );
    }
    import_table(out, view, brief, "products", &lines, false);
    notes(out, brief, &lines);
    out.push_str(if fold { "</details>\n</section>\n" } else { "</section>\n" });
}

fn supplies(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    let name = escaped(brief.unit.label());
    put!(out, "<h2>What others get from {name}</h2>\n");
    if brief.supplies.is_empty() {
        put!(
            out,
            "<p>{name} has less than 1 % of world exports of every product of the {}, and is the main supplier of at most one country.</p>\n",
            brief.scope.name
        );
        return;
    }
    let columns = [
        heading_of_products(),
        heading("Tier", "Tier"),
        heading("Exports, USD", "Exports (thousand USD)"),
        heading("of world", "Share of world exports"),
        headings([Column::Rca, Column::Influence]),
        heading("rank", "Rank of influence"),
        headings([Column::InfluenceMassBalance]),
        heading("rank", "Rank of mass-balanced influence"),
        text_heading("Main supplier of", "Main supplier of so many countries"),
    ];
    begin_table(out, &format!("{}_supplies", brief.unit.code), &columns);
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
        let ranked = |influence: Option<(f64, usize)>| {
            let rank = influence.map(|i| i.1);
            number_cell(influence.map(|i| i.0), &number(influence.map(|i| i.0), 2))
                + &number_cell(
                    rank.map(|r| r as f64),
                    &rank.map_or_else(|| "–".to_owned(), |r| r.to_string()),
                )
        };
        let customers = if view.suppliers.is_some() { line.customers.to_string() } else { String::new() };
        put!(
            out,
            "<tr>{}{}{}{}{}{}{}{}</tr>\n",
            product_cell(view, line.product),
            tier_cell(line.tier),
            number_cell(Some(line.exports), &usd(line.exports)),
            number_cell(Some(line.world_share), &percent(Some(line.world_share))),
            number_cell(line.rca, &number(line.rca, 1)),
            ranked(line.influence),
            ranked(line.influence_mass_balance),
            text_cell(&customers, &whom).replacen("\"text\"", "\"text whom\"", 1)
        );
    }
    end_table(out);
    out.push_str(
        "<p class=\"note\">Percent behind a country: the share of its imports that comes from here. Influence counts \
         instability: a stable country has little, however much it sells. Its rank is among all countries.",
    );
    if brief.unit.is_group() {
        out.push_str(" RCA is that of the exports of all members, trade among them included.");
    }
    out.push_str("</p>\n");
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
    let columns = [
        heading_of_products(),
        heading(&format!("STR {first}"), &format!("STR {first}")),
        heading(&last.to_string(), &format!("STR {last}")),
        heading("change", "Change"),
        heading("network", "Change from network"),
        heading("stability", "Change from stability"),
        heading(&format!("mass-balanced {first}"), &format!("Mass-balanced STR {first}")),
        heading(&last.to_string(), &format!("Mass-balanced STR {last}")),
        heading("change", "Change of mass-balanced STR"),
        text_heading(&format!("Main supplier {first}"), &format!("Main supplier {first}|Share {first}")),
        text_heading(&last.to_string(), &format!("Main supplier {last}|Share {last}")),
    ];
    begin_table(out, &format!("{}_changes", brief.unit.code), &columns);
    for change in &brief.changes {
        change_row(out, view, brief, change);
    }
    end_table(out);
    put!(
        out,
        "<p class=\"note\">Products that make up at least 0.5 % of the imports of the {} in both years, by size of the change{}. ",
        brief.scope.name,
        if brief.reading == RiskReading::MassBalance { " of mass-balanced STR" } else { "" }
    );
    if brief.changes.iter().any(|c| c.parts.is_some()) {
        out.push_str(
            "Network: who buys where, anywhere in the world. Stability: political stability of all suppliers. The two add up to the change of STR. ",
        );
    }
    if brief.changes.iter().any(|c| c.trickle) {
        out.push_str("‡ In one of the years negligible imports create a feedback loop; see limitations.");
    }
    out.push_str("</p>\n");
}

fn change_row(out: &mut String, view: &RunView<'_>, brief: &CountryBrief, change: &ChangeLine) {
    let part = |at: usize| {
        let value = change.parts.map(|parts| parts[at]);
        number_cell(value, &value.map_or_else(|| "–".to_owned(), signed))
    };
    let main = |at: usize| match change.main[at] {
        Some(main) => format!(
            "<td class=\"text\" data-csv=\"{0}|{1}\">{0} ({2})</td>",
            escaped(view.name(main.supplier)),
            main.share,
            share_shown(Some(main), false, brief)
        ),
        None => "<td class=\"text\" data-csv=\"|\">–</td>".to_owned(),
    };
    let (total, balanced) = (change.str[1] - change.str[0], change.mass_balance[1] - change.mass_balance[0]);
    let mark = if change.trickle { " ‡" } else { "" };
    put!(
        out,
        "<tr>{}{}{}{}{}{}{}{}{}{}{}</tr>\n",
        product_cell(view, change.product),
        number_cell(Some(change.str[0]), &number(Some(change.str[0]), 2)),
        number_cell(Some(change.str[1]), &format!("{:.2}{mark}", change.str[1])),
        number_cell(Some(total), &format!("<b>{}</b>", signed(total))),
        part(0),
        part(1),
        number_cell(Some(change.mass_balance[0]), &number(Some(change.mass_balance[0]), 2)),
        number_cell(Some(change.mass_balance[1]), &number(Some(change.mass_balance[1]), 2)),
        number_cell(Some(balanced), &format!("<b>{}</b>", signed(balanced))),
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
                format!(" {:.0} % of the countries it shares a cluster with stay with it when the typology is made again.", 100.0 * s)
            });
            put!(
                out,
                "<p><span class=\"swatch\" style=\"background:{}\"></span><b>{}</b> in {} of {}.{stability} ",
                cluster_colour(c.cluster),
                cluster_name(c.cluster),
                c.years_in_cluster,
                counted(u64::from(c.years), ["year", "years"])
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

fn limitations(out: &mut String, view: &RunView<'_>, brief: &CountryBrief, imputed: Option<f64>) {
    out.push_str("<h2>Limitations</h2>\n<ul class=\"doubts\">\n");
    match &view.loops {
        None => out.push_str(
            "<li>This run is of an older version, which did not look for negligible imports that create a feedback loop; STR can be far too high for that \
             reason. Run the study again.</li>\n",
        ),
        Some(_) => feedback_loops(out, view, brief),
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
    if brief.unit.is_one_buyer() {
        out.push_str(
            "<li>As one seller the group has the mean political stability of its members, weighted by what each sells out of the group, over the \
             products of this study. What members could get from one another is not counted as supply.</li>\n",
        );
    } else if brief.unit.is_group() {
        out.push_str(
            "<li>The group is the mean of its members, by their exports; it is not one buyer. For that, set <code>output.flows = true</code>, or \
             list it under <code>groups.consolidated</code> of the study.</li>\n",
        );
    }
    out.push_str("</ul>\n");
}

fn feedback_loops(out: &mut String, view: &RunView<'_>, brief: &CountryBrief) {
    let mut named: Vec<String> = Vec::new();
    for c in &brief.chokepoints {
        let Some(without) = c.without else { continue };
        named.push(format!(
            "{}: {} exports {} and imports {}; STR {} with it, {:.2} without",
            view.panel.products[c.product].code,
            escaped(view.name(without.supplier)),
            amount(view, without.exports),
            amount(view, without.imports),
            number(c.str, 2),
            without.str
        ));
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
            "<li>Negligible imports that create a feedback loop (shares do not know volumes, so what a mine buys is taken to be behind all it sells). {}{more}.</li>\n",
            named.join("; ")
        );
    }
    if other > 0 {
        put!(
            out,
            "<li>In {other} {}{} of the chain a tenth or more of the average importer’s STR − 1 rests on a supplier whose own imports are negligible, \
             under 1 % of its exports (<code>trickle_loops.csv</code>).</li>\n",
            if named.is_empty() { "" } else { "other " },
            if other == 1 { "product" } else { "products" }
        );
    }
}
