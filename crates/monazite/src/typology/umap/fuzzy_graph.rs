//! From neighbours to a graph whose edges say how surely two rows belong together.

use rayon::prelude::*;

use super::neighbours::Neighbours;
use crate::threads::within;

/// Halvings of the search for the scale of a row.
const HALVINGS: usize = 64;
/// How close the sum of memberships has to come to log2(k).
const TOLERANCE: f64 = 1e-5;
/// The scale of a row is at least this share of the mean distance to its neighbours.
const LEAST_SCALE: f64 = 1e-3;

/// The scale around one row: membership of a neighbour at distance d is exp(-max(0, d - ρ)/σ).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Membership {
    /// ρ: distance up to which neighbours are connected for sure.
    pub sure: f64,
    /// σ: chosen so that the memberships of the k neighbours add up to log2(k).
    pub scale: f64,
}

impl Membership {
    /// Finds ρ and σ of a row from the distances to its neighbours, nearest first and itself left out.
    ///
    /// `mean_of_all` is the mean distance over all rows; it bounds σ from below where all neighbours of the row are the same as
    /// the row.
    pub fn fit(distances: &[f64], local_connectivity: f64, mean_of_all: f64) -> Self {
        let target = libm::log2(distances.len() as f64 + 1.0);
        let sure = sure_distance(distances, local_connectivity);
        let (mut low, mut high, mut scale) = (0.0, f64::INFINITY, 1.0);
        for _ in 0..HALVINGS {
            let sum = distances.iter().fold(0.0, |sum, d| sum + strength(*d, sure, scale));
            if (sum - target).abs() < TOLERANCE {
                break;
            }
            if sum > target {
                high = scale;
                scale = 0.5 * (low + high);
            } else {
                low = scale;
                scale = if high == f64::INFINITY { scale * 2.0 } else { 0.5 * (low + high) };
            }
        }
        // The row itself counts among the neighbours of the mean, at distance zero.
        let mean = distances.iter().fold(0.0, |sum, d| sum + d) / (distances.len() as f64 + 1.0);
        let least = LEAST_SCALE * if sure > 0.0 { mean } else { mean_of_all };
        Self { sure, scale: scale.max(least) }
    }

    /// Membership of a neighbour at a distance, in \[0, 1\].
    pub fn strength(&self, distance: f64) -> f64 {
        strength(distance, self.sure, self.scale)
    }
}

fn strength(distance: f64, sure: f64, scale: f64) -> f64 {
    let beyond = distance - sure;
    if beyond <= 0.0 || scale == 0.0 { 1.0 } else { libm::exp(-beyond / scale) }
}

/// Distance to the nearest neighbour that is not the same; between two of them if the connectivity is not whole.
fn sure_distance(distances: &[f64], local_connectivity: f64) -> f64 {
    let first = distances.partition_point(|d| *d <= 0.0);
    let apart = &distances[first..];
    let whole = local_connectivity.floor() as usize;
    let part = local_connectivity - whole as f64;
    match (apart.len(), whole) {
        (0, _) => 0.0,
        (count, whole) if count < whole || (count == whole && part > 0.0) => apart[count - 1],
        (_, 0) => part * apart[0],
        (_, whole) if part > 1e-5 => apart[whole - 1] + part * (apart[whole] - apart[whole - 1]),
        (_, whole) => apart[whole - 1],
    }
}

/// A symmetric graph: for every row its edges, ordered by the row they lead to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FuzzyGraph {
    /// For every row where its edges begin, and the end of the last one.
    pub offsets: Vec<usize>,
    /// Rows that edges lead to.
    pub targets: Vec<u32>,
    /// Strengths in (0, 1\].
    pub weights: Vec<f64>,
}

impl FuzzyGraph {
    /// The graph of all memberships: an edge between i and j has the strength m(a + b - ab) + (1 - m)ab, a and b being their
    /// memberships in each other's neighbourhood and m the mix of union and intersection.
    pub fn of(neighbours: &Neighbours, local_connectivity: f64, set_op_mix_ratio: f64) -> Self {
        within(|| Self::of_in_pool(neighbours, local_connectivity, set_op_mix_ratio))
    }

