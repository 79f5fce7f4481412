//! A value chain and how it came about.

use super::evidence::Evidence;
use super::network::ValueChain;
use super::significance::TestParameters;

/// How links were tested.
#[derive(Debug, Clone, PartialEq)]
pub struct TestSummary {
    /// Parameters.
    pub parameters: TestParameters,
    /// First year of the trade.
    pub first_year: u16,
    /// Last year.
    pub last_year: u16,
    /// Observations: countries, or country-years.
    pub observations: usize,
    /// Observations left out: their country trades too little, or its share or value per person is undefined.
    pub left_out: usize,
    /// Links tested.
    pub links: usize,
    /// Outputs in the null.
    pub outputs: usize,
}

/// The evidence for every link of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    /// The evidence.
    pub evidence: Evidence,
    /// How links were tested, if they were.
    pub test: Option<TestSummary>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// The value chain of a study, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltChain {
    /// The network.
    pub chain: ValueChain,
    /// What it rests on.
    pub gathered: Gathered,
}
