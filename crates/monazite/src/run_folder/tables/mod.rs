//! The tables of the run folder: for every file its columns. One list, from which everything else is made.

mod before_after;
mod chain;
mod figures;
mod indicators;
mod indices;
mod keys;
mod panel;
mod profile;
mod regression;
mod setting;
mod shock;
mod shock_figures;
mod typology;
mod uncertainty;

use super::table::RunTable;

pub use before_after::{
    BEFORE_AFTER, BEFORE_AFTER_FIGURE, BEFORE_AFTER_MEASURES, BEFORE_AFTER_PATH, BEFORE_AFTER_PLACEBOS,
    BEFORE_AFTER_PRODUCTS, WORLD_MARKET,
};
pub use chain::{CHAIN_EDGES, CHAIN_NODES, CHAIN_SOURCES};
pub use figures::{
    CLUSTER_PROFILES, CLUSTER_TREND_PARTS, CLUSTER_TRENDS, CLUSTER_WORDS, COEFFICIENTS, NETWORK,
    NETWORK_LINKS, NETWORK_OF_COUNTRY, ORIGINS_FIGURE, SPECIFICATION_CURVE, STR_TRENDS, TREND, TYPOLOGY_MAP,
    WORLD_MAP,
};
pub use indicators::{GROUP_INPUTS, GROUPS, INDICATORS};
pub use indices::{EXPORT_HHI, INDICES, WORST_SUPPLIER};
pub use panel::{
    BREAKS, COMPOSITE, DECOMPOSITION, DEPENDENCIES, FLOWS, ORIGINS, PRODUCT_YEARS, STRENGTHS, SUPPLIERS,
    TRENDS, TRICKLE_IMPORTERS, TRICKLE_LOOPS,
};
pub use profile::PROFILES;
pub use regression::{
    REGRESSION_CHECKS, REGRESSION_LEAVE_OUT, REGRESSION_NOT_RUN, REGRESSION_PANEL, REGRESSION_PLACEBO,
    REGRESSION_ROBUSTNESS, REGRESSION_ROWS, REGRESSION_SIGNS, REGRESSION_SWEEP, REGRESSION_SWEEP_SUMMARY,
    REGRESSION_TABLE,
};
pub use setting::{COUNTRIES, INPUTS, LISTS, PRODUCTS, STABILITY};
pub use shock::{DIVERSIFICATION, SHOCK_LOSSES, SHOCK_PRODUCTS, SHOCK_SUPPLIERS};
pub use shock_figures::{
    CHOKEPOINT_TRENDS_FIGURE, CHOKEPOINTS_FIGURE, FRONTIER_FIGURE, INDEX_CORRELATIONS_FIGURE, SHOCK_FIGURE,
};
pub use typology::{
    TYPOLOGY_ALTERNATIVES, TYPOLOGY_CLUSTERS, TYPOLOGY_CO_ASSIGNMENT, TYPOLOGY_COUNTRIES, TYPOLOGY_EMBEDDING,
    TYPOLOGY_LEVELS, TYPOLOGY_STABILITY,
};
pub use uncertainty::{BAND_CHANGES, BAND_MEANS, BANDS};

/// All tables, in the order of the documentation.
pub const ALL: [RunTable; 76] = [
    INDICATORS,
    COMPOSITE,
    TRENDS,
    DECOMPOSITION,
    INDICES,
    BANDS,
    BAND_MEANS,
    BAND_CHANGES,
    DEPENDENCIES,
    ORIGINS,
    PRODUCT_YEARS,
    PRODUCTS,
    STABILITY,
    SUPPLIERS,
    FLOWS,
    WORLD_MARKET,
    TRICKLE_LOOPS,
    TRICKLE_IMPORTERS,
    SHOCK_SUPPLIERS,
    SHOCK_LOSSES,
    SHOCK_PRODUCTS,
    DIVERSIFICATION,
    BEFORE_AFTER_MEASURES,
    BEFORE_AFTER,
    BEFORE_AFTER_PATH,
    BEFORE_AFTER_PLACEBOS,
    BEFORE_AFTER_PRODUCTS,
    BREAKS,
    STRENGTHS,
    INPUTS,
    COUNTRIES,
    LISTS,
    CHAIN_NODES,
    CHAIN_EDGES,
    CHAIN_SOURCES,
    PROFILES,
    GROUPS,
    GROUP_INPUTS,
    TYPOLOGY_EMBEDDING,
    TYPOLOGY_COUNTRIES,
    TYPOLOGY_CLUSTERS,
    TYPOLOGY_LEVELS,
    TYPOLOGY_ALTERNATIVES,
    TYPOLOGY_STABILITY,
    TYPOLOGY_CO_ASSIGNMENT,
    REGRESSION_TABLE,
    REGRESSION_PANEL,
    REGRESSION_ROWS,
    REGRESSION_SIGNS,
    REGRESSION_SWEEP,
    REGRESSION_SWEEP_SUMMARY,
    REGRESSION_LEAVE_OUT,
    REGRESSION_PLACEBO,
    REGRESSION_CHECKS,
    REGRESSION_ROBUSTNESS,
    REGRESSION_NOT_RUN,
    NETWORK,
    NETWORK_LINKS,
    NETWORK_OF_COUNTRY,
    STR_TRENDS,
    ORIGINS_FIGURE,
    CHOKEPOINTS_FIGURE,
    CHOKEPOINT_TRENDS_FIGURE,
    SHOCK_FIGURE,
    FRONTIER_FIGURE,
    INDEX_CORRELATIONS_FIGURE,
    BEFORE_AFTER_FIGURE,
    TYPOLOGY_MAP,
    CLUSTER_PROFILES,
    CLUSTER_WORDS,
    CLUSTER_TRENDS,
    CLUSTER_TREND_PARTS,
    COEFFICIENTS,
    SPECIFICATION_CURVE,
    WORLD_MAP,
    TREND,
];

/// The description of a table by the name of its file within the run folder; `None` if no table is called so.
///
/// ```
/// use monazite::run_folder::tables::find;
/// assert_eq!(find("figures/network_USA.csv").unwrap().file, "figures/network_*.csv");
/// assert_eq!(find("figures/network_links.csv").unwrap().row, "a link that is kept");
/// assert!(find("report.html").is_none());
/// ```
pub fn find(file: &str) -> Option<&'static RunTable> {
    static TABLES: [RunTable; ALL.len()] = ALL;
    TABLES.iter().find(|t| t.file == file).or_else(|| TABLES.iter().find(|t| t.is(file)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_folder::ColumnKind;
    use std::collections::BTreeSet;

    #[test]
    fn every_column_is_described() {
        let mut files = BTreeSet::new();
        for table in ALL {
            assert!(files.insert(table.file), "{} stands there twice", table.file);
            assert!(!table.title.is_empty() && !table.row.is_empty(), "{}", table.file);
            let mut names = BTreeSet::new();
            for column in (table.columns)() {
                let place = format!("{}: {}", table.file, column.name);
                assert!(names.insert(column.name), "{place} stands there twice");
                assert!(!column.label.is_empty() && !column.definition.is_empty(), "{place}");
                assert!(!column.definition.contains('\n') && !column.definition.contains('|'), "{place}");
                assert!(column.choices.is_empty() || column.kind == ColumnKind::Text, "{place}");
                if table.file.ends_with(".parquet") {
                    let _ = column.parquet_kind();
                }
            }
        }
    }
}
