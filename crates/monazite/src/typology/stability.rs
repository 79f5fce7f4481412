//! How far a typology can be trusted: made again and again, with other seeds and from a bootstrap of the countries.

use std::sync::atomic::{AtomicU64, Ordering};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::agreement::adjusted_rand_index;
use super::assignment::{TieRule, assign};
use super::density_merging::{DensityMergingParameters, density_merging};
use super::rows::Rows;
use super::umap::{UmapParameters, umap_until};
use crate::progress::{Cancelled, Progress};
use crate::threads::within;

/// What a typology is made of, and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// The scaled features.
    pub rows: &'a Rows,
    /// Unit of every row.
    pub unit: &'a [usize],
    /// Calendar year of every row.
    pub year: &'a [u16],
    /// For every unit its cluster; `None` for units without a row.
    pub clusters: &'a [Option<u32>],
    /// Parameters of the map.
    pub umap: &'a UmapParameters,
    /// Parameters of the clusters.
    pub density_merging: &'a DensityMergingParameters,
    /// How units in two clusters are assigned.
    pub ties: TieRule,
}

/// One repetition.
#[derive(Debug, Clone, PartialEq)]
pub struct Repetition {
    /// Seed of draw and map.
    pub seed: u64,
    /// For every unit its cluster, in numbers of this repetition; `None` if it was not drawn.
    pub clusters: Vec<Option<u32>>,
    /// Number of clusters.
    pub count: usize,
    /// Share of the rows that are outliers.
    pub outliers: f64,
    /// Adjusted Rand index with the original, over the units drawn.
    pub agreement: Option<f64>,
}

/// How a typology fares when it is made again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stability {
    /// The repetitions that gave a map.
    pub repetitions: Vec<Repetition>,
    /// Repetitions in which too few rows were drawn for a map.
    pub failed: usize,
    /// For every unit the mean Jaccard index of its cluster and its original cluster, over the repetitions it was drawn in.
    pub of_unit: Vec<Option<f64>>,
    /// For every cluster from 0 on the mean, over repetitions, of the largest Jaccard index with any cluster.
    pub of_cluster: Vec<Option<f64>>,
}

