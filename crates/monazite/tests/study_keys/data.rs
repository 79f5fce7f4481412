//! `[study]`, `[data]`, `[stability]`, `[trade]`.

use std::collections::BTreeSet;

use monazite::trade::{FlowSource, Store};

use super::Case;
use super::world::{Run, World::Planted, World::Tiny, near};

/// Its report says this, and that without the key does not.
fn report_says(before: &Run, after: &Run, text: &str) {
    assert!(after.text("report.html").contains(text));
    assert!(!before.text("report.html").contains(text));
}

fn set(cells: Vec<String>) -> BTreeSet<String> {
    cells.into_iter().collect()
}

pub const CASES: &[Case] = &[
    Case {
        key: "study.name",
        value: "\"Half a dozen\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            report_says(before, after, "Half a dozen");
            assert_eq!(after.said("study.name"), "Half a dozen");
        },
    },
    Case {
        key: "study.material",
        value: "\"synthetic magnets\"",
        world: Tiny,
        // A release that does not say itself that it is made up.
        with: &[("data.trade", "\"unnamed\"")],
        promise: |before, after| {
            // The prompts of `monazite map` say what the material is; the engine looks whether it is called made up.
            let says = |run: &Run| run.text("figures/network.caption.txt").contains("SYNTHETIC DATA");
            assert!(!says(before) && says(after));
            assert!(after.text("study.toml").contains("material = \"synthetic magnets\""));
        },
    },
    Case {
        key: "study.question",
        value: "\"Who needs whom?\"",
        world: Tiny,
        with: &[],
        promise: |before, after| report_says(before, after, "Who needs whom?"),
    },
    Case {
        key: "study.seeds",
        value: "[\"280530\"]",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert_eq!(before.cell("products.csv", &[("product", "280530")], "tier"), "1");
            assert_eq!(after.cell("products.csv", &[("product", "280530")], "tier"), "0");
            assert_eq!(after.column("products.csv", &[("tier", "0")], "product"), ["280530"]);
        },
    },
    Case {
        key: "study.products",
        value: "\"all\"",
        world: Tiny,
        with: &[("chain.edges", "[]")],
        promise: |before, after| {
            assert_eq!(before.column("products.csv", &[], "product"), ["284690"]);
            assert_eq!(
                after.column("products.csv", &[], "product"),
                ["280530", "284690", "850131", "850511"]
            );
        },
    },
    Case {
        key: "study.focus",
        value: "[\"850511\"]",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert_eq!(before.column("products.csv", &[("focus", "true")], "product"), ["284690"]);
            assert_eq!(after.column("products.csv", &[("focus", "true")], "product"), ["850511"]);
        },
    },
    Case {
        key: "study.years",
        value: "[2020, 2021]",
        world: Tiny,
        with: &[],
        promise: |_, after| {
            let years = set(after.column("indicators.parquet", &[], "year"));
            assert_eq!(years.iter().collect::<Vec<_>>(), ["2020", "2021"]);
            assert_eq!(after.count("trade.flows_outside_years"), 26, "the 26 rows of 2019");
        },
    },
    Case {
        key: "study.random_seed",
        value: "7",
        world: Planted,
        with: &[],
        promise: |before, after| {
            assert_ne!(before.text("typology/embedding.csv"), after.text("typology/embedding.csv"));
            assert_eq!(
                before.bytes("indicators.parquet"),
                after.bytes("indicators.parquet"),
                "nothing is drawn"
            );
        },
    },
    Case {
        key: "data.trade",
        value: "\"less\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            near(before.indicator("BBB", "imports"), 80.0);
            near(after.indicator("BBB", "imports"), 60.0);
            near(after.indicator("BBB", "hhi"), (40.0f64 / 60.0).powi(2) + (20.0f64 / 60.0).powi(2));
        },
    },
    Case {
        key: "data.store",
        value: "\"elsewhere\"",
        world: Tiny,
        with: &[],
        promise: |_, after| assert!(after.folder.parent().unwrap().join("elsewhere/store.toml").exists()),
    },
    Case {
        key: "data.edition",
        value: "\"HS12\"",
        world: Tiny,
        with: &[("data.trade", "\"unnamed\""), ("data.baci_version", "\"202501\"")],
        promise: |before, after| {
            assert_eq!(before.said("trade.edition"), "", "no file name says it");
            assert_eq!(after.said("trade.edition"), "HS12");
        },
    },
    Case {
        key: "data.baci_version",
        value: "\"202501\"",
        world: Tiny,
        with: &[("data.trade", "\"unnamed\""), ("data.edition", "\"HS07\"")],
        promise: |before, after| {
            assert_ne!(before.said("trade.baci_version"), "202501");
            assert_eq!(after.said("trade.baci_version"), "202501");
        },
    },
    Case {
        key: "data.convert_to",
        value: "\"HS12\"",
        world: Tiny,
        with: &[("data.store", "\"converted\"")],
        promise: |before, after| {
            assert_eq!(
                (before.said("trade.edition"), after.said("trade.edition")),
                ("HS07".into(), "HS12".into())
            );
        },
    },
    Case {
        key: "data.columns",
        value: "{ year = \"jahr\", exporter = \"von\", importer = \"nach\", product = \"ware\", value = \"wert\" }",
        world: Tiny,
        with: &[("data.trade", "\"foreign/trade.csv\""), ("data.unit", "\"thousand_usd\"")],
        promise: |before, after| {
            before.fails_with("there is no column t");
            near(after.indicator("BBB", "imports"), 80.0);
        },
    },
    Case {
        key: "data.unit",
        value: "\"usd\"",
        world: Tiny,
        with: &[("data.store", "\"in_usd\"")],
        promise: |before, after| {
            near(before.indicator("BBB", "imports"), 80.0);
            near(after.indicator("BBB", "imports"), 0.08);
        },
    },
    Case {
        key: "data.quantity_unit",
        value: "\"kilograms\"",
        world: Tiny,
        with: &[("data.store", "\"in_kilograms\"")],
        promise: |_, after| {
            let store = Store::open(&after.folder.parent().unwrap().join("in_kilograms")).unwrap();
            let flows = store.read(2019, &["284690".parse().unwrap()], true).unwrap();
            assert!(flows.quantities.contains(&Some(0.12)), "120 kg: {:?}", flows.quantities);
        },
    },
    Case {
        key: "data.flow",
        value: "\"imports\"",
        world: Tiny,
        with: &[("data.trade", "\"reported\"")],
        promise: |before, after| {
            before.fails_with("imports and exports of the same trade");
            near(after.indicator("BBB", "imports"), 80.0);
        },
    },
    Case {
        key: "data.source",
        value: "\"Customs of Alphaland\"",
        world: Tiny,
        with: &[("data.trade", "\"unnamed\"")],
        promise: |before, after| {
            assert_eq!(before.said("trade.source"), "CEPII BACI");
            assert_eq!(after.said("trade.source"), "Customs of Alphaland");
            report_says(before, after, "<li>Trade: Customs of Alphaland.</li>");
        },
    },
    Case {
        key: "data.licence",
        value: "\"CC0 1.0\"",
        world: Tiny,
        with: &[("data.trade", "\"unnamed\""), ("data.source", "\"Customs of Alphaland\"")],
        promise: |before, after| {
            report_says(before, after, "<li>Trade: Customs of Alphaland. CC0 1.0.</li>");
            assert_eq!(after.said("trade.licence"), "CC0 1.0");
        },
    },
    Case {
        key: "data.governance",
        value: "\"pv24.csv\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            // The tutorial, section 3.
            let str = |run: &Run| (run.indicator("BBB", "str").unwrap() * 1e5).round();
            assert_eq!((str(before), str(after)), (199_187.0, 200_478.0));
        },
    },
    Case {
        key: "data.totals",
        value: "\"totals.csv\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert_eq!(before.said("indicators.rca_basis"), "all products of the data");
            assert_eq!(after.said("indicators.rca_basis"), "table of totals");
            // 90 of 170 exports of the product, 1000 of 4000 of all exports.
            near(after.indicator("AAA", "rca"), (90.0 / 170.0) / (1000.0 / 4000.0));
        },
    },
    Case {
        key: "data.extract",
        value: "true",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(
                before.indicator("BBB", "str").is_some()
                    && !before.text("manifest.toml").contains("[trade.extract]")
            );
            assert_eq!(after.indicator("BBB", "str"), None);
            assert_eq!(after.manifest("trade.extract.said").as_bool(), Some(true));
            report_says(before, after, "An extract, not the trade of the world");
            // The sums of the data stay.
            near(after.indicator("BBB", "imports"), 80.0);
        },
    },
    Case {
        key: "data.unknown_country",
        value: "\"drop\"",
        world: Tiny,
        with: &[("data.trade", "\"stranger\"")],
        promise: |before, after| {
            before.fails_with("99");
            assert_eq!(after.count("trade.import.rows_read"), 79);
            assert_eq!(after.count("trade.import.rows_kept"), 76);
        },
    },
    Case {
        key: "data.short_codes",
        value: "\"pad\"",
        world: Tiny,
        with: &[("data.trade", "\"short\"")],
        promise: |before, after| {
            before.fails_with("10121");
            assert_eq!(after.count("trade.import.padded_codes"), 1);
        },
    },
    Case {
        key: "stability.measure",
        value: "\"estimate\"",
        world: Tiny,
        with: &[("data.governance", "\"both.csv\"")],
        promise: |before, after| {
            let pv = |run: &Run| run.number("stability.csv", &[("country", "AAA"), ("year", "2019")], "pv");
            near(pv(before), 25.0);
            near(pv(after), 60.0); // 0.5 on the scale from -2.5 to 2.5
        },
    },
    Case {
        key: "stability.missing",
        value: "\"drop_supplier\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            near(Some(before.amount("trade.taken_out.without_stability")), 0.0);
            near(Some(after.amount("trade.taken_out.without_stability")), 30.0); // all that FFF sells: 5 + 10 + 15
        },
    },
    Case {
        key: "stability.fixed_year",
        value: "2019",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let pv = |run: &Run| run.number("stability.csv", &[("country", "AAA"), ("year", "2021")], "pv");
            near(pv(before), 15.0);
            near(pv(after), 25.0);
        },
    },
    Case {
        key: "trade.measure",
        value: "\"quantity\"",
        world: Tiny,
        with: &[("data.trade", "\"odd_quantities\"")],
        promise: |before, after| {
            near(before.indicator("BBB", "hhi"), 0.75f64.powi(2) + 0.25f64.powi(2)); // 60 and 20 thousand USD
            near(after.indicator("BBB", "hhi"), (20.0f64 / 60.0).powi(2) + (40.0f64 / 60.0).powi(2)); // 20 and 40 t
            near(after.indicator("BBB", "exposure"), 60.0 / (60.0 + 120.0));
            near(after.indicator("BBB", "imports"), 80.0); // a value, still
        },
    },
    Case {
        key: "trade.min_quantity_coverage",
        value: "1.0",
        world: Tiny,
        with: &[("trade.measure", "\"quantity\"")],
        promise: |before, after| {
            // One flow of 5 of 575 has no quantity.
            let chosen = [("product", "850131"), ("year", "2019"), ("country", "AAA")];
            near(before.number("product_years.csv", &chosen[..2], "quantity_coverage"), 570.0 / 575.0);
            assert!(before.number("indicators.parquet", &chosen, "str").is_some());
            assert_eq!(after.number("indicators.parquet", &chosen, "str"), None);
        },
    },
    Case {
        key: "trade.country_set",
        value: "\"balanced\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            near(Some(before.amount("trade.taken_out.outside_country_set")), 0.0);
            // FFF does not import 280530 in 2021, so 8 thousand USD of 2019 go.
            let chosen = [("product", "280530"), ("year", "2019"), ("country", "FFF")];
            assert!(before.number("indicators.parquet", &chosen, "str").is_some());
            assert_eq!(after.number("indicators.parquet", &chosen, "str"), None);
        },
    },
    Case {
        key: "trade.min_trade",
        value: "120.0",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            // AAA trades 100, BBB 140, of which AAA's part stays in the matrix.
            assert!(before.indicator("AAA", "str").is_some());
            assert_eq!(after.indicator("AAA", "str"), None);
            assert_eq!(after.indicator("BBB", "str"), before.indicator("BBB", "str"));
        },
    },
    Case {
        key: "trade.remove_trickles_below",
        value: "0.2",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            // AAA buys 10 of 284690 and sells 90, which is less than a fifth.
            assert!(before.indicator("AAA", "imports") == Some(10.0));
            near(Some(before.amount("trade.taken_out.trickles")), 0.0);
            let chosen = [("product", "284690"), ("year", "2019")];
            near(after.number("product_years.csv", &chosen, "trickles"), 10.0);
            near(after.indicator("AAA", "imports"), 0.0);
            near(after.indicator("AAA", "str"), 1.0);
        },
    },
    Case {
        key: "trade.merge",
        value: "{ AB = [\"AAA\", \"BBB\"] }",
        world: Tiny,
        with: &[],
        promise: |_, after| {
            near(after.indicator("AB", "imports"), 20.0); // from CCC; 60 + 10 within are gone
            near(after.indicator("AB", "exports"), 80.0);
            near(after.number("stability.csv", &[("country", "AB"), ("year", "2019")], "pv"), 25.0);
            let chosen = [("product", "284690"), ("year", "2019")];
            near(after.number("product_years.csv", &chosen, "within_groups"), 70.0);
        },
    },
    Case {
        key: "trade.reexport_shares",
        value: "\"reexports.csv\"",
        world: Tiny,
        with: &[],
        promise: |_, after| {
            // CCC sends 20 to BBB; 10 are traced to those it buys from: AAA with 30 of 80, and BBB itself, which drops out.
            let chosen = [("product", "284690"), ("year", "2019")];
            near(after.number("product_years.csv", &chosen, "traced_reexports"), 10.0);
            near(after.number("product_years.csv", &chosen, "trade"), 170.0 - 10.0 * 50.0 / 80.0);
            let share = (60.0 + 10.0 * 30.0 / 80.0) / (60.0 + 10.0 * 30.0 / 80.0 + 10.0);
            near(after.indicator("BBB", "hhi"), share * share + (1.0 - share) * (1.0 - share));
        },
    },
    Case {
        key: "trade.hubs",
        value: "[\"AAA\"]",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let chosen = [("product", "284690"), ("year", "2019")];
            let through = |run: &Run| run.number("product_years.csv", &chosen, "through_hubs").unwrap();
            // Influence between B and C, of which paths through A are the part that vanishes without A.
            let (direct_bc, direct_cb) = (0.125, 0.125);
            let without = 1.0 - direct_bc * direct_cb;
            let between = |a_to_b: f64, a_to_c: f64, b_to_a: f64| {
                let bc = direct_bc + b_to_a * a_to_c;
                let cb = direct_cb;
                let bb = b_to_a * a_to_b;
                (bc + cb) / ((1.0 - bb) - bc * cb)
            };
            let all = between(0.5625, 0.28125, 0.2);
            near(Some(through(after)), 1.0 - (direct_bc + direct_cb) / without / all);
            assert_ne!(through(before), through(after));
        },
    },
];
