//! The figures and the page of a run, and of a finished run again.

use std::path::Path;

use super::Error;
use super::clock::Clock;
use super::options::Until;
use super::summary::RunSummary;
use crate::progress::Progress;
use crate::report::figures::{self, FigureNames, FigurePrinter, FigureRequest, FigureSet};
use crate::report::request::{self, WrittenFile};
use crate::report::{maps, page};
use crate::run::Run;
use crate::run_folder::RunFolder;
use crate::run_folder::manifest::{FileRecord, Skipped};
use crate::run_folder::stored_panel::PanelSelection;
use crate::study::Study;
use crate::threads::within;

/// Figures of a finished run that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiguresDrawn {
    /// The files that were written.
    pub written: Vec<WrittenFile>,
    /// Figures that could not be drawn, and why.
    pub absent: Vec<(&'static str, String)>,
}

/// Draws figures of a finished run, with other settings in `[figures]` if `change` makes any. Nothing else in the run changes, its study
/// least of all: names of files say what differs from the settings of the study ([`FigureNames`]).
///
/// # Errors
/// [`Error::Run`] if there is no finished run, [`Error::Study`] if the changed settings are not valid, [`Error::Figures`] for a
/// figure, country or year that the run does not have, [`Error::Nothing`] if none of them can be drawn, [`Error::Cancelled`] if `progress`
/// asks to stop. The run is then as it was before.
pub fn draw_figures(
    run: &Path,
    change: impl FnOnce(&mut Study) + Send,
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<FiguresDrawn, Error> {
    within(|| draw_in_pool(run, change, request, printer, progress))
}

fn draw_in_pool(
    run: &Path,
    change: impl FnOnce(&mut Study),
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<FiguresDrawn, Error> {
    let (mut folder, finished) = RunFolder::amend(run, |_| false)?;
    let selection = PanelSelection { columns: figures::columns(), products: None };
    let mut opened = Run::of_finished(finished, selection)?;
    let asked = changed_study(opened.study(), change)?;
    let names = FigureNames::between(opened.study(), &asked, opened.panel()?);
    let request = FigureRequest { names, ..request.clone() };
    let drawn = figures::draw(&mut folder, &opened, &asked, &request, printer, progress)?;
    tell(&drawn, progress);
    if folder.files().is_empty() {
        let of = |(name, reason): &(&str, String)| format!("{name}: {reason}");
        let reason = drawn.absent.iter().map(of).collect::<Vec<_>>().join("; ");
        return Err(Error::Nothing { what: "figure", reason });
    }
    let written = request::changes(&folder)?;
    request::list(opened.manifest_mut(), folder.records()?);
    progress.go_on()?;
    folder.commit(&opened.into_manifest().to_toml())?;
    Ok(FiguresDrawn { written, absent: drawn.absent })
}

/// Makes the page of a finished run again, with the figures and the map on it, from its folder alone.
///
/// # Errors
/// [`Error::Run`] if there is no finished run, otherwise whatever fails. The run is then as it was before.
pub fn report_again(
    run: &Path,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    within(|| report_in_pool(run, printer, progress))
}

fn report_in_pool(
    run: &Path,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    let replaced: fn(&str) -> bool = |_| false;
    let mut clock = Clock::start();
    let (mut folder, finished) = RunFolder::amend(run, replaced)?;
    let study = Study::of_files(&finished.files)?;
    let opened = Run::of(folder.results(), study, finished.manifest);
    let opened = report(opened, &mut folder, &FigureRequest::default(), printer, &mut clock, progress)?;
    progress.go_on()?;
    finish(run, folder, opened, replaced, clock)
}

/// Draws figures and writes the page of a run whose tables are there; all figures and the map that comes with a run if
/// all are asked for.
pub(super) fn report(
    mut run: Run,
    folder: &mut RunFolder,
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
    clock: &mut Clock,
    progress: &dyn Progress,
) -> Result<Run, Error> {
    progress.go_on()?;
    if request.only.is_empty() {
        maps::write_of_run(&run, folder, printer)?;
    }
    progress.go_on()?;
    let drawn = figures::draw(folder, &run, run.study(), request, printer, progress)?;
    tell(&drawn, progress);
    let stage = "figure network";
    if request.only.is_empty() || request.only.iter().any(|name| name == "network") {
        let skipped = &mut run.manifest_mut().skipped;
        skipped.retain(|s| s.stage != stage);
        // What has no typology or regression is said with these stages.
        for (_, reason) in drawn.absent.iter().filter(|(name, _)| *name == "network") {
            skipped.push(Skipped { stage: stage.to_owned(), reason: reason.clone() });
        }
    }
    clock.lap("figures");
    progress.go_on()?;
    run.look_again(folder.results());
    folder.write(REPORT, page::render(&run)?.as_bytes())?;
    clock.lap("report");
    Ok(run)
}

/// The page.
const REPORT: &str = "report.html";

fn tell(drawn: &FigureSet, progress: &dyn Progress) {
    for note in &drawn.notes {
        progress.note(&format!("figures: {note}"));
    }
}

/// Commits a stage that was made again; `replaced` says which files of the run were its own.
pub(super) fn finish(
    folder_of_run: &Path,
    mut folder: RunFolder,
    run: Run,
    replaced: impl Fn(&str) -> bool,
    clock: Clock,
) -> Result<RunSummary, Error> {
    let mut manifest = run.into_manifest();
    let made = folder.records()?;
    manifest.files.iter().filter(|file| !replaced(&file.name)).for_each(|file| folder.keep(&file.name));
    manifest.files.retain(|file| !replaced(&file.name) && made.iter().all(|m| m.name != file.name));
    manifest.files.extend(made);
    manifest.files.sort_by(|a, b| a.name.cmp(&b.name));
    manifest.timing.stages.retain(|lap| clock.laps.iter().all(|own| own.stage != lap.stage));
    manifest.timing.stages.extend(clock.laps);
    let report = folder.made(REPORT).is_file().then(|| folder_of_run.join(REPORT));
    folder.commit(&manifest.to_toml())?;
    Ok(RunSummary { folder: folder_of_run.to_owned(), manifest, report, finding: None })
}

/// Says which files that somebody asked for after a run go, because what they show is made again; `goes` are those that would.
pub(super) fn tell_dropped(
    files: &[FileRecord],
    folder: &RunFolder,
    goes: impl Fn(&str) -> bool,
    progress: &dyn Progress,
) {
    const NAMED: usize = 10;
    let made = folder.files();
    let mut names: Vec<&str> = Vec::new();
    // Older versions did not mark what was asked for.
    let asked_for = |file: &FileRecord| {
        let other_map = file.name.starts_with("figures/map_") && !maps::is_of_run(&file.name);
        file.on_request || other_map || file.name.starts_with("briefs/")
    };
    for file in files.iter().filter(|f| asked_for(f) && goes(&f.name) && !made.contains(&f.name)) {
        // A figure is several files.
        let name = match file.name.strip_prefix("figures/").and_then(|name| name.split('.').next()) {
            Some(stem) => &file.name[..FIGURES.len() + stem.len()],
            None => file.name.as_str(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if !names.is_empty() {
        let more = names.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        names.truncate(NAMED);
        progress.note(&format!(
            "removed, since they show numbers of before: {}{more}; monazite report makes them again",
            names.join(", ")
        ));
    }
}

/// Says that the later stages of an older run go, where the new one ends with the indicators.
pub(super) fn tell_unmade(before: &[FileRecord], until: Until, progress: &dyn Progress) {
    if until < Until::Report && has_page(before) {
        progress.note(
            "removed, since they rest on the indicators of before: the report, figures, typology and regression of the run that was here; \
             monazite run makes them again",
        );
    }
}

const FIGURES: &str = "figures/";

/// The files of the run that a folder holds; none if it holds no finished run.
pub(super) fn files_before(folder: &Path) -> Vec<FileRecord> {
    crate::run_folder::Manifest::read(folder).map(|manifest| manifest.files).unwrap_or_default()
}

/// The study of a run with other settings, checked as if it had been read from its file.
pub(super) fn changed_study(of_run: &Study, change: impl FnOnce(&mut Study)) -> Result<Study, Error> {
    let mut changed = of_run.clone();
    change(&mut changed);
    let (changed, problems) = Study::parse(&changed.to_toml(), &changed.file);
    if problems.is_empty() { Ok(changed) } else { Err(changed.error(problems).into()) }
}

/// Whether a run has a page.
pub(super) fn has_page(files: &[FileRecord]) -> bool {
    files.iter().any(|file| file.name == REPORT)
}
