//! `[event]`.

use super::Case;
use super::world::{Run, World::Planted, World::Tiny, near};

const ESTIMATES: &str = "before_after/estimates.csv";
/// AAA restricts exports of 284690 from 2020 on; everything else is a control.
const QUOTA: [(&str, &str); 4] = [
    ("event.table", "\"quota.csv\""),
    ("event.keep_chain", "true"),
    ("event.outcomes", "[\"imports\", \"export_hhi\"]"),
    ("event.post", "1"),
];
/// The same of three products of the planted world.
const OF_PLANTED: [(&str, &str); 3] =
    [("event.table", "\"quota.csv\""), ("event.keep_chain", "true"), ("event.outcomes", "[\"imports\"]")];

/// A number of the first window.
fn of(run: &Run, outcome: &str, column: &str) -> f64 {
    let rows = run.rows(ESTIMATES, &[("outcome", outcome)]);
    rows[0][column].parse().unwrap()
}

fn outcomes(run: &Run) -> Vec<String> {
    let mut all = run.column(ESTIMATES, &[], "outcome");
    all.dedup();
    all
}

pub const CASES: &[Case] = &[
    Case {
        key: "event.table",
        value: "\"quota.csv\"",
        world: Tiny,
        with: &[("event.keep_chain", "true")],
        promise: |before, after| {
            assert!(!before.has(ESTIMATES) && after.has(ESTIMATES) && after.has("before_after/table.tex"));
            assert_eq!(after.count("before_after.treated"), 1);
        },
    },
    Case {
        key: "event.outcomes",
        value: "[\"export_hhi\", \"unit_value_median\"]",
        world: Tiny,
        with: &[QUOTA[0], QUOTA[1]],
        promise: |before, after| {
            assert_eq!(
                outcomes(before),
                ["imports", "tonnes", "unit_value", "export_hhi", "str_mass_balance", "str_full"]
            );
            assert_eq!(outcomes(after), ["export_hhi", "unit_value_median"]);
        },
    },
    Case {
        key: "event.by",
        value: "\"importer\"",
        world: Tiny,
        with: &[QUOTA[0], QUOTA[1], QUOTA[3]],
        promise: |before, after| {
            assert_eq!(outcomes(after), ["imports", "hhi", "str_mass_balance", "str_full"]);
            assert!(of(after, "imports", "rows") > of(before, "imports", "rows"));
        },
    },
    Case {
        key: "event.pre",
        value: "1",
        world: Tiny,
        with: &[("event.table", "\"late.csv\""), QUOTA[1], QUOTA[2]],
        promise: |before, after| {
            let first = |run| of(run, "imports", "pre_first");
            assert_eq!([first(before), first(after)], [2019.0, 2020.0]);
        },
    },
    Case {
        key: "event.post",
        value: "1",
        world: Tiny,
        with: &[QUOTA[0], QUOTA[1], QUOTA[2]],
        promise: |before, after| {
            let last = |run| of(run, "imports", "post_last");
            assert_eq!([last(before), last(after)], [2021.0, 2020.0]);
        },
    },
    Case {
        key: "event.later",
        value: "[1]",
        world: Tiny,
        with: &QUOTA,
        promise: |before, after| {
            let years = |run: &Run| run.column(ESTIMATES, &[("outcome", "imports")], "post_first");
            assert_eq!(years(before), ["2020"]);
            assert_eq!(years(after), ["2020", "2021"]);
        },
    },
    Case {
        key: "event.exclude",
        value: "[\"850131\"]",
        world: Tiny,
        with: &QUOTA,
        promise: |before, after| {
            near(Some(of(before, "imports", "controls")), of(after, "imports", "controls") + 1.0);
            let chosen = [("product", "850131")];
            assert_eq!(after.cell("before_after/products.csv", &chosen, "reason"), "excluded by the study");
        },
    },
    Case {
        key: "event.keep_chain",
        value: "true",
        world: Tiny,
        with: &[QUOTA[0], QUOTA[2]],
        promise: |before, after| {
            assert!(!before.has(ESTIMATES), "all others are made of 284690");
            assert!(before.text("manifest.toml").contains("it is made of a treated product"));
            assert_eq!(of(after, "imports", "controls"), 3.0);
        },
    },
    Case {
        key: "event.keep_breaks",
        value: "true",
        world: Planted,
        with: &[OF_PLANTED[0], OF_PLANTED[1], OF_PLANTED[2], ("data.trade", "\"jumping\"")],
        promise: |before, after| {
            let chosen = [("product", "774003")];
            let role = |run: &Run| run.cell("before_after/products.csv", &chosen, "role");
            assert_eq!([role(before), role(after)], ["left out", "control"]);
        },
    },
    Case {
        key: "event.complete",
        value: "\"window\"",
        world: Planted,
        with: &[OF_PLANTED[0], OF_PLANTED[1], OF_PLANTED[2], ("data.trade", "\"jumping\"")],
        promise: |before, after| {
            // 774002 is not traded in the last year.
            near(Some(of(after, "imports", "controls")), of(before, "imports", "controls") + 1.0);
            assert!(before.manifest("before_after.notes").to_string().contains("774002"));
        },
    },
    Case {
        key: "event.permutations",
        value: "100",
        world: Planted,
        with: &OF_PLANTED,
        promise: |before, after| {
            let subsets = |run: &Run| run.rows(ESTIMATES, &[("outcome", "imports")])[0]["subsets"].clone();
            assert_eq!([subsets(before), subsets(after)], ["all", "drawn"]);
            assert_eq!(of(after, "imports", "subsets_taken"), 100.0);
        },
    },
    Case {
        key: "event.bootstrap_draws",
        value: "0",
        world: Tiny,
        with: &QUOTA,
        promise: |before, after| {
            let p = |run: &Run| run.number(ESTIMATES, &[("outcome", "imports")], "p_bootstrap");
            assert!(p(before).is_some() && p(after).is_none());
        },
    },
];
