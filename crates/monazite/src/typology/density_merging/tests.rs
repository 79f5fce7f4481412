//! Against the arrays and labels of an independent implementation in numpy (`reference/values/density_merging.json`).

use serde_json::Value;

use super::paths::{slope_towards, steepest};
use super::*;

const REFERENCE: &str = include_str!("../../../../../reference/values/density_merging.json");

fn reference() -> Value {
    serde_json::from_str(REFERENCE).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// An array over (x, y), as one over x + y * side.
fn grid(value: &Value) -> Vec<Value> {
    let rows = value.as_array().unwrap();
    let side = rows.len();
    (0..side * side).map(|cell| rows[cell % side][cell / side].clone()).collect()
}

fn assert_grid(actual: &[f64], expected: &Value, name: &str) {
    let expected = grid(expected);
    assert_eq!(actual.len(), expected.len());
    for (cell, (a, e)) in actual.iter().zip(&expected).enumerate() {
        let e = e.as_f64().unwrap();
        assert!((a - e).abs() <= 1e-12 + 1e-9 * e.abs(), "{name}[{cell}]: {a} is not {e}");
    }
}

fn points(value: &Value) -> Vec<[f64; 2]> {
    value.as_array().unwrap().iter().map(|p| numbers(p).try_into().unwrap()).collect()
}

#[test]
fn linear_binning_of_three_points() {
    let points = [[0.0, 0.0], [4.0, 4.0], [1.25, 2.5]];
    let parameters = DensityMergingParameters { grid: 5, ..DensityMergingParameters::default() };
    let density = Density::estimate(&points, &parameters).unwrap();
    let at = |x: usize, y: usize| density.weight[x + y * 5];
    assert_eq!(
        [at(0, 0), at(4, 4), at(1, 2), at(1, 3), at(2, 2), at(2, 3)],
        [1.0, 1.0, 0.375, 0.375, 0.125, 0.125]
    );
    assert_eq!(density.weight.iter().sum::<f64>(), 3.0);
    assert_eq!(density.cell_of, [0, 24, 1 + 3 * 5]);
}

#[test]
fn every_step_on_six_points() {
    let reference = reference();
    let small = &reference["small"];
    let parameters = DensityMergingParameters {
        bandwidth: Some(20.0),
        grid: 9,
        background: Background::ThinnestPercent(0.1),
        slope_test: false,
        full_sample: None,
        rescale: false,
    };
    let steps = steps(&points(&small["points"]), &parameters).unwrap();
    let density = &steps.density;
    assert_grid(&density.weight, &small["W"], "W");
    assert_grid(&density.f, &small["f"], "f");
    assert_grid(&density.sigma, &small["sigma"], "sigma");
    for (h, expected) in density.bandwidth.iter().zip(numbers(&small["h"])) {
        assert!((h - expected).abs() < 1e-12);
    }
    let directions = grid(&small["steepest_neighbour_index0to8"]);
    let slopes = grid(&small["slope"]);
    for cell in 0..81 {
        let direction = steepest(density, cell);
        assert_eq!(direction as u64, directions[cell].as_u64().unwrap(), "direction at {cell}");
        if direction != 4 {
            let (slope, _) = slope_towards(density, cell, direction);
            let expected = slopes[cell].as_f64().unwrap();
            assert!((slope - expected).abs() < 1e-12, "slope at {cell}: {slope} is not {expected}");
        }
    }
    let foreground: Vec<bool> = grid(&small["nonbackground"]).iter().map(|v| v.as_bool().unwrap()).collect();
    assert_eq!(steps.foreground, foreground);
    let clusters = &steps.clusters;
    assert!((clusters.tests - small["kappa"].as_f64().unwrap()).abs() < 1e-12);
    assert!((clusters.critical.unwrap() - small["crit"].as_f64().unwrap()).abs() < 1e-9);
    let pointers: Vec<i64> =
        small["pointers_before_merge"].as_array().unwrap().iter().map(|v| v.as_i64().unwrap()).collect();
    assert_eq!(steps.before_merging, pointers);
    assert_eq!(clusters.labels, [2, 2, 2, 1, 1, 1]);
    assert_eq!((clusters.clusters, clusters.foreground, clusters.path_ends), (2, 6, [2, 2]));
}

/// Points of a normal cloud without a random number generator.
fn cloud(block: &Value) -> Vec<[f64; 2]> {
    let centre = numbers(&block["centre"]);
    let spread = block["s"].as_f64().unwrap();
    let start = block["start"].as_u64().unwrap();
    (start..start + block["n"].as_u64().unwrap())
        .map(|i| {
            let u = i as f64 * 0.7548776662466927 % 1.0;
            let v = i as f64 * 0.5698402909980532 % 1.0;
            let radius = spread * (-2.0 * libm::log(1.0 - u)).sqrt();
            let angle = 2.0 * std::f64::consts::PI * v;
            [centre[0] + radius * libm::cos(angle), centre[1] + radius * libm::sin(angle)]
        })
        .collect()
}

fn level(name: &str) -> DetailLevel {
    let key = name.replace(' ', "_");
    DetailLevel::ALL.into_iter().find(|level| level.key() == key).unwrap()
}

#[test]
fn every_level_on_every_set() {
    let reference = reference();
    let mut compared = 0;
    for (set, case) in reference["cases"].as_object().unwrap() {
        let points: Vec<[f64; 2]> = case["blocks"].as_array().unwrap().iter().flat_map(cloud).collect();
        for (name, expected) in case["results"].as_object().unwrap() {
            let found = density_merging(&points, &level(name).parameters(true)).unwrap();
            let what = format!("{set}, {name}");
            assert_eq!(found.clusters as u64, expected["K"].as_u64().unwrap(), "{what}: clusters");
            for (h, e) in found.bandwidth.iter().zip(numbers(&expected["h"])) {
                assert!((h - e).abs() < 1e-12 * e, "{what}: bandwidth {h} is not {e}");
            }
            let kappa = expected["kappa"].as_f64().unwrap();
            assert!((found.tests - kappa).abs() <= 1e-9 * kappa, "{what}: tests {} {kappa}", found.tests);
            match expected["crit"].as_f64() {
                Some(crit) => assert!((found.critical.unwrap() - crit).abs() < 1e-9, "{what}"),
                None => assert_eq!(found.critical, None, "{what}"),
            }
            assert_eq!(found.foreground as u64, expected["n_nonbackground"].as_u64().unwrap(), "{what}");
            assert_eq!(found.path_ends[0] as u64, expected["n_path_ends"].as_u64().unwrap(), "{what}: ends");
            assert_eq!(found.path_ends[1] as u64, expected["n_significant"].as_u64().unwrap(), "{what}");
            if found.foreground > 0 {
                assert_eq!(found.passes as u64, expected["passes"].as_u64().unwrap(), "{what}: passes");
            }
            let mut labels = Vec::new();
            for run in expected["labels_rle"].as_array().unwrap() {
                let run = numbers(run);
                labels.extend(std::iter::repeat_n(run[0] as u32, run[1] as usize));
            }
            let different: Vec<usize> =
                (0..labels.len()).filter(|&at| labels[at] != found.labels[at]).collect();
            assert!(different.is_empty(), "{what}: points {different:?} have another label");
            compared += 1;
        }
    }
    assert_eq!(compared, 21);
}

#[test]
fn without_the_quirk_the_middle_levels_find_the_clouds() {
    let reference = reference();
    let case = &reference["cases"]["four_plus_34"];
    let points: Vec<[f64; 2]> = case["blocks"].as_array().unwrap().iter().flat_map(cloud).collect();
    for level in [DetailLevel::High, DetailLevel::Medium, DetailLevel::Low] {
        let quirk = density_merging(&points, &level.parameters(true)).unwrap();
        let meant = density_merging(&points, &level.parameters(false)).unwrap();
        assert!(quirk.labels.iter().filter(|l| **l == 0).count() > 1700, "{level:?}");
        assert!((4..=5).contains(&meant.clusters), "{level:?}: {}", meant.clusters);
        assert!(meant.labels.iter().filter(|l| **l == 0).count() < 400, "{level:?}");
    }
}

#[test]
fn the_order_of_the_points_does_not_matter() {
    let reference = reference();
    let case = &reference["cases"]["close"];
    let points: Vec<[f64; 2]> = case["blocks"].as_array().unwrap().iter().flat_map(cloud).collect();
    let turned: Vec<[f64; 2]> = points.iter().rev().copied().collect();
    let parameters = DetailLevel::VeryLow.parameters(true);
    let mut labels = density_merging(&turned, &parameters).unwrap().labels;
    labels.reverse();
    assert_eq!(density_merging(&points, &parameters).unwrap().labels, labels);
}

#[test]
fn what_cannot_be_clustered_is_refused() {
    let parameters = DensityMergingParameters::default();
    let refused = |points: &[[f64; 2]]| density_merging(points, &parameters).unwrap_err().to_string();
    assert_eq!(refused(&[[1.0, 2.0]]), "density-based merging needs at least two points; there are 1");
    assert_eq!(
        refused(&[[1.0, 2.0], [f64::NAN, 1.0]]),
        "point 1 has the coordinate NaN; density-based merging needs finite coordinates"
    );
    assert_eq!(
        refused(&[[1.0, 2.0], [0.0, 2.0]]),
        "all points have the same coordinate on axis 1; a density in the plane needs spread on both axes"
    );
    let narrow = DensityMergingParameters { bandwidth: Some(0.0), ..parameters };
    assert_eq!(
        density_merging(&[[1.0, 2.0], [0.0, 1.0]], &narrow).unwrap_err().to_string(),
        "bandwidth = 0 is out of range: a percentage above 0 and at most 100"
    );
}
