//! The false discovery rate.

/// Adjusted p-values (q) of Benjamini and Hochberg: the smallest false discovery rate at which each test is
/// still called significant.
///
/// `q_(k) = min over m >= k of min(1, n p_(m) / m)` for the k-th smallest of n p-values. In the order of `p`; in
/// [p, 1]. Empty for no tests.
///
/// Y. Benjamini, Y. Hochberg, Controlling the false discovery rate, J. R. Stat. Soc. B 57 (1995).
///
/// ```
/// use monazite::value_chain::significance::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.02, 0.01, 0.9]), [0.03, 0.03, 0.9]);
/// ```
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut q = vec![1.0; p.len()];
    let mut smallest = 1.0f64;
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
    fn the_published_example() {
        let p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
        let expected = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.105714285714, 0.216, 0.216, 0.216];
        for (q, e) in benjamini_hochberg(&p).iter().zip(expected) {
            assert!((q - e).abs() < 1e-12, "{q} {e}");
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
