//! The section of the page on systemic trade risk: what it is in words, how it moved, where it is, and who has it.

use std::fmt::Write;

use super::cells;
use super::data::{PageData, ProductData};
use super::dependence::controls;
use super::findings;
use super::sections::shortened;
use super::sentences;
use super::trend::str_trend;
use crate::html::{escaped, put};
use crate::report::areas::said_of_areas;
use crate::report::band_findings::{Known, change_in_words};
use crate::report::brief::product::Ends;
use crate::report::findings::{LEAST_CHANGE, signed};
use crate::report::ranking::LEAST_SHARE;
use crate::report::readings::{Moved, WHY_TWO, how_sure, name_of_str, own_definition, said_of, why_no_bands};
use crate::run::{BandOfChange, RunView, focus_products};

/// Trends that are shown at once; the others are folded.
const TRENDS_OPEN: usize = 4;

/// What the first screen says: how the risk behind the products in focus moved under both readings, and why these differ. Nothing where nothing
/// moved.
pub(super) fn moved(out: &mut String, view: &RunView<'_>) {
    let told = findings::of_change(view);
    if told.is_empty() {
        return;
    }
    put!(
        out,
        "<section id=\"moved\">\n<h2>Did the risk grow?</h2>\n<p><b>Systemic trade risk (STR)</b> is {}. There are two readings of it. {WHY_TWO} \
         <a href=\"#risk\">More on both</a></p>\n",
        visited(view)
    );
    if let Some(own) = own_definition(view.study) {
        put!(
            out,
            "<p class=\"note\">STR elsewhere on this page is that of the study: {}</p>\n",
            escaped(&own)
        );
    }
    sentences::list(out, &told);
    certainty(out, view);
    out.push_str("</section>\n");
}

/// Whether a change of a product in focus has a band: bands are of changes from the first to the last year of the study.
fn has_brackets(view: &RunView<'_>) -> bool {
    let last = view.last_year();
    focus_products(view).into_iter().any(|product| {
        Moved::of(view, product, None, last)
            .is_some_and(|moved| how_sure(view, product, None, &moved).is_some())
    })
}

/// What is meant by "for certain" and by the brackets, where the run has bands of these changes; that it does not say how sure it is, where not.
fn certainty(out: &mut String, view: &RunView<'_>) {
    if view.bands.is_some() && !has_brackets(view) {
        out.push_str(
            "<p class=\"note\">Whether these changes are more than the errors of political stability could make is not known: bands are of changes from \
             the first to the last year of the study, and STR is not defined in one of them.</p>\n",
        );
        return;
    }
    let Some(record) = view.manifest.uncertainty.as_ref().filter(|_| view.bands.is_some()) else {
        put!(
            out,
            "<p class=\"note\">This run has no bands of uncertainty{}, so it does not say whether a change is more than the errors of political \
             stability could make.</p>\n",
            why_no_bands(view).map_or_else(String::new, |reason| format!(" ({})", escaped(&reason)))
        );
        return;
    };
    let also = if view.study.uncertainty.draws_trade() { " and of the trade data" } else { "" };
    put!(
        out,
        "<p class=\"note\"><b>In brackets</b>: where 95 % of {} draws lie, given the published standard errors of political stability{also}. <b>For \
         certain</b>: the brackets do not hold 0. The number before them is not their middle. They say nothing on whether STR measures the right \
         thing.</p>\n",
        record.draws
    );
}

