//! Pieces of HTML that both kinds of brief are made of.

use std::fmt::Write;

use crate::html::escaped;
pub(super) use crate::html::put;
use crate::indicators::{Column, RiskReading};
use crate::report::readings::{WHY_TWO, own_definition, said_of};
use crate::run::RunView;
use crate::run::provenance::is_synthetic;
use crate::run_folder::manifest::TradeRecord;
use crate::study::TradeMeasure;
use crate::trade::BACI_SOURCE;
use crate::units::ThousandUsd;

const STYLE: &str = include_str!("brief.css");
/// Sorts and downloads tables, as on the report page.
const TABLES: &str = concat!(include_str!("../tables.js"), include_str!("brief.js"));

/// The whole page.
pub(super) fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n<script>\n{TABLES}</script>\n</body>\n</html>\n",
        escaped(title)
    )
}

/// A number with some decimals, or a dash where there is none.
pub(super) fn number(value: Option<f64>, decimals: usize) -> String {
    match value {
        Some(value) => {
            let text = format!("{value:.decimals$}");
            // No minus before a zero.
            if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
                text.trim_start_matches('-').to_owned()
            } else {
                text
            }
        }
        None => "–".to_owned(),
    }
}

/// A share in percent.
pub(super) fn percent(share: Option<f64>) -> String {
    match share {
        Some(share) if share > 0.0 && share < 0.001 => "&lt;\u{a0}0.1\u{a0}%".to_owned(),
        Some(share) => format!("{:.*}\u{a0}%", usize::from(share < 0.0995), 100.0 * share),
        None => "–".to_owned(),
    }
}

/// A value in USD, short.
pub(super) fn usd(thousand: f64) -> String {
    escaped(ThousandUsd::new(thousand).in_words().trim_end_matches(" USD"))
        .replace(" thousand", " k")
        .replace(" million", " m")
        .replace(" billion", " bn")
        .replace(" trillion", " tn")
}

/// A heading over numbers, and the name that the column has in a table that is downloaded; several columns with `|`.
pub(super) fn heading(shown: &str, csv: &str) -> String {
    format!("<th scope=\"col\" data-csv=\"{}\">{shown}</th>", escaped(csv))
}

/// A heading over text or a drawing.
pub(super) fn text_heading(shown: &str, csv: &str) -> String {
    format!("<th scope=\"col\" class=\"text\" data-csv=\"{}\">{shown}</th>", escaped(csv))
}

/// The heading of products: code and text are two columns in a table that is downloaded.
pub(super) fn heading_of_products() -> String {
    text_heading("Product", "Product|Text")
}

/// Headings of indicators, from the table of columns.
pub(super) fn headings<const N: usize>(columns: [Column; N]) -> String {
    columns.map(|column| heading(column.heading(), column.label())).concat()
}

/// The heading of STR: beside it, downloaded, what it is without a feedback loop.
pub(super) fn heading_of_str() -> String {
    heading(Column::Str.heading(), "STR|STR without feedback loop of negligible imports")
}

/// The heading above the bars of both parts of STR - 1.
pub(super) fn heading_of_parts() -> String {
    let (direct, indirect) = (Column::StrDirect.heading(), Column::StrIndirect.heading());
    text_heading(&format!("{direct}, {indirect}"), &format!("STR {direct}|STR {indirect}"))
}

/// The heading above small lines of STR in one reading; the values of all years stand behind it.
pub(super) fn heading_of_trend(years: &[u16], reading: RiskReading) -> String {
    let Some(first) = years.first() else { return String::new() };
    let column = reading.column(Column::Str);
    let each: Vec<String> = years.iter().map(|year| format!("{} {year}", column.term())).collect();
    text_heading(&format!("{} since {first}", column.heading()), &each.join("|"))
}

