//! Everything that is made of one study's regression, from the yearly panel to the numbers behind table and figures.

use std::collections::BTreeMap;

use super::error::RegressionError;
use super::estimation::{Sample, Specification};
use super::leave_out::{LeaveOut, leave_out};
use super::placebo::{PlaceboRow, placebo};
use super::prepared::Prepared;
use super::presets::{CovarianceKind, Estimated, InferenceOptions, Preset, estimate};
use super::remarks::{clusters_of, rows_note, settle_references, stand_in_notes};
use super::robustness::{ChangedPanel, RobustnessCheck, RobustnessOptions, with_other_risk};
use super::signs::{SignCheck, check_signs};
use super::sweep::{Sweep, SweepOptions, sweep};
use super::transform::Transform;
use super::variable::Grouping;
use super::wild_bootstrap::WildBootstrap;
use super::windows::Windows;
use super::yearly::YearlyPanel;
use crate::indicators::{Column, RiskReading};
use crate::progress::{Cancelled, Progress};

/// Everything that the regressions depend on beside the panel; `study::Study::analysis_parameters` gives those of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisParameters {
    /// What is regressed on what.
    pub specification: Specification,
    /// Baseline and projection.
    pub windows: Windows,
    /// Whether somebody chose them.
    pub windows_are_chosen: bool,
    /// Standard errors and intervals.
    pub inference: InferenceOptions,
    /// Scales in the table.
    pub transforms: Vec<Transform>,
    /// Samples in the table.
    pub samples: Vec<Sample>,
    /// Readings of systemic trade risk in the table.
    pub risks: Vec<RiskReading>,
    /// The wild cluster bootstrap; `None` for none.
    pub wild: Option<WildBootstrap>,
    /// Lengths of windows to sweep over.
    pub sweep_lengths: Vec<u64>,
    /// Further pairs of windows.
    pub sweep_windows: Vec<Windows>,
    /// Scales to sweep over.
    pub sweep_transforms: Vec<Transform>,
    /// Samples to sweep over.
    pub sweep_samples: Vec<Sample>,
    /// Standard errors to sweep over.
    pub sweep_covariances: Vec<CovarianceKind>,
    /// Draws of the placebo.
    pub placebo_draws: usize,
    /// Seed of the placebo.
    pub seed: u64,
    /// The checks.
    pub robustness: Vec<RobustnessCheck>,
    /// Year of stability in [`RobustnessCheck::FixedStability`]; the first of the baseline if `None`.
    pub robustness_year: Option<u16>,
    /// Groups in [`RobustnessCheck::MergedEntrepots`].
    pub robustness_merge: BTreeMap<String, Vec<String>>,
    /// Instability of every country in [`RobustnessCheck::UniformStability`].
    pub uniform_instability: f64,
}

/// One preset and what it came to.
#[derive(Debug, Clone)]
pub struct PresetResult {
    /// Scale and sample.
    pub preset: Preset,
    /// Whether it is a column of the table.
    pub reported: bool,
    /// The regression, or why there is none.
    pub outcome: Result<Estimated, RegressionError>,
}

/// The table under one robustness check.
#[derive(Debug, Clone)]
pub struct RobustnessResult {
    /// The check; `None` for the study as it is.
    pub check: Option<RobustnessCheck>,
    /// What was done, in words.
    pub what: String,
    /// Preset by preset; empty if the check could not be made.
    pub presets: Vec<PresetResult>,
    /// Why the check could not be made.
    pub not_made: Option<String>,
}

