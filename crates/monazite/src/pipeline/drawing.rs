//! The figures of a run, and of a finished run again.

use std::path::{Path, PathBuf};

use super::rerun::{changed_study, exchange_section};
use super::{Clock, RunSummary};
use crate::pipeline::Error;
use crate::progress::Progress;
use crate::report::figures::{self, FigurePrinter, FigureRequest, FigureSet, page_slots};
use crate::run_folder::StoredPanel;
use crate::run_folder::manifest::Skipped;
use crate::run_folder::stored_panel::PanelSelection;
use crate::run_folder::{Manifest, RunFolder};
use crate::study::Study;
use crate::threads::within;

/// Draws the figures of a finished run again, all or some, with other settings in `[figures]`; nothing else is computed anew.
///
/// Figures that are not asked for stay as they are; with all asked for, those of countries that are no longer drawn go.
///
/// # Errors
/// [`Error::Folder`] if there is no finished run, [`Error::Study`] if the changed study is not valid, [`Error::Figures`] for a figure,
/// country or year that the run does not have, [`Error::Cancelled`] if `progress` asks to stop. The run is then as it was before.
pub fn redraw(
    run: &Path,
    change: impl FnOnce(&mut Study) + Send,
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    within(|| redraw_in_pool(run, change, request, printer, progress))
}

fn redraw_in_pool(
    run: &Path,
    change: impl FnOnce(&mut Study),
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    let mut clock = Clock::start();
    let mut manifest = Manifest::read(run)?;
    let replaced: fn(&str) -> bool = if request.only.is_empty() { figures::is_output } else { |_| false };
    let mut folder = RunFolder::amend(run, replaced)?;
    progress.go_on()?;
    let selection = PanelSelection { columns: figures::columns(), products: None };
    let stored = StoredPanel::open_selected(run, &selection)?;
    progress.go_on()?;
    let study = changed_study(run, change)?;
    folder.write("study.toml", study.to_toml().as_bytes())?;
    manifest.study.sha256 = study.hash();
    let drawn = draw(&mut folder, &study, &stored, &mut manifest, request, printer, progress)?;
    let report = exchange_section(run, &mut folder, |html| page_slots::filled(html, &drawn))?;
    clock.lap("figures");
    progress.go_on()?;
    finish(run, folder, manifest, replaced, clock, report)
}

/// Draws figures, with what could not be drawn in the manifest and what a reader should know as notes.
pub(super) fn draw(
    folder: &mut RunFolder,
    study: &Study,
    stored: &StoredPanel,
    manifest: &mut Manifest,
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<FigureSet, Error> {
    let drawn = figures::draw(folder, study, stored, manifest, request, printer, progress)?;
    for note in &drawn.notes {
        progress.note(&format!("figures: {note}"));
    }
    if drawn.whole {
        manifest.skipped.retain(|s| s.stage != "figure network");
    }
    // What has no typology or regression is said with these stages.
    for (name, reason) in drawn.absent.iter().filter(|(name, _)| *name == "network") {
        manifest.skipped.retain(|s| s.stage != format!("figure {name}"));
        manifest.skipped.push(Skipped { stage: format!("figure {name}"), reason: reason.clone() });
    }
    Ok(drawn)
}

/// Commits a stage that was made again; `replaced` says which files of the run were its own.
pub(super) fn finish(
    run: &Path,
    folder: RunFolder,
    mut manifest: Manifest,
    replaced: fn(&str) -> bool,
    clock: Clock,
    report: Option<PathBuf>,
) -> Result<RunSummary, Error> {
    let made = folder.records()?;
    manifest.files.retain(|file| !replaced(&file.name) && made.iter().all(|m| m.name != file.name));
    manifest.files.extend(made);
    manifest.files.sort_by(|a, b| a.name.cmp(&b.name));
    manifest.timing.stages.retain(|lap| clock.laps.iter().all(|own| own.stage != lap.stage));
    manifest.timing.stages.extend(clock.laps);
    folder.commit(&manifest.to_toml())?;
    Ok(RunSummary { folder: run.to_owned(), manifest, report })
}
