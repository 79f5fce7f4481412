//! From links to a directed acyclic network, and from the network to tiers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::cycles::{AcyclicNetwork, find_cycle};
use super::error::ChainError;
use super::link::Link;
use super::tier::{reachable, tiers_from};
use crate::nomenclature::Hs6;

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
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DropReason {
    /// Too few runs named it.
    TooFewVotes {
        /// Runs that named it.
        votes: u32,
        /// All runs.
        runs: u32,
        /// Votes that are needed.
        needed: u32,
    },
    /// Nobody imports the input in these years.
    NoImports,
    /// Nobody exports the output in these years.
    NoExports,
    /// Imports of the input or exports of the output do not vary between countries, or not in a common year.
    NoVariation,
    /// Its Z is too small, or the null has no spread to measure it by.
    LowZ {
        /// Z.
        z: Option<f64>,
        /// Z that is needed.
        needed: f64,
    },
    /// Its false discovery rate is too high.
    HighFdr {
        /// The rate.
        q: f64,
        /// The rate that is allowed.
        allowed: f64,
    },
    /// An expert forbids it.
    Forbidden {
        /// Who.
        name: String,
        /// Why.
        reason: String,
    },
    /// It would have closed a cycle.
    ClosesCycle {
        /// The way from its output back to its input.
        way: Vec<Hs6>,
    },
    /// It does not lead from one tier to the next (tiered policy).
    NotToNextTier {
        /// Tier of the input.
        input: u8,
        /// Tier of the output.
        output: u8,
    },
    /// Its input cannot be reached from any seed.
    NotReachable,
    /// The same link stands in the list already.
    Repeated,
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewVotes { votes, runs, needed } => {
                write!(f, "{votes} of {runs} votes, {needed} are needed")
            }
            Self::NoImports => f.write_str("cannot be tested: nobody imports the input"),
            Self::NoExports => f.write_str("cannot be tested: nobody exports the output"),
            Self::NoVariation => f.write_str("cannot be tested: trade does not vary between countries"),
            Self::LowZ { z: Some(z), needed } => write!(f, "Z {z:.2} is below {needed}"),
            Self::LowZ { z: None, .. } => f.write_str("cannot be tested: the null has no spread"),
            Self::HighFdr { q, allowed } => write!(f, "q {q:.3} is above {allowed}"),
            Self::Forbidden { name, reason } => write!(f, "forbidden by {name}: {reason}"),
            Self::ClosesCycle { way } => {
                let way: Vec<String> = way.iter().map(ToString::to_string).collect();
                write!(f, "closes a cycle: {}", way.join(" -> "))
            }
            Self::NotToNextTier { input, output } => {
                write!(f, "does not lead to the next tier (from {input} to {output})")
            }
            Self::NotReachable => f.write_str("input not reachable from a seed"),
            Self::Repeated => f.write_str("repeated"),
        }
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
    /// links form a cycle and `policy` is [`CyclePolicy::Reject`], or if forced links alone form one.
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
        Self::build_with(links, Vec::new(), seeds, policy)
    }

    /// Builds the network; `dropped` are links that were left out before, to be listed with the others.
    ///
    /// # Errors
    /// As [`ValueChain::build`].
    pub fn build_with(
        links: Vec<Link>,
        mut dropped: Vec<DroppedLink>,
        seeds: &[Hs6],
        policy: CyclePolicy,
    ) -> Result<Self, ChainError> {
        if let Some(link) = links.iter().find(|l| l.input == l.output) {
            return Err(ChainError::SelfLoop(Box::new(link.clone())));
        }
        let mut seen = BTreeSet::new();
        let mut candidates = Vec::with_capacity(links.len());
        for link in links {
            if seen.insert((link.input, link.output)) {
                candidates.push(link);
            } else {
                dropped.push(DroppedLink { link, reason: DropReason::Repeated });
            }
        }
        if policy == CyclePolicy::Reject
            && let Some(cycle) = find_cycle(&candidates)
        {
            return Err(ChainError::Cycle(cycle));
        }
        // What no seed reaches cannot be on a cycle with anything that one reaches.
        let reached = reachable(&candidates, seeds, false);
        let (mut kept, unreached): (Vec<Link>, Vec<Link>) = candidates
            .into_iter()
            .partition(|link| reached.contains(&link.input) || seeds.contains(&link.input));
        dropped.extend(dropped_for(unreached, &DropReason::NotReachable));
        match policy {
            CyclePolicy::Reject => {}
            CyclePolicy::Greedy => kept = without_cycles(kept, &mut dropped)?,
            CyclePolicy::Tiered => {
                kept = between_tiers(kept, seeds, &mut dropped);
                // Forced links may lead anywhere.
                kept = without_cycles(kept, &mut dropped)?;
            }
        }
        let tiers = tiers_from(&kept, seeds);
        let (mut links, cut_off): (Vec<Link>, Vec<Link>) =
            kept.into_iter().partition(|link| tiers.contains_key(&link.input));
        dropped.extend(dropped_for(cut_off, &DropReason::NotReachable));
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

    /// Number of products in each tier, from tier 0 on.
    pub fn tier_sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; if self.tiers.is_empty() { 0 } else { usize::from(self.deepest_tier()) + 1 }];
        for &tier in self.tiers.values() {
            sizes[usize::from(tier)] += 1;
        }
        sizes
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

    /// Everything that goes into a product, directly or through others.
    pub fn upstream_of(&self, product: Hs6) -> BTreeSet<Hs6> {
        reachable(&self.links, &[product], true)
    }

    /// Everything that is made from a product, directly or through others.
    pub fn downstream_of(&self, product: Hs6) -> BTreeSet<Hs6> {
        reachable(&self.links, &[product], false)
    }
}

