//! What the first view does not show: files beside `explorer.json`, read when a view needs them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::beside::{IndicesFile, indices};
use super::chain::{Chain, chain};
use super::doubts::{Trickles, trickles};
use super::told::{Finding, findings};
use super::trends::{ProductYears, product_years};
use super::words::{Choice, choices};
use crate::report::brief::BriefError;
use crate::run::{Run, RunError};
use crate::run_folder::Manifest;

/// All that is known of products by year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductYearsFile {
    product_years: BTreeMap<String, ProductYears>,
}

/// All sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingsFile {
    findings: Vec<Finding>,
}

/// The value chain with all links, and what speaks for and against them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainFile {
    chain: Option<Chain>,
}

/// Where numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceFile {
    manifest: Value,
    options: Vec<Choice>,
    trickles: Trickles,
}

/// What the first view does not show.
#[derive(Debug, Clone, PartialEq)]
pub struct Later {
    /// All that is known of products by year.
    pub product_years: ProductYearsFile,
    /// All sentences.
    pub findings: FindingsFile,
    /// The value chain.
    pub chain: ChainFile,
    /// Where numbers come from.
    pub evidence: EvidenceFile,
    /// Systemic trade risk beside other indices.
    pub indices: IndicesFile,
}

/// Gathers what the first view of a run does not show.
///
/// # Errors
/// [`BriefError`] if a table of the run is damaged.
///
/// ```
/// use monazite::report::explorer::later_json;
/// use monazite::run::Run;
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let out = folder.path().join("run");
/// # run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let later = later_json(&Run::open(&out)?)?;
/// let years = serde_json::to_value(&later.product_years)?;
/// assert!(years["product_years"]["284690"]["trade"][0].as_f64().is_some_and(|trade| trade > 0.0));
/// let evidence = serde_json::to_value(&later.evidence)?;
/// assert!(evidence["manifest"]["files"].is_array() && evidence["manifest"].get("timing").is_none());
/// # Ok(())
/// # }
/// ```
pub fn later_json(run: &Run) -> Result<Later, BriefError> {
    let view = run.view()?;
    Ok(Later {
        product_years: ProductYearsFile { product_years: product_years(&view)? },
        findings: FindingsFile { findings: findings(&view)? },
        chain: ChainFile { chain: chain(run)? },
        evidence: EvidenceFile {
            manifest: without_timing(run.manifest(), run)?,
            options: choices(run.study()),
            trickles: trickles(&view),
        },
        indices: indices(run)?,
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
