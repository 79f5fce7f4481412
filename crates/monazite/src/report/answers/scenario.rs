//! Who loses what in a scenario.

use serde::Serialize;

use super::amounts::{Amounts, Named, NamedProduct};
use crate::report::figures::names::short_name;
use crate::report::ranking::LEAST_SHARE;
use crate::report::scenario::left_out;
use crate::run::provenance::source_line;
use crate::run_folder::StoredPanel;
use crate::shock::{ChainReading, Scenario, ScenarioRow};
use crate::what_if::{
    ContentReading, ProductOutcome, ScenarioOutcome, WhatIf, WhatIfError, imports_without, lost_share,
    spare_capacity,
};

/// So many importers are listed.
const LISTED: usize = 10;

/// An importer is large with five times the share of world imports with which countries are ranked: 0.5 %.
const LARGE: f64 = 5.0 * LEAST_SHARE;

/// A number under the three readings of import content.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct UnderReadings {
    /// φ = 0.
    pub none: f64,
    /// φ = M/(M + X).
    pub exposure: f64,
    /// φ = min(1, M/X).
    pub mass_balance: f64,
}

impl UnderReadings {
    fn of(number: impl Fn(ContentReading) -> f64) -> Self {
        let [none, exposure, mass_balance] = ContentReading::ALL.map(number);
        Self { none, exposure, mass_balance }
    }

    /// In the order none, exposure, mass balance.
    pub const fn all(self) -> [f64; 3] {
        [self.none, self.exposure, self.mass_balance]
    }

    /// The largest of them: under mass balance, where no production is lost.
    pub const fn most(self) -> f64 {
        self.none.max(self.exposure).max(self.mass_balance)
    }

    /// Each as a share of `whole`; all 0 where that is 0.
    fn part_of(self, whole: f64) -> Self {
        let part = |amount: f64| if whole > 0.0 { amount / whole } else { 0.0 };
        Self { none: part(self.none), exposure: part(self.exposure), mass_balance: part(self.mass_balance) }
    }
}

/// Who could sell more of a product.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filler {
    /// The supplier.
    pub supplier: Named,
    /// What it could sell more.
    pub amount: f64,
}

/// Shares of what importers lack that others fill.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Filled {
    /// Of all of it.
    pub total: f64,
    /// Of the importer with the smallest share.
    pub least: f64,
    /// Of that with the largest.
    pub most: f64,
}

impl Filled {
    /// Over all importers of a product but the suppliers that are hit; `None` if none of them lacks anything that others could fill.
    pub(in crate::report) fn of(of: &ProductOutcome, suppliers: &[u16]) -> Option<Self> {
        let losses = of.losses(ContentReading::MassBalance, ChainReading::Reach);
        let (mut lacking, mut left) = (0.0, 0.0);
        let mut range: Option<[f64; 2]> = None;
        for c in (0..losses.fill.len()).filter(|c| !suppliers.contains(&(*c as u16))) {
            let (Some(fill), Some(lacks), Some(loss)) = (losses.fill[c], losses.lacking[c], losses.loss[c])
            else {
                continue;
            };
            lacking += of.imports[c] * lacks;
            left += of.imports[c] * loss;
            let [least, most] = range.unwrap_or([fill, fill]);
            range = Some([least.min(fill), most.max(fill)]);
        }
        let [least, most] = range.filter(|_| lacking > 0.0)?;
        Some(Self { total: (1.0 - left / lacking).clamp(least, most), least, most })
    }
}

/// What a scenario takes from a product that it hits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HitProduct {
    /// The product.
    pub product: NamedProduct,
    /// Its tier; `None` outside the chain.
    pub tier: Option<u8>,
    /// What all but the suppliers that are hit import.
    pub imports: f64,
    /// Share of it that is lost; `None` if nobody else imports any.
    pub share: Option<UnderReadings>,
    /// The same as an amount.
    pub value: UnderReadings,
    /// Whether `none` is the lower and `mass_balance` the upper end.
    pub bounds: bool,
    /// The same as `share`, if nobody sells more; `None` without capacity, and as there.
    pub share_without_others: Option<UnderReadings>,
    /// What others fill of what importers lack, under mass balance; `None` without capacity, and where nobody lacks anything.
    pub fill: Option<Filled>,
    /// Who could sell more, the largest first.
    pub fillers: Vec<Filler>,
    /// Change of the logarithm of the price; `None` without elasticities.
    pub log_price: Option<f64>,
}

