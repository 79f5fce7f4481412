//! Rows and columns of the table of indices.

use crate::columnar::Schema;
use crate::indices::{ImporterIndices, Index};
use crate::run_folder::tables::{EXPORT_HHI, INDICES, WORST_SUPPLIER};

/// The indices of one importer, with its product-year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Position of the importer.
    pub importer: u16,
    /// What it imports, thousand USD.
    pub imports: f64,
    /// Its indices.
    pub of: ImporterIndices,
}

/// How much of the study has indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexCount {
    /// Products with indices.
    pub products: u64,
    /// Their product-years.
    pub product_years: u64,
    /// Rows, one for each importer.
    pub rows: u64,
}

impl IndexCount {
    /// Adds the rows of a product, by year.
    pub(super) fn add(&mut self, rows: &[IndexRow]) {
        self.products += u64::from(!rows.is_empty());
        self.product_years += rows.chunk_by(|a, b| a.year == b.year).count() as u64;
        self.rows += rows.len() as u64;
    }

    /// Adds what others came to.
    pub(super) fn merge(&mut self, other: Self) {
        self.products += other.products;
        self.product_years += other.product_years;
        self.rows += other.rows;
    }
}

/// The columns of the table: those that say what a row is about, the concentration of exports, one for each index, and beside the worst stop whose it is.
pub fn index_columns(wanted: &[Index]) -> Vec<&'static str> {
    let mut columns = vec!["year", "product", "country", EXPORT_HHI];
    for index in wanted {
        columns.push(index.name());
        if *index == Index::Worst {
            columns.push(WORST_SUPPLIER);
        }
    }
    columns
}

/// The schema of the table for these indices.
pub(super) fn index_schema(wanted: &[Index], level: i32) -> Schema {
    INDICES.schema_of(&index_columns(wanted), level)
}
