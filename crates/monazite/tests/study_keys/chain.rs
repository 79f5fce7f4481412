//! `[chain]`.

use super::Case;
use super::world::{Run, World::Planted, World::Tiny, near};

/// Links that are kept, as `input output`.
fn kept(run: &Run) -> Vec<String> {
    let rows = run.rows("chain/edges.csv", &[("kept", "true")]);
    rows.iter().map(|row| format!("{} {}", row["input"], row["output"])).collect()
}

/// Numbers of one column of all links, in the order of the links.
fn numbers(run: &Run, column: &str) -> Vec<f64> {
    let mut rows = run.rows("chain/edges.csv", &[]);
    rows.sort_by_key(|row| (row["input"].clone(), row["output"].clone()));
    rows.iter().filter_map(|row| row[column].parse().ok()).collect()
}

/// Votes alone decide.
const BY_VOTES: &[(&str, &str)] =
    &[("chain.edges", "[]"), ("chain.candidates", "[\"candidates.csv\"]"), ("chain.test", "\"off\"")];

/// Candidate links of the planted world are tested on trade.
const TESTED: &[(&str, &str)] = &[
    ("chain.edges", "[]"),
    ("chain.candidates", "[\"candidates.csv\"]"),
    ("chain.transform", "\"rsca\""),
    ("typology.enabled", "false"),
    ("regression.enabled", "false"),
];

/// The same, with outputs drawn at random.
const DRAWN: &[(&str, &str)] = &[
    ("chain.edges", "[]"),
    ("chain.candidates", "[\"candidates.csv\"]"),
    ("chain.transform", "\"rsca\""),
    ("chain.null", "\"drawn\""),
    ("typology.enabled", "false"),
    ("regression.enabled", "false"),
];

/// The same, with a table of inhabitants.
const WITH_PEOPLE: &[(&str, &str)] = &[
    ("chain.edges", "[]"),
    ("chain.candidates", "[\"candidates.csv\"]"),
    ("chain.population", "\"people.csv\""),
    ("typology.enabled", "false"),
    ("regression.enabled", "false"),
];