/// What an importer loses of all hit products together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loser {
    /// The importer.
    pub importer: Named,
    /// What it imports of them.
    pub imports: f64,
    /// Share of it that is lost.
    pub share: UnderReadings,
    /// What is lost.
    pub value: UnderReadings,
}

/// What is lost in a tier down the chain, without the products that are hit themselves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TierLoss {
    /// The tier.
    pub tier: u8,
    /// Products of the tier with trade.
    pub products: usize,
    /// Those that lose anything.
    pub touched: usize,
    /// What all but the suppliers that are hit import of the tier.
    pub imports: f64,
    /// Lost if everything stops that contains what is lacking.
    pub reach: UnderReadings,
    /// Lost if what is lacking can be dispensed with at its price.
    pub content: UnderReadings,
}

/// A product down the chain and what it loses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Touched {
    /// The product.
    pub product: NamedProduct,
    /// Lost under reach and the reading that takes most.
    pub reach: f64,
}

/// A scenario on one screen; amounts in `unit`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioAnswer {
    /// Name of the scenario.
    pub name: String,
    /// Whether somebody gave it that name.
    pub is_named: bool,
    /// What happens, row by row, with names.
    pub happens: Vec<String>,
    /// The base year.
    pub year: u16,
    /// Whose data.
    pub source: String,
    /// Unit of amounts: thousand USD or tonnes.
    pub unit: &'static str,
    /// The suppliers that are hit: they are not among the losers.
    pub suppliers: Vec<Named>,
    /// The products that are hit.
    pub products: Vec<HitProduct>,
    /// The importers that lose most, under the reading that takes most (mass balance, where no production is lost).
    pub losers: Vec<Loser>,
    /// The importers with at least 0.5 % of imports that lose the largest share, likewise.
    pub hardest: Vec<Loser>,
    /// Down the chain, tier by tier.
    pub tiers: Vec<TierLoss>,
    /// The products down the chain that lose most, under reach and the reading that takes most.
    pub touched: Vec<Touched>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// What the scenario leaves out.
    pub leaves_out: String,
    /// How amounts are shown.
    #[serde(skip)]
    pub amounts: Amounts,
}

impl ScenarioAnswer {
    /// Gathers what a scenario takes. `alone` is the same scenario if nobody sells more, where the settings let somebody.
    ///
    /// # Errors
    /// [`WhatIfError`] if a table of the run is damaged.
    pub fn of(
        what_if: &WhatIf<'_>,
        outcome: &ScenarioOutcome,
        alone: Option<&ScenarioOutcome>,
    ) -> Result<Self, WhatIfError> {
        let run = what_if.run();
        let panel = run.panel()?;
        let amounts = Amounts::of(run);
        let products = outcome.products.iter().filter(|of| of.hit);
        let suppliers: Result<Vec<Named>, _> =
            outcome.suppliers.iter().map(|&c| Named::at(run, usize::from(c))).collect();
        let losers = losers(what_if, outcome)?;
        let mut notes = outcome.notes.clone();
        if !outcome.without_trade.is_empty() {
            let codes: Vec<String> =
                outcome.without_trade.iter().map(|&p| panel.products[p].code.to_string()).collect();
            notes.push(format!(
                "{} {} in {}: nothing passes through.",
                match amounts {
                    Amounts::Value => "Nobody trades",
                    Amounts::Weight => "There is no trade, or there are too few quantities, of",
                },
                crate::plain_text::listed(codes, ""),
                panel.years[outcome.year]
            ));
        }
        Ok(Self {
            name: outcome.scenario.name.clone(),
            is_named: outcome.scenario.rows.iter().any(|row| !row.scenario.is_empty()),
            happens: happens(panel, &outcome.scenario),
            year: panel.years[outcome.year],
            source: source_line(run.study(), run.manifest()),
            unit: amounts.raw_unit(),
            suppliers: suppliers?,
            products: products.map(|of| hit(what_if, outcome, of, alone)).collect::<Result<_, _>>()?,
            hardest: hardest(&losers),
            losers: losers.into_iter().filter(|l| l.value.most() > 0.0).take(LISTED).collect(),
            tiers: tiers(outcome),
            touched: touched(what_if, outcome)?,
            notes,
            leaves_out: left_out(what_if.settings(), outcome.made_up_for),
            amounts,
        })
    }
}

