//! The regression.

use super::keys::{PRODUCT, UNIT};
use crate::run_folder::table::{RunColumn, RunTable};

const NONE: Option<&str> = Some("there is no regression");
const NO_ERROR: &str = "no standard error";
const OUTCOME: &str = "of the outcome per unit";
const AS_ESTIMATE: &str = "as `estimate`";

pub(super) const PRESET: RunColumn =
    RunColumn::text("preset", "Preset", "scale, sample if it is not all, and STR if it is mass-balanced");
pub(super) const TRANSFORM: RunColumn =
    RunColumn::text("transform", "Scale", "scale of comparative advantage")
        .one_of(&["literal", "log", "log1p", "rsca"]);
pub(super) const SAMPLE: RunColumn =
    RunColumn::text("sample", "Sample", "which country-products").one_of(&["all", "strengths", "positive"]);
pub(super) const RISK: RunColumn =
    RunColumn::text("risk", "STR", "which systemic trade risk stands where the regression says STR")
        .one_of(&["str", "mass_balance"]);
pub(super) const TERM: RunColumn =
    RunColumn::text("term", "Term", "constant, regressor, or factor and level");
pub(super) const ESTIMATE: RunColumn = RunColumn::number("estimate", "Estimate", "coefficient").unit(OUTCOME);
pub(super) const SE: RunColumn =
    RunColumn::number("se", "Standard error", "standard error of the reported kind")
        .unit(AS_ESTIMATE)
        .at_least(0.0)
        .missing("it is zero or was clipped");
pub(super) const P: RunColumn =
    RunColumn::share("p", "p-value", "two-sided p-value of a coefficient of zero").missing(NO_ERROR);
pub(super) const N: RunColumn = RunColumn::count("n", "Rows", "rows of the regression");
const R2: RunColumn =
    RunColumn::share("r2", "R²", "share of the variance explained").missing("the outcome does not vary");
const NOTATION: RunColumn =
    RunColumn::text("notation", "Notation", "estimate and standard error as -0.13(1)").missing(NO_ERROR);
const COVARIANCE: RunColumn = RunColumn::text("covariance", "Covariance", "kind of standard error")
    .one_of(&["classical", "hc1", "hc3", "country", "product", "two_way"]);
/// First and last year of both windows.
pub(super) const WINDOWS: [RunColumn; 4] = [
    RunColumn::whole("baseline_from", "Baseline from", "first year of the baseline"),
    RunColumn::whole("baseline_to", "Baseline to", "last year of the baseline"),
    RunColumn::whole("projection_from", "Projection from", "first year of the projection"),
    RunColumn::whole("projection_to", "Projection to", "last year of the projection"),
];

/// An end of a confidence interval.
const fn bound(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition).unit(AS_ESTIMATE).missing(NO_ERROR)
}

/// Every preset.
pub const REGRESSION_TABLE: RunTable = RunTable {
    file: "regression/table.csv",
    title: "Every preset of the regression, those of the table and the others.",
    row: "a preset and a coefficient",
    not_written: NONE,
    columns: || {
        let se = |name, label, definition| {
            RunColumn::number(name, label, definition)
                .unit(AS_ESTIMATE)
                .at_least(0.0)
                .missing("it is not defined")
        };
        vec![
            PRESET,
            TRANSFORM,
            SAMPLE,
            RISK,
            RunColumn::boolean("reported", "Reported", "whether it is a column of the table"),
            TERM,
            RunColumn::text("kind", "Kind", "what the coefficient belongs to").one_of(&[
                "constant",
                "regressor",
                "level",
            ]),
            ESTIMATE.page("18-regression.md"),
            se("se_classical", "SE, classical", "standard error, classical"),
            se("se_hc1", "SE, HC1", "standard error, robust to heteroskedasticity (HC1)"),
            se("se_hc3", "SE, HC3", "standard error, robust to heteroskedasticity (HC3)"),
            se("se_country", "SE, by country", "standard error, clustered by country"),
            se("se_product", "SE, by product", "standard error, clustered by product"),
            se("se_two_way", "SE, two-way", "standard error, clustered by country and product"),
            RunColumn::number("t", "t", "estimate over reported standard error").missing(NO_ERROR),
            P,
            RunColumn::share(
                "p_wild",
                "p-value, bootstrap",
                "wild cluster bootstrap p-value, clustered by country",
            )
            .missing("not drawn"),
            bound("ci_low", "Interval, low", "lower end of the confidence interval"),
            bound("ci_high", "Interval, high", "upper end of the confidence interval"),
            NOTATION,
            N,
            R2,
        ]
    },
};

