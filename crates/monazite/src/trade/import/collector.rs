//! The rows of one trade file on their way into years.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::disk;
use crate::ingest::baci::FlowRow;
use crate::ingest::year_table::{Flow, Piece, Sorter, YearTable};
use crate::nomenclature::{Concordance, CountryId, Hs6};
use crate::progress::Cancelled;
use crate::trade::error::StoreError;

/// What a block of a file comes to: its rows by year, each year sorted by product, in the order in which the years appear.
pub(super) struct Batch {
    years: Vec<(u16, Piece)>,
    /// Value of the products that no conversion table knows.
    unmatched: BTreeMap<(u16, Hs6), f64>,
    /// Rows that the conversion made of more rows than there were.
    added: u64,
}

/// What makes batches of blocks; each thread at work has its own.
#[derive(Default)]
pub(super) struct Sorting {
    sorter: Sorter,
    /// Codes of the other edition and the share of each.
    targets: BTreeMap<Hs6, Option<Vec<(Hs6, f64)>>>,
    converted: Vec<FlowRow>,
}

impl Sorting {
    pub(super) fn batch(&mut self, rows: &[FlowRow], concordance: Option<&Concordance>) -> Batch {
        let mut unmatched = BTreeMap::new();
        let Some(concordance) = concordance else {
            return Batch { years: by_year(&mut self.sorter, rows), unmatched, added: 0 };
        };
        self.converted.clear();
        for row in rows {
            self.convert(concordance, row, &mut unmatched);
        }
        // Every row leaves at least one part.
        let added = (self.converted.len() - rows.len()) as u64;
        Batch { years: by_year(&mut self.sorter, &self.converted), unmatched, added }
    }

    /// Splits a row over the codes of the other edition; an unknown code keeps its number and is listed.
    fn convert(
        &mut self,
        concordance: &Concordance,
        row: &FlowRow,
        unmatched: &mut BTreeMap<(u16, Hs6), f64>,
    ) {
        let targets = self.targets.entry(row.product).or_insert_with(|| concordance.targets(row.product));
        let Some(targets) = targets else {
            *unmatched.entry((row.year, row.product)).or_default() += row.value;
            self.converted.push(*row);
            return;
        };
        let mut left = *row;
        for (position, (product, share)) in targets.iter().enumerate() {
            let last = position + 1 == targets.len();
            let value = if last { left.value } else { row.value * share };
            let quantity = if last { left.quantity } else { row.quantity * share };
            left.value -= value;
            left.quantity -= quantity;
            if value > 0.0 {
                self.converted.push(FlowRow { product: *product, value, quantity, ..*row });
            }
        }
    }
}

fn by_year(sorter: &mut Sorter, rows: &[FlowRow]) -> Vec<(u16, Piece)> {
    let Some(first) = rows.first() else { return Vec::new() };
    if rows.iter().all(|row| row.year == first.year) {
        return vec![(first.year, sorter.piece(rows))];
    }
    let mut years: Vec<(u16, Vec<FlowRow>)> = Vec::new();
    for run in rows.chunk_by(|a, b| a.year == b.year) {
        match years.iter_mut().find(|(year, _)| *year == run[0].year) {
            Some((_, rows)) => rows.extend_from_slice(run),
            None => years.push((run[0].year, run.to_vec())),
        }
    }
    years.into_iter().map(|(year, rows)| (year, sorter.piece(&rows))).collect()
}

/// Rows of one file on their way into years. The first year stays in memory; rows of further years, if there are any, wait
/// in files, so that a file of many years needs no more memory than one year.
pub(super) struct Collector {
    /// Begins the names of the files that rows wait in.
    waiting: PathBuf,
    first: Option<(u16, YearTable)>,
    pub(super) spills: BTreeMap<u16, Spill>,
    /// Number of the file whose rows come.
    source: u32,
    pub(super) unmatched: BTreeMap<(u16, Hs6), f64>,
    pub(super) added_by_conversion: u64,
}

/// Rows of a year that wait in a file.
pub(super) struct Spill {
    path: PathBuf,
    writer: BufWriter<File>,
    /// The files that they come from, and how many rows of each follow each other.
    sources: Vec<(u32, usize)>,
}

const SPILLED_ROW: usize = 24;
/// Rows that are read back and sorted at a time.
const ROWS_READ_BACK: usize = 1 << 16;

impl Collector {
    /// For the file at a position of the release.
    pub(super) fn new(staging: &Path, position: usize) -> Self {
        Self {
            waiting: staging.join(format!("{position}")),
            first: None,
            spills: BTreeMap::new(),
            source: 0,
            unmatched: BTreeMap::new(),
            added_by_conversion: 0,
        }
    }

    /// Says which file of the table the rows come from that follow.
    pub(super) fn begin_source(&mut self, position: usize) {
        self.source = position as u32;
    }

    pub(super) fn take(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.added_by_conversion += batch.added;
        for (product, value) in batch.unmatched {
            *self.unmatched.entry(product).or_default() += value;
        }
        for (year, piece) in batch.years {
            let (first, table) = self.first.get_or_insert_with(|| (year, YearTable::default()));
            if *first == year {
                table.take(piece.of_source(self.source));
            } else {
                piece.iter().try_for_each(|(product, flow)| self.spill(year, product, flow))?;
            }
        }
        Ok(())
    }

