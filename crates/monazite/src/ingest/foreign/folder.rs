//! A folder of Parquet files that are one table, as Spark, Hive, DuckDB and pyarrow write them.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::ForeignError;
use super::parquet::ParquetTable;
use super::signature::{Kind, contradiction, look, shown};
use crate::disk::place::{FolderKind, kind_of};
use crate::ingest::cells::{Cell, CellBlock, CellColumn};

/// Most files of a table.
pub const MOST_PARTS: usize = 10_000;

/// Deepest nesting of folders.
const DEEPEST: usize = 8;

/// What Hive writes in the name of a folder for rows without a value.
const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// A file of a table, and what the names of its folders say of all its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The file.
    pub path: PathBuf,
    /// For each column that stands in the names of folders its text, `None` where there is none.
    pub partition: Vec<Option<String>>,
    /// Rows of the file.
    pub rows: u64,
}

/// A table that is one Parquet file, or a folder of them.
#[derive(Debug, Clone)]
pub struct ParquetFiles {
    name: String,
    parts: Vec<Part>,
    /// The columns that files have, each kind once, and which kind each file is of.
    kinds: Vec<Vec<String>>,
    kind_of_part: Vec<usize>,
    /// Columns of the files that all of them have, in the order of the first.
    columns: Vec<String>,
    /// Columns that stand in the names of folders, and whether all their values are whole numbers.
    keys: Vec<String>,
    whole: Vec<bool>,
    others: Vec<String>,
    left_out: Vec<String>,
}

/// What stands in the name of a folder: `year=2019`.
type Keys = Vec<(String, Option<String>)>;

/// Files below a folder.
struct Found {
    root: PathBuf,
    parts: Vec<(PathBuf, Keys)>,
    left_out: Vec<String>,
}

impl ParquetFiles {
    /// Opens a file, or all Parquet files below a folder.
    ///
    /// Of a folder, what begins with `.` or `_` is passed over (`_SUCCESS`, `_metadata`, checksums); anything else that is not Parquet is left
    /// out and named by [`ParquetFiles::left_out`]. Files come in the order of their paths. Folders named `key=value` give every row of the files
    /// below a text column `key`, unless the files have a column of that name.
    ///
    /// # Errors
    /// [`ForeignError`] if a file cannot be read, is named as Parquet and is something else, lacks a column that others have, or if the folder is
    /// a table of Delta Lake, Iceberg or Hudi, in which files lie that are no longer part of the table.
    pub fn open(path: &Path) -> Result<Self, ForeignError> {
        let name = path.display().to_string();
        let found = if fs::metadata(path).map_err(|e| ForeignError::io(&name, e))?.is_dir() {
            let mut found = Found { root: path.to_owned(), parts: Vec::new(), left_out: Vec::new() };
            found.look_into(path, &[], 0)?;
            if found.parts.is_empty() {
                return Err(ForeignError::file(&name, "there is no Parquet file in this folder"));
            }
            found
        } else {
            Found { root: path.to_owned(), parts: vec![(path.to_owned(), Vec::new())], left_out: Vec::new() }
        };
        Self::of(name, found)
    }

    fn of(name: String, found: Found) -> Result<Self, ForeignError> {
        let mut files = Self {
            name,
            parts: Vec::with_capacity(found.parts.len()),
            kinds: Vec::new(),
            kind_of_part: Vec::with_capacity(found.parts.len()),
            columns: Vec::new(),
            keys: Vec::new(),
            whole: Vec::new(),
            others: Vec::new(),
            left_out: found.left_out,
        };
        for (number, (path, keys)) in found.parts.into_iter().enumerate() {
            let table = ParquetTable::open(&path)?;
            let names = table.column_names();
            let in_names: Vec<String> = keys.iter().map(|(key, _)| key.clone()).collect();
            let kind = files.kinds.iter().position(|kind| *kind == names).unwrap_or(files.kinds.len());
            if kind == files.kinds.len() {
                files.kinds.push(names.clone());
            }
            files.kind_of_part.push(kind);
            if number == 0 {
                files.others = table.other_columns().to_vec();
                files.keys = in_names;
                files.columns = names;
            } else {
                files.compare(&path, &names, &in_names)?;
            }
            let partition = keys.into_iter().map(|(_, value)| value).collect();
            files.parts.push(Part { path, partition, rows: table.rows() });
        }
        files.whole = (0..files.keys.len())
            .map(|key| {
                let mut values =
                    files.parts.iter().filter_map(|part| part.partition[key].as_deref()).peekable();
                values.peek().is_some() && values.all(|value| whole_number(value).is_some())
            })
            .collect();
        Ok(files)
    }

