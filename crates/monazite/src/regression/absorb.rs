//! Fixed effects that are taken out without being estimated one by one.

use libm::sqrt;

use super::dummies::Factor;
use super::error::RegressionError;
use super::triangular::dot;

/// What was absorbed.
#[derive(Debug, Clone)]
pub(super) struct Absorbed {
    /// The factors.
    pub factors: Vec<Factor>,
    /// Coefficients that they stand for: levels, less those that the factors share.
    pub degrees: usize,
    /// The same for each factor alone, as it was counted.
    pub degrees_of: Vec<usize>,
}

/// Rounds of alternating projections before giving up.
const ROUNDS: usize = 10_000;
/// The fixed effects have settled when a whole round changes a column by less than this share of its length.
const SETTLED: f64 = 1e-13;

/// Takes the means of all levels out of the columns and the outcome, by alternating projections (Guimaraes and Portugal 2010; Gaure 2013).
/// One factor is exact at once.
pub(super) fn absorb(
    factors: &[Factor],
    columns: &mut [Vec<f64>],
    outcome: &mut [f64],
) -> Result<Absorbed, RegressionError> {
    let counts: Vec<Vec<f64>> = factors
        .iter()
        .map(|f| {
            let mut counts = vec![0.0; f.levels.len()];
            for &code in &f.codes {
                counts[code as usize] += 1.0;
            }
            counts
        })
        .collect();
    for column in columns.iter_mut().map(Vec::as_mut_slice).chain(std::iter::once(outcome)) {
        let length = sqrt(dot(column, column));
        let mut settled = false;
        for round in 0..ROUNDS {
            let mut moved: f64 = 0.0;
            for (factor, counts) in factors.iter().zip(&counts) {
                moved += demean(column, factor, counts);
            }
            // One factor needs a second round for the rounding of a large mean, and no more.
            if sqrt(moved) <= SETTLED * length || (factors.len() == 1 && round == 1) {
                settled = true;
                break;
            }
        }
        if !settled {
            return Err(RegressionError::NotAbsorbed {
                factors: factors.iter().map(|f| f.name.clone()).collect(),
                rounds: ROUNDS,
            });
        }
    }
    let mut degrees_of = Vec::new();
    for (at, factor) in factors.iter().enumerate() {
        degrees_of.push(match at {
            0 => factor.levels.len(),
            1 => factor.levels.len() - components(&factors[0], factor),
            // Exact for factors that cross; otherwise an upper bound, on the safe side.
            _ => factor.levels.len() - 1,
        });
    }
    Ok(Absorbed { factors: factors.to_vec(), degrees: degrees_of.iter().sum(), degrees_of })
}

/// Takes the means of one factor out; returns by how much the column moved, squared.
fn demean(column: &mut [f64], factor: &Factor, counts: &[f64]) -> f64 {
    let mut means = vec![0.0; counts.len()];
    for (value, &code) in column.iter().zip(&factor.codes) {
        means[code as usize] += value;
    }
    let mut moved = 0.0;
    for (mean, count) in means.iter_mut().zip(counts) {
        if *count > 0.0 {
            *mean /= count;
            moved += count * *mean * *mean;
        }
    }
    for (value, &code) in column.iter_mut().zip(&factor.codes) {
        *value -= means[code as usize];
    }
    moved
}

/// Number of separate parts of the network whose links are the rows and whose ends are the levels of two factors.
fn components(a: &Factor, b: &Factor) -> usize {
    let offset = a.levels.len();
    let mut parent: Vec<usize> = (0..offset + b.levels.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for (&x, &y) in a.codes.iter().zip(&b.codes) {
        let (x, y) = (root(&mut parent, x as usize), root(&mut parent, offset + y as usize));
        parent[x.max(y)] = x.min(y);
    }
    (0..parent.len()).filter(|&at| parent[at] == at).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_way_means_are_taken_out_of_an_unbalanced_panel() {
        let a = Factor::from_labels("a", &["x", "x", "y", "y", "z", "z", "z", "x"], None);
        let b = Factor::from_labels("b", &["0", "1", "0", "2", "1", "2", "0", "2"], None);
        let mut columns = vec![vec![1.0, 4.0, -2.0, 8.0, 5.0, 7.0, 3.0, 1e5]];
        let mut outcome = vec![0.0; 8];
        let found = absorb(&[a.clone(), b.clone()], &mut columns, &mut outcome).unwrap();
        assert_eq!(found.degrees, 3 + 2);
        for factor in [&a, &b] {
            for level in 0..3 {
                let sum: f64 = columns[0]
                    .iter()
                    .zip(&factor.codes)
                    .filter(|(_, c)| **c as usize == level)
                    .map(|(v, _)| v)
                    .sum();
                assert!(sum.abs() < 1e-7, "{} {level} {sum}", factor.name);
            }
        }
    }

    #[test]
    fn separate_parts_are_counted() {
        let a = Factor::from_labels("a", &["1", "1", "2", "3"], None);
        let b = Factor::from_labels("b", &["p", "q", "r", "r"], None);
        assert_eq!(components(&a, &b), 2);
    }
}
