//! The run folder: where the files of a run wait until all of them are there, and the manifest that signs them.

mod csv_table;
pub mod error;
pub mod files;
pub mod folder;
pub mod manifest;
pub mod scratch;
pub mod stored_panel;

pub(crate) use csv_table::{CsvTable, cell};
pub use error::FolderError;
pub use files::RunFiles;
pub use folder::RunFolder;
pub use manifest::{MANIFEST_FILE, Manifest};
pub use stored_panel::{StoredPanel, StoredPanelError};
