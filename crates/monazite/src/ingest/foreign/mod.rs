//! Trade tables as other programs write them: Parquet, one file or a folder, and Stata; and what a file is by its first bytes.
//!
//! A table is read in blocks of cells, only the columns that are asked for, with memory that does not grow with the file. What the columns mean
//! is decided elsewhere.
//!
//! | file | what |
//! |---|---|
//! | `signature` | what a file is, and why it is not read if it is not |
//! | `parquet` | a Parquet file: `pages` looks at what is read before it is decoded, `crate::columnar` at what the file says of itself, `values` makes cells |
//! | `folder` | Parquet files of a folder as one table |
//! | `stata` | tables of Stata; `lengths` looks at what they say of themselves |

mod error;
pub mod folder;
mod lengths;
mod pages;
pub mod parquet;
pub mod signature;
pub mod stata;
mod values;

use std::collections::BTreeMap;
use std::path::Path;

pub use error::ForeignError;
pub use folder::ParquetFiles;
pub use signature::Kind;
pub use stata::StataTable;

use super::cells::CellBlock;

/// A table of a foreign format, open for reading.
#[derive(Debug)]
pub enum ForeignTable {
    /// A Parquet file or a folder of them.
    Parquet(ParquetFiles),
    /// A table of Stata.
    Stata(StataTable),
}

impl ForeignTable {
    /// Opens a file that is Parquet or Stata by its first bytes, or a folder of Parquet files.
    ///
    /// # Errors
    /// [`ForeignError`] if it is something else, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, ForeignError> {
        if path.is_dir() {
            return ParquetFiles::open(path).map(Self::Parquet);
        }
        let name = path.display().to_string();
        match signature::look(path)? {
            Kind::Parquet => ParquetFiles::open(path).map(Self::Parquet),
            Kind::Stata => StataTable::open(path).map(Self::Stata),
            kind => {
                let message = signature::refusal_of(kind, &name).unwrap_or_else(|| {
                    format!("this is {}, and neither Parquet nor a table of Stata", kind.described())
                });
                Err(ForeignError::file(&name, message))
            }
        }
    }

    /// Names of the columns.
    pub fn column_names(&self) -> Vec<String> {
        match self {
            Self::Parquet(files) => files.column_names(),
            Self::Stata(table) => table.column_names(),
        }
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Parquet(files) => files.rows(),
            Self::Stata(table) => table.rows(),
        }
    }

    /// Up to which whole number a column holds each of them; `None` if it loses none. Numbers of 32 bits lose digits beyond 16,777,216.
    pub fn exact_to(&self, column: usize) -> Option<f64> {
        match self {
            Self::Parquet(files) => files.exact_to(column),
            Self::Stata(table) => table.exact_to(column),
        }
    }

    /// Reads some columns, by their positions among [`ForeignTable::column_names`], in blocks of at most [`parquet::ROWS_A_BLOCK`] rows.
    ///
    /// # Errors
    /// [`ForeignError`] if the file is damaged or a cell is not what its column says; whatever `each` returns.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn read<E: From<ForeignError>>(
        &self,
        columns: &[usize],
        each: &mut dyn FnMut(&CellBlock) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Parquet(files) => files.read(columns, each),
            Self::Stata(table) => table.read(columns, each),
        }
    }

    /// Texts that stand for the numbers of a column; only tables of Stata have them.
    ///
    /// # Errors
    /// [`ForeignError`] if the file is damaged.
    pub fn labels(&self, column: usize) -> Result<BTreeMap<i32, String>, ForeignError> {
        match self {
            Self::Parquet(_) => Ok(BTreeMap::new()),
            Self::Stata(table) => table.labels(column),
        }
    }
}
