//! Countries as files name them: one reading of codes and names for every table beside the trade data.
//!
//! What a table says of a country is read here and nowhere else: ISO3 in any case, ISO2, the codes that only the World Bank uses, names.
//! Whether a code is that of a country is decided against the countries of the trade data ([`place`]), since made-up trade has made-up codes.

use std::collections::BTreeSet;

use crate::nomenclature::Countries;
use crate::nomenclature::names::{NotFound, find_in_table, look_up};
use crate::plain_text::{is_code, listed};

/// The code of what a table calls a country: ISO3 where it is understood, else the text as it stands, in capital letters if that makes it a code.
///
/// ```
/// use monazite::ingest::countries::code_of;
/// assert_eq!(["deu", "DE", "ZAR", "Korea, Rep.", "Côte d'Ivoire"].map(code_of), ["DEU", "DEU", "COD", "KOR", "CIV"]);
/// assert_eq!(["aaa", "WLD", "Old Prussia"].map(code_of), ["AAA", "WLD", "Old Prussia"]);
/// ```
pub fn code_of(text: &str) -> String {
    let text = text.trim();
    let capital = text.to_ascii_uppercase();
    match look_up(text) {
        Some(Ok(country) | Err(NotFound::Ambiguous { official: Some(country), .. })) => {
            return country.iso3.clone();
        }
        Some(Err(NotFound::Aggregate { .. })) if text.len() > 3 => return text.to_owned(),
        _ => {}
    }
    // Words that nobody knows stay as they stand.
    let short = text.len() <= 3 || text.contains(|c: char| c.is_ascii_digit());
    if short && is_code(&capital) { capital } else { text.to_owned() }
}

/// Whether a code or name is that of a group of countries, such as `WLD`.
fn is_aggregate(code: &str) -> bool {
    matches!(find_in_table(code), Err(NotFound::Aggregate { .. }))
        || code.to_ascii_uppercase().starts_with("OWID_") && find_in_table(code).is_err()
}

/// What the countries of a table are to the trade data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// Countries: of the trade data, or known to be some.
    pub countries: BTreeSet<String>,
    /// Groups of countries.
    pub aggregates: BTreeSet<String>,
    /// What is neither.
    pub unknown: BTreeSet<String>,
}

/// Tells countries from groups and from what is neither, given the countries of the trade data.
///
/// ```
/// use monazite::ingest::countries::place;
/// use monazite::nomenclature::Countries;
/// let placed = place(["DEU", "WLD", "QQQ"], &Countries::builtin());
/// assert_eq!(
///     placed.note("pv.csv").as_deref(),
///     Some("pv.csv: 2 codes are no country and are left out: 1 group of countries (WLD) and 1 unknown (QQQ).")
/// );
/// ```
pub fn place<'a>(codes: impl IntoIterator<Item = &'a str>, table: &Countries) -> Placement {
    let mut placement = Placement::default();
    for code in codes {
        let list = if table.by_iso3(code).is_some() || find_in_table(code).is_ok() {
            &mut placement.countries
        } else if is_aggregate(code) {
            &mut placement.aggregates
        } else {
            &mut placement.unknown
        };
        list.insert(code.to_owned());
    }
    placement
}

impl Placement {
    /// A sentence on what is no country; `None` if all are countries.
    pub fn note(&self, file: &str) -> Option<String> {
        let count = self.aggregates.len() + self.unknown.len();
        let mut parts = Vec::new();
        if !self.aggregates.is_empty() {
            let groups = if self.aggregates.len() == 1 { "group" } else { "groups" };
            parts.push(format!(
                "{} {groups} of countries ({})",
                self.aggregates.len(),
                listed(&self.aggregates, "")
            ));
        }
        if !self.unknown.is_empty() {
            parts.push(format!("{} unknown ({})", self.unknown.len(), listed(&self.unknown, "")));
        }
        let (codes, are) = if count == 1 { ("code", "is") } else { ("codes", "are") };
        (count > 0).then(|| {
            let several: String = self.names_of_several().iter().map(|said| format!(" {said}.")).collect();
            format!(
                "{file}: {count} {codes} {are} no country and {are} left out: {}.{several}",
                parts.join(" and ")
            )
        })
    }

    /// Why the table cannot be meant for these trade data: most of its codes are no country. `None` if it can.
    pub fn refusal(&self) -> Option<String> {
        (self.unknown.len() > self.countries.len() || self.countries.is_empty()).then(|| {
            let strangers: BTreeSet<String> = self.unknown.union(&self.aggregates).cloned().collect();
            if strangers.is_empty() {
                return "no row has a country and a value; fill it, or leave the table out".to_owned();
            }
            format!(
                "{} of {} codes are no country of the trade data ({}); give countries as ISO3, such as CHN, as ISO2 or by name{}",
                strangers.len(),
                strangers.len() + self.countries.len(),
                listed(&strangers, ""),
                self.names_of_several().iter().map(|said| format!("; {said}")).collect::<String>()
            )
        })
    }

    /// What is said of names that several countries share.
    fn names_of_several(&self) -> Vec<String> {
        let several = |code: &String| match find_in_table(code) {
            Err(error @ NotFound::Ambiguous { .. }) => Some(error.to_string()),
            _ => None,
        };
        self.unknown.iter().filter_map(several).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::country::TAIWAN;

    #[test]
    fn every_way_to_write_a_country() {
        for (text, iso3) in [
            ("chn", "CHN"),
            (" Usa ", "USA"),
            ("us", "USA"),
            ("NA", "NAM"),
            ("UK", "GBR"),
            ("EL", "GRC"),
            ("XK", "XKX"),
            ("TW", TAIWAN),
            ("rom", "ROU"),
            ("Egypt, Arab Rep.", "EGY"),
            ("Congo, Dem. Rep.", "COD"),
            ("Congo, Rep.", "COG"),
            ("Türkiye", "TUR"),
            ("TÜRKİYE", "TUR"),
            ("Curaçao", "CUW"),
            ("St. Vincent and the Grenadines", "VCT"),
            ("Trinidad & Tobago", "TTO"),
            ("chad", "TCD"),
        ] {
            assert_eq!(code_of(text), iso3, "{text}");
        }
    }

    #[test]
    fn a_country_of_the_data_is_one_whatever_it_is_called() {
        use crate::nomenclature::country::Country;
        let made_up = |iso3: &str| Country { iso3: iso3.to_owned(), name: String::new(), baci_codes: vec![] };
        let data = Countries::from_list(vec![made_up("AAA"), made_up("IDX")]).unwrap();
        let placed = place(["AAA", "IDX", "WLD", "Euro area", "Africa", "DEU"], &data);
        assert_eq!(placed.countries.iter().collect::<Vec<_>>(), ["AAA", "DEU", "IDX"]);
        assert_eq!(placed.aggregates.iter().collect::<Vec<_>>(), ["Africa", "Euro area", "WLD"]);
        assert_eq!(placed.refusal(), None);
        let shared = place(["AAA", "Korea", "DEU"], &data);
        assert_eq!(
            shared.note("pv.csv").unwrap(),
            "pv.csv: 1 code is no country and is left out: 1 unknown (Korea). 'Korea' may be KOR (South Korea) or PRK (North Korea); say which."
        );
        let strange = place(["q1", "q2", "AAA"], &data);
        assert_eq!(
            strange.refusal().unwrap(),
            "2 of 3 codes are no country of the trade data (q1, q2); give countries as ISO3, such as CHN, as ISO2 or by name"
        );
    }
}
