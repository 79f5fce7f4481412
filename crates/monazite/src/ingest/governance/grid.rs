//! Tables of any format as cells, before anybody knows what their columns mean.

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Data, Range};
use dta::stata::dta::dta_reader::DtaReader;
use dta::stata::dta::value::Value;

use super::record::Place;
use crate::delimited::{Table, TableError};
use crate::ingest::cell_words::is_missing;
use crate::plain_text::beginning;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing, or an error of a spreadsheet.
    Missing,
    /// Text, without blanks around it.
    Text(String),
    /// A number.
    Number(f64),
}

/// A row, as long as its cells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GridRow {
    /// Where it stands.
    pub place: Place,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A table as it stands in a file, header and all.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// Name of the sheet; empty where there are none.
    pub sheet: String,
    /// The rows.
    pub rows: Vec<GridRow>,
}

impl Cell {
    fn of_text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Missing,
            text => Self::Text(text.to_owned()),
        }
    }

    /// The cell as text; whole numbers without a point.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Missing => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }

    /// The cell as a number, `None` for a missing value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn number(&self) -> Result<Option<f64>, String> {
        match self {
            Self::Number(number) if number.is_finite() => Ok(Some(*number)),
            Self::Missing | Self::Number(_) => Ok(None),
            Self::Text(text) if is_missing(text) => Ok(None),
            Self::Text(text) => match number_of(text) {
                Some(number) => Ok(Some(number)),
                None => Err(format!("'{}' is not a number", beginning(text, 40))),
            },
        }
    }

    /// The cell as a year: `2019`, `2019.0`, `YR2019`, `X2019`, `2019 [YR2019]`, `2019-01-01`; `None` if it is none.
    pub(super) fn year(&self) -> Option<u16> {
        let text = self.text();
        let text = text.trim_start_matches(['Y', 'y', 'R', 'r', 'X', 'x', '_']);
        let (year, rest) = text.split_at_checked(4)?;
        if !year.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let rest = rest.trim();
        let fraction = rest.strip_prefix(['.', ',']).is_some_and(|r| r.bytes().all(|b| b == b'0'));
        let date = rest
            .strip_prefix(['-', '/'])
            .is_some_and(|r| r.len() == 5 && r.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'/'));
        let bracket: String = rest.chars().filter(char::is_ascii_alphanumeric).collect();
        let again = bracket.to_ascii_uppercase() == format!("YR{year}");
        let year = year.parse().ok().filter(|year| (1900..=2200).contains(year));
        year.filter(|_| rest.is_empty() || fraction || date || again)
    }
}

/// A number with a point or a comma before its decimals.
fn number_of(text: &str) -> Option<f64> {
    let text = text.trim().replace('\u{2212}', "-");
    let text = match text.matches(',').count() {
        // No value of the indicators is as large as a thousand, so a comma is one before decimals.
        1 if !text.contains('.') => text.replace(',', "."),
        _ => text,
    };
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Largest text that is taken apart row by row; of larger ones only rows that may be about political stability.
const LARGE: usize = 8 << 20;

impl Grid {
    /// The cells of a csv.
    ///
    /// # Errors
    /// As [`Table::parse`].
    pub(super) fn of_csv(content: &[u8], file: &str) -> Result<Self, TableError> {
        let table = match content.len() > LARGE {
            true => Table::parse(&without_other_series(content), file)?,
            false => Table::parse(content, file)?,
        };
        let cells = |fields: &[String]| fields.iter().map(|field| Cell::of_text(field)).collect();
        let mut rows = vec![GridRow { place: Place::Line(1), cells: cells(&table.header) }];
        rows.extend(
            table.rows.iter().map(|row| GridRow { place: Place::Line(row.line), cells: cells(&row.fields) }),
        );
        Ok(Self { sheet: String::new(), rows })
    }

    /// The cells of a sheet.
    pub(super) fn of_sheet(range: &Range<Data>, sheet: &str) -> Self {
        let first = range.start().map_or(0, |(row, _)| row as usize);
        let left = range.start().map_or(0, |(_, column)| column as usize);
        let cell = |data: &Data| match data {
            Data::Float(number) => Cell::Number(*number),
            Data::Int(number) => Cell::Number(*number as f64),
            Data::Empty | Data::Error(_) => Cell::Missing,
            other => Cell::of_text(&other.to_string()),
        };
        let rows = range.rows().enumerate().map(|(at, row)| GridRow {
            place: Place::Row { sheet: sheet.to_owned(), row: first + at + 1 },
            cells: std::iter::repeat_n(Cell::Missing, left).chain(row.iter().map(cell)).collect(),
        });
        Self { sheet: sheet.to_owned(), rows: rows.collect() }
    }

    /// The variables of a Stata file, their names as the first row.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub(super) fn of_stata(content: &[u8]) -> Result<Self, String> {
        let broken = |e: &dyn std::fmt::Display| format!("the Stata file cannot be read: {e}");
        let schema =
            DtaReader::new().from_reader(Cursor::new(content)).read_header().map_err(|e| broken(&e))?;
        let mut characteristics = schema.read_schema().map_err(|e| broken(&e))?;
        characteristics.skip_to_end().map_err(|e| broken(&e))?;
        let mut records = characteristics.into_record_reader().map_err(|e| broken(&e))?;
        let names = records.schema().variables().iter().map(|v| Cell::of_text(v.name())).collect();
        let mut rows = vec![GridRow { place: Place::Observation(0), cells: names }];
        while let Some(record) = records.read_record().map_err(|e| broken(&e))? {
            let cells = record.values().iter().map(stata_cell).collect();
            rows.push(GridRow { place: Place::Observation(rows.len()), cells });
        }
        Ok(Self { sheet: String::new(), rows })
    }
}

