//! The layout: edges pull, random rows push, and the steps grow smaller.

use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::curve::{Curve, attraction, repulsion};
use super::fuzzy_graph::FuzzyGraph;
use super::parameters::UmapParameters;
use crate::progress::{Cancelled, Progress};

/// No single force moves a row further than this times the step size.
const LARGEST_FORCE: f32 = 4.0;
/// Rows up to which 500 rounds are the default.
const SMALL: usize = 10_000;

/// An edge with the time of its next pull.
struct Spring {
    from: u32,
    to: u32,
    /// Rounds between two pulls: 1 for the strongest edge.
    every: f64,
    next: f64,
    next_push: f64,
}

/// Moves rows until the rounds are over. One thread, since every move builds on the one before.
pub(super) fn arrange(
    graph: &FuzzyGraph,
    curve: &Curve,
    mut places: Vec<[f32; 2]>,
    parameters: &UmapParameters,
    progress: &dyn Progress,
) -> Result<Vec<[f32; 2]>, Cancelled> {
    let rounds = parameters.epochs.unwrap_or(if places.len() <= SMALL { 500 } else { 200 });
    let mut springs = springs(graph, rounds);
    let (pull, push) = (attraction(curve), repulsion(curve, parameters.repulsion_strength));
    let pushes_a_pull = parameters.negative_sample_rate as f64;
    let mut random = Xoshiro128PlusPlus::seed_from_u64(parameters.seed);
    let rows = places.len() as u64;
    for round in 0..rounds {
        progress.go_on()?;
        let step = (parameters.learning_rate * (1.0 - round as f64 / rounds as f64)) as f32;
        let now = round as f64;
        for spring in &mut springs {
            if spring.next > now {
                continue;
            }
            let (from, to) = (spring.from as usize, spring.to as usize);
            let (mut here, there) = (places[from], places[to]);
            let apart = [here[0] - there[0], here[1] - there[1]];
            let squared = apart[0] * apart[0] + apart[1] * apart[1];
            if squared > 0.0 {
                let force = pull.at(squared);
                let moved = apart.map(|x| (force * x).clamp(-LARGEST_FORCE, LARGEST_FORCE) * step);
                here = [here[0] + moved[0], here[1] + moved[1]];
                places[to] = [there[0] - moved[0], there[1] - moved[1]];
            }
            places[from] = here;
            spring.next += spring.every;
            let every_push = spring.every / pushes_a_pull;
            let pushes = ((now - spring.next_push) / every_push) as usize;
            // All pushes that go with one pull are felt at the same place: they need not wait for one another.
            let mut pushed = [0.0f32; 2];
            for _ in 0..pushes {
                let other = ((u64::from(random.next_u32()) * rows) >> 32) as usize;
                let there = places[other];
                let apart = [here[0] - there[0], here[1] - there[1]];
                // Nothing comes of the row itself, nor of one that lies on the same spot.
                let force = push.at(apart[0] * apart[0] + apart[1] * apart[1]);
                for axis in 0..2 {
                    pushed[axis] += (force * apart[axis]).clamp(-LARGEST_FORCE, LARGEST_FORCE);
                }
            }
            here = [here[0] + pushed[0] * step, here[1] + pushed[1] * step];
            spring.next_push += pushes as f64 * every_push;
            places[from] = here;
        }
    }
    Ok(places)
}

/// The edges that are strong enough to pull at least once.
fn springs(graph: &FuzzyGraph, rounds: usize) -> Vec<Spring> {
    let strongest = graph.weights.iter().fold(0.0f64, |most, w| most.max(*w));
    let mut springs = Vec::with_capacity(graph.weights.len());
    for from in 0..graph.len() {
        for (to, weight) in graph.edges(from) {
            if weight < strongest / rounds as f64 {
                continue;
            }
            let every = strongest / weight;
            springs.push(Spring { from: from as u32, to: to as u32, every, next: every, next_push: 0.0 });
        }
    }
    springs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    /// Two rows at a distance of 2, one pull along each edge at half the first step, a = b = 1: the pull at squared distance s
    /// is 2/(1 + s) times the distance.
    #[test]
    fn edges_pull_as_far_as_the_formula_says() {
        let graph = FuzzyGraph { offsets: vec![0, 1, 2], targets: vec![1, 0], weights: vec![1.0, 1.0] };
        let parameters =
            UmapParameters { epochs: Some(2), negative_sample_rate: 0, ..UmapParameters::default() };
        let curve = Curve { a: 1.0, b: 1.0 };
        let places = arrange(&graph, &curve, vec![[0.0, 0.0], [2.0, 0.0]], &parameters, &Silent).unwrap();
        let first = 0.5 * 2.0 * (2.0 / (1.0 + 4.0)); // both rows move
        let between: f64 = 2.0 - 2.0 * first;
        let second = 0.5 * between * (2.0 / (1.0 + between * between));
        let close = |found: f32, expected: f64| (f64::from(found) - expected).abs() < 1e-3;
        assert!(close(places[0][0], first + second), "{places:?}");
        assert!(close(places[1][0], 2.0 - first - second), "{places:?}");
        assert_eq!((places[0][1], places[1][1]), (0.0, 0.0));
    }
}
