//! Stages of a finished run that are made again.

use std::path::{Path, PathBuf};

use super::drawing::{draw, finish};
use super::regression as regression_stage;
use super::robustness::TradeData;
use super::typology as stage;
use super::{Clock, RunSummary, build_chain, open_trade, record_regression, record_typology};
use crate::ingest::Governance;
use crate::panel::world::read_governance;
use crate::pipeline::Error;
use crate::progress::Progress;
use crate::report::figures::{self, FigurePrinter, FigureRequest, page_slots};
use crate::report::page;
use crate::run_folder::FolderError;
use crate::run_folder::RunFiles;
use crate::run_folder::RunFolder;
use crate::run_folder::StoredPanel;
use crate::run_folder::manifest::{InputFile, Manifest};
use crate::study::{Problem, Study};
use crate::threads::within;
use crate::trade::Store;
use crate::trade::year_writer::sha256_of;
use crate::value_chain::ValueChain;

/// Makes profiles, groups and typology of a finished run again, from what its indicators came to, with other settings; and the
/// regression, which has the clusters among its variables, if the run has one.
///
/// `change` may alter the sections `profile`, `groups` (but for what is consolidated) and `typology` and the random seed of the
/// study; everything else in the run stays as it is. `study` is the study file with the place of the trade data, from which robustness checks
/// of the regression are computed; without it those that need the trade are listed as not made.
///
/// # Errors
/// [`Error::Folder`] if there is no finished run, [`Error::Study`] if the changed study is not valid or `study` is about other data,
/// [`Error::Cancelled`] if `progress` asks to stop, otherwise whatever fails. The run is then as it was before.
pub fn rerun_typology(
    run: &Path,
    study: Option<&Study>,
    change: impl FnOnce(&mut Study) + Send,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    within(|| typology_again(run, study, change, printer, progress))
}

fn typology_again(
    run: &Path,
    study: Option<&Study>,
    change: impl FnOnce(&mut Study),
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    let mut clock = Clock::start();
    let mut manifest = Manifest::read(run)?;
    let has_regression =
        manifest.regression.is_some() || manifest.skipped.iter().any(|s| s.stage == "regression");
    let is_output: fn(&str) -> bool = if has_regression {
        |name| stage::is_output(name) || regression_stage::is_output(name) || figures::is_output(name)
    } else {
        |name| stage::is_output(name) || figures::is_output(name)
    };
    let mut folder = RunFolder::amend(run, is_output)?;
    progress.go_on()?;
    let stored = StoredPanel::open(run)?;
    progress.go_on()?;
    let changed = changed_study(run, change)?;
    let opened = match study {
        Some(study) => Some(open_same_trade(study, &manifest, progress)?),
        None => None,
    };
    let typology = stage::run(&changed, &stored, &mut folder, progress)?;
    folder.write("study.toml", changed.to_toml().as_bytes())?;
    manifest.study.sha256 = changed.hash();
    manifest.study.random_seed = changed.study.random_seed;
    record_typology(&mut manifest, &typology);
    clock.lap("typology");
    let mut regression = None;
    if has_regression {
        let data = opened.as_ref().map(OpenedTrade::data);
        // The clusters are those just made, or none.
        let results = folder.results();
        let basis = manifest.indicators.rca_basis.clone();
        let at_hand = with_data_of(&changed, study);
        let stage = regression_stage::run(&at_hand, &stored, &results, &basis, data, &mut folder, progress)?;
        record_regression(&mut manifest, &stage);
        clock.lap("regression");
        regression = Some(stage);
    }
    let request = FigureRequest::default();
    progress.go_on()?;
    let drawn = draw(&mut folder, &changed, &stored, &mut manifest, &request, printer, progress)?;
    let report = exchange_section(run, &mut folder, |html| {
        let html = page::typology::replaced(html, typology.section.as_deref());
        let html = match &regression {
            Some(stage) => page::regression::replaced(&html, stage.section.as_deref()),
            None => html,
        };
        page_slots::filled(&html, &drawn)
    })?;
    clock.lap("figures");
    progress.go_on()?;
    finish(run, folder, manifest, is_output, clock, report)
}

/// The study of a run with the place of the data from the study file: the run does not know where they are.
fn with_data_of(changed: &Study, study: Option<&Study>) -> Study {
    let mut at_hand = changed.clone();
    if let Some(study) = study {
        at_hand.file.clone_from(&study.file);
        at_hand.data.clone_from(&study.data);
    }
    at_hand
}

