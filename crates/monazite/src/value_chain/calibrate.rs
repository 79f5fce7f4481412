//! What the network looks like for other thresholds of votes and Z.

use std::collections::BTreeSet;

use super::error::ChainError;
use super::evidence::{Criterion, Evidence, Thresholds};
use super::network::{CyclePolicy, ValueChain};
use crate::nomenclature::Hs6;

/// Values of Z that are tried unless others are given.
pub const Z_GRID: [f64; 11] = [0.0, 0.5, 1.0, 1.28, 1.64, 1.96, 2.33, 2.58, 3.0, 3.5, 4.0];

/// What a network should look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Products.
    pub products: usize,
    /// How far off they may be.
    pub within: usize,
    /// Deepest tier.
    pub deepest_tier: u8,
}

impl Default for Target {
    /// The network of Klimek et al. 2025: 168 products and tiers 0 to 4, give or take five products.
    fn default() -> Self {
        Self { products: 168, within: 5, deepest_tier: 4 }
    }
}

/// The network for one choice of thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Votes; `None` where no source votes.
    pub votes: Option<u32>,
    /// Z; `None` where links are not tested.
    pub z: Option<f64>,
    /// Products.
    pub products: usize,
    /// Links.
    pub links: usize,
    /// Deepest tier.
    pub deepest_tier: u8,
    /// Products by tier, from 0 on.
    pub tier_sizes: Vec<usize>,
    /// Jaccard index of its links with those of the study's own thresholds, in 0..=1; `None` if both have none.
    pub like_study: Option<f64>,
    /// Mean Jaccard index of its links with those of the neighbouring thresholds (one vote more or less, one step of Z up or
    /// down): near 1 where the choice hardly matters.
    pub stability: Option<f64>,
    /// Whether it fits the target.
    pub fits: bool,
}

/// Builds the network for every pair of thresholds, votes from 1 to the number of runs, Z from `z_grid` (ascending).
///
/// Where no source votes, or links are not tested (`tested` is false), that threshold is not varied.
///
/// # Errors
/// As [`Evidence::decide`].
pub fn calibrate(
    evidence: &Evidence,
    study: Thresholds,
    tested: bool,
    z_grid: &[f64],
    seeds: &[Hs6],
    policy: CyclePolicy,
    target: Target,
) -> Result<Vec<Setting>, ChainError> {
    let own = links_of(&evidence.decide(study, seeds, policy)?);
    // More votes than the smallest source has runs would keep nothing of it.
    let runs = evidence.sources.files.iter().filter_map(|f| f.runs).min();
    let votes: Vec<Option<u32>> = match runs {
        Some(runs) => (1..=runs).map(Some).collect(),
        None => vec![None],
    };
    let levels: Vec<Option<f64>> =
        if tested { z_grid.iter().copied().map(Some).collect() } else { vec![None] };
    let mut networks: Vec<Vec<(Setting, Links)>> = Vec::with_capacity(votes.len());
    for &votes in &votes {
        let mut row = Vec::with_capacity(levels.len());
        for &z in &levels {
            let thresholds =
                Thresholds { votes: votes.unwrap_or(1), criterion: z.map_or(Criterion::None, Criterion::Z) };
            let chain = evidence.decide(thresholds, seeds, policy)?;
            let links = links_of(&chain);
            let setting = Setting {
                votes,
                z,
                products: chain.len(),
                links: links.len(),
                deepest_tier: chain.deepest_tier(),
                tier_sizes: chain.tier_sizes(),
                like_study: jaccard(&links, &own),
                stability: None,
                fits: chain.len().abs_diff(target.products) <= target.within
                    && chain.deepest_tier() == target.deepest_tier,
            };
            row.push((setting, links));
        }
        networks.push(row);
    }
    let mut settings = Vec::new();
    for (v, row) in networks.iter().enumerate() {
        for (l, (setting, links)) in row.iter().enumerate() {
            let beside = [
                v.checked_sub(1).map(|v| &networks[v][l].1),
                networks.get(v + 1).map(|row| &row[l].1),
                l.checked_sub(1).map(|l| &row[l].1),
                row.get(l + 1).map(|n| &n.1),
            ];
            let near: Vec<f64> =
                beside.into_iter().flatten().filter_map(|other| jaccard(links, other)).collect();
            let stability = (!near.is_empty()).then(|| near.iter().sum::<f64>() / near.len() as f64);
            settings.push(Setting { stability, ..setting.clone() });
        }
    }
    Ok(settings)
}

