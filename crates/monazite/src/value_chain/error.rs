//! Why no value chain could be built.

use super::link::Link;
use super::significance::ParameterError;
use crate::delimited::TableError;
use crate::trade::StoreError;

/// Why no value chain could be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The links form a cycle and the policy is to reject.
    #[error("the links form a cycle: {}; remove one of them, or set chain.cycles = \"greedy\" to drop the weakest", cycle_text(.0))]
    Cycle(Vec<Link>),
    /// Links that experts force form a cycle.
    #[error("the links that are forced form a cycle: {}; take one of them out of the overrides", cycle_text(.0))]
    ForcedCycle(Vec<Link>),
    /// A link from a product to itself.
    #[error("{} is listed as an input of itself{}; remove the line", .0.input, at_line(.0))]
    SelfLoop(Box<Link>),
    /// A list of links could not be read, or a field of it is wrong.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A list without a link.
    #[error("{file}: the edge list has no links")]
    Empty {
        /// The file.
        file: String,
    },
    /// A run that has no links to compare.
    #[error("{folder}: there are no links to compare: {why}")]
    NoLinks {
        /// The folder.
        folder: String,
        /// Why, and what to do.
        why: &'static str,
    },
    /// A published network none of whose links fits the trade data.
    #[error(
        "{file}: no row has two codes of {edition}; it lacks {codes}. {}",
        super::product_codes::advice_on(codes).join("; ")
    )]
    NothingPlaced {
        /// The file.
        file: String,
        /// Edition of the trade.
        edition: String,
        /// The first codes that have no place there.
        codes: String,
    },
    /// Links in another edition of the HS than the trade.
    #[error(
        "{file}: the links are in {found}, the trade data in {expected}; give links in {expected}, or import the trade as {found}"
    )]
    Edition {
        /// The file, or the key of the study that says the edition.
        file: String,
        /// Edition of the links.
        found: String,
        /// Edition of the trade.
        expected: String,
    },
    /// More votes asked for than there are runs.
    #[error("{file}: {key} = {votes} can never be reached: the file has {runs} runs; ask for at most {runs}")]
    TooFewRuns {
        /// The file.
        file: String,
        /// The key or option that asks.
        key: &'static str,
        /// Votes asked for.
        votes: u64,
        /// Runs in the file.
        runs: u32,
    },
    /// Parameters of the test that do not go together.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// The trade could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

fn at_line(link: &Link) -> String {
    link.line.map_or_else(String::new, |line| format!(" (line {line})"))
}

fn cycle_text(links: &[Link]) -> String {
    let links: Vec<String> =
        links.iter().map(|link| format!("{} -> {}{}", link.input, link.output, at_line(link))).collect();
    links.join(", ")
}
