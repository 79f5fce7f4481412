//! Exports as csv and JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Cell, ExportError, Extract};
use crate::delimited::{CsvText, cell_text};
use crate::progress::Progress;

/// Writes an extract as csv: UTF-8, commas, a line of names, empty where a value is missing; numbers in the shortest form that is read back to the
/// last bit. Returns the number of rows.
///
/// # Errors
/// As [`Extract::rows`], and [`ExportError::Write`].
pub fn write_csv(
    extract: &Extract<'_>,
    out: &mut dyn Write,
    progress: &dyn Progress,
) -> Result<u64, ExportError> {
    let failed = |e: csv::Error| cannot_write(&extract.name, e.into());
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(extract.columns.iter().map(|c| c.name.as_str())).map_err(failed)?;
    let rows = extract.rows(progress, &mut |cells| {
        for cell in cells {
            match cell {
                Cell::Missing => writer.write_field(""),
                Cell::Text(text) => writer.write_field(cell_text(text).as_bytes()),
                Cell::Whole(number) => writer.write_field(number.to_string()),
                Cell::Number(number) => writer.write_field(number.to_string()),
                Cell::Boolean(truth) => writer.write_field(truth.to_string()),
            }
            .map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)
    })?;
    writer.flush().map_err(|e| cannot_write(&extract.name, e))?;
    Ok(rows)
}

/// Writes an extract as one JSON object: `table`, `title`, `row`, `about` (where the numbers come from), `columns` with their definitions, and
/// `data`, a list of an object a row, null where a value is missing. Returns the number of rows.
///
/// # Errors
/// As [`write_csv`].
pub fn write_json(
    extract: &Extract<'_>,
    about: &[(&'static str, String)],
    out: &mut dyn Write,
    progress: &dyn Progress,
) -> Result<u64, ExportError> {
    let failed = |e: io::Error| cannot_write(&extract.name, e);
    let columns: Vec<Value> = extract
        .columns
        .iter()
        .map(|c| {
            json!({"name": c.name, "kind": c.kind.name(), "label": c.label, "unit": c.unit, "definition": c.definition, "missing": c.missing})
        })
        .collect();
    let about: Vec<Value> = about.iter().map(|(name, text)| json!([name, text])).collect();
    write!(
        out,
        "{{\"table\":{},\n\"title\":{},\n\"row\":{},\n\"about\":{},\n\"columns\":{},\n\"data\":[",
        Value::from(extract.name.as_str()),
        Value::from(extract.title.as_str()),
        Value::from(extract.row.as_str()),
        Value::from(about),
        Value::from(columns)
    )
    .map_err(failed)?;
    let keys: Vec<String> =
        extract.columns.iter().map(|c| Value::from(c.name.as_str()).to_string()).collect();
    let mut first = true;
    let rows = extract.rows(progress, &mut |cells| {
        let mut line = if first { "\n{".to_owned() } else { ",\n{".to_owned() };
        first = false;
        for (at, (key, cell)) in keys.iter().zip(cells).enumerate() {
            if at > 0 {
                line.push(',');
            }
            line.push_str(key);
            line.push(':');
            line.push_str(&json_of(*cell).to_string());
        }
        line.push('}');
        out.write_all(line.as_bytes()).map_err(failed)
    })?;
    out.write_all(b"\n]}\n").and_then(|()| out.flush()).map_err(failed)?;
    Ok(rows)
}

fn json_of(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Text(text) => text.into(),
        Cell::Whole(number) => number.into(),
        Cell::Number(number) => number.into(),
        Cell::Boolean(truth) => truth.into(),
    }
}

/// The columns of some extracts as csv: table, column, label, unit, what it means, when it is empty.
pub fn definitions_csv(extracts: &[Extract<'_>]) -> Vec<u8> {
    let mut csv = CsvText::new(DEFINITION_COLUMNS);
    for row in definitions(extracts) {
        csv.row(row);
    }
    csv.bytes()
}

/// Names of the columns of [`definitions`].
pub const DEFINITION_COLUMNS: [&str; 7] =
    ["table", "column", "label", "kind", "unit", "definition", "empty_when"];

/// A row a column of some extracts, as [`DEFINITION_COLUMNS`] names its cells.
pub fn definitions(extracts: &[Extract<'_>]) -> Vec<[String; 7]> {
    let of = |extract: &Extract<'_>| {
        let table = extract.name.clone();
        let row = |c: &super::ExportColumn| {
            [
                table.clone(),
                c.name.clone(),
                c.label.clone(),
                c.kind.name().to_owned(),
                c.unit.clone(),
                c.definition.clone(),
                c.missing.clone(),
            ]
        };
        extract.columns.iter().map(row).collect::<Vec<_>>()
    };
    extracts.iter().flat_map(of).collect()
}

fn cannot_write(table: &str, source: io::Error) -> ExportError {
    ExportError::Write { path: table.to_owned(), action: "cannot be written", source }
}
