//! Small delimited text files (code lists, edge lists, tables of totals) with line numbers that can be trusted.
//!
//! Not for trade flows: those are read by [`crate::ingest::baci`], in a stream.

mod cell;
mod dialect;
mod encoding;
mod number;
mod records;

use std::collections::BTreeMap;
use std::path::Path;

use crate::disk;
use crate::plain_text::{beginning, printable};
pub use cell::{CsvText, cell_text, plain_cell};
pub use dialect::{Beginning, bare_name, has_old_line_ends, separator_name, shown_header};
pub use encoding::{Encoding, Utf16, decoded, decoded_field};
pub use number::{DecimalMark, NumberProblem, decimal_mark, parse_number};
pub use records::{Fields, Taken, last_record_end, take_record};

/// A whole delimited file in memory: header, rows, and the line each row stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// File name, for messages.
    pub file: String,
    /// Column names, trimmed.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// What marks decimals in its numbers.
    mark: DecimalMark,
}

/// One row of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line in the file, counted from 1.
    pub line: u64,
    /// The fields, trimmed.
    pub fields: Vec<String>,
}

impl Row {
    /// A field, or the empty text if the row is too short.
    pub fn get(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }
}

/// What is wrong with a delimited file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {message}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        message: String,
    },
    /// The file has no line.
    #[error("{file}: the file is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// A column is missing.
    #[error("{file}: there is no column {wanted}; the file has: {found}")]
    MissingColumn {
        /// The file.
        file: String,
        /// The missing column.
        wanted: String,
        /// The columns there are.
        found: String,
    },
    /// Two columns of one name.
    #[error(
        "{file}: the header has the column {column} twice (columns {first} and {second}); which one is meant? Keep one of them"
    )]
    RepeatedColumn {
        /// The file.
        file: String,
        /// Its name.
        column: String,
        /// Position of the first, counted from 1.
        first: usize,
        /// Position of the second.
        second: usize,
    },
    /// A row has more fields than the header.
    #[error(
        "{file}:{line}: the row has {found} fields, the header has {expected}; a text or a number with '{separator}' in it (a decimal comma, say) stands between \
         quotation marks"
    )]
    FieldCount {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: u64,
        /// Fields of the row.
        found: usize,
        /// Columns of the header.
        expected: usize,
        /// What separates them.
        separator: char,
    },
    /// A field is wrong.
    #[error("{file}:{line}: column {column}: {message}")]
    Field {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// What is wrong, with the value.
        message: String,
    },
}

