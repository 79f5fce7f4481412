//! What must hold of shocks down any value chain, the worked networks, and cases of an independent computation in numpy.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indicators::{ContentSources, ImportContent, import_content};
use monazite::shock::{
    Chain, ChainInput, ChainOptions, ChainProduct, ChainReading, ChainShock, InputWeights, ProductShock,
    Production, ShockSolver, scan,
};
use monazite::trade::TradeMatrix;
use proptest::prelude::*;

use super::properties::{Flow, matrix};

/// Up to six products of up to 12 countries; each may be made of those before it.
#[derive(Debug, Clone)]
struct Made {
    trades: Vec<TradeMatrix>,
    contents: Vec<Vec<f64>>,
    inputs: Vec<Vec<ChainInput>>,
}

impl Made {
    fn products(&self) -> Vec<ChainProduct<'_>> {
        let of = self.trades.iter().zip(&self.contents).zip(&self.inputs);
        of.map(|((trade, content), inputs)| ChainProduct::new(trade, content, inputs.clone())).collect()
    }

    fn chain(&self, options: ChainOptions) -> Chain<'_> {
        Chain::new(self.products(), options).unwrap()
    }

    fn countries(&self) -> usize {
        self.trades[0].countries()
    }
}

fn made() -> impl Strategy<Value = Made> {
    (3usize..12, 2usize..7).prop_flat_map(|(n, products)| {
        let flow = (0..n as u16, 0..n as u16, -3.0f64..4.0).prop_map(|(a, c, e)| (a, c, 10f64.powf(e)));
        let trades = prop::collection::vec(prop::collection::vec(flow, 0..n * 4), products);
        let links = prop::collection::vec(prop::collection::vec(any::<bool>(), products), products);
        let reading = prop_oneof![Just(ImportContent::MassBalance), Just(ImportContent::Exposure)];
        (trades, links, reading).prop_map(move |(trades, links, reading)| {
            let trades: Vec<TradeMatrix> = trades.iter().map(|flows: &Vec<Flow>| matrix(n, flows)).collect();
            let contents = trades.iter().map(|t| import_content(reading, t, ContentSources::default()));
            let contents = contents.collect();
            let inputs = |at: usize| (0..at).filter(|&i| links[at][i]).map(ChainInput::of).collect();
            let inputs = (0..trades.len()).map(inputs).collect();
            Made { trades, contents, inputs }
        })
    })
}

fn stop(product: usize, supplier: u16) -> ChainShock {
    ChainShock { product, shock: ProductShock::stop(supplier) }
}

