//! The indices of a store, for bench/indices.py: what they take.
//!
//! ```text
//! cargo run --release --example measure_indices -- STORE GOVERNANCE YEAR INDICES [OUT.csv]
//! ```
//!
//! INDICES are names with commas. Prints a JSON object: rows, and the CPU seconds from opening the store to the last index, one thread. With a file name the rows are written there as csv, after the
//! clock has stopped.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod clock;

use std::path::Path;

use clock::cpu_seconds;
use monazite::indices::Index;
use monazite::ingest::Governance;
use monazite::nomenclature::YearRange;
use monazite::panel::{AskedIndices, trade_indices};
use monazite::progress::Silent;
use monazite::report::answers::indices_csv;
use monazite::study::Study;
use monazite::threads::Threads;
use monazite::trade::Store;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    Threads::new(1)?.run(|| measure(&arguments).map_err(|e| e.to_string()))?;
    Ok(())
}

fn measure(arguments: &[String]) -> Result<(), Failure> {
    let governance = Governance::read(Path::new(&arguments[1]))?;
    let year: u16 = arguments[2].parse()?;
    let mut study = Study::new([]);
    let named = |name: &str| Index::ALL.into_iter().find(|index| index.name() == name);
    let wanted: Option<Vec<Index>> = arguments[3].split(',').map(named).collect();
    study.indices.compute = Some(wanted.ok_or("an index that there is not")?);
    let before = cpu_seconds();
    let store = Store::open(Path::new(&arguments[0]))?;
    let asked = AskedIndices { products: &[], years: Some(YearRange { first: year, last: year }) };
    let found = trade_indices(&study, &store, Some(&governance), asked, &Silent)?;
    let took = cpu_seconds() - before;
    println!("{{\"rows\": {}, \"cpu\": {took}}}", found.rows.len());
    if let Some(path) = arguments.get(4) {
        std::fs::write(path, indices_csv(&found))?;
    }
    Ok(())
}
