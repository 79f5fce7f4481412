//! What the test of one link came to.

/// The test of one link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairTest {
    /// Correlation across countries of imports of the input and exports of the output, in -1..=1.
    pub rho: f64,
    /// Mean of the null; `None` if it has fewer than two members.
    pub null_mean: Option<f64>,
    /// Standard deviation (n - 1) of the null.
    pub null_sd: Option<f64>,
    /// (rho - mean) / standard deviation; `None` if the null has fewer than two members or no spread.
    pub z: Option<f64>,
    /// (1 + members of the null of at least rho) / (1 + members), one-sided, in (0, 1].
    pub p: f64,
    /// Members of the null.
    pub null_size: usize,
}
