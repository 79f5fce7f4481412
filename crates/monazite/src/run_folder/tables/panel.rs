//! What the pass over the products writes beside the indicators.

use super::keys::{COUNTRY, EXPORTER, IMPORTER, PRODUCT, SUPPLIER, TRADE, USD, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

/// How the composite was made.
pub const COMPOSITE: RunTable = RunTable {
    file: "composite.csv",
    title: "How the composite was made.",
    row: "one of the three indicators in it",
    not_written: Some("no composite could be fitted (the manifest says why)"),
    columns: || {
        vec![
            RunColumn::text("indicator", "Indicator", "name of the indicator")
                .one_of(&["exposure", "hhi", "str"]),
            RunColumn::number("mean", "Mean", "mean over the rows of the fit").unit("of the indicator"),
            RunColumn::number("sd", "Standard deviation", "standard deviation (n - 1)")
                .unit("of the indicator")
                .at_least(0.0),
            RunColumn::number(
                "loading",
                "Loading",
                "weight of the scaled indicator in the first component; squares sum to 1",
            )
            .between(-1.0, 1.0),
            RunColumn::share(
                "explained_variance",
                "Explained variance",
                "share of the variance in the first component, from 1/3 with z-scores; the same in all rows",
            ),
        ]
    },
};

const STR_UNIT: &str = "as `str`";

/// STR of the average importer by product and year, and what moved it.
pub const TRENDS: RunTable = RunTable {
    file: "trends.csv",
    title: "STR of the average importer of a product, year by year, and what moved it.",
    row: "a product and year",
    not_written: None,
    columns: || {
        const NO_CHANGE: &str = "first year; nobody imports in one of the two years; the product is outside `indicators.decomposition`";
        let mean = |name, label, definition| {
            RunColumn::number(name, label, definition).unit(STR_UNIT).at_least(0.0).missing("nobody imports")
        };
        let part = |name, label, definition| {
            RunColumn::number(name, label, definition)
                .unit(STR_UNIT)
                .missing(NO_CHANGE)
                .page("07-change-decomposition.md")
        };
        vec![
            PRODUCT,
            YEAR,
            RunColumn::number("trade", "World trade", "world trade in the product").unit(TRADE).at_least(0.0),
            mean("str_weighted", "Mean STR, weighted", "mean STR over importers, weighted by imports"),
            mean("str_plain", "Mean STR", "mean STR over importers, all alike"),
            part(
                "change_network",
                "Change: network",
                "part of the change of `str_weighted` since the year before that is due to the network",
            ),
            part("change_stability", "Change: stability", "part that is due to political stability"),
            part("change_importers", "Change: importers", "part that is due to who imports how much"),
            mean(
                "str_mass_balance_weighted",
                "Mean STR, mass balance, weighted",
                "mean mass-balanced STR over importers, weighted by imports",
            )
            .page("21-mass-balance.md"),
            mean(
                "str_mass_balance_plain",
                "Mean STR, mass balance",
                "mean mass-balanced STR over importers, all alike",
            ),
            part(
                "str_mass_balance_change",
                "Change, mass balance",
                "change of `str_mass_balance_weighted` since the year before, the sum of its four parts",
            ),
            part(
                "str_mass_balance_shares",
                "Change, mass balance: shares",
                "part that is due to who buys from whom",
            ),
            part(
                "str_mass_balance_stability",
                "Change, mass balance: stability",
                "part that is due to political stability",
            ),
            part(
                "str_mass_balance_import_content",
                "Change, mass balance: import content",
                "part that is due to how much of what suppliers sell can be what they bought",
            ),
            part(
                "str_mass_balance_importers",
                "Change, mass balance: importers",
                "part that is due to who imports how much",
            ),
        ]
    },
};

/// The change of every country's STR between two years, in two parts.
pub const DECOMPOSITION: RunTable = RunTable {
    file: "decomposition.parquet",
    title: "The change of every country's STR between two years of the study that follow each other, in two parts, and of mass-balanced STR, in three.",
    row: "a country that trades the product in both years, for every product and later year",
    not_written: Some("the study has one year"),
    columns: || {
        let change = |name, label, definition| {
            RunColumn::number(name, label, definition).unit(STR_UNIT).page("07-change-decomposition.md")
        };
        vec![
            YEAR.named("year_before", "Year before").meaning("the earlier year"),
            YEAR.meaning("the later year"),
            PRODUCT,
            COUNTRY,
            change("change", "Change of STR", "STR in the later year minus STR in the earlier one"),
            change("network", "Change: network", "part of the change that is due to the trade network"),
            change("stability", "Change: stability", "part of the change that is due to political stability"),
            change(
                "str_mass_balance_change",
                "Change of STR, mass balance",
                "mass-balanced STR in the later year minus that in the earlier one",
            ),
            change(
                "str_mass_balance_shares",
                "Mass balance: shares",
                "part of it that is due to who buys from whom",
            ),
            change(
                "str_mass_balance_stability",
                "Mass balance: stability",
                "part of it that is due to political stability",
            ),
            change(
                "str_mass_balance_import_content",
                "Mass balance: import content",
                "part of it that is due to how much of what suppliers sell can be what they bought",
            ),
        ]
    },
};

/// Who depends on whom.
pub const DEPENDENCIES: RunTable = RunTable {
    file: "dependencies.parquet",
    title: "Who depends on whom.",
    row: "an importer and a supplier that adds at least `indicators.min_contribution` to its STR, for every focus product and year",
    not_written: Some("no supplier adds as much, or `indicators.dependencies` asks for none"),
    columns: || {
        vec![
            YEAR,
            PRODUCT,
            IMPORTER,
            SUPPLIER,
            RunColumn::share(
                "share",
                "Share",
                "share of the supplier in the importer's imports; 0 if it reaches the importer only through others",
            ),
            RunColumn::number(
                "contribution",
                "Contribution",
                "L[supplier, importer]: what the supplier adds to the importer's STR",
            )
            .unit(STR_UNIT)
            .at_least(0.0)
            .page("04-systemic-trade-risk.md"),
            RunColumn::number("direct", "Direct part", "part of the contribution that comes over the direct flow")
                .unit(STR_UNIT)
                .at_least(0.0),
            RunColumn::number(
                "per_point",
                "Per point of PV",
                "by how much the importer's STR rises if the supplier's PV falls by one point (the slope at the present PV)",
            )
            .unit(STR_UNIT)
            .at_least(0.0)
            .page("06-sensitivities-and-what-ifs.md"),
        ]
    },
};

/// Whose goods importers buy in the end.
pub const ORIGINS: RunTable = RunTable {
    file: "origins.parquet",
    title: "Whose goods importers buy in the end, under mass balance.",
    row: "an importer and a country that makes, or sells it, at least `indicators.min_contribution` of what it buys, for every focus product and year",
    not_written: Some(
        "nothing is traded, `indicators.dependencies` asks for none, or the trade data are an extract",
    ),
    columns: || {
        const PAGE: &str = "21-mass-balance.md";
        vec![
            YEAR,
            PRODUCT,
            IMPORTER,
            COUNTRY.named("origin", "Origin").meaning(
                "iso3, or code of a merged group, of the country that made it; the importer itself where its own goods come back",
            ),
            RunColumn::share("share", "Origin share", "share of the importer's purchases that the country made in the end")
                .page(PAGE),
            RunColumn::number("value", "Value", "origin share times imports").unit(TRADE).at_least(0.0),
            RunColumn::share(
                "direct_share",
                "Direct share",
                "share of the purchases that the country sells; 0 if its goods come through others only",
            ),
            RunColumn::number(
                "crossings",
                "Borders crossed",
                "mean number of borders behind the importer's purchases, the same in all its rows",
            )
            .at_least(1.0)
            .page(PAGE),
        ]
    },
};

/// What to know about each product-year.
pub const PRODUCT_YEARS: RunTable = RunTable {
    file: "product_years.csv",
    title: "What to know about each product-year before believing its indicators.",
    row: "a product and year",
    not_written: None,
    columns: || {
        let taken_out =
            |name, label, definition| RunColumn::number(name, label, definition).unit(USD).at_least(0.0);
        vec![
            PRODUCT,
            YEAR,
            RunColumn::count("flows", "Flows", "number of flows in the matrix"),
            RunColumn::number("trade", "World trade", "world trade in the matrix").unit(TRADE).at_least(0.0),
            RunColumn::count("importers", "Importers", "countries that import"),
            RunColumn::count("exporters", "Exporters", "countries that export"),
            RunColumn::share(
                "ending_share",
                "Ending share",
                "share of import value (of weight, by quantity) whose supplier imports none of the product: chains end there",
            )
            .missing("no trade"),
            RunColumn::share("imputed_share", "Imputed share", "share of import value (of weight, by quantity) whose supplier's PV is imputed")
                .missing("no trade"),
            RunColumn::share(
                "through_hubs",
                "Through entrepots",
                "share of the influence between all other countries that passes through the entrepots of `trade.hubs`",
            )
            .missing("outside the focus; no hubs; nothing passes between other countries"),
            RunColumn::number(
                "crossings",
                "Borders crossed",
                "mean number of borders that goods have crossed when they reach whoever keeps them: world trade over world net imports",
            )
            .at_least(1.0)
            .missing("nobody buys more than it sells; re-exports are traced; the trade data are an extract")
            .page("21-mass-balance.md"),
            RunColumn::share(
                "quantity_coverage",
                "Quantity coverage",
                "share of the value that has a plausible quantity",
            )
            .missing("measured by value"),
            taken_out("within_groups", "Within groups", "trade within merged groups, taken out"),
            taken_out("without_stability", "Without stability", "trade of suppliers without PV, taken out"),
            taken_out(
                "outside_country_set",
                "Outside the country set",
                "trade from or to countries outside the balanced set, taken out",
            ),
            taken_out(
                "trickles",
                "Trickles",
                "imports below a share of the same country's exports, taken out (`trade.remove_trickles_below`)",
            ),
            taken_out("traced_reexports", "Traced re-exports", "re-exports moved to where they come from"),
            RunColumn::text(
                "clamped",
                "Clamped",
                "countries, separated by blanks, whose instability was lowered to 1 - 10⁻⁶ because the network was singular",
            )
            .missing("none"),
            RunColumn::text(
                "clamped_mass_balance",
                "Clamped, mass balance",
                "the same in the network of mass-balanced STR",
            )
            .missing("none")
            .page("21-mass-balance.md"),
        ]
    },
};

/// The main suppliers of every importer.
pub const SUPPLIERS: RunTable = RunTable {
    file: "suppliers.parquet",
    title: "The three largest suppliers of every importer.",
    row: "an importer and one of its largest suppliers, for every product and year",
    not_written: Some("nobody imports anything"),
    columns: || {
        vec![
            YEAR,
            PRODUCT,
            IMPORTER,
            RunColumn::whole("rank", "Rank", "1 for the largest; equal shares in the order of the codes")
                .between(1.0, 3.0),
            SUPPLIER,
            RunColumn::share("share", "Share", "share in the importer's imports"),
        ]
    },
};

/// The trade that the indicators are computed from.
pub const FLOWS: RunTable = RunTable {
    file: "flows.parquet",
    title: "The trade that the indicators are computed from, after all adjustments of the study.",
    row: "an importer and an exporter with trade, for every product and year",
    not_written: Some(
        "`output.flows` is false, or left out and the study has more than 300 products; or there is no trade",
    ),
    columns: || {
        vec![
            YEAR,
            PRODUCT,
            EXPORTER,
            IMPORTER,
            RunColumn::number(
                "value",
                "Value",
                "what the importer buys from the exporter; by quantity 0 where re-exports are traced by value but not by quantity",
            )
            .unit(USD)
            .at_least(0.0),
            RunColumn::number("quantity", "Quantity", "the same by weight, as the indicators use it")
                .unit("tonnes")
                .at_least(0.0)
                .missing("measured by value; no plausible quantity; the product-year has too few quantities"),
        ]
    },
};

/// Suppliers whose own imports are a trickle and still close a loop.
pub const TRICKLE_LOOPS: RunTable = RunTable {
    file: "trickle_loops.csv",
    title: "Suppliers whose own imports are negligible and still create a feedback loop.",
    row: "such a supplier of a product in a year",
    not_written: Some("there is none; `indicators.trickle_loops` of the manifest is then 0"),
    columns: || {
        let trade =
            |name, label, definition| RunColumn::number(name, label, definition).unit(TRADE).at_least(0.0);
        let mean =
            |name, label, definition| RunColumn::number(name, label, definition).unit(STR_UNIT).at_least(0.0);
        vec![
            PRODUCT,
            YEAR,
            SUPPLIER,
            RunColumn::share("export_share", "Share in exports", "its share in world exports"),
            trade("exports", "Exports", "its exports"),
            trade("imports", "Imports", "its imports"),
            mean(
                "str_weighted",
                "Mean STR, weighted",
                "mean STR of all other importers in the paper's reading, whatever `indicators.import_content` says, weighted by imports",
            ),
            mean("str_weighted_without", "Mean STR without", "the same if the supplier imported nothing"),
        ]
    },
};

/// What each of these suppliers does to every importer.
pub const TRICKLE_IMPORTERS: RunTable = RunTable {
    file: "trickle_importers.parquet",
    title: "What each of these suppliers does to every importer.",
    row: "such a supplier and an importer whose STR falls by 0.005 or more without it, for every product and year",
    not_written: Some("there is no such supplier"),
    columns: || {
        let str = |name, label, definition| RunColumn::number(name, label, definition).at_least(0.0);
        vec![
            PRODUCT,
            YEAR,
            SUPPLIER,
            IMPORTER,
            str(
                "str",
                "STR",
                "the paper's STR: `str`, or `str_full` where the study sets another import content",
            ),
            str("str_without", "STR without", "the same if the supplier imported nothing"),
        ]
    },
};

/// World trade across revisions of the HS.
pub const BREAKS: RunTable = RunTable {
    file: "breaks.csv",
    title: "World trade of each product across the years in which the HS was revised.",
    row: "a product and a revision that lies between two years of the study",
    not_written: Some("the study has no revision with at least five other changes from year to year"),
    columns: || {
        vec![
            PRODUCT,
            YEAR.meaning("first year of the new edition: 2007, 2012, 2017 or 2022"),
            RunColumn::number(
                "log_change",
                "Change",
                "natural logarithm of world trade in that year over the year before",
            ),
            RunColumn::number(
                "score",
                "Score",
                "distance of that change from the median of the other years, in robust standard deviations",
            )
            .page("11-guards.md"),
            RunColumn::boolean("flagged", "Flagged", "whether the series is likely to be broken there"),
        ]
    },
};

/// Mean comparative advantage.
pub const STRENGTHS: RunTable = RunTable {
    file: "strengths.parquet",
    title: "Mean RCA of every country in every product, over all years or over `indicators.strength_window`.",
    row: "a product and a country whose RCA is defined in at least one year",
    not_written: Some("RCA is never defined"),
    columns: || {
        vec![
            PRODUCT,
            COUNTRY,
            RunColumn::number(
                "mean_rca",
                "Mean RCA",
                "mean of the yearly RCA over the years in which it is defined; above 1 the country has comparative strength",
            )
            .at_least(0.0)
            .page("08-comparative-advantage.md"),
        ]
    },
};
