//! What the manifest keeps of the indices, the bands, the scenarios and the chokepoints.

use serde::{Deserialize, Serialize};

/// The indices that others publish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndicesRecord {
    /// Which ones.
    pub computed: Vec<String>,
    /// Products with indices.
    pub products: u64,
    /// Their product-years.
    pub product_years: u64,
    /// Rows of `indices.parquet`.
    pub rows: u64,
    /// What a reader of them should know.
    pub notes: Vec<String>,
}

/// Scenarios and chokepoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShockRecord {
    /// Names of the scenarios.
    pub scenarios: Vec<String>,
    /// Scenarios times base years.
    pub scenario_years: usize,
    /// Product-years whose suppliers were scanned.
    pub scanned: usize,
    /// Suppliers in all of them.
    pub suppliers: usize,
    /// What a reader of them should know.
    pub notes: Vec<String>,
}

/// The bands of uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UncertaintyRecord {
    /// Draws of political stability.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: String,
    /// The readings of STR that have bands.
    pub readings: Vec<String>,
    /// Products with bands.
    pub products: usize,
    /// Product-years with bands.
    pub product_years: u64,
    /// Country-years of the Governance Indicators without a standard error, which have the median of their year.
    pub without_standard_error: usize,
    /// Draws of product-years that were solved by elimination.
    pub eliminated: u64,
    /// What a reader of them should know.
    pub notes: Vec<String>,
}

/// Before and after trade measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeforeAfterRecord {
    /// Measures that begin in one year.
    pub cases: usize,
    /// Treated products, over all of them.
    pub treated: usize,
    /// Estimates.
    pub estimates: usize,
    /// What a reader of them should know.
    pub notes: Vec<String>,
}
