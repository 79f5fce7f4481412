//! Which codes an edition of the HS has, and which edition a set of codes fits best.
//!
//! The codes are those that the conversion tables lead from: every code of an edition is one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::concordance::embedded_steps;
use super::{Hs6, HsEdition};

/// Codes of BACI that are in no table of the United Nations: petroleum oils before they were split, and a code of 1992.
const BACI_HAS_TOO: [&str; 2] = ["271000", "380993"];
/// A code for whatever has none.
const UNCLASSIFIED: &str = "999999";

/// The six-digit codes of an edition.
///
/// ```
/// use monazite::nomenclature::{HsEdition, edition_codes::codes_of};
/// assert_eq!(codes_of(HsEdition::Hs92).len(), 5039);
/// assert_eq!(codes_of(HsEdition::Hs22).len(), 5613);
/// assert!(codes_of(HsEdition::Hs17).contains(&"870380".parse()?), "electric cars have a code since 2017");
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
pub fn codes_of(edition: HsEdition) -> &'static BTreeSet<Hs6> {
    static CODES: LazyLock<BTreeMap<HsEdition, BTreeSet<Hs6>>> = LazyLock::new(|| {
        let mut codes: BTreeMap<HsEdition, BTreeSet<Hs6>> = BTreeMap::new();
        for ((from, _), step) in embedded_steps() {
            codes.entry(*from).or_default().extend(step.keys());
        }
        codes
    });
    static NONE: BTreeSet<Hs6> = BTreeSet::new();
    CODES.get(&edition).unwrap_or(&NONE)
}

/// Whether a code says nothing about the edition: goods not classified, and what BACI has in all editions.
fn says_nothing(code: Hs6) -> bool {
    let text = code.to_string();
    code == Hs6::NOT_SPECIFIED || text == UNCLASSIFIED || BACI_HAS_TOO.contains(&text.as_str())
}

/// How well the codes of a data set fit an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionFit {
    /// The edition.
    pub edition: HsEdition,
    /// Codes of the data that the edition does not have, ascending.
    pub lacking: Vec<Hs6>,
    /// Codes of the data that say anything.
    pub codes: usize,
}

impl EditionFit {
    /// How well codes fit an edition. Codes that stand for goods not classified, and those that BACI has in all editions, are passed over.
    pub fn of(edition: HsEdition, codes: &BTreeSet<Hs6>) -> Self {
        let telling = || codes.iter().copied().filter(|code| !says_nothing(*code));
        let of_edition = codes_of(edition);
        let lacking = telling().filter(|code| !of_edition.contains(code)).collect();
        Self { edition, lacking, codes: telling().count() }
    }

    /// Whether another edition fits clearly better than this one: this one lacks at least one code in a hundred, and the other one at most a
    /// quarter of so many.
    ///
    /// A code or two that BACI has and the edition does not is no sign of another edition; neighbouring editions differ in at least
    /// one code in fifty.
    pub fn is_clearly_worse_than(&self, other: &Self) -> bool {
        self.lacking.len() * 100 >= self.codes.max(1)
            && other.lacking.len() * 4 <= self.lacking.len()
            && !self.lacking.is_empty()
    }

    /// In words: "HS07 lacks 2 of the 2 codes (850750, 870380)".
    pub fn in_words(&self) -> String {
        let named = crate::plain_text::listed(&self.lacking, "");
        let codes = match self.lacking.len() {
            0 => return format!("{} has all {} codes", self.edition, self.codes),
            _ => format!(" ({named})"),
        };
        format!("{} lacks {} of the {} codes{codes}", self.edition, self.lacking.len(), self.codes)
    }
}

/// How well codes fit every edition, the best first; of those that fit alike the latest first.
///
/// ```
/// use monazite::nomenclature::{HsEdition, fits};
/// let codes = ["870380", "850750"].map(|code| code.parse().expect("a code")).into();
/// let fits = fits(&codes);
/// assert_eq!((fits[0].edition, fits[0].lacking.len()), (HsEdition::Hs22, 0));
/// let declared = fits.iter().find(|fit| fit.edition == HsEdition::Hs07).expect("all editions are there");
/// assert!(declared.is_clearly_worse_than(&fits[0]));
/// ```
pub fn fits(codes: &BTreeSet<Hs6>) -> Vec<EditionFit> {
    let mut fits: Vec<EditionFit> =
        HsEdition::ALL.into_iter().rev().map(|edition| EditionFit::of(edition, codes)).collect();
    fits.sort_by_key(|fit| fit.lacking.len());
    fits
}

/// The fit of a declared edition and that of a clearly better one; `None` if the declared one fits as well as any.
pub fn better_edition(declared: HsEdition, codes: &BTreeSet<Hs6>) -> Option<(EditionFit, EditionFit)> {
    let fits = fits(codes);
    let best = fits.first()?.clone();
    let declared = fits.into_iter().find(|fit| fit.edition == declared)?;
    declared.is_clearly_worse_than(&best).then_some((declared, best))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(list: &[&str]) -> BTreeSet<Hs6> {
        list.iter().map(|code| code.parse().unwrap()).collect()
    }

    #[test]
    fn the_codes_of_an_edition_are_as_many_as_the_united_nations_list() {
        // Without 9999AA; classificationH0.json to H6.json of the United Nations' reference tables.
        let counted: Vec<usize> = HsEdition::ALL.into_iter().map(|e| codes_of(e).len()).collect();
        assert_eq!(counted, [5039, 5133, 5225, 5053, 5206, 5388, 5613]);
    }

    #[test]
    fn every_edition_taken_for_another_is_found_out() {
        for truth in HsEdition::ALL {
            for declared in HsEdition::ALL {
                let found = better_edition(declared, codes_of(truth));
                assert_eq!(found.is_some(), declared != truth, "{truth} taken for {declared}");
                if let Some((_, best)) = found {
                    assert_eq!(best.edition, truth);
                }
            }
        }
        // Counted outside of the program, from the same reference tables.
        assert_eq!(EditionFit::of(HsEdition::Hs12, codes_of(HsEdition::Hs17)).lacking.len(), 263);
        assert_eq!(EditionFit::of(HsEdition::Hs17, codes_of(HsEdition::Hs12)).lacking.len(), 81);
    }

    #[test]
    fn codes_of_all_times_and_odd_ones_say_nothing() {
        let old = codes(&["284690", "850511", "260300", "9999AA", "999999", "271000", "380993"]);
        for edition in HsEdition::ALL {
            assert_eq!(better_edition(edition, &old), None);
            assert_eq!(EditionFit::of(edition, &old).codes, 3);
        }
        let all: Vec<&str> = vec!["870380"];
        assert!(better_edition(HsEdition::Hs12, &codes(&all)).is_some());
        // One odd code among many is no other edition.
        let mut many: BTreeSet<Hs6> = codes_of(HsEdition::Hs07).clone();
        many.extend(codes(&["870380", "850750"]));
        assert_eq!(better_edition(HsEdition::Hs07, &many), None);
        assert_eq!(
            EditionFit::of(HsEdition::Hs07, &many).lacking,
            codes(&["850750", "870380"]).into_iter().collect::<Vec<_>>()
        );
        // A code of no edition fits none better.
        assert_eq!(better_edition(HsEdition::Hs07, &codes(&["770001", "770002"])), None);
    }
}
