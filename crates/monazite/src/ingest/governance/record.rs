//! What the Governance Indicators say of a country in a year.

/// One country-year of the Governance Indicators, political stability only.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GovernanceRecord {
    /// Estimate, about -2.5 (weak) to 2.5 (strong).
    pub estimate: Option<f64>,
    /// Standard error of the estimate.
    pub standard_error: Option<f64>,
    /// Percentile rank among all countries of the year, 0 to 100.
    pub percentile_rank: Option<f64>,
    /// Score from 0 to 100 of the 2025 edition.
    pub score: Option<f64>,
}
