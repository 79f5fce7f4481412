//! Tables of Stata (`.dta`), of every release of the format from 102 to 119.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use bytes::Bytes;
use dta::stata::dta::dta_error::DtaError;
use dta::stata::dta::dta_reader::DtaReader;
use dta::stata::dta::record_reader::RecordReader;
use dta::stata::dta::value::Value;
use dta::stata::dta::variable_type::VariableType;
use parquet::file::reader::{ChunkReader, Length};

use super::error::ForeignError;
use super::lengths::{self, CUT_SHORT, LongTexts, Writing};
use super::parquet::ROWS_A_BLOCK;
use super::values::year_of_day;
use crate::columnar::{Source, guarded};
use crate::ingest::cells::{CellBlock, CellColumn};

/// The day 1960-01-01, from which Stata counts, in days from 1970-01-01.
const DAY_1960: i64 = -3653;

/// A moment counted from 1960, of which the year is taken; the unit stands in the format of the variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calendar {
    Milliseconds,
    Days,
    /// So many of its units make a year.
    PartsOfYear(i64),
}

/// A variable.
#[derive(Debug, Clone)]
struct Variable {
    name: String,
    kind: VariableType,
    calendar: Option<Calendar>,
    labels: String,
}

/// A table of Stata open for reading.
#[derive(Debug)]
pub struct StataTable {
    file: String,
    source: Source,
    writing: Writing,
    variables: Vec<Variable>,
    rows: u64,
    long_texts: Option<u64>,
    labels: u64,
}

/// Reads a source from its front and tells how far it is.
struct Tracked<R> {
    inner: R,
    at: Rc<Cell<u64>>,
}

impl<R: Read> Read for Tracked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.at.set(self.at.get() + count as u64);
        Ok(count)
    }
}

type Inner = <Source as ChunkReader>::T;

/// Does some reading; a panic of the library becomes an error.
fn careful<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    guarded(|| Ok(work())).unwrap_or_else(|_| Err(CUT_SHORT.to_owned()))
}

fn broken(error: &DtaError) -> String {
    format!("{CUT_SHORT} ({error})")
}

impl StataTable {
    /// Opens a table and reads what it says of its variables.
    ///
    /// # Errors
    /// [`ForeignError`] if the file cannot be read, is of a release that is not known, damaged or cut short.
    pub fn open(path: &Path) -> Result<Self, ForeignError> {
        let file = path.display().to_string();
        let source = Source::open(path).map_err(|e| ForeignError::io(&file, e))?;
        Self::new(source, file)
    }

    /// Opens a table that lies in memory; `name` is what messages call it.
    ///
    /// # Errors
    /// As [`StataTable::open`].
    pub fn from_bytes(bytes: impl Into<Bytes>, name: &str) -> Result<Self, ForeignError> {
        Self::new(Source::Memory(bytes.into()), name.to_owned())
    }

    fn new(source: Source, file: String) -> Result<Self, ForeignError> {
        let wrong = |message: String| ForeignError::file(&file, message);
        let writing = lengths::head(&source).map_err(wrong)?;
        let read = careful(|| Self::describe(&source, writing));
        let (variables, rows, long_texts, labels) = read.map_err(wrong)?;
        Ok(Self { file, source, writing, variables, rows, long_texts, labels })
    }

    /// Variables, rows, and where long texts and labels begin.
    fn describe(source: &Source, writing: Writing) -> Result<(Vec<Variable>, u64, Option<u64>, u64), String> {
        let cut = || CUT_SHORT.to_owned();
        let at = Rc::new(Cell::new(0));
        let inner = source.get_read(0).map_err(|_| cut())?;
        let header = DtaReader::new().from_reader(Tracked { inner, at: at.clone() }).read_header();
        let header = header.map_err(|e| broken(&e))?;
        let rows = header.header().observation_count();
        let sections = if writing.tagged() {
            Some(lengths::sections(source, at.get(), writing).ok_or_else(cut)?)
        } else {
            None
        };
        let schema = header.read_schema().map_err(|e| broken(&e))?;
        let variables: Vec<Variable> = schema.schema().variables().iter().map(Variable::of).collect();
        let width: u64 = variables.iter().map(|variable| width(variable.kind)).sum();
        let data = lengths::behind_notes(source, at.get(), writing).ok_or_else(cut)?;
        let size = width.checked_mul(rows).filter(|_| width > 0).ok_or_else(cut)?;
        let end = data.checked_add(size).filter(|end| *end <= source.len()).ok_or_else(cut)?;
        let labels = sections.as_ref().map_or(end, |sections| sections.labels);
        Ok((variables, rows, sections.map(|sections| sections.long_texts), labels))
    }

