//! Why figures cannot be drawn.

use crate::delimited::TableError;
use crate::run::RunError;
use crate::run_folder::FolderError;

/// Why figures cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// The run, or a table of it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run folder or a Parquet file in it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A csv table of the run.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A figure, country or year that was asked for is not there.
    #[error("there is no {what} '{asked}' in this run{}", advice(choices))]
    Unknown {
        /// `figure`, `country or group`, or `year`.
        what: &'static str,
        /// What was asked for.
        asked: String,
        /// What there is, or what is near to it.
        choices: Vec<String>,
    },
    /// A figure was asked for one country or one year, but shows all of them at once.
    #[error("figure {name}: it is not drawn for one {what}; leave the {what} out")]
    NotSelective {
        /// The figure.
        name: &'static str,
        /// `country` or `year`.
        what: &'static str,
    },
    /// The run has nothing that the figure could show.
    #[error("figure {name}: {reason}")]
    Absent {
        /// The figure.
        name: &'static str,
        /// Why.
        reason: String,
    },
    /// A figure cannot be printed.
    #[error("figure {name}: it cannot be printed as PNG and PDF: {message}")]
    Print {
        /// The figure.
        name: String,
        /// What went wrong.
        message: String,
    },
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

fn advice(choices: &[String]) -> String {
    if choices.is_empty() { String::new() } else { format!("; there are: {}", choices.join(", ")) }
}
