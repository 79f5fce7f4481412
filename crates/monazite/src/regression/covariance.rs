//! Standard errors: classical, robust, and clustered one way and two ways.

use libm::sqrt;
use multiversion::multiversion;

use super::distribution::{two_sided_p, two_sided_quantile};
use super::dummies::Factor;
use super::error::RegressionError;
use super::ols::OlsFit;
use super::triangular::{BLOCK, SquareMatrix, dot, symmetric_eigen};

/// How the errors of the rows may be related.
#[derive(Debug, Clone, Copy)]
pub enum Errors<'a> {
    /// Independent, all with the same variance.
    Classical,
    /// Independent, each with a variance of its own; n/(n-k) correction.
    Hc1,
    /// As HC1, with each residual divided by one minus its leverage: better in small samples.
    Hc3,
    /// Related within the levels of a factor.
    Clustered(&'a Factor),
    /// Related within the levels of either of two factors.
    TwoWay(&'a Factor, &'a Factor),
}

/// Which number of clusters enters the small-sample factor of each part of a two-way covariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClusterCorrection {
    /// Each part has its own G/(G-1) (default; Cameron, Gelbach and Miller 2011).
    #[default]
    Each,
    /// All parts have that of the smaller number of clusters, as fixest and reghdfe do.
    Smallest,
}

/// Variances and covariances of the coefficients of a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// Covariances, in the order of the terms of the fit.
    pub matrix: SquareMatrix,
    /// Degrees of freedom of the t distribution: rows minus coefficients, or the smaller number of clusters minus one.
    pub degrees: f64,
    /// Number of clusters, by factor.
    pub clusters: Vec<ClusterCount>,
    /// Whether the matrix had negative eigenvalues that were set to zero (two-way only).
    pub clipped: bool,
}

/// How many clusters a factor has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterCount {
    /// The factor.
    pub name: String,
    /// Its clusters among the rows.
    pub count: usize,
}

/// One coefficient with what is known about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inference {
    /// The coefficient.
    pub estimate: f64,
    /// Its standard error; `None` if it is zero or was clipped to zero.
    pub standard_error: Option<f64>,
    /// Estimate over standard error.
    pub t: Option<f64>,
    /// Two-sided p-value of the hypothesis that the coefficient is zero.
    pub p: Option<f64>,
    /// Ends of the confidence interval.
    pub interval: Option<[f64; 2]>,
}

impl Covariance {
    /// Standard errors, t, p and confidence intervals at `level` (0.95) for all coefficients of a fit.
    pub fn inference(&self, fit: &OlsFit, level: f64) -> Vec<Inference> {
        let reach = two_sided_quantile(1.0 - level, self.degrees);
        fit.estimates
            .iter()
            .enumerate()
            .map(|(j, &estimate)| {
                let variance = self.matrix.at(j, j);
                let standard_error = (variance > 0.0).then(|| sqrt(variance));
                let t = standard_error.map(|se| estimate / se);
                Inference {
                    estimate,
                    standard_error,
                    t,
                    p: t.map(|t| two_sided_p(t, self.degrees)),
                    interval: standard_error.map(|se| [estimate - reach * se, estimate + reach * se]),
                }
            })
            .collect()
    }
}

