//! Rows of a table as they are read: one row group, or one csv file, at a time.

use std::path::Path;

use parquet::errors::ParquetError;

use super::ExportError;
use crate::columnar::interned::InternedText;
use crate::columnar::{Kind, TableReader};
use crate::delimited::{Table, TableError};
use crate::progress::Progress;
use crate::run::Run;
use crate::run_folder::{ColumnKind, RunTable};

/// A column of some rows.
pub(super) enum Values {
    /// Empty where there is none.
    Text(InternedText),
    Whole(Vec<Option<i64>>),
    /// NaN where there is none.
    Number(Vec<f64>),
    Boolean(Vec<Option<bool>>),
}

/// Some rows of a table, by column.
pub(super) struct Batch {
    pub rows: usize,
    pub columns: Vec<Values>,
}

/// The columns of a file of a run, with what they are.
pub(super) fn columns_of(
    run: &Run,
    file: &str,
    table: &RunTable,
) -> Result<Vec<(String, ColumnKind)>, ExportError> {
    if file.ends_with(".parquet") {
        let reader = run.files().parquet(file)?;
        let kind = |at: usize| match reader.kind(at) {
            Some(Kind::Text | Kind::OptionalText) => ColumnKind::Text,
            Some(Kind::Number | Kind::OptionalNumber | Kind::OptionalFloat) | None => ColumnKind::Number,
            Some(Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::OptionalInt64) => ColumnKind::Whole,
        };
        return Ok(reader
            .column_names()
            .into_iter()
            .enumerate()
            .map(|(at, name)| (name, kind(at)))
            .collect());
    }
    let csv = run.files().table(file)?;
    let described = |name: &String| table.column(name).map_or(ColumnKind::Text, |c| c.kind);
    Ok(csv.header.iter().map(|name| (name.clone(), described(name))).collect())
}

/// Gives the columns `wanted` of a file to `take`, some rows at a time.
pub(super) fn each_batch(
    run: &Run,
    file: &str,
    wanted: &[(String, ColumnKind)],
    progress: &dyn Progress,
    take: &mut dyn FnMut(&Batch) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    if !file.ends_with(".parquet") {
        let csv = run.files().table(file)?;
        return take(&of_csv(&csv, wanted)?);
    }
    let reader = run.files().parquet(file)?;
    let place = run.files().place_of(file);
    for group in 0..reader.row_groups() {
        progress.go_on()?;
        take(&of_group(&reader, group, wanted, &place)?)?;
    }
    Ok(())
}

fn of_group(
    reader: &TableReader,
    group: usize,
    wanted: &[(String, ColumnKind)],
    place: &Path,
) -> Result<Batch, ExportError> {
    let rows = reader.group_rows(group);
    let read = |name: &String| -> Result<Values, ParquetError> {
        let column = reader.column(name)?;
        Ok(match reader.kind(column) {
            Some(Kind::Text | Kind::OptionalText) => Values::Text(reader.read_interned(group, column)?),
            Some(Kind::OptionalNumber) => Values::Number(reader.read_number_or_nan(group, column)?),
            Some(Kind::OptionalInt64) => Values::Whole(reader.read_optional_int64(group, column)?),
            Some(Kind::Int64) => {
                let mut values = Vec::with_capacity(rows);
                reader.read_int64(group, column, 0, rows, &mut values)?;
                Values::Whole(values.into_iter().map(Some).collect())
            }
            Some(Kind::Int16 | Kind::Int32) => {
                let mut values = Vec::with_capacity(rows);
                reader.read_int16(group, column, 0, rows, &mut values)?;
                Values::Whole(values.into_iter().map(|v| Some(i64::from(v))).collect())
            }
            Some(Kind::Number | Kind::OptionalFloat) | None => {
                let mut values = Vec::with_capacity(rows);
                reader.read_number(group, column, 0, rows, &mut values)?;
                Values::Number(values)
            }
        })
    };
    let columns: Result<Vec<Values>, ParquetError> = wanted.iter().map(|(name, _)| read(name)).collect();
    Ok(Batch { rows, columns: columns.map_err(|e| ExportError::parquet(place, e))? })
}

fn of_csv(csv: &Table, wanted: &[(String, ColumnKind)]) -> Result<Batch, ExportError> {
    let mut columns = Vec::new();
    for (name, kind) in wanted {
        let at = csv.require(&[name])?;
        columns.push(of_csv_column(csv, at, *kind)?);
    }
    Ok(Batch { rows: csv.rows.len(), columns })
}

fn of_csv_column(csv: &Table, at: usize, kind: ColumnKind) -> Result<Values, TableError> {
    let cells = || csv.rows.iter().map(|row| (row, row.get(at)));
    Ok(match kind {
        ColumnKind::Text => {
            let mut text = InternedText { values: Vec::new(), rows: Vec::with_capacity(csv.rows.len()) };
            let mut known = std::collections::HashMap::new();
            for (_, cell) in cells() {
                let place = *known.entry(cell).or_insert_with(|| {
                    text.values.push(cell.to_owned());
                    (text.values.len() - 1) as u32
                });
                text.rows.push(place);
            }
            Values::Text(text)
        }
        ColumnKind::Number => {
            let number = |(row, cell): (_, &str)| match cell {
                "" => Ok(f64::NAN),
                _ => csv.number(row, at),
            };
            Values::Number(cells().map(number).collect::<Result<_, _>>()?)
        }
        ColumnKind::Whole => {
            let whole = |(row, cell): (_, &str)| match cell {
                "" => Ok(None),
                _ => cell.parse().map(Some).map_err(|_| csv.field_error(row, at, "is not a whole number")),
            };
            Values::Whole(cells().map(whole).collect::<Result<_, _>>()?)
        }
        ColumnKind::Boolean => {
            let truth = |(row, cell): (_, &str)| match cell {
                "" => Ok(None),
                "true" => Ok(Some(true)),
                "false" => Ok(Some(false)),
                _ => Err(csv.field_error(row, at, "is neither true nor false")),
            };
            Values::Boolean(cells().map(truth).collect::<Result<_, _>>()?)
        }
    })
}
