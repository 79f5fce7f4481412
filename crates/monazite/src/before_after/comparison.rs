//! The whole comparison: estimates, paths and placebos of every case.

use super::cases::{Case, Cases};
use super::error::BeforeAfterError;
use super::measures::PolicyMeasures;
use super::outcomes::{OutcomeSource, UnitSeries};
use super::permutation::{ProductChange, Subsets, difference_in_differences};
use super::regressions::{before_and_after, event_study};
use super::sample::{Part, Sample};
use crate::plain_text::listed;
use crate::progress::Progress;
use crate::regression::{RegressionError, WildBootstrap, WildWeights};
use crate::run::Run;
use crate::run_folder::StoredPanel;
use crate::study::{CompleteIn, EventOutcome, EventSection, UnitOfComparison};
use crate::uncertainty::quantile::quantiles;
use crate::units::grouped;

/// With fewer treated products, or fewer controls, p is that of the permutation.
pub const FEW_TREATED: usize = 10;
/// Ends of the cloud of the subsets.
const CLOUD: [f64; 2] = [0.05, 0.95];

/// Difference in differences of one outcome in one window.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The outcome.
    pub outcome: EventOutcome,
    /// First and last base year.
    pub pre: [u16; 2],
    /// First and last year that is compared with them.
    pub post: [u16; 2],
    /// Treated products.
    pub treated: usize,
    /// Controls.
    pub controls: usize,
    /// Rows of the regression.
    pub rows: usize,
    /// Mean change of the treated, and of the controls.
    pub changes: [f64; 2],
    /// β.
    pub estimate: f64,
    /// Its clustered standard error.
    pub standard_error: Option<f64>,
    /// Two-sided p by that.
    pub p_clustered: Option<f64>,
    /// p of the wild cluster bootstrap.
    pub p_bootstrap: Option<f64>,
    /// p by permutation.
    pub p_permutation: f64,
    /// Whether all subsets were taken.
    pub all_subsets: bool,
    /// How many.
    pub subsets: usize,
}

impl Estimate {
    /// Whether the p to read is that of the permutation.
    pub const fn is_by_permutation(&self) -> bool {
        self.treated < FEW_TREATED || self.controls < FEW_TREATED
    }

    /// The smallest p that the permutation can give. With as many controls as treated products the controls, taken for treated, always move as far.
    pub fn smallest_p(&self) -> f64 {
        let as_far = if self.treated == self.controls { 2.0 } else { 1.0 };
        if self.all_subsets { as_far / self.subsets as f64 } else { 1.0 / (1.0 + self.subsets as f64) }
    }

    /// The p to read.
    pub fn p(&self) -> Option<f64> {
        if self.is_by_permutation() { Some(self.p_permutation) } else { self.p_clustered }
    }
}

/// A year of the event-study form.
#[derive(Debug, Clone, PartialEq)]
pub struct PathPoint {
    /// The outcome.
    pub outcome: EventOutcome,
    /// The year.
    pub year: u16,
    /// β of the year; 0 in the base year.
    pub estimate: f64,
    /// Its clustered standard error; `None` in the base year.
    pub standard_error: Option<f64>,
    /// Two-sided p by that.
    pub p_clustered: Option<f64>,
    /// p by permutation; `None` in the base year.
    pub p_permutation: Option<f64>,
    /// 5 and 95 % of the subsets.
    pub cloud: [f64; 2],
}

/// A placebo.
#[derive(Debug, Clone, PartialEq)]
pub struct Placebo {
    /// The outcome.
    pub outcome: EventOutcome,
    /// The year taken for the date.
    pub date: u16,
    /// The control taken for treated, by position; `None` if the date is the placebo.
    pub product: Option<usize>,
    /// β.
    pub estimate: f64,
    /// p by permutation; of dates only.
    pub p_permutation: Option<f64>,
    /// Whether one of its years is a year of the measure, or of another on a treated product.
    pub touches: bool,
}

/// What happened in one case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseResult {
    /// The case.
    pub case: Case,
    /// Positions of the products that are in an estimate, ascending.
    pub compared: Vec<usize>,
    /// By outcome, then window.
    pub estimates: Vec<Estimate>,
    /// By outcome, then year.
    pub path: Vec<PathPoint>,
    /// By outcome; dates, then controls.
    pub placebos: Vec<Placebo>,
    /// Share of the value of the treated products that has a quantity, before and after; `None` if the run does not say.
    pub quantity_share: [Option<f64>; 2],
    /// What a reader should know, with what is missing.
    pub notes: Vec<String>,
}

