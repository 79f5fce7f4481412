//! Writing one year of a store: flows, index and margins.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use parquet::data_type::ByteArray;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::manifest::YearRecord;
use crate::columnar::{EncodedColumn, Kind, Schema, TableWriter, Values, write_table};
use crate::ingest::IngestAccount;
use crate::ingest::baci::hex;
use crate::ingest::year_table::{SortedFlows, YearTable};
use crate::nomenclature::{Countries, Hs6};
use crate::progress::Progress;
use crate::units::ThousandUsd;

/// Flows after which a row group is closed, at the end of a product.
const ROWS_A_GROUP: usize = 250_000;

/// Columns of `flows.parquet`, sorted by product, importer and exporter.
pub(super) const FLOW_COLUMNS: [(&str, Kind); 6] = [
    ("year", Kind::Int16),
    ("product", Kind::Text),
    ("exporter", Kind::Int16),
    ("importer", Kind::Int16),
    ("value", Kind::Number),
    ("quantity", Kind::OptionalNumber),
];

/// Columns of `index.parquet`: where in `flows.parquet` each product stands.
pub(super) const INDEX_COLUMNS: [(&str, Kind); 5] = [
    ("product", Kind::Text),
    ("row_group", Kind::Int64),
    ("first_row", Kind::Int64),
    ("flows", Kind::Int64),
    ("value", Kind::Number),
];

/// Columns of `margins.parquet`: trade in all products between two countries.
pub(super) const MARGIN_COLUMNS: [(&str, Kind); 3] =
    [("exporter", Kind::Int16), ("importer", Kind::Int16), ("value", Kind::Number)];

/// Rows of a row group while they are gathered.
#[derive(Default)]
struct Group {
    product: Vec<ByteArray>,
    exporter: Vec<i32>,
    importer: Vec<i32>,
    value: Vec<f64>,
    /// NaN where unknown.
    quantity: Vec<f64>,
}

/// Writes the flows of a year into `folder` (which must exist and be empty), and says what was written.
///
/// The account gets what only shows when rows are sorted: duplicates, kept rows, their value.
///
/// # Errors
/// [`StoreError::Io`] if the disk refuses; [`StoreError::Cancelled`] if `progress` asks to stop, which leaves a file that is not whole.
pub(super) fn write_year(
    folder: &Path,
    year: u16,
    table: YearTable,
    countries: &Countries,
    compression_level: i32,
    account: &mut IngestAccount,
    progress: &dyn Progress,
) -> Result<YearRecord, StoreError> {
    let codes: Vec<i32> = countries.iter().map(|(_, c)| i32::from(c.baci_codes[0])).collect();
    let schema = Schema::new(&FLOW_COLUMNS, compression_level);
    let flows_path = folder.join("flows.parquet");
    let in_flows = |e| StoreError::parquet(&flows_path, e);
    let mut writer = TableWriter::create(&flows_path, &schema).map_err(in_flows)?;
    let mut index = Index::default();
    let mut margins = vec![0.0; countries.len() * countries.len()];
    let mut group = Group::default();
    let mut groups = 0i64;
    let mut kept = 0u64;
    let mut value_kept = 0.0;
    let mut sorted = SortedFlows::default();
    for product in table.into_products() {
        account.duplicates += sorted.fill(&product, countries.len());
        index.add(product.product, groups, group.value.len(), &sorted.values);
        kept += sorted.values.len() as u64;
        let name = ByteArray::from(product.product.to_string().into_bytes());
        drop(product);
        group.product.resize(group.product.len() + sorted.values.len(), name);
        group.exporter.extend(sorted.exporters.iter().map(|&c| codes[usize::from(c)]));
        group.importer.extend(sorted.importers.iter().map(|&c| codes[usize::from(c)]));
        group.value.extend_from_slice(&sorted.values);
        group.quantity.extend_from_slice(&sorted.quantities);
        account.quantity_missing += sorted.quantities.iter().filter(|q| q.is_nan()).count() as u64;
        let pairs = sorted.exporters.iter().zip(&sorted.importers);
        for ((&exporter, &importer), value) in pairs.zip(&sorted.values) {
            margins[usize::from(exporter) * countries.len() + usize::from(importer)] += value;
        }
        value_kept += index.value.last().expect("a product was just added");
        if group.value.len() >= ROWS_A_GROUP {
            progress.go_on()?;
            append(&mut writer, &schema, year, std::mem::take(&mut group)).map_err(in_flows)?;
            groups += 1;
        }
    }
    if !group.value.is_empty() {
        progress.go_on()?;
        append(&mut writer, &schema, year, group).map_err(in_flows)?;
    }
    writer.finish().map_err(in_flows)?;
    account.rows_kept += kept;
    account.value_kept += ThousandUsd::new(value_kept);

    let index_path = folder.join("index.parquet");
    index.write(&index_path, compression_level)?;
    let margins_path = folder.join("margins.parquet");
    write_margins(&margins_path, &margins, &codes, compression_level)?;
    Ok(YearRecord {
        year,
        folder: String::new(),
        flows: kept,
        products: index.product.len() as u64,
        value: value_kept,
        flows_sha256: sha256_of(&flows_path)?,
        index_sha256: sha256_of(&index_path)?,
        margins_sha256: sha256_of(&margins_path)?,
    })
}

