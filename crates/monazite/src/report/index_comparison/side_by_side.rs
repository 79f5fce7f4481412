//! Compares the indices of a run.

use super::answered::ThreeAnswers;
use super::cells::Cells;
use super::correlations::correlations;
use super::disagreements::{Looked, disagreements};
use super::flags::FlagComparison;
use super::index::Index;
use super::result::{IndexComparison, IndexRequest, IndexThere};
use super::words::three_answers;
use crate::report::answers::amounts::Amounts;
use crate::report::brief::{BriefError, find_year};
use crate::run::provenance::source_line;
use crate::run::{Run, RunError};
use crate::units::counted;

/// Importers of products from which on the order of indices says anything.
const FEWEST: usize = 10;

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
    /// [`BriefError::Unknown`] for a year that the run does not have, [`BriefError::Request`] if it has no indices, or fewer than ten importers with so many imports,
    /// [`BriefError::Run`] if a table is damaged.
    pub fn of(run: &Run, request: &IndexRequest) -> Result<Self, BriefError> {
        let (mut found, year, cells) = Self::compared(run, request)?;
        let looked = Looked { run, year, cells: &cells, least: request.least_of_cases, cases: request.cases };
        found.disagreements = disagreements(&looked)?;
        found.answers = three_answers(&found, run)?;
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
        if compared.len() < FEWEST {
            return Err(BriefError::Request(format!(
                "{} of products with indices {} {} or more in {}, and an order says something from {FEWEST} on; ask for those that import less",
                counted(compared.len() as u64, ["importer", "importers"]),
                if compared.len() == 1 { "imports" } else { "import" },
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
}
