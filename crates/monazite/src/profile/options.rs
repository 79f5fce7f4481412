//! What a profile is made of.

use crate::indicators::RiskReading;

/// Which features a profile has; T is the number of tiers of the study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProfileLayout {
    /// Exposure, HHI and STR over all products and over the input products, composite and influence by tier: 6 + 2T
    /// features, 16 for five tiers (default).
    #[default]
    P16,
    /// Exposure, HHI and STR by tier too: 8T features, 40 for five tiers.
    P40,
}

/// The products that a profile rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProfileProducts {
    /// Those of the value chain (default).
    #[default]
    Chain,
    /// All products of the study; those outside the chain have no tier.
    Study,
}

/// What a product weighs in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProfileWeights {
    /// The country's imports and exports of the product in the year (default).
    #[default]
    OwnTrade,
    /// World trade of the product in the year, where the country trades it.
    WorldTrade,
}

/// What becomes of a missing feature when the map is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingFeatures {
    /// It is taken to be the median over all rows (default).
    #[default]
    Median,
    /// The row is left off the map.
    Drop,
    /// It is taken to be the mean over the five nearest rows that have it.
    Nearest,
}

/// How profiles are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProfileOptions {
    /// The features.
    pub layout: ProfileLayout,
    /// The products.
    pub products: ProfileProducts,
    /// Their weights.
    pub weights: ProfileWeights,
    /// Which systemic trade risk, and influence with it, the features are of.
    pub risk: RiskReading,
}