/// The covariance of the coefficients of a fit.
///
/// What it answers: how far could each coefficient be off? With e the residuals, X the design and B = (X'X)⁻¹:
///
/// - classical: s² B with s² = e'e/(n-k);
/// - HC1: n/(n-k) · B (Σ e_i² x_i x_i') B; HC3: B (Σ (e_i/(1-h_i))² x_i x_i') B with the leverage h_i = x_i'B x_i;
/// - clustered: G/(G-1) · (n-1)/(n-k) · B (Σ_g s_g s_g') B with the scores s_g = Σ_{i in g} e_i x_i;
/// - two-way: V(first) + V(second) - V(both), each with its own factor; if the sum has negative eigenvalues they
///   are set to zero, and [`Covariance::clipped`] says so.
///
/// k counts all coefficients. Of absorbed fixed effects those that are nested in the clusters are not counted in a
/// clustered factor, which is the convention of reghdfe and fixest.
///
/// # Errors
/// [`RegressionError::TooFewClusters`]; [`RegressionError::NotWithAbsorbed`] for HC3 with several absorbed factors.
///
/// Reference: MacKinnon and White (1985); Cameron, Gelbach and Miller (2011); Cameron and Miller (2015).
pub fn covariance(
    fit: &OlsFit,
    errors: Errors<'_>,
    correction: ClusterCorrection,
) -> Result<Covariance, RegressionError> {
    let n = fit.rows as f64;
    let spare = fit.residual_degrees() as f64;
    let mut clusters = Vec::new();
    let mut clipped = false;
    let mut degrees = spare;
    let matrix = match errors {
        Errors::Classical => {
            let mut bread = bread(fit);
            let variance = fit.residual_sum / spare;
            bread.values.iter_mut().for_each(|v| *v *= variance);
            bread
        }
        Errors::Hc1 => sandwich(fit, &weighted_meat(fit, None), n / spare),
        Errors::Hc3 => {
            let leverage = leverages(fit)?;
            sandwich(fit, &weighted_meat(fit, Some(&leverage)), 1.0)
        }
        Errors::Clustered(by) => {
            let count = counted(by, &mut clusters)?;
            degrees = (count - 1) as f64;
            sandwich(fit, &clustered_meat(fit, by), small_sample(fit, count, &[by]))
        }
        Errors::TwoWay(a, b) => {
            let (count_a, count_b) = (counted(a, &mut clusters)?, counted(b, &mut clusters)?);
            let smallest = count_a.min(count_b);
            degrees = (smallest - 1) as f64;
            let part = |count: usize| match correction {
                ClusterCorrection::Each => small_sample(fit, count, &[a, b]),
                ClusterCorrection::Smallest => small_sample(fit, smallest, &[a, b]),
            };
            let mut meat = clustered_meat(fit, a);
            meat.values.iter_mut().for_each(|v| *v *= part(count_a));
            add_scaled(&mut meat, &clustered_meat(fit, b), part(count_b));
            let (both, count) = intersection_meat(fit, a, b);
            add_scaled(&mut meat, &both, -part(count));
            let mut matrix = sandwich(fit, &meat, 1.0);
            clipped = clip_negative(&mut matrix);
            matrix
        }
    };
    Ok(Covariance { matrix, degrees, clusters, clipped })
}

/// G/(G-1) · (n-1)/(n-k).
fn small_sample(fit: &OlsFit, clusters: usize, by: &[&Factor]) -> f64 {
    let (g, n) = (clusters as f64, fit.rows as f64);
    let mut parameters = fit.parameters;
    if let Some(absorbed) = &fit.basis.absorbed {
        for (factor, degrees) in absorbed.factors.iter().zip(&absorbed.degrees_of) {
            if by.iter().any(|clusters| is_nested(factor, clusters)) {
                parameters -= degrees;
            }
        }
        // The constant stays.
        parameters = parameters.max(fit.terms.len() + 1);
    }
    g / (g - 1.0) * (n - 1.0) / (n - parameters as f64)
}

/// Whether all rows of a level lie in one cluster.
pub(super) fn is_nested(factor: &Factor, clusters: &Factor) -> bool {
    let mut home = vec![u32::MAX; factor.levels.len()];
    factor.codes.iter().zip(&clusters.codes).all(|(&level, &cluster)| {
        let home = &mut home[level as usize];
        if *home == u32::MAX {
            *home = cluster;
        }
        *home == cluster
    })
}

fn counted(by: &Factor, clusters: &mut Vec<ClusterCount>) -> Result<usize, RegressionError> {
    let count = by.levels.len();
    if count < 2 {
        return Err(RegressionError::TooFewClusters { by: by.name.clone(), count });
    }
    clusters.push(ClusterCount { name: by.name.clone(), count });
    Ok(count)
}

fn add_scaled(to: &mut SquareMatrix, other: &SquareMatrix, factor: f64) {
    for (to, value) in to.values.iter_mut().zip(&other.values) {
        *to += factor * value;
    }
}

/// Sets negative eigenvalues to zero; says whether there were any beyond rounding.
fn clip_negative(matrix: &mut SquareMatrix) -> bool {
    let k = matrix.order;
    if is_positive(matrix) {
        return false;
    }
    let (values, vectors) = symmetric_eigen(matrix);
    let largest = values.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    let negative = (0..k).any(|j| matrix.at(j, j) < 0.0) || values.iter().any(|v| *v < -1e-13 * largest);
    if negative {
        for i in 0..k {
            for j in 0..k {
                *matrix.at_mut(i, j) =
                    (0..k).fold(0.0, |sum, l| sum + values[l].max(0.0) * vectors.at(i, l) * vectors.at(j, l));
            }
        }
    }
    negative
}

