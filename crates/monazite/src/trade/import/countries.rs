//! The countries of a release against its trade: codes that stand for one country, and codes that nobody knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::ingest::{IngestError, Release, country_of_number};
use crate::nomenclature::{Countries, CountryId};
use crate::trade::error::StoreError;

/// What is to be said of years in which several codes of one country trade: a state and a former one, as BACI has them, are added up and
/// named. `shared` are the codes met of countries that have several, with their years.
///
/// # Errors
/// [`IngestError::SharedCode`] for any other two codes: nobody knows whether they are one country.
pub(super) fn check_shared(
    release: &Release,
    file: &str,
    countries: &Countries,
    shared: &BTreeSet<(u16, u16)>,
) -> Result<Vec<(u16, String)>, IngestError> {
    let mut codes: BTreeMap<(u16, CountryId), Vec<u16>> = BTreeMap::new();
    for &(year, code) in shared {
        if let Some(id) = countries.by_code(code).or_else(|| country_of_number(countries, code)) {
            codes.entry((year, id)).or_default().push(code);
        }
    }
    let table = release.country_codes.as_ref();
    let mut notes = Vec::new();
    for &(year, code) in shared.iter().filter(|(_, code)| countries.is_adopted(*code)) {
        let table = table.map_or("BACI's table of version 202501", |table| &table.name);
        if let Some(id) = countries.by_code(code) {
            let country = countries.get(id);
            notes.push((
                year,
                format!(
                    "{code} is not in {table}; in other releases of BACI it is {country}, and it is read so in {year}"
                ),
            ));
        }
    }
    for ((year, id), codes) in codes {
        for pair in codes.windows(2) {
            let (first, second, iso3) = (pair[0], pair[1], countries.get(id).iso3.clone());
            if !Countries::are_one_in_baci(first, second) {
                let in_table = pair.iter().all(|code| countries.by_code(*code).is_some());
                let table = match table {
                    _ if !in_table => "the numbers of BACI and of the United Nations",
                    Some(table) => &table.name,
                    None => "the table of countries",
                };
                let (file, table) = (file.to_owned(), table.to_owned());
                return Err(IngestError::SharedCode { file, table, year, iso3, first, second, in_table });
            }
            notes.push((
                year,
                format!("{first} and {second}, both {iso3}, trade in {year}; they are added up"),
            ));
        }
    }
    Ok(notes)
}

/// The table with the codes of other releases, if reading stopped at a code that they know.
pub(crate) fn adopted(countries: &Countries, error: &IngestError) -> Option<Countries> {
    let IngestError::Country { code, .. } = error else { return None };
    let code = code.parse().ok()?;
    if countries.could_adopt(code) { countries.adopting().ok() } else { None }
}

/// Says of a country code that nobody knows whether the release has a table of countries at all.
pub(super) fn with_table(error: StoreError, release: &Release) -> StoreError {
    match error {
        StoreError::Ingest(IngestError::Country { file, line, column, code, .. }) => {
            let without_table = release.country_codes.is_none();
            IngestError::Country { file, line, column, code, without_table }.into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::trade::{FlowSource, ImportOptions, Store, import_release};

    /// Imports rows under a table of countries, or without one.
    fn import(table: Option<&str>, rows: &str) -> Result<Store, String> {
        let folder = tempfile::tempdir().unwrap();
        let release = folder.path().join("release");
        std::fs::create_dir(&release).unwrap();
        if let Some(table) = table {
            let text = format!("country_code,country_name,country_iso2,country_iso3\n{table}");
            std::fs::write(release.join("country_codes_V202501.csv"), text).unwrap();
        }
        let text = format!("t,i,j,k,v,q\n{rows}");
        std::fs::write(release.join("BACI_HS07_Y2019_V202501.csv"), text).unwrap();
        let release = Release::open(&release).unwrap();
        let store = folder.path().join("store");
        import_release(&release, &store, &ImportOptions::default(), &Silent).map_err(|e| e.to_string())?;
        Ok(Store::open(&store).unwrap())
    }

    #[test]
    fn two_codes_of_one_country_in_one_year_are_refused_unless_baci_has_them() {
        let table = "1,Alpha,,AAA\n2,Beta,,BBB\n7,Alpha before,,AAA\n";
        // In the order of BACI, and in another one, which is read line by line.
        for rows in
            ["2019,1,2,284690,60,1\n2019,2,7,284690,5,1\n", "2019,7,2,284690,60,1\n2019,2,1,284690,5,1\n"]
        {
            let error = import(Some(table), rows).unwrap_err();
            assert!(error.contains("BACI_HS07_Y2019_V202501.csv: 1 and 7 both stand for AAA in "), "{error}");
            assert!(
                error.contains("country_codes_V202501.csv, and both trade in 2019; which one is AAA?"),
                "{error}"
            );
        }
        // One of them a year is what former states are.
        for code in [1, 7] {
            let rows = format!("2019,{code},2,284690,60,1\n2019,2,{code},284690,5,1\n");
            let store = import(Some(table), &rows).unwrap();
            assert_eq!(store.traded_in(2019)[0].flows, 2);
            assert_eq!(store.manifest().account.former_states, if code == 7 { 2 } else { 0 });
        }
        let store = import(None, "2019,56,842,284690,60,1\n2019,58,842,284690,5,1\n").unwrap();
        assert_eq!(store.read(2019, &["284690".parse().unwrap()], false).unwrap().values, [65.0]);
    }

    #[test]
    fn what_is_named_is_named_once_a_year() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("BACI_HS07_Y1999_V202501.csv"), "t,i,j,k,v,q\n").unwrap();
        let release = Release::open(folder.path()).unwrap();
        let shared = BTreeSet::from([(1998, 58), (1999, 56), (1999, 58), (1999, 276)]);
        let notes = check_shared(&release, &release.flows[0].name, &Countries::builtin(), &shared).unwrap();
        assert_eq!(notes, [(1999, "56 and 58, both BEL, trade in 1999; they are added up".to_owned())]);
    }

    #[test]
    fn a_missing_table_of_countries_is_the_cause() {
        let error = import(None, "2019,1,842,284690,60,1\n").unwrap_err();
        assert!(error.contains(
            ":2: column i: '1' is not a country code of BACI, whose table of version 202501 is used"
        ));
        assert!(error.contains("put its country_codes file beside the trade files"), "{error}");
        let error = import(Some("842,USA,US,USA\n"), "2019,1,842,284690,60,1\n").unwrap_err();
        assert!(error.contains("'1' is not a country code of this release; check country_codes"), "{error}");
    }
}
