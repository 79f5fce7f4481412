//! A shock inside one product: who loses how much of its imports, by re-export too.

use super::scenario::{Combine, ProductShock, ShockError};
use super::solver::{Pressure, ShockSolver, supply_loss};
use crate::trade::TradeMatrix;

/// Rounds end when no loss share changes by more than this.
const SMALLEST_CHANGE: f64 = 1e-14;

/// What a shock takes from every importer of one product.
#[derive(Debug, Clone, PartialEq)]
pub struct Propagation {
    /// Loss share l_c of every country's imports, in \[0, 1\]; `None` where it imports nothing.
    pub loss: Vec<Option<f64>>,
    /// The same in the first round: what is cut, and what its suppliers no longer make, before anybody passes a loss on.
    pub direct: Vec<Option<f64>>,
    /// Loss share u_a of every country's supply of the product, in \[0, 1\].
    pub supply_loss: Vec<f64>,
    /// Loss share y_a of every country's production, as it was given.
    pub production_loss: Vec<f64>,
    /// Loss share x of every flow, in \[0, 1\], in the order of the trade's columns and of the suppliers in each.
    pub flow_loss: Vec<f64>,
    /// Eliminations that it took.
    pub solves: usize,
}

impl Propagation {
    /// M_c l_c: what every importer lacks, in the unit of the trade; `None` where it imports nothing.
    pub fn value(&self, trade: &TradeMatrix) -> Vec<Option<f64>> {
        self.loss.iter().zip(trade.imports()).map(|(loss, imports)| loss.map(|l| l * imports)).collect()
    }

    /// Σ_c M_c l_c: what all importers lack, in the unit of the trade.
    pub fn lost_value(&self, trade: &TradeMatrix) -> f64 {
        self.value(trade).into_iter().flatten().sum()
    }

    /// What all importers lack as a share of world trade, in \[0, 1\]; `None` where there is no trade.
    pub fn world_loss(&self, trade: &TradeMatrix) -> Option<f64> {
        let total = trade.total();
        (total > 0.0).then(|| self.lost_value(trade) / total)
    }
}

/// Who loses how much of its imports of one product, when suppliers cut their exports or lose their production.
///
/// What it answers: a supplier sells less; whoever bought from it has less, and sells less in its turn, as far as what it sells is what it buys
/// (import content φ). With k the cut of a flow and y the loss of production, losses are the least solution of
///
/// l_c = Σ_a s\[a, c\] x\[a, c\],  u_a = φ_a l_a + (1 - φ_a) y_a,  x\[a, c\] = max(k\[a, c\], u_a)
///
/// (or x = 1 - (1 - k)(1 - u), see [`super::Combine`]): every country rations at home and abroad alike. All are shares in \[0, 1\]. A loss grows
/// with every k and y, and with φ where no production is lost. With φ = 0 nothing is passed on, and a full stop costs the supplier's direct share.
///
/// `content` are the φ of every country, in \[0, 1\], as from [`crate::indicators::import_content()`]. The solution is exact, by elimination (see
/// `shock/solver.rs`), also where goods go round in circles; [`rounds`] shows how it comes about.
///
/// `None` where a country imports nothing. Not a forecast: no time, no prices, no stocks, no other suppliers (see [`super::substitute`]).
///
/// Reference: rounds of supply-driven losses as in Laber, Klimek, Bruckner, Yang and Thurner (2023), Nature Food 4, 508-517.
///
/// # Errors
/// [`ShockError`] for positions that no country has, and for shares outside \[0, 1\].
///
/// # Panics
/// If `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::shock::{ProductShock, ShockSolver, propagate};
/// use monazite::trade::TradeMatrix;
/// // A mine sells 80 to a port, which makes 20 and sells 100 to a user. The mine stops.
/// let t = TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0], &[0.0, 0.0, 100.0], &[0.0; 3]]);
/// let content = [0.0, 0.8, 1.0];
/// let found = propagate(&t, &content, &ProductShock::stop(0), &mut ShockSolver::default())?;
/// assert_eq!(found.direct, [None, Some(1.0), Some(0.0)]);
/// assert_eq!(found.loss, [None, Some(1.0), Some(0.8)]);
/// assert_eq!(found.lost_value(&t), 160.0);
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub fn propagate(
    trade: &TradeMatrix,
    content: &[f64],
    shock: &ProductShock,
    solver: &mut ShockSolver,
) -> Result<Propagation, ShockError> {
    check_content(trade, content);
    let given = Given::of(trade, shock)?;
    Ok(solved(trade, content, &given.pressure(), solver))
}

/// The losses of every round, from the first, direct one to the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Rounds {
    /// l of every country after each round, 0 where it imports nothing; no round where nothing is lost.
    pub losses: Vec<Vec<f64>>,
    /// Whether the last round changed no loss share by more than 10⁻¹⁴.
    pub converged: bool,
}

