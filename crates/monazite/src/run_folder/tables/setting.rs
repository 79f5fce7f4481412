//! What a run is about: countries, products, political stability, input products.

use super::keys::{COUNTRY, DESCRIPTION, KIND, NAME, PRODUCT, UNIT, YEAR};
use crate::run_folder::table::{RunColumn, RunTable};

/// The products.
pub const PRODUCTS: RunTable = RunTable {
    file: "products.csv",
    title: "The products of the study.",
    row: "a product",
    not_written: None,
    columns: || {
        vec![
            PRODUCT,
            DESCRIPTION,
            RunColumn::count("tier", "Tier", "tier in the value chain").missing("it is not in the chain"),
            RunColumn::boolean("focus", "Focus", "whether it is in the focus of the study"),
        ]
    },
};

/// Political stability.
pub const STABILITY: RunTable = RunTable {
    file: "stability.csv",
    title: "Political stability as the run used it.",
    row: "a country and a year in which it trades",
    not_written: None,
    columns: || {
        vec![
            COUNTRY,
            YEAR,
            RunColumn::number("pv", "Political stability", "political stability; instability is 1 - pv/100")
                .unit("percentile rank")
                .between(0.0, 100.0)
                .missing("the country is left out as a supplier"),
            RunColumn::text("origin", "Origin", "`observed`, or how the value was filled in").one_of(&[
                "observed",
                "interpolated",
                "nearest_year",
                "fifty",
                "region_mean",
                "parent_state",
                "absent",
            ]),
        ]
    },
};

/// The countries.
pub const COUNTRIES: RunTable = RunTable {
    file: "countries.csv",
    title: "Countries and groups of the run, and what each is.",
    row: "a country or group",
    not_written: None,
    columns: || {
        vec![
            UNIT,
            NAME,
            KIND,
            RunColumn::text("members", "Members", "the members, separated by blanks").missing("a country"),
        ]
    },
};

/// Input products.
pub const INPUTS: RunTable = RunTable {
    file: "inputs.csv",
    title: "The input products of each country: the direct inputs of what it has comparative strength in.",
    row: "a country and one of its input products",
    not_written: Some("the study has no links"),
    columns: || vec![COUNTRY, PRODUCT.meaning("HS6 code of the input").page("09-input-products.md")],
};

/// Lists that are too long for a note.
pub const LISTS: RunTable = RunTable {
    file: "lists.csv",
    title: "Everything of which the notes of the run name the first ten.",
    row: "an entry of a list",
    not_written: Some("no note names more than ten of anything"),
    columns: || {
        vec![
            RunColumn::text("list", "List", "what is listed"),
            RunColumn::text("entry", "Entry", "one of it, in the order of the note"),
        ]
    },
};
