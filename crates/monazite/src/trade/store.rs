//! Reading a store: any products of any years, from any number of threads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::codes::{check_codes, read_codes};
use super::error::StoreError;
use super::first_format::FirstFormat;
use super::flows::{FlowBatch, IndexEntry, Margins};
use super::layout::{StoreFile, YearFiles, live_files, refuse_links, verify_files};
use super::manifest::{FIRST_FORMAT, StoreManifest};
use super::small_tables::{CheckedTable, read_index};
use super::source::{
    BACI_SOURCE, FlowSource, OWN_SOURCE, Provenance, SYNTHETIC_SOURCE, is_synthetic_version,
};
use super::stored_flows::{Piece, StoredFlows};
use crate::nomenclature::{Countries, Hs6};

/// A store of bilateral trade, open for reading.
///
/// A store holds one Parquet file of flows a year, sorted by product, importer and exporter, an index of where each
/// product stands, and the trade in all products between every two countries. Whatever is read is checked against
/// a checksum first, page by page.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    manifest: StoreManifest,
    countries: Countries,
    products: BTreeMap<Hs6, String>,
    years: Vec<StoredYear>,
    /// Position in `countries` for each BACI code.
    position_of_code: Vec<u16>,
}

#[derive(Debug)]
struct StoredYear {
    year: u16,
    files: YearFiles,
    flows: Flows,
    index: Vec<IndexEntry>,
}

/// The flows of a year, in one format or the other.
#[derive(Debug)]
enum Flows {
    Pages(StoredFlows),
    First(FirstFormat),
}

impl Store {
    /// Opens a store. The small files (code tables, index, list of pages) are checked against their checksums here, the flows page
    /// by page when they are read; all files of a store of the first format here.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] if there is none, [`StoreError::Changed`] if a file is not the one that was imported,
    /// [`StoreError::Manifest`] if `store.toml` is damaged, [`StoreError::Parquet`] if a file cannot be understood.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let manifest = StoreManifest::read(folder)?;
        refuse_links(folder, &manifest)?;
        check_codes(folder, &manifest.codes)?;
        let (countries, products) = read_codes(&folder.join(&manifest.codes))?;
        let largest = countries.iter().flat_map(|(_, c)| &c.baci_codes).max().copied().unwrap_or(0);
        let position_of_code: Vec<u16> = (0..=largest)
            .map(|code| countries.by_code(code).map_or(u16::MAX, |id| id.index() as u16))
            .collect();
        if manifest.format == FIRST_FORMAT {
            verify_files(folder, &manifest)?;
        }
        let mut years = Vec::with_capacity(manifest.years.len());
        for record in &manifest.years {
            let files = YearFiles::of(folder, &manifest, record);
            let index = read_index(&files.index, &record.index_sha256)?;
            let flows = if manifest.format == FIRST_FORMAT {
                Flows::First(FirstFormat::open(&files.flows)?)
            } else {
                Flows::Pages(StoredFlows::open(&files.flows, &files.pages, &record.pages_sha256)?)
            };
            let rows = match &flows {
                Flows::Pages(flows) => flows.rows(),
                Flows::First(flows) => flows.rows(),
            };
            check_index(&index, &rows, record.flows)
                .map_err(|what| StoreError::Changed { path: files.index.display().to_string(), what })?;
            years.push(StoredYear { year: record.year, files, flows, index });
        }
        Ok(Self { folder: folder.to_owned(), manifest, countries, products, years, position_of_code })
    }

    /// Checks every byte of every file against the checksums that were taken when it was written.
    ///
    /// # Errors
    /// [`StoreError::Changed`] for the first file that differs.
    pub fn verify(&self) -> Result<(), StoreError> {
        verify_files(&self.folder, &self.manifest)
    }

    /// The files that the store is made of at present, besides `store.toml`. Other files in the folders are left over from an import that
    /// was killed, and not to be read.
    pub fn files(&self) -> Vec<StoreFile> {
        live_files(&self.folder, &self.manifest)
    }

    /// What the store holds and where it came from.
    pub fn manifest(&self) -> &StoreManifest {
        &self.manifest
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn year(&self, year: u16) -> Option<&StoredYear> {
        self.years.iter().find(|y| y.year == year)
    }
}

impl FlowSource for Store {
    fn countries(&self) -> &Countries {
        &self.countries
    }

    fn years(&self) -> Vec<u16> {
        self.years.iter().map(|y| y.year).collect()
    }

    fn traded_in(&self, year: u16) -> &[IndexEntry] {
        self.year(year).map_or(&[], |y| &y.index)
    }

