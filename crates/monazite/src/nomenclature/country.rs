//! Countries as BACI knows them: numeric codes, iso3, names, regions, parent states.
//!
//! BACI's codes are its own list, not ISO 3166: the USA are 842, India 699, France
//! 251, and Taiwan appears as 490 "Other Asia, nes". A hard-coded ISO table would
//! silently lose the USA, so the table of the release itself is used, and an unknown
//! code is an error, never a shrug.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use crate::plain_text::{CODE_SHAPE, LONGEST_NAME, beginning, is_code, problem_of_name};

/// A country's place in a [`Countries`] table: a small number, valid for that table only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryId(u16);

impl CountryId {
    /// Wraps a position in a table.
    pub const fn new(position: u16) -> Self {
        Self(position)
    }

    /// The position in the table, for indexing arrays over countries.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One country, territory or former state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// Three-letter code, unique in the table. Mostly ISO 3166-1; BACI has a few of its own.
    pub iso3: String,
    /// Name for people.
    pub name: String,
    /// BACI's numeric codes for it, today's first: several where a former state is merged into its successor.
    pub baci_codes: Vec<u16>,
}

/// One row of a `country_codes` file, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryRow {
    /// BACI's numeric code.
    pub code: u16,
    /// Name, with double encoding already mended.
    pub name: String,
    /// Three-letter code; empty where the file has none.
    pub iso3: String,
}

/// The table of countries, ordered by iso3.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Countries {
    list: Vec<Country>,
    by_code: Vec<u16>,
    by_iso3: HashMap<String, u16>,
    /// Numeric codes that were merged into another one of the same country.
    former: Vec<u16>,
    /// Numeric codes that the table lacks and other releases have.
    adopted: Vec<u16>,
}

const ABSENT: u16 = u16::MAX;

/// As many countries as a table can hold. A trade matrix of so many countries is 128 MB; there are some 240.
pub const MOST_COUNTRIES: usize = 4096;

/// What is wrong with a table of countries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CountryTableError {
    /// More countries than fit.
    #[error(
        "there are {countries} different countries; at most 4,096 fit. Is another column taken for the country?"
    )]
    TooMany {
        /// Different countries found.
        countries: usize,
    },
    /// A code that cannot be one.
    #[error("'{}' is not the code of a country: {CODE_SHAPE}", beginning(.code, 40))]
    Code {
        /// As it stands.
        code: String,
    },
    /// A name that cannot be one.
    #[error("the name of {code} {problem}")]
    Name {
        /// The country.
        code: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Two countries that could be meant by one code.
    #[error("{code} stands for two countries; which one is meant? Keep one of them")]
    Twice {
        /// The code.
        code: String,
    },
}

/// ISO 3166 code under which BACI's "Other Asia, nes" (490) is shown.
pub const TAIWAN: &str = "TWN";
const TAIWAN_BACI_CODE: u16 = 490;

pub(super) const BACI_CODES: &str = include_str!("baci_country_codes.csv");
const M49: &str = include_str!("m49.csv");
const TERRITORIES: &str = include_str!("territories.csv");

impl Countries {
    /// Builds the table from the rows of a `country_codes` file.
    ///
    /// Rules: BACI's 490 becomes Taiwan (TWN); a row without an iso3 gets `X` and its
    /// numeric code, so that no two rows collide; rows that share an iso3 (Belgium and
    /// Belgium-Luxembourg, Germany and its western predecessor, Sudan before and after
    /// 2011) become one country, named after the row whose code is ISO's.
    ///
    /// # Errors
    /// [`CountryTableError`] if there are more than 4,096 countries, or a code or a name cannot be one.
    pub fn from_rows(rows: &[CountryRow]) -> Result<Self, CountryTableError> {
        let iso_numeric: HashMap<&str, u16> = m49().iter().map(|r| (r.iso3.as_str(), r.numeric)).collect();
        let mut merged: HashMap<String, Country> = HashMap::new();
        for row in rows {
            let (iso3, name) = if row.code == TAIWAN_BACI_CODE {
                (TAIWAN.to_owned(), "Taiwan (Other Asia, nes)".to_owned())
            } else if row.iso3.is_empty() || row.iso3 == "N/A" {
                (format!("X{}", row.code), row.name.clone())
            } else {
                (row.iso3.clone(), row.name.clone())
            };
            let entry = merged.entry(iso3.clone()).or_insert_with(|| Country {
                iso3: iso3.clone(),
                name: name.clone(),
                baci_codes: Vec::new(),
            });
            entry.baci_codes.push(row.code);
            if iso_numeric.get(iso3.as_str()) == Some(&row.code) {
                entry.name = name;
            }
        }
        let iso_first = |country: &mut Country| {
            let iso = iso_numeric.get(country.iso3.as_str());
            country.baci_codes.sort_by_key(|code| (iso != Some(code), *code));
        };
        let mut list: Vec<Country> = merged.into_values().collect();
        list.iter_mut().for_each(iso_first);
        Self::from_list(list)
    }

