//! Why a run folder cannot be written or read, and the name of the file that makes a folder one.

use std::path::Path;

use parquet::errors::ParquetError;

use super::format::RUN_FORMAT;
use crate::disk::place::{RUN_FILE, Taken};
use crate::plain_text::beginning;
use crate::trade::advice;

/// Why the run folder cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The system refuses.
    #[error("{path}: {action}: {source}{}", advice(source))]
    Io {
        /// File or folder.
        path: String,
        /// What was tried.
        action: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// A Parquet file cannot be written or read.
    #[error("{path}: {message}")]
    Parquet {
        /// The file.
        path: String,
        /// What the library says.
        message: String,
    },
    /// Another run is writing there.
    #[error(
        "{path}: another run is writing into this folder; wait until it has finished, or choose another folder"
    )]
    Busy {
        /// The folder.
        path: String,
    },
    /// The folder holds something else.
    #[error(
        "{path}: the folder is not empty and is not a run folder; nothing of yours is to be mixed up with the results, so choose another folder"
    )]
    NotEmpty {
        /// The folder.
        path: String,
    },
    /// The folder is something else, or lies in a run, a store, a release or a replication package.
    #[error(transparent)]
    Taken(#[from] Taken),
    /// The folder cannot be written.
    #[error(
        "{path}: this folder cannot be written ({source}), so nothing in it has changed; copy it to a place you may write to, or name another folder"
    )]
    ReadOnly {
        /// The folder.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A name made from data that cannot be the name of a file.
    #[error("'{}' cannot be the name of a file of a run: letters, digits, _ - . and / only", beginning(.name, 80))]
    Name {
        /// The name.
        name: String,
    },
    /// There is a file where the folder should be.
    #[error("{path}: this is a file, and the results need a folder")]
    IsAFile {
        /// The path.
        path: String,
    },
    /// There is no finished run.
    #[error("{path}: this is not a finished run: {why}")]
    NotARun {
        /// The folder.
        path: String,
        /// What there is instead, and what to do.
        why: String,
    },
    /// There is a value chain, and nothing computed on it.
    #[error("{path}: this is a value chain alone, not a finished run; run its study for that")]
    ChainAlone {
        /// The folder.
        path: String,
    },
    /// A run of another format than this program reads.
    #[error(
        "{path} is of format {found}, written by version {version}; this program reads format {}: {}",
        RUN_FORMAT,
        remedy(found)
    )]
    Format {
        /// The folder.
        path: String,
        /// Its format.
        found: String,
        /// Version of the program that wrote it.
        version: String,
    },
    /// A file of a finished run is missing, or is not the one that the run made.
    #[error("{path}: {what}; {AGAIN}")]
    Changed {
        /// The file.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// A finished run is not there any more.
    #[error("{path}: another run has taken the place of this one while it was read; do it again")]
    Replaced {
        /// The folder.
        path: String,
    },
    /// A manifest cannot be understood.
    #[error("{path}: cannot be understood: {message}")]
    Manifest {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
    },
}

/// What to do about a run that is damaged.
const AGAIN: &str = "run the study again into this folder";

fn remedy(found: &str) -> &'static str {
    if found.parse().is_ok_and(|found: i64| found < i64::from(RUN_FORMAT)) {
        "run the study again"
    } else {
        "use a newer version of the program, or run the study again"
    }
}

impl FolderError {
    pub(crate) fn io(path: &Path, action: &'static str, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), action, source }
    }

    /// What is wrong with a file, without its name.
    pub(super) fn of_file(&self) -> String {
        match self {
            Self::Io { source, .. } => source.to_string(),
            Self::Changed { what, .. } => format!("{what}; {AGAIN}"),
            other => other.to_string(),
        }
    }

    pub(crate) fn parquet(path: &Path, error: ParquetError) -> Self {
        let name = path.display().to_string();
        match error {
            ParquetError::External(source) => match source.downcast::<std::io::Error>() {
                Ok(source) => Self::io(path, "cannot be written or read", *source),
                Err(other) => Self::Parquet { path: name, message: other.to_string() },
            },
            other => Self::Parquet { path: name, message: other.to_string() },
        }
    }
}

/// Name of the manifest: a folder with it in is a finished run.
pub const MANIFEST_FILE: &str = RUN_FILE;
