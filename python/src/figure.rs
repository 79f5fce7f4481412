//! Figures of a run, as texts and prints. Nothing is written into the run.

use std::collections::BTreeMap;

use monazite::progress::Progress;
use monazite::report::brief::BriefError;
use monazite::report::figures::list::FIGURES;
use monazite::report::figures::source::FigureSource;
use monazite::report::figures::{FigureSelection, texts};
use monazite::report::maps::{MapRequest, map_files};
use monazite::report::trend_files::trend_files;
use monazite::report::trends::TrendRequest;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::IntoException;
use crate::run::{OpenRun, size_of};
use crate::working::working;

/// A figure: its name, its drawing, its caption, its numbers as csv by name.
type Parts = (String, String, String, BTreeMap<String, String>);

/// Names of the figures that a run may have, and the question that each answers.
#[pyfunction]
pub fn figure_names() -> Vec<(&'static str, &'static str, bool, bool)> {
    FIGURES
        .iter()
        .map(|figure| {
            let of = figure.selections();
            (figure.name(), figure.question(), of.country, of.year)
        })
        .collect()
}

/// A figure of the list.
#[pyfunction]
pub fn figure_of_list(
    py: Python<'_>,
    run: &Bound<'_, OpenRun>,
    name: &str,
    country: Option<&str>,
    year: Option<u16>,
    size: Option<&str>,
) -> PyResult<Parts> {
    let (run, size) = (run.get().run(), size_of(size)?);
    let selection = FigureSelection { country, year };
    let found = working(py, None, None, |_| {
        let source = FigureSource::of(run, run.study())?;
        texts(&source, name, selection, size.unwrap_or(run.study().figures.size))
    })?
    .map_err(IntoException::into_exception)?;
    let tables = found.tables.into_iter().map(|table| (table.name, table.csv)).collect();
    Ok((found.name, found.svg, found.caption, tables))
}

/// A map of the world.
#[pyfunction]
pub fn figure_of_map(
    py: Python<'_>,
    run: &Bound<'_, OpenRun>,
    indicator: String,
    supplier: Option<String>,
    product: Option<String>,
    year: Option<u16>,
    size: Option<&str>,
    reading: Option<&str>,
) -> PyResult<Parts> {
    let readings = monazite::indicators::RiskReading::ALL;
    let reading = reading.map(|asked| {
        let found = readings.into_iter().find(|of| of.name().eq_ignore_ascii_case(asked));
        found.ok_or_else(|| PyValueError::new_err("reading: write 'mass_balance' or 'str'"))
    });
    let request = MapRequest {
        indicator,
        supplier,
        product,
        year,
        size: size_of(size)?,
        reading: reading.transpose()?,
    };
    let run = run.get().run();
    drawn(py, |progress| map_files(run, &request, None, progress))
}

/// A chart over the years.
#[pyfunction]
pub fn figure_of_trend(
    py: Python<'_>,
    run: &Bound<'_, OpenRun>,
    indicator: String,
    supplier: Option<String>,
    products: Vec<String>,
    countries: Vec<String>,
    size: Option<&str>,
) -> PyResult<Parts> {
    let request = TrendRequest { indicator, supplier, products, countries, size: size_of(size)? };
    let run = run.get().run();
    drawn(py, |progress| trend_files(run, &request, None, progress))
}

/// The files of a drawing, by what they hold.
fn drawn(
    py: Python<'_>,
    draw: impl FnOnce(&dyn Progress) -> Result<Vec<(String, Vec<u8>)>, BriefError> + Send,
) -> PyResult<Parts> {
    let files = working(py, None, None, draw)?.map_err(IntoException::into_exception)?;
    let (mut name, mut svg, mut caption, mut tables) = Default::default();
    for (file, bytes) in files {
        let text = String::from_utf8(bytes).map_err(|e| PyRuntimeError::new_err(e.to_string()))?;
        let stem = file.strip_prefix("figures/").unwrap_or(&file);
        match stem.split_once('.') {
            Some((stem, "svg")) => (name, svg) = (stem.to_owned(), text),
            Some((stem, "csv")) => tables = BTreeMap::from([(stem.to_owned(), text)]),
            _ => caption = text,
        }
    }
    Ok((name, svg, caption, tables))
}

/// An SVG of the engine as PNG and PDF.
#[pyfunction]
pub fn print_svg<'py>(py: Python<'py>, svg: &str) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let printed = working(py, None, None, |_| monazite_cli::printer().map(|printer| printer.print(svg)))?;
    let printed = printed.ok_or_else(|| PyRuntimeError::new_err("this build prints no figures"))?;
    let printed = printed
        .map_err(|problem| PyValueError::new_err(format!("the figure cannot be printed: {problem}")))?;
    Ok((PyBytes::new(py, &printed.png), PyBytes::new(py, &printed.pdf)))
}
