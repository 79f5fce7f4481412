//! What if others sell more: spare capacity of suppliers against the losses of a shock.

use super::scenario::{CutTo, ProductShock, ShockError, one_a_country, position};
use super::solver::{Pressure, ShockSolver};
use super::within::{Given, Propagation, check_content, described, importer_losses, of_importers, supplies};
use crate::trade::TradeMatrix;

/// Filling ends when no importer's fill changes by more than this.
const SMALLEST_CHANGE: f64 = 1e-14;

/// Rounds of filling; where capacity just suffices they get many.
const MOST_ROUNDS: usize = 5_000;

/// How much more suppliers can sell, as a share κ of what they still sell.
#[derive(Debug, Clone, PartialEq)]
pub enum Capacity {
    /// The same for all.
    Same(f64),
    /// One for each country.
    BySupplier(Vec<f64>),
}

impl Capacity {
    /// κ of a supplier.
    ///
    /// # Panics
    /// If there is one for each country, and none for this position.
    pub fn of(&self, supplier: usize) -> f64 {
        match self {
            Self::Same(capacity) => *capacity,
            Self::BySupplier(capacities) => capacities[supplier],
        }
    }
}

/// Who gets what others sell more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Rationing {
    /// All importers get the same share of what they lack (default).
    #[default]
    Pool,
    /// Suppliers serve their present customers only, each in proportion to what it lacks; what these do not need stays unsold.
    Incumbent,
    /// These importers are served first, in this order; the others share what is left as in a pool.
    Priority(Vec<u16>),
}

/// Whether and how others make up for a loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Substitution {
    /// Spare capacity κ.
    pub capacity: Capacity,
    /// Who gets it.
    pub rationing: Rationing,
    /// Positions of suppliers that cannot help: their goods are of another quality.
    pub exclude: Vec<u16>,
}

impl Substitution {
    /// Everybody can sell the share `capacity` more, to everybody.
    pub fn pool(capacity: f64) -> Self {
        Self { capacity: Capacity::Same(capacity), rationing: Rationing::Pool, exclude: Vec::new() }
    }

    /// Checks capacities and positions.
    ///
    /// # Errors
    /// [`ShockError`] for a capacity below 0, a list of them that does not have one entry a country, and a position that no country has.
    pub fn check(&self, countries: usize) -> Result<(), ShockError> {
        let capacities = match &self.capacity {
            Capacity::Same(capacity) => std::slice::from_ref(capacity),
            Capacity::BySupplier(capacities) => {
                one_a_country("spare capacity", capacities.len(), countries)?;
                capacities
            }
        };
        if let Some(&value) = capacities.iter().find(|value| !(**value >= 0.0 && value.is_finite())) {
            return Err(ShockError::TooSmall { what: "a spare capacity", value, least: 0.0 });
        }
        let first: &[u16] =
            if let Rationing::Priority(importers) = &self.rationing { importers } else { &[] };
        self.exclude.iter().chain(first).try_for_each(|&country| position(country, countries))
    }
}

/// What a shock takes when others sell more.
#[derive(Debug, Clone, PartialEq)]
pub struct Substituted {
    /// The losses that are left. Its `flow_loss` and `direct` are those before anything is filled.
    pub left: Propagation,
    /// Share of what each importer lacks that is filled; `None` where it lacks nothing, or imports nothing.
    pub fill: Vec<Option<f64>>,
    /// Share of its imports that each importer lacks before it is filled; `None` where it imports nothing.
    pub lacking: Vec<Option<f64>>,
    /// What all importers lack before it is filled, in the unit of the trade; the fills have made it less than without them.
    pub unmet: f64,
    /// What suppliers can sell more.
    pub spare: f64,
    /// What they do sell more.
    pub filled: f64,
    /// Rounds of filling.
    pub rounds: usize,
    /// Whether the last round changed no fill by more than 10⁻¹⁴.
    pub converged: bool,
}

