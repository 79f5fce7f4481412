//! `[regression]`.

use std::collections::BTreeSet;

use super::Case;
use super::world::{Run, World::Planted, near};

const TABLE: &str = "regression/table.csv";

/// Without the typology: the regression is without clusters.
const PLAIN: &[(&str, &str)] = &[("typology.enabled", "false")];

/// With a sweep over windows of three years.
const SWEPT: &[(&str, &str)] = &[("typology.enabled", "false"), ("regression.sweep_lengths", "[3]")];

/// Terms of the table that are reported.
fn terms(run: &Run) -> Vec<String> {
    run.column(TABLE, &[("reported", "true")], "term")
}

fn of_term(run: &Run, term: &str, column: &str) -> Option<f64> {
    run.number(TABLE, &[("reported", "true"), ("term", term)], column)
}

fn estimate(run: &Run, term: &str) -> f64 {
    of_term(run, term, "estimate").unwrap()
}

/// Width of the confidence interval of a term over its standard error.
fn width(run: &Run, term: &str, error: &str) -> f64 {
    let of = |column| of_term(run, term, column).unwrap();
    (of("ci_high") - of("ci_low")) / of(error)
}

fn distinct(run: &Run, file: &str, column: &str) -> Vec<String> {
    let reported: &[(&str, &str)] = if file == TABLE { &[("reported", "true")] } else { &[] };
    run.column(file, reported, column).into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

fn rows(run: &Run) -> f64 {
    of_term(run, "RCA", "n").unwrap()
}

macro_rules! case {
    ($key:literal, $value:literal, $with:expr, $promise:expr) => {
        Case { key: $key, value: $value, world: Planted, with: $with, promise: $promise }
    };
}

pub const CASES: &[Case] = &[
    case!("regression.enabled", "false", PLAIN, |before, after| {
        assert!(before.has(TABLE) && !after.has(TABLE));
        assert!(after.text("manifest.toml").contains("regression.enabled is false"));
    }),
    case!(
        "regression.baseline",
        "[2007, 2009]",
        &[
            ("typology.enabled", "false"),
            ("regression.baseline", ""),
            ("regression.projection", "[2014, 2016]")
        ],
        |before, after| {
            before.fails_with("give both regression.baseline and regression.projection, or neither");
            assert_eq!(after.manifest("regression.baseline"), vec![2007, 2009].into());
        }
    ),
    case!("regression.projection", "[2012, 2013]", PLAIN, |before, after| {
        assert_eq!(after.manifest("regression.projection"), vec![2012, 2013].into());
        assert_ne!(estimate(before, "RCA"), estimate(after, "RCA"));
    }),
    case!("regression.dependent", "\"after(log(exports))\"", PLAIN, |before, after| {
        assert!(before.text("regression/table.md").contains("Change of RCA"));
        assert!(!after.text("regression/table.md").contains("Change of RCA"));
    }),
    case!("regression.regressors", "[\"hhi\", \"str\"]", PLAIN, |before, after| {
        assert!(terms(before).contains(&"Exposure".to_owned()));
        assert_eq!(terms(after)[..3], ["constant", "HHI", "STR"]);
    }),
    case!("regression.factors", "[]", PLAIN, |before, after| {
        assert!(terms(before).iter().any(|term| term.contains("ier 1")), "{:?}", terms(before));
        assert!(!terms(after).iter().any(|term| term.contains("ier 1")), "{:?}", terms(after));
    }),
    case!("regression.absorb", "[\"country\"]", PLAIN, |before, after| {
        assert!(
            terms(before).contains(&"constant".to_owned()) && !terms(after).contains(&"constant".to_owned())
        );
        assert!(of_term(after, "RCA", "r2") > of_term(before, "RCA", "r2"));
    }),
    case!("regression.reference_cluster", "\"2\"", &[], |before, after| {
        let clusters = |run: &Run| -> Vec<String> {
            terms(run).into_iter().filter(|term| term.contains("luster")).collect()
        };
        let names =
            |n: u8| clusters(before).iter().map(|t| t.replace('2', &n.to_string())).collect::<Vec<_>>();
        assert!(clusters(before).iter().any(|t| t.ends_with('2')) && clusters(after).contains(&names(1)[0]));
        assert!(!clusters(after).iter().any(|t| t.ends_with(" 2")), "{:?}", clusters(after));
        let (two, one) = (estimate(before, &clusters(before)[0]), estimate(after, &clusters(after)[0]));
        assert!((two + one).abs() < 1e-9, "the same difference, seen from the other side: {two} {one}");
    }),
    case!("regression.reference_tier", "\"1\"", PLAIN, |before, after| {
        let tier = |run: &Run, n: u8| -> Option<f64> {
            let term =
                terms(run).into_iter().find(|term| term.contains("ier") && term.ends_with(&n.to_string()))?;
            Some(estimate(run, &term))
        };
        assert_eq!((tier(before, 0), tier(after, 1)), (None, None));
        near(tier(after, 0), -tier(before, 1).unwrap());
        near(tier(after, 2), tier(before, 2).unwrap() - tier(before, 1).unwrap());
    }),
    case!("regression.transforms", "[\"rsca\", \"log\"]", PLAIN, |before, after| {
        assert_eq!(distinct(before, TABLE, "transform"), ["log"]);
        assert_eq!(distinct(after, TABLE, "transform"), ["log", "rsca"]);
    }),
    case!("regression.samples", "[\"all\", \"strengths\"]", PLAIN, |before, after| {
        assert_eq!(distinct(before, TABLE, "sample"), ["all"]);
        assert_eq!(distinct(after, TABLE, "sample"), ["all", "strengths"]);
        let n = |sample| {
            after.number(TABLE, &[("reported", "true"), ("term", "RCA"), ("sample", sample)], "n").unwrap()
        };
        assert!(n("strengths") < n("all"));
    }),
    case!("regression.inputs", "\"country\"", PLAIN, |before, after| {
        // What a country is strong in is the same for all of its products; the inputs of a product are not.
        let different = |run: &Run, country: &str| {
            let cells = run.column("regression/panel.parquet", &[("country", country)], "inputs_hhi");
            cells.into_iter().filter(|cell| !cell.is_empty()).collect::<BTreeSet<_>>().len()
        };
        for country in ["AAA", "QMA", "QMC", "QMD"] {
            assert_eq!(different(after, country), 1, "{country}");
            assert!(different(before, country) > 2, "{country}");
        }
    }),
    case!("regression.seeds", "\"drop\"", PLAIN, |before, after| {
        let seeds = |run: &Run| {
            let products = run.column("regression/panel.parquet", &[], "product");
            products.iter().filter(|p| *p == "770001" || *p == "770002").count()
        };
        assert!(seeds(before) > 0);
        assert!(rows(after) < rows(before));
        assert!(!terms(after).iter().any(|t| t.ends_with("ier 1")), "no seed to compare tier 1 with");
    }),
    case!("regression.fill", "1.0", PLAIN, |before, after| {
        // "which moves only constant and tiers".
        for term in ["RCA", "HHI", "STR", "STR (inputs)", "HHI (inputs)"] {
            assert!((estimate(before, term) - estimate(after, term)).abs() < 1e-9, "{term}");
        }
        assert!((estimate(before, "constant") - estimate(after, "constant")).abs() > 1e-3);
        let filled = after.column("regression/panel.parquet", &[("product", "770001")], "inputs_hhi");
        assert!(filled.iter().all(|cell| cell == "1"), "{filled:?}");
    }),
    case!(
        "regression.groups",
        "true",
        &[
            ("groups.define", "{ GRP = [\"QMB\", \"QMP\"] }"),
            ("groups.means", "[\"GRP\"]"),
            ("typology.enabled", "false"),
        ],
        |before, after| {
            assert!(rows(after) > rows(before));
            assert!(!after.rows("regression/panel.parquet", &[("country", "GRP")]).is_empty());
        }
    ),
    case!("regression.exclude", "[\"QMB\"]", PLAIN, |before, after| {
        let used = |run: &Run| run.rows("regression/leave_out.csv", &[("left_out", "QMB")]).len();
        assert!(used(before) > 0 && used(after) == 0);
        assert!(rows(after) < rows(before));
    }),
    case!("regression.covariance", "\"hc3\"", PLAIN, |before, after| {
        let t = |run: &Run, error: &str| {
            let of = |column| of_term(run, "RCA", column).unwrap();
            near(Some(of("t")), of("estimate") / of(error));
        };
        t(before, "se_two_way");
        t(after, "se_hc3");
    }),
    case!("regression.correction", "\"smallest\"", PLAIN, |before, after| {
        let of = |run: &Run, column| of_term(run, "RCA", column).unwrap();
        assert!(of(after, "se_two_way") != of(before, "se_two_way"));
        near(Some(of(after, "se_country")), of(before, "se_country"));
    }),
    case!("regression.confidence", "0.5", PLAIN, |before, after| {
        assert!(width(after, "RCA", "se_two_way") < width(before, "RCA", "se_two_way") / 2.0);
        near(Some(estimate(after, "RCA")), estimate(before, "RCA"));
    }),
    case!("regression.stars", "[0.9]", PLAIN, |before, after| {
        let starred = |run: &Run| run.text("regression/table.md").contains('*');
        assert!(!starred(before) && starred(after));
    }),
    case!("regression.bootstrap_draws", "9", PLAIN, |before, after| {
        let p = |run: &Run| of_term(run, "RCA", "p_wild");
        assert_eq!(p(before), None);
        let tenths = p(after).unwrap() * 9.0;
        assert!(
            (tenths - tenths.round()).abs() < 1e-9 || (p(after).unwrap() * 10.0).fract() < 1e-9,
            "{tenths}"
        );
    }),
    case!(
        "regression.bootstrap_weights",
        "\"rademacher\"",
        &[("typology.enabled", "false"), ("regression.bootstrap_draws", "99")],
        |before, after| {
            assert_ne!(before.column(TABLE, &[], "p_wild"), after.column(TABLE, &[], "p_wild"));
            assert_eq!(before.column(TABLE, &[], "p"), after.column(TABLE, &[], "p"));
        }
    ),
    case!("regression.sweep_lengths", "[3]", PLAIN, |before, after| {
        assert!(!before.has("regression/sweep.csv"));
        // Pairs of windows of three years within ten that do not overlap: 5 + 4 + 3 + 2 + 1.
        let pairs: BTreeSet<String> = after
            .rows("regression/sweep.csv", &[])
            .iter()
            .map(|row| format!("{} {}", row["baseline_from"], row["projection_from"]))
            .collect();
        assert_eq!(pairs.len(), 15);
    }),
    case!("regression.sweep_windows", "[[2007, 2008, 2012, 2013]]", PLAIN, |before, after| {
        assert!(!before.has("regression/sweep.csv"));
        assert_eq!(distinct(after, "regression/sweep.csv", "baseline_to"), ["2008"]);
        assert_eq!(distinct(after, "regression/sweep.csv", "projection_from"), ["2012"]);
    }),
    case!("regression.sweep_transforms", "[\"rsca\"]", SWEPT, |before, after| {
        assert_eq!(distinct(before, "regression/sweep.csv", "transform"), ["literal", "log"]);
        assert_eq!(distinct(after, "regression/sweep.csv", "transform"), ["rsca"]);
    }),
    case!("regression.sweep_samples", "[\"positive\"]", SWEPT, |before, after| {
        assert_eq!(distinct(before, "regression/sweep.csv", "sample"), ["all", "strengths"]);
        assert_eq!(distinct(after, "regression/sweep.csv", "sample"), ["positive"]);
    }),
    case!("regression.sweep_covariances", "[\"hc1\"]", SWEPT, |before, after| {
        assert_eq!(distinct(before, "regression/sweep.csv", "covariance"), ["classical", "two_way"]);
        assert_eq!(distinct(after, "regression/sweep.csv", "covariance"), ["hc1"]);
    }),
    case!("regression.placebo_draws", "5", PLAIN, |before, after| {
        assert!(!before.has("regression/placebo.csv"));
        assert_eq!(distinct(after, "regression/placebo.csv", "draws"), ["5"]);
    }),
    case!("regression.risks", "[\"str\", \"mass_balance\"]", PLAIN, |before, after| {
        assert_eq!(distinct(before, TABLE, "preset"), ["log"]);
        assert_eq!(distinct(after, TABLE, "preset"), ["log", "log, mass-balanced STR"]);
        let others = before.column(TABLE, &[("reported", "false")], "risk");
        assert!(others.contains(&"mass_balance".to_owned()), "it is estimated all the same");
    }),
    case!("regression.robustness", "[\"balanced_set\"]", PLAIN, |before, after| {
        assert!(!before.has("regression/robustness.csv"));
        assert_eq!(distinct(after, "regression/robustness.csv", "check"), ["as_is", "balanced_set"]);
    }),
    case!(
        "regression.robustness_year",
        "2010",
        &[("typology.enabled", "false"), ("regression.robustness", "[\"fixed_stability\"]")],
        |before, after| {
            let of = |run: &Run| {
                let chosen = [("check", "fixed_stability"), ("term", "STR")];
                (
                    run.cell("regression/robustness.csv", &chosen, "what"),
                    run.number("regression/robustness.csv", &chosen, "estimate"),
                )
            };
            assert!(of(before).0.contains("2008"), "{}", of(before).0);
            assert!(of(after).0.contains("2010"), "{}", of(after).0);
            assert_ne!(of(before).1, of(after).1);
        }
    ),
    case!(
        "regression.robustness_merge",
        "{ QMB = [\"QMB\", \"QMC\"] }",
        &[("typology.enabled", "false"), ("regression.robustness", "[\"merged_entrepots\"]")],
        |before, after| {
            assert!(before.text("regression/not_run.csv").contains("none of the groups has two members"));
            assert!(
                distinct(after, "regression/robustness.csv", "check")
                    .contains(&"merged_entrepots".to_owned())
            );
        }
    ),
];
