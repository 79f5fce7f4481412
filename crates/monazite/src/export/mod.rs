//! Tables of a run for other programs: any table, narrowed to countries, products, years and columns, with names beside codes, as csv, JSON or
//! Stata; workbooks are made of the same [`Extract`]s by the crate `monazite-xlsx`.
//!
//! What leaves the program says where it comes from: [`about`] gives data, study, selection and how to cite them. Nothing in it depends on when
//! or where it is made, so the same run and selection give the same bytes.

pub mod about;
mod error;
pub mod extract;
pub mod files;
mod matching;
pub mod selection;
mod shares;
pub mod stata;
pub mod table_names;
pub mod text;
mod values;

pub use error::ExportError;
pub use extract::{Cell, ExportColumn, Extract};
pub use selection::Selection;
