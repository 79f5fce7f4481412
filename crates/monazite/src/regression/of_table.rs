//! A regression on the columns of any table, with the house's standard errors and table.

use super::covariance::ClusterCorrection;
use super::dummies::Factor;
use super::error::RegressionError;
use super::estimation::{LostRows, RowAccount, Rows};
use super::ols::{Column, Design};
use super::presets::{CovarianceKind, Estimated, InferenceOptions, Preset, estimate};
use super::table::{RegressionTable, TableColumn};

/// A column of numbers with its name; NaN where there is none.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    /// Its name.
    pub name: &'a str,
    /// One number a row.
    pub values: &'a [f64],
}

/// A column of labels with its name.
#[derive(Debug, Clone)]
pub struct Labelled<'a> {
    /// Its name.
    pub name: &'a str,
    /// One label a row; `None` where there is none.
    pub labels: Vec<Option<&'a str>>,
    /// The level that the others are compared with; the first if `None`.
    pub reference: Option<&'a str>,
}

/// What is regressed on what.
#[derive(Debug, Clone)]
pub struct TableModel<'a> {
    /// What is explained.
    pub outcome: Numbers<'a>,
    /// What explains it.
    pub regressors: Vec<Numbers<'a>>,
    /// Groupings with a coefficient a level.
    pub factors: Vec<Labelled<'a>>,
    /// Groupings whose effects are taken out.
    pub absorb: Vec<Labelled<'a>>,
    /// Groupings that standard errors are clustered by, one or two; none: `errors`.
    pub clusters: Vec<Labelled<'a>>,
    /// Standard errors without clusters: classical, HC1 or HC3.
    pub errors: CovarianceKind,
    /// Whether there is a constant.
    pub intercept: bool,
    /// Level of confidence intervals, between 0 and 1.
    pub level: f64,
}

/// What a model came to.
#[derive(Debug, Clone)]
pub struct TableRegression {
    /// The regression.
    pub estimated: Estimated,
    /// The printed table of it.
    pub table: RegressionTable,
}

/// Estimates a model by least squares on the rows that have all of its columns.
///
/// Effects that are absorbed, clusters in one or two ways, small-sample factors and degrees of freedom are those of the regression of a study.
///
/// # Errors
/// [`RegressionError`] if no row has all columns, or rows or clusters do not suffice, or columns cannot be told apart.
///
/// # Panics
/// If columns differ in length, or there are more than two clusters.
///
/// ```
/// use monazite::regression::CovarianceKind;
/// use monazite::regression::of_table::{Numbers, TableModel, regress};
/// let model = TableModel {
///     outcome: Numbers { name: "y", values: &[1.0, 3.1, 4.9, 7.0, f64::NAN] },
///     regressors: vec![Numbers { name: "x", values: &[0.0, 1.0, 2.0, 3.0, 4.0] }],
///     factors: Vec::new(),
///     absorb: Vec::new(),
///     clusters: Vec::new(),
///     errors: CovarianceKind::Classical,
///     intercept: true,
///     level: 0.95,
/// };
/// let found = regress(&model)?;
/// assert_eq!((found.estimated.rows, found.estimated.account.pairs), (4, 5));
/// let slope = found.estimated.term("x").unwrap();
/// assert!((found.estimated.reported().terms[slope].estimate - 1.98).abs() < 1e-12);
/// # Ok::<(), monazite::regression::RegressionError>(())
/// ```
pub fn regress(model: &TableModel<'_>) -> Result<TableRegression, RegressionError> {
    let rows = model.rows()?;
    let covariance = match model.clusters.len() {
        0 => model.errors,
        1 => CovarianceKind::Country,
        _ => CovarianceKind::TwoWay,
    };
    let options =
        InferenceOptions { covariance, correction: ClusterCorrection::default(), level: model.level };
    let estimated = estimate(rows, options, &[], None)?;
    let column =
        TableColumn { preset: Preset::default(), heading: Some(String::new()), estimated: estimated.clone() };
    let table = RegressionTable {
        columns: vec![column],
        stars: vec![0.1, 0.05, 0.01],
        windows: String::new(),
        rca_basis: String::new(),
        own_names: true,
    };
    Ok(TableRegression { estimated, table })
}

impl TableModel<'_> {
    /// The rows that have all columns, and why the others do not enter: by the first column that they lack.
    fn rows(&self) -> Result<Rows, RegressionError> {
        assert!(self.clusters.len() <= 2, "clusters in one or two ways");
        let count = self.outcome.values.len();
        let numbers = || std::iter::once(&self.outcome).chain(&self.regressors);
        let labelled = || self.factors.iter().chain(&self.absorb).chain(&self.clusters);
        let mut kept: Vec<u32> = (0..count as u32).collect();
        let mut lost = Vec::new();
        for (name, has) in numbers()
            .map(|of| (of.name, of.values.iter().map(|value| !value.is_nan()).collect::<Vec<bool>>()))
            .chain(labelled().map(|of| (of.name, of.labels.iter().map(Option::is_some).collect())))
        {
            assert_eq!(has.len(), count, "columns of one length");
            let before = kept.len();
            kept.retain(|&row| has[row as usize]);
            if kept.len() < before {
                lost.push(LostRows { reason: format!("{name} is empty"), count: before - kept.len() });
            }
        }
        if kept.is_empty() {
            let reasons = lost.iter().map(|of| format!("{} in {} rows", of.reason, of.count)).collect();
            return Err(RegressionError::NoRows { reasons });
        }
        let column = |of: &Numbers<'_>| Column {
            name: of.name.to_owned(),
            values: kept.iter().map(|&row| of.values[row as usize]).collect(),
        };
        let factor = |of: &Labelled<'_>| {
            let labels: Vec<&str> =
                kept.iter().map(|&row| of.labels[row as usize].unwrap_or_default()).collect();
            Factor::from_labels(of.name, &labels, of.reference)
        };
        let nothing = || Factor::from_labels("", &vec![""; kept.len()], None);
        let mut clusters = self.clusters.iter().map(factor);
        let (country, product) =
            (clusters.next().unwrap_or_else(nothing), clusters.next().unwrap_or_else(nothing));
        Ok(Rows {
            design: Design {
                outcome: column(&self.outcome),
                regressors: self.regressors.iter().map(column).collect(),
                factors: self.factors.iter().map(factor).collect(),
                absorbed: self.absorb.iter().map(factor).collect(),
                intercept: self.intercept,
            },
            country,
            product,
            account: RowAccount { pairs: count, used: kept.len(), lost },
            pairs: kept,
        })
    }
}
