//! The world market of each product, and what happened to it after a trade measure.

use super::keys::{EXPORTER, PRODUCT, USD, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

const PAGE: &str = "27-before-and-after.md";
const NO_TABLE: &str = "the study names no table of measures (`event.table`); the trade is an extract; the run was made by `monazite indicators`";

const MEASURE: RunColumn =
    RunColumn::text("measure", "Measure", "what was done, as the table of measures calls it");
const DATE: RunColumn = RunColumn::whole("date", "Date", "first year of the measure");
const OUTCOMES: &[&str] = &[
    "imports",
    "tonnes",
    "unit_value",
    "unit_value_screened",
    "unit_value_median",
    "export_hhi",
    "hhi",
    "str_mass_balance",
    "str_full",
];
const OUTCOME: RunColumn = RunColumn::text(
    "outcome",
    "Outcome",
    "what is compared: ln of imports, tonnes or unit value; HHI of world exports or of the suppliers of an importer; STR",
)
.one_of(OUTCOMES)
.page(PAGE);
const ESTIMATE: RunColumn = RunColumn::number(
    "estimate",
    "Estimate",
    "mean change of the treated products minus that of the controls; in log points for imports, tonnes and unit values",
)
.page(PAGE);
const IN_FORCE: RunColumn =
    RunColumn::boolean("in_force", "In force", "whether the measure is in force in the year");
const SUBSETS: RunColumn = RunColumn::text(
    "subsets",
    "Subsets",
    "whether all subsets of the treated size were taken for treated in turn, or some were drawn",
)
.one_of(&["all", "drawn"])
.page(PAGE);

const fn share_of_permutations(definition: &'static str) -> RunColumn {
    RunColumn::share("p_permutation", "p, permutation", definition).page(PAGE)
}

/// The world market of each product-year.
pub const WORLD_MARKET: RunTable = RunTable {
    file: "world_market.csv",
    title: "The world market of each product-year: its value, how concentrated its exports are, its weight and unit value. From flows between two countries, before \
            re-exports are traced or anything else is taken out.",
    row: "a product and year with trade",
    not_written: Some(
        "the study has more than 300 products and neither keeps its flows (`output.flows`) nor has a table of measures (`event.table`); the trade is an extract",
    ),
    columns: || {
        const NO_QUANTITY: &str = "no flow has a quantity above 0";
        let of =
            |name, label, definition| RunColumn::number(name, label, definition).at_least(0.0).page(PAGE);
        vec![
            PRODUCT,
            YEAR,
            of("trade", "World imports", "value of all flows").unit(USD),
            RunColumn::share(
                "export_hhi",
                "HHI of exports",
                "sum of the squared shares of the exporters in world exports",
            )
            .page(PAGE),
            RunColumn::count("flows", "Flows", "number of flows"),
            RunColumn::count("flows_with_quantity", "Flows with a quantity", "flows with a quantity above 0"),
            of("value_with_quantity", "Value with a quantity", "value of the flows with a quantity")
                .unit(USD)
                .missing(NO_QUANTITY),
            of("tonnes", "Tonnes", "their weight").unit("tonnes").missing(NO_QUANTITY),
            of(
                "value_plausible",
                "Value, screened",
                "value of the flows whose unit value is from a tenth to ten times the median",
            )
            .unit(USD)
            .missing(NO_QUANTITY),
            of("tonnes_plausible", "Tonnes, screened", "their weight").unit("tonnes").missing(NO_QUANTITY),
            of("median_unit_value", "Median unit value", "median over flows of value over weight")
                .unit("thousand USD a tonne")
                .missing(NO_QUANTITY),
        ]
    },
};

/// The measures.
pub const BEFORE_AFTER_MEASURES: RunTable = RunTable {
    file: "before_after/measures.csv",
    title: "The trade measures, as the table of the study has them.",
    row: "a measure on a product by an exporter",
    not_written: Some(NO_TABLE),
    columns: || {
        vec![
            PRODUCT,
            EXPORTER,
            RunColumn::whole("from", "From", "its first year"),
            RunColumn::whole("to", "To", "its last year").missing("it is in force"),
            MEASURE,
        ]
    },
};

/// What happened after each measure.
pub const BEFORE_AFTER: RunTable = RunTable {
    file: "before_after/estimates.csv",
    title: "What happened after each measure, compared with products without one: difference in differences.",
    row: "a measure and date, an outcome and a window of years",
    not_written: Some(NO_TABLE),
    columns: || {
        let p = |name, label, definition| RunColumn::share(name, label, definition).page(PAGE);
        const NO_ERROR: &str = "fewer than two clusters, or no variance";
        vec![
            MEASURE,
            DATE,
            OUTCOME,
            RunColumn::whole("pre_first", "Base from", "first year of the base"),
            RunColumn::whole("pre_last", "Base to", "last year of the base"),
            RunColumn::whole("post_first", "Compared from", "first year that is compared with it"),
            RunColumn::whole("post_last", "Compared to", "last year that is compared with it"),
            RunColumn::count("treated", "Treated", "treated products that are compared"),
            RunColumn::count(
                "controls",
                "Controls",
                "products without a measure that they are compared with",
            ),
            RunColumn::count("rows", "Rows", "rows of the regression: units times years"),
            RunColumn::number("change_treated", "Change, treated", "mean change of the treated products"),
            RunColumn::number("change_controls", "Change, controls", "mean change of the controls"),
            ESTIMATE,
            RunColumn::number(
                "standard_error",
                "Standard error",
                "clustered by product, by importer, by product and importer: see the page",
            )
            .at_least(0.0)
            .missing(NO_ERROR)
            .page(PAGE),
            p("p_clustered", "p, clustered", "two-sided p by that standard error").missing(NO_ERROR),
            p("p_bootstrap", "p, bootstrap", "two-sided p by the wild cluster bootstrap over products")
                .missing("not asked for, or undefined"),
            share_of_permutations(
                "share of the subsets of products, as many as are treated, whose estimate is at least as large in size as that of the treated",
            ),
            SUBSETS,
            RunColumn::count("subsets_taken", "Subsets taken", "how many subsets that rests on"),
            p(
                "p",
                "p",
                "the one to read: by permutation with fewer than ten treated products or controls, else clustered",
            )
            .missing(NO_ERROR),
            RunColumn::text("p_by", "p by", "which one that is").one_of(&["permutation", "clustered"]),
        ]
    },
};

/// The event-study form.
pub const BEFORE_AFTER_PATH: RunTable = RunTable {
    file: "before_after/path.csv",
    title: "Year by year: the difference between treated products and controls, relative to the year before the measure.",
    row: "a measure and date, an outcome and a year",
    not_written: Some(NO_TABLE),
    columns: || {
        const BASE: &str = "the year before the measure, which all others are compared with";
        vec![
            MEASURE,
            DATE,
            OUTCOME,
            YEAR,
            RunColumn::whole(
                "years_after",
                "Years after",
                "years since the first year of the measure; negative before it",
            ),
            IN_FORCE,
            ESTIMATE.meaning(
                "difference between treated products and controls, minus that in the year before the measure",
            ),
            RunColumn::number(
                "standard_error",
                "Standard error",
                "clustered as in `before_after/estimates.csv`",
            )
            .at_least(0.0)
            .missing(BASE)
            .page(PAGE),
            RunColumn::share("p_clustered", "p, clustered", "two-sided p by that standard error")
                .missing(BASE)
                .page(PAGE),
            share_of_permutations("as in `before_after/estimates.csv`, for this year").missing(BASE),
            RunColumn::number("cloud_low", "Cloud from", "5 % of the subsets have an estimate below this")
                .page(PAGE),
            RunColumn::number("cloud_high", "Cloud to", "5 % of the subsets have an estimate above this")
                .page(PAGE),
        ]
    },
};

/// Placebos.
pub const BEFORE_AFTER_PLACEBOS: RunTable = RunTable {
    file: "before_after/placebos.csv",
    title: "Placebos: every other year as the date of the measure, and each control as if it were treated.",
    row: "a measure and date, an outcome and a placebo",
    not_written: Some(NO_TABLE),
    columns: || {
        vec![
            MEASURE,
            DATE,
            OUTCOME,
            RunColumn::text("placebo", "Placebo", "another year as the date, or a control as treated")
                .one_of(&["date", "control"])
                .page(PAGE),
            RunColumn::whole("placebo_date", "Placebo date", "the year taken for the date"),
            PRODUCT.meaning("HS6 code of the control").missing("the placebo is a date"),
            ESTIMATE.meaning("as in `before_after/estimates.csv`, of the placebo"),
            share_of_permutations("as in `before_after/estimates.csv`, at this date")
                .missing("the placebo is a control"),
            RunColumn::boolean(
                "touches_measure",
                "Touches the measure",
                "whether one of its years is a year of the measure: it then shows the measure too",
            )
            .page(PAGE),
        ]
    },
};

/// Which products are compared.
pub const BEFORE_AFTER_PRODUCTS: RunTable = RunTable {
    file: "before_after/products.csv",
    title: "Which products are treated, which are controls, and which are left out and why.",
    row: "a measure and date, and a product of the run",
    not_written: Some(NO_TABLE),
    columns: || {
        vec![
            MEASURE,
            DATE,
            PRODUCT,
            RunColumn::text("role", "Role", "what the product is in the comparison")
                .one_of(&["treated", "control", "left out"]),
            RunColumn::text("exporters", "Exporters", "who took the measure, separated by blanks")
                .missing("the product is not treated"),
            RunColumn::share(
                "exporters_share",
                "Their share",
                "share of these exporters in world exports of the product over the base years",
            )
            .missing("the product is not treated, or nobody exports it"),
            RunColumn::text("reason", "Reason", "why it is left out, or what to know of a treated product")
                .missing("none"),
        ]
    },
};

/// The numbers of the figure.
pub const BEFORE_AFTER_FIGURE: RunTable = RunTable {
    file: "figures/before_after{,_*}.csv",
    title: "The numbers of the figure before_after: the paths of treated products with the cloud of the subsets.",
    row: "a measure and date, an outcome and a year",
    not_written: Some(NO_TABLE),
    columns: || {
        vec![
            MEASURE,
            DATE,
            OUTCOME,
            YEAR,
            IN_FORCE,
            ESTIMATE,
            RunColumn::number("cloud_low", "Cloud from", "5 % of the subsets have an estimate below this"),
            RunColumn::number("cloud_high", "Cloud to", "5 % of the subsets have an estimate above this"),
        ]
    },
};