pub const CASES: &[Case] = &[
    Case {
        key: "chain.edges",
        value: "[\"chain.csv\"]",
        world: Tiny,
        with: &[("chain.edges", "[]")],
        promise: |before, after| {
            assert_eq!(before.count("chain.links"), 0);
            assert_eq!(kept(after), ["280530 850511", "284690 280530", "850511 850131"]);
        },
    },
    Case {
        key: "chain.candidates",
        value: "[\"candidates.csv\"]",
        world: Tiny,
        with: &[("chain.edges", "[]"), ("chain.test", "\"off\"")],
        promise: |before, after| {
            assert_eq!(before.count("chain.links"), 0);
            assert_eq!(kept(after), ["284690 280530"], "the other link has three votes of six");
        },
    },
    Case {
        key: "chain.votes",
        value: "3",
        world: Tiny,
        with: BY_VOTES,
        promise: |before, after| {
            assert_eq!(kept(before), ["284690 280530"]);
            assert_eq!(kept(after), ["280530 850511", "284690 280530"]);
        },
    },
    Case {
        key: "chain.min_score",
        value: "0.5",
        world: Tiny,
        with: BY_VOTES,
        promise: |before, after| {
            let votes = |run: &Run| run.cell("chain/edges.csv", &[("output", "280530")], "votes");
            assert_eq!((votes(before).as_str(), votes(after).as_str()), ("6", "5"));
            assert_eq!(after.count("chain.links"), 0);
        },
    },
    Case {
        key: "chain.networks",
        value: "[\"network.csv\"]",
        world: Tiny,
        with: &[("chain.edges", "[]"), ("chain.test", "\"off\"")],
        promise: |before, after| {
            assert_eq!(before.count("chain.links"), 0);
            assert_eq!(kept(after), ["284690 850131", "284690 850511"], "2846 to 8501 and 8505");
        },
    },
    Case {
        key: "chain.overrides",
        value: "\"overrides.csv\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert_eq!(kept(before), ["280530 850511", "284690 280530", "850511 850131"]);
            assert!(kept(after).contains(&"284690 850131".to_owned()), "forced: {:?}", kept(after));
            assert!(!kept(after).contains(&"280530 850511".to_owned()), "forbidden: {:?}", kept(after));
        },
    },
    Case {
        key: "chain.edition",
        value: "\"HS12\"",
        world: Tiny,
        with: &[],
        promise: |_, after| after.fails_with("the links are in HS12, the trade data in HS07"),
    },
    Case {
        key: "chain.cycles",
        value: "\"tiered\"",
        world: Tiny,
        with: &[("chain.edges", "[\"circle.csv\"]")],
        promise: |before, after| {
            before.fails_with("cycle");
            assert_eq!(kept(after), ["280530 850511", "284690 280530"], "links to the next tier");
        },
    },
    Case {
        key: "chain.test",
        value: "\"report\"",
        world: Planted,
        with: TESTED,
        promise: |before, after| {
            assert!(kept(before).len() < kept(after).len(), "no link is dropped for the test");
            assert_eq!(numbers(before, "z"), numbers(after, "z"), "but it is made");
        },
    },
    Case {
        key: "chain.z_threshold",
        value: "3.0",
        world: Planted,
        with: TESTED,
        promise: |before, after| {
            let least = |run: &Run| {
                let kept = run.column("chain/edges.csv", &[("kept", "true")], "z");
                kept.iter().map(|z| z.parse::<f64>().unwrap()).fold(f64::INFINITY, f64::min)
            };
            assert!((1.96..3.0).contains(&least(before)), "{}", least(before));
            assert!(least(after) > 3.0, "{}", least(after));
        },
    },
    Case {
        key: "chain.fdr",
        value: "0.5",
        world: Planted,
        with: TESTED,
        promise: |_, after| {
            let rows = after.rows("chain/edges.csv", &[]);
            let with_votes = rows.iter().filter(|row| !row["reason"].contains("votes"));
            for row in with_votes {
                let q: f64 = row["q"].parse().unwrap();
                assert_eq!(row["kept"] == "true" || row["reason"].contains("cycle"), q <= 0.5, "{row:?}");
            }
        },
    },
    Case {
        key: "chain.sample",
        value: "\"stacked\"",
        world: Planted,
        with: TESTED,
        promise: |before, after| {
            assert_eq!(before.count("chain.test.observations"), 17, "countries");
            assert_eq!(after.count("chain.test.observations"), 170, "country-years");
        },
    },
    Case {
        key: "chain.transform",
        value: "\"per_capita\"",
        world: Planted,
        with: WITH_PEOPLE,
        promise: |before, after| assert_ne!(numbers(before, "rho"), numbers(after, "rho")),
    },
    Case {
        key: "chain.population",
        value: "\"people.csv\"",
        world: Planted,
        with: &[
            ("chain.edges", "[]"),
            ("chain.candidates", "[\"candidates.csv\"]"),
            ("chain.transform", "\"per_capita\""),
            ("typology.enabled", "false"),
            ("regression.enabled", "false"),
        ],
        promise: |before, after| {
            before.fails_with("needs a table of inhabitants: set chain.population");
            assert_eq!(after.count("chain.test.observations"), 17);
        },
    },
    Case {
        key: "chain.control",
        value: "\"country_size\"",
        world: Planted,
        with: TESTED,
        promise: |before, after| assert_ne!(numbers(before, "rho"), numbers(after, "rho")),
    },
    Case {
        key: "chain.leave_out",
        value: "\"jackknife\"",
        world: Planted,
        with: TESTED,
        promise: |before, after| {
            let (all, least) = (numbers(before, "rho"), numbers(after, "rho"));
            assert!(
                all.len() == least.len() && all.iter().zip(&least).all(|(a, l)| l <= a),
                "the smallest counts"
            );
            assert_ne!(all, least);
        },
    },
    Case {
        key: "chain.min_country_trade",
        value: "3000000000.0",
        world: Planted,
        with: TESTED,
        promise: |before, after| {
            let left = after.count("chain.test.observations");
            assert!(left < before.count("chain.test.observations"), "{left}");
        },
    },
    Case {
        key: "chain.test_years",
        value: "[2007, 2009]",
        world: Planted,
        with: &[
            ("chain.edges", "[]"),
            ("chain.candidates", "[\"candidates.csv\"]"),
            ("chain.sample", "\"stacked\""),
            ("typology.enabled", "false"),
            ("regression.enabled", "false"),
        ],
        promise: |before, after| {
            assert_eq!(before.count("chain.test.observations"), 17 * 10);
            assert_eq!(after.count("chain.test.observations"), 17 * 3);
        },
    },
    Case {
        key: "chain.null",
        value: "\"drawn\"",
        world: Planted,
        with: TESTED,
        promise: |before, after| {
            assert_eq!(numbers(before, "rho"), numbers(after, "rho"));
            assert_ne!(numbers(before, "z"), numbers(after, "z"));
        },
    },
    Case {
        key: "chain.n_perm",
        value: "10",
        world: Planted,
        with: DRAWN,
        promise: |before, after| {
            // p is (1 + draws that reach rho) / (1 + draws).
            let of = |run: &Run, draws: f64| {
                numbers(run, "p")
                    .iter()
                    .all(|p| ((p * (draws + 1.0)).round() - p * (draws + 1.0)).abs() < 1e-6)
            };
            assert!(of(before, 1000.0) && of(after, 10.0) && !of(before, 10.0));
        },
    },
    Case {
        key: "chain.memory_mb",
        value: "1",
        world: Planted,
        with: TESTED,
        promise: |before, after| {
            assert_eq!(after.study.as_ref().map(|s| s.chain.memory_mb), Some(1));
            assert_eq!(before.text("chain/edges.csv"), after.text("chain/edges.csv"), "memory is no result");
            near(Some(after.count("chain.test.observations") as f64), 17.0);
        },
    },
];
