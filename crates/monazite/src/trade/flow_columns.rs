//! The columns of a table of flows as they are handed over, and what is checked of them.

use super::labels::Labels;
use crate::ingest::{IngestAccount, LeftOut};
use crate::nomenclature::country::{CountryTableError, MOST_COUNTRIES};
use crate::nomenclature::{Countries, Country, Hs6};
use crate::plain_text::{CODE_SHAPE, beginning, is_code};

/// What is wrong with a table of flows, and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowTableError {
    /// A row is wrong.
    #[error("row {row} of the flows: column {column}: {message}")]
    Row {
        /// Row, counted from 1.
        row: usize,
        /// Name of the column.
        column: &'static str,
        /// The value.
        value: String,
        /// What is wrong, with the value, and what to do.
        message: String,
    },
    /// Columns are not of the same length.
    #[error("column {column} of the flows has {rows} rows, column year has {expected}")]
    Length {
        /// Name of the column.
        column: &'static str,
        /// Its rows.
        rows: usize,
        /// Rows of the first column.
        expected: usize,
    },
    /// No flow is left.
    #[error("there is no flow in the table: {rows} rows were read, {dropped} left out")]
    NoRows {
        /// Rows read.
        rows: u64,
        /// Rows left out.
        dropped: u64,
    },
    /// More different products than fit.
    #[error(
        "there are {found} different products, at most {most} fit; is another column taken for the product?"
    )]
    TooManyProducts {
        /// Different products.
        found: usize,
        /// As many fit.
        most: usize,
    },
    /// More different countries than fit.
    #[error(transparent)]
    Countries(#[from] CountryTableError),
    /// A country of the flows is not in a table of countries.
    #[error("{code} trades in the flows and is not in the table of countries")]
    UnknownCountry {
        /// The code.
        code: String,
    },
}

/// The columns of a table of flows, as numbers with their labels; see [`Labels`].
#[derive(Debug, Clone, Copy)]
pub struct FlowColumns<'a> {
    /// Calendar years.
    pub years: &'a [i32],
    /// Products: labels are six-digit HS codes.
    pub products: (&'a Labels, &'a [u32]),
    /// Exporting countries: ISO3 or other codes.
    pub exporters: (&'a Labels, &'a [u32]),
    /// Importing countries, in the codes of the exporters.
    pub importers: (&'a Labels, &'a [u32]),
    /// Values, thousand USD.
    pub values: &'a [f64],
    /// Quantities in tonnes, NaN where unknown, if the table has them.
    pub quantities: Option<&'a [f64]>,
}

const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2200;

/// Above this a value is no trade, and sums of such values would overflow.
const LARGEST: f64 = 1e15;

/// A row that is left out.
pub(super) const DROPPED: u32 = u32::MAX;

