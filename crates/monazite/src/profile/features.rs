//! The features of a profile.

use super::options::ProfileLayout;
use crate::indicators::{Column, RiskReading};

/// The products a feature is the mean over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductSet {
    /// All products.
    All,
    /// The input products of the country: direct inputs of what it is comparatively strong in.
    Inputs,
}

/// One feature: an indicator, averaged over a set of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// The indicator.
    pub indicator: Column,
    /// The products.
    pub products: ProductSet,
    /// Only those of this tier.
    pub tier: Option<u8>,
}

impl Feature {
    /// Name of the column in `profiles.parquet`: `str_inputs`, `pc1_tier2`, `hhi_all_tier0`.
    pub fn name(&self) -> String {
        let indicator = self.indicator.name();
        let set = match (self.indicator, self.products) {
            (Column::Exposure | Column::Hhi | Column::Str | Column::StrMassBalance, ProductSet::All) => {
                "_all"
            }
            (_, ProductSet::Inputs) => "_inputs",
            _ => "",
        };
        let tier = self.tier.map_or_else(String::new, |tier| format!("_tier{tier}"));
        format!("{indicator}{set}{tier}")
    }

    /// The feature behind the name of a column; `None` if it is not one.
    ///
    /// ```
    /// use monazite::profile::Feature;
    /// let feature = Feature::of_name("hhi_inputs_tier2").unwrap();
    /// assert_eq!((feature.tier, feature.name().as_str()), (Some(2), "hhi_inputs_tier2"));
    /// assert!(Feature::of_name("missing_features").is_none());
    /// ```
    pub fn of_name(name: &str) -> Option<Self> {
        let (rest, tier) = match name.split_once("_tier") {
            Some((rest, tier)) => (rest, Some(tier.parse().ok()?)),
            None => (name, None),
        };
        let (indicator, products) = match rest.strip_suffix("_inputs") {
            Some(indicator) => (indicator, ProductSet::Inputs),
            None => (rest.strip_suffix("_all").unwrap_or(rest), ProductSet::All),
        };
        let indicator = Column::of_name(indicator)?;
        let feature = Self { indicator, products, tier };
        (feature.name() == name && indicator.may_be_missing()).then_some(feature)
    }

    /// Name for people: `STR, input products`, `composite, tier 2`.
    pub fn label(&self) -> String {
        let term = if self.indicator == Column::Pc1 { "composite" } else { self.indicator.term() };
        let mut letters = term.chars();
        let indicator: String =
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let set = match (self.indicator, self.products) {
            (Column::Exposure | Column::Hhi | Column::Str | Column::StrMassBalance, ProductSet::All) => {
                ", all products"
            }
            (_, ProductSet::Inputs) => ", input products",
            _ => "",
        };
        let tier = self.tier.map_or_else(String::new, |tier| format!(", tier {tier}"));
        format!("{indicator}{set}{tier}")
    }
}

/// The features of a layout for a number of tiers, with STR and influence in a reading.
pub(super) fn of(layout: ProfileLayout, risk: RiskReading, tiers: u8) -> Vec<Feature> {
    let mut features = Vec::new();
    for products in [ProductSet::All, ProductSet::Inputs] {
        for indicator in [Column::Exposure, Column::Hhi, Column::Str] {
            match layout {
                ProfileLayout::P16 => features.push(Feature { indicator, products, tier: None }),
                ProfileLayout::P40 => {
                    features.extend((0..tiers).map(|tier| Feature { indicator, products, tier: Some(tier) }))
                }
            }
        }
    }
    for indicator in [Column::Pc1, Column::Influence] {
        features.extend((0..tiers).map(|tier| Feature {
            indicator,
            products: ProductSet::All,
            tier: Some(tier),
        }));
    }
    features.iter_mut().for_each(|feature| feature.indicator = risk.column(feature.indicator));
    features
}
