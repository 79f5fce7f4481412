//! Political stability (PV) of the World Bank's Worldwide Governance Indicators: PV(a, t) for every country and year.
//!
//! Every layout in which it is published is read (see [`layouts`]), one vintage at a time. The percentile rank averages
//! 50 over the countries of a year by construction; the 0-100 score of the 2025 edition averages about 66 and is
//! *another scale*. A file in which the two are spliced together is refused: STR would jump where the splice is.

mod columns;
mod grid;
pub mod layouts;
mod ranks;
mod record;
mod resolve;
mod scale;
mod sheets;
mod stability;
mod vintage;
mod wrapping;

pub use layouts::Layout;
pub use ranks::percentile_ranks;
pub use record::GovernanceRecord;
pub use stability::{GovernanceMeasure, MissingStability, Origin, Stability, StabilityOptions};
pub use vintage::Governance;
