//! The small tables of a store, read whole and checked before they are parsed.

use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::flows::IndexEntry;
use crate::columnar::TableReader;
use crate::disk;
use crate::nomenclature::hs::HsCodeError;
use crate::plain_text::hex;

/// A Parquet file whose bytes are those that were written.
pub(super) struct CheckedTable {
    path: PathBuf,
    table: TableReader,
}

impl CheckedTable {
    /// Reads a file; nothing is parsed unless the checksum fits.
    pub(super) fn read(path: &Path, sha256: &str) -> Result<Self, StoreError> {
        let bytes = disk::read(path, disk::LARGEST_FILE).map_err(|e| StoreError::of_file(path, e))?;
        if hex(&Sha256::digest(&bytes)) != sha256 {
            return Err(StoreError::Changed {
                path: path.display().to_string(),
                what: "its checksum differs".to_owned(),
            });
        }
        let table = TableReader::from_bytes(bytes).map_err(|e| StoreError::parquet(path, e))?;
        Ok(Self { path: path.to_owned(), table })
    }

    fn column<T>(
        &self,
        name: &str,
        read: impl Fn(&TableReader, usize, usize, usize, &mut Vec<T>) -> Result<(), ParquetError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut values = Vec::with_capacity(self.table.rows() as usize);
        let mut read_all = || {
            let column = self.table.column(name)?;
            (0..self.table.row_groups()).try_for_each(|group| {
                read(&self.table, group, column, self.table.group_rows(group), &mut values)
            })
        };
        read_all().map_err(|e| StoreError::parquet(&self.path, e))?;
        Ok(values)
    }

    pub(super) fn codes(&self, name: &str) -> Result<Vec<i32>, StoreError> {
        self.column(name, |table, group, column, rows, values| {
            table.read_int16(group, column, 0, rows, values)
        })
    }

    pub(super) fn numbers(&self, name: &str) -> Result<Vec<f64>, StoreError> {
        self.column(name, |table, group, column, rows, values| {
            table.read_number(group, column, 0, rows, values)
        })
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, StoreError> {
        self.column(name, |table, group, column, rows, values| {
            table.read_text(group, column, 0, rows, values)
        })
    }

    /// Counts and places, which are not negative.
    pub(super) fn places(&self, name: &str) -> Result<Vec<usize>, StoreError> {
        let values: Vec<i64> = self.column(name, |table, group, column, rows, values| {
            table.read_int64(group, column, 0, rows, values)
        })?;
        let places: Result<Vec<usize>, _> = values.into_iter().map(usize::try_from).collect();
        places.map_err(|_| StoreError::Parquet {
            path: self.path.display().to_string(),
            message: format!("column {name} has a negative number"),
        })
    }
}

/// Reads the index of a year.
pub(super) fn read_index(path: &Path, sha256: &str) -> Result<Vec<IndexEntry>, StoreError> {
    let table = CheckedTable::read(path, sha256)?;
    let (products, values) = (table.texts("product")?, table.numbers("value")?);
    let (groups, first_rows) = (table.places("row_group")?, table.places("first_row")?);
    let flows = table.places("flows")?;
    let mut index = Vec::with_capacity(products.len());
    for (position, product) in products.into_iter().enumerate() {
        let product = product.parse().map_err(|e: HsCodeError| StoreError::Parquet {
            path: path.display().to_string(),
            message: e.to_string(),
        })?;
        index.push(IndexEntry {
            product,
            row_group: groups[position],
            first_row: first_rows[position],
            flows: flows[position],
            value: values[position],
        });
    }
    Ok(index)
}
