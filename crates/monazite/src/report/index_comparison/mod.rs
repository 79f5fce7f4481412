//! Systemic trade risk beside the indices that others publish, over all importers of all products of a run in a year.
//!
//! | question | file |
//! |---|---|
//! | which indices, and what each measures | [`Index`] |
//! | do they put importers into the same order? | [`Correlation`], `ranks.rs` |
//! | do they see what import flags see? | [`FlagComparison`] |
//! | where do two of them disagree most? | [`Disagreement`], and why: `reasons.rs` |
//! | all of it for a run | [`IndexComparison`] |
//! | in words, on a terminal, as csv | `words.rs`, `before_after.rs`, `text.rs`, `files.rs` |

mod answered;
mod before_after;
mod cells;
mod correlations;
mod disagreements;
mod files;
mod flags;
mod index;
mod pair;
mod ranks;
mod reasons;
mod result;
mod side_by_side;
mod text;
mod words;

pub use answered::{Answered, ThreeAnswers};
pub use correlations::Correlation;
pub use disagreements::Disagreement;
pub use files::{ComparisonFile, comparison_files};
pub use flags::FlagComparison;
pub use index::Index;
pub use pair::Pair;
pub use ranks::{area_under_curve, average_ranks, rank_correlation};
pub use result::{IndexComparison, IndexRequest, IndexThere};
pub(in crate::report) use side_by_side::why_not;
pub use words::what_to_know;
