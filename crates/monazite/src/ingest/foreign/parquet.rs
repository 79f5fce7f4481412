//! A Parquet file that somebody else wrote: columns in any order, of any width, with nulls at any place.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{ChunkReader, Length};

use super::error::ForeignError;
use super::pages::{Checked, Pages};
use super::values::{self, Form};
use crate::columnar::{Source, decoded_footer, guarded};
use crate::ingest::cells::{CellBlock, CellColumn};

/// Most rows of a block.
pub const ROWS_A_BLOCK: usize = 1 << 16;

/// More rows than a table has; a damaged footer may name any number.
const MOST_ROWS: i64 = 1 << 32;

/// A column that can be read.
#[derive(Debug, Clone)]
struct Column {
    name: String,
    leaf: usize,
    form: Form,
}

/// A Parquet file open for reading.
#[derive(Debug)]
pub struct ParquetTable {
    file: String,
    source: Source,
    metadata: ParquetMetaData,
    columns: Vec<Column>,
    others: Vec<String>,
}

impl ParquetTable {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// [`ForeignError`] if the file cannot be read, is cut short, damaged, encrypted, or packed by a codec that is not read.
    pub fn open(path: &Path) -> Result<Self, ForeignError> {
        let file = path.display().to_string();
        let source = Source::open(path).map_err(|e| ForeignError::io(&file, e))?;
        Self::new(source, file)
    }

    /// Opens a table that lies in memory; `name` is what messages call it.
    ///
    /// # Errors
    /// As [`ParquetTable::open`].
    pub fn from_bytes(bytes: impl Into<Bytes>, name: &str) -> Result<Self, ForeignError> {
        Self::new(Source::Memory(bytes.into()), name.to_owned())
    }

    fn new(source: Source, file: String) -> Result<Self, ForeignError> {
        let metadata = metadata(&source, &file)?;
        let (mut columns, mut others) = (Vec::new(), Vec::new());
        for (leaf, column) in metadata.file_metadata().schema_descr().columns().iter().enumerate() {
            let path = column.path();
            let name = path.parts().first().cloned().unwrap_or_default();
            if path.parts().len() != 1 || column.max_rep_level() != 0 {
                let other = format!("{name} (a list or a structure)");
                if others.last() != Some(&other) {
                    others.push(other);
                }
                continue;
            }
            match values::form_of(column) {
                Ok(form) => columns.push(Column { name, leaf, form }),
                Err(what) => others.push(format!("{name} ({what})")),
            }
        }
        Ok(Self { file, source, metadata, columns, others })
    }

