//! The run folder: where the files of a run wait until all of them are there, what is in them, and the manifest that signs them.

mod commit;
mod csv_table;
mod error;
pub mod files;
mod finished;
pub mod folder;
mod format;
mod listed;
mod lock;
pub mod manifest;
mod manifest_keys;
mod manifest_records;
pub mod name_pattern;
mod no_run;
mod other_files;
mod row_group;
pub mod schema;
pub mod scratch;
mod steps;
mod stored_axes;
pub mod stored_panel;
mod table;
pub mod tables;
pub mod whole_folder;

pub(crate) use csv_table::{CsvTable, cell};
pub use error::{FolderError, MANIFEST_FILE};
pub use files::{LastWrite, OpenFile, RunFiles};
pub use finished::{FinishedRun, open_finished};
pub use folder::{RunFolder, settle};
pub use format::RUN_FORMAT;
pub use manifest::Manifest;
pub use manifest_keys::{KeyKind, MANIFEST_KEYS, ManifestKey};
pub use other_files::{OTHER_FILES, RunFile};
pub use stored_panel::{StoredPanel, StoredPanelError};
pub use table::{ColumnKind, RunColumn, RunTable};