    fn spill(&mut self, year: u16, product: Hs6, flow: Flow) -> Result<(), StoreError> {
        let spill = match self.spills.entry(year) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let path = self.waiting.with_extension(format!("{year}.rows"));
                let file = disk::create(&path).map_err(|e| StoreError::io(&path, "cannot be created", e))?;
                let writer = BufWriter::with_capacity(1 << 16, file);
                place.insert(Spill { path, writer, sources: Vec::new() })
            }
        };
        match spill.sources.last_mut() {
            Some((source, rows)) if *source == self.source => *rows += 1,
            _ => spill.sources.push((self.source, 1)),
        }
        let mut record = [0u8; SPILLED_ROW];
        record[0..2].copy_from_slice(&flow.exporter.to_le_bytes());
        record[2..4].copy_from_slice(&flow.importer.to_le_bytes());
        record[4..8].copy_from_slice(&(product.index() as u32).to_le_bytes());
        record[8..16].copy_from_slice(&flow.value.to_le_bytes());
        record[16..24].copy_from_slice(&flow.quantity.to_le_bytes());
        spill.writer.write_all(&record).map_err(|e| StoreError::io(&spill.path, "cannot be written", e))
    }

    /// Hands out the years in order, one in memory at a time. `go_on` is asked while rows are read back.
    pub(super) fn each_year(
        self,
        go_on: &dyn Fn() -> Result<(), Cancelled>,
        mut take: impl FnMut(u16, YearTable) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if let Some((year, table)) = self.first {
            take(year, table)?;
        }
        let mut sorter = Sorter::default();
        for (year, Spill { path, mut writer, sources }) in self.spills {
            let broken = |e| StoreError::io(&path, "cannot be written or read", e);
            writer.flush().map_err(broken)?;
            drop(writer);
            let mut reader = BufReader::with_capacity(1 << 16, File::open(&path).map_err(broken)?);
            let mut table = YearTable::default();
            let mut rows = Vec::new();
            for (source, mut left) in sources {
                while left > 0 {
                    go_on()?;
                    rows.clear();
                    for _ in 0..left.min(ROWS_READ_BACK) {
                        let mut record = [0u8; SPILLED_ROW];
                        reader.read_exact(&mut record).map_err(broken)?;
                        rows.push(row_of(year, &record));
                    }
                    left -= rows.len();
                    table.take(sorter.piece(&rows).of_source(source));
                }
            }
            take(year, table)?;
            fs::remove_file(&path).map_err(broken)?;
        }
        Ok(())
    }
}

fn row_of(year: u16, record: &[u8; SPILLED_ROW]) -> FlowRow {
    let bytes = |from: usize, to: usize| &record[from..to];
    let country =
        |at: usize| CountryId::new(u16::from_le_bytes(bytes(at, at + 2).try_into().expect("two bytes")));
    let number = |at: usize| f64::from_le_bytes(bytes(at, at + 8).try_into().expect("eight bytes"));
    let product = u32::from_le_bytes(bytes(4, 8).try_into().expect("four bytes"));
    FlowRow {
        year,
        exporter: country(0),
        importer: country(2),
        product: Hs6::from_index(product as usize).expect("only codes are spilled"),
        value: number(8),
        quantity: number(16),
    }
}

// A row as it is spilled must hold every country and product.
const _: () = assert!(Hs6::TABLE_SIZE <= u32::MAX as usize && size_of::<CountryId>() == 2);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::year_table::SortedFlows;

    #[test]
    fn years_that_are_mixed_come_apart_and_lose_no_row() {
        let folder = tempfile::tempdir().unwrap();
        let row = |n: usize| FlowRow {
            year: 2010 + (n * n % 3) as u16,
            exporter: CountryId::new((n % 40) as u16),
            importer: CountryId::new((40 + n / 40 % 60) as u16),
            product: Hs6::from_index(280_000 + n % 77 * 13).unwrap(),
            value: (n + 1) as f64 / 1000.0,
            quantity: if n.is_multiple_of(5) { f64::NAN } else { n as f64 / 7.0 },
        };
        let rows: Vec<FlowRow> = (1..150_000).map(row).collect();
        let mut collector = Collector::new(folder.path(), 3);
        let mut sorting = Sorting::default();
        for block in rows.chunks(20_000) {
            collector.take(sorting.batch(block, None)).unwrap();
        }
        assert!(folder.path().join("3.2010.rows").exists(), "further years wait in files");
        let mut found = Vec::new();
        collector
            .each_year(&|| Ok(()), |year, table| {
                let count = rows.iter().filter(|r| r.year == year).count() as u64;
                assert_eq!(table.rows(), count);
                let mut products = table.into_products();
                let (mut sorted, mut value) = (SortedFlows::default(), 0.0);
                while sorted.fill(&mut products, 100).is_some() {
                    value += sorted.values.iter().sum::<f64>();
                }
                let expected: f64 = rows.iter().filter(|r| r.year == year).map(|r| r.value).sum();
                assert!((value - expected).abs() < 1e-6 * expected, "{year}: {value} is not {expected}");
                found.push((year, count));
                Ok(())
            })
            .unwrap();
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [2011, 2010], "n * n mod 3 is 0 or 1");
        assert_eq!(found.iter().map(|f| f.1).sum::<u64>(), rows.len() as u64);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
