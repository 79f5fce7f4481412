//! Scenarios and chokepoints of a study, as tables of its run.

use std::sync::Arc;

use super::base_years::{base_years_among, years_left_out};
use super::chokepoints::chokepoints;
use super::encode::{add_products, encode_chokepoints, encode_losses};
use super::error::WhatIfError;
use super::order::ordered_chain;
use super::outcome::{ScenarioOutcome, WhatIf};
use super::past::{EventInRun, event_in_run};
use super::plans::{PlanTable, importer_plans};
use super::resolve::product_at;
use super::trade::RunTrade;
use crate::nomenclature::{Hs6, YearRange};
use crate::progress::Progress;
use crate::run::Run;
use crate::run_folder::tables::{DIVERSIFICATION, SHOCK_LOSSES, SHOCK_PRODUCTS, SHOCK_SUPPLIERS};
use crate::run_folder::{CsvTable, FolderError, RunFolder};
use crate::shock::{Scenario, events};
use crate::study::{Problem, ShockSection, Study};
use crate::threads::within;

/// What the scenarios and the scan of a study came to, beside the files.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShockSummary {
    /// Names of the scenarios.
    pub scenarios: Vec<String>,
    /// Scenarios times base years.
    pub scenario_years: usize,
    /// Product-years whose suppliers were scanned; 0 without a scan.
    pub scanned: usize,
    /// Suppliers in all of them.
    pub suppliers: usize,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// What each scenario takes in each base year.
    pub outcomes: Vec<ScenarioOutcome>,
}

/// Whether a file of a run is a table of scenarios or chokepoints.
pub fn is_output(name: &str) -> bool {
    [SHOCK_LOSSES, SHOCK_PRODUCTS, SHOCK_SUPPLIERS, DIVERSIFICATION].iter().any(|table| table.file == name)
}

/// Positions of the base years of a scenario: those of its rows, else those of the study, else the last.
///
/// # Errors
/// [`WhatIfError::Question`] if the run has none of them; [`WhatIfError::Run`] if its panel is damaged.
pub fn base_years(
    run: &Run,
    scenario: &Scenario,
    years: Option<YearRange>,
) -> Result<Vec<usize>, WhatIfError> {
    let panel = run.panel()?;
    base_years_among(&panel.years, scenario, years).map_err(WhatIfError::Question)
}

/// A scenario in one of its base years.
struct Asked {
    scenario: Scenario,
    year: usize,
    notes: Vec<String>,
}

