//! `[shocks]` and `[diversification]`.

use super::Case;
use super::world::{Run, World::Tiny, near};

/// AAA stops 284690 in 2019.
const STOP: (&str, &str) =
    ("shocks.rows", "[{ supplier = \"AAA\", products = [\"284690\"], years = [2019, 2019] }]");
/// The same with half of it.
const HALF: (&str, &str) = (
    "shocks.rows",
    "[{ supplier = \"AAA\", products = [\"284690\"], export_cut = 0.5, years = [2019, 2019] }]",
);
/// 850131 is made of 284690 and of 850511, which is made of nothing here.
const TWO_INPUTS: [(&str, &str); 2] =
    [("chain.overrides", "\"overrides.csv\""), ("study.seeds", "[\"284690\", \"850511\"]")];

/// A number of an importer of 284690 under the scenario.
fn of_importer(run: &Run, importer: &str, column: &str) -> Option<f64> {
    let chosen = [("chain", "reach"), ("product", "284690"), ("importer", importer)];
    run.number("shock_losses.parquet", &chosen, column)
}

/// The share of its production of 850131 that AAA loses. It buys 10 of 284690 and 120 of 850511, and lacks a ninth of its supply of the first.
fn production_loss(run: &Run) -> Option<f64> {
    let chosen = [("chain", "reach"), ("product", "850131"), ("importer", "AAA")];
    run.number("shock_losses.parquet", &chosen, "production_loss")
}

/// A cell of an importer of 284690 in 2021.
fn plan(run: &Run, importer: &str, column: &str) -> Option<f64> {
    run.number("diversification.csv", &[("product", "284690"), ("importer", importer)], column)
}

fn reason(run: &Run, importer: &str) -> String {
    run.cell("diversification.csv", &[("product", "284690"), ("importer", importer)], "reason")
}