/// The rows.
pub const REGRESSION_PANEL: RunTable = RunTable {
    file: "regression/panel.parquet",
    title: "The rows of the regression.",
    row: "a country and product of which any variable is known",
    not_written: NONE,
    columns: || {
        vec![
            UNIT,
            PRODUCT,
            RunColumn::number("cluster", "Cluster", "cluster of the country, a whole number").at_least(0.0).missing("it has none"),
            RunColumn::number("tier", "Tier", "tier of the product, a whole number").at_least(0.0).missing("not in the chain"),
            RunColumn::whole("group", "Group", "1 if it is a group beside its members, else 0").between(0.0, 1.0),
            RunColumn::whole("strength", "Strength", "1 if mean RCA is above 1, else 0").between(0.0, 1.0),
            RunColumn::whole(
                "in_{literal,log,log1p,rsca}{,_strengths,_positive}",
                "In the sample",
                "1 if the row is in the regression of this scale and sample, else 0; one column a preset",
            )
            .between(0.0, 1.0),
            RunColumn::number(
                "{,after_,change_}{,inputs_}@{,_literal,_log,_log1p,_rsca}",
                "Variable",
                "mean of the indicator over the baseline, over the projection (`after_`), or its change between them (`change_`); of the product, \
                 or the mean over its inputs (`inputs_`, filled for products without inputs by `regression.fill`); on the scale at the end of the \
                 name. The columns are those of the study's regression",
            )
            .unit("as the indicator")
            .missing("too few years or no input have a value, or the scale is not defined for it")
            .page("18-regression.md"),
        ]
    },
};

/// What became of the rows.
pub const REGRESSION_ROWS: RunTable = RunTable {
    file: "regression/rows.csv",
    title: "What became of the country-products.",
    row: "a preset and a reason to leave rows out",
    not_written: NONE,
    columns: || {
        vec![
            PRESET,
            TRANSFORM,
            SAMPLE,
            RISK,
            RunColumn::text("what", "What", "reason, or `country-products`, or `used`"),
            RunColumn::count("count", "Count", "country-products"),
        ]
    },
};

/// The paper's statements on signs.
pub const REGRESSION_SIGNS: RunTable = RunTable {
    file: "regression/signs.csv",
    title: "The thirteen statements of the paper about signs.",
    row: "a preset and a statement",
    not_written: NONE,
    columns: || {
        const NOT_JUDGED: &str = "it cannot be judged";
        vec![
            PRESET,
            TRANSFORM,
            SAMPLE,
            RISK,
            RunColumn::text("statement", "Statement", "in words"),
            RunColumn::number("value", "Value", "coefficient, or the difference that is judged")
                .unit(OUTCOME)
                .missing(NOT_JUDGED),
            RunColumn::boolean("agrees", "Agrees", "whether the statement holds").missing(NOT_JUDGED),
            RunColumn::boolean(
                "significant",
                "Significant",
                "whether the coefficient is significantly different from zero",
            )
            .missing("not about one coefficient"),
            RunColumn::text("not_judged", "Not judged", "why it is not judged, and does not count")
                .missing("it is judged"),
        ]
    },
};

/// The sweep.
pub const REGRESSION_SWEEP: RunTable = RunTable {
    file: "regression/sweep.csv",
    title: "The regression with other windows, scales, samples and standard errors.",
    row: "a coefficient of one regression with one kind of standard error",
    not_written: Some("there is no regression, or no sweep"),
    columns: || {
        let mut columns = WINDOWS.to_vec();
        columns.extend([
            TRANSFORM,
            SAMPLE,
            COVARIANCE,
            TERM,
            ESTIMATE.page("19-sweep-and-robustness.md"),
            SE,
            P,
            RunColumn::share(
                "q",
                "Adjusted p-value",
                "p-value adjusted for the false discovery rate over all regressors with this kind of standard error",
            )
            .missing("constant and levels"),
            N,
        ]);
        columns
    },
};

