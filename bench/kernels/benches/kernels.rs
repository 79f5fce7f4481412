//! The kernels of one product-year, on made-up trade among 230 countries.
//!
//! `cargo bench -p monazite-bench`. The comparison with what a user would pick instead is in `bench/`.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use monazite::diversification::frontier::{STEPS, frontiers};
use monazite::diversification::{LimitOptions, StopRisk, least_worst_stop, limits, sequential, simultaneous};
use monazite::indicators::content_risk::content_risk;
use monazite::indicators::{
    ContentSources, ImportContent, InfluenceMeasure, Leontief, RiskParameters, herfindahl, import_content,
    influence, systemic_risk, systemic_trade_risk,
};
use monazite::nomenclature::CountryId;
use monazite::shock::{
    Chain, ChainInput, ChainOptions, ChainProduct, ChainShock, ProductShock, ShockSolver, Substitution,
    ThreeContents, propagate, scan, substitute, worst_suppliers,
};
use monazite::trade::TradeMatrix;

const COUNTRIES: usize = 230;

/// Numbers between 0 and 1 by the linear congruential generator of Knuth's MMIX.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A product that few countries export and nearly all import, with about `flows` flows.
fn product(flows: usize) -> TradeMatrix {
    let mut uniform = Uniform(flows as u64);
    let mut list = Vec::with_capacity(flows);
    for _ in 0..flows {
        let supplier = (uniform.next() * uniform.next() * COUNTRIES as f64) as u16;
        let importer = (uniform.next() * COUNTRIES as f64) as u16;
        list.push((CountryId::new(supplier), CountryId::new(importer), 1.0 + 1000.0 * uniform.next()));
    }
    TradeMatrix::from_flows(COUNTRIES, &list)
}

fn kernels(c: &mut Criterion) {
    let mut uniform = Uniform(1);
    let instability: Vec<f64> = (0..COUNTRIES).map(|_| uniform.next()).collect();
    let parameters = RiskParameters::default();
    for flows in [300, 2_000, 10_000] {
        let trade = product(flows);
        let mut group = c.benchmark_group("product-year");
        group.bench_with_input(BenchmarkId::new("hhi", flows), &trade, |b, trade| {
            b.iter(|| trade.columns().filter_map(|column| herfindahl(column.shares)).sum::<f64>());
        });
        let mut leontief = Leontief::default();
        group.bench_with_input(BenchmarkId::new("str", flows), &trade, |b, trade| {
            b.iter(|| systemic_trade_risk(trade, &instability, &parameters, &mut leontief));
        });
        group.bench_with_input(BenchmarkId::new("str and influence", flows), &trade, |b, trade| {
            b.iter(|| {
                let mut solved = systemic_risk::solve(trade, &instability, &parameters, &mut leontief);
                influence(InfluenceMeasure::Sum, trade, &solved.risk.importer_sums, &mut solved.network)
            });
        });
    }
}

/// Shocks to one product-year of about 4,000 flows: one stop, all stops, the worst few, and one stop where others sell more.
fn shocks(c: &mut Criterion) {
    let trade = product(4_500);
    let content = ThreeContents::of(&trade, ContentSources::default()).mass_balance;
    let (stop, pool) = (ProductShock::stop(0), Substitution::pool(0.1));
    let mut solver = ShockSolver::default();
    let mut group = c.benchmark_group("shock");
    group.bench_function("stop", |b| b.iter(|| propagate(&trade, &content, &stop, &mut solver)));
    group.bench_function("scan", |b| b.iter(|| scan(&trade, &content, false, &mut solver)));
    group.bench_function("worst 5", |b| {
        b.iter(|| worst_suppliers(&trade, &content, trade.imports(), 5, &mut solver));
    });
    group.bench_function("pool", |b| b.iter(|| substitute(&trade, &content, &stop, &pool, &mut solver)));
}

/// Two suppliers stop at the beginning of a chain of 168 products with one to four inputs each: exposure and mass balance, then the sweep upwards.
fn chain(c: &mut Criterion) {
    let trades: Vec<TradeMatrix> = (0..168).map(|product_of| product(4_400 + product_of)).collect();
    let contents: Vec<ThreeContents> =
        trades.iter().map(|trade| ThreeContents::of(trade, ContentSources::default())).collect();
    let mut uniform = Uniform(168);
    let inputs: Vec<Vec<ChainInput>> = (0..trades.len())
        .map(|at| {
            let inputs = if at < 20 { 0 } else { 1 + (4.0 * uniform.next()) as usize };
            let mut places: Vec<usize> = (0..inputs).map(|_| (uniform.next() * at as f64) as usize).collect();
            places.sort_unstable();
            places.dedup();
            places.into_iter().map(ChainInput::of).collect()
        })
        .collect();
    let of = |content: fn(&ThreeContents) -> &[f64]| {
        let products = trades.iter().zip(&contents).zip(&inputs);
        let products =
            products.map(|((trade, three), inputs)| ChainProduct::new(trade, content(three), inputs.clone()));
        Chain::new(products.collect(), ChainOptions::default()).expect("inputs come before their products")
    };
    let (mut exposure, mut mass) = (of(|three| &three.exposure), of(|three| &three.mass_balance));
    let stops = [0, 3].map(|product| ChainShock { product, shock: ProductShock::stop(0) });
    let mut group = c.benchmark_group("chain");
    group.bench_function("two readings", |b| b.iter(|| (exposure.run(&stops), mass.run(&stops))));
    group.bench_function("downstream", |b| b.iter(|| mass.downstream()));
    group.bench_function("first scenario", |b| b.iter(|| of(|three| &three.mass_balance).run(&stops)));
}

/// Whom to buy from instead, for all importers of a full-size product-year.
fn diversification(c: &mut Criterion) {
    let mut uniform = Uniform(1);
    let instability: Vec<f64> = (0..COUNTRIES).map(|_| uniform.next()).collect();
    let (parameters, options) = (RiskParameters::default(), LimitOptions::default());
    let mut leontief = Leontief::default();
    let mut group = c.benchmark_group("diversification");
    group.sample_size(10);
    for flows in [2_000, 10_000] {
        let trade = product(flows);
        let content = import_content(ImportContent::MassBalance, &trade, ContentSources::default());
        group.bench_with_input(BenchmarkId::new("frontiers of ten steps", flows), &trade, |b, trade| {
            b.iter(|| {
                let mut solved = content_risk(trade, &instability, &content, &parameters, &mut leontief);
                frontiers(trade, &content, &mut solved, &options, &STEPS[1..])
            });
        });
        group.bench_with_input(BenchmarkId::new("all at once", flows), &trade, |b, trade| {
            b.iter(|| simultaneous(trade, &instability, &content, &options, &parameters, &mut leontief));
        });
        group.bench_with_input(BenchmarkId::new("one after the other", flows), &trade, |b, trade| {
            b.iter(|| sequential(trade, &instability, &content, &options, &parameters, &mut leontief));
        });
        let importer = trade.columns().next().map_or(0, |column| usize::from(column.importer));
        let limits = limits(&trade, importer, &options);
        group.bench_with_input(
            BenchmarkId::new("least worst stop of one importer", flows),
            &trade,
            |b, trade| {
                b.iter(|| {
                    let stops = StopRisk::of(trade, &content, importer, &mut leontief);
                    limits.as_ref().map(|limits| least_worst_stop(&stops, limits))
                });
            },
        );
    }
}

criterion_group!(benches, kernels, shocks, chain, diversification);
criterion_main!(benches);
