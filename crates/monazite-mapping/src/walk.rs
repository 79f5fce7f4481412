//! The walk outward from the seeds, tier by tier.
//!
//! The walk is a function of the answers alone: given all answers that are known, it says which questions are still to be
//! asked, and what follows from the rest. A mapping that is stopped and resumed, or replayed from a recording, is the same
//! function of the same answers and gives the same candidates.

use std::collections::{BTreeMap, BTreeSet};

use monazite::nomenclature::Hs6;
use monazite::study::mapping::{Confirmation, OpenQuestions};
use serde::Serialize;

use crate::MappingError;
use crate::answer::{Answer, read_answer};
use crate::control::{ControlResult, judge};
use crate::matching::Matcher;
use crate::question::{Kind, Question, Questioner};
use crate::recording::AnswerBook;

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

/// One line of `matches.csv`: what an answer called a good, and what it was taken for.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchedGood {
    /// Run.
    pub run: u64,
    /// `uses` or `inputs`.
    pub kind: Kind,
    /// The product that was asked about.
    pub product: Hs6,
    /// What the answer says.
    pub good: String,
    /// The nearest code.
    pub code: Hs6,
    /// Cosine of the two texts.
    pub cosine: f32,
    /// Whether a link was made of it.
    pub linked: bool,
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
    /// Goods whose nearest code is below the floor.
    pub goods_below_floor: u64,
    /// Goods that were taken for the product that was asked about.
    pub goods_itself: u64,
    /// Calls recorded, repairs included.
    pub calls: u64,
    /// Tokens of all questions, as far as the endpoint says.
    pub prompt_tokens: u64,
    /// Tokens of all answers, as far as the endpoint says.
    pub completion_tokens: u64,
}

/// One tier of the walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tier {
    /// Tier, 0 for the seeds.
    pub tier: u64,
    /// Products reached.
    pub reached: usize,
    /// Codes that were asked about.
    pub asked: Vec<String>,
}

/// Where the walk stands.
#[derive(Debug, Clone, Default)]
pub struct Walked {
    /// Questions that have to be answered before it can go on.
    pub missing: Vec<Question>,
    /// What the missing questions are, for people: `controls`, `tier 1`.
    pub stage: String,
    /// Questions that an endpoint gave no answer to. They count as failed, and may be asked again.
    pub without_answer: Vec<Question>,
    /// How the model did on pairs whose answer is known; `None` if it was not asked.
    pub controls: Option<ControlResult>,
    /// Whether a vote is a confirmation; if not, it is an open answer.
    pub confirming: bool,
    /// What was said about each pair.
    pub pairs: BTreeMap<Pair, PairVotes>,
    /// The tiers.
    pub tiers: Vec<Tier>,
    /// What each answer was taken for.
    pub goods: Vec<MatchedGood>,
    /// Numbers.
    pub counts: Counts,
}

impl Walked {
    /// Runs that vote for a pair.
    pub fn votes(&self, votes: &PairVotes) -> Vec<u64> {
        if self.confirming {
            votes.confirmed.iter().filter(|(_, yes)| **yes).map(|(&run, _)| run).collect()
        } else {
            votes.open.keys().copied().collect()
        }
    }
}

