//! The error of a whole run: one variant a stage.

use crate::before_after::BeforeAfterError;
use crate::indicators::ProductYearError;
use crate::ingest::IngestError;
use crate::nomenclature::Hs6;
use crate::panel::PanelError;
use crate::progress::Cancelled;
use crate::report::brief::BriefError;
use crate::report::figures::FigureError;
use crate::run::InputError;
use crate::study::StudyError;
use crate::trade::StoreError;
use crate::typology::TypologyError;
use crate::value_chain::ChainError;
use crate::what_if::WhatIfError;

/// Why a run did not finish. Each stage has its own type of error; this one names the stage. A run that was asked to stop ends with
/// [`Error::Cancelled`], whatever stage it was in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The study file, or how it fits the data.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// Reading an input.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Writing or reading the store.
    #[error(transparent)]
    Store(StoreError),
    /// The value chain.
    #[error(transparent)]
    Chain(ChainError),
    /// A run folder that is read back.
    #[error(transparent)]
    Panel(#[from] crate::run_folder::StoredPanelError),
    /// The typology.
    #[error(transparent)]
    Typology(TypologyError),
    /// An input that is not the one that a finished run was made from.
    #[error(transparent)]
    Input(InputError),
    /// A finished run.
    #[error(transparent)]
    Run(#[from] crate::run::RunError),
    /// What the report is made of.
    #[error(transparent)]
    Brief(BriefError),
    /// The figures.
    #[error(transparent)]
    Figures(FigureError),
    /// A what-if question.
    #[error(transparent)]
    WhatIf(WhatIfError),
    /// Before and after trade measures.
    #[error(transparent)]
    BeforeAfter(BeforeAfterError),
    /// The run folder.
    #[error(transparent)]
    Folder(#[from] crate::run_folder::FolderError),
    /// What was asked for comes to nothing, and so nothing is changed.
    #[error("no {what}: {reason}; the run stays as it was")]
    Nothing {
        /// What there would have been.
        what: &'static str,
        /// Why there is none.
        reason: String,
    },
    /// The run was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The indicators of a product.
    #[error("product {product}: {source}")]
    Indicators {
        /// The product.
        product: Hs6,
        /// What does not fit.
        source: ProductYearError,
    },
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Store(error),
        }
    }
}

impl From<ChainError> for Error {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            ChainError::Store(StoreError::Cancelled(cancelled)) => Self::Cancelled(cancelled),
            error => Self::Chain(error),
        }
    }
}

impl From<InputError> for Error {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Input(error),
        }
    }
}

impl From<TypologyError> for Error {
    fn from(error: TypologyError) -> Self {
        match error {
            TypologyError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Typology(error),
        }
    }
}

impl From<BriefError> for Error {
    fn from(error: BriefError) -> Self {
        match error {
            BriefError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Brief(error),
        }
    }
}

impl From<FigureError> for Error {
    fn from(error: FigureError) -> Self {
        match error {
            FigureError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::Figures(error),
        }
    }
}

impl From<WhatIfError> for Error {
    fn from(error: WhatIfError) -> Self {
        match error {
            WhatIfError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::WhatIf(error),
        }
    }
}

impl From<BeforeAfterError> for Error {
    fn from(error: BeforeAfterError) -> Self {
        match error {
            BeforeAfterError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            error => Self::BeforeAfter(error),
        }
    }
}

impl From<PanelError> for Error {
    fn from(error: PanelError) -> Self {
        match error {
            PanelError::Study(error) => Self::Study(error),
            PanelError::Ingest(error) => Self::Ingest(error),
            PanelError::Store(error) => error.into(),
            PanelError::Folder(error) => Self::Folder(error),
            PanelError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            PanelError::Indicators { product, source } => Self::Indicators { product, source },
        }
    }
}
