//! Ordinary least squares with factors: coefficients, residuals, fit.

use libm::sqrt;
use multiversion::multiversion;

use super::absorb::{Absorbed, absorb};
use super::dummies::{Dummies, Factor};
use super::error::RegressionError;
use super::triangular::{
    BLOCK, PivotedTriangle, SquareMatrix, dot, inverse_of_square, pivoted, solve_upper, triangular_factor,
};
use super::workspace::Workspace;

/// A column of numbers with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name, as it stands in the table.
    pub name: String,
    /// One number a row.
    pub values: Vec<f64>,
}

/// What is regressed on what. All columns and factors have the same rows; no number is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// The dependent variable.
    pub outcome: Column,
    /// The regressors.
    pub regressors: Vec<Column>,
    /// Factors whose levels get coefficients of their own.
    pub factors: Vec<Factor>,
    /// Factors whose levels are taken out without being reported.
    pub absorbed: Vec<Factor>,
    /// Whether there is a constant. Ignored if a factor is absorbed: the constant is then absorbed too.
    pub intercept: bool,
}

impl Design {
    /// As [`fit`], but the columns of the design are used up, not copied.
    ///
    /// # Errors
    /// As [`fit`].
    pub(super) fn take_fit(&mut self, work: &mut Workspace) -> Result<OlsFit, RegressionError> {
        let columns = self.regressors.iter_mut().map(|c| std::mem::take(&mut c.values)).collect();
        let outcome = std::mem::take(&mut self.outcome.values);
        fit_in_place(self, columns, outcome, work)
    }
}

/// What a coefficient belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// The constant.
    Constant,
    /// A regressor, by position.
    Regressor(usize),
    /// A level of a factor, by positions.
    Level {
        /// Position of the factor.
        factor: usize,
        /// Position of the level.
        level: usize,
    },
}

/// A coefficient of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it belongs to.
    pub kind: TermKind,
    /// Its name: `constant`, the regressor, or factor and level.
    pub name: String,
}

/// A least-squares fit.
///
/// Estimates, in the order of `terms`: constant, regressors, levels. Standard errors come from
/// [`super::covariance::covariance`].
#[derive(Debug, Clone)]
pub struct OlsFit {
    /// The coefficients' names.
    pub terms: Vec<Term>,
    /// The coefficients.
    pub estimates: Vec<f64>,
    /// Outcome minus fit, one a row.
    pub residuals: Vec<f64>,
    /// Rows.
    pub rows: usize,
    /// Coefficients, absorbed levels included.
    pub parameters: usize,
    /// Sum of squared residuals.
    pub residual_sum: f64,
    /// 1 - residual sum / total sum of squares around the mean (around zero without a constant); `None` if the outcome does not
    /// vary.
    pub r2: Option<f64>,
    /// The same within the absorbed fixed effects; `None` without any.
    pub r2_within: Option<f64>,
    pub(super) basis: Basis,
}

/// The design in the shape in which everything is computed: dummies, and the other columns with the dummies taken out.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    pub dummies: Dummies,
    /// The columns without their part in the dummies.
    pub columns: Vec<Vec<f64>>,
    /// Inverse of their cross products.
    pub inverse: SquareMatrix,
    /// Coefficients of the dummies in each column.
    pub shift: Vec<Vec<f64>>,
    /// For each term, its place among dummies and then columns.
    pub place: Vec<usize>,
    /// What was absorbed.
    pub absorbed: Option<Absorbed>,
}

impl OlsFit {
    /// Rows minus coefficients.
    pub fn residual_degrees(&self) -> usize {
        self.rows - self.parameters
    }

    /// Gives the memory back.
    pub(super) fn recycle(self, work: &mut Workspace) {
        self.basis.columns.into_iter().for_each(|c| work.keep_doubles(c));
        work.keep_doubles(self.residuals);
        work.keep_codes(self.basis.dummies.cells);
    }

