//! The whole typology on a planted panel.

use super::*;
use crate::indicators::Column;
use crate::profile::{Feature, ProductSet, ProfileRow, Unit};
use crate::progress::Silent;
use crate::study::Study;
use crate::typology::agreement::adjusted_rand_index;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Profiles of countries of a few types over some years, in the shape METHODS 6 experiments on: 16 features, types apart by
/// several standard deviations, every country with a character of its own, noise from year to year.
fn planted(types: usize, countries: usize, years: usize) -> (Profiles, Vec<u32>) {
    planted_with_noise(types, countries, years, 0.4)
}

/// The same with another noise from year to year.
fn planted_with_noise(types: usize, countries: usize, years: usize, noise: f64) -> (Profiles, Vec<u32>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut normal =
        || (0..12).map(|_| (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64).sum::<f64>() - 6.0;
    let centres: Vec<Vec<f64>> = (0..types).map(|_| (0..16).map(|_| 1.5 * normal()).collect()).collect();
    let feature = |tier| Feature { indicator: Column::Pc1, products: ProductSet::All, tier: Some(tier) };
    let own: Vec<Vec<f64>> =
        (0..countries).map(|c| centres[c % types].iter().map(|m| m + 0.4 * normal()).collect()).collect();
    let mut rows = Vec::new();
    for year in 0..years {
        for unit in 0..countries {
            rows.push(ProfileRow {
                year,
                unit,
                imports: 1.0,
                exports: 1.0,
                // The higher the type, the more dependent.
                composite: Some((unit % types) as f64),
                values: own[unit].iter().map(|v| Some(v + noise * normal())).collect(),
            });
        }
    }
    let units = (0..countries)
        .map(|c| Unit { code: format!("C{c:03}"), name: format!("Country {c}"), kind: UnitKind::Country })
        .collect();
    let profiles = Profiles {
        features: (0..16).map(feature).collect(),
        years: (0..years).map(|y| 2007 + y as u16).collect(),
        units,
        rows,
    };
    (profiles, (0..countries).map(|c| (c % types) as u32).collect())
}

fn made(study: &Study, profiles: &Profiles) -> Typology {
    match typology(&study.typology_parameters(), profiles, &Silent).unwrap() {
        TypologyOutcome::Made(typology) => *typology,
        TypologyOutcome::Skipped(reason) => panic!("skipped: {reason}"),
    }
}

fn of_countries(typology: &Typology) -> Vec<u32> {
    typology.assignments.iter().map(|a| a.unwrap().cluster).collect()
}

#[test]
fn the_robust_preset_finds_planted_types_again() {
    let (profiles, truth) = planted(4, 120, 17);
    let mut study = Study::default();
    study.typology.repetitions = 3;
    let found = made(&study, &profiles);
    assert_eq!(found.clusters.clusters, 4);
    let countries = of_countries(&found);
    let agreement = adjusted_rand_index(&countries, &truth).unwrap();
    assert!(agreement >= 0.95, "{agreement}");
    // Numbers fall with the composite: type 3 is cluster 1.
    for (cluster, kind) in countries.iter().zip(&truth) {
        assert!(*cluster == 0 || *cluster == 4 - kind, "{cluster} {kind}");
    }
    assert_eq!(found.verdict.trust, Trust::Stable, "{:?}", found.verdict);
    assert!(found.own_neighbours < 0.5);
    assert_eq!(found.alternatives[0].clusters, 4);
    assert!(found.silhouette.unwrap() > 0.2);
}

#[test]
fn fewer_neighbours_than_years_make_islands_and_the_verdict_says_so() {
    let (profiles, _) = planted_with_noise(4, 80, 17, 0.2);
    let mut study = Study::default();
    study.typology.preset = TypologyPreset::PaperGuess;
    study.typology.detail = DetailLevel::VeryHigh;
    study.typology.repetitions = 0;
    let found = made(&study, &profiles);
    assert!(found.own_neighbours > 0.5, "{}", found.own_neighbours);
    assert!(found.clusters.clusters > 20, "{}", found.clusters.clusters);
    assert_eq!(found.verdict.trust, Trust::NotToBeTrusted);
    assert!(found.verdict.reasons.iter().any(|r| r.contains("islands of single countries")));
}

#[test]
fn the_order_of_the_rows_and_threads_do_not_matter() {
    let (profiles, _) = planted(3, 40, 8);
    let mut study = Study::default();
    study.typology.repetitions = 2;
    let on = |threads: usize, profiles: &Profiles| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| made(&study, profiles))
    };
    let one = on(1, &profiles);
    assert_eq!(one, on(2, &profiles));
    let mut turned = profiles.clone();
    turned.rows.reverse();
    let turned = on(2, &turned);
    assert_eq!(of_countries(&one), of_countries(&turned));
    let mut points = turned.embedding.points.clone();
    points.reverse();
    assert_eq!(one.embedding.points, points);
}

#[test]
fn too_little_is_skipped_with_a_reason() {
    let skipped =
        |study: &Study, profiles: &Profiles| match typology(&study.typology_parameters(), profiles, &Silent)
            .unwrap()
        {
            TypologyOutcome::Skipped(reason) => reason,
            TypologyOutcome::Made(_) => panic!("made"),
        };
    let (one_year, _) = planted(3, 100, 1);
    assert!(skipped(&Study::default(), &one_year).starts_with("the study has one year"));
    let (few, _) = planted(3, 6, 3);
    assert_eq!(
        skipped(&Study::default(), &few),
        "a map with 50 neighbours needs more than 50 rows; there are 18. Ask for fewer neighbours, or take in more countries or years"
    );
    let mut flat = planted(3, 100, 2).0;
    flat.rows.iter_mut().for_each(|row| row.values.fill(Some(1.0)));
    assert_eq!(skipped(&Study::default(), &flat), "no feature differs between rows");
    let mut study = Study::default();
    study.typology.enabled = false;
    assert!(skipped(&study, &flat).contains("typology.enabled"));
}

#[test]
fn a_country_with_one_year_and_a_tier_without_values_do_no_harm() {
    let (mut profiles, _) = planted(3, 60, 4);
    profiles.rows.retain(|row| row.unit != 7 || row.year == 2);
    for row in &mut profiles.rows {
        row.values[5] = None;
        row.values[6] = Some(1.0);
        if row.unit == 9 {
            row.values[..10].fill(None);
        }
    }
    let mut study = Study::default();
    study.typology.repetitions = 1;
    let found = made(&study, &profiles);
    assert_eq!(found.assignments[7].unwrap().years, 1);
    assert_eq!(found.assignments[9], None, "it misses too much");
    assert_eq!(found.table.left_out.len(), 2);
    assert!(found.embedding.points.iter().flatten().all(|x| x.is_finite()));
}
