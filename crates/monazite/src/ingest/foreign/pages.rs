//! The pages of a foreign Parquet file: looked at before they are decoded, and unpacked where the library does not.

use std::io::{BufRead, Read};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use crate::columnar::Source;
use crate::columnar::{end_of_differences, size_of_page};

/// Largest page without its compression, in bytes. Writers make pages of 1 MB; one page a row group is the most that is met.
pub(super) const MOST_PAGE: u64 = 1 << 30;

/// Longest head of a page, in bytes.
const LONGEST_HEAD: u64 = 1 << 20;

/// Most different values in a dictionary.
const MOST_ENTRIES: u32 = 1 << 24;

fn damaged(message: &str) -> ParquetError {
    ParquetError::General(message.to_owned())
}

/// A source whose pages are no larger than [`MOST_PAGE`].
pub(super) struct Checked(pub(super) Source);

impl Length for Checked {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Checked {
    type T = <Source as ChunkReader>::T;

    /// The library asks for a reader at the head of each page.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut reader = self.0.get_read(start)?;
        // Statistics with long texts make a head longer than what is read at once.
        let longer = || {
            let length = (self.0.len().saturating_sub(start)).min(LONGEST_HEAD);
            size_of_page(&self.0.get_bytes(start, length as usize).ok()?)
        };
        let size = size_of_page(reader.fill_buf()?)
            .or_else(longer)
            .ok_or_else(|| damaged("there is no page where one should begin"))?;
        if size > MOST_PAGE {
            return Err(damaged("a page is larger than 1 GB; write the table with smaller row groups"));
        }
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.get_bytes(start, length)
    }
}

/// The pages of a column of a row group.
pub(super) struct Pages {
    inner: SerializedPageReader<Checked>,
    brotli: bool,
    optional: bool,
    kind: Type,
}

impl Pages {
    pub(super) fn new(
        source: Arc<Checked>,
        column: &ColumnChunkMetaData,
        rows: usize,
        optional: bool,
    ) -> Result<Self> {
        let brotli = matches!(column.compression(), Compression::BROTLI(_));
        let inner = if brotli {
            // The library hands out the pages as they are.
            let as_they_are =
                column.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
            SerializedPageReader::new(source, &as_they_are, rows, None)?
        } else {
            SerializedPageReader::new(source, column, rows, None)?
        };
        Ok(Self { inner, brotli, optional, kind: column.column_type() })
    }

    fn checked(&self, page: Page) -> Result<Page> {
        let too_many = || damaged("a page says that it holds more values than fit into it");
        match &page {
            Page::DictionaryPage { buf, num_values, .. } => {
                // A length of four bytes stands before each text.
                let least = match self.kind {
                    Type::BYTE_ARRAY | Type::INT32 | Type::FLOAT => 4,
                    Type::INT64 | Type::DOUBLE => 8,
                    Type::INT96 => 12,
                    Type::FIXED_LEN_BYTE_ARRAY | Type::BOOLEAN => 1,
                };
                if *num_values > MOST_ENTRIES || u64::from(*num_values) * least > buf.len() as u64 {
                    return Err(too_many());
                }
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                let levels = if !self.optional {
                    Some(0)
                } else if *def_level_encoding == Encoding::RLE {
                    buf.first_chunk::<4>().map(|length| 4 + u32::from_le_bytes(*length) as usize)
                } else {
                    Some(num_values.div_ceil(8) as usize)
                };
                let values = levels.and_then(|levels| buf.get(levels..));
                if !fits(*encoding, values, *num_values) {
                    return Err(too_many());
                }
            }
            Page::DataPageV2 {
                buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, ..
            } => {
                let levels = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
                if !fits(*encoding, buf.get(levels..), *num_values) {
                    return Err(too_many());
                }
            }
        }
        Ok(page)
    }
}

/// Whether the lengths of texts are no more than the values of their page; `values` is what stands behind the levels.
fn fits(encoding: Encoding, values: Option<&[u8]>, count: u32) -> bool {
    let Some(values) = values else { return false };
    let end = |bytes: &[u8]| end_of_differences(bytes, u64::from(count));
    match encoding {
        // A page of nothing but nulls may hold nothing at all.
        _ if values.is_empty() => true,
        Encoding::DELTA_LENGTH_BYTE_ARRAY => end(values).is_some(),
        Encoding::DELTA_BYTE_ARRAY => end(values).is_some_and(|at| end(&values[at..]).is_some()),
        _ => true,
    }
}

/// Unpacks brotli.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    if bytes.is_empty() {
        return Ok(content);
    }
    let most = MOST_PAGE + 1;
    brotli_decompressor::Decompressor::new(bytes, 1 << 14)
        .take(most)
        .read_to_end(&mut content)
        .map_err(|_| damaged("a page cannot be unpacked with brotli"))?;
    if content.len() as u64 == most {
        return Err(damaged("a page is larger than 1 GB; write the table with smaller row groups"));
    }
    Ok(content)
}

fn unpacked_page(mut page: Page) -> Result<Page> {
    match &mut page {
        Page::DictionaryPage { buf, .. } | Page::DataPage { buf, .. } => *buf = unpacked(buf)?.into(),
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, is_compressed, .. } => {
            if *is_compressed {
                let levels = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
                let (levels, values) = buf
                    .split_at_checked(levels)
                    .ok_or_else(|| damaged("a page is shorter than its levels"))?;
                *buf = [levels, &unpacked(values)?].concat().into();
            }
        }
    }
    Ok(page)
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some(mut page) = self.inner.get_next_page()? else { return Ok(None) };
        if self.brotli {
            page = unpacked_page(page)?;
        }
        self.checked(page).map(Some)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Err(damaged("pages are read in their order only"))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(damaged("pages are read in their order only"))
    }

    /// Columns that are read do not repeat within a row.
    fn at_record_boundary(&mut self) -> Result<bool> {
        Ok(true)
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
