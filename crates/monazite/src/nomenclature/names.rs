//! What people and files call countries, in one place: names, aliases, two and three letters, numbers of all releases of BACI.
//!
//! Whoever reads a country that a person typed or a file holds asks here. A sum of countries (World, EU, OECD members) is a
//! distinct answer: it is never a country.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::LazyLock;

use super::country::{BACI_CODES, CountryTableError, embedded_rows, mend_double_encoding};
use super::spelling::{key, without_brackets};
use super::suggestion::{self, Name};
use super::{Countries, Country, CountryId};
use crate::plain_text::{beginning, is_code};

/// A country, territory or former state that the program knows by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCountry {
    /// Three letters: ISO 3166, or BACI's for former states; `XKX` for Kosovo.
    pub iso3: String,
    /// Two letters; empty where there are none.
    pub iso2: String,
    /// Name for people.
    pub name: String,
}

impl fmt::Display for KnownCountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.iso3, self.name)
    }
}

/// Why a text is not one country.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotFound {
    /// Several countries have this name.
    Ambiguous {
        /// The text.
        asked: String,
        /// The countries.
        meant: Vec<&'static KnownCountry>,
        /// The one that the United Nations' tables call so, if there is one.
        official: Option<&'static KnownCountry>,
    },
    /// A sum of countries, or trade that nobody knows the country of.
    Aggregate {
        /// The text.
        asked: String,
        /// What it is.
        name: &'static str,
    },
    /// A country, but not one of the data.
    Absent {
        /// The text.
        asked: String,
        /// The country.
        country: &'static KnownCountry,
    },
    /// A country that is a member of a group that is merged into one in the data at hand.
    Merged {
        /// The text.
        asked: String,
        /// The country.
        country: &'static KnownCountry,
        /// Code of the group.
        group: String,
    },
    /// Nothing that anybody knows.
    Unknown {
        /// The text.
        asked: String,
        /// What looks like it, as code and name.
        near: Vec<String>,
    },
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ambiguous { asked, meant, .. } => {
                let meant: Vec<String> = meant.iter().map(ToString::to_string).collect();
                write!(f, "'{}' may be {}; say which", shown(asked), meant.join(" or "))
            }
            Self::Aggregate { asked, name } if key(asked) == key(name) => {
                write!(f, "'{}' is a sum of countries, not a country", shown(asked))
            }
            Self::Aggregate { asked, name } => {
                write!(f, "'{}' is {name}, a sum of countries, not a country", shown(asked))
            }
            Self::Absent { asked, country } => {
                if asked.trim() == country.iso3 {
                    write!(f, "{country} is not a country of the data")
                } else {
                    write!(f, "'{}' is {country}, which is not a country of the data", shown(asked))
                }
            }
            Self::Merged { asked, country, group } => {
                let shown = if asked.trim() == country.iso3 {
                    String::new()
                } else {
                    format!("'{}' is ", shown(asked))
                };
                write!(
                    f,
                    "{shown}{country}{} in {group} in this run; ask for {group}",
                    if shown.is_empty() { " is" } else { ", which is" }
                )
            }
            Self::Unknown { asked, near } => {
                write!(f, "'{}' is not the code or the name of a country", shown(asked))?;
                if near.is_empty() { Ok(()) } else { write!(f, "; near to it: {}", near.join(", ")) }
            }
        }
    }
}

impl std::error::Error for NotFound {}

fn shown(text: &str) -> String {
    beginning(text.trim(), 60)
}

/// Names that several countries share, with the one that the tables of the United Nations mean, if any.
const SHARED: [(&str, &[&str], Option<&str>); 3] = [
    ("Korea", &["KOR", "PRK"], None),
    ("Congo", &["COD", "COG"], Some("COG")),
    ("Virgin Islands", &["VGB", "VIR"], None),
];

struct Aggregate {
    name: String,
    /// What it is in a sentence; the name where nothing is said.
    in_words: String,
}

