//! Stages of a finished run that are made again.

use std::collections::BTreeSet;
use std::path::Path;

use super::Error;
use super::band_groups::keep_known_groups;
use super::chain;
use super::clock::Clock;
use super::data::{open_trade, release_of};
use super::drawing::{changed_study, finish, has_page, report, tell_dropped};
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
use crate::run::{Run, inputs};
use crate::run_folder::manifest::{ExtractRecord, FileRecord, Manifest};
use crate::run_folder::stored_panel::PanelSelection;
use crate::run_folder::{FinishedRun, RunFolder, StoredPanel};
use crate::study::{Difference, Problem, Study};
use crate::threads::within;
use crate::trade::Store;
use crate::value_chain::ValueChain;

/// Figures that are drawn again with a typology.
/// The trends of STR, the origins, and what stops and plans come to show none, but their captions name the study, as that of the networks does.
const OF_TYPOLOGY: [&str; 10] = [
    "network",
    "str_trends",
    "origins",
    "chokepoints",
    "shock",
    "frontier",
    "index_correlations",
    "typology_map",
    "cluster_profiles",
    "cluster_trends",
];
/// Figures that show a regression.
const OF_REGRESSION: [&str; 2] = ["coefficients", "specification_curve"];

/// Makes profiles, groups and typology of a finished run again, from what its indicators came to, with other settings; and the
/// regression, which has the clusters among its variables, if the run has one.
///
/// `study` is the study file: settings of `[profile]`, `[groups]` (but for what is consolidated) and `[typology]` and the random seed are taken
/// from it, and the place of the trade data, from which robustness checks of the regression are computed. Without it the settings are those
/// of the run, and checks that need the trade are listed as not made. `change` may alter the same settings; everything else in the run
/// stays as it is.
///
/// # Errors
/// [`Error::Folder`] if there is no finished run or a file in it is not the one that it made, [`Error::Study`] if the changed study is not
/// valid or `study` is not that of the run, [`Error::Nothing`] if there would be no typology, [`Error::Cancelled`] if `progress` asks to stop,
/// otherwise whatever fails. The run is then as it was before.
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
    let of_typology: fn(&str) -> bool = |name| stage::is_output(name) || shows_typology(name);
    let of_both: fn(&str) -> bool = |name| {
        stage::is_output(name)
            || shows_typology(name)
            || regression_stage::is_output(name)
            || shows_regression(name)
    };
    let (mut folder, FinishedRun { files, mut manifest }) = RunFolder::amend(run, of_typology)?;
    let has_regression =
        manifest.regression.is_some() || manifest.skipped.iter().any(|s| s.stage == "regression");
    let is_output = if has_regression { of_both } else { of_typology };
    folder.replaces(is_output);
    progress.go_on()?;
    let of_run = Study::of_files(&files)?;
    if let Some(study) = study {
        let mut may_differ = vec!["profile", "typology", "groups.means"];
        if of_run.groups.consolidated.is_empty() {
            may_differ.push("groups.define");
        }
        check_same_study(study, &of_run, &may_differ)?;
    }
    let changed = changed_study(&of_run, |changed| {
        if let Some(study) = study {
            changed.profile = study.profile.clone();
            changed.groups = study.groups.clone();
            changed.typology = study.typology.clone();
            changed.study.random_seed = study.study.random_seed;
        }
        change(changed);
    })?;
    let stored = StoredPanel::read(&files, &PanelSelection::default())?;
    progress.go_on()?;
    let opened = match study {
        Some(study) => Some(open_same_trade(study, &manifest, progress)?),
        None => None,
    };
    let extract = manifest.trade.extract.as_ref().map(ExtractRecord::reason);
    let typology = stage::run(&changed, &stored, extract.as_deref(), &mut folder, progress)?
        .map_err(|reason| Error::Nothing { what: "typology", reason })?;
    if let Some(note) = keep_known_groups(&of_run, &changed, &stored, &files, &mut folder)? {
        progress.note(&note);
        manifest.uncertainty.iter_mut().for_each(|bands| bands.notes.push(note.clone()));
    }
    folder.write("study.toml", changed.to_toml().as_bytes())?;
    manifest.study.sha256 = changed.hash();
    manifest.study.random_seed = changed.study.random_seed;
    record_typology(&mut manifest, Ok(typology));
    clock.lap("typology");
    let mut figures = OF_TYPOLOGY.to_vec();
    if has_regression {
        let data = opened.as_ref().map(OpenedTrade::data);
        // The clusters are those just made, or none.
        let results = folder.results();
        let basis = manifest.indicators.rca_basis.clone();
        let at_hand = with_data_of(&changed, study);
        tell_not_made(&changed, data.is_some(), progress);
        let regression =
            regression_stage::run(&at_hand, &stored, &results, &basis, data, &mut folder, progress)?;
        record_regression(&mut manifest, regression);
        clock.lap("regression");
        figures.extend(OF_REGRESSION);
    }
    let again = Again { run, folder, changed, stored, manifest, is_output, figures };
    again.report(printer, clock, progress)
}

/// Refuses a study file that is not that of the run in any other setting than those that may differ.
fn check_same_study(study: &Study, of_run: &Study, may_differ: &[&str]) -> Result<(), Error> {
    // Where the data lie is nobody's business: what is in them is compared by checksum.
    let places = ["data.trade", "data.store", "data.governance", "study.random_seed"];
    let but_for = [&places, may_differ].concat();
    let Some(Difference { key, found, wanted }) = study.difference(of_run, &but_for) else { return Ok(()) };
    let named = |name: &&str| if name.contains('.') { (*name).to_owned() } else { format!("[{name}]") };
    let sections = may_differ.iter().map(named).collect::<Vec<_>>().join(", ");
    let message = format!(
        "this is {found}, and {wanted} in the run; only {sections} may differ, so run the study again, or set it to what the run has"
    );
    Err(study.error(vec![Problem { line: None, key, message }]).into())
}

