//! What is computed, on what.

use crate::ingest::tables::{ExportTotals, Population};
use crate::nomenclature::YearRange;
use crate::units::ThousandUsd;

/// Products below which a number comes out that is not ECI.
pub const LEAST_PRODUCTS: usize = 1000;
/// RCA so near to the threshold, relatively, is at it: the sums that it is made of are off in their last digits, and whoever exports exactly what the others export has
/// an RCA of 0.9999999999999998 in the one product and of 1 in the other.
const ROUND_OFF: f64 = 1e-12;
/// Years over whose mean the exports of a country are compared with the least that it has to have.
pub const YEARS_OF_EXPORTS: u16 = 3;

/// What is computed.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplexityOptions {
    /// The year, or the years whose mean exports are taken.
    pub years: YearRange,
    /// RCA from which on a country counts as an exporter of a product.
    pub threshold: f64,
    /// RCA has to be above the threshold, not only at it.
    pub strict: bool,
    /// Inhabitants that a country has to have, where a table of population is given.
    pub least_population: f64,
    /// Yearly exports that a country has to have, mean of the last year and the two before it.
    pub least_exports: ThousandUsd,
    /// Countries that are left out, by code.
    pub exclude: Vec<String>,
    /// Whether density counts a product among those near to it; see [`super::product_space`].
    pub itself: bool,
    /// Go on with fewer than [`LEAST_PRODUCTS`] products, or with an extract of the trade of the world.
    pub force: bool,
}

impl ComplexityOptions {
    /// The usual options for a year or the mean of some: RCA of at least 1, a million inhabitants, exports of a billion USD.
    ///
    /// ```
    /// use monazite::complexity::ComplexityOptions;
    /// use monazite::nomenclature::YearRange;
    /// let options = ComplexityOptions::of(YearRange { first: 2021, last: 2023 });
    /// assert!(options.counts(1.0) && !ComplexityOptions { strict: true, ..options }.counts(1.0));
    /// ```
    pub fn of(years: YearRange) -> Self {
        Self {
            years,
            threshold: 1.0,
            strict: false,
            least_population: 1e6,
            least_exports: ThousandUsd::new(1e6),
            exclude: Vec::new(),
            itself: true,
            force: false,
        }
    }

    /// Whether so much comparative advantage counts. What differs from the threshold by no more than round-off is at it.
    ///
    /// ```
    /// use monazite::complexity::ComplexityOptions;
    /// use monazite::nomenclature::YearRange;
    /// let options = ComplexityOptions::of(YearRange { first: 2023, last: 2023 });
    /// assert!(options.counts(1.0 - 2.0 * f64::EPSILON) && !options.counts(0.999_999_999));
    /// assert!(!ComplexityOptions { strict: true, ..options }.counts(1.0 + 2.0 * f64::EPSILON));
    /// ```
    pub fn counts(&self, rca: f64) -> bool {
        let round_off = self.threshold * ROUND_OFF;
        if self.strict { rca > self.threshold + round_off } else { rca >= self.threshold - round_off }
    }

    /// The years in words: `2023`, `2021-2023`.
    pub fn years_in_words(&self) -> String {
        match self.years {
            YearRange { first, last } if first == last => first.to_string(),
            YearRange { first, last } => format!("{first}-{last}"),
        }
    }
}

/// Tables beside the trade by which small countries are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SideTables {
    /// Inhabitants; without it no country is left out for its size.
    pub population: Option<Population>,
    /// Total exports; without it those of the trade data.
    pub exports: Option<ExportTotals>,
}
