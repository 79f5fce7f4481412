//! What the goods of open answers are taken for: one code each, found in one of three ways, or none.

use std::collections::BTreeMap;

use monazite::nomenclature::Hs6;
use monazite::study::mapping::AnswerForm;

use crate::MappingError;
use crate::answer::NamedGood;
use crate::code::NamedCode;
use crate::embedding::Floors;
use crate::matching::{Match, Matcher};
use crate::question::Kind;
use crate::tally::{Counts, Pair, PairVotes};

/// How a code was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is the code that is named, and its text is near enough.
    Code,
    /// It is the nearest code of the heading that is named.
    Heading,
    /// It is the nearest of all codes.
    Text,
    /// It is the nearest of all codes, and not near enough.
    None,
}

impl Way {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Heading => "heading",
            Self::Text => "text",
            Self::None => "none",
        }
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
    /// The code that the answer names, as it is spelled there.
    pub named: String,
    /// How the code was found.
    pub way: Way,
    /// The code.
    pub code: Hs6,
    /// Cosine of the description and the text of the code.
    pub cosine: f32,
    /// Whether a link was made of it.
    pub linked: bool,
}

/// What one open answer names.
pub(crate) struct Named {
    pub run: u64,
    pub kind: Kind,
    pub product: Hs6,
    pub goods: Vec<NamedGood>,
}

/// Takes the goods of answers for codes.
pub(crate) struct Taking<'m, 'e> {
    pub matcher: &'m mut Matcher<'e>,
    pub floors: Floors,
    pub answer: AnswerForm,
}

impl Taking<'_, '_> {
    /// The goods of answers, in order; counts them, and votes for the pairs.
    pub fn take(
        &mut self,
        answers: &[Named],
        counts: &mut Counts,
        pairs: &mut BTreeMap<Pair, PairVotes>,
    ) -> Result<Vec<MatchedGood>, MappingError> {
        let goods = || answers.iter().flat_map(|answer| &answer.goods);
        self.matcher.prepare(goods().map(|good| good.text.as_str()))?;
        let mut by_code = Vec::new();
        for good in goods() {
            by_code.push(self.by_code(good, counts)?);
        }
        let left = goods().zip(&by_code).filter(|(_, found)| found.is_none());
        self.matcher.look_up(left.map(|(good, _)| good.text.as_str()))?;
        let mut by_code = by_code.into_iter();
        let mut taken = Vec::new();
        for answer in answers {
            counts.empty += u64::from(answer.goods.is_empty());
            for good in &answer.goods {
                counts.goods += 1;
                let found = match by_code.next().flatten() {
                    Some(found) => vec![found],
                    None => self.by_text(&good.text)?,
                };
                match found.first().map_or(Way::None, |(_, way)| *way) {
                    Way::Code => counts.goods_by_code += 1,
                    Way::Heading => counts.goods_by_heading += 1,
                    Way::Text => counts.goods_by_text += 1,
                    Way::None => counts.goods_below_floor += 1,
                }
                for (found, way) in found {
                    let itself = found.code == answer.product;
                    let linked = way != Way::None && !itself;
                    counts.goods_itself += u64::from(way != Way::None && itself);
                    if linked {
                        vote(pairs, answer, found);
                    }
                    taken.push(MatchedGood {
                        run: answer.run,
                        kind: answer.kind,
                        product: answer.product,
                        good: good.text.clone(),
                        named: good.spelled.clone(),
                        way,
                        code: found.code,
                        cosine: found.cosine,
                        linked,
                    });
                }
            }
        }
        Ok(taken)
    }

    /// The code that is named, if the edition has it and the description bears it out; else the nearest code of its heading, if that is near.
    fn by_code(
        &mut self,
        good: &NamedGood,
        counts: &mut Counts,
    ) -> Result<Option<(Match, Way)>, MappingError> {
        let Some(named) = good.code.filter(|_| self.answer == AnswerForm::CodeAndText) else {
            return Ok(None);
        };
        match named {
            NamedCode::Code(code) => match self.matcher.of_code(&good.text, code)? {
                Some(found) if f64::from(found.cosine) >= self.floors.code => {
                    return Ok(Some((found, Way::Code)));
                }
                Some(_) => counts.codes_far += 1,
                None => counts.codes_not_in_edition += 1,
            },
            NamedCode::Heading(_) => counts.codes_of_four_digits += 1,
            NamedCode::Unreadable => counts.codes_unreadable += 1,
        }
        let Some(heading) = named.heading() else { return Ok(None) };
        let found = self.matcher.in_heading(&good.text, heading)?;
        Ok(found
            .filter(|found| f64::from(found.cosine) >= self.floors.heading)
            .map(|found| (found, Way::Heading)))
    }

