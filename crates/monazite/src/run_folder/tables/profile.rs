//! Profiles.

use super::keys::{KIND, UNIT, USD, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

/// The profiles.
pub const PROFILES: RunTable = RunTable {
    file: "profiles.parquet",
    title: "The dependency of each country or group, by tier.",
    row: "a country or group and year",
    not_written: Some("the run was made by `monazite indicators`"),
    columns: || {
        let feature = |name, label, definition| {
            RunColumn::number(name, label, definition)
                .unit("as the indicator")
                .missing("the country trades none of the products, or none has a value")
                .page("14-profiles-and-groups.md")
        };
        vec![
            YEAR,
            UNIT,
            KIND,
            feature(
                "{exposure,hhi,str,str_mass_balance}_{all,inputs}{,_tier#}",
                "Indicator, all products or input products",
                "mean of the indicator over all products, or over the input products of the country, weighted by trade; with a tier, over its \
                 products only",
            ),
            feature(
                "pc1_tier#",
                "Composite, tier",
                "mean composite over the products of the tier, weighted by trade",
            ),
            feature(
                "{influence,influence_mass_balance}_tier#",
                "Influence, tier",
                "mean influence over the products of the tier, weighted by trade; mass-balanced if profiles are (profile.risk)",
            ),
            RunColumn::number("composite", "Composite", "mean composite, weighted by trade")
                .missing("no product has one"),
            RunColumn::number("imports", "Imports", "imports of the study's products")
                .unit(USD)
                .at_least(0.0),
            RunColumn::number("exports", "Exports", "exports of the study's products")
                .unit(USD)
                .at_least(0.0),
            RunColumn::count("missing_features", "Missing features", "features without a value"),
        ]
    },
};
