//! A product brief as a page.

use std::fmt::Write;

use super::html::{
    document, findings, footer, header, heading_of_parts, heading_of_trend, headings, number, parts_bar,
    percent, put, sparkline, usd,
};
use super::product::{Ends, ImporterLine, LEAST_IMPORTS, NeighbourLine, ProductBrief};
use super::trend_chart::trend_chart;
use crate::html::escaped;
use crate::indicators::Column;
use crate::report::findings::signed;
use crate::run::RunView;

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
    importers(&mut out, view, brief, "Who depends: the largest importers", &brief.largest);
    importers(
        &mut out,
        view,
        brief,
        &format!(
            "Most at risk, among importers with {} or more of world imports",
            percent(Some(LEAST_IMPORTS))
        ),
        &brief.at_risk,
    );
    trend(&mut out, view, brief);
    place(&mut out, brief);
    doubts(&mut out, view, brief);
    footer(&mut out, view);
    document(&format!("{code} {title}, product brief {year}"), &out)
}

fn suppliers(out: &mut String, view: &RunView<'_>, brief: &ProductBrief) {
    let first = if brief.year > 0 {
        format!("<th scope=\"col\">in {}</th>", view.panel.years[0])
    } else {
        String::new()
    };
    put!(
        out,
        "<h2>Who supplies</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"text\">Country</th><th scope=\"col\">Exports, USD</th><th scope=\"col\">of world</th>{first}\
         <th scope=\"col\">PV</th>{}<th scope=\"col\">Imports per export</th><th scope=\"col\">Main supplier of</th></tr></thead>\n<tbody>\n",
        headings([Column::Influence, Column::Rca])
    );
    for s in &brief.suppliers {
        let before =
            if brief.year > 0 { format!("<td>{}</td>", percent(s.share_first)) } else { String::new() };
        let customers = match (view.suppliers.is_some(), s.customers) {
            (false, _) => "–".to_owned(),
            (true, 1) => "1 country".to_owned(),
            (true, n) => format!("{n} countries"),
        };
        put!(
            out,
            "<tr><td class=\"text\">{}</td><td>{}</td><td>{}</td>{before}<td>{}</td><td>{}</td><td>{}</td><td>{}{}</td><td>{customers}</td></tr>\n",
            escaped(view.name(s.country)),
            usd(s.exports),
            percent(Some(s.share)),
            number(s.pv, 0),
            number(s.influence, 2),
            number(s.rca, 1),
            percent(Some(s.imports_ratio)),
            if s.trickle { " ‡" } else { "" }
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    if brief.suppliers.iter().any(|s| s.trickle) {
        out.push_str("<p class=\"note\">‡ Imports under 1 % of its exports that close a loop; see what to doubt.</p>\n");
    }
}

fn importers(
    out: &mut String,
    view: &RunView<'_>,
    brief: &ProductBrief,
    title: &str,
    lines: &[ImporterLine],
) {
    if lines.is_empty() {
        return;
    }
    let trend = if brief.year > 0 { heading_of_trend(view.panel.years[0]) } else { String::new() };
    put!(
        out,
        "<h2>{title}</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"text\">Country</th><th scope=\"col\">Imports, USD</th><th scope=\"col\">of world</th>\
         <th scope=\"col\" class=\"text\">Main supplier</th><th scope=\"col\">Share</th>{}{}{trend}</tr></thead>\n<tbody>\n",
        headings([Column::Hhi, Column::Exposure, Column::Str]),
        heading_of_parts()
    );
    let most = lines
        .iter()
        .filter_map(|i| i.values[2])
        .fold(1e-9f64, |most, s| most.max(s - view.str_scale().floor()));
    for i in lines {
        let str = match i.without {
            Some(without) => format!("{} ‡ {without:.2}", number(i.values[2], 2)),
            None => number(i.values[2], 2),
        };
        put!(
            out,
            "<tr><td class=\"text\">{}</td><td>{}</td><td>{}</td><td class=\"text\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{str}</td><td class=\"text\">{}</td>",
            escaped(view.name(i.country)),
            usd(i.imports),
            percent(Some(i.share)),
            i.main.map_or_else(|| "–".to_owned(), |m| escaped(view.name(m.supplier))),
            percent(i.main.map(|m| m.share)),
            number(i.values[1], 2),
            number(i.values[0], 2),
            parts_bar(i.values[3], i.values[4], most)
        );
        if brief.year > 0 {
            put!(out, "<td class=\"text\">{}</td>", sparkline("STR", &i.series));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n<p class=\"note\"><span class=\"key\"></span>direct: instability of the suppliers; <span class=\"key indirect\"></span>indirect: of those behind them.");
    if lines.iter().any(|i| i.without.is_some()) {
        out.push_str(" After ‡: STR without the trickle that closes a loop; the order of those most at risk follows it.");
    }
    out.push_str("</p>\n");
}

fn trend(out: &mut String, view: &RunView<'_>, brief: &ProductBrief) {
    let chart = trend_chart(view, brief);
    if chart.is_empty() {
        return;
    }
    out.push_str("<h2>Trend</h2>\n<div class=\"columns\">\n<figure class=\"chart\" style=\"margin:0\">\n");
    out.push_str(&chart);
    out.push_str("</figure>\n<div>\n<p>Black: STR of the average importer, each counting by its imports.");
    if !brief.loops.is_empty() {
        out.push_str(
            " Dashed: the same without the trickle that matters most in the year, where there is one; the difference is not a risk but an artefact of shares.",
        );
    }
    out.push_str("</p>\n");
    let parts: Vec<[f64; 3]> = brief.trend.iter().skip(1).filter_map(|(_, t)| t.parts).collect();
    if parts.len() + 1 == brief.trend.len() && !parts.is_empty() {
        let sum = |n: usize| parts.iter().fold(0.0, |sum, p| sum + p[n]);
        put!(
            out,
            "<p>Of the change since {}{}: network {}, stability {}, who imports {}.</p>\n",
            view.panel.years[0],
            match Ends::of(view, brief.product, brief.year) {
                Some(ends) if ends.trickles.iter().any(Option::is_some) => {
                    " (black line, negligible imports that create a feedback loop included)"
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

fn doubts(out: &mut String, view: &RunView<'_>, brief: &ProductBrief) {
    out.push_str("<h2>What to doubt</h2>\n<ul class=\"doubts\">\n");
    let year = view.panel.years[brief.year];
    match &view.loops {
        None => out.push_str(
            "<li>This run is of an older version, which did not look for trickles of imports that close a loop; STR can be far too high for that \
             reason. Run the study again.</li>\n",
        ),
        Some(_) => {
            for l in view.loops_of(brief.product, brief.year) {
                put!(
                    out,
                    "<li>{} exports {} USD of it and imports {} USD. Shares do not know volumes, so what it buys is taken to be behind all it \
                     sells, and instability goes round. If it imported nothing, mean STR would be {:.2} instead of {:.2} in {year}.</li>\n",
                    escaped(view.name(l.supplier)),
                    usd(l.exports),
                    usd(l.imports),
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
