//! Bands: how far STR is known.

use super::keys::{COUNTRY, PRODUCT, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

const PAGE: &str = "22-uncertainty.md";
const STR_UNIT: &str = "as `str`";
const NONE: &str = "`uncertainty.bands` is 0; the Governance Indicators at hand have no standard errors; the trade is an extract; the run was \
                    made by `monazite indicators`";

const READING: RunColumn = RunColumn::text(
    "reading",
    "Reading",
    "import content of exports behind STR, as `indicators.import_content` names it: `full` is the paper's, `mass_balance` that of \
     `str_mass_balance`; the study's own beside them, if it is another",
)
.one_of(&["full", "mass_balance", "exposure", "production", "none"]);

const WHO: RunColumn = RunColumn::text(
    "who",
    "Who",
    "iso3 or code of a merged group; code of a group of `groups.means` (mean of its members, weighted by their exports of the product); \
     `WORLD`: mean over all importers, weighted by imports",
);

const fn number(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition).unit(STR_UNIT).page(PAGE)
}

const fn level(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    number(name, label, definition).at_least(0.0)
}

const fn rank(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition).at_least(1.0).missing(NOT_RANKED).page(PAGE)
}

const NOT_RANKED: &str = "the importer has less than 0.5 % of world imports";

/// STR of every importer with its band.
pub const BANDS: RunTable = RunTable {
    file: "bands.parquet",
    title: "STR of every importer with its band: how far it is known, given the standard errors of political stability.",
    row: "an importer, for every product with bands, year and reading",
    not_written: Some(NONE),
    columns: || {
        vec![
            YEAR,
            PRODUCT,
            COUNTRY,
            READING,
            level(
                "point",
                "STR",
                "STR with the published stability, as in `indicators.parquet`; it is not the middle of the band",
            ),
            level("p05", "STR, 5 %", "5 % of the draws are below"),
            level("median", "STR, median", "half of the draws are below"),
            level("p95", "STR, 95 %", "95 % of the draws are below"),
            rank(
                "rank",
                "Rank",
                "1 + number of importers with a higher STR, among those with at least 0.5 % of world imports",
            ),
            rank("rank_p05", "Rank, 5 %", "5 % of the draws are below; interpolated between whole ranks"),
            rank("rank_median", "Rank, median", "half of the draws are below"),
            rank("rank_p95", "Rank, 95 %", "95 % of the draws are below"),
            RunColumn::share(
                "share_top",
                "Among the riskiest",
                "share of the draws in which the rank is at most `uncertainty.top`",
            )
            .missing(NOT_RANKED)
            .page(PAGE),
        ]
    },
};

/// Mean STR of a product with its band.
pub const BAND_MEANS: RunTable = RunTable {
    file: "band_means.csv",
    title: "Mean STR of a product, year by year, with its band.",
    row: "a product and year, for the world and every group, under each reading",
    not_written: Some(NONE),
    columns: || {
        vec![
            PRODUCT,
            WHO,
            YEAR,
            READING,
            level(
                "point",
                "Mean STR",
                "mean STR with the published stability; it is not the middle of the band",
            ),
            level("p05", "Mean STR, 5 %", "5 % of the draws are below"),
            level("median", "Mean STR, median", "half of the draws are below"),
            level("p95", "Mean STR, 95 %", "95 % of the draws are below"),
        ]
    },
};

/// The change of STR over the study with its band.
pub const BAND_CHANGES: RunTable = RunTable {
    file: "band_changes.csv",
    title: "The change of STR from the first to the last year of the study, with its band: is it outside its own uncertainty?",
    row: "a product, and a country that trades it in both years and imports it in one, a group or the world, under each reading; for the world \
          its parts too",
    not_written: Some("as `band_means.csv`, or the study has one year"),
    columns: || {
        let slope = |name, label, definition| {
            number(name, label, definition).missing("the row is a part of a change").unit("as `str`, a year")
        };
        vec![
            PRODUCT,
            WHO,
            RunColumn::whole("from_year", "From", "first year of the study"),
            RunColumn::whole("to_year", "To", "last year of the study"),
            READING,
            RunColumn::text(
                "part",
                "Part",
                "the whole change, or what of it is due to import shares, political stability, import content of exports, or who imports how \
                 much (these four add up to it); `network` is shares and import content together",
            )
            .one_of(&["change", "shares", "stability", "import_content", "importers", "network"])
            .page(PAGE),
            number("point", "Change", "change with the published stability; it is not the middle of the band"),
            number("p025", "Change, 2.5 %", "2.5 % of the draws are below"),
            number("median", "Change, median", "half of the draws are below"),
            number("p975", "Change, 97.5 %", "97.5 % of the draws are below"),
            RunColumn::share("share_above_0", "Share above 0", "share of the draws in which it is above 0").page(PAGE),
            slope("slope", "Slope", "slope of the straight line through all years with a value, with the published stability"),
            slope("slope_p025", "Slope, 2.5 %", "2.5 % of the draws are below"),
            slope("slope_p975", "Slope, 97.5 %", "97.5 % of the draws are below"),
        ]
    },
};
