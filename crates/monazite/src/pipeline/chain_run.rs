//! The value chain of a study alone, built into a folder.

use std::path::Path;

use super::Error;
use super::chain;
use super::clock::Clock;
use super::data::open_trade;
use super::description::{chain_record, program, synthetic_note};
use super::options::RunOptions;
use super::summary::ChainSummary;
use super::tables::read_before_import;
use crate::progress::Progress;
use crate::report::{chain_files, chain_graph};
use crate::run_folder::RunFolder;
use crate::run_folder::manifest::{ChainManifest, Timing};
use crate::study::Study;
use crate::threads::within;

/// Builds the value chain of a study into a folder, with graph files, and goes no further.
///
/// # Errors
/// As [`super::run_study`].
pub fn run_chain(
    study: &Study,
    out: &Path,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<ChainSummary, Error> {
    within(|| chain_into(study, out, options, progress))
}

fn chain_into(
    study: &Study,
    out: &Path,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<ChainSummary, Error> {
    let mut clock = Clock::start();
    let mut folder = RunFolder::claim(out)?;
    read_before_import(study)?;
    let store = open_trade(study, progress)?;
    clock.lap("data");
    let built = chain::build(study, &store, progress)?;
    chain_files::write(&mut folder, &store, &built)?;
    folder.write("chain/chain.graphml", chain_graph::graphml(&built.chain, &store).as_bytes())?;
    folder.write("chain/chain.dot", chain_graph::dot(&built.chain, &store).as_bytes())?;
    folder.write("study.toml", study.to_toml().as_bytes())?;
    clock.lap("chain");
    let manifest = ChainManifest {
        program: program(options),
        study: study.study.name.clone(),
        study_sha256: study.hash(),
        random_seed: study.study.random_seed,
        edition: store.manifest().edition.clone(),
        baci_version: store.manifest().baci_version.clone(),
        chain: chain_record(&built),
        notes: synthetic_note(&store).into_iter().chain(built.gathered.notes.iter().cloned()).collect(),
        files: folder.records()?,
        timing: Timing { threads: rayon::current_num_threads(), stages: clock.laps },
    };
    progress.go_on()?;
    folder.commit(&manifest.to_toml())?;
    Ok(ChainSummary { folder: out.to_owned(), built })
}
