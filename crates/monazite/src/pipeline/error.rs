//! The error of a whole run: one variant a stage.

use crate::indicators::ProductYearError;
use crate::ingest::IngestError;
use crate::nomenclature::Hs6;
use crate::panel::PanelError;
use crate::study::StudyError;
use crate::trade::StoreError;
use crate::value_chain::ChainError;

/// Why a run did not finish. Each stage has its own type of error; this one names the stage.
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
    Store(#[from] StoreError),
    /// The value chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A run folder that is read back.
    #[error(transparent)]
    Panel(#[from] crate::run_folder::StoredPanelError),
    /// The typology.
    #[error(transparent)]
    Typology(#[from] crate::typology::TypologyError),
    /// What the report is made of.
    #[error(transparent)]
    Brief(#[from] crate::report::brief::BriefError),
    /// The figures.
    #[error(transparent)]
    Figures(#[from] crate::report::figures::FigureError),
    /// The run folder.
    #[error(transparent)]
    Folder(#[from] crate::run_folder::FolderError),
    /// The indicators of a product.
    #[error("product {product}: {source}")]
    Indicators {
        /// The product.
        product: Hs6,
        /// What does not fit.
        source: ProductYearError,
    },
}

impl From<PanelError> for Error {
    fn from(error: PanelError) -> Self {
        match error {
            PanelError::Study(error) => Self::Study(error),
            PanelError::Ingest(error) => Self::Ingest(error),
            PanelError::Store(error) => Self::Store(error),
            PanelError::Folder(error) => Self::Folder(error),
            PanelError::Indicators { product, source } => Self::Indicators { product, source },
        }
    }
}
