//! Bilateral trade from exports: who buys what every exporter sells.

use libm::exp;

use super::PlantedOptions;
use super::economy::{Economy, KINDS, rounded};
use super::random::Purpose;

/// Value of trade from one country to another, thousand USD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flow {
    pub from: usize,
    pub to: usize,
    pub value: f64,
}

/// Share of pairs of countries that trade a product of the chain, and another product.
const PAIRS: [f64; 2] = [0.35, 0.15];
/// Rounds in which exports and demand are brought together.
const ROUNDS: usize = 6;
/// Imports of an input that follow the exports of what it goes into.
const FOR_USE: f64 = 0.9;
/// Flows of at most a thousand USD are not recorded.
const LEAST: f64 = 1.0;

/// Demand for a product of the chain by country, before it meets supply: final demand by type, and the needs of those that export what it
/// goes into.
pub(super) fn demand(economy: &Economy, exports: &[Vec<f64>], product: usize, year: usize) -> Vec<f64> {
    let totals = economy.totals(year);
    let entry = &economy.products[product];
    let shares = |values: Vec<f64>| {
        let all: f64 = values.iter().sum();
        values.into_iter().map(|v| v / all).collect::<Vec<f64>>()
    };
    let of_kind = |c: usize| match economy.countries[c].kind {
        0 => 0.1,
        kind => KINDS[usize::from(kind) - 1].demand,
    };
    let mut demand = shares(totals.iter().enumerate().map(|(c, total)| total * of_kind(c)).collect());
    if !entry.outputs.is_empty() {
        demand.iter_mut().for_each(|d| *d *= 1.0 - FOR_USE);
        for &output in &entry.outputs {
            let mut made = exports[output].clone();
            // The books are balanced with exports, not with what they are made of.
            made[0] *= 0.1;
            for (d, share) in demand.iter_mut().zip(shares(made)) {
                *d += FOR_USE * share / entry.outputs.len() as f64;
            }
        }
    }
    for (c, d) in demand.iter_mut().enumerate() {
        *d *= economy.draws.lognormal(Purpose::Demand, [product, c, 0], 0.1)
            * economy.draws.lognormal(Purpose::Demand, [product, c, year + 1], 0.03);
    }
    demand
}

/// Trade in a product of the chain.
pub(super) fn flows(
    options: &PlantedOptions,
    economy: &Economy,
    exports: &[Vec<f64>],
    product: usize,
    year: usize,
) -> Vec<Flow> {
    let demand = demand(economy, exports, product, year);
    // Tastes are those of the first year, so that the course of STR is that of stability.
    let instability = economy.instability(options, 0);
    let taste = |from: usize, to: usize| {
        let kind = match economy.countries[to].kind {
            0 => &KINDS[3],
            kind => &KINDS[usize::from(kind) - 1],
        };
        let own = kind.spread * economy.draws.normal(Purpose::Affinity, [product, from, to]);
        if from == 0 { kind.hub } else { exp(own + kind.unstable * (instability[from] - 0.5)) }
    };
    balanced(economy, &exports[product], &demand, product, PAIRS[0], taste)
}

/// Trade in another product.
pub(super) fn other_flows(economy: &Economy, exports: &[f64], product: usize, year: usize) -> Vec<Flow> {
    let totals = economy.totals(year);
    let address = economy.products.len() + product;
    let taste = |from: usize, to: usize| economy.draws.lognormal(Purpose::Affinity, [address, from, to], 1.0);
    let demand: Vec<f64> = totals
        .iter()
        .enumerate()
        .map(|(c, total)| total * economy.draws.lognormal(Purpose::Demand, [address, c, 0], 0.5))
        .collect();
    balanced(economy, exports, &demand, address, PAIRS[1], taste)
}

