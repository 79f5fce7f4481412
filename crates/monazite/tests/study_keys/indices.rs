//! `[indices]`.

use super::Case;
use super::world::{Run, World::Tiny, near};

/// An index of BBB, product 284690, in 2019: it imports 60 from AAA and 20 from CCC, and exports 60; its table of production says 80.
fn of_bbb(run: &Run, column: &str) -> Option<f64> {
    run.number("indices.parquet", &[("product", "284690"), ("year", "2019"), ("country", "BBB")], column)
}

fn has_column(run: &Run, column: &str) -> bool {
    run.rows("indices.parquet", &[])[0].contains_key(column)
}

const PRODUCTION: (&str, &str) = ("indices.production", "\"production.csv\"");
const RECYCLING: (&str, &str) = ("indices.recycling", "\"recycling.csv\"");
const SUBSTITUTION: (&str, &str) = ("indices.substitution", "\"substitution.csv\"");

pub const CASES: &[Case] = &[
    Case {
        key: "indices.compute",
        value: "[\"worst\"]",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            near(of_bbb(before, "whhi"), 0.453125);
            assert!(
                has_column(before, "geodep") && !has_column(after, "whhi") && !has_column(after, "geodep")
            );
            assert_eq!(of_bbb(after, "worst"), of_bbb(before, "worst"));
            let of = [("product", "284690"), ("year", "2019"), ("country", "BBB")];
            assert_eq!(after.cell("indices.parquet", &of, "worst_supplier"), "AAA");
            assert_eq!(after.manifest("indices.computed").as_array().unwrap().len(), 1);
        },
    },
    Case {
        key: "indices.products",
        value: "\"focus\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let [chain, focus] = [before, after].map(|run| {
                let mut products = run.column("indices.parquet", &[], "product");
                products.dedup();
                products
            });
            assert!(chain.len() == 4 && focus == ["284690"]);
        },
    },
    Case {
        key: "indices.production",
        value: "\"production.csv\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(has_column(before, "geopolrisk_trade") && !has_column(after, "geopolrisk_trade"));
            // All of it is made by BBB. It uses 160, of which 60 are AAA's with g = .75 and 20 CCC's with g = .5; CCC makes nothing.
            near(of_bbb(after, "geopolrisk"), (60.0 * 0.75 + 20.0 * 0.5) / 160.0);
            let ccc = [("product", "284690"), ("year", "2019"), ("country", "CCC")];
            near(after.number("indices.parquet", &ccc, "geopolrisk"), (30.0 * 0.75 + 50.0 * 0.2) / 80.0);
            // The table has no other year.
            let later = [("product", "284690"), ("year", "2020"), ("country", "BBB")];
            assert_eq!(after.number("indices.parquet", &later, "geopolrisk"), None);
            assert!(after.text("manifest.toml").contains("Production is known in 1 of 12 product-years"));
        },
    },
    Case {
        key: "indices.recycling",
        value: "\"recycling.csv\"",
        world: Tiny,
        with: &[PRODUCTION, SUBSTITUTION],
        promise: |before, after| {
            before.fails_with(
                "indices.substitution: only eu_sr takes this table, and it needs indices.recycling too",
            );
            assert!(has_column(after, "eu_sr") && !has_column(after, "eu_sr_trade"));
            // World: BBB alone. Of what BBB uses it makes half; IR = (80 - 60)/(80 + 80 - 60). A fifth is recycled, half can be substituted.
            let sourcing = 10.0 * (0.375f64.powi(2) * 0.75 + 0.125f64.powi(2) * 0.5 + 0.25 * 0.2);
            near(of_bbb(after, "eu_sr"), (2.0 * 0.1 + sourcing * 0.9) * 0.8 * 0.5);
        },
    },
    Case {
        key: "indices.substitution",
        value: "\"substitution.csv\"",
        world: Tiny,
        with: &[PRODUCTION, RECYCLING],
        promise: |before, after| {
            before.fails_with(
                "indices.recycling: only eu_sr takes this table, and it needs indices.substitution too",
            );
            assert!(of_bbb(after, "eu_sr").is_some());
        },
    },
    Case {
        key: "indices.trade_factor",
        value: "\"trade_factor.csv\"",
        world: Tiny,
        with: &[PRODUCTION, RECYCLING, SUBSTITUTION],
        promise: |before, after| {
            // Of AAA, which makes nothing, BBB has 3/8; a fifth more of that.
            let more = 10.0 * 0.375f64.powi(2) * 0.75 * 0.2 * 0.9 * 0.8 * 0.5;
            near(of_bbb(after, "eu_sr"), of_bbb(before, "eu_sr").unwrap() + more);
        },
    },
    Case {
        key: "indices.disruption_potential",
        value: "\"disruption_potential.csv\"",
        world: Tiny,
        with: &[("indices.economic_vulnerability", "\"economic_vulnerability.csv\"")],
        promise: |before, after| {
            before.fails_with("only usgs takes this table, and it needs indices.disruption_potential too");
            // TE = (80 - 60)/80.
            near(of_bbb(after, "usgs"), (0.4f64 * 0.25 * 0.2).cbrt());
            // Of CCC the table of vulnerability says nothing.
            let ccc = [("product", "284690"), ("year", "2019"), ("country", "CCC")];
            assert_eq!(after.number("indices.parquet", &ccc, "usgs"), None);
        },
    },
    Case {
        key: "indices.economic_vulnerability",
        value: "\"economic_vulnerability.csv\"",
        world: Tiny,
        with: &[("indices.disruption_potential", "\"disruption_potential.csv\"")],
        promise: |before, after| {
            before.fails_with("it needs indices.economic_vulnerability too");
            assert!(of_bbb(after, "usgs").is_some());
        },
    },
];
