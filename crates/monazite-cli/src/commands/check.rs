//! `monazite check`.

use std::path::Path;

use monazite::ingest::Release;
use monazite::panel::World;
use monazite::pipeline::inspection::Subject;
use monazite::pipeline::{Inspection, inspect, store_folder};
use monazite::study::Study;
use monazite::trade::{FlowSource, Store, is_synthetic_version};
use monazite::value_chain::ValueChain;

use super::inputs::straight;
use crate::failure::Failure;
use crate::terminal::{FILES, FLOWS, LINKS, PRODUCT_YEARS, PRODUCTS, ROWS, Terminal, counted};

/// Says what a study would run, on what; fails with everything that is wrong.
pub fn check(named: Option<&Path>, trade: Option<&Path>, terminal: &Terminal) -> Result<(), Failure> {
    let file = super::study_file(named)?;
    let study = super::load_study(&file, trade)?;
    terminal.line(&format!("{}: {}", file.display(), study.study.name));
    let found = inspect(&study, terminal);
    let synthetic = match &found.subject {
        Subject::Nothing => false,
        Subject::Release { release, .. } => {
            release.made_up || release.version.as_deref().is_some_and(is_synthetic_version)
        }
        Subject::Store { store, .. } => store.provenance().synthetic,
    };
    if let Some(governance) = &found.governance {
        let vintage = governance.vintage_beside(synthetic);
        terminal.line(&format!("  stability   {vintage}, {}", study.stability.measure.name()));
    }
    match &found.subject {
        Subject::Nothing => {}
        Subject::Release { release, rows } => of_release(&study, release, *rows, &found, terminal),
        Subject::Store { store, made } => {
            if let Some(made) = made {
                of_store(&study, store, &made.0, &made.1, terminal);
            }
        }
    }
    let problems: Vec<String> = found.problems.iter().map(ToString::to_string).collect();
    terminal.value("problems", problems);
    terminal.value("notes", found.notes.clone());
    for note in &found.notes {
        terminal.line(&format!("  note        {note}"));
    }
    let nothing_wrong = match &found.subject {
        Subject::Release { .. } => {
            "Whether seeds and years are in the data shows when it is imported. The study is valid so far."
        }
        _ => "Study is valid.",
    };
    all_at_once(found.problems)?;
    terminal.line(nothing_wrong);
    Ok(())
}

/// Everything that is wrong, each on a line with its number; a single thing as a run would say it.
fn all_at_once(problems: Vec<monazite::pipeline::Error>) -> Result<(), Failure> {
    let mut failures: Vec<Failure> = problems.into_iter().map(Failure::from).collect();
    if failures.len() <= 1 {
        return failures.pop().map_or(Ok(()), Err);
    }
    let mut text = format!("{} things are wrong:", failures.len());
    for (at, failure) in failures.into_iter().enumerate() {
        match failure {
            Failure::Refused(message) => text.push_str(&format!("\n{:>3}. {message}", at + 1)),
            stopped @ Failure::Stopped { .. } => return Err(stopped),
        }
    }
    Err(Failure::Refused(text))
}

fn of_release(study: &Study, release: &Release, rows: u64, found: &Inspection, terminal: &Terminal) {
    let bytes: u64 = release.flows.iter().map(|f| f.size).sum();
    terminal.line(&format!(
        "  trade       {} ({}, {:.0} MB), to be imported into {}",
        straight(&release.path).display(),
        counted(release.flows.len() as u64, FILES),
        bytes as f64 / 1e6,
        straight(&store_folder(study)).display()
    ));
    if rows > 0 {
        terminal.line(&format!("  looked at   the first {} of its files", counted(rows, ROWS)));
    }
    // Without the trade data nobody knows which codes a heading stands for.
    if study.chain.networks.is_empty() {
        terminal.line(&format!("  chain       {} proposed", counted(found.links as u64, LINKS)));
    }
}

fn of_store(study: &Study, store: &Store, chain: &ValueChain, world: &World, terminal: &Terminal) {
    terminal.line(&format!(
        "  chain       {}, {}, {} left out, deepest tier {}",
        counted(chain.len() as u64, PRODUCTS),
        counted(chain.links().len() as u64, LINKS),
        chain.dropped().len(),
        chain.deepest_tier()
    ));
    let flows: usize = world
        .years
        .iter()
        .map(|&year| world.products.iter().map(|&product| store.flow_count(year, product)).sum::<usize>())
        .sum();
    terminal.line(&format!(
        "  trade       {}: {} of {}, {} to {}",
        straight(&super::inputs::store_of(study)).display(),
        counted(flows as u64, FLOWS),
        counted(world.products.len() as u64, PRODUCTS),
        world.years.first().copied().unwrap_or(0),
        world.years.last().copied().unwrap_or(0)
    ));
    terminal.line(&format!(
        "  would compute  {} for {} countries, at most {}; RCA over {}",
        counted((world.products.len() * world.years.len()) as u64, PRODUCT_YEARS),
        world.countries.len(),
        counted((world.products.len() * world.years.len() * world.countries.len()) as u64, ROWS),
        world.rca_basis.key()
    ));
}
