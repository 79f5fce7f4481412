//! A product brief as a page.

use std::fmt::Write;

use super::how_sure;
use super::html::{
    amount, begin_table, document, end_table, findings, footer, header, heading, heading_of_parts,
    heading_of_str, heading_of_trend, headings, note_on_readings, number, number_cell, parts_cell, percent,
    put, str_cell, text_cell, text_heading, trend_cell, usd,
};
use super::origins::{self, Lines};
use super::product::{Ends, ImporterLine, LEAST_IMPORTS, NeighbourLine, ProductBrief};
use super::stops;
use super::trend_chart::trend_chart;
use crate::html::escaped;
use crate::indicators::Column;
use crate::report::findings::signed;
use crate::report::readings::name_of_str;
use crate::run::RunView;

/// The table of those most at risk, which is sorted by it.
const MOST_AT_RISK: &str = "most_at_risk";

/// Renders the page.
pub(super) fn render(view: &RunView<'_>, brief: &ProductBrief) -> String {
    let year = view.panel.years[brief.year];
    let product = &view.panel.products[brief.product];
    let code = product.code.to_string();
    let text = &view.descriptions[brief.product];
    let mut out = String::new();
    let title = if text.is_empty() { "Product" } else { text.as_str() };
    header(&mut out, "Product brief", view, year, title, &code);
    let tier = product
        .tier
        .map_or_else(|| "Not in the value chain.".to_owned(), |t| format!("Tier {t} of the value chain."));
    put!(
        out,
        "<p class=\"lead\">World trade {} in {year}; {} importers, {} exporters. {tier}</p>\n</header>\n",
        escaped(&crate::units::ThousandUsd::new(brief.world).in_words()),
        brief.importers,
        brief.exporters
    );
    if brief.world <= 0.0 {
        put!(out, "<p>Nobody trades it in {year}.</p>\n");
        footer(&mut out, view);
        return document(&format!("{code}, product brief {year}"), &out);
    }
    findings(&mut out, &brief.findings);
    suppliers(&mut out, view, brief);
    importers(&mut out, view, brief, "Who depends: the largest importers", "importers", &brief.largest);
    let name = name_of_table(view, brief, "origins");
    origins::section(&mut out, view, &name, brief.year, Lines::Product, &brief.origins);
    importers(
        &mut out,
        view,
        brief,
        &format!(
            "Most at risk, among importers with {} or more of world imports",
            percent(Some(LEAST_IMPORTS))
        ),
        MOST_AT_RISK,
        &brief.at_risk,
    );
    let name = name_of_table(view, brief, "stops");
    stops::section(&mut out, view, &name, brief.product, brief.year, brief.stops.as_deref());
    how_sure::section(&mut out, view, &name_of_table(view, brief, "bands"), false, &brief.sure);
    trend(&mut out, view, brief);
    place(&mut out, brief);
    limitations(&mut out, view, brief);
    footer(&mut out, view);
    document(&format!("{code} {title}, product brief {year}"), &out)
}

fn suppliers(out: &mut String, view: &RunView<'_>, brief: &ProductBrief) {
    out.push_str("<h2>Who supplies</h2>\n");
    let first = view.panel.years[0];
    let mut columns = vec![
        text_heading("Country", "Country"),
        heading("Exports, USD", "Exports (thousand USD)"),
        heading("of world", "Share of world exports"),
    ];
    if brief.year > 0 {
        columns.push(heading(&format!("in {first}"), &format!("Share of world exports {first}")));
    }
    columns.push(heading("PV", "PV (0 to 100)"));
    columns.push(headings([Column::Influence, Column::InfluenceMassBalance, Column::Rca]));
    columns.push(heading("Imports per export", "Imports per export"));
    columns.push(heading("Main supplier of", "Main supplier of so many countries"));
    begin_table(out, &name_of_table(view, brief, "suppliers"), &columns);
    for s in &brief.suppliers {
        let before = match brief.year > 0 {
            true => number_cell(s.share_first, &percent(s.share_first)),
            false => String::new(),
        };
        let customers = match (view.suppliers.is_some(), s.customers) {
            (false, _) => number_cell(None, "–"),
            (true, 1) => number_cell(Some(1.0), "1 country"),
            (true, n) => number_cell(Some(n as f64), &format!("{n} countries")),
        };
        let mark = if s.trickle { " ‡" } else { "" };
        let name = view.name(s.country);
        put!(
            out,
            "<tr>{}{}{}{before}{}{}{}{}{}{customers}</tr>\n",
            text_cell(name, &escaped(name)),
            number_cell(Some(s.exports), &usd(s.exports)),
            number_cell(Some(s.share), &percent(Some(s.share))),
            number_cell(s.pv, &number(s.pv, 0)),
            number_cell(s.influence, &number(s.influence, 2)),
            number_cell(s.influence_mass_balance, &number(s.influence_mass_balance, 2)),
            number_cell(s.rca, &number(s.rca, 1)),
            number_cell(Some(s.imports_ratio), &format!("{}{mark}", percent(Some(s.imports_ratio))))
        );
    }
    end_table(out);
    if brief.suppliers.iter().any(|s| s.trickle) {
        out.push_str(
            "<p class=\"note\">‡ Negligible imports, under 1 % of its exports, that create a feedback loop; see limitations.</p>\n",
        );
    }
}