/// A preset and what leaving out, or the placebo, came to for it.
#[derive(Debug, Clone)]
pub struct OfPreset<T> {
    /// Scale and sample.
    pub preset: Preset,
    /// What it came to.
    pub result: T,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// What was regressed on what, in the end.
    pub specification: Specification,
    /// The windows.
    pub windows: Windows,
    /// The options of inference.
    pub inference: InferenceOptions,
    /// All presets; those of the table first.
    pub presets: Vec<PresetResult>,
    /// The paper's signs, by preset.
    pub signs: Vec<SignCheck>,
    /// Pairs of windows of the sweep.
    pub sweep_windows: Vec<Windows>,
    /// The sweep; `None` if the study does not want one, or no two windows fit into its years.
    pub sweep: Option<Sweep>,
    /// Without each country and tier.
    pub left_out: Vec<OfPreset<LeaveOut>>,
    /// With the inputs of other products.
    pub placebo: Vec<OfPreset<Vec<PlaceboRow>>>,
    /// Under the checks; the study as it is first.
    pub robustness: Vec<RobustnessResult>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Analysis {
    /// The columns of the table that could be estimated.
    pub fn reported(&self) -> impl Iterator<Item = (&Preset, &Estimated)> {
        self.presets.iter().filter(|p| p.reported).filter_map(|p| Some((&p.preset, p.outcome.as_ref().ok()?)))
    }
}

/// Why there is no regression, if it is not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NothingToRegress(pub String);

/// Runs the regression in all its forms.
///
/// `changed` computes the panel anew for robustness checks; without it those that need the trade are listed as not made.
/// Nothing is printed or written.
///
/// # Errors
/// That of `changed`; [`Cancelled`] if `progress` asks to stop, which it is asked before every regression.
pub fn analyse<E: From<Cancelled>>(
    parameters: &AnalysisParameters,
    panel: &YearlyPanel,
    changed: Option<ChangedPanel<'_, E>>,
    progress: &dyn Progress,
) -> Result<Result<Analysis, NothingToRegress>, E> {
    let windows = parameters.windows;
    if let Err(error) = windows.check(&panel.years) {
        let hint = if parameters.windows_are_chosen {
            ""
        } else {
            " and regression.projection, or leave the regression out"
        };
        return Ok(Err(NothingToRegress(format!("{error}{hint}"))));
    }
    let mut notes = Vec::new();
    let mut specification = fitting(parameters.specification.clone(), panel, &mut notes);
    settle_references(&mut specification, panel, &mut notes);
    let specification = specification;
    let inference = parameters.inference;
    let reported = table_presets(&parameters.transforms, &parameters.samples, &parameters.risks);
    let mut presets = Vec::new();
    for preset in &reported {
        progress.go_on()?;
        let outcome =
            run(panel, &specification, &windows, *preset, inference, &CovarianceKind::ALL, parameters.wild);
        presets.push(PresetResult { preset: *preset, reported: true, outcome });
    }
    if let Some(first) = presets.first()
        && presets.iter().all(|p| p.outcome.is_err())
        && let Err(error) = &first.outcome
    {
        return Ok(Err(NothingToRegress(error.to_string())));
    }
    for preset in further_presets(panel, &specification) {
        if !reported.contains(&preset) {
            progress.go_on()?;
            let outcome = run(panel, &specification, &windows, preset, inference, &CovarianceKind::ALL, None);
            presets.push(PresetResult { preset, reported: false, outcome });
        }
    }
    let signs = presets
        .iter()
        .filter_map(|p| Some(check_signs(p.outcome.as_ref().ok()?, p.preset, clusters_of(panel))))
        .flatten()
        .collect();

    let sweep_windows = windows_of_sweep(parameters, panel);
    let swept = if sweep_windows.is_empty() {
        None
    } else {
        let options = SweepOptions {
            windows: sweep_windows.clone(),
            transforms: parameters.sweep_transforms.clone(),
            samples: parameters.sweep_samples.clone(),
            covariances: parameters.sweep_covariances.clone(),
            inference,
        };
        sweep(panel, &specification, &options, progress).ok()
    };
    // A sweep that was stopped looks like one that cannot be made.
    progress.go_on()?;

    let mut left_out = Vec::new();
    let mut under_placebo = Vec::new();
    for preset in reported.iter().filter(|p| presets.iter().any(|r| r.preset == **p && r.outcome.is_ok())) {
        if let Ok(prepared) = Prepared::new(panel, &specification, &windows, *preset) {
            if let Ok(result) = leave_out(&prepared, inference, progress) {
                left_out.push(OfPreset { preset: *preset, result });
            }
            let draws = parameters.placebo_draws;
            if let Ok(result) = placebo(&prepared, inference, draws, parameters.seed, progress)
                && !result.is_empty()
            {
                under_placebo.push(OfPreset { preset: *preset, result });
            }
            progress.go_on()?;
        }
    }

    let robustness =
        check_robustness(parameters, panel, changed, &specification, &windows, &reported, progress)?;
    let regressions = presets.iter().filter_map(|p| Some((p, p.outcome.as_ref().ok()?)));
    for (result, estimated) in regressions.clone().filter(|(result, _)| result.reported) {
        notes.extend(rows_note(panel, &specification, &windows, result.preset, estimated));
    }
    notes.extend(stand_in_notes(regressions.map(|(p, e)| (p.preset, e)), swept.as_ref()));
    Ok(Ok(Analysis {
        specification,
        windows,
        inference,
        presets,
        signs,
        sweep_windows,
        sweep: swept,
        left_out,
        placebo: under_placebo,
        robustness,
        notes,
    }))
}

/// What is estimated whether or not it is in the table: all scales for all country-products and the strengths, and mass-balanced STR.
fn further_presets(panel: &YearlyPanel, specification: &Specification) -> Vec<Preset> {
    let mut further = reported_presets(&Transform::ALL, &[Sample::All, Sample::Strengths]);
    if panel.columns().any(|column| column == Column::StrMassBalance)
        && specification.variables().any(|v| v.column == Column::Str)
    {
        let scales = [Transform::Literal, Transform::Log];
        further.extend(table_presets(&scales, &[Sample::All], &[RiskReading::MassBalance]));
    }
    further
}

fn run(
    panel: &YearlyPanel,
    specification: &Specification,
    windows: &Windows,
    preset: Preset,
    inference: InferenceOptions,
    others: &[CovarianceKind],
    wild: Option<WildBootstrap>,
) -> Result<Estimated, RegressionError> {
    let rows = Prepared::new(panel, specification, windows, preset)?.rows()?;
    estimate(rows, inference, others, wild)
}

/// The columns of a table: all scales with all samples, sample by sample.
pub fn reported_presets(transforms: &[Transform], samples: &[Sample]) -> Vec<Preset> {
    samples
        .iter()
        .flat_map(|&sample| {
            transforms.iter().map(move |&transform| Preset { transform, sample, ..Preset::default() })
        })
        .collect()
}

/// As [`reported_presets`], with each reading of systemic trade risk.
pub fn table_presets(transforms: &[Transform], samples: &[Sample], risks: &[RiskReading]) -> Vec<Preset> {
    let presets = reported_presets(transforms, samples);
    risks.iter().flat_map(|&risk| presets.iter().map(move |preset| Preset { risk, ..*preset })).collect()
}

/// The specification without what the run has nothing for.
fn fitting(mut specification: Specification, panel: &YearlyPanel, notes: &mut Vec<String>) -> Specification {
    let uses_clusters = specification.factors.contains(&Grouping::Cluster)
        || specification.absorb.contains(&Grouping::Cluster);
    if uses_clusters && !panel.has_clusters {
        specification.factors.retain(|g| *g != Grouping::Cluster);
        specification.absorb.retain(|g| *g != Grouping::Cluster);
        notes.push(
            "The run has no typology, so the regression is without clusters: differences between kinds of countries are in the other coefficients."
                .to_owned(),
        );
    }
    let any_inputs = panel.products.iter().any(|p| !p.inputs.is_empty());
    if !any_inputs && specification.regressors.iter().any(|v| v.inputs) {
        specification.regressors.retain(|v| !v.inputs);
        notes.push(
            "No product of the run has inputs, so the regression is without the inputs' variables."
                .to_owned(),
        );
    }
    specification
}

/// The pairs of windows of the sweep: those of the lengths that the study names, and those it lists.
fn windows_of_sweep(parameters: &AnalysisParameters, panel: &YearlyPanel) -> Vec<Windows> {
    let mut windows: Vec<Windows> = parameters
        .sweep_lengths
        .iter()
        .flat_map(|&length| Windows::all_of_length(&panel.years, length.min(1000) as u16))
        .collect();
    for pair in &parameters.sweep_windows {
        if !windows.contains(pair) && pair.check(&panel.years).is_ok() {
            windows.push(*pair);
        }
    }
    windows
}

fn check_robustness<E: From<Cancelled>>(
    parameters: &AnalysisParameters,
    panel: &YearlyPanel,
    changed: Option<ChangedPanel<'_, E>>,
    specification: &Specification,
    windows: &Windows,
    reported: &[Preset],
    progress: &dyn Progress,
) -> Result<Vec<RobustnessResult>, E> {
    if parameters.robustness.is_empty() {
        return Ok(Vec::new());
    }
    let table = |panel: &YearlyPanel, specification: &Specification| -> Vec<PresetResult> {
        reported
            .iter()
            .map(|&preset| PresetResult {
                preset,
                reported: true,
                outcome: run(panel, specification, windows, preset, parameters.inference, &[], None),
            })
            .collect()
    };
    let mut results = vec![RobustnessResult {
        check: None,
        what: "the study as it is".to_owned(),
        presets: table(panel, specification),
        not_made: None,
    }];
    let options = RobustnessOptions {
        year: parameters.robustness_year.unwrap_or(windows.baseline.first),
        merge: parameters.robustness_merge.clone(),
    };
    for &check in &parameters.robustness {
        progress.go_on()?;
        let what = match check {
            RobustnessCheck::FixedStability => format!("stability of {} in all years", options.year),
            RobustnessCheck::BalancedSet => "only countries that import the product in every year".to_owned(),
            RobustnessCheck::MergedEntrepots => {
                let groups: Vec<String> = options.merge.values().map(|members| members.join("+")).collect();
                format!("merged: {}", groups.join(", "))
            }
            RobustnessCheck::IndirectRisk => "indirect part of STR for STR".to_owned(),
            RobustnessCheck::MassBalance => "mass-balanced STR for STR".to_owned(),
            RobustnessCheck::OtherInputs => format!("(inputs): {}", specification.inputs.other().in_words()),
            RobustnessCheck::UniformStability => {
                format!("every country with instability {}", parameters.uniform_instability)
            }
        };
        let mut result = RobustnessResult { check: Some(check), what, presets: Vec::new(), not_made: None };
        match (changed, check.needs_trade()) {
            (None, true) => {
                result.not_made =
                    Some("it needs the trade data; run the study, or name its file when the regression is run again"
                        .to_owned());
            }
            (_, false) if check == RobustnessCheck::OtherInputs => {
                if specification.variables().any(|v| v.inputs) {
                    let inputs = specification.inputs.other();
                    result.presets = table(panel, &Specification { inputs, ..specification.clone() });
                } else {
                    result.not_made = Some("the regression has no variables of the inputs".to_owned());
                }
            }
            (_, false) => match with_other_risk(check, panel) {
                Some(changed) => result.presets = table(&changed, specification),
                None => result.not_made = Some("the regression has no STR".to_owned()),
            },
            (Some(changed), true) => match changed(check, &options, panel)? {
                Ok(changed) => result.presets = table(&changed, specification),
                Err(reason) => result.not_made = Some(reason),
            },
        }
        results.push(result);
    }
    Ok(results)
}
