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
use crate::embedding::Floors;
use crate::goods::{MatchedGood, Named, Taking};
use crate::matching::Matcher;
use crate::question::{Kind, Question, Questioner};
use crate::recording::AnswerBook;
pub use crate::tally::{Counts, Pair, PairVotes};

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
    /// Why answers could not be used, and how often.
    pub failures: BTreeMap<String, u64>,
    /// Pairs that lead to a seed from what the walk has not reached: tier -1.
    pub upstream: BTreeSet<Pair>,
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

/// From where the walk starts, and how it takes answers.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// Tier 0.
    pub seeds: &'a [Hs6],
    /// How near texts have to be.
    pub floors: Floors,
    /// Whether to look ahead, as batch files want it: controls go together with the first tier, confirmations with the questions about
    /// outputs that will most likely be followed, since most runs name them. It makes fewer rounds and a few questions more. Otherwise one
    /// thing follows the other.
    pub ahead: bool,
    /// Whether there is nobody to ask: an answer that cannot be used then counts as failed, unless its repair is there too.
    pub closed: bool,
}

/// Follows the answers from the seeds as far as they lead.
///
/// 1. Control questions, unless pairs are never confirmed.
/// 2. For each product of the tier: open questions, in every run. Goods become codes; a code and the product are a pair,
///    to which the run gives an open vote.
/// 3. If pairs are confirmed: each pair with enough open votes whose input has been reached is asked about on its own,
///    in every run. If the study looks upstream, so is each pair that leads to a seed.
/// 4. Outputs with enough votes that are new are the next tier, most votes first, then those that most runs name.
///
/// # Errors
/// Those of the embedding model.
pub fn follow(
    questioner: &Questioner<'_>,
    course: Course<'_>,
    book: &AnswerBook,
    matcher: &mut Matcher<'_>,
) -> Result<Walked, MappingError> {
    let section = questioner.section;
    let mut reader = Reader {
        questioner,
        book,
        ahead: course.ahead,
        closed: course.closed,
        waiting: 0,
        asked: BTreeSet::new(),
        walked: Walked::default(),
    };
    let seeds: BTreeSet<Hs6> = course.seeds.iter().copied().collect();
    let mut frontier: Vec<Hs6> = seeds.iter().copied().collect();
    if section.confirm != Confirmation::Never {
        let verdicts = reader.controls();
        if reader.waiting > 0 {
            "controls".clone_into(&mut reader.walked.stage);
            if course.ahead {
                reader.walked.stage.push_str(" and tier 0");
                reader.open_answers(&frontier, true);
            }
            return Ok(reader.walked);
        }
        let result = judge(&questioner.prompts.controls, &verdicts, section.max_wrong_controls);
        reader.walked.confirming = section.confirm == Confirmation::Always || result.fit;
        reader.walked.controls = Some(result);
    }
    let mut known: BTreeSet<Hs6> = seeds.clone();
    let mut taking = Taking { matcher, floors: course.floors, answer: section.answer };
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
        let named = reader.open_answers(&frontier, tier == 0);
        let walked = &mut reader.walked;
        let taken = taking.take(&named, &mut walked.counts, &mut walked.pairs)?;
        walked.goods.extend(taken);
        if (reader.waiting == 0 || course.ahead) && reader.walked.confirming {
            let upstream = if tier == 0 && section.upstream { &seeds } else { &BTreeSet::new() };
            reader.confirmations(&known, upstream);
        }
        if reader.waiting > 0 && reader.walked.stage.is_empty() {
            reader.walked.stage = format!("tier {tier}");
        }
        if reader.waiting > 0 && !course.ahead {
            return Ok(reader.walked);
        }
        frontier = reader.next_tier(&frontier, &known);
        known.extend(&frontier);
    }
    // The last tier is reached, not asked about.
    if !frontier.is_empty() {
        let tier = reader.walked.tiers.len() as u64;
        reader.walked.tiers.push(Tier { tier, reached: frontier.len(), asked: Vec::new() });
    }
    if section.upstream {
        let leads = |pair: &&Pair| seeds.contains(&pair.output) && !known.contains(&pair.input);
        reader.walked.upstream = reader.walked.pairs.keys().filter(leads).copied().collect();
    }
    if !reader.walked.missing.is_empty() && reader.walked.stage.is_empty() {
        "repairs".clone_into(&mut reader.walked.stage);
    }
    Ok(reader.walked)
}

/// Looks up questions in the book.
struct Reader<'a, 'q> {
    questioner: &'a Questioner<'q>,
    book: &'a AnswerBook,
    ahead: bool,
    closed: bool,
    /// Missing answers that the walk cannot go on without.
    waiting: usize,
    /// Pairs that have been asked about on their own.
    asked: BTreeSet<Pair>,
    walked: Walked,
}

