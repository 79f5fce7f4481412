//! What the figures of chokepoints, scenarios, other suppliers and other indices draw.

use super::keys::{IMPORTER, PRODUCT, SUPPLIER, TRADE, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

const NO_SCAN: Option<&str> = Some("the run has no `shock_suppliers.parquet`");

const fn as_there(name: &'static str, label: &'static str) -> RunColumn {
    RunColumn::share(name, label, "as in `shock_suppliers.parquet`").page("23-shocks.md")
}

/// Whose stop would cost the others most, in one year.
pub const CHOKEPOINTS_FIGURE: RunTable = RunTable {
    file: "figures/chokepoints{,_*}.csv",
    title: "What the figure `chokepoints` draws of one year.",
    row: "a product of the focus, twelve at most, and one of the suppliers that are drawn",
    not_written: NO_SCAN,
    columns: || {
        vec![
            PRODUCT,
            YEAR,
            SUPPLIER,
            as_there("power_share", "Chokepoint power, share"),
            as_there("direct_share", "Lost directly"),
            as_there("share_exposure", "Lost, exposure"),
            RunColumn::number("multiplier", "Multiplier", "as in `shock_suppliers.parquet`").at_least(0.0),
            IMPORTER.named("top_importer", "Hit most"),
        ]
    },
};

/// The same over the years.
pub const CHOKEPOINT_TRENDS_FIGURE: RunTable = RunTable {
    file: "figures/chokepoint_trends{,_*}.csv",
    title: "What the figure `chokepoint_trends` draws.",
    row: "a product of the focus, nine at most, one of the suppliers with most power, and a year",
    not_written: Some("the run has no `shock_suppliers.parquet`, or one year"),
    columns: || {
        vec![
            PRODUCT,
            SUPPLIER,
            YEAR,
            as_there("power_share", "Chokepoint power, share"),
            as_there("direct_share", "Lost directly"),
        ]
    },
};

/// Who loses how much in the scenarios.
pub const SHOCK_FIGURE: RunTable = RunTable {
    file: "figures/shock{,_*}.csv",
    title: "What the figure `shock` draws.",
    row: "a scenario, four at most, a chain reading, a tier, and one of the importers that lose most",
    not_written: Some("the run has no `shock_losses.parquet`"),
    columns: || {
        let value = |name, label| {
            RunColumn::number(name, label, "what it loses of the products of the tier together")
                .unit(TRADE)
                .at_least(0.0)
                .page("23-shocks.md")
        };
        vec![
            RunColumn::text("scenario", "Scenario", "name of the scenario"),
            YEAR.meaning("base year; the last of the scenario"),
            RunColumn::text("chain", "Chain", "as in `shock_losses.parquet`").one_of(&["reach", "content"]),
            RunColumn::number("tier", "Tier", "tier of the products")
                .at_least(0.0)
                .missing("outside the chain"),
            IMPORTER,
            value("value_none", "Value lost, none"),
            value("value_exposure", "Value lost, exposure"),
            value("value_mass_balance", "Value lost, mass balance"),
        ]
    },
};

/// How far risk falls, if more is bought elsewhere.
pub const FRONTIER_FIGURE: RunTable = RunTable {
    file: "figures/frontier{,_*}.csv",
    title: "What the figure `frontier` draws.",
    row: "a product of the focus, nine at most, one of its largest importers, and a share of purchases that may move",
    not_written: Some("the run holds no flows, is of an extract, or none of the importers can buy elsewhere"),
    columns: || {
        vec![
            PRODUCT,
            YEAR,
            IMPORTER,
            RunColumn::share("allowed", "May move", "share of purchases that may move to other suppliers")
                .page("24-diversification.md"),
            RunColumn::share("moved", "Moved", "share that moves: less where no further move pays"),
            RunColumn::number("str", "STR", "least mass-balanced STR, 1 + e, import content held")
                .at_least(1.0),
        ]
    },
};

const INDICES: &[&str] = &[
    "str_full",
    "str_mass_balance",
    "str_direct",
    "hhi",
    "exposure",
    "whhi",
    "geopolrisk",
    "eu_sr",
    "worst",
];

const fn correlation(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition)
        .between(-1.0, 1.0)
        .page("26-indices.md")
        .missing("one of the two is undefined or does not vary")
}

/// Whether systemic trade risk and other indices put importers into the same order.
pub const INDEX_CORRELATIONS_FIGURE: RunTable = RunTable {
    file: "figures/index_correlations{,_*}.csv",
    title: "What the figure `index_correlations` draws.",
    row: "a pair of indices",
    not_written: Some(
        "the run has no `indices.parquet`, or fewer than ten importers of its products import 100 thousand USD",
    ),
    columns: || {
        vec![
            YEAR,
            RunColumn::text("first", "First index", "the one").one_of(INDICES),
            RunColumn::text("second", "Second index", "the other").one_of(INDICES),
            correlation(
                "pooled",
                "Pooled",
                "Spearman's rank correlation over importers of 100 thousand USD or more of all products",
            ),
            RunColumn::count("importers", "Importers", "importers of products that it is over"),
            correlation(
                "inside",
                "Inside products",
                "mean of those inside the products, weighted by their importers",
            ),
            RunColumn::count("products_inside", "Products inside", "products that it is over"),
            correlation(
                "across",
                "Across products",
                "of the means over the importers of each product, weighted by imports",
            ),
            RunColumn::count("products_across", "Products across", "products that it is over"),
        ]
    },
};
