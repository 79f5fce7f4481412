//! Factors as dummy variables: constant, levels, and what is left of a column when both are taken out of it.

use std::collections::BTreeMap;

use super::error::RegressionError;
use super::triangular::SquareMatrix;
use super::workspace::Workspace;

/// A grouping of the rows: cluster, tier, country, product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its name.
    pub name: String,
    /// Its levels, in the order in which they are reported.
    pub levels: Vec<String>,
    /// Position of the level of each row.
    pub codes: Vec<u32>,
    /// Position of the level that the others are compared with.
    pub reference: usize,
    /// Whether this level stands in for the one that was asked for, which no row has. The names of the coefficients say so.
    pub stands_in: bool,
}

impl Factor {
    /// A factor from the labels of the rows. Levels are ordered as numbers if all are numbers, else as text; the reference is
    /// the level named, or the first stands in for it if there is no such level among the rows.
    pub fn from_labels<S: AsRef<str>>(name: &str, labels: &[S], reference: Option<&str>) -> Self {
        let mut places: BTreeMap<&str, u32> = labels.iter().map(|l| (l.as_ref(), 0)).collect();
        let mut levels: Vec<&str> = places.keys().copied().collect();
        let numbers: Option<Vec<i64>> = levels.iter().map(|l| l.parse().ok()).collect();
        if numbers.is_some() {
            levels.sort_by_key(|l| l.parse::<i64>().unwrap_or(0));
        }
        for (at, level) in levels.iter().enumerate() {
            places.insert(level, at as u32);
        }
        let found = reference.map(|r| levels.iter().position(|l| *l == r));
        Self {
            name: name.to_owned(),
            codes: labels.iter().map(|l| places[l.as_ref()]).collect(),
            reference: found.flatten().unwrap_or(0),
            stands_in: found == Some(None),
            levels: levels.into_iter().map(str::to_owned).collect(),
        }
    }

    /// A factor from levels and codes, without the levels that no row has.
    pub fn from_codes(name: &str, levels: &[String], mut codes: Vec<u32>, reference: Option<&str>) -> Self {
        let mut used = vec![false; levels.len()];
        for &code in &codes {
            used[code as usize] = true;
        }
        let mut place = vec![0; levels.len()];
        let mut kept = Vec::new();
        for (at, level) in levels.iter().enumerate().filter(|(at, _)| used[*at]) {
            place[at] = kept.len() as u32;
            kept.push(level.clone());
        }
        if kept.len() < levels.len() {
            codes.iter_mut().for_each(|c| *c = place[*c as usize]);
        }
        let found = reference.map(|r| kept.iter().position(|l| l == r));
        Self {
            name: name.to_owned(),
            codes,
            reference: found.flatten().unwrap_or(0),
            stands_in: found == Some(None),
            levels: kept,
        }
    }

    /// The level that stands in for the reference, with the name of the factor; `None` where the reference is the one asked for.
    pub fn stand_in(&self) -> Option<String> {
        self.stands_in.then(|| format!("{} {}", self.name, self.levels[self.reference]))
    }

    /// The name of the coefficient of a level: `cluster 2`, or `cluster 2 (against 0)` where 0 stands in for the reference, so that
    /// coefficients with different references never have the same name.
    pub fn term(&self, level: usize) -> String {
        let (name, level) = (&self.name, &self.levels[level]);
        if self.stands_in {
            format!("{name} {level} (against {})", self.levels[self.reference])
        } else {
            format!("{name} {level}")
        }
    }
}

/// The constant and the dummies of all factors, as the cells of their cross-classification.
#[derive(Debug, Clone)]
pub(super) struct Dummies {
    /// Number of columns: constant and levels without the references.
    pub columns: usize,
    /// Cell of each row.
    pub cells: Vec<u32>,
    /// The columns that are one in a cell.
    pub active: Vec<Vec<usize>>,
    /// (D'D)⁻¹.
    pub inverse: SquareMatrix,
}

