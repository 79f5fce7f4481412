//! The sections of the study file behind profiles, groups and typology.

use super::check::Check;
use super::fields::section;
use super::parameter::{Groups, choice};
use crate::indicators::RiskReading;
use crate::profile::{MissingFeatures, ProfileLayout, ProfileProducts, ProfileWeights};
use crate::typology::TypologyPreset;
use crate::typology::alternatives::Alternative;
use crate::typology::assignment::TieRule;
use crate::typology::density_merging::DetailLevel;
use crate::typology::features::FeatureScaling;
use crate::typology::umap::{Initialisation, Metric};

section! {
    /// `[profile]`: what describes a country in a year.
    ProfileSection["profile"] {
        " Features: p16 (exposure, HHI and STR over all products and over the country's input products; composite and influence by tier), or p40 (the former by tier too)." layout: ProfileLayout = ProfileLayout::P16;
        " Products that count: those of the chain, or all of the study. Products outside the chain have no tier." products: ProfileProducts = ProfileProducts::Chain;
        " Weight of a product: the country's own imports and exports of the year, or world trade of the year." weights: ProfileWeights = ProfileWeights::OwnTrade;
        " Systemic trade risk, and influence with it: str, the column of that name, or mass_balance." risk: RiskReading = RiskReading::Str;
        " A missing feature on the map: the median of all rows, drop the row, or the mean of the five nearest rows." missing: MissingFeatures = MissingFeatures::Median;
        " Rows that miss more than this share of their features are left off the map." most_missing: f64 = 0.5;
    }
}

section! {
    /// `[groups]`: groups of countries. EU27 (members since 2020), EU (members in each year, 2007 to 2024), ASEAN, BRICS, CHN3, G7, GCC, MERCOSUR and USMCA are known.
    GroupSection["groups"] {
        " Groups shown beside the countries as the mean of their members, weighted by exports." means: Vec<String> = vec!["EU27".to_owned()];
        " Groups merged into one country before the trade matrix is made; trade within them is removed. Their stability is the mean of the members', weighted by exports to the rest of the world." consolidated: Vec<String> = Vec::new();
        " Groups of your own: code and members." define: Groups = Groups::new();
    }
}

section! {
    /// `[typology]`: the map of countries, the clusters on it, and how far they can be trusted.
    TypologySection["typology"] {
        " Whether to make one." enabled: bool = true;
        " robust (50 neighbours) or paper_guess (15, fewer than the years of a country: expect islands)." preset: TypologyPreset = TypologyPreset::Robust;
        " Neighbours of a row, itself counted; those of the preset if left out." neighbours: Option<u64> = None;
        " How close rows may come on the map; that of the preset if left out." min_dist: Option<f64> = None;
        " Rounds of the layout; 500 up to 10,000 rows and 200 beyond if left out." epochs: Option<u64> = None;
        " Distance between rows." metric: Metric = Metric::Euclidean;
        " Scale of the map." spread: f64 = 1.0;
        " Number of neighbours connected for sure." local_connectivity: f64 = 1.0;
        " Between intersection (0) and union (1) of neighbourhoods." set_op_mix_ratio: f64 = 1.0;
        " Weight of repulsion." repulsion_strength: f64 = 1.0;
        " Negative samples per positive sample." negative_sample_rate: u64 = 5;
        " First step size of the layout." learning_rate: f64 = 1.0;
        " Where the layout starts." initialisation: Initialisation = Initialisation::Spectral;
        " Scaling of the features before the map is made." scaling: FeatureScaling = FeatureScaling::ZScore;
        " Level of detail of the clusters, from the finest: most_high to very_low; adaptive takes the bandwidth from the data." detail: DetailLevel = DetailLevel::VeryLow;
        " Treat the levels high, medium and low as the authors' program does outside [0, 1]: nearly everything is background." compat_scale_quirk: bool = true;
        " A country in two clusters for equally many years: its latest year decides, or the lowest number." ties: TieRule = TieRule::LatestYear;
        " Other ways to cluster the profiles, to compare: hdbscan; k_means and gaussian_mixture in programs built with the feature linfa." alternatives: Vec<Alternative> = vec![Alternative::Hdbscan];
        " Clusters of k_means and gaussian_mixture; as many as the map has if left out." k: Option<u64> = None;
        " Smallest cluster of hdbscan in rows; three countries over all years if left out." smallest_cluster: Option<u64> = None;
        " Times the typology is made again with another seed from a bootstrap of the countries; 100 for a full account, 0 for none." repetitions: u64 = 10;
    }
}

