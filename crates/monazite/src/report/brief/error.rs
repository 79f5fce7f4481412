//! Why a brief cannot be written.

use crate::run::RunError;
use crate::run_folder::FolderError;

/// Why a brief, or another page of a finished run, cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BriefError {
    /// The run, or a table of it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run folder, when files are put into it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The run does not have what was asked for.
    #[error("there is no {what} '{asked}' in this run{}", suggestion(near))]
    Unknown {
        /// `country`, `product`, `year` or `indicator`.
        what: &'static str,
        /// What was asked for.
        asked: String,
        /// What the run has that looks like it, as shown to people.
        near: Vec<String>,
    },
    /// What was asked for as a country is none, or not one.
    #[error("{problem}")]
    Country {
        /// What it is.
        problem: String,
    },
    /// What was asked for does not go together, or the run cannot answer it; what to do.
    #[error("{0}")]
    Request(String),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

fn suggestion(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; near to it: {}", near.join(", ")) }
}
