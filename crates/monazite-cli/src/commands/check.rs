//! `monazite check`.

use std::path::Path;

use monazite::ingest::{Governance, Release};
use monazite::panel::World;
use monazite::pipeline::chain::source_paths;
use monazite::pipeline::{build_chain, store_folder};
use monazite::trade::{FlowSource, Store, StoreManifest};
use monazite::units::grouped;
use monazite::value_chain::sources::{ProductCodes, Sources};

use crate::failure::Failure;
use crate::terminal::Terminal;

/// Says what a study would run, on what; fails with everything that is wrong.
pub fn check(named: Option<&Path>, trade: Option<&Path>, terminal: &Terminal) -> Result<(), Failure> {
    let file = super::study_file(named)?;
    let study = super::load_study(&file, trade)?;
    terminal.line(&format!("{}: {}", file.display(), study.study.name));
    let governance = Governance::read(&study.resolve(&study.data.governance))?;
    terminal.line(&format!("  stability   {}, {}", governance.vintage(), study.stability.measure.name()));

    let trade = study.resolve(&study.data.trade);
    let folder = if StoreManifest::read(&trade).is_ok() { trade.clone() } else { store_folder(&study) };
    if StoreManifest::read(&folder).is_err() {
        let release = Release::open(&trade)?;
        let bytes: u64 = release.flows.iter().map(|f| f.size).sum();
        terminal.line(&format!(
            "  trade       {} ({} files, {:.0} MB), to be imported into {}",
            trade.display(),
            release.flows.len(),
            bytes as f64 / 1e6,
            folder.display()
        ));
        let sources = Sources::read(&source_paths(&study), &ProductCodes::default()).map_err(Failure::from);
        // Without the trade data nobody knows which codes a heading stands for.
        if study.chain.networks.is_empty() {
            terminal.line(&format!("  chain       {} links proposed", sources?.links().len()));
        }
        terminal.line(
            "Whether seeds and years are in the data shows when it is imported. Nothing is wrong so far.",
        );
        return Ok(());
    }
    let store = Store::open(&folder)?;
    let chain = build_chain(&study, &store, terminal)?.chain;
    terminal.line(&format!(
        "  chain       {} products, {} links, {} left out, deepest tier {}",
        chain.len(),
        chain.links().len(),
        chain.dropped().len(),
        chain.deepest_tier()
    ));
    let world = World::prepare(&study, &store, &chain)?;
    let flows: usize = world
        .years
        .iter()
        .map(|&year| world.products.iter().map(|&product| store.flow_count(year, product)).sum::<usize>())
        .sum();
    terminal.line(&format!(
        "  trade       {}: {} flows of {} products, {} to {}",
        folder.display(),
        grouped(flows as u64),
        grouped(world.products.len() as u64),
        world.years.first().copied().unwrap_or(0),
        world.years.last().copied().unwrap_or(0)
    ));
    terminal.line(&format!(
        "  would make  {} product-years for {} countries, at most {} rows; RCA over {}",
        grouped((world.products.len() * world.years.len()) as u64),
        world.countries.len(),
        grouped((world.products.len() * world.years.len() * world.countries.len()) as u64),
        world.rca_basis.key()
    ));
    for note in &world.notes {
        terminal.line(&format!("  note        {note}"));
    }
    terminal.line("Nothing is wrong.");
    Ok(())
}
