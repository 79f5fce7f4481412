//! Why a run cannot be read.

use crate::delimited::TableError;
use crate::run_folder::{FolderError, StoredPanelError};
use crate::study::StudyError;

/// Why a run cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The folder or a Parquet file in it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The study of the run.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The panel.
    #[error(transparent)]
    Panel(#[from] StoredPanelError),
    /// A csv table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file that every run has is not there.
    #[error(
        "{folder}: there is no {file} in it, or the run was made by an older version; run the study again"
    )]
    Missing {
        /// The run folder.
        folder: String,
        /// The file.
        file: String,
    },
    /// A file that the page takes up as it is has another beginning or end than the program gives it.
    #[error("{folder}: {file} was changed after the run; {advice}")]
    Changed {
        /// The run folder.
        folder: String,
        /// The file.
        file: String,
        /// How to get it back.
        advice: &'static str,
    },
}
