//! A study run into a folder.

use std::path::Path;

use super::Error;
use super::clock::Clock;
use super::data::open_trade;
use super::options::RunOptions;
use super::stages::{Made, make_run};
use super::summary::RunSummary;
use super::tables::read_before_import;
use crate::progress::Progress;
use crate::report::figures::FigurePrinter;
use crate::run_folder::RunFolder;
use crate::study::Study;
use crate::threads::within;

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
    let governance = read_before_import(study)?;
    let store = open_trade(study, progress)?;
    clock.lap("data");
    let Made { manifest, files, finding } =
        make_run(study, &store, governance.as_ref(), folder, clock, options, printer, progress)?;
    let report = files.exists("report.html").then(|| out.join("report.html"));
    Ok(RunSummary { folder: out.to_owned(), manifest, report, finding })
}
