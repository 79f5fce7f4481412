//! What-if questions to a run: what if a supplier stops, who can stop most, whom to buy from instead.
//!
//! | question | file |
//! |---|---|
//! | the trade of a run as matrices, with the import content of exports under three readings | [`mod@trade`] |
//! | the value chain of a run in an order in which inputs come first | [`mod@order`] |
//! | a scenario by codes becomes one of positions, or is refused with what is possible | [`mod@resolve`] |
//! | links, stocks and capacities that a user gives | [`mod@side_tables`] |
//! | what a scenario takes, product by product | [`mod@outcome`] |
//! | every supplier of every product alone | [`mod@chokepoints`] |
//! | other suppliers for an importer | [`mod@suppliers`] |
//! | the years whose trade a scenario hits | [`mod@base_years`] |
//! | events of the past on the years and codes of a run | [`mod@past`] |
//! | the same for all importers of some products | [`mod@plans`] |
//! | who could sell more in a scenario | [`mod@spare`] |
//! | what a plan does to others, and everybody planning | [`mod@others`] |
//! | the tables of a run | [`mod@stage`] |
//! | the same as csv | [`mod@csv`] |
//!
//! All of it rests on the tables of a run: `flows.parquet`, the chain and the panel. A run that holds no flows, or only an extract of
//! the trade of the world, is refused with the reason.

pub mod base_years;
pub mod chokepoints;
pub mod csv;
mod encode;
mod error;
pub mod order;
pub mod others;
pub mod outcome;
pub mod past;
pub mod plans;
pub mod resolve;
pub mod side_tables;
pub mod spare;
pub mod stage;
pub mod suppliers;
pub mod trade;

pub use chokepoints::{Chokepoint, chokepoints};
pub use error::WhatIfError;
pub use others::InTurn;
pub(crate) use outcome::imports_without;
pub use outcome::{ContentReading, ProductOutcome, ScenarioOutcome, TierTrade, WhatIf, lost_share};
pub use past::{EventInRun, event_in_run};
pub use side_tables::MadeUpFor;
pub use spare::{SpareCapacity, spare_capacity};
pub use stage::{ShockSummary, is_output};
pub use suppliers::{Diversification, OtherSuppliers};
pub use trade::{ProductTrade, RunTrade, why_no_trade};
