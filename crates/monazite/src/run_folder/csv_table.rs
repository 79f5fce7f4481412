//! Small csv tables of the run folder.

use super::{FolderError, RunFolder, RunTable};

/// A csv of the run folder.
pub(crate) struct CsvTable {
    writer: csv::Writer<Vec<u8>>,
}

const IN_MEMORY: &str = "writing csv to memory does not fail, and every row has a field a column";

impl CsvTable {
    /// A table with the columns of its description.
    pub(crate) fn of(table: &RunTable) -> Self {
        Self::new(&table.header())
    }

    pub(crate) fn new(header: &[&str]) -> Self {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header).expect(IN_MEMORY);
        Self { writer }
    }

    pub(crate) fn row(&mut self, fields: &[String]) {
        self.writer.write_record(fields).expect(IN_MEMORY);
    }

    pub(crate) fn write(self, folder: &mut RunFolder, name: &str) -> Result<(), FolderError> {
        folder.write(name, &self.bytes())
    }

    /// What the file holds.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.writer.into_inner().expect(IN_MEMORY)
    }
}

/// A number, or an empty cell where there is none.
pub(crate) fn cell(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}
