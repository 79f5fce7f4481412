//! Answers to what-if questions, as `monazite what-if --json` and `monazite diversify --json` give them.

use std::sync::Arc;

use monazite::indicators::Column;
use monazite::nomenclature::Hs6;
use monazite::progress::Progress;
use monazite::report::answers::scenario::{Loser, losers};
use monazite::report::answers::{PlanAnswer, ScenarioAnswer};
use monazite::run::Run;
use monazite::shock::{Scenario, ScenarioRow};
use monazite::study::DiversificationSection;
use monazite::what_if::resolve::{country_at, product_at, year_at};
use monazite::what_if::{OtherSuppliers, RunTrade, WhatIf, WhatIfError, why_no_trade};
use serde::Serialize;

use crate::desk::KeptTrade;
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

/// The trade of a year, ready for scenarios.
pub struct Ready<'a> {
    what_if: WhatIf<'a>,
    alone: Option<WhatIf<'a>>,
    /// Position of the year.
    year: usize,
}

impl<'a> Ready<'a> {
    /// Takes the trade of all products in a year (a position of the panel).
    ///
    /// # Errors
    /// [`WhatIfError`] if a table that the study names cannot be read.
    pub fn with(run: &'a Run, year: usize, trade: &Arc<RunTrade>) -> Result<Self, WhatIfError> {
        let settings = &run.study().shocks;
        let what_if = WhatIf::with(run, year, trade.clone(), settings)?;
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
/// [`WhatIfError`] if the run does not have what is asked for, and says what it has, or `progress` asks to stop.
pub fn what_if(
    run: &Run,
    asked: &WhatIfQuestion,
    kept: &KeptTrade,
    progress: &dyn Progress,
) -> Result<ScenarioReply, WhatIfError> {
    // What is wrong with a question is said before anything is read.
    let year = year_at(run.panel()?, asked.year)?;
    country_at(run.panel()?, &asked.supplier)?;
    for product in products(run, asked.hit)? {
        product_at(run, product)?;
    }
    let trade = kept.of(asked.run, run, year, progress)?;
    progress.go_on()?;
    Ready::with(run, year, &trade)?.cut(&asked.supplier, asked.hit, asked.cut)
}

/// Answers whom a country could buy from instead.
///
/// # Errors
/// [`WhatIfError`] if the run does not have what is asked for, there is no plan, or `progress` asks to stop.
pub fn diversify(
    run: &Run,
    asked: &DiversifyQuestion,
    kept: &KeptTrade,
    progress: &dyn Progress,
) -> Result<PlanAnswer, WhatIfError> {
    let panel = run.panel()?;
    let (product, year) = (product_at(run, asked.product)?, year_at(panel, asked.year)?);
    let importer = country_at(panel, &asked.importer)?;
    let of_study = &run.study().diversification;
    let settings = DiversificationSection {
        move_share: asked.moved.unwrap_or(of_study.move_share),
        capacity: asked.capacity.unwrap_or(of_study.capacity),
        ..of_study.clone()
    };
    // One product alone is read in no time.
    let trade = match kept.get(asked.run, year) {
        Some(kept) => kept,
        None => Arc::new(RunTrade::read_until(run, |p, t| p == product && t == year, progress)?),
    };
    let Some(suppliers) = OtherSuppliers::of_trade(run, &trade, product, year)? else {
        return Err(WhatIfError::Question(why_no_trade(run, product, year)?));
    };
    progress.go_on()?;
    let limits = suppliers.limits_of_study(&settings)?;
    let found = suppliers.diversification(importer, asked.objective, &limits)?;
    PlanAnswer::of(run, &suppliers, &found, asked.objective, &limits)
}
