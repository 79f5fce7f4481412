//! Production of a product by country and year: what the import content of exports can be taken from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::IngestError;
use super::cell_words::{is_missing, short_name};
use super::countries::{code_of, place};
use super::product_text::ProductMeaning;
use crate::delimited::{Row, Table};
use crate::nomenclature::{Countries, Hs6};

/// What production is counted in: the unit of the trade that it stands beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductionUnit {
    /// Thousand USD, beside trade by value.
    ThousandUsd,
    /// Tonnes, beside trade by quantity.
    Tonnes,
}

impl ProductionUnit {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ThousandUsd => "thousand USD",
            Self::Tonnes => "tonnes",
        }
    }

    /// The unit that a cell names.
    fn named(text: &str) -> Option<Self> {
        let text: String = text.trim().to_ascii_lowercase().replace(['_', '-'], " ");
        match text.as_str() {
            "t" | "tonne" | "tonnes" | "metric ton" | "metric tons" | "metric tonnes" | "mt" => {
                Some(Self::Tonnes)
            }
            "thousand usd" | "1000 usd" | "usd thousand" | "k usd" | "kusd" => Some(Self::ThousandUsd),
            _ => None,
        }
    }
}

/// Production by product, year and country.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Production {
    /// File, for messages.
    pub file: String,
    /// By product, year and ISO3.
    pub rows: BTreeMap<(Hs6, u16, String), f64>,
    /// What a reader of the results should know.
    pub notes: Vec<String>,
}

impl Production {
    /// The file without its folder, for notes.
    pub fn short_name(&self) -> String {
        short_name(&self.file)
    }
}

/// Reads a csv with the columns `product` (HS6), `year`, `iso3` and `production`, and perhaps `unit`.
///
/// Numbers are in `unit`, that of the trade measure; a column `unit` that says something else is refused, never converted. Empty cells are
/// not 0: the row is left out. Countries may be written in any way that [`code_of`] understands; `groups` are the codes of merged groups, which are
/// countries here, and other groups of countries are left out and named in the notes.
///
/// # Errors
/// [`IngestError::Table`] if a column is missing, a code is no HS6 code, a number is none or negative, the unit is another, or a country
/// stands twice in a product and year; [`IngestError::Side`] if no row has a number, or most of its codes are no country.
pub fn read_production(
    path: &Path,
    unit: ProductionUnit,
    known: &Countries,
    groups: &BTreeSet<String>,
) -> Result<Production, IngestError> {
    let table = Table::read(path)?;
    let product = table.require(&["product", "hs6", "hs_code", "code"])?;
    let year = table.require(&["year"])?;
    let iso3 = table.require(&["iso3", "country_iso3", "country"])?;
    let production = table.require(&["production", "quantity", "value"])?;
    let unit_column = table.column(&["unit"]);
    let mut rows = BTreeMap::new();
    let mut empty = 0;
    for row in &table.rows {
        if let Some(column) = unit_column {
            check_unit(&table, row, column, unit)?;
        }
        if is_missing(row.get(production)) {
            empty += 1;
            continue;
        }
        let amount = table.number(row, production)?;
        if amount < 0.0 {
            return Err(table.field_error(row, production, format!("'{amount}' is negative")).into());
        }
        let ProductMeaning::Code(code) = ProductMeaning::of(row.get(product)) else {
            let message = format!(
                "'{}' is not an HS code of six digits, written as text (\"028469\")",
                row.get(product)
            );
            return Err(table.field_error(row, product, message).into());
        };
        let country = code_of(row.get(iso3));
        if rows.insert((code, table.year(row, year)?, country.clone()), amount).is_some() {
            let message =
                format!("{country} stands twice for {code} in this year; give one row, with the sum");
            return Err(table.field_error(row, iso3, message).into());
        }
    }
    if rows.is_empty() {
        let message =
            "no row has a production; give rows with product, year, iso3 and production, or leave the table out"
                .to_owned();
        return Err(IngestError::Side { file: table.file, message });
    }
    let codes: BTreeSet<String> = rows.keys().map(|(_, _, code)| code.clone()).collect();
    let countries: Vec<&str> =
        codes.iter().map(String::as_str).filter(|code| !groups.contains(*code)).collect();
    let placement = place(countries.iter().copied(), known);
    if let Some(message) = placement.refusal().filter(|_| !countries.is_empty()) {
        return Err(IngestError::Side { file: table.file, message });
    }
    rows.retain(|(_, _, code), _| groups.contains(code) || placement.countries.contains(code));
    let name = short_name(&table.file);
    let mut notes: Vec<String> = placement.note(&name).into_iter().collect();
    if unit_column.is_none() {
        notes.push(format!("{name} has no column unit: its numbers are taken as {}.", unit.words()));
    }
    if empty > 0 {
        let rows = if empty == 1 { "row" } else { "rows" };
        notes.push(format!("{empty} {rows} of {name} without a number left out: missing is not 0."));
    }
    Ok(Production { notes, file: table.file, rows })
}

