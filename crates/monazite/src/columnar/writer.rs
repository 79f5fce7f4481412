//! Tables written to a file or to memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;

use super::encoded::EncodedColumn;
use super::schema::{Schema, Values};

/// A table that is written to memory: empty until [`TableWriter::finish`] has put the bytes there.
///
/// Clones stand for the same table.
#[derive(Debug, Clone, Default)]
pub struct TableBytes(Arc<OnceLock<Bytes>>);

impl TableBytes {
    /// The file, byte for byte; `None` while it is being written.
    pub fn get(&self) -> Option<Bytes> {
        self.0.get().cloned()
    }
}

enum Sink {
    File(BufWriter<File>),
    Memory(Vec<u8>, TableBytes),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Memory(memory, _) => memory.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Memory(..) => Ok(()),
        }
    }
}

/// Writes a table, row group by row group, to a file that must not exist yet, or to memory. Both get the same bytes.
pub struct TableWriter {
    writer: SerializedFileWriter<Sink>,
    rows: u64,
}

impl TableWriter {
    /// Creates the file.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create(path: &Path, schema: &Schema) -> Result<Self, ParquetError> {
        Self::new(Sink::File(BufWriter::new(File::create_new(path)?)), schema)
    }

    /// Writes to memory; [`TableWriter::finish`] hands the bytes to `place`.
    ///
    /// # Errors
    /// If the encoder fails.
    ///
    /// ```
    /// use monazite::columnar::{Kind, Schema, TableBytes, TableReader, TableWriter, Values};
    /// let schema = Schema::new(&[("value", Kind::Number)], 1);
    /// let place = TableBytes::default();
    /// let mut writer = TableWriter::in_memory(&place, &schema)?;
    /// writer.append(vec![schema.encode(0, Values::Number(&[1.5, 2.5]))?])?;
    /// writer.finish()?;
    /// let table = TableReader::from_bytes(place.get().expect("it is finished"))?;
    /// let mut values = Vec::new();
    /// table.read_number(0, table.column("value")?, 0, table.group_rows(0), &mut values)?;
    /// assert_eq!(values, [1.5, 2.5]);
    /// # Ok::<(), parquet::errors::ParquetError>(())
    /// ```
    pub fn in_memory(place: &TableBytes, schema: &Schema) -> Result<Self, ParquetError> {
        Self::new(Sink::Memory(Vec::new(), place.clone()), schema)
    }

    fn new(sink: Sink, schema: &Schema) -> Result<Self, ParquetError> {
        let writer = SerializedFileWriter::new(sink, schema.root.clone(), schema.properties.clone())?;
        Ok(Self { writer, rows: 0 })
    }

    /// Appends a row group from its encoded columns, in the order of the schema.
    ///
    /// # Errors
    /// If the file cannot be written, or the columns do not fit together.
    pub fn append(&mut self, columns: Vec<EncodedColumn>) -> Result<(), ParquetError> {
        self.append_and_locate(columns).map(|_| ())
    }

    /// As [`TableWriter::append`]; returns where in the file each column begins.
    pub(crate) fn append_and_locate(
        &mut self,
        columns: Vec<EncodedColumn>,
    ) -> Result<Vec<u64>, ParquetError> {
        self.rows += columns.first().map_or(0, |c| c.close.rows_written);
        let mut group = self.writer.next_row_group()?;
        for column in columns {
            group.append_column(&column.bytes, column.close)?;
        }
        let group = group.close()?;
        Ok(group.columns().iter().map(|column| column.byte_range().0).collect())
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes the footer, and waits until everything is on disk; in memory, hands the bytes to their place.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self) -> Result<(), ParquetError> {
        match self.writer.into_inner()? {
            Sink::File(mut buffer) => {
                buffer.flush()?;
                buffer.get_ref().sync_all()?;
            }
            Sink::Memory(bytes, place) => {
                if place.0.set(Bytes::from(bytes)).is_err() {
                    return Err(ParquetError::General("the place holds a table already".to_owned()));
                }
            }
        }
        Ok(())
    }

    /// Encodes and appends one row group, and finishes.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_all(mut self, schema: &Schema, columns: &[Values<'_>]) -> Result<(), ParquetError> {
        self.append(schema.encode_all(columns)?)?;
        self.finish()
    }
}

/// Writes a whole small table as one row group.
///
/// # Errors
/// If the file cannot be written.
pub fn write_table(path: &Path, schema: &Schema, columns: &[Values<'_>]) -> Result<(), ParquetError> {
    TableWriter::create(path, schema)?.write_all(schema, columns)
}
