//! What if a supplier stops: scenarios and chokepoints.

use super::keys::{IMPORTER, PRODUCT, SUPPLIER, TRADE, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

const PAGE: &str = "23-shocks.md";

const SCENARIO: RunColumn = RunColumn::text("scenario", "Scenario", "name of the scenario, or what it does");
const CHAIN: RunColumn = RunColumn::text(
    "chain",
    "Chain",
    "what a lost input takes from what is made of it: `reach` all that contains it, `content` its own value",
)
.one_of(&["reach", "content"])
.page(PAGE);
const TIER: RunColumn = RunColumn::number("tier", "Tier", "tier of the product in the value chain")
    .at_least(0.0)
    .missing("the product is outside the chain");
const NO_IMPORTS: &str = "the country imports nothing";
const NO_SCENARIO: &str = "the study has no scenario (`[[shock]]`, `shocks.events`); the trade is an extract; the run holds no flows";

const fn loss(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::share(name, label, definition).page(PAGE)
}

const fn amount(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition).unit(TRADE).at_least(0.0).page(PAGE)
}

/// What each scenario takes from each importer.
pub const SHOCK_LOSSES: RunTable = RunTable {
    file: "shock_losses.parquet",
    title: "What each scenario takes from each importer, under three readings of import content side by side.",
    row: "a country that loses imports or production of a product under any reading, for every scenario, base year and chain reading",
    not_written: Some(NO_SCENARIO),
    columns: || {
        vec![
            SCENARIO,
            YEAR,
            CHAIN,
            PRODUCT,
            TIER,
            IMPORTER,
            amount("imports", "Imports", "what it imports in the base year"),
            loss(
                "direct",
                "Lost directly",
                "share of its imports lost in the first round, before anybody passes a loss on",
            )
            .missing(NO_IMPORTS),
            loss(
                "loss_none",
                "Lost, none",
                "share of its imports lost if nobody passes on a lost import (φ = 0); down the chain 0 unless production is lost",
            )
            .missing(NO_IMPORTS),
            loss(
                "loss_exposure",
                "Lost, exposure",
                "the same if a country makes as much as it sells (φ = M/(M + X))",
            )
            .missing(NO_IMPORTS),
            loss(
                "loss_mass_balance",
                "Lost, mass balance",
                "the same if a country passes on as much as mass balance allows (φ = min(1, M/X))",
            )
            .missing(NO_IMPORTS),
            amount("value_none", "Value lost, none", "imports times the share lost"),
            amount("value_exposure", "Value lost, exposure", "imports times the share lost"),
            amount("value_mass_balance", "Value lost, mass balance", "imports times the share lost"),
            loss(
                "supply_loss",
                "Supply lost",
                "share of its supply of the product lost, at home and for export, under mass balance",
            ),
            loss(
                "production_loss",
                "Production lost",
                "share of its production lost, by the scenario or for want of inputs, under mass balance",
            ),
            loss("fill", "Filled", "share of what it lacks that other suppliers fill, under mass balance")
                .missing("the study gives no capacity (`shocks.capacity`), or it lacks nothing"),
        ]
    },
};

/// What each scenario takes from each product.
pub const SHOCK_PRODUCTS: RunTable = RunTable {
    file: "shock_products.csv",
    title: "What each scenario takes from each product, over all importers but the suppliers that are hit.",
    row: "a product that is hit or loses something, for every scenario, base year and chain reading",
    not_written: Some(NO_SCENARIO),
    columns: || {
        vec![
            SCENARIO,
            YEAR,
            CHAIN,
            PRODUCT,
            TIER,
            RunColumn::boolean("hit", "Hit", "whether the scenario hits the product itself"),
            amount("imports", "Imports", "what all countries import but the suppliers that are hit"),
            loss("direct", "Lost directly", "share of it lost in the first round").missing(NO_IMPORTS),
            loss("loss_none", "Lost, none", "share of it lost with φ = 0").missing(NO_IMPORTS),
            loss("loss_exposure", "Lost, exposure", "share of it lost with φ = M/(M + X)").missing(NO_IMPORTS),
            loss("loss_mass_balance", "Lost, mass balance", "share of it lost with φ = min(1, M/X)").missing(NO_IMPORTS),
            amount("value_none", "Value lost, none", "what is lost"),
            amount("value_exposure", "Value lost, exposure", "what is lost"),
            amount("value_mass_balance", "Value lost, mass balance", "what is lost"),
            RunColumn::boolean(
                "bounds",
                "Bounds",
                "whether `none` and `mass_balance` are the lower and the upper end: true where no production is lost",
            )
            .page(PAGE),
            RunColumn::number(
                "log_price",
                "Price",
                "change of the logarithm of the price that clears the loss under mass balance, given the elasticities of the study",
            )
            .missing("the study gives no elasticities, or the product is not hit itself"),
        ]
    },
};

