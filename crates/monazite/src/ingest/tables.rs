//! Small tables that a study may bring: total exports by country and year, re-export shares, inhabitants.

use std::collections::BTreeMap;
use std::path::Path;

use super::IngestError;
use super::country_column::CountryColumn;
use crate::delimited::{Table, TableError};
use crate::nomenclature::Countries;

/// What the column of countries may be called.
const COUNTRY: [&str; 8] =
    ["iso3", "country_iso3", "iso3c", "iso2", "country_code", "countrycode", "country", "economy"];

/// The column of countries.
fn country(table: &Table) -> Result<usize, TableError> {
    // Of the names only the usual ones are told to somebody who has none of them.
    table.column(&COUNTRY).map_or_else(|| table.require(&COUNTRY[..2]), Ok)
}

/// Total exports of goods by country (iso3) and year, thousand USD: the denominators of RCA.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExportTotals {
    by_year: BTreeMap<u16, BTreeMap<String, f64>>,
    /// What a reader should know of countries that the table writes otherwise than the data, and of sums of countries in it.
    pub notes: Vec<String>,
}

impl ExportTotals {
    /// Reads a csv with the columns `year`, `iso3` and `exports` (thousand USD). Countries may be written as people write them
    /// ([`Countries::find_in_table`]); sums of countries (World, EU) are left out and named, since they are no part of the world's sum.
    ///
    /// # Errors
    /// [`IngestError::Table`] if a column is missing, a number is none or negative, or a country stands twice in a year.
    pub fn read(path: &Path, countries: &Countries) -> Result<Self, IngestError> {
        let table = Table::read(path)?;
        let year = table.require(&["year"])?;
        let iso3 = country(&table)?;
        let exports = table.require(&["exports"])?;
        let mut column = CountryColumn::new(&table, iso3, countries);
        let mut by_year: BTreeMap<u16, BTreeMap<String, f64>> = BTreeMap::new();
        for row in &table.rows {
            let value = table.number(row, exports)?;
            if value < 0.0 {
                return Err(table.field_error(row, exports, format!("'{value}' is negative")).into());
            }
            let year = table.year(row, year)?;
            let Some(country) = column.code(row.get(iso3)) else { continue };
            if by_year.entry(year).or_default().insert(country.clone(), value).is_some() {
                return Err(table
                    .field_error(row, iso3, format!("{country} stands twice in this year"))
                    .into());
            }
        }
        Ok(Self { by_year, notes: column.notes() })
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

/// The share of re-exports in the exports of entrepots, by iso3. Countries may be written as people write them.
///
/// # Errors
/// [`IngestError::Table`] if a column (`iso3`, `reexport_share`) is missing, a share is not in 0..=1, or a country is a sum of countries.
pub fn read_reexport_shares(
    path: &Path,
    countries: &Countries,
) -> Result<BTreeMap<String, f64>, IngestError> {
    let table = Table::read(path)?;
    let iso3 = country(&table)?;
    let share = table.require(&["reexport_share"])?;
    let mut column = CountryColumn::new(&table, iso3, countries);
    let mut shares = BTreeMap::new();
    for row in &table.rows {
        let value = table.number(row, share)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(table
                .field_error(row, share, format!("'{value}' is not a share between 0 and 1"))
                .into());
        }
        let Some(country) = column.code(row.get(iso3)) else {
            let message =
                format!("'{}' is a sum of countries, not a country; take the row out", row.get(iso3));
            return Err(table.field_error(row, iso3, message).into());
        };
        if shares.insert(country.clone(), value).is_some() {
            return Err(table.field_error(row, iso3, format!("{country} stands there twice")).into());
        }
    }
    Ok(shares)
}

/// A table of inhabitants.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Population {
    /// Inhabitants by year and country (iso3).
    pub inhabitants: BTreeMap<(u16, String), f64>,
    /// What a reader should know of countries that the table writes otherwise than the data, and of sums of countries in it.
    pub notes: Vec<String>,
}

