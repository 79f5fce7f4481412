//! Against scikit-learn (`reference/clusters_sklearn.py`).

use serde_json::Value;

use super::*;
use crate::typology::agreement::adjusted_rand_index;
use crate::typology::pca::PrincipalComponents;

const REFERENCE: &str = include_str!("../../../../../reference/values/clusters_sklearn.json");
const STEPS: [f64; 4] = [0.7548776662466927, 0.5698402909980532, 0.8191725133961645, 0.6710436067037893];

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn labels(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(|v| v.as_i64().unwrap()).collect()
}

fn normal(i: usize, j: usize) -> f64 {
    let u = (i as f64 * STEPS[j % 4] + 0.1 * (j / 4) as f64) % 1.0;
    let v = (i as f64 * STEPS[(j + 1) % 4] + 0.37 * (j + 1) as f64) % 1.0;
    (-2.0 * libm::log(1.0 - u)).sqrt() * libm::cos(2.0 * std::f64::consts::PI * v)
}

fn rows() -> Rows {
    let clouds: [(usize, [f64; 5], f64); 3] = [
        (60, [0.0, 0.0, 0.0, 0.0, 0.0], 1.0),
        (80, [4.0, 1.0, 0.0, -2.0, 3.0], 1.5),
        (40, [-3.0, 5.0, 2.0, 2.0, 0.0], 0.7),
    ];
    let mut values = Vec::new();
    for (cloud, (count, centre, spread)) in clouds.iter().enumerate() {
        for i in 0..*count {
            values.extend((0..5).map(|j| centre[j] + spread * normal(1 + i + 1000 * cloud, j)));
        }
    }
    for i in 0..12 {
        values.extend((0..5).map(|j| 8.0 * normal(5000 + i, j)));
    }
    Rows::new(5, values)
}

fn reference() -> (Rows, Value) {
    let (rows, reference): (Rows, Value) = (rows(), serde_json::from_str(REFERENCE).unwrap());
    for (row, key) in [(0, "first_row"), (rows.len() - 1, "last_row")] {
        for (a, e) in rows.row(row).iter().zip(numbers(&reference[key])) {
            assert!((a - e).abs() < 1e-9, "{a} is not {e}");
        }
    }
    (rows, reference)
}

#[test]
fn principal_components_are_those_of_scikit_learn() {
    let (rows, reference) = reference();
    let found = PrincipalComponents::fit(&rows);
    let close = |a: &[f64], e: &[f64]| a.iter().zip(e).all(|(a, e)| (a - e).abs() < 1e-9 * (1.0 + e.abs()));
    assert!(close(&found.mean, &numbers(&reference["mean"])));
    assert!(close(&found.variance, &numbers(&reference["variance"])));
    for (loading, expected) in found.loadings.iter().zip(reference["loadings"].as_array().unwrap()) {
        assert!(close(loading, &numbers(expected)), "{loading:?} is not {expected}");
    }
    assert!((0..5).map(|c| found.explained(c).unwrap()).sum::<f64>() - 1.0 < 1e-12);
}

#[test]
fn hdbscan_is_that_of_scikit_learn() {
    let (rows, reference) = reference();
    for (size, expected) in reference["hdbscan"].as_object().unwrap() {
        let settings = AlternativeSettings { smallest_cluster: size.parse().unwrap(), k: 1, seed: 1 };
        let found = cluster(&rows, Alternative::Hdbscan, settings).unwrap();
        let expected = in_order_of_appearance(&labels(expected));
        let agreement = adjusted_rand_index(&found, &expected).unwrap();
        assert!(agreement == 1.0, "size {size}: {agreement}\n{found:?}\n{expected:?}");
    }
}

#[test]
fn silhouettes_are_those_of_scikit_learn() {
    let (rows, reference) = reference();
    let truth: Vec<u32> = labels(&reference["truth"]).iter().map(|&l| l as u32).collect();
    let one = vec![1; rows.len()];
    let found = silhouettes(&rows, &[&truth, &one]);
    assert!((found[0].unwrap() - reference["silhouette"].as_f64().unwrap()).abs() < 1e-12);
    assert_eq!(found[1], None);
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let rows = rows();
    let order: Vec<usize> = (0..rows.len()).rev().collect();
    let settings = AlternativeSettings { smallest_cluster: 10, k: 3, seed: 1 };
    let mut methods = vec![Alternative::Hdbscan];
    if Alternative::KMeans.is_built_in() {
        methods.extend([Alternative::KMeans, Alternative::GaussianMixture]);
    }
    for method in methods {
        let straight = cluster(&rows, method, settings).unwrap();
        let turned = cluster(&rows.permuted(&order), method, settings).unwrap();
        let back: Vec<u32> = order.iter().map(|&row| turned[row]).collect();
        assert_eq!(adjusted_rand_index(&straight, &back), Some(1.0), "{method:?}");
    }
}

#[cfg(not(feature = "linfa"))]
#[test]
fn what_is_not_built_in_is_said() {
    let settings = AlternativeSettings { smallest_cluster: 10, k: 3, seed: 1 };
    assert_eq!(
        cluster(&rows(), Alternative::KMeans, settings).unwrap_err().to_string(),
        "this program was built without k_means, which needs its feature linfa"
    );
}

#[cfg(feature = "linfa")]
#[test]
fn k_means_and_mixtures_find_the_clouds() {
    let (rows, reference) = reference();
    let truth: Vec<u32> = labels(&reference["truth"]).iter().map(|&l| l as u32).collect();
    let inside: Vec<usize> = (0..rows.len()).filter(|&row| truth[row] > 0).collect();
    let expected: Vec<u32> = inside.iter().map(|&row| truth[row]).collect();
    for method in [Alternative::KMeans, Alternative::GaussianMixture] {
        let settings = AlternativeSettings { smallest_cluster: 10, k: 3, seed: 1 };
        let found = cluster(&rows.permuted(&inside), method, settings).unwrap();
        assert_eq!(adjusted_rand_index(&found, &expected), Some(1.0), "{method:?}");
    }
}
