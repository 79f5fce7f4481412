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

criterion_group!(benches, kernels, diversification);
criterion_main!(benches);
