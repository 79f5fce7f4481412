//! Tables of trade that are not BACI's: which column is what, in which unit, which of the flows it reports, and what a row of it comes to.
//!
//! What is known of headers is in `names`; [`Layout`] gives the columns of one table their meaning; a row maker makes a row of cells, whatever
//! format they come from; text comes by way of `text`.

mod flow_words;
mod foreign;
mod header;
mod layout;
mod names;
mod options;
mod reading;
mod row_maker;
mod text;

pub(in crate::ingest) use foreign::{ForeignFile, header_of, read_foreign};
pub use header::TableHeader;
pub use layout::{Layout, Sides};
pub use options::{ColumnMap, ColumnRole, FlowDirection, QuantityUnit, TableOptions, ValueUnit};
pub use reading::Reading;
pub(in crate::ingest) use text::TableText;
