//! The flows of a year as stores of the first format have them: values and quantities as doubles, compressed.
//!
//! Such a store is checked as a whole when it is opened, since it has no checksums of its pages.

use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

use super::error::StoreError;
use super::flows::FlowBatch;
use super::stored_flows::Piece;
use crate::columnar::TableReader;

/// The flows of a year, open for reading.
#[derive(Debug)]
pub(super) struct FirstFormat {
    path: PathBuf,
    table: TableReader,
    exporter: usize,
    importer: usize,
    value: usize,
    quantity: usize,
}

impl FirstFormat {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let open = || {
            let table = TableReader::open(path)?;
            let column = |name| table.column(name);
            let (exporter, importer) = (column("exporter")?, column("importer")?);
            let (value, quantity) = (column("value")?, column("quantity")?);
            Ok(Self { path: path.to_owned(), table, exporter, importer, value, quantity })
        };
        open().map_err(|e| StoreError::parquet(path, e))
    }

    /// Rows of each row group.
    pub(super) fn rows(&self) -> Vec<usize> {
        (0..self.table.row_groups()).map(|group| self.table.group_rows(group)).collect()
    }

    /// Appends the flows of some pieces to a batch.
    pub(super) fn read(
        &self,
        pieces: &[Piece],
        position_of_code: &[u16],
        with_quantity: bool,
        batch: &mut FlowBatch,
    ) -> Result<(), StoreError> {
        let broken = |e: ParquetError| StoreError::parquet(&self.path, e);
        let codes = &mut batch.scratch.codes;
        for piece in pieces {
            let (group, skip, count) = (piece.group, piece.skip, piece.count);
            for (column, positions) in
                [(self.exporter, &mut batch.exporters), (self.importer, &mut batch.importers)]
            {
                codes.clear();
                self.table.read_int16(group, column, skip, count, codes).map_err(broken)?;
                for &code in codes.iter() {
                    let known = usize::try_from(code).ok().and_then(|code| position_of_code.get(code));
                    match known {
                        Some(&position) if position != u16::MAX => positions.push(position),
                        _ => {
                            return Err(StoreError::Parquet {
                                path: self.path.display().to_string(),
                                message: format!("country code {code} is not in the store's table"),
                            });
                        }
                    }
                }
            }
            self.table.read_number(group, self.value, skip, count, &mut batch.values).map_err(broken)?;
            if with_quantity {
                let quantities = &mut batch.quantities;
                self.table
                    .read_optional_number(group, self.quantity, skip, count, quantities)
                    .map_err(broken)?;
            }
        }
        Ok(())
    }
}
