//! Quantiles of the normal distribution far out in the tail.

/// Probability of each of `tests` independent tests so that all of them together err with probability `level`:
/// 1 - (1 - level)^(1/tests), without cancellation.
pub(super) fn share_of_tests(level: f64, tests: f64) -> f64 {
    -libm::expm1(libm::log1p(-level) / tests)
}

/// The value that a standard normal variable exceeds with probability `tail`, from 0 to 1 exclusive.
pub(super) fn upper_quantile(tail: f64) -> f64 {
    let exceeds = |x: f64| 0.5 * libm::erfc(x * std::f64::consts::FRAC_1_SQRT_2);
    let (mut low, mut high) = (-40.0, 40.0);
    // 64 halvings of a range of 80 leave nothing between neighbouring doubles.
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if exceeds(middle) > tail { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_tables() {
        for (tail, quantile) in
            [(0.5, 0.0), (0.025, 1.959963984540054), (1e-6, 4.753424308822899), (0.9, -1.2815515655446004)]
        {
            assert!((upper_quantile(tail) - quantile).abs() < 1e-12, "{tail}");
        }
        assert!((upper_quantile(share_of_tests(0.05, 1.0)) - 1.6448536269514722).abs() < 1e-12);
    }
}
