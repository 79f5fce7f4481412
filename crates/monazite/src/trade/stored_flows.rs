//! The flows of a year, page by page: each page is checked against its checksum and decoded straight to what a batch holds.
//!
//! Where the pages lie is in a list of its own, so the footer of the file, and the product column, are never looked at.

use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::flows::{FlowBatch, Scratch};
use super::small_tables::CheckedTable;
use super::year_writer::{
    EXPORTER, FLOW_COLUMNS, IMPORTER, QUANTITY_EXACT, QUANTITY_KG, VALUE_EXACT, VALUE_USD,
};
use crate::columnar::{Damage, Page, checksum, doubles, levels, packed_numbers, positions, read_exact_at};
use crate::disk;

/// Neighbouring rows of one row group.
pub(super) struct Piece {
    pub(super) group: usize,
    pub(super) skip: usize,
    pub(super) count: usize,
}

/// The flows of a year, open for reading.
#[derive(Debug)]
pub(super) struct StoredFlows {
    path: PathBuf,
    file: File,
    pages: Vec<Page>,
    /// Which pages belong to each column of each row group.
    chunks: Vec<Range<usize>>,
}

impl StoredFlows {
    pub(super) fn open(path: &Path, pages_path: &Path, pages_sha256: &str) -> Result<Self, StoreError> {
        let table = CheckedTable::read(pages_path, pages_sha256)?;
        let column = |name| table.places(name);
        let (groups, columns) = (column("row_group")?, column("column")?);
        let (first_rows, rows, present) = (column("first_row")?, column("rows")?, column("present")?);
        let (offsets, headers) = (column("offset")?, column("header")?);
        let (bytes, sums) = (column("bytes")?, column("crc32")?);
        let pages: Vec<Page> = (0..groups.len())
            .map(|n| Page {
                first_row: first_rows[n],
                rows: rows[n],
                present: present[n],
                offset: offsets[n] as u64,
                header: headers[n],
                bytes: bytes[n],
                crc32: sums[n] as u32,
            })
            .collect();
        let size = FLOW_COLUMNS.len() * groups.last().map_or(0, |last| (last + 1).min(groups.len()));
        let mut chunks = vec![0..0; size];
        for (n, page) in pages.iter().enumerate() {
            let chunk = groups[n] * FLOW_COLUMNS.len() + columns[n];
            let before = n.checked_sub(1).filter(|&b| (groups[b], columns[b]) == (groups[n], columns[n]));
            let follows = match before.map(|b| &pages[b]) {
                None => page.first_row == 0,
                Some(before) => {
                    page.first_row == before.first_row + before.rows
                        && page.offset == before.offset + before.bytes as u64
                }
            };
            if columns[n] >= FLOW_COLUMNS.len()
                || chunk >= size
                || !follows
                || page.header > page.bytes
                || page.present > page.rows
            {
                return Err(StoreError::Changed {
                    path: pages_path.display().to_string(),
                    what: format!("its row {} does not fit to the one before", n + 1),
                });
            }
            chunks[chunk] = before.map_or(n, |_| chunks[chunk].start)..n + 1;
        }
        let file = disk::open(path).map_err(|e| StoreError::of_file(path, e))?;
        Ok(Self { path: path.to_owned(), file, pages, chunks })
    }

    /// Rows of each row group.
    pub(super) fn rows(&self) -> Vec<usize> {
        let groups = self.chunks.len() / FLOW_COLUMNS.len();
        (0..groups)
            .map(|group| self.chunk(group, VALUE_USD).last().map_or(0, |page| page.first_row + page.rows))
            .collect()
    }

    fn chunk(&self, group: usize, column: usize) -> &[Page] {
        let chunk = self.chunks.get(group * FLOW_COLUMNS.len() + column).cloned().unwrap_or(0..0);
        &self.pages[chunk]
    }

    /// Appends the flows of some pieces to a batch.
    pub(super) fn read(
        &self,
        pieces: &[Piece],
        position_of_code: &[u16],
        with_quantity: bool,
        batch: &mut FlowBatch,
    ) -> Result<(), StoreError> {
        let scratch = &mut batch.scratch;
        for piece in pieces {
            self.countries(piece, EXPORTER, position_of_code, scratch, &mut batch.exporters)?;
            self.countries(piece, IMPORTER, position_of_code, scratch, &mut batch.importers)?;
            let start = batch.values.len();
            let Scratch { bytes, numbers, .. } = &mut *scratch;
            self.each_page(piece, VALUE_USD, bytes, |page, payload, wanted| {
                append_part(page, wanted, &mut batch.values, numbers, |values| {
                    packed_numbers(payload, page.rows, values, |thousandths| thousandths as f64 / 1000.0)
                })
            })?;
            self.exact(piece, VALUE_EXACT, scratch, |row, exact| batch.values[start + row] = exact)?;
            if with_quantity {
                self.quantities(piece, scratch, &mut batch.quantities)?;
            }
        }
        Ok(())
    }

