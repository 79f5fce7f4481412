//! Shocks and plans on a whole store, for bench/shocks.py: reads the store, then computes, and prints what it took.
//!
//! ```text
//! cargo run --release --example measure_shocks -- scan STORE                          the stop of every supplier of every product-year
//! cargo run --release --example measure_shocks -- frontier STORE PV PRODUCT YEAR      ten steps for every importer of a product-year
//! cargo run --release --example measure_shocks -- chain STORE YEAR PRODUCTS           a scenario down a chain of so many products
//! ```
//!
//! Every line is a JSON object: the CPU seconds of the computation alone, by the scheduler's account, and a sum to compare.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod clock;

use std::path::Path;
use std::time::Instant;

use clock::cpu_seconds;
use monazite::diversification::LimitOptions;
use monazite::diversification::frontier::{Frontier, STEPS, frontiers};
use monazite::indicators::content_risk::content_risk;
use monazite::indicators::{ContentSources, Leontief, RiskParameters};
use monazite::ingest::Governance;
use monazite::ingest::governance::StabilityOptions;
use monazite::nomenclature::Hs6;
use monazite::shock::{
    Chain, ChainInput, ChainOptions, ChainProduct, ChainReading, ChainShock, ProductShock, ShockSolver,
    ThreeContents, scan,
};
use monazite::trade::{FlowSource, Store, TradeMatrix};

type Failure = Box<dyn std::error::Error>;

/// Frontiers are made so many times.
const REPEATED: u32 = 200;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let store = Store::open(Path::new(&arguments[1]))?;
    match arguments[0].as_str() {
        "scan" => scan_all(&store),
        "frontier" => frontier_of(&store, &arguments[2], arguments[3].parse()?, arguments[4].parse()?),
        _ => chain_of(&store, arguments[2].parse()?, arguments[3].parse()?),
    }
}

fn matrix(store: &Store, year: u16, product: Hs6) -> Result<TradeMatrix, Failure> {
    let batch = store.read(year, &[product], false)?;
    let mut flows: Vec<(u16, u16, f64)> = batch
        .importers
        .iter()
        .zip(&batch.exporters)
        .zip(&batch.values)
        .map(|((&importer, &exporter), &value)| (importer, exporter, value))
        .collect();
    let mut matrix = TradeMatrix::default();
    matrix.refill(store.countries().len(), &mut flows);
    Ok(matrix)
}

fn scan_all(store: &Store) -> Result<(), Failure> {
    let mut trades = Vec::new();
    for year in store.years() {
        for entry in store.traded_in(year) {
            let trade = matrix(store, year, entry.product)?;
            let content = ThreeContents::of(&trade, ContentSources::default()).mass_balance;
            trades.push((trade, content));
        }
    }
    let mut solver = ShockSolver::default();
    let (before, mut suppliers, mut power) = (cpu_seconds(), 0, 0.0);
    for (trade, content) in &trades {
        let found = scan(trade, content, false, &mut solver).suppliers;
        suppliers += found.len();
        power += found.iter().map(|of| of.power).sum::<f64>();
    }
    let cpu = cpu_seconds() - before;
    println!(
        "{{\"product_years\": {}, \"suppliers\": {suppliers}, \"power\": {power}, \"cpu\": {cpu}}}",
        trades.len()
    );
    Ok(())
}

fn frontier_of(store: &Store, pv: &str, product: Hs6, year: u16) -> Result<(), Failure> {
    let codes: Vec<String> = store.countries().iso3_codes().iter().map(|code| (*code).to_owned()).collect();
    let governance = Governance::read(Path::new(pv))?;
    let instability = governance.resolve(&codes, &[year], StabilityOptions::default())?.instability(0);
    let trade = matrix(store, year, product)?;
    let content = ThreeContents::of(&trade, ContentSources::default()).mass_balance;
    let options = LimitOptions::default();
    let (before, mut found) = (cpu_seconds(), Vec::new());
    // The clock ticks every few milliseconds.
    for _ in 0..REPEATED {
        let mut leontief = Leontief::default();
        let mut solved =
            content_risk(&trade, &instability, &content, &RiskParameters::default(), &mut leontief);
        found = frontiers(&trade, &content, &mut solved, &options, &STEPS[1..])?;
    }
    let cpu = (cpu_seconds() - before) / f64::from(REPEATED);
    let str: f64 = found.iter().flat_map(|of| &of.points).map(|point| point.str).sum();
    let of_country = |(id, c): (monazite::nomenclature::CountryId, &monazite::nomenclature::Country)| {
        let code = c.baci_codes.first()?;
        Some(format!("\"{code}\": {}", instability[id.index()]))
    };
    let by_code: Vec<String> = store.countries().iter().filter_map(of_country).collect();
    println!(
        "{{\"importers\": {}, \"steps\": {}, \"str\": {str}, \"cpu\": {cpu}, \"largest\": {:?}, \"instability\": {{{}}}}}",
        found.len(),
        STEPS.len() - 1,
        largest(&trade, &found),
        by_code.join(", ")
    );
    Ok(())
}

/// The points of the largest importer.
fn largest(trade: &TradeMatrix, found: &[Frontier]) -> Vec<f64> {
    let imports = |of: &&Frontier| trade.imports()[usize::from(of.importer)];
    let of = found.iter().max_by(|a, b| imports(a).total_cmp(&imports(b)));
    of.map_or_else(Vec::new, |of| of.points.iter().map(|point| point.str).collect())
}

/// A chain out of the products of a year, each made of up to three of those before it, as often as needed; China stops the first.
fn chain_of(store: &Store, year: u16, count: usize) -> Result<(), Failure> {
    let codes: Vec<Hs6> = store.traded_in(year).iter().map(|entry| entry.product).collect();
    let mut trades = Vec::new();
    for at in 0..count {
        let trade = matrix(store, year, codes[at % codes.len()])?;
        let contents = ThreeContents::of(&trade, ContentSources::default());
        trades.push((trade, contents));
    }
    let inputs = |at: usize| -> Vec<ChainInput> {
        let mut places: Vec<usize> =
            [at / 2, at / 3, at.wrapping_sub(7)].into_iter().filter(|&p| p < at).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(ChainInput::of).collect()
    };
    let china = store.countries().by_iso3("CHN").map_or(0, |id| id.index() as u16);
    let stop = [ChainShock { product: 0, shock: ProductShock::stop(china) }];
    let mut wall = Vec::new();
    let mut touched = 0.0;
    for _ in 0..5 {
        let start = Instant::now();
        touched = 0.0;
        for reading in [ChainReading::Reach, ChainReading::Content] {
            for content in
                [|of: &ThreeContents| of.exposure.clone(), |of: &ThreeContents| of.mass_balance.clone()]
            {
                let contents: Vec<Vec<f64>> = trades.iter().map(|(_, of)| content(of)).collect();
                let products = trades
                    .iter()
                    .zip(&contents)
                    .enumerate()
                    .map(|(at, ((trade, _), content))| ChainProduct::new(trade, content, inputs(at)))
                    .collect();
                let options = ChainOptions { reading, ..ChainOptions::default() };
                let found = Chain::new(products, options)?.run(&stop)?;
                touched += found.products.iter().map(|of| of.lost_value).sum::<f64>();
            }
        }
        wall.push(start.elapsed().as_secs_f64());
    }
    wall.sort_by(f64::total_cmp);
    println!(
        "{{\"products\": {count}, \"touched\": {touched}, \"wall_of_four_runs\": {}}}",
        wall[wall.len() / 2]
    );
    Ok(())
}
