//! The first section of the page: who buys how much from whom, in plain shares.

use std::fmt::Write;

use super::cells::{self, SHARE, USD};
use super::data::{PageData, ProductData};
use super::findings;
use super::sections::shortened;
use super::sentences;
use crate::html::{escaped, put};
use crate::indicators::Column;
use crate::report::brief::origins::HOW_FAR;
use crate::report::figures::page_slots;
use crate::report::findings::HALF;
use crate::report::readings::content_of_origins;
use crate::run::{Run, RunError, RunView};
use crate::study::TradeMeasure;

/// The section: the suppliers of the products in focus, and a table to choose product and year of.
pub(super) fn section(
    out: &mut String,
    run: &Run,
    data: &PageData,
    view: &RunView<'_>,
) -> Result<(), RunError> {
    let Some(&year) = data.years.last() else { return Ok(()) };
    out.push_str("<section id=\"dependence\">\n<h2>Who depends on whom</h2>\n");
    sentences::list(out, &findings::of_suppliers(view));
    overview(out, data, view, year);
    out.push_str("<h3>Buyers and their suppliers</h3>\n");
    controls(out, data, "");
    let measured = match view.study.trade.measure {
        TradeMeasure::Quantity => "Shares of suppliers are by weight, imports in USD.",
        TradeMeasure::Value => "Shares of suppliers are by value.",
    };
    put!(
        out,
        "<p id=\"summary\" class=\"note\" aria-live=\"polite\"></p>\n<div class=\"scroll\"><table id=\"buyers\"></table></div>\n\
         <p class=\"note\">The largest importers, by imports. {measured}</p>\n"
    );
    let figure = page_slots::framed(run, "origins")?;
    if !figure.is_empty() {
        put!(
            out,
            "<h3>Who made it in the end</h3>\n<p>The largest importers: who sold what they buy, and where it can have been made. {HOW_FAR}{}</p>\n{figure}",
            content_of_origins(view.study)
                .map_or_else(String::new, |content| format!(" {}", escaped(&content)))
        );
    }
    out.push_str("</section>\n");
    Ok(())
}

/// What there is to choose for the tables. Both places show the same choice.
pub(super) fn controls(out: &mut String, data: &PageData, more: &str) {
    out.push_str(
        "<noscript><p>This table needs JavaScript; the same numbers are in suppliers.parquet, indicators.parquet and dependencies.parquet.</p></noscript>\n\
         <div class=\"controls\">\n<label>Product <select class=\"of-product\">",
    );
    for (at, product) in data.products.iter().enumerate() {
        let text = shortened(&product.description);
        put!(out, "<option value=\"{at}\">{} {}</option>", escaped(&product.code), escaped(&text));
    }
    out.push_str("</select></label>\n<label>Year <select class=\"of-year\">");
    for (at, year) in data.years.iter().enumerate().rev() {
        put!(out, "<option value=\"{at}\">{year}</option>");
    }
    put!(out, "</select></label>\n{more}</div>\n");
}

/// The products in focus in the last year: trade, who sells most of it, how many buy most of theirs from one country.
fn overview(out: &mut String, data: &PageData, view: &RunView<'_>, year: u16) {
    let by_quantity = view.study.trade.measure == TradeMeasure::Quantity;
    put!(
        out,
        "<div class=\"scroll whole\"><table class=\"plain\" id=\"overview\">\n<thead><tr>{}{}{}{}{}{}",
        cells::heading(&format!("Product, {year}"), ""),
        cells::heading("World imports", USD),
        cells::text_heading("Largest exporter"),
        cells::heading("of world exports", SHARE),
        cells::heading("Importers that buy over half from one country", ""),
        cells::heading("their part of world imports", SHARE)
    );
    if by_quantity {
        out.push_str(&cells::heading("Value with quantities", SHARE));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for product in &data.products {
        let of = Supplied::of(product, view);
        put!(
            out,
            "<tr><td><b>{}</b> {}</td>{}{}{}",
            escaped(&product.code),
            escaped(&shortened(&product.description)),
            cells::usd(of.world),
            cells::text(of.largest.map_or("", |(country, _)| view.name(country))),
            cells::share(of.largest.map(|l| l.1))
        );
        match of.in_one_hand {
            Some((n, all, share)) => {
                put!(out, "<td>{n} of {all}</td>{}", cells::share(Some(share)));
            }
            None => out.push_str("<td></td><td></td>"),
        }
        if by_quantity {
            let coverage = product.coverage.iter().find(|(y, _)| *y == year);
            out.push_str(&cells::share(coverage.map(|c| c.1)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
}

/// Who supplies a product in the last year.
struct Supplied {
    /// World imports, thousand USD; `None` without trade.
    world: Option<f64>,
    /// The largest exporter with its share of world exports.
    largest: Option<(usize, f64)>,
    /// Importers that buy more than half from one country, all importers of which suppliers are known, and their share of world imports.
    /// `None` where no suppliers are known.
    in_one_hand: Option<(usize, usize, f64)>,
}

impl Supplied {
    fn of(product: &ProductData, view: &RunView<'_>) -> Self {
        let year = view.last_year();
        let countries = || 0..view.panel.countries.len();
        let value = |column, c| product.place.and_then(|p| view.panel.value(column, p, year, c));
        let sum = |column| countries().filter_map(|c| value(column, c)).sum::<f64>();
        let (world, exported) = (sum(Column::Imports), sum(Column::Exports));
        let largest = countries()
            .filter_map(|c| Some((c, value(Column::Exports, c).filter(|v| *v > 0.0)? / exported)))
            .reduce(|best, other| if other.1 > best.1 { other } else { best });
        let (mut narrow, mut known, mut bought) = (0, 0, 0.0);
        for c in countries() {
            let main = product.place.and_then(|p| view.suppliers_of(p, year, c).first());
            let Some(main) = main else { continue };
            known += 1;
            if main.share > HALF {
                narrow += 1;
                bought += value(Column::Imports, c).unwrap_or(0.0);
            }
        }
        let in_one_hand = (known > 0 && world > 0.0).then(|| (narrow, known, bought / world));
        Self { world: Some(world).filter(|w| *w > 0.0), largest, in_one_hand }
    }
}
