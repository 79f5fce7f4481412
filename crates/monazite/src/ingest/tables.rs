//! Small tables that a study may bring: total exports by country and year, re-export shares.

use std::collections::BTreeMap;
use std::path::Path;

use super::IngestError;
use crate::delimited::Table;

/// Total exports of goods by country (iso3) and year, thousand USD: the denominators of RCA.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExportTotals {
    by_year: BTreeMap<u16, BTreeMap<String, f64>>,
}

impl ExportTotals {
    /// Reads a csv with the columns `year`, `iso3` and `exports` (thousand USD).
    ///
    /// # Errors
    /// [`IngestError::Table`] if a column is missing, a number is none or negative, or a country stands twice in a year.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let table = Table::read(path)?;
        let year = table.require(&["year"])?;
        let iso3 = table.require(&["iso3", "country_iso3"])?;
        let exports = table.require(&["exports"])?;
        let mut by_year: BTreeMap<u16, BTreeMap<String, f64>> = BTreeMap::new();
        for row in &table.rows {
            let value = table.number(row, exports)?;
            if value < 0.0 {
                return Err(table.field_error(row, exports, format!("'{value}' is negative")).into());
            }
            let country = row.get(iso3).to_owned();
            if by_year.entry(table.year(row, year)?).or_default().insert(country.clone(), value).is_some() {
                return Err(table
                    .field_error(row, iso3, format!("{country} stands twice in this year"))
                    .into());
            }
        }
        Ok(Self { by_year })
    }

    /// Exports of a country in a year, `None` if the table has none.
    pub fn exports(&self, year: u16, iso3: &str) -> Option<f64> {
        self.by_year.get(&year)?.get(iso3).copied()
    }

    /// Exports of the world in a year: the sum over the countries of the table.
    pub fn world(&self, year: u16) -> Option<f64> {
        self.by_year.get(&year).map(|countries| countries.values().sum())
    }
}

/// The share of re-exports in the exports of entrepots, by iso3.
///
/// # Errors
/// [`IngestError::Table`] if a column (`iso3`, `reexport_share`) is missing or a share is not in 0..=1.
pub fn read_reexport_shares(path: &Path) -> Result<BTreeMap<String, f64>, IngestError> {
    let table = Table::read(path)?;
    let iso3 = table.require(&["iso3", "country_iso3"])?;
    let share = table.require(&["reexport_share"])?;
    let mut shares = BTreeMap::new();
    for row in &table.rows {
        let value = table.number(row, share)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(table
                .field_error(row, share, format!("'{value}' is not a share between 0 and 1"))
                .into());
        }
        let country = row.get(iso3).to_owned();
        if shares.insert(country.clone(), value).is_some() {
            return Err(table.field_error(row, iso3, format!("{country} stands there twice")).into());
        }
    }
    Ok(shares)
}

/// Inhabitants by year and country (iso3).
///
/// # Errors
/// [`IngestError::Table`] if a column (`year`, `iso3`, `population`) is missing, a number is not positive, or a country stands
/// twice in a year.
pub fn read_population(path: &Path) -> Result<BTreeMap<(u16, String), f64>, IngestError> {
    let table = Table::read(path)?;
    let year = table.require(&["year"])?;
    let iso3 = table.require(&["iso3", "country_iso3"])?;
    let population = table.require(&["population"])?;
    let mut inhabitants = BTreeMap::new();
    for row in &table.rows {
        let value = table.number(row, population)?;
        if value <= 0.0 {
            return Err(table.field_error(row, population, format!("'{value}' is not positive")).into());
        }
        let country = row.get(iso3).to_owned();
        if inhabitants.insert((table.year(row, year)?, country.clone()), value).is_some() {
            return Err(table.field_error(row, iso3, format!("{country} stands twice in this year")).into());
        }
    }
    Ok(inhabitants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_looked_up_and_summed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("totals.csv");
        std::fs::write(&path, "year,iso3,exports\n2007,DEU,10.5\n2007,FRA,4.5\n2008,DEU,11\n").unwrap();
        let totals = ExportTotals::read(&path).unwrap();
        assert_eq!(totals.exports(2007, "DEU"), Some(10.5));
        assert_eq!(totals.exports(2008, "FRA"), None);
        assert_eq!(totals.world(2007), Some(15.0));
        assert_eq!(totals.world(2009), None);
        std::fs::write(&path, "year,iso3,exports\n2007,DEU,10.5\n2007,DEU,4.5\n").unwrap();
        let error = ExportTotals::read(&path).unwrap_err().to_string();
        assert!(error.ends_with("totals.csv:3: column iso3: DEU stands twice in this year"), "{error}");
    }

    #[test]
    fn shares_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hubs.csv");
        std::fs::write(&path, "iso3,reexport_share\nHKG,0.97\n").unwrap();
        assert_eq!(read_reexport_shares(&path).unwrap()["HKG"], 0.97);
        std::fs::write(&path, "iso3,reexport_share\nHKG,97\n").unwrap();
        assert!(read_reexport_shares(&path).is_err());
        std::fs::write(&path, "iso3,reexport_share\nHKG,0.97\nHKG,0.9\n").unwrap();
        let error = read_reexport_shares(&path).unwrap_err().to_string();
        assert!(error.ends_with("hubs.csv:3: column iso3: HKG stands there twice"), "{error}");
    }
}
