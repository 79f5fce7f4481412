//! Proximity of products: how often who exports one exports the other.

use std::ops::Range;

use multiversion::multiversion;
use rayon::prelude::*;

use super::advantage::Advantage;

/// Two products that are near to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProximityPair {
    /// Position of the first product.
    pub first: usize,
    /// Position of the second, which comes later.
    pub second: usize,
    /// Countries that export both with advantage.
    pub shared: u32,
    /// φ of the two.
    pub proximity: f64,
}

/// φ of two products: the countries that export both with comparative advantage, over those of the more common one. From 0 to 1; φ of a product with itself is 1.
///
/// Formula: φ_pq = n_pq/max(k_p, k_q), the smaller of the two conditional probabilities. 0 if nobody exports either.
///
/// Reference: Hidalgo, Klinger, Barabási and Hausmann (2007).
///
/// ```
/// use monazite::complexity::{Advantage, proximity};
/// let m = Advantage::from_rows(&["110", "110", "101"]);
/// assert_eq!([proximity(&m, 0, 1), proximity(&m, 1, 2), proximity(&m, 2, 2)], [2.0 / 3.0, 0.0, 1.0]);
/// ```
pub fn proximity(m: &Advantage, first: usize, second: usize) -> f64 {
    let (a, b) = (m.exporters(first), m.exporters(second));
    let shared = a.iter().filter(|c| b.binary_search(c).is_ok()).count();
    over_larger(shared as u32, a.len(), b.len())
}

fn over_larger(shared: u32, a: usize, b: usize) -> f64 {
    let larger = a.max(b);
    if larger == 0 { 0.0 } else { f64::from(shared) / larger as f64 }
}

/// φ of every pair of products, row by row, without holding them all: `each` gets the position of a product and its row.
///
/// ```
/// use monazite::complexity::{Advantage, proximities};
/// let m = Advantage::from_rows(&["110", "110", "101"]);
/// let mut rows = Vec::new();
/// proximities(&m, |_, row| rows.push(row.to_vec()));
/// assert_eq!(rows[0], [1.0, 2.0 / 3.0, 1.0 / 3.0]);
/// ```
pub fn proximities(m: &Advantage, mut each: impl FnMut(usize, &[f64])) {
    let (bits, words) = m.bits();
    let mut shared = vec![0u32; m.products()];
    let ubiquity: Vec<f64> = (0..m.products()).map(|p| m.ubiquity(p) as f64).collect();
    let mut row = vec![0.0; m.products()];
    for p in 0..m.products() {
        count_shared(&bits, words, p, 0, &mut shared);
        // A product of nobody shares no exporter with any: 0, whatever it is divided by.
        let of = ubiquity[p].max(1.0);
        for ((phi, &n), &other) in row.iter_mut().zip(&shared).zip(&ubiquity) {
            *phi = f64::from(n) / if other > of { other } else { of };
        }
        each(p, &row);
    }
}

/// The pairs of different products with a proximity of at least `least`, by first and then second product.
///
/// ```
/// use monazite::complexity::{Advantage, near_pairs};
/// let pairs = near_pairs(&Advantage::from_rows(&["110", "110", "101"]), 0.5);
/// assert_eq!((pairs.len(), pairs[0].first, pairs[0].second, pairs[0].shared), (1, 0, 1, 2));
/// ```
pub fn near_pairs(m: &Advantage, least: f64) -> Vec<ProximityPair> {
    near_pairs_of(m, least, 0..m.products())
}

/// As [`near_pairs`], those whose first product is one of some.
pub fn near_pairs_of(m: &Advantage, least: f64, firsts: Range<usize>) -> Vec<ProximityPair> {
    let (bits, words) = m.bits();
    let products = m.products();
    let of_first = |first: usize| {
        let mut shared = vec![0u32; products - first - 1];
        count_shared(&bits, words, first, first + 1, &mut shared);
        let later = shared.into_iter().enumerate().map(move |(at, shared)| {
            let second = first + 1 + at;
            let proximity = over_larger(shared, m.ubiquity(first), m.ubiquity(second));
            ProximityPair { first, second, shared, proximity }
        });
        later.filter(|pair| pair.proximity >= least).collect::<Vec<_>>()
    };
    firsts.into_par_iter().flat_map_iter(of_first).collect()
}

/// Countries that a product has in common with each product from `from` on.
#[multiversion(targets("x86_64+avx2+popcnt", "x86_64+popcnt"))]
fn count_shared(bits: &[u64], words: usize, of: usize, from: usize, shared: &mut [u32]) {
    let own = &bits[of * words..(of + 1) * words];
    let others = &bits[from * words..];
    // Up to 256 countries the words of a product are counted without a loop.
    match words {
        1 => count::<1>(own, others, shared),
        2 => count::<2>(own, others, shared),
        3 => count::<3>(own, others, shared),
        4 => count::<4>(own, others, shared),
        _ => {
            for (count, other) in shared.iter_mut().zip(others.chunks_exact(words)) {
                *count = own.iter().zip(other).map(|(a, b)| (a & b).count_ones()).sum();
            }
        }
    }
}

/// In line, so that it takes the instructions of its caller.
#[inline(always)]
fn count<const WORDS: usize>(own: &[u64], others: &[u64], shared: &mut [u32]) {
    let (others, _) = others.as_chunks::<WORDS>();
    for (count, other) in shared.iter_mut().zip(others) {
        let mut bits = 0;
        for word in 0..WORDS {
            bits += (own[word] & other[word]).count_ones();
        }
        *count = bits;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_lists_count_the_same() {
        // One to five words.
        for countries in [40, 100, 150, 250, 300] {
            counted_twice(countries);
        }
    }

    fn counted_twice(countries: u16) {
        let m = Advantage::new(
            usize::from(countries),
            (1..40u16).map(|p| (0..countries).filter(move |c| c * p % 7 < 1 + p % 5)),
        );
        let pairs = near_pairs(&m, 0.0);
        assert_eq!(pairs.len(), 39 * 38 / 2);
        for pair in &pairs {
            assert_eq!(pair.proximity, proximity(&m, pair.first, pair.second));
        }
        assert!(pairs.is_sorted_by_key(|pair| (pair.first, pair.second)));
        proximities(&m, |p, row| {
            for (q, phi) in row.iter().enumerate() {
                assert_eq!(*phi, proximity(&m, p, q));
            }
        });
        let near = near_pairs(&m, 0.55);
        assert!(!near.is_empty() && near.len() < pairs.len());
        assert_eq!(near, pairs.iter().filter(|pair| pair.proximity >= 0.55).copied().collect::<Vec<_>>());
    }
}
