//! Row groups and columns of the tables of a run.

use parquet::errors::ParquetError;

use super::RunError;
use crate::columnar::TableReader;
use crate::run_folder::{FolderError, RunFiles};

/// Calls `take` with every row group of a Parquet table and its number of rows; never if the run has no such table.
///
/// # Errors
/// [`RunError::Folder`] if it is damaged.
pub(super) fn each_group(
    files: &RunFiles,
    name: &str,
    mut take: impl FnMut(&TableReader, usize, usize) -> Result<(), ParquetError>,
) -> Result<(), RunError> {
    let Some(table) = files.parquet_if_there(name)? else { return Ok(()) };
    for group in 0..table.row_groups() {
        take(&table, group, table.group_rows(group))
            .map_err(|e| FolderError::parquet(&files.place_of(name), e))?;
    }
    Ok(())
}

/// The column `year` of a row group.
pub(super) fn years(table: &TableReader, group: usize, rows: usize) -> Result<Vec<i32>, ParquetError> {
    let mut years = Vec::with_capacity(rows);
    table.read_int16(group, table.column("year")?, 0, rows, &mut years)?;
    Ok(years)
}

/// A column of numbers of a row group.
pub(super) fn numbers(
    table: &TableReader,
    group: usize,
    rows: usize,
    name: &str,
) -> Result<Vec<f64>, ParquetError> {
    let mut values = Vec::with_capacity(rows);
    table.read_number(group, table.column(name)?, 0, rows, &mut values)?;
    Ok(values)
}
