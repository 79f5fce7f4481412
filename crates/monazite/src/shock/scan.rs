//! Every supplier's stop from one inverse: where the chokepoints of a product are.

use super::scenario::{ShockError, position};
use super::solver::ShockSolver;
use super::within::check_content;
use crate::indicators::{Leontief, Singular};
use crate::trade::TradeMatrix;

/// So many suppliers are solved for at once.
pub(super) const TOGETHER: usize = 8;

/// What the stop of one supplier costs the others.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplierPower {
    /// Position of the supplier a.
    pub supplier: u16,
    /// Chokepoint power P_a = Σ_{c≠a} M_c l_c: what all others lose, in the unit of the trade.
    pub power: f64,
    /// The same as a share of all that the others import; in (0, 1\].
    pub power_share: f64,
    /// What it sells, X_a: the part that is lost directly.
    pub direct: f64,
    /// The same as a share of all that the others import.
    pub direct_share: f64,
    /// P_a / X_a: how much is lost for each unit that is not sold; at least 1 but for rounding.
    pub multiplier: f64,
    /// Σ_{c≠a} (M_c l_c / P_a)²: 1 if one importer bears all, 1/n if n bear the same.
    pub damage_hhi: f64,
    /// Position of the importer that loses most; of several the first.
    pub top_importer: u16,
    /// Its share of all that the others lose.
    pub top_importer_share: f64,
}

/// The stops of all suppliers of a product-year, each alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scan {
    /// One for each country that sells the product, by position.
    pub suppliers: Vec<SupplierPower>,
    /// For each of them the loss share l_c of every country, its own among them; 0 where a country imports nothing. Empty unless it was asked for.
    pub losses: Vec<Vec<f64>>,
}

/// What the full stop of each supplier alone would cost: chokepoint power of all suppliers of a product-year.
///
/// What it answers: whose stop hurts others most, and whom? With K₁ = S (I - ΦS)⁻¹, how often the way back from an importer c to where its goods
/// were made comes to a supplier a, the stop of a costs c the share
///
/// l_c = K₁\[a, c\] / (1 + φ_a K₁\[a, a\]),
///
/// the probability that the way comes to a at all: the least fixed point of [`super::propagate`] for a full stop, for all suppliers from one
/// elimination. Where I - ΦS is singular each stop is solved by itself.
///
/// `content` are the φ of every country. A supplier's loss of its own imports is in `losses`, not in its power. Countries that sell nothing have
/// no row. The direct part is what a list of export shares would show.
///
/// # Panics
/// If `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::shock::{ShockSolver, scan};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
/// let found = scan(&t, &[1.0 / 6.0, 1.0, 10.0 / 13.0], true, &mut ShockSolver::default());
/// let a = &found.suppliers[0];
/// assert!((a.power - 150.9090909091).abs() < 1e-9 && (a.multiplier - 1.6767676768).abs() < 1e-9);
/// assert_eq!((a.direct, a.top_importer), (90.0, 1));
/// assert!((found.losses[0][2] - 0.9454545455).abs() < 1e-9);
/// ```
pub fn scan(trade: &TradeMatrix, content: &[f64], keep_losses: bool, solver: &mut ShockSolver) -> Scan {
    let mut found = Scan::default();
    let buyers = buyers(trade);
    each_stop(trade, content, solver, |supplier, losses| {
        found.suppliers.push(power(trade, &buyers, supplier, losses));
        if keep_losses {
            found.losses.push(losses.to_vec());
        }
    });
    found
}

/// The loss share of every country under the full stop of each supplier alone, supplier after supplier in ascending order; see [`scan`].
///
/// # Panics
/// As [`scan`].
pub fn each_stop(
    trade: &TradeMatrix,
    content: &[f64],
    solver: &mut ShockSolver,
    mut take: impl FnMut(usize, &[f64]),
) {
    check_content(trade, content);
    let leontief = &mut solver.leontief;
    if leontief.factor_in_place(trade, content).is_err() {
        for supplier in sellers(trade) {
            take(supplier, &stop_losses(trade, content, &[supplier as u16], leontief));
        }
        return;
    }
    let mut network = leontief.factored();
    let mut sales: Vec<Vec<(u16, f64)>> = vec![Vec::new(); trade.countries()];
    for column in trade.columns() {
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            sales[usize::from(supplier)].push((column.importer, share));
        }
    }
    let sellers: Vec<usize> = sellers(trade).collect();
    let mut losses = vec![0.0; trade.countries()];
    for together in sellers.chunks(TOGETHER) {
        let mut shares = vec![[0.0; TOGETHER]; trade.countries()];
        for (lane, &supplier) in together.iter().enumerate() {
            for &(importer, share) in &sales[supplier] {
                shares[usize::from(importer)][lane] = share;
            }
        }
        let reached = network.importer_sums_of(&shares);
        for (lane, &supplier) in together.iter().enumerate() {
            let returns = 1.0 + content[supplier] * reached[supplier][lane];
            let of_stop = losses.iter_mut().zip(&reached);
            of_stop.for_each(|(loss, l)| *loss = (l[lane] / returns).min(1.0));
            take(supplier, &losses);
        }
    }
}