    /// The fit of another outcome on the same rows and regressors, of which nothing is computed again: slopes from the inverse of their cross products,
    /// with one step of refinement on the residuals. Not for fits with absorbed factors.
    pub(super) fn refit(&mut self, mut outcome: Vec<f64>, work: &mut Workspace) {
        debug_assert!(self.basis.absorbed.is_none() && outcome.len() == self.rows);
        let basis = &self.basis;
        let has_constant = self.terms.iter().any(|t| t.kind == TermKind::Constant);
        let total_sum = total_sum(&outcome, has_constant);
        let outcome_shift = basis.dummies.take_out(&mut [&mut outcome]).pop().expect("one column went in");
        let k = basis.columns.len();
        let mut residuals = outcome;
        let mut slopes = vec![0.0; k];
        for _ in 0..2 {
            let products = products_with(&basis.columns, &residuals);
            let step: Vec<f64> = (0..k).map(|i| dot(basis.inverse.row(i), &products)).collect();
            subtract_fit(&mut residuals, &basis.columns, &step);
            slopes.iter_mut().zip(step).for_each(|(slope, step)| *slope += step);
        }
        self.residual_sum = dot(&residuals, &residuals);
        self.r2 = share_explained(self.residual_sum, total_sum);
        self.estimates = estimates(basis, &slopes, &outcome_shift);
        work.keep_doubles(std::mem::replace(&mut self.residuals, residuals));
    }

    /// Position of a term by name.
    pub fn term(&self, name: &str) -> Option<usize> {
        self.terms.iter().position(|t| t.name == name)
    }
}

/// Products of the columns with one.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn products_with(columns: &[Vec<f64>], with: &[f64]) -> Vec<f64> {
    let mut products = Vec::with_capacity(columns.len());
    for column in columns {
        products.push(dot(column, with));
    }
    products
}

/// residuals -= columns times slopes, block of rows after block of rows.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn subtract_fit(residuals: &mut [f64], columns: &[Vec<f64>], slopes: &[f64]) {
    for (block, residuals) in residuals.chunks_mut(BLOCK).enumerate() {
        let from = block * BLOCK;
        for (column, slope) in columns.iter().zip(slopes) {
            for (residual, value) in residuals.iter_mut().zip(&column[from..]) {
                *residual -= slope * value;
            }
        }
    }
}

/// The coefficients in the order of the terms.
fn estimates(basis: &Basis, slopes: &[f64], outcome_shift: &[f64]) -> Vec<f64> {
    let of_dummies: Vec<f64> = outcome_shift
        .iter()
        .enumerate()
        .map(|(d, own)| {
            slopes.iter().zip(&basis.shift).fold(*own, |sum, (slope, shift)| sum - slope * shift[d])
        })
        .collect();
    let dummies = of_dummies.len();
    basis.place.iter().map(|&p| if p < dummies { of_dummies[p] } else { slopes[p - dummies] }).collect()
}

/// A remainder shorter than this share of its column is taken for rounding.
const COLLINEAR: f64 = 1e-11;
/// Rounding of a column, relative to its length before anything is taken out of it.
const ROUNDING: f64 = 1.5e-14;

/// Fits outcome = X b by least squares.
///
/// What it answers: how does the outcome move with each regressor, the others held fixed? b minimises the sum of squared residuals.
/// Factors are taken out first (Frisch, Waugh and Lovell), the remaining columns by Householder reflections with column
/// pivoting; normal equations are never formed.
///
/// # Errors
/// [`RegressionError::ConstantRegressor`] and [`RegressionError::Collinear`] name the term that cannot be estimated and those that it
/// is made of: nothing is dropped in silence. [`RegressionError::TooFewRows`],
/// [`RegressionError::NotAbsorbed`].
///
/// ```
/// use monazite::regression::{Column, Design, fit};
/// let column = |name: &str, values: &[f64]| Column { name: name.into(), values: values.to_vec() };
/// let design = Design {
///     outcome: column("y", &[1.0, 3.0, 5.0, 7.5]),
///     regressors: vec![column("x", &[0.0, 1.0, 2.0, 3.0])],
///     factors: vec![],
///     absorbed: vec![],
///     intercept: true,
/// };
/// let fit = fit(&design)?;
/// assert!((fit.estimates[1] - 2.15).abs() < 1e-12);
/// # Ok::<(), monazite::regression::RegressionError>(())
/// ```
pub fn fit(design: &Design) -> Result<OlsFit, RegressionError> {
    let columns = design.regressors.iter().map(|c| c.values.clone()).collect();
    fit_in_place(design, columns, design.outcome.values.clone(), &mut Workspace::default())
}

