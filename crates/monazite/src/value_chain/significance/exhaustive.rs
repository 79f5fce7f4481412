//! The exhaustive null: a link's correlation among the correlations of the same input with all other outputs.

use super::PairTest;

/// Moments of the correlations of one input with all outputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowMoments {
    /// Number of outputs with a correlation.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Sum of squared deviations from the mean.
    pub squares: f64,
}

/// A null that spreads less than this has no spread but rounding.
pub(super) const SPREADS: f64 = 1e-10;

/// The null of one link: the other correlations of its row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LinkNull {
    pub mean: f64,
    pub sd: f64,
    pub z: Option<f64>,
}

impl RowMoments {
    /// Moments of some correlations; `None` if there are none.
    pub fn of(correlations: &[f64]) -> Option<Self> {
        if correlations.is_empty() {
            return None;
        }
        let mean = correlations.iter().sum::<f64>() / correlations.len() as f64;
        let squares = correlations.iter().map(|r| (r - mean) * (r - mean)).sum();
        Some(Self { count: correlations.len(), mean, squares })
    }

    /// Mean and standard deviation (n - 1) of all correlations but this one, and its distance from them; `None` if
    /// fewer than two are left.
    pub(super) fn without(&self, rho: f64) -> Option<LinkNull> {
        if self.count < 3 {
            return None;
        }
        let n = self.count as f64;
        let distance = rho - self.mean;
        let mean = self.mean - distance / (n - 1.0);
        let squares = self.squares - distance * distance * n / (n - 1.0);
        let sd = (squares.max(0.0) / (n - 2.0)).sqrt();
        let z = (sd > SPREADS).then(|| (rho - mean) / sd);
        Some(LinkNull { mean, sd, z })
    }

    /// The smallest correlation whose Z is at least `z`: Z is an increasing function of the correlation.
    pub(super) fn correlation_at(&self, z: f64) -> f64 {
        let n = self.count as f64;
        let a = n / (n - 1.0);
        let distance = (self.squares / (n - 2.0) / (a * a + a * z * z / (n - 2.0))).sqrt();
        self.mean + z * distance
    }
}

/// Tests one link against its row. `descending` holds all correlations of the input, the largest first, that of the
/// link among them.
pub(super) fn test(moments: &RowMoments, descending: &[f64], rho: f64) -> PairTest {
    let others = moments.count - 1;
    let at_least = descending.partition_point(|&r| r >= rho) - 1;
    let null = moments.without(rho);
    PairTest {
        rho,
        null_mean: null.map(|n| n.mean),
        null_sd: null.map(|n| n.sd),
        z: null.and_then(|n| n.z),
        p: (1 + at_least) as f64 / (1 + others) as f64,
        null_size: others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_one_out_is_the_plain_computation_on_the_rest() {
        let all = [0.3, -0.2, 0.9, 0.1, 0.05, -0.6];
        let moments = RowMoments::of(&all).unwrap();
        for (left, &rho) in all.iter().enumerate() {
            let rest: Vec<f64> =
                all.iter().enumerate().filter(|(n, _)| *n != left).map(|(_, r)| *r).collect();
            let mean = rest.iter().sum::<f64>() / 5.0;
            let sd = (rest.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / 4.0).sqrt();
            let null = moments.without(rho).unwrap();
            assert!((null.mean - mean).abs() < 1e-14 && (null.sd - sd).abs() < 1e-14);
            let z = null.z.unwrap();
            assert!((moments.correlation_at(z) - rho).abs() < 1e-12, "the threshold is the inverse of Z");
        }
    }

    #[test]
    fn a_null_without_spread_or_size_has_no_z() {
        assert_eq!(RowMoments::of(&[]), None);
        assert_eq!(RowMoments::of(&[0.1, 0.2]).unwrap().without(0.1), None);
        assert_eq!(RowMoments::of(&[0.5, 0.2, 0.2, 0.2]).unwrap().without(0.5).unwrap().z, None);
    }
}
