//! From a vintage to PV of every country in every year: scales are checked, gaps are filled.

use std::collections::BTreeMap;

use super::ranks;
use super::record::GovernanceRecord;
use super::scale;
use super::stability::{GovernanceMeasure, MissingStability, Origin, Stability, StabilityOptions};
use super::vintage::Governance;
use crate::ingest::IngestError;
use crate::ingest::cell_words::short_name;
use crate::nomenclature::country::{parent_state, subregion};

/// The series of every country that is covered at least once, on the scale from 0 to 100.
struct CheckedSeries<'a> {
    series: BTreeMap<&'a str, BTreeMap<u16, f64>>,
    /// What to know about their scale.
    note: Option<String>,
}

/// How far the yearly mean of percentile ranks over a full set of countries may be from 50.
const LARGEST_DRIFT: f64 = 8.0;
/// Number of countries from which on the yearly mean says something.
const ENOUGH_COUNTRIES: usize = 100;

impl Governance {
    /// PV of every country in every year, gaps filled, each value with its origin.
    ///
    /// A country that is covered in some years is interpolated between them and keeps the nearest year's value outside;
    /// one that never is gets what `options.missing` says.
    ///
    /// # Errors
    /// [`IngestError::Governance`] if the file does not have the series that is asked for, if
    /// another scale is spliced into it, or if `fixed_year` is not in the file.
    ///
    /// ```
    /// use monazite::ingest::governance::{Governance, Origin, StabilityOptions};
    /// let file = b"iso3,year,pv_rank\nDEU,2019,60\nDEU,2021,70\n";
    /// let governance = Governance::parse(file, "pv.csv")?;
    /// let countries = ["DEU".to_owned(), "NCL".to_owned()];
    /// let stability = governance.resolve(&countries, &[2020], StabilityOptions::default())?;
    /// assert_eq!(stability.pv[0], [Some(65.0), Some(50.0)]);
    /// assert_eq!(stability.origin[0], [Origin::Interpolated, Origin::Fifty]);
    /// # Ok::<(), monazite::ingest::IngestError>(())
    /// ```
    pub fn resolve(
        &self,
        iso3: &[String],
        years: &[u16],
        options: StabilityOptions,
    ) -> Result<Stability, IngestError> {
        let series = self.series(options.measure)?.series;
        if let Some(year) = options.fixed_year
            && !self.years().contains(&year)
        {
            return Err(self.error(format!("stability.fixed_year is {year}, which is not in the file")));
        }
        let mut pv = Vec::with_capacity(years.len());
        let mut origin = Vec::with_capacity(years.len());
        for &year in years {
            let at = options.fixed_year.unwrap_or(year);
            let regions = match options.missing {
                MissingStability::RegionMean => region_means(&series, at),
                _ => BTreeMap::new(),
            };
            let (values, origins): (Vec<Option<f64>>, Vec<Origin>) = iso3
                .iter()
                .map(|country| match series.get(country.as_str()) {
                    Some(known) => {
                        let (value, origin) = in_time(known, at);
                        (Some(value), origin)
                    }
                    None => match options.missing {
                        MissingStability::Fifty => (Some(50.0), Origin::Fifty),
                        MissingStability::DropSupplier => (None, Origin::Absent),
                        MissingStability::RegionMean => subregion(country)
                            .and_then(|region| regions.get(region))
                            .map_or((Some(50.0), Origin::Fifty), |&mean| (Some(mean), Origin::RegionMean)),
                        MissingStability::ParentState => parent_state(country)
                            .and_then(|parent| series.get(parent))
                            .map_or((Some(50.0), Origin::Fifty), |known| {
                                (Some(in_time(known, at).0), Origin::ParentState)
                            }),
                    },
                })
                .unzip();
            pv.push(values);
            origin.push(origins);
        }
        Ok(Stability { years: years.to_vec(), pv, origin })
    }

