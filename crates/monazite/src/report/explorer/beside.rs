//! Systemic trade risk beside other indices, as the page shows it.

use serde::Serialize;

use crate::report::brief::BriefError;
use crate::report::index_comparison::{
    Answered, Correlation, Disagreement, Index, IndexComparison, IndexRequest, why_not,
};
use crate::run::Run;

/// The comparison of the last year, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicesFile {
    beside: Option<Beside>,
    /// Why there is none; empty if there is.
    absent: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Beside {
    year: u16,
    /// Thousand USD.
    least_imports: f64,
    least_of_cases: f64,
    importers: usize,
    products: usize,
    indices: Vec<IndexShown>,
    correlations: Vec<Correlation>,
    flags: Option<Flags>,
    disagreements: Vec<Case>,
    answers: Vec<Answered>,
}

/// An index that the run has.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct IndexShown {
    index: Index,
    label: &'static str,
    short: &'static str,
    measures: &'static str,
    column: &'static str,
    undefined: usize,
    /// How well it tells who is flagged.
    flag_auc: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Flags {
    importers: usize,
    flagged: usize,
    undefined: usize,
    products_concentrated: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Case {
    title: String,
    high: &'static str,
    low: &'static str,
    ranks: [f64; 2],
    #[serde(flatten)]
    of: Disagreement,
}

/// Compares the indices of the last year of a run.
pub(super) fn indices(run: &Run) -> Result<IndicesFile, BriefError> {
    Ok(match IndexComparison::of(run, &IndexRequest::default()) {
        Ok(found) => IndicesFile { beside: Some(shown(found)), absent: String::new() },
        Err(error) => IndicesFile { beside: None, absent: why_not(error)? },
    })
}

fn shown(found: IndexComparison) -> Beside {
    let auc = |index: Index| found.flags.as_ref().and_then(|flags| flags.curve(index));
    let indices = found.indices.iter().filter_map(|of| {
        Some(IndexShown {
            index: of.index,
            label: of.index.label(),
            short: of.index.short(),
            measures: of.index.measures(),
            column: of.column?,
            undefined: of.undefined,
            flag_auc: auc(of.index),
        })
    });
    Beside {
        year: found.year,
        least_imports: found.least_imports,
        least_of_cases: found.least_of_cases,
        importers: found.importers,
        products: found.products,
        indices: indices.collect(),
        flags: found.flags.as_ref().map(|flags| Flags {
            importers: flags.importers,
            flagged: flags.flagged,
            undefined: flags.undefined,
            products_concentrated: flags.products_concentrated,
        }),
        correlations: found.correlations,
        disagreements: found
            .disagreements
            .into_iter()
            .map(|of| Case {
                title: of.pair.title(),
                high: of.pair.high().short(),
                low: of.pair.low().short(),
                ranks: [of.rank(0), of.rank(1)],
                of,
            })
            .collect(),
        answers: found.answers.0,
    }
}