choice!(ProfileLayout { "p16" => ProfileLayout::P16, "p40" => ProfileLayout::P40 });
choice!(ProfileProducts { "chain" => ProfileProducts::Chain, "study" => ProfileProducts::Study });
choice!(ProfileWeights { "own_trade" => ProfileWeights::OwnTrade, "world_trade" => ProfileWeights::WorldTrade });
choice!(MissingFeatures {
    "median" => MissingFeatures::Median,
    "drop" => MissingFeatures::Drop,
    "nearest" => MissingFeatures::Nearest,
});
choice!(TypologyPreset { "robust" => TypologyPreset::Robust, "paper_guess" => TypologyPreset::PaperGuess });
choice!(Metric { "euclidean" => Metric::Euclidean, "manhattan" => Metric::Manhattan });
choice!(Initialisation {
    "spectral" => Initialisation::Spectral,
    "principal_components" => Initialisation::PrincipalComponents,
    "random" => Initialisation::Random,
});
choice!(FeatureScaling {
    "z_score" => FeatureScaling::ZScore,
    "none" => FeatureScaling::None,
    "min_max" => FeatureScaling::MinMax,
    "robust" => FeatureScaling::Robust,
});
choice!(DetailLevel {
    "most_high" => DetailLevel::MostHigh,
    "very_high" => DetailLevel::VeryHigh,
    "high" => DetailLevel::High,
    "medium" => DetailLevel::Medium,
    "low" => DetailLevel::Low,
    "very_low" => DetailLevel::VeryLow,
    "adaptive" => DetailLevel::Adaptive,
});
choice!(TieRule { "latest_year" => TieRule::LatestYear, "lowest_label" => TieRule::LowestLabel });
choice!(Alternative {
    "hdbscan" => Alternative::Hdbscan,
    "k_means" => Alternative::KMeans,
    "gaussian_mixture" => Alternative::GaussianMixture,
});

impl ProfileSection {
    /// Values that are out of range.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        let most = self.most_missing;
        check.that((0.0..=1.0).contains(&most), "profile", "most_missing", || {
            format!("{most} is not a share between 0 and 1")
        });
    }
}

impl TypologySection {
    /// Values that are out of range.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        let t = self;
        check.that(t.neighbours.is_none_or(|n| n >= 2), "typology", "neighbours", || {
            "at least 2 are needed (a row counts among its own neighbours)".to_owned()
        });
        check.that(t.spread > 0.0, "typology", "spread", || format!("{} is not above 0", t.spread));
        check.that(t.min_dist.is_none_or(|d| (0.0..=t.spread).contains(&d)), "typology", "min_dist", || {
            format!("{} is not between 0 and spread ({})", t.min_dist.unwrap_or(0.0), t.spread)
        });
        check.that(t.epochs != Some(0), "typology", "epochs", || "at least 1 is needed".to_owned());
        check.that((0.0..=1.0).contains(&t.set_op_mix_ratio), "typology", "set_op_mix_ratio", || {
            format!("{} is not between 0 and 1", t.set_op_mix_ratio)
        });
        check.that(t.local_connectivity >= 0.0, "typology", "local_connectivity", || {
            format!("{} is negative", t.local_connectivity)
        });
        check.that(t.repulsion_strength >= 0.0, "typology", "repulsion_strength", || {
            format!("{} is negative", t.repulsion_strength)
        });
        check.that(t.learning_rate > 0.0, "typology", "learning_rate", || {
            format!("{} is not above 0", t.learning_rate)
        });
        check.that(t.negative_sample_rate <= 1000, "typology", "negative_sample_rate", || {
            format!("{} is more than 1000", t.negative_sample_rate)
        });
        check.that(t.k != Some(0), "typology", "k", || "at least 1 is needed".to_owned());
        check.that(t.smallest_cluster.is_none_or(|n| n >= 2), "typology", "smallest_cluster", || {
            "at least 2 are needed".to_owned()
        });
        check.that(t.repetitions <= 10_000, "typology", "repetitions", || {
            format!("{} is more than 10,000", t.repetitions)
        });
        for alternative in &t.alternatives {
            check.that(alternative.is_built_in(), "typology", "alternatives", || {
                format!(
                    "this program was built without {}, which needs its feature linfa; leave it out",
                    alternative.key()
                )
            });
        }
    }
}
