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

mod before_after;
mod cells;
mod correlations;
mod disagreements;
mod files;
mod flags;
mod index;
mod ranks;
mod reasons;
mod result;
mod text;
mod words;

pub use correlations::Correlation;
pub use disagreements::{Disagreement, Pair};
pub use files::{ComparisonFile, comparison_files};
pub use flags::FlagComparison;
pub use index::Index;
pub use ranks::{area_under_curve, average_ranks, rank_correlation};
pub(in crate::report) use result::why_not;
pub use result::{IndexComparison, IndexRequest, IndexThere};
pub use words::{Answered, ThreeAnswers, what_to_know};