type Links = BTreeSet<(Hs6, Hs6)>;

fn links_of(chain: &ValueChain) -> Links {
    chain.links().iter().map(|l| (l.input, l.output)).collect()
}

/// Jaccard index of two sets: what they share over what they have together; `None` if both are empty.
pub fn jaccard<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> Option<f64> {
    let shared = a.intersection(b).count();
    let all = a.len() + b.len() - shared;
    (all > 0).then(|| shared as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::super::sources::{Mention, SourceFile, SourceKind, Sources};
    use super::super::votes::Tally;
    use super::*;
    use crate::value_chain::Link;

    fn hs(number: usize) -> Hs6 {
        format!("{number:06}").parse().unwrap()
    }

    /// A path of five links with votes 1 to 5 of 5 and Z 5 to 1.
    fn path() -> Evidence {
        let file = SourceFile {
            name: "c.csv".to_owned(),
            kind: SourceKind::Candidates,
            sha256: String::new(),
            rows: 5,
            links: 5,
            runs: Some(5),
            left_out: Vec::new(),
        };
        let mention = |votes| Mention {
            file: 0,
            line: 1,
            tally: Some(Tally { votes, runs: 5 }),
            score: None,
            citation: String::new(),
        };
        let mentions = (0..5).map(|n| ((hs(n), hs(n + 1)), vec![mention(5 - n as u32)])).collect();
        let sources = Sources { files: vec![file], mentions, ..Sources::default() };
        let links: Vec<Link> = sources.links();
        let links = links
            .into_iter()
            .enumerate()
            .map(|(n, l)| Link { rho: Some(0.1), z: Some(5.0 - n as f64), p: Some(0.1), ..l })
            .collect();
        Evidence { sources, links, ..Evidence::default() }
    }

    #[test]
    fn every_pair_of_thresholds_is_built_and_compared_with_its_neighbours() {
        let study = Thresholds { votes: 2, criterion: Criterion::Z(2.0) };
        let target = Target { products: 3, within: 0, deepest_tier: 2 };
        let settings =
            calibrate(&path(), study, true, &[1.0, 3.0, 5.0], &[hs(0)], CyclePolicy::Greedy, target).unwrap();
        assert_eq!(settings.len(), 15);
        let at = |votes, z| settings.iter().find(|s| s.votes == Some(votes) && s.z == Some(z)).unwrap();
        assert_eq!((at(1, 1.0).products, at(1, 1.0).links, at(1, 1.0).deepest_tier), (6, 5, 5));
        assert_eq!(at(1, 1.0).tier_sizes, [1, 1, 1, 1, 1, 1]);
        // The study's own thresholds keep four links.
        assert_eq!(at(1, 1.0).like_study, Some(0.8));
        assert_eq!(at(2, 1.0).like_study, Some(1.0));
        assert_eq!(at(1, 3.0).links, 3);
        // One vote more: the same three links. Z 1: five, Z 5: one.
        let expected = (1.0 + 3.0 / 5.0 + 1.0 / 3.0) / 3.0;
        assert!((at(1, 3.0).stability.unwrap() - expected).abs() < 1e-12);
        assert!(at(4, 1.0).fits && !at(3, 1.0).fits);
        let untested =
            calibrate(&path(), study, false, &[1.0], &[hs(0)], CyclePolicy::Greedy, target).unwrap();
        assert_eq!((untested.len(), untested[0].z), (5, None));
    }

    #[test]
    fn jaccard_of_nothing_is_undefined() {
        assert_eq!(jaccard(&BTreeSet::<u8>::new(), &BTreeSet::new()), None);
        assert_eq!(jaccard(&BTreeSet::from([1, 2]), &BTreeSet::from([2, 3])), Some(1.0 / 3.0));
    }
}
