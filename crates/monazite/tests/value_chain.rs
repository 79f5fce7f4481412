//! What must hold for any test of links and any network made of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::nomenclature::Hs6;
use monazite::progress::Silent;
use monazite::value_chain::significance::{
    CountryTrade, PairTest, PreparedTrade, TestParameters, benjamini_hochberg, test_links,
};
use proptest::prelude::*;

fn hs(number: usize) -> Hs6 {
    format!("{number:06}").parse().expect("six digits")
}

fn run(trade: CountryTrade, parameters: &TestParameters) -> Vec<Option<PairTest>> {
    let links: Vec<(usize, usize)> =
        (0..trade.inputs.len()).flat_map(|i| (0..trade.outputs.len()).map(move |j| (i, j))).collect();
    let prepared = PreparedTrade::new(trade, parameters).expect("they go together");
    test_links(&prepared, &links, parameters, &Silent).expect("nobody stops it")
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}

/// A number from a seed, skewed like trade.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = (self.0 >> 11) as f64 / (1u64 << 53) as f64;
        if unit < 0.3 { 0.0 } else { (unit * 9.0).exp() }
    }

    fn trade(&mut self, inputs: usize, outputs: usize, years: usize, countries: usize) -> CountryTrade {
        let width = years * countries;
        let mut fill = |n: usize| -> Vec<f64> { (0..n).map(|_| self.next()).collect() };
        CountryTrade {
            inputs: (0..inputs).map(|n| hs(n + 1)).collect(),
            outputs: (0..outputs).map(|n| hs(n + 1001)).collect(),
            years,
            countries,
            imports: fill(inputs * width),
            exports: fill(outputs * width),
            total_imports: fill(width).iter().map(|v| v + 1.0).collect(),
            total_exports: fill(width).iter().map(|v| v + 1.0).collect(),
            population: Vec::new(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn units_and_names_of_countries_do_not_matter(seed in 0u64..1000, scale in 0.001f64..1e6, turn in 1usize..11) {
        let trade = Numbers(seed).trade(2, 9, 1, 12);
        let base = run(trade.clone(), &TestParameters::default());
        let mut other = trade.clone();
        other.imports.iter_mut().for_each(|v| *v *= scale);
        for row in other.imports.chunks_mut(12).chain(other.exports.chunks_mut(12)) {
            row.rotate_left(turn);
        }
        for (a, b) in base.iter().zip(run(other, &TestParameters::default())) {
            match (a, b) {
                (Some(a), Some(b)) => {
                    prop_assert!(close(a.rho, b.rho, 1e-9));
                    prop_assert!((-1.0..=1.0).contains(&a.rho) && a.p > 0.0 && a.p <= 1.0);
                }
                (None, None) => {}
                _ => prop_assert!(false, "defined in one and not in the other"),
            }
        }
    }

    #[test]
    fn the_order_of_outputs_does_not_matter(seed in 0u64..1000, turn in 1usize..8) {
        let trade = Numbers(seed).trade(2, 9, 1, 12);
        let base = run(trade.clone(), &TestParameters::default());
        let mut other = trade;
        other.exports.rotate_left(turn * 12);
        let turned = run(other, &TestParameters::default());
        for i in 0..2 {
            for j in 0..9 {
                let (a, b) = (base[i * 9 + (j + turn) % 9], turned[i * 9 + j]);
                prop_assert_eq!(a.map(|t| (t.rho, t.p, t.null_size)), b.map(|t| (t.rho, t.p, t.null_size)));
                if let (Some(a), Some(b)) = (a, b) && let (Some(za), Some(zb)) = (a.z, b.z) {
                    prop_assert!(close(za, zb, 1e-8));
                }
            }
        }
    }

    #[test]
    fn p_falls_as_the_correlation_rises(seed in 0u64..1000) {
        let tests = run(Numbers(seed).trade(1, 12, 1, 20), &TestParameters::default());
        let mut tests: Vec<PairTest> = tests.into_iter().flatten().collect();
        tests.sort_by(|a, b| a.rho.total_cmp(&b.rho));
        for pair in tests.windows(2) {
            prop_assert!(pair[0].p >= pair[1].p);
            if let (Some(a), Some(b)) = (pair[0].z, pair[1].z) {
                prop_assert!(a <= b + 1e-9, "Z rises with the correlation");
            }
        }
        let q = benjamini_hochberg(&tests.iter().map(|t| t.p).collect::<Vec<_>>());
        prop_assert!(q.iter().zip(&tests).all(|(q, t)| *q >= t.p - 1e-12 && *q <= 1.0));
    }
}

mod network {
    use std::collections::BTreeSet;

    use monazite::nomenclature::Hs6;
    use monazite::value_chain::{CyclePolicy, DropReason, Link, ValueChain};
    use proptest::prelude::*;

    fn hs(number: usize) -> Hs6 {
        format!("{:06}", number + 1).parse().expect("six digits")
    }

    /// Up to 80 links between up to 20 products, some with votes and Z, some forced.
    fn links() -> impl Strategy<Value = Vec<Link>> {
        let link = (0usize..20, 0usize..20, 0u32..=10, -3.0f64..6.0, 0u32..12);
        prop::collection::vec(link, 1..80).prop_map(|list| {
            list.into_iter()
                .filter(|l| l.0 != l.1)
                .map(|(input, output, votes, z, kind)| Link {
                    curated: kind < 2,
                    votes: (kind >= 2).then_some(votes),
                    runs: (kind >= 2).then_some(10),
                    z: Some(z),
                    // Forced links lead from lower to higher numbers, so that they form no cycle among themselves.
                    forced: (kind == 11 && input < output).then(|| "A: B".to_owned()),
                    ..Link::curated(hs(input), hs(output))
                })
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_chain_is_acyclic_with_tiers_that_rise_by_one_at_most(list in links(), tiered in any::<bool>()) {
            let policy = if tiered { CyclePolicy::Tiered } else { CyclePolicy::Greedy };
            let seeds = [hs(0), hs(1)];
            let chain = ValueChain::build(list.clone(), &seeds, policy).unwrap();
            prop_assert!(ValueChain::build(chain.links().to_vec(), &seeds, CyclePolicy::Reject).is_ok(), "acyclic");
            for link in chain.links() {
                let (input, output) = (chain.tier(link.input).unwrap(), chain.tier(link.output).unwrap());
                prop_assert!(output <= input + 1);
                if tiered && list.iter().all(|l| l.forced.is_none()) {
                    prop_assert_eq!(output, input + 1);
                }
            }
            for (product, tier) in chain.products() {
                prop_assert_eq!(tier == 0, seeds.contains(&product));
                let inputs = chain.inputs_of(product);
                if tier > 0 {
                    prop_assert!(inputs.iter().any(|i| chain.tier(*i) == Some(tier - 1)));
                    prop_assert!(!chain.upstream_of(product).is_disjoint(&BTreeSet::from(seeds)));
                }
            }
            // Nothing is lost: every link is in, or is listed with a reason.
            prop_assert_eq!(chain.links().len() + chain.dropped().len(), list.len());
            for dropped in chain.dropped() {
                if let DropReason::ClosesCycle { way } = &dropped.reason {
                    prop_assert!(dropped.link.forced.is_none(), "what experts force is never cut");
                    prop_assert_eq!((way[0], way[way.len() - 1]), (dropped.link.output, dropped.link.input));
                    prop_assert!(way.len() >= 2);
                }
            }
        }

        #[test]
        fn the_order_of_the_list_and_the_names_of_products_do_not_matter(list in links(), turn in 1usize..50) {
            let mut unique: Vec<Link> = Vec::new();
            for link in list {
                if !unique.iter().any(|l| (l.input, l.output) == (link.input, link.output)) {
                    unique.push(link);
                }
            }
            let seeds = [hs(0)];
            let chain = ValueChain::build(unique.clone(), &seeds, CyclePolicy::Greedy).unwrap();
            let mut turned = unique.clone();
            turned.rotate_left(turn % unique.len().max(1));
            prop_assert_eq!(&chain, &ValueChain::build(turned, &seeds, CyclePolicy::Greedy).unwrap());
            // New names in the same order: the ties are broken in the same way.
            let renamed = |code: Hs6| hs(3 * (code.index() - 1) + 7);
            let moved: Vec<Link> = unique
                .iter()
                .map(|l| Link { input: renamed(l.input), output: renamed(l.output), ..l.clone() })
                .collect();
            let other = ValueChain::build(moved, &[renamed(hs(0))], CyclePolicy::Greedy).unwrap();
            let tiers: Vec<(Hs6, u8)> = chain.products().map(|(p, t)| (renamed(p), t)).collect();
            prop_assert_eq!(tiers, other.products().collect::<Vec<_>>());
        }
    }
}
