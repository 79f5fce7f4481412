//! The stages in order, from the chain to the report.

use super::Error;
use super::chain;
use super::clock::Clock;
use super::description::Described;
use super::drawing::{files_before, report, tell_dropped, tell_unmade};
use super::indices;
use super::options::{RunOptions, Until};
use super::records::{
    record_before_after, record_indices, record_regression, record_shocks, record_typology,
    record_uncertainty,
};
use super::regression;
use super::robustness::TradeData;
use super::shocks;
use super::typology;
use crate::before_after;
use crate::ingest::Governance;
use crate::panel::world::read_governance;
use crate::panel::{PanelSummary, World, compute_panel};
use crate::progress::Progress;
use crate::report::chain_files;
use crate::report::figures::{self, FigurePrinter, FigureRequest};
use crate::report::scenario::write_scenarios;
use crate::run::Run;
use crate::run_folder::manifest::{ExtractRecord, Manifest, Timing};
use crate::run_folder::schema::{SCHEMA_FILE, json_schema};
use crate::run_folder::stored_panel::PanelSelection;
use crate::run_folder::tables::FLOWS;
use crate::run_folder::{RunFiles, RunFolder, StoredPanel};
use crate::study::{Problem, Study, TradeMeasure};
use crate::trade::FlowSource;
use crate::uncertainty;
use crate::what_if;

/// What a run came to.
pub(super) struct Made {
    pub(super) manifest: Manifest,
    pub(super) files: RunFiles,
    /// The main finding in a line; `None` where nothing moved, and for runs that stop before it.
    pub(super) finding: Option<String>,
}

/// All stages after the data, into a folder or into memory. Without political stability at hand it is read from the file that
/// the study names.
#[allow(clippy::too_many_arguments)]
pub(super) fn make_run(
    study: &Study,
    store: &dyn FlowSource,
    governance: Option<&Governance>,
    mut folder: RunFolder,
    mut clock: Clock,
    options: &RunOptions,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Made, Error> {
    let built = chain::build(study, store, progress)?;
    progress.go_on()?;
    let read = governance.is_none().then(|| read_governance(study)).transpose()?;
    let governance = governance.or(read.as_ref()).expect("given or read");
    let world = World::prepare_with(study, store, &built.chain, governance)?;
    progress.go_on()?;
    let countries: Vec<String> = world.countries.iter().map(|c| c.code.clone()).collect();
    regression::check_against(study, &world.years, &countries)?;
    figures::check_against(study, &world.years)?;
    shocks::check_against(study, store, &world)?;
    before_after::stage::check(study, &world.years, &world.products, &|code| {
        countries.iter().any(|c| c == code)
    })?;
    let no_bands = if options.until >= Until::Report { uncertainty::check(study, governance)? } else { None };
    chain_files::write(&mut folder, store, &built)?;
    clock.lap("chain");
    let panel = compute_panel(study, store, &built.chain, &world, &mut folder, progress)?;
    clock.lap("indicators");
    refuse_without_quantities(study, &panel)?;
    folder.write("study.toml", study.to_toml().as_bytes())?;
    folder.write(SCHEMA_FILE, json_schema().as_bytes())?;
    let mut manifest =
        Described { study, store, built: &built, world: &world, panel: &panel }.manifest(options)?;
    record_indices(&mut manifest, indices::record_of(study, &world, &panel));
    let mut finding = None;
    if options.until >= Until::Report {
        progress.go_on()?;
        let extract = manifest.trade.extract.as_ref().map(ExtractRecord::reason);
        let bands = match no_bands.or_else(|| extract.clone()) {
            Some(reason) => Err(reason),
            None => Ok(uncertainty::compute_bands(
                study,
                store,
                &built.chain,
                &world,
                governance,
                &mut folder,
                progress,
            )?),
        };
        record_uncertainty(&mut manifest, bands);
        clock.lap("uncertainty");
        let stored = StoredPanel::read(&folder.results(), &PanelSelection::default())?;
        progress.go_on()?;
        let shocks = shocks_of(study, &stored, &manifest, &mut folder, progress)?;
        record_shocks(&mut manifest, shocks);
        clock.lap("shocks");
        progress.go_on()?;
        let run = Run::of(folder.results(), study.clone(), manifest.clone()).with_panel(stored.clone());
        record_before_after(&mut manifest, before_after::stage::compute(study, &run, &mut folder, progress)?);
        clock.lap("before and after");
        progress.go_on()?;
        let of_typology = typology::run(study, &stored, extract.as_deref(), &mut folder, progress)?;
        record_typology(&mut manifest, of_typology);
        clock.lap("typology");
        let data = TradeData { store, chain: &built.chain, governance };
        let results = folder.results();
        let basis = manifest.indicators.rca_basis.clone();
        let outcome = match extract {
            Some(reason) if study.regression.enabled => Err(reason),
            _ => regression::run(study, &stored, &results, &basis, Some(data), &mut folder, progress)?,
        };
        record_regression(&mut manifest, outcome);
        clock.lap("regression");
        // The page is made from what stands in the folder, as any later one will be.
        let run = Run::of(folder.results(), study.clone(), manifest).with_panel(stored);
        let request = FigureRequest::default();
        let run = report(run, &mut folder, &request, printer, &mut clock, progress)?;
        finding = run.main_finding()?;
        manifest = run.into_manifest();
    }
    let before = files_before(folder.folder());
    tell_dropped(&before, &folder, |_| true, progress);
    tell_unmade(&before, options.until, progress);
    manifest.files = folder.records()?;
    // From here on the run is there: moving its files into place is not interrupted.
    progress.go_on()?;
    manifest.timing = Timing { threads: rayon::current_num_threads(), stages: clock.laps };
    let files = folder.commit(&manifest.to_toml())?;
    Ok(Made { manifest, files, finding })
}

/// Scenarios and chokepoints, from the tables that are there by now, and the pages of the scenarios.
fn shocks_of(
    study: &Study,
    stored: &StoredPanel,
    manifest: &Manifest,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<Result<what_if::ShockSummary, String>, Error> {
    if let Some(extract) = &manifest.trade.extract {
        return Ok(Err(extract.reason()));
    }
    let results = folder.results();
    if !results.exists(FLOWS.file) {
        return Ok(Err("the run keeps no flows (output.flows), from which they are computed".to_owned()));
    }
    let run = Run::of(results, study.clone(), manifest.clone()).with_panel(stored.clone());
    let shocks = what_if::stage::compute_shocks(study, &run, folder, progress)?;
    if let Ok(summary) = &shocks {
        write_scenarios(&run, &study.shocks, &summary.outcomes, folder)?;
    }
    Ok(shocks)
}

/// Refuses a study by quantity of which no product-year has enough of them.
fn refuse_without_quantities(study: &Study, panel: &PanelSummary) -> Result<(), Error> {
    if panel.product_years > 0 || study.trade.measure != TradeMeasure::Quantity {
        return Ok(());
    }
    let most = panel.diagnostics.iter().filter_map(|record| record.quantity_coverage).fold(0.0, f64::max);
    let message = format!(
        "quantities cover less of the value than this in every product and year (at most {most:.2}), so there is nothing to compute; lower it, or set \
         trade.measure to \"value\""
    );
    let key = "trade.min_quantity_coverage".to_owned();
    Err(study.error(vec![Problem { line: None, key, message }]).into())
}
