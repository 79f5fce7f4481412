//! The indices of some trade, without a run: as csv, and its largest importers for a terminal.

use serde::Serialize;

use super::amounts::Named;
use super::columns::{Columns, wrapped};
use crate::delimited::CsvText;
use crate::indices::Index;
use crate::panel::TradeIndices;
use crate::panel::index_rows::{IndexRow, index_columns};
use crate::run_folder::cell;
use crate::run_folder::tables::WORST_SUPPLIER;
use crate::units::{ThousandUsd, counted};

/// So many products are shown.
const PRODUCTS: usize = 3;
/// So many importers of each.
const IMPORTERS: usize = 12;

/// The indices of an importer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndexLine {
    /// The importer.
    pub importer: Named,
    /// What it imports, thousand USD.
    pub imports_thousand_usd: f64,
    /// Its numbers, in the order of [`TradeIndicesAnswer::indices`]; `None` what is undefined.
    pub values: Vec<Option<f64>>,
    /// Whose stop is the worst.
    pub worst_supplier: Option<String>,
}

/// The importers of a product in a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndexedProduct {
    /// Its code.
    pub product: String,
    /// What it is; empty if nobody says.
    pub description: String,
    /// The year.
    pub year: u16,
    /// Concentration of the world's exports.
    pub export_hhi: Option<f64>,
    /// How many importers have indices.
    pub importers: usize,
    /// The largest of them.
    pub largest: Vec<IndexLine>,
}

/// What the indices of some trade come to: the last year of the largest products.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TradeIndicesAnswer {
    /// Names of the indices.
    pub indices: Vec<&'static str>,
    /// Products with indices.
    pub products: usize,
    /// Their product-years.
    pub product_years: usize,
    /// Rows in all: importers of product-years.
    pub rows: usize,
    /// The largest products, or those that were asked for, in the last year of each.
    pub shown: Vec<IndexedProduct>,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

impl TradeIndicesAnswer {
    /// The answer; `description` is the text of a product.
    pub fn of(found: &TradeIndices, description: impl Fn(&str) -> String) -> Self {
        let by_product: Vec<&[IndexRow]> = found.rows.chunk_by(|a, b| a.product == b.product).collect();
        let product_years = found.rows.chunk_by(|a, b| (a.product, a.year) == (b.product, b.year)).count();
        let last = |rows: &&[IndexRow]| -> Vec<IndexRow> {
            let year = rows.last().map(|row| row.year);
            rows.iter().filter(|row| Some(row.year) == year).copied().collect()
        };
        let mut of_last_year: Vec<Vec<IndexRow>> = by_product.iter().map(last).collect();
        let imports = |rows: &Vec<IndexRow>| rows.iter().fold(0.0, |sum, row| sum + row.imports);
        of_last_year.sort_by(|a, b| imports(b).total_cmp(&imports(a)));
        of_last_year.truncate(PRODUCTS);
        Self {
            indices: found.computed.iter().map(|index| index.name()).collect(),
            products: by_product.len(),
            product_years,
            rows: found.rows.len(),
            shown: of_last_year.into_iter().map(|rows| product_of(found, rows, &description)).collect(),
            notes: found.notes.clone(),
        }
    }

    /// As text.
    pub fn to_text(&self) -> String {
        let products = counted(self.products as u64, ["product", "products"]);
        let years = counted(self.product_years as u64, ["product-year", "product-years"]);
        let rows = counted(self.rows as u64, ["row", "rows"]);
        let mut lines = vec![format!("Indices of {products}, {years}: {rows}, one for each importer")];
        if self.products > self.shown.len() {
            lines.push(format!("  shown are the {} largest products in their last year", self.shown.len()));
        }
        for of in &self.shown {
            lines.push(String::new());
            lines.push(format!("{} {}", of.product, of.description).trim_end().to_owned());
            let hhi = of.export_hhi.map_or_else(String::new, |hhi| format!(", HHI of exports {hhi:.2}"));
            let which = match of.importers > of.largest.len() {
                true => format!("the {} largest of {} importers", of.largest.len(), of.importers),
                false => counted(of.importers as u64, ["importer", "importers"]),
            };
            lines.push(format!("{}{hhi}, {which}", of.year));
            lines.extend(self.table(of));
        }
        let notes: Vec<String> =
            self.notes.iter().flat_map(|note| wrapped(&format!("note: {note}"), "")).collect();
        if !notes.is_empty() {
            lines.push(String::new());
            lines.extend(notes);
        }
        lines.join("\n")
    }

    fn table(&self, of: &IndexedProduct) -> Vec<String> {
        let heads: Vec<&str> = ["importer", "imports"].iter().chain(&self.indices).copied().collect();
        let mut table = Columns::new(&heads, &[0]);
        for line in &of.largest {
            let mut cells =
                vec![line.importer.code.clone(), ThousandUsd::new(line.imports_thousand_usd).in_words()];
            for (name, value) in self.indices.iter().zip(&line.values) {
                let whole = [Index::EcFlag, Index::Geodep].iter().any(|index| index.name() == *name);
                let number = match value {
                    Some(value) if whole => format!("{value:.0}"),
                    Some(value) => format!("{value:.3}"),
                    None => "-".to_owned(),
                };
                cells.push(match &line.worst_supplier {
                    Some(supplier) if *name == Index::Worst.name() => format!("{number} {supplier}"),
                    _ => number,
                });
            }
            table.row(cells);
        }
        table.lines()
    }
}

fn product_of(
    found: &TradeIndices,
    mut rows: Vec<IndexRow>,
    description: &impl Fn(&str) -> String,
) -> IndexedProduct {
    let product = rows.first().map_or_else(String::new, |row| code_of(found, row));
    let (year, export_hhi) = rows.first().map_or((0, None), |row| (row.year, row.of.export_hhi));
    let importers = rows.len();
    rows.sort_by(|a, b| b.imports.total_cmp(&a.imports));
    rows.truncate(IMPORTERS);
    let countries = &found.world.countries;
    let line = |row: &IndexRow| {
        let country = &countries[usize::from(row.importer)];
        IndexLine {
            importer: Named { code: country.code.clone(), name: country.name.clone() },
            imports_thousand_usd: row.imports,
            values: found.computed.iter().map(|index| row.of.number(*index)).collect(),
            worst_supplier: row.of.worst.map(|worst| countries[usize::from(worst.supplier)].code.clone()),
        }
    };
    IndexedProduct {
        description: description(&product),
        product,
        year: found.world.years[year],
        export_hhi,
        importers,
        largest: rows.iter().map(line).collect(),
    }
}

fn code_of(found: &TradeIndices, row: &IndexRow) -> String {
    found.world.products[row.product as usize].to_string()
}

/// All rows as csv, with the columns of `indices.parquet`.
pub fn indices_csv(found: &TradeIndices) -> Vec<u8> {
    let columns = index_columns(&found.computed);
    let mut csv = CsvText::new(columns.iter().copied());
    let country = |at: u16| found.world.countries[usize::from(at)].code.clone();
    for row in &found.rows {
        let mut cells = vec![
            found.world.years[row.year].to_string(),
            code_of(found, row),
            country(row.importer),
            cell(row.of.export_hhi),
        ];
        for index in &found.computed {
            cells.push(cell(row.of.number(*index)));
            if *index == Index::Worst {
                cells.push(row.of.worst.map_or_else(String::new, |worst| country(worst.supplier)));
            }
        }
        csv.row(cells);
    }
    debug_assert_eq!(columns.contains(&WORST_SUPPLIER), found.computed.contains(&Index::Worst));
    csv.bytes()
}
