//! The codes that links may use, and how codes of other editions find their place among them.

use std::collections::{BTreeMap, BTreeSet};

use crate::nomenclature::code_search::converted;
use crate::nomenclature::texts::codes_of;
use crate::nomenclature::{Hs6, HsEdition};
use crate::trade::FlowSource;

/// The codes that links may use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductCodes {
    /// Edition of the trade data, `None` if it is not known.
    pub edition: Option<HsEdition>,
    /// All codes of the edition, or those that are traded if the release came without its table of products.
    pub codes: BTreeSet<Hs6>,
    /// Whether `codes` is the whole edition, so that another code is a mistake.
    pub complete: bool,
}

impl ProductCodes {
    /// The codes of trade data.
    pub fn of(store: &dyn FlowSource) -> Self {
        let traded = store.traded_products();
        let table: BTreeSet<Hs6> = store.products().keys().copied().collect();
        let complete = store.has_product_table();
        Self {
            edition: store.about().hs_edition(),
            codes: if complete {
                &table | &traded.into_iter().collect()
            } else {
                traded.into_iter().collect()
            },
            complete,
        }
    }

    /// All codes of an edition, as the program knows them.
    pub fn of_edition(edition: HsEdition) -> Self {
        Self { edition: Some(edition), codes: codes_of(edition).clone(), complete: true }
    }

    /// Name of the edition, for messages.
    pub fn edition_name(&self) -> String {
        self.edition.map_or_else(|| "the trade data".to_owned(), |e| e.to_string())
    }

    /// Whether a link may use a code.
    pub fn has(&self, code: Hs6) -> bool {
        !self.complete || self.codes.contains(&code)
    }

    /// The codes that headings stand for: these, or while nobody knows them yet those of the edition.
    fn of_headings(&self) -> &BTreeSet<Hs6> {
        match self.edition {
            _ if !self.codes.is_empty() => &self.codes,
            Some(edition) => codes_of(edition),
            None => codes_of(HsEdition::Hs07),
        }
    }
}

/// A code of a published file: a heading of four digits, or a code of six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublishedCode {
    /// A heading, by the first code that it can have.
    Heading(Hs6),
    /// A code.
    Code(Hs6),
}

impl PublishedCode {
    /// Reads a code as it is published: with points, blanks or `HS` before it, with its leading zero lost, as a number with `.0` behind it.
    /// The second says whether a zero was put back; `None` if it is no code of four or six digits.
    ///
    /// ```
    /// use monazite::value_chain::product_codes::PublishedCode;
    /// let read = |text| PublishedCode::read(text).map(|(code, padded)| (code.to_string(), padded));
    /// assert_eq!(read("2846.90"), Some(("284690".to_owned(), false)));
    /// assert_eq!(read("308"), Some(("0308".to_owned(), true)));
    /// assert_eq!(read("30110.0"), Some(("030110".to_owned(), true)));
    /// assert_eq!(read("85"), None);
    /// ```
    pub fn read(text: &str) -> Option<(Self, bool)> {
        let text = text.trim();
        let text = text.strip_prefix("HS").or_else(|| text.strip_prefix("hs")).unwrap_or(text);
        // No code of the HS has one digit behind a point.
        let text = text.strip_suffix(".0").unwrap_or(text);
        let digits: String = text.chars().filter(|c| !matches!(c, '.' | ' ' | '-' | '\'')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let padded = matches!(digits.len(), 3 | 5);
        let digits = if padded { format!("0{digits}") } else { digits };
        match digits.len() {
            4 => format!("{digits}00").parse().ok().map(|first| (Self::Heading(first), padded)),
            6 => digits.parse().ok().map(|code| (Self::Code(code), padded)),
            _ => None,
        }
    }

    /// The codes among `codes` that it stands for.
    fn among(self, codes: &BTreeSet<Hs6>) -> Vec<Hs6> {
        match self {
            Self::Code(code) => codes.get(&code).copied().into_iter().collect(),
            Self::Heading(first) => {
                let last = Hs6::from_index(first.index() + 99).unwrap_or(first);
                codes.range(first..=last).copied().collect()
            }
        }
    }
}

impl std::fmt::Display for PublishedCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Heading(first) => f.write_str(&first.heading()),
        }
    }
}