/// Runs the regression of a finished run again, from what its indicators and its typology came to, with other settings.
///
/// `study` is the study file with the settings of `[regression]` and the place of the trade data; without it the settings
/// are those of the run, and robustness checks that need the trade are left out. `change` may alter `[regression]` and the random seed.
///
/// # Errors
/// [`Error::Folder`] if there is no finished run, [`Error::Study`] if the changed study is not valid or is about other data,
/// [`Error::Cancelled`] if `progress` asks to stop, otherwise whatever fails. The run is then as it was before.
pub fn rerun_regression(
    run: &Path,
    study: Option<&Study>,
    change: impl FnOnce(&mut Study) + Send,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    within(|| regression_again(run, study, change, printer, progress))
}

fn regression_again(
    run: &Path,
    study: Option<&Study>,
    change: impl FnOnce(&mut Study),
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    let mut clock = Clock::start();
    let mut manifest = Manifest::read(run)?;
    let is_output: fn(&str) -> bool = |name| regression_stage::is_output(name) || figures::is_output(name);
    let mut folder = RunFolder::amend(run, is_output)?;
    progress.go_on()?;
    let stored = StoredPanel::open(run)?;
    progress.go_on()?;
    let changed = changed_study(run, |changed| {
        if let Some(study) = study {
            changed.regression = study.regression.clone();
        }
        change(changed);
    })?;
    let countries: Vec<String> = stored.countries.iter().map(|c| c.code.clone()).collect();
    regression_stage::check_against(&changed, &stored.years, &countries)?;
    let opened = match study {
        Some(study) => Some(open_same_trade(study, &manifest, progress)?),
        None => None,
    };
    let data = opened.as_ref().map(OpenedTrade::data);
    let at_hand = with_data_of(&changed, study);
    let basis = manifest.indicators.rca_basis.clone();
    let regression = regression_stage::run(
        &at_hand,
        &stored,
        &RunFiles::folder(run),
        &basis,
        data,
        &mut folder,
        progress,
    )?;
    folder.write("study.toml", changed.to_toml().as_bytes())?;
    manifest.study.sha256 = changed.hash();
    manifest.study.random_seed = changed.study.random_seed;
    record_regression(&mut manifest, &regression);
    clock.lap("regression");
    let request = FigureRequest::default();
    progress.go_on()?;
    let drawn = draw(&mut folder, &changed, &stored, &mut manifest, &request, printer, progress)?;
    let report = exchange_section(run, &mut folder, |html| {
        page_slots::filled(&page::regression::replaced(html, regression.section.as_deref()), &drawn)
    })?;
    clock.lap("figures");
    progress.go_on()?;
    finish(run, folder, manifest, is_output, clock, report)
}

/// The study of a run with other settings, checked as if it had been read from its file.
pub(super) fn changed_study(run: &Path, change: impl FnOnce(&mut Study)) -> Result<Study, Error> {
    let mut changed = Study::of_run(run)?;
    change(&mut changed);
    Ok(Study::parse_of_run(&changed.to_toml(), &changed.file)?)
}

/// What a study is computed from, opened again.
struct OpenedTrade {
    store: Store,
    chain: ValueChain,
    governance: Governance,
}

impl OpenedTrade {
    fn data(&self) -> TradeData<'_> {
        TradeData { store: &self.store, chain: &self.chain, governance: &self.governance }
    }
}

/// The store, chain and stability of a study, which must be those that a run was made from.
fn open_same_trade(
    study: &Study,
    manifest: &Manifest,
    progress: &dyn Progress,
) -> Result<OpenedTrade, Error> {
    let store = open_trade(study, progress)?;
    let sums = |inputs: &[InputFile]| inputs.iter().map(|i| i.sha256.clone()).collect::<Vec<_>>();
    let of_store: Vec<String> = store.manifest().inputs.iter().map(|i| i.sha256.clone()).collect();
    let other = |key: &str, what: &str| {
        let message = format!("this is not the {what} that the run was made from; run the study again");
        Error::from(study.error(vec![Problem { line: None, key: key.to_owned(), message }]))
    };
    if of_store != sums(&manifest.trade.inputs) {
        return Err(other("data.trade", "trade"));
    }
    if sha256_of(&study.resolve(&study.data.governance))? != manifest.stability.sha256 {
        return Err(other("data.governance", "political stability"));
    }
    let chain = build_chain(study, &store, progress)?.chain;
    Ok(OpenedTrade { governance: read_governance(study)?, store, chain })
}

/// Writes the report of a run anew with one section exchanged; nothing if the run has no report.
pub(super) fn exchange_section(
    run: &Path,
    folder: &mut RunFolder,
    exchange: impl FnOnce(&str) -> String,
) -> Result<Option<PathBuf>, Error> {
    let report = run.join("report.html");
    if !report.exists() {
        return Ok(None);
    }
    let html = std::fs::read_to_string(&report).map_err(|e| FolderError::io(&report, "cannot be read", e))?;
    folder.write("report.html", exchange(&html).as_bytes())?;
    Ok(Some(report))
}
