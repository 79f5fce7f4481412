//! The numbers of the figure of scenarios: who loses most, by tier, under each reading.

use std::collections::BTreeMap;

use crate::run::{LossReading, LossShares, ShockLosses, ShockProduct};
use crate::run_folder::StoredPanel;
use crate::study::TradeMeasure;

use super::names::short_name;

/// Scenarios drawn at most.
pub(super) const MOST_SCENARIOS: usize = 4;
/// Importers of a tier at most.
const MOST_IMPORTERS: usize = 4;

/// An importer, and what it loses of the products of a tier.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Loser {
    pub(super) code: String,
    pub(super) name: String,
    /// The value lost by chain reading (reach, content).
    pub(super) lost: [LossShares; 2],
}

/// A tier of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tier {
    /// `None` outside the chain.
    pub(super) tier: Option<u8>,
    /// Products of the tier that lose something.
    pub(super) products: usize,
    /// Share of the imports of all others of them that is lost, by chain reading; `None` if they import nothing.
    pub(super) share: [Option<LossShares>; 2],
    pub(super) losers: Vec<Loser>,
}

/// A scenario in its last base year.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OfScenario {
    pub(super) name: String,
    pub(super) year: u16,
    pub(super) tiers: Vec<Tier>,
    /// Whether `none` and `mass_balance` are the ends of every loss of the products that are hit.
    pub(super) hit_are_bounds: bool,
}

/// The numbers of the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct ShockFigure {
    pub(super) scenarios: Vec<OfScenario>,
    /// Scenarios that are not drawn.
    pub(super) left_out: usize,
    pub(super) measure: TradeMeasure,
    /// What fills losses in the study, in words.
    pub(super) capacity: String,
}

impl ShockFigure {
    /// `None` if nobody loses anything.
    pub(super) fn of(
        panel: &StoredPanel,
        losses: &ShockLosses,
        products: &[ShockProduct],
        measure: TradeMeasure,
        capacity: String,
    ) -> Option<Self> {
        let mut scenarios: Vec<OfScenario> =
            (0..losses.scenarios.len()).filter_map(|at| of_scenario(panel, losses, products, at)).collect();
        let left_out = scenarios.len().saturating_sub(MOST_SCENARIOS);
        scenarios.truncate(MOST_SCENARIOS);
        (!scenarios.is_empty()).then_some(Self { scenarios, left_out, measure, capacity })
    }
}

fn of_scenario(
    panel: &StoredPanel,
    losses: &ShockLosses,
    products: &[ShockProduct],
    scenario: usize,
) -> Option<OfScenario> {
    let name = losses.scenarios[scenario].clone();
    let of = || losses.rows.iter().filter(|row| row.scenario == scenario);
    let year = of().map(|row| row.year).max()?;
    let of_products = || products.iter().filter(|row| row.scenario == name && row.year == year);
    // By tier, those outside the chain last, and by importer: what is lost of all products of the tier.
    let mut sums: BTreeMap<(bool, Option<u8>), BTreeMap<usize, [LossShares; 2]>> = BTreeMap::new();
    for row in of().filter(|row| row.year == year) {
        let tier = sums.entry((row.tier.is_none(), row.tier)).or_default();
        let sum = &mut tier.entry(row.importer).or_default()[row.chain as usize];
        sum.none += row.imports * row.lost.none;
        sum.exposure += row.imports * row.lost.exposure;
        sum.mass_balance += row.imports * row.lost.mass_balance;
    }
    let tiers = sums
        .into_iter()
        .map(|((_, tier), importers)| {
            let mut losers: Vec<(usize, [LossShares; 2])> = importers.into_iter().collect();
            let size = |lost: &[LossShares; 2]| lost[LossReading::Reach as usize].most();
            losers.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)).then(a.0.cmp(&b.0)));
            losers.truncate(MOST_IMPORTERS);
            let own = || of_products().filter(|row| row.tier == tier);
            let reach = own().filter(|row| row.chain == LossReading::Reach);
            Tier {
                tier,
                products: reach.count(),
                share: LossReading::BOTH
                    .map(|chain| ShockProduct::lost_together(own().filter(|row| row.chain == chain))),
                losers: losers
                    .into_iter()
                    .map(|(c, lost)| Loser {
                        code: panel.countries[c].code.clone(),
                        name: short_name(&panel.countries[c].name),
                        lost,
                    })
                    .collect(),
            }
        })
        .collect();
    let hit_are_bounds = of_products().filter(|row| row.hit).all(|row| row.are_bounds);
    Some(OfScenario { name, year: panel.years[year], tiers, hit_are_bounds })
}
