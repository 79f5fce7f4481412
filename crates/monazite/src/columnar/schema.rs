//! What a table looks like, and its columns as bytes.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, Encoding, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::column::writer::{
    ColumnCloseResult, ColumnWriterImpl, get_column_writer, get_typed_column_writer,
};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr, WriterVersion};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnPath, SchemaDescriptor, Type, TypePtr};

use super::chunk::{self, Codec};
use super::encoded::{EncodedColumn, ROWS_A_PAGE};

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
    /// A whole number that may be missing.
    OptionalInt64,
    /// A number of 32 bits that may be missing (copies that are only looked at).
    OptionalFloat,
    /// UTF-8 text that may be missing.
    OptionalText,
}

/// The columns of a table: names and kinds, in order.
#[derive(Debug, Clone)]
pub struct Schema {
    names: Vec<String>,
    kinds: Vec<Kind>,
    pub(super) root: TypePtr,
    descriptor: Arc<SchemaDescriptor>,
    pub(super) properties: WriterPropertiesPtr,
    /// The codec of what we encode by our own hand; `None` if the `parquet` crate encodes everything.
    level: Option<ZstdLevel>,
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
    /// For [`Kind::Text`]: the texts that there are, and the position of each row's.
    Label(&'a [ByteArray], &'a [u32]),
    /// For [`Kind::Number`].
    Number(&'a [f64]),
    /// For [`Kind::OptionalNumber`].
    OptionalNumber(&'a [Option<f64>]),
    /// For [`Kind::OptionalNumber`], missing where the number is NaN.
    NumberOrNan(&'a [f64]),
    /// For [`Kind::OptionalInt64`].
    OptionalInt64(&'a [Option<i64>]),
    /// For [`Kind::OptionalFloat`].
    OptionalFloat(&'a [Option<f32>]),
    /// For [`Kind::OptionalText`].
    OptionalText(&'a [Option<ByteArray>]),
}

/// Compression when nothing else is said: fast, and within a few percent of the slow levels.
pub const DEFAULT_COMPRESSION_LEVEL: i32 = 1;

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
            if matches!(kind, Kind::Number | Kind::OptionalNumber | Kind::OptionalFloat) {
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
            level: Some(level),
        }
    }

    /// A schema for tables that are read often and fast: no codec, whole numbers of 64 bits packed as differences, numbers of
    /// 16 bits as positions in a dictionary. `sorted_by` names the columns that the rows are sorted by; the footer says so.
    ///
    /// # Panics
    /// If a row is said to be sorted by a column that is not there.
    pub fn packed(columns: &[(&str, Kind)], sorted_by: &[&str]) -> Self {
        let mut schema = Self::new(columns, DEFAULT_COMPRESSION_LEVEL);
        let sorted = sorted_by.iter().map(|name| SortingColumn {
            column_idx: schema.position(name).expect("rows are sorted by a column of the table") as i32,
            descending: false,
            nulls_first: false,
        });
        let mut properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_2_0)
            .set_compression(Compression::UNCOMPRESSED)
            .set_data_page_row_count_limit(ROWS_A_PAGE)
            .set_write_batch_size(ROWS_A_PAGE)
            .set_sorting_columns(Some(sorted.collect()))
            .set_statistics_enabled(EnabledStatistics::Chunk);
        for (name, kind) in columns {
            let path = ColumnPath::from(*name);
            let encoding = match kind {
                Kind::Int64 | Kind::OptionalInt64 => Encoding::DELTA_BINARY_PACKED,
                Kind::Number | Kind::OptionalNumber | Kind::OptionalFloat => Encoding::PLAIN,
                Kind::Int16 | Kind::Int32 | Kind::Text | Kind::OptionalText => continue,
            };
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, encoding);
        }
        schema.properties = Arc::new(properties.build());
        schema.level = None;
        schema
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.kinds.len()
    }

    /// Position of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Encodes and compresses all columns of a row group in their order.
    ///
    /// # Errors
    /// If the encoder fails.
    ///
    /// # Panics
    /// As [`Schema::encode`].
    pub fn encode_all(&self, columns: &[Values<'_>]) -> Result<Vec<EncodedColumn>, ParquetError> {
        self.encode_some(columns.iter().copied().enumerate())
    }

    /// Encodes and compresses some columns of a row group, each with its position.
    ///
    /// # Errors
    /// If the encoder fails.
    ///
    /// # Panics
    /// As [`Schema::encode`].
    pub(crate) fn encode_some<'a>(
        &self,
        columns: impl IntoIterator<Item = (usize, Values<'a>)>,
    ) -> Result<Vec<EncodedColumn>, ParquetError> {
        let mut codec = self.level.map(Codec::new).transpose()?;
        let encoded =
            columns.into_iter().map(|(position, values)| self.encode_with(&mut codec, position, values));
        encoded.collect()
    }

    /// Encodes and compresses the values of one column of a row group, in memory.
    ///
    /// # Errors
    /// If the encoder fails.
    ///
    /// # Panics
    /// If the values are not of the column's kind.
    pub fn encode(&self, column: usize, values: Values<'_>) -> Result<EncodedColumn, ParquetError> {
        self.encode_with(&mut self.level.map(Codec::new).transpose()?, column, values)
    }

    fn encode_with(
        &self,
        codec: &mut Option<Codec>,
        column: usize,
        values: Values<'_>,
    ) -> Result<EncodedColumn, ParquetError> {
        let Some(codec) = codec.as_mut().filter(|_| !values.is_empty()) else {
            return self.encode_by_crate(column, values);
        };
        let descriptor = self.descriptor.column(column);
        match (self.kinds[column], values) {
            (Kind::Int16, Values::Int16(numbers)) | (Kind::Int32, Values::Int32(numbers)) => {
                chunk::whole(codec, descriptor, numbers)
                    .unwrap_or_else(|| self.encode_by_crate(column, values))
            }
            (Kind::Text, Values::Label(labels, positions)) => {
                chunk::labels(codec, descriptor, labels, positions)
            }
            (Kind::Number, Values::Number(values)) => chunk::numbers(codec, descriptor, values),
            (Kind::OptionalNumber, Values::OptionalNumber(values)) => {
                chunk::optional_numbers(codec, descriptor, values, |value| *value)
            }
            (Kind::OptionalNumber, Values::NumberOrNan(values)) => {
                chunk::optional_numbers(codec, descriptor, values, |value| {
                    Some(*value).filter(|value| !value.is_nan())
                })
            }
            (_, values) => self.encode_by_crate(column, values),
        }
    }

    fn encode_by_crate(&self, column: usize, values: Values<'_>) -> Result<EncodedColumn, ParquetError> {
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
                (Kind::Text, Values::Label(labels, positions)) => {
                    let texts: Vec<ByteArray> =
                        positions.iter().map(|&at| labels[at as usize].clone()).collect();
                    finish(get_typed_column_writer::<ByteArrayType>(writer), &texts, None)?
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
                (Kind::OptionalInt64, Values::OptionalInt64(values)) => {
                    let present: Vec<i64> = values.iter().flatten().copied().collect();
                    let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
                    finish(get_typed_column_writer::<Int64Type>(writer), &present, Some(&levels))?
                }
                (Kind::OptionalFloat, Values::OptionalFloat(values)) => {
                    let present: Vec<f32> = values.iter().flatten().copied().collect();
                    let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
                    finish(get_typed_column_writer::<FloatType>(writer), &present, Some(&levels))?
                }
                (Kind::OptionalText, Values::OptionalText(values)) => {
                    let present: Vec<ByteArray> = values.iter().flatten().cloned().collect();
                    let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
                    finish(get_typed_column_writer::<ByteArrayType>(writer), &present, Some(&levels))?
                }
                (kind, _) => panic!("column {} is {kind:?}", self.names[column]),
            }
        };
        Ok(EncodedColumn { bytes: Bytes::from(sink.into_inner()?), close })
    }
}

impl Values<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Int16(values) | Self::Int32(values) => values.is_empty(),
            Self::Int64(values) => values.is_empty(),
            Self::Text(values) => values.is_empty(),
            Self::Label(_, positions) => positions.is_empty(),
            Self::Number(values) | Self::NumberOrNan(values) => values.is_empty(),
            Self::OptionalNumber(values) => values.is_empty(),
            Self::OptionalInt64(values) => values.is_empty(),
            Self::OptionalFloat(values) => values.is_empty(),
            Self::OptionalText(values) => values.is_empty(),
        }
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
        Kind::OptionalInt64 => (PhysicalType::INT64, ConvertedType::INT_64, Repetition::OPTIONAL),
        Kind::OptionalFloat => (PhysicalType::FLOAT, ConvertedType::NONE, Repetition::OPTIONAL),
        Kind::OptionalText => (PhysicalType::BYTE_ARRAY, ConvertedType::UTF8, Repetition::OPTIONAL),
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
