//! Typed columns in and out of Parquet files.
//!
//! A thin layer over the low-level interface of the `parquet` crate: it knows the six kinds of column
//! that monazite writes, encodes columns independently of one another (and so in parallel), and splices the
//! encoded columns into a file row group by row group, in an order that does not depend on threads.
//!
//! Files open in pandas, polars, DuckDB and R's arrow without a word of explanation: text is
//! UTF-8, missing is null, nothing is nested.

pub mod interned;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, Encoding, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::column::writer::{
    ColumnCloseResult, ColumnWriterImpl, get_column_writer, get_typed_column_writer,
};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::{
    EnabledStatistics, ReaderProperties, WriterProperties, WriterPropertiesPtr, WriterVersion,
};
use parquet::file::reader::{ChunkReader, Length, RowGroupReader};
use parquet::file::serialized_reader::SerializedRowGroupReader;
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnPath, SchemaDescriptor, Type, TypePtr};

/// The kind of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A small whole number, never missing (a year, a code, a tier).
    Int16,
    /// A whole number of 32 bits, never missing (a year that people calculate with).
    Int32,
    /// A whole number, never missing (a count, a position).
    Int64,
    /// UTF-8 text, never missing.
    Text,
    /// A double, never missing.
    Number,
    /// A double that may be missing.
    OptionalNumber,
}

/// The columns of a table: names and kinds, in order.
#[derive(Debug, Clone)]
pub struct Schema {
    names: Vec<String>,
    kinds: Vec<Kind>,
    root: TypePtr,
    descriptor: Arc<SchemaDescriptor>,
    properties: WriterPropertiesPtr,
}

