//! Why there is no complexity.

use super::index::IndexError;
use crate::ingest::IngestError;
use crate::progress::Cancelled;
use crate::run_folder::FolderError;
use crate::trade::StoreError;
use crate::units::{counted, grouped};

/// Why there is no complexity.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComplexityError {
    /// The trade data are damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A table beside the trade.
    #[error(transparent)]
    Table(#[from] IngestError),
    /// A table beside the trade is in another unit, or of other years.
    #[error("{0}")]
    SideTable(String),
    /// The data lack a year.
    #[error("the trade data have no {year}; they have {there}")]
    Year {
        /// The year.
        year: u16,
        /// The years that they have.
        there: String,
    },
    /// A country that is to be left out is not in the data.
    #[error("{0}")]
    Country(String),
    /// A threshold that is no number above 0.
    #[error("{0} cannot be the least RCA: give a number above 0, such as 1")]
    Threshold(f64),
    /// The trade is an extract.
    #[error(
        "the trade is an extract ({0}), not that of the world, and RCA of an extract is none; take a whole release, or force it if it is whole after all"
    )]
    Extract(String),
    /// Too few products.
    #[error(
        "{} left; of fewer than {least} a number comes out, but it is not ECI, which compares whole export baskets. {}, or force it",
        left_of(*.products, *.exported),
        if .exported < .least { "Take a whole release" } else { "Lower the threshold of RCA, or leave fewer countries out" }
    )]
    FewProducts {
        /// Products that are left.
        products: usize,
        /// Products that anybody exports.
        exported: usize,
        /// Products that are needed.
        least: usize,
    },
    /// Nobody is left.
    #[error("no country is left: {0}")]
    NoCountry(String),
    /// M has no one.
    #[error("no country exports any product with an RCA {} {threshold}, so that there is nothing to compare; lower the threshold", if *.strict { "above" } else { "of at least" })]
    NoAdvantage {
        /// The least RCA.
        threshold: f64,
        /// Whether RCA has to be above it.
        strict: bool,
    },
    /// M falls apart.
    #[error(
        "{} groups of countries have no product in common, and ECI would only say which group a country is of: {}. Leave the countries of the small ones out",
        .0.len(), .0.join("; ")
    )]
    Disconnected(Vec<String>),
    /// There is no index.
    #[error(transparent)]
    Index(IndexError),
    /// The files cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// How many products are left, in words.
fn left_of(products: usize, exported: usize) -> String {
    if products == exported {
        return format!(
            "{} {}",
            counted(products as u64, ["product", "products"]),
            if products == 1 { "is" } else { "are" }
        );
    }
    let verb = if products == 1 { "is" } else { "are" };
    format!("{} of {} {verb}", grouped(products as u64), counted(exported as u64, ["product", "products"]))
}