/// Before and after all measures of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct BeforeAfter {
    /// What was compared.
    pub by: UnitOfComparison,
    /// By date, then measure.
    pub cases: Vec<CaseResult>,
    /// What a reader should know of all.
    pub notes: Vec<String>,
}

/// Compares before and after trade measures with products that have none.
///
/// What it answers: did the treated products move away from the others at the date of the measure, and by more than other products or other dates
/// do? For every case Y = unit + year + β · treated · post by least squares: with units that have all years β is the mean change of the treated
/// minus that of the controls.
///
/// # Errors
/// [`BeforeAfterError`]: nothing to compare and why, a table that is damaged, a regression that cannot be computed;
/// [`BeforeAfterError::Cancelled`] if `progress` asks to stop.
pub fn compare(
    run: &Run,
    measures: &PolicyMeasures,
    settings: &EventSection,
    seed: u64,
    progress: &dyn Progress,
) -> Result<BeforeAfter, BeforeAfterError> {
    if let Some(extract) = &run.manifest().trade.extract {
        return Err(BeforeAfterError::Question(extract.reason()));
    }
    let panel = run.panel()?;
    let Cases { cases, mut notes } = Cases::of(run, measures, settings)?;
    let source = OutcomeSource::read(run)?;
    let mut outcomes = Vec::new();
    let mut missing = Vec::new();
    for outcome in settings.compared() {
        match source.outcome(outcome, settings.by) {
            Ok(series) => outcomes.push((outcome, series)),
            Err(why) => missing.push((outcome, why)),
        }
    }
    for of_reason in missing.chunk_by(|a, b| a.1 == b.1) {
        let names: Vec<&str> = of_reason.iter().map(|(outcome, _)| outcome.name()).collect();
        notes.push(format!("Not compared: {}: {}.", names.join(", "), of_reason[0].1));
    }
    if outcomes.is_empty() {
        return Err(BeforeAfterError::Question(format!("nothing is left to compare. {}", notes.join(" "))));
    }
    let mut results = Vec::new();
    for case in cases {
        progress.go_on()?;
        let work = Work { panel, case: &case, settings, seed };
        results.push(work.result(&source, &outcomes, progress)?);
    }
    if results.iter().all(|result| result.estimates.is_empty()) {
        let why = results.into_iter().flat_map(|result| result.notes);
        let why: Vec<String> = notes.into_iter().chain(why).collect();
        return Err(BeforeAfterError::Question(format!("nothing is left to compare. {}", why.join(" "))));
    }
    Ok(BeforeAfter { by: settings.by, cases: results, notes })
}

/// One case.
struct Work<'a> {
    panel: &'a StoredPanel,
    case: &'a Case,
    settings: &'a EventSection,
    seed: u64,
}

