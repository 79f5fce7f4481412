//! A comparison of indices as csv.

use super::result::IndexComparison;
use crate::delimited::CsvText;

/// A file of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparisonFile {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub content: Vec<u8>,
}

/// The tables of a comparison: `correlations.csv`, `disagreements.csv` and `indices.csv` (what each measures, of how many importers it is undefined,
/// how well it tells who is flagged).
pub fn comparison_files(of: &IndexComparison) -> Vec<ComparisonFile> {
    vec![
        ComparisonFile { name: "correlations.csv", content: correlations(of) },
        ComparisonFile { name: "disagreements.csv", content: disagreements(of) },
        ComparisonFile { name: "indices.csv", content: indices(of) },
    ]
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn correlations(of: &IndexComparison) -> Vec<u8> {
    let mut csv = CsvText::new([
        "year",
        "first",
        "second",
        "pooled",
        "importers",
        "inside",
        "products_inside",
        "across",
        "products_across",
    ]);
    for c in &of.correlations {
        csv.row([
            of.year.to_string(),
            c.first.key().to_owned(),
            c.second.key().to_owned(),
            number(c.pooled),
            c.importers.to_string(),
            number(c.inside),
            c.products_inside.to_string(),
            number(c.across),
            c.products_across.to_string(),
        ]);
    }
    csv.bytes()
}

fn disagreements(of: &IndexComparison) -> Vec<u8> {
    let mut csv = CsvText::new([
        "year",
        "high",
        "low",
        "product",
        "text",
        "importer",
        "name",
        "imports_thousand_usd",
        "value_high",
        "value_low",
        "place_high",
        "place_low",
        "among",
        "why",
    ]);
    for d in &of.disagreements {
        csv.row([
            of.year.to_string(),
            d.pair.high().key().to_owned(),
            d.pair.low().key().to_owned(),
            d.product.code.clone(),
            d.product.text.clone(),
            d.importer.code.clone(),
            d.importer.name.clone(),
            d.imports.to_string(),
            d.values[0].to_string(),
            d.values[1].to_string(),
            d.places[0].to_string(),
            d.places[1].to_string(),
            d.among.to_string(),
            d.why.clone().unwrap_or_default(),
        ]);
    }
    csv.bytes()
}

fn indices(of: &IndexComparison) -> Vec<u8> {
    let mut csv = CsvText::new(["year", "index", "column", "measures", "importers", "undefined", "flag_auc"]);
    for index in &of.indices {
        let auc = of.flags.as_ref().and_then(|flags| flags.curve(index.index));
        csv.row([
            of.year.to_string(),
            index.index.key().to_owned(),
            index.column.unwrap_or_default().to_owned(),
            index.index.measures().to_owned(),
            of.importers.to_string(),
            index.undefined.to_string(),
            number(auc),
        ]);
    }
    csv.bytes()
}
