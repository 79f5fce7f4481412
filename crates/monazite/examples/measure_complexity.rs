//! Economic complexity of a store, for bench/complexity.py: what each part takes.
//!
//! ```text
//! cargo run --release --example measure_complexity -- STORE YEAR [OUT.f64]
//! ```
//!
//! Prints a JSON object: the CPU seconds of reading the flows and adding them up, and from the exports on: M; ECI and PCI; proximity of all pairs; density, outlook and gain; fitness. With a file name
//! the exports are written there as doubles, by product and then country, for the other side to read.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod clock;

use std::path::Path;

use clock::cpu_seconds;
use monazite::complexity::{
    Advantage, ComplexityOptions, ExportMatrix, Fitness, SideTables, complexity, complexity_index,
    product_space, proximities,
};
use monazite::nomenclature::YearRange;
use monazite::progress::Silent;
use monazite::threads::Threads;
use monazite::trade::Store;
use monazite::units::ThousandUsd;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let store = Store::open(Path::new(&arguments[0]))?;
    let year: u16 = arguments[1].parse()?;
    let out = arguments.get(2).map(Path::new);
    Threads::new(1)?.run(|| measure(&store, year, out).map_err(|e| e.to_string()))?;
    Ok(())
}

/// Seconds since the last call.
struct Laps(f64);

impl Laps {
    fn lap(&mut self) -> f64 {
        let now = cpu_seconds();
        let took = now - self.0;
        self.0 = now;
        took
    }
}

fn measure(store: &Store, year: u16, out: Option<&Path>) -> Result<(), Failure> {
    let mut laps = Laps(cpu_seconds());
    let exports = ExportMatrix::read(store, &[year], &Silent)?;
    let read = laps.lap();
    let (products, countries) = (exports.products.len(), exports.countries());
    if let Some(path) = out {
        let bytes: Vec<u8> =
            (0..products).flat_map(|p| exports.of(p)).flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(path, bytes)?;
    }
    laps.lap();
    let m = advantage(&exports);
    let rca = laps.lap();
    let index = complexity_index(&m)?;
    let eci = laps.lap();
    let mut sum = 0.0;
    proximities(&m, |_, row| sum += row.iter().sum::<f64>());
    let proximity = laps.lap();
    let space = product_space(&m, &index, true);
    let density = laps.lap();
    let fitness = Fitness::of(&m);
    let fit = laps.lap();
    let options = ComplexityOptions {
        least_exports: ThousandUsd::new(0.0),
        force: true,
        ..ComplexityOptions::of(YearRange { first: year, last: year })
    };
    let whole = complexity(store, &SideTables::default(), &options, &Silent)?;
    let all = laps.lap();
    assert_eq!(
        (whole.index.eci.len(), &whole.index.eci),
        (index.eci.len(), &index.eci),
        "the same by both ways"
    );
    println!(
        "{{\"countries\": {}, \"products\": {products}, \"all_countries\": {countries}, \"ones\": {}, \"read\": {read}, \"rca\": {rca}, \"eci_pci\": {eci}, \
         \"proximity\": {proximity}, \"density_outlook_gain\": {density}, \"fitness\": {fit}, \"whole\": {all}, \"phi\": {sum}, \"eci\": {:?}, \"coi\": {:?}, \"fittest\": {:?}}}",
        m.countries(),
        m.ones(),
        index.eci,
        space.outlook,
        fitness.fitness
    );
    Ok(())
}

/// M of the countries that export anything.
fn advantage(exports: &ExportMatrix) -> Advantage {
    let (products, countries) = (exports.products.len(), exports.countries());
    let mut of_country = vec![0.0; countries];
    let of_product: Vec<f64> = (0..products).map(|p| exports.of(p).iter().sum()).collect();
    for p in 0..products {
        of_country.iter_mut().zip(exports.of(p)).for_each(|(sum, x)| *sum += x);
    }
    let total: f64 = of_country.iter().fold(0.0, |sum, x| sum + x);
    let kept: Vec<usize> = (0..countries).filter(|&c| of_country[c] > 0.0).collect();
    let exporters = |p: usize| {
        let row = exports.of(p);
        let share = of_product[p] / total;
        let holds = |c: usize| (row[c] / of_country[c]) / share >= 1.0;
        let places = kept.iter().enumerate().filter(|(_, c)| holds(**c)).map(|(at, _)| at as u16);
        places.collect::<Vec<u16>>()
    };
    Advantage::new(kept.len(), (0..products).map(exporters))
}
