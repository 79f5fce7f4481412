//! The ways to cluster, and what they need to know.

/// A way to cluster rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alternative {
    /// HDBSCAN: clusters of any shape and density, the rest noise.
    Hdbscan,
    /// k-means (needs the feature `linfa`).
    KMeans,
    /// A mixture of normal distributions with full covariances (needs the feature `linfa`).
    GaussianMixture,
}

impl Alternative {
    /// Name in study files and outputs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Hdbscan => "hdbscan",
            Self::KMeans => "k_means",
            Self::GaussianMixture => "gaussian_mixture",
        }
    }

    /// Whether this program has it.
    pub const fn is_built_in(self) -> bool {
        matches!(self, Self::Hdbscan) || cfg!(feature = "linfa")
    }
}

/// What the ways to cluster need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlternativeSettings {
    /// Smallest cluster of HDBSCAN, in rows, at least 2.
    pub smallest_cluster: usize,
    /// Number of clusters of k-means and the mixture, at least 1.
    pub k: usize,
    /// Seed.
    pub seed: u64,
}

/// Why an alternative gives no clusters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlternativeError {
    /// The program was built without it.
    #[error("this program was built without {0}, which needs its feature linfa")]
    NotBuiltIn(&'static str),
    /// The library refuses.
    #[error("{method} gives no clusters: {message}")]
    Library {
        /// The method.
        method: &'static str,
        /// What the library says.
        message: String,
    },
}
