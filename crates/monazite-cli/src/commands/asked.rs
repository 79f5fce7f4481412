//! What what-if questions name: runs, countries and products.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use monazite::export::ExportError;
use monazite::export::files::write_file;
use monazite::nomenclature::names::split_names;
use monazite::report::brief::BriefError;
use monazite::report::brief::product::find_product;
use monazite::report::brief::selection::{Candidate, country};
use monazite::run::Run;

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::to_type::quoted;

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
pub fn country_of(run: &Run, option: &str, asked: &str) -> Result<usize, Failure> {
    let panel = run.panel().map_err(Failure::from)?;
    let candidates: Vec<Candidate<'_>> =
        panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name }).collect();
    country(asked, &candidates).map_err(|problem| format!("{option}: {problem}").into())
}

/// Positions of countries, named in one option or several, with commas or without.
pub fn countries_of(run: &Run, option: &str, asked: &[String]) -> Result<Vec<usize>, Failure> {
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
pub fn codes_of(run: &Run, option: &str, asked: &[String]) -> Result<Vec<String>, Failure> {
    let found = countries_of(run, option, asked)?;
    let panel = run.panel().map_err(Failure::from)?;
    Ok(found.into_iter().map(|c| panel.countries[c].code.clone()).collect())
}

/// Positions of products.
pub fn products_of(run: &Run, asked: &[String]) -> Result<Vec<usize>, Failure> {
    let (panel, descriptions) = (run.panel()?, run.descriptions()?);
    let mut found = Vec::new();
    for code in asked {
        let at = find_product(panel, descriptions, code).map_err(|error| match error {
            BriefError::Unknown { near, .. } if near.is_empty() => Failure::from(format!(
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
pub struct OutFile {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub content: Vec<u8>,
}

/// Writes files into a folder and says so.
pub fn write_into(
    folder: &Path,
    replace: bool,
    files: &[OutFile],
    terminal: &Terminal,
) -> Result<(), Failure> {
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
