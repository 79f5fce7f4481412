//! The run folder: manifest, tables, figures and the report page.

pub mod brief;
pub mod chain_files;
pub mod chain_graph;
pub mod figures;
pub mod findings;
pub mod folder;
pub mod manifest;
pub mod maps;
pub mod page;
pub mod replication;
mod replication_readme;

pub use folder::{FolderError, RunFolder};
pub use manifest::Manifest;
