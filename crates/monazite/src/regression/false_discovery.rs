//! False discovery rate over a family of tests.

/// q-values of Benjamini and Hochberg (1995), in the order of the p-values.
///
/// What it answers: if everything with a q up to this one were called an effect, what share of the calls would be expected to be
/// false? q of the i-th smallest of m p-values is the smallest m p_(j)/j over all j ≥ i, at most 1. Valid for
/// independent or positively related tests.
///
/// ```
/// use monazite::regression::false_discovery_rates;
/// assert_eq!(false_discovery_rates(&[0.04, 0.01]), vec![0.04, 0.02]);
/// ```
pub fn false_discovery_rates(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut q = vec![0.0; p.len()];
    let mut smallest: f64 = 1.0;
    for (rank, &at) in order.iter().enumerate().rev() {
        smallest = smallest.min(p[at] * p.len() as f64 / (rank + 1) as f64);
        q[at] = smallest;
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle() {
        let p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
        let expected = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.105714286, 0.216, 0.216, 0.216];
        for (ours, expected) in false_discovery_rates(&p).iter().zip(expected) {
            assert!((ours - expected).abs() < 1e-9, "{ours} {expected}");
        }
        assert!(false_discovery_rates(&[]).is_empty());
    }
}
