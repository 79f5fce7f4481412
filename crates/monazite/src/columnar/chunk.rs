//! The columns that large tables are made of, encoded by our own hand: labels as positions in a dictionary, doubles one after the other.
//!
//! The encoders of the `parquet` crate look every value up in a hash table and set up the codec for every page. Here whoever writes labels
//! has them as positions already, and one codec serves all columns of a row group. What comes out are ordinary pages of version 1, put into
//! files by the crate.

use std::io;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, EncodingMask, PageType, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::statistics::{Statistics, ValueStatistics};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::encoded::{EncodedColumn, ROWS_A_PAGE};

/// Widest range of whole numbers that a dictionary is made of.
const WIDEST: i64 = 1 << 16;

/// Compresses the pages of one row group after another.
pub(super) struct Codec {
    level: ZstdLevel,
    compressor: zstd::bulk::Compressor<'static>,
    page: Vec<u8>,
}

impl Codec {
    pub(super) fn new(level: ZstdLevel) -> io::Result<Self> {
        Ok(Self {
            level,
            compressor: zstd::bulk::Compressor::new(level.compression_level())?,
            page: Vec::new(),
        })
    }
}

/// A column of a row group that is being encoded, page by page.
struct Chunk<'a> {
    codec: &'a mut Codec,
    sink: TrackedWrite<Vec<u8>>,
    index: OffsetIndexBuilder,
    dictionary: Option<u64>,
    data: Option<u64>,
    uncompressed: usize,
    pages: i32,
    rows: usize,
}

impl<'a> Chunk<'a> {
    fn new(codec: &'a mut Codec) -> Self {
        Self {
            codec,
            sink: TrackedWrite::new(Vec::new()),
            index: OffsetIndexBuilder::new(),
            dictionary: None,
            data: None,
            uncompressed: 0,
            pages: 0,
            rows: 0,
        }
    }

    /// Compresses what stands in the codec's page and writes it.
    fn put(&mut self, page: impl FnOnce(Bytes) -> Page, rows: usize) -> Result<(), ParquetError> {
        let packed = Bytes::from(self.codec.compressor.compress(&self.codec.page)?);
        let page = CompressedPage::new(page(packed), self.codec.page.len());
        let put = SerializedPageWriter::new(&mut self.sink).write_page(page)?;
        self.uncompressed += put.uncompressed_size;
        if rows == 0 {
            self.dictionary = Some(put.offset);
        } else {
            self.data.get_or_insert(put.offset);
            self.index.append_offset_and_size(put.offset as i64, put.compressed_size as i32);
            self.index.append_row_count(rows as i64);
            self.pages += 1;
            self.rows += rows;
        }
        Ok(())
    }

    fn put_dictionary(&mut self, entries: usize) -> Result<(), ParquetError> {
        let page = |buf| Page::DictionaryPage {
            buf,
            num_values: entries as u32,
            encoding: Encoding::PLAIN_DICTIONARY,
            is_sorted: false,
        };
        self.put(page, 0)
    }

    fn put_rows(&mut self, rows: usize, encoding: Encoding) -> Result<(), ParquetError> {
        let page = |buf| Page::DataPage {
            buf,
            num_values: rows as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        self.put(page, rows)
    }

    fn close(
        self,
        column: ColumnDescPtr,
        encoding: Encoding,
        statistics: Option<Statistics>,
    ) -> Result<EncodedColumn, ParquetError> {
        let bytes = Bytes::from(self.sink.into_inner()?);
        let stats = |page_type, count| PageEncodingStats { page_type, encoding, count };
        let mut pages = Vec::new();
        if self.dictionary.is_some() {
            pages.push(stats(PageType::DICTIONARY_PAGE, 1));
        }
        pages.push(stats(PageType::DATA_PAGE, self.pages));
        let mut metadata = ColumnChunkMetaData::builder(column)
            .set_compression(Compression::ZSTD(self.codec.level))
            .set_encodings_mask(EncodingMask::new_from_encodings([Encoding::RLE, encoding].iter()))
            .set_page_encoding_stats(pages)
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(self.uncompressed as i64)
            .set_num_values(self.rows as i64)
            .set_data_page_offset(self.data.unwrap_or(0) as i64)
            .set_dictionary_page_offset(self.dictionary.map(|at| at as i64));
        if let Some(statistics) = statistics {
            metadata = metadata.set_statistics(statistics);
        }
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(self.index.build()),
        };
        Ok(EncodedColumn { bytes, close })
    }
}

