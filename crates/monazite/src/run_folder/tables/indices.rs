//! The indices that others publish.

use super::keys::{COUNTRY, PRODUCT, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

const PAGE: &str = "26-indices.md";
/// Column of the concentration of world exports.
pub const EXPORT_HHI: &str = "export_hhi";
/// Column of whose stop is the worst.
pub const WORST_SUPPLIER: &str = "worst_supplier";

const EXTRACT: &str = "the trade of the year is an extract";
const IMPORTS_NOT_WHOLE: &str = "the trade of the year is an extract without all its imports";
const TRADE_NOT_WHOLE: &str = "the trade of the year is an extract without all its trade";
const ASKED: &str = "`indices.compute` has it, or is left out";

const fn index(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition).page(PAGE).only_if(ASKED)
}

/// The indices of every importer.
pub const INDICES: RunTable = RunTable {
    file: "indices.parquet",
    title: "Beside STR: the indices of supply risk and dependency that others publish.",
    row: "an importer that has an index, for every product with indices and every year, in the order of `indicators.parquet`",
    not_written: Some("`indices.compute` is empty, or no importer has any"),
    columns: || {
        vec![
            YEAR,
            PRODUCT,
            COUNTRY,
            RunColumn::share(
                EXPORT_HHI,
                "HHI of exports",
                "Herfindahl-Hirschman index of the world's exports of the product; the same for all importers",
            )
            .missing(EXTRACT)
            .page(PAGE),
            index(
                "whhi",
                "Weighted HHI",
                "Herfindahl-Hirschman index of the suppliers, each weighted by its instability",
            )
            .between(0.0, 1.0)
            .missing(IMPORTS_NOT_WHOLE),
            index(
                "eu_sr_trade",
                "EU supply risk, from trade",
                "supply risk by the EU's method from trade alone: exports stand for production, nothing is recycled or substituted; the EU's threshold of 1 \
                 does not hold for it",
            )
            .between(0.0, 10.0)
            .missing(EXTRACT)
            .only_if("`indices.compute` has it, or is left out and `eu_sr` lacks a table"),
            index("eu_sr", "EU supply risk", "supply risk by the EU's method with production, recycling and substitution")
                .between(0.0, 20.0)
                .missing("a table has no row for the product and year; the trade of the year is an extract without all its trade")
                .only_if("its tables are given, and `indices.compute` has it or is left out"),
            index(
                "geopolrisk_trade",
                "GeoPolRisk, from trade",
                "HHI of exports times the direct part of STR: concentration and instability of supply from trade alone",
            )
            .between(0.0, 1.0)
            .missing(EXTRACT)
            .only_if("`indices.compute` has it, or is left out and `geopolrisk` lacks its table"),
            index(
                "geopolrisk",
                "GeoPolRisk",
                "HHI of production times the instability of what the country uses, its own production among it",
            )
            .between(0.0, 1.0)
            .missing("production has no row for the product and year; the trade of the year is an extract without all its imports")
            .only_if("its table is given, and `indices.compute` has it or is left out"),
            index(
                "ec_flag",
                "Strategic dependency",
                "1 if the product is a strategic dependency by the Commission's three criteria, else 0; made for the EU as one importer",
            )
            .between(0.0, 1.0)
            .missing(TRADE_NOT_WHOLE),
            index(
                "geodep",
                "Dependent years of three",
                "in how many of the latest three years of the study CEPII's three criteria hold; a dependency from 2 on",
            )
            .between(0.0, 3.0)
            .missing("before the third year of the study; the product is not traded, or the trade is an extract, in one of the three"),
            index(
                "worst",
                "Worst single stop",
                "share of its imports that the importer loses if the one supplier stops that matters most, under mass balance",
            )
            .between(0.0, 1.0)
            .missing(EXTRACT),
            RunColumn::text(WORST_SUPPLIER, "Worst supplier", "whose stop that is: iso3, or code of a merged group")
                .missing(EXTRACT)
                .page(PAGE)
                .only_if("`worst` is there"),
            index(
                "usgs",
                "USGS supply risk",
                "geometric mean of disruption potential, import reliance and economic vulnerability",
            )
            .between(0.0, 1.0)
            .missing("a table has no row for the importer and product; the trade of the year is an extract without all its trade")
            .only_if("its tables are given, and `indices.compute` has it or is left out"),
        ]
    },
};
