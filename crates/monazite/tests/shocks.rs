//! What must hold of any shock in any trade network, and the worked network of three countries.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indicators::{ContentSources, ImportContent, import_content};
use monazite::shock::{
    Combine, CutTo, ExportCut, ProductShock, ProductionLoss, Propagation, ShockSolver, Substitution,
    ThreeContents, joint_stop, propagate, readings, rounds, scan, substitute, worst_suppliers,
};
use monazite::trade::TradeMatrix;
use proptest::prelude::*;

use super::properties::{Flow, matrix, network};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12
}

fn mass(t: &TradeMatrix) -> Vec<f64> {
    import_content(ImportContent::MassBalance, t, ContentSources::default())
}

fn run(t: &TradeMatrix, content: &[f64], shock: &ProductShock) -> Propagation {
    propagate(t, content, shock, &mut ShockSolver::default()).unwrap()
}

/// Loss shares with 0 where a country imports nothing.
fn losses(found: &Propagation) -> Vec<f64> {
    found.loss.iter().map(|l| l.unwrap_or(0.0)).collect()
}

/// Shares with many that are exactly 0 or 1.
fn a_share() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 2 => Just(1.0), 5 => 0.0f64..1.0]
}

fn contents() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(a_share(), 40)
}

/// A shock with cuts to all and to some, and losses of production; positions are taken modulo the number of countries.
fn a_shock() -> impl Strategy<Value = ProductShock> {
    let to = prop_oneof![Just(CutTo::All), prop::collection::vec(0u16..40, 1..6).prop_map(CutTo::Importers),];
    let cut = (0u16..40, to, a_share()).prop_map(|(supplier, to, share)| ExportCut { supplier, to, share });
    let loss = (0u16..40, a_share()).prop_map(|(country, share)| ProductionLoss { country, share });
    let combine = prop_oneof![Just(Combine::Max), Just(Combine::Product)];
    (prop::collection::vec(cut, 0..8), prop::collection::vec(loss, 0..4), combine)
        .prop_map(|(cuts, production_losses, combine)| ProductShock { cuts, production_losses, combine })
}

fn within(mut shock: ProductShock, n: usize) -> ProductShock {
    let n = n as u16;
    for cut in &mut shock.cuts {
        cut.supplier %= n;
        if let CutTo::Importers(importers) = &mut cut.to {
            importers.iter_mut().for_each(|importer| *importer %= n);
        }
    }
    shock.production_losses.iter_mut().for_each(|loss| loss.country %= n);
    shock
}

