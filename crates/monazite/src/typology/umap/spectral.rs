//! Leading eigenvectors of the normalised graph, by Lanczos iteration.
//!
//! Own code because the start has to be the same on every machine: libraries that choose fused multiply-add at run time
//! round differently from one processor to the next, and the layout would amplify that.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::fuzzy_graph::FuzzyGraph;
use super::uniform::uniform;
use crate::eigen::{Eigen, dot, identity, tridiagonal_eigen};

/// Steps after which the start is taken as it is.
const MOST_STEPS: usize = 300;
/// Steps between two looks at whether the vectors are found.
const LOOK_EVERY: usize = 20;
/// Length of S v - λ v at which a vector of length 1 counts as found.
const TOLERANCE: f64 = 1e-4;

/// The second and third eigenvector of S = D^(-1/2) W D^(-1/2), W being the edges of a connected graph and D the sums of
/// its rows; the first one is D^(1/2) 1 and says nothing.
pub(super) fn leading_vectors(graph: &FuzzyGraph, random: &mut Xoshiro256PlusPlus) -> Vec<[f64; 2]> {
    let n = graph.len();
    let degree: Vec<f64> = (0..n).map(|row| graph.edges(row).fold(0.0, |sum, (_, w)| sum + w)).collect();
    let root: Vec<f64> = degree.iter().map(|d| d.sqrt()).collect();
    let normalised = FuzzyGraph {
        weights: (0..n)
            .flat_map(|row| graph.edges(row).map(move |(to, w)| (row, to, w)))
            .map(|(row, to, w)| w / (root[row] * root[to]))
            .collect(),
        ..graph.clone()
    };
    let mut basis: Vec<Vec<f64>> = vec![unit(root)];
    let mut start: Vec<f64> = (0..n).map(|_| uniform(random) - 0.5).collect();
    orthogonalise(&mut start, &basis);
    basis.push(unit(start));
    let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
    loop {
        let last = basis.len() - 1;
        let mut next = vec![0.0; n];
        for (row, target) in next.iter_mut().enumerate() {
            *target = normalised.edges(row).fold(0.0, |sum, (to, w)| sum + w * basis[last][to]);
        }
        diagonal.push(dot(&next, &basis[last]));
        // Twice, since once is not enough to working precision.
        orthogonalise(&mut next, &basis);
        orthogonalise(&mut next, &basis);
        let length = dot(&next, &next).sqrt();
        beside.push(length);
        let steps = diagonal.len();
        let exhausted = length < 1e-12 || steps >= MOST_STEPS || steps + 1 >= n;
        if exhausted || steps.is_multiple_of(LOOK_EVERY) {
            let Eigen { values, vectors } =
                tridiagonal_eigen(&diagonal, &beside[..steps - 1], identity(steps));
            let mut order: Vec<usize> = (0..steps).collect();
            order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
            let found = order.iter().take(2).all(|&v| (length * vectors[v][steps - 1]).abs() < TOLERANCE);
            if exhausted || (found && steps > 2) {
                return (0..n)
                    .map(|row| {
                        std::array::from_fn(|axis| {
                            order.get(axis).map_or(0.0, |&v| {
                                (0..steps).fold(0.0, |sum, s| sum + basis[s + 1][row] * vectors[v][s])
                            })
                        })
                    })
                    .collect();
            }
        }
        basis.push(next.into_iter().map(|x| x / length).collect());
    }
}

fn unit(mut vector: Vec<f64>) -> Vec<f64> {
    let length = dot(&vector, &vector).sqrt();
    for x in &mut vector {
        *x /= length;
    }
    vector
}

fn orthogonalise(vector: &mut [f64], basis: &[Vec<f64>]) {
    for direction in basis {
        let along = dot(vector, direction);
        for (x, d) in vector.iter_mut().zip(direction) {
            *x -= along * d;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typology::pca::jacobi;
    use rand_xoshiro::rand_core::SeedableRng;

    #[test]
    fn the_vectors_are_those_of_a_dense_solver() {
        // A strip of 9 x 4 points, neighbours joined.
        let (long, wide) = (9usize, 4usize);
        let n = long * wide;
        let joined = |a: usize, b: usize| (a / wide).abs_diff(b / wide) + (a % wide).abs_diff(b % wide) == 1;
        let mut graph = FuzzyGraph { offsets: vec![0], ..FuzzyGraph::default() };
        let mut dense = vec![vec![0.0; n]; n];
        let degree = |a: usize| (0..n).filter(|&b| joined(a, b)).count() as f64;
        for a in 0..n {
            for b in (0..n).filter(|&b| joined(a, b)) {
                graph.targets.push(b as u32);
                graph.weights.push(1.0);
                dense[a][b] = 1.0 / (degree(a) * degree(b)).sqrt();
            }
            graph.offsets.push(graph.targets.len());
        }
        let vectors = jacobi(&mut dense);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| dense[b][b].total_cmp(&dense[a][a]));
        let places = leading_vectors(&graph, &mut Xoshiro256PlusPlus::seed_from_u64(1));
        for axis in 0..2 {
            let along = (0..n).fold(0.0, |sum, row| sum + places[row][axis] * vectors[row][order[axis + 1]]);
            assert!((along.abs() - 1.0).abs() < 1e-6, "axis {axis}: {along}");
        }
    }
}
