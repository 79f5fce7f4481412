//! Two runs side by side: what differs in what went in, then in what came out.
//!
//! Two vintages of the data, two materials, two settings: [`Comparison::of`] says which inputs and options differ, what both runs hold, by how
//! much their indicators differ and where most, who changes places, which links of the value chain and which chokepoints are in one run only.

mod chokepoints;
mod coverage;
mod files;
mod inputs;
mod levels;
mod links;
mod page;
mod ranks;
mod result;
mod side_by_side;
mod words;

pub use chokepoints::{CHOKEPOINT, Chokepoint};
pub use coverage::Coverage;
pub use files::{check_place, comparison_files, levels_csv, write_comparison};
pub use inputs::Difference;
pub use levels::{IndicatorDifference, ProductDifference};
pub use links::LinkOfOne;
pub use ranks::RankChange;
pub use result::Comparison;
pub use side_by_side::TOLERANCE;
