//! Before and after a trade measure: what happened to the products that it hit, compared with products that it did not.
//!
//! | what | where |
//! |---|---|
//! | the table of measures | [`measures`] |
//! | measures that begin in one year, their controls, what is left out | [`cases`] |
//! | outcomes of a run: imports, tonnes, unit values, concentration, STR | [`outcomes`] |
//! | difference in differences and event-study form by least squares | [`regressions`] |
//! | permutation over products | [`permutation`] |
//! | all of it, with placebos | [`comparison`] |
//!
//! Not to be mixed up with [`crate::shock::events`], which are stops of supply of the past to be put on a run as scenarios: those say what a
//! stop would take, this says what was seen after it.

mod answer;
pub mod cases;
pub mod comparison;
mod error;
pub mod measures;
pub mod outcomes;
pub mod permutation;
mod publication;
pub mod regressions;
mod sample;
pub mod stage;
mod tables;
pub mod words;

pub use answer::Answer;
pub use cases::{Case, Cases, NoControl, Treated};
pub use comparison::{BeforeAfter, CaseResult, Estimate, PathPoint, Placebo, compare};
pub use error::BeforeAfterError;
pub use measures::{PolicyMeasure, PolicyMeasures};
pub use permutation::{ProductChange, Subsets, difference_in_differences};
pub use sample::{Part, Sample, SampleUnit};
pub use tables::{ResultFile, files_of};
pub use words::{CAN_CLAIM, CANNOT_CLAIM, READING, label};