/// Exports of every country to the countries that may buy from it, in proportion to tastes and to demand (a few rounds of
/// iterative proportional fitting, exports last). Exports are exact to the third decimal; imports are near demand.
fn balanced(
    economy: &Economy,
    exports: &[f64],
    demand: &[f64],
    address: usize,
    pairs: f64,
    taste: impl Fn(usize, usize) -> f64,
) -> Vec<Flow> {
    let n = exports.len();
    let supply: f64 = exports.iter().sum();
    let wanted: f64 = demand.iter().sum();
    let mut flows: Vec<Flow> = Vec::new();
    let mut rows = Vec::with_capacity(n);
    for from in 0..n {
        let start = flows.len();
        if exports[from] > 0.0 {
            for to in (0..n).filter(|&to| to != from) {
                // Everybody trades with the country that balances the books.
                let partner =
                    from == 0 || to == 0 || economy.draws.unit(Purpose::Partner, [address, from, to]) < pairs;
                if partner {
                    flows.push(Flow { from, to, value: exports[from] * demand[to] * taste(from, to) });
                }
            }
        }
        rows.push(start..flows.len());
    }
    for _ in 0..ROUNDS {
        let mut bought = vec![0.0; n];
        flows.iter().for_each(|f| bought[f.to] += f.value);
        for f in &mut flows {
            f.value *= demand[f.to] * (supply / wanted) / bought[f.to];
        }
        for (row, total) in rows.iter().zip(exports) {
            let sold: f64 = flows[row.clone()].iter().map(|f| f.value).sum();
            flows[row.clone()].iter_mut().for_each(|f| f.value *= total / sold);
        }
    }
    for (row, &total) in rows.into_iter().zip(exports) {
        let row = &mut flows[row];
        let Some(largest) = (0..row.len()).max_by(|&a, &b| row[a].value.total_cmp(&row[b].value)) else {
            continue;
        };
        let mut rest = total;
        for (at, f) in row.iter_mut().enumerate() {
            f.value = if at == largest || f.value <= LEAST { 0.0 } else { rounded(f.value) };
            rest -= f.value;
        }
        row[largest].value = rounded(rest);
    }
    flows.retain(|f| f.value > 0.0);
    flows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planted::economy::by_hand;

    #[test]
    fn exports_meet_demand_by_hand() {
        let (_, economy) = by_hand();
        // Nobody but the hub has partners. It sells 6 to the two others, who want twice and once as much; they sell to the hub alone.
        let flows = balanced(&economy, &[6.0, 3.0, 1.0], &[0.4, 0.4, 0.2], 0, 0.0, |_, _| 1.0);
        let flow = |from, to, value| Flow { from, to, value };
        assert_eq!(flows, [flow(0, 1, 4.0), flow(0, 2, 2.0), flow(1, 0, 3.0), flow(2, 0, 1.0)]);
        // A taste ten times as strong does not change what a buyer wants in all.
        let tasty = balanced(&economy, &[6.0, 3.0, 1.0], &[0.4, 0.4, 0.2], 0, 0.0, |from, _| {
            if from == 0 { 10.0 } else { 1.0 }
        });
        assert_eq!(tasty, flows);
        // What is not the largest flow of its seller, and at most a thousand USD, is added to the largest.
        let flows = balanced(&economy, &[4.0, 0.0, 0.0], &[0.4, 0.45, 0.15], 0, 0.0, |_, _| 1.0);
        assert_eq!(flows, [flow(0, 1, 4.0)]);
    }

    #[test]
    fn demand_by_hand() {
        let (_, mut economy) = by_hand();
        let noise = |economy: &Economy, c: usize| {
            economy.draws.lognormal(Purpose::Demand, [0, c, 0], 0.1)
                * economy.draws.lognormal(Purpose::Demand, [0, c, 1], 0.03)
        };
        // Final demand: 200 x 0.1, and 300 x 2.2 twice.
        let found = demand(&economy, &[vec![0.0; 3]], 0, 0);
        for (c, expected) in [20.0, 660.0, 660.0].iter().enumerate() {
            let expected = expected / 1340.0 * noise(&economy, c);
            assert!((found[c] - expected).abs() < 1e-12, "{c}: {} is not {expected}", found[c]);
        }
        // Nine tenths follow the exports of what it goes into, here 10 (a tenth of it counts), 3 and 1: shares of 5.
        economy.products[0].outputs = vec![0];
        let found = demand(&economy, &[vec![10.0, 3.0, 1.0]], 0, 0);
        for (c, (last, use_)) in [(20.0, 1.0), (660.0, 3.0), (660.0, 1.0)].iter().enumerate() {
            let expected = (0.1 * last / 1340.0 + 0.9 * use_ / 5.0) * noise(&economy, c);
            assert!((found[c] - expected).abs() < 1e-12, "{c}: {} is not {expected}", found[c]);
        }
    }

    #[test]
    fn every_exporter_sells_exactly_its_exports() {
        let (options, economy) = by_hand();
        let exports = [vec![30.0, 60.0, 30.0]];
        let flows = flows(&options, &economy, &exports, 0, 1);
        for (from, all) in exports[0].iter().enumerate() {
            let sold: f64 = flows.iter().filter(|f| f.from == from).map(|f| f.value).sum();
            assert!((sold - all).abs() < 1e-9, "{from} sells {sold}");
        }
        assert!(flows.iter().all(|f| f.from != f.to && f.value == rounded(f.value)));
    }
}