/// What every supplier's stop alone would cost the others.
pub const SHOCK_SUPPLIERS: RunTable = RunTable {
    file: "shock_suppliers.parquet",
    title: "Chokepoints: what the full stop of each supplier of each product, alone, would cost all others.",
    row: "a supplier of a product in a year",
    not_written: Some(
        "the study has more than 300 products and does not ask for it (`shocks.scan`); the trade is an extract; the run holds no flows; the run was \
         made by `monazite indicators`",
    ),
    columns: || {
        vec![
            YEAR,
            PRODUCT,
            SUPPLIER,
            amount("exports", "Exports", "what it sells: what is lost directly"),
            amount("power", "Chokepoint power", "what all others lose if it stops, with what re-exporters then lack, under mass balance"),
            loss("power_share", "Chokepoint power, share", "the same as a share of all that the others import"),
            loss("direct_share", "Lost directly", "its exports as a share of all that the others import: nobody passes a loss on"),
            loss("share_exposure", "Lost, exposure", "as `power_share`, if a country makes as much as it sells"),
            RunColumn::number("multiplier", "Multiplier", "chokepoint power over exports; 1 if nothing is re-exported").at_least(0.0).page(PAGE),
            loss("damage_hhi", "Concentration of the damage", "sum over importers of the squared share in the loss: 1 if one importer bears all"),
            RunColumn::text("top_importer", "Hit most", "importer that loses most"),
            loss("top_importer_share", "Share of the importer hit most", "its share of what the others lose"),
            amount(
                "downstream",
                "Downstream",
                "what is made of the product and is touched by the stop (reach), under mass balance; not part of `power`",
            )
            .missing("nothing in the chain is made of the product"),
        ]
    },
};

const NO_PLAN: &str = "nothing can move within the limits; `reason` says why";

const fn planned(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition).missing(NO_PLAN).page(PLANS)
}

const PLANS: &str = "24-diversification.md";

/// Whom each importer could buy from instead.
pub const DIVERSIFICATION: RunTable = RunTable {
    file: "diversification.csv",
    title: "Whom each importer of the focus products could buy from instead in the last year, and what that brings, under the limits of `[diversification]`.",
    row: "an importer of a focus product",
    not_written: Some(
        "the study does not scan suppliers (`shocks.scan`); the trade is an extract; the run holds no flows; the run was made by `monazite indicators`",
    ),
    columns: || {
        vec![
            PRODUCT,
            YEAR,
            IMPORTER,
            amount("imports", "Imports", "what it imports"),
            planned("moved", "Moved", "share of its imports that moves").between(0.0, 1.0),
            RunColumn::text(
                "moves",
                "Moves",
                "from whom to whom, and what share of its imports; empty if no move lowers its risk",
            )
            .missing("no move lowers its risk, or nothing can move")
            .page(PLANS),
            planned("str", "STR, mass balance", "1 + e under mass balance as it is").at_least(1.0),
            planned("str_after", "STR with the plan", "the same with the plan, import contents held")
                .at_least(1.0),
            planned(
                "str_recomputed",
                "STR, recomputed",
                "the same with the import contents of the changed trade",
            )
            .at_least(1.0),
            planned("hhi", "HHI", "of its suppliers as it is").between(0.0, 1.0),
            planned("hhi_after", "HHI with the plan", "the same with the plan").between(0.0, 1.0),
            planned("largest", "Largest supplier", "its share as it is").between(0.0, 1.0),
            planned("largest_after", "Largest with the plan", "the same with the plan").between(0.0, 1.0),
            RunColumn::text(
                "worst_stop",
                "Worst stop",
                "the supplier whose stop alone costs it most, by re-export too",
            )
            .missing(NO_PLAN)
            .page(PLANS),
            planned("worst_stop_loss", "Loss at the worst stop", "share of its imports lost then")
                .between(0.0, 1.0),
            RunColumn::text("worst_stop_after", "Worst stop with the plan", "the same with the plan")
                .missing(NO_PLAN)
                .page(PLANS),
            planned("worst_stop_loss_after", "Loss with the plan", "share of its imports lost then")
                .between(0.0, 1.0),
            planned(
                "effect_on_others",
                "Effect on others",
                "mean change of the others' STR, weighted by imports, if supply follows demand",
            )
            .missing("nobody else imports, or nothing can move"),
            RunColumn::text(
                "moves_full",
                "Moves, full",
                "the best moves in the paper's reading, in which importers pass on everything",
            )
            .missing("no move lowers its risk, or nothing can move")
            .page(PLANS),
            planned("str_full", "STR, full", "1 + e in the paper's reading as it is").at_least(1.0),
            planned(
                "str_full_after",
                "STR with the plan, full",
                "the same with the best moves in that reading",
            )
            .at_least(1.0),
            RunColumn::text("reason", "Reason", "why nothing can move").missing("there is a plan"),
        ]
    },
};