/// Everything by what it may be called.
struct Names {
    countries: Vec<KnownCountry>,
    by_iso3: HashMap<String, usize>,
    by_iso2: HashMap<String, usize>,
    by_number: HashMap<u16, usize>,
    by_key: HashMap<String, usize>,
    /// All spellings, for suggestions.
    spellings: Vec<(usize, String)>,
    aggregates: Vec<Aggregate>,
    aggregate_by_code: HashMap<String, usize>,
    aggregate_by_number: HashMap<u16, usize>,
    aggregate_by_key: HashMap<String, usize>,
}

static NAMES: LazyLock<Names> = LazyLock::new(Names::build);

impl Names {
    fn build() -> Self {
        let mut names = Self {
            countries: Vec::new(),
            by_iso3: HashMap::new(),
            by_iso2: HashMap::new(),
            by_number: HashMap::new(),
            by_key: HashMap::new(),
            spellings: Vec::new(),
            aggregates: Vec::new(),
            aggregate_by_code: HashMap::new(),
            aggregate_by_number: HashMap::new(),
            aggregate_by_key: HashMap::new(),
        };
        for row in embedded_rows(include_str!("country_names.csv")) {
            let field = |column: usize| row.get(column).unwrap_or_default();
            let spellings: Vec<&str> = field(3).split('|').collect();
            let at = names.country(field(0), field(1), spellings[0]);
            field(2).split('|').filter_map(|n| n.parse().ok()).for_each(|n| names.number(n, at));
            spellings.iter().for_each(|spelling| names.spelling(spelling, at));
        }
        for row in embedded_rows(include_str!("m49.csv")) {
            let field = |column: usize| row.get(column).unwrap_or_default();
            let at = names.country(field(0), field(1), field(3));
            field(2).parse().ok().into_iter().for_each(|n| names.number(n, at));
            names.spelling(field(3), at);
        }
        for row in embedded_rows(BACI_CODES) {
            let field = |column: usize| row.get(column).unwrap_or_default();
            if let Some(&at) = names.by_iso3.get(field(3)) {
                field(0).parse().ok().into_iter().for_each(|n| names.number(n, at));
                let name = mend_double_encoding(field(1));
                let name = name.split(" (...").next().unwrap_or_default();
                names.spelling(name, at);
            }
        }
        for row in embedded_rows(include_str!("country_odd_codes.csv")) {
            let field = |column: usize| row.get(column).unwrap_or_default();
            if let Some(&at) = names.by_iso3.get(field(1)) {
                let codes = if field(0).len() == 2 { &mut names.by_iso2 } else { &mut names.by_iso3 };
                codes.entry(field(0).to_owned()).or_insert(at);
            }
        }
        for row in embedded_rows(include_str!("aggregates.csv")) {
            let field = |column: usize| row.get(column).unwrap_or_default();
            let at = names.aggregates.len();
            let spellings: Vec<&str> = field(2).split('|').collect();
            let in_words = if field(3).is_empty() { spellings[0] } else { field(3) };
            names.aggregates.push(Aggregate { name: spellings[0].to_owned(), in_words: in_words.to_owned() });
            for code in field(0).split('|').filter(|code| !code.is_empty()) {
                names.aggregate_by_code.insert(code.to_owned(), at);
            }
            for number in field(1).split('|').filter_map(|n| n.parse().ok()) {
                names.aggregate_by_number.insert(number, at);
            }
            for spelling in spellings {
                names.aggregate_by_key.insert(key(spelling), at);
            }
        }
        names
    }

    fn country(&mut self, iso3: &str, iso2: &str, name: &str) -> usize {
        if let Some(&at) = self.by_iso3.get(iso3) {
            return at;
        }
        let at = self.countries.len();
        let (iso3, iso2) = (iso3.to_owned(), iso2.to_owned());
        self.by_iso3.insert(iso3.clone(), at);
        if !iso2.is_empty() {
            self.by_iso2.entry(iso2.clone()).or_insert(at);
        }
        self.countries.push(KnownCountry { iso3, iso2, name: name.to_owned() });
        at
    }

