//! The test of links on made-up trade, for bench/links.py: reads two matrices, computes, prints CPU seconds, memory and sums.
//!
//! ```text
//! measure_links screen FILE INPUTS OUTPUTS COUNTRIES Z       every pair, exhaustive null; pairs with Z of at least this
//! measure_links moments FILE INPUTS OUTPUTS COUNTRIES        rho of every pair, and the moments of each input's null
//! measure_links drawn FILE INPUTS OUTPUTS COUNTRIES DRAWS    every pair, drawn null
//! ```
//!
//! FILE holds 64-bit numbers: imports of the inputs by country, then exports of the outputs.

#![expect(clippy::print_stdout, reason = "this is a program")]

mod clock;

use std::fs;

use monazite::nomenclature::Hs6;
use monazite::progress::Silent;
use monazite::value_chain::significance::{
    CountryTrade, NullModel, PreparedTrade, TestParameters, screen, test_links,
};

use clock::cpu_seconds;

/// A line of /proc/self/status in MB.
fn status(key: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with(key)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|v| v.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn codes(first: usize, count: usize) -> Vec<Hs6> {
    (first..first + count).filter_map(Hs6::from_index).collect()
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    monazite::threads::Threads::all_cores()?.run(measure)
}

fn measure() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let size = |n: usize| arguments[n].parse::<usize>();
    let (inputs, outputs, countries) = (size(2)?, size(3)?, size(4)?);
    let read = |from: usize, count: usize| -> Result<Vec<f64>, std::io::Error> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = fs::File::open(&arguments[1])?;
        file.seek(SeekFrom::Start(8 * from as u64))?;
        let mut values = Vec::with_capacity(count);
        let mut buffer = [0u8; 8 * 4096];
        while values.len() < count {
            let wanted = (8 * (count - values.len())).min(buffer.len());
            file.read_exact(&mut buffer[..wanted])?;
            let (numbers, _) = buffer[..wanted].as_chunks::<8>();
            values.extend(numbers.iter().map(|b| f64::from_le_bytes(*b)));
        }
        Ok(values)
    };
    let trade = CountryTrade {
        inputs: codes(1, inputs),
        outputs: codes(100_001, outputs),
        years: 1,
        countries,
        imports: read(0, inputs * countries)?,
        exports: read(inputs * countries, outputs * countries)?,
        total_imports: vec![0.0; countries],
        total_exports: vec![0.0; countries],
        population: Vec::new(),
    };
    rayon::broadcast(|_| ());
    let (memory, start) = (status("VmRSS"), cpu_seconds());
    let mut sums = [0.0f64; 3];
    match arguments[0].as_str() {
        job @ ("screen" | "moments") => {
            let parameters = TestParameters::default();
            let prepared = PreparedTrade::new(trade, &parameters)?;
            // Z above anything: the product and the moments alone.
            let threshold = if job == "screen" { arguments[5].parse()? } else { 1e3 };
            let (mut mean, mut squares, mut pairs) = (0.0, 0.0, [0.0f64; 2]);
            screen(
                &prepared,
                threshold,
                &parameters,
                |rows| {
                    for row in rows.iter().flatten() {
                        mean += row.mean;
                        squares += row.squares;
                    }
                },
                |found| {
                    pairs[0] += found.len() as f64;
                    pairs[1] += found.iter().map(|p| p.test.z.unwrap_or(0.0)).sum::<f64>();
                },
                &Silent,
            )?;
            sums = [mean, squares, if job == "screen" { pairs[0] } else { 0.0 }];
            if job == "screen" {
                println!("z {:.6}", pairs[1]);
            }
        }
        _ => {
            let parameters =
                TestParameters { null: NullModel::Drawn, draws: size(5)?, ..TestParameters::default() };
            let prepared = PreparedTrade::new(trade, &parameters)?;
            let links: Vec<(usize, usize)> =
                (0..inputs).flat_map(|i| (0..outputs).map(move |j| (i, j))).collect();
            for test in test_links(&prepared, &links, &parameters, &Silent)?.into_iter().flatten() {
                sums[0] += test.rho;
                sums[1] += test.z.unwrap_or(0.0);
                sums[2] += test.p;
            }
        }
    }
    println!("cpu {:.4} mb {:.1}", cpu_seconds() - start, status("VmHWM") - memory);
    println!("sums {:.9} {:.9} {:.9}", sums[0], sums[1], sums[2]);
    Ok(())
}
