//! Parquet files made by the library's own writer, in every codec, kind of page and encoding that it has, read back cell by cell.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use monazite::ingest::Release;
use monazite::ingest::cells::{Cell, CellBlock, CellColumn};
use monazite::ingest::foreign::ForeignError;
use monazite::ingest::foreign::parquet::{ParquetTable, ROWS_A_BLOCK};
use monazite::progress::Silent;
use monazite::trade::{ImportOptions, import_release};
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Row {
    year: i32,
    exporter: Option<String>,
    code: Option<i64>,
    value: Option<f64>,
}

/// Levels of a column that may be missing, and what is there.
fn parts<T>(cells: impl Iterator<Item = Option<T>>) -> (Vec<i16>, Vec<T>) {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    (levels, values)
}

fn written(rows: &[Row], group: usize, properties: WriterProperties) -> Vec<u8> {
    let schema = "message t { optional double value; required int32 year; optional binary exporter (STRING); optional int64 code; }";
    let mut bytes = Vec::new();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    for rows in rows.chunks(group) {
        let mut writer = file.next_row_group().unwrap();
        let (levels, values) = parts(rows.iter().map(|r| r.value));
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        let years: Vec<i32> = rows.iter().map(|r| r.year).collect();
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&years, None, None).unwrap();
        column.close().unwrap();
        let (levels, values) = parts(rows.iter().map(|r| r.exporter.as_deref().map(ByteArray::from)));
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        let (levels, values) = parts(rows.iter().map(|r| r.code));
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        writer.close().unwrap();
    }
    file.close().unwrap();
    bytes
}

