//! Total exports from a table that the study names, held against the exports that the trade data hold.

use std::collections::{BTreeMap, BTreeSet};

use super::error::PanelError;
use super::notes::Notes;
use super::study_country::StudyCountry;
use crate::ingest::IngestError;
use crate::ingest::tables::ExportTotals;
use crate::plain_text::listed;

/// Total exports by year and country.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TotalsFromTable {
    /// Thousand USD by year and country; `None` where the table has none, or far less than the trade data hold.
    pub country_exports: Vec<Vec<Option<f64>>>,
    /// Thousand USD by year.
    pub world_exports: Vec<Option<f64>>,
    /// What a reader of the results should know.
    pub notes: Notes,
}

/// What the totals are held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held<'a> {
    pub years: &'a [u16],
    pub countries: &'a [StudyCountry],
    /// Members of merged countries.
    pub members: &'a BTreeMap<String, Vec<String>>,
    /// Whether a country trades in a year.
    pub active: &'a [Vec<bool>],
    /// Exports in the trade data by year and country, thousand USD.
    pub exports: &'a [Vec<f64>],
}

/// A total below this share of the exports that the trade data hold is none. Other sources reconcile trade in other ways: of 3,510 totals of
/// the Atlas beside BACI's 74 raw materials 193 are below what BACI has of these alone, the lowest (Mali's gold of 2008) at 0.41.
const LEAST_SHARE: f64 = 0.3;
/// From this share of the world's exports on, what its total lacks is said.
const WORTH_SAYING: f64 = 0.01;
/// The exports of the world are some 2.5e10 thousand USD a year.
const LARGEST_WORLD: f64 = 2e11;

impl TotalsFromTable {
    /// Takes the totals from a table.
    ///
    /// A total that is far smaller than the exports in the trade data cannot be one: it is named, and RCA of that country and year is undefined.
    ///
    /// # Errors
    /// [`PanelError::Ingest`] if that is so for most countries and years.
    pub(super) fn of(table: &ExportTotals, held: Held<'_>) -> Result<Self, PanelError> {
        let mut totals = Self::default();
        for (t, &year) in held.years.iter().enumerate() {
            let of = |country: &StudyCountry| {
                let own = [country.code.clone()];
                let members =
                    held.members.get(&country.code).filter(|_| country.group).map_or(&own[..], Vec::as_slice);
                let known: Vec<f64> = members.iter().filter_map(|iso3| table.exports(year, iso3)).collect();
                (!known.is_empty()).then(|| known.iter().sum::<f64>())
            };
            totals.country_exports.push(held.countries.iter().map(of).collect());
            totals.world_exports.push(table.world(year));
            debug_assert_eq!(held.exports[t].len(), held.countries.len());
        }
        totals.notes.extend(table.notes().iter().cloned());
        totals.note_what_is_missing(held);
        totals.refuse_too_small(table, held)?;
        let largest = totals.world_exports.iter().flatten().copied().fold(0.0, f64::max);
        if largest > LARGEST_WORLD {
            totals.notes.push(format!(
                "The table of totals adds up to {largest:.3e} thousand USD in a year, more than the world exports: is it in USD? RCA does not \
                 change with the unit if all rows are in the same one."
            ));
        }
        Ok(totals)
    }

    fn note_what_is_missing(&mut self, held: Held<'_>) {
        let lacks = |c: usize| {
            (0..held.years.len()).any(|t| held.active[t][c] && self.country_exports[t][c].is_none())
        };
        let missing: BTreeSet<&str> = held
            .countries
            .iter()
            .enumerate()
            .filter(|(c, _)| lacks(*c))
            .map(|(_, country)| country.code.as_str())
            .collect();
        if !missing.is_empty() {
            let count = missing.len();
            let named = self.notes.listed("countries without total exports in some year", missing);
            self.notes.push(format!(
                "RCA is undefined where the table of totals has no exports: {count} countries in some year ({named})."
            ));
        }
        let years: Vec<String> = held
            .years
            .iter()
            .zip(&self.world_exports)
            .filter(|(_, w)| w.is_none())
            .map(|(y, _)| y.to_string())
            .collect();
        if !years.is_empty() {
            self.notes.push(format!(
                "RCA is undefined in {}: the table of totals has no such year.",
                listed(&years, "")
            ));
        }
    }