    /// Names of the columns that can be read, in the order of the file.
    pub fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.name.clone()).collect()
    }

    /// Columns that are there and hold neither numbers nor texts, each with what it is: lists, structures, times of day.
    pub fn other_columns(&self) -> &[String] {
        &self.others
    }

    /// Up to which whole number a column holds each of them; `None` if it loses none.
    pub(super) fn exact_to(&self, column: usize) -> Option<f64> {
        let Column { leaf, form, .. } = self.columns[column];
        match (form, self.metadata.file_metadata().schema_descr().column(leaf).physical_type()) {
            (Form::Half, _) => Some(values::EXACT_HALF),
            (_, Type::FLOAT) => Some(values::EXACT_SINGLE),
            _ => None,
        }
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.metadata.file_metadata().num_rows() as u64
    }

    /// Reads some columns, by their positions among [`ParquetTable::column_names`], in blocks of at most [`ROWS_A_BLOCK`] rows.
    ///
    /// Nothing but these columns is read. Dates and moments come as their year, decimal numbers as the nearest double (those without digits
    /// behind the point as whole numbers), texts that the file keeps in a dictionary as [`CellColumn::Labels`], NaN as missing.
    ///
    /// # Errors
    /// [`ForeignError`] if the file is damaged or a cell is not what its column says; whatever `each` returns.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn read<E: From<ForeignError>>(
        &self,
        columns: &[usize],
        each: &mut dyn FnMut(&CellBlock) -> Result<(), E>,
    ) -> Result<(), E> {
        let source = Arc::new(Checked(self.source.clone()));
        let mut first_row = 1;
        for (number, group) in self.metadata.row_groups().iter().enumerate() {
            let rows = group.num_rows() as usize;
            let mut open = Vec::with_capacity(columns.len());
            for &column in columns {
                let column = &self.columns[column];
                let damaged = |e: ParquetError| self.damaged(column, number, &e);
                open.push(
                    guarded(|| OpenColumn::new(&source, group.column(column.leaf), column, rows))
                        .map_err(damaged)?,
                );
            }
            let mut done = 0;
            while done < rows {
                let count = (rows - done).min(ROWS_A_BLOCK);
                let mut block =
                    CellBlock { rows: count, first_row, columns: Vec::with_capacity(columns.len()) };
                for (open, &column) in open.iter_mut().zip(columns) {
                    let column = &self.columns[column];
                    block.columns.push(
                        match guarded(|| Ok(open.read(count))).and_then(|read| match read {
                            Err(Trouble::Damaged(e)) => Err(e),
                            Err(Trouble::Cell { row, message }) => Ok(Err((row, message))),
                            Ok(cells) => Ok(Ok(cells)),
                        }) {
                            Ok(Ok(cells)) => cells,
                            Ok(Err((row, message))) => {
                                let error = ForeignError::Cell {
                                    file: self.file.clone(),
                                    row: first_row + row as u64,
                                    column: crate::plain_text::printable(&column.name).into_owned(),
                                    message,
                                };
                                return Err(error.into());
                            }
                            Err(e) => return Err(self.damaged(column, number, &e).into()),
                        },
                    );
                }
                each(&block)?;
                done += count;
                first_row += count as u64;
            }
        }
        Ok(())
    }

    fn damaged(&self, column: &Column, group: usize, error: &ParquetError) -> ForeignError {
        ForeignError::column(
            &self.file,
            &column.name,
            format!(
                "row group {} cannot be read ({}); download or write the file again",
                group + 1,
                plain(error)
            ),
        )
    }
}

/// What the library says, without its own names.
fn plain(error: &ParquetError) -> String {
    match error {
        ParquetError::General(what) | ParquetError::EOF(what) | ParquetError::NYI(what) => what.clone(),
        other => other.to_string(),
    }
}

/// Reads the footer.
fn metadata(source: &Source, file: &str) -> Result<ParquetMetaData, ForeignError> {
    let wrong = |message: String| ForeignError::file(file, message);
    let cut = || {
        wrong(
            "a Parquet file ends in PAR1, and this one does not: it is cut short; download or write it again"
                .to_owned(),
        )
    };
    let damaged = |e: ParquetError| {
        wrong(format!("the Parquet file cannot be read ({}); download or write it again", plain(&e)))
    };
    let length = source.len();
    let mut start = [0; 4];
    source.get_read(0).map_err(damaged)?.read_exact(&mut start).map_err(|_| cut())?;
    if &start == b"PARE" {
        return Err(wrong("the Parquet file is encrypted; write it without encryption".to_owned()));
    }
    if &start != b"PAR1" {
        return Err(wrong("this is no Parquet file, which begins with PAR1".to_owned()));
    }
    let tail = length.checked_sub(8).filter(|at| *at >= 4).ok_or_else(cut)?;
    let end = source.get_bytes(tail, 8).map_err(damaged)?;
    let (size, magic) = end.split_at(4);
    if magic != b"PAR1" {
        return Err(cut());
    }
    let size = u64::from(size.first_chunk().map_or(0, |size| u32::from_le_bytes(*size)));
    let at = tail.checked_sub(size).ok_or_else(cut)?;
    let footer = source.get_bytes(at, size as usize).map_err(damaged)?;
    let metadata = decoded_footer(&footer).map_err(damaged)?;
    let count = |rows: i64| (0..=MOST_ROWS).contains(&rows);
    let sum = metadata.row_groups().iter().try_fold(0i64, |sum, group| {
        sum.checked_add(group.num_rows()).filter(|sum| count(group.num_rows()) && count(*sum))
    });
    if sum != Some(metadata.file_metadata().num_rows()) {
        return Err(damaged(ParquetError::General("its row groups do not add up to its rows".to_owned())));
    }
    Ok(metadata)
}

