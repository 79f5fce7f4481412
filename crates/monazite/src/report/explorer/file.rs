//! `explorer.json` as a whole.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::chain::{Chain, chain};
use super::doubts::{Break, Trickles, breaks, trickles};
use super::hands::{Chokepoint, Supplier, chokepoints, suppliers};
use super::maps::{MapYear, chain_imports, maps, outlines};
use super::names::{Country, Product, countries, products};
use super::rounded::Rounded;
use super::served::{OtherRun, Program, Served, Tools};
use super::told::{Finding, findings};
use super::trends::{ProductYears, product_years, readings_with_bands};
use super::types::{Types, types};
use super::words::{Choice, Word, choices, words};
use crate::plain_text::hex;
use crate::report::answers::amounts::Amounts;
use crate::report::brief::BriefError;
use crate::report::figures::outlines::Outlines;
use crate::run::provenance::{citations, licences, source_line};
use crate::run::{Run, RunError};
use crate::run_folder::Manifest;

/// Version of the contract between server, export and page.
const EXPLORER_FORMAT: u32 = 1;

/// What the page shows of a run before it reads a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explorer {
    explorer_format: u32,
    program: Program,
    /// See [`run_id`].
    pub run_id: String,
    dir: String,
    /// The study.
    pub study: Study,
    years: Vec<u16>,
    unit: &'static str,
    source: String,
    licences: Vec<String>,
    citation: String,
    countries: Vec<Country>,
    products: Vec<Product>,
    chain: Option<Chain>,
    product_years: BTreeMap<String, ProductYears>,
    trickles: Trickles,
    breaks: Vec<Break>,
    map: Vec<MapYear>,
    chain_imports: Vec<Rounded>,
    outlines: Outlines,
    chokepoints: Vec<Chokepoint>,
    suppliers: Vec<Supplier>,
    findings: Vec<Finding>,
    notes: Vec<String>,
    skipped: Vec<String>,
    types: Option<Types>,
    words: BTreeMap<&'static str, Word>,
    options: Vec<Choice>,
    bands: BandNames,
    manifest: Value,
    by_country_bytes: Option<u64>,
    tools: Tools,
    with: Option<OtherRun>,
}

/// The study in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Study {
    /// Its name.
    pub name: String,
    material: String,
    question: String,
    seeds: Vec<String>,
    focus: Vec<String>,
}

/// Which bands the run has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct BandNames {
    readings: Vec<&'static str>,
    draws: usize,
}

/// What a link to a view names its run by: the first eight digits of the SHA-256 over those of the study and of every input, each on a line.
pub fn run_id(manifest: &Manifest) -> String {
    let mut sums = Sha256::new();
    let inputs = manifest.trade.inputs.iter().map(|file| &file.sha256);
    let tables = manifest.tables.iter().map(|table| &table.sha256);
    let links = manifest.chain.sources.iter().map(|source| &source.sha256);
    let all = [&manifest.study.sha256].into_iter().chain(inputs).chain([&manifest.stability.sha256]);
    for sum in all.chain(tables).chain(links) {
        sums.update(sum);
        sums.update("\n");
    }
    let mut id = hex(&sums.finalize());
    id.truncate(8);
    id
}

/// Gathers what the page shows of a run before it reads a table.
///
/// # Errors
/// [`BriefError`] if a table of the run is damaged.
///
/// ```
/// use monazite::report::explorer::{Program, Served, Tools, explorer_json};
/// use monazite::run::Run;
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let out = folder.path().join("run");
/// # run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let program = Program { name: "monazite".to_owned(), version: "0.1.0".to_owned(), commit: None };
/// let tools = Tools::None { reason: "nobody computes here".to_owned() };
/// let served = Served { program, dir: "runs/0".to_owned(), by_country_bytes: None, tools, with: None };
/// let explorer = explorer_json(&Run::open(&out)?, served)?;
/// assert_eq!((explorer.study.name.as_str(), explorer.run_id.len()), ("Six countries", 8));
///
/// // STR of Beta is 1.99187: with that of Gamma it is in the mean that the page shows.
/// let json = serde_json::to_value(&explorer)?;
/// assert_eq!(json["years"], serde_json::json!([2019, 2020, 2021]));
/// assert!(json["product_years"]["284690"]["str"][0].as_f64().is_some_and(|str| str > 1.0));
/// # Ok(())
/// # }
/// ```
pub fn explorer_json(run: &Run, served: Served) -> Result<Explorer, BriefError> {
    let view = run.view()?;
    let (study, manifest) = (run.study(), run.manifest());
    let countries = countries(run)?;
    let drawn = countries.len();
    Ok(Explorer {
        explorer_format: EXPLORER_FORMAT,
        program: served.program,
        run_id: run_id(manifest),
        dir: served.dir,
        study: Study {
            name: study.study.name.clone(),
            material: study.study.material.clone(),
            question: study.study.question.clone(),
            seeds: manifest.study.seeds.clone(),
            focus: study.focus().iter().map(ToString::to_string).collect(),
        },
        years: view.panel.years.clone(),
        unit: Amounts::of(run).raw_unit(),
        source: source_line(study, manifest),
        licences: licences(study, manifest),
        citation: citations(study, manifest).join(" "),
        products: products(&view)?,
        chain: chain(run)?,
        product_years: product_years(&view)?,
        trickles: trickles(&view),
        breaks: breaks(run)?,
        map: maps(run, drawn)?,
        chain_imports: chain_imports(run, drawn)?,
        outlines: outlines(),
        chokepoints: chokepoints(&view),
        suppliers: suppliers(&view)?,
        findings: findings(&view)?,
        notes: manifest.notes.clone(),
        skipped: manifest.skipped.iter().map(|of| format!("{}: {}", of.stage, of.reason)).collect(),
        types: types(run)?,
        words: words(),
        options: choices(study),
        bands: BandNames {
            readings: readings_with_bands(&view),
            draws: manifest.uncertainty.as_ref().map_or(0, |record| record.draws),
        },
        manifest: without_timing(manifest, run)?,
        by_country_bytes: served.by_country_bytes,
        tools: served.tools,
        with: served.with,
        countries,
    })
}

/// The manifest but for what differs from run to run.
fn without_timing(manifest: &Manifest, run: &Run) -> Result<Value, RunError> {
    let damaged = |_| RunError::Changed {
        folder: run.name(),
        file: "manifest.toml".to_owned(),
        advice: "run the study again",
    };
    let mut value = serde_json::to_value(manifest).map_err(damaged)?;
    if let Some(object) = value.as_object_mut() {
        object.remove("timing");
    }
    Ok(value)
}
