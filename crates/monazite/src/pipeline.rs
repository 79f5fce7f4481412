//! The stages of a run, in order: data, chain, indicators, typology, regression, report. Nothing is computed here.

pub mod chain;
mod description;
mod drawing;
mod error;
mod given;
pub mod regression;
mod rerun;
mod robustness;
pub mod screening;
pub mod typology;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::ingest::{Governance, ReadOptions, Release};
use crate::panel::world::read_governance;
use crate::panel::{World, compute_panel};
use crate::progress::Progress;
use crate::report::figures::{self, FigurePrinter, FigureRequest};
use crate::report::{chain_files, chain_graph};
use crate::run::Run;
use crate::run_folder::manifest::{
    ChainManifest, Manifest, RegressionRecord, Skipped, StageTime, Timing, TypologyRecord,
};
use crate::run_folder::schema::{SCHEMA_FILE, json_schema};
use crate::run_folder::stored_panel::PanelSelection;
use crate::run_folder::{RunFiles, RunFolder, StoredPanel};
use crate::study::Study;
use crate::threads::within;
use crate::trade::manifest::MANIFEST_FILE as STORE_FILE;
use crate::trade::{FlowSource, ImportOptions, ImportOutcome, Store, import_release};
use crate::value_chain::built::BuiltChain;

use chain as chain_stage;
use description::{Described, chain_record, program};
pub use drawing::{FiguresDrawn, draw_figures, report_again};
pub use error::Error;
pub use given::{MemoryRun, RunData, run_in_memory, run_on};
use regression as regression_stage;
pub use rerun::{rerun_regression, rerun_typology};
use robustness::TradeData;
use typology as stage;

/// How far a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// Tables of the panel, without profiles, typology and report.
    Indicators,
    /// Everything.
    Report,
}

/// How a run is made, beside what the study says.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// How far to go.
    pub until: Until,
    /// Commit the program was built from, for the manifest.
    pub commit: String,
}

/// A finished run.
#[derive(Debug)]
pub struct RunSummary {
    /// Where it is.
    pub folder: PathBuf,
    /// What was run.
    pub manifest: Manifest,
    /// The page, if there is one.
    pub report: Option<PathBuf>,
}

/// Runs a study into a folder.
///
/// Files appear in the folder all at once, when everything has gone well. The same study on the same data gives
/// the same bytes, but for the wall times in the manifest.
///
/// Everything parallel in it is spread over the pool that it is called in; see [`Threads`](crate::threads::Threads).
///
/// # Errors
/// Whatever stage fails first; see [`Error`]. [`Error::Cancelled`] if `progress` asks to stop. The folder is then as it was before.
pub fn run_study(
    study: &Study,
    out: &Path,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    run_and_print(study, out, options, None, progress)
}

/// As [`run_study`], with the figures as PNG and PDF too if there is a printer.
///
/// # Errors
/// As [`run_study`].
pub fn run_and_print(
    study: &Study,
    out: &Path,
    options: &RunOptions,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    within(|| run(study, out, options, printer, progress))
}

fn run(
    study: &Study,
    out: &Path,
    options: &RunOptions,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    let mut clock = Clock::start();
    let folder = RunFolder::claim(out)?;
    let store = open_trade(study, progress)?;
    clock.lap("data");
    let (manifest, files) = make_run(study, &store, None, folder, clock, options, printer, progress)?;
    let report = files.exists("report.html").then(|| out.join("report.html"));
    Ok(RunSummary { folder: out.to_owned(), manifest, report })
}

