//! Why a regression cannot be run.

use crate::nomenclature::YearRange;

/// Why a regression cannot be run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegressionError {
    /// The baseline window does not end before the projection window begins.
    #[error(
        "the baseline window {} and the projection window {} overlap; the baseline has to end before the projection begins",
        window_text(.baseline), window_text(.projection)
    )]
    WindowsOverlap {
        /// The baseline.
        baseline: YearRange,
        /// The projection.
        projection: YearRange,
    },
    /// A window reaches beyond the data.
    #[error(
        "the {which} window {} is not in the data, which run from {first} to {last}; change regression.{which}",
        window_text(.window)
    )]
    WindowOutsideData {
        /// `baseline` or `projection`.
        which: &'static str,
        /// The window.
        window: YearRange,
        /// First year of the data.
        first: u16,
        /// Last year of the data.
        last: u16,
    },
    /// Nothing is left to regress on.
    #[error("no country-product can be used: {}", .reasons.join("; "))]
    NoRows {
        /// What the rows were lost to, the largest loss first.
        reasons: Vec<String>,
    },
    /// Not more rows than coefficients.
    #[error(
        "{rows} rows do not determine {terms} coefficients; leave out regressors or factors, or add products or countries"
    )]
    TooFewRows {
        /// Rows.
        rows: usize,
        /// Coefficients.
        terms: usize,
    },
    /// Standard errors by cluster need at least two clusters.
    #[error(
        "standard errors clustered by {by} need at least two of them, and the rows have {}; choose another regression.covariance",
        if *.count == 1 { "one".to_owned() } else { .count.to_string() }
    )]
    TooFewClusters {
        /// What is clustered by.
        by: String,
        /// How many there are.
        count: usize,
    },
    /// A regressor does not vary.
    #[error(
        "{term} has the same value in all {rows} rows, so its effect cannot be told from the constant; leave it out of \
         regression.regressors, or choose other windows"
    )]
    ConstantRegressor {
        /// The regressor.
        term: String,
        /// Rows.
        rows: usize,
    },
    /// A term is a linear combination of others.
    #[error("{term} is a combination of {}, so their effects cannot be told apart; leave one of them out", listed(.others, .absorbed))]
    Collinear {
        /// The term.
        term: String,
        /// The terms that it is made of.
        others: Vec<String>,
        /// Absorbed factors that may be part of it.
        absorbed: Vec<String>,
    },
    /// Fixed effects do not settle.
    #[error("the fixed effects of {} do not settle after {rounds} rounds; use one of them as a factor instead", .factors.join(" and "))]
    NotAbsorbed {
        /// The factors.
        factors: Vec<String>,
        /// Rounds.
        rounds: usize,
    },
    /// A standard error that is not available with absorbed factors.
    #[error("{what} cannot be had with {} absorbed; move it from regression.absorb to regression.factors", .factors.join(" and "))]
    NotWithAbsorbed {
        /// What was asked for.
        what: &'static str,
        /// The factors.
        factors: Vec<String>,
    },
    /// A factor that the run has no data for.
    #[error("the run has no {factor}: {reason}")]
    NoFactor {
        /// The factor.
        factor: String,
        /// Why.
        reason: &'static str,
    },
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

fn window_text(window: &YearRange) -> String {
    if window.first == window.last {
        window.first.to_string()
    } else {
        format!("{}-{}", window.first, window.last)
    }
}

fn listed(others: &[String], absorbed: &[String]) -> String {
    let mut all: Vec<String> = others.to_vec();
    all.extend(absorbed.iter().map(|name| format!("the fixed effects of {name}")));
    match all.as_slice() {
        [] => "the others".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