    fn number(&mut self, number: u16, at: usize) {
        self.by_number.entry(number).or_insert(at);
    }

    fn spelling(&mut self, spelling: &str, at: usize) {
        let key = key(spelling);
        if SHARED.iter().any(|(shared, ..)| self::key(shared) == key) {
            return;
        }
        if let std::collections::hash_map::Entry::Vacant(free) = self.by_key.entry(key) {
            free.insert(at);
            self.spellings.push((at, spelling.to_owned()));
        }
    }

    fn of_iso3(&self, iso3: &str) -> Option<&KnownCountry> {
        self.by_iso3.get(iso3).map(|&at| &self.countries[at])
    }
}

/// The country that a text means, whatever data there are: its code of two or three letters in any case, its number in ISO 3166, M49 or
/// any release of BACI, or its name as people, the World Bank, the United Nations or others write it.
///
/// ```
/// use monazite::nomenclature::names::find;
/// for text in ["South Korea", "Korea, Rep.", "Rep. of Korea", "kor", "KR", "410"] {
///     assert_eq!(find(text).unwrap().iso3, "KOR", "{text}");
/// }
/// assert_eq!(find("Korea").unwrap_err().to_string(), "'Korea' may be KOR (South Korea) or PRK (North Korea); say which");
/// assert_eq!(find("EU").unwrap_err().to_string(), "'EU' is European Union, a sum of countries, not a country");
/// ```
///
/// # Errors
/// [`NotFound`] if it is a name that several countries share, a sum of countries, or nothing that is known; never [`NotFound::Absent`].
pub fn find(text: &str) -> Result<&'static KnownCountry, NotFound> {
    let asked = text.trim();
    look_up(asked)
        .unwrap_or_else(|| Err(NotFound::Unknown { asked: asked.to_owned(), near: near(asked, |_| true) }))
}

/// As [`find`], `None` for what nobody knows: to look for what is near to it takes longer than all else, and not everybody says it.
pub(crate) fn look_up(asked: &str) -> Option<Result<&'static KnownCountry, NotFound>> {
    let names = &*NAMES;
    let mended = || {
        let mended = mend_double_encoding(asked);
        if mended == asked { None } else { by_name(names, &mended) }
    };
    by_code(names, asked)
        .or_else(|| by_name(names, asked))
        .or_else(|| without_brackets(asked).and_then(|shorter| by_name(names, &shorter)))
        .or_else(mended)
}

/// Like [`find`] for a text of a published table, where a name that several countries share is that of the United Nations' tables:
/// `Congo` is the Republic of the Congo.
///
/// # Errors
/// As [`find`].
pub fn find_in_table(text: &str) -> Result<&'static KnownCountry, NotFound> {
    match find(text) {
        Err(NotFound::Ambiguous { official: Some(country), .. }) => Ok(country),
        other => other,
    }
}

/// The country that a number stands for in ISO 3166, in M49 or in any release of BACI.
///
/// ```
/// use monazite::nomenclature::names::of_number;
/// assert_eq!([380, 381].map(|n| of_number(n).unwrap().iso3.as_str()), ["ITA", "ITA"]);
/// assert!(of_number(899).is_none());
/// ```
pub fn of_number(number: u16) -> Option<&'static KnownCountry> {
    NAMES.by_number.get(&number).map(|&at| &NAMES.countries[at])
}

/// What a number of the United Nations stands for that is no country, in words.
///
/// ```
/// use monazite::nomenclature::names::aggregate_of_number;
/// assert_eq!([0, 97, 899].map(aggregate_of_number), [Some("the world"), Some("the European Union"), Some("trade that is given to no country")]);
/// assert_eq!(aggregate_of_number(842), None);
/// ```
pub fn aggregate_of_number(number: u16) -> Option<&'static str> {
    NAMES.aggregate_by_number.get(&number).map(|&at| NAMES.aggregates[at].in_words.as_str())
}

