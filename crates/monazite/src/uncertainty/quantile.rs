//! Quantiles of draws.

/// Quantiles of `values` at `shares` (ascending, in \[0, 1\]), by linear interpolation between the two values around (n - 1) p: type 7 of
/// Hyndman and Fan (1996), the default of R and numpy. Reorders `values`.
///
/// # Panics
/// If there are no values.
///
/// ```
/// use monazite::uncertainty::quantile::quantiles;
/// let mut values = [3.0, 1.0, 2.0, 4.0];
/// assert_eq!(quantiles(&mut values, [0.0, 0.5, 1.0]), [1.0, 2.5, 4.0]);
/// assert_eq!(quantiles(&mut [7.0], [0.05, 0.5, 0.95]), [7.0; 3]);
/// ```
pub fn quantiles<const N: usize>(values: &mut [f64], shares: [f64; N]) -> [f64; N] {
    assert!(!values.is_empty(), "quantiles of nothing");
    let last = (values.len() - 1) as f64;
    let mut sorted_to = 0;
    shares.map(|share| {
        let place = last * share;
        let below = place as usize;
        // Everything before `sorted_to` is as small as anything behind it.
        let low = place_value(values, sorted_to, below);
        sorted_to = below;
        let above = below + 1;
        if above == values.len() || place == below as f64 {
            return low;
        }
        let high = values[above..].iter().copied().fold(f64::INFINITY, f64::min);
        low + (place - below as f64) * (high - low)
    })
}

/// The value that stands at a place once the values are sorted, put there; those before `from` are in order already.
fn place_value(values: &mut [f64], from: usize, place: usize) -> f64 {
    let rest = &mut values[from..];
    *rest.select_nth_unstable_by(place - from, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_sorted_by_hand() {
        // A permutation of 0..=200: the quantile p stands at 200 p.
        let mut values: Vec<f64> = (0..=200u32).map(|i| f64::from(i * 77 % 201)).collect();
        assert_eq!(quantiles(&mut values, [0.025, 0.05, 0.5, 0.95, 0.975]), [5.0, 10.0, 100.0, 190.0, 195.0]);
        let mut ten: Vec<f64> = (0..10u32).map(|i| f64::from(i * 3 % 10)).collect();
        let found = quantiles(&mut ten, [0.05, 0.5, 0.95]);
        for (found, expected) in found.iter().zip([0.45, 4.5, 8.55]) {
            assert!((found - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn the_order_of_the_draws_does_not_matter() {
        let values: Vec<f64> = (0..97u32).map(|i| libm::sin(f64::from(i))).collect();
        let mut reversed: Vec<f64> = values.iter().rev().copied().collect();
        let mut forward = values;
        let shares = [0.025, 0.5, 0.975];
        assert_eq!(quantiles(&mut forward, shares), quantiles(&mut reversed, shares));
    }
}