/// The right-hand side of the equation of losses, dense and plain, one round on.
fn one_round(t: &TradeMatrix, content: &[f64], shock: &ProductShock, loss: &[f64]) -> Vec<f64> {
    let n = t.countries();
    let (mut k, mut y) = (vec![vec![0.0_f64; n]; n], vec![0.0_f64; n]);
    for cut in &shock.cuts {
        let importers: Vec<usize> = match &cut.to {
            CutTo::All => (0..n).collect(),
            CutTo::Importers(importers) => importers.iter().map(|&c| usize::from(c)).collect(),
        };
        for c in importers {
            let most = &mut k[usize::from(cut.supplier)][c];
            *most = most.max(cut.share);
        }
    }
    for lost in &shock.production_losses {
        let most = &mut y[usize::from(lost.country)];
        *most = most.max(lost.share);
    }
    let mut next = vec![0.0; n];
    for (a, c, value) in t.triples() {
        let (a, c) = (usize::from(a), usize::from(c));
        let u = content[a] * loss[a] + (1.0 - content[a]) * y[a];
        let x = match shock.combine {
            Combine::Max => k[a][c].max(u),
            Combine::Product => 1.0 - (1.0 - k[a][c]) * (1.0 - u),
        };
        next[c] += value / t.imports()[c] * x;
    }
    next
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// It solves its equation, lies above every round from 0, and where rounds end, it is what they end at.
    #[test]
    fn it_is_the_least_solution(
        (n, flows) in network(), content in contents(), shock in a_shock(), most_content in 0.0f64..1.0,
    ) {
        let t = matrix(n, &flows);
        let shock = within(shock, n);
        for content in [content[..n].to_vec(), mass(&t), content[..n].iter().map(|c| c * most_content.min(0.8)).collect()] {
            let found = run(&t, &content, &shock);
            let l = losses(&found);
            prop_assert!(l.iter().all(|l| (0.0..=1.0).contains(l)));
            for (c, (l, next)) in l.iter().zip(one_round(&t, &content, &shock, &l)).enumerate() {
                prop_assert!(close(*l, next), "{c}: {l} {next}");
            }
            let by_rounds = rounds(&t, &content, &shock, 3000).unwrap();
            if let Some(last) = by_rounds.losses.last() {
                let most = content.iter().copied().fold(0.0, f64::max);
                for (c, (l, r)) in l.iter().zip(last).enumerate() {
                    prop_assert!(*r <= l + 1e-12, "{c}: {r} after rounds, {l}");
                    prop_assert!(most > 0.8 || close(*l, *r), "{c}: {l} {r}");
                }
                prop_assert!(most > 0.8 || by_rounds.converged);
            }
            // What importers lose is what flows lose, and nobody who buys nothing loses anything.
            let lost: f64 = t.triples().zip(&found.flow_loss).map(|((_, _, value), x)| value * x).sum();
            prop_assert!((found.lost_value(&t) - lost).abs() <= 1e-12 * t.total());
            for c in 0..n {
                prop_assert_eq!(found.loss[c].is_some(), t.imports()[c] > 0.0);
                prop_assert!(found.direct[c] <= found.loss[c].map(|l| l + 1e-12));
            }
        }
    }

    #[test]
    fn it_grows_with_every_cut_and_loss_and_with_content_where_nothing_else_is_lost(
        (n, flows) in network(), content in contents(), shock in a_shock(), part in a_share(), which in 0usize..8,
    ) {
        let t = matrix(n, &flows);
        let (content, shock) = (&content[..n], within(shock, n));
        let more = losses(&run(&t, content, &shock));
        let mut less = shock.clone();
        if let Some(cut) = less.cuts.get_mut(which) {
            cut.share *= part;
        }
        if let Some(loss) = less.production_losses.get_mut(which % 4) {
            loss.share *= part;
        }
        let less = losses(&run(&t, content, &less));
        prop_assert!(less.iter().zip(&more).all(|(less, more)| *less <= more + 1e-12));

        let cuts = ProductShock { production_losses: Vec::new(), ..shock };
        let smaller: Vec<f64> = content.iter().map(|c| c * part).collect();
        let (of_smaller, of_larger) = (losses(&run(&t, &smaller, &cuts)), losses(&run(&t, content, &cuts)));
        prop_assert!(of_smaller.iter().zip(&of_larger).all(|(less, more)| *less <= more + 1e-12));
        let three = readings(&t, &ThreeContents::of(&t, ContentSources::default()), &cuts, &mut ShockSolver::default()).unwrap();
        prop_assert!(three.are_bounds);
        for c in 0..n {
            prop_assert!(three.none.loss[c] <= three.exposure.loss[c].map(|l| l + 1e-12));
            prop_assert!(three.exposure.loss[c] <= three.mass_balance.loss[c].map(|l| l + 1e-12));
        }
    }

    #[test]
    fn nothing_and_order_and_scale_change_nothing(
        (n, flows) in network(), content in contents(), shock in a_shock(), scale in -6i32..6,
    ) {
        let t = matrix(n, &flows);
        let (content, shock) = (&content[..n], within(shock, n));
        let found = run(&t, content, &shock);
        prop_assert_eq!(losses(&run(&t, content, &ProductShock::default())), vec![0.0; n]);
        let mut reversed = shock.clone();
        reversed.cuts.reverse();
        reversed.production_losses.reverse();
        prop_assert_eq!(&found, &run(&t, content, &reversed));
        // A power of two changes no digit.
        let scaled: Vec<Flow> = flows.iter().map(|&(a, c, v)| (a, c, v * 2f64.powi(scale))).collect();
        prop_assert_eq!(&found, &run(&matrix(n, &scaled), content, &shock));
        // Memory of another network leaves no trace.
        let mut used = ShockSolver::default();
        propagate(&matrix(40, &scaled), &[0.5; 40], &ProductShock::stop(1), &mut used).unwrap();
        prop_assert_eq!(found, propagate(&t, content, &shock, &mut used).unwrap());
        // A supplier that nobody buys from takes nothing.
        for a in (0..n).filter(|&a| t.exports()[a] == 0.0) {
            prop_assert_eq!(losses(&run(&t, content, &ProductShock::stop(a as u16))), vec![0.0; n]);
        }
    }

    /// The scan is the shock for every supplier, and its power is what the others lose.
    #[test]
    fn the_scan_is_every_stop((n, flows) in network(), content in contents()) {
        let t = matrix(n, &flows);
        let mut solver = ShockSolver::default();
        for content in [content[..n].to_vec(), mass(&t), vec![0.0; n], vec![1.0; n]] {
            let found = scan(&t, &content, true, &mut solver);
            prop_assert_eq!(found.suppliers.len(), t.exports().iter().filter(|x| **x > 0.0).count());
            for (power, row) in found.suppliers.iter().zip(&found.losses) {
                let stop = losses(&run(&t, &content, &ProductShock::stop(power.supplier)));
                prop_assert!(stop.iter().zip(row).all(|(x, y)| close(*x, *y)), "{}: {:?} {:?} of {:?} content {:?}", power.supplier, stop, row, t.triples().collect::<Vec<_>>(), content);
                let a = usize::from(power.supplier);
                let lost = |c: usize| if c == a { 0.0 } else { t.imports()[c] * row[c] };
                let sum: f64 = (0..n).map(lost).sum();
                prop_assert!((power.power - sum).abs() <= 1e-12 * sum);
                prop_assert!(power.multiplier >= 1.0 - 1e-12 && power.power_share <= 1.0 + 1e-12);
                prop_assert!(power.direct_share <= power.power_share + 1e-12);
                let top = (0..n).map(lost).fold(0.0, f64::max);
                prop_assert!(lost(usize::from(power.top_importer)) == top);
                prop_assert!(power.damage_hhi <= power.top_importer_share + 1e-12);
                prop_assert!(power.damage_hhi >= power.top_importer_share.powi(2) - 1e-12);
                if content.iter().all(|c| *c == 0.0) {
                    // Nothing is passed on: the shares themselves.
                    let direct = t.triples().filter(|f| usize::from(f.0) == a);
                    for (_, c, value) in direct {
                        prop_assert!(close(row[usize::from(c)], value / t.imports()[usize::from(c)]));
                    }
                    prop_assert!(close(power.multiplier, 1.0));
                }
            }
        }
    }

    /// The loss of a set grows with the set and is submodular: what one more adds shrinks as the set grows.
    #[test]
    fn joint_stops_cover((n, flows) in network(), content in contents(), sets in prop::collection::vec(0u16..40, 6)) {
        let t = matrix(n, &flows);
        let content = &content[..n];
        let sets: Vec<u16> = sets.into_iter().map(|a| a % n as u16).collect();
        let stop = |set: &[u16]| -> Vec<f64> {
            let found = joint_stop(&t, content, set, &mut ShockSolver::default()).unwrap();
            let same = run(&t, content, &ProductShock::stop_of(set)).loss;
            assert!(found.iter().zip(same).all(|(x, y)| close(x.unwrap_or(0.0), y.unwrap_or(0.0))));
            found.into_iter().map(|l| l.unwrap_or(0.0)).collect()
        };
        let (a, b) = (stop(&sets[..1]), stop(&sets[1..2]));
        let both = stop(&sets[..2]);
        for c in 0..n {
            prop_assert!(both[c] >= a[c].max(b[c]) - 1e-12 && both[c] <= a[c] + b[c] + 1e-12);
        }
        let one_more = |mut set: Vec<u16>| { set.push(sets[5]); stop(&set) };
        let (small, large) = (stop(&sets[..2]), stop(&sets[..5]));
        let (small_more, large_more) = (one_more(sets[..2].to_vec()), one_more(sets[..5].to_vec()));
        for c in 0..n {
            prop_assert!(large[c] >= small[c] - 1e-12);
            prop_assert!(large_more[c] - large[c] <= small_more[c] - small[c] + 1e-12);
        }
    }

    #[test]
    fn the_greedy_choice_keeps_its_promise(
        (n, flows) in network().prop_map(|(n, flows)| {
            let n = n.min(9);
            (n, flows.into_iter().map(|(a, c, v)| (a % n as u16, c % n as u16, v)).collect::<Vec<Flow>>())
        }),
        content in contents(), count in 1usize..4, only in 0usize..9,
    ) {
        let t = matrix(n, &flows);
        let content = &content[..n];
        let one_importer: Vec<f64> = (0..n).map(|c| f64::from(u8::from(c == only % n))).collect();
        for value in [t.imports(), &one_importer] {
            let cost = |set: &[u16]| -> f64 {
                let found = joint_stop(&t, content, set, &mut ShockSolver::default()).unwrap();
                found.iter().zip(value).map(|(l, v)| l.unwrap_or(0.0) * v).sum()
            };
            let mut worst = [0.0_f64; 4];
            for set in 0u32..1 << n {
                let members: Vec<u16> = (0..n as u16).filter(|a| set >> a & 1 == 1).collect();
                if (1..=3).contains(&members.len()) {
                    worst[members.len()] = worst[members.len()].max(cost(&members));
                }
            }
            let scale = value.iter().sum::<f64>().max(1e-300);
            let found = worst_suppliers(&t, content, value, count, &mut ShockSolver::default()).unwrap();
            // With fewer than `count` countries the whole world is a smaller set.
            let truth = worst.iter().take(count + 1).copied().fold(0.0, f64::max);
            prop_assert!(found.steps.len() <= count);
            prop_assert!(truth <= found.at_most + 1e-12 * scale, "{truth} {}", found.at_most);
            let lost = found.steps.last().map_or(0.0, |s| s.lost);
            prop_assert!(lost >= (1.0 - (-1.0_f64).exp()) * truth - 1e-12 * scale);
            prop_assert!(lost <= truth + 1e-12 * scale);
            let chosen: Vec<u16> = found.steps.iter().map(|s| s.supplier).collect();
            prop_assert!((cost(&chosen) - lost).abs() <= 1e-12 * scale);
            if let Some(first) = found.steps.first() {
                prop_assert!((first.lost - worst[1]).abs() <= 1e-12 * scale, "the worst single one exactly");
            }
            // Without laziness: every candidate in every round.
            let mut plain: Vec<u16> = Vec::new();
            for step in &found.steps {
                let with = |a: u16| { let mut set = plain.clone(); set.push(a); cost(&set) };
                let best = (0..n as u16).map(with).fold(0.0, f64::max);
                prop_assert!((step.lost - best).abs() <= 1e-12 * scale);
                plain.push(step.supplier);
            }
        }
    }

    /// Losses shrink as spare capacity grows, 0 of it is none, and what is filled is what is no longer lost.
    #[test]
    fn spare_capacity_helps(
        (n, flows) in network(), content in contents(), shock in a_shock(), small in 0.0f64..0.5, more in 0.0f64..0.5,
        first in prop::collection::vec(0u16..40, 0..4), way in 0usize..3,
    ) {
        let t = matrix(n, &flows);
        let content: Vec<f64> = content[..n].iter().map(|c| c * 0.9).collect();
        let shock = within(shock, n);
        let of = |capacity: f64| {
            let mut with = Substitution::pool(capacity);
            with.rationing = rationing(way, &first, n);
            substitute(&t, &content, &shock, &with, &mut ShockSolver::default()).unwrap()
        };
        let without = losses(&run(&t, &content, &shock));
        let (none, some, most) = (of(0.0), of(small), of(small + more));
        prop_assert!(losses(&none.left).iter().zip(&without).all(|(x, y)| close(*x, *y)));
        for ((none, some), most) in losses(&none.left).iter().zip(losses(&some.left)).zip(losses(&most.left)) {
            prop_assert!(some <= none + 1e-9 && most <= some + 1e-9, "{none} {some} {most}");
        }
        for found in [&some, &most] {
            let lost: f64 = t.triples().zip(&found.left.flow_loss).map(|((_, _, v), x)| v * x).sum();
            prop_assert!((lost - found.unmet).abs() <= 1e-9 * t.total());
            prop_assert!((found.left.lost_value(&t) - (found.unmet - found.filled)).abs() <= 1e-9 * t.total());
            prop_assert!(found.filled <= found.spare + 1e-9 * t.total());
        }
    }
}

fn rationing(way: usize, first: &[u16], n: usize) -> monazite::shock::Rationing {
    use monazite::shock::Rationing::{Incumbent, Pool, Priority};
    match way {
        0 => Pool,
        1 => Incumbent,
        _ => Priority(first.iter().map(|c| c % n as u16).collect()),
    }
}
