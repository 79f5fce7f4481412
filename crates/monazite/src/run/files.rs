//! Where the files of a run lie. Nothing else in [`super`] opens a file.

use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

use super::RunError;
use crate::columnar::TableReader;
use crate::delimited::{Table, TableError};
use crate::run_folder::{FolderError, RunFolder};

/// The files of a run: of a finished one, of one in progress, or of a finished one of which a stage is made again.
#[derive(Debug, Clone)]
pub struct RunFiles {
    folder: PathBuf,
    made: Option<PathBuf>,
    /// Which files of the folder do not belong to the run any more.
    replaces: fn(&str) -> bool,
}

impl RunFiles {
    /// The files of a finished run. Nothing is looked at before a file is asked for.
    pub fn folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), made: None, replaces: |_| false }
    }

    /// What a run in progress has made so far, and nothing that an older run left behind.
    pub fn in_progress(folder: &RunFolder) -> Self {
        Self::amended(folder, |_| true)
    }

    /// A finished run of which a stage is made again: what was made anew, and all that it does not replace.
    pub fn amended(folder: &RunFolder, replaces: fn(&str) -> bool) -> Self {
        Self { folder: folder.folder().to_owned(), made: Some(folder.staging().to_owned()), replaces }
    }

    /// The run in words, for messages.
    pub fn name(&self) -> String {
        self.folder.display().to_string()
    }

    /// Where a file lies, or would.
    pub fn place_of(&self, name: &str) -> PathBuf {
        match self.made.as_ref().map(|made| made.join(name)) {
            Some(made) if made.is_file() || (self.replaces)(name) => made,
            _ => self.folder.join(name),
        }
    }

    /// Whether there is a file of this name.
    pub fn exists(&self, name: &str) -> bool {
        self.place_of(name).is_file()
    }

    /// The folder in which the tables of the indicators lie together.
    pub(super) fn of_panel(&self) -> PathBuf {
        let indicators = self.place_of("indicators.parquet");
        indicators.parent().unwrap_or(&self.folder).to_owned()
    }

    /// The text of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// [`FolderError::Io`] if it cannot be read.
    pub fn text_if_there(&self, name: &str) -> Result<Option<String>, FolderError> {
        if !self.exists(name) {
            return Ok(None);
        }
        let path = self.place_of(name);
        std::fs::read_to_string(&path).map(Some).map_err(|e| FolderError::io(&path, "cannot be read", e))
    }

    /// A csv table; `None` if there is no such file.
    ///
    /// # Errors
    /// [`TableError`] if it cannot be read.
    pub fn table_if_there(&self, name: &str) -> Result<Option<Table>, TableError> {
        if self.exists(name) { Table::read(&self.place_of(name)).map(Some) } else { Ok(None) }
    }

    /// A Parquet table; `None` if there is no such file.
    ///
    /// # Errors
    /// [`FolderError::Parquet`] if it is damaged.
    pub fn parquet_if_there(&self, name: &str) -> Result<Option<TableReader>, FolderError> {
        if !self.exists(name) {
            return Ok(None);
        }
        let path = self.place_of(name);
        TableReader::open(&path).map(Some).map_err(|e| FolderError::parquet(&path, e))
    }
}

/// Calls `take` with every row group of a Parquet table and its number of rows; never if the run has no such table.
///
/// # Errors
/// [`RunError::Folder`] if it is damaged.
pub(super) fn each_group(
    files: &RunFiles,
    name: &str,
    mut take: impl FnMut(&TableReader, usize, usize) -> Result<(), ParquetError>,
) -> Result<(), RunError> {
    let Some(table) = files.parquet_if_there(name)? else { return Ok(()) };
    for group in 0..table.row_groups() {
        take(&table, group, table.group_rows(group))
            .map_err(|e| FolderError::parquet(&files.place_of(name), e))?;
    }
    Ok(())
}

/// The column `year` of a row group.
pub(super) fn years(table: &TableReader, group: usize, rows: usize) -> Result<Vec<i32>, ParquetError> {
    let mut years = Vec::with_capacity(rows);
    table.read_int16(group, table.column("year")?, 0, rows, &mut years)?;
    Ok(years)
}

/// A column of numbers of a row group.
pub(super) fn numbers(
    table: &TableReader,
    group: usize,
    rows: usize,
    name: &str,
) -> Result<Vec<f64>, ParquetError> {
    let mut values = Vec::with_capacity(rows);
    table.read_number(group, table.column(name)?, 0, rows, &mut values)?;
    Ok(values)
}