/// The sweep by coefficient.
pub const REGRESSION_SWEEP_SUMMARY: RunTable = RunTable {
    file: "regression/sweep_summary.csv",
    title: "The sweep by coefficient.",
    row: "a scale, sample, kind of standard error and coefficient",
    not_written: Some("there is no regression, or no sweep"),
    columns: || {
        let estimate = |name, label, definition| RunColumn::number(name, label, definition).unit(OUTCOME);
        vec![
            TRANSFORM,
            SAMPLE,
            COVARIANCE,
            TERM,
            RunColumn::count("fits", "Regressions", "regressions that have it"),
            estimate("median", "Median", "middle estimate"),
            estimate("lowest", "Lowest", "smallest estimate"),
            estimate("highest", "Highest", "largest estimate"),
            RunColumn::share("same_sign", "Same sign", "share with the sign of the median"),
            RunColumn::share("significant", "Significant", "share with this sign and a small p-value"),
            RunColumn::share("discovered", "Discovered", "share with this sign and a small adjusted p-value")
                .missing("constant and levels"),
        ]
    },
};

/// Without each country and each tier.
pub const REGRESSION_LEAVE_OUT: RunTable = RunTable {
    file: "regression/leave_out.csv",
    title: "The regression without each country and each tier.",
    row: "a preset, what is left out, and a coefficient",
    not_written: Some("there is no regression, or nothing is left out"),
    columns: || {
        vec![
            PRESET,
            TRANSFORM,
            SAMPLE,
            RISK,
            RunColumn::text("kind", "Kind", "country or tier").one_of(&["country", "tier"]),
            RunColumn::text("left_out", "Left out", "which"),
            TERM,
            ESTIMATE,
            SE,
            P,
            N,
        ]
    },
};

/// With inputs of other products.
pub const REGRESSION_PLACEBO: RunTable = RunTable {
    file: "regression/placebo.csv",
    title: "The regression with the inputs of other products of the tier.",
    row: "a preset and a coefficient of the inputs",
    not_written: Some("there is no regression, or no placebo is drawn"),
    columns: || {
        vec![
            PRESET,
            TRANSFORM,
            SAMPLE,
            RISK,
            TERM,
            RunColumn::number("t", "t", "t on the data as they are").missing(NO_ERROR),
            RunColumn::count("draws", "Draws", "draws that could be run"),
            RunColumn::share("rejected", "Rejected", "share of draws that are significant"),
            RunColumn::share(
                "p_placebo",
                "p-value, placebo",
                "share of draws with a t at least as far from zero",
            )
            .missing(NO_ERROR),
        ]
    },
};

/// The robustness checks.
pub const REGRESSION_ROBUSTNESS: RunTable = RunTable {
    file: "regression/robustness.csv",
    title: "The table under each robustness check.",
    row: "a check, preset and coefficient",
    not_written: Some("there is no regression, or no check is made"),
    columns: || {
        vec![
            RunColumn::text("check", "Check", "name of the check, or `as_is`"),
            RunColumn::text("what", "What", "what was changed, in words"),
            PRESET,
            TRANSFORM,
            SAMPLE,
            RISK,
            TERM,
            ESTIMATE,
            SE,
            P,
            bound("ci_low", "Interval, low", "lower end of the confidence interval"),
            bound("ci_high", "Interval, high", "upper end of the confidence interval"),
            NOTATION,
            N,
            R2,
        ]
    },
};

/// The robustness checks that were wanted.
pub const REGRESSION_CHECKS: RunTable = RunTable {
    file: "regression/checks.csv",
    title: "The robustness checks that were wanted.",
    row: "a check",
    not_written: Some("there is no regression, or no check is wanted"),
    columns: || {
        vec![
            RunColumn::text("check", "Check", "name of the check"),
            RunColumn::text("what", "What", "what was changed, in words"),
            RunColumn::text("not_made", "Not made", "why the check could not be made").missing("it was made"),
        ]
    },
};

/// What could not be run.
pub const REGRESSION_NOT_RUN: RunTable = RunTable {
    file: "regression/not_run.csv",
    title: "What was wanted and could not be run.",
    row: "a regression",
    not_written: Some("there is nothing of the kind"),
    columns: || {
        vec![
            RunColumn::text("stage", "Stage", "where it was wanted").one_of(&[
                "preset",
                "sweep",
                "leave out",
                "robustness",
            ]),
            PRESET.meaning("scale and sample").missing("not about one preset"),
            RunColumn::text("what", "What", "windows, what was left out, or the check")
                .missing("not about any"),
            RunColumn::text("reason", "Reason", "why"),
        ]
    },
};
