//! What a scenario takes, product by product, under all readings side by side.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::WhatIfError;
use super::order::{OrderedProduct, ordered_chain};
use super::resolve::{Resolver, product_at};
use super::side_tables::{MadeUpFor, SideTables};
use super::trade::RunTrade;
use crate::run::Run;
use crate::shock::{
    Chain, ChainInput, ChainOptions, ChainProduct, ChainReading, ChainShock, CutTo, ExportCut, ProductLosses,
    Production, Rationing, Scenario, Substitution, ThreeContents, price_proxy,
};
use crate::study::{ProductionKind, RationingRule, ShockSection};
use crate::trade::TradeMatrix;

/// How much of what a country sells is taken to be what it bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContentReading {
    /// φ = 0: a loss stays with whoever bought of the supplier.
    None,
    /// φ = M/(M + X): a country makes as much as it sells.
    Exposure,
    /// φ = min(1, M/X): a country passes on as much as mass balance allows.
    MassBalance,
}

impl ContentReading {
    /// All of them, the smallest import content first.
    pub const ALL: [Self; 3] = [Self::None, Self::Exposure, Self::MassBalance];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Exposure => "exposure",
            Self::MassBalance => "mass_balance",
        }
    }
}

/// Imports of all countries but some (positions).
pub(crate) fn imports_without(imports: &[f64], without: &[u16]) -> f64 {
    let kept = (0..imports.len()).filter(|c| !without.contains(&(*c as u16)));
    kept.fold(0.0, |sum, c| sum + imports[c])
}

/// What a scenario takes from one product.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductOutcome {
    /// Position of the product in the panel.
    pub product: usize,
    /// Its tier; `None` outside the chain.
    pub tier: Option<u8>,
    /// Whether the scenario hits the product itself.
    pub hit: bool,
    /// By country: what it imports in the base year, in the measure of the study.
    pub imports: Vec<f64>,
    /// By chain reading: losses with φ = 0. No lost import is passed on, neither by re-export nor down the chain; lost production is.
    pub none: [ProductLosses; 2],
    /// By chain reading (reach, content): losses with φ = M/(M + X).
    pub exposure: [ProductLosses; 2],
    /// By chain reading: losses with φ = min(1, M/X).
    pub mass_balance: [ProductLosses; 2],
}

impl ProductOutcome {
    /// The losses under a reading of import content and one of the chain.
    pub fn losses(&self, content: ContentReading, chain: ChainReading) -> &ProductLosses {
        let at = usize::from(chain == ChainReading::Content);
        match content {
            ContentReading::None => &self.none[at],
            ContentReading::Exposure => &self.exposure[at],
            ContentReading::MassBalance => &self.mass_balance[at],
        }
    }

    /// Whether `none` is the lower and `mass_balance` the upper end of every loss: only where no production is lost, neither by the
    /// scenario nor for want of inputs.
    pub fn are_bounds(&self) -> bool {
        let made = |losses: &ProductLosses| losses.production_loss.iter().all(|y| *y == 0.0);
        self.all_losses().all(made)
    }

    /// Whether anybody loses anything under any reading.
    pub fn is_touched(&self) -> bool {
        let lost = |losses: &ProductLosses| losses.lost_value > 0.0;
        self.all_losses().any(lost)
    }

    /// Under every reading of import content and of the chain.
    fn all_losses(&self) -> impl Iterator<Item = &ProductLosses> {
        self.none.iter().chain(&self.exposure).chain(&self.mass_balance)
    }
}

/// Share of the imports of all countries but some (positions) that is lost; `None` if they import nothing.
///
/// ```
/// use monazite::what_if::lost_share;
/// // B loses half of 40, C nothing of 60; A is the supplier that stops.
/// assert_eq!(lost_share(&[10.0, 40.0, 60.0], &[Some(1.0), Some(0.5), Some(0.0)], &[0]), Some(0.2));
/// assert_eq!(lost_share(&[10.0, 0.0], &[Some(1.0), None], &[0]), None);
/// ```
pub fn lost_share(imports: &[f64], loss: &[Option<f64>], without: &[u16]) -> Option<f64> {
    let (mut lost, mut all) = (0.0, 0.0);
    for (c, (imports, loss)) in imports.iter().zip(loss).enumerate() {
        if !without.contains(&(c as u16)) {
            all += imports;
            lost += imports * loss.unwrap_or(0.0);
        }
    }
    (all > 0.0).then(|| lost / all)
}

