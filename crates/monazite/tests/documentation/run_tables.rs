//! What the files of a run hold, compared with the descriptions of its tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use monazite::columnar::{Kind, TableReader};
use monazite::run_folder::{ColumnKind, OTHER_FILES, RunColumn, RunTable, tables};

/// What some runs hold, and what is wrong with it.
#[derive(Default)]
pub struct Findings {
    /// Descriptions that a file of a run fits, by the name in the description.
    files: BTreeSet<&'static str>,
    /// Descriptions of columns that a file of a run has.
    columns: BTreeSet<(&'static str, &'static str)>,
    /// What does not fit.
    pub wrong: Vec<String>,
}

impl Findings {
    /// Looks at every file of a run.
    pub fn add(&mut self, run: &Path) {
        let mut todo = vec![run.to_owned()];
        while let Some(folder) = todo.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let name = path.strip_prefix(run).unwrap().to_string_lossy().replace('\\', "/");
                if path.is_dir() {
                    todo.push(path);
                } else if let Some(table) = tables::find(&name) {
                    self.files.insert(table.file);
                    self.add_table(&path, &name, table);
                } else if let Some(file) = OTHER_FILES.iter().find(|file| file.is(&name)) {
                    self.files.insert(file.file);
                } else {
                    self.wrong.push(format!("{name}: the file is not described"));
                }
            }
        }
        for table in tables::ALL.iter().filter(|t| t.not_written.is_none()) {
            if !run.join(table.file).exists() {
                self.wrong.push(format!("{}: there is no {}", run.display(), table.file));
            }
        }
    }

    fn add_table(&mut self, path: &Path, name: &str, table: &'static RunTable) {
        let names = if name.ends_with(".parquet") {
            TableReader::open(path).unwrap().column_names()
        } else {
            csv::Reader::from_path(path).unwrap().headers().unwrap().iter().map(str::to_owned).collect()
        };
        let described = (table.columns)();
        let mut columns = Vec::new();
        for column in &names {
            let Some(found) = table.column(column) else {
                self.wrong.push(format!("{name}: the column {column} is not described"));
                return;
            };
            self.columns.insert((table.file, found.name));
            columns.push(found);
        }
        for column in described.iter().filter(|c| c.is_always_there() && !names.iter().any(|n| n == c.name)) {
            self.wrong.push(format!("{name}: there is no column {}", column.name));
        }
        let fixed: Vec<&str> = columns.iter().filter(|c| !c.is_pattern()).map(|c| c.name).collect();
        let in_order = described.iter().map(|c| c.name).filter(|c| fixed.contains(c));
        if !in_order.eq(fixed.iter().copied()) {
            self.wrong.push(format!("{name}: the columns stand in another order: {names:?}"));
        }
        let wrong = if name.ends_with(".parquet") { parquet(path, &columns) } else { text(path, &columns) };
        self.wrong.extend(wrong.map(|what| format!("{name}: {what}")));
    }

    /// Descriptions that no run has anything of.
    pub fn never_seen(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for table in &tables::ALL {
            if !self.files.contains(table.file) {
                missing.push(format!("{}: no run has such a table", table.file));
                continue;
            }
            let seen = |column: &RunColumn| self.columns.contains(&(table.file, column.name));
            missing.extend(
                (table.columns)()
                    .iter()
                    .filter(|c| !seen(c))
                    .map(|c| format!("{}: no run has a column {}", table.file, c.name)),
            );
        }
        // What the engine alone does not make: print, and briefs that somebody asks for.
        let elsewhere =
            |file: &str| file.ends_with(".png") || file.ends_with(".pdf") || file.starts_with("briefs/");
        missing.extend(
            OTHER_FILES
                .iter()
                .filter(|file| !self.files.contains(file.file) && !elsewhere(file.file))
                .map(|file| format!("{}: no run has such a file", file.file)),
        );
        missing
    }
}

/// The first cell of a csv file that does not fit its column.
fn text(path: &Path, columns: &[RunColumn]) -> Option<String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(Result::unwrap).find_map(|row| {
        columns.iter().zip(row.iter()).find_map(|(column, cell)| {
            let fits = match (cell, column.kind) {
                ("", _) => column.missing.is_some(),
                (text, ColumnKind::Text) => column.choices.is_empty() || column.choices.contains(&text),
                (text, ColumnKind::Boolean) => ["true", "false"].contains(&text),
                (text, ColumnKind::Whole) => {
                    text.parse::<i32>().is_ok_and(|number| in_range(column, f64::from(number)))
                }
                (text, ColumnKind::Number) => text.parse().is_ok_and(|number| in_range(column, number)),
            };
            (!fits).then(|| format!("{}: '{cell}' does not fit", column.name))
        })
    })
}

fn in_range(column: &RunColumn, number: f64) -> bool {
    let [low, high] = column.range;
    number.is_finite() && low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high)
}

/// The first column of a Parquet file that does not fit its description.
fn parquet(path: &Path, columns: &[RunColumn]) -> Option<String> {
    let table = TableReader::open(path).unwrap();
    columns.iter().enumerate().find_map(|(position, column)| {
        let name = column.name;
        if table.kind(position) != Some(column.parquet_kind()) {
            return Some(format!(
                "{name}: {:?} instead of {:?}",
                table.kind(position),
                column.parquet_kind()
            ));
        }
        (0..table.row_groups()).find_map(|group| {
            let rows = table.group_rows(group);
            let mut numbers = Vec::new();
            match column.parquet_kind() {
                Kind::Text | Kind::OptionalText => {
                    let mut texts = Vec::new();
                    table.read_text(group, position, 0, rows, &mut texts).unwrap();
                    let fits = |t: &String| column.choices.is_empty() || column.choices.contains(&t.as_str());
                    return texts.iter().find(|t| !fits(t)).map(|t| format!("{name}: '{t}' does not fit"));
                }
                Kind::Number => table.read_number(group, position, 0, rows, &mut numbers).unwrap(),
                Kind::OptionalNumber => {
                    let mut values = Vec::new();
                    table.read_optional_number(group, position, 0, rows, &mut values).unwrap();
                    numbers.extend(values.into_iter().flatten());
                }
                _ => {
                    let mut values = Vec::new();
                    table.read_int16(group, position, 0, rows, &mut values).unwrap();
                    numbers.extend(values.into_iter().map(f64::from));
                }
            }
            let odd = numbers.into_iter().find(|number| !in_range(column, *number));
            odd.map(|number| format!("{name}: {number} does not fit"))
        })
    })
}
