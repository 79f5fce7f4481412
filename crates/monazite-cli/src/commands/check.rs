//! `monazite check`.

use std::path::Path;

use monazite::ingest::{Governance, Release};
use monazite::panel::World;
use monazite::pipeline::chain::source_paths;
use monazite::pipeline::{build_chain, store_folder};
use monazite::trade::{FlowSource, Store, StoreManifest, is_synthetic_version};
use monazite::value_chain::sources::{ProductCodes, Sources};

use super::inputs::straight;
use crate::failure::Failure;
use crate::terminal::{FILES, FLOWS, LINKS, PRODUCT_YEARS, PRODUCTS, ROWS, Terminal, counted};

/// Says what a study would run, on what; fails with everything that is wrong.
pub fn check(named: Option<&Path>, trade: Option<&Path>, terminal: &Terminal) -> Result<(), Failure> {
    let file = super::study_file(named)?;
    let study = super::load_study(&file, trade)?;
    terminal.line(&format!("{}: {}", file.display(), study.study.name));
    let governance = Governance::read(&study.resolve(&study.data.governance))?;
    let stability = |synthetic| {
        let vintage = governance.vintage_beside(synthetic);
        terminal.line(&format!("  stability   {vintage}, {}", study.stability.measure.name()));
    };
    let trade = study.resolve(&study.data.trade);
    let folder = if StoreManifest::read(&trade).is_ok() { trade.clone() } else { store_folder(&study) };
    if StoreManifest::read(&folder).is_err() {
        let release = Release::open_table(&trade, &study.data.table_options())?;
        stability(release.made_up || release.version.as_deref().is_some_and(is_synthetic_version));
        let bytes: u64 = release.flows.iter().map(|f| f.size).sum();
        terminal.line(&format!(
            "  trade       {} ({}, {:.0} MB), to be imported into {}",
            straight(&trade).display(),
            counted(release.flows.len() as u64, FILES),
            bytes as f64 / 1e6,
            straight(&folder).display()
        ));
        let sources = Sources::read(&source_paths(&study), &ProductCodes::default()).map_err(Failure::from);
        // Without the trade data nobody knows which codes a heading stands for.
        if study.chain.networks.is_empty() {
            terminal
                .line(&format!("  chain       {} proposed", counted(sources?.links().len() as u64, LINKS)));
        }
        terminal.line(
            "Whether seeds and years are in the data shows when it is imported. Nothing is wrong so far.",
        );
        return Ok(());
    }
    let store = Store::open(&folder)?;
    stability(store.provenance().synthetic);
    let chain = build_chain(&study, &store, terminal)?.chain;
    terminal.line(&format!(
        "  chain       {}, {}, {} left out, deepest tier {}",
        counted(chain.len() as u64, PRODUCTS),
        counted(chain.links().len() as u64, LINKS),
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
        "  trade       {}: {} of {}, {} to {}",
        straight(&folder).display(),
        counted(flows as u64, FLOWS),
        counted(world.products.len() as u64, PRODUCTS),
        world.years.first().copied().unwrap_or(0),
        world.years.last().copied().unwrap_or(0)
    ));
    terminal.line(&format!(
        "  would make  {} for {} countries, at most {}; RCA over {}",
        counted((world.products.len() * world.years.len()) as u64, PRODUCT_YEARS),
        world.countries.len(),
        counted((world.products.len() * world.years.len() * world.countries.len()) as u64, ROWS),
        world.rca_basis.key()
    ));
    for note in &world.notes {
        terminal.line(&format!("  note        {note}"));
    }
    terminal.line("Nothing is wrong.");
    Ok(())
}
