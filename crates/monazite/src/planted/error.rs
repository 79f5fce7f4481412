//! Why a world cannot be planted.

use crate::nomenclature::Hs6;

/// Why a world cannot be planted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlantedError {
    /// A size that makes no world.
    #[error("{what}: {value} is not between {least} and {most}")]
    Size {
        /// Which size.
        what: &'static str,
        /// As given.
        value: usize,
        /// Least.
        least: usize,
        /// Most.
        most: usize,
    },
    /// A number that is negative or not finite.
    #[error("{what}: {value} is not zero or more")]
    Negative {
        /// Which number.
        what: &'static str,
        /// As given.
        value: f64,
    },
    /// The other countries would export more of a product than the world.
    #[error(
        "product {product} in {year}: the countries would export {share:.2} of the world's exports, which leaves nothing for the country that balances \
         the books; take smaller slopes, less noise, or another seed"
    )]
    NotBalanced {
        /// The product.
        product: Hs6,
        /// The year.
        year: u16,
        /// Share of the others.
        share: f64,
    },
    /// A country would export more of the chain than it exports.
    #[error(
        "country {country} in {year}: its exports of the value chain would be {share:.2} of all its exports; take smaller slopes, less noise, or another seed"
    )]
    NothingElse {
        /// The country.
        country: String,
        /// The year.
        year: u16,
        /// Share of the chain.
        share: f64,
    },
    /// A file cannot be written.
    #[error("{file}: cannot be written: {message}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        message: String,
    },
    /// The folder cannot be made, or holds something already.
    #[error("{message}")]
    Folder {
        /// What the folder says.
        message: String,
    },
    /// Trade that is to be revised cannot be read.
    #[error("{message}")]
    Trade {
        /// What its store says.
        message: String,
    },
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}
