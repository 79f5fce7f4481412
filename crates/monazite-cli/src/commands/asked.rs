//! What what-if questions name: runs, countries and products.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use monazite::before_after::BeforeAfterError;
use monazite::export::ExportError;
use monazite::export::files::write_file;
use monazite::nomenclature::names::split_names;
use monazite::report::brief::BriefError;
use monazite::report::brief::product::find_product;
use monazite::report::brief::selection::{Candidate, country};
use monazite::run::Run;

use monazite::pipeline::Error;
use monazite::run::RunError;
use monazite::study::StudyError;
use monazite::what_if::WhatIfError;

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::to_type::quoted;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// What is asked for is not there, or does not go together. Options are named as they are typed.
    #[error("{0}")]
    Asked(String),
    /// The run, or the work.
    #[error(transparent)]
    Engine(Box<Error>),
    /// Tables cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl From<String> for AskError {
    fn from(message: String) -> Self {
        Self::Asked(message)
    }
}

/// Errors of the engine are those of a run.
macro_rules! as_of_a_run {
    ($($error:ty),+) => {$(
        impl From<$error> for AskError {
            fn from(error: $error) -> Self {
                Self::Engine(Box::new(error.into()))
            }
        }
    )+};
}

as_of_a_run!(BeforeAfterError, BriefError, Error, RunError, StudyError, WhatIfError);

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Asked(message) => message.into(),
            AskError::Engine(error) => (*error).into(),
            AskError::Export(error) => error.into(),
        }
    }
}

/// The answer to a question.
#[derive(Debug)]
pub struct Answer {
    /// What it is called in the JSON object.
    pub name: &'static str,
    /// All of it, for programs.
    pub record: serde_json::Value,
    /// What people read.
    pub text: String,
    /// Tables and pages that go with it, if they were asked for.
    pub files: Vec<OutFile>,
}

impl Answer {
    /// An answer without files.
    pub fn of(name: &'static str, record: &impl serde::Serialize, text: String) -> Self {
        let record = serde_json::to_value(record).unwrap_or_default();
        Self { name, record, text, files: Vec::new() }
    }

    /// Shows it, and writes its files into a folder if there is one.
    pub fn give(self, out: Option<&Path>, replace: bool, terminal: &Terminal) -> Result<(), Failure> {
        if let Some(file) = out.filter(|out| out.is_file()) {
            return Err(format!("--out: {} is a file; name a folder, which is made", file.display()).into());
        }
        terminal.record(self.name, &self.record);
        show(&self.text, terminal);
        out.map_or(Ok(()), |out| write_into(out, replace, &self.files, terminal))
    }
}

/// Where `monazite run` puts the example.
pub const EXAMPLE: &str = "runs/example";

/// The run that was named, or that of the example.
pub fn run_of(named: Option<&Path>) -> Result<Run, Failure> {
    let folder = named.unwrap_or(Path::new(EXAMPLE));
    if named.is_none() && !folder.exists() {
        return Err(format!(
            "no run is named, and there is no {EXAMPLE} here; make it with: monazite run\nor name the folder of a run"
        )
        .into());
    }
    Ok(Run::open(folder)?)
}

/// Position of a country of a run, by code or name; `option` is where it was named.
pub fn country_of(run: &Run, option: &str, asked: &str) -> Result<usize, AskError> {
    let panel = run.panel()?;
    let candidates: Vec<Candidate<'_>> =
        panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name }).collect();
    country(asked, &candidates).map_err(|problem| format!("{option}: {problem}").into())
}

/// Positions of countries, named in one option or several, with commas or without.
pub fn countries_of(run: &Run, option: &str, asked: &[String]) -> Result<Vec<usize>, AskError> {
    let names = asked.iter().flat_map(|text| split_names(text));
    let mut found = Vec::new();
    for name in names {
        let at = country_of(run, option, &name)?;
        if !found.contains(&at) {
            found.push(at);
        }
    }
    Ok(found)
}

/// Codes of countries.
pub fn codes_of(run: &Run, option: &str, asked: &[String]) -> Result<Vec<String>, AskError> {
    let found = countries_of(run, option, asked)?;
    let panel = run.panel()?;
    Ok(found.into_iter().map(|c| panel.countries[c].code.clone()).collect())
}

/// Positions of products.
pub fn products_of(run: &Run, asked: &[String]) -> Result<Vec<usize>, AskError> {
    let (panel, descriptions) = (run.panel()?, run.descriptions()?);
    let mut found = Vec::new();
    for code in asked {
        let at = find_product(panel, descriptions, code).map_err(|error| match error {
            BriefError::Unknown { near, .. } if near.is_empty() => AskError::Asked(format!(
                "--product: {code} is not among the {} products of this run (monazite export {} --list names its tables, monazite codes finds codes by word)",
                panel.products.len(),
                quoted(run.name().as_ref())
            )),
            other => format!("--product: {other}").into(),
        })?;
        if !found.contains(&at) {
            found.push(at);
        }
    }
    Ok(found)
}

/// A file of `--out`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutFile {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub content: Vec<u8>,
}

/// Writes files into a folder and says so.
fn write_into(folder: &Path, replace: bool, files: &[OutFile], terminal: &Terminal) -> Result<(), Failure> {
    for file in files {
        let path: PathBuf = folder.join(&*file.name);
        write_file(&path, replace, &mut |out| {
            std::io::Write::write_all(out, &file.content)
                .map_err(|e| ExportError::write(&path, "cannot be written", e))
        })?;
        terminal.file(&path);
    }
    let names: Vec<&str> = files.iter().map(|file| &*file.name).collect();
    terminal.line(&format!("  written     {}: {}", folder.display(), names.join(", ")));
    Ok(())
}

/// Shows an answer, even to somebody who wants to hear nothing else.
pub fn show(text: &str, terminal: &Terminal) {
    text.lines().for_each(|line| terminal.answer(line));
}
