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
