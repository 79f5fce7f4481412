//! The same regression over many pairs of windows, scales, samples and kinds of standard errors.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::error::RegressionError;
use super::estimation::{
    Chosen, Rows, Sample, Specification, choose, evaluate, gathered, put_together, runs_of,
};
use super::ols::{OlsFit, TermKind};
use super::presets::{CovarianceKind, InferenceOptions, Preset, infer};
use super::transform::Transform;
use super::variable::{Timing, Variable};
use super::windows::Windows;
use super::workspace::Workspace;
use super::yearly::{WindowMeans, YearlyPanel};
use crate::indicators::Column;
use crate::nomenclature::YearRange;
use crate::progress::{Cancelled, Progress};
use crate::threads::within;
use crate::value_chain::significance::benjamini_hochberg;

/// What is swept over.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepOptions {
    /// Pairs of windows.
    pub windows: Vec<Windows>,
    /// Scales.
    pub transforms: Vec<Transform>,
    /// Samples.
    pub samples: Vec<Sample>,
    /// Kinds of standard errors.
    pub covariances: Vec<CovarianceKind>,
    /// Correction and level.
    pub inference: InferenceOptions,
}

/// One coefficient of one regression of the sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepRow {
    /// Position of the pair of windows.
    pub windows: usize,
    /// Scale and sample.
    pub preset: Preset,
    /// Kind of standard errors.
    pub covariance: CovarianceKind,
    /// The coefficient.
    pub term: String,
    /// Whether it is a regressor (not the constant or a level).
    pub regressor: bool,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Two-sided p.
    pub p: Option<f64>,
    /// False discovery rate over all regressors of all regressions with this kind of standard errors.
    pub q: Option<f64>,
    /// Rows of the regression.
    pub rows: usize,
}

/// A regression of the sweep that cannot be run.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepFailure {
    /// Position of the pair of windows.
    pub windows: usize,
    /// Scale and sample.
    pub preset: Preset,
    /// Why.
    pub error: RegressionError,
}

/// A coefficient over all pairs of windows.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepSummary {
    /// Scale and sample.
    pub preset: Preset,
    /// Kind of standard errors.
    pub covariance: CovarianceKind,
    /// The coefficient.
    pub term: String,
    /// Regressions that have it.
    pub fits: usize,
    /// Middle estimate.
    pub median: f64,
    /// Smallest estimate.
    pub lowest: f64,
    /// Largest estimate.
    pub highest: f64,
    /// Share of the estimates that have the sign of the median.
    pub same_sign: f64,
    /// Share that has this sign and is significant at one minus the level of confidence.
    pub significant: f64,
    /// Share that has this sign and a false discovery rate at most as large; `None` for constant and levels.
    pub discovered: Option<f64>,
}

/// What a sweep came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sweep {
    /// All coefficients, by windows, scale, sample, standard errors, term.
    pub rows: Vec<SweepRow>,
    /// What could not be run.
    pub failures: Vec<SweepFailure>,
    /// Every coefficient over the windows.
    pub summary: Vec<SweepSummary>,
}

type Window = (u16, u16);

fn key(window: YearRange) -> Window {
    (window.first, window.last)
}

/// Runs all regressions of a sweep, in parallel; the result does not depend on the number of threads.
///
/// Window means are computed once a window, baseline variables once a baseline and scale.
///
/// # Errors
/// [`RegressionError::WindowOutsideData`] if a window is not in the data. A regression that fails for any other reason is listed in
/// [`Sweep::failures`]. [`RegressionError::Cancelled`] if `progress` asks to stop.
pub fn sweep(
    panel: &YearlyPanel,
    specification: &Specification,
    options: &SweepOptions,
    progress: &dyn Progress,
) -> Result<Sweep, RegressionError> {
    within(|| sweep_in_pool(panel, specification, options, progress))
}

fn sweep_in_pool(
    panel: &YearlyPanel,
    specification: &Specification,
    options: &SweepOptions,
    progress: &dyn Progress,
) -> Result<Sweep, RegressionError> {
    let mut wanted: BTreeMap<Window, Vec<usize>> = BTreeMap::new();
    for windows in &options.windows {
        windows.check(&panel.years)?;
        for window in [windows.baseline, windows.projection] {
            wanted
                .entry(key(window))
                .or_insert_with(|| panel.years_of(window).expect("the windows lie in the data"));
        }
    }
    let wanted: Vec<(Window, Vec<usize>)> = wanted.into_iter().collect();
    let means: BTreeMap<Window, WindowMeans> = wanted
        .into_par_iter()
        .map(|(window, years)| (window, panel.means(&years)))
        .collect::<Vec<_>>()
        .into_iter()
        .collect();

    let mut by_baseline: BTreeMap<Window, Vec<usize>> = BTreeMap::new();
    for (at, windows) in options.windows.iter().enumerate() {
        by_baseline.entry(key(windows.baseline)).or_default().push(at);
    }
    let jobs: Vec<Job<'_>> = by_baseline
        .iter()
        .flat_map(|(baseline, pairs)| {
            let means = &means;
            options.transforms.iter().map(move |&transform| Job {
                panel,
                specification,
                options,
                means,
                baseline: &means[baseline],
                pairs,
                transform,
            })
        })
        .collect();
    let parts: Vec<Vec<Fitted>> = jobs
        .par_iter()
        .map_init(Workspace::default, |work, job| job.run(work, progress))
        .collect::<Result<_, Cancelled>>()?;
    let mut fits: Vec<Fitted> = parts.into_iter().flatten().collect();
    fits.sort_by_key(|f| (f.windows, f.preset));

    let mut found = Sweep::default();
    for fitted in fits {
        match fitted.outcome {
            Ok(rows) => found.rows.extend(rows),
            Err(error) => {
                found.failures.push(SweepFailure { windows: fitted.windows, preset: fitted.preset, error });
            }
        }
    }
    add_discovery_rates(&mut found.rows, &options.covariances);
    found.summary = summarise(&found.rows, 1.0 - options.inference.level);
    Ok(found)
}

