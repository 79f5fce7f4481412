//! Writing one year of a store: flows, index, list of pages and margins.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::manifest::YearRecord;
use crate::columnar::{EncodedColumn, Kind, Page, Schema, TableWriter, Values, write_table};
use crate::ingest::IngestAccount;
use crate::ingest::year_table::{SortedFlows, YearTable};
use crate::nomenclature::{Countries, Hs6};
use crate::plain_text::hex;
use crate::progress::Cancelled;
use crate::units::ThousandUsd;

/// Flows after which a row group is closed, at the end of a product.
const ROWS_A_GROUP: usize = 250_000;

/// Columns of the flows, sorted by product, importer and exporter.
pub(super) const FLOW_COLUMNS: [(&str, Kind); 8] = [
    ("year", Kind::Int32),
    ("product", Kind::Text),
    ("exporter", Kind::Int16),
    ("importer", Kind::Int16),
    ("value_usd", Kind::Int64),
    ("quantity_kg", Kind::OptionalInt64),
    ("value_exact", Kind::OptionalNumber),
    ("quantity_exact", Kind::OptionalNumber),
];

/// Positions among [`FLOW_COLUMNS`].
pub(super) const EXPORTER: usize = 2;
pub(super) const IMPORTER: usize = 3;
pub(super) const VALUE_USD: usize = 4;
pub(super) const QUANTITY_KG: usize = 5;
pub(super) const VALUE_EXACT: usize = 6;
pub(super) const QUANTITY_EXACT: usize = 7;

/// Columns of the index: where among the flows each product stands.
pub(super) const INDEX_COLUMNS: [(&str, Kind); 5] = [
    ("product", Kind::Text),
    ("row_group", Kind::Int64),
    ("first_row", Kind::Int64),
    ("flows", Kind::Int64),
    ("value", Kind::Number),
];

/// Columns of the list of pages: where in the file of flows each page stands, and its checksum.
pub(super) const PAGE_COLUMNS: [(&str, Kind); 9] = [
    ("row_group", Kind::Int64),
    ("column", Kind::Int64),
    ("first_row", Kind::Int64),
    ("rows", Kind::Int64),
    ("present", Kind::Int64),
    ("offset", Kind::Int64),
    ("header", Kind::Int64),
    ("bytes", Kind::Int64),
    ("crc32", Kind::Int64),
];

/// Columns of the margins: trade in all products between two countries.
pub(super) const MARGIN_COLUMNS: [(&str, Kind); 3] =
    [("exporter", Kind::Int16), ("importer", Kind::Int16), ("value", Kind::Number)];

/// The files of a year while they are in a folder of their own: flows, index, list of pages, margins.
pub(super) const FLOWS_FILE: &str = "flows.parquet";
pub(super) const INDEX_FILE: &str = "index.parquet";
pub(super) const PAGES_FILE: &str = "pages.parquet";
pub(super) const MARGINS_FILE: &str = "margins.parquet";

/// The whole number of thousandths that a double is, to the last bit; otherwise the nearest one, and the double itself.
pub(super) fn thousandths(value: f64) -> (i64, Option<f64>) {
    let nearest = (value * 1000.0).round() as i64;
    let same = (nearest as f64 / 1000.0).to_bits() == value.to_bits() && nearest.unsigned_abs() < 1 << 53;
    (nearest, (!same).then_some(value))
}

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
/// The account gets what only shows when rows are sorted: duplicates, kept rows, their value. `go_on` is asked at each row group.
///
/// # Errors
/// [`StoreError::Io`] if the disk refuses; what `go_on` says.
pub(super) fn write_year(
    folder: &Path,
    year: u16,
    table: YearTable,
    countries: &Countries,
    compression_level: i32,
    account: &mut IngestAccount,
    go_on: &dyn Fn() -> Result<(), Cancelled>,
) -> Result<YearRecord, StoreError> {
    let mut writer = YearWriter::create(folder, year, countries, compression_level)?;
    let mut sorted = SortedFlows::default();
    let mut products = table.into_products();
    while let Some((product, folded)) = sorted.fill(&mut products, countries.len()) {
        go_on()?;
        account.duplicates += folded.rows;
        account.duplicates_value += ThousandUsd::new(folded.value);
        account.quantity_missing += sorted.quantities.iter().filter(|q| q.is_nan()).count() as u64;
        writer.add(product, &sorted)?;
    }
    let record = writer.finish()?;
    account.rows_kept += record.flows;
    account.value_kept += ThousandUsd::new(record.value);
    Ok(record)
}