    /// Names of the variables, in the order of the file.
    pub fn column_names(&self) -> Vec<String> {
        self.variables.iter().map(|v| v.name.clone()).collect()
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Up to which whole number a variable holds each of them; `None` if it loses none.
    pub(super) fn exact_to(&self, column: usize) -> Option<f64> {
        (self.variables[column].kind == VariableType::Float).then_some(super::values::EXACT_SINGLE)
    }

    /// The rows of the file, from the first on.
    fn records(&self) -> Result<RecordReader<Inner>, String> {
        let inner = self.source.get_read(0).map_err(|_| CUT_SHORT.to_owned())?;
        let header = DtaReader::new().from_reader(inner).read_header().map_err(|e| broken(&e))?;
        let mut notes = header.read_schema().map_err(|e| broken(&e))?;
        // How long they are was looked at when the table was opened.
        notes.skip_to_end().map_err(|e| broken(&e))?;
        notes.into_record_reader().map_err(|e| broken(&e))
    }

    /// Reads some variables, by their positions among [`StataTable::column_names`], in blocks of at most [`ROWS_A_BLOCK`] rows.
    ///
    /// Missing values (`.`, `.a` to `.z`) and empty texts are missing. A variable whose format is a date (`%td`, `%tc`, `%tm`, ...) comes as its
    /// year. A variable whose values have labels comes as its numbers; [`StataTable::labels`] has the texts.
    ///
    /// # Errors
    /// [`ForeignError`] if the file is damaged; whatever `each` returns.
    ///
    /// # Panics
    /// If there is no such variable.
    pub fn read<E: From<ForeignError>>(
        &self,
        columns: &[usize],
        each: &mut dyn FnMut(&CellBlock) -> Result<(), E>,
    ) -> Result<(), E> {
        let wrong = |message: String| ForeignError::file(&self.file, message);
        let mut records = careful(|| self.records()).map_err(wrong)?;
        let long = columns.iter().any(|&column| self.variables[column].kind == VariableType::LongString);
        let long_texts = match self.long_texts {
            Some(at) if long => {
                lengths::long_texts(&self.source, at, self.writing, records.encoding()).map_err(wrong)?
            }
            _ => LongTexts::new(),
        };
        let mut done = 0;
        while done < self.rows {
            let rows = (self.rows - done).min(ROWS_A_BLOCK as u64) as usize;
            let block = careful(|| Ok(self.block(&mut records, columns, &long_texts, rows, done + 1)));
            each(&block.map_err(wrong)??)?;
            done += rows as u64;
        }
        Ok(())
    }

    fn block(
        &self,
        records: &mut RecordReader<Inner>,
        columns: &[usize],
        long_texts: &LongTexts,
        rows: usize,
        first_row: u64,
    ) -> Result<CellBlock, ForeignError> {
        let mut cells: Vec<CellColumn> =
            columns.iter().map(|&column| self.variables[column].empty()).collect();
        for row in 0..rows {
            let record =
                records.read_lazy_record().map_err(|e| ForeignError::file(&self.file, broken(&e)))?;
            let record = record.ok_or_else(|| ForeignError::file(&self.file, CUT_SHORT))?;
            for (cells, &column) in cells.iter_mut().zip(columns) {
                let variable = &self.variables[column];
                let value = record.value(column).map_err(|e| ForeignError::Cell {
                    file: self.file.clone(),
                    row: first_row + row as u64,
                    column: variable.name.clone(),
                    message: format!("the value cannot be read ({e}); save the table again"),
                })?;
                variable.put(&value, long_texts, cells);
            }
        }
        Ok(CellBlock { rows, first_row, columns: cells })
    }

    /// Texts that stand for the numbers of a variable; none if it has no labels.
    ///
    /// # Errors
    /// [`ForeignError`] if the file is damaged.
    ///
    /// # Panics
    /// If there is no such variable.
    pub fn labels(&self, column: usize) -> Result<BTreeMap<i32, String>, ForeignError> {
        let name = self.variables[column].labels.as_str();
        if name.is_empty() {
            return Ok(BTreeMap::new());
        }
        let wrong = |message: String| ForeignError::file(&self.file, message);
        if !lengths::labels_hold_together(&self.source, self.labels, self.writing) {
            return Err(wrong(CUT_SHORT.to_owned()));
        }
        let read = careful(|| {
            let mut records = self.records()?;
            records.skip_to_end().map_err(|e| broken(&e))?;
            let mut long = records.into_long_string_reader().map_err(|e| broken(&e))?;
            // Whether these lengths are true is seen by the reader of long texts, which keeps none of them here.
            if let Some(at) = self.long_texts {
                lengths::long_texts(&self.source, at, self.writing, encoding_rs::UTF_8)?;
            }
            long.skip_to_end().map_err(|e| broken(&e))?;
            let mut sets = long.into_value_label_reader().map_err(|e| broken(&e))?;
            while let Some(set) = sets.read_value_label_set().map_err(|e| broken(&e))? {
                if set.name() == name {
                    return Ok(set.entries().iter().map(|e| (e.value(), e.label().to_owned())).collect());
                }
            }
            Ok(BTreeMap::new())
        });
        read.map_err(wrong)
    }
}

/// Bytes of a variable in a row.
fn width(kind: VariableType) -> u64 {
    match kind {
        VariableType::Byte => 1,
        VariableType::Int => 2,
        VariableType::Long | VariableType::Float => 4,
        VariableType::Double | VariableType::LongString => 8,
        VariableType::FixedString(length) => u64::from(length),
    }
}

impl Variable {
    fn of(variable: &dta::stata::dta::variable::Variable) -> Self {
        Self {
            name: variable.name().to_owned(),
            kind: variable.variable_type(),
            calendar: Calendar::of(variable.format()),
            labels: variable.value_label_name().to_owned(),
        }
    }

