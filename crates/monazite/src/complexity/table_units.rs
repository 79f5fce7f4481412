//! Whether tables beside the trade are in the unit that they are read in.

use std::collections::BTreeMap;

use super::options::SideTables;
use crate::units::ThousandUsd;

/// So many times more or less than the exports of the data, and a table of exports is in another unit.
const OTHER_UNIT: f64 = 100.0;
/// Countries from which on a table of population is that of the world.
const MANY_COUNTRIES: usize = 100;
/// Fewer people do not live in a hundred countries.
const FEW_PEOPLE: f64 = 5e8;

/// What is wrong with the unit of a table, in words; `None` if nothing is. `exports` are those of all countries in the data in `year`, thousand USD.
///
/// ```
/// use monazite::complexity::{SideTables, table_units::wrong_unit};
/// assert_eq!(wrong_unit(&SideTables::default(), 2023, 2e10), None);
/// ```
pub fn wrong_unit(tables: &SideTables, year: u16, exports: f64) -> Option<String> {
    if let Some(table) = &tables.exports
        && let Some(world) = table.world(year).filter(|world| *world > 0.0 && exports > 0.0)
        && !(1.0 / OTHER_UNIT..=OTHER_UNIT).contains(&(world / exports))
    {
        return Some(format!(
            "{}: the exports of {year} add up to {}, those of the trade data to {}: the table is to be in thousand USD",
            table.file(),
            ThousandUsd::new(world).in_words(),
            ThousandUsd::new(exports).in_words()
        ));
    }
    let population = tables.population.as_ref()?;
    let newest: BTreeMap<&str, f64> = population
        .inhabitants
        .iter()
        .filter(|((of, _), _)| *of <= year)
        .map(|((_, code), inhabitants)| (code.as_str(), *inhabitants))
        .collect();
    let all = newest.values().fold(0.0, |sum, x| sum + x);
    (newest.len() >= MANY_COUNTRIES && all < FEW_PEOPLE).then(|| {
        format!(
            "the table of population adds up to {all:.0} people in {} countries: give inhabitants, not thousands or millions of them",
            newest.len()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tables::{ExportTotals, Population};

    #[test]
    fn thousands_of_people_and_dollars_for_thousands_are_refused() {
        let people = |each: f64| {
            let inhabitants = (0..120).map(|n| ((2022, format!("C{n:02}")), each)).collect();
            SideTables { population: Some(Population { inhabitants, notes: Vec::new() }), exports: None }
        };
        assert_eq!(wrong_unit(&people(3e7), 2023, 1e9), None);
        let said = wrong_unit(&people(3e4), 2023, 1e9).unwrap();
        assert!(said.contains("adds up to 3600000 people in 120 countries: give inhabitants"), "{said}");
        assert_eq!(wrong_unit(&people(3e4), 2021, 1e9), None, "nothing up to that year");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("totals.csv");
        std::fs::write(&path, "year,iso3,exports\n2023,DEU,1700000000\n2023,USA,2000000000\n").unwrap();
        let table = SideTables { population: None, exports: Some(ExportTotals::read(&path).unwrap()) };
        assert_eq!(wrong_unit(&table, 2023, 4e9), None);
        for other in [4e6, 4e12] {
            let said = wrong_unit(&table, 2023, other).unwrap();
            assert!(
                said.contains("3.70 trillion USD") && said.ends_with("is to be in thousand USD"),
                "{said}"
            );
        }
        assert_eq!(wrong_unit(&table, 2022, 4e6), None, "a year that it lacks");
    }
}
