//! Tables of one number by product, country or year: what the indices of others take beside trade.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::IngestError;
use super::cell_words::{is_missing, short_name};
use super::countries::{code_of, place};
use super::product_text::ProductMeaning;
use crate::delimited::{Row, Table};
use crate::nomenclature::{Countries, Hs6};
use crate::plain_text::{beginning, listed};

/// What the number of a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorKind {
    /// EoL-RIR: the share of what is used that recycling of old scrap covers.
    Recycling,
    /// SI: 1 without any substitute, less with.
    Substitution,
    /// t: obstacles to the exports of a supplier, 1 where there are none.
    TradeFactor,
    /// Disruption potential.
    DisruptionPotential,
    /// Economic vulnerability.
    EconomicVulnerability,
}

impl FactorKind {
    /// Names of its column, the first the usual one.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Recycling => &["eol_rir", "recycling"],
            Self::Substitution => &["si", "si_sr", "substitution"],
            Self::TradeFactor => &["t", "trade_factor"],
            Self::DisruptionPotential => &["disruption_potential", "dp"],
            Self::EconomicVulnerability => &["economic_vulnerability", "ev"],
        }
    }

    /// Smallest and largest number that can be meant.
    const fn range(self) -> [f64; 2] {
        match self {
            Self::TradeFactor => [0.0, 2.0],
            _ => [0.0, 1.0],
        }
    }

    /// Refuses a unit that the number is not in.
    fn check_unit(self, table: &Table, row: &Row, column: usize) -> Result<(), IngestError> {
        let text = row.get(column).trim();
        let none = ["", "share", "shares", "ratio", "fraction", "index", "factor", "0-1", "1"];
        if none.iter().any(|known| text.eq_ignore_ascii_case(known)) {
            return Ok(());
        }
        let [least, most] = self.range();
        let shown = beginning(text, 40);
        let message = format!(
            "'{shown}': the numbers of this table have no unit, they are from {least} to {most}; convert them, and take the column unit out"
        );
        Err(table.field_error(row, column, message).into())
    }

    /// What is wrong with a number outside of it.
    fn advice(self, number: f64) -> String {
        match self {
            Self::TradeFactor => {
                "give 1 where nothing hinders exports, more (about 1.1) where they are taxed, limited or forbidden, less (about 0.8) for partners by agreement"
                    .to_owned()
            }
            _ if number > 1.0 && number <= 100.0 => {
                format!("give shares: {number} % is {}", libm::round(number * 1e4) / 1e6)
            }
            _ => "give a share from 0 to 1".to_owned(),
        }
    }
}

/// What a row is about; `None` for all.
pub type FactorRow = (Option<Hs6>, Option<String>, Option<u16>);

/// A table of one number by product, country or year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FactorTable {
    /// File, for messages.
    pub file: String,
    /// By what each row is about; countries by ISO3, or by the code of a merged group.
    pub rows: BTreeMap<FactorRow, f64>,
    /// What a reader of the results should know.
    pub notes: Vec<String>,
}

/// Reads a csv with a number (see [`FactorKind`]) and at least one of the columns `product` (HS6), `iso3` and `year`.
///
/// A column that is not there, and an empty cell in one that is, means all. An empty number is not 0: the row is left out, and counted. Countries may
/// be written in any way that [`code_of`] understands; `groups` are the codes of merged groups, which are countries here. Groups of countries that are not
/// merged are left out and named in the notes.
///
/// # Errors
/// [`IngestError::Table`] if a column is missing, a code is no HS6 code, a number is none or out of its range, a column `unit` says percent or the like,
/// or two rows are about the same;
/// [`IngestError::Side`] if no row has a number, or most of its codes are no country.
pub fn read_factors(
    path: &Path,
    kind: FactorKind,
    known: &Countries,
    groups: &BTreeSet<String>,
) -> Result<FactorTable, IngestError> {
    let table = Table::read(path)?;
    let columns = Columns {
        product: table.column(&["product", "hs6", "hs_code", "code"]),
        iso3: table.column(&["iso3", "country_iso3", "country"]),
        year: table.column(&["year"]),
        number: table.require(kind.columns())?,
    };
    if columns.product.or(columns.iso3).is_none() {
        table.require(&["product", "iso3"])?;
    }
    let unit = table.column(&["unit", "units"]);
    let (mut rows, mut empty) = (BTreeMap::new(), 0);
    for row in &table.rows {
        if let Some(column) = unit {
            kind.check_unit(&table, row, column)?;
        }
        if is_missing(row.get(columns.number)) {
            empty += 1;
            continue;
        }
        let number = table.number(row, columns.number)?;
        let [least, most] = kind.range();
        if !(least..=most).contains(&number) {
            let message = format!("{number} is not from {least} to {most}; {}", kind.advice(number));
            return Err(table.field_error(row, columns.number, message).into());
        }
        if rows.insert(columns.key(&table, row)?, number).is_some() {
            let message = "another row is about the same product, country and year; keep one of them";
            return Err(table.field_error(row, columns.number, message).into());
        }
    }
    if rows.is_empty() {
        let message = format!("no row has a number in the column {}; fill it", kind.columns()[0]);
        return Err(IngestError::Side { file: table.file, message });
    }
    let codes: BTreeSet<&str> = rows
        .keys()
        .filter_map(|(_, code, _)| code.as_deref())
        .filter(|code| !groups.contains(*code))
        .collect();
    let placement = place(codes.iter().copied(), known);
    if let Some(message) = placement.refusal().filter(|_| !codes.is_empty()) {
        return Err(IngestError::Side { file: table.file, message });
    }
    let name = short_name(&table.file);
    let mut notes: Vec<String> = placement.note(&name).into_iter().collect();
    rows.retain(|(_, code, _), _| {
        code.as_ref().is_none_or(|code| groups.contains(code) || placement.countries.contains(code))
    });
    if empty > 0 {
        let of = if empty == 1 { "row" } else { "rows" };
        notes.push(format!("{empty} {of} of {name} without a number left out: missing is not 0."));
    }
    Ok(FactorTable { file: table.file, rows, notes })
}

