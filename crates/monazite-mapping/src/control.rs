//! Whether a model can be trusted with yes and no: its answers on pairs that are known.

use serde::Serialize;

use crate::prompt::ControlPair;

/// How a model did on its control questions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlResult {
    /// Whether its confirmations are worth anything.
    pub fit: bool,
    /// Questions about pairs that do not hold.
    pub false_asked: u64,
    /// Of these, answered with yes, or with nothing that can be used.
    pub false_wrong: u64,
    /// Questions about pairs that hold.
    pub true_asked: u64,
    /// Of these, answered with no, or with nothing that can be used.
    pub true_wrong: u64,
    /// The share above which it is unfit.
    pub most_wrong: f64,
    /// The pairs that it got wrong.
    pub wrong: Vec<WrongControl>,
}

/// A control pair that a model got wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrongControl {
    /// Text of the possible input.
    pub input: String,
    /// Text of the possible output.
    pub output: String,
    /// Whether it holds.
    pub holds: bool,
    /// How often it was asked.
    pub asked: u64,
    /// How often the answer was wrong.
    pub wrong: u64,
}

impl ControlResult {
    /// The result in one sentence.
    pub fn in_words(&self) -> String {
        let verdict = if self.fit { "fit to confirm links" } else { "unfit to confirm links" };
        format!(
            "{verdict}: wrong on {} of {} questions about pairs that do not hold, and on {} of {} about pairs that do",
            self.false_wrong, self.false_asked, self.true_wrong, self.true_asked
        )
    }
}

/// Judges a model: unfit if more than the given share of its answers is wrong, on the false pairs or on the true ones. A
/// model that always says yes fails the first, one that always says no the second. An answer that cannot be used is wrong.
pub fn judge(pairs: &[ControlPair], verdicts: &[Vec<Option<bool>>], most_wrong: f64) -> ControlResult {
    let mut result = ControlResult {
        fit: false,
        false_asked: 0,
        false_wrong: 0,
        true_asked: 0,
        true_wrong: 0,
        most_wrong,
        wrong: Vec::new(),
    };
    for (pair, said) in pairs.iter().zip(verdicts) {
        let asked = said.len() as u64;
        let wrong = said.iter().filter(|verdict| **verdict != Some(pair.holds)).count() as u64;
        if pair.holds {
            result.true_asked += asked;
            result.true_wrong += wrong;
        } else {
            result.false_asked += asked;
            result.false_wrong += wrong;
        }
        if wrong > 0 {
            result.wrong.push(WrongControl {
                input: pair.input.clone(),
                output: pair.output.clone(),
                holds: pair.holds,
                asked,
                wrong,
            });
        }
    }
    let within = |wrong: u64, asked: u64| wrong as f64 <= most_wrong * asked as f64;
    result.fit =
        within(result.false_wrong, result.false_asked) && within(result.true_wrong, result.true_asked);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(said: &[Option<bool>]) -> ControlResult {
        let pair = |holds| ControlPair { input: "a".to_owned(), output: "b".to_owned(), holds };
        let pairs = [pair(false), pair(false), pair(true)];
        let verdicts: Vec<Vec<Option<bool>>> = said.chunks(2).map(<[_]>::to_vec).collect();
        judge(&pairs, &verdicts, 0.25)
    }

    #[test]
    fn yes_sayers_no_sayers_and_the_silent_are_unfit() {
        let (yes, no) = (Some(true), Some(false));
        assert!(judged(&[no, no, no, no, yes, yes]).fit);
        assert!(judged(&[no, no, no, yes, yes, yes]).fit);
        assert!(!judged(&[no, no, yes, yes, yes, yes]).fit);
        assert!(!judged(&[yes; 6]).fit);
        assert!(!judged(&[no; 6]).fit);
        assert!(!judged(&[None; 6]).fit);
        assert_eq!(
            judged(&[yes; 6]).in_words(),
            "unfit to confirm links: wrong on 4 of 4 questions about pairs that do not hold, and on 0 of 2 about pairs that do"
        );
        assert_eq!(judged(&[no, None, no, no, yes, no]).wrong.len(), 2);
    }
}