/// Whether a symmetric matrix is positive definite by a clear margin: its Cholesky factorisation goes through.
fn is_positive(matrix: &SquareMatrix) -> bool {
    let k = matrix.order;
    let mut lower = SquareMatrix::zeros(k);
    for i in 0..k {
        for j in 0..=i {
            let sum = matrix.at(i, j) - dot(&lower.row(i)[..j], &lower.row(j)[..j]);
            if i == j {
                if sum <= 1e-10 * matrix.at(i, i) {
                    return false;
                }
                *lower.at_mut(i, i) = sqrt(sum);
            } else {
                *lower.at_mut(i, j) = sum / lower.at(j, j);
            }
        }
    }
    true
}

/// (X'X)⁻¹ in the order of the terms.
fn bread(fit: &OlsFit) -> SquareMatrix {
    let basis = &fit.basis;
    let (d, c) = (basis.dummies.columns, basis.columns.len());
    let mut inner = SquareMatrix::zeros(d + c);
    for i in 0..d {
        for j in 0..d {
            *inner.at_mut(i, j) = basis.dummies.inverse.at(i, j);
        }
    }
    for i in 0..c {
        for j in 0..c {
            *inner.at_mut(d + i, d + j) = basis.inverse.at(i, j);
        }
    }
    to_terms(fit, &inner)
}

/// factor · B M B, from a meat in the basis of dummies and columns.
fn sandwich(fit: &OlsFit, meat: &SquareMatrix, factor: f64) -> SquareMatrix {
    let basis = &fit.basis;
    let (d, c) = (basis.dummies.columns, basis.columns.len());
    // B is block diagonal there.
    let mut half = SquareMatrix::zeros(d + c);
    let left = |m: &SquareMatrix, out: &mut SquareMatrix| {
        for i in 0..d + c {
            for j in 0..d + c {
                *out.at_mut(i, j) = if i < d {
                    (0..d).fold(0.0, |sum, l| sum + basis.dummies.inverse.at(i, l) * m.at(l, j))
                } else {
                    (0..c).fold(0.0, |sum, l| sum + basis.inverse.at(i - d, l) * m.at(d + l, j))
                };
            }
        }
    };
    left(meat, &mut half);
    let turned = half.transposed();
    let mut inner = SquareMatrix::zeros(d + c);
    left(&turned, &mut inner);
    inner.values.iter_mut().for_each(|v| *v *= factor);
    to_terms(fit, &inner)
}

/// From the covariance of the coefficients in the basis to that of the terms: the dummies' coefficients are
/// those in the basis minus shift times slopes.
fn to_terms(fit: &OlsFit, inner: &SquareMatrix) -> SquareMatrix {
    let k = inner.order;
    let map = term_map(fit);
    let moved = map.times(inner).times(&map.transposed());
    let place = &fit.basis.place;
    let mut matrix = SquareMatrix::zeros(k);
    for i in 0..k {
        for j in 0..k {
            // Symmetric to the last digit.
            *matrix.at_mut(i, j) = 0.5 * (moved.at(place[i], place[j]) + moved.at(place[j], place[i]));
        }
    }
    matrix
}

/// The map from coefficients in the basis (dummies, then columns) to coefficients of dummies and columns.
pub(super) fn term_map(fit: &OlsFit) -> SquareMatrix {
    let basis = &fit.basis;
    let d = basis.dummies.columns;
    let mut map = SquareMatrix::zeros(d + basis.columns.len());
    for i in 0..map.order {
        *map.at_mut(i, i) = 1.0;
    }
    for (j, shift) in basis.shift.iter().enumerate() {
        for (i, s) in shift.iter().enumerate() {
            *map.at_mut(i, d + j) = -s;
        }
    }
    map
}

