//! What of a run is exported.

use crate::nomenclature::YearRange;

/// Which tables of a run, and which part of them. What is left empty selects everything.
///
/// Countries are those that a table is about (its column `country`, `importer` or `group`), suppliers those that they buy from (`supplier` or
/// `exporter`). A product may be given by its heading: `2846` is every code that begins so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names of tables, as [`super::table_names`] lists them; `all` is every table of the run.
    pub tables: Vec<String>,
    /// Codes or names.
    pub countries: Vec<String>,
    /// Codes or names.
    pub suppliers: Vec<String>,
    /// HS codes, or beginnings of some.
    pub products: Vec<String>,
    /// Years.
    pub years: Vec<YearRange>,
    /// Names of columns, in the order in which they are written.
    pub columns: Vec<String>,
}

impl Selection {
    /// The selection in words, for whoever gets the file; "everything" if nothing is narrowed.
    ///
    /// ```
    /// use monazite::export::Selection;
    /// let selection = Selection { countries: vec!["KOR".into()], products: vec!["284690".into()], ..Selection::default() };
    /// assert_eq!(selection.in_words(), "countries KOR; products 284690");
    /// assert_eq!(Selection::default().in_words(), "everything");
    /// ```
    pub fn in_words(&self) -> String {
        let years: Vec<String> = self
            .years
            .iter()
            .map(|y| if y.first == y.last { y.first.to_string() } else { format!("{}-{}", y.first, y.last) })
            .collect();
        let parts: Vec<String> = [
            ("countries", &self.countries),
            ("suppliers", &self.suppliers),
            ("products", &self.products),
            ("years", &years),
            ("columns", &self.columns),
        ]
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(what, list)| format!("{what} {}", list.join(", ")))
        .collect();
        if parts.is_empty() { "everything".to_owned() } else { parts.join("; ") }
    }

    /// Whether rows are left out.
    pub fn narrows_rows(&self) -> bool {
        !(self.countries.is_empty()
            && self.suppliers.is_empty()
            && self.products.is_empty()
            && self.years.is_empty())
    }
}
