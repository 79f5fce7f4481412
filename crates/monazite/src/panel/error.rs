//! Why the panel of indicators cannot be made.

use crate::indicators::ProductYearError;
use crate::ingest::IngestError;
use crate::nomenclature::Hs6;
use crate::run_folder::FolderError;
use crate::study::StudyError;
use crate::trade::StoreError;

/// Why the panel of indicators cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PanelError {
    /// The study does not fit the data.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A table that the study names.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The store is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The run folder cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The indicators of a product.
    #[error("product {product}: {source}")]
    Indicators {
        /// The product.
        product: Hs6,
        /// What does not fit.
        source: ProductYearError,
    },
}