/// What is said once under a table that has both readings: which one it is sorted by, and why there are two.
pub(super) fn note_on_readings(reading: RiskReading) -> String {
    let sorted = said_of(reading, "Sorted by").map_or_else(String::new, |said| format!("{said} "));
    format!("<p class=\"note\">{sorted}{WHY_TWO}</p>\n")
}

/// A number in full, as it is downloaded; empty where there is none.
fn raw(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A cell with a number: in full behind it, and as it is shown.
pub(super) fn number_cell(value: Option<f64>, shown: &str) -> String {
    format!("<td data-csv=\"{}\">{shown}</td>", raw(value))
}

/// A cell with text, which is shown as HTML.
pub(super) fn text_cell(csv: &str, shown: &str) -> String {
    format!("<td class=\"text\" data-csv=\"{}\">{shown}</td>", escaped(&csv.replace('|', "/")))
}

/// A cell with several columns behind it, sorted by one value.
fn wide_cell(class: &str, values: &[Option<f64>], sort: Option<f64>, shown: &str) -> String {
    let csv: Vec<String> = values.iter().map(|value| raw(*value)).collect();
    format!("<td{class} data-csv=\"{}\" data-sort=\"{}\">{shown}</td>", csv.join("|"), raw(sort))
}

/// STR, and behind the mark STR without a feedback loop of negligible imports. `title` says whose they are.
pub(super) fn str_cell(str: Option<f64>, without: Option<f64>, title: &str) -> String {
    let shown = match without {
        Some(without) => {
            let title =
                if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(title)) };
            format!("<span{title}>{} ‡ {without:.2}</span>", number(str, 2))
        }
        None => number(str, 2),
    };
    wide_cell("", &[str, without], without.or(str), &shown)
}

/// Both parts of STR - 1 as a bar; `most` fills it.
pub(super) fn parts_cell(direct: Option<f64>, indirect: Option<f64>, most: f64) -> String {
    let sum = direct.zip(indirect).map(|(direct, indirect)| direct + indirect);
    wide_cell(" class=\"text\"", &[direct, indirect], sum, &parts_bar(direct, indirect, most))
}

/// STR by year as a small line.
pub(super) fn trend_cell(series: &[(u16, Option<f64>)]) -> String {
    series_cell("STR", series)
}

/// Values by year as a small line.
pub(super) fn series_cell(what: &str, series: &[(u16, Option<f64>)]) -> String {
    let values: Vec<Option<f64>> = series.iter().map(|(_, value)| *value).collect();
    wide_cell(" class=\"text\"", &values, values.last().copied().flatten(), &sparkline(what, series))
}

/// An amount of trade in the measure of the study: USD or tonnes.
pub(super) fn amount(view: &RunView<'_>, value: f64) -> String {
    match view.study.trade.measure {
        TradeMeasure::Quantity => format!("{} t", number(Some(value), if value < 10.0 { 1 } else { 0 })),
        TradeMeasure::Value => format!("{} USD", usd(value)),
    }
}

/// A product: code and the beginning of its text, with the whole text to hover over.
pub(super) fn product_cell(view: &RunView<'_>, product: usize) -> String {
    let text = &view.descriptions[product];
    let code = view.panel.products[product].code;
    format!(
        "<td class=\"text product\" title=\"{0}\" data-csv=\"{code}|{1}\"><b>{code}</b> {2}</td>",
        escaped(text),
        escaped(&text.replace('|', "/")),
        escaped(&cut(text, 44))
    )
}

/// Begins a table that can be sorted and downloaded under a name.
pub(super) fn begin_table(out: &mut String, name: &str, headings: &[String]) {
    put!(
        out,
        "<div class=\"scroll\"><table class=\"plain\" data-name=\"{}\">\n<thead><tr>{}</tr></thead>\n<tbody>\n",
        escaped(name),
        headings.concat()
    );
}

/// Ends it.
pub(super) fn end_table(out: &mut String) {
    out.push_str("</tbody>\n</table></div>\n");
}

