//! Permutation over products: how large is the difference if other products are taken for treated?

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::regression::wild_bootstrap::below;

/// Rounding that does not make a difference smaller than the actual one.
const TIE: f64 = 1e-12;

/// A product of the comparison: the sum of the changes of its units, and how many it has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProductChange {
    /// Sum of the changes.
    pub sum: f64,
    /// Units: 1, or its importers.
    pub units: usize,
}

/// Mean change of some products minus that of all others, from their sums.
fn difference(treated: ProductChange, all: ProductChange) -> f64 {
    let others = (all.units - treated.units) as f64;
    treated.sum / treated.units as f64 - (all.sum - treated.sum) / others
}

fn added(a: ProductChange, b: &ProductChange) -> ProductChange {
    ProductChange { sum: a.sum + b.sum, units: a.units + b.units }
}

const NONE: ProductChange = ProductChange { sum: 0.0, units: 0 };

/// Mean change of the treated products minus that of all others; every unit counts once.
///
/// `treated` are positions in `changes`, not all of them and not none.
///
/// ```
/// use monazite::before_after::{ProductChange, difference_in_differences};
/// // Changes of the oracle F: .95 and 1.05 of the treated; .25, .3, .2 of the controls.
/// let changes = [0.95, 1.05, 0.25, 0.3, 0.2].map(|sum| ProductChange { sum, units: 1 });
/// assert!((difference_in_differences(&changes, &[0, 1]) - 0.75).abs() < 1e-12);
/// ```
pub fn difference_in_differences(changes: &[ProductChange], treated: &[usize]) -> f64 {
    let all = changes.iter().fold(NONE, added);
    difference(treated.iter().fold(NONE, |sum, &at| added(sum, &changes[at])), all)
}

/// Subsets of products that are taken for treated in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subsets {
    /// Positions, subset after subset.
    places: Vec<u32>,
    /// Products in each.
    size: usize,
    /// Whether these are all subsets of this size: the actual one is among them.
    pub are_all: bool,
}

impl Subsets {
    /// All subsets of `size` among `products`, if there are at most `most`; else so many, each drawn with equal probability. The same seed gives the same
    /// subsets.
    ///
    /// ```
    /// use monazite::before_after::Subsets;
    /// let all = Subsets::of(5, 2, 5000, 0);
    /// assert!(all.are_all && all.count() == 10);
    /// let drawn = Subsets::of(71, 3, 5000, 0);
    /// assert!(!drawn.are_all && drawn.count() == 5000);
    /// ```
    pub fn of(products: usize, size: usize, most: usize, seed: u64) -> Self {
        let are_all = binomial(products, size).is_some_and(|all| all <= most);
        let places = if are_all { all_subsets(products, size) } else { drawn(products, size, most, seed) };
        Self { places, size, are_all }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.places.len() / self.size.max(1)
    }

    /// The difference of each, in their order.
    pub fn differences(&self, changes: &[ProductChange]) -> Vec<f64> {
        let all = changes.iter().fold(NONE, added);
        let of = |subset: &[u32]| subset.iter().fold(NONE, |sum, &at| added(sum, &changes[at as usize]));
        self.places.chunks(self.size.max(1)).map(|subset| difference(of(subset), all)).collect()
    }

    /// Two-sided p of an actual difference among those of the subsets: the share that is at least as large in size, ties counted. Drawn subsets count the
    /// actual one as one more: (1 + number)/(1 + draws).
    pub fn p(&self, actual: f64, differences: &[f64]) -> f64 {
        let extreme = differences.iter().filter(|d| d.abs() >= actual.abs() - TIE).count() as f64;
        let count = differences.len() as f64;
        if self.are_all { extreme / count } else { (1.0 + extreme) / (1.0 + count) }
    }
}

/// n over k; `None` if it is beyond any number of draws.
fn binomial(n: usize, k: usize) -> Option<usize> {
    (0..k.min(n - k.min(n))).try_fold(1usize, |product, i| Some(product.checked_mul(n - i)? / (i + 1)))
}

/// In the order of the dictionary.
fn all_subsets(n: usize, k: usize) -> Vec<u32> {
    let mut now: Vec<u32> = (0..k as u32).collect();
    let mut places = Vec::new();
    loop {
        places.extend_from_slice(&now);
        let Some(at) = (0..k).rfind(|&i| (now[i] as usize) < n - k + i) else { return places };
        now[at] += 1;
        for i in at + 1..k {
            now[i] = now[i - 1] + 1;
        }
    }
}

/// The first places of a shuffle, draw after draw.
fn drawn(n: usize, k: usize, draws: usize, seed: u64) -> Vec<u32> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order: Vec<u32> = (0..n as u32).collect();
    let mut places = Vec::with_capacity(draws * k);
    for _ in 0..draws {
        for i in 0..k {
            let other = i + below(&mut random, n - i);
            order.swap(i, other);
        }
        places.extend_from_slice(&order[..k]);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(changes: &[f64]) -> Vec<ProductChange> {
        changes.iter().map(|&sum| ProductChange { sum, units: 1 }).collect()
    }

    #[test]
    fn all_subsets_of_five_in_pairs() {
        let all = Subsets::of(5, 2, 10, 1);
        assert_eq!(all.places[..6], [0, 1, 0, 2, 0, 3]);
        assert_eq!(all.places[18..], [3, 4]);
        assert_eq!([binomial(71, 3), binomial(5, 5), binomial(400, 200)], [Some(57_155), Some(1), None]);
        let changes = single(&[0.95, 1.05, 0.25, 0.3, 0.2]);
        let differences = all.differences(&changes);
        assert_eq!(all.p(differences[0], &differences), 0.1);
        assert_eq!(all.p(0.0, &differences), 1.0);
    }

    #[test]
    fn drawn_subsets_have_no_product_twice_and_all_are_as_likely() {
        let drawn = Subsets::of(20, 3, 1000, 7);
        assert!(!drawn.are_all, "1140 are more than 1000");
        let mut times = [0; 20];
        for subset in drawn.places.chunks(3) {
            assert!(subset[0] != subset[1] && subset[1] != subset[2] && subset[0] != subset[2]);
            subset.iter().for_each(|&at| times[at as usize] += 1);
        }
        // 150 on average; four standard deviations are 45.
        assert!(times.iter().all(|n| (105..195).contains(n)), "{times:?}");
        assert_eq!(drawn, Subsets::of(20, 3, 1000, 7));
        assert_ne!(drawn, Subsets::of(20, 3, 1000, 8));
    }

    #[test]
    fn the_draws_count_the_actual_subset_as_one_more() {
        let subsets = Subsets { places: vec![0, 1, 2, 3], size: 1, are_all: false };
        let differences = subsets.differences(&single(&[3.0, 0.0, 0.0, 0.0]));
        assert_eq!(differences, [3.0, -1.0, -1.0, -1.0]);
        assert_eq!(subsets.p(3.0, &differences), 2.0 / 5.0);
    }

    #[test]
    fn every_importer_of_a_product_counts_once() {
        let changes = [
            ProductChange { sum: 6.0, units: 2 },
            ProductChange { sum: 1.0, units: 1 },
            ProductChange { sum: 2.0, units: 3 },
        ];
        assert_eq!(difference_in_differences(&changes, &[0]), 3.0 - 0.75);
    }
}
