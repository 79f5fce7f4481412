//! Why tables cannot be exported.

use std::io;
use std::path::Path;

use parquet::errors::ParquetError;

use crate::delimited::TableError;
use crate::nomenclature::names::NotFound;
use crate::progress::Cancelled;
use crate::run::RunError;
use crate::run_folder::FolderError;

/// Why tables cannot be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A folder or a Parquet file.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A csv table of the run.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A country that is none, or that the run does not have.
    #[error(transparent)]
    Country(#[from] NotFound),
    /// A table, product or column that is not there.
    #[error("{what} '{asked}': {reason}")]
    Unknown {
        /// What it would be: table, product, column, year.
        what: &'static str,
        /// What was asked for.
        asked: String,
        /// Why it is not there, and what there is.
        reason: String,
    },
    /// No row of a table that was asked for fits.
    #[error("no row of {table} fits the selection{hint}")]
    Nothing {
        /// The table.
        table: String,
        /// What may help.
        hint: String,
    },
    /// Too much for the format.
    #[error(
        "{table} has {rows} rows, and {format} holds {most} at most: narrow it with a selection of countries, products or years"
    )]
    TooLong {
        /// The table.
        table: String,
        /// Its rows.
        rows: u64,
        /// The format.
        format: &'static str,
        /// What it holds.
        most: u64,
    },
    /// There is a file with other content.
    #[error(
        "{path}: there is a file with other content; choose another name, or say that it may be replaced"
    )]
    Exists {
        /// The file.
        path: String,
    },
    /// A file cannot be written.
    #[error("{path}: {action}: {source}")]
    Write {
        /// The file.
        path: String,
        /// What failed.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A format refuses a table.
    #[error("{table} cannot be written as {format}: {message}")]
    Format {
        /// The table.
        table: String,
        /// The format.
        format: &'static str,
        /// What is wrong.
        message: String,
    },
    /// Stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl ExportError {
    /// A file that cannot be written.
    pub fn write(path: &Path, action: &'static str, source: io::Error) -> Self {
        Self::Write { path: path.display().to_string(), action, source }
    }

    pub(super) fn parquet(path: &Path, error: ParquetError) -> Self {
        FolderError::parquet(path, error).into()
    }
}
