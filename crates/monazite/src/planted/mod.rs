//! A planted world: a whole release of made-up trade in which everything that the program should find is known.
//!
//! Links and tiers of the value chain, types of countries, the course of systemic trade risk and the coefficients of the regression are
//! set first; trade that has them is made from that. Everything is synthetic and says so in every file. `docs/validation.md` has the
//! construction in full, what holds exactly, and what the program recovers.

mod economy;
mod error;
mod files;
mod growth;
mod options;
mod random;
pub mod recovery;
pub mod revision;
mod trade;
mod truth;
mod world;

pub use error::PlantedError;
pub use options::{DEEPEST_TIER, PlantedOptions, PlantedSlopes, TYPES};
pub use recovery::{Recovery, RecoveryError, recover, run_and_recover};
pub use truth::PlantedCoefficient;
pub use world::PlantedWorld;
