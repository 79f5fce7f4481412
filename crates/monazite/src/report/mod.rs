//! What a reader sees of a run: figures, briefs, maps, the report page and the replication package.

pub mod answers;
pub mod areas;
pub mod band_findings;
pub mod basket;
pub mod brief;
pub mod chain_files;
pub mod chain_graph;
mod chart_files;
pub mod comparison;
pub mod explorer;
pub mod figures;
pub mod findings;
pub mod maps;
pub mod measure;
pub mod page;
pub mod ranking;
mod ranking_table;
pub mod readings;
pub mod regression_findings;
pub mod replication;
mod replication_input;
mod replication_readme;
pub mod request;
pub mod risk_findings;
pub mod scenario;
pub mod shock_words;
pub mod trends;