/// The losses of a shock that are left when suppliers with spare capacity sell more.
///
/// What it answers: who would still lack how much if every supplier that does not cut its exports could sell a share κ more? With x_a the share of its
/// sales that supplier a loses itself, it can add κ_a X_a (1 - x_a); suppliers with any export cut above 0, and those in `exclude`, add nothing.
/// Importers lack d_c = M_c Σ_a s\[a, c\] x\[a, c\]. In a pool everybody gets the same fill ρ = min(1, Σ added / Σ d); see [`Rationing`] for the
/// others. What is left is l_c = (1 - fill_c) Σ_a s\[a, c\] x\[a, c\], and that is what is passed on. The solution is the least fill, from 0
/// upwards: less is passed on where more is filled, so that less is lacking and more can be added.
///
/// κ = 0 is [`super::propagate`]; losses shrink as κ grows. All importers and suppliers are taken to trade one good: where a code mixes ore and
/// oxide, exclude those that sell the other one.
///
/// # Errors
/// As [`super::propagate`] and [`Substitution::check`].
///
/// # Panics
/// As [`super::propagate`].
///
/// ```
/// use monazite::shock::{ProductShock, ShockSolver, Substitution, substitute};
/// use monazite::trade::TradeMatrix;
/// // A and B sell 60 and 40 to C. A stops; B sells half as much again.
/// let t = TradeMatrix::from_dense(&[&[0.0, 0.0, 60.0], &[0.0, 0.0, 40.0], &[0.0; 3]]);
/// let (half, mut solver) = (Substitution::pool(0.5), ShockSolver::default());
/// let found = substitute(&t, &[0.0; 3], &ProductShock::stop(0), &half, &mut solver)?;
/// assert!((found.left.loss[2].unwrap() - 0.4).abs() < 1e-15);
/// assert!((found.fill[2].unwrap() - 20.0 / 60.0).abs() < 1e-15);
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub fn substitute(
    trade: &TradeMatrix,
    content: &[f64],
    shock: &ProductShock,
    substitution: &Substitution,
    solver: &mut ShockSolver,
) -> Result<Substituted, ShockError> {
    check_content(trade, content);
    let given = Given::of(trade, shock)?;
    substitution.check(trade.countries())?;
    let spare = spare_shares(shock, substitution, trade.countries());
    Ok(filled(trade, content, &given.pressure(), &spare, &substitution.rationing, solver))
}

/// κ of every supplier, 0 for those that add nothing.
pub(super) fn spare_shares(shock: &ProductShock, substitution: &Substitution, countries: usize) -> Vec<f64> {
    let mut spare: Vec<f64> = (0..countries).map(|supplier| substitution.capacity.of(supplier)).collect();
    for cut in &shock.cuts {
        let meets_somebody = match &cut.to {
            CutTo::All => true,
            CutTo::Importers(importers) => !importers.is_empty(),
        };
        if cut.share > 0.0 && meets_somebody {
            spare[usize::from(cut.supplier)] = 0.0;
        }
    }
    for &supplier in &substitution.exclude {
        spare[usize::from(supplier)] = 0.0;
    }
    spare
}

/// Fills what importers lack, round by round.
pub(super) fn filled(
    trade: &TradeMatrix,
    content: &[f64],
    pressure: &Pressure<'_>,
    spare: &[f64],
    rationing: &Rationing,
    solver: &mut ShockSolver,
) -> Substituted {
    let mut fill = vec![0.0; trade.countries()];
    let (mut rounds, mut solves) = (0, 0);
    loop {
        let eased = Pressure { filled: &fill, ..*pressure };
        let found = solver.least_fixed_point(trade, content, &eased);
        solves += found.solves;
        rounds += 1;
        let need = Need::of(trade, content, pressure, spare, &found.loss);
        let next = need.fill(trade, rationing);
        let change = next.iter().zip(&fill).map(|(now, before)| now - before).fold(0.0, f64::max);
        let converged = change <= SMALLEST_CHANGE;
        if converged || rounds == MOST_ROUNDS {
            let loss: Vec<f64> =
                need.share.iter().zip(&fill).map(|(lacking, fill)| lacking * (1.0 - fill)).collect();
            let lacks = |c: usize| need.demand[c] > 0.0;
            return Substituted {
                left: described(trade, content, &eased, &loss, solves),
                fill: fill.iter().enumerate().map(|(c, &fill)| lacks(c).then_some(fill)).collect(),
                lacking: of_importers(trade, &need.share),
                unmet: need.demand.iter().sum(),
                spare: need.spare.iter().sum(),
                filled: need.demand.iter().zip(&fill).map(|(demand, fill)| demand * fill).sum(),
                rounds,
                converged,
            };
        }
        // Fills only grow; less is rounding.
        fill.iter_mut().zip(next).for_each(|(fill, next)| *fill = fill.max(next));
    }
}

/// What importers lack and what suppliers could add.
struct Need {
    /// Σ_a s\[a, c\] x\[a, c\] of every importer.
    share: Vec<f64>,
    /// The same in the unit of the trade.
    demand: Vec<f64>,
    /// κ_a X_a (1 - x_a) of every supplier.
    spare: Vec<f64>,
}