    /// Builds a table from countries that are already merged; sorts them by iso3.
    ///
    /// # Errors
    /// [`CountryTableError`] if there are more than 4,096 countries, if a code is not one ([`crate::plain_text::is_code`]) or stands for two
    /// countries, or if a name is too long or holds a control character.
    pub fn from_list(mut list: Vec<Country>) -> Result<Self, CountryTableError> {
        if list.len() > MOST_COUNTRIES {
            return Err(CountryTableError::TooMany { countries: list.len() });
        }
        for country in &list {
            if !is_code(&country.iso3) {
                return Err(CountryTableError::Code { code: country.iso3.clone() });
            }
            if let Some(problem) = problem_of_name(&country.name, LONGEST_NAME) {
                return Err(CountryTableError::Name { code: country.iso3.clone(), problem });
            }
        }
        list.sort_by(|a, b| a.iso3.cmp(&b.iso3));
        let largest = list.iter().flat_map(|c| &c.baci_codes).max().map_or(0, |&c| usize::from(c));
        let mut by_code = vec![ABSENT; largest + 1];
        let mut by_iso3 = HashMap::with_capacity(list.len());
        for (position, country) in list.iter().enumerate() {
            let position = position as u16;
            for &code in &country.baci_codes {
                let before = std::mem::replace(&mut by_code[usize::from(code)], position);
                if before != ABSENT && before != position {
                    return Err(CountryTableError::Twice { code: code.to_string() });
                }
            }
            if by_iso3.insert(country.iso3.clone(), position).is_some() {
                return Err(CountryTableError::Twice { code: country.iso3.clone() });
            }
        }
        let former = list.iter().flat_map(|c| c.baci_codes.iter().skip(1).copied()).collect();
        Ok(Self { list, by_code, by_iso3, former, adopted: Vec::new() })
    }

    /// The table that comes with the program: BACI's `country_codes_V202501.csv`.
    ///
    /// Used when a release comes without its own table.
    pub fn builtin() -> Self {
        let rows: Vec<CountryRow> = embedded_rows(BACI_CODES)
            .filter_map(|fields| {
                Some(CountryRow {
                    code: fields.get(0)?.parse().ok()?,
                    name: mend_double_encoding(fields.get(1)?),
                    iso3: fields.get(3)?.to_owned(),
                })
            })
            .collect();
        Self::from_rows(&rows).expect("the table that comes with the program is small")
    }

    /// Number of countries.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether the table is empty.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The country with a BACI numeric code, if there is one.
    #[inline]
    pub fn by_code(&self, code: u16) -> Option<CountryId> {
        match self.by_code.get(usize::from(code)) {
            Some(&position) if position != ABSENT => Some(CountryId(position)),
            _ => None,
        }
    }

    /// The country with an iso3, if there is one.
    pub fn by_iso3(&self, iso3: &str) -> Option<CountryId> {
        self.by_iso3.get(iso3).map(|&position| CountryId(position))
    }

    /// Like [`Countries::by_iso3`], but also understands what BACI writes for Taiwan, `S19`.
    pub fn by_iso3_or_alias(&self, iso3: &str) -> Option<CountryId> {
        self.by_iso3(if iso3 == "S19" { TAIWAN } else { iso3 })
    }

    /// Whether a numeric code is that of a former state, counted under its successor.
    #[inline]
    pub fn is_former_state(&self, code: u16) -> bool {
        self.former.contains(&code)
    }

    /// Whether several numeric codes stand for a country: its own and those of former states.
    #[inline]
    pub fn has_several_codes(&self, id: CountryId) -> bool {
        self.list[id.index()].baci_codes.len() > 1
    }

