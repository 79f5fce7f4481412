//! The stages of a run, in order: data, chain, indicators, typology, regression, report. Nothing is computed here.

pub mod chain;
mod drawing;
mod error;
pub mod regression;
mod rerun;
mod robustness;
pub mod screening;
pub mod typology;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::ingest::{ReadOptions, Release};
use crate::nomenclature::Hs6;
use crate::panel::trickle;
use crate::panel::{PanelSummary, World, compute_panel};
use crate::progress::Progress;
use crate::report::brief::RunView;
use crate::report::figures::{self, FigurePrinter, FigureRequest, page_slots};
use crate::report::{chain_files, chain_graph, maps, page};
use crate::run_folder::FolderError;
use crate::run_folder::RUN_FORMAT;
use crate::run_folder::RunFolder;
use crate::run_folder::StoredPanel;
use crate::run_folder::manifest::{
    ChainManifest, ChainRecord, ChainSourceRecord, ChainTestRecord, FileRecord, ImputedRecord,
    IndicatorRecord, InputFile, Manifest, Program, Skipped, StabilityRecord, StageTime, StudyRecord,
    TakenOut, Timing, TradeRecord,
};
use crate::run_folder::schema::{SCHEMA_FILE, json_schema};
use crate::study::Study;
use crate::trade::manifest::MANIFEST_FILE as STORE_FILE;
use crate::trade::year_writer::sha256_of;
use crate::trade::{ImportOptions, ImportOutcome, Store, import_release};
use crate::value_chain::built::BuiltChain;

use chain as chain_stage;
use drawing::draw;
pub use drawing::redraw;
pub use error::Error;
use regression::{self as regression_stage, RegressionStage};
pub use rerun::{rerun_regression, rerun_typology};
use robustness::TradeData;
use typology::{self as stage, TypologyStage};

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
/// # Errors
/// Whatever stage fails first; see [`Error`]. The folder is then as it was before.
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
    let mut clock = Clock::start();
    let mut folder = RunFolder::claim(out)?;
    let store = open_trade(study, progress)?;
    clock.lap("data");
    let built = build_chain(study, &store, progress)?;
    let chain = &built.chain;
    let world = World::prepare(study, &store, chain)?;
    let countries: Vec<String> = world.countries.iter().map(|c| c.code.clone()).collect();
    regression_stage::check_against(study, &world.years, &countries)?;
    figures::check_against(study, &world.years)?;
    chain_files::write(&mut folder, &store, &built)?;
    clock.lap("chain");
    let panel = compute_panel(study, &store, chain, &world, &mut folder, progress)?;
    clock.lap("indicators");
    folder.write("study.toml", study.to_toml().as_bytes())?;
    folder.write(SCHEMA_FILE, json_schema().as_bytes())?;
    let mut manifest = describe(study, &store, &built, &world, &panel, options);
    let mut report = None;
    if options.until >= Until::Report {
        let stored = StoredPanel::open(folder.staging())?;
        let typology = stage::run(study, &stored, &mut folder, progress)?;
        record_typology(&mut manifest, &typology);
        clock.lap("typology");
        let data = TradeData { store: &store, chain };
        let results = folder.staging().to_owned();
        let basis = manifest.indicators.rca_basis.clone();
        let regression = regression_stage::run(study, &stored, &results, &basis, Some(data), &mut folder)?;
        record_regression(&mut manifest, &regression);
        clock.lap("regression");
        let sections = [typology.section.as_deref(), regression.section.as_deref()];
        let view = RunView::of(folder.staging(), study.clone(), manifest.clone(), stored.clone())?;
        let map = maps::write_default(&view, &mut folder, printer)?;
        let extra = page::FromRun { view: &view, map: map.as_deref() };
        let html = page::render(study, &store, chain, &world, extra, sections[0], sections[1], &folder)?;
        clock.lap("report");
        let drawn =
            draw(&mut folder, study, &stored, &mut manifest, &FigureRequest::default(), printer, progress)?;
        folder.write("report.html", page_slots::filled(&html, &drawn).as_bytes())?;
        report = Some(out.join("report.html"));
        clock.lap("figures");
    }
    manifest.files = list_files(&folder)?;
    manifest.timing = Timing { threads: rayon::current_num_threads(), stages: clock.laps };
    folder.commit(&manifest.to_toml())?;
    Ok(RunSummary { folder: out.to_owned(), manifest, report })
}