/// Follows the answers from the seeds as far as they lead.
///
/// 1. Control questions, unless pairs are never confirmed.
/// 2. For each product of the tier: open questions, in every run. Goods become codes; a code and the product are a pair,
///    to which the run gives an open vote.
/// 3. If pairs are confirmed: each pair with enough open votes whose input has been reached is asked about on its own,
///    in every run.
/// 4. Outputs with enough votes that are new are the next tier, most votes first.
///
/// # Errors
/// Those of the embedding model.
pub fn follow(
    questioner: &Questioner<'_>,
    seeds: &[Hs6],
    floor: f64,
    book: &AnswerBook,
    matcher: &mut Matcher<'_>,
) -> Result<Walked, MappingError> {
    let section = questioner.section;
    let mut reader = Reader { questioner, book, walked: Walked::default() };
    if section.confirm != Confirmation::Never {
        let verdicts = reader.controls();
        if !reader.walked.missing.is_empty() {
            "controls".clone_into(&mut reader.walked.stage);
            return Ok(reader.walked);
        }
        let result = judge(&questioner.prompts.controls, &verdicts, section.max_wrong_controls);
        reader.walked.confirming = section.confirm == Confirmation::Always || result.fit;
        reader.walked.controls = Some(result);
    }
    let mut frontier: Vec<Hs6> = seeds.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut known: BTreeSet<Hs6> = frontier.iter().copied().collect();
    for tier in 0..section.max_tier {
        if frontier.is_empty() {
            break;
        }
        let reached = frontier.len();
        if section.max_products_per_tier > 0 {
            frontier.truncate(section.max_products_per_tier as usize);
        }
        let asked = frontier.iter().map(Hs6::to_string).collect();
        reader.walked.tiers.push(Tier { tier, reached, asked });
        let named = reader.open_answers(&frontier);
        take_goods(&mut reader.walked, named, floor, matcher)?;
        if reader.walked.missing.is_empty() && reader.walked.confirming {
            reader.confirmations(&known);
        }
        if !reader.walked.missing.is_empty() {
            reader.walked.stage = format!("tier {tier}");
            return Ok(reader.walked);
        }
        frontier = next_tier(&reader.walked, &frontier, &known, section.min_votes_to_follow);
        known.extend(&frontier);
    }
    // The last tier is reached, not asked about.
    if !frontier.is_empty() {
        let tier = reader.walked.tiers.len() as u64;
        reader.walked.tiers.push(Tier { tier, reached: frontier.len(), asked: Vec::new() });
    }
    Ok(reader.walked)
}

/// Outputs of a tier that are new and have enough votes, most votes first, then the largest cosine, then the code.
fn next_tier(walked: &Walked, frontier: &[Hs6], known: &BTreeSet<Hs6>, enough: u64) -> Vec<Hs6> {
    let mut found: BTreeMap<Hs6, (usize, f32)> = BTreeMap::new();
    for (pair, votes) in &walked.pairs {
        let count = walked.votes(votes).len();
        if frontier.contains(&pair.input) && !known.contains(&pair.output) && count as u64 >= enough {
            let best = found.entry(pair.output).or_insert((0, f32::NEG_INFINITY));
            *best = (best.0.max(count), best.1.max(votes.best_cosine()));
        }
    }
    let mut order: Vec<(Hs6, (usize, f32))> = found.into_iter().collect();
    order.sort_by(|a, b| b.1.0.cmp(&a.1.0).then(b.1.1.total_cmp(&a.1.1)).then(a.0.cmp(&b.0)));
    order.into_iter().map(|(code, _)| code).collect()
}

/// What one open answer names.
struct Named {
    run: u64,
    kind: Kind,
    product: Hs6,
    goods: Vec<String>,
}

fn take_goods(
    walked: &mut Walked,
    named: Vec<Named>,
    floor: f64,
    matcher: &mut Matcher<'_>,
) -> Result<(), MappingError> {
    matcher.prepare(named.iter().flat_map(|n| n.goods.iter().map(String::as_str)))?;
    for answer in named {
        walked.counts.empty += u64::from(answer.goods.is_empty());
        for good in &answer.goods {
            walked.counts.goods += 1;
            let matches = matcher.matches(good)?.to_vec();
            if !matches.first().is_some_and(|m| f64::from(m.cosine) >= floor) {
                walked.counts.goods_below_floor += 1;
            }
            for (rank, found) in matches.into_iter().enumerate() {
                let near = f64::from(found.cosine) >= floor;
                let itself = found.code == answer.product;
                walked.counts.goods_itself += u64::from(near && itself);
                if rank == 0 || near {
                    walked.goods.push(MatchedGood {
                        run: answer.run,
                        kind: answer.kind,
                        product: answer.product,
                        good: good.clone(),
                        code: found.code,
                        cosine: found.cosine,
                        linked: near && !itself,
                    });
                }
                if near && !itself {
                    let (input, output) = match answer.kind {
                        Kind::Inputs => (found.code, answer.product),
                        _ => (answer.product, found.code),
                    };
                    let votes = walked.pairs.entry(Pair { input, output }).or_default();
                    let best = votes.open.entry(answer.run).or_insert(found.cosine);
                    *best = best.max(found.cosine);
                }
            }
        }
    }
    Ok(())
}

