//! Properties of every step, and of the whole.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::*;
use crate::typology::agreement::adjusted_rand_index;
use crate::typology::density_merging::{DensityMergingParameters, density_merging};

/// Countries of a few types over some years: the rows, and the type of each.
fn planted(types: usize, countries: usize, years: usize, features: usize, seed: u64) -> (Rows, Vec<u32>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut normal = || (0..12).map(|_| uniform::uniform(&mut random)).sum::<f64>() - 6.0;
    let centres: Vec<Vec<f64>> =
        (0..types).map(|_| (0..features).map(|_| 2.0 * normal()).collect()).collect();
    let mut values = Vec::new();
    let mut truth = Vec::new();
    for country in 0..countries {
        let own: Vec<f64> = centres[country % types].iter().map(|c| c + 0.4 * normal()).collect();
        for _ in 0..years {
            values.extend(own.iter().map(|v| v + 0.4 * normal()));
            truth.push((country % types) as u32);
        }
    }
    (Rows::new(features, values), truth)
}

/// Trustworthiness as scikit-learn defines it: 1 less a penalty for neighbours on the map that are none in the data.
fn trustworthiness(rows: &Rows, points: &[[f64; 2]], k: usize) -> f64 {
    let n = rows.len();
    let flat = Rows::new(2, points.iter().flatten().copied().collect());
    let near = Neighbours::exact(&flat, k + 1, Metric::Euclidean);
    let ranks = Neighbours::exact(rows, n, Metric::Euclidean);
    let mut penalty = 0.0;
    for row in 0..n {
        let mut rank = vec![0usize; n];
        for (place, &other) in ranks.of(row).iter().enumerate() {
            rank[other as usize] = place + 1;
        }
        for &other in near.of(row) {
            penalty += rank[other as usize].saturating_sub(k) as f64;
        }
    }
    let (n, k) = (n as f64, k as f64);
    1.0 - penalty * 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0))
}

