//! What others compute of the same trade: the indices of a run, of one year.

use std::collections::BTreeMap;

use super::files::{each_group, years};
use super::{Run, RunError};
use crate::run_folder::StoredPanel;

/// The file that a run has its indices in.
const FILE: &str = "indices.parquet";

/// The indices of one year by name, from `indices.parquet`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct YearOfIndices {
    countries: usize,
    /// By name of the column: the values by (product, importer), NaN where undefined.
    values: BTreeMap<&'static str, Vec<f64>>,
}

impl YearOfIndices {
    /// Whether the run has an index.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// An index of an importer of a product, both positions; `None` if it is undefined or the run does not have it.
    pub fn value(&self, name: &str, product: usize, importer: usize) -> Option<f64> {
        let value = *self.values.get(name)?.get(product * self.countries + importer)?;
        Some(value).filter(|value| !value.is_nan())
    }

    /// As read, of values at hand: for tests.
    #[cfg(test)]
    pub(crate) fn of_values(
        panel: &StoredPanel,
        names: &[&'static str],
        value: impl Fn(&str, usize, usize) -> Option<f64>,
    ) -> Self {
        let mut found = Self::empty(panel);
        for &name in names {
            let cells =
                (0..panel.products.len()).flat_map(|p| (0..panel.countries.len()).map(move |c| (p, c)));
            found.values.insert(name, cells.map(|(p, c)| value(name, p, c).unwrap_or(f64::NAN)).collect());
        }
        found
    }

    fn empty(panel: &StoredPanel) -> Self {
        Self { countries: panel.countries.len(), values: BTreeMap::new() }
    }
}

impl Run {
    /// Some indices of a year (a position) by the names of their columns in `indices.parquet`; those that the run does not have are absent.
    /// `None` if it has no such table.
    ///
    /// # Errors
    /// [`RunError::Folder`] if it is damaged.
    pub fn indices_of(&self, year: usize, names: &[&'static str]) -> Result<Option<YearOfIndices>, RunError> {
        let panel = self.panel()?;
        if !self.files().exists(FILE) {
            return Ok(None);
        }
        let cells = panel.products.len() * panel.countries.len();
        let mut found = YearOfIndices::empty(panel);
        each_group(self.files(), FILE, |table, group, rows| {
            let present = table.column_names();
            let of_year: Vec<bool> =
                years(table, group, rows)?.into_iter().map(|y| y == i32::from(panel.years[year])).collect();
            if !of_year.contains(&true) {
                return Ok(());
            }
            let products = table.read_interned(group, table.column("product")?)?;
            let product: Vec<Option<usize>> =
                products.values.iter().map(|code| panel.product(code.parse().ok()?)).collect();
            let countries = table.read_interned(group, table.column("country")?)?;
            let country: Vec<Option<usize>> =
                countries.values.iter().map(|code| panel.country(code)).collect();
            for &name in names.iter().filter(|name| present.iter().any(|p| p == **name)) {
                let column = table.read_number_or_nan(group, table.column(name)?)?;
                let values = found.values.entry(name).or_insert_with(|| vec![f64::NAN; cells]);
                for row in (0..rows).filter(|&row| of_year[row]) {
                    let at = (product[products.rows[row] as usize], country[countries.rows[row] as usize]);
                    if let (Some(p), Some(c)) = at {
                        values[p * panel.countries.len() + c] = column[row];
                    }
                }
            }
            Ok(())
        })?;
        Ok(Some(found))
    }
}
