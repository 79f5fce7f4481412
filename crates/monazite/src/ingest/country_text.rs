//! The country that a field of a trade file means: a code of BACI, of the United Nations or of ISO, a name, or a sum over countries.

use crate::nomenclature::names::{NotFound, aggregate_in_words, aggregate_of_number, of_number};
use crate::nomenclature::{Countries, CountryId};

/// What a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Meaning {
    /// A country of the table.
    Country(CountryId),
    /// A sum over countries, or trade that is given to none: what it is, in words.
    Aggregate(&'static str),
    /// Nothing that is known.
    Unknown,
}

/// Looks up what fields mean in one table of countries.
#[derive(Debug)]
pub(in crate::ingest) struct CountryTexts<'a> {
    pub(in crate::ingest) countries: &'a Countries,
    /// For each country whether others have a number for it that this table does not have, as 840 for 842.
    other_numbers: Vec<bool>,
}

impl<'a> CountryTexts<'a> {
    pub(in crate::ingest) fn new(countries: &'a Countries) -> Self {
        let mut other_numbers = vec![false; countries.len()];
        for number in (1..1000).filter(|&number| countries.by_code(number).is_none()) {
            if let Some(id) = country_of_number(countries, number) {
                other_numbers[id.index()] = true;
            }
        }
        Self { countries, other_numbers }
    }

    /// What a field means, and which of BACI's codes it is, if it is one.
    pub(in crate::ingest) fn meaning(&self, text: &str) -> (Meaning, Option<u16>) {
        let text = text.trim();
        if let Some(code) = whole_number(text) {
            return self.of_number(code);
        }
        match self.of_text(text) {
            Meaning::Country(id) => (Meaning::Country(id), self.code_of(id, text)),
            none => (none, None),
        }
    }

    fn of_number(&self, code: u32) -> (Meaning, Option<u16>) {
        let Ok(code) = u16::try_from(code) else { return (Meaning::Unknown, None) };
        if let Some(id) = self.countries.by_code(code) {
            return (Meaning::Country(id), Some(code));
        }
        if let Some(what) = aggregate_of_number(code) {
            return (Meaning::Aggregate(what), None);
        }
        match country_of_number(self.countries, code) {
            Some(id) => (Meaning::Country(id), Some(code)),
            None => (Meaning::Unknown, None),
        }
    }

    /// The code of a name: that of a former state, or that of the country today.
    fn code_of(&self, id: CountryId, text: &str) -> Option<u16> {
        let plain: String = text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        let former = FORMER_NAMES.iter().find(|(name, _)| *name == plain).map(|(_, code)| *code);
        former.or_else(|| self.countries.get(id).baci_codes.first().copied())
    }

    /// Whether trade of a country may stand under several codes, of which each that is met has to be known.
    pub(in crate::ingest) fn may_be_shared(&self, id: CountryId, code: u16) -> bool {
        self.countries.has_several_codes(id)
            || self.other_numbers[id.index()]
            || self.countries.by_code(code).is_none()
    }

    fn of_text(&self, text: &str) -> Meaning {
        let upper = text.to_uppercase();
        if let Some(id) = self.countries.by_iso3_or_alias(&upper) {
            return Meaning::Country(id);
        }
        // Where nobody knows whether it is Namibia or a missing value, it is neither.
        let nothing = matches!(upper.as_str(), "NA" | "N/A" | "NAN" | "");
        // "Other Asia, nes" is a country in this list, and ends as what is none does.
        if let Ok(id) = self.countries.find_in_table(text)
            && !nothing
        {
            return Meaning::Country(id);
        }
        if let Some(id) = of_oec(&upper).and_then(|iso3| self.countries.by_iso3_or_alias(iso3)) {
            return Meaning::Country(id);
        }
        match self.countries.find_in_table(text) {
            Err(NotFound::Aggregate { name, .. }) if !nothing => Meaning::Aggregate(aggregate_in_words(name)),
            _ if EUROPEAN_UNION.iter().any(|beginning| upper.starts_with(beginning)) => {
                Meaning::Aggregate(aggregate_in_words("European Union"))
            }
            _ => Meaning::Unknown,
        }
    }
}

/// The country of a table that a number means which is not in the table: numbers of the United Nations and of other releases. BACI has 842 for
/// the United States, they have 840 too.
pub(crate) fn country_of_number(countries: &Countries, code: u16) -> Option<CountryId> {
    of_number(code).and_then(|known| countries.by_iso3(&known.iso3))
}

