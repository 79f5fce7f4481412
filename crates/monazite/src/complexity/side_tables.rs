//! Whether tables beside the trade can be what they are taken for (their years, their unit), and what a reader should know of what small countries are left out by.

use std::collections::BTreeMap;

use super::options::{ComplexityOptions, LEAST_PRODUCTS, SideTables};
use super::sample::years_of_exports;
use crate::ingest::tables::{ExportTotals, Population};
use crate::plain_text::{listed, listed_years};
use crate::trade::FlowSource;
use crate::units::{ThousandUsd, grouped};

/// So many times more or less than the exports of the data, and a table of exports is in another unit.
const OTHER_UNIT: f64 = 100.0;
/// Countries from which on a table of population is that of the world.
const MANY_COUNTRIES: usize = 100;
/// Fewer people do not live in a hundred countries.
const FEW_PEOPLE: f64 = 5e8;
/// USD a head and year that half of the countries cannot export: the largest is some 100,000.
const MOST_A_HEAD: f64 = 2e5;
/// Countries whose exports a head are enough to tell the unit of a table by.
const ENOUGH_COUNTRIES: usize = 3;
/// Years after which a table of population is old.
const OLD: u16 = 3;
/// A total below this share of the exports that the trade data hold is none; see `panel::table_totals`.
const LEAST_SHARE: f64 = 0.3;
/// A year with less than this share of the trade of another one is not whole.
const PART_OF_A_YEAR: f64 = 0.5;

/// What the trade data say of the last year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LastYear {
    /// The year.
    pub year: u16,
    /// Exports by code of the country, thousand USD; only of those that export anything.
    pub exports: BTreeMap<String, f64>,
}

/// Why tables cannot be what they are taken for, in words; `None` if nothing is wrong with them.
///
/// ```
/// use monazite::complexity::{SideTables, side_tables::{LastYear, problem_of}};
/// assert_eq!(problem_of(&SideTables::default(), &LastYear { year: 2023, ..LastYear::default() }), None);
/// ```
pub fn problem_of(tables: &SideTables, held: &LastYear) -> Option<String> {
    let exports = tables.exports.as_ref().and_then(|table| problem_of_exports(table, held));
    exports.or_else(|| tables.population.as_ref().and_then(|table| problem_of_population(table, held)))
}

fn problem_of_exports(table: &ExportTotals, held: &LastYear) -> Option<String> {
    let years = years_of_exports(held.year);
    let newest = years.clone().rev().find_map(|year| Some((year, table.world(year)?)));
    let Some((year, world)) = newest else {
        return Some(format!(
            "{}: the table of exports has none of {} to {}, over which exports are averaged; it has {}",
            table.file(),
            years.start(),
            years.end(),
            listed_years(table.years())
        ));
    };
    let trade = held.exports.values().fold(0.0, |sum, x| sum + x);
    let apart = world / trade;
    (world > 0.0 && trade > 0.0 && !(1.0 / OTHER_UNIT..=OTHER_UNIT).contains(&apart)).then(|| {
        format!(
            "{}: the exports of {year} add up to {}, those of the trade data to {}: the table is to be in thousand USD",
            table.file(),
            ThousandUsd::new(world).in_words(),
            ThousandUsd::new(trade).in_words()
        )
    })
}

fn problem_of_population(table: &Population, held: &LastYear) -> Option<String> {
    let newest: BTreeMap<&str, f64> = table
        .inhabitants
        .iter()
        .filter(|((of, _), _)| *of <= held.year)
        .map(|((_, code), inhabitants)| (code.as_str(), *inhabitants))
        .collect();
    if newest.is_empty() {
        let first = table.inhabitants.keys().next().map(|(year, _)| *year)?;
        return Some(format!(
            "the table of population begins in {first}, and the exports of {} are asked for: give the inhabitants of that year or of one before it",
            held.year
        ));
    }
    let all = newest.values().fold(0.0, |sum, x| sum + x);
    if newest.len() >= MANY_COUNTRIES && all < FEW_PEOPLE {
        return Some(format!(
            "the table of population adds up to {all:.0} people in {} countries: give inhabitants, not thousands or millions of them",
            newest.len()
        ));
    }
    let a_head =
        |(code, exports): (&String, &f64)| newest.get(code.as_str()).map(|people| 1000.0 * exports / people);
    let mut heads: Vec<f64> = held.exports.iter().filter_map(a_head).collect();
    heads.sort_by(f64::total_cmp);
    let median = heads.get(heads.len() / 2).copied().unwrap_or_default();
    (heads.len() >= ENOUGH_COUNTRIES && median > MOST_A_HEAD).then(|| {
        format!(
            "by the table of population half of the countries export more than {median:.0} USD for each inhabitant: give inhabitants, not thousands or millions of them"
        )
    })
}

