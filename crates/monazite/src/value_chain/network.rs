//! From links to a directed acyclic network, and from the network to tiers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use crate::delimited::TableError;
use crate::nomenclature::Hs6;

/// One link of the value chain: `input` is a material input of `output`.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The product that goes in.
    pub input: Hs6,
    /// The product that comes out.
    pub output: Hs6,
    /// Where the link comes from: a citation, or the name of the source.
    pub source: String,
    /// Line of the file it was read from.
    pub line: Option<u64>,
    /// In how many of the runs of a language model the link was named.
    pub votes: Option<u32>,
    /// Z of the correlation of imports of the input with exports of the output.
    pub z: Option<f64>,
}

impl Link {
    /// A link that somebody wrote down, without votes or a test.
    pub fn curated(input: Hs6, output: Hs6) -> Self {
        Self { input, output, source: "curated".to_owned(), line: None, votes: None, z: None }
    }
}

/// What to do with links that close a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CyclePolicy {
    /// Refuse the list and name the cycle (default for lists that somebody wrote down).
    #[default]
    Reject,
    /// Take the links in order of votes, then Z, then codes, and leave out each one that would close a cycle.
    Greedy,
    /// Keep only links from one tier to the next.
    Tiered,
}

/// Why a link did not enter the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DropReason {
    /// It would have closed a cycle (greedy policy).
    ClosesCycle,
    /// It does not lead from one tier to the next (tiered policy).
    NotToNextTier,
    /// Its input cannot be reached from any seed.
    NotReachable,
    /// The same link stands in the list already.
    Repeated,
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClosesCycle => "closes a cycle",
            Self::NotToNextTier => "does not lead to the next tier",
            Self::NotReachable => "input not reachable from a seed",
            Self::Repeated => "repeated",
        })
    }
}

/// A link that was left out, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct DroppedLink {
    /// The link.
    pub link: Link,
    /// Why it was left out.
    pub reason: DropReason,
}

/// Why no value chain could be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The links form a cycle and the policy is to reject.
    #[error("the links form a cycle: {}; remove one of them, or set chain.cycles = \"greedy\" to drop the weakest", cycle_text(.0))]
    Cycle(Vec<Link>),
    /// A link from a product to itself.
    #[error("{} is listed as an input of itself{}; remove the line", .0.input, at_line(.0))]
    SelfLoop(Link),
    /// An edge list could not be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// An edge list without a link.
    #[error("{file}: the edge list has no links")]
    Empty {
        /// The file.
        file: String,
    },
}

fn at_line(link: &Link) -> String {
    link.line.map_or_else(String::new, |line| format!(" (line {line})"))
}

fn cycle_text(links: &[Link]) -> String {
    let mut text = String::new();
    for link in links {
        text.push_str(&format!("{} -> {}{}, ", link.input, link.output, at_line(link)));
    }
    text.truncate(text.len().saturating_sub(2));
    text
}

/// A directed acyclic network of products with a tier for each.
///
/// Invariants: no cycles; every product but the seeds has at least one input; the tier of an output is at most
/// one more than the tier of any of its inputs; seeds have tier 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ValueChain {
    tiers: BTreeMap<Hs6, u8>,
    links: Vec<Link>,
    dropped: Vec<DroppedLink>,
}

impl ValueChain {
    /// Builds the network.
    ///
    /// The tier of a product is the length of the shortest path from a seed. Links whose input no seed
    /// reaches are left out and listed in [`ValueChain::dropped`].
    ///
    /// # Errors
    /// [`ChainError::SelfLoop`] for a link from a product to itself; [`ChainError::Cycle`] if the
    /// links form a cycle and `policy` is [`CyclePolicy::Reject`].
    ///
    /// ```
    /// use monazite::value_chain::{CyclePolicy, Link, ValueChain};
    /// let hs = |code: &str| code.parse().unwrap();
    /// let links = vec![Link::curated(hs("284690"), hs("280530")), Link::curated(hs("280530"), hs("850511"))];
    /// let chain = ValueChain::build(links, &[hs("284690")], CyclePolicy::Reject)?;
    /// assert_eq!(chain.tier(hs("850511")), Some(2));
    /// # Ok::<(), monazite::value_chain::ChainError>(())
    /// ```
    pub fn build(links: Vec<Link>, seeds: &[Hs6], policy: CyclePolicy) -> Result<Self, ChainError> {
        if let Some(link) = links.iter().find(|l| l.input == l.output) {
            return Err(ChainError::SelfLoop(link.clone()));
        }
        let mut dropped = Vec::new();
        let mut seen = BTreeSet::new();
        let mut candidates = Vec::with_capacity(links.len());
        for link in links {
            if seen.insert((link.input, link.output)) {
                candidates.push(link);
            } else {
                dropped.push(DroppedLink { link, reason: DropReason::Repeated });
            }
        }
        let kept = match policy {
            CyclePolicy::Reject => match find_cycle(&candidates) {
                Some(cycle) => return Err(ChainError::Cycle(cycle)),
                None => candidates,
            },
            CyclePolicy::Greedy => without_cycles(candidates, &mut dropped),
            CyclePolicy::Tiered => between_tiers(candidates, seeds, &mut dropped),
        };
        let tiers = tiers_from(&kept, seeds);
        let (mut links, unreachable): (Vec<Link>, Vec<Link>) =
            kept.into_iter().partition(|link| tiers.contains_key(&link.input));
        dropped.extend(
            unreachable.into_iter().map(|link| DroppedLink { link, reason: DropReason::NotReachable }),
        );
        links.sort_by_key(|link| (link.input, link.output));
        dropped.sort_by_key(|d| (d.link.input, d.link.output));
        Ok(Self { tiers, links, dropped })
    }

