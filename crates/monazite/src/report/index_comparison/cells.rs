//! The importers of the products of a run in a year, with the value that each index has of them.

use super::index::Index;
use crate::indicators::Column;
use crate::run::{Run, RunError};
use crate::run_folder::tables::EXPORT_HHI;

/// Years with a flag of import dependence, of the latest three.
const FLAG: &str = crate::indices::Index::Geodep.name();

/// An importer of a product.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    /// Position of the product.
    pub(super) product: usize,
    /// Position of the importer.
    pub(super) country: usize,
    /// What it imports, thousand USD.
    pub(super) imports: f64,
    /// By index: its value; `None` where it is undefined.
    pub(super) values: [Option<f64>; Index::ALL.len()],
    /// In how many of the latest three years it is flagged; `None` where that is undefined.
    pub(super) flags: Option<f64>,
    /// Concentration of the exporters of the product.
    pub(super) export_hhi: Option<f64>,
}

impl Cell {
    /// Its value of an index.
    pub(super) fn of(&self, index: Index) -> Option<f64> {
        self.values[index as usize]
    }
}

/// All importers of all products that have indices, by product, then importer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cells {
    /// The importers.
    pub(super) all: Vec<Cell>,
    /// By index: the column that it is in; `None` for one that the run does not have.
    pub(super) columns: [Option<&'static str>; Index::ALL.len()],
    /// Products with imports in the year that have none.
    pub(super) without: usize,
}

impl Cells {
    /// Those of a year (a position) that import anything; `None` if the run has no indices.
    pub(super) fn read(run: &Run, year: usize) -> Result<Option<Self>, RunError> {
        let panel = run.panel()?;
        let Some(indices) = run.indices_of_year(year)? else { return Ok(None) };
        let columns = Index::ALL.map(|index| match index.of_panel(panel) {
            Some(column) => Some(column.name()),
            None => index.column_in(&indices),
        });
        let places = columns.map(|name| indices.column(name?));
        let (flags, export_hhi) = (indices.column(FLAG), indices.column(EXPORT_HHI));
        let mut rows = vec![None; panel.products.len() * panel.countries.len()];
        let mut has_indices = vec![false; panel.products.len()];
        for row in &indices.rows {
            has_indices[row.product] = true;
            rows[row.product * panel.countries.len() + row.importer] = Some(row);
        }
        let mut all = Vec::new();
        for product in (0..panel.products.len()).filter(|&product| has_indices[product]) {
            for country in 0..panel.countries.len() {
                let row = rows[product * panel.countries.len() + country];
                let of = |place: Option<usize>| row.and_then(|row| row.values[place?]);
                let imports = panel.value(Column::Imports, product, year, country);
                if let Some(imports) = imports.filter(|imports| *imports > 0.0) {
                    let value = |index: Index| match index.of_panel(panel) {
                        Some(column) => panel.value(column, product, year, country),
                        None => of(places[index as usize]),
                    };
                    all.push(Cell {
                        product,
                        country,
                        imports,
                        values: Index::ALL.map(value),
                        flags: of(flags),
                        export_hhi: of(export_hhi),
                    });
                }
            }
        }
        let imported = |&product: &usize| {
            let imports = |c| panel.value(Column::Imports, product, year, c);
            !has_indices[product] && (0..panel.countries.len()).any(|c| imports(c).is_some_and(|m| m > 0.0))
        };
        let without = (0..panel.products.len()).filter(imported).count();
        Ok(Some(Self { all, columns, without }))
    }

    /// Those that import at least so much, thousand USD.
    pub(super) fn from(&self, least: f64) -> Vec<&Cell> {
        self.all.iter().filter(|cell| cell.imports >= least).collect()
    }
}

/// Cells, which are in the order of their products, product by product.
pub(super) fn by_product<'a, 'b>(cells: &'b [&'a Cell]) -> impl Iterator<Item = &'b [&'a Cell]> {
    cells.chunk_by(|a, b| a.product == b.product)
}
