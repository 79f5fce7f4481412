//! The code tables of a store: countries and products.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::StoreError;
use crate::delimited::Table;
use crate::ingest::IngestError;
use crate::nomenclature::{Countries, Country, Hs6};

/// Reads the code tables of a store.
pub(super) fn read_codes(folder: &Path) -> Result<(Countries, BTreeMap<Hs6, String>), StoreError> {
    let table = Table::read(&folder.join("countries.csv")).map_err(IngestError::from)?;
    let mut list = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let codes: Result<Vec<u16>, _> = row.get(1).split_whitespace().map(str::parse).collect();
        let baci_codes = codes
            .map_err(|_| table.field_error(row, 1, format!("'{}' are not numeric codes", row.get(1))))
            .map_err(IngestError::from)?;
        list.push(Country { iso3: row.get(0).to_owned(), name: row.get(2).to_owned(), baci_codes });
    }
    let products_file = folder.join("products.csv");
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
            file: folder.join("countries.csv").display().to_string(),
            error,
        })
    })?;
    Ok((countries, products))
}