/// The values of one column of one row group.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// For [`Kind::Int16`].
    Int16(&'a [i32]),
    /// For [`Kind::Int32`].
    Int32(&'a [i32]),
    /// For [`Kind::Int64`].
    Int64(&'a [i64]),
    /// For [`Kind::Text`].
    Text(&'a [ByteArray]),
    /// For [`Kind::Number`].
    Number(&'a [f64]),
    /// For [`Kind::OptionalNumber`].
    OptionalNumber(&'a [Option<f64>]),
    /// For [`Kind::OptionalNumber`], missing where the number is NaN.
    NumberOrNan(&'a [f64]),
}

/// Compression when nothing else is said: fast, and within a few percent of the slow levels.
pub const DEFAULT_COMPRESSION_LEVEL: i32 = 1;

/// Rows after which a page is closed: small pages let a reader skip to a product cheaply.
const ROWS_A_PAGE: usize = 8192;

impl Schema {
    /// A schema from names and kinds.
    ///
    /// # Panics
    /// If the level is not one of zstd's (1 to 22).
    pub fn new(columns: &[(&str, Kind)], compression_level: i32) -> Self {
        let fields: Vec<TypePtr> = columns.iter().map(|(name, kind)| Arc::new(field(name, *kind))).collect();
        let root = Arc::new(
            Type::group_type_builder("table").with_fields(fields).build().expect("a flat schema is valid"),
        );
        let level = ZstdLevel::try_new(compression_level).expect("a zstd level from 1 to 22");
        let mut properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_created_by(concat!("monazite ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_data_page_row_count_limit(ROWS_A_PAGE)
            .set_write_batch_size(ROWS_A_PAGE)
            .set_statistics_enabled(EnabledStatistics::Chunk);
        for (name, kind) in columns {
            if matches!(kind, Kind::Number | Kind::OptionalNumber) {
                let path = ColumnPath::from(*name);
                properties = properties
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path.clone(), Encoding::PLAIN)
                    .set_column_statistics_enabled(path, EnabledStatistics::None);
            }
        }
        Self {
            names: columns.iter().map(|c| c.0.to_owned()).collect(),
            kinds: columns.iter().map(|c| c.1).collect(),
            descriptor: Arc::new(SchemaDescriptor::new(root.clone())),
            root,
            properties: Arc::new(properties.build()),
        }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.kinds.len()
    }

    /// Position of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Encodes and compresses the values of one column of a row group, in memory.
    ///
    /// # Errors
    /// If the encoder fails.
    ///
    /// # Panics
    /// If the values are not of the column's kind.
    pub fn encode(&self, column: usize, values: Values<'_>) -> Result<EncodedColumn, ParquetError> {
        let mut sink = TrackedWrite::new(Vec::new());
        let close = {
            let page_writer = Box::new(SerializedPageWriter::new(&mut sink));
            let writer =
                get_column_writer(self.descriptor.column(column), self.properties.clone(), page_writer);
            match (self.kinds[column], values) {
                (Kind::Int16, Values::Int16(values)) | (Kind::Int32, Values::Int32(values)) => {
                    finish(get_typed_column_writer::<Int32Type>(writer), values, None)?
                }
                (Kind::Int64, Values::Int64(values)) => {
                    finish(get_typed_column_writer::<Int64Type>(writer), values, None)?
                }
                (Kind::Text, Values::Text(values)) => {
                    finish(get_typed_column_writer::<ByteArrayType>(writer), values, None)?
                }
                (Kind::Number, Values::Number(values)) => {
                    finish(get_typed_column_writer::<DoubleType>(writer), values, None)?
                }
                (Kind::OptionalNumber, Values::OptionalNumber(values)) => {
                    let present: Vec<f64> = values.iter().flatten().copied().collect();
                    let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
                    finish(get_typed_column_writer::<DoubleType>(writer), &present, Some(&levels))?
                }
                (Kind::OptionalNumber, Values::NumberOrNan(values)) => {
                    let present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
                    let levels: Vec<i16> = values.iter().map(|v| i16::from(!v.is_nan())).collect();
                    finish(get_typed_column_writer::<DoubleType>(writer), &present, Some(&levels))?
                }
                (kind, _) => panic!("column {} is {kind:?}", self.names[column]),
            }
        };
        Ok(EncodedColumn { bytes: Bytes::from(sink.into_inner()?), close })
    }
}

fn field(name: &str, kind: Kind) -> Type {
    let (physical, converted, repetition) = match kind {
        Kind::Int16 => (PhysicalType::INT32, ConvertedType::INT_16, Repetition::REQUIRED),
        Kind::Int32 => (PhysicalType::INT32, ConvertedType::INT_32, Repetition::REQUIRED),
        Kind::Int64 => (PhysicalType::INT64, ConvertedType::INT_64, Repetition::REQUIRED),
        Kind::Text => (PhysicalType::BYTE_ARRAY, ConvertedType::UTF8, Repetition::REQUIRED),
        Kind::Number => (PhysicalType::DOUBLE, ConvertedType::NONE, Repetition::REQUIRED),
        Kind::OptionalNumber => (PhysicalType::DOUBLE, ConvertedType::NONE, Repetition::OPTIONAL),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(repetition)
        .with_converted_type(converted)
        .build()
        .expect("a primitive column is valid")
}

fn finish<T: DataType>(
    mut writer: ColumnWriterImpl<'_, T>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<ColumnCloseResult, ParquetError> {
    writer.write_batch(values, levels, None)?;
    writer.close()
}

/// One encoded column of one row group, ready to be spliced into a file.
#[derive(Debug)]
pub struct EncodedColumn {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl EncodedColumn {
    /// Size in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes the column apart, so that the bytes can be parked somewhere.
    pub fn into_parts(self) -> (Bytes, ParkedColumn) {
        (self.bytes, ParkedColumn { close: self.close })
    }
}

/// What remains of an [`EncodedColumn`] while its bytes are parked elsewhere.
#[derive(Debug)]
pub struct ParkedColumn {
    close: ColumnCloseResult,
}

impl ParkedColumn {
    /// Puts the column together again.
    pub fn unpark(self, bytes: Bytes) -> EncodedColumn {
        EncodedColumn { bytes, close: self.close }
    }
}

/// Writes a table, row group by row group, to a file that must not exist yet.
pub struct TableWriter {
    writer: SerializedFileWriter<BufWriter<File>>,
    rows: u64,
}

impl TableWriter {
    /// Creates the file.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create(path: &Path, schema: &Schema) -> Result<Self, ParquetError> {
        let file = BufWriter::new(File::create_new(path)?);
        let writer = SerializedFileWriter::new(file, schema.root.clone(), schema.properties.clone())?;
        Ok(Self { writer, rows: 0 })
    }

    /// Appends a row group from its encoded columns, in the order of the schema.
    ///
    /// # Errors
    /// If the file cannot be written, or the columns do not fit together.
    pub fn append(&mut self, columns: Vec<EncodedColumn>) -> Result<(), ParquetError> {
        self.rows += columns.first().map_or(0, |c| c.close.rows_written);
        let mut group = self.writer.next_row_group()?;
        for column in columns {
            group.append_column(&column.bytes, column.close)?;
        }
        group.close()?;
        Ok(())
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes the footer, and waits until everything is on disk.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self) -> Result<(), ParquetError> {
        let mut buffer = self.writer.into_inner()?;
        buffer.flush()?;
        buffer.get_ref().sync_all()?;
        Ok(())
    }
}

/// Writes a whole small table as one row group.
///
/// # Errors
/// If the file cannot be written.
pub fn write_table(path: &Path, schema: &Schema, columns: &[Values<'_>]) -> Result<(), ParquetError> {
    let mut writer = TableWriter::create(path, schema)?;
    let encoded: Result<Vec<EncodedColumn>, ParquetError> =
        columns.iter().enumerate().map(|(position, values)| schema.encode(position, *values)).collect();
    writer.append(encoded?)?;
    writer.finish()
}

/// A file that many threads read at once, each at its own place.
#[derive(Debug)]
struct SharedFile {
    file: Arc<File>,
    length: u64,
}

impl SharedFile {
    fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        #[cfg(unix)]
        {
            std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
        }
        #[cfg(windows)]
        {
            let mut done = 0;
            while done < buffer.len() {
                let at = offset + done as u64;
                match std::os::windows::fs::FileExt::seek_read(file, &mut buffer[done..], at)? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => done += count,
                }
            }
            Ok(())
        }
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

/// Reads on from a place of a [`SharedFile`].
struct SharedReader {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for SharedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min((self.end - self.at) as usize);
        SharedFile::read_exact_at(&self.file, &mut buffer[..count], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<SharedReader>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(SharedReader {
            file: self.file.clone(),
            at: start.min(self.length),
            end: self.length,
        }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut buffer = vec![0; length];
        Self::read_exact_at(&self.file, &mut buffer, start)?;
        Ok(Bytes::from(buffer))
    }
}

/// A Parquet file open for reading, from any number of threads.
#[derive(Debug)]
pub struct TableReader {
    file: Arc<SharedFile>,
    metadata: ParquetMetaData,
}

impl TableReader {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// If the file cannot be read or is not Parquet.
    pub fn open(path: &Path) -> Result<Self, ParquetError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let file = Arc::new(SharedFile { file: Arc::new(file), length });
        let metadata = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .parse_and_finish(&*file)?;
        Ok(Self { file, metadata })
    }

    /// Number of row groups.
    pub fn row_groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// Rows of one row group.
    pub fn group_rows(&self, group: usize) -> usize {
        self.metadata.row_group(group).num_rows() as usize
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.metadata.file_metadata().num_rows() as u64
    }

    /// Position of a column.
    ///
    /// # Errors
    /// If the file has no such column.
    pub fn column(&self, name: &str) -> Result<usize, ParquetError> {
        self.metadata
            .file_metadata()
            .schema_descr()
            .columns()
            .iter()
            .position(|c| c.name() == name)
            .ok_or_else(|| ParquetError::General(format!("there is no column {name}")))
    }

    /// Names of the columns.
    pub fn column_names(&self) -> Vec<String> {
        self.metadata.file_metadata().schema_descr().columns().iter().map(|c| c.name().to_owned()).collect()
    }

    /// What a column holds; `None` if it is none of the kinds that are written here.
    pub fn kind(&self, column: usize) -> Option<Kind> {
        let description = self.metadata.file_metadata().schema_descr().column(column);
        match (description.physical_type(), description.max_def_level()) {
            (parquet::basic::Type::INT32, 0) if description.converted_type() == ConvertedType::INT_16 => {
                Some(Kind::Int16)
            }
            (parquet::basic::Type::INT32, 0) => Some(Kind::Int32),
            (parquet::basic::Type::INT64, 0) => Some(Kind::Int64),
            (parquet::basic::Type::DOUBLE, 0) => Some(Kind::Number),
            (parquet::basic::Type::DOUBLE, _) => Some(Kind::OptionalNumber),
            (parquet::basic::Type::BYTE_ARRAY, 0) => Some(Kind::Text),
            _ => None,
        }
    }

    fn read<T: DataType>(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
        values: &mut Vec<T::T>,
        levels: Option<&mut Vec<i16>>,
    ) -> Result<(), ParquetError> {
        let offsets = self.metadata.offset_index().map(|index| index[group].as_slice());
        let reader = SerializedRowGroupReader::new(
            self.file.clone(),
            self.metadata.row_group(group),
            offsets,
            Arc::new(ReaderProperties::builder().build()),
        )?;
        let mut column =
            parquet::column::reader::get_typed_column_reader::<T>(reader.get_column_reader(column)?);
        if column.skip_records(skip)? != skip {
            return Err(ParquetError::General("the file is shorter than its index says".to_owned()));
        }
        let mut got = 0;
        let mut levels = levels;
        while got < count {
            let (records, _, _) = column.read_records(count - got, levels.as_deref_mut(), None, values)?;
            if records == 0 {
                return Err(ParquetError::General("the file is shorter than its index says".to_owned()));
            }
            got += records;
        }
        Ok(())
    }

    /// Appends `count` values of an [`Kind::Int16`] or [`Kind::Int32`] column to `values`, from row `skip` of a row group on.
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_int16(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
        values: &mut Vec<i32>,
    ) -> Result<(), ParquetError> {
        self.read::<Int32Type>(group, column, skip, count, values, None)
    }

    /// As [`TableReader::read_int16`], for [`Kind::Int64`].
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_int64(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
        values: &mut Vec<i64>,
    ) -> Result<(), ParquetError> {
        self.read::<Int64Type>(group, column, skip, count, values, None)
    }

    /// As [`TableReader::read_int16`], for [`Kind::Number`].
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_number(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
        values: &mut Vec<f64>,
    ) -> Result<(), ParquetError> {
        self.read::<DoubleType>(group, column, skip, count, values, None)
    }

    /// As [`TableReader::read_int16`], for [`Kind::OptionalNumber`].
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_optional_number(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
        values: &mut Vec<Option<f64>>,
    ) -> Result<(), ParquetError> {
        let mut present = Vec::with_capacity(count);
        let mut levels = Vec::with_capacity(count);
        self.read::<DoubleType>(group, column, skip, count, &mut present, Some(&mut levels))?;
        let mut present = present.into_iter();
        values.extend(levels.iter().map(|&level| if level == 1 { present.next() } else { None }));
        Ok(())
    }

    /// As [`TableReader::read_int16`], for [`Kind::Text`].
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_text(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
        values: &mut Vec<String>,
    ) -> Result<(), ParquetError> {
        let mut raw: Vec<ByteArray> = Vec::with_capacity(count);
        self.read::<ByteArrayType>(group, column, skip, count, &mut raw, None)?;
        for text in raw {
            values.push(text.as_utf8()?.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let schema = Schema::new(
            &[
                ("year", Kind::Int16),
                ("first_row", Kind::Int64),
                ("next_year", Kind::Int32),
                ("product", Kind::Text),
                ("value", Kind::Number),
                ("quantity", Kind::OptionalNumber),
            ],
            3,
        );
        let rows = 20_000usize;
        let mut writer = TableWriter::create(&path, &schema).unwrap();
        for group in 0..2usize {
            let years: Vec<i32> = (0..rows).map(|r| 2007 + (r / 9000) as i32 + group as i32).collect();
            let first: Vec<i64> = (0..rows).map(|r| (r * (group + 1)) as i64).collect();
            let text: Vec<ByteArray> =
                (0..rows).map(|r| ByteArray::from(format!("{:06}", r / 3).as_str())).collect();
            let value: Vec<f64> = (0..rows).map(|r| r as f64 / 7.0).collect();
            let quantity: Vec<Option<f64>> = (0..rows).map(|r| (r % 5 > 0).then_some(r as f64)).collect();
            writer
                .append(vec![
                    schema.encode(0, Values::Int16(&years)).unwrap(),
                    schema.encode(1, Values::Int64(&first)).unwrap(),
                    schema.encode(2, Values::Int32(&years)).unwrap(),
                    schema.encode(3, Values::Text(&text)).unwrap(),
                    schema.encode(4, Values::Number(&value)).unwrap(),
                    schema.encode(5, Values::OptionalNumber(&quantity)).unwrap(),
                ])
                .unwrap();
        }
        assert_eq!(writer.rows(), 2 * rows as u64);
        writer.finish().unwrap();

        let table = TableReader::open(&path).unwrap();
        assert_eq!((table.row_groups(), table.group_rows(1), table.rows()), (2, rows, 40_000));
        let (mut years, mut first, mut text) = (vec![], vec![], vec![]);
        let (mut value, mut quantity) = (vec![], vec![]);
        table.read_int16(1, 0, 17_990, 20, &mut years).unwrap();
        assert_eq!(years[..12], [[2009; 10].as_slice(), &[2010; 2]].concat());
        table.read_int64(1, 1, 12_345, 1, &mut first).unwrap();
        assert_eq!(first, [24_690]);
        assert_eq!((table.kind(0), table.kind(2)), (Some(Kind::Int16), Some(Kind::Int32)));
        table.read_text(0, 3, 17, 3, &mut text).unwrap();
        assert_eq!(text, ["000005", "000006", "000006"]);
        table.read_number(0, 4, 9_000, 2, &mut value).unwrap();
        assert_eq!(value, [9_000.0 / 7.0, 9_001.0 / 7.0]);
        table.read_optional_number(0, 5, 8_999, 3, &mut quantity).unwrap();
        assert_eq!(quantity, [Some(8_999.0), None, Some(9_001.0)]);
        assert!(table.read_number(0, 4, 19_999, 2, &mut value).is_err(), "beyond the end");
        assert!(table.column("quality").is_err());
    }

    #[test]
    fn a_file_is_never_overwritten_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        std::fs::write(&path, "precious").unwrap();
        assert!(TableWriter::create(&path, &Schema::new(&[("a", Kind::Number)], 1)).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    }
}
