//! Rows of the changes of a product from one year to the next.

use crate::indicators::decomposition::{Change, ContentChange};
use crate::indicators::import_weights::ContentChangeOfMean;

/// Change of STR of one importer between two neighbouring years of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeRow {
    /// Position of the earlier year.
    pub before: usize,
    /// Position of the later year.
    pub after: usize,
    /// Position of the product.
    pub product: u32,
    /// Position of the country.
    pub country: u16,
    /// The change and its parts.
    pub change: Change,
    /// Those of mass-balanced STR.
    pub balanced: ContentChange,
}

/// How STR of the average importer moved between two neighbouring years.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// World trade, thousand USD.
    pub trade: f64,
    /// Mean STR over importers, weighted by imports.
    pub weighted: Option<f64>,
    /// Mean STR over importers, all alike.
    pub plain: Option<f64>,
    /// Parts of the change of the weighted mean since the year before: network, stability, and who imports.
    pub parts: Option<[f64; 3]>,
    /// The same under mass balance.
    pub balanced: BalancedTrend,
}

/// How mass-balanced STR of the average importer moved between two neighbouring years.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BalancedTrend {
    /// Mean over importers, weighted by imports.
    pub weighted: Option<f64>,
    /// Mean over importers, all alike.
    pub plain: Option<f64>,
    /// The change of the weighted mean since the year before.
    pub change: Option<f64>,
    /// Its parts.
    pub parts: Option<ContentChangeOfMean>,
}
