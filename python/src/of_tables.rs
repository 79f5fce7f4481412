//! Tables of the engine as tables of Python: a part of a table of a run, and csv texts of known columns.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, Int32Array};
use monazite::delimited;
use monazite::export::{Cell, ExportError, Extract};
use monazite::progress::Progress;
use monazite::run_folder::{ColumnKind, RunTable};
use pyo3::prelude::*;

use crate::errors::{IntoException, input};
use crate::table::Table;

/// A column while its cells come in.
enum Growing {
    Text(StringBuilder),
    Whole(Int64Builder),
    Number(Float64Builder),
    Boolean(BooleanBuilder),
}

impl Growing {
    fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(StringBuilder::new()),
            ColumnKind::Whole => Self::Whole(Int64Builder::new()),
            ColumnKind::Number => Self::Number(Float64Builder::new()),
            ColumnKind::Boolean => Self::Boolean(BooleanBuilder::new()),
        }
    }

    fn add(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(column), Cell::Text(text)) => column.append_value(text),
            (Self::Whole(column), Cell::Whole(number)) => column.append_value(number),
            (Self::Number(column), Cell::Number(number)) => column.append_value(number),
            (Self::Boolean(column), Cell::Boolean(truth)) => column.append_value(truth),
            (Self::Text(column), _) => column.append_null(),
            (Self::Whole(column), _) => column.append_null(),
            (Self::Number(column), _) => column.append_null(),
            (Self::Boolean(column), _) => column.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut column) => Arc::new(column.finish()),
            Self::Whole(mut column) => {
                let wide = column.finish();
                // As in Parquet files, unless a number is too large for that.
                let narrow: Option<Vec<Option<i32>>> =
                    wide.iter().map(|number| number.map(i32::try_from).transpose().ok()).collect();
                match narrow {
                    Some(narrow) => {
                        let mut column = Int32Builder::with_capacity(narrow.len());
                        narrow.into_iter().for_each(|number| column.append_option(number));
                        Arc::new(column.finish()) as Arc<Int32Array>
                    }
                    None => Arc::new(wide),
                }
            }
            Self::Number(mut column) => Arc::new(column.finish()),
            Self::Boolean(mut column) => Arc::new(column.finish()),
        }
    }
}

/// The rows of an extract, column by column.
///
/// # Errors
/// As [`Extract::rows`].
pub fn columns_of(
    extract: &Extract<'_>,
    progress: &dyn Progress,
) -> Result<Vec<(String, ArrayRef)>, ExportError> {
    let mut columns: Vec<Growing> = extract.columns.iter().map(|column| Growing::of(column.kind)).collect();
    extract.rows(progress, &mut |cells| {
        columns.iter_mut().zip(cells).for_each(|(column, cell)| column.add(*cell));
        Ok(())
    })?;
    let names = extract.columns.iter().map(|column| column.name.clone());
    Ok(names.zip(columns.into_iter().map(Growing::finish)).collect())
}

/// Columns of csv texts that are no tables of a run, by kind; all others hold numbers.
const TEXTS: [&str; 31] = [
    "reading",
    "supplier",
    "from",
    "to",
    "importer",
    "exporter",
    "country",
    "name",
    "product",
    "description",
    "what",
    "first",
    "second",
    "indicator",
    "largest_product",
    "largest_country",
    "input",
    "output",
    "change",
    "evidence",
    "scenario",
    "chain",
    "group",
    "cluster",
    "high",
    "low",
    "text",
    "why",
    "index",
    "column",
    "measures",
];
const WHOLE: [&str; 12] = [
    "year",
    "largest_year",
    "both",
    "differ",
    "first_only",
    "second_only",
    "rank",
    "rank_first",
    "rank_second",
    "among",
    "importers",
    "undefined",
];

/// A csv of the engine as a table. Columns are of the kinds that `described` gives them, if it is like a table of a run.
///
/// # Errors
/// `InputError` if a cell is not of the kind of its column.
pub fn of_csv(csv: &[u8], name: &str, described: Option<&RunTable>) -> PyResult<Table> {
    let table = delimited::Table::parse(csv, name).map_err(IntoException::into_exception)?;
    let mut columns = Vec::new();
    for (at, column) in table.header.iter().enumerate() {
        let kind = match described.and_then(|of| of.column(column)) {
            Some(described) => described.kind,
            // What another reading changes is a number there.
            None if column == "change" && name == "others.csv" => ColumnKind::Number,
            None if TEXTS.contains(&column.as_str()) => ColumnKind::Text,
            None if WHOLE.contains(&column.as_str()) => ColumnKind::Whole,
            None => ColumnKind::Number,
        };
        let mut growing = Growing::of(kind);
        for row in &table.rows {
            let text = row.get(at);
            let cell = cell_of(text, kind).ok_or_else(|| {
                let line = row.line;
                input(&format!("line {line} of {name}: column {column}: '{text}' is no {}", kind.name()))
            })?;
            growing.add(cell);
        }
        columns.push((column.clone(), growing.finish()));
    }
    Table::of(columns, Vec::new())
}

fn cell_of(text: &str, kind: ColumnKind) -> Option<Cell<'_>> {
    if text.is_empty() {
        return Some(Cell::Missing);
    }
    match kind {
        ColumnKind::Text => Some(Cell::Text(text)),
        ColumnKind::Whole => text.parse().ok().map(Cell::Whole),
        ColumnKind::Number => text.parse().ok().map(Cell::Number),
        ColumnKind::Boolean => text.parse().ok().map(Cell::Boolean),
    }
}
