//! The panel of indicators: every country, product and year of a study, in one streaming pass over the store.
//!
//! A product is read with all its years at once; each of its product-years is one trade matrix and one
//! factorisation. Products are computed in parallel and written in order, so memory does not grow with their
//! number and the files do not depend on the number of threads.

pub mod change_rows;
mod changes;
mod choose_countries;
pub mod columns;
mod coverage;
pub mod diagnostics;
pub mod doubts;
mod encode;
mod error;
pub mod extract;
pub mod flows;
pub mod given;
mod groups;
pub mod index_notes;
mod index_product_years;
pub mod index_rows;
mod index_tables;
pub mod indices;
pub mod market;
pub mod matrices;
pub mod notes;
pub mod product;
pub(crate) mod product_years;
pub mod production;
pub mod run;
mod setting_files;
mod small_tables;
pub mod stability_sources;
mod study_country;
mod table_totals;
mod totals_out_of_line;
pub mod trickle;
pub mod world;
pub mod writer;

pub use crate::indicators::{ProductYear, ProductYearError, ProductYearOptions, Workspace, product_year};
pub use error::PanelError;
pub use given::{Given, Totals};
pub use index_product_years::{AskedIndices, TradeIndices, trade_indices};
pub use product_years::{Asked, ProductYears, product_years};
pub use run::{PanelSummary, compute_panel};
pub use world::World;
