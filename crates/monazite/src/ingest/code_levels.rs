//! Codes of several lengths in one table: the row of a coarse one may be the sum of its lines.

use std::collections::BTreeSet;

use crate::nomenclature::Hs6;

/// Which codes a table has, by their length: six digits, and lines of national tariffs with eight or ten.
///
/// Customs publish sums with their parts: `850511` beside `85051110` and `85051190`. Added up under six digits, trade would count twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeLevels {
    six: BTreeSet<Hs6>,
    of_lines: BTreeSet<Hs6>,
    eight: BTreeSet<u32>,
    of_ten: BTreeSet<u32>,
    last: String,
}

impl CodeLevels {
    /// Takes a code of six digits, or a line, as it is written.
    pub(in crate::ingest) fn take(&mut self, text: &str, code: Hs6) {
        // Rows of one product tend to follow each other.
        if self.last == text {
            return;
        }
        text.clone_into(&mut self.last);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let padded = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits };
        let first_eight = || padded.get(..8).and_then(|digits| digits.parse::<u32>().ok());
        match padded.len() {
            8 => {
                self.of_lines.insert(code);
                self.eight.extend(first_eight());
            }
            10 => {
                self.of_lines.insert(code);
                self.of_ten.extend(first_eight());
            }
            _ => {
                self.six.insert(code);
            }
        }
    }

    /// Adds what another part of the table has.
    pub(in crate::ingest) fn merge(&mut self, other: &Self) {
        self.six.extend(&other.six);
        self.of_lines.extend(&other.of_lines);
        self.eight.extend(&other.eight);
        self.of_ten.extend(&other.of_ten);
    }

    /// What stands there as a sum and with its parts, in words; `None` if nothing does.
    pub(crate) fn problem(&self) -> Option<String> {
        let both: Vec<&Hs6> = self.six.intersection(&self.of_lines).collect();
        let (first, count, what) = match (both.first(), self.eight.intersection(&self.of_ten).next()) {
            (Some(first), _) => {
                (first.to_string(), both.len(), "with six digits and with lines of eight or ten")
            }
            (None, Some(first)) => {
                let count = self.eight.intersection(&self.of_ten).count();
                (format!("{first:08}"), count, "with eight digits and with lines of ten")
            }
            (None, None) => return None,
        };
        let codes = if count == 1 { "1 code stands".to_owned() } else { format!("{count} codes stand") };
        Some(format!(
            "{codes} there {what} (the first is {first}): the row of the shorter code is the sum of its lines, and trade would count twice. Leave the \
             rows of one length out"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(codes: &[&str]) -> CodeLevels {
        let mut levels = CodeLevels::default();
        for text in codes {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let padded = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits };
            levels.take(text, padded[..6].parse().unwrap());
        }
        levels
    }

    #[test]
    fn sums_beside_their_parts_are_seen() {
        assert!(levels(&["850511", "284690", "28469010x".trim_end_matches('x')]).problem().is_some());
        let problem = levels(&["850511", "8505.11.10", "85051190"]).problem().unwrap();
        assert!(problem.starts_with("1 code stands there with six digits and with lines"), "{problem}");
        let problem = levels(&["85051110", "8505111010"]).problem().unwrap();
        assert!(problem.contains("(the first is 85051110)"), "{problem}");
        // 3011000 is a line that has lost its zero.
        assert!(levels(&["030110", "3011000"]).problem().is_some());
        assert!(
            levels(&["850511", "28469010", "2846901020x".trim_end_matches('x'), "03011000"])
                .problem()
                .is_some()
        );
        assert_eq!(levels(&["850511", "28469010", "28469090", "3011000"]).problem(), None);
        let mut whole = levels(&["850511"]);
        whole.merge(&levels(&["85051110"]));
        assert!(whole.problem().is_some());
    }
}
