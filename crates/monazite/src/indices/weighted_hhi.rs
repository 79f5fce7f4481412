//! Supplier concentration, each supplier weighted by its instability.

use crate::trade::matrix::Imports;

/// Σ_a s\[a, c\]² g_a, the Herfindahl-Hirschman index of the suppliers of an importer, each weighted by its instability g, 0 to 1.
///
/// What it answers: does the country buy from few, and are these unstable? A large share of an unstable supplier counts most; small shares vanish,
/// since they are squared, however unstable the suppliers are. It is not HHI times mean g: it depends on *which* suppliers are large.
///
/// `instability` is by country. Range \[0, 1\], at most HHI. An importer always has suppliers; without imports there is no number.
///
/// ```
/// use monazite::indices::weighted_hhi;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let found = weighted_hhi(&t.imports_of(1).unwrap(), &[0.75, 0.2, 0.5]);
/// assert_eq!(found, 0.75 * 0.75 * 0.75 + 0.25 * 0.25 * 0.5);
/// ```
pub fn weighted_hhi(imports: &Imports<'_>, instability: &[f64]) -> f64 {
    let of = imports.suppliers.iter().zip(imports.shares);
    of.fold(0.0, |sum, (&supplier, share)| sum + share * share * instability[usize::from(supplier)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trade::TradeMatrix;

    #[test]
    fn oracle_e1() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let found: Vec<f64> = t.columns().map(|column| weighted_hhi(&column, &[0.75, 0.2, 0.5])).collect();
        for (found, expected) in found.iter().zip([0.2, 0.453_125, 0.183_593_75]) {
            assert!((found - expected).abs() < 1e-15, "{found} is not {expected}");
        }
    }

    #[test]
    fn equal_instability_takes_it_out_of_the_sum() {
        let t = TradeMatrix::from_dense(&[&[0.0, 0.0, 3.0], &[0.0, 0.0, 1.0], &[0.0; 3]]);
        let found = weighted_hhi(&t.imports_of(2).unwrap(), &[0.4; 3]);
        assert!((found - 0.4 * (0.75 * 0.75 + 0.25 * 0.25)).abs() < 1e-15);
    }
}
