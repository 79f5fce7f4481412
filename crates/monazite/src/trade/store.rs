//! Reading a store: any products of any years, from any number of threads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::codes::read_codes;
use super::error::StoreError;
use super::flows::{FlowBatch, IndexEntry, Margins};
use super::manifest::StoreManifest;
use super::source::{FlowSource, Provenance, is_synthetic_version};
use super::year_writer::sha256_of;
use crate::columnar::TableReader;
use crate::nomenclature::{Countries, Hs6};

/// A store of bilateral trade, open for reading.
///
/// A store holds one Parquet file of flows a year, sorted by product, importer and exporter, an index of where each
/// product stands, and the trade in all products between every two countries.
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
    path: PathBuf,
    flows: TableReader,
    columns: FlowColumnPositions,
    index: Vec<IndexEntry>,
}

#[derive(Debug, Clone, Copy)]
struct FlowColumnPositions {
    exporter: usize,
    importer: usize,
    value: usize,
    quantity: usize,
}

/// Stores up to this size are checked against their checksums whenever they are opened.
const ALWAYS_VERIFIED: u64 = 64 << 20;

impl Store {
    /// Opens a store. Small stores (up to 64 MB) are checked against their checksums; see [`Store::verify`]
    /// for larger ones.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] if there is none, [`StoreError::Changed`] if a file is not the one that was imported,
    /// [`StoreError::Parquet`] if a file is damaged.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let manifest = StoreManifest::read(folder)?;
        let (countries, products) = read_codes(&folder.join(&manifest.codes))?;
        let largest = countries.iter().flat_map(|(_, c)| &c.baci_codes).max().copied().unwrap_or(0);
        let position_of_code: Vec<u16> = (0..=largest)
            .map(|code| countries.by_code(code).map_or(u16::MAX, |id| id.index() as u16))
            .collect();
        let mut store = Self {
            folder: folder.to_owned(),
            manifest,
            countries,
            products,
            years: Vec::new(),
            position_of_code,
        };
        let size: u64 = store.files().map(|(path, _)| std::fs::metadata(&path).map_or(0, |m| m.len())).sum();
        if size <= ALWAYS_VERIFIED {
            store.verify()?;
        }
        for record in &store.manifest.years {
            let path = folder.join(&record.folder).join("flows.parquet");
            let broken = |e| StoreError::parquet(&path, e);
            let flows = TableReader::open(&path).map_err(broken)?;
            if flows.rows() != record.flows {
                return Err(StoreError::Changed {
                    path: path.display().to_string(),
                    what: format!("{} rows instead of {}", flows.rows(), record.flows),
                });
            }
            let column = |name| flows.column(name).map_err(broken);
            let columns = FlowColumnPositions {
                exporter: column("exporter")?,
                importer: column("importer")?,
                value: column("value")?,
                quantity: column("quantity")?,
            };
            let index = read_index(&folder.join(&record.folder).join("index.parquet"))?;
            store.years.push(StoredYear { year: record.year, path, flows, columns, index });
        }
        Ok(store)
    }

    /// Checks every file against the checksum that was taken when it was written.
    ///
    /// # Errors
    /// [`StoreError::Changed`] for the first file that differs.
    pub fn verify(&self) -> Result<(), StoreError> {
        for (path, expected) in self.files() {
            if sha256_of(&path)? != expected {
                return Err(StoreError::Changed {
                    path: path.display().to_string(),
                    what: "its checksum differs".to_owned(),
                });
            }
        }
        Ok(())
    }

    fn files(&self) -> impl Iterator<Item = (PathBuf, &str)> {
        self.manifest.years.iter().flat_map(|year| {
            let folder = self.folder.join(&year.folder);
            [
                (folder.join("flows.parquet"), year.flows_sha256.as_str()),
                (folder.join("index.parquet"), year.index_sha256.as_str()),
                (folder.join("margins.parquet"), year.margins_sha256.as_str()),
            ]
        })
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

    /// Appends the position of every code; all of them have to be in the table.
    fn positions(&self, codes: &[i32], positions: &mut Vec<u16>, path: &Path) -> Result<(), StoreError> {
        let table = self.position_of_code.as_slice();
        let look_up = |code: i32| table.get(code as usize).copied().unwrap_or(u16::MAX);
        positions.extend(codes.iter().map(|&code| look_up(code)));
        // One look at the end is cheaper than a question at every row.
        let largest = positions.iter().copied().max().unwrap_or(0);
        if largest != u16::MAX {
            return Ok(());
        }
        let code = codes.iter().find(|&&code| look_up(code) == u16::MAX).copied().unwrap_or(0);
        Err(StoreError::Parquet {
            path: path.display().to_string(),
            message: format!("country code {code} is not in the store's table"),
        })
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
        let broken = |e| StoreError::parquet(&stored.path, e);
        let (table, columns) = (&stored.flows, stored.columns);
        for (column, codes, positions) in [
            (columns.exporter, &mut batch.codes, &mut batch.exporters),
            (columns.importer, &mut batch.more_codes, &mut batch.importers),
        ] {
            for piece in &pieces {
                table.read_int16(piece.group, column, piece.skip, piece.count, codes).map_err(broken)?;
            }
            self.positions(codes, positions, &stored.path)?;
        }
        for piece in &pieces {
            table
                .read_number(piece.group, columns.value, piece.skip, piece.count, &mut batch.values)
                .map_err(broken)?;
            if with_quantity {
                table
                    .read_optional_number(
                        piece.group,
                        columns.quantity,
                        piece.skip,
                        piece.count,
                        &mut batch.quantities,
                    )
                    .map_err(broken)?;
            }
        }
        Ok(())
    }

    fn margins(&self, year: u16) -> Result<Margins, StoreError> {
        let countries = self.countries.len();
        let mut margins = Margins::new(countries);
        let Some(record) = self.manifest.years.iter().find(|y| y.year == year) else { return Ok(margins) };
        let path = self.folder.join(&record.folder).join("margins.parquet");
        let broken = |e| StoreError::parquet(&path, e);
        let table = TableReader::open(&path).map_err(broken)?;
        for group in 0..table.row_groups() {
            let rows = table.group_rows(group);
            let (mut exporters, mut importers, mut values) = (Vec::new(), Vec::new(), Vec::new());
            table
                .read_int16(group, table.column("exporter").map_err(broken)?, 0, rows, &mut exporters)
                .map_err(broken)?;
            table
                .read_int16(group, table.column("importer").map_err(broken)?, 0, rows, &mut importers)
                .map_err(broken)?;
            table
                .read_number(group, table.column("value").map_err(broken)?, 0, rows, &mut values)
                .map_err(broken)?;
            let (mut from, mut to) = (Vec::new(), Vec::new());
            self.positions(&exporters, &mut from, &path)?;
            self.positions(&importers, &mut to, &path)?;
            for ((exporter, importer), value) in from.into_iter().zip(to).zip(values) {
                margins.values[usize::from(exporter) * countries + usize::from(importer)] = value;
            }
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
        let StoreManifest { edition, baci_version, account, inputs, .. } = &self.manifest;
        let synthetic = is_synthetic_version(baci_version);
        Provenance {
            source: if synthetic { "synthetic data in the layout of BACI" } else { "CEPII BACI" }.to_owned(),
            edition: edition.clone(),
            version: baci_version.clone(),
            synthetic,
            account: account.clone(),
            inputs: inputs.clone(),
        }
    }
}

/// Neighbouring rows of one row group.
struct Piece {
    group: usize,
    skip: usize,
    count: usize,
}

fn read_index(path: &Path) -> Result<Vec<IndexEntry>, StoreError> {
    let broken = |e| StoreError::parquet(path, e);
    let table = TableReader::open(path).map_err(broken)?;
    let (mut products, mut values) = (Vec::new(), Vec::new());
    let (mut groups, mut first_rows, mut flows) = (Vec::new(), Vec::new(), Vec::new());
    for group in 0..table.row_groups() {
        let rows = table.group_rows(group);
        table
            .read_text(group, table.column("product").map_err(broken)?, 0, rows, &mut products)
            .map_err(broken)?;
        table
            .read_int64(group, table.column("row_group").map_err(broken)?, 0, rows, &mut groups)
            .map_err(broken)?;
        table
            .read_int64(group, table.column("first_row").map_err(broken)?, 0, rows, &mut first_rows)
            .map_err(broken)?;
        table
            .read_int64(group, table.column("flows").map_err(broken)?, 0, rows, &mut flows)
            .map_err(broken)?;
        table
            .read_number(group, table.column("value").map_err(broken)?, 0, rows, &mut values)
            .map_err(broken)?;
    }
    let mut index = Vec::with_capacity(products.len());
    for (position, product) in products.into_iter().enumerate() {
        let product = product.parse().map_err(|e: crate::nomenclature::hs::HsCodeError| {
            StoreError::Parquet { path: path.display().to_string(), message: e.to_string() }
        })?;
        index.push(IndexEntry {
            product,
            row_group: groups[position] as usize,
            first_row: first_rows[position] as usize,
            flows: flows[position] as usize,
            value: values[position],
        });
    }
    Ok(index)
}
