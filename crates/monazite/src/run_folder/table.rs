//! What a table of the run folder holds: its columns with kind, label, unit, range and meaning.
//!
//! Writers take header and kinds from here, the documentation page and the JSON schema are made from it, and the tests compare it
//! with the files of runs.

use super::name_pattern;
use crate::columnar::{Kind, Schema};

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, UTF-8.
    Text,
    /// A whole number; 32 bits in Parquet.
    Whole,
    /// A double.
    Number,
    /// `true` or `false`.
    Boolean,
}

impl ColumnKind {
    /// Its name in the documentation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Whole => "whole number",
            Self::Number => "number",
            Self::Boolean => "true or false",
        }
    }
}

/// One column of a table of the run folder.
///
/// ```
/// use monazite::run_folder::tables;
/// let trends = tables::find("trends.csv").unwrap();
/// let weighted = trends.column("str_weighted").unwrap();
/// assert_eq!(weighted.label, "Mean STR, weighted");
/// assert_eq!(weighted.missing, Some("nobody imports"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunColumn {
    /// Its name; a [pattern](name_pattern) where the study decides how many such columns there are.
    pub name: &'static str,
    /// What its cells are.
    pub kind: ColumnKind,
    /// Name for people.
    pub label: &'static str,
    /// Unit; empty if there is none.
    pub unit: &'static str,
    /// Smallest and largest value that it can have; `None` where there is no bound.
    pub range: [Option<f64>; 2],
    /// What it means, in one line.
    pub definition: &'static str,
    /// When a cell is null or empty; `None` if it never is.
    pub missing: Option<&'static str>,
    /// When the column is there; `None` if it always is.
    pub only_if: Option<&'static str>,
    /// All texts that a cell can hold; empty if they are not from a list.
    pub choices: &'static [&'static str],
    /// Page of `docs/methods` that defines it, without folder; empty if none does.
    pub page: &'static str,
}

impl RunColumn {
    const fn new(
        name: &'static str,
        kind: ColumnKind,
        label: &'static str,
        definition: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            label,
            unit: "",
            range: [None, None],
            definition,
            missing: None,
            only_if: None,
            choices: &[],
            page: "",
        }
    }

    /// A column of texts.
    pub const fn text(name: &'static str, label: &'static str, definition: &'static str) -> Self {
        Self::new(name, ColumnKind::Text, label, definition)
    }

    /// A column of whole numbers.
    pub const fn whole(name: &'static str, label: &'static str, definition: &'static str) -> Self {
        Self::new(name, ColumnKind::Whole, label, definition)
    }

    /// A column of numbers.
    pub const fn number(name: &'static str, label: &'static str, definition: &'static str) -> Self {
        Self::new(name, ColumnKind::Number, label, definition)
    }

    /// A column of `true` and `false`.
    pub const fn boolean(name: &'static str, label: &'static str, definition: &'static str) -> Self {
        Self::new(name, ColumnKind::Boolean, label, definition)
    }

    /// A share: a number from 0 to 1.
    pub const fn share(name: &'static str, label: &'static str, definition: &'static str) -> Self {
        Self::number(name, label, definition).between(0.0, 1.0)
    }

    /// A whole number from 0 on.
    pub const fn count(name: &'static str, label: &'static str, definition: &'static str) -> Self {
        Self::whole(name, label, definition).at_least(0.0)
    }

    /// The same with a unit.
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// The same with a smallest value.
    pub const fn at_least(mut self, low: f64) -> Self {
        self.range[0] = Some(low);
        self
    }

    /// The same with a smallest and a largest value.
    pub const fn between(mut self, low: f64, high: f64) -> Self {
        self.range = [Some(low), Some(high)];
        self
    }

    /// The same, missing where something holds.
    pub const fn missing(mut self, when: &'static str) -> Self {
        self.missing = Some(when);
        self
    }

    /// The same, in the table only if something holds.
    pub const fn only_if(mut self, when: &'static str) -> Self {
        self.only_if = Some(when);
        self
    }

    /// The same with the list of its texts.
    pub const fn one_of(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    /// The same with the page that defines it.
    pub const fn page(mut self, page: &'static str) -> Self {
        self.page = page;
        self
    }

    /// The same under another name and label.
    pub const fn named(mut self, name: &'static str, label: &'static str) -> Self {
        self.name = name;
        self.label = label;
        self
    }

    /// The same with another meaning.
    pub const fn meaning(mut self, definition: &'static str) -> Self {
        self.definition = definition;
        self
    }

    /// Whether the study decides how many such columns there are.
    pub fn is_pattern(&self) -> bool {
        name_pattern::is_pattern(self.name)
    }

    /// Whether every table of the kind has it.
    pub fn is_always_there(&self) -> bool {
        self.only_if.is_none() && !self.is_pattern()
    }

    /// The range in words; empty if there is no bound.
    ///
    /// ```
    /// use monazite::run_folder::RunColumn;
    /// assert_eq!(RunColumn::share("share", "Share", "a share").range_in_words(), "0 to 1");
    /// assert_eq!(RunColumn::count("n", "Rows", "rows").range_in_words(), "0 and above");
    /// ```
    pub fn range_in_words(&self) -> String {
        match self.range {
            [Some(low), Some(high)] => format!("{low} to {high}"),
            [Some(low), None] => format!("{low} and above"),
            [None, Some(high)] => format!("{high} and below"),
            [None, None] => String::new(),
        }
    }

    /// The kind of the column in a Parquet file.
    ///
    /// # Panics
    /// For a column of whole numbers that may be missing, and for one of `true` and `false`: they are in csv files only.
    pub fn parquet_kind(&self) -> Kind {
        match (self.kind, self.missing) {
            (ColumnKind::Text, None) => Kind::Text,
            (ColumnKind::Text, Some(_)) => Kind::OptionalText,
            (ColumnKind::Whole, None) => Kind::Int32,
            (ColumnKind::Number, None) => Kind::Number,
            (ColumnKind::Number, Some(_)) => Kind::OptionalNumber,
            _ => panic!("no Parquet table has a column like {}", self.name),
        }
    }
}

