//! Tables of a run as a workbook (xlsx): a sheet a table, before them what the numbers are and where they come from.
//!
//! Numbers are numbers, missing values are empty cells, codes of products are text. The moment that is written into the file is that of no clock,
//! so the same run and selection give the same bytes.

use std::io::{Seek, Write};

use monazite::export::about::about;
use monazite::export::text::{DEFINITION_COLUMNS, definitions};
use monazite::export::{Cell, ExportError, Extract, Selection};
use monazite::progress::Progress;
use monazite::run::Run;
use monazite::run_folder::ColumnKind;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Rows of a sheet, its header included.
const SHEET_ROWS: u64 = 1_048_576;
/// Sheets of one table at most.
const MOST_SHEETS: u64 = 8;
/// Longest name of a sheet, in characters.
const LONGEST_NAME: usize = 31;
/// Longest text of a cell, in characters.
const LONGEST_TEXT: usize = 32_767;

/// Writes extracts as a workbook: the sheets `about` and `definitions`, then one a table, or several for a table of more rows than a sheet holds.
/// Returns the rows of each table.
///
/// # Errors
/// As [`Extract::rows`], [`ExportError::TooLong`] for a table of more than eight sheets, [`ExportError::Format`] if the workbook cannot be written.
pub fn write_xlsx<W: Write + Seek + Send>(
    run: &Run,
    selection: &Selection,
    extracts: &[Extract<'_>],
    out: W,
    progress: &dyn Progress,
) -> Result<Vec<u64>, ExportError> {
    let mut workbook = Workbook::new();
    let moment = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|e| failed("the workbook", &e))?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&run.manifest().study.name)
            .set_author("monazite")
            .set_creation_datetime(&moment),
    );
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    let mut lines = about(run, selection)?;
    lines.extend(extracts.iter().map(|e| ("Table", format!("{}: {} A row is {}.", e.name, e.title, e.row))));
    about_sheet(sheet, &lines, &bold).map_err(|e| failed("about", &e))?;
    let sheet = workbook.add_worksheet();
    definitions_sheet(sheet, extracts, &bold).map_err(|e| failed("definitions", &e))?;
    let mut names = vec!["about".to_owned(), "definitions".to_owned()];
    let mut rows = Vec::new();
    for extract in extracts {
        rows.push(table_sheets(&mut workbook, extract, &mut names, &bold, progress)?);
    }
    progress.go_on()?;
    workbook.save_to_writer(out).map_err(|e| failed("the workbook", &e))?;
    Ok(rows)
}

fn failed(table: &str, error: &XlsxError) -> ExportError {
    ExportError::Format { table: table.to_owned(), format: "a workbook", message: error.to_string() }
}

fn about_sheet(
    sheet: &mut Worksheet,
    lines: &[(&'static str, String)],
    bold: &Format,
) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap();
    sheet.set_name("about")?.set_column_width(0, 14)?.set_column_width(1, 110)?;
    for (row, (name, text)) in (0..).zip(lines) {
        sheet.write_string_with_format(row, 0, *name, bold)?;
        sheet.write_string_with_format(row, 1, cut(text), &wrapped)?;
    }
    Ok(())
}

fn definitions_sheet(
    sheet: &mut Worksheet,
    extracts: &[Extract<'_>],
    bold: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name("definitions")?.set_freeze_panes(1, 0)?;
    for (column, (name, width)) in (0..).zip(DEFINITION_COLUMNS.iter().zip([18, 24, 26, 14, 22, 90, 40])) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, *name, bold)?;
    }
    for (row, cells) in (1..).zip(definitions(extracts)) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell)?;
        }
    }
    Ok(())
}

/// Writes the rows of a table, on a further sheet where one is full.
fn table_sheets(
    workbook: &mut Workbook,
    extract: &Extract<'_>,
    names: &mut Vec<String>,
    bold: &Format,
    progress: &dyn Progress,
) -> Result<u64, ExportError> {
    let table = extract.name.as_str();
    begin_sheet(workbook, extract, names, bold).map_err(|e| failed(table, &e))?;
    let (mut at, mut all) = (1_u64, 0_u64);
    extract.rows(progress, &mut |cells| {
        if at == SHEET_ROWS {
            finish_sheet(workbook, extract, names.len(), at).map_err(|e| failed(table, &e))?;
            if all / (SHEET_ROWS - 1) >= MOST_SHEETS {
                let most = (SHEET_ROWS - 1) * MOST_SHEETS;
                return Err(ExportError::TooLong {
                    table: table.to_owned(),
                    rows: all + 1,
                    format: "a workbook",
                    most,
                });
            }
            begin_sheet(workbook, extract, names, bold).map_err(|e| failed(table, &e))?;
            at = 1;
        }
        let sheet = workbook.worksheet_from_index(names.len() - 1).map_err(|e| failed(table, &e))?;
        for (column, cell) in (0..).zip(cells) {
            let row = at as u32;
            match cell {
                Cell::Missing => continue,
                Cell::Text(text) => sheet.write_string(row, column, cut(text)),
                Cell::Whole(number) => sheet.write_number(row, column, *number as f64),
                Cell::Number(number) => sheet.write_number(row, column, *number),
                Cell::Boolean(truth) => sheet.write_boolean(row, column, *truth),
            }
            .map_err(|e| failed(table, &e))?;
        }
        (at, all) = (at + 1, all + 1);
        if all % 65_536 == 0 {
            progress.go_on()?;
        }
        Ok(())
    })?;
    finish_sheet(workbook, extract, names.len(), at).map_err(|e| failed(table, &e))?;
    Ok(all)
}