    /// Columns that a file lacks are no columns of the table; whoever asks for one of them is told by [`ParquetFiles::read`].
    fn compare(&mut self, path: &Path, names: &[String], keys: &[String]) -> Result<(), ForeignError> {
        let file = path.display().to_string();
        if keys != self.keys {
            let text = |keys: &[String]| if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
            return Err(ForeignError::file(
                &file,
                format!(
                    "the names of its folders give the columns {}, those of {} give {}; put the files into folders of the same kind",
                    text(keys),
                    self.parts[0].path.display(),
                    text(&self.keys)
                ),
            ));
        }
        // A column that only later files have is one of the table too: reading it names the first file that lacks it.
        for name in names {
            if !self.columns.contains(name) {
                self.columns.push(name.clone());
            }
        }
        Ok(())
    }

    /// Names of the columns: those of the files, then those that stand in the names of folders.
    pub fn column_names(&self) -> Vec<String> {
        let keys = self.keys.iter().filter(|key| !self.columns.contains(key));
        self.columns.iter().chain(keys).cloned().collect()
    }

    /// Columns of the first file that hold neither numbers nor texts, each with what it is.
    pub fn other_columns(&self) -> &[String] {
        &self.others
    }

    /// Files in the folder that are not Parquet and are left out, by their paths from the folder.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The files, in the order in which they are read.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }

    /// Up to which whole number a column holds each of them, in the file that loses most; `None` if none loses any.
    pub(super) fn exact_to(&self, column: usize) -> Option<f64> {
        let names = self.column_names();
        let nth = names[..column].iter().filter(|other| **other == names[column]).count();
        let of_part = |part: &Part| {
            let table = ParquetTable::open(&part.path).ok()?;
            let there = table.column_names();
            let mut of_name = (0..there.len()).filter(|&at| there[at] == names[column]);
            table.exact_to(of_name.nth(nth)?)
        };
        self.parts.iter().filter_map(of_part).min_by(f64::total_cmp)
    }

