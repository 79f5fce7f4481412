//! Countries as files name them: one reading of codes and names for every table beside the trade data.
//!
//! What a table says of a country is read here and nowhere else: ISO3 in any case, ISO2, the codes that only the World Bank uses, names.
//! Whether a code is that of a country is decided against the countries of the trade data ([`place`]), since made-up trade has made-up codes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use crate::nomenclature::Countries;
use crate::nomenclature::country::{TAIWAN, known_codes};
use crate::plain_text::{beginning, is_code, printable};

/// Codes that are not ISO 3166, and what they stand for: those of the World Bank before 2020, of BACI, of Our World in Data, and abbreviations.
const OTHER_CODES: &[(&str, &str)] = &[
    ("ADO", "AND"),
    ("ROM", "ROU"),
    ("ZAR", "COD"),
    ("TMP", "TLS"),
    ("WBG", "PSE"),
    ("KSV", "XKX"),
    ("KOS", "XKX"),
    ("OWID_KOS", "XKX"),
    ("S19", TAIWAN),
    ("DRC", "COD"),
    ("UAE", "ARE"),
    ("XK", "XKX"),
    ("TW", TAIWAN),
    ("UK", "GBR"),
    ("EL", "GRC"),
];

/// Codes of groups of countries in tables of the World Bank, of the United Nations and of Our World in Data.
const AGGREGATES: &[&str] = &[
    "WLD",
    "EUU",
    "EMU",
    "OED",
    "ARB",
    "CEB",
    "CSS",
    "EAP",
    "EAR",
    "EAS",
    "ECA",
    "ECS",
    "FCS",
    "HIC",
    "HPC",
    "IBD",
    "IBT",
    "IDA",
    "IDB",
    "IDX",
    "INX",
    "LAC",
    "LCN",
    "LDC",
    "LIC",
    "LMC",
    "LMY",
    "LTE",
    "MEA",
    "MIC",
    "MNA",
    "NAC",
    "OSS",
    "PRE",
    "PSS",
    "PST",
    "SAS",
    "SSA",
    "SSF",
    "SST",
    "TEA",
    "TEC",
    "TLA",
    "TMN",
    "TSA",
    "TSS",
    "UMC",
    "AFE",
    "AFR",
    "AFW",
    "MENA",
    "EU",
    "EU15",
    "EU25",
    "EU27",
    "EU28",
    "EU27_2020",
    "EA19",
    "EA20",
    "G7",
    "G20",
    "BRICS",
    "ASEAN",
    "OECD",
    "W00",
    "WOR",
    "WORLD",
    "TOTAL",
    "ALL",
];

/// Beginnings of the names of such groups, folded.
const NAMES_OF_AGGREGATES: &[&str] = &[
    "world",
    "european union",
    "euro area",
    "high income",
    "low income",
    "lower middle income",
    "upper middle income",
    "middle income",
    "low middle income",
    "oecd",
    "africa",
    "asia",
    "europe",
    "north america",
    "south america",
    "latin america",
    "sub saharan africa",
    "middle east",
    "east asia",
    "south asia",
    "europe central asia",
    "oceania",
    "arab world",
    "least developed",
    "heavily indebted",
    "ida ",
    "ibrd",
    "small states",
    "other small states",
    "fragile and conflict",
    "central europe",
    "caribbean small",
    "pacific island",
    "early demographic",
    "late demographic",
    "pre demographic",
    "post demographic",
    "not classified",
    "g20",
    "g7",
    "brics",
    "asean",
];

/// Names that differ from those of BACI and of the United Nations, above all the World Bank's, folded.
const NAMES: &[(&str, &str)] = &[
    ("bahamas the", "BHS"),
    ("bolivia", "BOL"),
    ("british virgin islands", "VGB"),
    ("brunei", "BRN"),
    ("burma", "MMR"),
    ("cape verde", "CPV"),
    ("congo dem rep", "COD"),
    ("democratic republic of congo", "COD"),
    ("dr congo", "COD"),
    ("congo rep", "COG"),
    ("republic of congo", "COG"),
    ("cote d ivoire", "CIV"),
    ("ivory coast", "CIV"),
    ("curacao", "CUW"),
    ("czech republic", "CZE"),
    ("czechia", "CZE"),
    ("east timor", "TLS"),
    ("timor leste", "TLS"),
    ("egypt arab rep", "EGY"),
    ("gambia the", "GMB"),
    ("great britain", "GBR"),
    ("hong kong sar china", "HKG"),
    ("hong kong", "HKG"),
    ("iran islamic rep", "IRN"),
    ("iran", "IRN"),
    ("jersey channel islands", "JEY"),
    ("korea dem people s rep", "PRK"),
    ("korea dem rep", "PRK"),
    ("north korea", "PRK"),
    ("korea rep", "KOR"),
    ("south korea", "KOR"),
    ("republic of korea", "KOR"),
    ("kosovo", "XKX"),
    ("kyrgyz republic", "KGZ"),
    ("lao pdr", "LAO"),
    ("laos", "LAO"),
    ("macao sar china", "MAC"),
    ("macao", "MAC"),
    ("macau", "MAC"),
    ("macedonia fyr", "MKD"),
    ("north macedonia", "MKD"),
    ("micronesia fed sts", "FSM"),
    ("micronesia country", "FSM"),
    ("moldova", "MDA"),
    ("other asia nes", TAIWAN),
    ("palestine", "PSE"),
    ("puerto rico us", "PRI"),
    ("reunion", "REU"),
    ("russia", "RUS"),
    ("slovak republic", "SVK"),
    ("somalia fed rep", "SOM"),
    ("st kitts and nevis", "KNA"),
    ("st lucia", "LCA"),
    ("st martin french part", "MAF"),
    ("st vincent and the grenadines", "VCT"),
    ("sao tome and principe", "STP"),
    ("swaziland", "SWZ"),
    ("eswatini", "SWZ"),
    ("syria", "SYR"),
    ("syrian arab republic", "SYR"),
    ("taiwan", TAIWAN),
    ("taiwan china", TAIWAN),
    ("tanzania", "TZA"),
    ("turkey", "TUR"),
    ("turkiye", "TUR"),
    ("united kingdom", "GBR"),
    ("united states", "USA"),
    ("united states of america", "USA"),
    ("venezuela rb", "VEN"),
    ("venezuela", "VEN"),
    ("vietnam", "VNM"),
    ("viet nam", "VNM"),
    ("virgin islands u s", "VIR"),
    ("united states virgin islands", "VIR"),
    ("west bank and gaza", "PSE"),
    ("yemen rep", "YEM"),
];

