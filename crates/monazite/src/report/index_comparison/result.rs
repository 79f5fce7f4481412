//! A comparison of indices: what was asked, and what it holds.

use serde::Serialize;

use super::answered::ThreeAnswers;
use super::correlations::Correlation;
use super::disagreements::Disagreement;
use super::flags::FlagComparison;
use super::index::Index;

/// Which year, which importers, how many cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexRequest {
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
    /// Least imports of an importer of a product for correlations and flags, thousand USD.
    pub least_imports: f64,
    /// The same for disagreements.
    pub least_of_cases: f64,
    /// Cases of each pair of indices that disagree, at most.
    pub cases: usize,
}

impl Default for IndexRequest {
    /// 100 thousand USD, 20 million USD, three cases.
    fn default() -> Self {
        Self { year: None, least_imports: 100.0, least_of_cases: 20_000.0, cases: 3 }
    }
}

/// Systemic trade risk beside other indices in one year of a run.
///
/// The correlations are Spearman's. GeoPolRisk of trade alone is the concentration of the exporters times the direct part of STR: inside a product it
/// ranks as the direct part does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndexComparison {
    /// The year.
    pub year: u16,
    /// Whose data.
    pub source: String,
    /// Least imports for correlations and flags, thousand USD.
    pub least_imports: f64,
    /// Least imports for disagreements.
    pub least_of_cases: f64,
    /// Importers of products with at least so much.
    pub importers: usize,
    /// Products with such an importer.
    pub products: usize,
    /// Products that are traded and have no indices in the run: they are not compared.
    pub products_without: usize,
    /// By index: of how many of the importers it is undefined, and its column; `None` for one that the run does not have.
    pub indices: Vec<IndexThere>,
    /// Rank correlations of all pairs.
    pub correlations: Vec<Correlation>,
    /// Flags of import dependence; `None` if the run has none for the year.
    pub flags: Option<FlagComparison>,
    /// Where they disagree most.
    pub disagreements: Vec<Disagreement>,
    /// What a referee, an economist and a policy desk ask.
    pub answers: ThreeAnswers,
}

/// An index in a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndexThere {
    /// The index.
    pub index: Index,
    /// Its column in `indicators.parquet` or `indices.parquet`; `None` if the run does not have it.
    pub column: Option<&'static str>,
    /// Importers of products of which it is undefined.
    pub undefined: usize,
}

impl IndexComparison {
    /// The correlation of two indices, in any order.
    pub fn correlation(&self, a: Index, b: Index) -> Option<&Correlation> {
        let (first, second) = if a < b { (a, b) } else { (b, a) };
        self.correlations.iter().find(|c| (c.first, c.second) == (first, second))
    }

    /// The indices that the run has, in the order of [`Index::ALL`].
    pub fn there(&self) -> Vec<Index> {
        self.indices.iter().filter(|of| of.column.is_some()).map(|of| of.index).collect()
    }
}
