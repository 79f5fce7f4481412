//! Typed columns in and out of Parquet files.
//!
//! A thin layer over the low-level interface of the `parquet` crate: it knows the nine kinds of column
//! that monazite writes, encodes columns independently of one another (and so in parallel), and splices the
//! encoded columns into a file row group by row group, in an order that does not depend on threads.
//!
//! Files open in pandas, polars, DuckDB and R's arrow without a word of explanation: text is
//! UTF-8, missing is null, nothing is nested.

mod chunk;
mod compact;
mod decode;
mod encoded;
mod guard;
pub mod interned;
mod pages;
mod reader;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use compact::{end_of_differences, size_of_page};
pub use decode::Damage;
pub(crate) use decode::{doubles, levels, packed_numbers, positions};
pub use encoded::{EncodedColumn, ParkedColumn};
pub(crate) use guard::guarded;
pub use pages::Page;
pub(crate) use pages::checksum;
pub use reader::TableReader;
pub(crate) use reader::{Source, decoded_footer, read_exact_at};
pub use schema::{DEFAULT_COMPRESSION_LEVEL, Kind, Schema, Values};
pub use writer::{TableBytes, TableWriter, write_table};