/// Σ e_i² u_i u_i' over rows u of dummies and columns; each e divided by one minus its leverage, if there is one.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn weighted_meat(fit: &OlsFit, leverage: Option<&[f64]>) -> SquareMatrix {
    let basis = &fit.basis;
    let dummies = &basis.dummies;
    let (d, c) = (dummies.columns, basis.columns.len());
    let mut meat = SquareMatrix::zeros(d + c);
    // Blocks of rows stay in the first cache while all pairs of columns are formed.
    let (mut weights, mut weighted) = ([0.0; BLOCK], [0.0; BLOCK]);
    let mut by_cell = vec![0.0; dummies.active.len()];
    let mut mixed = vec![0.0; dummies.active.len() * c];
    let mut from = 0;
    while from < fit.rows {
        let to = (from + BLOCK).min(fit.rows);
        let cells = &dummies.cells[from..to];
        for (w, e) in weights.iter_mut().zip(&fit.residuals[from..to]) {
            *w = e * e;
        }
        if let Some(leverage) = leverage {
            for (w, h) in weights.iter_mut().zip(&leverage[from..to]) {
                *w = if *h < 1.0 { *w / ((1.0 - h) * (1.0 - h)) } else { 0.0 };
            }
        }
        for (&cell, w) in cells.iter().zip(&weights) {
            by_cell[cell as usize] += w;
        }
        for a in 0..c {
            let own = &basis.columns[a][from..to];
            for ((to, w), v) in weighted.iter_mut().zip(&weights).zip(own) {
                *to = w * v;
            }
            let weighted = &weighted[..to - from];
            for b in a..c {
                meat.values[(d + a) * (d + c) + d + b] += dot(weighted, &basis.columns[b][from..to]);
            }
            if d > 0 {
                for (&cell, v) in cells.iter().zip(weighted) {
                    mixed[cell as usize * c + a] += v;
                }
            }
        }
        from = to;
    }
    for (list, w) in dummies.active.iter().zip(&by_cell) {
        for &i in list {
            for &j in list {
                *meat.at_mut(i, j) += w;
            }
        }
    }
    for (list, sums) in dummies.active.iter().zip(mixed.chunks_exact(c.max(1))) {
        for &i in list {
            for (a, sum) in sums.iter().enumerate() {
                *meat.at_mut(i, d + a) += sum;
            }
        }
    }
    for i in 0..d + c {
        for j in 0..i {
            *meat.at_mut(i, j) = meat.at(j, i);
        }
    }
    meat
}

/// Scores s_g = Σ e_i u_i, cluster after cluster.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub(super) fn scores(fit: &OlsFit, by: &Factor) -> Vec<f64> {
    let basis = &fit.basis;
    let dummies = &basis.dummies;
    let (d, cells) = (dummies.columns, dummies.active.len());
    let k = d + basis.columns.len();
    let mut scores = vec![0.0; by.levels.len() * k];
    if d > 0 {
        let mut by_cell = vec![0.0; by.levels.len() * cells];
        for ((&cluster, &cell), e) in by.codes.iter().zip(&dummies.cells).zip(&fit.residuals) {
            by_cell[cluster as usize * cells + cell as usize] += e;
        }
        for (score, by_cell) in scores.chunks_exact_mut(k).zip(by_cell.chunks_exact(cells)) {
            for (list, sum) in dummies.active.iter().zip(by_cell) {
                for &column in list {
                    score[column] += sum;
                }
            }
        }
    }
    if by.codes.is_sorted() {
        // The rows of a cluster follow one another.
        let mut from = 0;
        for run in by.codes.chunk_by(|a, b| a == b) {
            let to = from + run.len();
            let score = &mut scores[run[0] as usize * k + d..(run[0] as usize + 1) * k];
            for (score, column) in score.iter_mut().zip(&basis.columns) {
                *score = dot(&fit.residuals[from..to], &column[from..to]);
            }
            from = to;
        }
        return scores;
    }
    // Four columns share one walk through clusters and residuals.
    for (group, columns) in basis.columns.chunks(4).enumerate() {
        let mut sums = vec![[0.0; 4]; by.levels.len()];
        if let [a, b, c, d] = columns {
            let values = a.iter().zip(b).zip(c).zip(d);
            for ((&cluster, e), (((a, b), c), d)) in by.codes.iter().zip(&fit.residuals).zip(values) {
                let to = &mut sums[cluster as usize];
                to[0] += e * a;
                to[1] += e * b;
                to[2] += e * c;
                to[3] += e * d;
            }
        } else {
            for (at, column) in columns.iter().enumerate() {
                for ((&cluster, e), v) in by.codes.iter().zip(&fit.residuals).zip(column) {
                    sums[cluster as usize][at] += e * v;
                }
            }
        }
        for (score, sums) in scores.chunks_exact_mut(k).zip(&sums) {
            let from = d + 4 * group;
            score[from..from + columns.len()].copy_from_slice(&sums[..columns.len()]);
        }
    }
    scores
}

fn clustered_meat(fit: &OlsFit, by: &Factor) -> SquareMatrix {
    let k = fit.basis.dummies.columns + fit.basis.columns.len();
    let scores = scores(fit, by);
    let mut meat = SquareMatrix::zeros(k);
    for score in scores.chunks_exact(k.max(1)) {
        for i in 0..k {
            let s = score[i];
            for (to, other) in meat.values[i * k + i..(i + 1) * k].iter_mut().zip(&score[i..]) {
                *to += s * other;
            }
        }
    }
    for i in 0..k {
        for j in 0..i {
            *meat.at_mut(i, j) = meat.at(j, i);
        }
    }
    meat
}