/// Countries that sell the product.
pub(super) fn sellers(trade: &TradeMatrix) -> impl Iterator<Item = usize> {
    trade.exports().iter().enumerate().filter(|(_, x)| **x > 0.0).map(|(supplier, _)| supplier)
}

/// The countries that import the product, by position, with what they import.
fn buyers(trade: &TradeMatrix) -> Vec<(usize, f64)> {
    let all = trade.imports().iter().copied().enumerate();
    all.filter(|(_, imports)| *imports > 0.0).collect()
}

fn power(trade: &TradeMatrix, buyers: &[(usize, f64)], supplier: usize, losses: &[f64]) -> SupplierPower {
    let imports = trade.imports();
    let mut top = usize::from(supplier == 0);
    let mut most = if top == supplier || top >= losses.len() { 0.0 } else { imports[top] * losses[top] };
    // A sum, not a difference: the supplier itself may import nearly all.
    let (mut power, mut of_others) = (0.0, 0.0);
    for &(c, imports) in buyers.iter().filter(|(c, _)| *c != supplier) {
        let lost = imports * losses[c];
        power += lost;
        of_others += imports;
        if lost > most {
            (top, most) = (c, lost);
        }
    }
    let mut damage_hhi = 0.0;
    for &(c, imports) in buyers.iter().filter(|(c, _)| *c != supplier) {
        let share = imports * losses[c] / power;
        damage_hhi += share * share;
    }
    let direct = trade.exports()[supplier];
    SupplierPower {
        supplier: supplier as u16,
        power,
        power_share: power / of_others,
        direct,
        direct_share: direct / of_others,
        multiplier: power / direct,
        damage_hhi,
        top_importer: top as u16,
        top_importer_share: most / power,
    }
}

/// Loss shares of every country's imports when all of these suppliers stop all their exports at once.
///
/// What it answers: the probability that the way back from an importer to where its goods were made meets one of them. With their sales to c as
/// the target and their φ set to 0 it is one solve. At least the largest of the single stops and at most their sum: what depends on two of them
/// is lost once.
///
/// `None` where a country imports nothing.
///
/// # Errors
/// [`ShockError`] for a position that no country has.
///
/// # Panics
/// If `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::shock::{ShockSolver, joint_stop};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
/// let content = [1.0 / 6.0, 1.0, 10.0 / 13.0];
/// let found = joint_stop(&t, &content, &[0, 2], &mut ShockSolver::default())?;
/// // B makes nothing of its own: without A and C there is nothing left.
/// assert_eq!(found, [Some(1.0); 3]);
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub fn joint_stop(
    trade: &TradeMatrix,
    content: &[f64],
    suppliers: &[u16],
    solver: &mut ShockSolver,
) -> Result<Vec<Option<f64>>, ShockError> {
    check_content(trade, content);
    suppliers.iter().try_for_each(|&supplier| position(supplier, trade.countries()))?;
    let losses = stop_losses(trade, content, suppliers, &mut solver.leontief);
    let of = losses.into_iter().zip(trade.imports());
    Ok(of.map(|(loss, &imports)| (imports > 0.0).then_some(loss)).collect())
}

/// As [`joint_stop`], 0 where a country imports nothing.
pub(super) fn stop_losses(
    trade: &TradeMatrix,
    content: &[f64],
    suppliers: &[u16],
    leontief: &mut Leontief,
) -> Vec<f64> {
    let mut weight = content.to_vec();
    let mut stops = vec![false; trade.countries()];
    for &supplier in suppliers {
        weight[usize::from(supplier)] = 0.0;
        stops[usize::from(supplier)] = true;
    }
    let mut target = vec![0.0; trade.countries()];
    for column in trade.columns() {
        let sales = column.suppliers.iter().zip(column.shares);
        target[usize::from(column.importer)] =
            sales.filter(|(supplier, _)| stops[usize::from(**supplier)]).map(|(_, share)| share).sum();
    }
    // Who buys only from those who buy only from one another, and none of them stops, loses nothing.
    while let Err(Singular { members }) = leontief.factor_in_place(trade, &weight) {
        members.into_iter().for_each(|member| weight[member] = 0.0);
    }
    let mut losses = leontief.factored().importer_sums(&target);
    losses.iter_mut().for_each(|l| *l = l.min(1.0));
    losses
}
