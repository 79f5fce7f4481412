//! What is left out of a network that is compared, and what is said of it: as a chain says it of its sources.

use std::collections::BTreeSet;

use super::product_codes::{ProductCodes, PublishedCode, advice_on};
use super::published::{first_ten, padded_note, to_itself_note, unplaced_note};
use crate::nomenclature::texts::codes_of;
use crate::nomenclature::{Hs6, HsEdition};

/// What is left out of a network while it is read, and what is made of the rest.
#[derive(Default)]
pub(super) struct LeftOut {
    /// Texts that are no codes.
    pub(super) unread: BTreeSet<String>,
    /// Codes that the edition does not have.
    pub(super) unplaced: BTreeSet<String>,
    unplaced_rows: u64,
    /// Products that lead to themselves.
    to_itself: BTreeSet<String>,
    to_itself_rows: u64,
    /// Codes that had lost a zero.
    padded: BTreeSet<String>,
    /// Codes of no edition, of a file that names none.
    pub(super) in_no_edition: BTreeSet<String>,
}

impl LeftOut {
    /// Takes note of the two ends of a row, each with whether a zero was put back and with its codes; whether the row is a link.
    pub(super) fn takes<'a>(
        &mut self,
        ends: impl Iterator<Item = ((PublishedCode, bool), &'a Vec<Hs6>)>,
    ) -> bool {
        let ends: Vec<_> = ends.collect();
        let mut placed = true;
        for ((code, padded), codes) in &ends {
            if codes.is_empty() {
                self.unplaced.insert(code.to_string());
                placed = false;
            } else if *padded {
                self.padded.insert(code.to_string());
            }
        }
        if !placed {
            self.unplaced_rows += 1;
            return false;
        }
        let to_itself = ends.windows(2).any(|pair| pair[0].0.0 == pair[1].0.0);
        if to_itself {
            self.to_itself.insert(ends[0].0.0.to_string());
            self.to_itself_rows += 1;
        }
        !to_itself
    }

    pub(super) fn notes(&self, file: &str, codes: &ProductCodes) -> Vec<String> {
        let named = |list: &BTreeSet<String>| first_ten(list, "more");
        let mut notes = Vec::new();
        if !self.unread.is_empty() {
            let codes = named(&self.unread);
            let advice: String = advice_on(&codes).iter().map(|advice| format!(" {advice}.")).collect();
            notes.push(format!("{file}: left out, being no codes of the HS: {codes}.{advice}"));
        }
        notes.extend(unplaced_note(file, &self.unplaced, self.unplaced_rows, codes));
        notes.extend(to_itself_note(file, &self.to_itself, self.to_itself_rows));
        notes.extend(padded_note(file, &self.padded));
        if !self.in_no_edition.is_empty() {
            notes.push(format!(
                "{file} has codes that are in no edition of the HS, whose links count all the same: {}.",
                named(&self.in_no_edition)
            ));
        }
        notes
    }
}

/// The codes that no edition has.
pub(super) fn in_no_edition(codes: &BTreeSet<PublishedCode>) -> BTreeSet<String> {
    let known = |code: Hs6| HsEdition::ALL.into_iter().any(|edition| codes_of(edition).contains(&code));
    codes
        .iter()
        .filter_map(|code| match code {
            PublishedCode::Code(code) if !known(*code) => Some(code.to_string()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_with_a_code_that_is_not_there_is_no_link() {
        let read = |text: &str| PublishedCode::read(text).expect("a code");
        let known = vec!["284690".parse().expect("a code")];
        let mut left = LeftOut::default();
        assert!(left.takes([(read("284690"), &known), (read("280530"), &known)].into_iter()));
        assert!(!left.takes([(read("284690"), &known), (read("999998"), &Vec::new())].into_iter()));
        assert!(!left.takes([(read("284690"), &known), (read("284690"), &known)].into_iter()));
        assert_eq!((left.unplaced_rows, left.to_itself_rows), (1, 1));
        assert_eq!(
            in_no_edition(&BTreeSet::from([read("999998").0, read("284690").0])),
            ["999998".to_owned()].into()
        );
    }
}
