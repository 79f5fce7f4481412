//! `[profile]`, `[groups]`, `[typology]`.

use super::Case;
use super::world::{Run, World::Planted, World::Tiny, near};

/// Without the regression, which the typology is one input of.
const MAP: &[(&str, &str)] = &[("regression.enabled", "false")];

/// A group of two of the countries, its mean beside them.
const GROUP: &[(&str, &str)] = &[
    ("groups.define", "{ GRP = [\"QMB\", \"QMP\"] }"),
    ("groups.means", "[\"GRP\"]"),
    ("regression.enabled", "false"),
];

/// Places on the map.
fn map(run: &Run) -> Vec<[f64; 2]> {
    let rows = run.rows("typology/embedding.csv", &[]);
    rows.iter().map(|row| [row["x"].parse().unwrap(), row["y"].parse().unwrap()]).collect()
}

/// Mean distance of a row from the nearest other one.
fn nearest(run: &Run) -> f64 {
    let map = map(run);
    let distance = |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let least = |at: usize| {
        let others = map.iter().enumerate().filter(|(other, _)| *other != at);
        others.map(|(_, other)| distance(&map[at], other)).fold(f64::INFINITY, f64::min)
    };
    (0..map.len()).map(least).sum::<f64>() / map.len() as f64
}

/// Mean distance of the rows from their centre.
fn extent(run: &Run) -> f64 {
    let map = map(run);
    let n = map.len() as f64;
    let centre = [0, 1].map(|axis| map.iter().map(|p| p[axis]).sum::<f64>() / n);
    map.iter().map(|p| (p[0] - centre[0]).hypot(p[1] - centre[1])).sum::<f64>() / n
}

/// The map is another one, of the same rows.
fn another_map(before: &Run, after: &Run) {
    assert_eq!(map(before).len(), map(after).len());
    assert_ne!(map(before), map(after));
}

macro_rules! of_the_map {
    ($key:literal, $value:literal, $promise:expr) => {
        Case { key: $key, value: $value, world: Planted, with: MAP, promise: $promise }
    };
}

