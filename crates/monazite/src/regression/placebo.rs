//! A placebo: products with inputs that are not theirs.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use super::error::RegressionError;
use super::estimation::Rows;
use super::ols::TermKind;
use super::prepared::Prepared;
use super::presets::{InferenceOptions, infer};
use super::wild_bootstrap::below;
use super::workspace::Workspace;
use crate::progress::{Cancelled, Progress};
use crate::threads::within;

/// One coefficient under the placebo.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceboRow {
    /// The coefficient.
    pub term: String,
    /// Its t on the data as they are.
    pub t: Option<f64>,
    /// Draws that could be run.
    pub draws: usize,
    /// Share of the draws in which it is significant: near one minus the level of confidence if the standard errors are
    /// of the right size.
    pub rejected: f64,
    /// Share of the draws, the data included, with a t at least as far from zero: a p-value that assumes no distribution.
    pub p: Option<f64>,
}

/// t of a coefficient, and whether its interval leaves zero out.
#[derive(Clone, Copy)]
struct Score {
    t: f64,
    significant: bool,
}

/// Runs the regression on `draws` random reassignments of the inputs among the products of a tier.
///
/// What it answers: do the coefficients of the inputs need the value chain, or would any other products do? And are the
/// standard errors of the right size? In each draw the products of a tier exchange their input columns at random, whole
/// products at a time; everything else stays as it is. Only the inputs' coefficients are under a placebo, so only they are returned.
///
/// Empty if no regressor is of inputs, or there are no draws.
///
/// # Errors
/// Whatever keeps the regression on the data as they are from being run. A draw that cannot be run (an input column that
/// comes out constant) is left out and does not count in [`PlaceboRow::draws`]. [`RegressionError::Cancelled`] if `progress` asks to
/// stop.
pub fn placebo(
    prepared: &Prepared<'_>,
    options: InferenceOptions,
    draws: usize,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Vec<PlaceboRow>, RegressionError> {
    within(|| placebo_in_pool(prepared, options, draws, seed, progress))
}

fn placebo_in_pool(
    prepared: &Prepared<'_>,
    options: InferenceOptions,
    draws: usize,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Vec<PlaceboRow>, RegressionError> {
    let regressors = &prepared.specification.regressors;
    let of_inputs: Vec<usize> = (0..regressors.len()).filter(|&j| regressors[j].inputs).collect();
    if of_inputs.is_empty() || draws == 0 {
        return Ok(Vec::new());
    }
    let score = |mut rows: Rows, work: &mut Workspace| -> Result<Vec<Option<Score>>, RegressionError> {
        let fitted = rows.design.take_fit(work)?;
        let inference = infer(&fitted, &rows, options.covariance, options)?;
        let scores = of_inputs
            .iter()
            .map(|&j| {
                let at = fitted.terms.iter().position(|t| t.kind == TermKind::Regressor(j))?;
                let one = inference.terms[at];
                let [low, high] = one.interval?;
                Some(Score { t: one.t?, significant: low > 0.0 || high < 0.0 })
            })
            .collect();
        fitted.recycle(work);
        rows.recycle(work);
        Ok(scores)
    };
    let observed = score(prepared.rows()?, &mut Workspace::default())?;
    let panel = prepared.panel;
    let countries = panel.countries.len();
    let mut tiers: Vec<Vec<usize>> = vec![Vec::new(); 257];
    for (product, entry) in panel.products.iter().enumerate() {
        tiers[entry.tier.map_or(256, usize::from)].push(product);
    }
    let scores: Vec<Option<Vec<Option<Score>>>> = (0..draws as u64)
        .into_par_iter()
        .map_init(Workspace::default, |work, draw| {
            progress.go_on()?;
            // A stream of its own for every draw, so that draws can be made in any order.
            let stream = seed.wrapping_add((draw + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut random = Xoshiro256PlusPlus::seed_from_u64(stream);
            let mut from: Vec<usize> = (0..panel.products.len()).collect();
            for products in &tiers {
                for i in (1..products.len()).rev() {
                    from.swap(products[i], products[below(&mut random, i + 1)]);
                }
            }
            let replaced: Vec<(usize, Vec<f64>)> = of_inputs
                .iter()
                .map(|&j| {
                    let own = &prepared.values[j + 1];
                    (
                        j + 1,
                        from.iter()
                            .flat_map(|&p| &own[p * countries..(p + 1) * countries])
                            .copied()
                            .collect(),
                    )
                })
                .collect();
            Ok(prepared.rows_with(&replaced, work).and_then(|rows| score(rows, work)).ok())
        })
        .collect::<Result<_, Cancelled>>()?;
    let scores: Vec<Vec<Option<Score>>> = scores.into_iter().flatten().collect();
    Ok(of_inputs
        .iter()
        .enumerate()
        .map(|(at, &j)| {
            let drawn: Vec<Score> = scores.iter().filter_map(|s| s[at]).collect();
            let n = drawn.len();
            let t = observed[at].map(|s| s.t);
            PlaceboRow {
                term: regressors[j].label(),
                t,
                draws: n,
                rejected: if n > 0 {
                    drawn.iter().filter(|s| s.significant).count() as f64 / n as f64
                } else {
                    0.0
                },
                p: t.map(|t| {
                    (1 + drawn.iter().filter(|s| s.t.abs() >= t.abs()).count()) as f64 / (1 + n) as f64
                }),
            }
        })
        .collect())
}
