//! One row of a trade file, and what is done with rows that are not as they should be.

use crate::nomenclature::{CountryId, Hs6};

/// One row of a trade file that has passed every check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowRow {
    /// Calendar year.
    pub year: u16,
    /// Exporting country.
    pub exporter: CountryId,
    /// Importing country.
    pub importer: CountryId,
    /// Product.
    pub product: Hs6,
    /// Value in thousand current USD, above zero.
    pub value: f64,
    /// Quantity in tonnes; NaN where the file has none.
    pub quantity: f64,
}

/// What to do with a country code that the release's table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownCountry {
    /// Stop and say where (default).
    #[default]
    Refuse,
    /// Leave the row out and count it.
    Drop,
}

/// What to do with a product code of fewer than six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShortCodes {
    /// Stop and say where (default): it may be a lost zero, or half a code.
    #[default]
    Refuse,
    /// Put the zeros back on the left, and count the rows.
    Pad,
}

/// The options of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// For unknown countries.
    pub unknown_country: UnknownCountry,
    /// For short product codes.
    pub short_codes: ShortCodes,
}
