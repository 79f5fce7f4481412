//! How the exports of country-products grow.

/// Growth of ln RCA from the mean of the baseline window to that of the projection window.
#[derive(Debug)]
pub(super) struct Growth {
    pub constant: f64,
    /// By product and country.
    pub of: Vec<Vec<f64>>,
}
