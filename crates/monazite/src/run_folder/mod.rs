//! The run folder: where the files of a run wait until all of them are there, and the manifest that signs them.

mod csv_table;
mod error;
pub mod folder;
pub mod manifest;
pub mod stored_panel;

pub(crate) use csv_table::{CsvTable, cell};
pub use error::{FolderError, MANIFEST_FILE};
pub use folder::RunFolder;
pub use manifest::Manifest;
pub use stored_panel::{StoredPanel, StoredPanelError};
