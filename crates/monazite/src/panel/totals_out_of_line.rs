//! Totals of exports that are out of line: with the same country's totals of the years beside, or with what the country trades.

use std::collections::BTreeMap;

use super::study_country::StudyCountry;
use crate::ingest::tables::ExportTotals;
use crate::units::ThousandUsd;

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

/// More than this between two neighbouring years is a slip of units and not a year of trade.
const MOST_BETWEEN_YEARS: f64 = 20.0;
/// Totals below this share of the world's do not move the RCA of others.
const LEAST_WORTH: f64 = 0.001;
/// No country has had more of the world's exports since 1950.
const MOST_OF_THE_WORLD: f64 = 0.2;
/// So many times its share of the exports that the data hold is more than a country's trade explains.
const MOST_BEYOND_TRADE: f64 = 5.0;

/// What is said of totals that are out of line; `None` if all are in line.
pub(super) fn out_of_line(table: &ExportTotals, held: Held<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut named: Vec<(String, u16)> = Vec::new();
    for (country, series) in table.series() {
        for slip in slips(&series, |year| table.world(year)) {
            if slip.years.iter().any(|year| held.years.contains(year)) {
                found.push(format!("{country} {}", slip.words));
                named.extend(slip.years.iter().map(|&year| (country.to_owned(), year)));
            }
        }
    }
    let group: BTreeMap<&str, &str> = held
        .members
        .iter()
        .flat_map(|(group, members)| members.iter().map(move |m| (m.as_str(), group.as_str())))
        .collect();
    for (t, &year) in held.years.iter().enumerate() {
        let (all, world) = (held.exports[t].iter().sum::<f64>(), table.world(year).unwrap_or(0.0));
        if all <= 0.0 || world <= 0.0 {
            continue;
        }
        for (country, series) in table.series() {
            let Some(&(_, value)) = series.iter().find(|(y, _)| *y == year) else { continue };
            let code = group.get(country).copied().unwrap_or(country);
            let at = held.countries.iter().position(|c| c.code == code);
            let (share, traded) = (value / world, at.map_or(0.0, |c| held.exports[t][c] / all));
            let beyond = share > MOST_OF_THE_WORLD && share > MOST_BEYOND_TRADE * traded;
            if beyond && !named.contains(&(country.to_owned(), year)) {
                found.push(format!(
                    "{country} in {year}: {}, {:.0} % of the world's exports, and {:.1} % of the exports in the data",
                    words(value),
                    100.0 * share,
                    100.0 * traded
                ));
            }
        }
    }
    found
}

/// A step between neighbouring years that is too large.
struct Slip {
    years: Vec<u16>,
    words: String,
}

fn words(value: f64) -> String {
    ThousandUsd::new(value).in_words()
}

/// The steps of a series that are too large; one year between two such steps, up and down, is one slip.
fn slips(series: &[(u16, f64)], world: impl Fn(u16) -> Option<f64>) -> Vec<Slip> {
    let step = |at: usize| {
        let (&(before, a), &(after, b)) = (series.get(at)?, series.get(at + 1)?);
        let large = a.max(b);
        let in_year = if a > b { before } else { after };
        let too_large = after == before + 1
            && a > 0.0
            && b > 0.0
            && large > MOST_BETWEEN_YEARS * a.min(b)
            && world(in_year).is_some_and(|w| large >= LEAST_WORTH * w);
        too_large.then_some(b > a)
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at + 1 < series.len() {
        if let Some(up) = step(at) {
            let ((before, a), (after, b)) = (series[at], series[at + 1]);
            if step(at + 1) == Some(!up) {
                let words =
                    format!("in {after}: {}, between {} and {}", words(b), words(a), words(series[at + 2].1));
                found.push(Slip { years: vec![after], words });
                at += 1;
            } else {
                let words = format!("in {after}: {}, after {} in {before}", words(b), words(a));
                found.push(Slip { years: vec![before, after], words });
            }
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, years: &[u16], exports: [f64; 3]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("totals.csv");
        std::fs::write(&path, format!("year,iso3,exports\n{text}")).unwrap();
        let country = |code: &str| StudyCountry { code: code.to_owned(), name: String::new(), group: false };
        let held = Held {
            years,
            countries: &[country("AAA"), country("BBB"), country("CCC")],
            members: &BTreeMap::new(),
            active: &vec![vec![true; 3]; years.len()],
            exports: &vec![exports.to_vec(); years.len()],
        };
        out_of_line(&ExportTotals::read(&path).unwrap(), held)
    }

    #[test]
    fn a_row_in_another_unit_is_named_beside_its_neighbours() {
        let rows = "2018,AAA,100\n2019,AAA,110000\n2020,AAA,120\n2018,BBB,900\n2019,BBB,950\n2020,BBB,40\n";
        assert_eq!(
            found(rows, &[2018, 2019, 2020], [3.0, 7.0, 1.0]),
            [
                "AAA in 2019: 110 million USD, between 100 thousand USD and 120 thousand USD",
                "BBB in 2020: 40.0 thousand USD, after 950 thousand USD in 2019"
            ]
        );
        // In years that the study does not have it does no harm.
        assert!(found(rows, &[2018], [3.0, 7.0, 1.0]).is_empty());
    }

    #[test]
    fn a_share_of_the_world_that_trade_does_not_explain_is_named() {
        let rows = "2019,AAA,100000\n2019,BBB,900\n2019,CCC,100\n";
        assert_eq!(
            found(rows, &[2019], [1.0, 98.0, 1.0]),
            [
                "AAA in 2019: 100 million USD, 99 % of the world's exports, and 1.0 % of the exports in the data"
            ]
        );
        assert!(found(rows, &[2019], [40.0, 50.0, 10.0]).is_empty());
    }
}
