//! Small tables that a study may bring: total exports by country and year, re-export shares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::IngestError;
use super::cell_words::{is_missing, short_name};
use super::countries::{Placement, code_of, place};
use crate::delimited::{Row, Table};
use crate::nomenclature::Countries;

/// Names of the column of the country.
const COUNTRY: &[&str] = &["iso3", "country_iso3"];
/// Shown where none of [`COUNTRY`] is there, for what other files call it.
const OTHER_NAMES_OF_COUNTRY: &[&str] =
    &["iso3c", "country_code", "country code", "code", "iso2", "iso", "country"];

/// The column of the country.
fn country_column(table: &Table) -> Result<usize, IngestError> {
    match table.column(COUNTRY).or_else(|| table.column(OTHER_NAMES_OF_COUNTRY)) {
        Some(column) => Ok(column),
        None => Ok(table.require(COUNTRY)?),
    }
}

/// A number; `None` where the table has a spelling of none.
fn number(table: &Table, row: &Row, column: usize) -> Result<Option<f64>, IngestError> {
    match is_missing(row.get(column)) {
        true => Ok(None),
        false => Ok(Some(table.number(row, column)?)),
    }
}

/// Tells the countries of a table from what is none, and takes that out: groups of countries such as `WLD`, which would count
/// everything twice, are no country; what nobody knows stays where the table says so.
fn placed<'a>(
    file: &str,
    codes: impl Iterator<Item = &'a str>,
    known: &Countries,
) -> Result<Placement, IngestError> {
    let placement = place(codes, known);
    match placement.refusal() {
        Some(message) => Err(IngestError::Side { file: file.to_owned(), message }),
        None => Ok(placement),
    }
}

/// Total exports of goods by country (iso3) and year, thousand USD: the denominators of RCA.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExportTotals {
    file: String,
    by_year: BTreeMap<u16, BTreeMap<String, f64>>,
    /// What a reader of the results should know.
    notes: Vec<String>,
}

