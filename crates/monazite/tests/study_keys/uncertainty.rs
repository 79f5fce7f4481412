//! `[uncertainty]`.

use super::Case;
use super::world::{Run, World::Tiny};

/// Political stability with its standard errors.
const ERRORS: (&str, &str) = ("data.governance", "\"errors.csv\"");

/// The mean of 284690 over all importers under mass balance in the first year, 5 % to 95 %.
fn first_mean(run: &Run) -> [f64; 2] {
    let chosen = [("product", "284690"), ("who", "WORLD"), ("year", "2019"), ("reading", "mass_balance")];
    ["p05", "p95"].map(|column| run.number("band_means.csv", &chosen, column).unwrap())
}

/// The width of the band of its change.
fn width_of_change(run: &Run) -> f64 {
    let chosen = [("product", "284690"), ("who", "WORLD"), ("reading", "mass_balance"), ("part", "change")];
    let of = |column| run.number("band_changes.csv", &chosen, column).unwrap();
    of("p975") - of("p025")
}

fn has_parts(run: &Run) -> bool {
    !run.rows("band_changes.csv", &[("part", "stability")]).is_empty()
}

pub const CASES: &[Case] = &[
    Case {
        key: "uncertainty.bands",
        value: "3",
        world: Tiny,
        with: &[ERRORS],
        promise: |before, after| {
            assert_eq!((before.count("uncertainty.draws"), after.count("uncertainty.draws")), (200, 3));
            assert_ne!(first_mean(before), first_mean(after));
        },
    },
    Case {
        key: "uncertainty.products",
        value: "\"focus\"",
        world: Tiny,
        with: &[ERRORS],
        promise: |before, after| {
            let [all, focus] = [before, after].map(|run| {
                let mut products = run.column("bands.parquet", &[], "product");
                products.dedup();
                products
            });
            assert!(all.len() > 1 && focus == ["284690"]);
        },
    },
    Case {
        key: "uncertainty.rho",
        value: "1",
        world: Tiny,
        with: &[ERRORS],
        promise: |before, after| {
            // An error that never changes moves both years alike.
            assert!(width_of_change(after) < width_of_change(before));
        },
    },
    Case {
        key: "uncertainty.flows",
        value: "true",
        world: Tiny,
        with: &[ERRORS],
        promise: |before, after| {
            assert!(has_parts(before) && !has_parts(after));
            assert_ne!(first_mean(before), first_mean(after));
        },
    },
    Case {
        key: "uncertainty.recording",
        value: "true",
        world: Tiny,
        with: &[ERRORS, ("uncertainty.recording_below", "25")],
        promise: |before, after| {
            assert!(has_parts(before) && !has_parts(after));
            assert_ne!(first_mean(before), first_mean(after));
        },
    },
    Case {
        key: "uncertainty.recording_below",
        value: "25",
        world: Tiny,
        with: &[ERRORS, ("uncertainty.recording", "true")],
        promise: |before, after| assert_ne!(first_mean(before), first_mean(after)),
    },
    Case {
        key: "uncertainty.top",
        value: "1",
        world: Tiny,
        with: &[ERRORS],
        promise: |before, after| {
            let sum = |run: &Run| -> f64 {
                let chosen = [("product", "284690"), ("year", "2019"), ("reading", "full")];
                run.column("bands.parquet", &chosen, "share_top")
                    .iter()
                    .filter_map(|s| s.parse::<f64>().ok())
                    .sum()
            };
            // Three importers are all among five; one of them is the riskiest.
            assert!((sum(before) - 3.0).abs() < 1e-12 && (sum(after) - 1.0).abs() < 1e-12);
        },
    },
];