/// Why a block is not read.
enum Trouble {
    Damaged(ParquetError),
    Cell { row: usize, message: String },
}

impl From<ParquetError> for Trouble {
    fn from(error: ParquetError) -> Self {
        Self::Damaged(error)
    }
}

/// A column of a row group, read from its first row to its last.
struct OpenColumn {
    form: Form,
    optional: bool,
    dictionary: bool,
    reader: ColumnReader,
}

/// Values of some rows, and which rows have one, if not all of them do.
struct Stored<T> {
    values: Vec<T>,
    levels: Vec<i16>,
    optional: bool,
}

impl OpenColumn {
    fn new(
        source: &Arc<Checked>,
        chunk: &ColumnChunkMetaData,
        column: &Column,
        rows: usize,
    ) -> Result<Self, ParquetError> {
        if matches!(chunk.compression(), Compression::LZO) {
            return Err(ParquetError::General(
                "it is packed with LZO, which is not read; write it with zstd or snappy".to_owned(),
            ));
        }
        let description = chunk.column_descr_ptr();
        let optional = description.max_def_level() > 0;
        let dictionary = chunk.dictionary_page_offset().is_some()
            || chunk.encodings().any(|e| matches!(e, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY));
        let pages = Pages::new(source.clone(), chunk, rows, optional)?;
        let reader = get_column_reader(description, Box::new(pages));
        Ok(Self { form: column.form, optional, dictionary, reader })
    }

    fn read(&mut self, rows: usize) -> Result<CellColumn, Trouble> {
        let (form, optional) = (self.form, self.optional);
        let whole = |number: i64| values::whole(form, number);
        Ok(match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => {
                CellColumn::Integers(fetch(reader, rows, optional)?.cells(|v| Ok(Some(i64::from(v))))?)
            }
            ColumnReader::Int32ColumnReader(reader) => {
                let stored = fetch(reader, rows, optional)?;
                match form {
                    Form::Decimal { scale } => decimals(stored, scale, |v| Ok(i128::from(*v)))?,
                    Form::Unsigned => CellColumn::Integers(stored.cells(|v| Ok(Some(i64::from(v as u32))))?),
                    _ => CellColumn::Integers(stored.cells(|v| whole(i64::from(v)).map(Some))?),
                }
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let stored = fetch(reader, rows, optional)?;
                match form {
                    Form::Decimal { scale } => decimals(stored, scale, |v| Ok(i128::from(*v)))?,
                    _ => CellColumn::Integers(stored.cells(|v| whole(v).map(Some))?),
                }
            }
            ColumnReader::Int96ColumnReader(reader) => {
                let year = |v: parquet::data_type::Int96| Ok(Some(values::year_of_old_moment(v.data())));
                CellColumn::Integers(fetch(reader, rows, optional)?.cells(year)?)
            }
            ColumnReader::FloatColumnReader(reader) => {
                let stored = fetch(reader, rows, optional)?;
                CellColumn::Numbers(stored.cells(|v| Ok(Some(f64::from(v)).filter(|v| !v.is_nan())))?)
            }
            ColumnReader::DoubleColumnReader(reader) => CellColumn::Numbers(
                fetch(reader, rows, optional)?.cells(|v| Ok(Some(v).filter(|v| !v.is_nan())))?,
            ),
            ColumnReader::ByteArrayColumnReader(reader) => {
                let stored = fetch(reader, rows, optional)?;
                match form {
                    Form::Decimal { scale } => decimals(stored, scale, |v| values::big_endian(v.data()))?,
                    _ if self.dictionary => labels(stored)?,
                    _ => texts(stored, |v| values::text(v.data()).map(str::to_owned))?,
                }
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let stored = fetch(reader, rows, optional)?;
                match form {
                    Form::Decimal { scale } => decimals(stored, scale, |v| values::big_endian(v.data()))?,
                    Form::Half => CellColumn::Numbers(stored.cells(|v| {
                        let bytes = v.data().first_chunk().ok_or("the number has not two bytes")?;
                        Ok(Some(values::half(*bytes)).filter(|v| !v.is_nan()))
                    })?),
                    _ => texts(stored, |v| values::text(v.data()).map(str::to_owned))?,
                }
            }
        })
    }
}