/// All regressions with one baseline and scale.
struct Job<'a> {
    panel: &'a YearlyPanel,
    specification: &'a Specification,
    options: &'a SweepOptions,
    means: &'a BTreeMap<Window, WindowMeans>,
    baseline: &'a WindowMeans,
    pairs: &'a [usize],
    transform: Transform,
}

/// The last fit of a sample, for the next outcome on the same rows.
struct LastFit {
    fitted: OlsFit,
    rows: Rows,
}

struct Fitted {
    windows: usize,
    preset: Preset,
    outcome: Result<Vec<SweepRow>, RegressionError>,
}

impl Job<'_> {
    fn run(&self, work: &mut Workspace, progress: &dyn Progress) -> Result<Vec<Fitted>, Cancelled> {
        let variables: Vec<&Variable> = self.specification.variables().collect();
        let value = |variable: &Variable, after: &WindowMeans| {
            evaluate(self.panel, self.specification, variable, self.transform, self.baseline, after)
        };
        let fixed: Vec<Option<Vec<f64>>> = variables
            .iter()
            .map(|v| (v.timing == Timing::Baseline).then(|| value(v, self.baseline)))
            .collect();
        let mut fitted = Vec::new();
        let mut last: Vec<Option<LastFit>> = self.options.samples.iter().map(|_| None).collect();
        for &at in self.pairs {
            progress.go_on()?;
            let after = &self.means[&key(self.options.windows[at].projection)];
            let moving: Vec<Vec<f64>> = variables
                .iter()
                .zip(&fixed)
                .map(|(v, fixed)| if fixed.is_some() { Vec::new() } else { value(v, after) })
                .collect();
            let values: Vec<&[f64]> =
                fixed.iter().zip(&moving).map(|(fixed, moving)| fixed.as_deref().unwrap_or(moving)).collect();
            for (&sample, last) in self.options.samples.iter().zip(&mut last) {
                let preset = Preset { transform: self.transform, sample, ..Preset::default() };
                fitted.push(Fitted {
                    windows: at,
                    preset,
                    outcome: self.one(at, preset, &values, last, work),
                });
            }
        }
        last.into_iter().flatten().for_each(|last| last.recycle(work));
        Ok(fitted)
    }

    fn one(
        &self,
        at: usize,
        preset: Preset,
        values: &[&[f64]],
        last: &mut Option<LastFit>,
        work: &mut Workspace,
    ) -> Result<Vec<SweepRow>, RegressionError> {
        let baseline_rca = self.baseline.of(Column::Rca);
        let chosen = choose(self.panel, self.specification, preset.sample, baseline_rca, values, None, work)?;
        if let Some(known) = last.take_if(|known| !self.takes(known, &chosen)) {
            known.recycle(work);
        }
        let LastFit { fitted, rows } = match last {
            Some(known) => {
                let outcome = gathered(values[0], &runs_of(&chosen.pairs), work);
                known.fitted.refit(outcome, work);
                work.keep_codes(chosen.pairs);
                known
            }
            None => {
                let mut rows =
                    put_together(self.panel, self.specification, preset.transform, values, chosen, work);
                let fitted = rows.design.take_fit(work)?;
                last.insert(LastFit { fitted, rows })
            }
        };
        let mut found = Vec::with_capacity(fitted.terms.len() * self.options.covariances.len());
        for &kind in &self.options.covariances {
            let inference = infer(fitted, rows, kind, self.options.inference)?;
            for (term, one) in fitted.terms.iter().zip(inference.terms) {
                found.push(SweepRow {
                    windows: at,
                    preset,
                    covariance: kind,
                    term: term.name.clone(),
                    regressor: matches!(term.kind, TermKind::Regressor(_)),
                    estimate: one.estimate,
                    standard_error: one.standard_error,
                    p: one.p,
                    q: None,
                    rows: fitted.rows,
                });
            }
        }
        Ok(found)
    }

    /// Whether a fit can take the next outcome: same rows, regressors of the baseline only, nothing absorbed.
    fn takes(&self, known: &LastFit, chosen: &Chosen) -> bool {
        let of_baseline = self.specification.regressors.iter().all(|v| v.timing == Timing::Baseline);
        of_baseline && self.specification.absorb.is_empty() && known.rows.pairs == chosen.pairs
    }
}

