//! The panel of indicators, and the same for groups.

use super::keys::{COUNTRY, PRODUCT, USD, YEAR};
use crate::indicators::Column;
use crate::run_folder::table::{RunColumn, RunTable};

/// The panel.
pub const INDICATORS: RunTable = RunTable {
    file: "indicators.parquet",
    title: "The panel of indicators.",
    row: "a country that trades anything in the year, for every product of the study and every year",
    not_written: None,
    columns: || {
        let mut columns = vec![YEAR, PRODUCT, COUNTRY];
        columns.extend(Column::ALL.map(described));
        columns.push(
            RunColumn::share(
                "imputed_share",
                "Imputed share",
                "share of the imports that comes from suppliers whose PV is imputed",
            )
            .missing("no imports"),
        );
        columns.push(
            RunColumn::number("trade_risk", "Trade risk", "import reliance times STR")
                .at_least(0.0)
                .missing("no imports")
                .only_if("`indicators.trade_risk` is set"),
        );
        columns
    },
};

/// The same for groups that are means of their members.
pub const GROUPS: RunTable = RunTable {
    file: "groups.parquet",
    title: "Indicators of the groups that are means of their members.",
    row: "a group with a member that trades in the year, for every product and year",
    not_written: Some("the study has no such groups"),
    columns: || {
        let mut columns = vec![
            YEAR,
            PRODUCT,
            RunColumn::text("group", "Group", "code of the group"),
            RunColumn::count("members", "Members", "members that trade in the year"),
        ];
        columns.extend(Column::ALL.map(|column| of_group(column, described(column))));
        columns
    },
};

/// The indicator of a group.
fn of_group(column: Column, of_country: RunColumn) -> RunColumn {
    match column {
        Column::Imports => of_country.meaning("imports of the members together, trade among them included"),
        Column::Exports => of_country.meaning("exports of the members together, trade among them included"),
        Column::Rca => of_country
            .meaning("revealed comparative advantage of the members as one: it follows from their summed exports and is no mean")
            .missing("no member has total exports, or nobody exports the product"),
        _ => of_country
            .meaning("mean over the members that have a value, weighted by their exports of the product")
            .missing("no member that exports the product has one"),
    }
}

/// A column of an indicator.
fn described(column: Column) -> RunColumn {
    let number = RunColumn::number;
    const NO_TRADE: &str = "the country does not trade the product";
    match column {
        Column::Imports => number("imports", "Imports", "M_c, imports of the product").unit(USD).at_least(0.0),
        Column::Exports => number("exports", "Exports", "X_c, exports of the product").unit(USD).at_least(0.0),
        Column::Exposure => number("exposure", "Exposure", "M/(M + X): 1 for a country that imports only")
            .between(0.0, 1.0)
            .missing(NO_TRADE)
            .page("02-exposure.md"),
        Column::Hhi => number("hhi", "HHI", "concentration of suppliers: sum of their squared shares")
            .between(0.0, 1.0)
            .missing("no imports")
            .page("03-supplier-concentration.md"),
        Column::Str => number("str", "STR", "systemic trade risk; 1 and above, or 0 and above with `indicators.identity = \"excess\"`")
            .at_least(0.0)
            .missing(NO_TRADE)
            .page("04-systemic-trade-risk.md"),
        Column::Influence => number("influence", "Influence", "risk passed on to others")
            .at_least(0.0)
            .missing("the country does not trade the product; as a share also where no other country carries any risk")
            .page("05-influence.md"),
        Column::Rca => number("rca", "RCA", "revealed comparative advantage")
            .at_least(0.0)
            .missing("total exports of the country or the world, or world exports of the product, are 0 or not known")
            .page("08-comparative-advantage.md"),
        Column::Pc1 => number("pc1", "Composite", "first principal component of exposure, HHI and STR")
            .unit("standard deviations")
            .missing("any of the three is missing, or no composite could be fitted")
            .page("10-composite.md"),
        Column::HhiNormalised => number("hhi_normalised", "HHI, normalised", "(H - 1/n)/(1 - 1/n), n suppliers")
            .between(0.0, 1.0)
            .missing("fewer than two suppliers")
            .page("03-supplier-concentration.md"),
        Column::StrDirect => number("str_direct", "STR, direct part", "part of STR - 1 that comes from the suppliers themselves")
            .between(0.0, 1.0)
            .missing(NO_TRADE)
            .page("04-systemic-trade-risk.md"),
        Column::StrIndirect => number("str_indirect", "STR, indirect part", "part of STR - 1 that comes from behind the suppliers")
            .at_least(0.0)
            .missing(NO_TRADE)
            .page("04-systemic-trade-risk.md"),
    }
}
