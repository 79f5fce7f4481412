//! A plan for one importer: what to move, what it brings, what it does to others.

use thiserror::Error;

use super::hhi::least_concentrated;
use super::largest::least_largest;
use super::limits::{LimitError, LimitOptions, Limits, limits};
use super::moves::{Move, moves};
use super::optimum::least_risk;
use super::others::{Effect, effects, mean_effect};
use super::purchase::Purchase;
use super::rewritten::{NewShares, rewritten};
use super::stops::{StopNetwork, StopRisk, WorstStop, stop_losses, worst_of};
use super::worst_stop::least_worst_stop;
use crate::indicators::concentration::herfindahl;
use crate::indicators::content_risk::{ContentSolved, content_risk};
use crate::indicators::import_content::{ContentMargins, ContentSources, ImportContent, import_content};
use crate::indicators::{Leontief, RiskParameters, Singular};
use crate::trade::TradeMatrix;

/// What a plan makes as small as possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Objective {
    /// Systemic trade risk (default); [`least_risk`].
    #[default]
    Risk,
    /// HHI of the import shares; [`least_concentrated`].
    Concentration,
    /// The share of the largest supplier, and of the plans that do that the one with the least risk; [`least_largest`].
    LargestSupplier,
    /// The largest loss if one supplier stops, with what reaches the importer through others; [`least_worst_stop`].
    WorstStop,
}

/// What a plan is made with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanOptions {
    /// What is made as small as possible.
    pub objective: Objective,
    /// What may be moved and where to.
    pub limits: LimitOptions,
}

/// A number as it is and with the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// As it is.
    pub before: f64,
    /// With the plan.
    pub after: f64,
}

/// How much of what a supplier can give the plan takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UsedCapacity {
    /// The supplier, by position.
    pub supplier: u16,
    /// What is bought more from it, in the unit of the matrix.
    pub more: f64,
    /// The same as a share of what it can give. In (0, 1\].
    pub share: f64,
}

/// A plan for one importer; see [`plan()`].
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The importer, by position.
    pub importer: usize,
    /// What it may buy.
    pub limits: Limits,
    /// Its import shares with the plan, by country.
    pub shares: Vec<f64>,
    /// The part of its imports that is moved, at most δ.
    pub moved: f64,
    /// What is moved, from the dearest supplier to the cheapest.
    pub moves: Vec<Move>,
    /// w_a (1 + φ_a e_a) by country with the plan, φ held: the price list of suppliers.
    pub prices: Vec<f64>,
    /// How often the suppliers were put in order, or linear programs solved; 0 where there is no search.
    pub rounds: usize,
    /// STR, 1 + e, with the import content of exports held.
    pub str: Change,
    /// STR with the plan and the import content of exports taken from the changed trade: suppliers that sell more are taken to make more.
    pub str_recomputed: f64,
    /// HHI of its import shares.
    pub hhi: Change,
    /// The share of its largest supplier.
    pub largest: Change,
    /// The stop that costs most, as it is.
    pub worst_stop_before: WorstStop,
    /// The stop that costs most with the plan.
    pub worst_stop_after: WorstStop,
    /// Suppliers that sell more, and how much of what they can give is used.
    pub used_capacity: Vec<UsedCapacity>,
    /// What the plan does to the STR of all other importers if supply follows demand, φ held.
    pub effects: Vec<Effect>,
    /// Σ_{d≠c} M_d (STR_d' - STR_d)/Σ_{d≠c} M_d; `None` if nobody else imports.
    pub mean_effect: Option<f64>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PlanError {
    /// Nothing can be bought elsewhere.
    #[error(transparent)]
    Limits(#[from] LimitError),
    /// Risk is not defined.
    #[error(
        "countries without any stability buy only from one another and pass everything on: lower their instability below 1, or take an import content below 1"
    )]
    Singular(Singular),
}

