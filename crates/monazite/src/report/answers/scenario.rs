//! Who loses what in a scenario.

use serde::Serialize;

use super::amounts::{Amounts, Named, NamedProduct};
use super::left_out::left_out;
use crate::report::ranking::LEAST_SHARE;
use crate::run::provenance::source_line;
use crate::shock::ChainReading;
use crate::what_if::{
    ContentReading, ProductOutcome, ScenarioOutcome, WhatIf, WhatIfError, lost_share, spare_capacity,
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

/// What a scenario takes from a product that it hits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HitProduct {
    /// The product.
    pub product: NamedProduct,
    /// Its tier; `None` outside the chain.
    pub tier: Option<u8>,
    /// What all but the suppliers that are hit import.
    pub imports: f64,
    /// Share of it that is lost.
    pub share: UnderReadings,
    /// The same as an amount.
    pub value: UnderReadings,
    /// Whether `none` is the lower and `mass_balance` the upper end.
    pub bounds: bool,
    /// The same as `share`, if nobody sells more; `None` without capacity.
    pub share_without_others: Option<UnderReadings>,
    /// Least and largest share of what importers lack that is filled, under mass balance; `None` without capacity.
    pub fill: Option<[f64; 2]>,
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
        let name = |code: &str| {
            let of = panel.country(code).map(|c| panel.countries[c].name.clone());
            of.filter(|name| !name.is_empty()).unwrap_or_else(|| code.to_owned())
        };
        let products = outcome.products.iter().filter(|of| of.hit);
        let suppliers: Result<Vec<Named>, _> =
            outcome.suppliers.iter().map(|&c| Named::at(run, usize::from(c))).collect();
        let losers = losers(what_if, outcome)?;
        let mut notes = outcome.notes.clone();
        if !outcome.without_trade.is_empty() {
            let codes: Vec<String> =
                outcome.without_trade.iter().map(|&p| panel.products[p].code.to_string()).collect();
            notes.push(format!(
                "Nobody trades {} in {}: nothing passes through.",
                crate::plain_text::listed(codes, ""),
                panel.years[outcome.year]
            ));
        }
        Ok(Self {
            name: outcome.scenario.name.clone(),
            is_named: outcome.scenario.rows.iter().any(|row| !row.scenario.is_empty()),
            happens: outcome
                .scenario
                .rows
                .iter()
                .map(|row| row.words_with(&name(&row.supplier), name))
                .collect(),
            year: panel.years[outcome.year],
            source: source_line(run.study(), run.manifest()),
            unit: amounts.raw_unit(),
            suppliers: suppliers?,
            products: products.map(|of| hit(what_if, outcome, of, alone)).collect::<Result<_, _>>()?,
            hardest: hardest(&losers),
            losers: losers.into_iter().filter(|l| l.value.most() > 0.0).take(LISTED).collect(),
            tiers: tiers(what_if, outcome)?,
            touched: touched(what_if, outcome)?,
            notes,
            leaves_out: left_out(what_if.settings()),
            amounts,
        })
    }
}

/// Imports of all but the suppliers that are hit.
fn of_others(imports: &[f64], outcome: &ScenarioOutcome) -> f64 {
    let others = (0..imports.len()).filter(|c| !outcome.suppliers.contains(&(*c as u16)));
    others.fold(0.0, |sum, c| sum + imports[c])
}

/// Share of the imports of all but the suppliers that are hit which is lost.
fn shares(of: &ProductOutcome, outcome: &ScenarioOutcome, chain: ChainReading) -> UnderReadings {
    UnderReadings::of(|content| {
        lost_share(&of.imports, &of.losses(content, chain).loss, &outcome.suppliers).unwrap_or(0.0)
    })
}

fn hit(
    what_if: &WhatIf<'_>,
    outcome: &ScenarioOutcome,
    of: &ProductOutcome,
    alone: Option<&ScenarioOutcome>,
) -> Result<HitProduct, WhatIfError> {
    let run = what_if.run();
    let (imports, share) = (of_others(&of.imports, outcome), shares(of, outcome, ChainReading::Reach));
    let fill = &of.losses(ContentReading::MassBalance, ChainReading::Reach).fill;
    let others = (0..fill.len()).filter(|c| !outcome.suppliers.contains(&(*c as u16)));
    let fill = others.filter_map(|c| fill[c]).fold(None, |range: Option<[f64; 2]>, fill| {
        let [least, most] = range.unwrap_or([fill, fill]);
        Some([least.min(fill), most.max(fill)])
    });
    let fillers = spare_capacity(what_if, outcome, of)?.into_iter().take(LISTED);
    let alone = alone.and_then(|alone| alone.products.iter().find(|other| other.product == of.product));
    Ok(HitProduct {
        product: NamedProduct::at(run, of.product)?,
        tier: of.tier,
        imports,
        share,
        value: UnderReadings {
            none: share.none * imports,
            exposure: share.exposure * imports,
            mass_balance: share.mass_balance * imports,
        },
        bounds: of.are_bounds(),
        share_without_others: alone.map(|of| shares(of, outcome, ChainReading::Reach)),
        fill,
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

fn tiers(what_if: &WhatIf<'_>, outcome: &ScenarioOutcome) -> Result<Vec<TierLoss>, WhatIfError> {
    let panel = what_if.run().panel()?;
    let mut found: Vec<TierLoss> = Vec::new();
    for trade in what_if.trade().products(outcome.year) {
        let Some(tier) = panel.products[trade.product].tier else { continue };
        let of = outcome.products.iter().find(|of| of.product == trade.product);
        if of.is_some_and(|of| of.hit) {
            continue;
        }
        let at = found.iter().position(|known| known.tier == tier).unwrap_or_else(|| {
            let nothing = UnderReadings::default();
            found.push(TierLoss {
                tier,
                products: 0,
                touched: 0,
                imports: 0.0,
                reach: nothing,
                content: nothing,
            });
            found.len() - 1
        });
        let line = &mut found[at];
        let imports = of_others(trade.matrix.imports(), outcome);
        line.products += 1;
        line.imports += imports;
        let Some(of) = of.filter(|of| of.is_touched()) else { continue };
        line.touched += 1;
        for (sum, chain) in
            [(&mut line.reach, ChainReading::Reach), (&mut line.content, ChainReading::Content)]
        {
            let share = shares(of, outcome, chain);
            sum.none += share.none * imports;
            sum.exposure += share.exposure * imports;
            sum.mass_balance += share.mass_balance * imports;
        }
    }
    found.retain(|line| line.touched > 0);
    found.sort_by_key(|line| line.tier);
    Ok(found)
}

fn touched(what_if: &WhatIf<'_>, outcome: &ScenarioOutcome) -> Result<Vec<Touched>, WhatIfError> {
    let mut found = Vec::new();
    for of in outcome.products.iter().filter(|of| !of.hit) {
        let reach = shares(of, outcome, ChainReading::Reach).most() * of_others(&of.imports, outcome);
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
