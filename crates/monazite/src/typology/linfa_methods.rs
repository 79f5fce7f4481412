//! k-means and Gaussian mixtures by the library `linfa`.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_clustering::{GaussianMixtureModel, KMeans};
use ndarray::{Array1, Array2};
use rand_xoshiro_06::Xoshiro256Plus;
use rand_xoshiro_06::rand_core::SeedableRng;

use super::alternatives::{Alternative, AlternativeError, AlternativeSettings};
use super::rows::Rows;

/// Starts from which the best solution is taken.
const STARTS: usize = 10;
const TOLERANCE: f64 = 1e-5;

fn array(rows: &Rows) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), rows.features()), |(row, feature)| rows.row(row)[feature])
}

fn refused(method: Alternative, error: impl std::fmt::Display) -> AlternativeError {
    AlternativeError::Library { method: method.key(), message: error.to_string() }
}

fn labels(found: &Array1<usize>) -> Vec<i64> {
    found.iter().map(|&label| label as i64).collect()
}

pub(super) fn k_means(rows: &Rows, settings: AlternativeSettings) -> Result<Vec<i64>, AlternativeError> {
    let data = DatasetBase::from(array(rows));
    let model = KMeans::params_with_rng(settings.k, Xoshiro256Plus::seed_from_u64(settings.seed))
        .n_runs(STARTS)
        .tolerance(TOLERANCE)
        .max_n_iterations(300)
        .fit(&data)
        .map_err(|e| refused(Alternative::KMeans, e))?;
    Ok(labels(&model.predict(data.records())))
}

pub(super) fn gaussian_mixture(
    rows: &Rows,
    settings: AlternativeSettings,
) -> Result<Vec<i64>, AlternativeError> {
    let data = DatasetBase::from(array(rows));
    let model = GaussianMixtureModel::params(settings.k)
        .with_rng(Xoshiro256Plus::seed_from_u64(settings.seed))
        .n_runs(STARTS as u64)
        .tolerance(TOLERANCE)
        .fit(&data)
        .map_err(|e| refused(Alternative::GaussianMixture, e))?;
    Ok(labels(&model.predict(data.records())))
}
