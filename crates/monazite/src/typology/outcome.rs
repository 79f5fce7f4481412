//! What a typology of countries is made of.

use super::alternatives::Alternative;
use super::assignment::Assignment;
use super::density_merging::{DensityClusters, DetailLevel};
use super::features::FeatureTable;
use super::stability::Stability;
use super::trust::Verdict;
use super::umap::{Embedding, UmapParameters};

/// What one level of detail makes of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelResult {
    /// The level.
    pub level: DetailLevel,
    /// Number of clusters.
    pub clusters: usize,
    /// Number of rows in the background.
    pub outliers: usize,
}

/// What another way to cluster makes of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct AlternativeResult {
    /// The method.
    pub method: Alternative,
    /// For every row its cluster from 1 on; 0 for noise.
    pub labels: Vec<u32>,
    /// Number of clusters.
    pub clusters: usize,
    /// Mean silhouette on the features.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index of rows with the clusters of the map.
    pub agreement: Option<f64>,
}

/// A typology of countries.
#[derive(Debug, Clone, PartialEq)]
pub struct Typology {
    /// The table that was mapped.
    pub table: FeatureTable,
    /// Parameters of the map.
    pub parameters: UmapParameters,
    /// The map.
    pub embedding: Embedding,
    /// Share of the nearest neighbours of a row, on average, that are the same country in another year.
    pub own_neighbours: f64,
    /// The clusters, labels numbered by falling export-weighted mean composite; 0 for the outliers.
    pub clusters: DensityClusters,
    /// The level of detail they were made with.
    pub detail: DetailLevel,
    /// For every unit of the profiles its cluster; `None` if it is not on the map.
    pub assignments: Vec<Option<Assignment>>,
    /// All seven levels of detail on the same map.
    pub levels: Vec<LevelResult>,
    /// Mean silhouette of the clusters on the features.
    pub silhouette: Option<f64>,
    /// Other ways to cluster the same rows.
    pub alternatives: Vec<AlternativeResult>,
    /// The typology made again.
    pub stability: Stability,
    /// What to make of it.
    pub verdict: Verdict,
}

/// A typology, or why there is nothing to make one of.
#[derive(Debug, Clone, PartialEq)]
pub enum TypologyOutcome {
    /// The typology.
    Made(Box<Typology>),
    /// Why there is none, as a sentence without full stop.
    Skipped(String),
}