/// A text cut at a word.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most).collect();
    let end = head.rfind(' ').unwrap_or(head.len());
    format!("{}…", head[..end].trim_end_matches([',', ':', ';', ' ']))
}

/// The direct and the indirect part of STR - 1 as a bar; `most` fills it.
pub(super) fn parts_bar(direct: Option<f64>, indirect: Option<f64>, most: f64) -> String {
    let (Some(direct), Some(indirect)) = (direct, indirect) else { return "–".to_owned() };
    let width = |part: f64| 100.0 * (part / most).clamp(0.0, 1.0);
    format!(
        "<span class=\"bar\" role=\"img\" aria-label=\"direct {direct:.2}, indirect {indirect:.2}\" title=\"direct {direct:.2}, indirect \
         {indirect:.2}\"><i style=\"width:{:.1}%\"></i><i style=\"width:{:.1}%\"></i></span>",
        width(direct),
        width(indirect)
    )
}

/// A small line of values by year, with its ends as text for those who cannot see it.
pub(super) fn sparkline(what: &str, series: &[(u16, Option<f64>)]) -> String {
    const WIDTH: f64 = 84.0;
    const HEIGHT: f64 = 20.0;
    let known: Vec<(u16, f64)> = series.iter().filter_map(|&(year, value)| Some((year, value?))).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return String::new() };
    if known.len() < 2 {
        return String::new();
    }
    let fold = |start: f64, of: fn(f64, f64) -> f64| known.iter().fold(start, |s, p| of(s, p.1));
    let (low, high) = (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max));
    let years = f64::from(last.0 - first.0).max(1.0);
    let x = |year: u16| 2.0 + (WIDTH - 5.0) * f64::from(year - first.0) / years;
    let y = |value: f64| {
        let share = if high - low > 1e-9 { (value - low) / (high - low) } else { 0.5 };
        HEIGHT - 3.0 - (HEIGHT - 6.0) * share
    };
    let points: Vec<String> = known.iter().map(|&(t, v)| format!("{:.1},{:.1}", x(t), y(v))).collect();
    let words = format!(
        "{what}: {:.2} in {}, {:.2} in {}, between {low:.2} and {high:.2}",
        first.1, first.0, last.1, last.0
    );
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{0}\"><title>{0}</title><polyline points=\"{1}\"/>\
         <circle cx=\"{2:.1}\" cy=\"{3:.1}\" r=\"2\"/></svg>",
        escaped(&words),
        points.join(" "),
        x(last.0),
        y(last.1)
    )
}

/// The list of findings; nothing if there are none.
pub(super) fn findings(out: &mut String, findings: &[String]) {
    if findings.is_empty() {
        return;
    }
    out.push_str("<ul class=\"findings\">\n");
    for finding in findings {
        put!(out, "<li>{}</li>\n", escaped(finding));
    }
    out.push_str("</ul>\n");
}

/// How BACI is cited.
const BACI: &str = "CEPII, BACI (Gaulier and Zignago 2010), Etalab Open Licence 2.0";
const NO_SOURCE: &str = "Trade and stability are made up; there is no source to cite.";