    /// The nearest of all codes: those above the floor, or the nearest one, which is then not taken.
    fn by_text(&mut self, text: &str) -> Result<Vec<(Match, Way)>, MappingError> {
        let floor = self.floors.anywhere;
        let way = |found: &Match| if f64::from(found.cosine) >= floor { Way::Text } else { Way::None };
        let found = self.matcher.matches(text)?.iter().map(|found| (*found, way(found)));
        Ok(found
            .enumerate()
            .filter(|(rank, (_, way))| *rank == 0 || *way == Way::Text)
            .map(|(_, f)| f)
            .collect())
    }
}

fn vote(pairs: &mut BTreeMap<Pair, PairVotes>, answer: &Named, found: Match) {
    let (input, output) = match answer.kind {
        Kind::Inputs => (found.code, answer.product),
        _ => (answer.product, found.code),
    };
    let votes = pairs.entry(Pair { input, output }).or_default();
    let best = votes.open.entry(answer.run).or_insert(found.cosine);
    *best = best.max(found.cosine);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Answer, read_answer};
    use crate::embedding::{Embedder, StaticModel};
    use crate::products::ProductTexts;

    #[test]
    fn each_good_goes_its_way_and_is_counted() {
        let (model, products) = (StaticModel::shipped(), ProductTexts::shipped());
        let mut matcher = Matcher::new(&model, &products, 1, &[]).unwrap();
        let text = r#"{"goods": [
            {"code": "8505.11", "text": "permanent magnets of metal"},
            {"code": "850512", "text": "permanent magnets of metal"},
            {"code": 8505, "text": "permanent magnets of metal"},
            {"code": "010110", "text": "permanent magnets and articles intended to become permanent magnets, of metal"},
            {"code": "magnet", "text": "cerium compounds"},
            {"code": "284610", "text": "cerium compounds"},
            {"code": "850511", "text": ""},
            {"text": "democracy"}
        ]}"#;
        let answers = |kind| {
            let Ok(Answer::Goods(goods)) = read_answer(kind, text, 20) else { panic!() };
            vec![Named { run: 3, kind, product: "284610".parse().unwrap(), goods }]
        };
        let (mut counts, mut pairs) = (Counts::default(), BTreeMap::new());
        let floors = model.default_floors();
        let mut taking = Taking { matcher: &mut matcher, floors, answer: AnswerForm::CodeAndText };
        let taken = taking.take(&answers(Kind::Uses), &mut counts, &mut pairs).unwrap();
        let ways: Vec<(&str, String)> = taken.iter().map(|g| (g.way.name(), g.code.to_string())).collect();
        let way = |name, code: &str| (name, code.to_owned());
        assert_eq!(ways[..3], [way("code", "850511"), way("heading", "850511"), way("heading", "850511")]);
        assert_eq!(ways[3..6], [way("text", "850511"), way("text", "284610"), way("code", "284610")]);
        assert_eq!((ways[6].0, ways[7].0), ("none", "none"));
        assert_eq!(
            (
                counts.goods,
                counts.goods_by_code,
                counts.goods_by_heading,
                counts.goods_by_text,
                counts.goods_below_floor
            ),
            (8, 2, 2, 2, 2)
        );
        assert_eq!(
            (
                counts.codes_far,
                counts.codes_not_in_edition,
                counts.codes_of_four_digits,
                counts.codes_unreadable
            ),
            (2, 1, 1, 1)
        );
        assert_eq!((counts.goods_itself, pairs.len()), (2, 1));
        let pair = Pair { input: "284610".parse().unwrap(), output: "850511".parse().unwrap() };
        assert_eq!(pairs[&pair].open.keys().copied().collect::<Vec<_>>(), [3]);

        // Where texts alone are asked for, a code says nothing.
        let (mut counts, mut pairs) = (Counts::default(), BTreeMap::new());
        let mut taking = Taking { matcher: &mut matcher, floors, answer: AnswerForm::Text };
        taking.take(&answers(Kind::Inputs), &mut counts, &mut pairs).unwrap();
        assert_eq!((counts.goods_by_code, counts.goods_by_heading), (0, 0));
        assert!(pairs.keys().all(|pair| pair.output.to_string() == "284610"));
    }
}