/// Names of former states that are counted under a present one, as their letters in lower case, with their codes.
const FORMER_NAMES: [(&str, u16); 6] = [
    ("westgermany", 280),
    ("fedrepofgermany", 280),
    ("fmrfedrepofgermany", 280),
    ("belgiumluxembourg", 58),
    ("belgiumandluxembourg", 58),
    ("fmrsudan", 736),
];

/// Codes and names of the European Union with its members of some year: `EU27_2020`, `European Union 15`.
const EUROPEAN_UNION: [&str; 3] = ["EU27_", "EU28_", "EUROPEAN UNION "];

/// A number without a sign; programs of statistics write codes as `842.0` too.
fn whole_number(text: &str) -> Option<u32> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    let plain = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The code in one of the Observatory of Economic Complexity: a continent and ISO3, `EUNLD`.
fn of_oec(upper: &str) -> Option<&str> {
    let continent = ["AF", "AN", "AS", "EU", "NA", "OC", "SA"].into_iter().find(|c| upper.starts_with(c))?;
    (upper.len() == 5 && upper.is_ascii()).then(|| &upper[continent.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::names::find;

    const WORLD: &str = "the world";
    const EUROPEAN_UNION: &str = "the European Union";
    const NOBODY: &str = "trade that is given to no country";

    #[test]
    fn countries_are_known_by_every_code_and_name_of_theirs() {
        let countries = Countries::builtin();
        let texts = CountryTexts::new(&countries);
        for (text, iso3) in [
            ("842", "USA"),
            ("840", "USA"),
            ("842.0", "USA"),
            ("356", "IND"),
            ("699", "IND"),
            ("250", "FRA"),
            ("004", "AFG"),
            ("chn", "CHN"),
            ("eunld", "NLD"),
            ("aschn", "CHN"),
            ("nausa", "USA"),
            ("S19", "TWN"),
            ("490", "TWN"),
            ("Other Asia, nes", "TWN"),
            ("Germany", "DEU"),
            ("China, Hong Kong SAR", "HKG"),
            ("C\u{f4}te d'Ivoire", "CIV"),
        ] {
            let (Meaning::Country(id), _) = texts.meaning(text) else { panic!("{text} is unknown") };
            assert_eq!(countries.get(id).iso3, iso3, "{text}");
        }
        assert_eq!(texts.meaning("58").1, Some(58), "which code it was is known");
        let codes = ["840", "842", "USA", "West Germany", "Germany", "Belgium-Luxembourg"]
            .map(|text| texts.meaning(text).1);
        assert_eq!(codes, [840, 842, 842, 280, 276, 58].map(Some));
        let usa = countries.by_iso3("USA").unwrap();
        assert!(texts.may_be_shared(usa, 840) && texts.may_be_shared(usa, 842));
        assert!(!texts.may_be_shared(countries.by_iso3("CHN").unwrap(), 156));
        assert_eq!(texts.meaning("Atlantis").0, Meaning::Unknown);
        assert_eq!(texts.meaning("7777").0, Meaning::Unknown);
    }

    #[test]
    fn sums_over_countries_are_called_what_they_are() {
        let countries = Countries::builtin();
        let texts = CountryTexts::new(&countries);
        for (text, what) in [
            ("0", WORLD),
            ("W00", WORLD),
            ("wld", WORLD),
            ("World", WORLD),
            ("97", EUROPEAN_UNION),
            ("EUU", EUROPEAN_UNION),
            ("EU27_2020", EUROPEAN_UNION),
            ("European Union (27)", EUROPEAN_UNION),
            ("899", NOBODY),
            ("European Union 15 members", EUROPEAN_UNION),
            ("Other Europe, nes", NOBODY),
            ("Anything else, nes", NOBODY),
            ("_X", NOBODY),
            ("EMU", "Euro area"),
            ("202", "Sub-Saharan Africa"),
        ] {
            assert_eq!(texts.meaning(text).0, Meaning::Aggregate(what), "{text}");
        }
        // The one list of them is that of the names.
        for code in ["W00", "EAS", "MIC", "_X", "E19", "G20", "ASEAN"] {
            assert!(matches!(find(code), Err(NotFound::Aggregate { .. })), "{code}");
            assert!(matches!(texts.meaning(code).0, Meaning::Aggregate(_)), "{code}");
        }
        // ISO's number of Monaco; in tables of trade it is the rest of the European Union.
        assert_eq!(
            (1..1000)
                .find(|&n| aggregate_of_number(n).is_some() && of_number(n).is_some_and(|c| c.iso3 != "R20")),
            Some(492)
        );
    }
}
