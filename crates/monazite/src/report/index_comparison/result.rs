//! A comparison of indices: what was asked, and what it holds.

use serde::Serialize;

use super::cells::Cells;
use super::correlations::{Correlation, correlations};
use super::disagreements::{Disagreement, Looked, disagreements};
use super::flags::FlagComparison;
use super::index::Index;
use super::words::ThreeAnswers;
use crate::report::answers::amounts::Amounts;
use crate::report::brief::{BriefError, find_year};
use crate::run::provenance::source_line;
use crate::run::{Run, RunError};

/// Why there is no comparison, in words, where nothing is damaged.
///
/// # Errors
/// What is damaged.
pub(in crate::report) fn why_not(error: BriefError) -> Result<String, RunError> {
    match error {
        BriefError::Run(error) => Err(error),
        other => Ok(other.to_string()),
    }
}

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
    /// Compares the indices of a run.
    ///
    /// ```
    /// use monazite::report::index_comparison::{Index, IndexComparison, IndexRequest};
    /// use monazite::run::Run;
    /// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    /// # let folder = tempfile::tempdir()?;
    /// # let mut study = Study::load(tiny.as_ref())?;
    /// # study.data.store = Some(folder.path().join("store"));
    /// # let out = folder.path().join("run");
    /// # run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
    /// let run = Run::open(&out)?;
    /// let request = IndexRequest { least_imports: 0.0, ..IndexRequest::default() };
    /// let found = IndexComparison::of(&run, &request)?;
    /// assert!(found.correlation(Index::StrFull, Index::StrMassBalance).is_some_and(|c| c.pooled > Some(0.5)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`BriefError::Unknown`] for a year that the run does not have, [`BriefError::Request`] if it has no indices, or no importer with so many imports,
    /// [`BriefError::Run`] if a table is damaged.
    pub fn of(run: &Run, request: &IndexRequest) -> Result<Self, BriefError> {
        let (mut found, year, cells) = Self::compared(run, request)?;
        let looked = Looked { run, year, cells: &cells, least: request.least_of_cases, cases: request.cases };
        found.disagreements = disagreements(&looked)?;
        found.answers = ThreeAnswers::of(&found, run)?;
        Ok(found)
    }

    /// The orders alone: correlations and flags, without disagreements and answers. Reads fewer tables.
    ///
    /// # Errors
    /// As [`IndexComparison::of`].
    pub fn orders(run: &Run, request: &IndexRequest) -> Result<Self, BriefError> {
        Ok(Self::compared(run, request)?.0)
    }

    fn compared(run: &Run, request: &IndexRequest) -> Result<(Self, usize, Cells), BriefError> {
        let panel = run.panel()?;
        let year = find_year(panel, request.year)?;
        let Some(cells) = Cells::read(run, year)? else {
            return Err(BriefError::Request(format!(
                "{} has no indices to compare with (indices.parquet): its study computes none, or an older version made it; run the study again",
                run.name()
            )));
        };
        let compared = cells.from(request.least_imports);
        if compared.is_empty() {
            return Err(BriefError::Request(format!(
                "no importer of a product with indices imports {} or more in {}; ask for less",
                Amounts::Value.in_words(request.least_imports),
                panel.years[year]
            )));
        }
        let indices = Index::ALL.map(|index| IndexThere {
            index,
            column: cells.columns[index as usize],
            undefined: compared.iter().filter(|cell| cell.of(index).is_none()).count(),
        });
        let found = Self {
            year: panel.years[year],
            source: source_line(run.study(), run.manifest()),
            least_imports: request.least_imports,
            least_of_cases: request.least_of_cases,
            importers: compared.len(),
            products: compared.chunk_by(|a, b| a.product == b.product).count(),
            products_without: cells.without,
            indices: indices.to_vec(),
            correlations: correlations(&compared),
            flags: FlagComparison::of(&compared),
            disagreements: Vec::new(),
            answers: ThreeAnswers::default(),
        };
        Ok((found, year, cells))
    }

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
