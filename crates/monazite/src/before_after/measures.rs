//! Trade measures: who restricted exports of what, and when.

use std::collections::BTreeMap;
use std::path::Path;

use crate::delimited::{Row, Table, TableError};
use crate::ingest::countries::code_of;
use crate::nomenclature::Hs6;
use crate::plain_text::problem_of_name;
use crate::run::{Run, RunError};
use crate::run_folder::tables::BEFORE_AFTER_MEASURES;

/// A trade measure on one product by one exporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyMeasure {
    /// The product.
    pub product: Hs6,
    /// iso3 of the exporter that took it.
    pub exporter: String,
    /// Its first year.
    pub from: u16,
    /// Its last year; `None` while it is in force.
    pub to: Option<u16>,
    /// What it was, such as `export quota`.
    pub measure: String,
    /// Line of the table, for messages.
    pub line: u64,
}

/// A table of measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyMeasures {
    /// The file, for messages.
    pub file: String,
    /// The rows, in their order.
    pub rows: Vec<PolicyMeasure>,
}

/// Letters of the name of a measure.
const LONGEST_MEASURE: usize = 60;

impl PolicyMeasures {
    /// Reads a csv with the columns `product` (HS6), `exporter` (iso3, or a name that is understood), `from`, `to` (years; `to` is empty while the
    /// measure is in force) and `measure` (what it was, in a few words).
    ///
    /// # Errors
    /// [`TableError`] with file, line, column and value: a column that is missing, a code that is no HS6 code, a year that is none, a measure that ends
    /// before it begins or has no name, a row that stands twice; a table without rows.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        Self::of_table(&Table::read(path)?)
    }

    /// The measures that a run has compared; `None` if it has compared none.
    ///
    /// # Errors
    /// [`RunError`] if its table is damaged.
    pub fn of_run(run: &Run) -> Result<Option<Self>, RunError> {
        run.table(BEFORE_AFTER_MEASURES.file)?.map(|table| Ok(Self::of_table(&table)?)).transpose()
    }

    /// As [`PolicyMeasures::read`], from a table.
    ///
    /// ```
    /// use monazite::before_after::PolicyMeasures;
    /// use monazite::delimited::Table;
    /// let text = b"product,exporter,from,to,measure\n284690,CHN,2010,2011,export quota\n";
    /// let measures = PolicyMeasures::of_table(&Table::parse(text, "quota.csv")?)?;
    /// assert_eq!((measures.rows[0].from, measures.rows[0].to), (2010, Some(2011)));
    /// let text = b"product,exporter,from,to,measure\n284690,CHN,2012,2011,export quota\n";
    /// let error = PolicyMeasures::of_table(&Table::parse(text, "quota.csv")?).unwrap_err();
    /// assert_eq!(error.to_string(), "quota.csv:2: column to: '2011' is before 2012, the year it begins");
    /// # Ok::<(), monazite::delimited::TableError>(())
    /// ```
    ///
    /// # Errors
    /// As [`PolicyMeasures::read`].
    pub fn of_table(table: &Table) -> Result<Self, TableError> {
        let columns = Columns {
            product: table.require(&["product", "hs6"])?,
            exporter: table.require(&["exporter", "iso3"])?,
            from: table.require(&["from"])?,
            to: table.require(&["to"])?,
            measure: table.require(&["measure"])?,
        };
        let mut rows: Vec<PolicyMeasure> = Vec::new();
        let mut seen = BTreeMap::new();
        for row in &table.rows {
            let read = columns.read(table, row)?;
            let key = (read.product, read.exporter.clone(), read.from, read.measure.clone());
            if let Some(first) = seen.insert(key, row.line) {
                let message = format!(
                    "'{}' stands twice for {} of {} from {}: in line {first} too; leave one of them out",
                    read.product, read.measure, read.exporter, read.from
                );
                return Err(table.field_error(row, columns.product, message));
            }
            rows.push(read);
        }
        if rows.is_empty() {
            let message =
                "there is no measure in it; give rows such as 284690,CHN,2010,2011,export quota".to_owned();
            return Err(TableError::Unreadable { file: table.file.clone(), message });
        }
        Ok(Self { file: table.file.clone(), rows })
    }

    /// An error about one cell of a row.
    pub(super) fn error(&self, row: &PolicyMeasure, column: &str, message: String) -> TableError {
        TableError::Field { file: self.file.clone(), line: row.line, column: column.to_owned(), message }
    }
}

