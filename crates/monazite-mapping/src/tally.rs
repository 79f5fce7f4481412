//! What was said about pairs, and what came of questions, in numbers.

use std::collections::BTreeMap;

use monazite::nomenclature::Hs6;
use serde::Serialize;

/// A possible link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// What goes in.
    pub input: Hs6,
    /// What comes out.
    pub output: Hs6,
}

/// What was said about a pair.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PairVotes {
    /// Runs whose open answers name it, with the largest cosine that led to it.
    pub open: BTreeMap<u64, f32>,
    /// Runs in which it was confirmed (true) or denied.
    pub confirmed: BTreeMap<u64, bool>,
}

impl PairVotes {
    /// The largest cosine in any run.
    pub fn best_cosine(&self) -> f32 {
        self.open.values().copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

/// What came of the questions, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Questions that the walk has come to so far, repairs not counted.
    pub questions: u64,
    /// Questions with an answer that can be used.
    pub answered: u64,
    /// Of these, after a repair.
    pub repaired: u64,
    /// Questions whose answer could not be used, a repair included.
    pub failed: u64,
    /// Questions to which the endpoint gave no answer at all.
    pub without_answer: u64,
    /// Questions not asked yet.
    pub not_asked: u64,
    /// Open answers that name no good.
    pub empty: u64,
    /// Goods named in open answers.
    pub goods: u64,
    /// Goods that were taken for the code that is named with them.
    pub goods_by_code: u64,
    /// Goods that were taken for another code of the heading that is named.
    pub goods_by_heading: u64,
    /// Goods whose code was found by comparing texts alone.
    pub goods_by_text: u64,
    /// Goods that are near no code.
    pub goods_below_floor: u64,
    /// Goods that were taken for the product that was asked about.
    pub goods_itself: u64,
    /// Codes named that the edition lacks.
    pub codes_not_in_edition: u64,
    /// Codes named whose text is far from the description.
    pub codes_far: u64,
    /// Headings named in place of codes.
    pub codes_of_four_digits: u64,
    /// Codes named that are none.
    pub codes_unreadable: u64,
    /// Answers to questions whose words are no longer the same (other texts of codes, for example).
    pub other_words: u64,
    /// Calls recorded, repairs included.
    pub calls: u64,
    /// Tokens of all questions, as far as the endpoint says.
    pub prompt_tokens: u64,
    /// Tokens of all answers, as far as the endpoint says.
    pub completion_tokens: u64,
}