/// Texts by position.
pub(super) fn labels(
    codec: &mut Codec,
    column: ColumnDescPtr,
    labels: &[ByteArray],
    positions: &[u32],
) -> Result<EncodedColumn, ParquetError> {
    let used = Used::of(labels.len(), positions);
    let texts = || used.there.iter().map(|&at| &labels[at as usize]);
    let least = texts().min_by_key(|text| text.data()).cloned();
    let most = texts().max_by_key(|text| text.data()).cloned();
    let statistics = Statistics::new(least, most, None, Some(0), false);
    codec.page.clear();
    for text in texts() {
        codec.page.extend((text.len() as u32).to_le_bytes());
        codec.page.extend(text.data());
    }
    used.encode(codec, column, positions, statistics)
}

/// Whole numbers that lie near each other; `None` if they do not.
pub(super) fn whole(
    codec: &mut Codec,
    column: ColumnDescPtr,
    values: &[i32],
) -> Option<Result<EncodedColumn, ParquetError>> {
    let (&least, &most) = (values.iter().min()?, values.iter().max()?);
    let range = i64::from(most) - i64::from(least) + 1;
    if range > WIDEST {
        return None;
    }
    let positions: Vec<u32> = values.iter().map(|&value| value.wrapping_sub(least) as u32).collect();
    let used = Used::of(range as usize, &positions);
    let statistics = ValueStatistics::new(Some(least), Some(most), None, Some(0), false)
        .with_backwards_compatible_min_max(true)
        .into();
    codec.page.clear();
    codec.page.extend(used.there.iter().flat_map(|&at| least.wrapping_add(at as i32).to_le_bytes()));
    Some(used.encode(codec, column, &positions, statistics))
}

/// The labels that are used: each with its place in the dictionary.
struct Used {
    there: Vec<u32>,
    place: Vec<u32>,
}

impl Used {
    fn of(labels: usize, positions: &[u32]) -> Self {
        let mut place = vec![0; labels];
        for &position in positions {
            place[position as usize] = 1;
        }
        let mut there = Vec::new();
        for (position, place) in place.iter_mut().enumerate() {
            if *place == 1 {
                *place = there.len() as u32;
                there.push(position as u32);
            }
        }
        Self { there, place }
    }

    /// The dictionary stands in the codec's page.
    fn encode(
        &self,
        codec: &mut Codec,
        column: ColumnDescPtr,
        positions: &[u32],
        statistics: Statistics,
    ) -> Result<EncodedColumn, ParquetError> {
        let width = u32::BITS - (self.there.len() as u32 - 1).leading_zeros();
        let mut chunk = Chunk::new(codec);
        chunk.put_dictionary(self.there.len())?;
        let mut places = Vec::with_capacity(ROWS_A_PAGE);
        for positions in positions.chunks(ROWS_A_PAGE) {
            places.clear();
            places.extend(positions.iter().map(|&at| self.place[at as usize]));
            chunk.codec.page.clear();
            chunk.codec.page.push(width as u8);
            hybrid(&places, width, &mut chunk.codec.page);
            chunk.put_rows(places.len(), Encoding::PLAIN_DICTIONARY)?;
        }
        chunk.close(column, Encoding::PLAIN_DICTIONARY, Some(statistics))
    }
}

/// Doubles.
pub(super) fn numbers(
    codec: &mut Codec,
    column: ColumnDescPtr,
    values: &[f64],
) -> Result<EncodedColumn, ParquetError> {
    let mut chunk = Chunk::new(codec);
    for rows in values.chunks(ROWS_A_PAGE) {
        chunk.codec.page.clear();
        put_doubles(rows, &mut chunk.codec.page);
        chunk.put_rows(rows.len(), Encoding::PLAIN)?;
    }
    chunk.close(column, Encoding::PLAIN, None)
}