impl Work<'_> {
    fn result(
        &self,
        source: &OutcomeSource<'_>,
        outcomes: &[(EventOutcome, Vec<UnitSeries>)],
        progress: &dyn Progress,
    ) -> Result<CaseResult, BeforeAfterError> {
        let case = self.case;
        let treated: Vec<usize> = case.treated.iter().map(|of| of.product).collect();
        let mut result = CaseResult {
            case: case.clone(),
            compared: Vec::new(),
            estimates: Vec::new(),
            path: Vec::new(),
            placebos: Vec::new(),
            quantity_share: [&case.pre, &case.posts[0]].map(|years| source.quantity_share(&treated, years)),
            notes: case.notes.clone(),
        };
        let mut incomplete: Vec<(EventOutcome, String)> = Vec::new();
        for (outcome, series) in outcomes {
            progress.go_on()?;
            let failed = |source| BeforeAfterError::Regression { outcome: outcome.name(), source };
            for post in &case.posts {
                let sample = self.sample(series, &[&case.pre[..], &post[..]].concat());
                incomplete.extend(self.incomplete(&sample).map(|words| (*outcome, words)));
                if self.settings.by == UnitOfComparison::Importer && post == &case.posts[0] {
                    result.notes.extend(incomplete_pairs(*outcome, &sample));
                }
                if !sample.is_enough() {
                    let words = self.too_few(*outcome, &sample);
                    if !result.notes.contains(&words) {
                        result.notes.push(words);
                    }
                    continue;
                }
                result.compared.extend(&sample.products);
                result.estimates.push(self.estimate(*outcome, &sample, post).map_err(failed)?);
            }
            result.path.extend(self.path(*outcome, series).map_err(failed)?);
            result.placebos.extend(self.dates(*outcome, series));
            result.placebos.extend(self.controls(*outcome, series));
        }
        result.compared.sort_unstable();
        result.compared.dedup();
        result.notes.extend(in_words(&incomplete));
        Ok(result)
    }

    /// The units with a part in the case that have the outcome in these years, or in all years of the run.
    fn sample<'s>(&self, series: &'s [UnitSeries], years: &[usize]) -> Sample<'s> {
        let all: Vec<usize> = (0..self.panel.years.len()).collect();
        let years = if self.settings.complete == CompleteIn::Run { &all } else { years };
        Sample::of(series, &|unit| self.part(unit), years)
    }

    fn part(&self, unit: &UnitSeries) -> Part {
        // Whoever took the measure does not import under it.
        let took_it = |importer| self.case.treated.iter().any(|of| of.exporters.contains(&importer));
        if unit.importer.is_some_and(took_it) {
            Part::Neither
        } else if self.case.treated.iter().any(|of| of.product == unit.product) {
            Part::Treated
        } else if self.case.controls.binary_search(&unit.product).is_ok() {
            Part::Control
        } else {
            Part::Neither
        }
    }

    fn subsets(&self, sample: &Sample<'_>) -> Subsets {
        let most = self.settings.permutations as usize;
        Subsets::of(sample.products.len(), sample.treated.len(), most, self.seed)
    }

    fn estimate(
        &self,
        outcome: EventOutcome,
        sample: &Sample<'_>,
        post: &[usize],
    ) -> Result<Estimate, RegressionError> {
        let pre = &self.case.pre[..];
        let bootstrap = WildBootstrap {
            draws: self.settings.bootstrap_draws as usize,
            weights: WildWeights::Webb,
            seed: self.seed,
        };
        let fitted = before_and_after(sample, self.panel, [pre, post], bootstrap)?;
        let after = fitted.terms[0];
        let changes = sample.changes(pre, post);
        let subsets = self.subsets(sample);
        let differences = subsets.differences(&changes);
        let actual = difference_in_differences(&changes, &sample.treated);
        let years = |of: &[usize]| [of[0], of[of.len() - 1]].map(|t| self.panel.years[t]);
        Ok(Estimate {
            outcome,
            pre: years(pre),
            post: years(post),
            treated: sample.treated.len(),
            controls: sample.controls(),
            rows: fitted.rows,
            changes: mean_changes(&changes, &sample.treated),
            estimate: after.estimate,
            standard_error: after.standard_error,
            p_clustered: after.p,
            p_bootstrap: fitted.p_bootstrap,
            p_permutation: subsets.p(actual, &differences),
            all_subsets: subsets.are_all,
            subsets: subsets.count(),
        })
    }

    /// The event-study form: over all years of the run, or those of the window at the date.
    fn path(&self, outcome: EventOutcome, series: &[UnitSeries]) -> Result<Vec<PathPoint>, RegressionError> {
        let case = self.case;
        let base = case.pre[case.pre.len() - 1];
        let years: Vec<usize> = match self.settings.complete {
            CompleteIn::Run => (0..self.panel.years.len()).collect(),
            CompleteIn::Window => case.pre.iter().chain(&case.posts[0]).copied().collect(),
        };
        let sample = self.sample(series, &years);
        if !sample.is_enough() {
            return Ok(Vec::new());
        }
        let fitted = event_study(&sample, self.panel, &years, base)?;
        let mut terms = fitted.terms.into_iter();
        let subsets = self.subsets(&sample);
        let point = |year: usize| {
            let year_number = self.panel.years[year];
            let Some(term) = (if year == base { None } else { terms.next() }) else {
                return PathPoint {
                    outcome,
                    year: year_number,
                    estimate: 0.0,
                    standard_error: None,
                    p_clustered: None,
                    p_permutation: None,
                    cloud: [0.0; 2],
                };
            };
            let changes = sample.changes(&[base], &[year]);
            let mut differences = subsets.differences(&changes);
            let actual = difference_in_differences(&changes, &sample.treated);
            PathPoint {
                outcome,
                year: year_number,
                estimate: term.estimate,
                standard_error: term.standard_error,
                p_clustered: term.p,
                p_permutation: Some(subsets.p(actual, &differences)),
                cloud: quantiles(&mut differences, CLOUD),
            }
        };
        Ok(years.iter().copied().map(point).collect())
    }

    /// Every other year as the date, with as many years before and after as the case has.
    fn dates(&self, outcome: EventOutcome, series: &[UnitSeries]) -> Vec<Placebo> {
        let (years, case) = (&self.panel.years, self.case);
        let (before, after) = (case.pre.len(), case.posts[0].len());
        let mut found = Vec::new();
        for at in before..(years.len() + 1).saturating_sub(after) {
            let window: Vec<usize> = (at - before..at + after).collect();
            let spans = years[window[window.len() - 1]] - years[window[0]];
            // Years that are missing in the run are not bridged.
            if years[at] == case.date || usize::from(spans) != before + after - 1 {
                continue;
            }
            let sample = self.sample(series, &window);
            if !sample.is_enough() {
                continue;
            }
            let changes = sample.changes(&window[..before], &window[before..]);
            let subsets = self.subsets(&sample);
            let estimate = difference_in_differences(&changes, &sample.treated);
            found.push(Placebo {
                outcome,
                date: years[at],
                product: None,
                estimate,
                p_permutation: Some(subsets.p(estimate, &subsets.differences(&changes))),
                touches: window.iter().any(|&t| case.is_hit(years[t])),
            });
        }
        found
    }

    /// Each control as if it were treated, compared with the other controls.
    fn controls(&self, outcome: EventOutcome, series: &[UnitSeries]) -> Vec<Placebo> {
        let (case, post) = (self.case, &self.case.posts[0]);
        let sample = self.sample(series, &[&case.pre[..], &post[..]].concat());
        if !sample.is_enough() {
            return Vec::new();
        }
        let changes = sample.changes(&case.pre, post);
        let is_control = |at: &usize| !sample.treated.contains(at);
        let places: Vec<usize> = (0..changes.len()).filter(is_control).collect();
        let of_controls: Vec<ProductChange> = places.iter().map(|&at| changes[at]).collect();
        let placebo = |(nth, &at): (usize, &usize)| Placebo {
            outcome,
            date: case.date,
            product: Some(sample.products[at]),
            estimate: difference_in_differences(&of_controls, &[nth]),
            p_permutation: None,
            touches: true,
        };
        places.iter().enumerate().map(placebo).collect()
    }

    /// Products without the outcome in all years, in words.
    fn incomplete(&self, sample: &Sample<'_>) -> Option<String> {
        let codes: Vec<String> =
            sample.incomplete.iter().map(|&p| self.panel.products[p].code.to_string()).collect();
        (!codes.is_empty()).then(|| format!("{} ({})", codes.len(), listed(codes, "")))
    }

    fn too_few(&self, outcome: EventOutcome, sample: &Sample<'_>) -> String {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for of in &self.case.no_controls {
            let reason = of.reason.split(" (").next().unwrap_or_default();
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((reason, 1)),
            }
        }
        let mut reasons: Vec<String> =
            reasons.iter().map(|(reason, count)| format!("{count}: {reason}")).collect();
        if !sample.incomplete.is_empty() {
            reasons.push(format!("{}: no {} in some year", sample.incomplete.len(), outcome.name()));
        }
        format!(
            "{}, {}, {}: {} treated and {} controls can be compared, and at least one and two are needed. Left out: {}.",
            self.case.measure,
            self.case.date,
            outcome.name(),
            sample.treated.len(),
            sample.controls(),
            if reasons.is_empty() {
                "none; the run has no other products".to_owned()
            } else {
                reasons.join("; ")
            }
        )
    }
}

