//! What a comparison of two runs holds.

use serde::Serialize;

use super::chokepoints::Chokepoint;
use super::coverage::Coverage;
use super::inputs::Difference;
use super::levels::{IndicatorDifference, ProductDifference};
use super::links::LinkOfOne;
use super::ranks::RankChange;

/// Two runs side by side; the first is the one before, the second the one after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Names of the two runs: their folders, told apart.
    pub runs: [String; 2],
    /// Names of their studies.
    pub studies: [String; 2],
    /// Their data in a sentence.
    pub data: [String; 2],
    /// What two values may differ by and still count as the same.
    pub tolerance: f64,
    /// Data and program: what differs.
    pub inputs: Vec<Difference>,
    /// Keys of the study: what differs.
    pub options: Vec<Difference>,
    /// Products, countries and years of both and of one.
    pub coverage: Coverage,
    /// By indicator: how many values differ, and by how much.
    pub indicators: Vec<IndicatorDifference>,
    /// By product, in the last year of both: world trade and mean STR.
    pub products: Vec<ProductDifference>,
    /// Importers by STR in the last year of both, where the place is another one; the largest moves first.
    pub ranks: Vec<RankChange>,
    /// Links of the value chain that one run has.
    pub links: Vec<LinkOfOne>,
    /// Chokepoints of products in the last year of both that one run has.
    pub chokepoints: Vec<Chokepoint>,
    /// What it comes to, in sentences.
    pub findings: Vec<String>,
}

impl Comparison {
    /// Whether no value differs by more than the tolerance, and both runs hold the same.
    pub fn is_same(&self) -> bool {
        self.coverage.is_same()
            && self.links.is_empty()
            && self.indicators.iter().all(|i| i.differ == 0 && i.only == [0, 0])
    }
}