/// A plan for importer c: what it should buy elsewhere, what that brings it, and what it does to others.
///
/// What it answers: what happens if one importer rearranges a part δ of its purchases as well as it can? The shares are those of `options.objective` within
/// [`limits()`]; around them all that a reader asks next. STR is given with φ held, for which the plan is the best, and with φ as it is in the changed trade.
///
/// `instability` are the w_a of every country; φ is [`import_content()`] of `reading` and `sources`. Where the sources have margins, the plan's change of
/// exports is added to them for the φ of the changed trade.
///
/// What it does *not* know: prices, contracts, and quality inside a product code; and where a supplier that is safe by the index gets what it sells more.
///
/// # Errors
/// [`PlanError`]: with these limits there is nothing to plan, or risk is not defined.
///
/// # Panics
/// If `instability` or a source does not have one entry a country, or an instability is not in \[0, 1\].
///
/// ```
/// use monazite::diversification::{CapacityOf, LimitOptions, PlanOptions, plan};
/// use monazite::indicators::import_content::{ContentSources, ImportContent};
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let limits =
///     LimitOptions { moved: 0.25, capacity: 1.0, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
/// let options = PlanOptions { limits, ..PlanOptions::default() };
/// let found = plan(
///     &t,
///     &[0.75, 0.2, 0.5],
///     ImportContent::MassBalance,
///     ContentSources::default(),
///     1,
///     &options,
///     &RiskParameters::default(),
///     &mut Leontief::default(),
/// )?;
/// assert_eq!((found.moves[0].from, found.moves[0].to, found.moves[0].share), (0, 2, 0.25));
/// assert!((found.str.before - 1.7739340306).abs() < 1e-9 && (found.str.after - 1.7680608365).abs() < 1e-9);
/// assert_eq!((found.hhi.before, found.hhi.after), (0.625, 0.5));
/// # Ok::<(), monazite::diversification::PlanError>(())
/// ```
pub fn plan(
    trade: &TradeMatrix,
    instability: &[f64],
    reading: ImportContent,
    sources: ContentSources<'_>,
    importer: usize,
    options: &PlanOptions,
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> Result<Plan, PlanError> {
    let mut memory = PlannerMemory::default();
    Planner::new(trade, instability, reading, sources, parameters, &mut memory)
        .plan(importer, options, leontief)
}

/// The memory of a [`Planner`].
#[derive(Debug, Default)]
pub struct PlannerMemory {
    risk: Leontief,
    stops: Leontief,
}

/// Plans for many importers of one product-year, or many plans for one: what they share is computed once.
///
/// The same as [`plan()`] for each, with one factorisation a plan instead of three.
///
/// ```
/// use monazite::diversification::{PlanOptions, Planner, PlannerMemory};
/// use monazite::indicators::import_content::{ContentSources, ImportContent};
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (mut memory, mut leontief) = (PlannerMemory::default(), Leontief::default());
/// let (w, reading, sources) = ([0.75, 0.2, 0.5], ImportContent::MassBalance, ContentSources::default());
/// let mut planner = Planner::new(&t, &w, reading, sources, &RiskParameters::default(), &mut memory);
/// let options = PlanOptions::default();
/// let c = planner.plan(2, &options, &mut leontief)?;
/// // C moves a tenth of its purchases from A to B, who sells 10 to others and gives a quarter of that: 2.5 of C's 80.
/// assert_eq!((c.moves[0].from, c.moves[0].to, c.moves[0].share), (0, 1, 0.03125));
/// # Ok::<(), monazite::diversification::PlanError>(())
/// ```
#[derive(Debug)]
pub struct Planner<'a> {
    trade: &'a TradeMatrix,
    instability: &'a [f64],
    reading: ImportContent,
    sources: ContentSources<'a>,
    parameters: RiskParameters,
    content: Vec<f64>,
    solved: ContentSolved<'a>,
    stops: StopNetwork<'a>,
}

/// Above this excess risk differences lose digits, and an importer's own function is found without them.
const LARGE_EXCESS: f64 = 1e3;

impl<'a> Planner<'a> {
    /// Solves for all risks, and for what stops cost; arguments as of [`plan()`].
    ///
    /// # Panics
    /// As [`plan()`].
    pub fn new(
        trade: &'a TradeMatrix,
        instability: &'a [f64],
        reading: ImportContent,
        sources: ContentSources<'a>,
        parameters: &RiskParameters,
        memory: &'a mut PlannerMemory,
    ) -> Self {
        let content = import_content(reading, trade, sources);
        let solved = content_risk(trade, instability, &content, parameters, &mut memory.risk);
        let stops = StopNetwork::of(trade, &content, &mut memory.stops);
        Self { trade, instability, reading, sources, parameters: *parameters, content, solved, stops }
    }