/// A year on its way into a folder, product by product.
pub(super) struct YearWriter {
    folder: PathBuf,
    year: u16,
    compression_level: i32,
    codes: Vec<i32>,
    schema: Schema,
    writer: TableWriter,
    index: Index,
    pages: Pages,
    margins: Vec<f64>,
    group: Group,
    groups: i64,
    kept: u64,
    value_kept: f64,
}

impl YearWriter {
    pub(super) fn create(
        folder: &Path,
        year: u16,
        countries: &Countries,
        compression_level: i32,
    ) -> Result<Self, StoreError> {
        // Countries are in the order of their table, by ISO3, which is not that of the codes in the file.
        let schema = Schema::packed(&FLOW_COLUMNS, &["year", "product"]);
        let path = folder.join(FLOWS_FILE);
        let writer = TableWriter::create(&path, &schema).map_err(|e| StoreError::parquet(&path, e))?;
        Ok(Self {
            folder: folder.to_owned(),
            year,
            compression_level,
            codes: countries.iter().map(|(_, c)| i32::from(c.baci_codes[0])).collect(),
            schema,
            writer,
            index: Index::default(),
            pages: Pages::default(),
            margins: vec![0.0; countries.len() * countries.len()],
            group: Group::default(),
            groups: 0,
            kept: 0,
            value_kept: 0.0,
        })
    }

    /// Adds the flows of a product; products come in ascending order.
    pub(super) fn add(&mut self, product: Hs6, flows: &SortedFlows) -> Result<(), StoreError> {
        let (codes, group) = (&self.codes, &mut self.group);
        self.index.add(product, self.groups, group.value.len(), &flows.values);
        self.kept += flows.values.len() as u64;
        let name = ByteArray::from(product.to_string().into_bytes());
        group.product.resize(group.product.len() + flows.values.len(), name);
        group.exporter.extend(flows.exporters.iter().map(|&c| codes[usize::from(c)]));
        group.importer.extend(flows.importers.iter().map(|&c| codes[usize::from(c)]));
        group.value.extend_from_slice(&flows.values);
        group.quantity.extend_from_slice(&flows.quantities);
        let pairs = flows.exporters.iter().zip(&flows.importers);
        for ((&exporter, &importer), value) in pairs.zip(&flows.values) {
            self.margins[usize::from(exporter) * codes.len() + usize::from(importer)] += value;
        }
        self.value_kept += self.index.value.last().expect("a product was just added");
        if group.value.len() >= ROWS_A_GROUP { self.close_group() } else { Ok(()) }
    }

    fn close_group(&mut self) -> Result<(), StoreError> {
        let group = std::mem::take(&mut self.group);
        if group.value.is_empty() {
            return Ok(());
        }
        self.append(&group).map_err(|e| StoreError::parquet(&self.folder.join(FLOWS_FILE), e))?;
        self.groups += 1;
        Ok(())
    }

    fn append(&mut self, group: &Group) -> Result<(), ParquetError> {
        let years = vec![i32::from(self.year); group.value.len()];
        let (value_usd, value_exact): (Vec<i64>, Vec<Option<f64>>) =
            group.value.iter().map(|&v| thousandths(v)).unzip();
        let (quantity_kg, quantity_exact): (Vec<Option<i64>>, Vec<Option<f64>>) = group
            .quantity
            .iter()
            .map(|&q| {
                if q.is_nan() {
                    (None, None)
                } else {
                    let (kg, exact) = thousandths(q);
                    (Some(kg), exact)
                }
            })
            .unzip();
        let columns = [
            Values::Int32(&years),
            Values::Text(&group.product),
            Values::Int16(&group.exporter),
            Values::Int16(&group.importer),
            Values::Int64(&value_usd),
            Values::OptionalInt64(&quantity_kg),
            Values::OptionalNumber(&value_exact),
            Values::OptionalNumber(&quantity_exact),
        ];
        let encoded: Result<Vec<(EncodedColumn, Vec<Page>)>, ParquetError> = columns
            .par_iter()
            .enumerate()
            .map(|(position, values)| {
                let column = self.schema.encode(position, *values)?;
                let pages = if position >= EXPORTER { column.pages()? } else { Vec::new() };
                Ok((column, pages))
            })
            .collect();
        let (columns, pages): (Vec<EncodedColumn>, Vec<Vec<Page>>) = encoded?.into_iter().unzip();
        let begins = self.writer.append_and_locate(columns)?;
        for (column, (pages, begin)) in pages.into_iter().zip(begins).enumerate() {
            for page in pages {
                self.pages.add(self.groups, column, &Page { offset: page.offset + begin, ..page });
            }
        }
        Ok(())
    }

