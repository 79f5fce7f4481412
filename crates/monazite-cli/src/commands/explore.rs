//! `monazite explore`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use monazite::pipeline::Until;
use monazite::report::explorer::Program;
use monazite::run_folder::{FolderError, MANIFEST_FILE, RunFolder};
use monazite_explorer::{ExploreError, Listening, Settings, Site, export};

use super::asked::EXAMPLE;
use crate::arguments::StudyArguments;
use crate::arguments::explore::ExploreArguments;
use crate::failure::{Failure, as_before};
use crate::terminal::{FILES, Terminal, counted};
use crate::to_type::quoted;

/// Shows a run in the browser, or writes page and data as a folder.
pub fn explore(arguments: &ExploreArguments, terminal: &Terminal) -> Result<(), Failure> {
    match &arguments.export {
        Some(out) => write(arguments, out, terminal),
        None => show(arguments, terminal),
    }
}

fn write(arguments: &ExploreArguments, out: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let runs = runs(arguments, terminal)?;
    let folders: Vec<&Path> = runs.iter().map(PathBuf::as_path).collect();
    let done = export(&folders, out, arguments.verify, &program(), terminal)
        .map_err(|e| in_words(arguments, e).leaving(|| as_before(out)))?;
    terminal.record("export", &done);
    let files = counted(done.files as u64, FILES);
    terminal.line(&format!("  written     {}: {files}, {:.1} MB", out.display(), done.bytes as f64 / 1e6));
    terminal.line(&format!(
        "  what if     {} scenarios, {} plans, computed beforehand",
        done.scenarios, done.plans
    ));
    terminal.line("  before you publish it, read its NOTICE: the data have licences");
    terminal.line(&format!("  look at it  python3 -m http.server --directory {}", quoted(out)));
    Ok(())
}

fn show(arguments: &ExploreArguments, terminal: &Terminal) -> Result<(), Failure> {
    // Listening comes first: a port that is in use is told before anything is read or run.
    let settings = Settings { port: arguments.port, token: !arguments.no_token, ..Settings::default() };
    let listening = Listening::on(settings)?;
    let runs = runs(arguments, terminal)?;
    let folders: Vec<&Path> = runs.iter().map(PathBuf::as_path).collect();
    let site =
        Site::open(&folders, arguments.verify, &program(), terminal).map_err(|e| in_words(arguments, e))?;
    let (address, port) = (listening.door().address(), listening.door().port);
    terminal.value("address", address.as_str());
    terminal.announce(&format!("  open        {address}"));
    let opened = if arguments.no_open { Ok(()) } else { open::that_detached(&address) };
    if let Err(error) = &opened {
        terminal
            .line(&format!("  no browser could be opened here ({error}); open the address in one yourself"));
    }
    terminal.line("  only this machine can reach it; Ctrl-C stops it");
    // Who came over the network, or has no browser here, sits at another machine.
    if arguments.no_open || opened.is_err() || std::env::var_os("SSH_CONNECTION").is_some() {
        terminal.line(&format!(
            "  from another machine: ssh -L {port}:127.0.0.1:{port} THIS-MACHINE, then open the same address there"
        ));
    }
    listening.serve(Arc::new(site), terminal)?;
    terminal.line("stopped");
    Ok(())
}

/// The runs that are named, or that of the example, which is made if it is not there.
fn runs(arguments: &ExploreArguments, terminal: &Terminal) -> Result<Vec<PathBuf>, Failure> {
    if let Some(first) = &arguments.run {
        return Ok([Some(first), arguments.second.as_ref()].into_iter().flatten().cloned().collect());
    }
    let folder = Path::new(EXAMPLE);
    // A manifest is the last file of a run: without one there is none, or one that was broken off.
    if !folder.join(MANIFEST_FILE).is_file() {
        // Only where the example can be: whatever else lies there stays.
        RunFolder::claim(folder).map_err(|error| match error {
            FolderError::Busy { .. } => {
                format!("{EXAMPLE}: the example is being made there by another program; wait until it has finished")
            }
            error => format!("the example cannot be made: {error}; or name the run to look at: monazite explore RUN"),
        })?;
        terminal.line(&format!("there is no finished run in {EXAMPLE} yet: it is made first"));
        let study = StudyArguments { study: None, out: Some(folder.to_owned()), trade: None };
        super::run::make(&study, Until::Report, terminal)?;
    }
    Ok(vec![folder.to_owned()])
}

/// What is wrong, with what to type. Who named no run did not make the one that is wrong either.
fn in_words(arguments: &ExploreArguments, error: ExploreError) -> Failure {
    let of_run = match &error {
        ExploreError::Run(_) | ExploreError::Brief(_) => true,
        ExploreError::Folder(of_file) => {
            matches!(of_file, FolderError::Changed { .. } | FolderError::Replaced { .. })
        }
        _ => false,
    };
    match (Failure::from(error), &arguments.run) {
        (Failure::Refused(why), None) if of_run => Failure::Refused(format!(
            "{why} (make the example again: monazite run; or name a run: monazite explore RUN)"
        )),
        (failure, _) => failure,
    }
}

/// The program that carries the page.
pub fn program() -> Program {
    let commit = crate::COMMIT;
    Program {
        name: "monazite".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: Some(commit).filter(|commit| *commit != "unknown").map(str::to_owned),
    }
}

impl From<ExploreError> for Failure {
    fn from(error: ExploreError) -> Self {
        match error {
            ExploreError::Cancelled(stopped) => stopped.into(),
            ExploreError::Run(error) => error.into(),
            ExploreError::Folder(error) => error.into(),
            taken @ ExploreError::Taken { .. } => format!("{taken} (--export DIR)").into(),
            ExploreError::Brief(error) => error.into(),
            ExploreError::WhatIf(error) => error.into(),
            other => other.to_string().into(),
        }
    }
}