    /// The series of every country that is covered at least once, checked for scale.
    fn series(&self, measure: GovernanceMeasure) -> Result<CheckedSeries<'_>, IngestError> {
        let mut series: BTreeMap<&str, BTreeMap<u16, f64>> = BTreeMap::new();
        for (iso3, years) in &self.records {
            let known: BTreeMap<u16, f64> =
                years.iter().filter_map(|(&year, record)| Some((year, measure.published(record)?))).collect();
            if !known.is_empty() {
                series.insert(iso3, known);
            }
        }
        if series.is_empty() {
            let has = |f: fn(&GovernanceRecord) -> Option<f64>| {
                self.records.values().flat_map(BTreeMap::values).any(|r| f(r).is_some())
            };
            let mut others = Vec::new();
            for (measure, present) in [
                ("percentile_rank", has(|r| r.percentile_rank)),
                ("estimate", has(|r| r.estimate)),
                ("score", has(|r| r.score)),
            ] {
                if present {
                    others.push(format!("\"{measure}\""));
                }
            }
            let advice = match measure {
                GovernanceMeasure::PercentileRank if has(|r| r.score) => {
                    ". Its 0-100 score is another scale (mean about 66, not 50) and is not used as a rank"
                }
                _ => "",
            };
            return Err(self.error(format!(
                "there is no {} in this file{advice}; set stability.measure to {}, or give a file that has it",
                measure.name(),
                if others.is_empty() { "something else".to_owned() } else { others.join(" or ") },
            )));
        }
        let found = scale::judge(measure, &series).map_err(|message| self.error(message))?;
        let level = |value: f64| measure.level(value) * found.times;
        series.values_mut().flat_map(BTreeMap::values_mut).for_each(|value| *value = level(*value));
        for (iso3, years) in &series {
            if let Some((year, value)) = years.iter().find(|(_, v)| !(0.0..=100.0).contains(*v)) {
                let place = self.places.get(&((*iso3).to_owned(), *year));
                return Err(IngestError::Governance {
                    file: place.map_or_else(|| self.file.clone(), |place| place.of(&self.file)),
                    message: format!("PV of {iso3} in {year} is {value}, outside 0 to 100; correct it"),
                });
            }
        }
        if measure == GovernanceMeasure::PercentileRank {
            self.refuse_splice(&series)?;
        }
        Ok(CheckedSeries { series, note: found.note })
    }

    /// What a reader of the results should know of how a series of the file is read: what was not said, and on which scale it is.
    ///
    /// # Errors
    /// As [`Governance::resolve`].
    ///
    /// ```
    /// use monazite::ingest::governance::{Governance, GovernanceMeasure};
    /// let file = b"iso3,year,pv_rank\nCHN,2019,0.3\nDEU,2019,0.7\nFRA,2019,0.6\nUSA,2019,0.5\n";
    /// let notes = Governance::parse(file, "pv.csv")?.notes_on(GovernanceMeasure::PercentileRank)?;
    /// assert_eq!(notes, ["pv.csv: every percentile rank is between 0.3 and 0.7; they are read as shares of 1, so that 0.3 counts as 30."]);
    /// # Ok::<(), monazite::ingest::IngestError>(())
    /// ```
    pub fn notes_on(&self, measure: GovernanceMeasure) -> Result<Vec<String>, IngestError> {
        let mut notes = self.notes.clone();
        let CheckedSeries { series, note } = self.series(measure)?;
        if let Some(note) = note {
            notes.push(format!("{}: {note}", short_name(&self.file)));
        }
        if measure == GovernanceMeasure::PercentileRank
            && let Some(note) = ranks::misfit(&self.records, &series)
        {
            notes.push(format!("{}: {note}", short_name(&self.file)));
        }
        Ok(notes)
    }

    /// Ranks average 50 over the countries of a year. Where they do not, they are not ranks.
    fn refuse_splice(&self, series: &BTreeMap<&str, BTreeMap<u16, f64>>) -> Result<(), IngestError> {
        let mut by_year: BTreeMap<u16, Vec<f64>> = BTreeMap::new();
        for years in series.values() {
            for (&year, &value) in years {
                by_year.entry(year).or_default().push(value);
            }
        }
        let off: Vec<(u16, f64)> = by_year
            .into_iter()
            .filter(|(_, values)| values.len() >= ENOUGH_COUNTRIES)
            .map(|(year, values)| (year, values.iter().sum::<f64>() / values.len() as f64))
            .filter(|(_, mean)| (mean - 50.0).abs() > LARGEST_DRIFT)
            .collect();
        if off.is_empty() {
            return Ok(());
        }
        let years: Vec<String> = off.iter().map(|(year, _)| year.to_string()).collect();
        let mean = off.iter().map(|(_, mean)| mean).sum::<f64>() / off.len() as f64;
        Err(self.error(format!(
            "the percentile ranks of {} average {mean:.1}, where ranks average 50 by construction: this looks like the \
             0-100 score of the 2025 edition, which is another scale. Vintages are never spliced; give a file of one \
             vintage, or set stability.measure = \"score\" with the 2025 edition",
            years.join(", ")
        )))
    }

    fn error(&self, message: String) -> IngestError {
        IngestError::Governance { file: self.file.clone(), message }
    }
}

