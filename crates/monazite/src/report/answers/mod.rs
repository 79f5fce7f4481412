//! Answers to what-if questions, each on one screen: numbers for programs, text for people.
//!
//! | question | file |
//! |---|---|
//! | who loses what in a scenario | [`mod@scenario`], as text in `scenario_text.rs` |
//! | whose stop would cost others most | [`mod@chokepoints`] |
//! | which few suppliers together | [`mod@worst`] |
//! | whom an importer could buy from instead | [`mod@plan`], as text in `plan_text.rs`, as csv: [`mod@plan_tables`] |
//! | what if others have to make way | [`mod@swap`] |
//! | what if everybody does it | [`mod@everyone`] |
//! | events of the past | [`mod@events`] |
//! | a scenario as rows of a study | [`mod@rows`] |
//! | the indices of trade without a run | [`mod@trade_indices`] |
//! | amounts, names and columns | [`mod@amounts`], [`mod@columns`] |

pub mod amounts;
pub mod chokepoints;
pub mod columns;
pub mod events;
pub mod everyone;
pub mod plan;
pub mod plan_tables;
mod plan_text;
pub mod rows;
pub mod scenario;
mod scenario_text;
pub mod swap;
pub mod trade_indices;
pub mod worst;

pub use chokepoints::{ChokepointAnswer, ChokepointRequest};
pub use events::event_list;
pub use everyone::EveryoneAnswer;
pub use plan::PlanAnswer;
pub use plan_tables::{PlanFile, plan_files};
pub use rows::scenario_toml;
pub use scenario::ScenarioAnswer;
pub use swap::SwapAnswer;
pub use trade_indices::{TradeIndicesAnswer, indices_csv};
pub use worst::WorstAnswer;