#[test]
fn neighbours_are_those_of_a_full_sort() {
    let (rows, _) = planted(3, 30, 4, 7, 1);
    for metric in [Metric::Euclidean, Metric::Manhattan] {
        let found = Neighbours::exact(&rows, 9, metric);
        for row in 0..rows.len() {
            let distance = |other: usize| {
                let pairs = rows.row(row).iter().zip(rows.row(other));
                match metric {
                    Metric::Euclidean => pairs.map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt(),
                    Metric::Manhattan => pairs.map(|(x, y)| (x - y).abs()).sum::<f64>(),
                }
            };
            let mut all: Vec<usize> = (0..rows.len()).filter(|&other| other != row).collect();
            all.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
            let sorted: Vec<u32> = all[..8].iter().map(|&r| r as u32).collect();
            assert_eq!(found.of(row), sorted, "{metric:?} {row}");
            for (&other, d) in found.of(row).iter().zip(found.distances_of(row)) {
                assert!((distance(other as usize) - d).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn of_equally_near_rows_the_first_is_taken() {
    let rows = Rows::new(1, vec![0.0, 1.0, -1.0, 1.0, 0.0]);
    let found = Neighbours::exact(&rows, 4, Metric::Euclidean);
    assert_eq!(found.of(0), [4, 1, 2]);
    assert_eq!(found.of(4), [0, 1, 2], "the same row comes before any other");
}

#[test]
fn memberships_add_up_to_log2_of_the_neighbours() {
    let (rows, _) = planted(4, 40, 5, 6, 2);
    for count in [5, 15, 50] {
        let neighbours = Neighbours::exact(&rows, count, Metric::Euclidean);
        for row in 0..rows.len() {
            let distances = neighbours.distances_of(row);
            let membership = Membership::fit(distances, 1.0, 1.0);
            assert_eq!(membership.sure, distances[0]);
            let sum: f64 = distances.iter().map(|d| membership.strength(*d)).sum();
            assert!((sum - (count as f64).log2()).abs() < 1e-3, "{sum}");
        }
    }
}

#[test]
fn connectivity_between_two_neighbours() {
    let sure = |connectivity: f64| Membership::fit(&[0.0, 1.0, 3.0, 4.0], connectivity, 1.0).sure;
    assert_eq!([0.5, 1.0, 1.5, 2.0, 3.0, 9.0].map(sure), [0.5, 1.0, 2.0, 3.0, 4.0, 4.0]);
    assert_eq!(Membership::fit(&[0.0, 0.0], 1.0, 2.0).sure, 0.0);
}

#[test]
fn the_graph_is_symmetric_with_strengths_up_to_one() {
    let (rows, _) = planted(3, 30, 5, 6, 3);
    let neighbours = Neighbours::exact(&rows, 10, Metric::Euclidean);
    for mix in [1.0, 0.5, 0.0] {
        let graph = FuzzyGraph::of(&neighbours, 1.0, mix);
        for row in 0..graph.len() {
            for (to, weight) in graph.edges(row) {
                assert!(weight > 0.0 && weight <= 1.0 && to != row);
                let back = graph.edges(to).find(|(r, _)| *r == row).map(|(_, w)| w);
                assert_eq!(back, Some(weight));
            }
        }
    }
    let union = FuzzyGraph::of(&neighbours, 1.0, 1.0);
    let own = Membership::fit(neighbours.distances_of(0), 1.0, 1.0);
    let nearest = neighbours.of(0)[0] as usize;
    let weight = union.edges(0).find(|(to, _)| *to == nearest).unwrap().1;
    assert!((weight - 1.0).abs() < 1e-12 && own.strength(neighbours.distances_of(0)[0]) == 1.0);
}

#[test]
fn the_curve_is_the_published_one() {
    let close =
        |curve: Curve, a: f64, b: f64| (curve.a - a).abs() < 1e-5 * a && (curve.b - b).abs() < 1e-5 * b;
    assert!(close(Curve::fit(0.3, 1.0), 0.99217562, 1.11225338));
    // umap-learn 0.5: find_ab_params(1.0, 0.1) and (1.0, 0.0).
    assert!(close(Curve::fit(0.1, 1.0), 1.5769434601962196, 0.8950608779914887));
    assert!((Curve::fit(0.3, 1.0).membership(0.0) - 1.0).abs() < 1e-15);
}

#[test]
fn planted_types_are_found_again() {
    let (rows, truth) = planted(4, 80, 12, 10, 4);
    let parameters = UmapParameters { neighbours: 50, ..UmapParameters::default() };
    let map = umap(&rows, &parameters).unwrap();
    assert!(trustworthiness(&rows, &map.points, 15) > 0.9);
    let clusters = density_merging(&map.points, &DensityMergingParameters::default()).unwrap();
    let agreement = adjusted_rand_index(&clusters.labels, &truth).unwrap();
    assert!(agreement >= 0.95, "{agreement}");
}

#[test]
fn same_bytes_on_any_number_of_threads_and_in_any_order() {
    let (rows, _) = planted(3, 40, 6, 8, 5);
    let parameters = UmapParameters { neighbours: 12, ..UmapParameters::default() };
    let on = |threads: usize, rows: &Rows| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| umap(rows, &parameters).unwrap())
    };
    let one = on(1, &rows);
    assert_eq!(one, on(2, &rows));
    assert_eq!(one, on(5, &rows));
    let order: Vec<usize> = (0..rows.len()).map(|n| n * 77 % rows.len()).collect();
    let shuffled = on(2, &rows.permuted(&order));
    for (place, &row) in order.iter().enumerate() {
        assert_eq!(shuffled.points[place], one.points[row]);
        assert_eq!(shuffled.neighbours.distances_of(place), one.neighbours.distances_of(row));
        for (&a, &b) in shuffled.neighbours.of(place).iter().zip(one.neighbours.of(row)) {
            assert_eq!(order[a as usize], b as usize);
        }
    }
    let other = umap(&rows, &UmapParameters { seed: 1, ..parameters }).unwrap();
    assert_ne!(one.points, other.points);
}

#[test]
fn the_layout_is_pinned_to_the_bit() {
    // The first places of a fixed data set: any change of arithmetic, order or random numbers shows here.
    let (rows, _) = planted(3, 20, 5, 6, 6);
    let map = umap(&rows, &UmapParameters { neighbours: 10, epochs: Some(50), ..UmapParameters::default() })
        .unwrap();
    let bits: Vec<u32> = map.points[..3].iter().flatten().map(|x| (*x as f32).to_bits()).collect();
    assert_eq!(bits, PINNED, "{bits:?}");
}

const PINNED: [u32; 6] = [1081002392, 1088496082, 1082171229, 1088314437, 1083900534, 1090083552];

#[test]
fn identical_rows_and_constant_features_do_no_harm() {
    let (rows, _) = planted(2, 20, 4, 5, 7);
    let mut values: Vec<f64> = Vec::new();
    for row in 0..rows.len() {
        values.extend(rows.row(if row < 40 { 0 } else { row }));
        values.push(3.0);
    }
    let rows = Rows::new(6, values);
    for initialisation in
        [Initialisation::Spectral, Initialisation::PrincipalComponents, Initialisation::Random]
    {
        let map = umap(&rows, &UmapParameters { neighbours: 8, initialisation, ..UmapParameters::default() })
            .unwrap();
        assert!(map.points.iter().flatten().all(|x| x.is_finite()), "{initialisation:?}");
        assert!(map.points[..40].iter().all(|place| *place == map.points[0]), "{initialisation:?}");
        assert_eq!(map.neighbours.rows.len(), rows.len() * 8);
    }
    // More neighbours than different rows: all of these are neighbours.
    let map = umap(&rows, &UmapParameters { neighbours: 60, ..UmapParameters::default() }).unwrap();
    assert_eq!((map.different, map.count, map.neighbours.count), (41, 40, 60));
    assert!(map.points[..40].iter().all(|place| *place == map.points[0]));
    let hardly = Rows::from_fn(20, 2, |row, _| if row == 7 { 1.0 } else { 0.0 });
    assert_eq!(
        umap(&hardly, &UmapParameters { neighbours: 4, ..UmapParameters::default() })
            .unwrap_err()
            .to_string(),
        "of 20 rows only 2 differ, too few for a map; take in more countries, years or products"
    );
}

#[test]
fn copies_change_nothing_but_their_own_places() {
    let (rows, _) = planted(3, 20, 3, 5, 11);
    let parameters = UmapParameters { neighbours: 10, ..UmapParameters::default() };
    let alone = umap(&rows, &parameters).unwrap();
    let order: Vec<usize> = (0..rows.len()).chain([7, 7, 30]).collect();
    let with_copies = umap(&rows.permuted(&order), &parameters).unwrap();
    for (at, &row) in order.iter().enumerate() {
        assert_eq!(with_copies.points[at], alone.points[row]);
    }
    // A mountain of copies is a mountain: three points count three times in the density.
    let density = density_merging(&with_copies.points, &DensityMergingParameters::default()).unwrap();
    assert_eq!(density.labels.len(), rows.len() + 3);
    assert!(density.labels[60..62].iter().all(|label| *label == density.labels[7]));
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    let (rows, _) = planted(2, 5, 2, 3, 8);
    let refused = |rows: &Rows, parameters: UmapParameters| umap(rows, &parameters).unwrap_err().to_string();
    assert_eq!(
        refused(&rows, UmapParameters::default()),
        "a map with 15 neighbours needs more than 15 rows; there are 10. Ask for fewer neighbours, or take in more countries or years"
    );
    let few = UmapParameters { neighbours: 4, ..UmapParameters::default() };
    let mut holes = rows.clone();
    holes.row_mut(3)[1] = f64::NAN;
    assert_eq!(
        refused(&holes, few),
        "row 3, feature 1 is NaN; UMAP needs finite numbers (fill or drop what is missing)"
    );
    let alike = Rows::new(2, vec![1.0; 20]);
    assert_eq!(refused(&alike, few), "all 10 rows are the same; there is nothing to map");
    assert_eq!(
        refused(&rows, UmapParameters { min_dist: 2.0, ..few }),
        "min_dist = 2 is out of range: from 0 to spread"
    );
}