/// What a sum of countries is in words, by the name that [`NotFound::Aggregate`] has of it.
pub fn aggregate_in_words(name: &'static str) -> &'static str {
    match NAMES.aggregate_by_key.get(&key(name)) {
        Some(&at) => NAMES.aggregates[at].in_words.as_str(),
        None if name == LEFT_OVER => "trade that is given to no country",
        None => name,
    }
}

/// What a name that ends as `nes` is, and is in no list.
const LEFT_OVER: &str = "not one country";

/// All numbers that stand for a country, ascending.
pub fn numbers_of(iso3: &str) -> Vec<u16> {
    let Some(&at) = NAMES.by_iso3.get(iso3) else { return Vec::new() };
    let mut numbers: Vec<u16> = NAMES.by_number.iter().filter(|(_, c)| **c == at).map(|(n, _)| *n).collect();
    numbers.sort_unstable();
    numbers
}

fn by_code(names: &'static Names, asked: &str) -> Option<Result<&'static KnownCountry, NotFound>> {
    let found = |at: &usize| Ok(&names.countries[*at]);
    let sum = |at: &usize| {
        Err(NotFound::Aggregate { asked: asked.to_owned(), name: names.aggregates[*at].name.as_str() })
    };
    if !asked.is_empty() && asked.len() <= 4 && asked.bytes().all(|b| b.is_ascii_digit()) {
        let number: u16 = asked.parse().ok()?;
        return names
            .by_number
            .get(&number)
            .map(found)
            .or_else(|| names.aggregate_by_number.get(&number).map(sum));
    }
    let code = asked.to_ascii_uppercase();
    let codes = if code.len() == 2 { &names.by_iso2 } else { &names.by_iso3 };
    codes.get(&code).map(found).or_else(|| names.aggregate_by_code.get(&code).map(sum)).or_else(|| {
        let other = code.strip_prefix("OWID_")?;
        Some(Err(NotFound::Aggregate {
            asked: asked.to_owned(),
            name: if other == "WRL" { "World" } else { "a region of Our World in Data" },
        }))
    })
}

fn by_name(names: &'static Names, asked: &str) -> Option<Result<&'static KnownCountry, NotFound>> {
    let key = key(asked);
    if key.is_empty() {
        return None;
    }
    if let Some((_, meant, official)) = SHARED.iter().find(|(shared, ..)| self::key(shared) == key) {
        return Some(Err(NotFound::Ambiguous {
            asked: asked.to_owned(),
            meant: meant.iter().filter_map(|iso3| names.of_iso3(iso3)).collect(),
            official: official.and_then(|iso3| names.of_iso3(iso3)),
        }));
    }
    if let Some(&at) = names.by_key.get(&key) {
        return Some(Ok(&names.countries[at]));
    }
    if let Some(&at) = names.aggregate_by_key.get(&key) {
        let name = names.aggregates[at].name.as_str();
        return Some(Err(NotFound::Aggregate { asked: asked.to_owned(), name }));
    }
    let left_over = key.split(' ').any(|word| word == "nes");
    left_over.then(|| Err(NotFound::Aggregate { asked: asked.to_owned(), name: LEFT_OVER }))
}

/// Countries whose names or codes look like a text, the most alike first, as `KOR (South Korea)`; only those that `wanted` takes by iso3.
pub fn near(asked: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let known = NAMES.spellings.iter().map(|(at, spelling)| {
        let country = &NAMES.countries[*at];
        Name { code: &country.iso3, name: spelling }
    });
    let known: Vec<Name<'_>> = known.filter(|name| wanted(name.code)).collect();
    let codes = suggestion::nearest(asked, &known);
    codes.into_iter().filter_map(|iso3| NAMES.of_iso3(iso3)).map(ToString::to_string).collect()
}

/// The code that somebody means who may write a country by its name: the iso3 of a country, or the text in capital letters where it can be
/// the code of a group or of made-up data.
///
/// ```
/// use monazite::nomenclature::names::code_meant;
/// assert_eq!(code_meant("South Korea").unwrap(), "KOR");
/// assert_eq!([code_meant("de").unwrap(), code_meant("eu27").unwrap(), code_meant("AAA").unwrap()], ["DEU", "EU27", "AAA"]);
/// assert!(code_meant("Soth Korea").unwrap_err().to_string().ends_with("near to it: KOR (South Korea), PRK (North Korea)"));
/// ```
///
/// # Errors
/// [`NotFound`] if it is no name that is known and cannot be a code.
pub fn code_meant(text: &str) -> Result<String, NotFound> {
    match find(text) {
        Ok(country) => Ok(country.iso3.clone()),
        Err(error @ NotFound::Ambiguous { .. }) => Err(error),
        Err(error) => {
            let code = text.trim().to_uppercase();
            if is_code(&code) { Ok(code) } else { Err(error) }
        }
    }
}

/// The names in a text with commas between them: where a comma and a blank belong to one name (`Korea, Rep.`), they do not part it.
///
/// ```
/// use monazite::nomenclature::names::split_names;
/// assert_eq!(split_names("DEU,Korea, Rep.,Taiwan"), ["DEU", "Korea, Rep.", "Taiwan"]);
/// assert_eq!(split_names("China, Hong Kong SAR"), ["China, Hong Kong SAR"]);
/// assert_eq!(split_names(" DEU , FRA "), ["DEU", "FRA"]);
/// ```
pub fn split_names(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split(',').collect();
    let mut names = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let longest = (at + 1..parts.len().min(at + 3)).rev().find(|&end| {
            let goes_on = parts[at + 1..=end].iter().all(|part| part.starts_with(' '));
            let whole = parts[at..=end].join(",");
            // Codes are a list, whatever stands between them.
            let codes = parts[at..=end].iter().any(|part| part.trim().len() <= 2);
            goes_on && !codes && matches!(by_name(&NAMES, whole.trim()), Some(Ok(_)))
        });
        let end = longest.unwrap_or(at);
        names.push(parts[at..=end].join(",").trim().to_owned());
        at = end + 1;
    }
    names
}

/// The iso3 of every country that the program knows, with its numbers: for whoever checks the tables.
pub fn known() -> BTreeSet<&'static str> {
    NAMES.countries.iter().map(|c| c.iso3.as_str()).collect()
}

/// Numbers that mean one country in M49 and something else in files of trade: Monaco, and "Europe EU, nes" of UN Comtrade.
const TWO_MEANINGS: [u16; 1] = [492];

impl Countries {
    /// The country of this table that a text means; see [`find`]. Codes and names of the table itself count too.
    ///
    /// ```
    /// use monazite::nomenclature::Countries;
    /// let countries = Countries::builtin();
    /// let code = |text: &str| countries.find_named(text).map(|id| countries.get(id).iso3.clone());
    /// assert_eq!(code("Türkiye").unwrap(), "TUR");
    /// assert_eq!(code("de").unwrap(), "DEU");
    /// assert_eq!(code("Kosovo").unwrap_err().to_string(), "'Kosovo' is XKX (Kosovo), which is not a country of the data");
    /// ```
    ///
    /// # Errors
    /// [`NotFound`], with what looks like it among the countries of the table.
    pub fn find_named(&self, text: &str) -> Result<CountryId, NotFound> {
        self.find_by(text, find)
    }

    /// Like [`Countries::find_named`] for a text of a published table; see [`find_in_table`].
    ///
    /// # Errors
    /// As [`Countries::find_named`].
    pub fn find_in_table(&self, text: &str) -> Result<CountryId, NotFound> {
        self.find_by(text, find_in_table)
    }

    fn find_by(
        &self,
        text: &str,
        find: impl Fn(&str) -> Result<&'static KnownCountry, NotFound>,
    ) -> Result<CountryId, NotFound> {
        let asked = text.trim();
        let own = || self.by_iso3_or_alias(asked).or_else(|| self.by_iso3(&asked.to_ascii_uppercase()));
        let number = || asked.parse().ok().and_then(|number| self.by_code(number));
        if let Some(id) = own().or_else(number) {
            return Ok(id);
        }
        match find(asked) {
            Ok(country) => self
                .by_iso3(&country.iso3)
                .ok_or_else(|| NotFound::Absent { asked: asked.to_owned(), country }),
            Err(NotFound::Unknown { asked, .. }) => {
                let wanted = key(&asked);
                let named = |(_, country): &(CountryId, &Country)| key(&country.name) == wanted;
                if let Some((id, _)) = self.iter().find(named).filter(|_| !wanted.is_empty()) {
                    return Ok(id);
                }
                let near = near(&asked, |iso3| self.by_iso3(iso3).is_some());
                Err(NotFound::Unknown { asked, near })
            }
            Err(other) => Err(other),
        }
    }

    /// What may help somebody whose code is not in this table, to be put behind "is not a country of the data"; empty if nothing does.
    ///
    /// ```
    /// use monazite::nomenclature::Countries;
    /// let countries = Countries::builtin();
    /// assert_eq!(countries.help_with("EU"), ": it is European Union, a sum of countries");
    /// assert_eq!(countries.help_with("GERMNY"), "; near to it: DEU (Germany)");
    /// assert_eq!(countries.help_with("QQQ"), "");
    /// ```
    pub fn help_with(&self, code: &str) -> String {
        match self.find_named(code) {
            Err(NotFound::Aggregate { name, .. }) => format!(": it is {name}, a sum of countries"),
            Err(NotFound::Unknown { near, .. }) if !near.is_empty() => {
                format!("; near to it: {}", near.join(", "))
            }
            _ => String::new(),
        }
    }

    /// Whether a numeric code that this table lacks is that of a country in other releases of BACI, and this table is one of BACI's kind:
    /// most of its codes mean there what they mean here.
    pub fn could_adopt(&self, code: u16) -> bool {
        let known = |code: u16| of_number(code).filter(|_| !TWO_MEANINGS.contains(&code));
        if self.has_adopted() || self.by_code(code).is_some() || known(code).is_none() {
            return false;
        }
        let mut codes = self.iter().flat_map(|(_, c)| c.baci_codes.iter().map(move |&n| (n, c))).peekable();
        let any = codes.peek().is_some();
        let (alike, all) = codes.fold((0, 0), |(alike, all), (number, country)| {
            (alike + usize::from(of_number(number).is_some_and(|k| k.iso3 == country.iso3)), all + 1)
        });
        any && 2 * alike >= all
    }

    /// This table with the codes of all other releases of BACI, and with the countries that it lacks: 381 is Italy where the table has 380
    /// only.
    ///
    /// # Errors
    /// [`CountryTableError`] if there are too many countries.
    pub fn adopting(&self) -> Result<Self, CountryTableError> {
        let mut list: Vec<Country> = self.iter().map(|(_, country)| country.clone()).collect();
        let mut adopted: Vec<(u16, &'static KnownCountry)> =
            NAMES.by_number.iter().map(|(&number, &at)| (number, &NAMES.countries[at])).collect();
        adopted.retain(|(number, _)| !TWO_MEANINGS.contains(number) && self.by_code(*number).is_none());
        adopted.sort_by_key(|(number, _)| *number);
        for (number, known) in &adopted {
            match list.iter_mut().find(|country| country.iso3 == known.iso3) {
                Some(country) => country.baci_codes.push(*number),
                None => list.push(Country {
                    iso3: known.iso3.clone(),
                    name: known.name.clone(),
                    baci_codes: vec![*number],
                }),
            }
        }
        self.with_adopted(list, adopted.into_iter().map(|(number, _)| number).collect())
    }
}

#[cfg(test)]
mod tests;