/// What happens, in words with names; suppliers that do the same in one sentence.
fn happens(panel: &StoredPanel, scenario: &Scenario) -> Vec<String> {
    let name = |code: &str| {
        let of = panel.country(code).map(|c| short_name(&panel.countries[c].name));
        of.filter(|name| !name.is_empty()).unwrap_or_else(|| code.to_owned())
    };
    let same = |a: &ScenarioRow, b: &ScenarioRow| {
        ScenarioRow { supplier: String::new(), ..a.clone() }
            == ScenarioRow { supplier: String::new(), ..b.clone() }
    };
    let several = |text: String| {
        let plural = [
            ("stops exports", "stop exports"),
            ("cuts exports", "cut exports"),
            ("loses ", "lose "),
            ("its production", "their production"),
        ];
        plural.into_iter().fold(text, |text, (one, more)| text.replacen(one, more, 1))
    };
    let alike = scenario.rows.chunk_by(same).map(|rows| {
        let names: Vec<String> = rows.iter().map(|row| name(&row.supplier)).collect();
        let words = rows[0].words_with(&names.join(" and "), name);
        if rows.len() > 1 { several(words) } else { words }
    });
    alike.collect()
}

/// Imports of all but the suppliers that are hit.
fn of_others(imports: &[f64], outcome: &ScenarioOutcome) -> f64 {
    imports_without(imports, &outcome.suppliers)
}

/// Share of the imports of all but the suppliers that are hit which is lost; `None` if they import nothing.
fn shares(of: &ProductOutcome, outcome: &ScenarioOutcome, chain: ChainReading) -> Option<UnderReadings> {
    let share = |content| lost_share(&of.imports, &of.losses(content, chain).loss, &outcome.suppliers);
    let [none, exposure, mass_balance] = ContentReading::ALL.map(share);
    Some(UnderReadings { none: none?, exposure: exposure?, mass_balance: mass_balance? })
}

/// What all but the suppliers that are hit lose.
fn lost(of: &ProductOutcome, outcome: &ScenarioOutcome, chain: ChainReading) -> UnderReadings {
    let imports = of_others(&of.imports, outcome);
    shares(of, outcome, chain).map_or_else(UnderReadings::default, |share| UnderReadings {
        none: share.none * imports,
        exposure: share.exposure * imports,
        mass_balance: share.mass_balance * imports,
    })
}

fn hit(
    what_if: &WhatIf<'_>,
    outcome: &ScenarioOutcome,
    of: &ProductOutcome,
    alone: Option<&ScenarioOutcome>,
) -> Result<HitProduct, WhatIfError> {
    let run = what_if.run();
    let fillers = spare_capacity(what_if, outcome, of)?.into_iter().take(LISTED);
    let alone = alone.and_then(|alone| alone.products.iter().find(|other| other.product == of.product));
    Ok(HitProduct {
        product: NamedProduct::at(run, of.product)?,
        tier: of.tier,
        imports: of_others(&of.imports, outcome),
        share: shares(of, outcome, ChainReading::Reach),
        value: lost(of, outcome, ChainReading::Reach),
        bounds: of.are_bounds(),
        share_without_others: alone.and_then(|of| shares(of, outcome, ChainReading::Reach)),
        fill: Filled::of(of, &outcome.suppliers),
        fillers: fillers
            .map(|spare| Ok(Filler { supplier: Named::at(run, spare.supplier)?, amount: spare.amount }))
            .collect::<Result<_, WhatIfError>>()?,
        log_price: outcome.prices.iter().find(|(product, _)| *product == of.product).map(|(_, price)| *price),
    })
}