/// What to do about texts that are no codes of the trade, in the order of a list such as `8599, 85051100, magnets`.
pub(super) fn advice_on(texts: &str) -> Vec<&'static str> {
    let is_code = |text: &str| PublishedCode::read(text).is_some();
    let is_long = |text: &str| {
        let digits = text.chars().filter(|c| !matches!(c, '.' | ' ' | '-' | '\'')).collect::<String>();
        digits.len() > 6 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let is_name = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() > 2;
    let texts: Vec<&str> = texts.split(", ").filter(|text| !text.starts_with("and ")).collect();
    let any = |is: &dyn Fn(&str) -> bool| texts.iter().any(|text| is(text));
    [
        (any(&is_code), "Say the edition of the file with a first line such as '# edition: HS12'"),
        (
            any(&is_long),
            "Codes of more than six digits are lines of a national tariff: give their first six digits",
        ),
        (any(&is_name), "Names of products are no codes: 'monazite codes NAME' finds the code of each"),
    ]
    .into_iter()
    .filter_map(|(holds, advice)| holds.then_some(advice))
    .collect()
}

/// Where the codes of a file go in the trade data.
#[derive(Debug, Clone)]
pub struct Placing<'a> {
    codes: &'a ProductCodes,
    from: Option<HsEdition>,
    known: BTreeMap<PublishedCode, Vec<Hs6>>,
}

impl<'a> Placing<'a> {
    /// For a file whose codes are of an edition; `None` if they are of that of the trade data.
    pub fn new(codes: &'a ProductCodes, edition: Option<HsEdition>) -> Self {
        let from = edition.filter(|from| codes.edition.is_some_and(|to| to != *from));
        Self { codes, from, known: BTreeMap::new() }
    }

    /// The edition that codes are converted from; `None` if they are taken as they are.
    pub const fn converts_from(&self) -> Option<HsEdition> {
        self.from
    }

    /// The codes of the trade data that a code stands for, ascending; empty if it has no place there.
    pub fn place(&mut self, code: PublishedCode) -> &[Hs6] {
        let (codes, from) = (self.codes, self.from);
        self.known.entry(code).or_insert_with(|| {
            let (Some(from), Some(to)) = (from, codes.edition) else {
                return match code {
                    PublishedCode::Code(code) if !codes.complete => vec![code],
                    other => other.among(codes.of_headings()),
                };
            };
            let mut placed = BTreeSet::new();
            for old in code.among(codes_of(from)) {
                placed.extend(parts_of(old, from, to).filter(|c| codes.has(*c)));
            }
            placed.into_iter().collect()
        })
    }

    /// The edition whose codes these fit clearly better than those of the trade data, and how many fit each: it has nearly all of them, and
    /// at least two that the trade data lack. Of editions that fit alike the one nearest to that of the trade.
    pub fn better_edition(
        codes: &ProductCodes,
        found: &BTreeSet<PublishedCode>,
    ) -> Option<(HsEdition, usize, usize)> {
        let own = codes.edition.filter(|_| codes.complete)?;
        let fit =
            |edition: HsEdition| found.iter().filter(|c| !c.among(codes_of(edition)).is_empty()).count();
        // A release may list a part of its edition only.
        let here =
            |c: &&PublishedCode| !c.among(&codes.codes).is_empty() || !c.among(codes_of(own)).is_empty();
        let now = found.iter().filter(here).count();
        let missing = found.len() - now;
        let far = |edition: HsEdition| edition.first_year().abs_diff(own.first_year());
        let (edition, best) = HsEdition::ALL
            .into_iter()
            .filter(|edition| *edition != own)
            .map(|edition| (edition, fit(edition)))
            .max_by_key(|(edition, fit)| (*fit, std::cmp::Reverse(far(*edition))))?;
        let left = found.len() - best;
        (missing >= 2 && left * 50 <= found.len() && left * 3 <= missing).then_some((edition, best, now))
    }
}