/// What the run is made of, definitions, and how to cite it.
pub(super) fn footer(out: &mut String, view: &RunView<'_>) {
    let m = view.manifest;
    let t = &m.trade;
    let version = if t.baci_version.is_empty() || t.baci_version == "not stated" {
        ", version not stated".to_owned()
    } else {
        format!(", version {}", t.baci_version)
    };
    put!(
        out,
        "<footer>\n<p><b>What the numbers mean.</b> Exposure: imports / (imports + exports). HHI: sum of squared shares of suppliers, 1 for a \
         single one. STR (systemic trade risk): 1 plus the instability of the suppliers and of those behind them, weighted by shares in \
         imports; 1 if none arrives.{} Mass-balanced: the same if nobody passes on more than it bought. Influence: what a supplier adds to the STR of all others. RCA above 1: exports more of it than of goods in \
         general. PV: political stability, 0 to 100. None of them measures domestic production, stocks, or shortage.</p>\n\
         <p><b>Data.</b> {} {}{}, {}. {}, {}. Study “{}”, {} {} ({}), study sha256 {}.</p>\n\
         <p><b>Cite.</b> {} Method: Klimek, Baum, Gerschberger, Hess (2025), arXiv:2508.00556. Software: monazite.</p>\n</footer>\n",
        own_definition(view.study)
            .map_or_else(String::new, |own| format!(" In this study {}", escaped(&own))),
        escaped(&t.source),
        escaped(&t.edition),
        escaped(&version),
        years(m.study.first_year, m.study.last_year),
        escaped(&m.stability.vintage),
        escaped(&m.stability.measure),
        escaped(&m.study.name),
        escaped(&m.program.name),
        escaped(&m.program.version),
        escaped(&m.program.commit),
        m.study.sha256.get(..12).unwrap_or(&m.study.sha256),
        sources(is_synthetic(view.study, m), t)
    );
}

/// How the data are cited.
pub(crate) fn sources(synthetic: bool, trade: &TradeRecord) -> String {
    if synthetic {
        return NO_SOURCE.to_owned();
    }
    let of_trade = if trade.source == BACI_SOURCE { BACI.to_owned() } else { escaped(&trade.cited()) };
    format!("Trade: {of_trade}. Stability: World Bank, Worldwide Governance Indicators, CC BY 4.0.")
}

fn years(first: u16, last: u16) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

/// Heading of a page: what kind of brief, of what, from which study.
pub(super) fn header(out: &mut String, kind: &str, view: &RunView<'_>, year: u16, name: &str, code: &str) {
    put!(
        out,
        "<header>\n<p class=\"kicker\">{kind} · {} · {year}</p>\n<h1>{} <span class=\"code\">{}</span></h1>\n",
        escaped(&view.manifest.study.name),
        escaped(name),
        escaped(code)
    );
    if is_synthetic(view.study, view.manifest) {
        out.push_str("<p class=\"made-up\"><b>Synthetic data</b>, made up to test the program: nothing here is about real countries.</p>\n");
    }
    if let Some(extract) = &view.manifest.trade.extract {
        put!(
            out,
            "<p class=\"made-up\"><b>An extract, not the trade of the world:</b> {}</p>\n",
            escaped(&extract.sentence())
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(
            (number(Some(-0.001), 2), number(None, 2), number(Some(-1.5), 1)),
            ("0.00".into(), "–".into(), "-1.5".into())
        );
        assert_eq!(
            [0.5, 0.0512, 0.0004, 0.0].map(|s| percent(Some(s))),
            ["50\u{a0}%", "5.1\u{a0}%", "&lt;\u{a0}0.1\u{a0}%", "0.0\u{a0}%"]
        );
        assert_eq!(usd(1_441_901.0), "1.44 bn");
        assert_eq!(cut("Graphite: natural, in powder", 18), "Graphite…");
    }

    #[test]
    fn sparklines_need_two_points_and_stay_in_their_frame() {
        assert!(sparkline("x", &[(2007, Some(1.0)), (2008, None)]).is_empty());
        let spark = sparkline("<x>", &[(2007, Some(1.0)), (2008, None), (2009, Some(3.0))]);
        assert!(
            spark.contains("&lt;x&gt;: 1.00 in 2007, 3.00 in 2009")
                && spark.contains("points=\"2.0,17.0 81.0,3.0\""),
            "{spark}"
        );
        let flat = sparkline("x", &[(2007, Some(1.0)), (2008, Some(1.0))]);
        assert!(!flat.contains("NaN"), "{flat}");
    }

    #[test]
    fn bars_do_not_leave_their_frame() {
        assert_eq!(parts_bar(None, Some(1.0), 2.0), "–");
        assert!(parts_bar(Some(9.0), Some(0.5), 2.0).contains("width:100.0%"));
    }
}