pub const CASES: &[Case] = &[
    Case {
        key: "profile.layout",
        value: "\"p40\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let features = |run: &Run| run.rows("profiles.parquet", &[])[0].len();
            // 8 T against 6 + 2 T features; the chain has four tiers.
            assert_eq!(features(after) - features(before), 8 * 4 - (6 + 2 * 4));
        },
    },
    Case {
        key: "profile.products",
        value: "\"study\"",
        world: Tiny,
        with: &[("study.products", "\"all\""), ("chain.edges", "[]")],
        promise: |before, after| {
            // The chain is 284690 alone, which DDD trades only in 2021; motors it trades every year.
            let exposure = |run: &Run| {
                run.number("profiles.parquet", &[("country", "DDD"), ("year", "2019")], "exposure_all")
            };
            let rows =
                |run: &Run| run.rows("profiles.parquet", &[("country", "DDD"), ("year", "2019")]).len();
            assert_eq!(rows(before), 0);
            assert!(exposure(after).is_some());
        },
    },
    Case {
        key: "profile.weights",
        value: "\"world_trade\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let chosen = [("country", "AAA"), ("year", "2019")];
            let of = |run: &Run, product: &str, column: &str| {
                let chosen = [("product", product), ("year", "2019"), ("country", "AAA")];
                run.number("indicators.parquet", &chosen, column)
            };
            // AAA trades all four products; exposure weighted by its own trade, or by the world's.
            let products = ["280530", "284690", "850131", "850511"];
            let mean = |weights: [f64; 4]| {
                let parts = products.iter().zip(weights).map(|(p, w)| w * of(before, p, "exposure").unwrap());
                parts.sum::<f64>() / weights.iter().sum::<f64>()
            };
            let own = products.map(|p| of(before, p, "imports").unwrap() + of(before, p, "exports").unwrap());
            near(before.number("profiles.parquet", &chosen, "exposure_all"), mean(own));
            near(
                after.number("profiles.parquet", &chosen, "exposure_all"),
                mean([123.0, 170.0, 575.0, 305.0]),
            );
        },
    },
    Case {
        key: "profile.risk",
        value: "\"mass_balance\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            // AAA trades 280530, 284690, 850131 and 850511 in 2019; the mean is of the other column, with the same weights.
            let of = |column: &str| {
                let (mut sum, mut weights) = (0.0, 0.0);
                for product in ["280530", "284690", "850131", "850511"] {
                    let chosen = [("product", product), ("year", "2019"), ("country", "AAA")];
                    let number = |column: &str| before.number("indicators.parquet", &chosen, column);
                    let weight = number("imports").unwrap() + number("exports").unwrap();
                    if let Some(value) = number(column) {
                        sum += weight * value;
                        weights += weight;
                    }
                }
                sum / weights
            };
            let chosen = [("country", "AAA"), ("year", "2019")];
            near(before.number("profiles.parquet", &chosen, "str_all"), of("str"));
            near(after.number("profiles.parquet", &chosen, "str_mass_balance_all"), of("str_mass_balance"));
        },
    },
    of_the_map!("profile.missing", "\"drop\"", |before, after| {
        let missing = before
            .rows("typology/embedding.csv", &[])
            .iter()
            .filter(|r| r["missing_features"] != "0")
            .count();
        assert!(missing > 0);
        assert_eq!(after.count("typology.rows_left_out"), missing as i64);
        assert_eq!(map(after).len(), map(before).len() - missing);
    }),
    of_the_map!("profile.most_missing", "0.0", |before, after| {
        let missing = before
            .rows("typology/embedding.csv", &[])
            .iter()
            .filter(|r| r["missing_features"] != "0")
            .count();
        assert_eq!(after.count("typology.rows_left_out"), missing as i64);
    }),
    Case {
        key: "groups.means",
        value: "[\"GRP\"]",
        world: Planted,
        with: &[
            ("groups.define", "{ GRP = [\"QMB\", \"QMP\"] }"),
            ("groups.means", "[]"),
            ("regression.enabled", "false"),
        ],
        promise: |before, after| {
            assert!(!before.has("groups.parquet"));
            assert!(after.rows("groups.parquet", &[]).iter().all(|row| row["group"] == "GRP"));
            assert_eq!(after.rows("typology/countries.csv", &[("country", "GRP")]).len(), 1);
        },
    },
    Case {
        key: "groups.consolidated",
        value: "[\"AB\"]",
        world: Tiny,
        with: &[("groups.define", "{ AB = [\"AAA\", \"BBB\"] }"), ("groups.means", "[]")],
        promise: |before, after| {
            assert_eq!((before.count("study.countries"), after.count("study.countries")), (6, 5));
            near(after.indicator("AB", "imports"), 20.0);
            // Of AAA's exports in 2019, 60 of 90 and 0 of 40 stay within; of BBB's, 50 of 140; 70 and 90 go to the rest.
            let pv = after.number("stability.csv", &[("country", "AB"), ("year", "2019")], "pv");
            near(pv, (70.0 * 25.0 + 90.0 * 80.0) / 160.0);
        },
    },
    Case {
        key: "groups.define",
        value: "{ GRP = [\"QMB\", \"QMP\"] }",
        world: Planted,
        with: &[("groups.means", "[\"GRP\"]"), ("regression.enabled", "false")],
        promise: |before, after| {
            before.fails_with("there is no group GRP");
            assert!(after.rows("groups.parquet", &[]).iter().all(|row| row["group"] == "GRP"));
        },
    },
    of_the_map!("typology.enabled", "false", |before, after| {
        assert!(before.has("typology/embedding.csv") && !after.has("typology/embedding.csv"));
        assert!(after.text("manifest.toml").contains("typology.enabled"));
    }),
    Case {
        key: "typology.preset",
        value: "\"paper_guess\"",
        world: Planted,
        with: &[("typology.neighbours", ""), ("regression.enabled", "false")],
        promise: |before, after| {
            assert_eq!((before.count("typology.neighbours"), after.count("typology.neighbours")), (50, 15));
            another_map(before, after);
        },
    },
    of_the_map!("typology.neighbours", "10", |before, after| {
        assert_eq!((before.count("typology.neighbours"), after.count("typology.neighbours")), (20, 10));
        another_map(before, after);
    }),
    of_the_map!("typology.min_dist", "0.9", |before, after| {
        near(Some(after.amount("typology.min_dist")), 0.9);
        assert!(nearest(after) > nearest(before), "{} {}", nearest(before), nearest(after));
    }),
    of_the_map!("typology.spread", "4.0", |before, after| {
        assert!(extent(after) > extent(before), "{} {}", extent(before), extent(after));
    }),
    of_the_map!("typology.repulsion_strength", "5.0", |before, after| {
        assert!(extent(after) > extent(before), "{} {}", extent(before), extent(after));
    }),
    of_the_map!("typology.negative_sample_rate", "1", |before, after| {
        assert!(extent(after) < extent(before), "{} {}", extent(before), extent(after));
    }),
    of_the_map!("typology.epochs", "30", another_map),
    of_the_map!("typology.metric", "\"manhattan\"", another_map),
    of_the_map!("typology.local_connectivity", "3.0", another_map),
    of_the_map!("typology.set_op_mix_ratio", "0.2", another_map),
    of_the_map!("typology.learning_rate", "0.3", another_map),
    of_the_map!("typology.initialisation", "\"principal_components\"", another_map),
    of_the_map!("typology.scaling", "\"min_max\"", another_map),
    of_the_map!("typology.detail", "\"very_high\"", |before, after| {
        let chosen = |run: &Run| run.cell("typology/levels.csv", &[("chosen", "true")], "level");
        assert_eq!((chosen(before).as_str(), chosen(after).as_str()), ("very_low", "very_high"));
        assert!(after.count("typology.clusters") > before.count("typology.clusters"), "finer");
        assert_eq!(map(before), map(after));
    }),
    Case {
        key: "typology.compat_scale_quirk",
        value: "false",
        world: Planted,
        with: &[("typology.detail", "\"medium\""), ("regression.enabled", "false")],
        promise: |before, after| {
            let rows = map(before).len() as i64;
            assert!(before.count("typology.outliers") * 10 > rows * 9, "nearly everything is background");
            assert!(after.count("typology.outliers") * 10 < rows);
        },
    },
    Case {
        key: "typology.ties",
        value: "\"lowest_label\"",
        world: Planted,
        with: &[
            ("study.years", "[2015, 2016]"),
            ("typology.neighbours", "6"),
            ("typology.detail", "\"medium\""),
            ("typology.compat_scale_quirk", "false"),
            ("regression.enabled", "false"),
        ],
        promise: |before, after| {
            let tied = before.rows("typology/countries.csv", &[("tie", "true")]);
            assert!(!tied.is_empty());
            for row in tied {
                let chosen = [("country", row["country"].as_str())];
                let years = before.column("typology/embedding.csv", &chosen, "cluster");
                assert_eq!(row["cluster"], *years.last().unwrap(), "the latest year decides");
                let lowest = years.iter().map(|c| c.parse::<u32>().unwrap()).min().unwrap();
                assert_eq!(after.cell("typology/countries.csv", &chosen, "cluster"), lowest.to_string());
            }
        },
    },
    of_the_map!("typology.alternatives", "[]", |before, after| {
        let methods = |run: &Run| run.column("typology/alternatives.csv", &[], "method");
        assert_eq!(methods(before), ["density_merging", "hdbscan"]);
        assert_eq!(methods(after), ["density_merging"]);
    }),
    #[cfg(feature = "linfa")]
    Case {
        key: "typology.k",
        value: "3",
        world: Planted,
        with: &[
            ("typology.alternatives", "[\"k_means\", \"gaussian_mixture\"]"),
            ("typology.neighbours", "20"),
            ("regression.enabled", "false"),
        ],
        promise: |before, after| {
            for method in ["k_means", "gaussian_mixture"] {
                let clusters =
                    |run: &Run| run.cell("typology/alternatives.csv", &[("method", method)], "clusters");
                let own = before.count("typology.clusters").to_string();
                assert_eq!((clusters(before), clusters(after)), (own, "3".to_owned()), "{method}");
            }
            assert_ne!(before.count("typology.clusters"), 3);
        },
    },
    // No other program has a method that asks for it.
    #[cfg(not(feature = "linfa"))]
    of_the_map!("typology.k", "3", |before, after| {
        let k = |run: &Run| run.study.as_ref().and_then(|s| s.typology_parameters().k);
        assert_eq!((k(before), k(after)), (None, Some(3)));
    }),
    of_the_map!("typology.smallest_cluster", "4", |before, after| {
        let clusters = |run: &Run| {
            run.number("typology/alternatives.csv", &[("method", "hdbscan")], "clusters").unwrap()
        };
        assert!(clusters(after) > clusters(before), "{} {}", clusters(before), clusters(after));
    }),
    Case {
        key: "typology.repetitions",
        value: "2",
        world: Planted,
        with: GROUP,
        promise: |before, after| {
            assert!(!before.has("typology/co_assignment.parquet"));
            assert!(after.has("typology/co_assignment.parquet"));
            assert_eq!(after.count("typology.repetitions"), 2);
        },
    },
];
