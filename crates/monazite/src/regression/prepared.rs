//! The variables of one regression, ready to be cut into samples again and again.

use rayon::prelude::*;

use super::error::RegressionError;
use super::estimation::{Rows, Specification, assemble_where, evaluate};
use super::presets::Preset;
use super::variable::Variable;
use super::windows::Windows;
use super::workspace::Workspace;
use super::yearly::YearlyPanel;
use crate::indicators::Column;
use crate::threads::within;

/// The variables of a regression over all country-products, for one pair of windows and one preset.
#[derive(Debug, Clone)]
pub struct Prepared<'a> {
    /// The panel.
    pub panel: &'a YearlyPanel,
    /// What is regressed on what.
    pub specification: &'a Specification,
    /// Scale, sample and reading of STR.
    pub preset: Preset,
    /// Dependent variable, then regressors, over (product, country); NaN is missing, infinite is the logarithm of zero.
    pub values: Vec<Vec<f64>>,
    baseline_rca: Vec<f64>,
}

impl<'a> Prepared<'a> {
    /// Computes window means and variables.
    ///
    /// # Errors
    /// [`RegressionError::WindowOutsideData`].
    pub fn new(
        panel: &'a YearlyPanel,
        specification: &'a Specification,
        windows: &Windows,
        preset: Preset,
    ) -> Result<Self, RegressionError> {
        windows.check(&panel.years)?;
        let years = |window| panel.years_of(window).expect("the windows lie in the data");
        let (baseline, after) =
            (panel.means(&years(windows.baseline)), panel.means(&years(windows.projection)));
        let variables: Vec<_> = specification.variables().collect();
        let value = |v: &&Variable| {
            let read = Variable { column: preset.risk.column(v.column), ..**v };
            evaluate(panel, specification, &read, preset.transform, &baseline, &after)
        };
        let values = within(|| variables.par_iter().map(value).collect());
        Ok(Self { panel, specification, preset, values, baseline_rca: baseline.of(Column::Rca).to_vec() })
    }

    /// All rows of the sample.
    ///
    /// # Errors
    /// [`RegressionError::NoRows`] with what the rows were lost to; [`RegressionError::NoFactor`].
    pub fn rows(&self) -> Result<Rows, RegressionError> {
        let views: Vec<&[f64]> = self.values.iter().map(Vec::as_slice).collect();
        self.cut(&views, None, &mut Workspace::default())
    }

    /// The rows of the sample that `keep` (product, country) keeps.
    ///
    /// # Errors
    /// [`RegressionError::NoRows`] with what the rows were lost to; [`RegressionError::NoFactor`].
    pub(super) fn rows_where(
        &self,
        keep: &dyn Fn(usize, usize) -> bool,
        work: &mut Workspace,
    ) -> Result<Rows, RegressionError> {
        let views: Vec<&[f64]> = self.values.iter().map(Vec::as_slice).collect();
        self.cut(&views, Some(keep), work)
    }

    /// All rows of the sample, with some variables (position, values) replaced.
    ///
    /// # Errors
    /// [`RegressionError::NoRows`] with what the rows were lost to; [`RegressionError::NoFactor`].
    pub(super) fn rows_with(
        &self,
        replaced: &[(usize, Vec<f64>)],
        work: &mut Workspace,
    ) -> Result<Rows, RegressionError> {
        let mut views: Vec<&[f64]> = self.values.iter().map(Vec::as_slice).collect();
        for (at, values) in replaced {
            views[*at] = values;
        }
        self.cut(&views, None, work)
    }

    fn cut(
        &self,
        views: &[&[f64]],
        keep: Option<&dyn Fn(usize, usize) -> bool>,
        work: &mut Workspace,
    ) -> Result<Rows, RegressionError> {
        let Preset { transform, sample, .. } = self.preset;
        assemble_where(
            self.panel,
            self.specification,
            transform,
            sample,
            &self.baseline_rca,
            views,
            keep,
            work,
        )
    }
}