    /// Calls `take` with each page that has rows of a piece, with the bytes after its header, and the rows within it that are wanted.
    fn each_page(
        &self,
        piece: &Piece,
        column: usize,
        bytes: &mut Vec<u8>,
        mut take: impl FnMut(&Page, &[u8], Range<usize>) -> Result<(), Damage>,
    ) -> Result<(), StoreError> {
        let pages = self.data_pages(piece, column);
        let (Some(first), Some(last)) = (pages.first(), pages.last()) else { return Ok(()) };
        let end = piece.skip + piece.count;
        let length = (last.offset - first.offset) as usize + last.bytes;
        self.read_at(first.offset, length, bytes)?;
        for page in pages {
            let at = (page.offset - first.offset) as usize;
            let damaged = |damage: Damage| self.damaged(piece.group, column, page, damage);
            let payload = checked(page, &bytes[at..at + page.bytes]).map_err(damaged)?;
            let from = piece.skip.saturating_sub(page.first_row);
            take(page, payload, from..page.rows.min(end - page.first_row)).map_err(damaged)?;
        }
        Ok(())
    }

    /// The pages that have rows of a piece.
    fn data_pages(&self, piece: &Piece, column: usize) -> &[Page] {
        let pages = self.chunk(piece.group, column);
        let pages = &pages[pages.iter().take_while(|page| page.rows == 0).count()..];
        let from = pages.partition_point(|page| page.first_row + page.rows <= piece.skip);
        let to = pages.partition_point(|page| page.first_row < piece.skip + piece.count);
        &pages[from..to.max(from)]
    }

    fn read_at(&self, offset: u64, length: usize, bytes: &mut Vec<u8>) -> Result<(), StoreError> {
        bytes.resize(length, 0);
        read_exact_at(&self.file, bytes, offset).map_err(|e| match e.kind() {
            ErrorKind::UnexpectedEof => StoreError::Changed {
                path: self.path.display().to_string(),
                what: "it is cut short".to_owned(),
            },
            _ => StoreError::io(&self.path, "cannot be read", e),
        })
    }

    fn damaged(&self, group: usize, column: usize, page: &Page, damage: Damage) -> StoreError {
        let (name, _) = FLOW_COLUMNS[column];
        StoreError::Changed {
            path: self.path.display().to_string(),
            what: format!("{damage}: column {name}, row group {group}, byte {}", page.offset),
        }
    }

    /// Appends the positions of the countries of a piece.
    fn countries(
        &self,
        piece: &Piece,
        column: usize,
        position_of_code: &[u16],
        scratch: &mut Scratch,
        countries: &mut Vec<u16>,
    ) -> Result<(), StoreError> {
        let Scratch { bytes, positions: part, dictionary, .. } = scratch;
        dictionary.clear();
        if let Some(page) = self.chunk(piece.group, column).first().filter(|page| page.rows == 0) {
            self.read_at(page.offset, page.bytes, bytes)?;
            let codes =
                checked(page, bytes).map_err(|damage| self.damaged(piece.group, column, page, damage))?;
            let (codes, _) = codes.as_chunks::<4>();
            dictionary.extend(codes.iter().map(|code| {
                let code = usize::try_from(i32::from_le_bytes(*code)).unwrap_or(usize::MAX);
                position_of_code.get(code).copied().unwrap_or(u16::MAX)
            }));
        }
        self.each_page(piece, column, bytes, |page, payload, wanted| {
            append_part(page, wanted, countries, part, |values| {
                positions(payload, page.rows, dictionary, values)
            })
        })
    }

    /// Calls `put` for each row of a piece whose number is no whole number of thousandths.
    fn exact(
        &self,
        piece: &Piece,
        column: usize,
        scratch: &mut Scratch,
        mut put: impl FnMut(usize, f64),
    ) -> Result<(), StoreError> {
        if self.data_pages(piece, column).iter().all(|page| page.present == 0) {
            return Ok(());
        }
        let Scratch { bytes, numbers, present, .. } = scratch;
        self.each_page(piece, column, bytes, |page, payload, wanted| {
            present.clear();
            numbers.clear();
            doubles(levels(payload, page.rows, present)?, page.present, numbers)?;
            let mut numbers = numbers.iter();
            for (row, _) in present.iter().enumerate().filter(|(_, present)| **present) {
                let number = *numbers.next().ok_or(MISSING)?;
                if wanted.contains(&row) {
                    put(page.first_row + row - piece.skip, number);
                }
            }
            Ok(())
        })
    }

    /// Appends the quantities of a piece.
    fn quantities(
        &self,
        piece: &Piece,
        scratch: &mut Scratch,
        quantities: &mut Vec<Option<f64>>,
    ) -> Result<(), StoreError> {
        let start = quantities.len();
        let Scratch { bytes, numbers, present, .. } = &mut *scratch;
        self.each_page(piece, QUANTITY_KG, bytes, |page, payload, wanted| {
            present.clear();
            numbers.clear();
            let rest = levels(payload, page.rows, present)?;
            packed_numbers(rest, page.present, numbers, |thousandths| thousandths as f64 / 1000.0)?;
            let mut numbers = numbers.iter();
            for (row, &present) in present.iter().enumerate() {
                let number = if present { Some(*numbers.next().ok_or(MISSING)?) } else { None };
                if wanted.contains(&row) {
                    quantities.push(number);
                }
            }
            Ok(())
        })?;
        self.exact(piece, QUANTITY_EXACT, scratch, |row, exact| quantities[start + row] = Some(exact))
    }
}

