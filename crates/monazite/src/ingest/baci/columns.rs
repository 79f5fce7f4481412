//! Where the columns of a trade file stand.

use crate::ingest::IngestError;

/// Where BACI's columns stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowColumns {
    pub(in crate::ingest) year: usize,
    pub(in crate::ingest) exporter: usize,
    pub(in crate::ingest) importer: usize,
    pub(in crate::ingest) product: usize,
    pub(in crate::ingest) value: usize,
    pub(in crate::ingest) quantity: Option<usize>,
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
    /// Two columns that could be the same one: BACI's name, and the names in the header.
    Twice(&'static str, String),
}

impl HeaderError {
    /// As an error of a file, whose header ends in a line.
    pub(in crate::ingest) fn in_file(self, file: &str, line: u64, header: &str) -> IngestError {
        let file = file.to_owned();
        match self {
            Self::Missing(column) => {
                IngestError::MissingColumn { file, line, column, header: header.to_owned(), advice: "" }
            }
            Self::Twice(column, names) => IngestError::RepeatedColumn { file, line, column, names },
        }
    }
}

impl FlowColumns {
    /// Finds the columns in a header line, in any order. Year, countries and value have BACI's own names: a table that calls them `year`,
    /// `exporter`, `importer` and `value` may be anybody's, in any unit.
    ///
    /// # Errors
    /// [`HeaderError::Missing`] with the first column that is missing, [`HeaderError::Twice`] with one that is there twice.
    pub fn find(header: &str) -> Result<Self, HeaderError> {
        let names = header.trim_start_matches('\u{feff}').trim_end().split(',');
        Self::of_names(&names.map(|f| f.trim().trim_matches('"').to_owned()).collect::<Vec<_>>())
    }

    /// Whether they are few enough to be read line by line.
    pub fn fit(&self) -> bool {
        self.count <= MOST_COLUMNS
    }

    /// Finds the columns among any number of names; see [`FlowColumns::find`].
    ///
    /// # Errors
    /// As [`FlowColumns::find`].
    pub fn of_names(names: &[String]) -> Result<Self, HeaderError> {
        let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
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
        let own =
            [("t", columns.year), ("i", columns.exporter), ("j", columns.importer), ("v", columns.value)];
        match own.into_iter().find(|(name, at)| names[*at] != *name) {
            Some((name, _)) => Err(HeaderError::Missing(name)),
            None => Ok(columns),
        }
    }
}
