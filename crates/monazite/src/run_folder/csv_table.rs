//! Small csv tables of the run folder.

use super::{FolderError, RunFolder, RunTable};
use crate::delimited::CsvText;

/// A csv of the run folder.
pub(crate) struct CsvTable {
    text: CsvText,
}

impl CsvTable {
    /// A table with the columns of its description.
    pub(crate) fn of(table: &RunTable) -> Self {
        Self::new(&table.header())
    }

    pub(crate) fn new(header: &[&str]) -> Self {
        Self { text: CsvText::new(header) }
    }

    pub(crate) fn row(&mut self, fields: &[String]) {
        self.text.row(fields);
    }

    pub(crate) fn write(self, folder: &mut RunFolder, name: &str) -> Result<(), FolderError> {
        folder.write(name, &self.bytes())
    }

    /// What the file holds.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.text.bytes()
    }
}

/// A number, or an empty cell where there is none.
pub(crate) fn cell(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}