fn check_unit(table: &Table, row: &Row, column: usize, unit: ProductionUnit) -> Result<(), IngestError> {
    let text = row.get(column);
    if text.trim().is_empty() || ProductionUnit::named(text) == Some(unit) {
        return Ok(());
    }
    let measure = match unit {
        ProductionUnit::Tonnes => "quantity",
        ProductionUnit::ThousandUsd => "value",
    };
    let message = format!(
        "'{text}' is not {}, the unit of trade.measure = \"{measure}\"; convert the numbers, or set trade.measure to what they are counted in",
        unit.words()
    );
    Err(table.field_error(row, column, message).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, unit: ProductionUnit) -> Result<Production, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mines.csv");
        std::fs::write(&path, text).unwrap();
        read_production(&path, unit, &Countries::builtin(), &BTreeSet::new()).map_err(|e| e.to_string())
    }

    #[test]
    fn rows_are_read_and_empty_cells_are_not_zero() {
        let found = read(
            "product,year,iso3,production,unit\n284690,2023,CHN,255000,t\n284690,2023,Burma,38000,tonnes\n284690,2023,AUS,,t\n284690,2023,WLD,376000,t\n",
            ProductionUnit::Tonnes,
        )
        .unwrap();
        let of = |iso3: &str| found.rows.get(&("284690".parse().unwrap(), 2023, iso3.to_owned())).copied();
        assert_eq!(
            (of("CHN"), of("MMR"), of("AUS"), of("WLD")),
            (Some(255_000.0), Some(38_000.0), None, None)
        );
        assert!(found.notes[0].contains("WLD"), "{:?}", found.notes);
    }

    #[test]
    fn what_is_wrong_is_named_with_line_and_column() {
        let refused = |rows: &str, words: &str| {
            let text = format!("product,year,iso3,production,unit\n{rows}");
            let error = read(&text, ProductionUnit::Tonnes).unwrap_err();
            assert!(error.contains(words), "{error}");
        };
        refused(
            "284690,2023,CHN,255,thousand USD\n",
            "mines.csv:2: column unit: 'thousand USD' is not tonnes",
        );
        refused(
            "284690,2023,CHN,255,kg\n",
            "column unit: 'kg' is not tonnes, the unit of trade.measure = \"quantity\"",
        );
        refused("284690,2023,CHN,-1,t\n", "column production: '-1' is negative");
        refused("2846,2023,CHN,1,t\n", "column product: '2846' is not an HS code of six digits");
        refused(
            "284690,2023,CHN,1,t\n284690,2023,China,2,t\n",
            "mines.csv:3: column iso3: CHN stands twice for 284690",
        );
        refused("284690,2023,CHN,,t\n", "no row has a production");
        assert!(
            read("product,iso3\n284690,CHN\n", ProductionUnit::ThousandUsd).unwrap_err().contains("year")
        );
    }
}
