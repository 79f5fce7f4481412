//! The files of a chart over the years: in a run, or for whoever asks for them.

use std::path::Path;

use super::brief::BriefError;
use super::chart_files::chart_files;
use super::figures::FigurePrinter;
use super::figures::caption::{self, Caption};
use super::figures::paper::draw_for;
use super::request::{WrittenFile, add_files};
use super::trends::{TrendRequest, Trends};
use crate::progress::Progress;
use crate::run::Run;
use crate::run::provenance::source_line;
use crate::run_folder::FolderError;
use crate::study::FigureSize;
use crate::threads::within;

/// Draws a chart over the years into the folder `figures` of a finished run, with its numbers and a caption. Nothing else in the run changes.
///
/// # Errors
/// As [`Trends::of`]; [`BriefError::Cancelled`] if `progress` asks to stop.
pub fn write_trends(
    folder: &Path,
    request: &TrendRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Vec<WrittenFile>, BriefError> {
    within(|| {
        progress.go_on()?;
        let run = Run::open(folder)?;
        let files = trend_files(&run, request, printer, progress)?;
        Ok(add_files(folder, run.manifest(), &files)?)
    })
}

/// A chart over the years as the files that it would be in a run folder, by name. Nothing is written anywhere.
///
/// # Errors
/// As [`write_trends`].
pub fn trend_files(
    run: &Run,
    request: &TrendRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Vec<(String, Vec<u8>)>, BriefError> {
    let trends = Trends::of(run, request)?;
    let own = run.study().figures.size;
    let other = request.size.filter(|size| *size != own);
    let name = match other {
        Some(size) => format!("{}_{}", trends.name, size.name()),
        None => trends.name.clone(),
    };
    progress.go_on()?;
    Ok(files(run, &trends, &name, other.unwrap_or(own), printer)?)
}

fn files(
    run: &Run,
    trends: &Trends,
    name: &str,
    size: FigureSize,
    printer: Option<&dyn FigurePrinter>,
) -> Result<Vec<(String, Vec<u8>)>, FolderError> {
    let source = source_line(run.study(), run.manifest());
    let drawn = draw_for(size, &trends.description(), &source, &|width| trends.draw(width));
    let caption = Caption {
        title: format!("{}.", trends.title),
        reading: vec!["Years without a value are gaps.".to_owned(), format!("{}.", trends.description())],
        definitions: vec![caption::INDICATORS],
        numbers: vec![format!("figures/{name}.csv")],
    };
    chart_files(run, name, size, &drawn, trends.csv(), &caption, printer)
}