    fn read_into(
        &self,
        year: u16,
        products: &[Hs6],
        with_quantity: bool,
        batch: &mut FlowBatch,
    ) -> Result<(), StoreError> {
        batch.clear();
        let Some(stored) = self.year(year) else { return Ok(()) };
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rows = 0;
        let mut from = 0;
        for &product in products {
            from += stored.index[from..].partition_point(|e| e.product < product);
            let Some(entry) = stored.index.get(from).filter(|e| e.product == product) else { continue };
            batch.products.push((product, rows..rows + entry.flows));
            rows += entry.flows;
            match pieces.last_mut() {
                Some(piece)
                    if piece.group == entry.row_group && piece.skip + piece.count == entry.first_row =>
                {
                    piece.count += entry.flows;
                }
                _ => pieces.push(Piece { group: entry.row_group, skip: entry.first_row, count: entry.flows }),
            }
        }
        match &stored.flows {
            Flows::Pages(flows) => flows.read(&pieces, &self.position_of_code, with_quantity, batch)?,
            Flows::First(flows) => flows.read(&pieces, &self.position_of_code, with_quantity, batch)?,
        }
        check_flows(batch).map_err(|what| StoreError::Changed {
            path: stored.files.flows.display().to_string(),
            what: what.to_owned(),
        })
    }

    fn margins(&self, year: u16) -> Result<Margins, StoreError> {
        let countries = self.countries.len();
        let mut margins = Margins::new(countries);
        let stored = self.years.iter().zip(&self.manifest.years).find(|(_, record)| record.year == year);
        let Some((stored, record)) = stored else { return Ok(margins) };
        let table = CheckedTable::read(&stored.files.margins, &record.margins_sha256)?;
        let (exporters, importers) = (table.codes("exporter")?, table.codes("importer")?);
        let values = table.numbers("value")?;
        let position = |code: i32| {
            let position =
                usize::try_from(code).ok().and_then(|code| self.position_of_code.get(code).copied());
            position.filter(|&p| p != u16::MAX).map(usize::from).ok_or_else(|| StoreError::Parquet {
                path: stored.files.margins.display().to_string(),
                message: format!("country code {code} is not in the store's table"),
            })
        };
        for ((exporter, importer), value) in exporters.into_iter().zip(importers).zip(values) {
            margins.values[position(exporter)? * countries + position(importer)?] = value;
        }
        Ok(margins)
    }

    fn products(&self) -> &BTreeMap<Hs6, String> {
        &self.products
    }

    fn has_product_table(&self) -> bool {
        self.manifest.product_table
    }

    fn provenance(&self) -> Provenance {
        let StoreManifest { edition, baci_version, account, inputs, source, licence, notes, .. } =
            &self.manifest;
        let synthetic = self.manifest.made_up || is_synthetic_version(baci_version);
        let source = match () {
            () if synthetic => SYNTHETIC_SOURCE,
            () if !source.is_empty() => source,
            // A file of BACI that a spreadsheet has saved is BACI's all the same.
            () if baci_version.is_empty() && inputs.iter().any(|input| !input.layout.is_empty()) => {
                OWN_SOURCE
            }
            () => BACI_SOURCE,
        };
        Provenance {
            source: source.to_owned(),
            licence: licence.clone(),
            notes: notes.clone(),
            edition: edition.clone(),
            version: baci_version.clone(),
            synthetic,
            account: account.clone(),
            inputs: inputs.clone(),
        }
    }
}

/// Whether the index fits to the flows: products ascending, row groups filled from their first row to their last.
fn check_index(index: &[IndexEntry], rows: &[usize], flows: u64) -> Result<(), String> {
    let (mut group, mut row, mut sum) = (0, 0, 0u64);
    for (entry, before) in index.iter().zip(std::iter::once(None).chain(index.iter().map(Some))) {
        if before.is_some_and(|before| before.product >= entry.product) {
            return Err(format!("product {} is not in its place", entry.product));
        }
        if row > 0 && rows.get(group) == Some(&row) {
            (group, row) = (group + 1, 0);
        }
        if entry.flows == 0 || (entry.row_group, entry.first_row) != (group, row) {
            return Err(format!("product {} does not begin where the one before ends", entry.product));
        }
        row = row.saturating_add(entry.flows);
        sum += entry.flows as u64;
    }
    let whole = index.is_empty() || (group + 1 == rows.len() && rows[group] == row);
    if whole && sum == flows { Ok(()) } else { Err(format!("{sum} rows instead of {flows}")) }
}

/// Whether flows are in order and possible. Whole arrays are looked at without a branch.
fn check_flows(batch: &FlowBatch) -> Result<(), &'static str> {
    let key = |(&importer, &exporter): (&u16, &u16)| u32::from(importer) << 16 | u32::from(exporter);
    for (_, range) in &batch.products {
        let (importers, exporters) = (&batch.importers[range.clone()], &batch.exporters[range.clone()]);
        let before = importers.iter().zip(exporters);
        let after = importers.iter().skip(1).zip(exporters.iter().skip(1));
        if !before.zip(after).fold(true, |fine, (a, b)| fine & (key(a) < key(b))) {
            return Err("flows of a product are not in order of importer and exporter");
        }
    }
    let own = batch.importers.iter().zip(&batch.exporters).fold(false, |own, (a, b)| own | (a == b));
    if own {
        return Err("there is trade of a country with itself");
    }
    if !batch.values.iter().fold(true, |fine, &v| fine & (v > 0.0) & (v < f64::INFINITY)) {
        return Err("there is a value that is not a number above 0");
    }
    Ok(())
}
