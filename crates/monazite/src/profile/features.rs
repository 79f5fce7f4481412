//! The features of a profile.

use super::ProfileLayout;
use crate::panel::stored::Column;

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
            (Column::Exposure | Column::Hhi | Column::Str, ProductSet::All) => "_all",
            (_, ProductSet::Inputs) => "_inputs",
            _ => "",
        };
        let tier = self.tier.map_or_else(String::new, |tier| format!("_tier{tier}"));
        format!("{indicator}{set}{tier}")
    }

    /// Name for people: `STR, input products`, `composite, tier 2`.
    pub fn label(&self) -> String {
        let indicator = match self.indicator {
            Column::Exposure => "Exposure",
            Column::Hhi => "HHI",
            Column::Str => "STR",
            Column::Influence => "Influence",
            Column::Pc1 => "Composite",
            other => other.name(),
        };
        let set = match (self.indicator, self.products) {
            (Column::Exposure | Column::Hhi | Column::Str, ProductSet::All) => ", all products",
            (_, ProductSet::Inputs) => ", input products",
            _ => "",
        };
        let tier = self.tier.map_or_else(String::new, |tier| format!(", tier {tier}"));
        format!("{indicator}{set}{tier}")
    }
}

/// The features of a layout for a number of tiers.
pub(super) fn of(layout: ProfileLayout, tiers: u8) -> Vec<Feature> {
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
    features
}