impl Reader<'_, '_> {
    fn open_answers(&mut self, frontier: &[Hs6], seeds: bool) -> Vec<Named> {
        let section = self.questioner.section;
        let kinds: &[Kind] = match section.questions {
            OpenQuestions::Both => &[Kind::Uses, Kind::Inputs],
            OpenQuestions::Uses if seeds && section.upstream => &[Kind::Uses, Kind::Inputs],
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

    /// Pairs with enough open votes, whose input is known or whose output is one of `upstream`.
    fn confirmations(&mut self, known: &BTreeSet<Hs6>, upstream: &BTreeSet<Hs6>) {
        let section = self.questioner.section;
        let wanted: Vec<Pair> = self
            .walked
            .pairs
            .iter()
            .filter(|(pair, votes)| {
                !self.asked.contains(pair)
                    && votes.open.len() as u64 >= section.min_votes_to_confirm
                    && (known.contains(&pair.input) || upstream.contains(&pair.output))
            })
            .map(|(&pair, _)| pair)
            .collect();
        for pair in wanted {
            self.asked.insert(pair);
            for run in 1..=section.runs {
                let answer = self.answer(self.questioner.confirm(pair.input, pair.output, run));
                if let (Some(Answer::Verdict(yes)), Some(votes)) = (answer, self.walked.pairs.get_mut(&pair))
                {
                    votes.confirmed.insert(run, yes);
                }
            }
        }
    }

    /// Outputs of a tier that are new and have enough votes: most votes first, then those that most runs name on their own, then the largest
    /// cosine, then the code. Confirmations of a capable model are nearly unanimous, so that how many runs name a good is what orders them.
    fn next_tier(&self, frontier: &[Hs6], known: &BTreeSet<Hs6>) -> Vec<Hs6> {
        let section = self.questioner.section;
        let mut found: BTreeMap<Hs6, (usize, usize, f32)> = BTreeMap::new();
        for (pair, votes) in &self.walked.pairs {
            let mut count = self.walked.votes(votes).len();
            // What is not confirmed yet most likely will be, if it was named as often.
            if self.ahead && (votes.confirmed.len() as u64) < section.runs {
                count = count.max(votes.open.len());
            }
            // What is not listed is not followed either: nothing would lead from the seeds to what it goes into.
            let enough = count as u64 >= section.min_votes_to_follow
                && votes.open.len() as u64 >= section.min_votes_to_list;
            if enough && frontier.contains(&pair.input) && !known.contains(&pair.output) {
                let best = found.entry(pair.output).or_insert((0, 0, f32::NEG_INFINITY));
                *best = (best.0.max(count), best.1.max(votes.open.len()), best.2.max(votes.best_cosine()));
            }
        }
        let mut order: Vec<(Hs6, (usize, usize, f32))> = found.into_iter().collect();
        order.sort_by(|(a, of_a), (b, of_b)| {
            (of_b.0, of_b.1).cmp(&(of_a.0, of_a.1)).then(of_b.2.total_cmp(&of_a.2)).then(a.cmp(b))
        });
        order.into_iter().map(|(code, _)| code).collect()
    }

    /// Answers to the control questions: for each pair, what was said in its runs; `None` for a failed answer.
    fn controls(&mut self) -> Vec<Vec<Option<bool>>> {
        let mut verdicts = Vec::new();
        for (index, pair) in self.questioner.prompts.controls.iter().enumerate() {
            let mut of_pair = Vec::new();
            for repeat in 0..self.questioner.section.control_runs {
                let answer = self.answer(self.questioner.control(index + 1, pair, repeat));
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
        let kind = question.id.kind;
        let goods = self.questioner.section.goods;
        let answer = match self.look_up(&question)? {
            Err(reason) => Err(reason),
            Ok(text) => match read_answer(kind, &text, goods) {
                Ok(answer) => Ok(answer),
                Err(problem) => {
                    let repair = question.repaired(&text, &problem, self.questioner.prompts);
                    if self.closed && self.book.get(&repair.key).is_none() {
                        Err(problem)
                    } else {
                        let again = self.look_up(&repair)?;
                        let answer = again.and_then(|text| read_answer(kind, &text, goods));
                        self.walked.counts.repaired += u64::from(answer.is_ok());
                        answer
                    }
                }
            },
        };
        match answer {
            Ok(answer) => {
                self.walked.counts.answered += 1;
                Some(answer)
            }
            Err(reason) => {
                self.walked.counts.failed += 1;
                *self.walked.failures.entry(reason).or_default() += 1;
                None
            }
        }
    }

    /// The text of an answer, or why there is none; `None` if the question was not asked yet.
    fn look_up(&mut self, question: &Question) -> Option<Result<String, String>> {
        let Some(record) = self.book.get(&question.key) else {
            self.waiting += 1;
            self.walked.counts.not_asked += 1;
            self.walked.missing.push(question.clone());
            return None;
        };
        let counts = &mut self.walked.counts;
        counts.calls += 1;
        counts.prompt_tokens += record.prompt_tokens.unwrap_or(0);
        counts.completion_tokens += record.completion_tokens.unwrap_or(0);
        counts.other_words += u64::from(!record.words.is_empty() && record.words != question.words());
        match (&record.answer, &record.error) {
            (Some(text), _) => Some(Ok(text.clone())),
            (None, error) => {
                counts.without_answer += 1;
                self.walked.without_answer.push(question.clone());
                Some(Err(error.clone().unwrap_or_else(|| "there is no answer".to_owned())))
            }
        }
    }
}
