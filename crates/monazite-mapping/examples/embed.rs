//! Embeds a table of texts, for bench/embeddings.py: prints how long it took and writes the vectors.
//!
//! ```text
//! cargo run --release -p monazite-mapping --example embed -- MODEL_FOLDER|static TABLE.csv VECTORS.bin [THREADS]
//! ```
//!
//! The table has a column `description`; the vectors are 32-bit numbers, row after row.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::Path;
use std::time::Instant;

use monazite::delimited::Table;
use monazite::threads::Threads;
use monazite_mapping::embedding::{Embedder, SentenceModel, StaticModel};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, table, out, rest @ ..] = arguments.as_slice() else {
        return Err("MODEL_FOLDER|static TABLE.csv VECTORS.bin [THREADS]".into());
    };
    let threads = match rest.first() {
        Some(threads) => Threads::new(threads.parse()?)?,
        None => Threads::all_cores()?,
    };
    let model: Box<dyn Embedder> = match model.as_str() {
        "static" => Box::new(StaticModel::shipped()),
        folder => Box::new(SentenceModel::load(Path::new(folder))?),
    };
    let table = Table::read(Path::new(table))?;
    let column = table.require(&["description"])?;
    let texts: Vec<&str> = table.rows.iter().map(|row| row.get(column)).collect();
    let started = Instant::now();
    let vectors = threads.run(|| model.embed(&texts))?;
    let seconds = started.elapsed().as_secs_f64();
    let bytes: Vec<u8> = vectors.iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
    std::fs::write(out, bytes)?;
    println!("{} {seconds:.3}", vectors.len());
    Ok(())
}
