//! Answers to what-if questions, as `monazite what-if --json` and `monazite diversify --json` give them.

use monazite::indicators::Column;
use monazite::nomenclature::Hs6;
use monazite::report::answers::scenario::{Loser, losers};
use monazite::report::answers::{PlanAnswer, ScenarioAnswer};
use monazite::run::Run;
use monazite::shock::{Scenario, ScenarioRow};
use monazite::study::DiversificationSection;
use monazite::what_if::resolve::{country_at, product_at, year_at};
use monazite::what_if::{OtherSuppliers, WhatIf, WhatIfError};
use serde::Serialize;

use crate::question::{DiversifyQuestion, Hit, WhatIfQuestion};

/// The answer of `monazite what-if --json` with all importers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioReply {
    /// The answer.
    #[serde(flatten)]
    pub answer: ScenarioAnswer,
    /// All importers of the products that are hit but the suppliers, those that lose most first.
    pub importers: Vec<Loser>,
}

/// The trade of a year, ready for scenarios that hit some products.
pub struct Ready<'a> {
    what_if: WhatIf<'a>,
    alone: Option<WhatIf<'a>>,
    /// Position of the year.
    year: usize,
}

impl<'a> Ready<'a> {
    /// Reads the trade of a year; the last one if none is named.
    ///
    /// # Errors
    /// [`WhatIfError`] if the run does not have what is named, or does not hold its flows.
    pub fn of(run: &'a Run, year: Option<u16>, hit: &[Hit]) -> Result<Self, WhatIfError> {
        let year = year_at(run.panel()?, year)?;
        let settings = &run.study().shocks;
        let mut beside = Vec::new();
        for hit in hit {
            for product in products(run, *hit)? {
                beside.push(product_at(run, product)?);
            }
        }
        beside.sort_unstable();
        beside.dedup();
        let what_if = WhatIf::of(run, year, &beside, settings)?;
        Ok(Self { alone: what_if.alone()?, what_if, year })
    }

    /// What a supplier costs the others that sells less.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if the run does not have it.
    pub fn cut(&self, supplier: &str, hit: Hit, cut: f64) -> Result<ScenarioReply, WhatIfError> {
        let run = self.what_if.run();
        let panel = run.panel()?;
        let at = country_at(panel, supplier)?;
        let supplier = panel.countries[at].code.clone();
        let mut stopped = products(run, hit)?;
        if hit == Hit::Seeds {
            // Of all seeds those that it sells.
            let sells = |product: &Hs6| {
                let exports =
                    panel.product(*product).and_then(|p| panel.value(Column::Exports, p, self.year, at));
                exports.is_some_and(|exports| exports > 0.0)
            };
            stopped.retain(sells);
            if stopped.is_empty() {
                let year = panel.years[self.year];
                return Err(WhatIfError::Question(format!(
                    "{supplier} sells no seed of the study in {year}, so nothing stops"
                )));
            }
        }
        let row = ScenarioRow { export_cut: cut, ..ScenarioRow::stop(&supplier, stopped) };
        let scenario = Scenario::of_rows(&[row]).into_iter().next();
        let scenario = scenario.ok_or_else(|| WhatIfError::Question("nothing happens in it".to_owned()))?;
        let outcome = self.what_if.scenario(&scenario)?;
        let alone = self.alone.as_ref().map(|alone| alone.scenario(&scenario)).transpose()?;
        Ok(ScenarioReply {
            answer: ScenarioAnswer::of(&self.what_if, &outcome, alone.as_ref())?,
            importers: losers(&self.what_if, &outcome)?,
        })
    }
}

/// The products that a scenario hits: seeds that nobody trades are left out.
fn products(run: &Run, hit: Hit) -> Result<Vec<Hs6>, WhatIfError> {
    let panel = run.panel()?;
    match hit {
        Hit::Product(product) => Ok(vec![product]),
        Hit::Seeds => {
            let seeds = &run.manifest().study.seeds;
            let traded = seeds
                .iter()
                .filter_map(|seed| seed.parse().ok())
                .filter(|seed| panel.product(*seed).is_some());
            let traded: Vec<_> = traded.collect();
            match traded.is_empty() {
                true => {
                    Err(WhatIfError::Question("no seed of the study is traded; name a product".to_owned()))
                }
                false => Ok(traded),
            }
        }
    }
}

/// Answers a what-if question.
///
/// # Errors
/// [`WhatIfError`] if the run does not have what is asked for; says what it has.
pub fn what_if(run: &Run, asked: &WhatIfQuestion) -> Result<ScenarioReply, WhatIfError> {
    Ready::of(run, asked.year, &[asked.hit])?.cut(&asked.supplier, asked.hit, asked.cut)
}

/// Answers whom a country could buy from instead.
///
/// # Errors
/// [`WhatIfError`] if the run does not have what is asked for, or there is no plan.
pub fn diversify(run: &Run, asked: &DiversifyQuestion) -> Result<PlanAnswer, WhatIfError> {
    product_at(run, asked.product)?;
    country_at(run.panel()?, &asked.importer)?;
    diversify_among(run, &OtherSuppliers::of(run, asked.product, asked.year)?, asked)
}

/// As [`diversify`], with the suppliers of the product at hand.
///
/// # Errors
/// As [`diversify`].
pub fn diversify_among(
    run: &Run,
    suppliers: &OtherSuppliers<'_>,
    asked: &DiversifyQuestion,
) -> Result<PlanAnswer, WhatIfError> {
    let importer = country_at(run.panel()?, &asked.importer)?;
    let of_study = &run.study().diversification;
    let settings = DiversificationSection {
        move_share: asked.moved.unwrap_or(of_study.move_share),
        capacity: asked.capacity.unwrap_or(of_study.capacity),
        ..of_study.clone()
    };
    let limits = suppliers.limits_of_study(&settings)?;
    let found = suppliers.diversification(importer, asked.objective, &limits)?;
    PlanAnswer::of(run, suppliers, &found, asked.objective, &limits)
}
