//! Tables of a run as rows of text, whatever file they are in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;

use monazite::columnar::{Kind, TableReader};
use monazite::delimited::Table;

/// A Parquet or csv file as header and rows; missing is the empty text.
pub fn read(path: &Path) -> Vec<Vec<String>> {
    if path.extension().is_some_and(|e| e == "parquet") {
        return parquet(path);
    }
    let table = Table::read(path).unwrap();
    let mut rows = vec![table.header.clone()];
    rows.extend(table.rows.iter().map(|r| r.fields.clone()));
    rows
}

fn parquet(path: &Path) -> Vec<Vec<String>> {
    let table = TableReader::open(path).unwrap();
    let names = table.column_names();
    let mut columns: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    for group in 0..table.row_groups() {
        let rows = table.group_rows(group);
        for (position, column) in columns.iter_mut().enumerate() {
            match table.kind(position).expect("a kind that monazite writes") {
                Kind::Int16 | Kind::Int32 => {
                    let mut values = Vec::new();
                    table.read_int16(group, position, 0, rows, &mut values).unwrap();
                    column.extend(values.iter().map(ToString::to_string));
                }
                Kind::Int64 => {
                    let mut values = Vec::new();
                    table.read_int64(group, position, 0, rows, &mut values).unwrap();
                    column.extend(values.iter().map(ToString::to_string));
                }
                Kind::OptionalInt64 => {
                    let values = table.read_optional_int64(group, position).unwrap();
                    column.extend(values.iter().map(|v| v.map_or_else(String::new, |v| v.to_string())));
                }
                Kind::Text | Kind::OptionalText => table.read_text(group, position, 0, rows, column).unwrap(),
                Kind::Number => {
                    let mut values = Vec::new();
                    table.read_number(group, position, 0, rows, &mut values).unwrap();
                    column.extend(values.iter().map(ToString::to_string));
                }
                kind @ Kind::OptionalFloat => panic!("no table of a run has {kind:?}"),
                Kind::OptionalNumber => {
                    let mut values = Vec::new();
                    table.read_optional_number(group, position, 0, rows, &mut values).unwrap();
                    column.extend(values.iter().map(|v| v.map_or_else(String::new, |v| v.to_string())));
                }
            }
        }
    }
    let rows = columns.first().map_or(0, Vec::len);
    let mut all = vec![names];
    all.extend((0..rows).map(|row| columns.iter().map(|c| c[row].clone()).collect()));
    all
}

/// The first difference between two tables; numbers may differ by a relative 1e-10.
pub fn difference(expected: &[Vec<String>], actual: &[Vec<String>]) -> Option<String> {
    if expected.len() != actual.len() {
        return Some(format!("{} rows instead of {}", actual.len(), expected.len()));
    }
    for (row, (e, a)) in expected.iter().zip(actual).enumerate() {
        if e.len() != a.len() {
            return Some(format!("row {row}: {} fields instead of {}", a.len(), e.len()));
        }
        for (column, (e, a)) in e.iter().zip(a).enumerate() {
            let same = match (e.parse::<f64>(), a.parse::<f64>()) {
                (Ok(e), Ok(a)) => (e - a).abs() <= 1e-10 * e.abs().max(1.0),
                _ => e == a,
            };
            if !same {
                return Some(format!("row {row}, {}: {a} instead of {e}", expected[0][column]));
            }
        }
    }
    None
}
