//! What an importer's plan does to the others, if supply follows demand.

use super::purchase::Purchase;
use crate::trade::TradeMatrix;

/// What a plan of one importer does to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The other importer, by position.
    pub importer: u16,
    /// Its STR, 1 + e, as it is.
    pub before: f64,
    /// What is added to it.
    pub change: f64,
}

/// e_d' - e_d = q_d (e_c' - e_c) for every other importer d, when importer c buys elsewhere and everybody else buys as before, φ held.
///
/// What it answers: does the plan of one importer harm others? If suppliers make as much more or less as they are asked for, **nobody loses when c gains**:
/// q_d ≥ 0, so that the risk of all who buy from c, directly or not, falls with that of c. Where supply is fixed this is not so; see [`mod@super::swap`].
///
/// `excess` is e_c with the plan. One entry for every country but c that imports the product, in order of position.
///
/// ```
/// use monazite::diversification::{Purchase, effects, mean_effect};
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let b = Purchase::of(&t, 1, &[0.75, 0.2, 0.5], &[1.0; 3], &mut Leontief::default())?;
/// let others = effects(&t, &b, 0.9271758436944937);
/// // A buys from B alone, whose instability is 0.2; C buys five eighths from it, and three eighths from A behind which B is again.
/// assert!((others[0].change - 0.2 * (0.9271758437 - 0.9918699187)).abs() < 1e-9);
/// assert!((others[1].change - 0.18125 * (0.9271758437 - 0.9918699187)).abs() < 1e-9);
/// let mean = mean_effect(&t, &others).unwrap();
/// assert!((mean - (10.0 * others[0].change + 80.0 * others[1].change) / 90.0).abs() < 1e-15);
/// # Ok::<(), monazite::indicators::Singular>(())
/// ```
pub fn effects(trade: &TradeMatrix, purchase: &Purchase, excess: f64) -> Vec<Effect> {
    let before = purchase.excess(&purchase.shares);
    let all = purchase.excess_of_all(before);
    let others = trade.columns().map(|column| column.importer);
    others
        .filter(|&d| usize::from(d) != purchase.importer)
        .map(|d| Effect {
            importer: d,
            before: 1.0 + all[usize::from(d)],
            change: purchase.reach[usize::from(d)] * (excess - before),
        })
        .collect()
}

/// Σ_d M_d change_d/Σ_d M_d over the importers of `effects`; `None` if there are none.
pub fn mean_effect(trade: &TradeMatrix, effects: &[Effect]) -> Option<f64> {
    let (mut sum, mut imports) = (0.0, 0.0);
    for effect in effects {
        let m = trade.imports()[usize::from(effect.importer)];
        sum += m * effect.change;
        imports += m;
    }
    (imports > 0.0).then(|| sum / imports)
}