impl Table {
    /// Reads a file; see [`Table::parse`].
    ///
    /// # Errors
    /// [`TableError::Unreadable`] if it cannot be read, is no file (a pipe, a device) or larger than 256 MB; otherwise as [`Table::parse`].
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let file = path.display().to_string();
        let text = disk::read(path, disk::LARGEST_TABLE)
            .map_err(|error| TableError::Unreadable { file: file.clone(), message: error.to_string() })?;
        Self::parse(&text, &file)
    }

    /// Reads a table from bytes: UTF-8, UTF-16 (with or without a byte order mark) or Windows-1252; commas, semicolons, tabs or vertical
    /// bars as separators, whichever the header has most of outside of quotes; quotes as in csv; lines ending in LF, CRLF or CR; blank lines,
    /// lines of separators alone, comment lines that start with `#`, and the lines about the source at the end of the World Bank's exports.
    /// Where no comma separates the columns, decimals may be marked by one. A text that was written so that no spreadsheet runs it (`'=A1`) is read
    /// as what it is.
    ///
    /// # Errors
    /// [`TableError::Empty`] if there is no line at all, [`TableError::RepeatedColumn`] if the header has a name twice,
    /// [`TableError::FieldCount`] if a row has more fields than the header, [`TableError::Field`] for a control character other than a line end or a
    /// tab, and for a quotation mark that is never closed.
    pub fn parse(text: &[u8], file: &str) -> Result<Self, TableError> {
        let text = decoded(text);
        // Lines that end in a carriage return alone, as on an old Macintosh, are lines too; a comment would have no end otherwise.
        let mut text = if text.contains('\n') { text } else { text.replace('\r', "\n") };
        let header = header_of(&text);
        let said = Beginning::of(&text.as_bytes()[header..]);
        if said.lines > 0 && text.is_char_boundary(header + 1) {
            // A line that says the separator, as spreadsheets understand it, is none of the table's.
            text.replace_range(header..=header, "#");
        }
        let bytes = text.as_bytes();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(said.separator)
            .from_reader(bytes);
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        let (mut counted_to, mut line) = (0usize, 1u64);
        while reader
            .read_record(&mut record)
            .map_err(|error| TableError::Unreadable { file: file.to_owned(), message: error.to_string() })?
        {
            let start = record.position().map_or(0, |p| p.byte() as usize);
            let start = skip_to_content(bytes, start);
            line += memchr::memchr_iter(b'\n', &bytes[counted_to..start]).count() as u64;
            counted_to = start;
            let fields: Vec<String> = record.iter().map(|field| plain_cell(field).to_owned()).collect();
            if rows.is_empty() || fields.iter().any(|field| !field.is_empty()) {
                rows.push(Row { line, fields });
            }
        }
        if rows.is_empty() {
            return Err(TableError::Empty { file: file.to_owned() });
        }
        let header = rows.remove(0).fields;
        while rows.last().is_some_and(|row| is_footer(row, header.len())) {
            rows.pop();
        }
        let fields = rows.iter().flat_map(|row| &row.fields).map(String::as_str);
        // The fields are codes and numbers of all columns, which say little of one of them.
        let mark = match decimal_mark(said.separator, fields) {
            DecimalMark::Doubtful => DecimalMark::Either,
            mark => mark,
        };
        let table = Self { file: file.to_owned(), header, rows, mark };
        table.refuse_repeated_columns()?;
        table.refuse_control_characters()?;
        table.refuse_fields_beyond_the_header(said.separator)?;
        if let Some(row) = table.rows.last()
            && !last_quote_is_closed(&bytes[skip_to_line(bytes, row.line)..], said.separator)
        {
            let message = "a quotation mark opens here and is never closed; close it, or take it out";
            return Err(table.field_error(row, row.fields.len().saturating_sub(1), message));
        }
        Ok(table)
    }

    fn refuse_repeated_columns(&self) -> Result<(), TableError> {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (at, name) in self.header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if let Some(first) = places.insert(name.to_ascii_lowercase(), at) {
                return Err(TableError::RepeatedColumn {
                    file: self.file.clone(),
                    column: beginning(&printable(name), 40),
                    first: first + 1,
                    second: at + 1,
                });
            }
        }
        Ok(())
    }

    /// A field behind the last column is what a number with a decimal comma, or a name with a comma, leaves without quotes.
    fn refuse_fields_beyond_the_header(&self, separator: u8) -> Result<(), TableError> {
        let columns = self.header.len();
        // Above the header of the World Bank's API stands where the data come from.
        if self.header.first().is_some_and(|name| name.eq_ignore_ascii_case("data source")) {
            return Ok(());
        }
        for row in &self.rows {
            let used = row.fields.iter().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1);
            if used > columns {
                return Err(TableError::FieldCount {
                    file: self.file.clone(),
                    line: row.line,
                    found: used,
                    expected: columns,
                    separator: char::from(separator),
                });
            }
        }
        Ok(())
    }

    fn refuse_control_characters(&self) -> Result<(), TableError> {
        let bad = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        for row in &self.rows {
            for (column, field) in row.fields.iter().enumerate() {
                if let Some(c) = field.chars().find(|c| bad(*c)) {
                    let message = format!("holds the control character U+{:04X}; take it out", u32::from(c));
                    return Err(self.field_error(row, column, message));
                }
            }
        }
        Ok(())
    }

    /// Position of the first column whose name is one of `names`, upper or lower case alike.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.header.iter().position(|h| h.eq_ignore_ascii_case(name)))
    }

    /// Like [`Table::column`], but the column has to be there.
    ///
    /// # Errors
    /// [`TableError::MissingColumn`], naming the columns that the file has.
    pub fn require(&self, names: &[&str]) -> Result<usize, TableError> {
        self.column(names).ok_or_else(|| TableError::MissingColumn {
            file: self.file.clone(),
            wanted: names.join(" or "),
            found: self.header.join(", "),
        })
    }

    /// An error about one field.
    pub fn field_error(&self, row: &Row, column: usize, message: impl Into<String>) -> TableError {
        TableError::Field {
            file: self.file.clone(),
            line: row.line,
            column: self.header.get(column).cloned().unwrap_or_default(),
            message: message.into(),
        }
    }

    /// A field as a number.
    ///
    /// # Errors
    /// [`TableError::Field`] if it is not a finite number, or larger than 1e18 either way, where sums would overflow.
    pub fn number(&self, row: &Row, column: usize) -> Result<f64, TableError> {
        let text = row.get(column);
        match parse_number(text, self.mark) {
            Ok(number) if number.abs() <= LARGEST => Ok(number),
            Ok(_) => {
                let message = format!("'{}' is larger than 1e18, which nothing here is", beginning(text, 40));
                Err(self.field_error(row, column, message))
            }
            Err(problem) => {
                Err(self.field_error(row, column, format!("'{}' {problem}", beginning(text, 40))))
            }
        }
    }

    /// A field as a year.
    ///
    /// # Errors
    /// [`TableError::Field`] if it is not a year between 1900 and 2200.
    pub fn year(&self, row: &Row, column: usize) -> Result<u16, TableError> {
        let text = row.get(column);
        match text.parse::<u16>() {
            Ok(year) if (1900..=2200).contains(&year) => Ok(year),
            _ => Err(self.field_error(row, column, format!("'{}' is not a year", beginning(text, 40)))),
        }
    }
}

