//! Reading what users have: BACI releases as downloaded, other tables of trade, and the Governance Indicators.
//!
//! Every row is kept, or refused with file, line, column and value, or left out and counted with its reason
//! and its trade value. Nothing is lost silently.

pub mod account;
mod archive;
pub mod baci;
mod cell_words;
pub mod cells;
mod code_levels;
pub mod codes;
pub mod countries;
mod country_text;
mod error;
pub mod factors;
pub mod foreign;
pub mod glance;
pub mod governance;
pub mod own_table;
mod product_text;
pub mod production;
pub mod release;
mod release_names;
mod same_content;
mod source_file;
mod stray_lines;
pub mod tables;
mod tables_below;
pub mod year_table;

pub use account::{Dropped, IngestAccount, LeftOut};
pub use baci::{FlowRow, ReadOptions, ShortCodes, UnknownCountry};
pub(crate) use country_text::country_of_number;
pub use error::IngestError;
pub use governance::{Governance, GovernanceMeasure, MissingStability, Stability};
pub use release::Release;
pub use release_names::MADE_UP_MARK;
pub(crate) use same_content::refuse_same_content;
pub use source_file::SourceFile;
