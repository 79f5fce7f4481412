//! From profiles to the kinds of countries: the map, the clusters on it, one cluster a country, and how far each of these
//! can be trusted.

pub mod agreement;
pub mod alternatives;
pub mod assignment;
pub mod density_merging;
pub mod features;
#[cfg(feature = "linfa")]
mod linfa_methods;
mod outcome;
pub mod pca;
pub mod rows;
pub mod stability;
pub mod tables;
mod trust;
pub mod umap;
mod verdict;

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::profile::{MissingFeatures, Profiles, UnitKind};
use crate::progress::{Progress, Unit};
use crate::threads::within;

use alternatives::{Alternative, AlternativeError, AlternativeSettings, silhouettes};
use assignment::{Assignment, TieRule, Weighed, assign, numbered};
use density_merging::{DensityMergingError, DetailLevel, density_merging};
use features::{FeatureScaling, FeatureTable};
pub use outcome::{AlternativeResult, LevelResult, Typology, TypologyOutcome};
use stability::{Original, Stability};
pub use trust::{Trust, Verdict};
use umap::{Embedding, UmapError, UmapParameters, umap_until};

/// Parameters that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TypologyPreset {
    /// 50 neighbours: more than a country has years, so that neighbours are other countries (default).
    #[default]
    Robust,
    /// 15 neighbours, the default of the software that the paper most likely used. With 17 years a country most neighbours of
    /// a row are the same country in other years, and the map falls into islands.
    PaperGuess,
}

impl TypologyPreset {
    /// Neighbours of a row, itself counted.
    pub const fn neighbours(self) -> usize {
        match self {
            Self::Robust => 50,
            Self::PaperGuess => 15,
        }
    }

    /// How close rows may come on the map.
    pub const fn min_dist(self) -> f64 {
        0.3
    }
}

