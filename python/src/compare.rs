//! Two runs side by side.

use monazite::report::comparison::{Comparison, TOLERANCE, comparison_files, levels_csv, write_comparison};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::IntoException;
use crate::run::OpenRun;
use crate::working::working;

/// What differs between two runs: sentences, files by name; and written into a folder, if one is given.
#[pyfunction]
pub fn compare_runs<'py>(
    py: Python<'py>,
    first: &Bound<'py, OpenRun>,
    second: &Bound<'py, OpenRun>,
    tolerance: Option<f64>,
    out: Option<std::path::PathBuf>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Vec<String>, bool, Bound<'py, PyDict>)> {
    let pair = [first.get().run(), second.get().run()];
    let (comparison, small, levels) = working(py, None, progress, |progress| {
        let comparison = Comparison::of(pair[0], pair[1], tolerance.unwrap_or(TOLERANCE), progress)?;
        if let Some(out) = out {
            write_comparison(&comparison, pair, &out, progress)?;
        }
        let small = comparison_files(&comparison)?;
        let levels = levels_csv(&comparison, pair, progress)?;
        Ok((comparison, small, levels))
    })?
    .map_err(|error: monazite::report::brief::BriefError| error.into_exception())?;
    let files = PyDict::new(py);
    for (name, content) in
        small.iter().map(|(name, content)| (*name, content)).chain([("levels.csv", &levels)])
    {
        files.set_item(name, PyBytes::new(py, content))?;
    }
    let mut lines = comparison.data.to_vec();
    lines.extend(comparison.findings.iter().cloned());
    Ok((lines, comparison.is_same(), files))
}