    /// Writes what is left, the index, the list of pages and the margins.
    pub(super) fn finish(mut self) -> Result<YearRecord, StoreError> {
        self.close_group()?;
        let path = |name: &str| self.folder.join(name);
        self.writer.finish().map_err(|e| StoreError::parquet(&path(FLOWS_FILE), e))?;
        self.index.write(&path(INDEX_FILE), self.compression_level)?;
        self.pages.write(&path(PAGES_FILE), self.compression_level)?;
        write_margins(&path(MARGINS_FILE), &self.margins, &self.codes, self.compression_level)?;
        let [flows_sha256, index_sha256, pages_sha256, margins_sha256] =
            [FLOWS_FILE, INDEX_FILE, PAGES_FILE, MARGINS_FILE].map(|name| sha256_of(&path(name)));
        let (flows_sha256, index_sha256) = (flows_sha256?, index_sha256?);
        let (pages_sha256, margins_sha256) = (pages_sha256?, margins_sha256?);
        // Of all files, so that files of one name are the same ones: with another compression only the flows would be.
        let sums =
            [&flows_sha256, &index_sha256, &pages_sha256, &margins_sha256].map(String::as_str).concat();
        Ok(YearRecord {
            year: self.year,
            name: format!("{}-{}", self.year, &hex(&Sha256::digest(sums))[..8]),
            flows: self.kept,
            products: self.index.product.len() as u64,
            value: self.value_kept,
            flows_sha256,
            index_sha256,
            pages_sha256,
            margins_sha256,
        })
    }
}

/// The list of pages, column by column.
#[derive(Default)]
struct Pages([Vec<i64>; PAGE_COLUMNS.len()]);

impl Pages {
    fn add(&mut self, row_group: i64, column: usize, page: &Page) {
        let row = [
            row_group,
            column as i64,
            page.first_row as i64,
            page.rows as i64,
            page.present as i64,
            page.offset as i64,
            page.header as i64,
            page.bytes as i64,
            i64::from(page.crc32),
        ];
        for (column, value) in self.0.iter_mut().zip(row) {
            column.push(value);
        }
    }

    fn write(&self, path: &Path, compression_level: i32) -> Result<(), StoreError> {
        let columns: Vec<Values<'_>> = self.0.iter().map(|column| Values::Int64(column)).collect();
        write_table(path, &Schema::new(&PAGE_COLUMNS, compression_level), &columns)
            .map_err(|e| StoreError::parquet(path, e))
    }
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

/// SHA-256 of a file, hexadecimal.
pub(crate) fn sha256_of(path: &Path) -> Result<String, StoreError> {
    checksum(path).map_err(|e| StoreError::io(path, "cannot be read", e))
}

/// As [`sha256_of`], with the error of the system.
pub(crate) fn checksum(path: &Path) -> std::io::Result<String> {
    checksum_of(&mut crate::disk::open(path)?)
}

/// As [`checksum`], of what is left of an open file.
pub(crate) fn checksum_of(file: &mut File) -> std::io::Result<String> {
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
    use proptest::prelude::*;

    use super::thousandths;

    proptest! {
        #[test]
        fn a_double_comes_back_to_the_last_bit(
            value in prop_oneof![
                (0i64..1 << 53).prop_map(|k| k as f64 / 1000.0),
                any::<f64>().prop_filter("a number", |v| v.is_finite()),
            ],
        ) {
            let (nearest, exact) = thousandths(value);
            let back = exact.unwrap_or(nearest as f64 / 1000.0);
            prop_assert_eq!(back.to_bits(), value.to_bits());
        }

        #[test]
        fn what_baci_publishes_is_whole(k in 0i64..1_000_000_000_000_000) {
            let published: f64 = format!("{}.{:03}", k / 1000, k % 1000).parse().unwrap();
            prop_assert_eq!(thousandths(published), (k, None));
        }
    }
}
