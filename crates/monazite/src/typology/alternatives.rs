//! Other ways to cluster the same rows, on the features themselves and without a map: if they see the same kinds, the kinds
//! are in the data.

mod settings;

use rayon::prelude::*;

use super::rows::Rows;
use crate::threads::within;

pub use settings::{Alternative, AlternativeError, AlternativeSettings};

/// Clusters rows. Labels count from 1 in the order of their first row; 0 is noise.
///
/// Rows are brought into the order of their values first, so that the result does not depend on how they come.
///
/// # Errors
/// [`AlternativeError::NotBuiltIn`], or [`AlternativeError::Library`] if the library cannot work on the rows.
pub fn cluster(
    rows: &Rows,
    method: Alternative,
    settings: AlternativeSettings,
) -> Result<Vec<u32>, AlternativeError> {
    let order = rows.canonical_order();
    let sorted = rows.permuted(&order);
    let found = match method {
        Alternative::Hdbscan => hdbscan_labels(&sorted, settings)?,
        #[cfg(feature = "linfa")]
        Alternative::KMeans => super::linfa_methods::k_means(&sorted, settings)?,
        #[cfg(feature = "linfa")]
        Alternative::GaussianMixture => super::linfa_methods::gaussian_mixture(&sorted, settings)?,
        #[cfg(not(feature = "linfa"))]
        other => return Err(AlternativeError::NotBuiltIn(other.key())),
    };
    let mut labels = vec![-1; rows.len()];
    for (label, &row) in found.into_iter().zip(&order) {
        labels[row] = label;
    }
    Ok(in_order_of_appearance(&labels))
}

/// Labels from 1 on in the order of their first row; anything negative is 0.
fn in_order_of_appearance(labels: &[i64]) -> Vec<u32> {
    let mut known: Vec<i64> = Vec::new();
    labels
        .iter()
        .map(|&label| {
            if label < 0 {
                return 0;
            }
            let place = known.iter().position(|k| *k == label).unwrap_or_else(|| {
                known.push(label);
                known.len() - 1
            });
            place as u32 + 1
        })
        .collect()
}

fn hdbscan_labels(rows: &Rows, settings: AlternativeSettings) -> Result<Vec<i64>, AlternativeError> {
    let data: Vec<Vec<f64>> = (0..rows.len()).map(|row| rows.row(row).to_vec()).collect();
    let parameters = hdbscan::HdbscanHyperParams::builder()
        .min_cluster_size(settings.smallest_cluster)
        .min_samples(settings.smallest_cluster)
        .build();
    let labels = hdbscan::Hdbscan::new(&data, parameters).cluster().map_err(|error| {
        AlternativeError::Library { method: Alternative::Hdbscan.key(), message: error.to_string() }
    })?;
    Ok(labels.into_iter().map(i64::from).collect())
}

/// Mean silhouette of several partitions of the same rows, from -1 (wrong) to 1 (apart): for each row (b - a)/max(a, b), a being
/// its mean distance to its own cluster and b that to the nearest other one; 0 for a row alone in its cluster. Rows labelled 0
/// do not take part. `None` for a partition with fewer than two clusters.
///
/// # References
/// Rousseeuw, *Silhouettes*, Journal of Computational and Applied Mathematics 20, 1987.
pub fn silhouettes(rows: &Rows, partitions: &[&[u32]]) -> Vec<Option<f64>> {
    within(|| silhouettes_in_pool(rows, partitions))
}

fn silhouettes_in_pool(rows: &Rows, partitions: &[&[u32]]) -> Vec<Option<f64>> {
    let clusters: Vec<usize> =
        partitions.iter().map(|p| p.iter().copied().max().unwrap_or(0) as usize).collect();
    let sizes: Vec<Vec<usize>> = partitions
        .iter()
        .zip(&clusters)
        .map(|(labels, &count)| {
            let mut sizes = vec![0; count + 1];
            labels.iter().for_each(|&label| sizes[label as usize] += 1);
            sizes
        })
        .collect();
    let of_rows: Vec<Vec<Option<f64>>> = (0..rows.len())
        .into_par_iter()
        .map(|row| {
            let mut sums: Vec<Vec<f64>> = clusters.iter().map(|&count| vec![0.0; count + 1]).collect();
            for other in 0..rows.len() {
                let squares =
                    rows.row(row).iter().zip(rows.row(other)).fold(0.0, |s, (x, y)| s + (x - y) * (x - y));
                let distance = squares.sqrt();
                for (sums, labels) in sums.iter_mut().zip(partitions) {
                    sums[labels[other] as usize] += distance;
                }
            }
            sums.iter()
                .zip(&sizes)
                .zip(partitions)
                .map(|((sums, sizes), labels)| silhouette(labels[row] as usize, sums, sizes))
                .collect()
        })
        .collect();
    (0..partitions.len())
        .map(|p| {
            let values: Vec<f64> = of_rows.iter().filter_map(|row| row[p]).collect();
            (!values.is_empty()).then(|| values.iter().fold(0.0, |sum, v| sum + v) / values.len() as f64)
        })
        .collect()
}

fn silhouette(own: usize, sums: &[f64], sizes: &[usize]) -> Option<f64> {
    if own == 0 {
        return None;
    }
    let nearest = (1..sums.len())
        .filter(|&cluster| cluster != own && sizes[cluster] > 0)
        .map(|cluster| sums[cluster] / sizes[cluster] as f64)
        .reduce(f64::min)?;
    if sizes[own] < 2 {
        return Some(0.0);
    }
    let within = sums[own] / (sizes[own] - 1) as f64;
    let larger = within.max(nearest);
    Some(if larger > 0.0 { (nearest - within) / larger } else { 0.0 })
}

#[cfg(test)]
mod tests;
