//! Total exports from a table that the study names, held against the exports that the trade data hold.

use std::collections::BTreeSet;

use super::error::PanelError;
use super::notes::Notes;
use super::study_country::StudyCountry;
use super::totals_out_of_line::{Held, out_of_line};
use crate::ingest::IngestError;
use crate::ingest::tables::ExportTotals;
use crate::plain_text::listed;

/// Total exports by year and country.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TotalsFromTable {
    /// Thousand USD by year and country; `None` where the table has none, or far less than the trade data hold.
    pub country_exports: Vec<Vec<Option<f64>>>,
    /// Thousand USD by year; `None` where the table lacks the year, or too much of the world.
    pub world_exports: Vec<Option<f64>>,
    /// What a reader of the results should know.
    pub notes: Notes,
}

/// A total below this share of the exports that the trade data hold is none. Other sources reconcile trade in other ways: of 3,510 totals of
/// the Atlas beside BACI's 74 raw materials 193 are below what BACI has of these alone, the lowest (Mali's gold of 2008) at 0.41.
const LEAST_SHARE: f64 = 0.3;
/// From this share of the world's exports on, what its total lacks is said.
const WORTH_SAYING: f64 = 0.01;
/// If countries with more of the world's exports lack, by their own totals of other years, the world's total is none.
const MOST_LACKING: f64 = 0.1;
/// The same by their share of the exports in the data, where they have no total in any year: of few products this may be far from their share
/// of all exports.
const MOST_LACKING_BY_TRADE: f64 = 0.25;
/// The exports of the world are some 2.5e10 thousand USD a year.
const LARGEST_WORLD: f64 = 2e11;

impl TotalsFromTable {
    /// Takes the totals from a table.
    ///
    /// A total that is far smaller than the exports in the trade data cannot be one: it is named, and RCA of that country and year is undefined.
    /// Where countries with much of the world's exports have none, RCA of all is undefined in that year, since the world's total is too small.
    ///
    /// # Errors
    /// [`PanelError::Ingest`] if totals are too small for most countries and years, or the world's total is in every year.
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
        totals.note_incomplete_groups(table, held);
        totals.refuse_too_small(table, held)?;
        totals.weigh_what_lacks(table, held)?;
        let slips = out_of_line(table, held);
        if !slips.is_empty() {
            let named = totals.notes.listed("totals that are out of line", slips);
            totals.notes.push(format!(
                "The table of totals has values that are out of line with the years beside them or with trade: {named}. A slip in one row changes the \
                 world's total and every RCA of the year; correct the rows that are wrong."
            ));
        }
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

    /// Says which members of merged countries have no total where others of the group have one: the group's total is too small.
    fn note_incomplete_groups(&mut self, table: &ExportTotals, held: Held<'_>) {
        let mut incomplete = Vec::new();
        for (c, country) in held.countries.iter().enumerate().filter(|(_, country)| country.group) {
            for member in held.members.get(&country.code).into_iter().flatten() {
                let lacks = |t: usize| {
                    self.country_exports[t][c].is_some() && table.exports(held.years[t], member).is_none()
                };
                if (0..held.years.len()).any(lacks) {
                    incomplete.push(format!("{member} of {}", country.code));
                }
            }
        }
        if !incomplete.is_empty() {
            let named = self
                .notes
                .listed("members of merged countries without total exports in some year", incomplete);
            self.notes.push(format!(
                "The table of totals has no exports of members of merged countries in some year: {named}. If they export, RCA of the group is too high \
                 there."
            ));
        }
    }

    fn refuse_too_small(&mut self, table: &ExportTotals, held: Held<'_>) -> Result<(), PanelError> {
        let (mut compared, mut all, mut all_held) = (0usize, 0.0, 0.0);
        let mut small: Vec<String> = Vec::new();
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
        let named = self.notes.listed("totals far below the exports that the trade data hold", &small);
        self.notes.push(format!(
            "RCA is undefined where the table of totals has far less than the exports that the trade data hold, in thousand USD: {named}."
        ));
        Ok(())
    }
}

/// A country without a total that has some of the world's exports.
struct Lacking<'a> {
    code: &'a str,
    /// Its share of the world's exports, as far as it is known.
    share: f64,
    /// Whether that is by its totals of another year.
    certain: bool,
}