/// Where what stands.
struct Columns {
    product: Option<usize>,
    iso3: Option<usize>,
    year: Option<usize>,
    number: usize,
}

impl Columns {
    fn key(&self, table: &Table, row: &Row) -> Result<FactorRow, IngestError> {
        let cell = |column: Option<usize>| {
            column.map(|at| (at, row.get(at))).filter(|(_, text)| !text.trim().is_empty())
        };
        let product = match cell(self.product) {
            None => None,
            Some((at, text)) => match ProductMeaning::of(text) {
                ProductMeaning::Code(code) => Some(code),
                _ => {
                    let shown = beginning(text, 40);
                    let message =
                        format!("'{shown}' is not an HS code of six digits, written as text (\"028469\")");
                    return Err(table.field_error(row, at, message).into());
                }
            },
        };
        let year = cell(self.year).map(|(at, _)| table.year(row, at)).transpose()?;
        Ok((product, cell(self.iso3).map(|(_, text)| code_of(text)), year))
    }
}

impl FactorTable {
    /// The file without its folder, for notes.
    pub fn short_name(&self) -> String {
        short_name(&self.file)
    }

    /// A sentence on products that the table names and a study does not have; `None` if there are none.
    pub fn outside(&self, products: &[Hs6]) -> Option<String> {
        let outside: BTreeSet<String> = self
            .rows
            .keys()
            .filter_map(|(product, ..)| product.filter(|p| products.binary_search(p).is_err()))
            .map(|product| product.to_string())
            .collect();
        (!outside.is_empty()).then(|| {
            format!(
                "{}: rows of {} count for nothing: not {} of the study.",
                short_name(&self.file),
                listed(&outside, ""),
                if outside.len() == 1 { "a product" } else { "products" }
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: FactorKind) -> Result<FactorTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, text).unwrap();
        let groups = BTreeSet::from(["EU27".to_owned()]);
        read_factors(&path, kind, &Countries::builtin(), &groups).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_left_open_is_all() {
        let text = "product,iso3,year,t\n284690,China,2023,1.1\n,EU27,,0.8\n,WLD,,1\n850511,,,\n";
        let found = read(text, FactorKind::TradeFactor).unwrap();
        let product: Hs6 = "284690".parse().unwrap();
        assert_eq!(
            found.rows,
            BTreeMap::from([
                ((Some(product), Some("CHN".to_owned()), Some(2023)), 1.1),
                ((None, Some("EU27".to_owned()), None), 0.8)
            ])
        );
        assert!(found.notes[0].contains("WLD") && found.notes[1].starts_with("1 row of table.csv without"));
        assert_eq!(found.outside(&[product]), None);
        assert_eq!(
            found.outside(&[]).unwrap(),
            "table.csv: rows of 284690 count for nothing: not a product of the study."
        );
        let by_product = read("product,eol_rir\n284690,0.06\n", FactorKind::Recycling).unwrap();
        assert_eq!(by_product.rows.keys().next(), Some(&(Some(product), None, None)));
    }

    #[test]
    fn what_is_wrong_is_named_with_line_and_column() {
        let refused = |text: &str, kind: FactorKind, words: &str| {
            let error = read(text, kind).unwrap_err();
            assert!(error.contains(words), "{error}");
        };
        let recycling = FactorKind::Recycling;
        refused(
            "product,eol_rir\n284690,22\n",
            recycling,
            "table.csv:2: column eol_rir: 22 is not from 0 to 1; give shares: 22 % is 0.22",
        );
        refused("product,si\n284690,-1\n", FactorKind::Substitution, "give a share from 0 to 1");
        refused("iso3,t\nCHN,5\n", FactorKind::TradeFactor, "5 is not from 0 to 2; give 1 where nothing");
        refused("product,eol_rir\n2846,0.2\n", recycling, "column product: '2846' is not an HS code");
        refused(
            "product,eol_rir\n284690,0.2\n284690,0.3\n",
            recycling,
            "table.csv:3: column eol_rir: another",
        );
        refused("product,share\n284690,0.2\n", recycling, "there is no column eol_rir or recycling");
        refused("year,eol_rir\n2023,0.2\n", recycling, "there is no column product or iso3");
        refused("product,eol_rir\n284690,\n", recycling, "no row has a number in the column eol_rir");
        refused(
            "iso3,t\nQQQ,1\n",
            FactorKind::TradeFactor,
            "1 of 1 codes are no country of the trade data (QQQ)",
        );
    }

    #[test]
    fn a_unit_that_is_none_of_these_numbers_is_refused() {
        let read = |text: &str| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("recycling.csv");
            std::fs::write(&path, text).unwrap();
            read_factors(&path, FactorKind::Recycling, &Countries::builtin(), &BTreeSet::new())
                .map(|found| found.rows.len())
                .map_err(|e| e.to_string())
        };
        assert_eq!(read("product,eol_rir,unit\n284690,0.9,share\n284610,0.1,\n"), Ok(2));
        let wrong = read("product,eol_rir,unit\n284690,0.9,percent\n").unwrap_err();
        assert!(wrong.contains(":2: ") && wrong.contains("unit") && wrong.contains("'percent'"), "{wrong}");
        let percent = read("product,eol_rir\n284690,1.0000001\n").unwrap_err();
        assert!(percent.contains("1.0000001 % is 0.01"), "{percent}");
    }
}