/// All stages after the data, into a folder or into memory. Without political stability at hand it is read from the file that
/// the study names.
#[allow(clippy::too_many_arguments)]
fn make_run(
    study: &Study,
    store: &dyn FlowSource,
    governance: Option<&Governance>,
    mut folder: RunFolder,
    mut clock: Clock,
    options: &RunOptions,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<(Manifest, RunFiles), Error> {
    let built = build_chain(study, store, progress)?;
    let chain = &built.chain;
    progress.go_on()?;
    let read = governance.is_none().then(|| read_governance(study)).transpose()?;
    let governance = governance.or(read.as_ref()).expect("given or read");
    let world = World::prepare_with(study, store, chain, governance)?;
    progress.go_on()?;
    let countries: Vec<String> = world.countries.iter().map(|c| c.code.clone()).collect();
    regression_stage::check_against(study, &world.years, &countries)?;
    figures::check_against(study, &world.years)?;
    chain_files::write(&mut folder, store, &built)?;
    clock.lap("chain");
    let panel = compute_panel(study, store, chain, &world, &mut folder, progress)?;
    clock.lap("indicators");
    folder.write("study.toml", study.to_toml().as_bytes())?;
    folder.write(SCHEMA_FILE, json_schema().as_bytes())?;
    let mut manifest =
        Described { study, store, built: &built, world: &world, panel: &panel }.manifest(options);
    if options.until >= Until::Report {
        progress.go_on()?;
        let stored = StoredPanel::read(&folder.results(), &PanelSelection::default())?;
        progress.go_on()?;
        record_typology(&mut manifest, stage::run(study, &stored, &mut folder, progress)?);
        clock.lap("typology");
        let data = TradeData { store, chain, governance };
        let results = folder.results();
        let basis = manifest.indicators.rca_basis.clone();
        let regression =
            regression_stage::run(study, &stored, &results, &basis, Some(data), &mut folder, progress)?;
        record_regression(&mut manifest, regression);
        clock.lap("regression");
        // The page is made from what stands in the folder, as any later one will be.
        let run = Run::of(folder.results(), study.clone(), manifest).with_panel(stored);
        let request = FigureRequest::default();
        let run = drawing::report(run, &mut folder, &request, printer, &mut clock, progress)?;
        manifest = run.into_manifest();
    }
    drawing::tell_dropped(&drawing::files_before(folder.folder()), &folder, |_| true, progress);
    manifest.files = folder.records()?;
    // From here on the run is there: moving its files into place is not interrupted.
    progress.go_on()?;
    manifest.timing = Timing { threads: rayon::current_num_threads(), stages: clock.laps };
    let files = folder.commit(&manifest.to_toml())?;
    Ok((manifest, files))
}

fn record_regression(manifest: &mut Manifest, regression: Result<RegressionRecord, String>) {
    manifest.regression = or_skipped(&mut manifest.skipped, "regression", regression);
}

fn record_typology(manifest: &mut Manifest, typology: Result<TypologyRecord, String>) {
    manifest.typology = or_skipped(&mut manifest.skipped, "typology", typology);
}

/// The record of a stage, or its reason among those that were skipped.
fn or_skipped<T>(skipped: &mut Vec<Skipped>, stage: &str, outcome: Result<T, String>) -> Option<T> {
    skipped.retain(|s| s.stage != stage);
    let put = |reason| skipped.push(Skipped { stage: stage.to_owned(), reason });
    outcome.map_err(put).ok()
}

/// Opens the trade data of a study; a release is imported first, once, into a store beside it.
///
/// # Errors
/// [`Error::Store`].
pub fn open_trade(study: &Study, progress: &dyn Progress) -> Result<Store, Error> {
    let path = study.resolve(&study.data.trade);
    if path.join(STORE_FILE).exists() {
        return Ok(Store::open(&path)?);
    }
    let release = Release::open(&path)?;
    let store = store_folder(study);
    let options = ImportOptions {
        read: ReadOptions {
            unknown_country: study.data.unknown_country,
            short_codes: study.data.short_codes,
        },
        edition: study.data.edition,
        version: study.data.baci_version.clone(),
        convert_to: study.data.convert_to,
        ..ImportOptions::default()
    };
    match import_release(&release, &store, &options, progress)? {
        ImportOutcome::UpToDate(_) => progress.note(&format!("store {} is up to date", store.display())),
        ImportOutcome::Written { .. } => progress.note(&format!("imported into {}", store.display())),
    }
    Ok(Store::open(&store)?)
}

/// Where the store of a study's release is kept: where the study says, or beside the release.
pub fn store_folder(study: &Study) -> PathBuf {
    match &study.data.store {
        Some(store) => study.resolve(store),
        None => {
            let release = study.resolve(&study.data.trade);
            let mut name = release.file_name().unwrap_or_default().to_os_string();
            name.push(".store");
            release.with_file_name(name)
        }
    }
}

/// Builds the value chain of a study from its sources; without any it is the seeds.
///
/// # Errors
/// [`Error::Chain`], [`Error::Study`], [`Error::Store`].
pub fn build_chain(
    study: &Study,
    store: &dyn FlowSource,
    progress: &dyn Progress,
) -> Result<BuiltChain, Error> {
    chain_stage::build(study, store, progress)
}

/// A value chain in a folder of its own.
#[derive(Debug)]
pub struct ChainSummary {
    /// The folder.
    pub folder: PathBuf,
    /// The chain, and how it came about.
    pub built: BuiltChain,
}

/// Builds the value chain of a study into a folder, with graph files, and goes no further.
///
/// # Errors
/// As [`run_study`].
pub fn run_chain(
    study: &Study,
    out: &Path,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<ChainSummary, Error> {
    within(|| chain_into(study, out, options, progress))
}

fn chain_into(
    study: &Study,
    out: &Path,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<ChainSummary, Error> {
    let mut clock = Clock::start();
    let mut folder = RunFolder::claim(out)?;
    let store = open_trade(study, progress)?;
    clock.lap("data");
    let built = build_chain(study, &store, progress)?;
    chain_files::write(&mut folder, &store, &built)?;
    folder.write("chain/chain.graphml", chain_graph::graphml(&built.chain, &store).as_bytes())?;
    folder.write("chain/chain.dot", chain_graph::dot(&built.chain, &store).as_bytes())?;
    folder.write("study.toml", study.to_toml().as_bytes())?;
    clock.lap("chain");
    let manifest = ChainManifest {
        program: program(options),
        study: study.study.name.clone(),
        study_sha256: study.hash(),
        random_seed: study.study.random_seed,
        edition: store.manifest().edition.clone(),
        baci_version: store.manifest().baci_version.clone(),
        chain: chain_record(&built),
        notes: built.gathered.notes.clone(),
        files: folder.records()?,
        timing: Timing { threads: rayon::current_num_threads(), stages: clock.laps },
    };
    progress.go_on()?;
    folder.commit(&manifest.to_toml())?;
    Ok(ChainSummary { folder: out.to_owned(), built })
}

/// Wall time of the stages.
struct Clock {
    last: Instant,
    laps: Vec<StageTime>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, stage: &str) {
        let now = Instant::now();
        let seconds = (now - self.last).as_secs_f64();
        self.laps.push(StageTime { stage: stage.to_owned(), seconds: (seconds * 1000.0).round() / 1000.0 });
        self.last = now;
    }
}
