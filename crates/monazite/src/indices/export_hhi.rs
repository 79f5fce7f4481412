//! Concentration of world exports.

use crate::indicators::herfindahl;
use crate::trade::TradeMatrix;

/// Shares x_a = X_a / ΣX of every country in the world's exports of a product; empty if nobody exports it.
pub fn export_shares(trade: &TradeMatrix) -> Vec<f64> {
    let world = trade.total();
    if world > 0.0 { trade.exports().iter().map(|exports| exports / world).collect() } else { Vec::new() }
}

/// H_x = Σ_a x_a² with x_a = X_a / ΣX, the Herfindahl-Hirschman index of the world's exports of a product.
///
/// What it answers: do many countries sell the product, or one? It is one number a product and year, the same for all importers. Range (0, 1\].
/// `None` if nobody exports. Exports are not production: what the largest producer uses itself is not in it, and what is passed on counts again.
///
/// ```
/// use monazite::indices::export_hhi;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// assert!((export_hhi(&t).unwrap() - 0.41868512110726647).abs() < 1e-15);
/// assert_eq!(export_hhi(&TradeMatrix::new(2)), None);
/// ```
pub fn export_hhi(trade: &TradeMatrix) -> Option<f64> {
    herfindahl(&export_shares(trade))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seller_and_equal_sellers() {
        let one = TradeMatrix::from_dense(&[&[0.0, 4.0, 6.0], &[0.0; 3], &[0.0; 3]]);
        assert_eq!(export_hhi(&one), Some(1.0));
        let ring = TradeMatrix::from_dense(&[&[0.0, 2.0, 0.0], &[0.0, 0.0, 2.0], &[2.0, 0.0, 0.0]]);
        assert!((export_hhi(&ring).unwrap() - 1.0 / 3.0).abs() < 1e-15);
    }
}
