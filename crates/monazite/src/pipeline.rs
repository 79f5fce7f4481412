//! The stages of a run, in order: data, chain, indicators, typology, regression, report. Nothing is computed here.

mod band_groups;
pub mod chain;
mod chain_run;
mod clock;
mod data;
mod description;
mod drawing;
mod error;
mod given;
mod indices;
pub mod inspection;
pub mod links;
mod options;
mod records;
pub mod regression;
mod rerun;
mod robustness;
pub mod screening;
pub mod shocks;
mod stages;
mod store_settings;
mod study_run;
mod summary;
mod tables;
pub mod typology;

#[doc(inline)]
pub use chain::build as build_chain;
pub use chain_run::run_chain;
pub use data::{open_trade, store_folder};
pub use drawing::{FiguresDrawn, draw_figures, report_again};
pub use error::Error;
pub use given::{MemoryRun, RunData, run_in_memory, run_on};
pub use inspection::{Inspection, inspect};
pub use options::{RunOptions, Until};
pub use rerun::{rerun_regression, rerun_typology};
pub use study_run::{run_and_print, run_study};
pub use summary::{ChainSummary, RunSummary};