/// As [`fit`], on columns that it may change: those of the regressors, and the outcome.
pub(super) fn fit_in_place(
    design: &Design,
    mut columns: Vec<Vec<f64>>,
    mut outcome: Vec<f64>,
    work: &mut Workspace,
) -> Result<OlsFit, RegressionError> {
    let rows = outcome.len();
    let intercept = design.intercept && design.absorbed.is_empty();
    let (terms, dummy_names) = name_terms(design, intercept);
    if rows == 0 {
        return Err(RegressionError::NoRows { reasons: vec!["there are none".to_owned()] });
    }
    if rows <= terms.len() {
        return Err(RegressionError::TooFewRows { rows, terms: terms.len() });
    }

    let total_sum = total_sum(&outcome, design.intercept || !design.absorbed.is_empty());
    let mut names: Vec<&str> = design.regressors.iter().map(|c| c.name.as_str()).collect();
    let mut absorbed = None;
    let dummies = if design.absorbed.is_empty() {
        Dummies::new(rows, intercept, &design.factors, &dummy_names, work)?
    } else {
        // Levels become columns like any other.
        for factor in &design.factors {
            for level in (0..factor.levels.len()).filter(|&l| l != factor.reference) {
                columns
                    .push(factor.codes.iter().map(|&c| f64::from(u8::from(c as usize == level))).collect());
            }
        }
        names.extend(dummy_names.iter().map(String::as_str));
        Dummies::new(rows, false, &[], &[], work)?
    };
    let constant: Vec<bool> = columns.iter().map(|c| is_constant(c)).collect();
    let lengths: Vec<f64> = columns.iter().map(|c| sqrt(dot(c, c))).collect();
    if !design.absorbed.is_empty() {
        absorbed = Some(absorb(&design.absorbed, &mut columns, &mut outcome)?);
    }
    let mut all: Vec<&mut [f64]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
    all.push(&mut outcome);
    let mut shift = dummies.take_out(&mut all);
    let outcome_shift = shift.pop().expect("the outcome is the last column");

    let k = columns.len();
    let mut views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    views.push(&outcome);
    let triangle = triangular_factor(&views);
    let mut scale = Vec::with_capacity(k);
    for j in 0..k {
        let mut sum = 0.0;
        for i in 0..=j {
            sum += triangle.at(i, j) * triangle.at(i, j);
        }
        let left = sqrt(sum);
        if left <= ROUNDING * 100.0 * lengths[j] {
            return Err(not_varying(design, constant[j], names[j], rows, &dummy_names));
        }
        scale.push(left);
    }
    let tolerance: Vec<f64> =
        scale.iter().zip(&lengths).map(|(left, whole)| COLLINEAR.max(ROUNDING * whole / left)).collect();
    let independent = pivoted(&triangle, k, &scale, &tolerance);
    if independent.rank < k {
        return Err(collinear(design, &independent, &names, &dummy_names));
    }

    // The triangle of the columns alone, and the outcome in its coordinates.
    let mut r = SquareMatrix::zeros(k);
    let mut slopes = vec![0.0; k];
    for i in 0..k {
        for j in i..k {
            *r.at_mut(i, j) = triangle.at(i, j);
        }
        slopes[i] = triangle.at(i, k);
    }
    solve_upper(&r, k, &mut slopes);
    let mut residuals = outcome;
    let total = dot(&residuals, &residuals);
    subtract_fit(&mut residuals, &columns, &slopes);
    let residual_sum = dot(&residuals, &residuals);
    let inverse = inverse_of_square(&r);

    let place = places(&terms, design, intercept, dummies.columns);
    let parameters = terms.len() + absorbed.as_ref().map_or(0, |a| a.degrees);
    if rows <= parameters {
        return Err(RegressionError::TooFewRows { rows, terms: parameters });
    }
    let r2_within = absorbed.as_ref().and_then(|_| share_explained(residual_sum, total));
    let basis = Basis { dummies, columns, inverse, shift, place, absorbed };
    Ok(OlsFit {
        estimates: estimates(&basis, &slopes, &outcome_shift),
        terms,
        residuals,
        rows,
        parameters,
        residual_sum,
        r2: share_explained(residual_sum, total_sum),
        r2_within,
        basis,
    })
}

