//! Why a mapping did not finish.

use std::path::Path;

use monazite::delimited::TableError;
use monazite::progress::Cancelled;
use monazite::study::StudyError;

/// Why a mapping did not finish. None of the texts ever holds a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// It was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The study file.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A table that cannot be understood.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The system refuses.
    #[error("{path}: {action}: {source}")]
    Io {
        /// File or folder.
        path: String,
        /// What was tried.
        action: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// A prompt file is wrong.
    #[error("{file}{}: {message}", .line.map_or_else(String::new, |line| format!(":{line}")))]
    Prompt {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: Option<usize>,
        /// What is wrong.
        message: String,
    },
    /// The table of products is not of use.
    #[error("{0}")]
    Products(String),
    /// A seed is not a code of the edition.
    #[error(
        "study.seeds: {code} is not a code of {texts}; a seed has to be a code of the edition that is mapped"
    )]
    Seed {
        /// The code.
        code: String,
        /// The table of codes.
        texts: String,
    },
    /// A key cannot be used.
    #[error("the key in {variable} cannot be used: {message}")]
    Key {
        /// Environment variable.
        variable: String,
        /// What is wrong with it, without showing it.
        message: String,
    },
    /// The endpoint is not known well enough to be called.
    #[error("{0}")]
    Address(String),
    /// The endpoint does not do what is asked of it. Answers that came before are kept.
    #[error("{address}: {message}")]
    Endpoint {
        /// Address.
        address: String,
        /// What happened, and what to do.
        message: String,
    },
    /// A mapping was interrupted; what was answered is kept.
    #[error("{error}; {answers} answers are kept in {file}, and the same command goes on from there")]
    Interrupted {
        /// By what.
        error: Box<MappingError>,
        /// Answers that are kept.
        answers: usize,
        /// Where.
        file: String,
    },
    /// A recorded file is damaged or another one.
    #[error("{file}{}: {message}", .line.map_or_else(String::new, |line| format!(":{line}")))]
    Recording {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: Option<usize>,
        /// What is wrong.
        message: String,
    },
    /// An embedding model cannot be loaded or used.
    #[error("{model}: {message}")]
    Embedding {
        /// Folder or name of the model.
        model: String,
        /// What is wrong.
        message: String,
    },
}

impl MappingError {
    pub(crate) fn io(path: &Path, action: &'static str, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), action, source }
    }
}