/// A sheet with the names of the columns, which stay in sight.
fn begin_sheet(
    workbook: &mut Workbook,
    extract: &Extract<'_>,
    names: &mut Vec<String>,
    bold: &Format,
) -> Result<(), XlsxError> {
    let name = sheet_name(&extract.name, names);
    names.push(name.clone());
    let sheet = workbook.add_worksheet_with_low_memory()?;
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (at, column) in (0..).zip(&extract.columns) {
        let width = match (column.kind, column.name.as_str()) {
            (ColumnKind::Text, name) if name.ends_with("description") => 40,
            (ColumnKind::Text, name) if name.ends_with("name") => 24,
            _ => 14,
        };
        sheet.set_column_width(at, width)?;
    }
    for (at, column) in (0..).zip(&extract.columns) {
        sheet.write_string_with_format(0, at, column.name.as_str(), bold)?;
    }
    Ok(())
}

/// The arrows with which a spreadsheet narrows and sorts.
fn finish_sheet(
    workbook: &mut Workbook,
    extract: &Extract<'_>,
    sheets: usize,
    rows: u64,
) -> Result<(), XlsxError> {
    let sheet = workbook.worksheet_from_index(sheets - 1)?;
    if let (Some(last), 2..) = (extract.columns.len().checked_sub(1), rows) {
        sheet.autofilter(0, 0, rows as u32 - 1, last as u16)?;
    }
    Ok(())
}

/// The name of a sheet: that of the table with `_` for what a sheet may not be called, cut, and a number if it is taken.
fn sheet_name(table: &str, taken: &[String]) -> String {
    let allowed = |c: char| if "[]:*?/\\".contains(c) { '_' } else { c };
    let whole: String = table.chars().map(allowed).collect();
    let with = |ending: &str| -> String {
        let mut name: String = whole.chars().take(LONGEST_NAME - ending.len()).collect();
        name.push_str(ending);
        name
    };
    let is_free = |name: &String| !taken.iter().any(|t| t.eq_ignore_ascii_case(name));
    let numbered = (2..).map(|number| with(&format!("_{number}")));
    std::iter::once(with("")).chain(numbered).find(is_free).unwrap_or(whole)
}

/// A text as long as a cell may be.
fn cut(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::path::Path;

    use calamine::{Data, Reader, Xlsx};
    use monazite::pipeline::{RunOptions, Until, run_study};
    use monazite::progress::Silent;
    use monazite::study::Study;

    use super::*;

    #[test]
    fn sheets_have_names_that_spreadsheets_take() {
        let taken = ["about".to_owned(), "chain_edges".to_owned()];
        assert_eq!(sheet_name("indicators", &taken), "indicators");
        assert_eq!(sheet_name("chain/edges", &taken), "chain_edges_2");
        let long = sheet_name("regression/in_all_years/sweep_summary", &taken);
        assert_eq!((long.len(), long.as_str()), (31, "regression_in_all_years_sweep_s"));
    }

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
    fn a_workbook_holds_every_cell_and_the_same_bytes_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let mut study = Study::load(Path::new(tiny)).unwrap();
        study.data.store = Some(folder.path().join("store"));
        let out = folder.path().join("run");
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        run_study(&study, &out, &options, &Silent).unwrap();
        let run = Run::open(&out).unwrap();
        let selection = Selection::default();
        let extracts = Extract::all_of(&run, &selection).unwrap();
        let write = || {
            let mut bytes = Cursor::new(Vec::new());
            write_xlsx(&run, &selection, &extracts, &mut bytes, &Silent).unwrap();
            bytes.into_inner()
        };
        let bytes = write();
        assert!(bytes == write(), "the same bytes");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names()[..3], ["about", "definitions", "indicators"]);
        for extract in &extracts {
            let sheet = book.worksheet_range(&extract.name.replace('/', "_")).unwrap();
            let mut rows = sheet.rows().skip(1);
            extract
                .rows(&Silent, &mut |cells| {
                    let row = rows.next().unwrap();
                    for (at, cell) in cells.iter().enumerate() {
                        match (cell, row.get(at).unwrap_or(&Data::Empty)) {
                            (Cell::Missing, Data::Empty) => {}
                            (Cell::Text(text), Data::String(found)) => assert_eq!(text, found),
                            (Cell::Whole(number), found) => {
                                assert_eq!(found.as_f64_if_number(), Some(*number as f64))
                            }
                            (Cell::Number(number), found) => {
                                assert_eq!(found.as_f64_if_number(), Some(*number))
                            }
                            (Cell::Boolean(truth), Data::Bool(found)) => assert_eq!(truth, found),
                            (cell, found) => panic!("{}: {cell:?} {found:?}", extract.name),
                        }
                    }
                    Ok(())
                })
                .unwrap();
            assert!(rows.next().is_none());
        }
    }

    trait IfNumber {
        fn as_f64_if_number(&self) -> Option<f64>;
    }

    impl IfNumber for Data {
        fn as_f64_if_number(&self) -> Option<f64> {
            match self {
                Data::Float(number) => Some(*number),
                Data::Int(number) => Some(*number as f64),
                _ => None,
            }
        }
    }
}
