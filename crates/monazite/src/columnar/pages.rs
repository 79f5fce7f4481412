//! The pages of an encoded column: where each lies, what is in it, and its checksum.

use std::sync::Arc;

use parquet::column::page::PageReader;
use parquet::errors::ParquetError;
use parquet::file::serialized_reader::SerializedPageReader;

use super::encoded::EncodedColumn;

/// A page of a column of a row group, so that it can be checked and decoded without the footer of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// First row within the row group.
    pub first_row: usize,
    /// Number of rows; 0 for a dictionary.
    pub rows: usize,
    /// Values that are not missing.
    pub present: usize,
    /// Where it begins: within the column as [`EncodedColumn::pages`] gives it, within the file in a store.
    pub offset: u64,
    /// Bytes of its header.
    pub header: usize,
    /// All its bytes.
    pub bytes: usize,
    /// CRC-32 of all its bytes.
    pub crc32: u32,
}

/// CRC-32 as in zip and gzip.
pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

impl EncodedColumn {
    /// The pages of a column that was encoded without a codec, the dictionary first.
    ///
    /// # Errors
    /// If the column cannot be read back.
    pub fn pages(&self) -> Result<Vec<Page>, ParquetError> {
        let locations =
            self.close.offset_index.as_ref().map_or(&[][..], |index| index.page_locations().as_slice());
        let first = locations.first().map_or(self.bytes.len(), |page| page.offset as usize);
        let mut places: Vec<(usize, usize)> =
            locations.iter().map(|page| (page.offset as usize, page.compressed_page_size as usize)).collect();
        if first > 0 {
            places.insert(0, (0, first));
        }
        let rows = self.close.rows_written as usize;
        let mut reader =
            SerializedPageReader::new(Arc::new(self.bytes.clone()), &self.close.metadata, rows, None)?;
        let mut pages = Vec::with_capacity(places.len());
        let mut first_row = 0;
        for (offset, length) in places {
            let Some(page) = reader.get_next_page()? else {
                return Err(ParquetError::General("a page that was written is not there".to_owned()));
            };
            let (rows, missing) = match &page {
                parquet::column::page::Page::DataPageV2 { num_rows, num_nulls, .. } => {
                    (*num_rows as usize, *num_nulls as usize)
                }
                parquet::column::page::Page::DataPage { num_values, .. } => (*num_values as usize, 0),
                parquet::column::page::Page::DictionaryPage { .. } => (0, 0),
            };
            pages.push(Page {
                first_row,
                rows,
                present: rows - missing,
                offset: offset as u64,
                header: length - page.buffer().len(),
                bytes: length,
                crc32: checksum(&self.bytes[offset..offset + length]),
            });
            first_row += rows;
        }
        Ok(pages)
    }
}
