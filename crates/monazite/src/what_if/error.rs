//! Why a what-if question has no answer.

use crate::diversification::PlanError;
use crate::ingest::IngestError;
use crate::progress::Cancelled;
use crate::run::RunError;
use crate::run_folder::FolderError;
use crate::shock::ShockError;

/// Why a what-if question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhatIfError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run folder cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A table that the study names cannot be read.
    #[error(transparent)]
    Table(#[from] IngestError),
    /// A number is out of its range.
    #[error(transparent)]
    Shock(#[from] ShockError),
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The question names what the run does not have; says what it has.
    #[error("{0}")]
    Question(String),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
