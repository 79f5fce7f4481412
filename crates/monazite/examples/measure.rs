//! The kernels on a whole store, for bench/compare.py: reads the store, computes, prints sums.
//!
//! ```text
//! cargo run --release --example measure -- direct STORE            exposure, HHI, RCA
//! cargo run --release --example measure -- risk STORE PV           STR and influence (own cell left out)
//! cargo run --release --example measure -- both STORE PV           the same, and mass-balanced STR and influence
//! cargo run --release --example measure -- transmission STORE PV   STR and the plain row sums of L
//! ```

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::Path;

use monazite::indicators::content_risk::content_risk_of;
use monazite::indicators::influence::content_influence;
use monazite::indicators::systemic_risk::{Solved, solve};
use monazite::indicators::{
    ContentSources, ImportContent, InfluenceMeasure, Leontief, RiskParameters, comparative_advantage,
    exposure, herfindahl, import_content, influence,
};
use monazite::ingest::Governance;
use monazite::ingest::governance::StabilityOptions;
use monazite::nomenclature::Hs6;
use monazite::trade::{FlowBatch, FlowSource, Store, TradeMatrix};
use rayon::prelude::*;

/// Counts and sums, to be compared with another implementation.
#[derive(Default)]
struct Sums {
    count: u64,
    values: [f64; 3],
}

impl Sums {
    fn add(mut self, other: Self) -> Self {
        self.count += other.count;
        for (sum, value) in self.values.iter_mut().zip(other.values) {
            *sum += value;
        }
        self
    }
}

/// What a thread keeps from product to product.
#[derive(Default)]
struct Workspace {
    leontief: Leontief,
    matrix: TradeMatrix,
    batch: FlowBatch,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    monazite::threads::Threads::all_cores()?.run(measure)
}

fn measure() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (job, store) = (arguments[0].as_str(), Store::open(Path::new(&arguments[1]))?);
    let countries = store.countries().len();
    let iso3: Vec<String> = store.countries().iter().map(|(_, c)| c.iso3.clone()).collect();
    let mut total = Sums::default();
    for year in store.years() {
        let instability = match arguments.get(2) {
            Some(pv) => Governance::read(Path::new(pv))?
                .resolve(&iso3, &[year], StabilityOptions::default())?
                .instability(0),
            None => Vec::new(),
        };
        let margins = store.margins(year)?;
        let exports: Vec<f64> =
            (0..countries).map(|a| (0..countries).map(|c| margins.between(a, c)).sum()).collect();
        let world: f64 = exports.iter().sum();
        let products: Vec<Hs6> = store.traded_in(year).iter().map(|e| e.product).collect();
        let sums: Result<Vec<Sums>, _> = products
            .par_chunks(128)
            .map_init(Workspace::default, |work, chunk| {
                let mut batch = std::mem::take(&mut work.batch);
                store.read_into(year, chunk, false, &mut batch)?;
                let mut sums = Sums::default();
                for (_, range) in &batch.products {
                    work.matrix.fill(
                        countries,
                        batch.importers[range.clone()].iter().copied(),
                        batch.exporters[range.clone()].iter().copied(),
                        batch.values[range.clone()].iter().copied(),
                    );
                    sums = sums.add(match job {
                        "direct" => direct(&work.matrix, &exports, world),
                        _ => risk(job, work, &instability),
                    });
                }
                work.batch = batch;
                Ok::<_, monazite::trade::StoreError>(sums)
            })
            .collect();
        total = sums?.into_iter().fold(total, Sums::add);
    }
    println!("{} {} {} {}", total.count, total.values[0], total.values[1], total.values[2]);
    Ok(())
}

fn direct(trade: &TradeMatrix, exports: &[f64], world: f64) -> Sums {
    let mut sums = Sums::default();
    for column in trade.columns() {
        sums.values[1] += herfindahl(column.shares).unwrap_or(0.0);
    }
    let product = trade.total();
    for c in 0..trade.countries() {
        if let Some(e) = exposure(trade.imports()[c], trade.exports()[c]) {
            sums.count += 1;
            sums.values[0] += e;
            sums.values[2] +=
                comparative_advantage(trade.exports()[c], exports[c], product, world).unwrap_or(0.0);
        }
    }
    sums
}

fn risk(job: &str, work: &mut Workspace, instability: &[f64]) -> Sums {
    let Workspace { leontief, matrix, .. } = work;
    let Solved { risk, mut network } = solve(matrix, instability, &RiskParameters::default(), leontief);
    let sent: f64 = if job == "transmission" {
        let ones = vec![1.0; matrix.countries()];
        network.supplier_sums(&ones).iter().map(|s| s - 1.0).sum()
    } else {
        influence(InfluenceMeasure::Sum, matrix, &risk.importer_sums, &mut network).iter().flatten().sum()
    };
    let mut sums = Sums { count: 1, values: [risk.importer_sums.iter().sum(), sent, 0.0] };
    if job == "both" {
        let content = import_content(ImportContent::MassBalance, matrix, ContentSources::default());
        let mut solved =
            content_risk_of(matrix, instability, &content, &RiskParameters::default(), &risk, network)
                .expect("no instability of a made-up country is 1");
        let balanced = content_influence(InfluenceMeasure::Sum, matrix, &content, &mut solved);
        sums.values[2] = solved.risk.excess.iter().sum::<f64>() + balanced.iter().flatten().sum::<f64>();
    }
    sums
}
