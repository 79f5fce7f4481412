//! The run folder: where the files of a run wait until all of them are there, what is in them, and the manifest that signs them.

mod csv_table;
pub mod folder;
pub mod manifest;
pub mod name_pattern;
pub mod stored_panel;
mod table;
pub mod tables;

pub(crate) use csv_table::{CsvTable, cell};
pub use folder::{FolderError, MANIFEST_FILE, RunFolder};
pub use manifest::Manifest;
pub use stored_panel::{StoredPanel, StoredPanelError};
pub use table::{ColumnKind, RunColumn, RunTable};