struct Columns {
    product: usize,
    exporter: usize,
    from: usize,
    to: usize,
    measure: usize,
}

impl Columns {
    fn read(&self, table: &Table, row: &Row) -> Result<PolicyMeasure, TableError> {
        let text = row.get(self.product);
        let product: Hs6 = text.parse().map_err(|_| {
            let message = format!("'{text}' is not an HS code of six digits, written as text (\"284690\")");
            table.field_error(row, self.product, message)
        })?;
        if row.get(self.exporter).is_empty() {
            let message = "'' is no country; whose measure is it? Give an iso3 code such as CHN";
            return Err(table.field_error(row, self.exporter, message));
        }
        let from = table.year(row, self.from)?;
        let to = match row.get(self.to) {
            "" => None,
            _ => Some(table.year(row, self.to)?),
        };
        if let Some(to) = to.filter(|to| *to < from) {
            let message = format!("'{to}' is before {from}, the year it begins");
            return Err(table.field_error(row, self.to, message));
        }
        let measure = row.get(self.measure).to_owned();
        if measure.is_empty() {
            let message = "'' says nothing; what was it? Give a few words, such as export quota";
            return Err(table.field_error(row, self.measure, message));
        }
        if let Some(problem) = problem_of_name(&measure, LONGEST_MEASURE) {
            return Err(table.field_error(row, self.measure, format!("the text {problem}")));
        }
        Ok(PolicyMeasure {
            product,
            exporter: code_of(row.get(self.exporter)),
            from,
            to,
            measure,
            line: row.line,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rows: &str) -> String {
        let text = format!("product,exporter,from,to,measure\n{rows}");
        match Table::parse(text.as_bytes(), "m.csv").and_then(|t| PolicyMeasures::of_table(&t)) {
            Ok(measures) => format!("{:?}", measures.rows.len()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_value() {
        for (rows, message) in [
            ("", "m.csv: cannot be read: there is no measure in it"),
            ("28469,CHN,2010,2011,q\n", "m.csv:2: column product: '28469' is not an HS code of six digits"),
            ("284690,,2010,2011,q\n", "m.csv:2: column exporter: '' is no country"),
            ("284690,CHN,10,2011,q\n", "m.csv:2: column from: '10' is not a year"),
            ("284690,CHN,2010,x,q\n", "m.csv:2: column to: 'x' is not a year"),
            ("284690,CHN,2010,2009,q\n", "m.csv:2: column to: '2009' is before 2010"),
            ("284690,CHN,2010,2011,\n", "m.csv:2: column measure: '' says nothing"),
            (
                "284690,CHN,2010,2011,q\n284610,CHN,2010,2011,q\n284690,CHN,2010,2012,q\n",
                "m.csv:4: column product: '284690' stands twice for q of CHN from 2010: in line 2 too",
            ),
        ] {
            assert!(told(rows).starts_with(message), "{rows}: {}", told(rows));
        }
        assert_eq!(told("284690,CHN,2010,,q\n284690,CHN,2010,,tariff\n"), "2");
        let table = Table::parse(b"product,exporter,from,measure\n", "m.csv").unwrap();
        let error = PolicyMeasures::of_table(&table).unwrap_err().to_string();
        assert_eq!(error, "m.csv: there is no column to; the file has: product, exporter, from, measure");
    }
}
