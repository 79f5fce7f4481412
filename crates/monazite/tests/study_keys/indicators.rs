//! `[indicators]`, `[figures]`, `[output]`.

use super::Case;
use super::world::{Run, World::Tiny, near};

/// One of the numbers of 284690 in 2019, as the documentation prints it: with four decimals.
fn printed(run: &Run, country: &str, column: &str, expected: &str) {
    let value = run.indicator(country, column).expect("there should be a number");
    assert_eq!(format!("{value:.4}"), expected, "{column} of {country}");
}

/// L of three countries that trade as AAA, BBB and CCC do in 284690 in 2019, by Cramer's rule: the row of AAA.
fn influence_of_alpha(w: [f64; 3]) -> f64 {
    let (ab, ac, ba, bc, cb) = (w[0] * 0.75, w[0] * 0.375, w[1], w[1] * 0.625, w[2] * 0.25);
    // a = 1 + ba b; b = ab a + cb c; c = ac a + bc b.
    let b = (ab + cb * ac) / (1.0 - cb * bc - (ab + cb * ac) * ba);
    let a = 1.0 + ba * b;
    b + ac * a + bc * b
}

pub const CASES: &[Case] = &[
    Case {
        key: "indicators.orientation",
        value: "\"as_printed\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            printed(before, "AAA", "str", "1.3984");
            printed(after, "AAA", "str", "2.2358"); // the tutorial, section 3
        },
    },
    Case {
        key: "indicators.identity",
        value: "\"excess\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            near(after.indicator("BBB", "str"), before.indicator("BBB", "str").unwrap() - 1.0);
        },
    },
    Case {
        key: "indicators.damping",
        value: "0.5",
        world: Tiny,
        with: &[],
        promise: |_, after| {
            // A = 1 + .1 B; B = 1 + .28125 A + .0625 C; C = 1 + .140625 A + .0625 B.
            let b = (1.28125 + 0.0625 * 1.140625) / (1.0 - 0.028125 - 0.0625 * 0.0765625);
            near(after.indicator("BBB", "str"), b);
            near(after.indicator("AAA", "str"), 1.0 + 0.1 * b);
        },
    },
    Case {
        key: "indicators.zero_imports_hhi",
        value: "\"zero\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            // CCC sells magnets and buys none.
            let chosen = [("product", "850511"), ("year", "2019"), ("country", "CCC")];
            assert_eq!(before.number("indicators.parquet", &chosen, "hhi"), None);
            assert_eq!(after.number("indicators.parquet", &chosen, "hhi"), Some(0.0));
        },
    },
    Case {
        key: "indicators.influence",
        value: "\"mean\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            near(before.indicator("AAA", "influence"), influence_of_alpha([0.75, 0.2, 0.5]));
            near(after.indicator("AAA", "influence"), influence_of_alpha([0.75, 0.2, 0.5]) / 2.0);
        },
    },
    Case {
        key: "indicators.pv_free_alpha",
        value: "0.9",
        world: Tiny,
        with: &[("indicators.influence", "\"pv_free\"")],
        promise: |before, after| {
            printed(before, "AAA", "influence", "0.9231"); // methods 5
            near(before.indicator("AAA", "influence"), influence_of_alpha([0.5; 3]));
            near(after.indicator("AAA", "influence"), influence_of_alpha([0.9; 3]));
        },
    },
    Case {
        key: "indicators.rca_universe",
        value: "\"network_only\"",
        world: Tiny,
        with: &[("data.totals", "\"totals.csv\"")],
        promise: |before, after| {
            near(before.indicator("AAA", "rca"), (90.0 / 170.0) / (1000.0 / 4000.0));
            // AAA sells 90 of 284690 and 40 of 850131; the world 123 + 170 + 575 + 305.
            near(after.indicator("AAA", "rca"), (90.0 / 170.0) / (130.0 / 1173.0));
        },
    },
    Case {
        key: "indicators.strength_window",
        value: "[2019, 2019]",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let chosen = [("product", "284690"), ("country", "AAA")];
            let mean = |run: &Run| run.number("strengths.parquet", &chosen, "mean_rca");
            near(mean(after), after.indicator("AAA", "rca").unwrap());
            assert_ne!(mean(before), mean(after));
        },
    },
    Case {
        key: "indicators.import_content",
        value: "\"mass_balance\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(!before.rows("indicators.parquet", &[])[0].contains_key("str_full"));
            for (country, str, influence) in
                [("AAA", 1.3547868061, 0.9774738536), ("BBB", 1.7739340306, 0.3411102172)]
            {
                for run in [before, after] {
                    let [own, of] = ["str_mass_balance", "influence_mass_balance"]
                        .map(|column| run.indicator(country, column).unwrap());
                    assert!((own - str).abs() < 1e-9 && (of - influence).abs() < 1e-9, "{country}");
                }
                assert_eq!(after.indicator(country, "str"), after.indicator(country, "str_mass_balance"));
                assert_eq!(after.indicator(country, "str_full"), before.indicator(country, "str"));
                assert_eq!(after.indicator(country, "str_direct"), before.indicator(country, "str_direct"));
            }
            near(after.indicator("AAA", "import_content"), 1.0 / 9.0);
            // METHODS2 A4: K[A, B], and the parts of the change of C; the paper's L[A, B] and network part are in methods 4 and 7.
            let pair = [("product", "284690"), ("year", "2019"), ("importer", "BBB"), ("supplier", "AAA")];
            let to_beta = |run: &Run| run.number("dependencies.parquet", &pair, "contribution").unwrap();
            assert!((to_beta(after) - 0.6154465004022525).abs() < 1e-12);
            assert_eq!(format!("{:.4}", to_beta(before)), "0.6911");
            let change = [("product", "284690"), ("year", "2020"), ("country", "CCC")];
            let part =
                |run: &Run, column: &str| run.number("decomposition.parquet", &change, column).unwrap();
            let (shares, content) = (0.23747446218902588, 0.0052574020358043625);
            for run in [before, after] {
                assert!((part(run, "str_mass_balance_shares") - shares).abs() < 1e-12);
                assert!((part(run, "str_mass_balance_import_content") - content).abs() < 1e-12);
                assert!((part(run, "str_mass_balance_change") - 0.2383296730147759).abs() < 1e-12);
            }
            assert!((part(after, "network") - shares - content).abs() < 1e-12);
            assert!((part(after, "stability") - part(after, "str_mass_balance_stability")).abs() < 1e-15);
            assert_eq!(format!("{:.4}", part(before, "network")), "0.3429");
            // The average importer: 1.62699 to 1.74654.
            let year = [("product", "284690"), ("year", "2020")];
            for (column, expected) in [
                ("str_mass_balance_weighted", 1.7465443052435172),
                ("str_mass_balance_change", 0.11955078860918866),
                ("str_mass_balance_shares", 0.11048751000469258),
                ("str_mass_balance_stability", 0.014759412412511063),
                ("str_mass_balance_import_content", 0.005695928739235098),
                ("str_mass_balance_importers", -0.011392062547250349),
            ] {
                let found = before.number("trends.csv", &year, column).unwrap();
                assert!((found - expected).abs() < 1e-12, "{column}: {found}");
            }
            near(
                after.number("trends.csv", &year, "change_network"),
                0.11048751000469258 + 0.005695928739235098,
            );
        },
    },
    Case {
        key: "indicators.production",
        value: "\"production.csv\"",
        world: Tiny,
        with: &[("indicators.import_content", "\"production\"")],
        promise: |before, after| {
            before.fails_with("\"production\" needs a table of production: set indicators.production");
            // BBB makes as much as it buys, so half of what it sells is bought. A = .2 + .1 B, C = .4125 + .065625 B,
            // B = .5625 (1 + A/9) + .125 (1 + C).
            near(after.indicator("BBB", "str"), 1.0 + 0.7515625 / (1.0 - 0.014453125));
            assert!(after.text("manifest.toml").contains("Production is known in 1 of"));
        },
    },
    Case {
        key: "indicators.trade_risk",
        value: "\"exposure\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(!before.rows("indicators.parquet", &[])[0].contains_key("trade_risk"));
            near(
                after.indicator("BBB", "trade_risk"),
                80.0 / 140.0 * before.indicator("BBB", "str").unwrap(),
            );
        },
    },
    Case {
        key: "indicators.composite_scaling",
        value: "\"centred_only\"",
        world: Tiny,
        with: &[],
        promise: |_, after| {
            // The score is the sum of loadings times distances from the mean, not divided by standard deviations.
            let sum: f64 = ["exposure", "hhi", "str"]
                .into_iter()
                .map(|name| {
                    let of = |column| after.number("composite.csv", &[("indicator", name)], column).unwrap();
                    of("loading") * (after.indicator("BBB", name).unwrap() - of("mean"))
                })
                .sum();
            near(after.indicator("BBB", "pc1"), sum);
        },
    },
    Case {
        key: "indicators.composite_fit_until",
        value: "2019",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let full = |run: &Run, chosen: &[(&str, &str)]| {
                let rows = run.rows("indicators.parquet", chosen);
                rows.iter().filter(|r| ["exposure", "hhi", "str"].iter().all(|c| !r[*c].is_empty())).count()
                    as i64
            };
            assert_eq!(before.count("indicators.composite_rows"), full(before, &[]));
            assert_eq!(after.count("indicators.composite_rows"), full(after, &[("year", "2019")]));
        },
    },
    Case {
        key: "indicators.decomposition",
        value: "\"none\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(before.has("decomposition.parquet") && !after.has("decomposition.parquet"));
            assert!(after.column("trends.csv", &[], "change_network").iter().all(String::is_empty));
        },
    },
    Case {
        key: "indicators.dependencies",
        value: "\"all\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let magnets = |run: &Run| run.rows("dependencies.parquet", &[("product", "850511")]).len();
            assert_eq!(magnets(before), 0);
            assert!(magnets(after) > 0);
            // All that BBB buys is AAA's in the end, whoever sells it, over 1.79 borders; 170 of trade for 80 that is kept.
            let pair = [("product", "284690"), ("year", "2019"), ("importer", "BBB"), ("origin", "AAA")];
            for (column, expected) in
                [("share", 1.0), ("value", 80.0), ("direct_share", 0.75), ("crossings", 1.7916666666666667)]
            {
                near(before.number("origins.parquet", &pair, column), expected);
            }
            near(before.number("product_years.csv", &pair[..2], "crossings"), 170.0 / 80.0);
            let origins = |run: &Run| run.rows("origins.parquet", &[("product", "850511")]).len();
            assert!(origins(before) == 0 && origins(after) > 0);
        },
    },
    Case {
        key: "indicators.min_contribution",
        value: "0.3",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let small = |run: &Run| {
                let all = run.column("dependencies.parquet", &[], "contribution");
                all.iter().filter(|c| c.parse::<f64>().unwrap() < 0.3).count()
            };
            assert!(small(before) > 0);
            assert_eq!(small(after), 0);
            let large = before.rows("dependencies.parquet", &[]).len() - small(before);
            assert_eq!(after.rows("dependencies.parquet", &[]).len(), large);
            // BBB buys a quarter from CCC, which has made none of it, and three quarters from AAA.
            let rows = |run: &Run, origin| {
                let pair = [("product", "284690"), ("year", "2019"), ("importer", "BBB"), ("origin", origin)];
                run.rows("origins.parquet", &pair).len()
            };
            assert_eq!((rows(before, "CCC"), rows(after, "CCC"), rows(after, "AAA")), (1, 0, 1));
        },
    },
    Case {
        key: "figures.countries",
        value: "[\"BBB\"]",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(before.has("figures/network_DDD.svg") && !before.has("figures/network_BBB.svg"));
            assert!(after.has("figures/network_BBB.svg") && !after.has("figures/network_DDD.svg"));
        },
    },
    Case {
        key: "figures.year",
        value: "2019",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(before.text("figures/network.caption.txt").contains("by tier, 2021"));
            assert!(after.text("figures/network.caption.txt").contains("by tier, 2019"));
        },
    },
    Case {
        key: "figures.size",
        value: "\"one_column\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(before.text("figures/network.svg").contains("width=\"180mm\""));
            assert!(after.text("figures/network.svg").contains("width=\"88mm\""));
        },
    },
    Case {
        key: "output.compression_level",
        value: "19",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert_ne!(before.bytes("indicators.parquet"), after.bytes("indicators.parquet"));
            assert_eq!(before.rows("indicators.parquet", &[]), after.rows("indicators.parquet", &[]));
        },
    },
    Case {
        key: "output.flows",
        value: "false",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(before.has("flows.parquet") && !after.has("flows.parquet"));
            let chosen = [("product", "284690"), ("year", "2019"), ("importer", "BBB")];
            assert_eq!(before.column("flows.parquet", &chosen, "value"), ["60", "20"]);
            assert_eq!(before.bytes("indicators.parquet"), after.bytes("indicators.parquet"));
        },
    },
];