/// How many pairs of product and importer are left out; `None` if none is.
fn incomplete_pairs(outcome: EventOutcome, sample: &Sample<'_>) -> Option<String> {
    let left_out = sample.incomplete_units;
    (left_out > 0).then(|| {
        format!(
            "{}: {} of {} pairs of product and importer are left out, as a year is missing.",
            outcome.name(),
            grouped(left_out as u64),
            grouped((left_out + sample.units.len()) as u64)
        )
    })
}

/// Mean change of the treated and of all others.
fn mean_changes(changes: &[ProductChange], treated: &[usize]) -> [f64; 2] {
    let mean = |wanted: bool| {
        let of = changes.iter().enumerate().filter(|(at, _)| treated.contains(at) == wanted);
        let (sum, units) = of.fold((0.0, 0), |(sum, units), (_, c)| (sum + c.sum, units + c.units));
        sum / units as f64
    };
    [mean(true), mean(false)]
}

/// Products without an outcome in all years, once for outcomes that lack the same.
fn in_words(incomplete: &[(EventOutcome, String)]) -> Vec<String> {
    let mut by_words: Vec<(&str, Vec<&str>)> = Vec::new();
    for (outcome, words) in incomplete {
        match by_words.iter_mut().find(|(known, _)| known == words) {
            Some((_, names)) if names.contains(&outcome.name()) => {}
            Some((_, names)) => names.push(outcome.name()),
            None => by_words.push((words, vec![outcome.name()])),
        }
    }
    by_words
        .into_iter()
        .map(|(words, names)| format!("Left out, as a year is missing in {}: {words}.", names.join(", ")))
        .collect()
}