    /// The products with their tiers, in order of code.
    pub fn products(&self) -> impl Iterator<Item = (Hs6, u8)> {
        self.tiers.iter().map(|(&product, &tier)| (product, tier))
    }

    /// Number of products.
    pub fn len(&self) -> usize {
        self.tiers.len()
    }

    /// Whether there is no product at all.
    pub fn is_empty(&self) -> bool {
        self.tiers.is_empty()
    }

    /// Tier of a product, `None` if it is not in the chain.
    pub fn tier(&self, product: Hs6) -> Option<u8> {
        self.tiers.get(&product).copied()
    }

    /// The deepest tier; 0 for a chain of seeds only.
    pub fn deepest_tier(&self) -> u8 {
        self.tiers.values().copied().max().unwrap_or(0)
    }

    /// The links of the network, by input and then output.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The links that were left out, and why.
    pub fn dropped(&self) -> &[DroppedLink] {
        &self.dropped
    }

    /// The direct inputs of a product, in order of code.
    pub fn inputs_of(&self, product: Hs6) -> BTreeSet<Hs6> {
        self.links.iter().filter(|l| l.output == product).map(|l| l.input).collect()
    }

    /// The products that a product is a direct input of, in order of code.
    pub fn outputs_of(&self, product: Hs6) -> BTreeSet<Hs6> {
        self.links.iter().filter(|l| l.input == product).map(|l| l.output).collect()
    }
}

fn successors(links: &[Link]) -> BTreeMap<Hs6, Vec<usize>> {
    let mut next: BTreeMap<Hs6, Vec<usize>> = BTreeMap::new();
    for (position, link) in links.iter().enumerate() {
        next.entry(link.input).or_default().push(position);
    }
    next
}

/// Breadth-first search from all seeds at once.
fn tiers_from(links: &[Link], seeds: &[Hs6]) -> BTreeMap<Hs6, u8> {
    let next = successors(links);
    let mut tiers: BTreeMap<Hs6, u8> = seeds.iter().map(|&seed| (seed, 0)).collect();
    let mut queue: VecDeque<Hs6> = tiers.keys().copied().collect();
    while let Some(product) = queue.pop_front() {
        let tier = tiers[&product];
        for &link in next.get(&product).into_iter().flatten() {
            let output = links[link].output;
            if let std::collections::btree_map::Entry::Vacant(place) = tiers.entry(output) {
                place.insert(tier.saturating_add(1));
                queue.push_back(output);
            }
        }
    }
    tiers
}

/// Depth-first search with an explicit stack; the links of the first cycle found.
fn find_cycle(links: &[Link]) -> Option<Vec<Link>> {
    let next = successors(links);
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

/// Takes links by votes, Z and code; leaves out each one that closes a cycle.
fn without_cycles(mut candidates: Vec<Link>, dropped: &mut Vec<DroppedLink>) -> Vec<Link> {
    candidates.sort_by(|x, y| {
        let z = |l: &Link| l.z.unwrap_or(f64::NEG_INFINITY);
        y.votes.cmp(&x.votes).then(z(y).total_cmp(&z(x))).then((x.input, x.output).cmp(&(y.input, y.output)))
    });
    let mut outputs: BTreeMap<Hs6, Vec<Hs6>> = BTreeMap::new();
    let mut kept = Vec::with_capacity(candidates.len());
    for link in candidates {
        if reaches(&outputs, link.output, link.input) {
            dropped.push(DroppedLink { link, reason: DropReason::ClosesCycle });
        } else {
            outputs.entry(link.input).or_default().push(link.output);
            kept.push(link);
        }
    }
    kept
}

fn reaches(outputs: &BTreeMap<Hs6, Vec<Hs6>>, from: Hs6, to: Hs6) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut stack = vec![from];
    while let Some(product) = stack.pop() {
        if product == to {
            return true;
        }
        for &output in outputs.get(&product).into_iter().flatten() {
            if seen.insert(output) {
                stack.push(output);
            }
        }
    }
    false
}

