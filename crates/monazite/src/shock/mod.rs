//! What if a supplier stops: who loses how much, at once and down the chain, and where the chokepoints are.
//!
//! | question | file |
//! |---|---|
//! | what happens? | [`mod@asked`] by codes, [`mod@scenario`] in one product-year |
//! | who loses how much of its imports of a product? | [`mod@within`] |
//! | how far does that hang on what re-exports are made of? | [`mod@readings`] |
//! | which supplier's stop costs most? | [`mod@scan`], [`mod@worst`] |
//! | what happened already? | [`mod@events`] |
//! | what if others sell more? | [`mod@substitution`] |
//! | what does it cost down the chain? | [`mod@chain`], and at once for all suppliers [`mod@downstream`] |
//!
//! All of it is about one year, in memory. Rows are suppliers, columns are importers; undefined is `None`, never 0. Nothing here is a forecast:
//! a year is a year, and there are no prices, no recovery, and no stocks or other suppliers unless they are given.

pub mod asked;
pub mod chain;
pub mod downstream;
pub mod events;
mod passing;
pub mod readings;
pub mod scan;
pub mod scenario;
mod solver;
pub mod substitution;
pub mod within;
pub mod worst;

pub use asked::{Scenario, ScenarioRow};
pub use chain::{
    Chain, ChainInput, ChainLosses, ChainOptions, ChainProduct, ChainReading, ChainShock, InputWeights,
    ProductLosses,
};
pub use downstream::{Downstream, StopDownstream};
pub use passing::Production;
pub use readings::{Readings, ThreeContents, readings};
pub use scan::{Scan, SupplierPower, each_stop, joint_stop, scan};
pub use scenario::{Combine, CutTo, ExportCut, ProductShock, ProductionLoss, ShockError};
pub use solver::ShockSolver;
pub use substitution::{Capacity, Rationing, Substituted, Substitution, price_proxy, substitute};
pub use within::{Propagation, Rounds, propagate, rounds};
pub use worst::{WorstStep, WorstSuppliers, worst_suppliers};