    /// This table with more codes and countries, none of whose codes counts as that of a former state.
    ///
    /// # Errors
    /// As [`Countries::from_list`].
    pub(super) fn with_adopted(
        &self,
        list: Vec<Country>,
        adopted: Vec<u16>,
    ) -> Result<Self, CountryTableError> {
        let former = self.former.clone();
        Ok(Self { former, adopted, ..Self::from_list(list)? })
    }

    /// Whether a numeric code is not in the release's own table and was taken over from other releases.
    pub fn is_adopted(&self, code: u16) -> bool {
        self.adopted.contains(&code)
    }

    /// Whether codes were taken over from other releases.
    pub fn has_adopted(&self) -> bool {
        !self.adopted.is_empty()
    }

    /// Whether two numeric codes are those of a state and a former one in BACI's own table, such as 56 and 58 (Belgium, and Belgium with
    /// Luxembourg). BACI counts the trade of a year under one of them, so that trade under both is one and the same country's.
    ///
    /// ```
    /// use monazite::nomenclature::Countries;
    /// assert!(Countries::are_one_in_baci(56, 58) && !Countries::are_one_in_baci(56, 276));
    /// ```
    pub fn are_one_in_baci(first: u16, second: u16) -> bool {
        static BACI: LazyLock<Countries> = LazyLock::new(Countries::builtin);
        BACI.by_code(first).is_some_and(|id| BACI.by_code(second) == Some(id))
    }

    /// The country at a position of this table.
    ///
    /// # Panics
    /// If the id comes from a larger table.
    pub fn get(&self, id: CountryId) -> &Country {
        &self.list[id.index()]
    }

    /// The iso3 at a position of this table.
    pub(crate) fn iso3_at(&self, position: u16) -> &str {
        &self.list[usize::from(position)].iso3
    }

    /// All countries with their ids, in order of iso3.
    pub fn iter(&self) -> impl Iterator<Item = (CountryId, &Country)> {
        self.list.iter().enumerate().map(|(position, country)| (CountryId(position as u16), country))
    }

    /// The iso3 codes in order.
    pub fn iso3_codes(&self) -> Vec<&str> {
        self.list.iter().map(|c| c.iso3.as_str()).collect()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.iso3)
    }
}

/// Repairs text that was encoded as UTF-8 twice: `CÃ´te d'Ivoire` becomes `Côte d'Ivoire`.
///
/// Text that is not damaged in this way comes back unchanged.
///
/// ```
/// use monazite::nomenclature::country::mend_double_encoding;
/// assert_eq!(mend_double_encoding("CÃ´te d'Ivoire"), "Côte d'Ivoire");
/// assert_eq!(mend_double_encoding("Curaçao"), "Curaçao");
/// ```
pub fn mend_double_encoding(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
    if unmappable {
        return text.to_owned();
    }
    match std::str::from_utf8(&bytes) {
        Ok(mended) => mended.to_owned(),
        Err(_) => text.to_owned(),
    }
}

/// One row of the United Nations' M49 table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct M49Row {
    /// ISO 3166-1 alpha-3.
    pub iso3: String,
    /// ISO 3166-1 numeric.
    pub numeric: u16,
    /// Continent-like region; empty for Antarctica.
    pub region: String,
    /// Sub-region, such as "Western Europe".
    pub subregion: String,
}

/// The United Nations' M49 regions, as shipped.
pub fn m49() -> &'static [M49Row] {
    static ROWS: LazyLock<Vec<M49Row>> = LazyLock::new(|| {
        embedded_rows(M49)
            .filter_map(|row| {
                Some(M49Row {
                    iso3: row.get(0)?.to_owned(),
                    numeric: row.get(2)?.parse().ok()?,
                    region: row.get(4)?.to_owned(),
                    subregion: row.get(5)?.to_owned(),
                })
            })
            .collect()
    });
    &ROWS
}

/// The sub-region of a country, `None` for codes that M49 does not know.
pub fn subregion(iso3: &str) -> Option<&'static str> {
    if iso3 == TAIWAN {
        return Some("Eastern Asia");
    }
    m49().iter().find(|r| r.iso3 == iso3).map(|r| r.subregion.as_str()).filter(|s| !s.is_empty())
}