    fn empty(&self) -> CellColumn {
        match self.kind {
            VariableType::FixedString(_) | VariableType::LongString => CellColumn::Texts(Vec::new()),
            VariableType::Float | VariableType::Double if self.calendar.is_none() => {
                CellColumn::Numbers(Vec::new())
            }
            _ => CellColumn::Integers(Vec::new()),
        }
    }

    fn put(&self, value: &Value<'_>, long_texts: &LongTexts, cells: &mut CellColumn) {
        let number = match value {
            Value::Byte(v) => v.present().map(f64::from),
            Value::Int(v) => v.present().map(f64::from),
            Value::Long(v) => v.present().map(f64::from),
            Value::Float(v) => v.present().map(f64::from),
            Value::Double(v) => v.present(),
            Value::String(_) | Value::LongStringRef(_) => None,
        }
        .filter(|number| !number.is_nan());
        match cells {
            CellColumn::Integers(cells) => cells.push(number.map(|number| match self.calendar {
                Some(calendar) => calendar.year(number),
                None => number as i64,
            })),
            CellColumn::Numbers(cells) => cells.push(number),
            CellColumn::Texts(cells) => cells.push(
                match value {
                    Value::String(text) => Some(text.as_ref().to_owned()),
                    Value::LongStringRef(place) => {
                        long_texts.get(&(place.variable(), place.observation())).cloned()
                    }
                    _ => None,
                }
                .filter(|text| !text.is_empty()),
            ),
            CellColumn::Labels { rows, .. } => rows.push(None),
        }
    }
}

impl Calendar {
    /// What the format of a variable counts; of `%ty` the number is the year itself.
    fn of(format: &str) -> Option<Self> {
        let format = format.strip_prefix('%')?.trim_start_matches('-');
        // Formats of before Stata 10 lack the t.
        let unit = format.strip_prefix('t').unwrap_or(if format.starts_with('d') { format } else { "" });
        Some(match unit.chars().next()? {
            'c' | 'C' => Self::Milliseconds,
            'd' => Self::Days,
            'w' => Self::PartsOfYear(52),
            'm' => Self::PartsOfYear(12),
            'q' => Self::PartsOfYear(4),
            'h' => Self::PartsOfYear(2),
            _ => return None,
        })
    }

    fn year(self, number: f64) -> i64 {
        let number = number.floor() as i64;
        match self {
            Self::Milliseconds => year_of_day(number.div_euclid(86_400_000) + DAY_1960),
            Self::Days => year_of_day(number.clamp(-1 << 40, 1 << 40) + DAY_1960),
            Self::PartsOfYear(parts) => 1960 + number.div_euclid(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Stata: di %td 0 is 01jan1960, td(31dec2019) is 21914, tc(01jan2020 00:00:00) is 1893456000000, tm(2019m12) is 719, tq(2020q1) is 240.
    #[test]
    fn years_of_the_calendar_of_stata() {
        let year = |format: &str, number: f64| Calendar::of(format).unwrap().year(number);
        assert_eq!(year("%td", 0.0), 1960);
        assert_eq!(year("%td", -1.0), 1959);
        assert_eq!(year("%tdDD/NN/CCYY", 21_914.0), 2019);
        assert_eq!(year("%d", 21_915.0), 2020);
        assert_eq!(year("%tc", 1_893_456_000_000.0), 2020);
        assert_eq!(year("%tc", 1_893_455_999_999.0), 2019);
        assert_eq!(year("%-tm", 719.0), 2019);
        assert_eq!(year("%tq", 240.0), 2020);
        assert_eq!(year("%th", -1.0), 1959);
        for none in ["%ty", "%9.0g", "%-12s", "", "%tb", "%8.0f"] {
            assert_eq!(Calendar::of(none), None, "{none}");
        }
    }
}