/// Says which robustness checks are not made for want of the trade.
fn tell_not_made(study: &Study, with_trade: bool, progress: &dyn Progress) {
    let checks = &study.regression.robustness;
    let not_made: Vec<&str> = checks.iter().filter(|c| c.needs_trade()).map(|c| c.name()).collect();
    if study.regression.enabled && !with_trade && !not_made.is_empty() {
        progress.note(&format!(
            "robustness checks that are not made, since they need the trade: {}; name the study file to make them (--study FILE)",
            not_made.join(", ")
        ));
    }
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
        let before = manifest.files.clone();
        // What was drawn on request shows what was made again; if that came to the same bytes, it still does.
        let stays = same_tables(&folder.records()?, &before, is_output);
        let on_request: BTreeSet<&str> =
            before.iter().filter(|file| file.on_request).map(|file| file.name.as_str()).collect();
        let goes = |name: &str| is_output(name) && !(stays && on_request.contains(name));
        let briefs = before.iter().filter(|f| f.name.starts_with("briefs/")).count();
        if briefs > 0 && figures.contains(&OF_TYPOLOGY[0]) && !stays {
            progress.note(&format!(
                "briefs of the run that show the typology of before: {briefs}; monazite report writes them again"
            ));
        }
        // A run that stopped at the indicators has no figures yet, and gets all of them.
        let only = if has_page(&before) { figures } else { Vec::new() };
        let made = Run::of(folder.results(), changed, manifest).with_panel(stored);
        let request =
            FigureRequest { only: only.into_iter().map(str::to_owned).collect(), ..FigureRequest::default() };
        let made = report(made, &mut folder, &request, printer, &mut clock, progress)?;
        progress.go_on()?;
        tell_dropped(&before, &folder, goes, progress);
        finish(run, folder, made, goes, clock)
    }
}

/// Whether the tables of stages that were made again are those that the run had.
fn same_tables(made: &[FileRecord], before: &[FileRecord], is_output: fn(&str) -> bool) -> bool {
    let tables = |files: &[FileRecord]| -> BTreeSet<(String, String)> {
        files
            .iter()
            .filter(|file| is_output(&file.name) && !file.name.starts_with("figures/"))
            .map(|file| (file.name.clone(), file.sha256.clone()))
            .collect()
    };
    tables(made) == tables(before)
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
/// `study` is the study file with the settings of `[regression]`, the random seed and the place of the trade data; without it the settings
/// are those of the run, and robustness checks that need the trade are left out. `change` may alter `[regression]` and the random seed.
///
/// # Errors
/// [`Error::Folder`] if there is no finished run or a file in it is not the one that it made, [`Error::Study`] if the changed study is not
/// valid, or `study` is not that of the run or wants no regression, [`Error::Nothing`] if there is nothing to regress,
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
    let is_output: fn(&str) -> bool = |name| regression_stage::is_output(name) || shows_regression(name);
    let (mut folder, FinishedRun { files, mut manifest }) = RunFolder::amend(run, is_output)?;
    progress.go_on()?;
    let of_run = Study::of_files(&files)?;
    if let Some(study) = study {
        if !study.regression.enabled {
            let key = "regression.enabled".to_owned();
            let message = "this is false, so there is no regression to run; set it to true".to_owned();
            return Err(study.error(vec![Problem { line: None, key, message }]).into());
        }
        check_same_study(study, &of_run, &["regression"])?;
    }
    let changed = changed_study(&of_run, |changed| {
        if let Some(study) = study {
            changed.regression = study.regression.clone();
            changed.study.random_seed = study.study.random_seed;
        }
        change(changed);
    })?;
    if let Some(extract) = &manifest.trade.extract {
        return Err(Error::Nothing { what: "regression", reason: extract.reason() });
    }
    let stored = StoredPanel::read(&files, &PanelSelection::default())?;
    progress.go_on()?;
    let countries: Vec<String> = stored.countries.iter().map(|c| c.code.clone()).collect();
    regression_stage::check_against(&changed, &stored.years, &countries)?;
    let opened = match study {
        Some(study) => Some(open_same_trade(study, &manifest, progress)?),
        None => None,
    };
    let data = opened.as_ref().map(OpenedTrade::data);
    tell_not_made(&changed, data.is_some(), progress);
    let at_hand = with_data_of(&changed, study);
    let basis = manifest.indicators.rca_basis.clone();
    let regression = regression_stage::run(&at_hand, &stored, &files, &basis, data, &mut folder, progress)?
        .map_err(|reason| Error::Nothing { what: "regression", reason })?;
    folder.write("study.toml", changed.to_toml().as_bytes())?;
    manifest.study.sha256 = changed.hash();
    manifest.study.random_seed = changed.study.random_seed;
    record_regression(&mut manifest, Ok(regression));
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

/// The store, chain and stability of a study, which must be those that a run was made from; so must every other table that is read.
fn open_same_trade(
    study: &Study,
    manifest: &Manifest,
    progress: &dyn Progress,
) -> Result<OpenedTrade, Error> {
    inputs::same_tables(study, manifest)?;
    if let Some(release) = release_of(study)? {
        // Before it is imported: what has changed is not to take the place of the store that the run was made from.
        inputs::same_files(&release, manifest)?;
    }
    let store = open_trade(study, progress)?;
    inputs::same_store(store.folder(), store.manifest(), manifest)?;
    let chain = chain::build(study, &store, progress)?.chain;
    Ok(OpenedTrade { governance: read_governance(study)?, store, chain })
}