/// A tier of the value chain in the base year, without the products that the scenario hits itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TierTrade {
    /// The tier.
    pub tier: u8,
    /// Its products with trade.
    pub products: usize,
    /// What all but the suppliers that are hit import of them.
    pub imports: f64,
}

/// What a scenario takes in one base year.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioOutcome {
    /// The scenario, with the rows that hold in the base year.
    pub scenario: Scenario,
    /// Position of the base year in the panel.
    pub year: usize,
    /// Positions of the suppliers that are hit, ascending.
    pub suppliers: Vec<u16>,
    /// The products that are hit or lose anything, inputs first.
    pub products: Vec<ProductOutcome>,
    /// The tiers of the chain, ascending: what shares of a tier are of.
    pub tiers: Vec<TierTrade>,
    /// What makes up for losses.
    pub made_up_for: MadeUpFor,
    /// Products (positions in the panel) that something is made of and that nobody trades in the year: nothing passes through them.
    pub without_trade: Vec<usize>,
    /// By hit product: change of the logarithm of the price that clears the loss under mass balance, where the study gives elasticities.
    pub prices: Vec<(usize, f64)>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A run in one base year, ready for scenarios.
pub struct WhatIf<'a> {
    run: &'a Run,
    settings: ShockSection,
    tables: SideTables,
    year: usize,
    trade: Arc<RunTrade>,
}

impl<'a> WhatIf<'a> {
    /// Reads the trade of the chain, and of some products beside it, in a year (a position of the panel).
    ///
    /// `settings` say how losses pass down the chain and who replaces whom: those of the study, or changed ones.
    ///
    /// # Errors
    /// [`WhatIfError`] if the run holds no flows, is an extract, or a table that the settings name cannot be read.
    pub fn of(
        run: &'a Run,
        year: usize,
        beside: &[usize],
        settings: &ShockSection,
    ) -> Result<Self, WhatIfError> {
        let order = ordered_chain(run, beside)?;
        let wanted = |product: usize, t: usize| t == year && order.iter().any(|of| of.product == product);
        Self::with(run, year, Arc::new(RunTrade::read(run, wanted)?), settings)
    }

    /// As [`WhatIf::of`], with the trade at hand: that of all products of the year, or at least of those that [`WhatIf::of`] reads.
    ///
    /// # Errors
    /// [`WhatIfError`] if a table that the settings name cannot be read.
    pub fn with(
        run: &'a Run,
        year: usize,
        trade: Arc<RunTrade>,
        settings: &ShockSection,
    ) -> Result<Self, WhatIfError> {
        let tables = SideTables::read(run, settings)?;
        Ok(Self { run, settings: settings.clone(), tables, year, trade })
    }