/// Largest number of a table, either way.
const LARGEST: f64 = 1e18;

/// Where the first line stands that is neither blank nor a comment.
fn header_of(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() && !line.starts_with('#') {
            break;
        }
        at += line.len();
    }
    at
}

/// How lines begin that the World Bank and others put below a table.
const FOOTERS: [&str; 6] = ["data from database", "last updated", "source:", "sources:", "note:", "notes:"];

/// Whether a row says something about the table: text in its first field alone, of a table of several columns.
fn is_footer(row: &Row, columns: usize) -> bool {
    let begins = row.get(0).to_lowercase();
    columns > 1
        && row.fields.iter().skip(1).all(String::is_empty)
        && FOOTERS.iter().any(|footer| begins.starts_with(footer))
}

/// Where a line begins, counted from 1.
fn skip_to_line(bytes: &[u8], line: u64) -> usize {
    let ends = memchr::memchr_iter(b'\n', bytes);
    if line <= 1 { 0 } else { ends.map(|at| at + 1).nth(line as usize - 2).unwrap_or(bytes.len()) }
}

/// Whether the first record of a text, which is the last one of its table, closes what it opens.
fn last_quote_is_closed(text: &[u8], separator: u8) -> bool {
    take_record(text, separator, &mut Fields::default()).closed
}