impl TotalsFromTable {
    /// The countries that have no total in a year but export, the largest first.
    fn lacking<'a>(&self, t: usize, world: f64, held: Held<'a>) -> Vec<Lacking<'a>> {
        let all: f64 = held.exports[t].iter().sum();
        let mut lacking = Vec::new();
        for (c, country) in held.countries.iter().enumerate() {
            let exports = held.exports[t][c];
            if self.country_exports[t][c].is_some() || exports <= 0.0 {
                continue;
            }
            let known = (0..held.years.len())
                .filter_map(|y| Some((y, self.country_exports[y][c]? / self.world_exports[y]?)))
                .min_by_key(|(y, _)| held.years[*y].abs_diff(held.years[t]));
            // What it exports in the data is the least that it exports.
            let least = exports / (world + exports);
            let (share, certain) = match known {
                Some((_, share)) => (share.max(least), true),
                None if least > MOST_LACKING => (least, true),
                None => (exports / all, false),
            };
            lacking.push(Lacking { code: &country.code, share, certain });
        }
        lacking.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.code.cmp(b.code)));
        lacking
    }

    /// Says by how much the world's total is short for countries without one, and takes it out where that is too much.
    fn weigh_what_lacks(&mut self, table: &ExportTotals, held: Held<'_>) -> Result<(), PanelError> {
        let (mut short, mut worst, mut years) = (Vec::new(), (0.0f64, 0), Vec::new());
        let mut taken_out = Vec::new();
        let mut given = 0;
        for (t, &year) in held.years.iter().enumerate() {
            let Some(world) = self.world_exports[t] else { continue };
            given += 1;
            let lacking = self.lacking(t, world, held);
            let sum = |certain: bool| {
                lacking.iter().filter(|l| !certain || l.certain).fold(0.0, |sum, l| sum + l.share)
            };
            let all = sum(false);
            if all < WORTH_SAYING {
                continue;
            }
            if all > worst.0 {
                worst = (all, year);
            }
            let too_much = sum(true) > MOST_LACKING || all > MOST_LACKING_BY_TRADE;
            (if too_much { &mut taken_out } else { &mut years }).push((t, year.to_string()));
            short.extend(lacking.iter().filter(|l| l.share >= WORTH_SAYING).map(|l| {
                let of = if l.certain { "the world's exports" } else { "the exports in the data" };
                format!("{} in {year} ({:.0} % of {of})", l.code, 100.0 * l.share)
            }));
        }
        if short.is_empty() && years.is_empty() && taken_out.is_empty() {
            return Ok(());
        }
        let names = |list: &[(usize, String)]| listed(list.iter().map(|(_, year)| year), "");
        let sum = format!("the world's total is short by about {:.0} % in {}", 100.0 * worst.0, worst.1);
        if taken_out.len() == given {
            let message = format!(
                "the totals lack countries with much of the exports, {}: {sum}, and RCA of every other country would be too low by as much. Add \
                 their rows, or say indicators.rca_universe = \"network_only\"",
                listed(&short, "")
            );
            return Err(IngestError::Side { file: table.file().to_owned(), message }.into());
        }
        let named = self.notes.listed("large countries without total exports", &short);
        let named = if named.is_empty() { "many small ones".to_owned() } else { named };
        let undefined = match taken_out.is_empty() {
            true => String::new(),
            false => format!(
                " That is too much in {}, where RCA of all countries is undefined.",
                names(&taken_out)
            ),
        };
        let low = match years.is_empty() {
            true => String::new(),
            false => format!(
                " In {} RCA of every other country is too low by as much as is lacking.",
                names(&years)
            ),
        };
        self.notes.push(format!(
            "The table of totals lacks countries that matter, {named}: {sum}.{undefined}{low} Add their rows."
        ));
        for (t, _) in taken_out {
            self.world_exports[t] = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
        let good = totals("2019,AAA,100\n2019,BBB,40\n2020,AAA,1900\n2020,BBB,100\n").unwrap();
        assert_eq!(good.notes.sentences, Vec::<String>::new());
        assert_eq!(good.country_exports, [[Some(100.0), Some(40.0)], [Some(1900.0), Some(100.0)]]);
        let bad = totals("2019,AAA,1\n2019,BBB,9000\n2020,AAA,4000\n2020,BBB,100\n").unwrap();
        assert_eq!(bad.country_exports, [[None, Some(9000.0)], [Some(4000.0), Some(100.0)]]);
        assert_eq!(
            bad.notes.sentences[0],
            "RCA is undefined where the table of totals has far less than the exports that the trade data hold, in thousand USD: AAA in 2019 (1 against 100)."
        );
        assert!(
            bad.notes.sentences[1].starts_with(
                "The table of totals lacks countries that matter, AAA in 2019 (98 % of the world's exports): the world's total is short by about 98 % in 2019. That is too much in 2019, where RCA of all countries is undefined."
            ),
            "{:?}",
            bad.notes.sentences
        );
        assert_eq!(bad.world_exports, [None, Some(4100.0)]);
    }

    #[test]
    fn what_the_world_lacks_is_said_with_its_share() {
        // BBB has a twentieth of the world in 2020, and no total in 2019.
        let some = totals("2019,AAA,9500\n2020,AAA,9500\n2020,BBB,500\n").unwrap();
        assert_eq!(some.world_exports, [Some(9500.0), Some(10000.0)]);
        assert_eq!(some.country_exports[0][1], None);
        let said = some.notes.sentences.last().unwrap();
        assert!(
            said.ends_with("BBB in 2019 (5 % of the world's exports): the world's total is short by about 5 % in 2019. In 2019 RCA of every other country is too low by as much as is lacking. Add their rows."),
            "{said}"
        );
        // Without a total in any year it is half of the exports in the data.
        let error = totals("2019,AAA,9500\n2020,AAA,9500\n").unwrap_err();
        assert!(
            error.contains("the totals lack countries with much of the exports, BBB in 2019 (50 % of the exports in the data), BBB in 2020")
                && error.contains("rca_universe = \"network_only\""),
            "{error}"
        );
        // A year that the table does not have is none of these.
        let one = totals("2019,AAA,9500\n2019,BBB,500\n").unwrap();
        assert_eq!((one.world_exports, one.notes.sentences.len()), (vec![Some(10000.0), None], 2));
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
