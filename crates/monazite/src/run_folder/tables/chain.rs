//! The value chain.

use super::keys::{DESCRIPTION, INPUT, OUTPUT, PRODUCT};
use crate::run_folder::table::{RunColumn, RunTable};

/// The products of the chain.
pub const CHAIN_NODES: RunTable = RunTable {
    file: "chain/nodes.csv",
    title: "The products of the value chain.",
    row: "a product of the chain",
    not_written: None,
    columns: || {
        vec![
            PRODUCT,
            DESCRIPTION,
            RunColumn::count("tier", "Tier", "length of the shortest path from a seed; seeds have 0"),
        ]
    },
};

/// Its links.
pub const CHAIN_EDGES: RunTable = RunTable {
    file: "chain/edges.csv",
    title: "Every link that is proposed, kept or not.",
    row: "a link",
    not_written: Some("the study has no links"),
    columns: || {
        const NOT_TESTED: &str = "not tested";
        let share = |name, label, definition| RunColumn::share(name, label, definition).missing(NOT_TESTED);
        vec![
            INPUT,
            OUTPUT,
            RunColumn::count("votes", "Votes", "runs that named the link")
                .missing("links of an edge list have no votes"),
            RunColumn::number(
                "rho",
                "Correlation",
                "correlation of imports of the input with exports of the output",
            )
            .between(-1.0, 1.0)
            .missing(NOT_TESTED)
            .page("12-value-chain.md"),
            RunColumn::number("z", "z", "its distance from the null, in standard deviations")
                .missing(NOT_TESTED),
            share("p", "p-value", "its p-value"),
            share("q", "Adjusted p-value", "its p-value adjusted for the number of tests"),
            RunColumn::boolean("kept", "Kept", "whether the link is in the chain"),
            RunColumn::text("reason", "Reason", "why it was left out, or by what it was forced in")
                .missing("kept"),
            RunColumn::text("source", "Source", "what the edge list gives as source")
                .missing("the list gives none"),
        ]
    },
};

/// Who proposes each link.
pub const CHAIN_SOURCES: RunTable = RunTable {
    file: "chain/sources.csv",
    title: "Who proposes each link.",
    row: "a link and a file that proposes it",
    not_written: Some("the study has no links, or one edge list proposes all of them"),
    columns: || {
        const NO_VOTES: &str = "the file has no votes";
        vec![
            INPUT,
            OUTPUT,
            RunColumn::text("file", "File", "the file"),
            RunColumn::text("kind", "Kind", "edge list, candidates, published network or overrides"),
            RunColumn::count("line", "Line", "line on which it stands first"),
            RunColumn::count("votes", "Votes", "runs that name it").missing(NO_VOTES),
            RunColumn::count("runs", "Runs", "runs of the file").missing(NO_VOTES),
            RunColumn::number("score", "Score", "its highest score")
                .unit("as in the file")
                .missing("the file gives none"),
            RunColumn::text("citation", "Citation", "what the file gives as source").missing("it gives none"),
        ]
    },
};
