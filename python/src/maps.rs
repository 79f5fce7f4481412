//! Maps of rows in the plane, and clusters of points.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use monazite::typology::density_merging::{DensityMergingError, DetailLevel, density_merging as merged};
use monazite::typology::rows::Rows;
use monazite::typology::umap::{Initialisation, Metric, UmapError, UmapParameters, umap_until};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::columns::{Given, Wanted};
use crate::errors::{Class, IntoException, Where, input, raise};
use crate::table::{Table, numbers};
use crate::working::working;

/// The columns of a table as rows of numbers; all of them, or those named.
fn rows_of(given: &Given, features: Option<&[String]>) -> PyResult<Rows> {
    let names: Vec<String> = match features {
        Some(names) => names.to_vec(),
        None => given.names().into_iter().map(str::to_owned).collect(),
    };
    if names.is_empty() {
        return Err(input("the table has no column, or none is named; give at least one of numbers"));
    }
    let columns = names
        .iter()
        .map(|name| {
            let at = given.find(&Wanted { name: "column", others: &[], required: true }, Some(name))?;
            given.known_numbers(at)
        })
        .collect::<PyResult<Vec<_>>>()?;
    Ok(Rows::from_fn(given.rows(), columns.len(), |row, feature| columns[feature][row]))
}

/// A map of the rows of a table; see `monazite.umap`.
#[pyfunction]
#[pyo3(signature = (table, features, neighbours, min_dist, metric, epochs, initialisation, seed, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn umap(
    table: &Bound<'_, PyAny>,
    features: Option<Vec<String>>,
    neighbours: usize,
    min_dist: f64,
    metric: &str,
    epochs: Option<usize>,
    initialisation: &str,
    seed: Option<u64>,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Table> {
    let metrics = [("euclidean", Metric::Euclidean), ("manhattan", Metric::Manhattan)];
    let starts = [
        ("spectral", Initialisation::Spectral),
        ("principal_components", Initialisation::PrincipalComponents),
        ("random", Initialisation::Random),
    ];
    let parameters = UmapParameters {
        neighbours,
        min_dist,
        metric: named("metric", metric, &metrics)?,
        epochs,
        initialisation: named("initialisation", initialisation, &starts)?,
        seed: seed.unwrap_or(UmapParameters::default().seed),
        ..UmapParameters::default()
    };
    let given = Given::of(table, "table")?;
    let rows = table.py().detach(|| rows_of(&given, features.as_deref()))?;
    let map = working(table.py(), threads, progress, |progress| umap_until(&rows, &parameters, progress))?
        .map_err(IntoException::into_exception)?;
    let axis = |of: usize| numbers(map.points.iter().map(|point| point[of]).collect());
    let mut notes = Vec::new();
    if map.components > 1 {
        notes.push(format!(
            "The map is in {} pieces that nothing joins; where they lie relative to one another says little.",
            map.components
        ));
    }
    Table::of(vec![("x".to_owned(), axis(0)), ("y".to_owned(), axis(1))], notes)
}

/// Clusters of points in the plane; see `monazite.density_merging`.
#[pyfunction]
#[pyo3(signature = (points, detail, compat_scale_quirk))]
pub fn density_merging(points: &Bound<'_, PyAny>, detail: &str, compat_scale_quirk: bool) -> PyResult<Table> {
    let levels = DetailLevel::ALL.map(|level| (level.key(), level));
    let level = named("detail", detail, &levels)?;
    let given = Given::of(points, "points")?;
    points.py().detach(|| {
        let rows = rows_of(&given, None)?;
        if rows.features() != 2 {
            return Err(input(&format!(
                "points: two columns are wanted, x and y, and there are {}",
                rows.features()
            )));
        }
        let places: Vec<[f64; 2]> = (0..rows.len()).map(|row| [rows.row(row)[0], rows.row(row)[1]]).collect();
        let found =
            merged(&places, &level.parameters(compat_scale_quirk)).map_err(IntoException::into_exception)?;
        let labels: ArrayRef =
            Arc::new(Int32Array::from_iter_values(found.labels.iter().map(|&of| of as i32)));
        let height = numbers(found.height.iter().map(|height| height.unwrap_or(f64::NAN)).collect());
        Table::of(vec![("cluster".to_owned(), labels), ("height".to_owned(), height)], Vec::new())
    })
}

fn named<T: Copy>(what: &str, name: &str, known: &[(&str, T)]) -> PyResult<T> {
    known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(known, _)| *known).collect();
        PyValueError::new_err(format!("{what}: '{name}' is none; there are {}", names.join(", ")))
    })
}

impl IntoException for UmapError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            Self::Parameter { .. } => PyValueError::new_err(message),
            Self::NotFinite { row, value, .. } => {
                let (file, value) = (Some("table".to_owned()), Some(value.to_string()));
                raise(
                    Class::Input,
                    &message,
                    Where { file, line: Some(row as u64 + 1), value, ..Where::default() },
                )
            }
            _ => input(&message),
        }
    }
}

impl IntoException for DensityMergingError {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Parameter { .. } => PyValueError::new_err(message),
            Self::NotFinite { point, value } => {
                let (file, value) = (Some("points".to_owned()), Some(value.to_string()));
                raise(
                    Class::Input,
                    &message,
                    Where { file, line: Some(point as u64 + 1), value, ..Where::default() },
                )
            }
            _ => input(&message),
        }
    }
}