    fn refuse_too_small(&mut self, table: &ExportTotals, held: Held<'_>) -> Result<(), PanelError> {
        let (mut compared, mut all, mut all_held) = (0usize, 0.0, 0.0);
        let mut small: Vec<String> = Vec::new();
        let mut lacking: BTreeMap<u16, f64> = BTreeMap::new();
        for (t, &year) in held.years.iter().enumerate() {
            for (c, country) in held.countries.iter().enumerate() {
                let (exports, total) = (held.exports[t][c], &mut self.country_exports[t][c]);
                let Some(value) = *total else { continue };
                if exports <= 0.0 {
                    continue;
                }
                compared += 1;
                all += value;
                all_held += exports;
                if value < exports * LEAST_SHARE {
                    small.push(format!("{} in {year} ({value} against {exports:.0})", country.code));
                    *lacking.entry(year).or_default() += exports - value;
                    *total = None;
                }
            }
        }
        if small.is_empty() {
            return Ok(());
        }
        if 2 * small.len() > compared {
            let unit = match all / all_held {
                ratio if ratio < 1e-4 => "; the totals look like billion USD, and have to be in thousand USD",
                ratio if ratio < 0.2 => {
                    "; either the totals are in million USD, and have to be in thousand USD, or the trade is in USD (data.unit = \"usd\")"
                }
                _ => "; give the exports of all goods, in thousand USD",
            };
            let message = format!(
                "{} of {compared} totals are far smaller than the exports that the trade data hold, in thousand USD: {}{unit}",
                small.len(),
                listed(&small, "")
            );
            return Err(IngestError::Side { file: table.file().to_owned(), message }.into());
        }
        let share = |(year, value): (&u16, &f64)| {
            let world =
                held.years.iter().position(|y| y == year).and_then(|t| self.world_exports[t]).unwrap_or(0.0);
            if world > 0.0 { value / world } else { 1.0 }
        };
        let most = lacking.iter().map(share).fold(0.0, f64::max);
        let world = if most > WORTH_SAYING {
            format!(
                " The world's total is too small as well, in some year by at least {:.0} %, and with it every RCA.",
                100.0 * most
            )
        } else {
            String::new()
        };
        let named = self.notes.listed("totals far below the exports that the trade data hold", &small);
        self.notes.push(format!(
            "RCA is undefined where the table of totals has far less than the exports that the trade data hold, in thousand USD: {named}.{world}"
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Totals of A and B in 2019 and 2020, against exports of 100 each.
    fn totals(text: &str) -> Result<TotalsFromTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("totals.csv");
        std::fs::write(&path, format!("year,iso3,exports\n{text}")).unwrap();
        let country = |code: &str| StudyCountry { code: code.to_owned(), name: String::new(), group: false };
        let held = Held {
            years: &[2019, 2020],
            countries: &[country("AAA"), country("BBB")],
            members: &BTreeMap::new(),
            active: &[vec![true; 2], vec![true; 2]],
            exports: &[vec![100.0; 2], vec![100.0; 2]],
        };
        TotalsFromTable::of(&ExportTotals::read(&path).unwrap(), held).map_err(|e| e.to_string())
    }

    #[test]
    fn a_total_below_the_exports_is_named_and_taken_out() {
        let good = totals("2019,AAA,100\n2019,BBB,40\n2020,AAA,4000\n2020,BBB,100\n").unwrap();
        assert_eq!(good.notes.sentences, Vec::<String>::new());
        assert_eq!(good.country_exports, [[Some(100.0), Some(40.0)], [Some(4000.0), Some(100.0)]]);
        let bad = totals("2019,AAA,1\n2019,BBB,9000\n2020,AAA,4000\n2020,BBB,100\n").unwrap();
        assert_eq!(bad.country_exports, [[None, Some(9000.0)], [Some(4000.0), Some(100.0)]]);
        // 99 of 9001 are lacking in 2019, a little more than a hundredth.
        assert_eq!(
            bad.notes.sentences,
            [
                "RCA is undefined where the table of totals has far less than the exports that the trade data hold, in thousand USD: AAA in 2019 (1 against 100). The world's total is too small as well, in some year by at least 1 %, and with it every RCA."
            ]
        );
    }

    #[test]
    fn most_totals_too_small_are_a_wrong_unit() {
        let error = totals("2019,AAA,1\n2019,BBB,2\n2020,AAA,1\n2020,BBB,100\n").unwrap_err();
        assert!(
            error.contains(
                "3 of 4 totals are far smaller than the exports that the trade data hold, in thousand USD: AAA in 2019 (1 against"
            ),
            "{error}"
        );
        assert!(totals("2019,AAA,1\n2019,BBB,1\n").unwrap_err().contains(
            "; either the totals are in million USD, and have to be in thousand USD, or the trade is in USD"
        ));
        assert!(totals("2019,AAA,0.001\n2019,BBB,0.002\n").unwrap_err().contains("look like billion USD"));
        let usd = totals("2019,AAA,3e13\n2019,BBB,1e12\n2020,AAA,3e13\n2020,BBB,1e12\n").unwrap();
        assert!(
            usd.notes.sentences[0].ends_with(
                "is it in USD? RCA does not change with the unit if all rows are in the same one."
            ),
            "{:?}",
            usd.notes
        );
    }
}