impl Dummies {
    /// Cross-classifies the rows. `names` are those of the columns, for the error.
    pub fn new(
        rows: usize,
        intercept: bool,
        factors: &[Factor],
        names: &[String],
        work: &mut Workspace,
    ) -> Result<Self, RegressionError> {
        let mut cells = work.codes();
        cells.resize(rows, 0);
        let mut combinations: Vec<Vec<u32>> = vec![Vec::new()];
        for factor in factors {
            let levels = factor.levels.len();
            let mut place = vec![u32::MAX; combinations.len() * levels];
            let mut next: Vec<Vec<u32>> = Vec::new();
            for (cell, &code) in cells.iter_mut().zip(&factor.codes) {
                let at = &mut place[*cell as usize * levels + code as usize];
                if *at == u32::MAX {
                    *at = next.len() as u32;
                    let mut combination = combinations[*cell as usize].clone();
                    combination.push(code);
                    next.push(combination);
                }
                *cell = *at;
            }
            combinations = next;
        }
        let mut offset = usize::from(intercept);
        let mut offsets = Vec::new();
        for factor in factors {
            offsets.push(offset);
            offset += factor.levels.len() - 1;
        }
        let active: Vec<Vec<usize>> = combinations
            .iter()
            .map(|combination| {
                let mut list: Vec<usize> = if intercept { vec![0] } else { Vec::new() };
                for ((factor, &offset), &code) in factors.iter().zip(&offsets).zip(combination) {
                    let code = code as usize;
                    if code != factor.reference {
                        list.push(offset + code - usize::from(code > factor.reference));
                    }
                }
                list
            })
            .collect();
        let mut gram = SquareMatrix::zeros(offset);
        let mut counts = vec![0.0; active.len()];
        for &cell in &cells {
            counts[cell as usize] += 1.0;
        }
        for (list, count) in active.iter().zip(&counts) {
            for &i in list {
                for &j in list {
                    *gram.at_mut(i, j) += count;
                }
            }
        }
        let inverse = invert_counts(gram, names)?;
        Ok(Self { columns: offset, cells, active, inverse })
    }

    /// From sums by cell to sums by column.
    pub fn spread(&self, by_cell: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns];
        for (list, value) in self.active.iter().zip(by_cell) {
            for &column in list {
                sums[column] += value;
            }
        }
        sums
    }

    /// Takes the part that the dummies explain out of all columns, and returns its coefficients by column. Done twice where the first
    /// time leaves more than rounding, so that what is left is orthogonal to the dummies even if a column has a large mean.
    pub fn take_out(&self, columns: &mut [&mut [f64]]) -> Vec<Vec<f64>> {
        let mut coefficients = vec![vec![0.0; self.columns]; columns.len()];
        if self.columns == 0 {
            return coefficients;
        }
        for (columns, coefficients) in columns.chunks_mut(TOGETHER).zip(coefficients.chunks_mut(TOGETHER)) {
            let mut left = vec![[0.0; TOGETHER]; self.active.len()];
            self.add_sums(columns, &mut left);
            for round in 0..ROUNDS {
                let mut fitted = vec![[0.0; TOGETHER]; self.active.len()];
                let mut settled = true;
                for (at, total) in coefficients.iter_mut().enumerate() {
                    let by_cell: Vec<f64> = left.iter().map(|l| l[at]).collect();
                    let sums = self.spread(&by_cell);
                    let step: Vec<f64> = (0..self.columns)
                        .map(|i| self.inverse.row(i).iter().zip(&sums).fold(0.0, |sum, (a, b)| sum + a * b))
                        .collect();
                    let (mut moved, mut size) = (0.0f64, 0.0f64);
                    for (list, to) in self.active.iter().zip(&mut fitted) {
                        to[at] = list.iter().fold(0.0, |sum, &c| sum + step[c]);
                        moved = moved.max(to[at].abs());
                        size = size.max(list.iter().fold(0.0, |sum: f64, &c| sum + total[c]).abs());
                    }
                    settled &= round > 0 && moved <= SETTLED * size;
                    for (total, step) in total.iter_mut().zip(step) {
                        *total += step;
                    }
                }
                if settled {
                    break;
                }
                left.fill([0.0; TOGETHER]);
                self.subtract(columns, &fitted, &mut left);
            }
        }
        coefficients
    }

    /// Sums by cell of up to four columns.
    fn add_sums(&self, columns: &[&mut [f64]], sums: &mut [[f64; TOGETHER]]) {
        match columns {
            [a, b, c, d] => {
                for ((((&cell, a), b), c), d) in self.cells.iter().zip(&**a).zip(&**b).zip(&**c).zip(&**d) {
                    let to = &mut sums[cell as usize];
                    to[0] += a;
                    to[1] += b;
                    to[2] += c;
                    to[3] += d;
                }
            }
            rest => {
                for (at, column) in rest.iter().enumerate() {
                    for (&cell, value) in self.cells.iter().zip(&**column) {
                        sums[cell as usize][at] += value;
                    }
                }
            }
        }
    }

    /// Takes the fit of each cell out of up to four columns, and sums up what is left.
    fn subtract(&self, columns: &mut [&mut [f64]], fitted: &[[f64; TOGETHER]], left: &mut [[f64; TOGETHER]]) {
        match columns {
            [a, b, c, d] => {
                let values = a.iter_mut().zip(b.iter_mut()).zip(c.iter_mut()).zip(d.iter_mut());
                for (&cell, (((a, b), c), d)) in self.cells.iter().zip(values) {
                    let (fit, to) = (&fitted[cell as usize], &mut left[cell as usize]);
                    for (at, value) in [a, b, c, d].into_iter().enumerate() {
                        *value -= fit[at];
                        to[at] += *value;
                    }
                }
            }
            rest => {
                for (at, column) in rest.iter_mut().enumerate() {
                    for (&cell, value) in self.cells.iter().zip(column.iter_mut()) {
                        *value -= fitted[cell as usize][at];
                        left[cell as usize][at] += *value;
                    }
                }
            }
        }
    }
}

