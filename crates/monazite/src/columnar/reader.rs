//! Tables read from a file or from memory.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::ConvertedType;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::properties::ReaderProperties;
use parquet::file::reader::{ChunkReader, Length, RowGroupReader};
use parquet::file::serialized_reader::SerializedRowGroupReader;

use super::compact::{footer_holds_together, structure_holds_together};
use super::guard::guarded;
use super::schema::Kind;
use crate::disk;

/// A file or bytes in memory that many threads read at once, each at its own place.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A file that is open.
    File {
        /// The file.
        file: Arc<File>,
        /// Its length in bytes.
        length: u64,
    },
    /// Bytes in memory.
    Memory(Bytes),
}

impl Source {
    /// Opens a file.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = Arc::new(disk::open(path)?);
        let length = file.metadata()?.len();
        Ok(Self::File { file, length })
    }
}

/// Reads from a place of a file that many threads read at once.
pub(crate) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
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

/// Reads on from a place of a [`Source`].
pub(crate) enum SourceReader {
    /// Of a file.
    File {
        /// The file.
        file: Arc<File>,
        /// The place.
        at: u64,
        /// Where the file ends.
        end: u64,
    },
    /// What is left of bytes in memory.
    Memory(Bytes),
}

impl Read for SourceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File { file, at, end } => {
                let count = buffer.len().min((*end - *at) as usize);
                read_exact_at(file, &mut buffer[..count], *at)?;
                *at += count as u64;
                Ok(count)
            }
            Self::Memory(rest) => {
                let count = buffer.len().min(rest.len());
                buffer[..count].copy_from_slice(&rest.split_to(count));
                Ok(count)
            }
        }
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Source {
    type T = BufReader<SourceReader>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(match self {
            Self::File { file, length } => {
                SourceReader::File { file: file.clone(), at: start.min(*length), end: *length }
            }
            Self::Memory(bytes) => {
                let start = usize::try_from(start).map_or(bytes.len(), |start| start.min(bytes.len()));
                SourceReader::Memory(bytes.slice(start..))
            }
        }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        match self {
            Self::File { file, length: file_length } => {
                // A damaged footer may ask for more than there is memory.
                if start.checked_add(length as u64).is_none_or(|end| end > *file_length) {
                    return Err(ParquetError::EOF("the file is shorter than its footer says".to_owned()));
                }
                let mut buffer = vec![0; length];
                read_exact_at(file, &mut buffer, start)?;
                Ok(Bytes::from(buffer))
            }
            Self::Memory(bytes) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                match start.checked_add(length) {
                    Some(end) if end <= bytes.len() => Ok(bytes.slice(start..end)),
                    _ => Err(ParquetError::EOF("the table is shorter than its footer says".to_owned())),
                }
            }
        }
    }
}

/// More rows than a table has; a damaged footer may name any number, for which memory would be set aside.
const MOST_ROWS: i64 = 1 << 32;

fn too_short() -> ParquetError {
    ParquetError::EOF("the file is shorter than its footer says".to_owned())
}

/// A footer that has been looked through before the library believes it, whoever wrote the file.
///
/// # Errors
/// If it names more than there are bytes for, nests too deep, or is no footer.
pub(crate) fn decoded_footer(footer: &[u8]) -> Result<ParquetMetaData, ParquetError> {
    if !footer_holds_together(footer) {
        return Err(ParquetError::General("its footer is damaged".to_owned()));
    }
    guarded(|| ParquetMetaDataReader::decode_metadata(footer))
}

/// Looks through the indexes of pages as through the footer.
fn check_page_indexes(source: &Source, metadata: &ParquetMetaData) -> Result<(), ParquetError> {
    let places = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns).flat_map(|chunk| {
        [
            chunk.offset_index_offset().zip(chunk.offset_index_length()),
            chunk.column_index_offset().zip(chunk.column_index_length()),
        ]
    });
    let mut ranges = Vec::new();
    for (at, length) in places.flatten() {
        let range = u64::try_from(at).ok().zip(u64::try_from(length).ok());
        ranges.push(range.and_then(|(at, length)| Some(at..at.checked_add(length)?)).ok_or_else(too_short)?);
    }
    let Some(first) = ranges.iter().map(|range| range.start).min() else { return Ok(()) };
    let last = ranges.iter().map(|range| range.end).max().unwrap_or(first);
    let bytes = source.get_bytes(first, usize::try_from(last - first).map_err(|_| too_short())?)?;
    let place = |at: u64| (at - first) as usize;
    match ranges.iter().all(|range| structure_holds_together(&bytes[place(range.start)..place(range.end)])) {
        true => Ok(()),
        false => Err(ParquetError::General("an index of its pages is damaged".to_owned())),
    }
}

/// A Parquet table open for reading, from any number of threads.
#[derive(Debug)]
pub struct TableReader {
    source: Arc<Source>,
    metadata: ParquetMetaData,
}

impl TableReader {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// If the file cannot be read or is not Parquet.
    pub fn open(path: &Path) -> Result<Self, ParquetError> {
        Self::from_file(Arc::new(disk::open(path)?))
    }

