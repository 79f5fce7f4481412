//! Exposure: how much of a country's trade in a product is buying.

/// Exposure_c = M_c / (M_c + X_c).
///
/// What it answers: is the country a buyer or a seller of the product? 1 means it only
/// buys, 0 that it only sells.
///
/// Range \[0, 1\]; no unit, `imports` and `exports` only have to be in the same one.
/// `None` if the country neither imports nor exports the product.
///
/// What it does *not* measure: domestic production. A country that mines an ore and
/// exports it looks independent, one that imports ore to refine it looks exposed.
///
/// Reference: Klimek, Baum, Gerschberger, Hess (2025), section 2.
///
/// ```
/// use monazite::indicators::exposure;
/// assert_eq!(exposure(10.0, 90.0), Some(0.1));
/// assert_eq!(exposure(0.0, 90.0), Some(0.0));
/// assert_eq!(exposure(0.0, 0.0), None);
/// ```
pub fn exposure(imports: f64, exports: f64) -> Option<f64> {
    let both = imports + exports;
    (both > 0.0).then(|| imports / both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_e1() {
        let (m, x) = ([10.0, 80.0, 80.0], [90.0, 60.0, 20.0]);
        let expected = [0.1, 0.5714285714285714, 0.8];
        for c in 0..3 {
            assert!((exposure(m[c], x[c]).unwrap() - expected[c]).abs() < 1e-15);
        }
    }
}