impl Need {
    fn of(
        trade: &TradeMatrix,
        content: &[f64],
        pressure: &Pressure<'_>,
        spare_shares: &[f64],
        loss: &[f64],
    ) -> Self {
        let supply = supplies(content, loss, pressure.production);
        let share = importer_losses(trade, pressure, &supply);
        let demand = share.iter().zip(trade.imports()).map(|(share, imports)| share * imports).collect();
        let mut spare = vec![0.0; trade.countries()];
        let mut flow = 0;
        for column in trade.columns() {
            for (&supplier, &value) in column.suppliers.iter().zip(column.values) {
                let a = usize::from(supplier);
                spare[a] += value * (1.0 - pressure.flow_loss(flow, supply[a]));
                flow += 1;
            }
        }
        spare.iter_mut().zip(spare_shares).for_each(|(spare, share)| *spare *= share);
        Self { share, demand, spare }
    }

    /// The fill of every importer; 0 for those that lack nothing, but 1 in a pool where nobody does.
    fn fill(&self, trade: &TradeMatrix, rationing: &Rationing) -> Vec<f64> {
        match rationing {
            Rationing::Pool => self.pool(self.spare.iter().sum(), &[]),
            Rationing::Incumbent => self.incumbent(trade),
            Rationing::Priority(first) => self.pool(self.spare.iter().sum(), first),
        }
    }

    fn pool(&self, mut spare: f64, first: &[u16]) -> Vec<f64> {
        let mut fill: Vec<Option<f64>> = vec![None; self.demand.len()];
        for &importer in first {
            let (fill, demand) = (&mut fill[usize::from(importer)], self.demand[usize::from(importer)]);
            if fill.is_none() {
                let served = demand.min(spare);
                spare -= served;
                *fill = Some(part(served, demand));
            }
        }
        let of_others = fill.iter().zip(&self.demand).filter(|(fill, _)| fill.is_none());
        let same = part(spare, of_others.map(|(_, demand)| demand).sum());
        fill.into_iter().map(|fill| fill.unwrap_or(same)).collect()
    }

    fn incumbent(&self, trade: &TradeMatrix) -> Vec<f64> {
        let mut of_customers = vec![0.0; self.demand.len()];
        for column in trade.columns() {
            for &supplier in column.suppliers {
                of_customers[usize::from(supplier)] += self.demand[usize::from(column.importer)];
            }
        }
        let mut fill = vec![0.0; self.demand.len()];
        for column in trade.columns() {
            let mut sum = 0.0;
            for &supplier in column.suppliers {
                let a = usize::from(supplier);
                if of_customers[a] > 0.0 {
                    sum += self.spare[a] / of_customers[a];
                }
            }
            fill[usize::from(column.importer)] = sum.min(1.0);
        }
        fill
    }
}

/// The part of `demand` that `spare` fills; 1 where there is none.
fn part(spare: f64, demand: f64) -> f64 {
    if demand > spare { spare / demand } else { 1.0 }
}

/// How much the price rises for a world loss L, in logarithms: Δ ln p = L / (ε_S + ε_D).
///
/// What it answers: if supply falls by the share L and no more can be had, how far has the price to rise until buyers give up as much and others
/// offer more? Elasticities of supply and demand, both as numbers of at least 0, are for the user to give: there are no defaults. For small L; it
/// is a rule of thumb on a log scale, and no result of trade data.
///
/// # Errors
/// [`ShockError`] if `loss` is no share, an elasticity is below 0, or their sum is 0.
///
/// ```
/// use monazite::shock::price_proxy;
/// assert_eq!(price_proxy(0.1, 0.2, 0.3)?, 0.2);
/// assert!(price_proxy(0.1, 0.0, 0.0).is_err());
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub fn price_proxy(loss: f64, supply_elasticity: f64, demand_elasticity: f64) -> Result<f64, ShockError> {
    super::scenario::share("a world loss", loss)?;
    for (what, value) in
        [("an elasticity of supply", supply_elasticity), ("an elasticity of demand", demand_elasticity)]
    {
        if !(value >= 0.0 && value.is_finite()) {
            return Err(ShockError::TooSmall { what, value, least: 0.0 });
        }
    }
    let both = supply_elasticity + demand_elasticity;
    if both > 0.0 { Ok(loss / both) } else { Err(ShockError::NoElasticity) }
}