    /// Reads the footer of a file that is open.
    ///
    /// # Errors
    /// As [`TableReader::open`].
    pub fn from_file(file: Arc<File>) -> Result<Self, ParquetError> {
        let length = file.metadata()?.len();
        Self::new(Source::File { file, length })
    }

    /// Opens a table that lies in memory; see [`super::TableWriter::in_memory`] for an example.
    ///
    /// # Errors
    /// If the bytes are not Parquet.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Self, ParquetError> {
        Self::new(Source::Memory(bytes.into()))
    }

    fn new(source: Source) -> Result<Self, ParquetError> {
        let metadata = guarded(|| {
            let tail = source.len().checked_sub(8).filter(|at| *at >= 4).ok_or_else(too_short)?;
            let end = source.get_bytes(tail, 8)?;
            let (size, magic) = end.split_at(4);
            if magic != b"PAR1" {
                return Err(ParquetError::General(
                    "a Parquet file ends in PAR1, and this one does not".to_owned(),
                ));
            }
            let size = u64::from(size.first_chunk().map_or(0, |size| u32::from_le_bytes(*size)));
            let at = tail.checked_sub(size).ok_or_else(too_short)?;
            decoded_footer(&source.get_bytes(at, size as usize)?)
        })?;
        let count = |rows: i64| (0..=MOST_ROWS).contains(&rows);
        if !metadata.row_groups().iter().all(|group| count(group.num_rows()))
            || !count(metadata.file_metadata().num_rows())
        {
            return Err(ParquetError::General("the footer names an impossible number of rows".to_owned()));
        }
        let metadata = guarded(|| {
            check_page_indexes(&source, &metadata)?;
            let mut reader = ParquetMetaDataReader::new_with_metadata(metadata)
                .with_page_index_policy(PageIndexPolicy::Optional);
            reader.read_page_indexes(&source)?;
            reader.finish()
        })?;
        Ok(Self { source: Arc::new(source), metadata })
    }

    /// Number of row groups.
    pub fn row_groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// Rows of one row group.
    pub fn group_rows(&self, group: usize) -> usize {
        self.metadata.row_group(group).num_rows() as usize
    }

    /// The text that every row of a text column has in a row group, if the file says that there is only one.
    pub fn only_text(&self, group: usize, column: usize) -> Option<&str> {
        let statistics = self.metadata.row_group(group).column(column).statistics()?;
        let exact = statistics.min_is_exact() && statistics.max_is_exact();
        let (low, high) = (statistics.min_bytes_opt()?, statistics.max_bytes_opt()?);
        (exact && low == high && statistics.null_count_opt() == Some(0))
            .then(|| std::str::from_utf8(low).ok())?
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
            (parquet::basic::Type::INT64, _) => Some(Kind::OptionalInt64),
            (parquet::basic::Type::DOUBLE, 0) => Some(Kind::Number),
            (parquet::basic::Type::DOUBLE, _) => Some(Kind::OptionalNumber),
            (parquet::basic::Type::BYTE_ARRAY, 0) => Some(Kind::Text),
            (parquet::basic::Type::BYTE_ARRAY, _) => Some(Kind::OptionalText),
            _ => None,
        }
    }

    pub(super) fn read<T: DataType>(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
        values: &mut Vec<T::T>,
        levels: Option<&mut Vec<i16>>,
    ) -> Result<(), ParquetError> {
        guarded(|| self.read_unguarded::<T>(group, column, skip, count, values, levels))
    }

    fn read_unguarded<T: DataType>(
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
            self.source.clone(),
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

    /// Reads a [`Kind::OptionalInt64`] column of a whole row group.
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_optional_int64(&self, group: usize, column: usize) -> Result<Vec<Option<i64>>, ParquetError> {
        let rows = self.group_rows(group);
        let (mut present, mut levels) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        self.read::<Int64Type>(group, column, 0, rows, &mut present, Some(&mut levels))?;
        let mut present = present.into_iter();
        Ok(levels.iter().map(|&level| if level == 1 { present.next() } else { None }).collect())
    }

    /// As [`TableReader::read_int16`], for [`Kind::Text`], and for [`Kind::OptionalText`], where a missing text is the empty one.
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
        for text in self.raw_texts(group, column, skip, count)? {
            values.push(text.as_utf8()?.to_owned());
        }
        Ok(())
    }

    /// Texts as they stand in the file, an empty one for each that is missing.
    pub(super) fn raw_texts(
        &self,
        group: usize,
        column: usize,
        skip: usize,
        count: usize,
    ) -> Result<Vec<ByteArray>, ParquetError> {
        let mut raw: Vec<ByteArray> = Vec::with_capacity(count);
        if self.kind(column) != Some(Kind::OptionalText) {
            self.read::<ByteArrayType>(group, column, skip, count, &mut raw, None)?;
            return Ok(raw);
        }
        let mut levels = Vec::with_capacity(count);
        self.read::<ByteArrayType>(group, column, skip, count, &mut raw, Some(&mut levels))?;
        let mut present = raw.into_iter();
        let empty = || ByteArray::from(Vec::new());
        let text = |level: &i16| if *level == 1 { present.next().unwrap_or_else(empty) } else { empty() };
        Ok(levels.iter().map(text).collect())
    }
}
