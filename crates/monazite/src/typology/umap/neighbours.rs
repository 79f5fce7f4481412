//! Exact nearest neighbours.

use crate::threads::within;
use rayon::prelude::*;

use crate::typology::rows::Rows;

/// Distance between rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metric {
    /// Root of the sum of squared differences (default).
    #[default]
    Euclidean,
    /// Sum of absolute differences.
    Manhattan,
}

/// The nearest neighbours of every row, itself first.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    /// Neighbours of a row, itself counted.
    pub count: usize,
    /// `count` rows for each row, nearest first; of equally near ones the one that comes first.
    pub rows: Vec<u32>,
    /// Their distances.
    pub distances: Vec<f64>,
}

/// Rows whose neighbours are sought together, so that the table is read from memory once for all of them.
const TOGETHER: usize = 16;
const LANES: usize = 4;

/// Sums of four lanes side by side, added up in a fixed order: fast, and the same on every machine.
#[inline]
fn sum_of(a: &[f64], b: &[f64], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let (chunks_a, chunks_b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let (rest_a, rest_b) = (chunks_a.remainder(), chunks_b.remainder());
    for (x, y) in chunks_a.zip(chunks_b) {
        for lane in 0..LANES {
            lanes[lane] += term(x[lane], y[lane]);
        }
    }
    let mut sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for (x, y) in rest_a.iter().zip(rest_b) {
        sum += term(*x, *y);
    }
    sum
}

impl Metric {
    /// Something that grows with the distance and is cheaper.
    #[inline]
    fn rank(self, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Self::Euclidean => sum_of(a, b, |x, y| (x - y) * (x - y)),
            Self::Manhattan => sum_of(a, b, |x, y| (x - y).abs()),
        }
    }

    fn distance(self, rank: f64) -> f64 {
        match self {
            Self::Euclidean => rank.sqrt(),
            Self::Manhattan => rank,
        }
    }
}

impl Neighbours {
    /// Compares every row with every other one: exact, and quick enough for some ten thousand rows.
    ///
    /// # Panics
    /// If there are fewer rows than neighbours.
    pub fn exact(rows: &Rows, count: usize, metric: Metric) -> Self {
        let n = rows.len();
        assert!(count <= n, "{count} neighbours among {n} rows");
        within(|| Self::exact_in_pool(rows, count, metric))
    }

    fn exact_in_pool(rows: &Rows, count: usize, metric: Metric) -> Self {
        let n = rows.len();
        let mut found = Self { count, rows: vec![0; n * count], distances: vec![0.0; n * count] };
        found
            .rows
            .par_chunks_mut(TOGETHER * count)
            .zip(found.distances.par_chunks_mut(TOGETHER * count))
            .enumerate()
            .for_each(|(block, (nearest, ranks))| {
                let first = block * TOGETHER;
                let together = nearest.len() / count;
                let mut held = [0usize; TOGETHER];
                for other in 0..n {
                    for at in 0..together {
                        let rank = metric.rank(rows.row(first + at), rows.row(other));
                        let range = at * count..(at + 1) * count;
                        // Itself comes first, even before rows that are the same.
                        let rank = if other == first + at { -1.0 } else { rank };
                        insert(
                            &mut nearest[range.clone()],
                            &mut ranks[range],
                            &mut held[at],
                            other as u32,
                            rank,
                        );
                    }
                }
                for rank in ranks {
                    *rank = metric.distance(rank.max(0.0));
                }
            });
        found
    }

    /// The same for rows in another order: row n is from now on `names[n]`.
    pub(super) fn renamed(&self, names: &[usize]) -> Self {
        let mut renamed = self.clone();
        for (row, &name) in names.iter().enumerate() {
            let (from, to) = (row * self.count, name * self.count);
            for place in 0..self.count {
                renamed.rows[to + place] = names[self.rows[from + place] as usize] as u32;
                renamed.distances[to + place] = self.distances[from + place];
            }
        }
        renamed
    }

    /// The neighbours of a row, nearest first, itself left out.
    pub fn of(&self, row: usize) -> &[u32] {
        &self.rows[row * self.count + 1..(row + 1) * self.count]
    }

    /// Distances to [`Neighbours::of`].
    pub fn distances_of(&self, row: usize) -> &[f64] {
        &self.distances[row * self.count + 1..(row + 1) * self.count]
    }
}

/// Puts a row in its place among the nearest so far, unless it is too far. Rows come in order, so that of equally near
/// ones the first stays before the later.
#[inline]
fn insert(nearest: &mut [u32], ranks: &mut [f64], held: &mut usize, row: u32, rank: f64) {
    if *held == ranks.len() {
        if rank >= ranks[*held - 1] {
            return;
        }
    } else {
        *held += 1;
    }
    let mut at = *held - 1;
    while at > 0 && ranks[at - 1] > rank {
        ranks[at] = ranks[at - 1];
        nearest[at] = nearest[at - 1];
        at -= 1;
    }
    ranks[at] = rank;
    nearest[at] = row;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_by_hand() {
        // From (0, 0): 1 to (0, 1), 5 to (3, 4) by the root of squares, 7 by steps along the axes.
        let rows = Rows::new(2, vec![0.0, 0.0, 3.0, 4.0, 0.0, 1.0]);
        let found = Neighbours::exact(&rows, 3, Metric::Euclidean);
        assert_eq!((found.of(0), found.distances_of(0)), ([2, 1].as_slice(), [1.0, 5.0].as_slice()));
        assert_eq!(found.of(1), [2, 0]);
        assert!((found.distances_of(1)[0] - 4.242_640_687).abs() < 1e-9, "the root of 18");
        let found = Neighbours::exact(&rows, 3, Metric::Manhattan);
        assert_eq!(found.distances_of(0), [1.0, 7.0]);
        assert_eq!(found.distances_of(1), [6.0, 7.0]);
    }

    #[test]
    fn features_beyond_the_lanes_count_too() {
        // Six features: 1 + 4 + 9 + 16 + 25 + 9 = 64, and 1 + 2 + 3 + 4 + 5 + 3 = 18.
        let (a, b) = ([0.0; 6], [1.0, -2.0, 3.0, -4.0, 5.0, -3.0]);
        assert_eq!([Metric::Euclidean, Metric::Manhattan].map(|m| m.distance(m.rank(&a, &b))), [8.0, 18.0]);
    }
}