pub const CASES: &[Case] = &[
    Case {
        key: "shocks.rows",
        value: STOP.1,
        world: Tiny,
        with: &[],
        promise: |before, after| {
            assert!(!before.has("shock_losses.parquet") && !before.has("shock_products.csv"));
            // BBB buys 60 of 80 from AAA; all that CCC sells it is AAA's in the end.
            near(of_importer(after, "BBB", "loss_none"), 0.75);
            near(of_importer(after, "BBB", "loss_mass_balance"), 1.0);
            near(of_importer(after, "CCC", "value_none"), 30.0);
        },
    },
    Case {
        key: "shocks.events",
        value: "[\"cobalt-export-stop-2025\"]",
        world: Tiny,
        with: &[],
        promise: |_, after| {
            let notes = after.manifest("shocks.notes").to_string();
            assert!(notes.contains("cobalt-export-stop-2025 cannot be run"), "{notes}");
        },
    },
    Case {
        key: "shocks.years",
        value: "[2020, 2021]",
        world: Tiny,
        with: &[("shocks.rows", "[{ supplier = \"AAA\", products = [\"284690\"] }]")],
        promise: |before, after| {
            let years = |run: &Run| {
                let mut years = run.column("shock_products.csv", &[("product", "284690")], "year");
                years.dedup();
                years
            };
            assert_eq!(years(before), ["2021"]);
            assert_eq!(years(after), ["2020", "2021"]);
        },
    },
    Case {
        key: "shocks.scan",
        value: "false",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            let chosen = [("product", "284690"), ("year", "2019"), ("supplier", "AAA")];
            near(before.number("shock_suppliers.parquet", &chosen, "power_share"), 1.0);
            near(before.number("shock_suppliers.parquet", &chosen, "direct_share"), 90.0 / 160.0);
            assert!(!after.has("shock_suppliers.parquet") && !after.has("diversification.csv"));
        },
    },
    Case {
        key: "shocks.combine",
        value: "\"product\"",
        world: Tiny,
        with: &[HALF],
        promise: |before, after| {
            let of = |run| of_importer(run, "BBB", "loss_mass_balance").unwrap();
            assert!(of(after) > of(before));
        },
    },
    Case {
        key: "shocks.production",
        value: "\"leontief\"",
        world: Tiny,
        with: &[STOP, TWO_INPUTS[0], TWO_INPUTS[1]],
        promise: |before, after| {
            near(production_loss(before), 10.0 / 130.0 / 9.0);
            near(production_loss(after), 1.0 / 9.0);
        },
    },
    Case {
        key: "shocks.power",
        value: "1.0",
        world: Tiny,
        with: &[STOP, TWO_INPUTS[0], TWO_INPUTS[1], ("shocks.production", "\"power\"")],
        promise: |before, after| {
            near(production_loss(before), (10.0_f64 / 130.0).cbrt() / 9.0);
            near(production_loss(after), 10.0 / 130.0 / 9.0);
        },
    },
    Case {
        key: "shocks.input_weights",
        value: "\"equal\"",
        world: Tiny,
        with: &[STOP, TWO_INPUTS[0], TWO_INPUTS[1]],
        promise: |_, after| near(production_loss(after), 1.0 / 18.0),
    },
    Case {
        key: "shocks.links",
        value: "\"essential.csv\"",
        world: Tiny,
        with: &[STOP, TWO_INPUTS[0], TWO_INPUTS[1]],
        promise: |_, after| near(production_loss(after), 1.0 / 9.0),
    },
    Case {
        key: "shocks.stocks",
        value: "\"stocks.csv\"",
        world: Tiny,
        with: &[STOP, TWO_INPUTS[0], TWO_INPUTS[1]],
        // Of the ninth that AAA lacks, stocks give 0.05.
        promise: |_, after| near(production_loss(after), 10.0 / 130.0 * (1.0 / 9.0 - 0.05)),
    },
    Case {
        key: "shocks.capacity",
        value: "2.0",
        world: Tiny,
        with: &[HALF],
        promise: |before, after| {
            assert_eq!(of_importer(before, "BBB", "fill"), None);
            // CCC and BBB can add more than AAA takes away, so that nobody lacks anything, and no row of losses is left.
            assert!(
                !after.has("shock_losses.parquet")
                    || after.rows("shock_losses.parquet", &[("importer", "CCC")]).is_empty()
            );
        },
    },
    Case {
        key: "shocks.capacities",
        value: "\"capacities.csv\"",
        world: Tiny,
        with: &[HALF],
        promise: |_, after| {
            let fill = of_importer(after, "BBB", "fill").unwrap();
            assert!(fill > 0.0 && fill < 1.0);
        },
    },
    Case {
        key: "shocks.rationing",
        value: "\"incumbent\"",
        world: Tiny,
        with: &[HALF, ("shocks.capacity", "0.2")],
        promise: |before, after| {
            // In the pool everybody gets the same part; CCC alone sells to BBB and BBB alone to CCC otherwise.
            let fill = |run, importer| of_importer(run, importer, "fill").unwrap();
            near(Some(fill(before, "BBB")), fill(before, "CCC"));
            assert!((fill(after, "BBB") - fill(after, "CCC")).abs() > 1e-6);
        },
    },
    Case {
        key: "shocks.priority",
        value: "[\"CCC\"]",
        world: Tiny,
        with: &[HALF, ("shocks.capacity", "0.2"), ("shocks.rationing", "\"priority\"")],
        promise: |before, after| {
            before.fails_with("rationing = \"priority\" needs a list of importers");
            let fill = |importer| of_importer(after, importer, "fill").unwrap();
            assert!(fill("CCC") > fill("BBB"));
        },
    },
    Case {
        key: "shocks.exclude",
        value: "[\"CCC\"]",
        world: Tiny,
        with: &[HALF, ("shocks.capacity", "0.2")],
        promise: |before, after| {
            let fill = |run| of_importer(run, "BBB", "fill").unwrap();
            assert!(fill(after) < fill(before));
        },
    },
    Case {
        key: "shocks.supply_elasticity",
        value: "0.5",
        world: Tiny,
        with: &[STOP, ("shocks.demand_elasticity", "1.5")],
        promise: |before, after| {
            before.fails_with("a price needs both");
            // All imports are lost: ln p rises by 1/(0.5 + 1.5).
            let chosen = [("product", "284690"), ("chain", "reach")];
            near(after.number("shock_products.csv", &chosen, "log_price"), 0.5);
        },
    },
    Case {
        key: "shocks.demand_elasticity",
        value: "0.0",
        world: Tiny,
        with: &[STOP, ("shocks.supply_elasticity", "0.5")],
        promise: |_, after| {
            let chosen = [("product", "284690"), ("chain", "reach")];
            near(after.number("shock_products.csv", &chosen, "log_price"), 2.0);
        },
    },
    Case {
        key: "diversification.move_share",
        value: "0.05",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            // BBB sells 20 to others and DDD 5, so that they can give CCC a quarter of it, 6.25 of 70.
            near(plan(before, "CCC", "moved"), 6.25 / 70.0);
            near(plan(after, "CCC", "moved"), 0.05);
        },
    },
    Case {
        key: "diversification.keep",
        value: "0.98",
        world: Tiny,
        with: &[],
        promise: |_, after| near(plan(after, "CCC", "moved"), 0.02),
    },
    Case {
        key: "diversification.capacity",
        value: "0.14",
        world: Tiny,
        with: &[],
        promise: |_, after| near(plan(after, "CCC", "moved"), 0.14 * 25.0 / 70.0),
    },
    Case {
        key: "diversification.capacity_of",
        value: "\"all_exports\"",
        world: Tiny,
        with: &[],
        promise: |before, after| {
            // CCC and DDD sell all of their 20 to BBB, which buys 110.
            near(plan(before, "BBB", "moved"), 0.0);
            near(plan(after, "BBB", "moved"), 0.25 * 20.0 / 110.0);
        },
    },
    Case {
        key: "diversification.min_supplier_share",
        value: "0.2",
        world: Tiny,
        with: &[],
        // BBB sells 20 of 200, DDD 5.
        promise: |_, after| assert!(!reason(after, "CCC").is_empty()),
    },
    Case {
        key: "diversification.exclude",
        value: "[\"BBB\"]",
        world: Tiny,
        with: &[],
        promise: |_, after| near(plan(after, "CCC", "moved"), 0.25 * 5.0 / 70.0),
    },
];
