//! Errors of the store.

use std::path::Path;

use crate::disk::place::Taken;
use crate::ingest::IngestError;
use crate::nomenclature::concordance::ConcordanceError;

/// Why a store could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The release could not be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
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
    /// A Parquet file is damaged.
    #[error("{path}: the store is damaged ({message}); import the release again")]
    Parquet {
        /// The file.
        path: String,
        /// What the reader says.
        message: String,
    },
    /// There is no store.
    #[error("{path}: this is not a store: there is no store.toml in it; import a release into it first")]
    NotAStore {
        /// The folder.
        path: String,
    },
    /// `store.toml` cannot be understood.
    #[error("{path}: cannot be understood: {message}; import the release again")]
    Manifest {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A later version of the program wrote the store.
    #[error(
        "{path}: a later version of the program wrote this store: its format is {format}, and this version reads and writes {present}; use the later \
         version, or import the release into another folder"
    )]
    LaterFormat {
        /// The file.
        path: String,
        /// Its format.
        format: i64,
        /// The format of this version.
        present: u32,
    },
    /// A file is not the one that was written.
    #[error("{path}: the file is not the one that was imported ({what}); import the release again")]
    Changed {
        /// The file.
        path: String,
        /// What differs.
        what: String,
    },
    /// The store cannot be written.
    #[error(
        "{path}: this folder cannot be written ({source}), so nothing in it has changed; copy it to a place you may write to, or name another folder for the \
         store"
    )]
    ReadOnly {
        /// The store.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The store of a study cannot be kept beside its release.
    #[error(
        "{path}: the store of the release cannot be kept here ({source}); say in the study where it goes, in a folder that you may write to: \
         data.store = \"store\" puts it beside the study"
    )]
    NoPlace {
        /// The store.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Somebody else is writing.
    #[error("{path}: another import is writing this store; wait until it has finished")]
    Locked {
        /// The store.
        path: String,
    },
    /// The folder holds something else.
    #[error(
        "{path}: the folder is not empty and is not a store; nothing of yours is to be mixed up with it, so choose another folder"
    )]
    NotEmpty {
        /// The folder.
        path: String,
    },
    /// The folder is something else, or lies in a run, another store, a release or a replication package.
    #[error(transparent)]
    Taken(#[from] Taken),
    /// The edition is not known, or cannot be converted.
    #[error(
        "{path}: the HS edition is not in the file names; say which it is: HS92, HS96, HS02, HS07, HS12, HS17 or HS22"
    )]
    UnknownEdition {
        /// The release.
        path: String,
    },
    /// Another edition fits the codes clearly better than the one that was said.
    #[error(
        "the data are said to be {said}, and their codes fit {better} better: {found}; say which edition it is (data.edition, --edition)"
    )]
    WrongEdition {
        /// The edition that was said.
        said: String,
        /// The one that fits better.
        better: String,
        /// How well each fits, in words.
        found: String,
    },
    /// No conversion table.
    #[error(transparent)]
    Concordance(#[from] ConcordanceError),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

/// What to do about an error of the system.
pub(crate) fn advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::StorageFull => {
            "; free some space and run it again: what was there before is untouched"
        }
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
            "; choose a folder you may write to"
        }
        _ => "",
    }
}

impl StoreError {
    pub(crate) fn io(path: &Path, action: &'static str, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), action, source }
    }

    /// A file that a store is made of cannot be read; one that is missing was there when the store was made.
    pub(super) fn of_file(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                Self::Changed { path: path.display().to_string(), what: "it is not there".to_owned() }
            }
            _ => Self::io(path, "cannot be read", source),
        }
    }

    /// Wraps an error of the Parquet library; one of the system underneath keeps its advice.
    pub(crate) fn parquet(path: &Path, error: parquet::errors::ParquetError) -> Self {
        let path = path.display().to_string();
        match error {
            parquet::errors::ParquetError::External(source) => match source.downcast::<std::io::Error>() {
                Ok(source) => Self::Io { path, action: "cannot be written or read", source: *source },
                Err(other) => Self::Parquet { path, message: other.to_string() },
            },
            other => Self::Parquet { path, message: other.to_string() },
        }
    }
}