/// Doubles of which some are missing; `get` gives those of a row.
pub(super) fn optional_numbers<T>(
    codec: &mut Codec,
    column: ColumnDescPtr,
    values: &[T],
    get: impl Fn(&T) -> Option<f64>,
) -> Result<EncodedColumn, ParquetError> {
    let mut chunk = Chunk::new(codec);
    let (mut present, mut numbers) = (Vec::new(), Vec::new());
    for rows in values.chunks(ROWS_A_PAGE) {
        present.clear();
        numbers.clear();
        for row in rows {
            let value = get(row);
            present.push(u32::from(value.is_some()));
            numbers.extend(value);
        }
        let page = &mut chunk.codec.page;
        page.clear();
        page.extend([0; 4]);
        hybrid(&present, 1, page);
        let length = page.len() as u32 - 4;
        page[..4].copy_from_slice(&length.to_le_bytes());
        put_doubles(&numbers, page);
        chunk.put_rows(rows.len(), Encoding::PLAIN)?;
    }
    chunk.close(column, Encoding::PLAIN, None)
}

fn put_doubles(values: &[f64], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + 8 * values.len(), 0);
    for (place, value) in out[start..].as_chunks_mut::<8>().0.iter_mut().zip(values) {
        *place = value.to_le_bytes();
    }
}

/// So many times a number has to stand one after the other to be written as a run.
const RUN: usize = 8;

/// Groups of eight packed numbers behind one head: with more, the head has a second byte, which some readers have not met.
const GROUPS: usize = 63;

/// Small numbers of `width` bits as runs and packed groups of eight.
fn hybrid(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let (mut packed, mut at) = (0, 0);
    while at < values.len() {
        let run = values[at..].iter().take_while(|value| **value == values[at]).count();
        // Only whole groups of eight can stand before a run.
        let short = (at - packed).next_multiple_of(8) - (at - packed);
        if run >= RUN + short {
            at += short;
            pack(&values[packed..at], width, out);
            varint(((run - short) as u64) << 1, out);
            out.extend(&values[at].to_le_bytes()[..width.div_ceil(8) as usize]);
            at += run - short;
            packed = at;
        } else {
            at += run;
        }
    }
    pack(&values[packed..], width, out);
}

