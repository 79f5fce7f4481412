//! Runs of data that are at hand: a table of flows and political stability in memory, into a folder or into memory.

use std::path::Path;

use super::Error;
use super::clock::Clock;
use super::options::RunOptions;
use super::stages::{Made, make_run};
use super::summary::RunSummary;
use crate::ingest::Governance;
use crate::progress::Progress;
use crate::report::figures::FigurePrinter;
use crate::run_folder::{Manifest, RunFiles, RunFolder};
use crate::study::{DataFrom, Study};
use crate::threads::within;
use crate::trade::FlowSource;

/// What a study is computed from, where its files do not say it.
#[derive(Debug, Clone, Copy)]
pub struct RunData<'a> {
    /// The trade: a [`crate::trade::FlowTable`], or a [`crate::trade::Store`].
    pub trade: &'a dyn FlowSource,
    /// Political stability.
    pub governance: &'a Governance,
}

/// A finished run in memory.
#[derive(Debug, Clone)]
pub struct MemoryRun {
    /// What was run.
    pub manifest: Manifest,
    /// Its files, the manifest among them: names and bytes are those of a run into a folder.
    pub files: RunFiles,
}

/// Runs a study on data at hand into a folder; `data.trade` and `data.governance` of the study are not looked at.
///
/// # Errors
/// [`Error::Study`] with everything that is wrong with the study, otherwise as [`super::run_study`].
pub fn run_on(
    study: &Study,
    data: RunData<'_>,
    out: &Path,
    options: &RunOptions,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<RunSummary, Error> {
    let study = study.checked(DataFrom::Memory)?;
    let clock = Clock::start();
    let folder = RunFolder::claim(out)?;
    let Made { manifest, files, finding } = within(|| {
        make_run(&study, data.trade, Some(data.governance), folder, clock, options, printer, progress)
    })?;
    let report = files.exists("report.html").then(|| out.join("report.html"));
    Ok(RunSummary { folder: out.to_owned(), manifest, report, finding })
}

/// Runs a study on data at hand into memory: nothing is written to the disk.
///
/// The files have the bytes of a run into a folder, but for the wall times in the manifest.
///
/// # Errors
/// As [`run_on`].
///
/// ```
/// use monazite::indicators::Column;
/// use monazite::ingest::Governance;
/// use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory};
/// use monazite::progress::Silent;
/// use monazite::run_folder::{StoredPanel, stored_panel::PanelSelection};
/// use monazite::study::Study;
/// use monazite::trade::FlowTable;
///
/// let trade = FlowTable::from_rows([
///     (2019, "284690", "CHN", "USA", 60.0),
///     (2019, "284690", "CHN", "MYS", 30.0),
///     (2019, "284690", "MYS", "USA", 20.0),
/// ])?;
/// let governance = Governance::from_rows([("CHN", 2019, 38.1), ("MYS", 2019, 51.9), ("USA", 2019, 57.6)])?;
/// let study = Study::new(["284690".parse()?]);
/// let options = RunOptions { until: Until::Indicators, commit: "unknown".to_owned() };
/// let data = RunData { trade: &trade, governance: &governance };
/// let run = run_in_memory(&study, data, &options, &Silent)?;
///
/// assert!(run.files.names()?.contains(&"indicators.parquet".to_owned()));
/// let panel = StoredPanel::read(&run.files, &PanelSelection::default())?;
/// let usa = panel.country("USA").expect("it trades");
/// assert_eq!(panel.value(Column::Imports, 0, 0, usa), Some(80.0));
/// assert!(panel.value(Column::Str, 0, 0, usa).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run_in_memory(
    study: &Study,
    data: RunData<'_>,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<MemoryRun, Error> {
    let study = study.checked(DataFrom::Memory)?;
    let (clock, folder) = (Clock::start(), RunFolder::in_memory());
    let Made { manifest, files, .. } = within(|| {
        make_run(&study, data.trade, Some(data.governance), folder, clock, options, None, progress)
    })?;
    Ok(MemoryRun { manifest, files })
}