/// One table of the run folder, or one kind of tables.
#[derive(Debug, Clone, Copy)]
pub struct RunTable {
    /// Name within the run folder; a [pattern](name_pattern) for a kind of files.
    pub file: &'static str,
    /// What it says, in one line.
    pub title: &'static str,
    /// What a row is.
    pub row: &'static str,
    /// When it is not there; `None` if every run has it.
    pub not_written: Option<&'static str>,
    /// The columns, in order.
    pub columns: fn() -> Vec<RunColumn>,
}

impl RunTable {
    /// Whether a file of a run is this table, or one of this kind.
    pub fn is(&self, file: &str) -> bool {
        name_pattern::matches(self.file, file)
    }

    /// The description of a column; `None` if the table has no such column.
    pub fn column(&self, name: &str) -> Option<RunColumn> {
        let columns = (self.columns)();
        let fixed = columns.iter().find(|c| c.name == name);
        fixed.or_else(|| columns.iter().find(|c| name_pattern::matches(c.name, name))).copied()
    }

    /// The names of a table whose columns are the same in every run.
    pub(crate) fn header(&self) -> Vec<&'static str> {
        let columns = (self.columns)();
        debug_assert!(columns.iter().all(RunColumn::is_always_there), "{}: the columns vary", self.file);
        columns.iter().map(|c| c.name).collect()
    }

    /// The columns of a Parquet file that are the same in every run.
    pub(crate) fn schema(&self, compression_level: i32) -> Schema {
        self.schema_of(&self.header(), compression_level)
    }

    /// The columns of a Parquet file whose columns depend on the study.
    ///
    /// # Panics
    /// If the table has no such column.
    pub(crate) fn schema_of(&self, names: &[&str], compression_level: i32) -> Schema {
        let described = |name: &str| match self.column(name) {
            Some(column) => column.parquet_kind(),
            None => panic!("{} has no column {name}", self.file),
        };
        let columns: Vec<(&str, Kind)> = names.iter().map(|name| (*name, described(name))).collect();
        Schema::new(&columns, compression_level)
    }
}
