//! Tiers and reachability: how far a product is from the seeds.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::link::Link;
use crate::nomenclature::Hs6;

/// Positions of the links that start at each product.
pub(super) fn links_from(links: &[Link]) -> BTreeMap<Hs6, Vec<usize>> {
    let mut from: BTreeMap<Hs6, Vec<usize>> = BTreeMap::new();
    for (position, link) in links.iter().enumerate() {
        from.entry(link.input).or_default().push(position);
    }
    from
}

/// Tier of every product that a seed reaches: the number of links of the shortest path from any seed
/// (breadth-first search from all seeds at once). Seeds have tier 0.
///
/// ```
/// use monazite::value_chain::{Link, tiers_from};
/// let hs = |code: &str| code.parse().unwrap();
/// let tiers = tiers_from(&[Link::curated(hs("284690"), hs("850511"))], &[hs("284690")]);
/// assert_eq!(tiers[&hs("850511")], 1);
/// ```
pub fn tiers_from(links: &[Link], seeds: &[Hs6]) -> BTreeMap<Hs6, u8> {
    let from = links_from(links);
    let mut tiers: BTreeMap<Hs6, u8> = seeds.iter().map(|&seed| (seed, 0)).collect();
    let mut queue: VecDeque<Hs6> = tiers.keys().copied().collect();
    while let Some(product) = queue.pop_front() {
        let tier = tiers[&product];
        for &link in from.get(&product).into_iter().flatten() {
            let output = links[link].output;
            if let Entry::Vacant(place) = tiers.entry(output) {
                place.insert(tier.saturating_add(1));
                queue.push_back(output);
            }
        }
    }
    tiers
}

/// Everything that is made from some products, directly or through others; the products themselves are not in it unless
/// another of them reaches them.
///
/// With `upstream` the links are followed backwards: everything that goes into the products.
pub fn reachable(links: &[Link], products: &[Hs6], upstream: bool) -> BTreeSet<Hs6> {
    let mut next: BTreeMap<Hs6, Vec<Hs6>> = BTreeMap::new();
    for link in links {
        let (from, to) = if upstream { (link.output, link.input) } else { (link.input, link.output) };
        next.entry(from).or_default().push(to);
    }
    let mut reached = BTreeSet::new();
    let mut stack: Vec<Hs6> = products.to_vec();
    while let Some(product) = stack.pop() {
        for &to in next.get(&product).into_iter().flatten() {
            if reached.insert(to) {
                stack.push(to);
            }
        }
    }
    reached
}