/// The events of a study, each in its year; a note in the summary for those that cannot be run.
fn events_of(
    run: &Run,
    settings: &ShockSection,
    summary: &mut ShockSummary,
) -> Result<Vec<Asked>, WhatIfError> {
    let mut found = Vec::new();
    for name in &settings.events {
        let event = events::event(name).map_err(WhatIfError::Question)?;
        match event_in_run(run, event) {
            Ok(EventInRun { scenario, year, notes }) => {
                summary.scenarios.push(event.name.to_owned());
                found.push(Asked { scenario, year, notes });
            }
            Err(WhatIfError::Question(reason)) => summary.notes.push(reason),
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}

/// Scenarios in all of their base years.
fn in_base_years(
    run: &Run,
    scenarios: &[Scenario],
    settings: &ShockSection,
) -> Result<Vec<Asked>, WhatIfError> {
    let mut found = Vec::new();
    for scenario in scenarios {
        let years = base_years(run, scenario, settings.years)?;
        let of = |year| Asked { scenario: scenario.clone(), year, notes: Vec::new() };
        found.extend(years.into_iter().map(of));
    }
    Ok(found)
}

/// The trade of the chain, and of the products that scenarios hit, in their years.
fn trade_of(run: &Run, asked: &[Asked]) -> Result<RunTrade, WhatIfError> {
    let hit: Vec<Hs6> = asked.iter().flat_map(|of| of.scenario.products()).collect();
    let hit: Vec<usize> = hit.into_iter().map(|p| product_at(run, p)).collect::<Result<_, _>>()?;
    let order = ordered_chain(run, &hit)?;
    RunTrade::read(run, |product, t| {
        asked.iter().any(|of| of.year == t) && order.iter().any(|of| of.product == product)
    })
}

/// What has been asked takes, in its order.
fn answered(
    run: &Run,
    asked: Vec<Asked>,
    trade: Arc<RunTrade>,
    settings: &ShockSection,
    progress: &dyn Progress,
) -> Result<Vec<ScenarioOutcome>, WhatIfError> {
    let Some(first) = asked.first() else { return Ok(Vec::new()) };
    let what_if = WhatIf::with(run, first.year, trade, settings)?;
    let mut found = Vec::with_capacity(asked.len());
    for Asked { scenario, year, notes } in asked {
        progress.go_on()?;
        let mut outcome = what_if.at(year).scenario(&scenario)?;
        outcome.notes.splice(0..0, notes);
        found.push(outcome);
    }
    Ok(found)
}

/// What every scenario takes, in each of its base years.
///
/// # Errors
/// [`WhatIfError`] if a scenario names what the run does not have.
pub fn outcomes(
    run: &Run,
    scenarios: &[Scenario],
    settings: &ShockSection,
    progress: &dyn Progress,
) -> Result<Vec<ScenarioOutcome>, WhatIfError> {
    let asked = in_base_years(run, scenarios, settings)?;
    let trade = Arc::new(trade_of(run, &asked)?);
    answered(run, asked, trade, settings, progress)
}

/// Computes the scenarios and the scan of a study on its run, finished or in progress, and writes their tables; `Err` in the result holds the
/// reason why there is nothing to compute.
///
/// # Errors
/// [`WhatIfError`] if a scenario names what the run does not have, the folder cannot be written, or `progress` asks to stop.
pub fn compute_shocks(
    study: &Study,
    run: &Run,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<Result<ShockSummary, String>, WhatIfError> {
    within(|| compute_in_pool(study, run, folder, progress))
}

fn compute_in_pool(
    study: &Study,
    run: &Run,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<Result<ShockSummary, String>, WhatIfError> {
    let panel = run.panel()?;
    let settings = &study.shocks;
    let asked = Scenario::of_rows(&settings.rows.0);
    let scans = settings.scans(panel.products.len());
    if asked.is_empty() && settings.events.is_empty() && !scans {
        return Ok(Err(format!(
            "the study has no scenario, and {} products: suppliers are scanned for up to 300, or with shocks.scan = true",
            panel.products.len()
        )));
    }
    let mut summary = ShockSummary {
        scenarios: asked.iter().map(|of| of.name.clone()).collect(),
        ..ShockSummary::default()
    };
    let in_study = |error| of_study(study, error);
    let mut all = in_base_years(run, &asked, settings).map_err(in_study)?;
    all.extend(events_of(run, settings, &mut summary).map_err(in_study)?);
    // Read once, for the scan and for the scenarios.
    let trade = match scans {
        true => RunTrade::read(run, |_, _| true)?,
        false if all.is_empty() => RunTrade::default(),
        false => trade_of(run, &all).map_err(in_study)?,
    };
    if scans {
        write_scan(study, run, &trade, folder, &mut summary, progress)?;
    }
    let found = answered(run, all, Arc::new(trade), settings, progress).map_err(in_study)?;
    summary.scenario_years = found.len();
    for outcome in &found {
        summary.notes.extend(outcome.notes.iter().map(|note| format!("{}: {note}", outcome.scenario.name)));
    }
    summary.notes.extend(asked.iter().filter_map(|of| years_left_out(&panel.years, of, settings.years)));
    summary.notes.dedup();
    if !found.is_empty() {
        let schema = SHOCK_LOSSES.schema(study.output.compression_level);
        write_groups(
            folder,
            SHOCK_LOSSES.file,
            &schema,
            found.iter().map(|outcome| encode_losses(outcome, panel, &schema)),
        )?;
        let mut table = CsvTable::of(&SHOCK_PRODUCTS);
        found.iter().for_each(|outcome| add_products(&mut table, outcome, panel));
        table.write(folder, SHOCK_PRODUCTS.file)?;
    }
    summary.outcomes = found;
    Ok(Ok(summary))
}

/// The stop of every supplier, and the plans of all importers of the focus products in the last year.
fn write_scan(
    study: &Study,
    run: &Run,
    trade: &RunTrade,
    folder: &mut RunFolder,
    summary: &mut ShockSummary,
    progress: &dyn Progress,
) -> Result<(), WhatIfError> {
    let panel = run.panel()?;
    let rows = chokepoints(run, trade, progress)?;
    summary.scanned = trade.years().map(|year| trade.products(year).len()).sum();
    summary.suppliers = rows.len();
    let schema = SHOCK_SUPPLIERS.schema(study.output.compression_level);
    let groups = rows.chunk_by(|a, b| a.product == b.product);
    write_groups(
        folder,
        SHOCK_SUPPLIERS.file,
        &schema,
        groups.map(|rows| encode_chokepoints(rows, panel, &schema)),
    )?;
    let year = panel.years.len().saturating_sub(1);
    let focus = study.focus().iter().filter_map(|code| trade.of(panel.product(*code)?, year));
    let mut table = PlanTable::default();
    for product in focus {
        let plans = importer_plans(run, product, year, &study.diversification, progress)
            .map_err(|error| of_study(study, error))?;
        table.add(&plans, panel, year);
    }
    Ok(table.write(folder)?)
}

/// A question that a study asks in vain names the study.
fn of_study(study: &Study, error: WhatIfError) -> WhatIfError {
    match error {
        WhatIfError::Question(message) => {
            let problem = Problem { line: None, key: "shock".to_owned(), message };
            WhatIfError::Question(study.error(vec![problem]).to_string())
        }
        other => other,
    }
}

fn write_groups(
    folder: &mut RunFolder,
    file: &str,
    schema: &crate::columnar::Schema,
    groups: impl Iterator<Item = Result<Vec<crate::columnar::EncodedColumn>, parquet::errors::ParquetError>>,
) -> Result<(), FolderError> {
    let failed = |e| FolderError::parquet(file.as_ref(), e);
    let mut writer = None;
    for group in groups {
        let group = group.map_err(failed)?;
        if group.is_empty() {
            continue;
        }
        if writer.is_none() {
            writer = Some(folder.table_writer(file, schema)?);
        }
        if let Some(writer) = &mut writer {
            writer.append(group).map_err(failed)?;
        }
    }
    if let Some(writer) = writer {
        writer.finish().map_err(failed)?;
    }
    Ok(())
}
