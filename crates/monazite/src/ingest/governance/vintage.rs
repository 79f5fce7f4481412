//! One vintage of the Governance Indicators: from the bytes of a file, or from rows in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::layouts::{Layout, ParsedRow};
use super::record::{GovernanceRecord, Place};
use super::wrapping::{self, Parsed};
use crate::disk;
use crate::ingest::IngestError;
use crate::ingest::countries;
use crate::plain_text::hex;

/// The Governance Indicators, from a file or from rows in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Governance {
    /// The file; "political stability" for rows in memory.
    pub file: String,
    /// Its layout; [`Layout::Rows`] for rows in memory.
    pub layout: Layout,
    /// SHA-256 of the file, hexadecimal; of the rows as text (`iso3,year,pv` by country and year) if there is no file.
    pub sha256: String,
    /// By iso3 and year.
    pub records: BTreeMap<String, BTreeMap<u16, GovernanceRecord>>,
    /// What a reader of the results should know of how the file was read.
    pub notes: Vec<String>,
    /// Where each record stands in the file; empty for rows in memory.
    pub(super) places: BTreeMap<(String, u16), Place>,
}

impl Governance {
    /// Reads a file in any layout in which the indicators are published; see [`super::layouts`].
    ///
    /// # Errors
    /// [`IngestError::Io`] if it cannot be read, [`IngestError::Governance`] if its layout is unknown or its
    /// contents contradict each other.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let content =
            disk::read(path, disk::LARGEST_TABLE).map_err(|e| IngestError::io(path.display(), e))?;
        Self::parse(&content, &path.display().to_string())
    }

    /// As [`Governance::read`], from the bytes of a file; `file` is named in errors.
    ///
    /// # Errors
    /// As [`Governance::read`].
    pub fn parse(content: &[u8], file: &str) -> Result<Self, IngestError> {
        let Parsed { layout, rows, notes } = wrapping::parse(content, file)?;
        let mut records: BTreeMap<String, BTreeMap<u16, GovernanceRecord>> = BTreeMap::new();
        let mut places: BTreeMap<(String, u16), Place> = BTreeMap::new();
        for ParsedRow { country, year, record, place, .. } in rows {
            let first = places.entry((country.clone(), year)).or_insert_with(|| place.clone());
            let known = records.entry(country.clone()).or_default().entry(year).or_default();
            let had_level = known.has_level();
            if !known.take(record) {
                return Err(IngestError::Governance {
                    file: place.of(file),
                    message: format!(
                        "{country} stands twice in {year} with different values, first in {first}; remove one of the rows"
                    ),
                });
            }
            if !had_level && known.has_level() {
                // The place that messages name is that of a value on the scale from 0 to 100.
                *first = place;
            }
        }
        let sha256 = hex(&Sha256::digest(content));
        Ok(Self { file: file.to_owned(), layout, sha256, records, notes, places })
    }

    /// Political stability (percentile rank, 0 to 100) as rows (iso3, year, PV), in any order. NaN stands for a missing value.
    ///
    /// Gaps are filled by [`Governance::resolve`] with the rules that hold for files. Codes that only the Governance Indicators use
    /// (`ZAR`, `KSV`, ...) are understood.
    ///
    /// # Errors
    /// [`IngestError::Governance`] naming the row, counted from 1, and the value: a PV outside 0 to 100, a year outside 1900 to 2200,
    /// an empty code, a country-year that stands there twice; or if no row has a value.
    ///
    /// ```
    /// use monazite::ingest::governance::{Governance, StabilityOptions};
    /// let governance = Governance::from_rows([("DEU", 2019, 60.0), ("DEU", 2021, 70.0), ("COD", 2019, 5.5)])?;
    /// let countries = ["COD".to_owned(), "DEU".to_owned()];
    /// let stability = governance.resolve(&countries, &[2020], StabilityOptions::default())?;
    /// assert_eq!(stability.pv[0], [Some(5.5), Some(65.0)]);
    ///
    /// let error = Governance::from_rows([("DEU", 2019, 120.0)]).unwrap_err().to_string();
    /// assert_eq!(error, "political stability: row 1: column pv: 120 (DEU in 2019) is not in 0..=100");
    /// # Ok::<(), monazite::ingest::IngestError>(())
    /// ```
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = (&'a str, i32, f64)>) -> Result<Self, IngestError> {
        Self::from_records(rows.into_iter().map(|(code, year, pv)| {
            let percentile_rank = Some(pv).filter(|pv| !pv.is_nan());
            (code, year, GovernanceRecord { percentile_rank, ..Default::default() })
        }))
    }

    /// As [`Governance::from_rows`], with whatever else is known of a country and year, such as the standard errors behind bands of uncertainty.
    ///
    /// # Errors
    /// As [`Governance::from_rows`]; also for a standard error below 0, and an estimate or standard error that is infinite.
    pub fn from_records<'a>(
        rows: impl IntoIterator<Item = (&'a str, i32, GovernanceRecord)>,
    ) -> Result<Self, IngestError> {
        let file = "political stability".to_owned();
        let mut records: BTreeMap<String, BTreeMap<u16, GovernanceRecord>> = BTreeMap::new();
        // A code stands there once a year, and to look it up takes longer than the rest.
        let mut codes: BTreeMap<&str, String> = BTreeMap::new();
        let mut some = false;
        for (row, (code, year, record)) in rows.into_iter().enumerate() {
            let wrong = |column: &'static str, value: String, message: String| IngestError::Row {
                table: file.clone(),
                row: row as u64 + 1,
                column,
                value,
                message,
            };
            if code.trim().is_empty() {
                let message = format!("'{code}' is not the code of a country");
                return Err(wrong("iso3", code.to_owned(), message));
            }
            let Some(at) = u16::try_from(year).ok().filter(|y| (1900..=2200).contains(y)) else {
                let message = format!("{year} is not a year from 1900 to 2200");
                return Err(wrong("year", year.to_string(), message));
            };
            if let Some((column, value, range)) = out_of_range(&record) {
                let message = format!("{value} ({code} in {year}) {range}");
                return Err(wrong(column, value.to_string(), message));
            }
            some |= record.percentile_rank.is_some() || record.estimate.is_some();
            let known = codes.entry(code).or_insert_with(|| countries::code_of(code));
            let years = records.entry(known.clone()).or_default();
            if years.insert(at, record).is_some() {
                let message = format!("{code} stands twice in {year}; leave one of the rows out");
                return Err(wrong("iso3", code.to_owned(), message));
            }
        }
        if !some {
            let message = "no row has a value; give rows of iso3, year and PV (0 to 100)".to_owned();
            return Err(IngestError::Governance { file, message });
        }
        let mut hash = Sha256::new();
        let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        for (iso3, years) in &records {
            for (year, record) in years {
                hash.update(format!("{iso3},{year},{}\n", text(record.percentile_rank)));
                if record.estimate.is_some() || record.standard_error.is_some() {
                    hash.update(format!("{},{}\n", text(record.estimate), text(record.standard_error)));
                }
            }
        }
        let (layout, places) = (Layout::Rows, BTreeMap::new());
        Ok(Self { file, layout, sha256: hex(&hash.finalize()), records, notes: Vec::new(), places })
    }

    /// The years in the file.
    pub fn years(&self) -> BTreeSet<u16> {
        self.records.values().flat_map(|years| years.keys().copied()).collect()
    }

    /// The vintage in words: layout and years. Releases of the World Bank run one year ahead of their data.
    pub fn vintage(&self) -> String {
        self.vintage_beside(false)
    }

    /// As [`Governance::vintage`], beside trade that is made up or not: what comes with made-up trade is not the World Bank's.
    ///
    /// ```
    /// use monazite::ingest::governance::Governance;
    /// let file = Governance::parse(b"iso3,year,pv_rank\nAAA,2019,25\n", "pv.csv")?;
    /// assert_eq!(file.vintage_beside(false), "World Bank WGI, table of percentile ranks (2019-2019)");
    /// assert_eq!(file.vintage_beside(true), "synthetic data, table of percentile ranks (2019-2019)");
    /// # Ok::<(), monazite::ingest::IngestError>(())
    /// ```
    pub fn vintage_beside(&self, synthetic: bool) -> String {
        let years = self.years();
        let publisher = match self.layout {
            _ if synthetic => "synthetic data",
            Layout::Rows => "political stability",
            _ => "World Bank WGI",
        };
        match (years.first(), years.last()) {
            (Some(first), Some(last)) => format!("{publisher}, {} ({first}-{last})", self.layout.name()),
            _ => format!("{publisher}, {}", self.layout.name()),
        }
    }

    /// Name of the file without its folder; empty for rows in memory.
    pub fn file_name(&self) -> String {
        match (self.layout, Path::new(&self.file).file_name()) {
            (Layout::Rows, _) | (_, None) => String::new(),
            (_, Some(name)) => name.to_string_lossy().into_owned(),
        }
    }
}
/// The first number of a record that is out of its range: its column, the number, and what is said of it.
fn out_of_range(record: &GovernanceRecord) -> Option<(&'static str, f64, &'static str)> {
    let percent = record.percentile_rank.filter(|pv| !(0.0..=100.0).contains(pv));
    let estimate = record.estimate.filter(|estimate| !estimate.is_finite());
    let error = record.standard_error.filter(|error| !(error.is_finite() && *error >= 0.0));
    percent
        .map(|pv| ("pv", pv, "is not in 0..=100"))
        .or_else(|| estimate.map(|estimate| ("estimate", estimate, "is not a number")))
        .or_else(|| error.map(|error| ("standard_error", error, "is not a standard error; it is 0 or more")))
}
