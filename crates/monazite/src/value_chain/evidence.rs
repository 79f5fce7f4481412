//! From what is known about every proposed link to the network: votes, then the test, then experts, then the network's own rules.

use std::collections::BTreeMap;

use super::error::ChainError;
use super::link::Link;
use super::network::{CyclePolicy, DropReason, DroppedLink, ValueChain};
use super::overrides::Action;
use super::significance::benjamini_hochberg;
use super::sources::{NO_PLACE, SourceKind, Sources};
use super::votes::has_votes;
use crate::nomenclature::Hs6;
use crate::plain_text::listed;

/// What a link needs to be significant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Criterion {
    /// Nothing.
    None,
    /// Z of at least this.
    Z(f64),
    /// A false discovery rate (Benjamini and Hochberg, over all links with enough votes) of at most this.
    Fdr(f64),
}

/// What a link needs to be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Votes in one of the sources that vote.
    pub votes: u32,
    /// Significance.
    pub criterion: Criterion,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { votes: 6, criterion: Criterion::Z(1.96) }
    }
}

/// Every proposed link with its votes, its test and its sources.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    /// Where the links come from.
    pub sources: Sources,
    /// The links, by input and output, with rho, Z and p where they could be tested.
    pub links: Vec<Link>,
    /// Why a link could not be tested.
    pub untested: BTreeMap<(Hs6, Hs6), DropReason>,
}

impl Evidence {
    /// Evidence of links that are not tested.
    pub fn untested(sources: Sources) -> Self {
        Self { links: sources.links(), sources, untested: BTreeMap::new() }
    }

    /// Largest number of runs of any source that votes; 0 if none does.
    pub fn runs(&self) -> u32 {
        self.sources.files.iter().filter_map(|f| f.runs).max().unwrap_or(0)
    }

    /// Builds the network of the links that pass.
    ///
    /// A link needs votes, then significance; links that cannot be tested are left out if significance is asked for.
    /// An expert's `forbid` then takes a link out and `force` puts one in. What is left is made acyclic by `policy` and given tiers.
    /// Every link that is left out is listed with the first reason that applies.
    ///
    /// # Errors
    /// [`ChainError::TooFewRuns`] if a source has fewer runs than votes are asked for; else as [`ValueChain::build`].
    pub fn decide(
        &self,
        thresholds: Thresholds,
        seeds: &[Hs6],
        policy: CyclePolicy,
    ) -> Result<ValueChain, ChainError> {
        for file in &self.sources.files {
            if let Some(runs) = file.runs
                && runs < thresholds.votes
            {
                return Err(ChainError::TooFewRuns {
                    key: "chain.votes",
                    file: file.name.clone(),
                    votes: u64::from(thresholds.votes),
                    runs,
                });
            }
        }
        let mut dropped: Vec<DroppedLink> = self
            .sources
            .repeated
            .iter()
            .map(|link| DroppedLink { link: link.clone(), reason: DropReason::Repeated })
            .collect();
        let voted: Vec<bool> = self.links.iter().map(|link| self.has_votes(link, thresholds.votes)).collect();
        let rates = self.false_discovery_rates(&voted);
        let mut kept = Vec::with_capacity(self.links.len());
        for ((link, voted), q) in self.links.iter().zip(voted).zip(rates) {
            let mut link = Link { q, ..link.clone() };
            let decision = self.sources.overrides.get(&(link.input, link.output));
            if let Some(decision) = decision
                && decision.action == Action::Force
            {
                link.forced = Some(format!("{}: {}", decision.name, decision.reason));
                kept.push(link);
                continue;
            }
            let reason = if voted {
                self.insignificant(&link, thresholds.criterion)
            } else {
                Some(DropReason::TooFewVotes {
                    votes: link.votes.unwrap_or(0),
                    runs: link.runs.unwrap_or(0),
                    needed: thresholds.votes,
                })
            };
            let forbidden =
                decision.map(|d| DropReason::Forbidden { name: d.name.clone(), reason: d.reason.clone() });
            match reason.or(forbidden) {
                Some(reason) => dropped.push(DroppedLink { link, reason }),
                None => kept.push(link),
            }
        }
        ValueChain::build_with(kept, dropped, seeds, policy)
    }

    fn has_votes(&self, link: &Link, needed: u32) -> bool {
        let mentions = self.sources.mentions.get(&(link.input, link.output));
        has_votes(mentions.into_iter().flatten().map(|m| m.tally), needed)
    }

    fn false_discovery_rates(&self, voted: &[bool]) -> Vec<Option<f64>> {
        let tested: Vec<usize> =
            (0..self.links.len()).filter(|&n| voted[n] && self.links[n].p.is_some()).collect();
        let p: Vec<f64> = tested.iter().filter_map(|&n| self.links[n].p).collect();
        let mut rates = vec![None; self.links.len()];
        for (n, q) in tested.into_iter().zip(benjamini_hochberg(&p)) {
            rates[n] = Some(q);
        }
        rates
    }

    fn insignificant(&self, link: &Link, criterion: Criterion) -> Option<DropReason> {
        let untested = || self.untested.get(&(link.input, link.output)).cloned();
        match criterion {
            Criterion::None => None,
            Criterion::Z(needed) => match (link.rho, link.z) {
                (Some(_), Some(z)) if z >= needed => None,
                (Some(_), z) => Some(DropReason::LowZ { z, needed }),
                (None, _) => Some(untested().unwrap_or(DropReason::NoVariation)),
            },
            Criterion::Fdr(allowed) => match link.q {
                Some(q) if q <= allowed => None,
                Some(q) => Some(DropReason::HighFdr { q, allowed }),
                None => Some(untested().unwrap_or(DropReason::NoVariation)),
            },
        }
    }

    /// What the reader of a network should know about its sources.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.sources.notes.clone();
        for file in &self.sources.files {
            for left in file.left_out.iter().filter(|left| left.reason != NO_PLACE) {
                notes.push(format!("{} rows of {} propose no link: {}.", left.rows, file.name, left.reason));
            }
        }
        let idle: Vec<String> = self
            .sources
            .overrides
            .iter()
            .filter(|(link, o)| o.action == Action::Forbid && !self.sources.mentions.contains_key(link))
            .map(|((i, o), _)| format!("{i} -> {o}"))
            .collect();
        if !idle.is_empty() {
            notes.push(format!("Experts forbid links that no source proposes: {}.", listed(&idle, "")));
        }
        let count = |action| self.sources.overrides.values().filter(|o| o.action == action).count();
        if self.sources.files.iter().any(|f| f.kind == SourceKind::Overrides) {
            notes.push(format!(
                "Experts force {} links and forbid {}; chain/edges.csv has their names and reasons.",
                count(Action::Force),
                count(Action::Forbid)
            ));
        }
        notes
    }
}