    fn of_in_pool(neighbours: &Neighbours, local_connectivity: f64, set_op_mix_ratio: f64) -> Self {
        let n = neighbours.distances.len() / neighbours.count;
        let mean_of_all =
            neighbours.distances.iter().fold(0.0, |sum, d| sum + d) / neighbours.distances.len() as f64;
        let directed: Vec<Vec<(u32, f64)>> = (0..n)
            .into_par_iter()
            .map(|row| {
                let distances = neighbours.distances_of(row);
                let membership = Membership::fit(distances, local_connectivity, mean_of_all);
                let mut edges: Vec<(u32, f64)> = neighbours
                    .of(row)
                    .iter()
                    .zip(distances)
                    .map(|(&to, &distance)| (to, membership.strength(distance)))
                    .collect();
                edges.sort_unstable_by_key(|e| e.0);
                edges
            })
            .collect();
        let mut reversed: Vec<Vec<(u32, f64)>> = vec![Vec::new(); n];
        for (from, edges) in directed.iter().enumerate() {
            for &(to, strength) in edges {
                reversed[to as usize].push((from as u32, strength));
            }
        }
        let mut graph = Self { offsets: vec![0], ..Self::default() };
        for (out, back) in directed.iter().zip(&reversed) {
            let (mut at, mut behind) = (0, 0);
            while at < out.len() || behind < back.len() {
                let next = |list: &[(u32, f64)], place: usize| list.get(place).map_or(u32::MAX, |e| e.0);
                let to = next(out, at).min(next(back, behind));
                let mut strengths = [0.0; 2];
                if next(out, at) == to {
                    strengths[0] = out[at].1;
                    at += 1;
                }
                if next(back, behind) == to {
                    strengths[1] = back[behind].1;
                    behind += 1;
                }
                let both = strengths[0] * strengths[1];
                let either = strengths[0] + strengths[1] - both;
                let weight = set_op_mix_ratio * either + (1.0 - set_op_mix_ratio) * both;
                if weight > 0.0 {
                    graph.targets.push(to);
                    graph.weights.push(weight.min(1.0));
                }
            }
            graph.offsets.push(graph.targets.len());
        }
        graph
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The edges of a row: where they lead and how strong they are.
    pub fn edges(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.offsets[row]..self.offsets[row + 1];
        self.targets[range.clone()].iter().map(|t| *t as usize).zip(self.weights[range].iter().copied())
    }

    /// For every row the piece of the graph it belongs to, numbered by their first row.
    pub fn components(&self) -> Vec<usize> {
        let mut component = vec![usize::MAX; self.len()];
        let mut count = 0;
        for start in 0..self.len() {
            if component[start] != usize::MAX {
                continue;
            }
            component[start] = count;
            let mut reached = vec![start];
            while let Some(row) = reached.pop() {
                for (to, _) in self.edges(row) {
                    if component[to] == usize::MAX {
                        component[to] = count;
                        reached.push(to);
                    }
                }
            }
            count += 1;
        }
        component
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typology::rows::Rows;
    use crate::typology::umap::neighbours::Metric;

    #[test]
    fn three_rows_on_a_line_by_hand() {
        // Rows at 0, 1 and 3: each has two neighbours, the nearer one for sure. Memberships add up to log2(3), so that of the farther one
        // is log2(3) - 1, whatever its distance.
        let rows = Rows::new(1, vec![0.0, 1.0, 3.0]);
        let neighbours = Neighbours::exact(&rows, 3, Metric::Euclidean);
        let far = 0.584_962_5;
        let of_first = Membership::fit(neighbours.distances_of(0), 1.0, 1.0);
        assert_eq!((of_first.sure, of_first.strength(1.0)), (1.0, 1.0));
        assert!((of_first.strength(3.0) - far).abs() < 1e-4);
        // exp(-(3 - 1)/sigma) = 0.585: sigma = 2 / 0.5362.
        assert!((of_first.scale - 3.73).abs() < 5e-3, "{}", of_first.scale);

        let edges = |mix: f64| {
            let graph = FuzzyGraph::of(&neighbours, 1.0, mix);
            let strength = |from: usize, to: usize| graph.edges(from).find(|e| e.0 == to).unwrap().1;
            [strength(0, 1), strength(0, 2), strength(1, 2)]
        };
        // First and second are each other's nearest; first and third each other's farther one; the second is nearest to the third,
        // the third the farther one of the second.
        for (mix, expected) in [
            (1.0, [1.0, 2.0 * far - far * far, 1.0]),
            (0.0, [1.0, far * far, far]),
            (0.5, [1.0, far, 0.5 + 0.5 * far]),
        ] {
            for (found, expected) in edges(mix).iter().zip(expected) {
                assert!((found - expected).abs() < 1e-4, "{mix}: {found} is not {expected}");
            }
        }
        assert!((edges(1.0)[1] - 0.8277).abs() < 1e-4);
    }

    #[test]
    fn pieces_are_numbered_by_their_first_row() {
        // 0 - 2 and 1 - 3.
        let graph =
            FuzzyGraph { offsets: vec![0, 1, 2, 3, 4], targets: vec![2, 3, 0, 1], weights: vec![0.5; 4] };
        assert_eq!(graph.components(), [0, 1, 0, 1]);
        assert_eq!(graph.edges(3).collect::<Vec<_>>(), [(1, 0.5)]);
    }
}