const MISSING: Damage = Damage("a page has fewer values than rows that have one");

/// The bytes of a page after its header, if they are those that were written.
fn checked<'a>(page: &Page, bytes: &'a [u8]) -> Result<&'a [u8], Damage> {
    if checksum(bytes) == page.crc32 {
        Ok(&bytes[page.header..])
    } else {
        Err(Damage("the checksum differs"))
    }
}

/// Appends the wanted rows of a page: all of it at once, or a part by way of `part`.
fn append_part<T: Copy>(
    page: &Page,
    wanted: Range<usize>,
    values: &mut Vec<T>,
    part: &mut Vec<T>,
    decode: impl FnOnce(&mut Vec<T>) -> Result<(), Damage>,
) -> Result<(), Damage> {
    if wanted == (0..page.rows) {
        return decode(values);
    }
    part.clear();
    decode(part)?;
    values.extend_from_slice(&part[wanted]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::year_table::SortedFlows;
    use crate::nomenclature::{Countries, Country};
    use crate::trade::year_writer::YearWriter;

    /// One product with the flows of 200 countries to one another, on several pages; every hundredth value is not whole.
    fn written(folder: &Path) -> (StoredFlows, SortedFlows, Vec<u16>) {
        let country = |code: u16| Country {
            iso3: format!(
                "X{}{}",
                char::from(b'A' + (code % 100 / 10) as u8),
                char::from(b'A' + (code % 10) as u8)
            ),
            name: String::new(),
            baci_codes: vec![code],
        };
        let countries = Countries::from_list((100..200).map(country).collect()).unwrap();
        let mut flows = SortedFlows::default();
        for pair in (0..10_000u32).filter(|pair| pair % 101 != 0) {
            let number = (pair * 7919 % 10_007 + 1) as f64;
            flows.importers.push((pair / 100) as u16);
            flows.exporters.push((pair % 100) as u16);
            flows.values.push(if pair % 100 == 7 { number / 3.0 } else { number / 1000.0 });
            flows.quantities.push(match pair % 50 {
                3 => f64::NAN,
                4 => number / 7.0,
                _ => number / 1000.0,
            });
        }
        let mut writer = YearWriter::create(folder, 2019, &countries, 1).unwrap();
        writer.add("284690".parse().unwrap(), &flows).unwrap();
        let record = writer.finish().unwrap();
        let stored = StoredFlows::open(
            &folder.join("flows.parquet"),
            &folder.join("pages.parquet"),
            &record.pages_sha256,
        );
        let position_of_code = (0..200u16).map(|code| code.checked_sub(100).unwrap_or(u16::MAX)).collect();
        (stored.unwrap(), flows, position_of_code)
    }

    #[test]
    fn pieces_across_pages_are_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let (stored, flows, codes) = written(folder.path());
        assert_eq!(stored.rows(), [9_900]);
        assert!(stored.chunk(0, VALUE_USD).len() > 1, "several pages");
        let pieces = [(0, 9_900), (8_000, 300), (8_192, 1), (9_899, 1), (5, 8_187)];
        let pieces = pieces.map(|(skip, count)| Piece { group: 0, skip, count });
        let mut batch = FlowBatch::default();
        stored.read(&pieces, &codes, true, &mut batch).unwrap();
        let rows = pieces.iter().flat_map(|piece| piece.skip..piece.skip + piece.count);
        for (place, row) in rows.enumerate() {
            assert_eq!(batch.importers[place], flows.importers[row]);
            assert_eq!(batch.exporters[place], flows.exporters[row]);
            assert_eq!(batch.values[place].to_bits(), flows.values[row].to_bits());
            assert_eq!(batch.quantities[place], Some(flows.quantities[row]).filter(|q| !q.is_nan()));
        }
    }

    #[test]
    fn only_what_is_asked_for_is_checked_and_a_damaged_page_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (stored, _, codes) = written(folder.path());
        let page = *stored.chunk(0, QUANTITY_KG).last().unwrap();
        let path = folder.path().join("flows.parquet");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[page.offset as usize + page.bytes - 1] ^= 128;
        std::fs::write(&path, bytes).unwrap();
        let read = |skip, with_quantity| {
            let mut batch = FlowBatch::default();
            stored.read(&[Piece { group: 0, skip, count: 9_900 - skip }], &codes, with_quantity, &mut batch)
        };
        read(0, false).unwrap();
        let error = read(9_000, true).unwrap_err().to_string();
        assert!(
            error.contains("flows.parquet") && error.contains("column quantity_kg, row group 0"),
            "{error}"
        );
    }
}
