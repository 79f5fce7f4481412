//! The stage of a run: profiles, groups and typology from the panel, with their tables.

use super::Error;
use crate::plain_text::listed;
use crate::profile::{GroupPanel, ProfileOptions, Profiles, UnitKind, profiles, write as write_profiles};
use crate::progress::Progress;
use crate::run_folder::RunFolder;
use crate::run_folder::StoredPanel;
use crate::run_folder::manifest::TypologyRecord;
use crate::study::Study;
use crate::typology::{Typology, TypologyOutcome, tables, typology};

/// Whether a file of a run comes from this stage.
pub fn is_output(name: &str) -> bool {
    matches!(name, "profiles.parquet" | "groups.parquet" | "group_inputs.csv")
        || name.starts_with("typology/")
}

/// Makes profiles and typology of a panel and writes their files. Returns what to write down about the typology, or why there is none;
/// `left_out` says why none is to be made.
///
/// # Errors
/// [`Error::Typology`] if the typology fails, [`Error::Folder`] if a file cannot be written.
pub fn run(
    study: &Study,
    panel: &StoredPanel,
    left_out: Option<&str>,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<Result<TypologyRecord, String>, Error> {
    let asked = study.mean_groups();
    let groups = GroupPanel::of(panel, &asked, study.indicators.strength_window);
    let options = ProfileOptions {
        layout: study.profile.layout,
        products: study.profile.products,
        weights: study.profile.weights,
        risk: study.profile.risk,
    };
    progress.go_on()?;
    let profiles = profiles(panel, &groups, options);
    progress.go_on()?;
    write_profiles(folder, panel, &groups, &profiles, study.output.compression_level)?;
    if let Some(reason) = left_out {
        return Ok(Err(reason.to_owned()));
    }
    let typology = match typology(&study.typology_parameters(), &profiles, progress)? {
        TypologyOutcome::Skipped(reason) => return Ok(Err(reason)),
        TypologyOutcome::Made(typology) => typology,
    };
    tables::write(folder, &profiles, &typology, study.output.compression_level)?;
    let mut notes = Vec::new();
    let map = &typology.embedding;
    if map.count < typology.parameters.neighbours {
        notes.push(format!(
            "Of {} country-years only {} differ, and those that do not share a place on the map; each has {} neighbours there, itself counted, not {}.",
            map.points.len(),
            map.different,
            map.count,
            typology.parameters.neighbours
        ));
    } else if map.different < map.points.len() {
        notes.push(format!(
            "Of {} country-years {} differ; those that do not share a place on the map.",
            map.points.len(),
            map.different
        ));
    }
    for group in &asked {
        let absent: Vec<&str> = group
            .members
            .iter()
            .filter(|m| panel.country(&m.iso3).is_none())
            .map(|m| m.iso3.as_str())
            .collect();
        if absent.len() == group.members.len() {
            notes.push(format!("No member of {} trades in these data, so it is not shown.", group.code));
        } else if !absent.is_empty() {
            notes.push(format!("{} of {} do not trade in these data.", listed(&absent, ""), group.code));
        }
    }
    Ok(Ok(record(&profiles, &typology, notes)))
}

fn record(profiles: &Profiles, typology: &Typology, notes: Vec<String>) -> TypologyRecord {
    let table = &typology.table;
    TypologyRecord {
        rows: table.rows.len(),
        features: table.features.len(),
        features_left_out: table
            .left_out
            .iter()
            .map(|left_out| format!("{}: {}", left_out.feature, left_out.reason))
            .collect(),
        rows_left_out: table.dropped_rows,
        filled: table.filled,
        groups: profiles
            .units
            .iter()
            .filter(|unit| unit.kind == UnitKind::Group)
            .map(|unit| unit.code.clone())
            .collect(),
        neighbours: typology.parameters.neighbours,
        own_neighbours: typology.own_neighbours,
        min_dist: typology.parameters.min_dist,
        seed: typology.parameters.seed.to_string(),
        components: typology.embedding.components,
        detail: typology.detail.key().to_owned(),
        clusters: typology.clusters.clusters,
        outliers: typology.clusters.labels.iter().filter(|l| **l == 0).count(),
        repetitions: typology.stability.repetitions.len(),
        agreement: typology.stability.median_agreement(),
        trust: typology.verdict.trust.key().to_owned(),
        verdict: typology.verdict.sentence.clone(),
        reasons: typology.verdict.reasons.clone(),
        notes,
    }
}
