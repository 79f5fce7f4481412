//! `monazite replicate`.

use monazite::report::replication::{ReplicationOptions, replicate as package};
use monazite::run_folder::Manifest;
use monazite::study::Study;

use crate::arguments::ReplicateArguments;
use crate::failure::{Failure, as_before};
use crate::terminal::{FILES, Terminal, counted};
use crate::to_type::quoted;

/// Makes a replication package and says what is in it.
pub fn replicate(arguments: &ReplicateArguments, terminal: &Terminal) -> Result<(), Failure> {
    let study = match &arguments.study {
        Some(file) => Some(super::study_file(Some(file))?),
        None => example_of(arguments),
    };
    let options = ReplicationOptions { study, without_data: arguments.without_data };
    let summary = package(&arguments.run, &arguments.out, &options, terminal)
        .map_err(|e| Failure::from(e).leaving(|| as_before(&arguments.out)))?;
    for input in &summary.inputs {
        let there = if input.included { "in the package" } else { "described in README.md" };
        terminal.line(&format!("  {:<16}  {}: {there}", input.key, input.path));
    }
    if options.study.is_none() {
        terminal.line(
            "  The study file was not named, so the data are described, not copied. To put them into the package, name the study file that \
             the run was made from: --study STUDY",
        );
    }
    terminal.value("folder", summary.folder.display().to_string());
    let files = counted(summary.files as u64, FILES);
    terminal.line(&format!("  package     {}, {files}", summary.folder.display()));
    terminal.line(&format!(
        "  to replicate, in that folder: monazite run {} --out ../replicated",
        quoted(summary.study.as_ref())
    ));
    Ok(())
}

/// The example that comes with the program, if the run was made from it.
fn example_of(arguments: &ReplicateArguments) -> Option<std::path::PathBuf> {
    let file = super::study_file(None).ok()?;
    let study = Study::load(&file).ok()?;
    let manifest = Manifest::read(&arguments.run).ok()?;
    (study.hash() == manifest.study.sha256).then_some(file)
}
