//! The column of a side table that says the country: as codes of the data, with a list of what is none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::delimited::Table;
use crate::nomenclature::{Countries, NotFound};
use crate::plain_text::beginning;

/// What a text of the column is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    /// A country, by its code.
    Country(String),
    /// A sum of countries.
    Sum,
    /// Nothing that is known; by its own text, since the data may have it.
    Unknown,
}

/// A column of countries while its rows are read.
pub struct CountryColumn<'a> {
    file: String,
    countries: &'a Countries,
    /// Whether the column is of two letters, so that `NA` is Namibia and not a missing value.
    two_letters: bool,
    known: HashMap<String, Meaning>,
    sums: BTreeSet<String>,
    sum_rows: u64,
    unknown: BTreeMap<String, u64>,
}

impl<'a> CountryColumn<'a> {
    /// The column of a table, against the countries of the data.
    pub fn new(table: &Table, column: usize, countries: &'a Countries) -> Self {
        let two =
            table.rows.iter().filter(|row| row.get(column).len() == 2 && row.get(column) != "NA").count();
        Self {
            file: std::path::Path::new(&table.file)
                .file_name()
                .map_or_else(|| table.file.clone(), |name| name.to_string_lossy().into_owned()),
            countries,
            two_letters: 2 * two > table.rows.len(),
            known: HashMap::new(),
            sums: BTreeSet::new(),
            sum_rows: 0,
            unknown: BTreeMap::new(),
        }
    }

    /// The code of the country of a row: that of the data, that of a country which the data do not have, or the text itself if nobody knows it.
    /// `None` for a sum of countries; it is remembered for the notes.
    pub fn code(&mut self, text: &str) -> Option<String> {
        let meaning = match self.known.get(text) {
            Some(meaning) => meaning.clone(),
            None => {
                let meaning = self.meaning(text);
                self.known.insert(text.to_owned(), meaning.clone());
                meaning
            }
        };
        match meaning {
            Meaning::Country(code) => Some(code),
            Meaning::Sum => {
                self.sum_rows += 1;
                self.sums.insert(beginning(text, 60));
                None
            }
            Meaning::Unknown => {
                *self.unknown.entry(beginning(text, 60)).or_default() += 1;
                Some(text.to_owned())
            }
        }
    }

    fn meaning(&self, text: &str) -> Meaning {
        if text.is_empty() || (!self.two_letters && matches!(text, "NA" | "N/A" | "NaN" | "nan")) {
            return Meaning::Unknown;
        }
        match self.countries.find_in_table(text) {
            Ok(id) => Meaning::Country(self.countries.get(id).iso3.clone()),
            Err(NotFound::Absent { country, .. }) => Meaning::Country(country.iso3.clone()),
            Err(NotFound::Aggregate { .. }) => Meaning::Sum,
            Err(_) => Meaning::Unknown,
        }
    }

    /// What a reader should know of the rows that were read: sums of countries, and texts that are no country.
    pub fn notes(&self) -> Vec<String> {
        let listed = |texts: &[&str]| {
            let shown = texts.iter().take(10).copied().collect::<Vec<_>>().join(", ");
            let rest = texts.len().saturating_sub(10);
            if rest == 0 { shown } else { format!("{shown}, and {rest} more in {}", self.file) }
        };
        let mut notes = Vec::new();
        if self.sum_rows > 0 {
            let sums: Vec<&str> = self.sums.iter().map(String::as_str).collect();
            let rows = if self.sum_rows == 1 {
                "1 row is a sum of countries, not a country, and is".to_owned()
            } else {
                format!("{} rows are sums of countries, not countries, and are", self.sum_rows)
            };
            notes.push(format!("{}: {rows} left out: {}.", self.file, listed(&sums)));
        }
        if !self.unknown.is_empty() {
            let unknown: Vec<&str> = self
                .unknown
                .keys()
                .map(|text| if text.is_empty() { "(empty)" } else { text.as_str() })
                .collect();
            let what = if unknown.len() == 1 {
                "1 country matches".to_owned()
            } else {
                format!("{} countries match", unknown.len())
            };
            notes.push(format!("{}: {what} no country of the data: {}.", self.file, listed(&unknown)));
        }
        notes
    }
}
