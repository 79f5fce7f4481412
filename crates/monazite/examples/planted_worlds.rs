//! The whole program on planted worlds, from release files to the table: how often the truth is found.
//!
//! ```text
//! cargo run --release --example planted_worlds -- [WORLDS] [FIRST_SEED]
//! ```
//!
//! For every seed two worlds: one with all effects, and one in which inputs have none, for the placebo. Prints one line a world, then
//! what `docs/validation.md` quotes.

#![allow(clippy::print_stdout, reason = "a program that prints what it finds")]

use std::collections::BTreeMap;
use std::io::Write;

use monazite::planted::{PlantedOptions, PlantedWorld, Recovery, run_and_recover};

const PLACEBO_DRAWS: u64 = 99;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|a| a.parse()).collect::<Result<_, _>>()?;
    let worlds = arguments.first().copied().unwrap_or(100);
    let first = arguments.get(1).copied().unwrap_or(1);
    let mut with = Vec::new();
    let mut without = Vec::new();
    for seed in first..first + worlds {
        let slopes = PlantedOptions::default().slopes;
        // Another seed without effects, so that the two sets of worlds share nothing.
        for (seed, slopes, found) in
            [(seed, slopes, &mut with), (1_000_000 + seed, slopes.without_inputs(), &mut without)]
        {
            let folder = tempfile::tempdir()?;
            let world = PlantedWorld::new(PlantedOptions { seed, slopes, ..PlantedOptions::default() })?;
            found.push(run_and_recover(&world, folder.path(), PLACEBO_DRAWS)?);
        }
        let r = &with[with.len() - 1];
        println!(
            "world {seed}: links precision {:.3} recall {:.3}, tiers {:.3}, {} clusters, types {}, STR off by {:.1e}, {} of {} coefficients inside",
            r.precision,
            r.recall,
            r.tiers,
            r.clusters,
            r.types.map_or_else(|| "none".to_owned(), |t| format!("{t:.3}")),
            r.risk,
            r.coefficients.iter().filter(|c| c.inside).count(),
            r.coefficients.len()
        );
        std::io::stdout().flush()?;
    }
    println!("\n{worlds} worlds with effects of the inputs");
    summarise(&with);
    println!("\n{worlds} worlds without");
    summarise(&without);
    Ok(())
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

fn summarise(found: &[Recovery]) {
    let worst = |f: fn(&Recovery) -> f64| found.iter().map(f).fold(f64::INFINITY, f64::min);
    println!(
        "links: precision {:.3} (worst {:.3}), recall {:.3} (worst {:.3}); tiers {:.3}",
        mean(found.iter().map(|r| r.precision)),
        worst(|r| r.precision),
        mean(found.iter().map(|r| r.recall)),
        worst(|r| r.recall),
        mean(found.iter().map(|r| r.tiers)),
    );
    println!(
        "types: adjusted Rand index {:.3} (worst {:.3}), at least 0.9 in {} of {}; STR off by {:.1e} at most",
        mean(found.iter().map(|r| r.types.unwrap_or(0.0))),
        worst(|r| r.types.unwrap_or(0.0)),
        found.iter().filter(|r| r.types.is_some_and(|t| t >= 0.9)).count(),
        found.len(),
        found.iter().map(|r| r.risk).fold(0.0, f64::max),
    );
    let mut terms: Vec<&str> = Vec::new();
    let mut by_term: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for c in found.iter().flat_map(|r| &r.coefficients) {
        if !terms.contains(&c.planted.term.as_str()) {
            terms.push(&c.planted.term);
        }
        by_term.entry(&c.planted.term).or_default().push(c);
    }
    println!(
        "| coefficient | planted | mean estimate | mean error / its standard error | two-way: inside | classical: inside | of |\n|---|---|---|---|---|---|---|"
    );
    for term in terms {
        let all = &by_term[term];
        let bias = mean(all.iter().map(|c| c.estimate - c.planted.value));
        let spread = mean(all.iter().map(|c| (c.estimate - c.planted.value - bias).powi(2))).sqrt();
        println!(
            "| {term} | {:.3} | {:.3} | {:.1} | {} | {} | {} |",
            mean(all.iter().map(|c| c.planted.value)),
            mean(all.iter().map(|c| c.estimate)),
            bias / (spread / (all.len() as f64).sqrt()),
            all.iter().filter(|c| c.inside).count(),
            all.iter().filter(|c| c.inside_classical).count(),
            all.len()
        );
    }
    let mut terms: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for p in found.iter().flat_map(|r| &r.placebo) {
        terms.entry(&p.term).or_default().push(p);
    }
    println!("| placebo | share of draws rejected | worlds with p <= 0.05 | of |\n|---|---|---|---|");
    for (term, all) in terms {
        println!(
            "| {term} | {:.3} | {} | {} |",
            mean(all.iter().map(|p| p.rejected)),
            all.iter().filter(|p| p.p <= 0.05).count(),
            all.len()
        );
    }
}
