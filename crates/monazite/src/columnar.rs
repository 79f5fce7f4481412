//! Typed columns in and out of Parquet files.
//!
//! A thin layer over the low-level interface of the `parquet` crate: it knows the six kinds of column
//! that monazite writes, encodes columns independently of one another (and so in parallel), and splices the
//! encoded columns into a file row group by row group, in an order that does not depend on threads.
//!
//! Files open in pandas, polars, DuckDB and R's arrow without a word of explanation: text is
//! UTF-8, missing is null, nothing is nested.

mod guard;
pub mod interned;
mod reader;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::TableReader;
pub use schema::{DEFAULT_COMPRESSION_LEVEL, EncodedColumn, Kind, ParkedColumn, Schema, Values};
pub use writer::{TableBytes, TableWriter, write_table};
