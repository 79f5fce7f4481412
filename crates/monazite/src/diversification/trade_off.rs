//! What a smaller largest supplier costs in risk.

use super::limits::Limits;
use super::optimum::{Optimum, least_risk};
use super::purchase::Purchase;

/// The least risk under a cap on the share of the largest supplier.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeOff {
    /// No supplier has more than this share.
    pub cap: f64,
    /// What has the least risk then; `None` if there are no such shares within the limits.
    pub optimum: Option<Optimum>,
}

/// The least risk e_c within `limits` for every cap t on the share of the largest supplier.
///
/// What it answers: the safest supplier according to the index may be a single one; what does it cost in risk not to rely on it? The method of constraints of
/// multi-objective optimisation: risk is made least, the largest share is held below t. Risk rises, or stays, as t falls.
///
/// Reference: Y. Haimes, L. Lasdon, D. Wismer (1971), IEEE Transactions on Systems, Man, and Cybernetics 1.
///
/// # Panics
/// If `purchase` and `limits` are not of the same importer.
///
/// ```
/// use monazite::diversification::{CapacityOf, LimitOptions, Purchase, limits, trade_off};
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let b = Purchase::of(&t, 1, &[0.75, 0.2, 0.5], &[1.0; 3], &mut Leontief::default()).unwrap();
/// let options =
///     LimitOptions { moved: 0.5, capacity: 3.0, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
/// let found = trade_off(&b, &limits(&t, 1, &options)?, &[0.75, 0.6, 0.4]);
/// let risk: Vec<_> = found.iter().map(|t| t.optimum.as_ref().map(|o| o.shares[2])).collect();
/// // C is cheaper than A, but is held down as well; two suppliers cannot both be below a half.
/// assert!((risk[0].unwrap() - 0.75).abs() < 1e-12 && (risk[1].unwrap() - 0.6).abs() < 1e-12 && risk[2].is_none());
/// # Ok::<(), monazite::diversification::LimitError>(())
/// ```
pub fn trade_off(purchase: &Purchase, limits: &Limits, caps: &[f64]) -> Vec<TradeOff> {
    let of = |cap| limits.capped(cap).ok().map(|limits| least_risk(purchase, &limits));
    caps.iter().map(|&cap| TradeOff { cap, optimum: of(cap) }).collect()
}
