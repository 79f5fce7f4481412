//! Supplier concentration: the Herfindahl-Hirschman index of import shares.

/// What to report for a country that imports nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ZeroImports {
    /// No imports, no concentration: undefined (default).
    #[default]
    Undefined,
    /// Write 0, as some published tables do. A country without imports then counts as
    /// perfectly diversified.
    Zero,
}

/// H_c = Σ_a s\[a, c\]², the Herfindahl-Hirschman index of the supplier shares.
///
/// What it answers: does the country buy from many or from one? 1/n for n equal
/// suppliers, 1 for a single one.
///
/// `shares` are the import shares of one country; they sum to one. Range \[1/n, 1\].
/// `None` without suppliers.
///
/// What it does *not* measure: who the suppliers are, how stable they are, and where
/// *they* buy; see [`crate::indicators::systemic_risk`].
///
/// Reference: Klimek, Baum, Gerschberger, Hess (2025), section 2.
///
/// ```
/// use monazite::indicators::herfindahl;
/// assert_eq!(herfindahl(&[0.75, 0.25]), Some(0.625));
/// assert_eq!(herfindahl(&[]), None);
/// ```
pub fn herfindahl(shares: &[f64]) -> Option<f64> {
    if shares.is_empty() {
        return None;
    }
    // Four running sums in a fixed order: fast, and the same bits everywhere.
    let mut sums = [0.0; 4];
    let quads = shares.chunks_exact(4);
    let rest = quads.remainder();
    for quad in quads {
        for (sum, share) in sums.iter_mut().zip(quad) {
            *sum += share * share;
        }
    }
    let mut total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for share in rest {
        total += share * share;
    }
    Some(total)
}

/// (H - 1/n) / (1 - 1/n): concentration freed from the number of suppliers.
///
/// Range \[0, 1\]. `None` with fewer than two suppliers, where the measure says nothing.
///
/// ```
/// use monazite::indicators::herfindahl_normalised;
/// assert_eq!(herfindahl_normalised(&[0.75, 0.25]), Some(0.25));
/// assert_eq!(herfindahl_normalised(&[1.0]), None);
/// ```
pub fn herfindahl_normalised(shares: &[f64]) -> Option<f64> {
    herfindahl(shares).and_then(|hhi| freed_from_number(hhi, shares.len()))
}

/// [`herfindahl_normalised`] where the HHI of a number of suppliers is known already.
pub(super) fn freed_from_number(hhi: f64, suppliers: usize) -> Option<f64> {
    let floor = 1.0 / suppliers as f64;
    (suppliers >= 2).then(|| (hhi - floor) / (1.0 - floor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_e1() {
        assert_eq!(herfindahl(&[1.0]), Some(1.0));
        assert_eq!(herfindahl(&[60.0 / 80.0, 20.0 / 80.0]), Some(0.625));
        assert_eq!(herfindahl(&[30.0 / 80.0, 50.0 / 80.0]), Some(0.53125));
    }

    #[test]
    fn equal_suppliers_reach_the_lower_bound() {
        for n in 1..40 {
            let shares = vec![1.0 / n as f64; n];
            assert!((herfindahl(&shares).unwrap() - 1.0 / n as f64).abs() < 1e-15);
            if n > 1 {
                assert!(herfindahl_normalised(&shares).unwrap().abs() < 1e-15);
            }
        }
    }
}
