//! A scenario with what is needed to say it: names, texts and units of its run.

use super::numbers::{and, share, usd};
use crate::report::figures::names::short_name;
use crate::run::{Run, RunError};
use crate::run_folder::StoredPanel;
use crate::shock::ChainReading;
use crate::shock::events::{Event, event};
use crate::study::{ShockSection, Study, TradeMeasure};
use crate::units::grouped;
use crate::what_if::{ContentReading, ProductOutcome, ScenarioOutcome};

/// What some products lose together, under none, exposure and mass balance, over all importers but the suppliers that are hit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Total {
    /// What they import.
    pub imports: f64,
    /// What they lose, by reading.
    pub lost: [f64; 3],
}

impl Total {
    /// The least and the most of the three readings.
    pub fn range(&self) -> [f64; 2] {
        range(&self.lost)
    }

    /// The least and the most lost share; `None` without imports.
    pub fn shares(&self) -> Option<[f64; 2]> {
        (self.imports > 0.0).then(|| self.range().map(|lost| lost / self.imports))
    }
}

/// The least and the most of some numbers.
pub(super) fn range(values: &[f64]) -> [f64; 2] {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    [least, most]
}

/// A scenario in one base year, and what its run calls things.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub study: &'a Study,
    pub panel: &'a StoredPanel,
    pub descriptions: &'a [String],
    /// How losses pass on, and who replaces whom.
    pub settings: &'a ShockSection,
    pub outcome: &'a ScenarioOutcome,
}

impl<'a> Shown<'a> {
    pub fn of(
        run: &'a Run,
        settings: &'a ShockSection,
        outcome: &'a ScenarioOutcome,
    ) -> Result<Self, RunError> {
        let (panel, descriptions) = (run.panel()?, run.descriptions()?);
        Ok(Self { study: run.study(), panel, descriptions, settings, outcome })
    }

    /// The base year.
    pub fn year(&self) -> u16 {
        self.panel.years[self.outcome.year]
    }

    /// Name of a country by its position, as figures and answers on the command line have it.
    pub fn name(&self, country: usize) -> String {
        short_name(&self.panel.countries[country].name)
    }

    /// The code of a product.
    pub fn code(&self, product: usize) -> String {
        self.panel.products[product].code.to_string()
    }

    /// The text of a product; empty where there is none.
    pub fn text(&self, product: usize) -> &'a str {
        self.descriptions.get(product).map_or("", String::as_str)
    }

    /// The event of the past that the scenario is, if it is one.
    pub fn event(&self) -> Option<&'static Event> {
        event(&self.outcome.scenario.name).ok()
    }

    /// What happens, row by row, with the names of countries.
    pub fn what(&self) -> String {
        let name = |code: &str| match self.panel.country(code) {
            Some(at) => self.name(at),
            None => code.to_owned(),
        };
        let rows = &self.outcome.scenario.rows;
        rows.iter().map(|row| row.words_with(&name(&row.supplier), name)).collect::<Vec<_>>().join("; ")
    }

    /// The heading: what the event is called, else what happens, and beside it the name that somebody gave.
    pub fn title(&self) -> String {
        self.event().map_or_else(|| self.what(), |event| event.title.to_owned())
    }

    /// The name that somebody gave the scenario; `None` if it is only what its rows say.
    pub fn given_name(&self) -> Option<&str> {
        let given = self.outcome.scenario.rows.iter().any(|row| !row.scenario.is_empty());
        (given && self.event().is_none()).then_some(self.outcome.scenario.name.as_str())
    }

    /// The suppliers that are hit, in words.
    pub fn suppliers(&self) -> String {
        let names: Vec<String> = self.outcome.suppliers.iter().map(|&a| self.name(usize::from(a))).collect();
        and(&names)
    }

    /// Whether amounts are in tonnes.
    pub fn by_weight(&self) -> bool {
        self.study.trade.measure == TradeMeasure::Quantity
    }

    /// An amount of trade in words.
    pub fn amount(&self, amount: f64) -> String {
        if self.by_weight() { format!("{} t", grouped(amount.round() as u64)) } else { usd(amount) }
    }

    /// An amount from the least to the most of readings.
    pub fn amounts(&self, [least, most]: [f64; 2]) -> String {
        let (a, b) = (self.amount(least), self.amount(most));
        if a == b {
            return a;
        }
        if least == 0.0 {
            return format!("0 to {b}");
        }
        // A unit that both have is said once.
        match (a.split_once(' '), b.split_once(' ')) {
            (Some((number, unit)), Some((_, same))) if unit == same => format!("{number} to {b}"),
            _ => format!("{a} to {b}"),
        }
    }

    /// What an importer loses of a product under the three readings.
    pub fn lost_by(&self, of: &ProductOutcome, importer: usize, chain: ChainReading) -> [f64; 3] {
        ContentReading::ALL.map(|content| of.losses(content, chain).loss[importer].unwrap_or(0.0))
    }

    /// Whether the scenario takes production, which passes down the chain under every reading.
    pub fn takes_production(&self) -> bool {
        self.outcome.scenario.rows.iter().any(|row| row.production_loss > 0.0)
    }

    /// What is lost down the chain, under the readings under which anything passes down: exposure and mass balance, and none where production
    /// is lost.
    pub fn passed(&self, total: &Total) -> [f64; 2] {
        let [none, exposure, mass] = total.lost;
        if self.takes_production() { range(&[none, exposure, mass]) } else { range(&[exposure, mass]) }
    }

    /// Positions of all countries but the suppliers that are hit.
    pub fn others(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.panel.countries.len()).filter(|c| !self.outcome.suppliers.contains(&(*c as u16)))
    }

    /// What products lose together.
    pub fn total<'b>(
        &self,
        products: impl IntoIterator<Item = &'b ProductOutcome>,
        chain: ChainReading,
    ) -> Total {
        let mut total = Total::default();
        for of in products {
            for c in self.others() {
                total.imports += of.imports[c];
                let lost = self.lost_by(of, c, chain);
                total.lost.iter_mut().zip(lost).for_each(|(sum, lost)| *sum += of.imports[c] * lost);
            }
        }
        total
    }

    /// The products that the scenario hits itself.
    pub fn hit(&self) -> impl Iterator<Item = &'a ProductOutcome> {
        self.outcome.products.iter().filter(|of| of.hit)
    }

    /// The products that lose only because something that they are made of is lost.
    pub fn behind(&self) -> impl Iterator<Item = &'a ProductOutcome> {
        self.outcome.products.iter().filter(|of| !of.hit)
    }

    /// Whether the readings are the lower and the upper end of the losses of every product that is hit.
    pub fn are_bounds(&self) -> bool {
        self.hit().all(ProductOutcome::are_bounds)
    }

    /// The products that are hit, in words.
    pub fn products(&self) -> String {
        let codes: Vec<String> = self.hit().map(|of| self.code(of.product)).collect();
        match codes.len() {
            0 => "nothing".to_owned(),
            1..=4 => and(&codes),
            n => format!("{n} products"),
        }
    }

    /// From the least to the most of readings, as shares.
    pub fn shares(&self, range: [f64; 2]) -> String {
        let (a, b) = (share(range[0]), share(range[1]));
        if a == b { a } else { format!("{} to {b}", a.trim_end_matches("\u{a0}%")) }
    }
}
