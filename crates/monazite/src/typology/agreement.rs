//! How far two partitions of the same things agree.

use std::collections::BTreeMap;

/// Adjusted Rand index of two partitions: 1 if they are the same, 0 on average for partitions at random, below that if they agree
/// less than chance. `None` for fewer than two things, or if both partitions are trivial in different ways so that the index is
/// 0/0.
///
/// # References
/// Hubert and Arabie, *Comparing partitions*, Journal of Classification 2, 1985.
///
/// # Panics
/// If the partitions are not of equal length.
///
/// ```
/// use monazite::typology::agreement::adjusted_rand_index;
/// assert_eq!(adjusted_rand_index(&[1, 1, 2, 2], &[7, 7, 0, 0]), Some(1.0));
/// assert!(adjusted_rand_index(&[1, 1, 2, 2], &[1, 2, 1, 2]).unwrap() < 0.0);
/// ```
pub fn adjusted_rand_index(a: &[u32], b: &[u32]) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "two partitions of the same things");
    if a.len() < 2 {
        return None;
    }
    let pairs = |count: u64| (count * (count - 1) / 2) as f64;
    let mut both: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    let (mut left, mut right): (BTreeMap<u32, u64>, BTreeMap<u32, u64>) = Default::default();
    for (&x, &y) in a.iter().zip(b) {
        *both.entry((x, y)).or_default() += 1;
        *left.entry(x).or_default() += 1;
        *right.entry(y).or_default() += 1;
    }
    let sum = |counts: &mut dyn Iterator<Item = &u64>| counts.fold(0.0, |sum, &count| sum + pairs(count));
    let together = sum(&mut both.values());
    let (in_left, in_right) = (sum(&mut left.values()), sum(&mut right.values()));
    let by_chance = in_left * in_right / pairs(a.len() as u64);
    let most = 0.5 * (in_left + in_right);
    if most == by_chance {
        // Everything in one part, or everything apart, in both.
        return (left.len() == right.len()).then_some(1.0);
    }
    Some((together - by_chance) / (most - by_chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_scikit_learn() {
        // sklearn.metrics.adjusted_rand_score
        let cases: [(&[u32], &[u32], f64); 3] = [
            (&[0, 0, 1, 1], &[0, 0, 1, 2], 0.5714285714285714),
            (&[0, 0, 0, 1, 1, 1], &[0, 0, 1, 1, 2, 2], 0.24242424242424243),
            (&[0, 1, 2, 0, 3, 4, 5, 1], &[1, 1, 0, 0, 2, 2, 2, 2], -0.12903225806451613),
        ];
        for (a, b, expected) in cases {
            assert!((adjusted_rand_index(a, b).unwrap() - expected).abs() < 1e-15, "{a:?} {b:?}");
        }
    }

    #[test]
    fn trivial_partitions() {
        assert_eq!(adjusted_rand_index(&[1, 1, 1], &[2, 2, 2]), Some(1.0));
        assert_eq!(adjusted_rand_index(&[1, 2, 3], &[3, 1, 2]), Some(1.0));
        assert_eq!(adjusted_rand_index(&[1, 1, 1], &[1, 2, 3]), Some(0.0));
        assert_eq!(adjusted_rand_index(&[1], &[1]), None);
    }
}
