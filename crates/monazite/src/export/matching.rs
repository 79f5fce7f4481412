//! Which codes a selection means in a run, and what codes are called there.

use std::collections::{BTreeMap, BTreeSet};

use super::{ExportError, Selection};
use crate::nomenclature::YearRange;
use crate::nomenclature::groups::builtin_groups;
use crate::nomenclature::merged_names::members_in_name;
use crate::nomenclature::names::{self, NotFound};
use crate::nomenclature::suggestion::{Name, nearest};
use crate::run::Run;
use crate::run_folder::tables::{COUNTRIES, PRODUCTS};

/// Names of countries and groups, and texts of products, by code.
#[derive(Debug, Default)]
pub(super) struct CodeNames {
    pub countries: BTreeMap<String, String>,
    pub products: BTreeMap<String, String>,
}

impl CodeNames {
    pub fn of(run: &Run) -> Result<Self, ExportError> {
        let pairs = |file: &str, code: &str, name: &str| -> Result<BTreeMap<String, String>, ExportError> {
            let Some(table) = run.table(file)? else { return Ok(BTreeMap::new()) };
            let (code, name) = (table.require(&[code])?, table.require(&[name])?);
            Ok(table.rows.iter().map(|row| (row.get(code).to_owned(), row.get(name).to_owned())).collect())
        };
        let mut countries = pairs(COUNTRIES.file, "country", "name")?;
        // Groups that are means of their members have tables of their own, and are not among the countries.
        for group in run.groups()? {
            let name = builtin_groups().get(group).map_or_else(String::new, |known| known.name.clone());
            countries.entry(group.clone()).or_insert(name);
        }
        Ok(Self { countries, products: pairs(PRODUCTS.file, "product", "description")? })
    }
}

/// What a selection means in a run; `None` and empty take everything.
#[derive(Debug)]
pub(super) struct Wanted {
    pub countries: Option<BTreeSet<String>>,
    pub suppliers: Option<BTreeSet<String>>,
    pub products: Option<BTreeSet<String>>,
    pub years: Vec<YearRange>,
}

impl Wanted {
    pub fn of(run: &Run, selection: &Selection, names: &CodeNames) -> Result<Self, ExportError> {
        let countries = |asked: &[String]| -> Result<Option<BTreeSet<String>>, ExportError> {
            let codes: Result<BTreeSet<String>, NotFound> =
                asked.iter().map(|text| country(text, &names.countries)).collect();
            Ok(Some(codes?).filter(|_| !asked.is_empty()))
        };
        let mut products = BTreeSet::new();
        for asked in &selection.products {
            products.extend(products_of(asked, &names.products)?);
        }
        let study = &run.manifest().study;
        for years in &selection.years {
            if years.first < study.first_year || years.last > study.last_year {
                return Err(ExportError::Unknown {
                    what: "year",
                    asked: if years.first == years.last {
                        years.first.to_string()
                    } else {
                        format!("{}-{}", years.first, years.last)
                    },
                    reason: format!("the run holds {} to {}", study.first_year, study.last_year),
                });
            }
        }
        Ok(Self {
            countries: countries(&selection.countries)?,
            suppliers: countries(&selection.suppliers)?,
            products: Some(products).filter(|_| !selection.products.is_empty()),
            years: selection.years.clone(),
        })
    }

    pub fn has_year(&self, year: i64) -> bool {
        self.years.is_empty()
            || u16::try_from(year).is_ok_and(|year| self.years.iter().any(|range| range.contains(year)))
    }
}

/// The code of a country or group of the run: by code, its name there, or any other name of it.
fn country(asked: &str, known: &BTreeMap<String, String>) -> Result<String, NotFound> {
    let text = asked.trim();
    if let Some(code) = known.keys().find(|code| code.eq_ignore_ascii_case(text)) {
        return Ok(code.clone());
    }
    match names::find(text) {
        Ok(country) if known.contains_key(&country.iso3) => Ok(country.iso3.clone()),
        Ok(country) => {
            let asked = text.to_owned();
            let holds =
                |(code, name): &(&String, &String)| members_in_name(code, name).any(|m| m == country.iso3);
            Err(match known.iter().find(holds) {
                Some((group, _)) => NotFound::Merged { asked, country, group: group.clone() },
                None => NotFound::Absent { asked, country },
            })
        }
        Err(error) => {
            let lower = text.to_lowercase();
            let by_name = known.iter().find(|(_, name)| name.to_lowercase() == lower);
            match (by_name, error) {
                (_, error @ NotFound::Ambiguous { .. }) => Err(error),
                (Some((code, _)), _) => Ok(code.clone()),
                (None, NotFound::Unknown { asked, near }) if near.is_empty() => {
                    let own: Vec<Name<'_>> = known.iter().map(|(code, name)| Name { code, name }).collect();
                    let near = nearest(&asked, &own).into_iter().take(5);
                    let near = near.map(|code| format!("{code} ({})", known[code])).collect();
                    Err(NotFound::Unknown { asked, near })
                }
                (None, error) => Err(error),
            }
        }
    }
}

/// The codes that begin with what was asked for.
fn products_of(asked: &str, known: &BTreeMap<String, String>) -> Result<Vec<String>, ExportError> {
    let digits: String = asked.trim().chars().filter(|c| *c != '.').collect();
    let unknown = |reason: String| ExportError::Unknown { what: "product", asked: asked.to_owned(), reason };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.len() > 6 {
        return Err(unknown(
            "a code of the HS, or its beginning, is asked for; `monazite codes` finds codes by word"
                .to_owned(),
        ));
    }
    let found: Vec<String> = known.keys().filter(|code| code.starts_with(&digits)).cloned().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let heading = &digits[..digits.len().min(4)];
    let near: Vec<&str> =
        known.keys().filter(|c| c.starts_with(heading)).map(String::as_str).take(10).collect();
    Err(unknown(match near.is_empty() {
        true => format!(
            "the run holds no such product; `monazite codes {digits}` says what became of it in other editions, table products lists those of the run"
        ),
        false => format!("the run holds no such product; it holds {}", near.join(", ")),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect()
    }

    #[test]
    fn countries_go_by_code_name_and_alias_and_groups_by_code() {
        let known = map(&[("KOR", "Rep. of Korea"), ("EU27", "European Union"), ("XYZ", "Testland")]);
        let of = |text: &str| country(text, &known).map_err(|e| e.to_string());
        assert_eq!(of("kor").unwrap(), "KOR");
        assert_eq!(of("South Korea").unwrap(), "KOR");
        assert_eq!(of("eu27").unwrap(), "EU27");
        assert_eq!(of("testland").unwrap(), "XYZ");
        assert!(of("Germany").unwrap_err().contains("not a country of the data"));
        assert!(of("Korea").unwrap_err().contains("say which"));
    }

    #[test]
    fn a_heading_is_all_its_codes() {
        let known = map(&[("284610", ""), ("284690", ""), ("280530", "")]);
        assert_eq!(products_of("2846", &known).unwrap(), ["284610", "284690"]);
        assert_eq!(products_of("2805.30", &known).unwrap(), ["280530"]);
        assert!(products_of("284699", &known).unwrap_err().to_string().contains("it holds 284610, 284690"));
        assert!(products_of("cobalt", &known).unwrap_err().to_string().contains("monazite codes"));
        assert!(products_of("999999", &known).unwrap_err().to_string().contains("no such product"));
    }
}