fn pack(values: &[u32], width: u32, out: &mut Vec<u8>) {
    for values in values.chunks(8 * GROUPS) {
        let groups = values.len().div_ceil(8);
        varint((groups as u64) << 1 | 1, out);
        let end = out.len() + groups * width as usize;
        let (mut waiting, mut bits) = (0u64, 0);
        for &value in values {
            waiting |= u64::from(value) << bits;
            bits += width;
            if bits >= 32 {
                out.extend((waiting as u32).to_le_bytes());
                waiting >>= 32;
                bits -= 32;
            }
        }
        out.extend(waiting.to_le_bytes());
        out.resize(end, 0);
    }
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::columnar::{Kind, Schema, TableBytes, TableReader, TableWriter, Values, levels};

    // Specification of the format, section "Run Length Encoding / Bit-Packing Hybrid": its example of the numbers 0 to 7 in three bits.
    #[test]
    fn packed_as_the_specification_has_it() {
        let mut out = Vec::new();
        hybrid(&[0, 1, 2, 3, 4, 5, 6, 7], 3, &mut out);
        assert_eq!(out, [3, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
        out.clear();
        // A run of twenty behind three others: five of it fill their group, fifteen are left.
        let values: Vec<u32> = [1, 2, 1].into_iter().chain([3; 20]).collect();
        hybrid(&values, 2, &mut out);
        assert_eq!(out, [3, 0b1101_1001, 0b1111_1111, 30, 3]);
        out.clear();
        hybrid(&[0; 300], 0, &mut out);
        assert_eq!(out, [0b1101_1000, 4]);
    }

    type Rows = Vec<(u8, i32, f64, Option<f64>)>;

    fn table(rows: &Rows, far: i32) -> TableReader {
        let schema = Schema::new(
            &[
                ("label", Kind::Text),
                ("year", Kind::Int32),
                ("number", Kind::Number),
                ("some", Kind::OptionalNumber),
                ("nan", Kind::OptionalNumber),
            ],
            3,
        );
        let texts: Vec<ByteArray> = (0..=u8::MAX).map(|n| format!("L{n}").as_str().into()).collect();
        let label: Vec<u32> = rows.iter().map(|r| u32::from(r.0)).collect();
        let year: Vec<i32> = rows.iter().map(|r| r.1.wrapping_mul(far)).collect();
        let number: Vec<f64> = rows.iter().map(|r| r.2).collect();
        let some: Vec<Option<f64>> = rows.iter().map(|r| r.3).collect();
        let nan: Vec<f64> = rows.iter().map(|r| r.3.unwrap_or(f64::NAN)).collect();
        let columns = [
            Values::Label(&texts, &label),
            Values::Int32(&year),
            Values::Number(&number),
            Values::OptionalNumber(&some),
            Values::NumberOrNan(&nan),
        ];
        let place = TableBytes::default();
        TableWriter::in_memory(&place, &schema).unwrap().write_all(&schema, &columns).unwrap();
        TableReader::from_bytes(place.get().unwrap()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        // The reader of the `parquet` crate is the other side.
        #[test]
        fn tables_come_back(
            parts in prop::collection::vec((any::<u8>(), 0i32..30, any::<f64>(), prop::option::of(-1e9..1e9), 1usize..60), 1..700),
            few in any::<bool>(),
            far in prop_oneof![Just(1), Just(-3), Just(100_000)],
        ) {
            let rows: Rows = parts
                .iter()
                .flat_map(|&(label, year, number, some, times)| {
                    vec![(if few { label % 2 } else { label }, year, number, some); times]
                })
                .collect();
            let table = table(&rows, far);
            prop_assert_eq!(table.group_rows(0), rows.len());
            let count = rows.len();
            let mut text = Vec::new();
            table.read_text(0, 0, 0, count, &mut text).unwrap();
            let same = text.iter().zip(&rows).all(|(t, r)| *t == format!("L{}", r.0));
            prop_assert!(same);
            let mut years = Vec::new();
            table.read_int16(0, 1, 0, count, &mut years).unwrap();
            prop_assert!(years.iter().zip(&rows).all(|(y, r)| *y == r.1.wrapping_mul(far)));
            let mut number = Vec::new();
            table.read_number(0, 2, 0, count, &mut number).unwrap();
            prop_assert!(number.iter().zip(&rows).all(|(n, r)| n.to_bits() == r.2.to_bits()));
            for column in [3, 4] {
                let mut some = Vec::new();
                table.read_optional_number(0, column, 0, count, &mut some).unwrap();
                prop_assert!(some.iter().zip(&rows).all(|(s, r)| s.map(f64::to_bits) == r.3.map(f64::to_bits)));
            }
            // From a place within, which the index of the pages leads to.
            let from = count / 2;
            let mut rest = Vec::new();
            table.read_number(0, 2, from, count - from, &mut rest).unwrap();
            prop_assert!(rest.iter().zip(&rows[from..]).all(|(n, r)| n.to_bits() == r.2.to_bits()));
        }

        #[test]
        fn levels_come_back(present in prop::collection::vec((any::<bool>(), 1usize..40), 1..300)) {
            let present: Vec<bool> = present.iter().flat_map(|&(p, times)| vec![p; times]).collect();
            let mut page = Vec::new();
            hybrid(&present.iter().map(|&p| u32::from(p)).collect::<Vec<_>>(), 1, &mut page);
            let mut read = Vec::new();
            prop_assert!(levels(&page, present.len(), &mut read).unwrap().is_empty());
            prop_assert_eq!(read, present);
        }
    }
}