impl ExportTotals {
    /// Reads a csv with the columns `year`, `iso3` and `exports` (thousand USD). Countries may be written in any way that
    /// [`code_of`] understands.
    ///
    /// # Errors
    /// [`IngestError::Table`] if a column is missing, a number is none or negative, or a country stands twice in a year.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let table = Table::read(path)?;
        let year = table.require(&["year"])?;
        let iso3 = country_column(&table)?;
        let exports = table.require(&["exports"])?;
        let mut by_year: BTreeMap<u16, BTreeMap<String, f64>> = BTreeMap::new();
        for row in &table.rows {
            let Some(value) = number(&table, row, exports)? else { continue };
            if value < 0.0 {
                return Err(table.field_error(row, exports, format!("'{value}' is negative")).into());
            }
            let country = code_of(row.get(iso3));
            if by_year.entry(table.year(row, year)?).or_default().insert(country.clone(), value).is_some() {
                return Err(table
                    .field_error(row, iso3, format!("{country} stands twice in this year"))
                    .into());
            }
        }
        Ok(Self { file: table.file.clone(), by_year, notes: Vec::new() })
    }

    /// As [`ExportTotals::read`], from rows (iso3, year, exports in thousand USD); NaN is a total that is not known.
    ///
    /// # Errors
    /// [`IngestError::Row`] for the first row with a year outside 1900 to 2200, a value that is negative or infinite, or a country that stands twice in a
    /// year.
    ///
    /// ```
    /// use monazite::ingest::tables::ExportTotals;
    /// let totals = ExportTotals::from_rows([("DEU", 2019, 9.5), ("FRA", 2019, 0.5), ("FRA", 2020, f64::NAN)])?;
    /// assert_eq!((totals.world(2019), totals.exports(2020, "FRA")), (Some(10.0), None));
    /// let error = ExportTotals::from_rows([("DEU", 2019, -1.0)]).unwrap_err();
    /// assert_eq!(error.to_string(), "totals: row 1: column exports: -1 is not a value of exports; it is 0 or more, in thousand USD");
    /// # Ok::<(), monazite::ingest::IngestError>(())
    /// ```
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = (&'a str, i32, f64)>) -> Result<Self, IngestError> {
        let mut totals = Self { file: "totals".to_owned(), ..Self::default() };
        for (row, (code, year, value)) in rows.into_iter().enumerate() {
            let wrong = |column: &'static str, value: String, message: &str| {
                let message = format!("{value} {message}");
                IngestError::Row { table: "totals".to_owned(), row: row as u64 + 1, column, value, message }
            };
            let Some(at) = u16::try_from(year).ok().filter(|y| (1900..=2200).contains(y)) else {
                return Err(wrong("year", year.to_string(), "is not a year from 1900 to 2200"));
            };
            if value.is_infinite() || value < 0.0 {
                let message = "is not a value of exports; it is 0 or more, in thousand USD";
                return Err(wrong("exports", value.to_string(), message));
            }
            let known = Some(value).filter(|value| !value.is_nan());
            let Some(known) = known else { continue };
            if totals.by_year.entry(at).or_default().insert(code_of(code), known).is_some() {
                let message = format!("stands twice in {year}; leave one of the rows out");
                return Err(wrong("iso3", code.to_owned(), &message));
            }
        }
        Ok(totals)
    }

    /// The table without what is no country of the trade data: groups such as `WLD`, which would count all exports twice, and codes
    /// that nobody knows. [`ExportTotals::notes`] names them.
    ///
    /// # Errors
    /// [`IngestError::Side`] if most of its codes are no country.
    pub fn of_countries(mut self, known: &Countries) -> Result<Self, IngestError> {
        let codes = self.by_year.values().flat_map(BTreeMap::keys).map(String::as_str);
        let placement = placed(&self.file, codes, known)?;
        self.notes.extend(placement.note(&short_name(&self.file)));
        for countries in self.by_year.values_mut() {
            countries.retain(|code, _| placement.countries.contains(code));
        }
        Ok(self)
    }

    /// What a reader of the results should know.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Exports of a country in a year, `None` if the table has none.
    pub fn exports(&self, year: u16, iso3: &str) -> Option<f64> {
        self.by_year.get(&year)?.get(iso3).copied()
    }

    /// The exports of each country by year, ascending.
    pub fn series(&self) -> BTreeMap<&str, Vec<(u16, f64)>> {
        let mut series: BTreeMap<&str, Vec<(u16, f64)>> = BTreeMap::new();
        for (&year, countries) in &self.by_year {
            for (iso3, &value) in countries {
                series.entry(iso3).or_default().push((year, value));
            }
        }
        series
    }

    /// The years that it has, ascending.
    pub fn years(&self) -> impl Iterator<Item = u16> + '_ {
        self.by_year.iter().filter(|(_, countries)| !countries.is_empty()).map(|(year, _)| *year)
    }

    /// Exports of the world in a year: the sum over the countries of the table.
    pub fn world(&self, year: u16) -> Option<f64> {
        self.by_year.get(&year).map(|countries| countries.values().sum())
    }
}

/// The share of re-exports in the exports of entrepots, by iso3.
///
/// # Errors
/// [`IngestError::Table`] if a column (`iso3`, `reexport_share`) is missing or a share is not in 0..=1; [`IngestError::Side`] if no row has a share.
pub fn read_reexport_shares(path: &Path) -> Result<BTreeMap<String, f64>, IngestError> {
    let table = Table::read(path)?;
    let iso3 = country_column(&table)?;
    let share = table.require(&["reexport_share"])?;
    let mut shares = BTreeMap::new();
    for row in &table.rows {
        let Some(value) = number(&table, row, share)? else { continue };
        if !(0.0..=1.0).contains(&value) {
            return Err(table
                .field_error(row, share, format!("'{value}' is not a share between 0 and 1"))
                .into());
        }
        let country = code_of(row.get(iso3));
        if shares.insert(country.clone(), value).is_some() {
            return Err(table.field_error(row, iso3, format!("{country} stands there twice")).into());
        }
    }
    if shares.is_empty() {
        let message = "no row has a share; give a row with iso3 and reexport_share for each entrepot, or take trade.reexport_shares out".to_owned();
        return Err(IngestError::Side { file: table.file, message });
    }
    Ok(shares)
}