fn name_of_table(view: &RunView<'_>, brief: &ProductBrief, what: &str) -> String {
    format!("{}_{what}_{}", view.panel.products[brief.product].code, view.panel.years[brief.year])
}

fn importers(
    out: &mut String,
    view: &RunView<'_>,
    brief: &ProductBrief,
    title: &str,
    name: &str,
    lines: &[ImporterLine],
) {
    if lines.is_empty() {
        return;
    }
    put!(out, "<h2>{title}</h2>\n");
    let mut columns = vec![
        text_heading("Country", "Country"),
        heading("Imports, USD", "Imports (thousand USD)"),
        heading("of world", "Share of world imports"),
        text_heading("Main supplier", "Main supplier"),
        heading("Share", "Share of imports"),
        headings([Column::Hhi, Column::Exposure]),
        heading_of_str(),
        headings([Column::StrMassBalance]),
        heading_of_parts(),
    ];
    if brief.year > 0 {
        columns.push(heading_of_trend(&view.panel.years[..=brief.year], brief.reading));
    }
    begin_table(out, &name_of_table(view, brief, name), &columns);
    let most = lines
        .iter()
        .filter_map(|i| i.values[2])
        .fold(1e-9f64, |most, s| most.max(s - view.str_scale().floor()));
    for i in lines {
        let (country, main) = (view.name(i.country), i.main.map_or("", |m| view.name(m.supplier)));
        let share = i.main.map(|m| m.share);
        put!(
            out,
            "<tr>{}{}{}{}{}{}{}{}{}{}{}</tr>\n",
            text_cell(country, &escaped(country)),
            number_cell(Some(i.imports), &usd(i.imports)),
            number_cell(Some(i.share), &percent(Some(i.share))),
            text_cell(main, &if main.is_empty() { "–".to_owned() } else { escaped(main) }),
            number_cell(share, &percent(share)),
            number_cell(i.values[1], &number(i.values[1], 2)),
            number_cell(i.values[0], &number(i.values[0], 2)),
            str_cell(i.values[2], i.without, ""),
            number_cell(i.mass_balance, &number(i.mass_balance, 2)),
            parts_cell(i.values[3], i.values[4], most),
            if brief.year > 0 { trend_cell(&i.series) } else { String::new() }
        );
    }
    end_table(out);
    out.push_str("<p class=\"note\"><span class=\"key\"></span>direct: instability of the suppliers; <span class=\"key indirect\"></span>indirect: of those behind them.");
    if lines.iter().any(|i| i.without.is_some()) {
        out.push_str(" After ‡: STR without the spurious feedback loop that negligible imports create.");
    }
    out.push_str("</p>\n");
    if name == MOST_AT_RISK {
        out.push_str(&note_on_readings(brief.reading));
    }
}

fn trend(out: &mut String, view: &RunView<'_>, brief: &ProductBrief) {
    let chart = trend_chart(view, brief);
    if chart.is_empty() {
        return;
    }
    out.push_str("<h2>Trend</h2>\n<div class=\"columns\">\n<figure class=\"chart\" style=\"margin:0\">\n");
    out.push_str(&chart);
    out.push_str("</figure>\n<div>\n");
    put!(
        out,
        "<p>STR of the average importer, each counting by its imports. {}ashed: {}.",
        if view.str_scale().is_of_importers() { "Black: mass-balanced; d" } else { "D" },
        name_of_str(view.study)
    );
    if !brief.loops.is_empty() {
        out.push_str(
            " Brown: the dashed line without the negligible imports whose feedback loop matters most in the year, where there is one; the difference is not a risk but an artefact of shares.",
        );
    }
    out.push_str("</p>\n");
    let parts: Vec<[f64; 3]> = brief.trend.iter().skip(1).filter_map(|(_, t)| t.parts).collect();
    if parts.len() + 1 == brief.trend.len() && !parts.is_empty() {
        let sum = |n: usize| parts.iter().fold(0.0, |sum, p| sum + p[n]);
        put!(
            out,
            "<p>Of the change of the dashed line since {}{}: network {}, stability {}, who imports {}.</p>\n",
            view.panel.years[0],
            match Ends::of(view, brief.product, brief.year) {
                Some(ends) if ends.trickles.iter().any(Option::is_some) => {
                    " (negligible imports that create a feedback loop included)"
                }
                _ => "",
            },
            signed(sum(0)),
            signed(sum(1)),
            signed(sum(2))
        );
    }
    out.push_str("</div>\n</div>\n");
}