/// All importers but the suppliers that are hit, over all hit products, those that lose most first; who loses nothing is among them.
///
/// # Errors
/// [`WhatIfError`] if a table of the run is damaged.
pub fn losers(what_if: &WhatIf<'_>, outcome: &ScenarioOutcome) -> Result<Vec<Loser>, WhatIfError> {
    let run = what_if.run();
    let hit: Vec<&ProductOutcome> = outcome.products.iter().filter(|of| of.hit).collect();
    let mut found = Vec::new();
    for c in 0..run.panel()?.countries.len() {
        let imports: f64 = hit.iter().map(|of| of.imports[c]).sum();
        if outcome.suppliers.contains(&(c as u16)) || imports <= 0.0 {
            continue;
        }
        let value = UnderReadings::of(|content| {
            let lost = |of: &&ProductOutcome| {
                of.imports[c] * of.losses(content, ChainReading::Reach).loss[c].unwrap_or(0.0)
            };
            hit.iter().map(lost).sum()
        });
        found.push(Loser { importer: Named::at(run, c)?, imports, share: value.part_of(imports), value });
    }
    found.sort_by(|a, b| {
        let order = b.value.most().total_cmp(&a.value.most());
        order.then_with(|| a.importer.code.cmp(&b.importer.code))
    });
    Ok(found)
}

/// Of the large ones those that lose the largest share.
fn hardest(losers: &[Loser]) -> Vec<Loser> {
    let world = losers.iter().fold(0.0, |sum, loser| sum + loser.imports);
    let large = losers.iter().filter(|l| l.imports >= LARGE * world && l.value.most() > 0.0);
    let mut large: Vec<Loser> = large.cloned().collect();
    large.sort_by(|a, b| {
        let order = b.share.most().total_cmp(&a.share.most());
        order.then_with(|| a.importer.code.cmp(&b.importer.code))
    });
    large.truncate(LISTED);
    large
}

fn tiers(outcome: &ScenarioOutcome) -> Vec<TierLoss> {
    let mut found = Vec::new();
    for all in &outcome.tiers {
        let mut line = TierLoss {
            tier: all.tier,
            products: all.products,
            touched: 0,
            imports: all.imports,
            reach: UnderReadings::default(),
            content: UnderReadings::default(),
        };
        let touched =
            outcome.products.iter().filter(|of| !of.hit && of.is_touched() && of.tier == Some(all.tier));
        for of in touched {
            line.touched += 1;
            for (sum, chain) in
                [(&mut line.reach, ChainReading::Reach), (&mut line.content, ChainReading::Content)]
            {
                let lost = lost(of, outcome, chain);
                sum.none += lost.none;
                sum.exposure += lost.exposure;
                sum.mass_balance += lost.mass_balance;
            }
        }
        if line.touched > 0 {
            found.push(line);
        }
    }
    found
}

fn touched(what_if: &WhatIf<'_>, outcome: &ScenarioOutcome) -> Result<Vec<Touched>, WhatIfError> {
    let mut found = Vec::new();
    for of in outcome.products.iter().filter(|of| !of.hit) {
        let reach = lost(of, outcome, ChainReading::Reach).most();
        if reach > 0.0 {
            found.push(Touched { product: NamedProduct::at(what_if.run(), of.product)?, reach });
        }
    }
    found.sort_by(|a, b| b.reach.total_cmp(&a.reach).then_with(|| a.product.code.cmp(&b.product.code)));
    found.truncate(LISTED);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loser(code: &str, imports: f64, lost: f64) -> Loser {
        let value = UnderReadings { none: 0.0, exposure: 0.0, mass_balance: lost };
        let importer = Named { code: code.to_owned(), name: String::new() };
        Loser { importer, imports, share: value.part_of(imports), value }
    }

    #[test]
    fn the_hardest_hit_are_large_and_in_the_order_of_shares() {
        let all = [
            loser("AAA", 900.0, 90.0),
            loser("BBB", 96.0, 48.0),
            // 4 of 1,000 is less than 0.5 %, so that losing all of it does not count.
            loser("CCC", 4.0, 4.0),
        ];
        let codes: Vec<String> = hardest(&all).into_iter().map(|l| l.importer.code).collect();
        assert_eq!(codes, ["BBB", "AAA"]);
    }

    #[test]
    fn shares_of_nothing_are_nothing() {
        let some = UnderReadings { none: 1.0, exposure: 2.0, mass_balance: 4.0 };
        assert_eq!(some.part_of(8.0).all(), [0.125, 0.25, 0.5]);
        assert_eq!(some.part_of(0.0).all(), [0.0; 3]);
    }
}