/// Inhabitants by year and country.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Population {
    /// By year and iso3.
    pub inhabitants: BTreeMap<(u16, String), f64>,
    /// What a reader of the results should know.
    pub notes: Vec<String>,
}

impl Population {
    /// Inhabitants from rows (iso3, year, inhabitants), of the countries that the trade data know; NaN is a number that is not known. Groups of countries and unknown codes
    /// are left out and named in the notes.
    ///
    /// # Errors
    /// [`IngestError::Row`] for the first row with a year outside 1900 to 2200, inhabitants that are not positive and finite, or a country that stands twice in a year;
    /// [`IngestError::Side`] if most of its codes are no country.
    ///
    /// ```
    /// use monazite::ingest::tables::Population;
    /// use monazite::nomenclature::Countries;
    /// let known = Countries::builtin();
    /// let people = Population::from_rows([("DEU", 2023, 8.3e7), ("FRA", 2023, f64::NAN)], &known)?;
    /// assert_eq!(people.inhabitants.len(), 1);
    /// let error = Population::from_rows([("DEU", 2023, 0.0)], &known).unwrap_err();
    /// assert_eq!(error.to_string(), "population: row 1: column population: 0 is not a number of inhabitants; it is above 0");
    /// # Ok::<(), monazite::ingest::IngestError>(())
    /// ```
    pub fn from_rows<'a>(
        rows: impl IntoIterator<Item = (&'a str, i32, f64)>,
        known: &Countries,
    ) -> Result<Self, IngestError> {
        let mut inhabitants = BTreeMap::new();
        for (row, (code, year, value)) in rows.into_iter().enumerate() {
            let wrong = |column: &'static str, value: String, message: &str| {
                let message = format!("{value} {message}");
                IngestError::Row {
                    table: "population".to_owned(),
                    row: row as u64 + 1,
                    column,
                    value,
                    message,
                }
            };
            let Some(at) = u16::try_from(year).ok().filter(|y| (1900..=2200).contains(y)) else {
                return Err(wrong("year", year.to_string(), "is not a year from 1900 to 2200"));
            };
            if value.is_nan() {
                continue;
            }
            if value.is_infinite() || value <= 0.0 {
                let message = "is not a number of inhabitants; it is above 0";
                return Err(wrong("population", value.to_string(), message));
            }
            if inhabitants.insert((at, code_of(code)), value).is_some() {
                let message = format!("stands twice in {year}; leave one of the rows out");
                return Err(wrong("iso3", code.to_owned(), &message));
            }
        }
        Self::of_countries("population", inhabitants, known)
    }

    /// What is no country is taken out and named.
    fn of_countries(
        file: &str,
        mut inhabitants: BTreeMap<(u16, String), f64>,
        known: &Countries,
    ) -> Result<Self, IngestError> {
        let codes: BTreeSet<&str> = inhabitants.keys().map(|(_, code)| code.as_str()).collect();
        let placement = placed(file, codes.into_iter(), known)?;
        inhabitants.retain(|(_, code), _| placement.countries.contains(code));
        Ok(Self { inhabitants, notes: placement.note(&short_name(file)).into_iter().collect() })
    }
}

