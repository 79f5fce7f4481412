//! An economy whose links are known: what the test on trade finds, and what a raw correlation finds.
//!
//! Two hundred countries whose sizes span four decades. Inputs are imported by those who make the outputs they go into, and a little by
//! everybody for final use. Two kinds of goods mislead: those that every country exports in proportion to its
//! size, and those of the same sector as a true output, made by the same countries without the input.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use monazite::nomenclature::Hs6;
use monazite::progress::Silent;
use monazite::value_chain::compare::{ComparedNetwork, Overlap, compare};
use monazite::value_chain::evidence::{Criterion, Evidence, Thresholds};
use monazite::value_chain::significance::{
    Control, CountryTrade, PairTest, PreparedTrade, TestParameters, TradeScale, test_links,
};
use monazite::value_chain::sources::{Mention, SourceFile, SourceKind, Sources};
use monazite::value_chain::votes::Tally;
use monazite::value_chain::{CyclePolicy, Link};

struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// exp of a normal number with this standard deviation.
    fn lognormal(&mut self, sd: f64) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (sd * (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()).exp()
    }
}

const COUNTRIES: usize = 200;
const SECTORS: usize = 12;
const INPUTS: usize = 60;
/// Goods that everybody exports in proportion to size.
const PLAIN: usize = 110;
const OUTPUTS: usize = 400;

struct Economy {
    trade: CountryTrade,
    links: BTreeSet<(usize, usize)>,
    candidates: Vec<(usize, usize)>,
}

fn code(number: usize) -> Hs6 {
    format!("{number:06}").parse().expect("six digits")
}

fn input(at: usize) -> Hs6 {
    code(100_000 + at)
}

fn output(at: usize) -> Hs6 {
    code(200_000 + at)
}