/// Why a typology fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TypologyError {
    /// The map.
    #[error("typology: {0}")]
    Umap(#[from] UmapError),
    /// The clusters.
    #[error("typology: {0}")]
    DensityMerging(#[from] DensityMergingError),
    /// An alternative.
    #[error("typology: {0}")]
    Alternative(#[from] AlternativeError),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

/// Everything that a typology depends on beside the profiles; `study::Study::typology_parameters` gives those of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct TypologyParameters {
    /// Whether one is wanted at all.
    pub enabled: bool,
    /// What is done with features that a row lacks.
    pub missing: MissingFeatures,
    /// Largest share of features that a row may lack.
    pub most_missing: f64,
    /// How features are scaled.
    pub scaling: FeatureScaling,
    /// Parameters of the map.
    pub umap: UmapParameters,
    /// Level of detail of the clusters.
    pub detail: DetailLevel,
    /// Whether the levels high, medium and low behave as in the authors' program.
    pub compat_scale_quirk: bool,
    /// Which cluster has a country that is equally long in two.
    pub ties: TieRule,
    /// Times the typology is made again.
    pub repetitions: u64,
    /// Other ways to cluster.
    pub alternatives: Vec<Alternative>,
    /// Clusters of k-means and mixtures; as many as the map has if `None`.
    pub k: Option<usize>,
    /// Smallest cluster of HDBSCAN; three countries over all years if `None`.
    pub smallest_cluster: Option<usize>,
}

/// Seed of the typology, from the seed of the study: a stream of its own, so that other stages that draw do not draw the same.
pub fn typology_seed(random_seed: u64) -> u64 {
    SplitMix64::seed_from_u64(random_seed ^ 0x7479_706f_6c6f_6779).next_u64()
}

/// Makes a typology from profiles.
///
/// # Errors
/// [`TypologyError`] for parameters that are out of range, an alternative that fails, or if `progress` asks to stop. Too little data is not an error but a
/// reason to skip.
pub fn typology(
    settings: &TypologyParameters,
    profiles: &Profiles,
    progress: &dyn Progress,
) -> Result<TypologyOutcome, TypologyError> {
    let skipped = |reason: String| Ok(TypologyOutcome::Skipped(reason));
    if !settings.enabled {
        return skipped("the study asks for none (typology.enabled)".to_owned());
    }
    if profiles.years.len() < 2 {
        return skipped(
            "the study has one year, and kinds are told from how countries fare over the years".to_owned(),
        );
    }
    progress.go_on()?;
    let table = FeatureTable::prepare(profiles, settings.missing, settings.most_missing, settings.scaling);
    if table.features.is_empty() {
        return skipped("no feature differs between rows".to_owned());
    }
    progress.begin("typology", settings.repetitions + 1, Unit::Maps);
    let made = within(|| make(settings, profiles, table, progress))?;
    progress.end();
    Ok(made)
}

fn make(
    settings: &TypologyParameters,
    profiles: &Profiles,
    table: FeatureTable,
    progress: &dyn Progress,
) -> Result<TypologyOutcome, TypologyError> {
    let parameters = settings.umap;
    let embedding = match umap_until(&table.rows, &parameters, progress) {
        Ok(embedding) => embedding,
        Err(
            error @ (UmapError::TooFewRows { .. }
            | UmapError::TooFewDifferentRows { .. }
            | UmapError::AllAlike(_)),
        ) => {
            return Ok(TypologyOutcome::Skipped(error.to_string()));
        }
        Err(UmapError::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(error) => return Err(error.into()),
    };
    progress.advance_to(1);
    let quirk = settings.compat_scale_quirk;
    let mut levels = Vec::new();
    for level in DetailLevel::ALL {
        progress.go_on()?;
        let found = density_merging(&embedding.points, &level.parameters(quirk))?;
        levels.push(LevelResult {
            level,
            clusters: found.clusters,
            outliers: found.labels.iter().filter(|l| **l == 0).count(),
        });
    }
    let density = settings.detail.parameters(quirk);
    let mut clusters = density_merging(&embedding.points, &density)?;
    let row = |at: usize| &profiles.rows[table.of_profile[at]];
    let weighed: Vec<Weighed> = (0..table.rows.len())
        .map(|at| {
            let group = profiles.units[row(at).unit].kind == UnitKind::Group;
            Weighed { composite: row(at).composite, exports: if group { 0.0 } else { row(at).exports } }
        })
        .collect();
    clusters.labels = numbered(&clusters.labels, &weighed);
    let unit: Vec<usize> = (0..table.rows.len()).map(|at| row(at).unit).collect();
    let year: Vec<u16> = (0..table.rows.len()).map(|at| profiles.years[row(at).year]).collect();
    let mut labels: Vec<Vec<(u16, u32)>> = vec![Vec::new(); profiles.units.len()];
    for at in 0..unit.len() {
        labels[unit[at]].push((year[at], clusters.labels[at]));
    }
    let assignments: Vec<Option<Assignment>> =
        labels.iter().map(|labels| assign(labels, settings.ties)).collect();
    let own_neighbours = own_neighbours(&embedding, &unit);
    let mut typology = Typology {
        parameters,
        own_neighbours,
        detail: settings.detail,
        levels,
        silhouette: None,
        alternatives: Vec::new(),
        stability: Stability::default(),
        verdict: Verdict::default(),
        table,
        embedding,
        clusters,
        assignments,
    };
    typology.compare_alternatives(settings, profiles.years.len(), progress)?;
    let of_units: Vec<Option<u32>> = typology.assignments.iter().map(|a| a.map(|a| a.cluster)).collect();
    let original = Original {
        rows: &typology.table.rows,
        unit: &unit,
        year: &year,
        clusters: &of_units,
        umap: &typology.parameters,
        density_merging: &density,
        ties: settings.ties,
    };
    typology.stability =
        Stability::explore(&original, settings.repetitions as usize, parameters.seed, progress)?;
    typology.verdict = Verdict::of(&typology, profiles.years.len());
    Ok(TypologyOutcome::Made(Box::new(typology)))
}

/// Share of nearest neighbours that are the same unit, on average over rows.
fn own_neighbours(embedding: &Embedding, unit: &[usize]) -> f64 {
    let near = &embedding.neighbours;
    let count = near.count - 1;
    let own: usize = (0..unit.len())
        .map(|row| near.of(row).iter().filter(|&&other| unit[other as usize] == unit[row]).count())
        .sum();
    own as f64 / (count * unit.len()) as f64
}

impl Typology {
    fn compare_alternatives(
        &mut self,
        parameters: &TypologyParameters,
        years: usize,
        progress: &dyn Progress,
    ) -> Result<(), TypologyError> {
        let settings = AlternativeSettings {
            smallest_cluster: parameters.smallest_cluster.unwrap_or(3 * years).max(2),
            k: parameters.k.unwrap_or(self.clusters.clusters.max(1)),
            seed: self.parameters.seed,
        };
        for &method in &parameters.alternatives {
            progress.go_on()?;
            let labels = alternatives::cluster(&self.table.rows, method, settings)?;
            self.alternatives.push(AlternativeResult {
                method,
                clusters: labels.iter().copied().max().unwrap_or(0) as usize,
                silhouette: None,
                agreement: agreement::adjusted_rand_index(&self.clusters.labels, &labels),
                labels,
            });
        }
        progress.go_on()?;
        let mut partitions: Vec<&[u32]> = vec![&self.clusters.labels];
        partitions.extend(self.alternatives.iter().map(|a| a.labels.as_slice()));
        let mut found = silhouettes(&self.table.rows, &partitions).into_iter();
        self.silhouette = found.next().flatten();
        for (alternative, silhouette) in self.alternatives.iter_mut().zip(found) {
            alternative.silhouette = silhouette;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
