//! The purchases with the smallest largest supplier.

use super::limits::{LimitError, Limits};
use super::optimum::{Optimum, least_risk};
use super::purchase::Purchase;

/// Of the import shares within `limits` whose largest is as small as possible, those with the least risk e_c.
///
/// What it answers: how far can the importer bring down the share of its largest supplier, and whom should it buy from then? First the cap,
/// [`Limits::least_largest_share`], then [`least_risk`] under it.
///
/// # Errors
/// None for limits from [`super::limits()`]; [`LimitError::CapTooSmall`] if there are no shares within `limits` at all.
///
/// # Panics
/// If the two are not of the same importer.
///
/// ```
/// use monazite::diversification::{CapacityOf, LimitOptions, Purchase, least_largest, limits};
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let b = Purchase::of(&t, 1, &[0.75, 0.2, 0.5], &[1.0; 3], &mut Leontief::default()).unwrap();
/// let options = LimitOptions { capacity: 1.0, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
/// // A tenth goes from A, which has three quarters, to C.
/// let found = least_largest(&b, &limits(&t, 1, &options)?)?;
/// assert!((found.shares[0] - 0.65).abs() < 1e-12 && (found.shares[2] - 0.35).abs() < 1e-12);
/// # Ok::<(), monazite::diversification::LimitError>(())
/// ```
pub fn least_largest(purchase: &Purchase, limits: &Limits) -> Result<Optimum, LimitError> {
    Ok(least_risk(purchase, &limits.capped(limits.least_largest_share())?))
}