/// The meat of the clusters that two factors form together, and how many there are.
fn intersection_meat(fit: &OlsFit, a: &Factor, b: &Factor) -> (SquareMatrix, usize) {
    let width = b.levels.len();
    let at = |x: u32, y: u32| x as usize * width + y as usize;
    let mut taken = vec![false; a.levels.len() * width];
    let alone = a.codes.iter().zip(&b.codes).all(|(&x, &y)| !std::mem::replace(&mut taken[at(x, y)], true));
    if alone {
        return (weighted_meat(fit, None), fit.rows);
    }
    let mut place = vec![u32::MAX; taken.len()];
    let mut count = 0u32;
    let mut codes = Vec::with_capacity(fit.rows);
    for (&x, &y) in a.codes.iter().zip(&b.codes) {
        let place = &mut place[at(x, y)];
        if *place == u32::MAX {
            *place = count;
            count += 1;
        }
        codes.push(*place);
    }
    let both = Factor {
        name: String::new(),
        levels: vec![String::new(); count as usize],
        codes,
        reference: 0,
        stands_in: false,
    };
    (clustered_meat(fit, &both), count as usize)
}

/// h_i = x_i' (X'X)⁻¹ x_i, absorbed fixed effects included.
pub(super) fn leverages(fit: &OlsFit) -> Result<Vec<f64>, RegressionError> {
    let basis = &fit.basis;
    let dummies = &basis.dummies;
    let by_cell: Vec<f64> = dummies
        .active
        .iter()
        .map(|list| {
            list.iter()
                .flat_map(|&i| list.iter().map(move |&j| (i, j)))
                .fold(0.0, |sum, (i, j)| sum + dummies.inverse.at(i, j))
        })
        .collect();
    let mut leverage: Vec<f64> = dummies.cells.iter().map(|&c| by_cell[c as usize]).collect();
    if let Some(absorbed) = &basis.absorbed {
        let [factor] = absorbed.factors.as_slice() else {
            return Err(RegressionError::NotWithAbsorbed {
                what: "HC3",
                factors: absorbed.factors.iter().map(|f| f.name.clone()).collect(),
            });
        };
        let mut counts = vec![0.0; factor.levels.len()];
        factor.codes.iter().for_each(|&c| counts[c as usize] += 1.0);
        for (h, &code) in leverage.iter_mut().zip(&factor.codes) {
            *h += 1.0 / counts[code as usize];
        }
    }
    let c = basis.columns.len();
    let mut row = vec![0.0; c];
    for (i, h) in leverage.iter_mut().enumerate() {
        for (to, column) in row.iter_mut().zip(&basis.columns) {
            *to = column[i];
        }
        for a in 0..c {
            *h += row[a] * dot(basis.inverse.row(a), &row);
        }
    }
    Ok(leverage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::{Column, Design, fit};

    /// y = 0.9 + 2.15 x with the residuals 0.1, -0.05, -0.2, 0.15 around x = 0 to 3.
    fn four_rows() -> OlsFit {
        let column = |name: &str, values: [f64; 4]| Column { name: name.into(), values: values.to_vec() };
        let design = Design {
            outcome: column("y", [1.0, 3.0, 5.0, 7.5]),
            regressors: vec![column("x", [0.0, 1.0, 2.0, 3.0])],
            factors: vec![],
            absorbed: vec![],
            intercept: true,
        };
        fit(&design).unwrap()
    }

    fn variance_of_the_slope(errors: Errors<'_>) -> f64 {
        covariance(&four_rows(), errors, ClusterCorrection::Each).unwrap().matrix.at(1, 1)
    }

    #[test]
    fn variances_of_a_slope_are_those_worked_out_by_hand() {
        let residuals = [0.1f64, -0.05, -0.2, 0.15];
        let from_mean = [-1.5f64, -0.5, 0.5, 1.5];
        let around = 5.0; // sum of squares of x around its mean
        let squares: f64 = residuals.iter().map(|e| e * e).sum();
        assert!((variance_of_the_slope(Errors::Classical) - squares / 2.0 / around).abs() < 1e-14);

        let score = |weight: &dyn Fn(usize) -> f64| {
            (0..4).map(|i| (from_mean[i] * residuals[i] * weight(i)).powi(2)).sum::<f64>() / (around * around)
        };
        assert!((variance_of_the_slope(Errors::Hc1) - 4.0 / 2.0 * score(&|_| 1.0)).abs() < 1e-14);
        let leverage = |i: usize| 0.25 + from_mean[i] * from_mean[i] / around;
        let hc3 = score(&|i| 1.0 / (1.0 - leverage(i)));
        assert!((variance_of_the_slope(Errors::Hc3) - hc3).abs() < 1e-14);
    }
}