    /// The run.
    pub fn run(&self) -> &'a Run {
        self.run
    }

    /// How losses pass down the chain and who replaces whom.
    pub fn settings(&self) -> &ShockSection {
        &self.settings
    }

    /// The trade that scenarios are about.
    pub fn trade(&self) -> &RunTrade {
        &self.trade
    }

    /// What a scenario takes in the base year, product by product.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if the scenario names what the run does not have; says what it has.
    pub fn scenario(&self, scenario: &Scenario) -> Result<ScenarioOutcome, WhatIfError> {
        let hit: Vec<usize> = scenario
            .products()
            .into_iter()
            .map(|product| product_at(self.run, product))
            .collect::<Result<_, _>>()?;
        let order = ordered_chain(self.run, &hit)?;
        let resolver = Resolver {
            run: self.run,
            trade: &self.trade,
            year: self.year,
            order: &order,
            combine: self.settings.combine,
        };
        let shocks = resolver.shocks(scenario)?;
        let countries = self.run.panel()?.countries.len();
        let nothing = Nothing::of(countries);
        let under = |content: ContentReading, reading: ChainReading| {
            self.losses(&order, &nothing, content, reading, &shocks)
        };
        let both = |content: ContentReading| -> Result<_, WhatIfError> {
            let (reach, without_trade) = under(content, ChainReading::Reach)?;
            let (in_value, _) = under(content, ChainReading::Content)?;
            let pairs = reach.into_iter().zip(in_value).map(|(reach, in_value)| [reach, in_value]);
            Ok((pairs.collect::<Vec<_>>(), without_trade))
        };
        let (none, without_trade) = both(ContentReading::None)?;
        let (exposure, mass_balance) =
            (both(ContentReading::Exposure)?.0, both(ContentReading::MassBalance)?.0);
        let products: Vec<ProductOutcome> = order
            .iter()
            .zip(none.into_iter().zip(exposure).zip(mass_balance))
            .enumerate()
            .map(|(at, (of, ((none, exposure), mass_balance)))| ProductOutcome {
                product: of.product,
                tier: of.tier,
                hit: shocks.iter().any(|shock| shock.product == at),
                imports: self
                    .trade
                    .of(of.product, self.year)
                    .map_or_else(|| vec![0.0; countries], |trade| trade.matrix.imports().to_vec()),
                none,
                exposure,
                mass_balance,
            })
            .filter(|outcome| outcome.hit || outcome.is_touched())
            .collect();
        let prices = self.prices(&products)?;
        let (suppliers, year) = (suppliers_of(&shocks), self.run.panel()?.years[self.year]);
        Ok(ScenarioOutcome {
            scenario: if shocks.is_empty() { scenario.clone() } else { scenario.in_year(year) },
            year: self.year,
            tiers: self.tiers(&products, &suppliers)?,
            made_up_for: self.tables.made_up_for(order.iter().map(|of| of.product), self.settings.capacity),
            suppliers,
            notes: self.notes(&order, &shocks, &products)?,
            products,
            without_trade: without_trade.into_iter().map(|at| order[at].product).collect(),
            prices,
        })
    }

    /// The losses of all products in the order under one reading, and the places of the inputs without trade.
    fn losses(
        &self,
        order: &[OrderedProduct],
        nothing: &Nothing,
        content: ContentReading,
        reading: ChainReading,
        shocks: &[ChainShock],
    ) -> Result<(Vec<ProductLosses>, Vec<usize>), WhatIfError> {
        let settings = &self.settings;
        let given: Vec<Option<Substitution>> =
            order.iter().map(|of| self.substitution(of.product)).collect::<Result<_, _>>()?;
        let production = match settings.production {
            ProductionKind::Linear => Production::Linear,
            ProductionKind::Leontief => Production::Leontief,
            ProductionKind::Power => Production::Power(settings.power),
        };
        let options = ChainOptions { reading, production, weights: settings.input_weights };
        let products = order
            .iter()
            .zip(&given)
            .map(|(of, given)| {
                let (matrix, contents) = self
                    .trade
                    .of(of.product, self.year)
                    .map_or((&nothing.matrix, &nothing.contents), |trade| (&trade.matrix, &trade.contents));
                let content = match content {
                    ContentReading::None => &contents.none,
                    ContentReading::Exposure => &contents.exposure,
                    ContentReading::MassBalance => &contents.mass_balance,
                };
                let inputs = of
                    .inputs
                    .iter()
                    .map(|&input| {
                        let link = self.tables.link(order[input].product, of.product);
                        ChainInput { product: input, essential: link.essential, share: link.share }
                    })
                    .collect();
                let mut product = ChainProduct::new(matrix, content, inputs);
                product.stocks = self.tables.stocks(of.product);
                product.substitution = given.as_ref();
                product
            })
            .collect();
        let found = Chain::new(products, options)?.run(shocks)?;
        Ok((found.products, found.without_trade))
    }

    /// What other suppliers add of a product; `None` where the settings give no capacity.
    pub(super) fn substitution(&self, product: usize) -> Result<Option<Substitution>, WhatIfError> {
        let settings = &self.settings;
        let panel = self.run.panel()?;
        let places = |codes: &[String]| -> Result<Vec<u16>, WhatIfError> {
            codes.iter().map(|code| Ok(super::resolve::country_at(panel, code)? as u16)).collect()
        };
        let Some(capacity) = self.tables.capacity(product, settings.capacity, panel.countries.len()) else {
            return Ok(None);
        };
        let rationing = match settings.rationing {
            RationingRule::Pool => Rationing::Pool,
            RationingRule::Incumbent => Rationing::Incumbent,
            RationingRule::Priority => Rationing::Priority(places(&settings.priority)?),
        };
        Ok(Some(Substitution { capacity, rationing, exclude: places(&settings.exclude)? }))
    }

    fn tiers(&self, products: &[ProductOutcome], suppliers: &[u16]) -> Result<Vec<TierTrade>, WhatIfError> {
        let panel = self.run.panel()?;
        let mut tiers: BTreeMap<u8, TierTrade> = BTreeMap::new();
        for trade in self.trade.products(self.year) {
            let Some(tier) = panel.products[trade.product].tier else { continue };
            if products.iter().any(|of| of.product == trade.product && of.hit) {
                continue;
            }
            let line = tiers.entry(tier).or_insert(TierTrade { tier, products: 0, imports: 0.0 });
            line.products += 1;
            line.imports += imports_without(trade.matrix.imports(), suppliers);
        }
        Ok(tiers.into_values().collect())
    }

    fn prices(&self, products: &[ProductOutcome]) -> Result<Vec<(usize, f64)>, WhatIfError> {
        let (Some(supply), Some(demand)) = (self.settings.supply_elasticity, self.settings.demand_elasticity)
        else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for outcome in products.iter().filter(|outcome| outcome.hit) {
            let losses = outcome.losses(ContentReading::MassBalance, ChainReading::Reach);
            if let Some(loss) = lost_share(&outcome.imports, &losses.loss, &[]) {
                found.push((outcome.product, price_proxy(loss, supply, demand)?));
            }
        }
        Ok(found)
    }

    fn notes(
        &self,
        order: &[OrderedProduct],
        shocks: &[ChainShock],
        products: &[ProductOutcome],
    ) -> Result<Vec<String>, WhatIfError> {
        let panel = self.run.panel()?;
        let mut notes = self.tables.notes.clone();
        if shocks.is_empty() {
            notes.push(format!("No row of the scenario holds in {}.", panel.years[self.year]));
        }
        for of in shocks {
            let code = panel.products[order[of.product].product].code;
            let none = |cut: &ExportCut| cut.to == CutTo::Importers(Vec::new());
            if of.shock.cuts.iter().any(none) {
                notes.push(format!(
                    "None of the importers named buys {code} of the supplier, so nothing of it stops."
                ));
            }
        }
        let mut alone: Vec<String> = shocks
            .iter()
            .map(|shock| &order[shock.product])
            .filter(|of| of.tier.is_none())
            .map(|of| panel.products[of.product].code.to_string())
            .collect();
        alone.dedup();
        if !alone.is_empty() {
            notes.push(format!(
                "{} {} outside the value chain of this run, so nothing passes further down.",
                alone.join(", "),
                if alone.len() == 1 { "is" } else { "are" }
            ));
        }
        let unfinished = products.iter().any(|outcome| outcome.all_losses().any(|losses| !losses.converged));
        if unfinished {
            notes.push(
                "What other suppliers add had not settled in every product when the search ended.".to_owned(),
            );
        }
        Ok(notes)
    }
}

/// A product that nobody trades.
struct Nothing {
    matrix: TradeMatrix,
    contents: ThreeContents,
}

impl Nothing {
    fn of(countries: usize) -> Self {
        let zero = || vec![0.0; countries];
        Self {
            matrix: TradeMatrix::new(countries),
            contents: ThreeContents { none: zero(), exposure: zero(), mass_balance: zero() },
        }
    }
}

fn suppliers_of(shocks: &[ChainShock]) -> Vec<u16> {
    let cuts = shocks.iter().flat_map(|of| of.shock.cuts.iter().map(|cut| cut.supplier));
    let made = shocks.iter().flat_map(|of| of.shock.production_losses.iter().map(|loss| loss.country));
    let mut found: Vec<u16> = cuts.chain(made).collect();
    found.sort_unstable();
    found.dedup();
    found
}