fn economy(seed: u64) -> Economy {
    let mut random = Random(seed);
    let size: Vec<f64> = (0..COUNTRIES).map(|_| 10f64.powf(4.0 * random.unit()) * 1000.0).collect();
    let skill: Vec<f64> = (0..COUNTRIES * SECTORS).map(|_| random.lognormal(0.7)).collect();
    let sector: Vec<usize> = (0..OUTPUTS).map(|_| random.below(SECTORS)).collect();
    let mut exports = Vec::with_capacity(OUTPUTS * COUNTRIES);
    for j in 0..OUTPUTS {
        for c in 0..COUNTRIES {
            exports.push(if j < PLAIN {
                size[c] * random.lognormal(0.3)
            } else if random.unit() < 0.2 {
                0.0
            } else {
                size[c] * skill[c * SECTORS + sector[j]] * random.lognormal(1.5)
            });
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let mut imports = Vec::with_capacity(INPUTS * COUNTRIES);
    let mut links = BTreeSet::new();
    for i in 0..INPUTS {
        let mut need: Vec<f64> = size.iter().map(|s| 0.25 * s / mean(&size)).collect();
        for _ in 0..1 + random.below(2) {
            let j = PLAIN + random.below(OUTPUTS - PLAIN);
            links.insert((i, j));
            let made = &exports[j * COUNTRIES..(j + 1) * COUNTRIES];
            need.iter_mut().zip(made).for_each(|(n, m)| *n += m / mean(made));
        }
        imports.extend(need.iter().map(|n| 1e4 * n * random.lognormal(0.25)));
    }
    let mut candidates: BTreeSet<(usize, usize)> = links.clone();
    for &(i, j) in &links {
        let same: Vec<usize> =
            (PLAIN..OUTPUTS).filter(|&k| sector[k] == sector[j] && !links.contains(&(i, k))).collect();
        candidates.insert((i, same[random.below(same.len())]));
        for _ in 0..2 {
            candidates.insert((i, random.below(PLAIN)));
        }
    }
    let total = |rows: &[f64]| -> Vec<f64> {
        (0..COUNTRIES).map(|c| rows.chunks(COUNTRIES).map(|row| row[c]).sum()).collect()
    };
    let trade = CountryTrade {
        inputs: (0..INPUTS).map(input).collect(),
        outputs: (0..OUTPUTS).map(output).collect(),
        years: 1,
        countries: COUNTRIES,
        total_imports: total(&imports),
        total_exports: total(&exports),
        imports,
        exports,
        population: Vec::new(),
    };
    Economy { trade, links, candidates: candidates.into_iter().collect() }
}

fn tested(economy: &Economy, parameters: &TestParameters) -> Vec<PairTest> {
    let prepared = PreparedTrade::new(economy.trade.clone(), parameters).expect("they go together");
    test_links(&prepared, &economy.candidates, parameters, &Silent)
        .expect("nobody stops it")
        .into_iter()
        .map(Option::unwrap)
        .collect()
}

/// The smaller of precision and recall for the threshold that serves a score best, chosen with the truth in hand.
fn best_threshold(scores: &[(f64, bool)]) -> f64 {
    let all = scores.iter().filter(|s| s.1).count() as f64;
    scores
        .iter()
        .map(|&(least, _)| {
            let kept = scores.iter().filter(|s| s.0 >= least);
            let (count, right) = kept.fold((0.0, 0.0), |(n, r), s| (n + 1.0, r + f64::from(u8::from(s.1))));
            (right / count).min(right / all)
        })
        .fold(0.0, f64::max)
}

#[test]
fn the_validated_network_is_right_where_raw_correlation_is_not() {
    let validated = TestParameters {
        transform: TradeScale::Log1p,
        control: Control::CountrySize,
        ..TestParameters::default()
    };
    let mut found = Overlap::default();
    let (mut raw, mut logs) = (Vec::new(), Vec::new());
    for seed in 1..=10 {
        let economy = economy(seed);
        let truth = ComparedNetwork {
            links: economy.links.iter().map(|&(i, j)| (input(i), output(j))).collect(),
            ..ComparedNetwork::default()
        };
        let evidence = evidence(&economy, &tested(&economy, &validated));
        let thresholds = Thresholds { votes: 1, criterion: Criterion::Z(1.96) };
        let chain = evidence.decide(thresholds, &economy.trade.inputs, CyclePolicy::Greedy).unwrap();
        let links = compare(&ComparedNetwork::of(&chain), &truth).links;
        found.shared += links.shared;
        found.network += links.network;
        found.reference += links.reference;
        let log = TestParameters { transform: TradeScale::Log1p, ..TestParameters::default() };
        for (scores, parameters) in [(&mut raw, TestParameters::default()), (&mut logs, log)] {
            let tests = tested(&economy, &parameters);
            scores.extend(
                economy.candidates.iter().zip(&tests).map(|(l, t)| (t.rho, economy.links.contains(l))),
            );
        }
    }
    let (precision, recall) = (found.precision().unwrap(), found.recall().unwrap());
    let (raw, logs) = (best_threshold(&raw), best_threshold(&logs));
    println!(
        "validated: precision {precision:.3}, recall {recall:.3}; correlation with its best threshold: raw {raw:.3}, in logs {logs:.3}"
    );
    assert!(precision >= 0.9 && recall >= 0.9, "precision {precision}, recall {recall}");
    assert!(raw < 0.87 && logs < 0.9, "raw {raw}, logs {logs}");
}

/// The candidates as one run of one source, with their tests.
fn evidence(economy: &Economy, tests: &[PairTest]) -> Evidence {
    let file = SourceFile {
        name: "candidates.csv".to_owned(),
        kind: SourceKind::Candidates,
        sha256: String::new(),
        rows: economy.candidates.len() as u64,
        links: economy.candidates.len(),
        runs: Some(1),
        left_out: Vec::new(),
    };
    let mention = Mention {
        file: 0,
        line: 1,
        tally: Some(Tally { votes: 1, runs: 1 }),
        score: None,
        citation: String::new(),
    };
    let sources = Sources {
        files: vec![file],
        mentions: economy
            .candidates
            .iter()
            .map(|&(i, j)| ((input(i), output(j)), vec![mention.clone()]))
            .collect(),
        ..Sources::default()
    };
    let links = sources
        .links()
        .into_iter()
        .zip(tests)
        .map(|(link, test)| Link { rho: Some(test.rho), z: test.z, p: Some(test.p), ..link })
        .collect();
    Evidence { sources, links, ..Evidence::default() }
}
