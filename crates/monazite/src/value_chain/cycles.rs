//! Keeping a network free of cycles, one link at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::link::Link;
use super::tier::links_from;
use crate::nomenclature::Hs6;

/// A network that stays acyclic while links are added.
///
/// Keeps a topological order and repairs only the part of it that a new link upsets, so that hundreds of thousands of links can be added.
///
/// D. J. Pearce, P. H. J. Kelly, A dynamic topological sort algorithm for directed acyclic graphs, J. Exp. Algorithmics 11 (2006).
#[derive(Debug, Default)]
pub(super) struct AcyclicNetwork {
    place: BTreeMap<Hs6, usize>,
    products: Vec<Hs6>,
    /// Rank of each product in the topological order.
    rank: Vec<usize>,
    outputs: Vec<Vec<usize>>,
    inputs: Vec<Vec<usize>>,
}

impl AcyclicNetwork {
    fn place_of(&mut self, product: Hs6) -> usize {
        if let Some(&place) = self.place.get(&product) {
            return place;
        }
        let place = self.products.len();
        self.place.insert(product, place);
        self.products.push(product);
        self.rank.push(place);
        self.outputs.push(Vec::new());
        self.inputs.push(Vec::new());
        place
    }

    /// Adds a link, unless it would close a cycle: then the products on the way from its output back to its
    /// input are given, both included, and nothing is changed.
    pub fn add(&mut self, input: Hs6, output: Hs6) -> Result<(), Vec<Hs6>> {
        let (from, to) = (self.place_of(input), self.place_of(output));
        if from == to {
            return Err(vec![input]);
        }
        if self.rank[from] > self.rank[to] {
            let after = self.forward(to, from)?;
            let before = self.backward(from, self.rank[to]);
            self.reorder(before, after);
        }
        self.outputs[from].push(to);
        self.inputs[to].push(from);
        Ok(())
    }

    /// What `start` reaches among products that rank no higher than `goal`; an error with the way if it reaches `goal`.
    fn forward(&self, start: usize, goal: usize) -> Result<Vec<usize>, Vec<Hs6>> {
        let bound = self.rank[goal];
        let mut came_from: BTreeMap<usize, usize> = BTreeMap::from([(start, start)]);
        let mut queue = std::collections::VecDeque::from([start]);
        let mut reached = vec![start];
        while let Some(at) = queue.pop_front() {
            for &next in &self.outputs[at] {
                if self.rank[next] > bound || came_from.contains_key(&next) {
                    continue;
                }
                came_from.insert(next, at);
                if next == goal {
                    let mut way = vec![self.products[goal]];
                    let mut at = goal;
                    while at != start {
                        at = came_from[&at];
                        way.push(self.products[at]);
                    }
                    way.reverse();
                    return Err(way);
                }
                reached.push(next);
                queue.push_back(next);
            }
        }
        Ok(reached)
    }

    fn backward(&self, start: usize, bound: usize) -> Vec<usize> {
        let mut seen = BTreeSet::from([start]);
        let mut stack = vec![start];
        while let Some(at) = stack.pop() {
            for &next in &self.inputs[at] {
                if self.rank[next] >= bound && seen.insert(next) {
                    stack.push(next);
                }
            }
        }
        seen.into_iter().collect()
    }

    /// Gives the ranks of both groups to the products before, then to those after, each in their present order.
    fn reorder(&mut self, mut before: Vec<usize>, mut after: Vec<usize>) {
        before.sort_by_key(|&p| self.rank[p]);
        after.sort_by_key(|&p| self.rank[p]);
        let mut ranks: Vec<usize> = before.iter().chain(&after).map(|&p| self.rank[p]).collect();
        ranks.sort_unstable();
        for (product, rank) in before.into_iter().chain(after).zip(ranks) {
            self.rank[product] = rank;
        }
    }
}

/// Depth-first search with an explicit stack; the links of the first cycle found.
pub(super) fn find_cycle(links: &[Link]) -> Option<Vec<Link>> {
    let next = links_from(links);
    let mut finished: BTreeSet<Hs6> = BTreeSet::new();
    for &start in next.keys() {
        if finished.contains(&start) {
            continue;
        }
        let mut path: Vec<(Hs6, usize)> = vec![(start, 0)];
        let mut on_path: Vec<usize> = Vec::new();
        while let Some((product, tried)) = path.last_mut() {
            let options = next.get(product).map_or(&[][..], Vec::as_slice);
            let Some(&link) = options.get(*tried) else {
                finished.insert(*product);
                path.pop();
                on_path.pop();
                continue;
            };
            *tried += 1;
            let output = links[link].output;
            if let Some(entry) = path.iter().position(|(p, _)| *p == output) {
                on_path.push(link);
                return Some(on_path[entry..].iter().map(|&l| links[l].clone()).collect());
            }
            if !finished.contains(&output) {
                path.push((output, 0));
                on_path.push(link);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hs(number: usize) -> Hs6 {
        format!("{number:06}").parse().unwrap()
    }

    #[test]
    fn refuses_exactly_the_links_that_close_a_cycle() {
        let mut state = 5u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for _ in 0..200 {
            let size = 2 + next(14);
            let mut network = AcyclicNetwork::default();
            let mut kept: Vec<Link> = Vec::new();
            for _ in 0..60 {
                let (input, output) = (hs(next(size)), hs(next(size)));
                if input == output {
                    continue;
                }
                let closes = super::super::tier::reachable(&kept, &[output], false).contains(&input);
                match network.add(input, output) {
                    Ok(()) => {
                        assert!(!closes);
                        kept.push(Link::curated(input, output));
                    }
                    Err(way) => {
                        assert!(closes);
                        assert_eq!((way[0], way[way.len() - 1]), (output, input));
                        assert!(
                            way.windows(2).all(|step| {
                                kept.iter().any(|l| l.input == step[0] && l.output == step[1])
                            })
                        );
                    }
                }
            }
            assert_eq!(find_cycle(&kept), None);
        }
    }
}