/// Share of the trade of a code from which one of its parts in another edition is a part of it; what is less is noise of the estimation.
const LEAST_PART: f64 = 0.01;

/// The codes that a code is in another edition, without those that have next to nothing of its trade.
pub(super) fn parts_of(code: Hs6, from: HsEdition, to: HsEdition) -> impl Iterator<Item = Hs6> {
    let parts = converted(code, from, to).into_iter();
    parts.filter(|(_, share)| share.is_none_or(|share| share >= LEAST_PART)).map(|(code, _)| code)
}

/// The edition of which most of these codes are; of editions that fit alike HS 2007, else the older one.
pub fn likely_edition(found: &BTreeSet<PublishedCode>) -> HsEdition {
    let fit = |edition: HsEdition| found.iter().filter(|c| !c.among(codes_of(edition)).is_empty()).count();
    let order = HsEdition::ALL.into_iter().rev().chain([HsEdition::Hs07]);
    order.max_by_key(|edition| fit(*edition)).unwrap_or(HsEdition::Hs07)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> PublishedCode {
        PublishedCode::read(text).unwrap().0
    }

    fn placed(placing: &mut Placing<'_>, text: &str) -> Vec<String> {
        placing.place(code(text)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn codes_are_read_as_people_publish_them() {
        for (text, read) in [
            ("8505", "8505"),
            ("85.05", "8505"),
            ("HS 8505", "8505"),
            ("308", "0308"),
            ("2805.0", "2805"),
            ("84690", "084690"),
        ] {
            assert_eq!(code(text).to_string(), read, "{text}");
        }
        for text in ["", "85", "8505119", "magnets", "8505x"] {
            assert_eq!(PublishedCode::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_to_do_depends_on_what_stands_there() {
        assert_eq!(advice_on("8599").len(), 1);
        let advice = advice_on("85051100, magnets, and 3 more");
        assert_eq!(advice.len(), 2);
        assert!(advice[0].contains("first six digits") && advice[1].contains("monazite codes"), "{advice:?}");
        assert!(advice_on("85").is_empty());
    }

    #[test]
    fn a_code_of_another_edition_goes_where_the_correlation_leads() {
        // 850760 (lithium-ion batteries, since HS 2012) was part of 850780 in HS 2007.
        let trade = ProductCodes::of_edition(HsEdition::Hs07);
        let mut same = Placing::new(&trade, Some(HsEdition::Hs07));
        assert_eq!((same.converts_from(), placed(&mut same, "850760").len()), (None, 0));
        let mut other = Placing::new(&trade, Some(HsEdition::Hs12));
        assert!(placed(&mut other, "850760").contains(&"850780".to_owned()));
        assert_eq!(placed(&mut other, "8505"), ["850511", "850519", "850520", "850590"]);
        assert!(
            placed(&mut other, "0308").iter().all(|c| c.starts_with("0307")),
            "sea urchins were molluscs"
        );
        assert!(placed(&mut other, "999999").is_empty());
    }

    #[test]
    fn an_edition_that_fits_better_is_found() {
        let trade = ProductCodes::of_edition(HsEdition::Hs02);
        let codes = |texts: &[&str]| texts.iter().map(|t| code(t)).collect::<BTreeSet<_>>();
        let newer = codes(&["2805", "8505", "2846", "0308", "1604", "3824", "3826"]);
        assert_eq!(Placing::better_edition(&trade, &newer), Some((HsEdition::Hs12, 7, 5)));
        assert_eq!(
            Placing::better_edition(&trade, &codes(&["2805", "8505", "3826"])),
            None,
            "one code is no pattern"
        );
        assert_eq!(Placing::better_edition(&trade, &codes(&["2805", "8505", "5999", "0099"])), None);
        assert_eq!(likely_edition(&newer), HsEdition::Hs12);
        assert_eq!(likely_edition(&codes(&["2805"])), HsEdition::Hs07);
    }
}
