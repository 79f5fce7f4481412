//! The purchases with the least concentration.

use super::limits::Limits;
use super::water_level::Vessels;

/// The import shares within `limits` whose HHI Σ s² is least.
///
/// What it answers: how should the importer buy, if it wants to rely on as many suppliers as evenly as possible? What is moved comes off the largest
/// suppliers, down to one level, and goes to the smallest, up to another: s = max(lower, min(s⁰, τ_hi)) for the one and min(upper, max(s⁰, τ_lo)) for the other.
/// Both amounts are δ, or what makes the levels equal, if that is less. This is exact (the conditions of Karush, Kuhn and Tucker), and so are the levels:
/// what lies above or below a level is linear between the sorted shares and limits.
///
/// What it does *not* look at: who the suppliers are.
///
/// ```
/// use monazite::diversification::{Limits, least_concentrated};
/// let limits = Limits {
///     importer: 5,
///     imports: 100.0,
///     shares: vec![0.55, 0.25, 0.15, 0.05, 0.0, 0.0],
///     lower: vec![0.0; 6],
///     upper: vec![1.0, 1.0, 0.2, 0.3, 0.04, 0.0],
///     moved: 0.2,
///     capacity: vec![0.0; 6],
/// };
/// let shares = least_concentrated(&limits);
/// assert!(shares.iter().zip([0.35, 0.25, 0.18, 0.18, 0.04, 0.0]).all(|(s, expected)| (s - expected).abs() < 1e-15));
/// ```
pub fn least_concentrated(limits: &Limits) -> Vec<f64> {
    let (mut given, mut taken, mut together) = (Vessels::default(), Vessels::default(), Vessels::default());
    let mut forced = 0.0;
    for (a, &share) in limits.shares.iter().enumerate() {
        let start = share.min(limits.upper[a]);
        forced += share - start;
        given.add(limits.lower[a], start);
        taken.add(share, limits.upper[a]);
        together.add(limits.lower[a], start);
        together.add(share, limits.upper[a]);
    }
    let total = forced + given.capacity();
    let Some(equal) = together.level(total) else { return limits.shares.clone() };
    let amount = taken.held(equal).max(forced).min(limits.moved.max(forced));
    // The two levels lie on either side of the one at which they are equal, also where nobody is between and rounding would jump over the gap.
    let top = given.level((total - amount).max(0.0)).unwrap_or(1.0).max(equal);
    let bottom = taken.level(amount).unwrap_or(0.0).min(equal);
    (0..limits.shares.len())
        .map(|a| {
            let (share, upper) = (limits.shares[a], limits.upper[a]);
            if upper > share && share < bottom {
                bottom.min(upper)
            } else {
                share.min(upper).min(top).max(limits.lower[a])
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn five(moved: f64) -> Limits {
        Limits {
            importer: 5,
            imports: 1.0,
            shares: vec![0.55, 0.25, 0.15, 0.05, 0.0],
            lower: vec![0.0; 5],
            upper: vec![1.0, 1.0, 0.2, 0.3, 0.04],
            moved,
            capacity: vec![0.0; 5],
        }
    }

    #[test]
    fn oracle_of_five_suppliers() {
        let expected = [
            (0.05, [0.5, 0.25, 0.15, 0.06, 0.04], 0.3402),
            (0.1, [0.45, 0.25, 0.15, 0.11, 0.04], 0.3012),
            (0.2, [0.35, 0.25, 0.18, 0.18, 0.04], 0.2514),
            (0.6, [0.76 / 3.0, 0.76 / 3.0, 0.2, 0.76 / 3.0, 0.04], 0.23413333333333336),
        ];
        for (moved, shares, hhi) in expected {
            let found = least_concentrated(&five(moved));
            assert!(found.iter().zip(shares).all(|(s, e)| (s - e).abs() < 1e-15), "{moved}: {found:?}");
            assert!((found.iter().map(|s| s * s).sum::<f64>() - hhi).abs() < 1e-15);
        }
        assert_eq!(least_concentrated(&five(0.0)), five(0.0).shares);
    }

    #[test]
    fn a_supplier_of_nearly_all_gives_what_the_small_can_take() {
        // The small ones are full long before the levels meet; the large one could also take, but has to give.
        for more in [0.0, 1e-17, 7e-17, 3e-16, 1e-15] {
            let (small, third) = (3.67e-7 + more, 7.95e-5 - more);
            let limits = Limits {
                importer: 3,
                imports: 1.0,
                shares: vec![1.0 - small, 0.0, small],
                lower: vec![0.1 * (1.0 - small), 0.0, 0.1 * small],
                upper: vec![1.0, third, 5.48e-4 + more],
                moved: 0.57,
                capacity: vec![0.0; 3],
            };
            let found = least_concentrated(&limits);
            assert!(limits.allow(&found, 1e-15), "{found:?}");
            assert!((found[0] - (1.0 - 7.95e-5 - 5.48e-4)).abs() < 1e-14, "{found:?}");
        }
    }

    #[test]
    fn what_is_kept_and_what_is_capped() {
        let kept = Limits { lower: vec![0.52, 0.25, 0.0, 0.0, 0.0], ..five(0.2) };
        // Three hundredths come off the first, and what the third gives to the fourth makes them even.
        let found = least_concentrated(&kept);
        let expected = [0.52, 0.25, 0.095, 0.095, 0.04];
        assert!(found.iter().zip(expected).all(|(s, e)| (s - e).abs() < 1e-15), "{found:?}");
        let capped = Limits { upper: vec![0.3, 0.25, 0.25, 0.25, 0.0], ..five(0.3) };
        let found = least_concentrated(&capped);
        let expected = [0.25; 4];
        assert!(found.iter().zip(expected).all(|(s, e)| (s - e).abs() < 1e-15), "{found:?}");
    }
}
