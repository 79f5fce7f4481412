//! The panel of indicators, and the same for groups.

use super::keys::{COUNTRY, PRODUCT, YEAR};
use crate::indicators::{Column, OfGroups};
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
        columns.extend(Column::ALL.iter().filter_map(|&column| of_group(column)));
        columns
    },
};

/// Input products of the groups.
pub const GROUP_INPUTS: RunTable = RunTable {
    file: "group_inputs.csv",
    title: "The input products of the groups that are means of their members, as `inputs.csv` has them for countries.",
    row: "a group and one of its input products",
    not_written: Some("the study has no such groups, or none of them has input products"),
    columns: || {
        vec![
            RunColumn::text("group", "Group", "code of the group"),
            PRODUCT.meaning("HS6 code of the input").page("09-input-products.md"),
        ]
    },
};

/// A column of an indicator, from its row in the table of indicators.
fn described(column: Column) -> RunColumn {
    let mut described =
        RunColumn::number(column.name(), column.label(), column.definition().trim_end_matches('.'))
            .unit(column.unit())
            .page(column.page());
    described.range = bounds(column.range()).expect("a test reads the range of every column");
    if column.may_be_missing() {
        described = described.missing(column.missing_when());
    }
    if column.always_written() { described } else { described.only_if("the study asks for it") }
}

/// The indicator of a group; `None` if groups do not have it.
fn of_group(column: Column) -> Option<RunColumn> {
    let of_country = described(column);
    match column.of_groups() {
        OfGroups::Sum => Some(of_country.meaning("sum over the members, trade among them included")),
        OfGroups::FromSums => Some(
            of_country
                .meaning("of the members as one: it follows from their summed exports and is no mean")
                .missing("no member has total exports, or nobody exports the product"),
        ),
        OfGroups::MeanByExports => Some(
            of_country
                .meaning("mean over the members that have a value, weighted by their exports of the product")
                .missing("no member that exports the product has a value"),
        ),
        OfGroups::LeftOut => None,
    }
}

/// Smallest and largest value of a range in words; the wider one if it says two. `None` if it is not understood.
fn bounds(range: &str) -> Option<[Option<f64>; 2]> {
    let of_one = |words: &str| match words.split(' ').take(3).collect::<Vec<_>>()[..] {
        [low, "to", high] => Some([Some(low.parse().ok()?), Some(high.parse().ok()?)]),
        [low, "and", "above"] => Some([Some(low.parse().ok()?), None]),
        ["any", "number"] => Some([None, None]),
        _ => None,
    };
    let all: Vec<[Option<f64>; 2]> = range.split("; ").map(of_one).collect::<Option<_>>()?;
    all.into_iter().reduce(|a: [Option<f64>; 2], b| {
        [a[0].zip(b[0]).map(|(a, b)| a.min(b)), a[1].zip(b[1]).map(|(a, b)| a.max(b))]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_in_words_are_understood() {
        assert_eq!(bounds("0 to 1"), Some([Some(0.0), Some(1.0)]));
        assert_eq!(bounds("1 and above; 0 and above with identity = \"excess\""), Some([Some(0.0), None]));
        assert_eq!(bounds("any number"), Some([None, None]));
        assert_eq!(bounds("some"), None);
        for column in Column::ALL {
            assert!(bounds(column.range()).is_some(), "{}: {}", column.name(), column.range());
        }
    }
}