/// What a country has to have to be compared, in words.
pub(super) fn limits_of(tables: &SideTables, options: &ComplexityOptions) -> String {
    let years = years_of_exports(options.years.last);
    let whose = tables.exports.as_ref().map_or("the trade data", |table| table.file());
    let mut limits = format!(
        "exports of {} a year or more (mean of {}-{}, {whose})",
        options.least_exports.in_words(),
        years.start(),
        years.end()
    );
    if tables.population.is_some() {
        let people = grouped(options.least_population.ceil() as u64);
        limits.push_str(&format!(
            ", {people} inhabitants or more (the newest of the table up to {})",
            options.years.last
        ));
    }
    if !options.exclude.is_empty() {
        limits.push_str(&format!("; left out by hand: {}", options.exclude.join(", ")));
    }
    limits
}

/// What a reader should know of what small countries are left out by; `products` is how many are compared.
pub(super) fn notes_of(
    source: &dyn FlowSource,
    tables: &SideTables,
    options: &ComplexityOptions,
    held: &LastYear,
    products: usize,
) -> Vec<String> {
    let mut notes = Vec::new();
    match &tables.population {
        None if options.least_population > 0.0 => notes.push(
            "No table of population is given, so no country is left out for its size; small ones make ECI noisy.".to_owned(),
        ),
        None => {}
        Some(table) => {
            notes.extend(table.notes.iter().cloned());
            let newest = table.inhabitants.keys().map(|(year, _)| *year).filter(|y| *y <= held.year).max();
            notes.extend(newest.filter(|year| held.year - year > OLD).map(|year| {
                format!("The table of population has nothing after {year}: the inhabitants of then decide who is compared in {}.", held.year)
            }));
        }
    }
    let years = years_of_exports(options.years.last);
    let limited = options.least_exports > ThousandUsd::new(0.0);
    let there = source.years();
    let (whose, lacking): (_, Vec<u16>) = match &tables.exports {
        Some(table) => {
            notes.extend(table.notes().iter().cloned());
            notes.extend(too_small(table, options, held));
            ("The table of exports lacks", years.filter(|year| table.world(*year).is_none()).collect())
        }
        None => ("The trade data lack", years.filter(|year| !there.contains(year)).collect()),
    };
    if limited && !lacking.is_empty() {
        notes.push(format!(
            "{whose} {}, so the exports that countries have to have are a mean over fewer than three years.",
            listed_years(lacking)
        ));
    }
    if limited && tables.exports.is_none() && products < LEAST_PRODUCTS {
        notes.push("The exports that countries have to have are those of the products in the data, not all that they export: give a table of totals.".to_owned());
    }
    notes.extend(part_of_a_year(source, tables, options));
    notes
}

/// Totals that cannot be, of countries that are left out for them.
fn too_small(table: &ExportTotals, options: &ComplexityOptions, held: &LastYear) -> Option<String> {
    let least = options.least_exports.get();
    let wrong = |(code, trade): (&String, &f64)| {
        let total = table.exports(held.year, code)?;
        (total < least && *trade >= least && total < LEAST_SHARE * trade).then(|| {
            let words = |value: f64| ThousandUsd::new(value).in_words();
            format!("{code}: {} of {}", words(total), words(*trade))
        })
    };
    let wrong: Vec<String> = held.exports.iter().filter_map(wrong).collect();
    (!wrong.is_empty()).then(|| {
        format!(
            "{}: far less than the trade data hold in {} ({}). Such a total is none: correct the row, or the country is left out though it is large enough.",
            table.file(),
            held.year,
            listed(wrong, "")
        )
    })
}

