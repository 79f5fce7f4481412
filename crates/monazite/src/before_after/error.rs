//! Why before and after cannot be compared.

use crate::delimited::TableError;
use crate::progress::Cancelled;
use crate::regression::RegressionError;
use crate::run::RunError;
use crate::run_folder::FolderError;

/// Why before and after cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BeforeAfterError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run folder cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The table of measures is wrong: with file, line, column and value.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The regression cannot be computed.
    #[error("{outcome}: {source}")]
    Regression {
        /// The outcome.
        outcome: &'static str,
        /// What does not fit.
        source: RegressionError,
    },
    /// What is asked for cannot be answered with this run; says why and what to do.
    #[error("{0}")]
    Question(String),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
