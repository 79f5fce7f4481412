//! The wild cluster bootstrap: p-values that hold with few or unequal clusters.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::covariance::{is_nested, scores, term_map};
use super::dummies::Factor;
use super::error::RegressionError;
use super::ols::OlsFit;
use super::triangular::{SquareMatrix, dot};
use crate::threads::within;

/// By what the residuals of a whole cluster are multiplied in a draw. All have mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WildWeights {
    /// ±√(1/2), ±1, ±√(3/2) with equal probability (default; Webb 2023): for few clusters.
    #[default]
    Webb,
    /// ±1.
    Rademacher,
}

/// How the bootstrap is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WildBootstrap {
    /// Number of draws. Rademacher signs are enumerated in full where there are no more sign vectors than draws.
    pub draws: usize,
    /// The weights.
    pub weights: WildWeights,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for WildBootstrap {
    fn default() -> Self {
        Self { draws: 999, weights: WildWeights::Webb, seed: 0 }
    }
}

/// What the bootstrap came to.
#[derive(Debug, Clone, PartialEq)]
pub struct WildOutcome {
    /// Two-sided p of the hypothesis that the coefficient is zero, by term; `None` where the t statistic is undefined.
    pub p: Vec<Option<f64>>,
    /// Draws made.
    pub draws: usize,
    /// Whether these are all sign vectors there are.
    pub enumerated: bool,
}

/// Ties of |t*| with |t| count as at least as large, also when rounding parts them.
const TIE: f64 = 1.0 - 1e-9;

/// Wild cluster bootstrap with the null hypothesis imposed (WCR), one hypothesis a coefficient.
///
/// What it answers: how often would |t| be at least this large if the coefficient were zero, whatever the errors within a cluster
/// look like? For each coefficient the model is fitted with it held at zero; in each draw the residuals of every
/// cluster are multiplied by one random weight, and t with clustered standard errors is computed anew.
/// p = (1 + number of |t*| ≥ |t|)/(1 + draws), or the plain share where all sign vectors are enumerated.
///
/// Only the scores X_g'e_g and the cross products X_g'X_g of the clusters enter a draw, so its cost does not depend on the number
/// of rows (MacKinnon 2023).
///
/// # Errors
/// [`RegressionError::TooFewClusters`]; [`RegressionError::NotWithAbsorbed`] if fixed effects were absorbed that are not
/// nested in the clusters.
///
/// Reference: Cameron, Gelbach and Miller (2008); Roodman, MacKinnon, Nielsen and Webb (2019); MacKinnon (2023).
pub fn wild_bootstrap(
    fit: &OlsFit,
    by: &Factor,
    options: WildBootstrap,
) -> Result<WildOutcome, RegressionError> {
    let clusters = by.levels.len();
    if clusters < 2 {
        return Err(RegressionError::TooFewClusters { by: by.name.clone(), count: clusters });
    }
    if let Some(absorbed) = &fit.basis.absorbed
        && !absorbed.factors.iter().all(|f| is_nested(f, by))
    {
        return Err(RegressionError::NotWithAbsorbed {
            what: "the wild bootstrap",
            factors: absorbed.factors.iter().map(|f| f.name.clone()).collect(),
        });
    }
    Ok(within(|| draw_and_count(fit, by, options)))
}

fn draw_and_count(fit: &OlsFit, by: &Factor, options: WildBootstrap) -> WildOutcome {
    let clusters = by.levels.len();
    let ingredients = Ingredients::new(fit, by);
    let weights = draw_weights(clusters, options);
    let draws = weights.len() / clusters;
    let enumerated = enumerates(clusters, options);
    let p = (0..fit.terms.len())
        .into_par_iter()
        .map(|term| {
            let extreme = ingredients.count_extreme(fit, term, &weights)? as f64;
            Some(if enumerated { extreme / draws as f64 } else { (1.0 + extreme) / (1.0 + draws as f64) })
        })
        .collect();
    WildOutcome { p, draws, enumerated }
}

fn enumerates(clusters: usize, options: WildBootstrap) -> bool {
    options.weights == WildWeights::Rademacher && clusters < 60 && 1usize << clusters <= options.draws
}