/// The term that is a combination of others, and those that it is made of.
fn collinear(
    design: &Design,
    independent: &PivotedTriangle,
    names: &[&str],
    dummy_names: &[String],
) -> RegressionError {
    let found = independent.order[independent.rank];
    let mut weights: Vec<f64> =
        (0..independent.rank).map(|i| independent.triangle.at(i, independent.rank)).collect();
    solve_upper(&independent.triangle, independent.rank, &mut weights);
    let mut others: Vec<usize> =
        (0..independent.rank).filter(|&i| weights[i].abs() > 1e-8).map(|i| independent.order[i]).collect();
    others.sort_unstable();
    let mut others: Vec<String> = others.into_iter().map(|i| names[i].to_owned()).collect();
    if others.is_empty() {
        others.extend(dummy_names.iter().cloned());
    }
    RegressionError::Collinear {
        term: names[found].to_owned(),
        others,
        absorbed: design.absorbed.iter().map(|f| f.name.clone()).collect(),
    }
}

/// Whether a column has one value, but for the last digits of what it was computed from.
fn is_constant(column: &[f64]) -> bool {
    column.iter().all(|v| (v - column[0]).abs() <= 100.0 * ROUNDING * column[0].abs())
}

fn share_explained(residual_sum: f64, total: f64) -> Option<f64> {
    (total > 0.0).then(|| 1.0 - residual_sum / total)
}

fn total_sum(outcome: &[f64], around_mean: bool) -> f64 {
    let mean = if around_mean { outcome.iter().sum::<f64>() / outcome.len() as f64 } else { 0.0 };
    outcome.iter().fold(0.0, |sum, y| sum + (y - mean) * (y - mean))
}

/// The terms in the order of the table, and the names of the dummy columns in theirs.
fn name_terms(design: &Design, intercept: bool) -> (Vec<Term>, Vec<String>) {
    let mut terms = Vec::new();
    let mut dummies = Vec::new();
    if intercept {
        // The constant is that of the references: with another one it is another constant.
        let others: Vec<String> = design.factors.iter().filter_map(Factor::stand_in).collect();
        let name = if others.is_empty() {
            "constant".to_owned()
        } else {
            format!("constant ({})", others.join(", "))
        };
        terms.push(Term { kind: TermKind::Constant, name });
        dummies.push("constant".to_owned());
    }
    for (at, column) in design.regressors.iter().enumerate() {
        terms.push(Term { kind: TermKind::Regressor(at), name: column.name.clone() });
    }
    for (factor, f) in design.factors.iter().enumerate() {
        for level in (0..f.levels.len()).filter(|&l| l != f.reference) {
            let name = f.term(level);
            dummies.push(name.clone());
            terms.push(Term { kind: TermKind::Level { factor, level }, name });
        }
    }
    (terms, dummies)
}

/// Where each term stands among dummies, then columns.
fn places(terms: &[Term], design: &Design, intercept: bool, dummies: usize) -> Vec<usize> {
    let regressors = design.regressors.len();
    let mut next_level = if design.absorbed.is_empty() { usize::from(intercept) } else { regressors };
    terms
        .iter()
        .map(|term| match term.kind {
            TermKind::Constant => 0,
            TermKind::Regressor(at) => dummies + at,
            TermKind::Level { .. } => {
                next_level += 1;
                next_level - 1
            }
        })
        .collect()
}

/// Why nothing is left of a column once constant and factors are taken out.
fn not_varying(
    design: &Design,
    constant: bool,
    name: &str,
    rows: usize,
    dummies: &[String],
) -> RegressionError {
    if constant && (design.intercept || !design.absorbed.is_empty()) {
        return RegressionError::ConstantRegressor { term: name.to_owned(), rows };
    }
    RegressionError::Collinear {
        term: name.to_owned(),
        others: if design.absorbed.is_empty() { dummies.to_vec() } else { Vec::new() },
        absorbed: design.absorbed.iter().map(|f| f.name.clone()).collect(),
    }
}