fn linear(reading: ChainReading) -> ChainOptions {
    ChainOptions { reading, ..ChainOptions::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// The sweep upwards gives for every supplier of every product what the run forward gives for its stop.
    #[test]
    fn the_sweep_is_every_run(made in made(), equal in any::<bool>()) {
        for reading in [ChainReading::Reach, ChainReading::Content] {
            let weights = if equal { InputWeights::Equal } else { InputWeights::Imports };
            let mut chain = made.chain(ChainOptions { weights, ..linear(reading) });
            let sweep = chain.downstream().unwrap();
            let of_stops = chain.downstream_of_stops().unwrap();
            for product in 0..made.trades.len() {
                let (trade, content) = (&made.trades[product], &made.contents[product]);
                let stops = scan(trade, content, true, &mut ShockSolver::default());
                for ((power, row), of_stop) in stops.suppliers.iter().zip(&stops.losses).zip(&of_stops[product]) {
                    let forward = chain.run(&[stop(product, power.supplier)]).unwrap();
                    let own = forward.products[product].lost_value;
                    let whole: f64 = trade.imports().iter().zip(row).map(|(m, l)| m * l).sum();
                    prop_assert!((own - whole).abs() <= 1e-12 * trade.total());
                    let downstream: f64 = forward.products.iter().enumerate()
                        .filter(|(at, _)| *at != product).map(|(_, p)| p.lost_value).sum();
                    let swept = sweep.of_stop(product, content, row);
                    let scale: f64 = made.trades.iter().map(TradeMatrix::total).sum();
                    let a = usize::from(power.supplier);
                    let of_others: f64 = forward.products.iter().enumerate().filter(|(at, _)| *at != product)
                        .map(|(_, p)| p.lost_value - p.value[a].unwrap_or(0.0)).sum();
                    prop_assert_eq!(power, &of_stop.power);
                    prop_assert!((of_others - of_stop.downstream).abs() <= 1e-12 * scale);
                    if sweep.exact[product] {
                        prop_assert!((downstream - swept).abs() <= 1e-12 * scale, "{downstream} {swept}");
                        let u = &forward.products[product].supply_loss;
                        prop_assert!((sweep.of_losses(product, u) - swept).abs() <= 1e-12 * scale);
                    } else {
                        prop_assert!(reading == ChainReading::Content);
                        prop_assert!(downstream <= swept + 1e-12 * scale, "{downstream} {swept}");
                    }
                }
            }
        }
    }

    /// More is lost with a larger exponent and more of the input's value, at least an essential input; less with stocks; nothing where nothing is.
    #[test]
    fn it_grows_with_what_hangs_on_inputs(
        made in made(), supplier in 0u16..12, exponent in 1.0f64..6.0, more in 0.0f64..4.0, share in 0.0f64..1.0, cut in 0.0f64..1.0,
    ) {
        let n = made.countries();
        let supplier = supplier % n as u16;
        let shock = |share: f64| ChainShock { product: 0, shock: ProductShock::cut(supplier, share) };
        let values = |chain: &mut Chain<'_>, share: f64| -> Vec<f64> {
            let found = chain.run(&[shock(share)]).unwrap();
            found.products.iter().flat_map(|p| p.loss.iter().map(|l| l.unwrap_or(0.0)).collect::<Vec<_>>()).collect()
        };
        let below = |less: &[f64], more: &[f64]| less.iter().zip(more).all(|(less, more)| *less <= more + 1e-11);
        let of = |production: Production| ChainOptions { production, ..ChainOptions::default() };
        let by_exponent: Vec<Vec<f64>> =
            [Production::Linear, Production::Power(exponent), Production::Power(exponent + more), Production::Leontief]
                .map(|production| values(&mut made.chain(of(production)), 1.0)).to_vec();
        prop_assert!(by_exponent.windows(2).all(|w| below(&w[0], &w[1])));
        prop_assert!(by_exponent.iter().flatten().all(|l| (0.0..=1.0).contains(l)));
        let one = values(&mut made.chain(of(Production::Power(1.0))), 1.0);
        prop_assert!(below(&one, &by_exponent[0]) && below(&by_exponent[0], &one));
        prop_assert!(values(&mut made.chain(of(Production::Linear)), 0.0).iter().all(|l| *l == 0.0));
        prop_assert!(below(&values(&mut made.chain(of(Production::Linear)), cut), &by_exponent[0]));

        let mut essential = made.clone();
        essential.inputs.iter_mut().flatten().for_each(|input| input.essential = input.product == 0);
        let found = essential.chain(of(Production::Linear)).run(&[shock(1.0)]).unwrap();
        for (at, product) in found.products.iter().enumerate() {
            let needs_it = essential.inputs[at].iter().any(|input| input.product == 0);
            for c in (0..n).filter(|&c| needs_it && made.trades[0].trades(c)) {
                prop_assert!(product.production_loss[c] >= found.products[0].supply_loss[c]);
            }
        }

        let stocks = vec![share; n];
        let mut with_stocks = made.products();
        with_stocks.iter_mut().for_each(|product| product.stocks = Some(&stocks));
        let mut with_stocks = Chain::new(with_stocks, ChainOptions::default()).unwrap();
        prop_assert!(below(&values(&mut with_stocks, 1.0), &by_exponent[0]));

        let with_share = |share: f64| {
            let mut made = made.clone();
            made.inputs.iter_mut().flatten().for_each(|input| input.share = Some(share));
            values(&mut made.chain(linear(ChainReading::Content)), 1.0)
        };
        prop_assert!(below(&with_share(share / 2.0), &with_share(share)));
        prop_assert!(with_share(0.0)[n..].iter().all(|l| *l == 0.0));
    }

    /// Two products that are not made of one another can change places.
    #[test]
    fn the_order_inside_a_tier_does_not_matter(made in made(), supplier in 0u16..12) {
        let supplier = supplier % made.countries() as u16;
        let before = made.chain(ChainOptions::default()).run(&[stop(0, supplier)]).unwrap();
        let products = made.trades.len();
        for at in 1..products - 1 {
            if made.inputs[at + 1].iter().any(|input| input.product == at) {
                continue;
            }
            let place = |i: usize| if i == at { at + 1 } else if i == at + 1 { at } else { i };
            let mut swapped = made.clone();
            swapped.trades.swap(at, at + 1);
            swapped.contents.swap(at, at + 1);
            swapped.inputs.swap(at, at + 1);
            swapped.inputs.iter_mut().flatten().for_each(|input| input.product = place(input.product));
            let after = swapped.chain(ChainOptions::default()).run(&[stop(0, supplier)]).unwrap();
            for product in 0..products {
                let (x, y) = (&before.products[product], &after.products[place(product)]);
                for (x, y) in x.supply_loss.iter().zip(&y.supply_loss) {
                    prop_assert!((x - y).abs() <= 1e-14);
                }
            }
        }
    }
}
