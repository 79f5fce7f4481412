//! The tables of a typology.

use parquet::data_type::ByteArray;

use super::Typology;
use crate::columnar::Values;
use crate::profile::{Profiles, UnitKind};
use crate::run_folder::tables::{
    TYPOLOGY_ALTERNATIVES, TYPOLOGY_CLUSTERS, TYPOLOGY_CO_ASSIGNMENT, TYPOLOGY_COUNTRIES, TYPOLOGY_EMBEDDING,
    TYPOLOGY_LEVELS, TYPOLOGY_STABILITY,
};
use crate::run_folder::{CsvTable, cell};
use crate::run_folder::{FolderError, RunFolder};

/// One cluster, with what it is made of. Groups do not count: their members do.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterSummary {
    /// Its number; 0 for the outliers.
    pub cluster: u32,
    /// Positions of the units assigned to it, by falling exports.
    pub units: Vec<usize>,
    /// Country-years in it.
    pub rows: usize,
    /// Exports of its countries over all years, thousand USD.
    pub exports: f64,
    /// Export-weighted mean composite of its country-years.
    pub composite: Option<f64>,
    /// Mean over repetitions of its best Jaccard index.
    pub stability: Option<f64>,
}

/// Exports of every unit over all years, thousand USD.
pub fn exports_of_units(profiles: &Profiles) -> Vec<f64> {
    let mut exports = vec![0.0; profiles.units.len()];
    for row in &profiles.rows {
        exports[row.unit] += row.exports;
    }
    exports
}

/// The clusters in order of their numbers, the outliers first if there are any.
pub fn summaries(profiles: &Profiles, typology: &Typology) -> Vec<ClusterSummary> {
    let exports = exports_of_units(profiles);
    let mut clusters: Vec<ClusterSummary> = (0..=typology.clusters.clusters as u32)
        .map(|cluster| ClusterSummary {
            cluster,
            units: Vec::new(),
            rows: 0,
            exports: 0.0,
            composite: None,
            stability: typology.stability.of_cluster.get(cluster as usize).copied().flatten(),
        })
        .collect();
    for (unit, assignment) in typology.assignments.iter().enumerate() {
        if let Some(assignment) = assignment
            && profiles.units[unit].kind != UnitKind::Group
        {
            clusters[assignment.cluster as usize].units.push(unit);
            clusters[assignment.cluster as usize].exports += exports[unit];
        }
    }
    let mut sums = vec![[0.0; 2]; clusters.len()];
    for (at, &label) in typology.clusters.labels.iter().enumerate() {
        let row = &profiles.rows[typology.table.of_profile[at]];
        if profiles.units[row.unit].kind == UnitKind::Group {
            continue;
        }
        clusters[label as usize].rows += 1;
        if let Some(composite) = row.composite {
            sums[label as usize][0] += row.exports * composite;
            sums[label as usize][1] += row.exports;
        }
    }
    for (cluster, [sum, weight]) in clusters.iter_mut().zip(sums) {
        cluster.composite = (weight > 0.0).then(|| sum / weight);
        cluster.units.sort_by(|&a, &b| exports[b].total_cmp(&exports[a]).then(a.cmp(&b)));
    }
    clusters.retain(|c| c.cluster > 0 || c.rows > 0 || !c.units.is_empty());
    clusters
}

/// For every unit the mean f/σ of its years; `None` if it is not on the map.
pub fn outlier_scores(profiles: &Profiles, typology: &Typology) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0usize); profiles.units.len()];
    for (at, height) in typology.clusters.height.iter().enumerate() {
        if let Some(height) = height {
            let sum = &mut sums[profiles.rows[typology.table.of_profile[at]].unit];
            *sum = (sum.0 + height, sum.1 + 1);
        }
    }
    sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / count as f64)).collect()
}

/// Writes the tables of a typology into the run folder.
///
/// # Errors
/// [`FolderError`] if a file cannot be written.
pub fn write(
    folder: &mut RunFolder,
    profiles: &Profiles,
    typology: &Typology,
    compression_level: i32,
) -> Result<(), FolderError> {
    write_embedding(folder, profiles, typology)?;
    write_countries(folder, profiles, typology)?;
    write_clusters(folder, profiles, typology)?;
    write_levels(folder, typology)?;
    write_alternatives(folder, typology)?;
    write_stability(folder, typology)?;
    write_co_assignment(folder, profiles, typology, compression_level)
}