/// Looks up questions in the book.
struct Reader<'a, 'q> {
    questioner: &'a Questioner<'q>,
    book: &'a AnswerBook,
    walked: Walked,
}

impl Reader<'_, '_> {
    fn open_answers(&mut self, frontier: &[Hs6]) -> Vec<Named> {
        let section = self.questioner.section;
        let kinds: &[Kind] = match section.questions {
            OpenQuestions::Both => &[Kind::Uses, Kind::Inputs],
            OpenQuestions::Uses => &[Kind::Uses],
            OpenQuestions::Inputs => &[Kind::Inputs],
        };
        let mut named = Vec::new();
        for &product in frontier {
            for run in 1..=section.runs {
                for &kind in kinds {
                    if let Some(Answer::Goods(goods)) = self.answer(self.questioner.open(kind, product, run))
                    {
                        named.push(Named { run, kind, product, goods });
                    }
                }
            }
        }
        named
    }

    fn confirmations(&mut self, known: &BTreeSet<Hs6>) {
        let section = self.questioner.section;
        let wanted: Vec<Pair> = self
            .walked
            .pairs
            .iter()
            .filter(|(pair, votes)| {
                votes.confirmed.is_empty()
                    && votes.open.len() as u64 >= section.min_votes_to_confirm
                    && known.contains(&pair.input)
            })
            .map(|(&pair, _)| pair)
            .collect();
        for pair in wanted {
            for run in 1..=section.runs {
                let answer = self.answer(self.questioner.confirm(pair.input, pair.output, run));
                if let (Some(Answer::Verdict(yes)), Some(votes)) = (answer, self.walked.pairs.get_mut(&pair))
                {
                    votes.confirmed.insert(run, yes);
                }
            }
        }
    }

    /// Answers to the control questions: for each pair, what was said in its runs; `None` for a failed answer.
    fn controls(&mut self) -> Vec<Vec<Option<bool>>> {
        let section = self.questioner.section;
        let mut verdicts = Vec::new();
        for (index, pair) in self.questioner.prompts.controls.iter().enumerate() {
            let mut of_pair = Vec::new();
            for repeat in 0..section.control_runs {
                // The pairs go round the wordings, so that all of them are tried.
                let run = (index as u64 * section.control_runs + repeat) % section.runs + 1;
                let answer = self.answer(self.questioner.control(index + 1, pair, run));
                of_pair.push(match answer {
                    Some(Answer::Verdict(yes)) => Some(yes),
                    _ => None,
                });
            }
            verdicts.push(of_pair);
        }
        verdicts
    }

    /// The answer to a question, after a repair if need be; `None` if there is none that can be used (yet).
    fn answer(&mut self, question: Question) -> Option<Answer> {
        self.walked.counts.questions += 1;
        let goods = self.questioner.section.goods;
        let text = self.look_up(&question)?;
        let answer = match read_answer(question.kind, &text, goods) {
            Ok(answer) => Some(answer),
            Err(problem) => {
                let repair = question.repaired(&text, &problem, self.questioner.prompts);
                let again = self.look_up(&repair)?;
                let answer = read_answer(question.kind, &again, goods).ok();
                self.walked.counts.repaired += u64::from(answer.is_some());
                answer
            }
        };
        let counts = &mut self.walked.counts;
        *(if answer.is_some() { &mut counts.answered } else { &mut counts.failed }) += 1;
        answer
    }

    fn look_up(&mut self, question: &Question) -> Option<String> {
        let Some(record) = self.book.get(&question.key) else {
            self.walked.counts.not_asked += 1;
            self.walked.missing.push(question.clone());
            return None;
        };
        let counts = &mut self.walked.counts;
        counts.calls += 1;
        counts.prompt_tokens += record.prompt_tokens.unwrap_or(0);
        counts.completion_tokens += record.completion_tokens.unwrap_or(0);
        if record.answer.is_none() {
            counts.without_answer += 1;
            self.walked.without_answer.push(question.clone());
        }
        record.answer.clone()
    }
}