impl FlowColumns<'_> {
    pub(super) fn check_lengths(&self) -> Result<(), FlowTableError> {
        let expected = self.years.len();
        let others = [
            ("product", self.products.1.len()),
            ("exporter", self.exporters.1.len()),
            ("importer", self.importers.1.len()),
            ("value", self.values.len()),
            ("quantity", self.quantities.map_or(expected, <[f64]>::len)),
        ];
        match others.into_iter().find(|(_, rows)| *rows != expected) {
            Some((column, rows)) => Err(FlowTableError::Length { column, rows, expected }),
            None => Ok(()),
        }
    }

    /// Refuses the first row with a country that is none.
    pub(super) fn check_countries(&self) -> Result<(), FlowTableError> {
        let mut first: Option<(usize, &'static str, &str)> = None;
        for (column, (labels, ids)) in [("exporter", self.exporters), ("importer", self.importers)] {
            let known: Vec<bool> = labels.iter().map(is_code).collect();
            if known.iter().all(|known| *known) {
                continue;
            }
            let row = ids.iter().position(|&id| !known[id as usize]);
            if let Some(row) = row.filter(|row| first.is_none_or(|(before, ..)| *row < before)) {
                first = Some((row, column, labels.get(ids[row])));
            }
        }
        let Some((row, column, code)) = first else { return Ok(()) };
        let advice = if code.trim().is_empty() { String::new() } else { format!(": {CODE_SHAPE}") };
        Err(wrong(
            row,
            column,
            code,
            format!("'{}' is not the code of a country{advice}", beginning(code, 40)),
        ))
    }

    /// The different years, ascending.
    pub(super) fn years_there(&self) -> Result<Vec<u16>, FlowTableError> {
        let mut there = [false; (LAST_YEAR - FIRST_YEAR + 1) as usize];
        for (row, &year) in self.years.iter().enumerate() {
            if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
                return Err(wrong(row, "year", year, format!("{year} is not a year from 1900 to 2200")));
            }
            there[(year - FIRST_YEAR) as usize] = true;
        }
        let years = (FIRST_YEAR..=LAST_YEAR).zip(there).filter(|(_, there)| *there);
        Ok(years.map(|(year, _)| year as u16).collect())
    }

    /// The number of the product-year of each row, [`DROPPED`] for one that is left out. `from` and `to` are the countries of the labels of exporters and
    /// importers.
    pub(super) fn keys(
        &self,
        years: &[u16],
        from: &[u16],
        to: &[u16],
        account: &mut IngestAccount,
    ) -> Result<Vec<u32>, FlowTableError> {
        let (labels, ids) = self.products;
        if labels.len() > Hs6::MOST_PRODUCTS {
            return Err(FlowTableError::TooManyProducts { found: labels.len(), most: Hs6::MOST_PRODUCTS });
        }
        let parsed: Vec<Result<Hs6, _>> = labels.iter().map(str::parse).collect();
        let mut year_at = [0u32; (LAST_YEAR - FIRST_YEAR + 1) as usize];
        for (at, &year) in years.iter().enumerate() {
            year_at[(i32::from(year) - FIRST_YEAR) as usize] = at as u32;
        }
        let mut keys = Vec::with_capacity(self.years.len());
        let mut self_trade = Vec::new();
        for (row, (&year, &product)) in self.years.iter().zip(ids).enumerate() {
            if let Err(error) = &parsed[product as usize] {
                return Err(wrong(row, "product", labels.get(product), error.to_string()));
            }
            let exporter = from[self.exporters.1[row] as usize];
            let importer = to[self.importers.1[row] as usize];
            let value = self.values[row];
            if value < 0.0 {
                return Err(wrong(row, "value", value, format!("{value} is negative")));
            }
            if value > LARGEST && value.is_finite() {
                let message = format!("{value} is more than 1e15 thousand USD, which no flow is worth");
                return Err(wrong(row, "value", value, message));
            }
            if !value.is_finite() {
                return Err(wrong(
                    row,
                    "value",
                    value,
                    format!("{value} is not a number; leave the row out"),
                ));
            }
            let quantity = self.quantities.map_or(f64::NAN, |q| q[row]);
            if !quantity.is_nan() && !(0.0..=LARGEST).contains(&quantity) {
                let message = format!("{quantity} is not a quantity; NaN stands for unknown");
                return Err(wrong(row, "quantity", quantity, message));
            }
            keys.push(if exporter == importer {
                self_trade.push(value);
                DROPPED
            } else if value == 0.0 {
                account.drop_row(LeftOut::ZeroValue, value);
                DROPPED
            } else {
                year_at[(year - FIRST_YEAR) as usize] * labels.len() as u32 + product
            });
        }
        // In ascending order, so that the sum does not depend on the order of the rows.
        self_trade.sort_unstable_by(f64::total_cmp);
        self_trade.into_iter().for_each(|value| account.drop_row(LeftOut::SelfTrade, value));
        Ok(keys)
    }
}

fn wrong(row: usize, column: &'static str, value: impl ToString, message: String) -> FlowTableError {
    FlowTableError::Row { row: row + 1, column, value: value.to_string(), message }
}

/// The countries of both columns, and for each label of the exporters and the importers its place among them.
pub(super) fn countries_of(
    columns: &FlowColumns<'_>,
) -> Result<(Countries, Vec<u16>, Vec<u16>), FlowTableError> {
    let (exporters, importers) = (columns.exporters.0, columns.importers.0);
    let (codes, ids) = Labels::of(exporters.iter().chain(importers.iter()));
    if codes.len() > MOST_COUNTRIES {
        return Err(CountryTableError::TooMany { countries: codes.len() }.into());
    }
    let known = Countries::builtin();
    let list = codes
        .iter()
        .map(|code| Country {
            iso3: code.to_owned(),
            name: known.by_iso3(code).map_or_else(|| code.to_owned(), |id| known.get(id).name.clone()),
            baci_codes: Vec::new(),
        })
        .collect();
    let place = |ids: &[u32]| ids.iter().map(|&id| id as u16).collect();
    let (from, to) = ids.split_at(exporters.len());
    Ok((Countries::from_list(list)?, place(from), place(to)))
}