fn write_embedding(
    folder: &mut RunFolder,
    profiles: &Profiles,
    typology: &Typology,
) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&TYPOLOGY_EMBEDDING);
    for (at, &row) in typology.table.of_profile.iter().enumerate() {
        let row = &profiles.rows[row];
        let unit = &profiles.units[row.unit];
        let [x, y] = typology.embedding.points[at];
        table.row(&[
            profiles.years[row.year].to_string(),
            unit.code.clone(),
            unit.kind.key().to_owned(),
            x.to_string(),
            y.to_string(),
            typology.clusters.labels[at].to_string(),
            cell(typology.clusters.height[at]),
            row.missing().to_string(),
        ]);
    }
    table.write(folder, TYPOLOGY_EMBEDDING.file)
}

fn write_countries(
    folder: &mut RunFolder,
    profiles: &Profiles,
    typology: &Typology,
) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&TYPOLOGY_COUNTRIES);
    let scores = outlier_scores(profiles, typology);
    for (unit, assignment) in
        profiles.units.iter().zip(&typology.assignments).enumerate().filter_map(
            |(place, (unit, assignment))| assignment.map(|assignment| ((place, unit), assignment)),
        )
    {
        let (place, unit) = unit;
        table.row(&[
            unit.code.clone(),
            unit.name.clone(),
            unit.kind.key().to_owned(),
            assignment.cluster.to_string(),
            assignment.years_in_cluster.to_string(),
            assignment.years.to_string(),
            assignment.tie.to_string(),
            cell(typology.stability.of_unit.get(place).copied().flatten()),
            cell(scores[place]),
        ]);
    }
    table.write(folder, TYPOLOGY_COUNTRIES.file)
}

fn write_clusters(
    folder: &mut RunFolder,
    profiles: &Profiles,
    typology: &Typology,
) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&TYPOLOGY_CLUSTERS);
    for summary in summaries(profiles, typology) {
        table.row(&[
            summary.cluster.to_string(),
            summary.units.len().to_string(),
            summary.rows.to_string(),
            summary.exports.to_string(),
            cell(summary.composite),
            cell(summary.stability),
        ]);
    }
    table.write(folder, TYPOLOGY_CLUSTERS.file)
}

fn write_levels(folder: &mut RunFolder, typology: &Typology) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&TYPOLOGY_LEVELS);
    for result in &typology.levels {
        table.row(&[
            result.level.key().to_owned(),
            result.clusters.to_string(),
            result.outliers.to_string(),
            (result.level == typology.detail).to_string(),
        ]);
    }
    table.write(folder, TYPOLOGY_LEVELS.file)
}

fn write_alternatives(folder: &mut RunFolder, typology: &Typology) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&TYPOLOGY_ALTERNATIVES);
    let outliers = |labels: &[u32]| labels.iter().filter(|l| **l == 0).count().to_string();
    table.row(&[
        "density_merging".to_owned(),
        typology.clusters.clusters.to_string(),
        outliers(&typology.clusters.labels),
        cell(typology.silhouette),
        String::new(),
    ]);
    for other in &typology.alternatives {
        table.row(&[
            other.method.key().to_owned(),
            other.clusters.to_string(),
            outliers(&other.labels),
            cell(other.silhouette),
            cell(other.agreement),
        ]);
    }
    table.write(folder, TYPOLOGY_ALTERNATIVES.file)
}

fn write_stability(folder: &mut RunFolder, typology: &Typology) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&TYPOLOGY_STABILITY);
    for (number, repetition) in typology.stability.repetitions.iter().enumerate() {
        table.row(&[
            (number + 1).to_string(),
            repetition.seed.to_string(),
            repetition.clusters.iter().flatten().count().to_string(),
            repetition.count.to_string(),
            repetition.outliers.to_string(),
            cell(repetition.agreement),
        ]);
    }
    table.write(folder, TYPOLOGY_STABILITY.file)
}

fn write_co_assignment(
    folder: &mut RunFolder,
    profiles: &Profiles,
    typology: &Typology,
    level: i32,
) -> Result<(), FolderError> {
    if typology.stability.repetitions.is_empty() {
        return Ok(());
    }
    let (mut country, mut other, mut drawn, mut together) = (vec![], vec![], vec![], vec![]);
    let codes: Vec<ByteArray> =
        profiles.units.iter().map(|u| ByteArray::from(u.code.clone().into_bytes())).collect();
    for a in 0..codes.len() {
        for b in a + 1..codes.len() {
            let pair = typology.stability.together(a, b);
            if pair.drawn > 0 {
                country.push(codes[a].clone());
                other.push(codes[b].clone());
                drawn.push(pair.drawn as i32);
                together.push(pair.together as i32);
            }
        }
    }
    folder.write_table(
        TYPOLOGY_CO_ASSIGNMENT.file,
        &TYPOLOGY_CO_ASSIGNMENT.schema(level),
        &[Values::Text(&country), Values::Text(&other), Values::Int32(&drawn), Values::Int32(&together)],
    )
}
