//! Small delimited text files (code lists, edge lists, tables of totals) with line numbers that can be trusted.
//!
//! Not for trade flows: those are read by [`crate::ingest::baci`], in a stream.

use std::path::Path;

/// A whole delimited file in memory: header, rows, and the line each row stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// File name, for messages.
    pub file: String,
    /// Column names, trimmed.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
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
    /// [`TableError::Unreadable`] if it cannot be read, [`TableError::Empty`] if there is nothing in it.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let file = path.display().to_string();
        let text = std::fs::read(path)
            .map_err(|error| TableError::Unreadable { file: file.clone(), message: error.to_string() })?;
        Self::parse(&text, &file)
    }

    /// Reads a table from bytes. Commas, semicolons and tabs are understood as separators (whichever the
    /// header has most of), quotes as in csv, lines ending in LF or CRLF, a byte order mark, blank lines,
    /// and comment lines that start with `#`. Text that is not UTF-8 is taken for Windows-1252.
    ///
    /// # Errors
    /// [`TableError::Empty`] if there is no line at all.
    pub fn parse(text: &[u8], file: &str) -> Result<Self, TableError> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let text: String = match std::str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(text).0.into_owned(),
        };
        let bytes = text.as_bytes();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(separator(&text))
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
            rows.push(Row { line, fields: record.iter().map(str::to_owned).collect() });
        }
        if rows.is_empty() {
            return Err(TableError::Empty { file: file.to_owned() });
        }
        let header = rows.remove(0).fields;
        Ok(Self { file: file.to_owned(), header, rows })
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
    /// [`TableError::Field`] if it is not a finite number.
    pub fn number(&self, row: &Row, column: usize) -> Result<f64, TableError> {
        let text = row.get(column);
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(self.field_error(row, column, format!("'{text}' is not a number"))),
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
            _ => Err(self.field_error(row, column, format!("'{text}' is not a year"))),
        }
    }
}

/// The separator the header uses most.
fn separator(text: &str) -> u8 {
    let header = text.lines().find(|l| !l.trim().is_empty() && !l.starts_with('#')).unwrap_or("");
    let count = |separator: char| header.matches(separator).count();
    if count(',') >= count(';') && count(',') >= count('\t') {
        b','
    } else if count(';') >= count('\t') {
        b';'
    } else {
        b'\t'
    }
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
    fn a_quoted_line_break_is_one_row() {
        let table = Table::parse(b"a;b\n\"x\ny\";1\nz;2\n", "t.csv").unwrap();
        assert_eq!(table.rows[0].get(0), "x\ny");
        assert_eq!((table.rows[0].line, table.rows[1].line), (2, 4));
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
}
