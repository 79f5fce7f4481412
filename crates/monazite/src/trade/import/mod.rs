//! From a BACI release to a store: once, in bounded memory, resumable, and never half-written.
//!
//! A store is a folder. The files of a year have a name that ends in the checksum of its flows; `store.toml`
//! names the files that belong together and is swapped in whole, last. Until then the old store is what it was.
//! Years that are finished are kept in place when an import is interrupted, and are taken over by the next one.
//!
//! The files of a release are read side by side, as many as there are threads and room in memory; a file whose neighbours are done has its
//! blocks parsed by all threads. What is written, and which error is reported, does not depend on that.

mod collector;
mod countries;
mod edition;
pub(super) mod place;
mod pool;
mod records;
mod release;
mod same_trade;
mod side_by_side;

pub(crate) use countries::adopted;
pub(crate) use place::refuse_place;
pub(crate) use records::{nothing_kept, refuse_both_flows, refuse_sums_of_lines};
pub use release::{ImportOptions, ImportOutcome, import_release};
pub(crate) use side_by_side::same_year;

#[cfg(test)]
mod tests;
