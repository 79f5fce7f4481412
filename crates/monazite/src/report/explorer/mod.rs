//! `explorer.json`: what the local web explorer shows of a run before it reads a table.
//!
//! The page of `monazite explore` reads the Parquet files of the run itself. What it needs first (names, the value chain with its places, trends,
//! maps, what to be careful with) and every sentence it shows come from here, so that it words no claim of its own. What the first view does not
//! show is in files beside it ([`later_json`]). The types are those of
//! `crates/monazite-explorer/web/src/contract.ts`; the schema beside it is `crates/monazite-explorer/explorer.schema.json`.

mod beside;
mod by_country;
mod chain;
mod doubts;
mod file;
mod hands;
mod later;
mod maps;
mod names;
mod rounded;
mod served;
mod told;
mod trends;
mod types;
mod words;

pub use beside::IndicesFile;
pub use by_country::{BY_COUNTRY, by_country};
pub use file::{Explorer, Study, explorer_json, run_id};
pub use later::{ChainFile, EvidenceFile, FindingsFile, Later, ProductYearsFile, later_json};
pub use rounded::Rounded;
pub use served::{Limits, OtherRun, Parts, Program, Served, Tools};
