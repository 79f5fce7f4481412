//! The run folder: where the files of a run wait until all of them are there, and the manifest that signs them.

mod csv_table;
pub mod folder;
pub mod manifest;
mod row_group;
mod stored_axes;
pub mod stored_panel;

pub(crate) use csv_table::{CsvTable, cell};
pub use folder::{FolderError, MANIFEST_FILE, RunFolder};
pub use manifest::Manifest;
pub use stored_panel::{StoredPanel, StoredPanelError};