/// Keeps only links from a tier to the next one, which cannot form a cycle.
fn between_tiers(candidates: Vec<Link>, seeds: &[Hs6], dropped: &mut Vec<DroppedLink>) -> Vec<Link> {
    let tiers = tiers_from(&candidates, seeds);
    let mut kept = Vec::with_capacity(candidates.len());
    for link in candidates {
        match (tiers.get(&link.input), tiers.get(&link.output)) {
            (Some(input), Some(output)) if *output != input + 1 => {
                dropped.push(DroppedLink { link, reason: DropReason::NotToNextTier });
            }
            _ => kept.push(link),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hs(number: u32) -> Hs6 {
        format!("{:06}", 280_000 + number).parse().unwrap()
    }

    fn links(pairs: &[(u32, u32)]) -> Vec<Link> {
        pairs.iter().map(|&(i, j)| Link::curated(hs(i), hs(j))).collect()
    }

    const N1: [(u32, u32); 10] =
        [(0, 2), (1, 2), (1, 3), (2, 4), (3, 4), (4, 5), (2, 5), (5, 6), (0, 1), (6, 7)];

    #[test]
    fn oracle_n1() {
        let chain = ValueChain::build(links(&N1), &[hs(0), hs(1)], CyclePolicy::Reject).unwrap();
        let tiers: Vec<u8> = (0..8).map(|n| chain.tier(hs(n)).unwrap()).collect();
        assert_eq!(tiers, [0, 0, 1, 1, 2, 2, 3, 4]);
        let inputs: BTreeSet<Hs6> = chain.inputs_of(hs(3)).union(&chain.inputs_of(hs(5))).copied().collect();
        assert_eq!(inputs, BTreeSet::from([hs(1), hs(2), hs(4)]));
        assert_eq!(chain.deepest_tier(), 4);
    }

    #[test]
    fn a_cycle_is_named_with_its_lines() {
        let mut list = links(&[(0, 1), (1, 2), (2, 3), (3, 1)]);
        for (position, link) in list.iter_mut().enumerate() {
            link.line = Some(position as u64 + 2);
        }
        let error = ValueChain::build(list, &[hs(0)], CyclePolicy::Reject).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the links form a cycle: 280001 -> 280002 (line 3), 280002 -> 280003 (line 4), 280003 -> 280001 (line 5); \
             remove one of them, or set chain.cycles = \"greedy\" to drop the weakest"
        );
    }

    #[test]
    fn greedy_drops_the_link_with_fewest_votes() {
        let mut list = links(&[(0, 1), (1, 2), (2, 1)]);
        for (link, votes) in list.iter_mut().zip([10, 7, 9]) {
            link.votes = Some(votes);
        }
        let chain = ValueChain::build(list, &[hs(0)], CyclePolicy::Greedy).unwrap();
        assert_eq!(
            chain.dropped().len(),
            2,
            "1 -> 2 closes the cycle, 2 -> 1 is then cut off from the seeds"
        );
        assert_eq!(chain.dropped()[0].reason, DropReason::ClosesCycle);
        assert_eq!(chain.dropped()[0].link.output, hs(2));
        assert_eq!(chain.dropped()[1].reason, DropReason::NotReachable);
    }

    #[test]
    fn tiered_keeps_steps_of_one() {
        let chain = ValueChain::build(links(&N1), &[hs(0), hs(1)], CyclePolicy::Tiered).unwrap();
        for link in chain.links() {
            assert_eq!(chain.tier(link.output).unwrap(), chain.tier(link.input).unwrap() + 1);
        }
        let skipped: Vec<_> = chain.dropped().iter().map(|d| (d.link.input, d.link.output)).collect();
        assert_eq!(skipped, vec![(hs(0), hs(1)), (hs(4), hs(5))]);
    }

    #[test]
    fn what_no_seed_reaches_is_left_out_and_repeats_are_counted() {
        let chain =
            ValueChain::build(links(&[(0, 1), (5, 6), (0, 1)]), &[hs(0)], CyclePolicy::Reject).unwrap();
        assert_eq!(chain.len(), 2);
        let reasons: Vec<&DropReason> = chain.dropped().iter().map(|d| &d.reason).collect();
        assert_eq!(reasons, [&DropReason::Repeated, &DropReason::NotReachable]);
        assert!(matches!(
            ValueChain::build(links(&[(3, 3)]), &[hs(3)], CyclePolicy::Reject),
            Err(ChainError::SelfLoop(_))
        ));
    }
}