/// How the losses of [`propagate`] come about, round by round: in the first what is cut and no longer made, in each further one what those who
/// lost in the round before pass on.
///
/// Losses only grow from round to round. Ends when no loss share changes by more than 10⁻¹⁴, or after `most` rounds (`converged` says which). With
/// the largest φ below 1 at most 1 + ln 10⁻¹⁴ / ln φ rounds are needed; where countries pass on nearly all that they buy in circles it can be any
/// number, and only [`propagate`] is exact.
///
/// # Errors
/// As [`propagate`].
///
/// # Panics
/// As [`propagate`].
///
/// ```
/// use monazite::shock::{ProductShock, rounds};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
/// let found = rounds(&t, &[1.0 / 6.0, 1.0, 10.0 / 13.0], &ProductShock::cut(0, 0.5), 1000)?;
/// assert!(found.converged);
/// assert_eq!(found.losses[0], [0.0, 0.25, 0.3]);
/// // A buys two thirds from B, which now lacks 0.25, and a third from C, which passes on 10/13 of its 0.3.
/// assert!((found.losses[1][0] - (2.0 * 0.25 + 0.3 * 10.0 / 13.0) / 3.0).abs() < 1e-15);
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub fn rounds(
    trade: &TradeMatrix,
    content: &[f64],
    shock: &ProductShock,
    most: usize,
) -> Result<Rounds, ShockError> {
    check_content(trade, content);
    let given = Given::of(trade, shock)?;
    let pressure = given.pressure();
    let mut loss = vec![0.0; trade.countries()];
    let mut losses = Vec::new();
    while losses.len() < most {
        let next = importer_losses(trade, &pressure, &supplies(content, &loss, pressure.production));
        let change = next.iter().zip(&loss).map(|(now, before): (&f64, &f64)| (now - before).abs());
        let change = change.fold(0.0, f64::max);
        if change <= SMALLEST_CHANGE {
            return Ok(Rounds { losses, converged: true });
        }
        losses.push(next.clone());
        loss = next;
    }
    Ok(Rounds { losses, converged: false })
}

/// Cuts and losses of a checked shock.
pub(super) struct Given {
    cut: Vec<f64>,
    production: Vec<f64>,
    combine: Combine,
}

impl Given {
    pub(super) fn of(trade: &TradeMatrix, shock: &ProductShock) -> Result<Self, ShockError> {
        shock.check(trade.countries())?;
        let cut = if shock.cuts.is_empty() { Vec::new() } else { shock.cut_of_flows(trade) };
        let production = shock.production_loss_of_countries(trade.countries());
        Ok(Self { cut, production, combine: shock.combine })
    }

    /// The loss of production of every country, which what comes from other products can raise.
    pub(super) fn production_mut(&mut self) -> &mut [f64] {
        &mut self.production
    }

    pub(super) fn pressure(&self) -> Pressure<'_> {
        Pressure { cut: &self.cut, production: &self.production, combine: self.combine, filled: &[] }
    }
}

/// Refuses a content that is not one.
pub(super) fn check_content(trade: &TradeMatrix, content: &[f64]) {
    assert_eq!(content.len(), trade.countries(), "one import content a country");
    assert!(content.iter().all(|content| (0.0..=1.0).contains(content)), "import contents lie in [0, 1]");
}

/// The least fixed point with all that follows from it.
pub(super) fn solved(
    trade: &TradeMatrix,
    content: &[f64],
    pressure: &Pressure<'_>,
    solver: &mut ShockSolver,
) -> Propagation {
    let found = solver.least_fixed_point(trade, content, pressure);
    described(trade, content, pressure, &found.loss, found.solves)
}

/// All that follows from the loss shares of imports.
pub(super) fn described(
    trade: &TradeMatrix,
    content: &[f64],
    pressure: &Pressure<'_>,
    loss: &[f64],
    solves: usize,
) -> Propagation {
    let supply_loss = supplies(content, loss, pressure.production);
    let suppliers = trade.columns().flat_map(|column| column.suppliers);
    let flow_loss = suppliers
        .enumerate()
        .map(|(flow, &supplier)| pressure.flow_loss(flow, supply_loss[usize::from(supplier)]))
        .collect();
    Propagation {
        loss: of_importers(trade, loss),
        direct: of_importers(trade, &direct_losses(trade, content, pressure)),
        supply_loss,
        production_loss: pressure.production.to_vec(),
        flow_loss,
        solves,
    }
}

/// A value for every country that imports the product.
pub(super) fn of_importers(trade: &TradeMatrix, values: &[f64]) -> Vec<Option<f64>> {
    values.iter().zip(trade.imports()).map(|(&value, &imports)| (imports > 0.0).then_some(value)).collect()
}

/// Losses of the first round, before anybody passes on a loss and before anything is filled.
pub(super) fn direct_losses(trade: &TradeMatrix, content: &[f64], pressure: &Pressure<'_>) -> Vec<f64> {
    let nothing = vec![0.0; trade.countries()];
    importer_losses(trade, pressure, &supplies(content, &nothing, pressure.production))
}

/// u of every country.
pub(super) fn supplies(content: &[f64], loss: &[f64], production: &[f64]) -> Vec<f64> {
    let of = content.iter().zip(loss).zip(production);
    of.map(|((&content, &loss), &production)| supply_loss(content, loss, production)).collect()
}

/// Σ_a s\[a, c\] x\[a, c\] of every importer, before anything is filled.
pub(super) fn importer_losses(trade: &TradeMatrix, pressure: &Pressure<'_>, supply: &[f64]) -> Vec<f64> {
    let mut losses = vec![0.0; trade.countries()];
    let mut flow = 0;
    for column in trade.columns() {
        let mut sum = 0.0;
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            sum += share * pressure.flow_loss(flow, supply[usize::from(supplier)]);
            flow += 1;
        }
        losses[usize::from(column.importer)] = sum.min(1.0);
    }
    losses
}
