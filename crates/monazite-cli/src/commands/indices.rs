//! `monazite indices`.

mod of_trade;

use std::path::Path;

use monazite::disk::place;
use monazite::run::Run;
use monazite::run_folder::tables::INDICES;

use crate::arguments::indices::IndicesArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Gives the indices of trade data; of a finished run it says which file holds them.
pub fn indices(arguments: &IndicesArguments, terminal: &Terminal) -> Result<(), Failure> {
    if place::is_run(&arguments.of) {
        of_run(&arguments.of, terminal)
    } else {
        of_trade::of_trade(arguments, terminal)
    }
}

fn of_run(folder: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let run = Run::open(folder)?;
    let manifest = run.manifest();
    if let Some(record) = &manifest.indices {
        terminal.record("indices", record);
        let computed = record.computed.join(", ");
        terminal.answer(&format!(
            "{} has {} rows of {computed}",
            folder.join(INDICES.file).display(),
            record.rows
        ));
        record.notes.iter().for_each(|note| terminal.line(&format!("  note        {note}")));
        return Ok(());
    }
    let why = manifest
        .skipped
        .iter()
        .find(|skipped| skipped.stage == monazite::run_folder::manifest::INDICES_STAGE);
    Err(format!(
        "{} has no indices: {}",
        run.name(),
        why.map_or("its manifest does not say why", |s| &s.reason)
    )
    .into())
}