impl Stability {
    /// Makes the typology again, a number of times.
    ///
    /// A repetition draws as many units as there are, with replacement. A unit that is drawn twice counts once: copies would be
    /// one another's nearest neighbours and tear the map. About 63 % of the units take part in each repetition.
    ///
    /// # Errors
    /// [`Cancelled`] if `progress` asks to stop.
    pub fn explore(
        original: &Original<'_>,
        repetitions: usize,
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let done = AtomicU64::new(1);
        let again = |repetition: usize| {
            // Seeds far apart, whatever the first one is.
            let own = seed.wrapping_add((repetition as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            progress.go_on()?;
            let made = original.again(own, progress);
            progress.advance_to(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok(made)
        };
        let made: Vec<Option<Repetition>> =
            within(|| (0..repetitions).into_par_iter().map(again).collect::<Result<_, Cancelled>>())?;
        // A map that was stopped looks like one that cannot be made.
        progress.go_on()?;
        let failed = made.iter().filter(|m| m.is_none()).count();
        let repetitions: Vec<Repetition> = made.into_iter().flatten().collect();
        let units = original.clusters.len();
        let mut of_unit = vec![Vec::new(); units];
        let count = original.clusters.iter().flatten().max().map_or(0, |c| *c as usize + 1);
        let mut of_cluster = vec![Vec::new(); count];
        for repetition in &repetitions {
            let table = Overlaps::of(original.clusters, &repetition.clusters);
            for unit in 0..units {
                if let (Some(own), Some(here)) = (original.clusters[unit], repetition.clusters[unit]) {
                    of_unit[unit].push(table.jaccard(own, here));
                }
            }
            for (cluster, values) in of_cluster.iter_mut().enumerate() {
                values.extend(table.best(cluster as u32));
            }
        }
        let means = |lists: Vec<Vec<f64>>| lists.iter().map(|list| mean(list)).collect();
        Ok(Self { failed, of_unit: means(of_unit), of_cluster: means(of_cluster), repetitions })
    }

    /// In how many repetitions two units were drawn, and in how many of these they were in one cluster (or both outliers).
    pub fn together(&self, a: usize, b: usize) -> Together {
        let mut together = Together::default();
        for repetition in &self.repetitions {
            if let (Some(x), Some(y)) = (repetition.clusters[a], repetition.clusters[b]) {
                together.drawn += 1;
                together.together += usize::from(x == y);
            }
        }
        together
    }

    /// The middle adjusted Rand index with the original; `None` without repetitions.
    pub fn median_agreement(&self) -> Option<f64> {
        let mut values: Vec<f64> = self.repetitions.iter().filter_map(|r| r.agreement).collect();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        (n > 0).then(|| 0.5 * (values[(n - 1) / 2] + values[n / 2]))
    }
}

/// How often two units met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Together {
    /// Repetitions in which both were drawn.
    pub drawn: usize,
    /// Those in which they were in one cluster.
    pub together: usize,
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().fold(0.0, |sum, v| sum + v) / values.len() as f64)
}

impl Original<'_> {
    fn again(&self, seed: u64, progress: &dyn Progress) -> Option<Repetition> {
        let units = self.clusters.len();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let present: Vec<usize> = (0..units).filter(|&u| self.clusters[u].is_some()).collect();
        let mut drawn = vec![false; units];
        for _ in 0..present.len() {
            let place = ((u128::from(random.next_u64()) * present.len() as u128) >> 64) as usize;
            drawn[present[place]] = true;
        }
        let rows: Vec<usize> = (0..self.unit.len()).filter(|&row| drawn[self.unit[row]]).collect();
        let parameters = UmapParameters { seed, ..*self.umap };
        let map = umap_until(&self.rows.permuted(&rows), &parameters, progress).ok()?;
        let found = density_merging(&map.points, self.density_merging).ok()?;
        let mut labels: Vec<Vec<(u16, u32)>> = vec![Vec::new(); units];
        for (&row, &label) in rows.iter().zip(&found.labels) {
            labels[self.unit[row]].push((self.year[row], label));
        }
        let clusters: Vec<Option<u32>> =
            labels.iter().map(|labels| assign(labels, self.ties).map(|a| a.cluster)).collect();
        let both: Vec<(u32, u32)> =
            clusters.iter().zip(self.clusters).filter_map(|(here, own)| Some(((*own)?, (*here)?))).collect();
        let (own, here): (Vec<u32>, Vec<u32>) = both.into_iter().unzip();
        Some(Repetition {
            seed,
            count: found.clusters,
            outliers: found.labels.iter().filter(|l| **l == 0).count() as f64 / rows.len() as f64,
            agreement: adjusted_rand_index(&own, &here),
            clusters,
        })
    }
}

/// How many units two partitions share, cluster by cluster, over the units that both have.
struct Overlaps {
    shared: Vec<Vec<usize>>,
    own: Vec<usize>,
    here: Vec<usize>,
}

impl Overlaps {
    fn of(own: &[Option<u32>], here: &[Option<u32>]) -> Self {
        let size = |labels: &[Option<u32>]| labels.iter().flatten().max().map_or(0, |m| *m as usize + 1);
        let (rows, columns) = (size(own), size(here));
        let mut table =
            Self { shared: vec![vec![0; columns]; rows], own: vec![0; rows], here: vec![0; columns] };
        for (a, b) in own.iter().zip(here) {
            if let (Some(a), Some(b)) = (a, b) {
                table.shared[*a as usize][*b as usize] += 1;
                table.own[*a as usize] += 1;
                table.here[*b as usize] += 1;
            }
        }
        table
    }