#[derive(Default)]
struct Index {
    product: Vec<ByteArray>,
    row_group: Vec<i64>,
    first_row: Vec<i64>,
    flows: Vec<i64>,
    value: Vec<f64>,
}

impl Index {
    fn add(&mut self, product: Hs6, row_group: i64, first_row: usize, values: &[f64]) {
        self.product.push(ByteArray::from(product.to_string().into_bytes()));
        self.row_group.push(row_group);
        self.first_row.push(first_row as i64);
        self.flows.push(values.len() as i64);
        self.value.push(values.iter().sum());
    }

    fn write(&self, path: &Path, compression_level: i32) -> Result<(), StoreError> {
        write_table(
            path,
            &Schema::new(&INDEX_COLUMNS, compression_level),
            &[
                Values::Text(&self.product),
                Values::Int64(&self.row_group),
                Values::Int64(&self.first_row),
                Values::Int64(&self.flows),
                Values::Number(&self.value),
            ],
        )
        .map_err(|e| StoreError::parquet(path, e))
    }
}

fn write_margins(
    path: &Path,
    margins: &[f64],
    codes: &[i32],
    compression_level: i32,
) -> Result<(), StoreError> {
    let (mut exporter, mut importer, mut value) = (Vec::new(), Vec::new(), Vec::new());
    for (pair, &v) in margins.iter().enumerate().filter(|(_, v)| **v > 0.0) {
        exporter.push(codes[pair / codes.len()]);
        importer.push(codes[pair % codes.len()]);
        value.push(v);
    }
    write_table(
        path,
        &Schema::new(&MARGIN_COLUMNS, compression_level),
        &[Values::Int16(&exporter), Values::Int16(&importer), Values::Number(&value)],
    )
    .map_err(|e| StoreError::parquet(path, e))
}

fn append(
    writer: &mut TableWriter,
    schema: &Schema,
    year: u16,
    group: Group,
) -> Result<(), parquet::errors::ParquetError> {
    let years = vec![i32::from(year); group.value.len()];
    let columns = [
        Values::Int16(&years),
        Values::Text(&group.product),
        Values::Int16(&group.exporter),
        Values::Int16(&group.importer),
        Values::Number(&group.value),
        Values::NumberOrNan(&group.quantity),
    ];
    let encoded: Result<Vec<EncodedColumn>, _> =
        columns.par_iter().enumerate().map(|(position, values)| schema.encode(position, *values)).collect();
    writer.append(encoded?)
}

/// SHA-256 of a file, hexadecimal.
pub(crate) fn sha256_of(path: &Path) -> Result<String, StoreError> {
    checksum(path).map_err(|e| StoreError::io(path, "cannot be read", e))
}

/// As [`sha256_of`], with the error of the system.
pub(crate) fn checksum(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::ingest::year_table::Flow;
    use crate::threads::within;

    /// Wants an end once it has been asked so often.
    struct Allowed {
        times: u64,
        asked: AtomicU64,
    }

    impl Progress for Allowed {
        fn cancelled(&self) -> bool {
            self.asked.fetch_add(1, Ordering::Relaxed) >= self.times
        }
    }

    /// Every country sells to every other one, in products enough for three row groups.
    fn year(countries: &Countries) -> YearTable {
        let mut table = YearTable::default();
        let codes = 0..countries.len() as u16;
        let products = 2 * ROWS_A_GROUP / (codes.len() * (codes.len() - 1)) + 3;
        for product in (0..products).filter_map(Hs6::from_index) {
            for exporter in codes.clone() {
                for importer in codes.clone().filter(|&importer| importer != exporter) {
                    table.add(product, Flow { importer, exporter, value: 1.5, quantity: f64::NAN });
                }
            }
        }
        table
    }

    #[test]
    fn a_year_can_be_stopped_at_every_row_group() {
        let countries = Countries::builtin();
        let write = |times: u64| {
            let folder = tempfile::tempdir().unwrap();
            let allowed = Allowed { times, asked: AtomicU64::new(0) };
            let (table, mut account) = (year(&countries), IngestAccount::default());
            let rows = table.rows();
            let written =
                within(|| write_year(folder.path(), 2020, table, &countries, 1, &mut account, &allowed));
            (written, rows, allowed.asked.into_inner())
        };
        let (written, rows, asked) = write(u64::MAX);
        let written = written.unwrap();
        assert_eq!((written.flows, written.value), (rows, 1.5 * rows as f64));
        assert_eq!(asked, 3);
        for times in 0..asked {
            let (stopped, _, asked) = write(times);
            assert!(matches!(stopped, Err(StoreError::Cancelled(_))), "{stopped:?}");
            assert_eq!(asked, times + 1);
        }
    }
}
