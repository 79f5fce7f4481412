//! How many questions a mapping will ask.

use monazite::study::MappingSection;
use monazite::study::mapping::{Confirmation, OpenQuestions};
use monazite::units::grouped;

use crate::walk::Walked;

/// How many questions a mapping will ask. How far the walk leads shows only on the way, so beyond the questions that are
/// certain there is only a projection, for as many products as the paper's chain has.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Questions that are answered already.
    pub answered: u64,
    /// Questions that come next.
    pub certain: u64,
    /// What these are: `controls`, `tier 0`; empty if nothing is left to ask.
    pub stage: String,
    /// Questions for each product of a tier.
    pub per_product: u64,
    /// Questions for each pair that is confirmed; 0 if none is.
    pub per_pair: u64,
    /// Pairs for each product, seen so far or assumed.
    pub pairs_per_product: f64,
    /// Whether pairs and tokens were seen or are assumed.
    pub seen: bool,
    /// Questions for a chain of [`PAPER_PRODUCTS`] products.
    pub projected_calls: u64,
    /// Tokens of one question and its answer, seen so far or assumed.
    pub tokens_per_call: f64,
}

/// Products of the paper's chain.
pub const PAPER_PRODUCTS: u64 = 168;

/// Estimates from where the walk stands.
pub fn estimate(section: &MappingSection, controls: usize, walked: &Walked) -> Estimate {
    let kinds = if section.questions == OpenQuestions::Both { 2 } else { 1 };
    let per_product = kinds * section.runs;
    let judged = walked.controls.is_some();
    let confirming = match section.confirm {
        Confirmation::Never => false,
        Confirmation::Always => true,
        Confirmation::IfFit => !judged || walked.confirming,
    };
    let per_pair = if confirming { section.runs } else { 0 };
    let asked: usize = walked.tiers.iter().map(|t| t.asked.len()).sum();
    let seen = walked.counts.calls > 0;
    let enough = |open: usize| open as u64 >= section.min_votes_to_confirm;
    let pairs = walked.pairs.values().filter(|votes| enough(votes.open.len())).count();
    let pairs_per_product = if pairs > 0 && asked > 0 { pairs as f64 / asked as f64 } else { 5.0 };
    let control_calls =
        if section.confirm == Confirmation::Never { 0 } else { controls as u64 * section.control_runs };
    let projected_calls = control_calls
        + PAPER_PRODUCTS * per_product
        + (PAPER_PRODUCTS as f64 * pairs_per_product * per_pair as f64) as u64;
    let tokens_per_call = if seen && walked.counts.prompt_tokens > 0 {
        (walked.counts.prompt_tokens + walked.counts.completion_tokens) as f64 / walked.counts.calls as f64
    } else {
        let first =
            walked.missing.first().map_or(0, |q| q.request.messages.iter().map(|m| m.content.len()).sum());
        first as f64 / 4.0 + 100.0
    };
    Estimate {
        answered: walked.counts.answered + walked.counts.failed,
        certain: walked.missing.len() as u64,
        stage: walked.stage.clone(),
        per_product,
        per_pair,
        pairs_per_product,
        seen,
        projected_calls,
        tokens_per_call,
    }
}

impl Estimate {
    /// The estimate in a few lines.
    pub fn in_words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.answered > 0 {
            lines.push(format!("{} questions are answered already", grouped(self.answered)));
        }
        if self.certain == 0 {
            lines.push("nothing is left to ask".to_owned());
            return lines;
        }
        lines.push(format!("next: {} questions ({})", grouped(self.certain), self.stage));
        let confirmations = if self.per_pair > 0 {
            format!(
                ", {} for each of its candidate links (about {:.0})",
                self.per_pair, self.pairs_per_product
            )
        } else {
            String::new()
        };
        lines.push(format!("then {} for each product of a tier{confirmations}", self.per_product));
        lines.push(format!(
            "a chain of {PAPER_PRODUCTS} products would take about {} questions and {} million tokens{}",
            grouped(self.projected_calls),
            (self.projected_calls as f64 * self.tokens_per_call / 1e5).round() / 10.0,
            if self.seen { "" } else { " (answers and links assumed)" }
        ));
        lines
    }
}