    /// Size of the intersection over size of the union.
    fn jaccard(&self, own: u32, here: u32) -> f64 {
        let (own, here) = (own as usize, here as usize);
        let shared = self.shared[own][here];
        shared as f64 / (self.own[own] + self.here[here] - shared) as f64
    }

    /// The largest Jaccard index of an original cluster; `None` if none of it was drawn.
    fn best(&self, own: u32) -> Option<f64> {
        if self.own.get(own as usize).copied().unwrap_or(0) == 0 {
            return None;
        }
        (0..self.here.len() as u32)
            .filter(|&here| self.here[here as usize] > 0)
            .map(|here| self.jaccard(own, here))
            .reduce(f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn overlaps_by_hand() {
        let own = [Some(1), Some(1), Some(1), Some(2), Some(2), None];
        let here = [Some(3), Some(3), Some(0), Some(0), None, Some(3)];
        let table = Overlaps::of(&own, &here);
        assert_eq!(table.jaccard(1, 3), 2.0 / 3.0);
        assert_eq!(table.jaccard(1, 0), 1.0 / 4.0);
        assert_eq!((table.best(1), table.best(2), table.best(0)), (Some(2.0 / 3.0), Some(0.5), None));
    }

    /// Three kinds of units, far apart, over some years.
    fn kinds() -> (Rows, Vec<usize>, Vec<u16>) {
        let (units, years) = (45usize, 6usize);
        let rows = Rows::from_fn(units * years, 4, |row, feature| {
            let unit = row / years;
            let noise =
                (row * (7 + 4 * feature) % 23) as f64 / 23.0 + (unit * (3 + feature) % 11) as f64 / 11.0;
            10.0 * f64::from(u8::from(unit % 3 == feature)) + noise
        });
        let unit = (0..units * years).map(|row| row / years).collect();
        let year = (0..units * years).map(|row| 2010 + (row % years) as u16).collect();
        (rows, unit, year)
    }

    #[test]
    fn what_is_clear_comes_out_again_and_the_same_on_any_number_of_threads() {
        let (rows, unit, year) = kinds();
        let clusters: Vec<Option<u32>> = (0..45).map(|u| Some(u % 3 + 1)).collect();
        let original = Original {
            rows: &rows,
            unit: &unit,
            year: &year,
            clusters: &clusters,
            umap: &UmapParameters { neighbours: 20, epochs: Some(200), ..UmapParameters::default() },
            density_merging: &DensityMergingParameters::default(),
            ties: TieRule::default(),
        };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Stability::explore(&original, 4, 9, &Silent).unwrap())
        };
        let stability = on(1);
        assert_eq!(stability, on(2));
        assert_eq!((stability.repetitions.len(), stability.failed), (4, 0));
        assert!(stability.median_agreement().unwrap() > 0.95, "{:?}", stability.median_agreement());
        assert!(stability.of_unit.iter().flatten().all(|s| *s > 0.8));
        assert_eq!(stability.of_cluster[0], None, "there are no outliers");
        let pair = stability.together(0, 3);
        assert_eq!(pair.drawn, pair.together);
        assert_eq!(stability.together(0, 1).together, 0);
        let drawn = stability.repetitions[0].clusters.iter().flatten().count();
        assert!((20..40).contains(&drawn), "{drawn} of 45 drawn");
    }

    #[test]
    fn too_few_rows_are_a_failed_repetition() {
        let (rows, unit, year) = kinds();
        let clusters: Vec<Option<u32>> = (0..45).map(|u| Some(u % 3 + 1)).collect();
        let original = Original {
            rows: &rows,
            unit: &unit,
            year: &year,
            clusters: &clusters,
            umap: &UmapParameters { neighbours: 265, ..UmapParameters::default() },
            density_merging: &DensityMergingParameters::default(),
            ties: TieRule::default(),
        };
        let stability = Stability::explore(&original, 2, 1, &Silent).unwrap();
        assert_eq!((stability.failed, stability.median_agreement()), (2, None));
    }
}