    /// The plan for one importer; see [`plan()`].
    ///
    /// # Errors
    /// As [`plan()`].
    pub fn plan(
        &mut self,
        importer: usize,
        options: &PlanOptions,
        leontief: &mut Leontief,
    ) -> Result<Plan, PlanError> {
        let limits = limits(self.trade, importer, &options.limits)?;
        let purchase = self.purchase(importer, leontief)?;
        let chosen = choose(self.trade, &self.content, &purchase, &limits, options.objective, leontief)?;
        let shares = chosen.shares;
        let excess = Change { before: purchase.excess(&purchase.shares), after: purchase.excess(&shares) };
        let prices = purchase.prices(excess.after);
        let changed = rewritten(self.trade, &[NewShares { importer, shares: shares.clone() }]);
        let worst_stop = self.worst_stops(&changed, &limits, &shares, leontief);
        let content = content_with(self.reading, &changed, self.sources, &limits, &shares);
        // With the content as it was there is nothing to compute again.
        let recomputed = if content == self.content {
            excess.after
        } else {
            let parameters = &self.parameters;
            content_risk(&changed, self.instability, &content, parameters, leontief).risk.excess[importer]
        };
        let effects = effects(self.trade, &purchase, excess.after);
        let largest = |shares: &[f64]| shares.iter().copied().fold(0.0, f64::max);
        let hhi = |shares: &[f64]| herfindahl(shares).unwrap_or(1.0);
        Ok(Plan {
            importer,
            moved: shares.iter().zip(&limits.shares).map(|(s, before)| (s - before).max(0.0)).sum(),
            moves: moves(&limits.shares, &shares, &prices),
            rounds: chosen.rounds,
            str: Change { before: 1.0 + excess.before, after: 1.0 + excess.after },
            str_recomputed: 1.0 + recomputed,
            hhi: Change { before: hhi(&limits.shares), after: hhi(&shares) },
            largest: Change { before: largest(&limits.shares), after: largest(&shares) },
            worst_stop_before: worst_stop.before,
            worst_stop_after: worst_stop.after,
            used_capacity: used_capacity(&limits, &shares),
            mean_effect: mean_effect(self.trade, &effects),
            effects,
            prices,
            shares,
            limits,
        })
    }

    fn purchase(&mut self, importer: usize, leontief: &mut Leontief) -> Result<Purchase, PlanError> {
        if self.solved.risk.excess.iter().all(|e| *e < LARGE_EXCESS) {
            return Ok(Purchase::of_solved(self.trade, importer, &self.content, &mut self.solved));
        }
        let weight = &self.solved.risk.weight;
        Purchase::of(self.trade, importer, weight, &self.content, leontief).map_err(PlanError::Singular)
    }

    /// The stops that cost most as it is and with the plan.
    fn worst_stops(
        &mut self,
        changed: &TradeMatrix,
        limits: &Limits,
        shares: &[f64],
        leontief: &mut Leontief,
    ) -> WorstStops {
        let importer = limits.importer;
        let before = self.stops.losses(self.trade, importer);
        let after = self.stops.losses_with(self.trade, importer, &limits.shares, shares);
        let after = after.unwrap_or_else(|| stop_losses(changed, &self.content, importer, leontief));
        WorstStops { before: worst_of(&before), after: worst_of(&after) }
    }
}

struct WorstStops {
    before: WorstStop,
    after: WorstStop,
}

/// Shares that an objective asks for, and how long they took to find.
struct Chosen {
    shares: Vec<f64>,
    rounds: usize,
}

fn choose(
    trade: &TradeMatrix,
    content: &[f64],
    purchase: &Purchase,
    limits: &Limits,
    objective: Objective,
    leontief: &mut Leontief,
) -> Result<Chosen, PlanError> {
    Ok(match objective {
        Objective::Risk => {
            let best = least_risk(purchase, limits);
            Chosen { shares: best.shares, rounds: best.rounds }
        }
        Objective::Concentration => Chosen { shares: least_concentrated(limits), rounds: 0 },
        Objective::LargestSupplier => {
            let best = least_largest(purchase, limits)?;
            Chosen { shares: best.shares, rounds: best.rounds }
        }
        Objective::WorstStop => {
            let stops = StopRisk::of(trade, content, limits.importer, leontief);
            let best = least_worst_stop(&stops, limits);
            Chosen { shares: best.shares, rounds: best.rounds }
        }
    })
}

/// The import content in the changed trade; margins from before tracing change as exports do.
fn content_with(
    reading: ImportContent,
    changed: &TradeMatrix,
    sources: ContentSources<'_>,
    limits: &Limits,
    shares: &[f64],
) -> Vec<f64> {
    let Some(margins) = sources.margins else { return import_content(reading, changed, sources) };
    let more = |a: usize| limits.imports * (shares[a] - limits.shares[a]);
    let exports: Vec<f64> = (0..shares.len()).map(|a| (margins.exports[a] + more(a)).max(0.0)).collect();
    let margins = Some(ContentMargins { exports: &exports, ..margins });
    import_content(reading, changed, ContentSources { margins, ..sources })
}

fn used_capacity(limits: &Limits, shares: &[f64]) -> Vec<UsedCapacity> {
    let more = |a: usize| limits.imports * (shares[a] - limits.shares[a]);
    (0..shares.len())
        .filter(|&a| limits.capacity[a] > 0.0 && shares[a] - limits.shares[a] > 1e-12)
        .map(|a| UsedCapacity { supplier: a as u16, more: more(a), share: more(a) / limits.capacity[a] })
        .collect()
}
