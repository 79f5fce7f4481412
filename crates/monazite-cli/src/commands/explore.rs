//! `monazite explore`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use monazite::pipeline::Until;
use monazite::report::explorer::Program;
use monazite_explorer::{ExploreError, Listening, Settings, Site, export};

use super::asked::EXAMPLE;
use crate::arguments::StudyArguments;
use crate::arguments::explore::ExploreArguments;
use crate::failure::Failure;
use crate::terminal::{FILES, Terminal, counted};

/// Shows a run in the browser, or writes page and data as a folder.
pub fn explore(arguments: &ExploreArguments, terminal: &Terminal) -> Result<(), Failure> {
    let first = run_folder(arguments.run.as_deref(), terminal)?;
    let folders: Vec<&Path> =
        [Some(first.as_path()), arguments.second.as_deref()].into_iter().flatten().collect();
    if let Some(out) = &arguments.export {
        let done = export(&folders, out, arguments.verify, &program(), terminal)?;
        terminal.record("export", &done);
        let files = counted(done.files as u64, FILES);
        terminal.line(&format!(
            "  written     {}: {files}, {:.1} MB",
            out.display(),
            done.bytes as f64 / 1e6
        ));
        terminal.line(&format!(
            "  what if     {} scenarios, {} plans, computed beforehand",
            done.scenarios, done.plans
        ));
        terminal.line("  before you publish it, read its NOTICE: the data have licences");
        terminal.line(&format!("  look at it  python3 -m http.server --directory {}", out.display()));
        return Ok(());
    }
    // Listening comes first: a port that is in use is told before the run is read.
    let listening = Listening::on(Settings { port: arguments.port, token: !arguments.no_token })?;
    let site = Arc::new(Site::open(&folders, arguments.verify, &program(), terminal)?);
    let address = listening.door().address();
    terminal.value("address", address.as_str());
    terminal.announce(&format!("  open        {address}"));
    if !arguments.no_open
        && let Err(error) = open::that_detached(&address)
    {
        terminal.line(&format!("  no browser could be opened ({error}); open the address in one yourself"));
    }
    terminal.line("  only this machine can reach it; Ctrl-C stops it");
    listening.serve(site, terminal)?;
    terminal.line("stopped");
    Ok(())
}

/// The run that is named, or that of the example, which is made if it is not there.
fn run_folder(named: Option<&Path>, terminal: &Terminal) -> Result<PathBuf, Failure> {
    let folder = named.unwrap_or(Path::new(EXAMPLE));
    if named.is_none() && !folder.exists() {
        terminal.line(&format!("there is no {EXAMPLE} here yet: it is made first"));
        let study = StudyArguments { study: None, out: Some(folder.to_owned()), trade: None };
        super::run::run(&study, Until::Report, terminal)?;
    }
    Ok(folder.to_owned())
}

fn program() -> Program {
    let commit = env!("MONAZITE_COMMIT");
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
            ExploreError::Brief(error) => error.into(),
            ExploreError::WhatIf(error) => error.into(),
            other => other.to_string().into(),
        }
    }
}
