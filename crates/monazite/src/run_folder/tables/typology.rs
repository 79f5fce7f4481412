//! The typology.

use super::keys::{CLUSTER, KIND, NAME, UNIT, USD, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

const NONE: Option<&str> = Some("there is no typology");

/// The map.
pub const TYPOLOGY_EMBEDDING: RunTable = RunTable {
    file: "typology/embedding.csv",
    title: "The map. Only nearness has a meaning.",
    row: "a country or group and year on the map",
    not_written: NONE,
    columns: || {
        vec![
            YEAR,
            UNIT,
            KIND,
            RunColumn::number("x", "x", "place on the map").page("15-umap.md"),
            RunColumn::number("y", "y", "place on the map"),
            CLUSTER,
            RunColumn::number("outlier_score", "Outlier score", "how thin the map is there")
                .at_least(0.0)
                .missing("the map has no density there"),
            RunColumn::count("missing_features", "Missing features", "features that had to be filled"),
        ]
    },
};

/// The clusters of the countries.
pub const TYPOLOGY_COUNTRIES: RunTable = RunTable {
    file: "typology/countries.csv",
    title: "The cluster of each country.",
    row: "a country or group on the map",
    not_written: NONE,
    columns: || {
        vec![
            UNIT,
            NAME,
            KIND,
            CLUSTER.meaning("cluster of most of its years; 0 are the outliers"),
            RunColumn::count("years_in_cluster", "Years in the cluster", "years in that cluster")
                .unit("years"),
            RunColumn::count("years", "Years", "years on the map").unit("years"),
            RunColumn::boolean("tie", "Tie", "whether another cluster has as many years"),
            RunColumn::share(
                "stability",
                "Stability",
                "share of the countries in its cluster that it keeps when the typology is made again",
            )
            .missing("no repetitions, or never drawn")
            .page("17-typology-stability.md"),
            RunColumn::number("outlier_score", "Outlier score", "mean over its years")
                .at_least(0.0)
                .missing("no year has one"),
        ]
    },
};

/// The clusters.
pub const TYPOLOGY_CLUSTERS: RunTable = RunTable {
    file: "typology/clusters.csv",
    title: "The clusters.",
    row: "a cluster",
    not_written: NONE,
    columns: || {
        vec![
            CLUSTER.meaning("number, from the most to the least dependent; 0 are the outliers"),
            RunColumn::count("countries", "Countries", "countries in it"),
            RunColumn::count("country_years", "Country-years", "rows of the map in it"),
            RunColumn::number("exports", "Exports", "exports of its countries over all years")
                .unit(USD)
                .at_least(0.0),
            RunColumn::number("composite", "Composite", "mean composite, weighted by exports")
                .missing("no composite"),
            RunColumn::share("stability", "Stability", "mean Jaccard index with the cluster found again")
                .missing("no repetitions")
                .page("17-typology-stability.md"),
        ]
    },
};

/// The levels of detail.
pub const TYPOLOGY_LEVELS: RunTable = RunTable {
    file: "typology/levels.csv",
    title: "How many clusters there are at each level of detail.",
    row: "a level of detail",
    not_written: NONE,
    columns: || {
        vec![
            RunColumn::text("level", "Level", "level of detail").page("16-density-merging.md"),
            RunColumn::count("clusters", "Clusters", "clusters at this level"),
            RunColumn::count("outliers", "Outliers", "country-years without a cluster"),
            RunColumn::boolean("chosen", "Chosen", "whether it is the study's level"),
        ]
    },
};

/// Other ways to cluster.
pub const TYPOLOGY_ALTERNATIVES: RunTable = RunTable {
    file: "typology/alternatives.csv",
    title: "Other ways to cluster the same rows.",
    row: "a way to cluster",
    not_written: NONE,
    columns: || {
        vec![
            RunColumn::text("method", "Method", "way to cluster"),
            RunColumn::count("clusters", "Clusters", "clusters"),
            RunColumn::count("outliers", "Outliers", "rows without a cluster"),
            RunColumn::number("silhouette", "Silhouette", "mean silhouette of the profiles")
                .between(-1.0, 1.0)
                .missing("fewer than two clusters"),
            RunColumn::number("agreement", "Agreement", "adjusted Rand index with density-based merging")
                .between(-1.0, 1.0)
                .missing("that method itself"),
        ]
    },
};

/// The repetitions.
pub const TYPOLOGY_STABILITY: RunTable = RunTable {
    file: "typology/stability.csv",
    title: "The typology made again with a part of the countries.",
    row: "a repetition",
    not_written: NONE,
    columns: || {
        vec![
            RunColumn::whole("repetition", "Repetition", "number").at_least(1.0),
            RunColumn::text("seed", "Seed", "its seed, a whole number of up to 20 digits"),
            RunColumn::count("countries", "Countries", "countries drawn"),
            RunColumn::count("clusters", "Clusters", "clusters found"),
            RunColumn::share("outlier_share", "Outliers", "share of rows without a cluster"),
            RunColumn::number("agreement", "Agreement", "adjusted Rand index with the typology itself")
                .between(-1.0, 1.0)
                .missing("undefined")
                .page("17-typology-stability.md"),
        ]
    },
};

/// How often two countries end in the same cluster.
pub const TYPOLOGY_CO_ASSIGNMENT: RunTable = RunTable {
    file: "typology/co_assignment.parquet",
    title: "How often two countries end in the same cluster when the typology is made again.",
    row: "two countries that were drawn together",
    not_written: Some("there is no typology, or it was not made again"),
    columns: || {
        vec![
            UNIT,
            UNIT.named("other", "Other country").meaning("another country"),
            RunColumn::count("drawn", "Drawn", "repetitions in which both were drawn"),
            RunColumn::count("together", "Together", "of these, in the same cluster"),
        ]
    },
};
