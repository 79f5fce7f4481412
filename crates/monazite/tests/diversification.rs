//! Plans to buy elsewhere: against linear programs of another implementation, against brute force, on the shipped data, and what must hold of them in any
//! trade network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use monazite::diversification::frontier::{STEPS, frontiers};
use monazite::diversification::{
    CapacityOf, LimitOptions, Limits, Objective, PlanOptions, Planner, PlannerMemory, Purchase, StopRisk,
    SupplierCapacity, effects, frontier, least_concentrated, least_largest, least_risk, least_worst_stop,
    limits, plan, sequential, simultaneous, stop_losses, trade_off,
};
use monazite::indicators::content_risk::content_risk;
use monazite::indicators::{ContentSources, ImportContent, Leontief, RiskParameters, import_content};
use monazite::ingest::Governance;
use monazite::ingest::governance::StabilityOptions;
use monazite::nomenclature::Hs6;
use monazite::trade::{FlowSource, Store, TradeMatrix};
use proptest::prelude::*;
use serde_json::Value;

use super::properties::{Flow, matrix, network};

const REFERENCE: &str = include_str!("../../../reference/values/diversification.json");

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1.0),
        "{what}: {found} is not {expected}"
    );
}

fn all_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (a, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        close(found, expected, tolerance, &format!("{what}, {a}"));
    }
}

