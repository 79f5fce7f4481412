//! Where the columns of a trade file stand.

use crate::ingest::IngestError;

/// Where BACI's columns stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowColumns {
    pub(super) year: usize,
    pub(super) exporter: usize,
    pub(super) importer: usize,
    pub(super) product: usize,
    pub(super) value: usize,
    pub(super) quantity: Option<usize>,
    pub(super) count: usize,
    pub(super) roles: [Role; MOST_COLUMNS],
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Year,
    Exporter,
    Importer,
    Product,
    Value,
    Quantity,
    Other,
}

pub(super) const MOST_COLUMNS: usize = 32;

/// Why a line is not the header of a trade file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderError {
    /// BACI's name of the first column that is missing.
    Missing(&'static str),
    /// More columns than are looked at; how many.
    TooMany(usize),
    /// Two columns that could be the same one: BACI's name, and the names in the header.
    Twice(&'static str, String),
}

impl HeaderError {
    pub(super) fn in_file(self, file: &str, header: &str) -> IngestError {
        let file = file.to_owned();
        match self {
            Self::Missing(_) if header.matches([';', '\t']).count() > header.matches(',').count() => {
                let message =
                    "the columns are not separated by commas; save the file with commas, as BACI has them";
                IngestError::Lines { file, message }
            }
            Self::Missing(column) => IngestError::MissingColumn {
                file,
                column,
                header: header.trim_end().chars().take(120).collect(),
            },
            Self::Twice(column, names) => IngestError::RepeatedColumn { file, column, names },
            Self::TooMany(found) => IngestError::TooManyColumns { file, found, most: MOST_COLUMNS },
        }
    }
}

impl FlowColumns {
    /// Finds the columns in a header line, in any order; long names are understood too.
    ///
    /// # Errors
    /// [`HeaderError::Missing`] with the first column that is missing, [`HeaderError::Twice`] with one that is there twice, [`HeaderError::TooMany`] if all are there and there are
    /// more than 32.
    pub fn find(header: &str) -> Result<Self, HeaderError> {
        let names: Vec<String> = header
            .trim_start_matches('\u{feff}')
            .trim_end()
            .split(',')
            .map(|f| f.trim().trim_matches('"').to_ascii_lowercase())
            .collect();
        let find = |short: &'static str, long: &[&str]| {
            let named = |n: &&String| *n == short || long.contains(&n.as_str());
            let found: Vec<&str> = names.iter().filter(named).map(String::as_str).collect();
            match found.as_slice() {
                [] => Err(HeaderError::Missing(short)),
                [_] => Ok(names.iter().position(|n| named(&n)).unwrap_or_default()),
                several => Err(HeaderError::Twice(short, several.join(", "))),
            }
        };
        let mut roles = [Role::Other; MOST_COLUMNS];
        let mut place = |role: Role, short: &'static str, long: &[&str]| {
            let column = find(short, long)?;
            if let Some(place) = roles.get_mut(column) {
                *place = role;
            }
            Ok(column)
        };
        let columns = Self {
            year: place(Role::Year, "t", &["year"])?,
            exporter: place(Role::Exporter, "i", &["exporter"])?,
            importer: place(Role::Importer, "j", &["importer"])?,
            product: place(Role::Product, "k", &["product", "product_code", "hs6"])?,
            value: place(Role::Value, "v", &["value"])?,
            quantity: match place(Role::Quantity, "q", &["quantity"]) {
                Err(HeaderError::Missing(_)) => None,
                other => Some(other?),
            },
            count: names.len(),
            roles,
        };
        if names.len() > MOST_COLUMNS { Err(HeaderError::TooMany(names.len())) } else { Ok(columns) }
    }
}