/// Columns that are walked through together.
const TOGETHER: usize = 4;
/// Rounds of taking out at most.
const ROUNDS: usize = 3;
/// A second round is not needed if it would move no row by more than this share of what the first has taken out.
const SETTLED: f64 = 1e-15;

/// The inverse of a matrix of counts, by Gauss-Jordan elimination in the order of the columns: a level that adds nothing to those before it
/// is found at its own place.
fn invert_counts(mut gram: SquareMatrix, names: &[String]) -> Result<SquareMatrix, RegressionError> {
    let n = gram.order;
    let mut inverse = SquareMatrix::zeros(n);
    let diagonal: Vec<f64> = (0..n).map(|i| gram.at(i, i)).collect();
    for i in 0..n {
        *inverse.at_mut(i, i) = 1.0;
    }
    for p in 0..n {
        let pivot = gram.at(p, p);
        if pivot <= 1e-9 * diagonal[p].max(1.0) {
            return Err(RegressionError::Collinear {
                term: names[p].clone(),
                others: names[..p].to_vec(),
                absorbed: Vec::new(),
            });
        }
        for j in 0..n {
            *gram.at_mut(p, j) /= pivot;
            *inverse.at_mut(p, j) /= pivot;
        }
        for i in (0..n).filter(|&i| i != p) {
            let factor = gram.at(i, p);
            if factor != 0.0 {
                for j in 0..n {
                    let (g, v) = (gram.at(p, j), inverse.at(p, j));
                    *gram.at_mut(i, j) -= factor * g;
                    *inverse.at_mut(i, j) -= factor * v;
                }
            }
        }
    }
    Ok(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_the_reference_is_found() {
        let f = Factor::from_labels("tier", &["10", "2", "2", "0"], Some("2"));
        assert_eq!(
            (f.levels.as_slice(), f.codes.as_slice(), f.reference),
            (["0".to_owned(), "2".to_owned(), "10".to_owned()].as_slice(), [2, 1, 1, 0].as_slice(), 1)
        );
        let f = Factor::from_labels("country", &["CHN", "AUS"], Some("ZZZ"));
        assert_eq!((f.levels.join(" "), f.reference), ("AUS CHN".to_owned(), 0));
        assert_eq!(f.term(1), "country CHN (against AUS)", "another reference has its name in the term");
        assert_eq!(Factor::from_labels("country", &["CHN", "AUS"], Some("AUS")).term(1), "country CHN");
        assert_eq!(Factor::from_labels("country", &["CHN", "AUS"], None).term(1), "country CHN");
        let names: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        let f = Factor::from_codes("x", &names, vec![2, 0, 2], Some("c"));
        assert_eq!((f.levels.join(" "), f.codes, f.reference), ("a c".to_owned(), vec![1, 0, 1], 1));
        assert!(!f.stands_in && Factor::from_codes("x", &names, vec![2, 0, 2], Some("b")).stands_in);
    }

    #[test]
    fn what_is_left_sums_to_zero_in_every_level() {
        let a = Factor::from_labels("a", &["x", "y", "x", "y", "z", "x"], None);
        let b = Factor::from_labels("b", &["0", "0", "1", "1", "0", "1"], None);
        let names: Vec<String> = ["constant", "a y", "a z", "b 1"].map(String::from).to_vec();
        let dummies =
            Dummies::new(6, true, &[a.clone(), b.clone()], &names, &mut Workspace::default()).unwrap();
        let mut column = vec![1e6 + 1.0, 1e6 + 5.0, 1e6 - 2.0, 1e6, 1e6 + 3.0, 1e6 + 8.0];
        let before = column.clone();
        let c = dummies.take_out(&mut [&mut column]).remove(0);
        for factor in [&a, &b] {
            for level in 0..factor.levels.len() {
                let sum: f64 = column
                    .iter()
                    .zip(&factor.codes)
                    .filter(|(_, l)| **l as usize == level)
                    .map(|(v, _)| v)
                    .sum();
                assert!(sum.abs() < 1e-9, "{} {level}: {sum}", factor.name);
            }
        }
        // The fit of a row is the sum of the coefficients of its levels.
        let fitted = c[0] + c[1] + c[3];
        assert!((before[3] - column[3] - fitted).abs() < 1e-6);
    }

    #[test]
    fn a_level_that_is_another_in_disguise_is_named() {
        let a = Factor::from_labels("cluster", &["1", "1", "2", "2"], None);
        let b = Factor::from_labels("tier", &["0", "0", "1", "1"], None);
        let names: Vec<String> = ["constant", "cluster 2", "tier 1"].map(String::from).to_vec();
        let error =
            Dummies::new(4, true, &[a, b], &names, &mut Workspace::default()).unwrap_err().to_string();
        assert!(error.starts_with("tier 1 is a combination of constant and cluster 2"), "{error}");
    }
}