fn record_regression(manifest: &mut Manifest, regression: &RegressionStage) {
    manifest.skipped.retain(|s| s.stage != "regression");
    manifest.regression = match &regression.outcome {
        Ok(record) => Some(record.clone()),
        Err(reason) => {
            manifest.skipped.push(Skipped { stage: "regression".to_owned(), reason: reason.clone() });
            None
        }
    };
}

fn record_typology(manifest: &mut Manifest, typology: &TypologyStage) {
    manifest.skipped.retain(|s| s.stage != "typology");
    manifest.typology = match &typology.outcome {
        Ok(record) => Some(record.clone()),
        Err(reason) => {
            manifest.skipped.push(Skipped { stage: "typology".to_owned(), reason: reason.clone() });
            None
        }
    };
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
pub fn build_chain(study: &Study, store: &Store, progress: &dyn Progress) -> Result<BuiltChain, Error> {
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
        files: list_files(&folder)?,
        timing: Timing { threads: rayon::current_num_threads(), stages: clock.laps },
    };
    folder.commit(&manifest.to_toml())?;
    Ok(ChainSummary { folder: out.to_owned(), built })
}

fn program(options: &RunOptions) -> Program {
    Program {
        name: "monazite".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: options.commit.clone(),
    }
}

fn chain_record(built: &BuiltChain) -> ChainRecord {
    let (chain, gathered) = (&built.chain, &built.gathered);
    ChainRecord {
        products: chain.len(),
        links: chain.links().len(),
        dropped: chain.dropped().len(),
        deepest_tier: chain.deepest_tier(),
        proposed: gathered.evidence.links.len(),
        test: gathered.test.as_ref().map(|test| ChainTestRecord {
            first_year: test.first_year,
            last_year: test.last_year,
            observations: test.observations,
            links: test.links,
            null_outputs: test.outputs,
        }),
        sources: gathered
            .evidence
            .sources
            .files
            .iter()
            .map(|file| ChainSourceRecord {
                name: file.name.clone(),
                kind: file.kind.key().to_owned(),
                rows: file.rows,
                links: file.links,
                runs: file.runs,
                sha256: file.sha256.clone(),
            })
            .collect(),
    }
}