/// From the place where the csv reader stood, over line ends and comments, to where the record begins.
fn skip_to_content(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\r' | b'\n' => at += 1,
            b'#' if at == 0 || matches!(bytes[at - 1], b'\n' | b'\r') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
            }
            _ => break,
        }
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_through_crlf_comments_and_blanks() {
        let text = "\u{feff}# about\r\ncode,name\r\n\r\n1,\"a, b\"\r\n# between\r\n2,c\r\n";
        let table = Table::parse(text.as_bytes(), "t.csv").unwrap();
        assert_eq!(table.header, ["code", "name"]);
        assert_eq!(table.rows[0], Row { line: 4, fields: vec!["1".into(), "a, b".into()] });
        assert_eq!(table.rows[1].line, 6);
    }

    #[test]
    fn what_stands_behind_the_last_column_and_quotes_left_open_are_refused() {
        let error = |text: &str| Table::parse(text.as_bytes(), "t.csv").unwrap_err().to_string();
        assert_eq!(
            error("iso3,year,pv\nABW,2019,95\nAFG,2019,95,7547\n"),
            "t.csv:3: the row has 4 fields, the header has 3; a text or a number with ',' in it (a decimal comma, say) stands between quotation marks"
        );
        assert!(Table::parse(b"a,b\n1,2,,\n", "t.csv").is_ok(), "empty fields are none");
        assert_eq!(
            error("iso3,year\nABW,2019\n\"AFG,2019\nALB,2019\n"),
            "t.csv:3: column iso3: a quotation mark opens here and is never closed; close it, or take it out"
        );
        assert!(Table::parse(b"a,b\n1,\"x\ny\"\n", "t.csv").is_ok());
    }

    #[test]
    fn a_quoted_line_break_is_one_row() {
        let table = Table::parse(b"a;b\n\"x\ny\";1\nz;2\n", "t.csv").unwrap();
        assert_eq!(table.rows[0].get(0), "x\ny");
        assert_eq!((table.rows[0].line, table.rows[1].line), (2, 4));
    }

    #[test]
    fn tables_as_spreadsheets_and_the_world_bank_write_them() {
        let text = "sep=;\nCountry;Code;2019 [YR2019]\nChina;CHN;60,5\n;;\n\n;;\nData from database: Worldwide Governance Indicators\nLast Updated: 09/25/2024;;\n";
        let utf16: Vec<u8> =
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &utf16] {
            let table = Table::parse(bytes, "t.csv").unwrap();
            assert_eq!(table.header, ["Country", "Code", "2019 [YR2019]"]);
            assert_eq!((table.rows.len(), table.rows[0].line), (1, 3));
            assert_eq!(table.number(&table.rows[0], 2), Ok(60.5));
        }
        let table = Table::parse(b"iso3|year|value\nCHN|2019|1.234.567\n", "t.csv").unwrap();
        let error = table.number(&table.rows[0], 2).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "t.csv:2: column value: '1.234.567' is not a number as they are read here: it has separators"
            ),
            "{error}"
        );
        let table = Table::parse(b"a;\"b, c, d\"\n1;2\n", "t.csv").unwrap();
        assert_eq!(table.header, ["a", "b, c, d"]);
    }

    #[test]
    fn old_encodings_are_read() {
        let table = Table::parse(b"name\nCura\xe7ao\n", "t.csv").unwrap();
        assert_eq!(table.rows[0].get(0), "Curaçao");
    }

    #[test]
    fn errors_say_where() {
        let table = Table::parse(b"year,value\n2007,x\n", "t.csv").unwrap();
        let value = table.require(&["value"]).unwrap();
        assert_eq!(
            table.number(&table.rows[0], value).unwrap_err().to_string(),
            "t.csv:2: column value: 'x' is not a number"
        );
        assert_eq!(
            table.require(&["exports"]).unwrap_err().to_string(),
            "t.csv: there is no column exports; the file has: year, value"
        );
        assert_eq!(Table::parse(b"", "t.csv").unwrap_err().to_string(), "t.csv: the file is empty");
    }

    #[test]
    fn a_column_twice_and_control_characters_are_refused() {
        let error = |text: &str| Table::parse(text.as_bytes(), "t.csv").unwrap_err().to_string();
        assert_eq!(
            error("year,value,Year\n2007,1,2\n"),
            "t.csv: the header has the column Year twice (columns 1 and 3); which one is meant? Keep one of them"
        );
        assert!(Table::parse(b"a,,\n1,2,3\n", "t.csv").is_ok(), "columns without a name are not asked for");
        assert_eq!(
            error("a,b\n1,2\n3,x\u{1b}[31m\n"),
            "t.csv:3: column b: holds the control character U+001B; take it out"
        );
    }

    #[test]
    fn comments_end_with_old_line_ends_too() {
        let table = Table::parse(b"# about\rcode,name\r# between\r1,a\r2,b\r", "t.csv").unwrap();
        assert_eq!(table.header, ["code", "name"]);
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4, 5]);
    }

    #[test]
    fn numbers_that_would_overflow_and_old_line_ends() {
        let table = Table::parse(b"year,value\r2007,1\r2008,1e308\r", "t.csv").unwrap();
        assert_eq!(table.number(&table.rows[0], 1), Ok(1.0));
        assert_eq!(
            table.number(&table.rows[1], 1).unwrap_err().to_string(),
            "t.csv:3: column value: '1e308' is larger than 1e18, which nothing here is"
        );
    }
}