fn stata_cell(value: &Value<'_>) -> Cell {
    let number = match value {
        Value::String(text) => return Cell::of_text(text),
        Value::Byte(v) => v.present().map(f64::from),
        Value::Int(v) => v.present().map(f64::from),
        Value::Long(v) => v.present().map(f64::from),
        Value::Float(v) => v.present().map(f64::from),
        Value::Double(v) => v.present(),
        _ => None,
    };
    number.map_or(Cell::Missing, Cell::Number)
}

/// Lines in which the header of an export stands.
const HEADER_LINES: usize = 40;

/// A text with the rows of other series left empty, so that lines keep their numbers: the World Development Indicators have 400,000 rows, of
/// which 200 a series. Only where a column names the series, and never inside of a quoted field.
fn without_other_series(content: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(content.len() / 8);
    let (mut by_series, mut open) = (false, false);
    for (at, line) in content.split_inclusive(|&b| b == b'\n').enumerate() {
        let has = |word: &[u8]| line.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
        if at < HEADER_LINES {
            by_series |=
                [&b"indicator code"[..], b"series code", b"indicator,", b"indicator.code", b"indicator_code"]
                    .iter()
                    .any(|w| has(w));
        }
        let whole = !open && memchr::memchr_iter(b'"', line).count().is_multiple_of(2);
        open ^= memchr::memchr_iter(b'"', line).count() % 2 == 1;
        if !by_series || at < HEADER_LINES || !whole || has(b"pv") || has(b"political stability") {
            kept.extend_from_slice(line);
        } else {
            kept.push(b'\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_numbers_as_people_have_them() {
        let year = |text: &str| Cell::of_text(text).year();
        for text in [
            "2019",
            "2019.0",
            "2019,0",
            "YR2019",
            "X2019",
            "x2019",
            "2019 [YR2019]",
            "X2019..YR2019.",
            "x2019_yr2019",
            "2019-12-31",
        ] {
            assert_eq!(year(text), Some(2019), "{text}");
        }
        assert_eq!(Cell::Number(2019.0).year(), Some(2019));
        for text in ["", "201", "2019.5", "20190", "2019 [YR2020]", "year", "1066", "é019", "2019 Q1"] {
            assert_eq!(year(text), None, "{text}");
        }
        let number = |text: &str| Cell::of_text(text).number();
        for (text, value) in
            [("25", 25.0), ("25,5", 25.5), ("-1.25", -1.25), ("\u{2212}0,5", -0.5), ("1e1", 10.0)]
        {
            assert_eq!(number(text), Ok(Some(value)));
        }
        for text in ["", "..", "NaN", "nan", "NULL", "None", "-", "n/a", "NA", "#N/A", "#DIV/0!", "—"] {
            assert_eq!(number(text), Ok(None), "{text}");
        }
        assert_eq!(number("many"), Err("'many' is not a number".to_owned()));
        assert!(number("inf").is_err() && number("1,234.5").is_err());
    }

    #[test]
    fn rows_of_other_series_leave_their_lines() {
        let text = "Country Name,Country Code,Indicator Name,Indicator Code,2019\n".to_owned()
            + &"x,\n".repeat(45)
            + "Germany,DEU,\"GDP\nand more\",NY.GDP,1\nGermany,DEU,GDP,NY.GDP,1\nGermany,DEU,PS,PV.EST,1\n";
        let kept = String::from_utf8(without_other_series(text.as_bytes())).unwrap();
        assert_eq!(kept.lines().count(), text.lines().count());
        assert!(kept.ends_with("Germany,DEU,\"GDP\nand more\",NY.GDP,1\n\nGermany,DEU,PS,PV.EST,1\n"));
    }
}