/// The weights of all draws, draw after draw.
fn draw_weights(clusters: usize, options: WildBootstrap) -> Vec<f64> {
    if enumerates(clusters, options) {
        return (0..1usize << clusters)
            .flat_map(|signs| (0..clusters).map(move |g| if signs >> g & 1 == 1 { -1.0 } else { 1.0 }))
            .collect();
    }
    let webb = [-libm::sqrt(1.5), -1.0, -libm::sqrt(0.5), libm::sqrt(0.5), 1.0, libm::sqrt(1.5)];
    let mut random = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    (0..clusters * options.draws)
        .map(|_| match options.weights {
            WildWeights::Rademacher => {
                if random.next_u64() >> 63 == 1 {
                    -1.0
                } else {
                    1.0
                }
            }
            WildWeights::Webb => webb[below(&mut random, 6)],
        })
        .collect()
}

/// A whole number below `end`, all equally likely to one part in four billion.
pub(crate) fn below(random: &mut Xoshiro256PlusPlus, end: usize) -> usize {
    (((random.next_u64() >> 32) * end as u64) >> 32) as usize
}

/// What a draw is made of: (X'X)⁻¹, and for each cluster its score and its cross products.
struct Ingredients {
    inverse: SquareMatrix,
    map: SquareMatrix,
    scores: Vec<f64>,
    /// X_g'X_g, cluster after cluster.
    crosses: Vec<SquareMatrix>,
}

impl Ingredients {
    fn new(fit: &OlsFit, by: &Factor) -> Self {
        let basis = &fit.basis;
        let (d, c) = (basis.dummies.columns, basis.columns.len());
        let mut inverse = SquareMatrix::zeros(d + c);
        for i in 0..d {
            for j in 0..d {
                *inverse.at_mut(i, j) = basis.dummies.inverse.at(i, j);
            }
        }
        for i in 0..c {
            for j in 0..c {
                *inverse.at_mut(d + i, d + j) = basis.inverse.at(i, j);
            }
        }
        Self { inverse, map: term_map(fit), scores: scores(fit, by), crosses: crosses(fit, by) }
    }

    fn times(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.inverse.order).map(|i| dot(self.inverse.row(i), vector)).collect()
    }

    /// In how many draws |t*| is at least |t|; `None` if t is undefined.
    fn count_extreme(&self, fit: &OlsFit, term: usize, weights: &[f64]) -> Option<usize> {
        let k = self.inverse.order;
        let clusters = self.crosses.len();
        let map = self.map.row(fit.basis.place[term]);
        let direction = self.times(map);
        let own = dot(map, &direction);
        let step = fit.estimates[term] / own;
        // w_g = X_g'X_g a, the restricted scores s_g + w_g b/(m'Bm), and what they do to the coefficients.
        let mut pull = vec![0.0; clusters * k];
        let mut effect = vec![0.0; clusters * k];
        let mut share = vec![0.0; clusters];
        let mut spread = 0.0;
        for g in 0..clusters {
            let score = &self.scores[g * k..(g + 1) * k];
            let plain = dot(&direction, score);
            spread += plain * plain;
            let mut restricted = vec![0.0; k];
            for i in 0..k {
                let w = dot(self.crosses[g].row(i), &direction);
                pull[g * k + i] = w;
                restricted[i] = score[i] + step * w;
            }
            share[g] = dot(&direction, &restricted);
            effect[g * k..(g + 1) * k].copy_from_slice(&self.times(&restricted));
        }
        if spread <= 0.0 {
            return None;
        }
        // The small-sample factor is the same in t and t*, and cancels.
        let observed = fit.estimates[term] * fit.estimates[term] / spread;
        let mut extreme = 0;
        let mut moved = vec![0.0; k];
        for draw in weights.chunks_exact(clusters) {
            moved.fill(0.0);
            let mut estimate = 0.0;
            for (g, v) in draw.iter().enumerate() {
                estimate += v * share[g];
                for (to, e) in moved.iter_mut().zip(&effect[g * k..(g + 1) * k]) {
                    *to += v * e;
                }
            }
            let mut variance = 0.0;
            for (g, v) in draw.iter().enumerate() {
                let score = v * share[g] - dot(&pull[g * k..(g + 1) * k], &moved);
                variance += score * score;
            }
            // A draw without variance has an infinite t, or none at all.
            if estimate * estimate >= observed * variance * TIE * TIE {
                extreme += 1;
            }
        }
        Some(extreme)
    }
}

