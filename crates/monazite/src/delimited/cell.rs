//! Cells of the csv files that the program writes: what a spreadsheet shows and does not run.

use std::borrow::Cow;

/// Characters with which a cell begins that a spreadsheet would run.
const RUNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text without the apostrophes at its beginning.
fn bare(text: &str) -> &str {
    text.trim_start_matches('\'')
}

/// The text of a cell as it is written.
///
/// A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return and is no number gets an apostrophe in front: spreadsheets show
/// such a cell and do not run it. Numbers stay numbers. [`plain_cell`] is the way back.
///
/// ```
/// use monazite::delimited::cell_text;
/// assert_eq!(cell_text("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
/// assert_eq!(cell_text("-1.5e-3"), "-1.5e-3");
/// assert_eq!(cell_text("Côte d'Ivoire"), "Côte d'Ivoire");
/// ```
pub fn cell_text(text: &str) -> Cow<'_, str> {
    // What begins with apostrophes already gets one more, so that nothing is lost on the way back.
    match bare(text).starts_with(RUNS) && text.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// A cell as it is read: without the apostrophe that [`cell_text`] puts in front of what a spreadsheet would run, and without the sign of a formula
/// with which people make a spreadsheet keep a text.
///
/// ```
/// use monazite::delimited::plain_cell;
/// assert_eq!(plain_cell("'=A1"), "=A1");
/// assert_eq!(plain_cell("'s-Hertogenbosch"), "'s-Hertogenbosch");
/// assert_eq!(plain_cell("=\"0101\""), "0101");
/// ```
pub fn plain_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if bare(rest).starts_with(RUNS) => rest,
        _ => match cell.strip_prefix("=\"") {
            Some(text) => text.strip_suffix('"').unwrap_or(text),
            None => cell,
        },
    }
}

/// A csv file in memory. All csv files of the program are written through it.
///
/// ```
/// use monazite::delimited::CsvText;
/// let mut csv = CsvText::new(["country", "change"]);
/// csv.row(["=CHN", "-0.5"]);
/// assert_eq!(csv.text(), "country,change\n'=CHN,-0.5\n");
/// ```
#[derive(Debug)]
pub struct CsvText {
    writer: csv::Writer<Vec<u8>>,
}

const IN_MEMORY: &str = "writing csv to memory does not fail, and every row has a field a column";

impl CsvText {
    /// A file with the names of its columns.
    pub fn new<T: AsRef<str>>(header: impl IntoIterator<Item = T>) -> Self {
        let mut text = Self { writer: csv::Writer::from_writer(Vec::new()) };
        text.row(header);
        text
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has another number of fields than the header.
    pub fn row<T: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = T>) {
        for field in fields {
            self.writer.write_field(cell_text(field.as_ref()).as_bytes()).expect(IN_MEMORY);
        }
        self.writer.write_record(None::<&[u8]>).expect(IN_MEMORY);
    }

    /// What the file holds.
    pub fn bytes(self) -> Vec<u8> {
        self.writer.into_inner().expect(IN_MEMORY)
    }

    /// As [`CsvText::bytes`], as text.
    pub fn text(self) -> String {
        String::from_utf8(self.bytes()).expect("fields are text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_run_and_every_text_comes_back() {
        for text in [
            "=1+2", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1", "-", "'", "''", "", "a=b",
            "'s-H", "=",
        ] {
            let cell = cell_text(text);
            assert!(!cell.starts_with(RUNS), "{text:?} is written as {cell:?}");
            assert_eq!(plain_cell(&cell), text);
        }
        for number in ["-1", "+2.5", "-1e-9", "-0", "-inf", "12"] {
            assert_eq!(cell_text(number), number);
            assert_eq!(plain_cell(number), number);
        }
    }

    #[test]
    fn rows_are_quoted_where_they_have_to_be() {
        let mut csv = CsvText::new(["a", "b"]);
        csv.row(["x, \"y\"".to_owned(), "-1".to_owned()]);
        csv.row(["@x", ""]);
        assert_eq!(csv.text(), "a,b\n\"x, \"\"y\"\"\",-1\n'@x,\n");
    }
}
