//! Stages of a finished run that are made again.

use std::path::Path;

use super::Error;
use super::chain;
use super::clock::Clock;
use super::data::open_trade;
use super::drawing::{changed_study, finish, page_of, report, tell_dropped};
use super::records::{record_regression, record_typology};
use super::regression as regression_stage;
use super::robustness::TradeData;
use super::summary::RunSummary;
use super::typology as stage;
use crate::ingest::Governance;
use crate::panel::world::read_governance;
use crate::progress::Progress;
use crate::report::figures::request_names::{shows_regression, shows_typology};
use crate::report::figures::{FigurePrinter, FigureRequest};
use crate::run::Run;
use crate::run_folder::RunFiles;
use crate::run_folder::RunFolder;
use crate::run_folder::StoredPanel;
use crate::run_folder::manifest::{InputFile, Manifest};
use crate::study::{Problem, Study};
use crate::threads::within;
use crate::trade::Store;
use crate::trade::year_writer::sha256_of;
use crate::value_chain::ValueChain;

/// Figures that show a typology.
const OF_TYPOLOGY: [&str; 4] = ["network", "typology_map", "cluster_profiles", "cluster_trends"];
/// Figures that show a regression.
const OF_REGRESSION: [&str; 2] = ["coefficients", "specification_curve"];

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
        |name| {
            stage::is_output(name)
                || shows_typology(name)
                || regression_stage::is_output(name)
                || shows_regression(name)
        }
    } else {
        |name| stage::is_output(name) || shows_typology(name)
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
    record_typology(&mut manifest, typology);
    clock.lap("typology");
    let mut figures = OF_TYPOLOGY.to_vec();
    if has_regression {
        let data = opened.as_ref().map(OpenedTrade::data);
        // The clusters are those just made, or none.
        let results = folder.results();
        let basis = manifest.indicators.rca_basis.clone();
        let at_hand = with_data_of(&changed, study);
        let regression =
            regression_stage::run(&at_hand, &stored, &results, &basis, data, &mut folder, progress)?;
        record_regression(&mut manifest, regression);
        clock.lap("regression");
        figures.extend(OF_REGRESSION);
    }
    let briefs = manifest.files.iter().filter(|f| f.name.starts_with("briefs/")).count();
    if briefs > 0 {
        progress.note(&format!(
            "briefs of the run that show the typology of before: {briefs}; monazite report writes them again"
        ));
    }
    let again = Again { run, folder, changed, stored, manifest, is_output, figures };
    again.report(printer, clock, progress)
}

/// A finished run of which a stage has been made again.
struct Again<'a> {
    run: &'a Path,
    folder: RunFolder,
    changed: Study,
    stored: StoredPanel,
    manifest: Manifest,
    is_output: fn(&str) -> bool,
    /// The figures that show what was made again.
    figures: Vec<&'static str>,
}

impl Again<'_> {
    /// Draws the figures that depend on the stage, renders the page, and commits it all.
    fn report(
        self,
        printer: Option<&dyn FigurePrinter>,
        mut clock: Clock,
        progress: &dyn Progress,
    ) -> Result<RunSummary, Error> {
        let Self { run, mut folder, changed, stored, manifest, is_output, figures } = self;
        let files = folder.results();
        let made = Run::of(files, changed, manifest).with_panel(stored);
        // A run that stopped at the indicators has no figures yet, and gets all of them.
        let only = if page_of(run).exists() { figures } else { Vec::new() };
        let request =
            FigureRequest { only: only.into_iter().map(str::to_owned).collect(), ..FigureRequest::default() };
        let made = report(made, &mut folder, &request, printer, &mut clock, progress)?;
        progress.go_on()?;
        tell_dropped(&made.manifest().files, &folder, is_output, progress);
        finish(run, folder, made, is_output, clock)
    }
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
    let is_output: fn(&str) -> bool = |name| regression_stage::is_output(name) || shows_regression(name);
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
    record_regression(&mut manifest, regression);
    clock.lap("regression");
    let again = Again { run, folder, changed, stored, manifest, is_output, figures: OF_REGRESSION.to_vec() };
    again.report(printer, clock, progress)
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
    let chain = chain::build(study, &store, progress)?.chain;
    Ok(OpenedTrade { governance: read_governance(study)?, store, chain })
}