fn describe(
    study: &Study,
    store: &Store,
    built: &BuiltChain,
    world: &World,
    panel: &PanelSummary,
    options: &RunOptions,
) -> Manifest {
    let chain = &built.chain;
    let codes = |list: &[Hs6]| list.iter().map(ToString::to_string).collect();
    let stored = store.manifest();
    let outside = stored.years.iter().filter(|y| !world.years.contains(&y.year));
    let (flows_outside_years, value_outside_years) =
        outside.fold((0, 0.0), |(flows, value), year| (flows + year.flows, value + year.value));
    let synthetic = stored.baci_version.ends_with(crate::trade::SYNTHETIC_VERSION_ENDS_WITH);
    let mut notes = Vec::new();
    if synthetic {
        notes.push("The trade data are synthetic: nothing in this run is about the real world.".to_owned());
    }
    notes.extend(world.notes.iter().cloned());
    notes.extend(built.gathered.notes.iter().cloned());
    if let Err(error) = &panel.composite {
        notes.push(format!("There is no composite score: {error}."));
    }
    let clamped = panel.diagnostics.iter().filter(|d| !d.clamped.is_empty()).count() as u64;
    if clamped > 0 {
        notes.push(format!(
            "In {clamped} product-years a closed group of countries without any stability made the network singular; their instability was \
             lowered to 1 - 1e-6 (column clamped of product_years.csv)."
        ));
    }
    notes.extend(trickle::note(world, &panel.loops, study.focus()));
    let flagged: Vec<String> = panel
        .breaks
        .iter()
        .filter(|b| b.flagged)
        .map(|b| format!("{} in {}", world.products[b.product as usize], b.year))
        .collect();
    if !flagged.is_empty() {
        notes.push(format!(
            "World trade jumps where the HS was revised: {}. The series may be broken there; run again without these codes to see \
             whether it matters (breaks.csv).",
            flagged.join(", ")
        ));
    }
    let sum = |f: fn(&crate::panel::diagnostics::ProductYearRecord) -> f64| {
        panel.diagnostics.iter().map(f).fold(0.0, |sum, v| sum + v)
    };
    let one_year = world.years.len() == 1;
    let mut skipped = Vec::new();
    if one_year {
        skipped.push(Skipped {
            stage: "decomposition".to_owned(),
            reason: "the study has one year, so nothing changes".to_owned(),
        });
    }
    if chain.links().is_empty() {
        skipped.push(Skipped {
            stage: "input products".to_owned(),
            reason: if chain.dropped().is_empty() {
                "the study names no source of links, so no product has inputs".to_owned()
            } else {
                "no link of the chain is kept, so no product has inputs".to_owned()
            },
        });
    }
    Manifest {
        format: RUN_FORMAT,
        program: program(options),
        study: StudyRecord {
            name: study.study.name.clone(),
            sha256: study.hash(),
            random_seed: study.study.random_seed,
            seeds: codes(&study.study.seeds),
            first_year: world.years.first().copied().unwrap_or(0),
            last_year: world.years.last().copied().unwrap_or(0),
            years: world.years.len(),
            products: world.products.len(),
            countries: world.countries.len(),
        },
        trade: TradeRecord {
            source: if synthetic { "synthetic data in the layout of BACI" } else { "CEPII BACI" }.to_owned(),
            edition: stored.edition.clone(),
            baci_version: stored.baci_version.clone(),
            flows: panel.flows,
            value: panel.value,
            flows_outside_years,
            value_outside_years,
            import: stored.account.clone(),
            inputs: stored
                .inputs
                .iter()
                .map(|i| InputFile {
                    name: i.name.clone(),
                    role: i.role.clone(),
                    bytes: i.bytes,
                    sha256: i.sha256.clone(),
                })
                .collect(),
            taken_out: TakenOut {
                within_groups: sum(|d| d.within_groups),
                without_stability: sum(|d| d.without_stability),
                outside_country_set: sum(|d| d.outside_country_set),
                traced_reexports: sum(|d| d.traced),
            },
        },
        stability: StabilityRecord {
            vintage: world.vintage.clone(),
            file: study
                .data
                .governance
                .file_name()
                .map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
            sha256: world.governance_sha256.clone(),
            measure: study.stability.measure.name().to_owned(),
            imputed: imputed_by_year(world, panel),
            never_covered: never_covered(world),
        },
        chain: chain_record(built),
        indicators: IndicatorRecord {
            product_years: panel.product_years,
            rows: panel.rows,
            rca_basis: world.rca_basis.key().to_owned(),
            composite_rows: panel.composite.as_ref().map_or(0, |c| c.rows),
            clamped_product_years: clamped,
            trickle_loops: Some(panel.loops.len() as u64),
        },
        typology: None,
        regression: None,
        skipped,
        notes,
        files: Vec::new(),
        timing: Timing::default(),
    }
}

fn imputed_by_year(world: &World, panel: &PanelSummary) -> Vec<ImputedRecord> {
    world
        .years
        .iter()
        .enumerate()
        .map(|(t, &year)| {
            let rows = panel.diagnostics.iter().filter(|d| d.year == t);
            let (imputed, all) = rows.fold((0.0, 0.0), |(imputed, all), d| {
                (imputed + d.trade * d.imputed_share.unwrap_or(0.0), all + d.trade)
            });
            ImputedRecord { year, share: if all > 0.0 { imputed / all } else { 0.0 } }
        })
        .collect()
}

fn never_covered(world: &World) -> Vec<String> {
    use crate::ingest::governance::Origin;
    let Some(first) = world.stability.origin.first() else { return Vec::new() };
    world
        .countries
        .iter()
        .zip(first)
        .filter(|(_, origin)| {
            matches!(origin, Origin::Fifty | Origin::RegionMean | Origin::ParentState | Origin::Absent)
        })
        .map(|(country, origin)| format!("{} {}", country.code, origin.key()))
        .collect()
}

fn list_files(folder: &RunFolder) -> Result<Vec<FileRecord>, Error> {
    let mut records = Vec::new();
    for name in folder.files() {
        let path = folder.made(&name);
        let bytes = std::fs::metadata(&path).map_err(|e| FolderError::io(&path, "cannot be read", e))?.len();
        records.push(FileRecord { bytes, sha256: sha256_of(&path)?, name });
    }
    Ok(records)
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
