#![doc = "monazite"]
pub mod columnar;
pub mod delimited;
pub mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod indicators;
pub mod ingest;
pub mod nomenclature;
pub mod panel;
pub mod pipeline;
pub mod profile;
pub mod progress;
pub mod regression;
pub mod report;
pub mod study;
pub mod trade;
pub mod typology;
pub mod units;
pub mod value_chain;

pub use error::Error;