/// Reads the values of the next rows.
fn fetch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    optional: bool,
) -> Result<Stored<T::T>, ParquetError> {
    let mut stored = Stored { values: Vec::new(), levels: Vec::new(), optional };
    let mut got = 0;
    while got < rows {
        let levels = optional.then_some(&mut stored.levels);
        let (records, _, _) = reader.read_records(rows - got, levels, None, &mut stored.values)?;
        if records == 0 {
            return Err(ParquetError::EOF("the column is shorter than the table".to_owned()));
        }
        got += records;
    }
    let present = if optional { stored.levels.iter().filter(|level| **level > 0).count() } else { rows };
    if stored.values.len() != present || (optional && stored.levels.len() != rows) {
        return Err(ParquetError::General("there are not as many values as rows".to_owned()));
    }
    Ok(stored)
}

impl<T> Stored<T> {
    /// The cells of the rows; [`fetch`] has seen that there is a value for each row that has one.
    fn cells<X>(
        self,
        mut cell: impl FnMut(T) -> Result<Option<X>, String>,
    ) -> Result<Vec<Option<X>>, Trouble> {
        let mut cell = |row: usize, value: T| cell(value).map_err(|message| Trouble::Cell { row, message });
        if !self.optional {
            return self.values.into_iter().enumerate().map(|(row, value)| cell(row, value)).collect();
        }
        let mut values = self.values.into_iter();
        let mut cells = Vec::with_capacity(self.levels.len());
        for (row, level) in self.levels.iter().enumerate() {
            let value = if *level > 0 { values.next() } else { None };
            cells.push(match value {
                Some(value) => cell(row, value)?,
                None => None,
            });
        }
        Ok(cells)
    }
}

fn texts<T>(stored: Stored<T>, text: impl Fn(&T) -> Result<String, String>) -> Result<CellColumn, Trouble> {
    Ok(CellColumn::Texts(stored.cells(|v| text(&v).map(Some))?))
}

/// Decimal numbers; those without digits behind the point are whole, as long as all in the block fit.
fn decimals<T>(
    stored: Stored<T>,
    scale: i32,
    unscaled: impl Fn(&T) -> Result<i128, String>,
) -> Result<CellColumn, Trouble> {
    let numbers = stored.cells(|v| unscaled(&v).map(Some))?;
    if scale == 0 {
        let fits = |v: &Option<i128>| v.is_none_or(|v| i64::try_from(v).is_ok());
        if numbers.iter().all(fits) {
            let whole = numbers.into_iter().map(|v| v.and_then(|v| i64::try_from(v).ok()));
            return Ok(CellColumn::Integers(whole.collect()));
        }
    }
    let numbers = numbers.into_iter().map(|v| v.map(|v| values::decimal(v, scale)));
    Ok(CellColumn::Numbers(numbers.collect()))
}

/// Texts of a dictionary, each once. Texts that come from one entry lie at one place in memory, which is compared first.
fn labels(stored: Stored<ByteArray>) -> Result<CellColumn, Trouble> {
    let mut by_place: HashMap<(usize, usize), u32> = HashMap::new();
    let mut by_text: HashMap<String, u32> = HashMap::new();
    let mut texts: Vec<String> = Vec::new();
    // What has been looked up stays in memory until the end, so that no two texts can have had one place.
    let mut kept = Vec::new();
    let rows = stored.cells(|value| {
        let place = (value.data().as_ptr() as usize, value.len());
        if let Some(&label) = by_place.get(&place) {
            return Ok(Some(label));
        }
        let text = values::text(value.data())?;
        let label = match by_text.get(text) {
            Some(&label) => label,
            None => {
                let label = texts.len() as u32;
                by_text.insert(text.to_owned(), label);
                texts.push(text.to_owned());
                label
            }
        };
        by_place.insert(place, label);
        kept.push(value);
        Ok(Some(label))
    })?;
    drop(kept);
    Ok(CellColumn::Labels { texts, rows })
}