fn dropped_for(links: Vec<Link>, reason: &DropReason) -> impl Iterator<Item = DroppedLink> {
    links.into_iter().map(|link| DroppedLink { link, reason: reason.clone() })
}

/// Takes links by strength; leaves out each one that closes a cycle.
fn without_cycles(
    mut candidates: Vec<Link>,
    dropped: &mut Vec<DroppedLink>,
) -> Result<Vec<Link>, ChainError> {
    candidates.sort_by(Link::strength);
    let mut network = AcyclicNetwork::default();
    let mut kept: Vec<Link> = Vec::with_capacity(candidates.len());
    for link in candidates {
        match network.add(link.input, link.output) {
            Ok(()) => kept.push(link),
            // Forced links come first, so the cycle is made of forced links alone.
            Err(_) if link.forced.is_some() => {
                kept.push(link);
                return Err(ChainError::ForcedCycle(find_cycle(&kept).unwrap_or_default()));
            }
            Err(way) => dropped.push(DroppedLink { link, reason: DropReason::ClosesCycle { way } }),
        }
    }
    Ok(kept)
}

/// Keeps only links from a tier to the next one, which cannot form a cycle, and forced ones.
fn between_tiers(candidates: Vec<Link>, seeds: &[Hs6], dropped: &mut Vec<DroppedLink>) -> Vec<Link> {
    let tiers = tiers_from(&candidates, seeds);
    let mut kept = Vec::with_capacity(candidates.len());
    for link in candidates {
        match (tiers.get(&link.input), tiers.get(&link.output)) {
            (Some(&input), Some(&output)) if output != input + 1 && link.forced.is_none() => {
                dropped.push(DroppedLink { link, reason: DropReason::NotToNextTier { input, output } });
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
            link.runs = Some(10);
            link.curated = false;
        }
        let chain = ValueChain::build(list, &[hs(0)], CyclePolicy::Greedy).unwrap();
        assert_eq!(
            chain.dropped().len(),
            2,
            "1 -> 2 closes the cycle, 2 -> 1 is then cut off from the seeds"
        );
        assert_eq!(chain.dropped()[0].reason.to_string(), "closes a cycle: 280002 -> 280001");
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