    /// Refuses columns that a file lacks, before anything is read.
    ///
    /// # Errors
    /// [`ForeignError`], naming the first file that lacks one, and the column.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn refuse_lacking(&self, columns: &[usize]) -> Result<(), ForeignError> {
        let names = self.column_names();
        let lacks = |kind: &Vec<String>| {
            columns
                .iter()
                .map(|at| &names[*at])
                .find(|name| !kind.contains(name) && !self.keys.contains(name))
        };
        let lacking: Vec<Option<&String>> = self.kinds.iter().map(lacks).collect();
        let first = self
            .kind_of_part
            .iter()
            .enumerate()
            .find_map(|(part, kind)| Some((part, *kind, lacking[*kind]?)));
        let Some((part, kind, name)) = first else { return Ok(()) };
        let message = format!(
            "this file has no such column, other files of {} have; its columns are {}",
            self.name,
            self.kinds[kind].join(", ")
        );
        Err(ForeignError::column(&self.parts[part].path.display().to_string(), name, message))
    }

    /// Reads some columns, by their positions among [`ParquetFiles::column_names`], file by file.
    ///
    /// # Errors
    /// As [`ParquetFiles::read_part`] and [`ParquetFiles::refuse_lacking`].
    pub fn read<E: From<ForeignError>>(
        &self,
        columns: &[usize],
        each: &mut dyn FnMut(&CellBlock) -> Result<(), E>,
    ) -> Result<(), E> {
        self.refuse_lacking(columns)?;
        (0..self.parts.len()).try_for_each(|part| self.read_part(part, columns, each))
    }

    /// As [`ParquetFiles::read`], of one file; rows are counted within it.
    ///
    /// # Errors
    /// [`ForeignError`] if the file is damaged, lacks a column that is asked for, a cell is not what its column says, or a column says something else
    /// than the name of the folder; whatever `each` returns.
    ///
    /// # Panics
    /// If there is no such file or column.
    pub fn read_part<E: From<ForeignError>>(
        &self,
        part: usize,
        columns: &[usize],
        each: &mut dyn FnMut(&CellBlock) -> Result<(), E>,
    ) -> Result<(), E> {
        let at = part;
        let part = &self.parts[at];
        let file = part.path.display().to_string();
        let table = ParquetTable::open(&part.path)?;
        let (names, there) = (self.column_names(), table.column_names());
        let mut stored = Vec::with_capacity(columns.len());
        // Where each column comes from: one of the file, or the name of a folder; and columns that stand in both.
        let (mut sources, mut both) = (Vec::with_capacity(columns.len()), Vec::new());
        for &column in columns {
            let name = &names[column];
            let key = self.keys.iter().position(|key| key == name);
            // Of columns of one name, the file has as many as the table.
            let nth = names[..column].iter().filter(|other| *other == name).count();
            let of_name = there.iter().enumerate().filter(|(_, other)| *other == name);
            if let Some((at, _)) = of_name.clone().nth(nth) {
                both.extend(key.map(|key| (stored.len(), key)));
                sources.push(Ok(stored.len()));
                stored.push(at);
            } else if let Some(key) = key {
                sources.push(Err(key));
            } else {
                self.refuse_lacking(&[column])?;
            }
        }
        if both.is_empty() && sources.iter().all(Result::is_ok) {
            return table.read(&stored, each);
        }
        table.read(&stored, &mut |block: &CellBlock| {
            for &(column, key) in &both {
                let said = part.partition[key].as_deref();
                if let Some(row) = (0..block.rows).find(|&row| !says(block.cell(row, column), said)) {
                    let error = ForeignError::Cell {
                        file: file.clone(),
                        row: block.first_row + row as u64,
                        column: shown(&self.keys[key]),
                        message: format!(
                            "{}, and the name of its folder says {}; correct the one that is wrong",
                            quoted(block.cell(row, column)),
                            said.map_or_else(
                                || "that there is no value".to_owned(),
                                |said| format!("'{}'", shown(said))
                            )
                        ),
                    };
                    return Err(error.into());
                }
            }
            let columns = sources.iter().map(|source| match *source {
                Ok(at) => block.columns[at].clone(),
                Err(key) => match &part.partition[key] {
                    Some(text) if self.whole[key] => {
                        CellColumn::Integers(vec![whole_number(text); block.rows])
                    }
                    Some(text) => {
                        CellColumn::Labels { texts: vec![text.clone()], rows: vec![Some(0); block.rows] }
                    }
                    None => CellColumn::Labels { texts: Vec::new(), rows: vec![None; block.rows] },
                },
            });
            each(&CellBlock { rows: block.rows, first_row: block.first_row, columns: columns.collect() })
        })
    }
}

/// A whole number as it is written, without leading zeros.
fn whole_number(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|number| number.to_string() == text)
}

/// Whether a cell says what the name of a folder says.
fn says(cell: Cell<'_>, said: Option<&str>) -> bool {
    let Some(said) = said.map(str::trim) else { return cell == Cell::Missing };
    match cell {
        Cell::Missing => false,
        Cell::Text(text) => {
            let text = text.trim();
            text == said || text.parse::<i64>().is_ok_and(|number| said.parse() == Ok(number))
        }
        Cell::Integer(number) => said.parse() == Ok(number),
        Cell::Number(number) => said.parse() == Ok(number),
    }
}

/// A cell as messages show it.
fn quoted(cell: Cell<'_>) -> String {
    match cell {
        Cell::Missing => "there is no value here".to_owned(),
        Cell::Text(text) => format!("'{}' stands here", shown(text)),
        Cell::Integer(number) => format!("{number} stands here"),
        Cell::Number(number) => format!("{number} stands here"),
    }
}

