//! Six-digit codes of every edition of the HS, with their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use super::{Hs6, HsEdition};

/// Some editions of the HS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Editions(u8);

impl Editions {
    /// Whether an edition is among them.
    pub fn contains(self, edition: HsEdition) -> bool {
        self.0 & bit(edition) != 0
    }

    /// The editions, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = HsEdition> {
        HsEdition::ALL.into_iter().filter(move |edition| self.contains(*edition))
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Editions {
    /// `HS92-HS22`; `HS92, HS02-HS22` where one is missing between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (at, edition) in HsEdition::ALL.into_iter().enumerate() {
            match runs.last_mut() {
                _ if !self.contains(edition) => {}
                Some((_, last)) if *last + 1 == at => *last = at,
                _ => runs.push((at, at)),
            }
        }
        let runs: Vec<String> = runs
            .into_iter()
            .map(|(first, last)| match first == last {
                true => HsEdition::ALL[first].to_string(),
                false => format!("{}-{}", HsEdition::ALL[first], HsEdition::ALL[last]),
            })
            .collect();
        f.write_str(&runs.join(", "))
    }
}

fn bit(edition: HsEdition) -> u8 {
    HsEdition::ALL.iter().position(|e| *e == edition).map_or(0, |at| 1 << at)
}

/// A code with a text that it has in some editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductText {
    /// The code.
    pub code: Hs6,
    /// The editions in which it has this text.
    pub editions: Editions,
    /// The text.
    pub text: String,
}

struct Texts {
    rows: Vec<ProductText>,
    editions: BTreeMap<Hs6, Editions>,
    codes: Vec<BTreeSet<Hs6>>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut table = Vec::new();
    // The table is compiled in; a test reads every row.
    let whole = GzDecoder::new(&include_bytes!("hs_texts.csv.gz")[..]).read_to_end(&mut table);
    let mut rows = Vec::new();
    for record in csv::Reader::from_reader(table.as_slice()).records().filter_map(Result::ok) {
        let digits = record.get(1).unwrap_or_default().bytes();
        let editions = Editions(digits.fold(0, |bits, digit| bits | 1u8 << (digit.wrapping_sub(b'0') & 7)));
        if let Some(code) = record.get(0).and_then(|code| Hs6::from_bytes(code.as_bytes())) {
            rows.push(ProductText { code, editions, text: record.get(2).unwrap_or_default().to_owned() });
        }
    }
    let mut editions: BTreeMap<Hs6, Editions> = BTreeMap::new();
    for row in rows.iter().filter(|_| whole.is_ok()) {
        let known = editions.entry(row.code).or_default();
        *known = known.with(row.editions);
    }
    let of = |edition| editions.iter().filter(|(_, e)| e.contains(edition)).map(|(code, _)| *code).collect();
    let codes = HsEdition::ALL.into_iter().map(of).collect();
    Texts { rows, editions, codes }
});

/// All codes with their texts, by code; a code whose text changed stands there once for each text.
pub fn product_texts() -> &'static [ProductText] {
    &TEXTS.rows
}

/// The editions that have a code.
///
/// ```
/// use monazite::nomenclature::texts::editions_of;
/// assert_eq!(editions_of("284690".parse()?).to_string(), "HS92-HS22");
/// assert_eq!(editions_of("282734".parse()?).to_string(), "HS92-HS02"); // cobalt chloride
/// assert!(editions_of("123456".parse()?).is_empty());
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
pub fn editions_of(code: Hs6) -> Editions {
    TEXTS.editions.get(&code).copied().unwrap_or_default()
}

/// All codes of an edition: those of the United Nations' list, and 271000, into which BACI puts 2710xx.
pub fn codes_of(edition: HsEdition) -> &'static BTreeSet<Hs6> {
    let at = HsEdition::ALL.iter().position(|e| *e == edition).unwrap_or_default();
    &TEXTS.codes[at]
}

/// The text of a code in an edition, or the newest one that it has; `None` if it has none.
pub fn text_of(code: Hs6, edition: Option<HsEdition>) -> Option<&'static str> {
    let start = TEXTS.rows.partition_point(|row| row.code < code);
    let rows = || TEXTS.rows[start..].iter().take_while(|row| row.code == code);
    match edition {
        Some(edition) => rows().find(|row| row.editions.contains(edition)),
        None => rows().max_by_key(|row| row.editions.0),
    }
    .map(|row| row.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::Concordance;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(product_texts().len(), 8784);
        let sizes: Vec<usize> = HsEdition::ALL.iter().map(|&e| codes_of(e).len()).collect();
        // The numbers of the United Nations' lists without chapter 99, and with 271000 where it is BACI's own.
        assert_eq!(sizes, [5039, 5132, 5225, 5053, 5205, 5388, 5612]);
        let code = "284690".parse().unwrap();
        assert!(text_of(code, None).unwrap().contains("rare-earth metals"));
        assert_eq!(
            text_of("010190".parse().unwrap(), Some(HsEdition::Hs17)).unwrap(),
            "Mules and hinnies: live"
        );
        assert_eq!(text_of("282734".parse().unwrap(), Some(HsEdition::Hs22)), None);
    }

    #[test]
    fn conversions_lead_from_an_edition_to_codes_of_another() {
        for (from, to) in [
            (HsEdition::Hs17, HsEdition::Hs07),
            (HsEdition::Hs12, HsEdition::Hs02),
            (HsEdition::Hs22, HsEdition::Hs07),
        ] {
            let concordance = Concordance::between(from, to).unwrap();
            let known: Vec<_> = codes_of(from).iter().filter_map(|&code| concordance.targets(code)).collect();
            assert!(known.len() * 100 >= codes_of(from).len() * 99, "{from} {to}: {}", known.len());
            let ends = || known.iter().flatten().map(|target| target.0);
            let inside = ends().filter(|code| codes_of(to).contains(code)).count();
            assert!(inside * 1000 >= ends().count() * 995, "{from} {to}: {inside} of {}", ends().count());
        }
    }

    #[test]
    fn editions_are_said_in_few_words() {
        assert_eq!(Editions(0b111_1111).to_string(), "HS92-HS22");
        assert_eq!(Editions(0b100_1101).to_string(), "HS92, HS02-HS07, HS22");
        assert_eq!(Editions(0b10).to_string(), "HS96");
    }
}
