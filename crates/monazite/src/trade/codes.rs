//! The code tables of a store: countries and products.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::StoreError;
use crate::delimited::Table;
use crate::disk;
use crate::ingest::IngestError;
use crate::nomenclature::{Countries, Country, Hs6};
use crate::plain_text::hex;

/// The tables of countries and of products.
pub(super) const COUNTRIES_FILE: &str = "countries.csv";
pub(super) const PRODUCTS_FILE: &str = "products.csv";

/// Name of the folder of two tables: it ends with the beginning of the checksum of both.
pub(super) fn codes_name(countries: &[u8], products: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(countries);
    hash.update(products);
    format!("codes-{}", &hex(&hash.finalize())[..8])
}

/// Whether the code tables of a store are those that were written.
pub(super) fn check_codes(store: &Path, name: &str) -> Result<(), StoreError> {
    let folder = store.join(name);
    let read = |file: &str| {
        let path = folder.join(file);
        disk::read(&path, disk::LARGEST_TABLE).map_err(|e| StoreError::of_file(&path, e))
    };
    if codes_name(&read(COUNTRIES_FILE)?, &read(PRODUCTS_FILE)?) == name {
        return Ok(());
    }
    // There is one checksum of both, in the name of the folder.
    Err(StoreError::Changed {
        path: format!("{} or {PRODUCTS_FILE} beside it", folder.join(COUNTRIES_FILE).display()),
        what: "the checksum of the two differs from that in the name of their folder".to_owned(),
    })
}

/// Reads the code tables of a store.
pub(super) fn read_codes(folder: &Path) -> Result<(Countries, BTreeMap<Hs6, String>), StoreError> {
    let table = Table::read(&folder.join(COUNTRIES_FILE)).map_err(IngestError::from)?;
    let mut list = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let codes: Result<Vec<u16>, _> = row.get(1).split_whitespace().map(str::parse).collect();
        let baci_codes = codes
            .map_err(|_| table.field_error(row, 1, format!("'{}' are not numeric codes", row.get(1))))
            .map_err(IngestError::from)?;
        list.push(Country { iso3: row.get(0).to_owned(), name: row.get(2).to_owned(), baci_codes });
    }
    let products_file = folder.join(PRODUCTS_FILE);
    let table = Table::read(&products_file).map_err(IngestError::from)?;
    let mut products = BTreeMap::new();
    for row in &table.rows {
        let product = row
            .get(0)
            .parse()
            .map_err(|e: crate::nomenclature::hs::HsCodeError| table.field_error(row, 0, e.to_string()))
            .map_err(IngestError::from)?;
        products.insert(product, row.get(1).to_owned());
    }
    let countries = Countries::from_list(list).map_err(|error| {
        StoreError::from(IngestError::Countries {
            file: folder.join(COUNTRIES_FILE).display().to_string(),
            error,
        })
    })?;
    Ok((countries, products))
}
