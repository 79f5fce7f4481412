//! Whom an importer could buy from instead, how far that lowers its risk, and what it does to others.
//!
//! | question | file |
//! |---|---|
//! | what does risk come to for other purchases? | [`purchase`] |
//! | what can be bought at all? | [`mod@limits`] |
//! | what has the least risk? | [`optimum`]; how far does it fall if more is moved: [`mod@frontier`] |
//! | what has the least HHI, largest supplier, worst stop? | [`hhi`], [`largest`], [`worst_stop`] |
//! | what does a smaller largest supplier cost? | [`mod@trade_off`] |
//! | what does it do to others? | [`others`] if supply follows demand, [`mod@swap`] if it does not |
//! | what if everybody does it? | [`everyone`] |
//! | all of it for one importer | [`mod@plan`] |
//!
//! All of it for one product in one year, by position in the trade matrix. Rows are suppliers, columns are importers. The import content φ of exports is held,
//! except where a plan says that it is recomputed.

pub mod everyone;
pub mod frontier;
mod game;
pub mod hhi;
pub mod largest;
pub mod limits;
pub mod moves;
pub mod optimum;
pub mod others;
pub mod plan;
pub mod purchase;
mod rewritten;
pub mod stops;
pub mod swap;
pub mod trade_off;
mod water_level;
pub mod worst_stop;

pub use everyone::{Everyone, SupplierDemand, sequential, simultaneous};
pub use frontier::{Frontier, FrontierPoint, frontier, frontiers};
pub use hhi::least_concentrated;
pub use largest::least_largest;
pub use limits::{CapacityOf, LimitError, LimitOptions, Limits, SupplierCapacity, limits};
pub use moves::{Move, moves};
pub use optimum::{Optimum, least_risk};
pub use others::{Effect, effects, mean_effect};
pub use plan::{Change, Objective, Plan, PlanError, PlanOptions, Planner, PlannerMemory, UsedCapacity, plan};
pub use purchase::Purchase;
pub use stops::{StopLoss, StopRisk, WorstStop, stop_losses};
pub use swap::{Swap, SwapError, SwapMove, swap};
pub use trade_off::{TradeOff, trade_off};
pub use worst_stop::{LeastWorstStop, least_worst_stop};