/// Inhabitants by year and country. Countries may be written as people write them; sums of countries are left out and named.
///
/// # Errors
/// [`IngestError::Table`] if a column (`year`, `iso3`, `population`) is missing, a number is not positive, or a country stands
/// twice in a year.
pub fn read_population(path: &Path, countries: &Countries) -> Result<Population, IngestError> {
    let table = Table::read(path)?;
    let year = table.require(&["year"])?;
    let iso3 = country(&table)?;
    let population = table.require(&["population"])?;
    let mut column = CountryColumn::new(&table, iso3, countries);
    let mut inhabitants = BTreeMap::new();
    for row in &table.rows {
        let value = table.number(row, population)?;
        if value <= 0.0 {
            return Err(table.field_error(row, population, format!("'{value}' is not positive")).into());
        }
        let year = table.year(row, year)?;
        let Some(country) = column.code(row.get(iso3)) else { continue };
        if inhabitants.insert((year, country.clone()), value).is_some() {
            return Err(table.field_error(row, iso3, format!("{country} stands twice in this year")).into());
        }
    }
    Ok(Population { inhabitants, notes: column.notes() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_looked_up_and_summed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("totals.csv");
        std::fs::write(&path, "year,iso3,exports\n2007,DEU,10.5\n2007,FRA,4.5\n2008,DEU,11\n").unwrap();
        let totals = ExportTotals::read(&path, &Countries::builtin()).unwrap();
        assert_eq!(totals.exports(2007, "DEU"), Some(10.5));
        assert_eq!(totals.exports(2008, "FRA"), None);
        assert_eq!(totals.world(2007), Some(15.0));
        assert_eq!(totals.world(2009), None);
        std::fs::write(&path, "year,iso3,exports\n2007,DEU,10.5\n2007,DEU,4.5\n").unwrap();
        let error = ExportTotals::read(&path, &Countries::builtin()).unwrap_err().to_string();
        assert!(error.ends_with("totals.csv:3: column iso3: DEU stands twice in this year"), "{error}");
    }

    #[test]
    fn shares_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hubs.csv");
        std::fs::write(&path, "iso3,reexport_share\nHKG,0.97\n").unwrap();
        assert_eq!(read_reexport_shares(&path, &Countries::builtin()).unwrap()["HKG"], 0.97);
        std::fs::write(&path, "iso3,reexport_share\nHKG,97\n").unwrap();
        assert!(read_reexport_shares(&path, &Countries::builtin()).is_err());
        std::fs::write(&path, "iso3,reexport_share\nHKG,0.97\nHKG,0.9\n").unwrap();
        let error = read_reexport_shares(&path, &Countries::builtin()).unwrap_err().to_string();
        assert!(error.ends_with("hubs.csv:3: column iso3: HKG stands there twice"), "{error}");
    }

    #[test]
    fn countries_are_understood_and_what_is_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("totals.csv");
        let rows = "DE,10\nfra,4\nWLD,100\nEuropean Union,50\n\"Korea, Rep.\",3\nQQQ,1\nPRI,2\n";
        let text: String = rows.lines().map(|row| format!("2019,{row}\n")).collect();
        std::fs::write(&path, format!("year,country,exports\n{text}")).unwrap();
        let totals = ExportTotals::read(&path, &Countries::builtin()).unwrap();
        let of = |iso3| totals.exports(2019, iso3);
        assert_eq!(
            [of("DEU"), of("FRA"), of("KOR"), of("PRI")],
            [Some(10.0), Some(4.0), Some(3.0), Some(2.0)]
        );
        // By hand: 10 + 4 + 3 + 1 + 2; the world and the union are no countries of the world.
        assert_eq!(totals.world(2019), Some(20.0));
        assert_eq!(
            totals.notes,
            [
                "totals.csv: 2 rows are sums of countries, not countries, and are left out: European Union, WLD.",
                "totals.csv: 1 country matches no country of the data: QQQ."
            ]
        );
        std::fs::write(&path, "year,iso3,population\n2019,deu,83\n2019,EUU,447\n").unwrap();
        let population = read_population(&path, &Countries::builtin()).unwrap();
        assert_eq!(population.inhabitants, BTreeMap::from([((2019, "DEU".to_owned()), 83.0)]));
        assert_eq!(population.notes.len(), 1);
        std::fs::write(&path, "iso3,reexport_share\nHong Kong,0.97\n").unwrap();
        assert_eq!(read_reexport_shares(&path, &Countries::builtin()).unwrap()["HKG"], 0.97);
        std::fs::write(&path, "iso3,reexport_share\nEU,0.97\n").unwrap();
        let error = read_reexport_shares(&path, &Countries::builtin()).unwrap_err().to_string();
        assert!(error.ends_with(
            "totals.csv:2: column iso3: 'EU' is a sum of countries, not a country; take the row out"
        ));
    }
}
