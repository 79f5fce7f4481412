//! Bilateral trade: the store on disk, a table of flows in memory, the matrix of one product in one year, its margins.

pub mod adjust;
mod codes;
mod error;
pub mod extent;
mod first_format;
pub mod flow_columns;
pub mod flow_table;
pub mod flows;
pub mod import;
pub mod labels;
mod layout;
pub mod manifest;
pub mod matrix;
mod pair_sorter;
pub mod plausible_values;
pub(crate) mod signature;
mod small_tables;
pub mod source;
pub mod store;
mod stored_flows;
mod upgrade;
pub mod year_writer;

pub use error::StoreError;
pub(crate) use error::advice;
pub use flow_columns::{FlowColumns, FlowTableError};
pub use flow_table::FlowTable;
pub use flows::{FlowBatch, IndexEntry, Margins};
pub use import::{ImportOptions, ImportOutcome, import_release};
pub use labels::Labels;
pub use layout::{StoreFile, live_files, verify_files};
pub use manifest::StoreManifest;
pub use matrix::TradeMatrix;
pub use source::{
    BACI_SOURCE, FlowSource, OWN_SOURCE, Provenance, SYNTHETIC_SOURCE, SYNTHETIC_VERSION_ENDS_WITH,
    is_synthetic_version,
};
pub use store::Store;
pub use upgrade::upgrade_store;