fn place(out: &mut String, brief: &ProductBrief) {
    out.push_str("<h2>Place in the chain</h2>\n");
    if brief.inputs.is_empty() && brief.outputs.is_empty() {
        out.push_str("<p>No link of the chain leads to it or from it.</p>\n");
        return;
    }
    out.push_str("<div class=\"columns\">\n");
    for (title, lines) in [("Made from", &brief.inputs), ("Goes into", &brief.outputs)] {
        put!(out, "<div>\n<p><b>{title}</b></p>\n");
        if lines.is_empty() {
            out.push_str("<p>nothing in the chain</p>\n");
        } else {
            links(out, lines);
        }
        out.push_str("</div>\n");
    }
    out.push_str("</div>\n");
}

fn links(out: &mut String, lines: &[NeighbourLine]) {
    const MOST: usize = 10;
    out.push_str("<ul class=\"doubts\">\n");
    for line in lines.iter().take(MOST) {
        let tier = line.tier.map_or_else(String::new, |t| format!(", tier {t}"));
        let evidence = if line.evidence.is_empty() {
            String::new()
        } else {
            format!(" <span class=\"note\">[{}]</span>", escaped(&line.evidence))
        };
        put!(
            out,
            "<li><b>{}</b> {}{tier}{evidence}</li>\n",
            escaped(&line.code),
            escaped(&super::html::cut(&line.text, 60))
        );
    }
    out.push_str("</ul>\n");
    if lines.len() > MOST {
        put!(out, "<p class=\"note\">and {} more (chain/edges.csv)</p>\n", lines.len() - MOST);
    }
}

fn limitations(out: &mut String, view: &RunView<'_>, brief: &ProductBrief) {
    out.push_str("<h2>Limitations</h2>\n<ul class=\"doubts\">\n");
    let year = view.panel.years[brief.year];
    match &view.loops {
        None => out.push_str(
            "<li>This run is of an older version, which did not look for negligible imports that create a feedback loop; STR can be far too high for that \
             reason. Run the study again.</li>\n",
        ),
        Some(_) => {
            for l in view.loops_of(brief.product, brief.year) {
                put!(
                    out,
                    "<li>{} exports {} of it and imports {}. Shares do not know volumes, so what it buys is taken to be behind all it \
                     sells, and instability goes round. If it imported nothing, mean STR would be {:.2} instead of {:.2} in {year}.</li>\n",
                    escaped(view.name(l.supplier)),
                    amount(view, l.exports),
                    amount(view, l.imports),
                    l.without,
                    l.weighted
                );
            }
        }
    }
    let t = brief.trend.last().map(|t| t.1).unwrap_or_default();
    if let Some(share) = t.ending_share {
        let first = brief.trend.iter().find_map(|(year, t)| Some((*year, t.ending_share?)));
        let before = first
            .filter(|(first, _)| *first < year)
            .map_or_else(String::new, |(year, s)| format!(", {} in {year}", percent(Some(s))));
        put!(
            out,
            "<li>{} of imports ({year}{before}) come from countries that import none of it: chains end there. When this share moves, STR moves \
             without any change in risk.</li>\n",
            percent(Some(share))
        );
    }
    if let Some(share) = t.imputed_share {
        put!(
            out,
            "<li>{} of imports rest on a political stability that had to be filled in.</li>\n",
            percent(Some(share))
        );
    }
    if let Some(share) = t.through_hubs {
        put!(
            out,
            "<li>{} of the influence between other countries passes through entrepots.</li>\n",
            percent(Some(share))
        );
    }
    for note in view.manifest.notes.iter().filter(|n| n.starts_with("World trade jumps")) {
        if note.contains(&format!("{} in ", view.panel.products[brief.product].code)) {
            out.push_str("<li>World trade in it jumps where the HS was revised; the series may be broken there (breaks.csv).</li>\n");
        }
    }
    out.push_str("<li>Trade data know borders only: they do not tell production from transit, and know nothing of domestic supply.</li>\n</ul>\n");
}