/// Inhabitants by year and country (iso3), of the countries that the trade data know. Groups of countries and unknown codes are left out
/// and named in the notes.
///
/// # Errors
/// [`IngestError::Table`] if a column (`year`, `iso3`, `population`) is missing, a number is not positive, or a country stands
/// twice in a year; [`IngestError::Side`] if most of its codes are no country.
pub fn read_population(path: &Path, known: &Countries) -> Result<Population, IngestError> {
    let table = Table::read(path)?;
    let year = table.require(&["year"])?;
    let iso3 = country_column(&table)?;
    let population = table.require(&["population"])?;
    let mut inhabitants = BTreeMap::new();
    for row in &table.rows {
        let Some(value) = number(&table, row, population)? else { continue };
        if value <= 0.0 {
            return Err(table.field_error(row, population, format!("'{value}' is not positive")).into());
        }
        let country = code_of(row.get(iso3));
        if inhabitants.insert((table.year(row, year)?, country.clone()), value).is_some() {
            return Err(table.field_error(row, iso3, format!("{country} stands twice in this year")).into());
        }
    }
    Population::of_countries(&table.file, inhabitants, known)
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
    fn groups_do_not_count_twice_and_strangers_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("totals.csv");
        let text = "year,country,exports\n2007,deu,10\n2007,FR,5\n2007,WLD,15\n2007,European Union,15\n2007,QQQ,1\n2008,DEU,..\n";
        std::fs::write(&path, text).unwrap();
        let totals = ExportTotals::read(&path).unwrap().of_countries(&Countries::builtin()).unwrap();
        assert_eq!((totals.exports(2007, "DEU"), totals.exports(2007, "FRA")), (Some(10.0), Some(5.0)));
        assert_eq!((totals.world(2007), totals.exports(2008, "DEU")), (Some(15.0), None));
        assert_eq!(
            totals.notes(),
            [
                "totals.csv: 3 codes are no country and are left out: 2 groups of countries (European Union, WLD) and 1 unknown (QQQ)."
            ]
        );
        std::fs::write(&path, "year,country,exports\n2007,a1,10\n2007,a2,5\n2007,DEU,15\n").unwrap();
        let error =
            ExportTotals::read(&path).unwrap().of_countries(&Countries::builtin()).unwrap_err().to_string();
        assert!(
            error.contains("totals.csv: 2 of 3 codes are no country of the trade data (A1, A2)"),
            "{error}"
        );
        std::fs::write(&path, "year,iso3,population\n2007,deu,80\n2007,WLD,6700\n").unwrap();
        let population = read_population(&path, &Countries::builtin()).unwrap();
        assert_eq!(population.inhabitants, BTreeMap::from([((2007, "DEU".to_owned()), 80.0)]));
        assert_eq!(
            population.notes,
            ["totals.csv: 1 code is no country and is left out: 1 group of countries (WLD)."]
        );
    }

    #[test]
    fn shares_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hubs.csv");
        std::fs::write(&path, "iso3,reexport_share\nHKG,0.97\n").unwrap();
        assert_eq!(read_reexport_shares(&path).unwrap()["HKG"], 0.97);
        for nothing in ["iso3,reexport_share\n", "iso3,reexport_share\nHKG,..\n"] {
            std::fs::write(&path, nothing).unwrap();
            let error = read_reexport_shares(&path).unwrap_err().to_string();
            assert!(
                error.contains("hubs.csv: no row has a share; give a row with iso3 and reexport_share"),
                "{error}"
            );
        }
        std::fs::write(&path, "year,iso3,exports\n").unwrap();
        let nothing = ExportTotals::read(&path).unwrap().of_countries(&Countries::builtin()).unwrap_err();
        assert!(
            nothing
                .to_string()
                .ends_with("hubs.csv: no row has a country and a value; fill it, or leave the table out")
        );
        std::fs::write(&path, "iso3,reexport_share\nHKG,97\n").unwrap();
        assert!(read_reexport_shares(&path).is_err());
        std::fs::write(&path, "iso3,reexport_share\nHKG,0.97\nHKG,0.9\n").unwrap();
        let error = read_reexport_shares(&path).unwrap_err().to_string();
        assert!(error.ends_with("hubs.csv:3: column iso3: HKG stands there twice"), "{error}");
    }
}
