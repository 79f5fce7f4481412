//! What a study asks of the stages behind the panel.

use super::whole::Study;
use crate::indicators::ImportContent;
use crate::indicators::systemic_risk::StrScale;
use crate::regression::analysis::AnalysisParameters;
use crate::regression::presets::InferenceOptions;
use crate::regression::wild_bootstrap::WildBootstrap;
use crate::typology::umap::UmapParameters;
use crate::typology::{TypologyParameters, typology_seed};

impl Study {
    /// What STR is measured in.
    pub const fn str_scale(&self) -> StrScale {
        StrScale { orientation: self.indicators.orientation, identity: self.indicators.identity }
    }

    /// Whether the column `str` is the paper's number of importers: every importer passes on all that it bought, and columns of L are summed. What
    /// is known of the paper's number alone, such as its feedback loops of negligible imports, can stand beside `str` only then.
    ///
    /// ```
    /// use monazite::indicators::ImportContent;
    /// use monazite::study::Study;
    /// let mut study = Study::default();
    /// assert!(study.str_is_the_papers());
    /// study.indicators.import_content = ImportContent::Exposure;
    /// assert!(!study.str_is_the_papers());
    /// ```
    pub const fn str_is_the_papers(&self) -> bool {
        matches!(self.indicators.import_content, ImportContent::Full) && self.str_scale().is_of_importers()
    }

    /// The typology that the study asks for: its preset, with whatever it sets itself.
    pub fn typology_parameters(&self) -> TypologyParameters {
        let t = &self.typology;
        TypologyParameters {
            enabled: t.enabled,
            missing: self.profile.missing,
            most_missing: self.profile.most_missing,
            scaling: t.scaling,
            umap: UmapParameters {
                neighbours: t.neighbours.map_or(t.preset.neighbours(), |n| n as usize),
                min_dist: t.min_dist.unwrap_or(t.preset.min_dist()),
                spread: t.spread,
                metric: t.metric,
                epochs: t.epochs.map(|n| n as usize),
                local_connectivity: t.local_connectivity,
                set_op_mix_ratio: t.set_op_mix_ratio,
                repulsion_strength: t.repulsion_strength,
                negative_sample_rate: t.negative_sample_rate as usize,
                learning_rate: t.learning_rate,
                initialisation: t.initialisation,
                seed: typology_seed(self.study.random_seed),
            },
            detail: t.detail,
            compat_scale_quirk: t.compat_scale_quirk,
            ties: t.ties,
            repetitions: t.repetitions,
            alternatives: t.alternatives.clone(),
            k: t.k.map(|k| k as usize),
            smallest_cluster: t.smallest_cluster.map(|n| n as usize),
        }
    }

    /// The regressions that the study asks for.
    pub fn analysis_parameters(&self) -> AnalysisParameters {
        let section = &self.regression;
        AnalysisParameters {
            specification: section.specification(),
            windows: section.windows(),
            windows_are_chosen: section.has_windows(),
            inference: InferenceOptions {
                covariance: section.covariance,
                correction: section.correction,
                level: section.confidence,
            },
            transforms: section.transforms.clone(),
            risks: section.risks.clone(),
            samples: section.samples.clone(),
            wild: (section.bootstrap_draws > 0).then_some(WildBootstrap {
                draws: section.bootstrap_draws as usize,
                weights: section.bootstrap_weights,
                seed: self.study.random_seed,
            }),
            sweep_lengths: section.sweep_lengths.clone(),
            sweep_windows: section.sweep_windows.clone(),
            sweep_transforms: section.sweep_transforms.clone(),
            sweep_samples: section.sweep_samples.clone(),
            sweep_covariances: section.sweep_covariances.clone(),
            placebo_draws: section.placebo_draws as usize,
            seed: self.study.random_seed,
            robustness: section.robustness.clone(),
            robustness_year: section.robustness_year,
            robustness_merge: section.robustness_merge.clone(),
            uniform_instability: self.indicators.pv_free_alpha,
        }
    }
}
