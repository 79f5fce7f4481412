//! Cells of the tables of the page: what people read, and beside it the raw number that sorting and downloads take.

use crate::html::escaped;
use crate::study::TradeMeasure;
use crate::units::{ThousandUsd, grouped};

/// Unit of [`usd`], for the heading of a download.
pub(super) const USD: &str = "thousand USD";
/// Unit of [`share`].
pub(super) const SHARE: &str = "0 to 1";

/// A heading; the unit is that of the raw numbers.
pub(super) fn heading(text: &str, unit: &str) -> String {
    let unit = if unit.is_empty() { String::new() } else { format!(" data-unit=\"{}\"", escaped(unit)) };
    format!("<th scope=\"col\"{unit}>{}</th>", escaped(text))
}

/// A heading above texts.
pub(super) fn text_heading(text: &str) -> String {
    format!("<th scope=\"col\" class=\"text\">{}</th>", escaped(text))
}

/// A text.
pub(super) fn text(text: &str) -> String {
    format!("<td class=\"text\">{}</td>", escaped(text))
}

/// A number that is shown in another way than it is kept; an empty cell without one.
pub(super) fn number(value: Option<f64>, shown: impl Fn(f64) -> String) -> String {
    match value.filter(|v| v.is_finite()) {
        None => "<td></td>".to_owned(),
        Some(value) => format!("<td data-value=\"{value}\">{}</td>", escaped(&shown(value))),
    }
}

/// A value in thousand USD.
pub(super) fn usd(thousand: Option<f64>) -> String {
    number(thousand, |v| ThousandUsd::new(v).in_words())
}

/// The unit of what is in the measure of the study, as the flows of its networks are: [`traded`].
pub(super) const fn unit_of(measure: TradeMeasure) -> &'static str {
    match measure {
        TradeMeasure::Value => USD,
        TradeMeasure::Quantity => "tonnes",
    }
}

/// Trade in the measure of the study: USD, or tonnes. Imports and exports of the panel are in USD by either: [`usd`].
pub(super) fn traded(measure: TradeMeasure, amount: Option<f64>) -> String {
    match measure {
        TradeMeasure::Value => usd(amount),
        TradeMeasure::Quantity => number(amount, |tonnes| match tonnes < 10.0 {
            true => format!("{tonnes:.1} t"),
            false => format!("{} t", grouped(tonnes.round() as u64)),
        }),
    }
}

/// A share in percent.
pub(super) fn share(share: Option<f64>) -> String {
    number(share, |v| format!("{:.0} %", 100.0 * v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_keeps_the_raw_number() {
        assert_eq!(usd(Some(1_440_000.0)), "<td data-value=\"1440000\">1.44 billion USD</td>");
        assert_eq!(traded(TradeMeasure::Value, Some(1_440_000.0)), usd(Some(1_440_000.0)));
        assert_eq!(traded(TradeMeasure::Quantity, Some(1234.5)), "<td data-value=\"1234.5\">1,235 t</td>");
        assert_eq!(traded(TradeMeasure::Quantity, Some(0.26)), "<td data-value=\"0.26\">0.3 t</td>");
        assert_eq!([TradeMeasure::Value, TradeMeasure::Quantity].map(unit_of), [USD, "tonnes"]);
        assert_eq!(share(Some(0.585)), "<td data-value=\"0.585\">58 %</td>");
        assert_eq!(share(None), "<td></td>");
        assert_eq!(number(Some(f64::NAN), |v| v.to_string()), "<td></td>");
        assert_eq!(heading("Exports", USD), "<th scope=\"col\" data-unit=\"thousand USD\">Exports</th>");
    }
}