/// Years whose trade is far less than that of another year, and count as much.
fn part_of_a_year(
    source: &dyn FlowSource,
    tables: &SideTables,
    options: &ComplexityOptions,
) -> Option<String> {
    let averaged = |year: &u16| {
        let of_exports = tables.exports.is_none() && years_of_exports(options.years.last).contains(year);
        of_exports || (options.years.first..=options.years.last).contains(year)
    };
    let of = |year: u16| (year, source.traded_in(year).iter().fold(0.0, |sum, entry| sum + entry.value));
    let traded: Vec<(u16, f64)> = source.years().into_iter().filter(averaged).map(of).collect();
    let most = traded.iter().fold(0.0f64, |most, (_, value)| most.max(*value));
    let part: Vec<u16> = traded
        .into_iter()
        .filter(|(_, value)| *value < PART_OF_A_YEAR * most)
        .map(|(year, _)| year)
        .collect();
    (!part.is_empty()).then(|| {
        format!(
            "The trade data of {} are less than half of those of another year that is averaged: see whether they are whole, since they count as much.",
            listed_years(part)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::YearRange;
    use crate::trade::FlowTable;

    fn held(exports: &[(&str, f64)]) -> LastYear {
        let exports = exports.iter().map(|(code, value)| ((*code).to_owned(), *value)).collect();
        LastYear { year: 2023, exports }
    }

    fn population(rows: &[(u16, &str, f64)]) -> SideTables {
        let inhabitants = rows.iter().map(|(year, code, n)| ((*year, (*code).to_owned()), *n)).collect();
        SideTables { population: Some(Population { inhabitants, notes: Vec::new() }), exports: None }
    }

    fn exports(rows: &[(&str, i32, f64)]) -> SideTables {
        let table = ExportTotals::from_rows(rows.iter().copied()).unwrap();
        SideTables { population: None, exports: Some(table) }
    }

    #[test]
    fn thousands_of_people_are_refused() {
        let people = |each: f64| {
            let rows: Vec<String> = (0..120).map(|n| format!("C{n:02}")).collect();
            population(&rows.iter().map(|code| (2022, code.as_str(), each)).collect::<Vec<_>>())
        };
        let world = held(&[("DEU", 1e9)]);
        assert_eq!(problem_of(&people(3e7), &world), None);
        let said = problem_of(&people(3e4), &world).unwrap();
        assert!(said.contains("adds up to 3600000 people in 120 countries: give inhabitants"), "{said}");
        // Of a few countries exports a head say it: Germany some 20,000 USD, of thousands of people a thousand times that.
        let few = |unit: f64| {
            population(&[
                (2020, "DEU", 8.3e7 / unit),
                (2020, "FRA", 6.8e7 / unit),
                (2020, "CHE", 8.8e6 / unit),
            ])
        };
        let trade = held(&[("DEU", 1.7e9), ("FRA", 6e8), ("CHE", 4e8), ("USA", 2e9)]);
        assert_eq!(problem_of(&few(1.0), &trade), None);
        let said = problem_of(&few(1e3), &trade).unwrap();
        assert!(
            said.contains("export more than 20481928 USD for each inhabitant: give inhabitants"),
            "{said}"
        );
        assert_eq!(problem_of(&few(1e3), &held(&[("DEU", 1.7e9)])), None, "too few to say");
    }

    #[test]
    fn tables_of_other_years_are_refused() {
        let trade = held(&[("DEU", 1.7e9)]);
        let said = problem_of(&population(&[(2030, "DEU", 8e7)]), &trade).unwrap();
        assert!(said.contains("begins in 2030, and the exports of 2023"), "{said}");
        let said = problem_of(&exports(&[("DEU", 2017, 1e9), ("DEU", 2018, 1e9)]), &trade).unwrap();
        assert_eq!(
            said,
            "totals: the table of exports has none of 2021 to 2023, over which exports are averaged; it has 2017-2018"
        );
    }

    #[test]
    fn dollars_for_thousands_are_refused() {
        let table = exports(&[("DEU", 2022, 1.7e9), ("USA", 2022, 2e9)]);
        assert_eq!(problem_of(&table, &held(&[("DEU", 2e9), ("USA", 2e9)])), None);
        for other in [4e6, 4e12] {
            let said = problem_of(&table, &held(&[("DEU", other)])).unwrap();
            assert!(
                said.contains("of 2022 add up to 3.70 trillion USD")
                    && said.ends_with("is to be in thousand USD"),
                "{said}"
            );
        }
    }

    #[test]
    fn what_countries_are_left_out_by_is_said() {
        let flows = FlowTable::from_rows([
            (2022, "100100", "DEU", "USA", 1e5),
            (2023, "100100", "DEU", "USA", 4e6),
            (2023, "100200", "FRA", "USA", 3e6),
        ])
        .unwrap();
        let options = ComplexityOptions::of(YearRange { first: 2023, last: 2023 });
        let trade = held(&[("DEU", 4e6), ("FRA", 3e6)]);
        let notes = |tables: &SideTables, products: usize| {
            notes_of(&flows, tables, &options, &trade, products).join("|")
        };
        let said = notes(&SideTables::default(), 2000);
        assert!(
            said.contains("The trade data lack 2021, so")
                && said.contains("The trade data of 2022 are less than half"),
            "{said}"
        );
        assert!(
            !said.contains("give a table of totals")
                && notes(&SideTables::default(), 999).contains("give a table of totals")
        );
        let table = exports(&[("DEU", 2023, 1000.0), ("FRA", 2023, 3e6)]);
        let said = notes(&table, 999);
        assert!(said.contains("The table of exports lacks 2021-2022, so"), "{said}");
        assert!(
            said.contains("in 2023 (DEU: 1.00 million USD of 4.00 billion USD). Such a total is none"),
            "{said}"
        );
        assert!(!said.contains("less than half") && !said.contains("give a table of totals"), "{said}");
        let old = population(&[(2010, "DEU", 8e7), (2024, "FRA", 7e7)]);
        assert!(
            notes(&old, 2000).contains("nothing after 2010: the inhabitants of then"),
            "{}",
            notes(&old, 2000)
        );
        assert!(!notes(&population(&[(2020, "DEU", 8e7)]), 2000).contains("nothing after"));
    }
}
