//! Why a table of a foreign format is not read.

use std::io;

use thiserror::Error;

/// A file of a foreign format that cannot be read, or a cell in it.
#[derive(Debug, Error)]
pub enum ForeignError {
    /// The system refuses the file.
    #[error("{file}: cannot be read: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The file as a whole.
    #[error("{file}: {message}")]
    File {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A column.
    #[error("{file}: column {column}: {message}")]
    Column {
        /// The file.
        file: String,
        /// Name of the column.
        column: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A cell.
    #[error("{file}: row {row}, column {column}: {message}")]
    Cell {
        /// The file.
        file: String,
        /// Row of data, counted from 1.
        row: u64,
        /// Name of the column.
        column: String,
        /// What is wrong, with the value, and what to do.
        message: String,
    },
}

impl ForeignError {
    pub(super) fn io(file: &str, source: io::Error) -> Self {
        Self::Io { file: file.to_owned(), source }
    }

    pub(super) fn file(file: &str, message: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), message: message.into() }
    }

    pub(super) fn column(file: &str, column: &str, message: impl Into<String>) -> Self {
        Self::Column {
            file: file.to_owned(),
            column: crate::plain_text::printable(column).into_owned(),
            message: message.into(),
        }
    }
}
