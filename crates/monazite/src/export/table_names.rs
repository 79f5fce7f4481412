//! The tables that can be exported, and what people call them.

use super::ExportError;
use super::shares::SHARES;
use crate::nomenclature::suggestion::{Name, nearest};
use crate::run::Run;
use crate::run_folder::manifest::{INDICES_STAGE, UNCERTAINTY};
use crate::run_folder::{RunTable, tables};
use crate::uncertainty;

/// Tables that are exported where none is named, in this order.
const USUAL: [&str; 19] = [
    "indicators",
    "shares",
    "trends",
    "product_years",
    "band_means",
    "band_changes",
    "groups",
    "dependencies",
    "strengths",
    "indices",
    "composite",
    "countries",
    "products",
    "stability",
    "chain/nodes",
    "chain/edges",
    "typology/countries",
    "typology/clusters",
    "regression/table",
];

/// A table of a run that can be exported.
#[derive(Debug, Clone, Copy)]
pub struct ExportTable {
    /// What it holds.
    pub table: &'static RunTable,
    /// Whether it is made of others while it is exported, and no file of the run.
    pub derived: bool,
}

/// The name of a table: its file without the ending.
pub fn name_of(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(name, _)| name)
}

/// All tables that a run has, as name, file and description.
///
/// # Errors
/// [`ExportError::Folder`] if the run folder cannot be read.
pub fn available(run: &Run) -> Result<Vec<(String, String, ExportTable)>, ExportError> {
    static DERIVED: RunTable = SHARES;
    let mut found = Vec::new();
    let files = run.files().names()?;
    if run.files().exists(tables::FLOWS.file) {
        found.push((
            name_of(SHARES.file).to_owned(),
            tables::FLOWS.file.to_owned(),
            ExportTable { table: &DERIVED, derived: true },
        ));
    }
    for file in files {
        if let Some(table) = tables::find(&file) {
            found.push((name_of(&file).to_owned(), file, ExportTable { table, derived: false }));
        }
    }
    Ok(found)
}

/// The tables that were asked for; the usual ones if none was.
///
/// # Errors
/// [`ExportError::Unknown`] for a table that the run does not have, with those that it has.
pub fn chosen(run: &Run, asked: &[String]) -> Result<Vec<(String, String, ExportTable)>, ExportError> {
    let all = available(run)?;
    let named = |name: &str| all.iter().find(|(known, ..)| known == name).cloned();
    if asked.is_empty() {
        return Ok(USUAL.iter().filter_map(|name| named(name)).collect());
    }
    if asked.iter().any(|name| name == "all") {
        return Ok(all);
    }
    let mut chosen: Vec<(String, String, ExportTable)> = Vec::new();
    for asked in asked {
        let name = name_of_asked(asked);
        // `edges` is enough where only one table ends so.
        let ends: Vec<_> = all.iter().filter(|(known, ..)| known.rsplit('/').next() == Some(name)).collect();
        let found = named(name).or_else(|| match ends[..] {
            [one] => Some(one.clone()),
            _ => None,
        });
        let Some(found) = found else { return Err(unknown(run, asked, name, &all)) };
        if !chosen.iter().any(|(known, ..)| *known == found.0) {
            chosen.push(found);
        }
    }
    Ok(chosen)
}

/// `indicators.parquet` is `indicators`.
fn name_of_asked(asked: &str) -> &str {
    let asked = asked.trim();
    match asked.rsplit_once('.') {
        Some((name, "csv" | "parquet")) => name,
        _ => asked,
    }
}

/// Why this run does not have a table of a stage, as its manifest knows it; `None` where it does not say.
fn why_not(run: &Run, file: &str) -> Option<String> {
    let is_band = uncertainty::is_output(file);
    let stage = match file.split_once('/') {
        _ if is_band => UNCERTAINTY,
        _ if file == tables::INDICES.file => INDICES_STAGE,
        Some((stage @ ("typology" | "regression"), _)) => stage,
        _ => return None,
    };
    let manifest = run.manifest();
    if let Some(skipped) = manifest.skipped.iter().find(|skipped| skipped.stage == stage) {
        return Some(skipped.reason.clone());
    }
    let made = match stage {
        "typology" => manifest.typology.is_some(),
        "regression" => manifest.regression.is_some(),
        INDICES_STAGE => manifest.indices.is_some(),
        _ => manifest.uncertainty.is_some(),
    };
    match made {
        false => Some("it was made by monazite indicators, which stops before it".to_owned()),
        true if is_band && manifest.study.years == 1 => {
            Some("the study has one year, so there are no changes".to_owned())
        }
        true => None,
    }
}

fn unknown(run: &Run, asked: &str, name: &str, all: &[(String, String, ExportTable)]) -> ExportError {
    let reason = if name == name_of(SHARES.file) {
        "it is made of flows.parquet, which this run does not hold; set output.flows = true in the study and run it again".to_owned()
    } else if let Some(table) = tables::ALL.iter().find(|t| name_of(t.file) == name) {
        let own = why_not(run, table.file);
        format!(
            "this run does not have it: {}",
            own.as_deref().or(table.not_written).unwrap_or("it was made by an older version")
        )
    } else {
        let names: Vec<Name<'_>> = all.iter().map(|(known, ..)| Name { code: known, name: known }).collect();
        let near = nearest(name, &names);
        let list = all.iter().map(|(known, ..)| known.as_str()).filter(|n| !n.starts_with("figures/"));
        match near.is_empty() {
            false => format!("no table is called so; near to it: {}", near.join(", ")),
            true => format!("no table is called so; there are {}", list.collect::<Vec<_>>().join(", ")),
        }
    };
    ExportError::Unknown { what: "table", asked: asked.to_owned(), reason }
}
