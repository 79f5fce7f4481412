//! Whom does a result hang on? The regression without each country, and without each tier.

use rayon::prelude::*;

use super::error::RegressionError;
use super::prepared::Prepared;
use super::presets::{InferenceOptions, infer};
use super::workspace::Workspace;
use crate::progress::Progress;
use crate::threads::within;

/// What was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// All rows of a country.
    Country(String),
    /// All rows of the products of a tier.
    Tier(u8),
}

/// One coefficient of a regression without something.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaveOutRow {
    /// What was left out.
    pub left_out: LeftOut,
    /// The coefficient.
    pub term: String,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Two-sided p.
    pub p: Option<f64>,
    /// Rows left.
    pub rows: usize,
}

/// A regression that cannot be run without something.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaveOutFailure {
    /// What was left out.
    pub left_out: LeftOut,
    /// Why.
    pub error: RegressionError,
}

/// What leaving out came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LeaveOut {
    /// All coefficients.
    pub rows: Vec<LeaveOutRow>,
    /// What could not be run.
    pub failures: Vec<LeaveOutFailure>,
}

/// Runs the regression once without each country that has rows, and once without each tier.
///
/// # Errors
/// Whatever keeps the regression on all rows from being put together; [`RegressionError::Cancelled`] if `progress` asks to stop.
pub fn leave_out(
    prepared: &Prepared<'_>,
    options: InferenceOptions,
    progress: &dyn Progress,
) -> Result<LeaveOut, RegressionError> {
    within(|| leave_out_in_pool(prepared, options, progress))
}

fn leave_out_in_pool(
    prepared: &Prepared<'_>,
    options: InferenceOptions,
    progress: &dyn Progress,
) -> Result<LeaveOut, RegressionError> {
    let panel = prepared.panel;
    let all = prepared.rows()?;
    let countries = panel.countries.len();
    let mut present = vec![false; countries];
    let mut tiers = [false; 256];
    for &pair in &all.pairs {
        present[pair as usize % countries] = true;
        if let Some(tier) = panel.products[pair as usize / countries].tier {
            tiers[usize::from(tier)] = true;
        }
    }
    let mut cases: Vec<LeftOut> = (0..countries)
        .filter(|&c| present[c])
        .map(|c| LeftOut::Country(panel.countries[c].code.clone()))
        .collect();
    if tiers.iter().filter(|t| **t).count() > 1 {
        cases.extend((0..=255u8).filter(|&t| tiers[usize::from(t)]).map(LeftOut::Tier));
    }
    let results: Vec<Result<Vec<LeaveOutRow>, RegressionError>> = cases
        .par_iter()
        .map_init(Workspace::default, |work, case| {
            progress.go_on()?;
            let keep = |product: usize, country: usize| match case {
                LeftOut::Country(code) => panel.countries[country].code != *code,
                LeftOut::Tier(tier) => panel.products[product].tier != Some(*tier),
            };
            let mut rows = prepared.rows_where(&keep, work)?;
            let fitted = rows.design.take_fit(work)?;
            let inference = infer(&fitted, &rows, options.covariance, options)?;
            let found = fitted
                .terms
                .iter()
                .zip(inference.terms)
                .map(|(term, one)| LeaveOutRow {
                    left_out: case.clone(),
                    term: term.name.clone(),
                    estimate: one.estimate,
                    standard_error: one.standard_error,
                    p: one.p,
                    rows: fitted.rows,
                })
                .collect();
            fitted.recycle(work);
            rows.recycle(work);
            Ok(found)
        })
        .collect();
    // A regression that was stopped looks like one that cannot be run.
    progress.go_on()?;
    let mut found = LeaveOut::default();
    for (case, result) in cases.into_iter().zip(results) {
        match result {
            Ok(rows) => found.rows.extend(rows),
            Err(error) => found.failures.push(LeaveOutFailure { left_out: case, error }),
        }
    }
    Ok(found)
}