/// Value at a year: published, interpolated, or that of the nearest published year.
fn in_time(known: &BTreeMap<u16, f64>, year: u16) -> (f64, Origin) {
    if let Some(&value) = known.get(&year) {
        return (value, Origin::Observed);
    }
    let before = known.range(..year).next_back();
    let after = known.range(year..).next();
    match (before, after) {
        (Some((&y0, &v0)), Some((&y1, &v1))) => {
            let share = f64::from(year - y0) / f64::from(y1 - y0);
            (v0 + (v1 - v0) * share, Origin::Interpolated)
        }
        (Some((_, &value)), None) | (None, Some((_, &value))) => (value, Origin::NearestYear),
        (None, None) => unreachable!("only countries with at least one year are kept"),
    }
}

fn region_means(series: &BTreeMap<&str, BTreeMap<u16, f64>>, year: u16) -> BTreeMap<&'static str, f64> {
    let mut sums: BTreeMap<&'static str, (f64, f64)> = BTreeMap::new();
    for (iso3, known) in series {
        if let Some(region) = subregion(iso3) {
            let entry = sums.entry(region).or_default();
            entry.0 += in_time(known, year).0;
            entry.1 += 1.0;
        }
    }
    sums.into_iter().map(|(region, (sum, count))| (region, sum / count)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::layouts::Layout;
    use super::*;

    fn governance(rows: &[(&str, u16, f64)]) -> Governance {
        let mut records: BTreeMap<String, BTreeMap<u16, GovernanceRecord>> = BTreeMap::new();
        for &(iso3, year, rank) in rows {
            records
                .entry(iso3.to_owned())
                .or_default()
                .insert(year, GovernanceRecord { percentile_rank: Some(rank), ..Default::default() });
        }
        let (file, sha256, places) = ("pv.csv".to_owned(), String::new(), BTreeMap::new());
        Governance { file, layout: Layout::Simple, sha256, records, notes: Vec::new(), places }
    }

    fn resolve(g: &Governance, iso3: &[&str], years: &[u16], missing: MissingStability) -> Stability {
        let iso3: Vec<String> = iso3.iter().map(|s| (*s).to_owned()).collect();
        g.resolve(&iso3, years, StabilityOptions { missing, ..Default::default() }).unwrap()
    }

    #[test]
    fn gaps_are_filled_by_rule_and_marked() {
        let g = governance(&[("DEU", 2002, 60.0), ("DEU", 2004, 70.0), ("FRA", 2003, 40.0)]);
        let s = resolve(&g, &["DEU", "FRA", "NCL"], &[2003, 2005], MissingStability::Fifty);
        assert_eq!(s.pv, [[Some(65.0), Some(40.0), Some(50.0)], [Some(70.0), Some(40.0), Some(50.0)]]);
        assert_eq!(s.origin[0], [Origin::Interpolated, Origin::Observed, Origin::Fifty]);
        assert_eq!(s.origin[1][0], Origin::NearestYear);
        assert!((s.instability(0)[0] - 0.35).abs() < 1e-15);
    }

    #[test]
    fn the_other_rules_for_what_is_never_covered() {
        let g = governance(&[("DEU", 2003, 60.0), ("FRA", 2003, 40.0), ("FJI", 2003, 80.0)]);
        let parent = resolve(&g, &["NCL", "R20"], &[2003], MissingStability::ParentState);
        assert_eq!(parent.pv[0], [Some(40.0), Some(50.0)]);
        assert_eq!(parent.origin[0], [Origin::ParentState, Origin::Fifty]);
        // New Caledonia lies in Melanesia, as Fiji does.
        let region = resolve(&g, &["NCL"], &[2003], MissingStability::RegionMean);
        assert_eq!((region.pv[0][0], region.origin[0][0]), (Some(80.0), Origin::RegionMean));
        let drop = resolve(&g, &["NCL"], &[2003], MissingStability::DropSupplier);
        assert_eq!((drop.pv[0][0], drop.origin[0][0]), (None, Origin::Absent));
        assert_eq!(drop.instability(0), [0.0]);
    }

    #[test]
    fn rows_in_memory_are_what_a_file_would_be() {
        let rows = [("FRA", 2003, 40.0), ("DEU", 2002, 60.0), ("DEU", 2004, 70.0), ("ZAR", 2003, f64::NAN)];
        let g = Governance::from_rows(rows).unwrap();
        let text = "iso3,year,pv_rank\nFRA,2003,40\nDEU,2002,60\nDEU,2004,70\nZAR,2003,\n";
        let file = Governance::parse(text.as_bytes(), "pv.csv").unwrap();
        assert_eq!(g.records, file.records);
        for missing in [MissingStability::Fifty, MissingStability::RegionMean, MissingStability::DropSupplier]
        {
            let of = |g| resolve(g, &["DEU", "FRA", "COD"], &[2003, 2005], missing);
            assert_eq!(of(&g), of(&file));
        }
        assert_eq!(g.vintage(), "political stability, rows in memory (2002-2004)");
        let mut other = rows;
        other.reverse();
        assert_eq!(Governance::from_rows(other).unwrap().sha256, g.sha256, "whatever the order");
    }

    #[test]
    fn a_wrong_row_is_named() {
        let error = |row| Governance::from_rows([("DEU", 2002, 60.0), row]).unwrap_err().to_string();
        for (row, message) in [
            (("DEU", 2002, 61.0), "iso3: DEU stands twice in 2002; leave one of the rows out"),
            (("FRA", 2002, -1.0), "pv: -1 (FRA in 2002) is not in 0..=100"),
            (("FRA", 2, 1.0), "year: 2 is not a year from 1900 to 2200"),
            ((" ", 2002, 1.0), "iso3: ' ' is not the code of a country"),
        ] {
            assert_eq!(error(row), format!("political stability: row 2: column {message}"));
        }
        assert!(Governance::from_rows([("DEU", 2002, f64::NAN)]).is_err());
    }

    #[test]
    fn a_fixed_year_holds_for_all() {
        let g = governance(&[("DEU", 2003, 60.0), ("DEU", 2004, 70.0)]);
        let options = StabilityOptions { fixed_year: Some(2003), ..Default::default() };
        let s = g.resolve(&["DEU".to_owned()], &[2003, 2004], options).unwrap();
        assert_eq!(s.pv, [[Some(60.0)], [Some(60.0)]]);
        let options = StabilityOptions { fixed_year: Some(1990), ..Default::default() };
        assert_eq!(
            g.resolve(&["DEU".to_owned()], &[2003], options).unwrap_err().to_string(),
            "pv.csv: stability.fixed_year is 1990, which is not in the file"
        );
    }

    #[test]
    fn a_spliced_file_is_refused() {
        let mut rows = Vec::new();
        let codes: Vec<String> =
            (0..200).map(|n| format!("{}{:02}", if n < 100 { "A" } else { "B" }, n % 100)).collect();
        for (n, code) in codes.iter().enumerate() {
            let rank = n as f64 / 199.0 * 100.0;
            rows.push((code.as_str(), 2022, rank));
            rows.push((code.as_str(), 2023, 33.0 + rank * 0.67));
        }
        let error =
            governance(&rows).resolve(&[], &[2022], StabilityOptions::default()).unwrap_err().to_string();
        assert!(
            error.starts_with("pv.csv: the percentile ranks of 2023 average 66.5, where ranks average 50"),
            "{error}"
        );
        assert!(error.contains("Vintages are never spliced"), "{error}");
    }

    #[test]
    fn a_measure_that_is_not_there_is_named() {
        let mut g = governance(&[("DEU", 2003, 60.0)]);
        let options = StabilityOptions { measure: GovernanceMeasure::Estimate, ..Default::default() };
        assert_eq!(
            g.resolve(&[], &[2003], options).unwrap_err().to_string(),
            "pv.csv: there is no estimate mapped to 0-100 in this file; set stability.measure to \"percentile_rank\", or give a file that has it"
        );
        for years in g.records.values_mut() {
            for record in years.values_mut() {
                *record = GovernanceRecord { score: Some(66.0), estimate: Some(-3.31), ..Default::default() };
            }
        }
        assert_eq!(
            g.resolve(&[], &[2003], StabilityOptions::default()).unwrap_err().to_string(),
            "pv.csv: there is no percentile rank in this file. Its 0-100 score is another scale (mean about 66, not 50) and is \
             not used as a rank; set stability.measure to \"estimate\" or \"score\", or give a file that has it"
        );
        let estimate = g.resolve(&["DEU".to_owned()], &[2003], options).unwrap();
        assert_eq!(estimate.pv[0][0], Some(0.0), "Somalia's -3.31 is clipped");
    }
}