impl LastFit {
    fn recycle(self, work: &mut Workspace) {
        self.fitted.recycle(work);
        self.rows.recycle(work);
    }
}

fn add_discovery_rates(rows: &mut [SweepRow], kinds: &[CovarianceKind]) {
    for &kind in kinds {
        let family: Vec<usize> = (0..rows.len())
            .filter(|&at| rows[at].covariance == kind && rows[at].regressor && rows[at].p.is_some())
            .collect();
        let p: Vec<f64> = family.iter().filter_map(|&at| rows[at].p).collect();
        for (at, q) in family.into_iter().zip(benjamini_hochberg(&p)) {
            rows[at].q = Some(q);
        }
    }
}

fn summarise(rows: &[SweepRow], size: f64) -> Vec<SweepSummary> {
    let mut groups: BTreeMap<(Preset, CovarianceKind), BTreeMap<&str, Vec<&SweepRow>>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for row in rows {
        if !order.contains(&row.term.as_str()) {
            order.push(&row.term);
        }
        groups.entry((row.preset, row.covariance)).or_default().entry(&row.term).or_default().push(row);
    }
    let mut summary = Vec::new();
    for ((preset, covariance), mut terms) in groups {
        for term in &order {
            let Some(found) = terms.remove(*term) else { continue };
            let mut estimates: Vec<f64> = found.iter().map(|r| r.estimate).collect();
            estimates.sort_by(f64::total_cmp);
            let n = estimates.len();
            let median = 0.5 * (estimates[(n - 1) / 2] + estimates[n / 2]);
            let same = |row: &&SweepRow| (row.estimate > 0.0) == (median > 0.0);
            let share = |count: usize| count as f64 / n as f64;
            let below = |value: Option<f64>| value.is_some_and(|v| v < size);
            summary.push(SweepSummary {
                preset,
                covariance,
                term: (*term).to_owned(),
                fits: n,
                median,
                lowest: estimates[0],
                highest: estimates[n - 1],
                same_sign: share(found.iter().filter(|r| same(r)).count()),
                significant: share(found.iter().filter(|r| same(r) && below(r.p)).count()),
                discovered: found[0]
                    .regressor
                    .then(|| share(found.iter().filter(|r| same(r) && below(r.q)).count())),
            });
        }
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(windows: usize, term: &str, estimate: f64, p: f64) -> SweepRow {
        SweepRow {
            windows,
            preset: Preset::default(),
            covariance: CovarianceKind::Country,
            term: term.to_owned(),
            regressor: term != "constant",
            estimate,
            standard_error: None,
            p: Some(p),
            q: None,
            rows: 10,
        }
    }

    #[test]
    fn a_summary_by_hand() {
        let mut rows = vec![
            row(0, "constant", 5.0, 0.001),
            row(0, "STR", 1.0, 0.001),
            row(1, "STR", 3.0, 0.2),
            row(2, "STR", -2.0, 0.03),
            row(2, "HHI", 4.0, 0.05),
            row(3, "HHI", 6.0, 0.06),
        ];
        add_discovery_rates(&mut rows, &[CovarianceKind::Country]);
        // Five p-values of regressors, in order 0.001, 0.03, 0.05, 0.06, 0.2: 5 p / rank, none larger than the one after it.
        let q: Vec<Option<f64>> = rows.iter().map(|r| r.q.map(|q| (q * 1e6).round() / 1e6)).collect();
        assert_eq!(q, [None, Some(0.005), Some(0.2), Some(0.075), Some(0.075), Some(0.075)]);

        let summary = summarise(&rows, 0.05);
        let of = |term: &str| summary.iter().find(|s| s.term == term).unwrap();
        let str = of("STR");
        assert_eq!((str.fits, str.median, str.lowest, str.highest), (3, 1.0, -2.0, 3.0));
        // Two of three are positive as the median; one of these has p, and false discovery rate, below 0.05.
        assert!((str.same_sign - 2.0 / 3.0).abs() < 1e-15 && (str.significant - 1.0 / 3.0).abs() < 1e-15);
        assert!((str.discovered.unwrap() - 1.0 / 3.0).abs() < 1e-15);
        let hhi = of("HHI");
        assert_eq!((hhi.median, hhi.same_sign, hhi.significant), (5.0, 1.0, 0.0), "between the middle two");
        assert_eq!(of("constant").discovered, None);
        assert_eq!(summarise(&rows, 0.1).iter().find(|s| s.term == "HHI").unwrap().discovered, Some(1.0));
    }
}