/// What STR counts, in words.
fn visited(view: &RunView<'_>) -> &'static str {
    match view.str_scale().floor() > 0.0 {
        true => {
            "1 plus the expected number of unstable hands that the goods pass through on the way to the buyer"
        }
        false => "the expected number of unstable hands that the goods pass through on the way to the buyer",
    }
}

/// The section.
pub(super) fn section(out: &mut String, data: &PageData, view: &RunView<'_>) {
    out.push_str("<section id=\"risk\">\n<h2>Systemic trade risk</h2>\n");
    intuition(out, view);
    sentences::list(out, &findings::of_risk(view));
    trends(out, data, view);
    both_readings(out, data, view);
    // The first screen says it where it tells a change.
    if let Some(reason) = why_no_bands(view).filter(|_| findings::of_change(view).is_empty()) {
        put!(out, "<p class=\"note\">There are no bands of uncertainty: {}.</p>\n", escaped(&reason));
    }
    out.push_str("</section>\n");
}

/// First and last level of the products in focus under both readings; nothing where none has two years.
fn both_readings(out: &mut String, data: &PageData, view: &RunView<'_>) {
    let year = view.last_year();
    let of = |product: &ProductData| Moved::of(view, product.place?, None, year);
    let rows: Vec<(&ProductData, Moved)> = data.products.iter().filter_map(|p| Some((p, of(p)?))).collect();
    if rows.is_empty() {
        return;
    }
    let [first, last] = [view.panel.years[0], view.panel.years[year]];
    out.push_str("<h3 id=\"readings\">Both readings</h3>\n<div class=\"scroll whole\"><table class=\"plain\" id=\"two_readings\">\n<thead><tr>");
    out.push_str(&cells::heading("Product", ""));
    for reading in ["STR", "mass-balanced STR"] {
        for text in [format!("{reading} {first}"), last.to_string(), "change".to_owned()] {
            out.push_str(&cells::heading(&text, ""));
        }
    }
    out.push_str(&cells::heading("left of the change", cells::SHARE));
    out.push_str("</tr></thead>\n<tbody>\n");
    for (product, moved) in &rows {
        let two = |value: f64| cells::number(Some(value), |v| format!("{v:.2}"));
        let [paper, mass] = moved.changes();
        let sure = product.place.and_then(|place| how_sure(view, place, None, moved));
        let change = |value: f64, of: Option<&BandOfChange>| {
            let shown = |value: f64| of.map_or_else(|| signed(value), |of| change_in_words(&of.change));
            let cell = cells::number(Some(value), shown);
            match of.is_some_and(|of| of.change.excludes_zero()) {
                true => cell.replacen("<td", "<td class=\"sure\"", 1),
                false => cell,
            }
        };
        let known = sure.map(|of| of.known());
        put!(
            out,
            "<tr><td><b>{}</b> {}{}</td>{}{}{}{}{}{}{}</tr>\n",
            escaped(&product.code),
            escaped(&shortened(&product.description)),
            match moved.years[0] {
                0 => String::new(),
                since => format!(" (since {})", view.panel.years[since]),
            },
            two(moved.paper[0]),
            two(moved.paper[1]),
            change(paper, sure.map(|of| of.paper)),
            two(moved.mass_balance[0]),
            two(moved.mass_balance[1]),
            change(mass, sure.map(|of| of.mass_balance)),
            left_of_change(paper, mass, known)
        );
    }
    put!(
        out,
        "</tbody>\n</table></div>\n<p class=\"note\">Means over importers, weighted by imports. STR here is the paper’s reading. {WHY_TWO} Quote the \
         mass-balanced number where the two differ.{}</p>\n",
        if has_brackets(view) {
            " Bold: a change for certain, whose 95 % band, in brackets, does not hold 0."
        } else {
            ""
        }
    );
}

/// The cell of what mass balance leaves of a change in the paper's reading; `known` is what the bands say of both.
fn left_of_change(paper: f64, mass: f64, known: Option<[Known; 2]>) -> String {
    let left = (paper.abs() >= LEAST_CHANGE).then(|| mass / paper);
    let words = |left: f64, words: &str| cells::number(Some(left), |_| words.to_owned());
    // Of what is not established nothing can be left, nor is anything that is not.
    let unsure = known.is_some_and(|of| of.contains(&Known::NotEstablished));
    match left {
        None if unsure => "<td>not established</td>".to_owned(),
        Some(left) if unsure => words(left, "not established"),
        Some(left) if signed(mass) == "0.00" => words(left, "0 %"),
        Some(left) if left < 0.0 => words(left, "sign turns"),
        left => cells::share(left),
    }
}

/// What STR is, before any number of it.
fn intuition(out: &mut String, view: &RunView<'_>) {
    let scale = view.str_scale();
    if !scale.is_of_importers() {
        out.push_str(
            "<p>This run sums the rows of the matrix, as the formula is printed in the paper. STR is then what a country, as a supplier, sends to all others, \
             not the instability that arrives at it (methods 4).</p>\n",
        );
        return;
    }
    let least = scale.floor();
    let visited = visited(view);
    put!(
        out,
        "<p>Follow what a country buys back to its origin: to one of its suppliers, to a supplier of that one, and so on, each chosen by its share. The \
         less stable a supplier is, the more likely the search goes on; it ends at a stable supplier, or at a country that imports none of the product. \
         <b>Systemic trade risk (STR)</b> is {visited}. {least}: no instability arrives. {}: one unstable hand on average. It does not measure how few \
         the suppliers are; the shares above do.</p>\n",
        least + 1.0
    );
}

fn trends(out: &mut String, data: &PageData, view: &RunView<'_>) {
    out.push_str("<h3 id=\"trends\">How it moved</h3>\n");
    if data.years.len() < 2 {
        out.push_str(
            "<p>The study has one year, so there is no trend; the levels are in the tables below.</p>\n",
        );
    } else {
        out.push_str(
            "<p>STR of the average importer, weighted by imports. Coloured lines: what would have happened to the dashed line if one thing alone had \
             changed.",
        );
        if let Some(record) = view.manifest.uncertainty.as_ref().filter(|_| view.bands.is_some()) {
            put!(out, " {}", said_of_areas(record.draws));
        }
        out.push_str("</p>\n");
        put!(
            out,
            "<p class=\"legend\">{}<span class=\"key paper\"></span> {} <span class=\"key network\"></span> who buys where \
             <span class=\"key stability\"></span> political stability <span class=\"key importers\"></span> who imports how much</p>\n",
            match view.str_scale().is_of_importers() {
                true => "<span class=\"key level\"></span> mass-balanced STR ",
                false => "",
            },
            name_of_str(view.study)
        );
    }
    let (open, folded) = data.products.split_at(data.products.len().min(TRENDS_OPEN));
    charts(out, open, view);
    if !folded.is_empty() {
        put!(out, "<details><summary>{} more products</summary>\n", folded.len());
        charts(out, folded, view);
        out.push_str("</details>\n");
    }
}

fn charts(out: &mut String, products: &[ProductData], view: &RunView<'_>) {
    out.push_str("<div class=\"charts\">\n");
    for product in products {
        let chart = str_trend(&product.code, &product.trend);
        let words =
            if chart.is_empty() { String::new() } else { sentence(product) + &without_loop(view, product) };
        put!(
            out,
            "<figure>\n<figcaption><b>{}</b> {}</figcaption>\n{chart}\n<p class=\"note\">{words}</p>\n</figure>\n",
            escaped(&product.code),
            escaped(&shortened(&product.description))
        );
    }
    out.push_str("</div>\n");
}

/// First and last year with a value.
fn ends(product: &ProductData) -> Option<[(u16, f64); 2]> {
    let mut level = product.trend.iter().filter_map(|p| Some((p.year, p.str?)));
    let first = level.next()?;
    Some([first, level.next_back().unwrap_or(first)])
}

/// The change in words, from the numbers alone.
fn sentence(product: &ProductData) -> String {
    let Some([first, last]) = ends(product) else { return String::new() };
    let balanced = |year: u16| product.trend.iter().find(|p| p.year == year)?.mass_balance;
    if first.0 == last.0 {
        let mass = balanced(first.0).map_or_else(String::new, |mass| format!("Mass-balanced {mass:.2}, "));
        return format!("{mass}STR {:.2} in {}.", first.1, first.0);
    }
    let mut text = match (balanced(first.0), balanced(last.0)) {
        (Some(from), Some(to)) => {
            format!(
                "Mass-balanced {from:.2} in {}, {to:.2} in {} ({}); STR ",
                first.0,
                last.0,
                signed(to - from)
            )
        }
        _ => String::new(),
    };
    let _ = write!(text, "{:.2} in {}, {:.2} in {}", first.1, first.0, last.1, last.0);
    let steps: Vec<[f64; 3]> = product.trend.iter().skip(1).filter_map(|p| p.parts).collect();
    if steps.len() + 1 == product.trend.len() {
        let part = |n: usize| steps.iter().fold(0.0, |sum, step| sum + step[n]);
        let _ = write!(
            text,
            ": {}, of which buying {}, stability {}, importers {}",
            signed(last.1 - first.1),
            signed(part(0)),
            signed(part(1)),
            signed(part(2))
        );
    }
    text.push('.');
    text
}

/// Both ends without the feedback loops of negligible imports, where there is one in either.
fn without_loop(view: &RunView<'_>, product: &ProductData) -> String {
    let ends = product.place.and_then(|p| Ends::of(view, p, view.last_year()));
    let Some(ends) = ends.filter(|ends| ends.trickles.iter().any(Option::is_some)) else {
        return String::new();
    };
    let told = [0, 1].map(|end| {
        let of = ends.trickles[end].as_ref().map_or("none there", |t| t.supplier.as_str());
        format!("{:.2} in {} ({})", ends.without(end), view.panel.years[ends.years[end]], escaped(of))
    });
    format!(
        " Without negligible imports that create a <a href=\"#limitations\">spurious feedback loop</a>: {}.",
        told.join(", ")
    )
}

/// The world map.
pub(super) fn map(out: &mut String, map: Option<&str>) {
    let Some(map) = map else { return };
    put!(
        out,
        "<section id=\"map\">\n<h3>Where it is</h3>\n<figure class=\"map\">\n{map}<figcaption class=\"note\">Point at a country for \
         its numbers; all are in figures/map_str.csv. Others: <code>monazite report RUN --map hhi --product 284690 --year 2020</code>.</figcaption>\n\
         </figure>\n</section>\n"
    );
}

/// The tables to choose product and year of: importers by their risk, suppliers by their influence.
pub(super) fn rankings(out: &mut String, data: &PageData, view: &RunView<'_>) {
    if data.years.is_empty() {
        return;
    }
    out.push_str("<section id=\"rankings\">\n<h3>Who has it, and from whom</h3>\n");
    let floor = format!(
        "<label>Importers with at least <select id=\"floor\"><option value=\"{LEAST_SHARE}\">0.1 %</option>\
         <option value=\"0.005\" selected>0.5 %</option><option value=\"0.01\">1 %</option>\
         <option value=\"0.05\">5 %</option></select> of world imports</label>\n"
    );
    controls(out, data, &floor);
    if let Some(said) = said_of(data.reading(view), "At first the tables are sorted by") {
        put!(out, "<p class=\"note\">{said} A click on a heading sorts by another column.</p>\n");
    }
    out.push_str(
        "<p id=\"told\" class=\"note\" aria-live=\"polite\"></p>\n<div class=\"tables\">\n<div>\n<h4>Importers</h4>\n\
         <div class=\"scroll\"><table id=\"importers\"></table></div>\n<p class=\"note\">Choose a country to see whose instability reaches it. Countries \
         with under 0.1 % of world imports (exports, on the right) are not ranked.</p>\n</div>\n\
         <div>\n<h4>Most influential suppliers</h4>\n<div class=\"scroll\"><table id=\"suppliers\"></table></div>\n\
         <p class=\"note\">Influence: what the country adds to the STR of all others. A stable country adds little, however much it sells.</p>\n</div>\n</div>\n\
         <div id=\"behind\" role=\"region\" aria-label=\"Whose instability reaches a country\" tabindex=\"-1\" hidden></div>\n</section>\n",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_what_is_not_established() {
        use Known::{Fell, NotEstablished, Rose};
        let shown = |paper, mass, known| {
            let cell = left_of_change(paper, mass, known);
            cell.split_once('>').unwrap().1.trim_end_matches("</td>").to_owned()
        };
        // Without bands the numbers speak alone.
        assert_eq!(shown(2.0, 0.5, None), "25 %");
        assert_eq!(shown(0.3, -0.1, None), "sign turns");
        assert_eq!(shown(0.3, 0.001, None), "0 %");
        assert_eq!(shown(0.01, 0.2, None), "");
        // With bands both changes have to be established, mass-balanced first.
        assert_eq!(shown(2.0, 0.5, Some([Rose, Rose])), "25 %");
        assert_eq!(shown(0.3, -0.1, Some([Fell, Rose])), "sign turns");
        for known in [[NotEstablished, Rose], [Rose, NotEstablished], [NotEstablished; 2]] {
            for (paper, mass) in [(2.0, 0.5), (0.3, -0.1), (0.3, 0.001), (0.01, 0.2)] {
                assert_eq!(shown(paper, mass, Some(known)), "not established");
            }
        }
    }
}
