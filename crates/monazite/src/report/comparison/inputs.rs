//! What went into two runs: data, program, and keys of the study.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::run::Run;
use crate::run_folder::Manifest;

/// Something that two runs have in two ways; `None` where a run does not have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is.
    pub what: String,
    /// In the run before, and in the run after.
    pub values: [Option<String>; 2],
}

/// What differs of two tables.
fn differing(tables: [BTreeMap<String, String>; 2]) -> Vec<Difference> {
    let [a, b] = &tables;
    let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter(|name| a.get(*name) != b.get(*name))
        .map(|name| Difference { what: name.clone(), values: [a.get(name).cloned(), b.get(name).cloned()] })
        .collect()
}

/// Data and program.
pub(super) fn inputs(pair: [&Run; 2]) -> Vec<Difference> {
    differing(pair.map(|run| of_manifest(run.manifest())))
}

fn of_manifest(manifest: &Manifest) -> BTreeMap<String, String> {
    let trade = &manifest.trade;
    let short = |sum: &str| sum.get(..12).unwrap_or(sum).to_owned();
    let mut found: BTreeMap<String, String> = [
        (
            "program",
            format!("{} {} ({})", manifest.program.name, manifest.program.version, manifest.program.commit),
        ),
        ("trade: source", trade.source.clone()),
        ("trade: HS edition", trade.edition.clone()),
        ("trade: version", trade.baci_version.clone()),
        ("trade: flows of the study", trade.flows.to_string()),
        ("trade: value of the study, thousand USD", trade.value.to_string()),
        ("stability: vintage", manifest.stability.vintage.clone()),
        ("stability: measure", manifest.stability.measure.clone()),
        ("stability: file, sha256", short(&manifest.stability.sha256)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    found.extend(
        trade.inputs.iter().map(|file| (format!("trade: file {}, sha256", file.name), short(&file.sha256))),
    );
    found.extend(
        manifest
            .tables
            .iter()
            .map(|table| (format!("{}: {}, sha256", table.key, table.name), short(&table.sha256))),
    );
    found.extend(
        manifest
            .chain
            .sources
            .iter()
            .map(|s| (format!("chain: {} ({}), sha256", s.name, s.kind), short(&s.sha256))),
    );
    found
}

/// Keys of the study, with their values as a study file writes them.
pub(super) fn options(pair: [&Run; 2]) -> Vec<Difference> {
    differing(pair.map(|run| {
        let parameters = run.study().parameters().into_iter();
        // Where the store is kept makes no difference.
        let counts = parameters.filter(|p| (p.section, p.key) != ("data", "store"));
        counts.filter_map(|p| Some((format!("{}.{}", p.section, p.key), p.value?))).collect()
    }))
}