struct Lookup {
    iso3: HashSet<String>,
    iso2: HashMap<String, String>,
    names: HashMap<String, String>,
}

static LOOKUP: LazyLock<Lookup> = LazyLock::new(|| {
    let mut lookup = Lookup { iso3: HashSet::new(), iso2: HashMap::new(), names: HashMap::new() };
    for code in known_codes() {
        lookup.iso3.insert(code.iso3.clone());
        if !code.iso2.is_empty() {
            lookup.iso2.entry(code.iso2).or_insert_with(|| code.iso3.clone());
        }
        if !code.name.is_empty() {
            lookup.names.entry(folded(&code.name)).or_insert(code.iso3);
        }
    }
    lookup.iso3.extend(["XKX", TAIWAN].map(str::to_owned));
    for (name, iso3) in NAMES {
        lookup.names.insert((*name).to_owned(), (*iso3).to_owned());
    }
    lookup
});

/// A name without case, diacritics and punctuation.
fn folded(name: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        c if c.is_alphanumeric() => c,
        _ => ' ',
    };
    let text: String =
        name.replace('&', " and ").to_lowercase().replace('\u{307}', "").chars().map(plain).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

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
    if LOOKUP.iso3.contains(&capital) {
        return capital;
    }
    if let Some((_, iso3)) = OTHER_CODES.iter().find(|(code, _)| *code == capital) {
        return (*iso3).to_owned();
    }
    if let Some(iso3) = LOOKUP.iso2.get(&capital) {
        return iso3.clone();
    }
    if let Some(iso3) = LOOKUP.names.get(&folded(text)) {
        return iso3.clone();
    }
    // Words that nobody knows stay as they stand.
    let short = text.len() <= 3 || text.contains(|c: char| c.is_ascii_digit());
    if short && is_code(&capital) { capital } else { text.to_owned() }
}

/// Whether a code or name is that of a group of countries, such as `WLD`.
fn is_aggregate(code: &str) -> bool {
    let capital = code.to_ascii_uppercase();
    let name = folded(code);
    AGGREGATES.contains(&capital.as_str())
        || capital.starts_with("OWID_")
        || NAMES_OF_AGGREGATES.iter().any(|start| name.starts_with(start))
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
        let list = if table.by_iso3(code).is_some() || LOOKUP.iso3.contains(code) {
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
                listed(&self.aggregates)
            ));
        }
        if !self.unknown.is_empty() {
            parts.push(format!("{} unknown ({})", self.unknown.len(), listed(&self.unknown)));
        }
        let (codes, are) = if count == 1 { ("code", "is") } else { ("codes", "are") };
        (count > 0).then(|| {
            format!("{file}: {count} {codes} {are} no country and {are} left out: {}.", parts.join(" and "))
        })
    }

    /// Why the table cannot be meant for these trade data: most of its codes are no country. `None` if it can.
    pub fn refusal(&self) -> Option<String> {
        (self.unknown.len() > self.countries.len() || self.countries.is_empty()).then(|| {
            let strangers: BTreeSet<String> = self.unknown.union(&self.aggregates).cloned().collect();
            format!(
                "{} of {} codes are no country of the trade data ({}); give countries as ISO3, such as CHN, as ISO2 or by name",
                strangers.len(),
                strangers.len() + self.countries.len(),
                listed(&strangers)
            )
        })
    }
}

/// As many are listed one by one.
const LISTED: usize = 10;

/// The first ten of a list, and how many more there are.
///
/// ```
/// use monazite::ingest::countries::listed;
/// assert_eq!(listed(["A", "B"]), "A, B");
/// assert_eq!(listed((0..12).map(|n| n.to_string())), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more");
/// ```
pub fn listed<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let (mut shown, mut more) = (Vec::new(), 0usize);
    for item in items {
        if shown.len() < LISTED {
            shown.push(beginning(&printable(item.as_ref()), 80));
        } else {
            more += 1;
        }
    }
    let list = shown.join(", ");
    if more > 0 { format!("{list} and {more} more") } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn every_name_of_the_world_bank_leads_to_a_code_that_is_known() {
        for (name, iso3) in NAMES {
            assert_eq!(folded(name), *name);
            assert!(LOOKUP.iso3.contains(*iso3), "{iso3}");
        }
        for (code, iso3) in OTHER_CODES {
            assert!(LOOKUP.iso3.contains(*iso3) && !LOOKUP.iso3.contains(*code), "{code}");
        }
        assert!(AGGREGATES.iter().all(|code| !LOOKUP.iso3.contains(*code)));
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
        let strange = place(["q1", "q2", "AAA"], &data);
        assert_eq!(
            strange.refusal().unwrap(),
            "2 of 3 codes are no country of the trade data (q1, q2); give countries as ISO3, such as CHN, as ISO2 or by name"
        );
    }
}
