//! Exports for Stata.

use std::collections::BTreeSet;
use std::io::{Seek, Write};

use dta::stata::dta::byte_order::ByteOrder;
use dta::stata::dta::dta_error::DtaError;
use dta::stata::dta::dta_writer::DtaWriter;
use dta::stata::dta::header::Header;
use dta::stata::dta::long_string_table::LongStringTable;
use dta::stata::dta::release::Release;
use dta::stata::dta::schema::Schema;
use dta::stata::dta::value::Value;
use dta::stata::dta::variable::Variable;
use dta::stata::dta::variable_type::VariableType;
use dta::stata::missing_value::MissingValue;
use dta::stata::stata_byte::StataByte;
use dta::stata::stata_double::StataDouble;
use dta::stata::stata_long::StataLong;

use super::{Cell, ExportError, Extract};
use crate::progress::Progress;
use crate::run_folder::ColumnKind;

/// Longest name of a variable.
const LONGEST_NAME: usize = 32;
/// Longest label, in characters.
const LONGEST_LABEL: usize = 80;
/// Longest text of fixed length, in bytes.
const LONGEST_TEXT: usize = 2045;
/// Words that are no names of variables, besides `str1`, `str2`, ...
const RESERVED: [&str; 18] = [
    "_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_N", "_pi",
    "_pred", "_rc", "_skip", "strL",
];
const ALSO_RESERVED: [&str; 2] = ["using", "with"];

/// Writes an extract as a Stata file of release 118 (Stata 14 and later): whole numbers as `long`, numbers as `double`, texts as `str`,
/// true and false as 1 and 0, missing as `.`; columns keep their names, labels say what they are. No moment is written into it. Returns the
/// number of rows.
///
/// # Errors
/// As [`Extract::rows`], and [`ExportError::Format`] if the file cannot be written.
pub fn write_dta<W: Write + Seek>(
    extract: &Extract<'_>,
    title: &str,
    out: W,
    progress: &dyn Progress,
) -> Result<u64, ExportError> {
    let failed = |e: DtaError| ExportError::Format {
        table: extract.name.clone(),
        format: "a Stata file",
        message: e.to_string(),
    };
    let extent = extract.extent(progress)?;
    let names = variable_names(extract.columns.iter().map(|c| c.name.as_str()));
    let types: Vec<VariableType> = extract
        .columns
        .iter()
        .zip(&extent.longest_texts)
        .map(|(column, longest)| match column.kind {
            ColumnKind::Text if *longest > LONGEST_TEXT => VariableType::LongString,
            ColumnKind::Text => VariableType::FixedString((*longest).max(1) as u16),
            ColumnKind::Whole => VariableType::Long,
            ColumnKind::Number => VariableType::Double,
            ColumnKind::Boolean => VariableType::Byte,
        })
        .collect();
    let mut schema = Schema::builder();
    for ((column, name), kind) in extract.columns.iter().zip(&names).zip(&types) {
        let label = if column.unit.is_empty() {
            column.label.clone()
        } else {
            format!("{} ({})", column.label, column.unit)
        };
        let format = match kind {
            VariableType::FixedString(width) => format!("%-{}s", (*width).min(40)),
            VariableType::LongString => "%-40s".to_owned(),
            VariableType::Double => "%10.0g".to_owned(),
            _ => "%12.0g".to_owned(),
        };
        schema =
            schema.add_variable(Variable::builder(*kind, name.as_str()).format(format).label(cut(&label)));
    }
    let header = Header::builder(Release::V118, ByteOrder::LittleEndian).dataset_label(cut(title)).build();
    let mut records = DtaWriter::new()
        .from_writer(out)
        .write_header(header)
        .and_then(|writer| writer.write_schema(schema.build()?))
        .and_then(|writer| writer.into_record_writer())
        .map_err(failed)?;
    let mut long_texts = LongStringTable::for_writing();
    let mut values: Vec<Value<'_>> = Vec::new();
    let mut row = 0_u64;
    extract.rows(progress, &mut |cells| {
        row += 1;
        values.clear();
        for (at, (cell, kind)) in cells.iter().zip(&types).enumerate() {
            values.push(match (*kind, *cell) {
                (VariableType::LongString, Cell::Text(text)) => {
                    Value::LongStringRef(long_texts.get_or_insert(at as u32 + 1, row, text))
                }
                (VariableType::LongString, _) => {
                    Value::LongStringRef(long_texts.get_or_insert(at as u32 + 1, row, ""))
                }
                (VariableType::FixedString(_), Cell::Text(text)) => Value::String(text.to_owned().into()),
                (VariableType::FixedString(_), _) => Value::string(""),
                (VariableType::Long, Cell::Whole(number)) => {
                    let number = i32::try_from(number).map_err(|_| ExportError::Format {
                        table: extract.name.clone(),
                        format: "a Stata file",
                        message: format!("{number} in {} is too large for a long", names[at]),
                    })?;
                    Value::Long(StataLong::Present(number))
                }
                (VariableType::Long, _) => Value::Long(StataLong::Missing(MissingValue::System)),
                (VariableType::Byte, Cell::Boolean(truth)) => {
                    Value::Byte(StataByte::Present(i8::from(truth)))
                }
                (VariableType::Byte, _) => Value::Byte(StataByte::Missing(MissingValue::System)),
                (_, Cell::Number(number)) => Value::Double(StataDouble::Present(number)),
                (_, _) => Value::Double(StataDouble::Missing(MissingValue::System)),
            });
        }
        records.write_record(&values).map_err(failed)
    })?;
    let mut writer = records.into_long_string_writer().map_err(failed)?;
    writer.write_long_string_table(&long_texts).map_err(failed)?;
    writer.into_value_label_writer().and_then(|writer| writer.finish()).map_err(failed)?;
    Ok(extent.rows)
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_LABEL).collect()
}

/// Names that Stata takes: letters, digits and `_`, at most 32, no two alike.
///
/// ```
/// use monazite::export::stata::variable_names;
/// let names = variable_names(["str", "in", "2019", "a-b", "a_b"].into_iter());
/// assert_eq!(names, ["str", "in_", "_2019", "a_b", "a_b_2"]);
/// ```
pub fn variable_names<'a>(columns: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    columns
        .map(|column| {
            let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
            let mut name: String = column.chars().map(allowed).take(LONGEST_NAME).collect();
            let is_type = name
                .strip_prefix("str")
                .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
            if RESERVED.contains(&name.as_str()) || ALSO_RESERVED.contains(&name.as_str()) || is_type {
                name.push('_');
            }
            if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
                name.insert(0, '_');
                name.truncate(LONGEST_NAME);
            }
            let mut unique = name.clone();
            let mut number = 2;
            while !taken.insert(unique.clone()) {
                let ending = format!("_{number}");
                unique = format!("{}{ending}", &name[..name.len().min(LONGEST_NAME - ending.len())]);
                number += 1;
            }
            unique
        })
        .collect()
}
