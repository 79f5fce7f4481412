//! `explorer.json`: what the first view shows, and what every view needs.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::chain::{Chain, Drawn, chain};
use super::doubts::{Marks, marks};
use super::hands::{Chokepoint, Supplier, chokepoints, suppliers};
use super::maps::{MapYear, chain_imports, maps, outlines};
use super::names::{Country, Product, countries, products};
use super::rounded::Rounded;
use super::served::{OtherRun, Parts, Program, Served, Tools};
use super::told::{Finding, findings_of_study};
use super::trends::{MeanBands, Means, ProductYears, product_years, readings_with_bands};
use super::types::{Types, types};
use super::words::{Word, words};
use crate::plain_text::hex;
use crate::report::answers::amounts::Amounts;
use crate::report::brief::BriefError;
use crate::report::figures::outlines::Outlines;
use crate::run::Run;
use crate::run::provenance::{citations, licences, source_line};
use crate::run_folder::Manifest;

/// Version of the contract between server, export and page.
const EXPLORER_FORMAT: u32 = 1;

/// So many products have their trend in the first view.
const SHOWN: usize = 12;

/// What the page shows of a run before it reads anything else.
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
    chain: Option<Drawn>,
    means: BTreeMap<String, Means>,
    shown: Vec<String>,
    mean_bands: BTreeMap<String, MeanBands>,
    marks: Marks,
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
    bands: BandNames,
    files: BTreeMap<String, u64>,
    by_country_bytes: Option<u64>,
    parts: Parts,
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
/// use monazite::report::explorer::{Parts, Program, Served, Tools, explorer_json};
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
/// let (dir, parts) = ("runs/0".to_owned(), Parts::of_run(0));
/// let served = Served { program, dir, parts, by_country_bytes: None, tools, with: None };
/// let explorer = explorer_json(&Run::open(&out)?, served)?;
/// assert_eq!((explorer.study.name.as_str(), explorer.run_id.len()), ("Six countries", 8));
///
/// // STR of Beta is 1.99187: with that of Gamma it is in the mean that the page shows.
/// let json = serde_json::to_value(&explorer)?;
/// assert_eq!(json["years"], serde_json::json!([2019, 2020, 2021]));
/// assert!(json["means"]["284690"]["str"][0].as_f64().is_some_and(|str| str > 1.0));
/// # Ok(())
/// # }
/// ```
pub fn explorer_json(run: &Run, served: Served) -> Result<Explorer, BriefError> {
    let view = run.view()?;
    let (study, manifest) = (run.study(), run.manifest());
    let countries = countries(run)?;
    let product_years = product_years(&view)?;
    let focus: Vec<String> = study.focus().iter().map(ToString::to_string).collect();
    let shown = shown(&focus, &manifest.study.seeds, &product_years);
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
            focus,
        },
        years: view.panel.years.clone(),
        unit: Amounts::of(run).raw_unit(),
        source: source_line(study, manifest),
        licences: licences(study, manifest),
        citation: citations(study, manifest).join(" "),
        products: products(&view)?,
        chain: chain(run)?.map(Chain::drawn),
        means: product_years.iter().map(|(code, of)| (code.clone(), of.means())).collect(),
        mean_bands: shown.iter().map(|code| (code.clone(), product_years[code].bands())).collect(),
        shown,
        marks: marks(&view, &product_years)?,
        map: maps(run, drawn)?,
        chain_imports: chain_imports(run, drawn)?,
        outlines: outlines(),
        chokepoints: chokepoints(&view),
        suppliers: suppliers(&view)?,
        findings: findings_of_study(&view)?,
        notes: manifest.notes.clone(),
        skipped: manifest.skipped.iter().map(|of| format!("{}: {}", of.stage, of.reason)).collect(),
        types: types(run)?,
        words: words(),
        bands: BandNames {
            readings: readings_with_bands(&view),
            draws: manifest.uncertainty.as_ref().map_or(0, |record| record.draws),
        },
        files: manifest.files.iter().map(|file| (file.name.clone(), file.bytes)).collect(),
        by_country_bytes: served.by_country_bytes,
        parts: served.parts,
        tools: served.tools,
        with: served.with,
        countries,
    })
}

/// The products whose trends the first view shows: those in focus, or the seeds.
fn shown(focus: &[String], seeds: &[String], product_years: &BTreeMap<String, ProductYears>) -> Vec<String> {
    let of = if focus.is_empty() { seeds } else { focus };
    of.iter().filter(|code| product_years.contains_key(*code)).take(SHOWN).cloned().collect()
}