/// The state a territory belongs to, or the main successor of a former state.
///
/// Covers the codes that BACI has and the Governance Indicators do not.
pub fn parent_state(iso3: &str) -> Option<&'static str> {
    static PARENTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        embedded_rows(TERRITORIES)
            .filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned())))
            .collect()
    });
    PARENTS.get(iso3).map(String::as_str)
}

/// Data rows of a csv that is compiled into the program; a test reads every one.
pub(super) fn embedded_rows(table: &'static str) -> impl Iterator<Item = csv::StringRecord> {
    csv::Reader::from_reader(table.as_bytes()).into_records().filter_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtin_table_has_baci_codes_not_iso_codes() {
        let countries = Countries::builtin();
        let iso3 = |code| countries.get(countries.by_code(code).unwrap()).iso3.clone();
        assert_eq!(iso3(842), "USA");
        assert_eq!(iso3(699), "IND");
        assert_eq!(iso3(251), "FRA");
        assert_eq!(iso3(490), "TWN");
        assert_eq!(iso3(516), "NAM");
        assert!(countries.by_code(840).is_none());
        assert!(countries.by_code(9999).is_none());
        assert_eq!(countries.len(), 235, "238 rows less the pairs BEL, DEU, SDN");
    }

    #[test]
    fn a_table_that_does_not_fit_is_refused() {
        let country = |n: usize| Country { iso3: format!("{n:06}"), name: String::new(), baci_codes: vec![] };
        assert_eq!(Countries::from_list((0..4096).map(country).collect()).unwrap().len(), 4096);
        let error = Countries::from_list((0..4097).map(country).collect()).unwrap_err().to_string();
        assert!(error.starts_with("there are 4097 different countries; at most 4,096 fit"), "{error}");
    }

    #[test]
    fn codes_and_names_that_are_none_are_refused() {
        let error = |iso3: &str, name: &str, code: u16| {
            let of = |iso3: &str, name: &str, code| Country {
                iso3: iso3.to_owned(),
                name: name.to_owned(),
                baci_codes: vec![code],
            };
            Countries::from_list(vec![of("AFG", "Afghanistan", 4), of(iso3, name, code)])
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error("X/../../PWN", "a", 8),
            "'X/../../PWN' is not the code of a country: 1 to 16 capital letters, digits or underscores, such as CHN or EU27"
        );
        assert_eq!(
            error("ALB", "Al\u{1b}bania", 8),
            "the name of ALB holds the control character U+001B; take it out"
        );
        assert!(error("ALB", &"a".repeat(10_000), 8).contains("has 10000 characters, at most 300 are taken"));
        assert_eq!(
            error("ALB", "Albania", 4),
            "4 stands for two countries; which one is meant? Keep one of them"
        );
        assert!(error("AFG", "Albania", 8).starts_with("AFG stands for two countries"));
    }

    #[test]
    fn former_states_become_their_successors() {
        let countries = Countries::builtin();
        for (old, new, name) in [(58, 56, "Belgium"), (280, 276, "Germany"), (736, 729, "Sudan")] {
            assert_eq!(countries.by_code(old), countries.by_code(new));
            assert_eq!(countries.get(countries.by_code(old).unwrap()).name, name);
        }
    }

    #[test]
    fn names_are_mended_once() {
        let countries = Countries::builtin();
        assert_eq!(countries.get(countries.by_iso3("CIV").unwrap()).name, "Côte d'Ivoire");
        assert_eq!(countries.get(countries.by_iso3("TUR").unwrap()).name, "Türkiye");
        assert_eq!(mend_double_encoding("Åland"), "Åland");
        assert_eq!(mend_double_encoding("日本"), "日本");
    }

    #[test]
    fn every_country_has_a_region_or_a_parent() {
        for (_, country) in Countries::builtin().iter() {
            let known = subregion(&country.iso3).is_some() || parent_state(&country.iso3).is_some();
            let exempt = ["ATA", "R20", "PUS"].contains(&country.iso3.as_str());
            assert!(known || exempt, "{country}");
        }
        assert_eq!(parent_state("NCL"), Some("FRA"));
        assert_eq!(subregion("DEU"), Some("Western Europe"));
        assert_eq!(m49().len(), 249);
    }
}
