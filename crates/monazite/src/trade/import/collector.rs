//! The rows of one trade file on their way into years.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::ingest::baci::FlowRow;
use crate::ingest::year_table::{Flow, YearTable};
use crate::nomenclature::{Concordance, CountryId, Hs6};
use crate::progress::Progress;
use crate::trade::error::StoreError;

/// Rows of one file on their way into years. The first year stays in memory; rows of further years, if there are any, wait
/// in files, so that a file of many years needs no more memory than one year.
pub(super) struct Collector<'a> {
    staging: &'a Path,
    concordance: Option<&'a Concordance>,
    targets: BTreeMap<Hs6, Option<Vec<(Hs6, f64)>>>,
    first: Option<(u16, YearTable)>,
    pub(super) spills: BTreeMap<u16, (PathBuf, BufWriter<File>)>,
    pub(super) unmatched: BTreeMap<(u16, Hs6), f64>,
}

const SPILLED_ROW: usize = 24;

/// Spilled rows after which somebody looks whether the work should stop.
const ROWS_A_QUESTION: u64 = 1 << 18;

impl<'a> Collector<'a> {
    pub(super) fn new(staging: &'a Path, concordance: Option<&'a Concordance>) -> Self {
        Self {
            staging,
            concordance,
            targets: BTreeMap::new(),
            first: None,
            spills: BTreeMap::new(),
            unmatched: BTreeMap::new(),
        }
    }

    pub(super) fn take(&mut self, rows: &[FlowRow]) -> Result<(), StoreError> {
        for run in rows.chunk_by(|a, b| a.year == b.year) {
            match self.concordance {
                None => self.add(run)?,
                Some(concordance) => {
                    for row in run {
                        self.convert(concordance, row)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Splits a row over the codes of the other edition; an unknown code keeps its number and is listed.
    fn convert(&mut self, concordance: &Concordance, row: &FlowRow) -> Result<(), StoreError> {
        let targets =
            self.targets.entry(row.product).or_insert_with(|| concordance.targets(row.product)).clone();
        match targets {
            None => {
                *self.unmatched.entry((row.year, row.product)).or_default() += row.value;
                self.add(&[*row])
            }
            Some(targets) => {
                let mut left = *row;
                for (position, (product, share)) in targets.iter().enumerate() {
                    let last = position + 1 == targets.len();
                    let value = if last { left.value } else { row.value * share };
                    let quantity = if last { left.quantity } else { row.quantity * share };
                    left.value -= value;
                    left.quantity -= quantity;
                    if value > 0.0 {
                        self.add(&[FlowRow { product: *product, value, quantity, ..*row }])?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Puts rows of one year away.
    fn add(&mut self, rows: &[FlowRow]) -> Result<(), StoreError> {
        let (year, table) = self.first.get_or_insert_with(|| (rows[0].year, YearTable::default()));
        if *year == rows[0].year {
            table.push(rows);
            return Ok(());
        }
        rows.iter().try_for_each(|row| self.spill(row))
    }

    fn spill(&mut self, row: &FlowRow) -> Result<(), StoreError> {
        let (path, writer) = match self.spills.entry(row.year) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let path = self.staging.join(format!("{}.rows", row.year));
                let file = File::create(&path).map_err(|e| StoreError::io(&path, "cannot be created", e))?;
                place.insert((path, BufWriter::with_capacity(1 << 16, file)))
            }
        };
        let mut record = [0u8; SPILLED_ROW];
        record[0..2].copy_from_slice(&(row.exporter.index() as u16).to_le_bytes());
        record[2..4].copy_from_slice(&(row.importer.index() as u16).to_le_bytes());
        record[4..8].copy_from_slice(&(row.product.index() as u32).to_le_bytes());
        record[8..16].copy_from_slice(&row.value.to_le_bytes());
        record[16..24].copy_from_slice(&row.quantity.to_le_bytes());
        writer.write_all(&record).map_err(|e| StoreError::io(path, "cannot be written", e))
    }

    /// Hands out the years in order, one in memory at a time.
    pub(super) fn each_year(
        self,
        progress: &dyn Progress,
        mut take: impl FnMut(u16, YearTable) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if let Some((year, table)) = self.first {
            take(year, table)?;
        }
        for (year, (path, mut writer)) in self.spills {
            let broken = |e| StoreError::io(&path, "cannot be written or read", e);
            writer.flush().map_err(broken)?;
            drop(writer);
            let mut reader = BufReader::with_capacity(1 << 16, File::open(&path).map_err(broken)?);
            let mut table = YearTable::default();
            let mut record = [0u8; SPILLED_ROW];
            let rows = fs::metadata(&path).map_err(broken)?.len() / SPILLED_ROW as u64;
            for row in 0..rows {
                if row % ROWS_A_QUESTION == 0 {
                    progress.go_on()?;
                }
                reader.read_exact(&mut record).map_err(broken)?;
                let bytes = |from: usize, to: usize| &record[from..to];
                let u16_at = |at: usize| u16::from_le_bytes(bytes(at, at + 2).try_into().expect("two bytes"));
                let f64_at =
                    |at: usize| f64::from_le_bytes(bytes(at, at + 8).try_into().expect("eight bytes"));
                let product = u32::from_le_bytes(bytes(4, 8).try_into().expect("four bytes"));
                table.add(
                    Hs6::from_index(product as usize).expect("only codes are spilled"),
                    Flow { exporter: u16_at(0), importer: u16_at(2), value: f64_at(8), quantity: f64_at(16) },
                );
            }
            take(year, table)?;
            fs::remove_file(&path).map_err(broken)?;
        }
        Ok(())
    }
}

// A row as it is spilled must hold every country and product.
const _: () = assert!(Hs6::TABLE_SIZE <= u32::MAX as usize && size_of::<CountryId>() == 2);