fn compare(bytes: Vec<u8>, rows: &[Row]) {
    let table = ParquetTable::from_bytes(bytes, "made.parquet").unwrap();
    assert_eq!(table.column_names(), ["value", "year", "exporter", "code"]);
    assert_eq!(table.rows(), rows.len() as u64);
    let mut at = 0;
    // In an order of their own, one of them twice.
    table
        .read(&[2, 0, 3, 1, 0], &mut |block: &CellBlock| {
            assert!(block.rows <= ROWS_A_BLOCK && block.rows > 0);
            assert_eq!(block.first_row, at as u64 + 1);
            for row in 0..block.rows {
                let expected = &rows[at + row];
                let text = expected.exporter.as_deref().map_or(Cell::Missing, Cell::Text);
                assert_eq!(block.cell(row, 0), text);
                let number = expected.value.map_or(Cell::Missing, Cell::Number);
                assert_eq!(block.cell(row, 1), number);
                assert_eq!(block.cell(row, 2), expected.code.map_or(Cell::Missing, Cell::Integer));
                assert_eq!(block.cell(row, 3), Cell::Integer(i64::from(expected.year)));
                assert_eq!(block.cell(row, 4), number);
            }
            at += block.rows;
            Ok::<(), ForeignError>(())
        })
        .unwrap();
    assert_eq!(at, rows.len());
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        1990i32..2030,
        prop::option::of("[A-Zé]{0,3}"),
        prop::option::of(any::<i64>()),
        prop::option::of(-1e12..1e12f64),
        1usize..20,
    );
    prop::collection::vec(row, 0..60).prop_map(|parts| {
        let rows = parts.into_iter().flat_map(|(year, exporter, code, value, times)| {
            vec![Row { year, exporter, code, value }; times]
        });
        rows.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_written_is_read(
        rows in rows(),
        group in 1usize..400,
        page in 1usize..100,
        codec in prop_oneof![
            Just(Compression::UNCOMPRESSED),
            Just(Compression::SNAPPY),
            Just(Compression::GZIP(GzipLevel::default())),
            Just(Compression::LZ4),
            Just(Compression::LZ4_RAW),
            Just(Compression::ZSTD(ZstdLevel::default())),
        ],
        new in any::<bool>(),
        dictionary in any::<bool>(),
        encoding in 0usize..3,
    ) {
        let mut properties = WriterProperties::builder()
            .set_compression(codec)
            .set_writer_version(if new { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 })
            .set_dictionary_enabled(dictionary)
            .set_write_batch_size(7)
            .set_data_page_row_count_limit(page);
        if !dictionary {
            let text = [Encoding::PLAIN, Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY][encoding];
            let whole = [Encoding::PLAIN, Encoding::DELTA_BINARY_PACKED, Encoding::BYTE_STREAM_SPLIT][encoding];
            let number = [Encoding::PLAIN, Encoding::BYTE_STREAM_SPLIT][encoding % 2];
            properties = properties
                .set_column_encoding("exporter".into(), text)
                .set_column_encoding("year".into(), whole)
                .set_column_encoding("code".into(), whole)
                .set_column_encoding("value".into(), number);
        }
        compare(written(&rows, group, properties.build()), &rows);
    }
}

#[test]
fn long_tables_come_in_blocks() {
    let exporters = ["CHN", "JPN", "USA"];
    let count = 2 * ROWS_A_BLOCK + 1000;
    let rows: Vec<Row> = (0..count)
        .map(|n| Row {
            year: 2000 + (n / 10_000) as i32,
            exporter: (n % 7 != 0).then(|| exporters[n % 3].to_owned()),
            code: Some(n as i64),
            value: (n % 5 != 0).then_some(n as f64 / 8.0),
        })
        .collect();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let bytes = written(&rows, count - 10, properties);
    compare(bytes.clone(), &rows);
    let table = ParquetTable::from_bytes(bytes, "made.parquet").unwrap();
    let mut sizes = Vec::new();
    let labels =
        |block: &CellBlock| matches!(&block.columns[0], CellColumn::Labels { texts, .. } if texts.len() == 3);
    table
        .read(&[2], &mut |block: &CellBlock| {
            sizes.push((block.rows, block.rows < 20 || labels(block)));
            Ok::<(), ForeignError>(())
        })
        .unwrap();
    assert_eq!(sizes, [(ROWS_A_BLOCK, true), (ROWS_A_BLOCK, true), (990, true), (10, true)]);
}

#[test]
fn whoever_reads_may_stop() {
    #[derive(Debug, PartialEq)]
    enum Stopped {
        Here,
        Foreign(String),
    }
    impl From<ForeignError> for Stopped {
        fn from(error: ForeignError) -> Self {
            Self::Foreign(error.to_string())
        }
    }
    let row = Row { year: 2019, exporter: None, code: None, value: None };
    let bytes = written(&vec![row; 10], 5, WriterProperties::builder().build());
    let table = ParquetTable::from_bytes(bytes, "made.parquet").unwrap();
    let mut blocks = 0;
    let stopped = table.read(&[1], &mut |_| {
        blocks += 1;
        Err(Stopped::Here)
    });
    assert_eq!((stopped, blocks), (Err(Stopped::Here), 1));
}

#[test]
fn codes_in_numbers_of_32_bits_that_have_lost_digits_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trade.parquet");
    let schema = "message t { required int32 year; required int32 exporter; required int32 importer; required float hs8; required double value_usd; }";
    let write = |codes: &[f32]| {
        let mut bytes = Vec::new();
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::builder().build());
        let mut file = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
        let mut writer = file.next_row_group().unwrap();
        for number in [2022, 156, 842] {
            let mut column = writer.next_column().unwrap().unwrap();
            column.typed::<Int32Type>().write_batch(&vec![number; codes.len()], None, None).unwrap();
            column.close().unwrap();
        }
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<FloatType>().write_batch(codes, None, None).unwrap();
        column.close().unwrap();
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&vec![1000.0; codes.len()], None, None).unwrap();
        column.close().unwrap();
        writer.close().unwrap();
        file.close().unwrap();
        std::fs::write(&path, bytes).unwrap();
        let release = Release::open(&path).unwrap();
        let out = folder.path().join("store");
        import_release(&release, &out, &ImportOptions::default(), &Silent).map_err(|e| e.to_string())
    };
    let read = write(&[850_511.0, 3_011_000.0]).unwrap();
    assert_eq!(read.manifest().account.rows_kept, 2, "codes that fit are what they are");
    let error = write(&[850_511.0, 85_051_101.0]).map(|_| ()).unwrap_err();
    assert!(
        error.contains(
            "trade.parquet:2: column hs8: '85051104' has lost digits: the column has numbers of so few bits"
        ),
        "{error}"
    );
}