impl Found {
    fn look_into(
        &mut self,
        folder: &Path,
        keys: &[(String, Option<String>)],
        depth: usize,
    ) -> Result<(), ForeignError> {
        let name = folder.display().to_string();
        let broken = |e| ForeignError::io(&name, e);
        if depth > DEEPEST {
            return Err(ForeignError::file(
                &name,
                format!("folders are nested more than {DEEPEST} deep; is there a link to a folder above?"),
            ));
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(broken)? {
            entries.push(entry.map_err(broken)?.path());
        }
        entries.sort();
        refuse_tables_of_logs(&name, &entries)?;
        for path in entries {
            let entry = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Spark writes `_col=value` for columns that begin so.
            if entry.starts_with('.') || (entry.starts_with('_') && !(entry.contains('=') && path.is_dir())) {
                continue;
            }
            if path.is_dir() {
                if matches!(kind_of(&path), Some(FolderKind::Store | FolderKind::Run)) {
                    continue;
                }
                let mut keys = keys.to_vec();
                keys.extend(key_of(&entry));
                self.look_into(&path, &keys, depth + 1)?;
            } else {
                self.take(path, keys)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: PathBuf, keys: &[(String, Option<String>)]) -> Result<(), ForeignError> {
        let name = path.display().to_string();
        let below = || shown(&path.strip_prefix(&self.root).unwrap_or(&path).to_string_lossy());
        if !fs::metadata(&path).map_err(|e| ForeignError::io(&name, e))?.is_file() {
            self.left_out.push(below());
            return Ok(());
        }
        match look(&path)? {
            Kind::Parquet => self.parts.push((path, keys.to_vec())),
            kind => {
                if let Some(ending @ (".parquet" | ".parq" | ".pq")) = contradiction(kind, &name) {
                    let message = format!(
                        "its name ends in {ending}, and this is {}; download or write it again",
                        kind.described()
                    );
                    return Err(ForeignError::file(&name, message));
                }
                if name.to_ascii_lowercase().ends_with(".parquet") {
                    return Err(ForeignError::file(
                        &name,
                        format!("this is {}; download or write it again", kind.described()),
                    ));
                }
                self.left_out.push(below());
            }
        }
        if self.parts.len() > MOST_PARTS {
            return Err(ForeignError::file(
                &self.root.display().to_string(),
                format!(
                    "there are more than {MOST_PARTS} Parquet files in this folder; write the table with fewer of them"
                ),
            ));
        }
        Ok(())
    }
}

/// Refuses folders in which a log says which files are part of the table: reading all of them would count rows that were removed. What
/// monazite itself wrote is no table either.
fn refuse_tables_of_logs(folder: &str, entries: &[PathBuf]) -> Result<(), ForeignError> {
    let named = |name: &str| entries.iter().find(|path| path.file_name().is_some_and(|entry| entry == name));
    let has = |name: &str| named(name).is_some_and(|path| path.is_dir());
    let refused = |message: String| Err(ForeignError::file(folder, message));
    if named("store.toml").is_some() {
        return refused("this is a store of monazite; give it as data.store".to_owned());
    }
    if named("manifest.toml").is_some() {
        return refused(
            "this is a run of monazite, which holds results; give the trade that it was made from".to_owned(),
        );
    }
    let table = if has("_delta_log") {
        "Delta Lake"
    } else if has(".hoodie") {
        "Hudi"
    } else if has("metadata") && has("data") {
        "Iceberg"
    } else {
        return Ok(());
    };
    refused(format!(
        "this is a table of {table}, in which files may lie that are no longer part of it; write the table as plain Parquet, and give that"
    ))
}

/// Key and value in the name of a folder.
fn key_of(folder: &str) -> Option<(String, Option<String>)> {
    let (key, value) = folder.split_once('=')?;
    let value = (value != NO_VALUE && !value.is_empty()).then(|| decoded(value));
    (!key.is_empty()).then(|| (decoded(key), value))
}

/// A text in which some letters are written as their bytes: `C%C3%B4te`.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// Whether a program that writes one table as several files wrote those of a folder: Spark, Hive and Dask leave such marks.
pub fn is_of_one_table(folder: &Path) -> bool {
    ["_SUCCESS", "_metadata", "_common_metadata"].iter().any(|mark| folder.join(mark).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders() {
        let key = |folder| key_of(folder).map(|(key, value)| (key, value.unwrap_or_else(|| "-".to_owned())));
        let some = |key: &str, value: &str| Some((key.to_owned(), value.to_owned()));
        assert_eq!(key("year=2019"), some("year", "2019"));
        assert_eq!(key("country=C%C3%B4te%20d'Ivoire"), some("country", "Côte d'Ivoire"));
        assert_eq!(key("rate=100%"), some("rate", "100%"));
        assert_eq!(key("x=%zz%E"), some("x", "%zz%E"));
        assert_eq!(key("x=%ff"), some("x", "%ff"), "no text in UTF-8");
        assert_eq!(key("iso=__HIVE_DEFAULT_PARTITION__"), some("iso", "-"));
        assert_eq!(key("a=b=c"), some("a", "b=c"));
        assert_eq!(key("2019"), None);
        assert_eq!(key("=2019"), None);
    }
}