/// X_g'X_g of every cluster, in the basis of dummies and columns.
fn crosses(fit: &OlsFit, by: &Factor) -> Vec<SquareMatrix> {
    let basis = &fit.basis;
    let (d, c) = (basis.dummies.columns, basis.columns.len());
    let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); by.levels.len()];
    for (row, &cluster) in by.codes.iter().enumerate() {
        rows_of[cluster as usize].push(row as u32);
    }
    rows_of
        .par_iter()
        .map(|rows| {
            let mut cross = SquareMatrix::zeros(d + c);
            let own: Vec<Vec<f64>> = basis
                .columns
                .iter()
                .map(|column| rows.iter().map(|&r| column[r as usize]).collect())
                .collect();
            for a in 0..c {
                for b in a..c {
                    let value = dot(&own[a], &own[b]);
                    *cross.at_mut(d + a, d + b) = value;
                    *cross.at_mut(d + b, d + a) = value;
                }
            }
            for (at, &row) in rows.iter().enumerate() {
                let active = &basis.dummies.active[basis.dummies.cells[row as usize] as usize];
                for &i in active {
                    for &j in active {
                        *cross.at_mut(i, j) += 1.0;
                    }
                    for (a, column) in own.iter().enumerate() {
                        *cross.at_mut(i, d + a) += column[at];
                    }
                }
            }
            for i in 0..d {
                for a in 0..c {
                    *cross.at_mut(d + a, i) = cross.at(i, d + a);
                }
            }
            cross
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::{Column, Design, fit};

    #[test]
    fn the_mean_of_three_clusters_by_hand() {
        // y = 1, 2, 3, one row a cluster, a constant only; held at zero its residuals are y itself. t² is (Σ v y)²/Σ(v y - mean)²: 36/2 with
        // all weights alike; with one sign turned at most (4²)/(26/3) = 1.8. So two of the eight sign vectors are as extreme.
        let design = Design {
            outcome: Column { name: "y".to_owned(), values: vec![1.0, 2.0, 3.0] },
            regressors: Vec::new(),
            factors: Vec::new(),
            absorbed: Vec::new(),
            intercept: true,
        };
        let by = Factor::from_labels("cluster", &["a", "b", "c"], None);
        let fitted = fit(&design).unwrap();
        let signs = |draws| WildBootstrap { draws, weights: WildWeights::Rademacher, seed: 3 };
        let outcome = wild_bootstrap(&fitted, &by, signs(8)).unwrap();
        assert_eq!(outcome, WildOutcome { p: vec![Some(0.25)], draws: 8, enumerated: true });

        // Fewer draws than sign vectors: they are drawn, and the data count as one more.
        let weights = draw_weights(3, signs(7));
        let extreme = weights.chunks(3).filter(|v| v[0] == v[1] && v[1] == v[2]).count();
        let outcome = wild_bootstrap(&fitted, &by, signs(7)).unwrap();
        assert_eq!(outcome.p, [Some((1 + extreme) as f64 / 8.0)]);
        assert!(!outcome.enumerated && outcome.draws == 7);
    }

    #[test]
    fn weights_of_webb_have_mean_0_and_variance_1() {
        let weights = draw_weights(2, WildBootstrap { draws: 6000, ..WildBootstrap::default() });
        let n = weights.len() as f64;
        let mean = weights.iter().sum::<f64>() / n;
        let variance = weights.iter().map(|w| w * w).sum::<f64>() / n;
        // Standard errors: 1/√12000 = 0.009, and of the squares, which are 1/2, 1 and 3/2, 0.41/√12000 = 0.004.
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.012, "{mean} {variance}");
        let mut squares: Vec<i32> = weights.iter().map(|w| (2.0 * w * w).round() as i32).collect();
        squares.sort_unstable();
        squares.dedup();
        assert_eq!(squares, [1, 2, 3]);
    }
}