fn dense(value: &Value) -> TradeMatrix {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    TradeMatrix::from_dense(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Excess of every country, by a solve of the whole network with other shares of one importer.
fn solved_with(t: &TradeMatrix, w: &[f64], phi: &[f64], importer: usize, shares: &[f64]) -> Vec<f64> {
    let mut flows: Vec<Flow> = t.triples().filter(|flow| usize::from(flow.1) != importer).collect();
    let imports = t.imports()[importer];
    flows.extend(shares.iter().enumerate().map(|(a, s)| (a as u16, importer as u16, s * imports)));
    let changed = matrix(t.countries(), &flows);
    content_risk(&changed, w, phi, &RiskParameters::default(), &mut Leontief::default()).risk.excess
}

fn options_of(value: &Value) -> LimitOptions {
    let number = |key: &str| value[key].as_f64().unwrap();
    let all = value["all_exports"].as_bool().unwrap();
    let own = value["capacity_by_supplier"].as_array().unwrap().iter().map(|own| SupplierCapacity {
        supplier: own[0].as_u64().unwrap() as usize,
        capacity: own[1].as_f64().unwrap(),
    });
    LimitOptions {
        moved: number("moved"),
        keep: number("keep"),
        capacity: number("capacity"),
        capacity_of: if all { CapacityOf::AllExports } else { CapacityOf::RestOfExports },
        capacity_by_supplier: own.collect(),
        exclude: numbers(&value["exclude"]).iter().map(|&a| a as usize).collect(),
        min_supplier_share: number("min_supplier_share"),
        new_suppliers: value["new_suppliers"].as_bool().unwrap(),
    }
}

#[test]
fn linear_programs_of_another_implementation_find_the_same() {
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    all_close(&numbers(&reference["steps"]), &STEPS, 1e-15, "steps");
    let cases = reference["cases"].as_array().unwrap();
    assert!(cases.len() >= 40);
    for (k, case) in cases.iter().enumerate() {
        let (t, w) = (dense(&case["trade"]), numbers(&case["instability"]));
        let reading = match case["content"].as_str().unwrap() {
            "full" => ImportContent::Full,
            "exposure" => ImportContent::Exposure,
            "none" => ImportContent::None,
            _ => ImportContent::MassBalance,
        };
        let phi = import_content(reading, &t, ContentSources::default());
        let (c, options) = (case["importer"].as_u64().unwrap() as usize, options_of(&case["options"]));
        let what = |name: &str| format!("network {k}: {name}");
        let mut leontief = Leontief::default();
        let set = limits(&t, c, &options).unwrap();
        all_close(&set.lower, &numbers(&case["lower"]), 1e-14, &what("lower"));
        all_close(&set.upper, &numbers(&case["upper"]), 1e-12, &what("upper"));
        let purchase = Purchase::of(&t, c, &w, &phi, &mut leontief).unwrap();
        let sells = |a: usize| a != c;
        let (alpha, beta) = (numbers(&case["alpha"]), numbers(&case["beta"]));
        for a in (0..t.countries()).filter(|&a| sells(a)) {
            close(purchase.level[a], alpha[a], 1e-9, &what("level"));
            close(purchase.feedback[a], beta[a], 1e-9, &what("feedback"));
        }
        let excess = numbers(&case["excess"]);
        all_close(&purchase.excess_of_all(purchase.excess(&set.shares)), &excess, 1e-10, &what("excess"));

        let best = least_risk(&purchase, &set);
        assert!(set.allow(&best.shares, 1e-12), "{}", what("allowed"));
        close(best.excess, case["least_risk"].as_f64().unwrap(), 1e-8, &what("least risk"));
        let found: Vec<f64> = frontier(&purchase, &set, &STEPS).iter().map(|point| point.str - 1.0).collect();
        all_close(&found, &numbers(&case["frontier"]), 1e-8, &what("frontier"));
        let even = least_concentrated(&set);
        assert!(set.allow(&even, 1e-12), "{}", what("allowed"));
        let hhi: f64 = even.iter().map(|s| s * s).sum();
        close(hhi, case["least_hhi"].as_f64().unwrap(), 1e-8, &what("HHI"));
        close(set.least_largest_share(), case["least_largest"].as_f64().unwrap(), 1e-8, &what("largest"));
        let small = least_largest(&purchase, &set).unwrap();
        assert!(set.allow(&small.shares, 1e-12));
        let largest = small.shares.iter().copied().fold(0.0, f64::max);
        close(largest, set.least_largest_share(), 1e-12, &what("largest"));
        for pair in case["trade_off"].as_array().unwrap() {
            let cap = pair[0].as_f64().unwrap() + 1e-12;
            let found = trade_off(&purchase, &set, &[cap]).remove(0).optimum.unwrap();
            close(found.excess, pair[1].as_f64().unwrap(), 1e-8, &what("trade-off"));
        }
        all_close(
            &stop_losses(&t, &phi, c, &mut leontief),
            &numbers(&case["losses"]),
            1e-10,
            &what("losses"),
        );
        let stops = StopRisk::of(&t, &phi, c, &mut leontief);
        let found = least_worst_stop(&stops, &set);
        assert!(set.allow(&found.shares, 1e-10), "{}", what("allowed"));
        close(found.loss, case["least_worst_stop"].as_f64().unwrap(), 1e-8, &what("worst stop"));
        assert!(found.at_least > found.loss - 1e-8, "{}: {found:?}", what("bound"));

        let risk = RiskParameters::default();
        let all = simultaneous(&t, &w, &phi, &options, &risk, &mut leontief).unwrap();
        let found: Vec<f64> = all.str_after.iter().map(|str| str - 1.0).collect();
        all_close(&found, &numbers(&case["all_at_once"]), 1e-8, &what("all at once"));
        assert!(all.str_after.iter().zip(&all.str_before).all(|(a, b)| *a <= b * (1.0 + 1e-12)));
    }
}

/// Options that allow much, of an importer that can use them; `None` where the network has none.
fn generous(t: &TradeMatrix, w: &[f64], phi: &[f64], pick: usize, moved: f64) -> Option<(Purchase, Limits)> {
    let importers: Vec<usize> = t.columns().map(|column| usize::from(column.importer)).collect();
    let importer = *importers.get(pick % importers.len().max(1))?;
    let options =
        LimitOptions { moved, keep: 0.1, capacity: 0.5, min_supplier_share: 0.0, ..LimitOptions::default() };
    let set = limits(t, importer, &options).ok()?;
    Some((Purchase::of(t, importer, w, phi, &mut Leontief::default()).unwrap(), set))
}

fn mass(t: &TradeMatrix) -> Vec<f64> {
    import_content(ImportContent::MassBalance, t, ContentSources::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_of_least_risk(
        (n, flows) in network(),
        w in prop::collection::vec(0.0f64..0.98, 40),
        pick in 0usize..40,
        moved in 0.0f64..0.6,
    ) {
        let t = matrix(n, &flows);
        let (w, phi) = (&w[..n], mass(&t));
        let Some((purchase, set)) = generous(&t, w, &phi, pick, moved) else { return Ok(()) };
        let c = set.importer;
        let before = purchase.excess(&set.shares);
        let best = least_risk(&purchase, &set);
        prop_assert!(set.allow(&best.shares, 1e-12));
        prop_assert!(best.excess <= before);
        prop_assert!(best.rounds <= 10, "{} rounds", best.rounds);
        // A function of its own shares, exact to the last digits against a solve of the whole network.
        let whole = solved_with(&t, w, &phi, c, &best.shares);
        prop_assert!((whole[c] - best.excess).abs() <= 1e-12 * best.excess.max(1.0));
        // No move is left that pays: dear suppliers are down, or cheap ones full, or δ is used.
        let prices = purchase.prices(best.excess);
        let used: f64 = best.shares.iter().zip(&set.shares).map(|(s, b)| (s - b).max(0.0)).sum();
        for from in (0..n).filter(|&a| best.shares[a] > set.lower[a] + 1e-12) {
            for to in (0..n).filter(|&a| best.shares[a] < set.upper[a] - 1e-12) {
                // To take back what was moved costs nothing of δ.
                let free = best.shares[from] > set.shares[from] + 1e-12 || best.shares[to] < set.shares[to] - 1e-12;
                if used < moved - 1e-9 || free {
                    prop_assert!(prices[from] <= prices[to] * (1.0 + 1e-9), "{from} to {to}");
                }
            }
        }
        // Nobody loses, and the effects are those of a solve.
        for effect in effects(&t, &purchase, best.excess) {
            let d = usize::from(effect.importer);
            prop_assert!(effect.change <= 0.0);
            let expected = whole[d] + 1.0 - effect.before;
            prop_assert!((effect.change - expected).abs() <= 1e-11 * whole[d].max(1.0));
        }
        // Both ways to the function give the same.
        let mut leontief = Leontief::default();
        let mut solved = content_risk(&t, w, &phi, &RiskParameters::default(), &mut leontief);
        let shared = Purchase::of_solved(&t, c, &phi, &mut solved);
        for a in 0..n {
            prop_assert!((shared.level[a] - purchase.level[a]).abs() < 1e-12 * (1.0 + before));
            prop_assert!((shared.feedback[a] - purchase.feedback[a]).abs() < 1e-13);
        }
    }

    #[test]
    fn no_allowed_shares_are_better(
        (n, flows) in network(),
        w in prop::collection::vec(0.0f64..0.98, 40),
        pick in 0usize..40,
        moved in 0.01f64..0.6,
        tries in prop::collection::vec((0usize..40, 0usize..40, 0.0f64..1.0), 40),
    ) {
        let t = matrix(n, &flows);
        let (w, phi) = (&w[..n], mass(&t));
        let Some((purchase, set)) = generous(&t, w, &phi, pick, moved) else { return Ok(()) };
        let stops = StopRisk::of(&t, &phi, set.importer, &mut Leontief::default());
        let best = least_risk(&purchase, &set).excess;
        let even = least_concentrated(&set);
        prop_assert!(set.allow(&even, 1e-12));
        let even: f64 = even.iter().map(|s| s * s).sum();
        let small = set.least_largest_share();
        let safe = least_worst_stop(&stops, &set);
        prop_assert!(set.allow(&safe.shares, 1e-9));
        prop_assert!(safe.at_least >= safe.loss * (1.0 - 1e-7), "{} {}", safe.loss, safe.at_least);
        // A walk through what is allowed, step by step between two suppliers.
        let mut shares = set.shares.clone();
        for (from, to, part) in tries {
            let (from, to) = (from % n, to % n);
            let mut tried = shares.clone();
            let most = (tried[from] - set.lower[from]).min(set.upper[to] - tried[to]).max(0.0);
            tried[from] -= part * most;
            tried[to] += part * most;
            if from == to || !set.allow(&tried, 1e-13) {
                continue;
            }
            shares = tried;
            prop_assert!(purchase.excess(&shares) >= best * (1.0 - 1e-11));
            prop_assert!(shares.iter().map(|s| s * s).sum::<f64>() >= even * (1.0 - 1e-11));
            prop_assert!(shares.iter().copied().fold(0.0, f64::max) >= small * (1.0 - 1e-11));
            prop_assert!(stops.worst(&shares).unwrap().loss >= safe.loss * (1.0 - 1e-9));
        }
    }

    #[test]
    fn frontiers_fall_and_then_are_flat(
        (n, flows) in network(),
        w in prop::collection::vec(0.0f64..0.98, 40),
    ) {
        let t = matrix(n, &flows);
        let phi = mass(&t);
        let mut leontief = Leontief::default();
        let parameters = RiskParameters::default();
        let mut solved = content_risk(&t, &w[..n], &phi, &parameters, &mut leontief);
        let options = LimitOptions { min_supplier_share: 0.0, ..LimitOptions::default() };
        let all = frontiers(&t, &phi, &mut solved, &options, &STEPS).unwrap();
        prop_assert_eq!(all.len(), t.columns().len());
        for f in &all {
            let c = usize::from(f.importer);
            prop_assert!((f.points[0].str - 1.0 - solved.risk.excess[c]).abs() < 1e-12 * f.points[0].str);
            let mut flat = false;
            for pair in f.points.windows(2) {
                prop_assert!(pair[1].str <= pair[0].str);
                prop_assert!(pair[1].moved <= pair[1].allowed + 1e-12);
                // Once not all that is allowed is moved, nothing changes any more.
                flat |= pair[0].moved < pair[0].allowed - 1e-9;
                prop_assert!(!flat || pair[1].str == pair[0].str);
            }
            // As every point by itself.
            let Ok(set) = limits(&t, c, &LimitOptions { moved: 0.25, ..options.clone() }) else { continue };
            let purchase = Purchase::of_solved(&t, c, &phi, &mut solved);
            prop_assert!((least_risk(&purchase, &set).excess + 1.0 - f.points[5].str).abs() < 1e-12 * f.points[5].str);
        }
    }

    #[test]
    fn everyone_together_and_in_turn(
        (n, flows) in network(),
        w in prop::collection::vec(0.0f64..0.98, 40),
        moved in 0.0f64..0.4,
    ) {
        let t = matrix(n, &flows);
        let (w, phi) = (&w[..n], mass(&t));
        let options = LimitOptions { moved, min_supplier_share: 0.0, ..LimitOptions::default() };
        let (risk, mut leontief) = (RiskParameters::default(), Leontief::default());
        let together = simultaneous(&t, w, &phi, &options, &risk, &mut leontief).unwrap();
        let in_turn = sequential(&t, w, &phi, &options, &risk, &mut leontief).unwrap();
        for all in [&together, &in_turn] {
            prop_assert!(all.mean_after <= all.mean_before.map(|mean| mean * (1.0 + 1e-13)));
            for c in 0..n {
                prop_assert!(all.str_after[c] <= all.str_before[c] * (1.0 + 1e-12));
                prop_assert!((all.trade.imports()[c] - t.imports()[c]).abs() <= 1e-12 * t.imports()[c]);
            }
            let solved = content_risk(&all.trade, w, &phi, &risk, &mut leontief).risk.excess;
            for c in 0..n {
                prop_assert!((solved[c] + 1.0 - all.str_after[c]).abs() < 1e-12 * all.str_after[c]);
            }
        }
        // Nobody does better than where all have their best answers at once and no capacity is shared.
        for c in 0..n {
            prop_assert!(together.str_after[c] <= in_turn.str_after[c] * (1.0 + 1e-10));
        }
        for demand in &in_turn.demand {
            prop_assert!(demand.more <= demand.capacity * (1.0 + 1e-9) + 1e-9, "sold more than there is");
        }
        prop_assert!(in_turn.beyond_capacity().is_none_or(|beyond| beyond < 1e-9));
    }
}

const OBJECTIVES: [Objective; 4] =
    [Objective::Risk, Objective::Concentration, Objective::LargestSupplier, Objective::WorstStop];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Plans of all importers at once, also where countries have no stability at all and pass on everything.
    #[test]
    fn plans_of_a_whole_product_year(
        (n, flows) in network(),
        w in prop::collection::vec(prop_oneof![4 => 0.0f64..1.0, 1 => Just(1.0), 1 => Just(0.0)], 40),
        full in any::<bool>(),
        moved in 0.0f64..1.0,
        capacity in 0.0f64..2.0,
    ) {
        let t = matrix(n, &flows);
        let w = &w[..n];
        let reading = if full { ImportContent::Full } else { ImportContent::MassBalance };
        let (sources, risk) = (ContentSources::default(), RiskParameters::default());
        let phi = import_content(reading, &t, sources);
        let (mut memory, mut leontief) = (PlannerMemory::default(), Leontief::default());
        let mut planner = Planner::new(&t, w, reading, sources, &risk, &mut memory);
        for (k, column) in t.columns().enumerate() {
            let c = usize::from(column.importer);
            let limits = LimitOptions { moved, capacity, min_supplier_share: 0.0, ..LimitOptions::default() };
            let options = PlanOptions { objective: OBJECTIVES[k % 4], limits };
            let Ok(found) = planner.plan(c, &options, &mut leontief) else { continue };
            prop_assert!(found.limits.allow(&found.shares, 1e-9));
            prop_assert!(found.str.before.is_finite() && found.str.before >= 1.0);
            prop_assert!(found.str_recomputed.is_finite() && found.str_recomputed >= 1.0);
            if options.objective == Objective::Risk {
                prop_assert!(found.str.after <= found.str.before * (1.0 + 1e-13));
                prop_assert!(found.effects.iter().all(|effect| effect.change <= 0.0));
            }
            let largest = |losses: Vec<f64>| losses.into_iter().fold(0.0, f64::max);
            let before = largest(stop_losses(&t, &phi, c, &mut leontief));
            prop_assert!((found.worst_stop_before.loss - before).abs() < 1e-11);
            let mut flows: Vec<Flow> = t.triples().filter(|flow| usize::from(flow.1) != c).collect();
            let bought = found.shares.iter().map(|share| share * t.imports()[c]).enumerate();
            flows.extend(bought.map(|(a, value)| (a as u16, c as u16, value)));
            let changed = matrix(n, &flows);
            let after = largest(stop_losses(&changed, &phi, c, &mut leontief));
            prop_assert!((found.worst_stop_after.loss - after).abs() < 1e-9, "{} {after}", found.worst_stop_after.loss);
            if options.objective == Objective::WorstStop {
                prop_assert!(after <= before + 1e-9);
            }
        }
        let options = LimitOptions { moved, capacity, ..LimitOptions::default() };
        for run in [simultaneous, sequential] {
            let all = run(&t, w, &phi, &options, &risk, &mut leontief).unwrap();
            prop_assert!(all.str_after.iter().all(|str| str.is_finite()));
        }
    }
}

#[test]
fn a_plan_for_every_objective_is_the_best_at_its_own() {
    let t = TradeMatrix::from_dense(&[
        &[0.0, 0.0, 4.0, 0.0, 1.0, 0.0, 0.0],
        &[39.0, 0.0, 0.0, 0.0, 20.0, 0.0, 1.0],
        &[0.0, 14.0, 0.0, 63.0, 1.0, 32.0, 12.0],
        &[0.0, 32.0, 0.0, 0.0, 0.0, 4.0, 1.0],
        &[0.0, 0.0, 14.0, 1.0, 0.0, 0.0, 38.0],
        &[54.0, 81.0, 0.0, 48.0, 0.0, 0.0, 2.0],
        &[1.0, 0.0, 5.0, 1.0, 21.0, 15.0, 0.0],
    ]);
    let w = [0.79, 0.6, 0.29, 0.56, 0.57, 0.11, 0.67];
    let mut leontief = Leontief::default();
    let mut of = |objective| {
        let limits = LimitOptions { moved: 0.2, ..LimitOptions::default() };
        let options = PlanOptions { objective, limits };
        let (reading, sources) = (ImportContent::MassBalance, ContentSources::default());
        plan(&t, &w, reading, sources, 3, &options, &RiskParameters::default(), &mut leontief).unwrap()
    };
    let plans = OBJECTIVES.map(&mut of);
    for plan in &plans {
        assert!(plan.str.after >= plans[0].str.after - 1e-12);
        assert!(plan.hhi.after >= plans[1].hhi.after - 1e-12);
        assert!(plan.largest.after >= plans[2].largest.after - 1e-12);
        assert!(plan.worst_stop_after.loss >= plans[3].worst_stop_after.loss - 1e-9);
        // The moves make the shares, and the stops are those of the changed trade.
        let mut shares = plan.limits.shares.clone();
        for step in &plan.moves {
            shares[usize::from(step.from)] -= step.share;
            shares[usize::from(step.to)] += step.share;
        }
        all_close(&shares, &plan.shares, 1e-11, "moves");
        close(plan.moves.iter().map(|step| step.share).sum(), plan.moved, 1e-11, "moved");
        let whole = solved_with(&t, &w, &mass(&t), 3, &plan.shares);
        close(plan.str.after, 1.0 + whole[3], 1e-12, "held");
        for effect in &plan.effects {
            let d = usize::from(effect.importer);
            close(effect.before + effect.change, 1.0 + whole[d], 1e-12, "effect");
        }
        assert!(plan.used_capacity.iter().all(|used| used.share > 0.0 && used.share <= 1.0 + 1e-12));
        // With φ taken from the changed trade, by a solve of that.
        let mut flows: Vec<Flow> = t.triples().filter(|flow| flow.1 != 3).collect();
        flows.extend(plan.shares.iter().enumerate().map(|(a, s)| (a as u16, 3, s * 113.0)));
        let changed = matrix(7, &flows);
        let risk =
            content_risk(&changed, &w, &mass(&changed), &RiskParameters::default(), &mut leontief).risk;
        close(plan.str_recomputed, 1.0 + risk.excess[3], 1e-12, "recomputed");
        let stops = stop_losses(&changed, &mass(&t), 3, &mut leontief);
        close(plan.worst_stop_after.loss, stops.iter().copied().fold(0.0, f64::max), 1e-12, "worst stop");
    }
    assert!(
        plans[0].str.after < plans[0].str.before
            && plans[3].worst_stop_after.loss < plans[0].worst_stop_after.loss
    );
}

/// One product-year of the shipped data.
fn shipped(store: &Store, year: u16, product: &str) -> TradeMatrix {
    let product: Hs6 = product.parse().unwrap();
    let batch = store.read(year, &[product], false).unwrap();
    let pairs = batch.exporters.iter().zip(&batch.importers).zip(&batch.values);
    let flows: Vec<Flow> = pairs.map(|((&a, &c), &value)| (a, c, value)).collect();
    matrix(store.countries().len(), &flows)
}

/// What the USA can bring their risk down to with a tenth of their imports, as numpy has it.
#[test]
fn the_usa_in_the_shipped_data() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let store = Store::open(&data.join("baci-hs92-raw-materials")).unwrap();
    let governance = Governance::read(&data.join("wgi/wgi_pv_1996_2023.csv")).unwrap();
    let codes: Vec<String> = store.countries().iso3_codes().iter().map(|c| (*c).to_owned()).collect();
    let years = [2007, 2015, 2023];
    let stability = governance.resolve(&codes, &years, StabilityOptions::default()).unwrap();
    let usa = codes.iter().position(|code| code == "USA").unwrap();
    let options = PlanOptions {
        limits: LimitOptions { min_supplier_share: 0.0, ..LimitOptions::default() },
        ..PlanOptions::default()
    };
    let expected = [
        (
            "284690",
            [
                [1.6111093302802586, 1.5461356413623184],
                [1.732586002536395, 1.6518328093494783],
                [2.1435826033162795, 2.020960987088303],
            ],
        ),
        (
            "280530",
            [
                [1.5754764843616296, 1.4953483774462146],
                [1.7265820725769845, 1.5910867145776673],
                [1.7762724921850168, 1.7165980022027458],
            ],
        ),
        (
            "284610",
            [
                [1.4805297793791607, 1.4079894049738586],
                [1.37294800347568, 1.3124380318563231],
                [1.3840202406289082, 1.3261624277393893],
            ],
        ),
        (
            "282200",
            [
                [1.3007694202257452, 1.2222533051769755],
                [1.4118033632392522, 1.3474560898455525],
                [1.4145135612969417, 1.3554715514428262],
            ],
        ),
        (
            "810510",
            [
                [1.4630097134004445, 1.338943563239297],
                [1.5013262153085636, 1.3685014974687382],
                [1.4095707329712606, 1.3377508440071586],
            ],
        ),
    ];
    for (product, by_year) in expected {
        for (k, [before, after]) in by_year.into_iter().enumerate() {
            let t = shipped(&store, years[k], product);
            let found = plan(
                &t,
                &stability.instability(k),
                ImportContent::MassBalance,
                ContentSources::default(),
                usa,
                &options,
                &RiskParameters::default(),
                &mut Leontief::default(),
            )
            .unwrap();
            let what = format!("{product} in {}", years[k]);
            close(found.str.before, before, 1e-9, &what);
            close(found.str.after, after, 1e-9, &what);
        }
    }
    // METHODS2 C5: all importers of 284690 in 2023 at once, and one after the other.
    let (t, w) = (shipped(&store, 2023, "284690"), stability.instability(2));
    let (phi, risk, mut leontief) = (mass(&t), RiskParameters::default(), Leontief::default());
    let together = simultaneous(&t, &w, &phi, &options.limits, &risk, &mut leontief).unwrap();
    let in_turn = sequential(&t, &w, &phi, &options.limits, &risk, &mut leontief).unwrap();
    close(together.mean_before.unwrap(), 1.863, 5e-4, "mean");
    close(together.mean_after.unwrap(), 1.770, 5e-4, "mean together");
    close(in_turn.mean_after.unwrap(), 1.7867, 5e-5, "mean in turn");
    close(together.beyond_capacity().unwrap(), 0.32, 0.01, "beyond capacity");
    let ratio = |code: &str| {
        let position = codes.iter().position(|c| c == code).unwrap();
        together.demand.iter().find(|d| usize::from(d.supplier) == position).unwrap().ratio.unwrap()
    };
    close(ratio("LAO"), 4.0, 0.05, "Laos");
    close(ratio("NOR"), 2.0, 0.05, "Norway");
    let out: Vec<&str> = in_turn.sold_out().iter().map(|&a| codes[usize::from(a)].as_str()).collect();
    for code in ["MYS", "JPN", "LAO", "IND", "VNM"] {
        assert!(out.contains(&code), "{code} is not among {out:?}");
    }
}
