//! Ranks, and what is computed of them.

use crate::indicators::median::median;

/// Ranks from the smallest on, 1 for it; equal values share the mean of their ranks.
///
/// ```
/// use monazite::report::index_comparison::average_ranks;
/// assert_eq!(average_ranks(&[10.0, 30.0, 10.0, 20.0]), [1.5, 4.0, 1.5, 3.0]);
/// ```
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let same = order[start..].iter().take_while(|&&at| values[at] == values[order[start]]).count();
        let rank = start as f64 + 0.5 * (same as f64 + 1.0);
        order[start..start + same].iter().for_each(|&at| ranks[at] = rank);
        start += same;
    }
    ranks
}

/// Correlation of two lists of numbers; `None` if one of them does not vary.
pub(super) fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len() as f64;
    let mean = |of: &[f64]| of.iter().fold(0.0, |sum, x| sum + x) / n;
    let (ma, mb) = (mean(a), mean(b));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - ma, y - mb);
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    (aa > 0.0 && bb > 0.0).then(|| (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0))
}

/// Spearman's rank correlation, −1 to 1: the correlation of the [`average_ranks`]. `None` if one list does not vary, or has fewer than two
/// numbers. Both lists are equally long.
///
/// ```
/// use monazite::report::index_comparison::rank_correlation;
/// assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[1.0, 10.0, 100.0]), Some(1.0));
/// // Ranks 1, 2, 3 and 1.5, 1.5, 3: the covariance is 1.5, the variances 2 and 1.5.
/// let tied = rank_correlation(&[1.0, 2.0, 3.0], &[5.0, 5.0, 6.0]).unwrap();
/// assert!((tied - 1.5 / 3.0f64.sqrt()).abs() < 1e-15);
/// assert_eq!(rank_correlation(&[1.0, 2.0], &[5.0, 5.0]), None);
/// ```
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    correlation(&average_ranks(a), &average_ranks(b))
}

/// Area under the receiver operating characteristic of values for a flag: the chance that one that is flagged has the larger value of two, one with
/// and one without the flag; equal values count half. 0.5 is no better than chance. `None` if all or none are flagged.
///
/// ```
/// use monazite::report::index_comparison::area_under_curve;
/// // Of the four pairs 3 > 1, 3 > 2, 2 > 1 and 2 = 2.
/// assert_eq!(area_under_curve(&[1.0, 2.0, 2.0, 3.0], &[false, false, true, true]), Some(3.5 / 4.0));
/// assert_eq!(area_under_curve(&[1.0, 2.0], &[true, true]), None);
/// ```
pub fn area_under_curve(values: &[f64], flagged: &[bool]) -> Option<f64> {
    let with = flagged.iter().filter(|flag| **flag).count() as f64;
    let without = flagged.len() as f64 - with;
    let ranks = average_ranks(values);
    let sum = ranks.iter().zip(flagged).filter(|(_, flag)| **flag).fold(0.0, |sum, (rank, _)| sum + rank);
    (with > 0.0 && without > 0.0).then(|| (sum - 0.5 * with * (with + 1.0)) / (with * without))
}

/// Where each value stands among all, above 0 to 1: its average rank over their number.
pub(super) fn percentiles(values: &[f64]) -> Vec<f64> {
    average_ranks(values).into_iter().map(|rank| rank / values.len() as f64).collect()
}

/// The median; `None` without numbers.
pub(super) fn middle(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    median(&mut numbers.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_nothing_and_of_equals() {
        assert!(average_ranks(&[]).is_empty());
        assert_eq!(average_ranks(&[2.0, 2.0, 2.0]), [2.0, 2.0, 2.0]);
        assert_eq!(percentiles(&[5.0, 1.0, 5.0, 3.0]), [0.875, 0.25, 0.875, 0.5]);
        assert_eq!(rank_correlation(&[], &[]), None);
        assert_eq!(area_under_curve(&[], &[]), None);
    }

    #[test]
    fn the_order_of_the_pairs_does_not_matter() {
        let (a, b) = ([3.0, 1.0, 2.0, 2.0, 9.0], [1.0, 4.0, 4.0, 2.0, 7.0]);
        let turned = |of: [f64; 5]| [of[4], of[2], of[0], of[1], of[3]];
        let (one, other) =
            (rank_correlation(&a, &b).unwrap(), rank_correlation(&turned(a), &turned(b)).unwrap());
        assert!((one - other).abs() < 1e-15 && (rank_correlation(&b, &a).unwrap() - one).abs() < 1e-15);
    }
}
