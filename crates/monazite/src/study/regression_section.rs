//! The section of the study file behind the regression.

#![allow(rustdoc::broken_intra_doc_links, reason = "sections of the study file stand in brackets")]

use toml::de::DeValue;

use super::check::Check;
use super::fields::section;
use super::parameter::{Groups, Parameter, choice, quoted};
use crate::indicators::{Column, RiskReading};
use crate::nomenclature::YearRange;
use crate::regression::robustness::RobustnessCheck;
use crate::regression::{
    ClusterCorrection, CovarianceKind, Grouping, InputsOf, Sample, Seeds, Specification, Transform, Variable,
    WildWeights, Windows,
};

section! {
    /// `[regression]`: does dependence hold countries back?
    RegressionSection["regression"] {
        " Whether to run it." enabled: bool = true;
        " Baseline window, over which dependence is measured; 2008 to 2011 if left out." baseline: Option<YearRange> = None;
        " Projection window, whose outcome is explained; 2020 to 2023 if left out." projection: Option<YearRange> = None;
        " What is explained: an indicator inside change() or after(), such as \"change(rca)\" or \"after(log(exports))\"." dependent: Variable = Variable::change(Column::Rca);
        " What explains it: indicators over the baseline; inputs() is the mean over the input products; log(), log1p() and rsca() are scales." regressors: Vec<Variable> = Specification::default().regressors;
        " Groupings whose levels get coefficients: cluster, tier, country, product, chapter." factors: Vec<Grouping> = vec![Grouping::Cluster, Grouping::Tier];
        " Groupings whose effects are taken out without being reported." absorb: Vec<Grouping> = Vec::new();
        " Cluster that the others are compared with." reference_cluster: String = "1".to_owned();
        " Tier that the others are compared with." reference_tier: String = "0".to_owned();
        " Scales of comparative advantage in the table, one column each." transforms: Vec<Transform> = vec![Transform::Literal, Transform::Log];
        " Country-products in the table, one column each: all, strengths (mean RCA above 1), or positive (baseline RCA above 0)." samples: Vec<Sample> = vec![Sample::All];
        " Readings of systemic trade risk in the table, one column each: str, the column of that name, and mass_balance, mass-balanced STR in its place." risks: Vec<RiskReading> = vec![RiskReading::Str];
        " What inputs() is over: the direct inputs of the product, or those of everything the country is strong in." inputs: InputsOf = InputsOf::Product;
        " Seeds have no inputs: fill their input columns with a number, which moves only constant and tiers, or drop them." seeds: Seeds = Seeds::Fill;
        " The number that the input columns of seeds are filled with." fill: f64 = 0.0;
        " Whether groups of [groups] enter beside their members." groups: bool = false;
        " Countries to leave out." exclude: Vec<String> = Vec::new();
        " Standard errors that are reported: classical, hc1, hc3, country, product or two_way (clustered by country and product)." covariance: CovarianceKind = CovarianceKind::TwoWay;
        " Small-sample factor of two-way clusters: each part its own number of clusters, or all the smallest." correction: ClusterCorrection = ClusterCorrection::Each;
        " Level of confidence intervals." confidence: f64 = 0.95;
        " Levels of significance marked with one, two, three stars, such as [0.1, 0.05, 0.01]; no stars if empty." stars: Vec<f64> = Vec::new();
        " Draws of the wild cluster bootstrap, clustered by country; 0 for none." bootstrap_draws: u64 = 999;
        " Weights of the wild bootstrap." bootstrap_weights: WildWeights = WildWeights::Webb;
        " Lengths of windows to sweep over: all pairs within the years of the study that do not overlap; no sweep if empty and sweep_windows too." sweep_lengths: Vec<u64> = vec![4];
        " Further pairs of windows for the sweep, each as first and last year of baseline and projection." sweep_windows: Vec<Windows> = Vec::new();
        " Scales to sweep over." sweep_transforms: Vec<Transform> = vec![Transform::Literal, Transform::Log];
        " Samples to sweep over." sweep_samples: Vec<Sample> = vec![Sample::All, Sample::Strengths];
        " Standard errors to sweep over." sweep_covariances: Vec<CovarianceKind> = vec![CovarianceKind::TwoWay, CovarianceKind::Classical];
        " Random reassignments of inputs within tiers, to see whether the value chain matters; 0 for none." placebo_draws: u64 = 199;
        " The table again with: stability fixed at one year, a balanced set of countries, entrepots merged, the indirect part of STR for STR, mass-balanced STR for STR, STR at the same stability everywhere, the other reading of inputs." robustness: Vec<RobustnessCheck> = RobustnessCheck::ALL.to_vec();
        " Year whose stability is used throughout in the check fixed_stability; the first year of the baseline if left out." robustness_year: Option<u16> = None;
        " Entrepots merged with whom they trade for in the check merged_entrepots." robustness_merge: Groups = [("CHN".to_owned(), ["CHN", "HKG", "MAC"].map(String::from).to_vec())].into();
    }
}

choice!(Grouping {
    "cluster" => Grouping::Cluster,
    "tier" => Grouping::Tier,
    "country" => Grouping::Country,
    "product" => Grouping::Product,
    "chapter" => Grouping::Chapter,
});
choice!(Transform {
    "literal" => Transform::Literal,
    "log" => Transform::Log,
    "log1p" => Transform::Log1p,
    "rsca" => Transform::Rsca,
});
choice!(Sample { "all" => Sample::All, "strengths" => Sample::Strengths, "positive" => Sample::Positive });
choice!(RiskReading { "str" => RiskReading::Str, "mass_balance" => RiskReading::MassBalance });
choice!(InputsOf { "product" => InputsOf::Product, "country" => InputsOf::Country });
choice!(Seeds { "fill" => Seeds::Fill, "drop" => Seeds::Drop });
choice!(CovarianceKind {
    "classical" => CovarianceKind::Classical,
    "hc1" => CovarianceKind::Hc1,
    "hc3" => CovarianceKind::Hc3,
    "country" => CovarianceKind::Country,
    "product" => CovarianceKind::Product,
    "two_way" => CovarianceKind::TwoWay,
});
choice!(ClusterCorrection { "each" => ClusterCorrection::Each, "smallest" => ClusterCorrection::Smallest });
choice!(WildWeights { "webb" => WildWeights::Webb, "rademacher" => WildWeights::Rademacher });
choice!(RobustnessCheck {
    "fixed_stability" => RobustnessCheck::FixedStability,
    "balanced_set" => RobustnessCheck::BalancedSet,
    "merged_entrepots" => RobustnessCheck::MergedEntrepots,
    "indirect_risk" => RobustnessCheck::IndirectRisk,
    "mass_balance" => RobustnessCheck::MassBalance,
    "uniform_stability" => RobustnessCheck::UniformStability,
    "other_inputs" => RobustnessCheck::OtherInputs,
});

impl Parameter for Variable {
    fn expects() -> String {
        "a variable such as \"rca\", \"inputs(str)\" or \"change(log(exports))\"".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) => text.parse(),
            _ => Err(format!("this is not {}", Self::expects())),
        }
    }

    fn show(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl Parameter for Windows {
    fn expects() -> String {
        "four years such as [2008, 2011, 2020, 2023]".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        let years = Vec::<u16>::read(value).map_err(|_| format!("this is not {}", Self::expects()))?;
        let &[first, last, from, to] = years.as_slice() else {
            return Err(format!("{years:?} is not {}", Self::expects()));
        };
        if first > last || from > to {
            return Err(format!("in {years:?} a window ends before it begins"));
        }
        Self::new(YearRange { first, last }, YearRange { first: from, last: to }).map_err(|e| e.to_string())
    }

    fn show(&self) -> Option<String> {
        let (b, p) = (self.baseline, self.projection);
        Some(format!("[{}, {}, {}, {}]", b.first, b.last, p.first, p.last))
    }
}

impl RegressionSection {
    /// The windows; those of the paper if the study does not name any.
    pub fn windows(&self) -> Windows {
        match (self.baseline, self.projection) {
            (Some(baseline), Some(projection)) => Windows { baseline, projection },
            _ => Windows::PAPER,
        }
    }

    /// Whether the study names its windows.
    pub fn has_windows(&self) -> bool {
        self.baseline.is_some() && self.projection.is_some()
    }

    /// What is regressed on what.
    pub fn specification(&self) -> Specification {
        Specification {
            dependent: self.dependent,
            regressors: self.regressors.clone(),
            factors: self.factors.clone(),
            absorb: self.absorb.clone(),
            reference_cluster: self.reference_cluster.clone(),
            reference_tier: self.reference_tier.clone(),
            inputs: self.inputs,
            seeds: self.seeds,
            fill: self.fill,
            groups: self.groups,
            exclude: self.exclude.clone(),
        }
    }

    /// Values that are out of range or do not go together.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        let r = self;
        let mut that = |holds: bool, key: &str, message: &dyn Fn() -> String| {
            check.that(holds, "regression", key, message);
        };
        that(
            r.baseline.is_some() == r.projection.is_some(),
            if r.baseline.is_some() { "baseline" } else { "projection" },
            &|| "give both regression.baseline and regression.projection, or neither".to_owned(),
        );
        if let (Some(baseline), Some(projection)) = (r.baseline, r.projection)
            && let Err(error) = Windows::new(baseline, projection)
        {
            that(false, "projection", &|| error.to_string());
        }
        that(!r.regressors.is_empty(), "regressors", &|| "at least one regressor is needed".to_owned());
        for (at, variable) in r.regressors.iter().enumerate() {
            that(!r.regressors[..at].contains(variable), "regressors", &|| {
                format!("{variable} is listed twice")
            });
            that(*variable != r.dependent, "regressors", &|| {
                format!("{variable} is what is explained; it cannot explain itself")
            });
        }
        for grouping in &r.factors {
            let name = grouping.name();
            that(!r.absorb.contains(grouping), "absorb", &|| format!("{name} is in regression.factors too"));
            that(r.factors.iter().filter(|g| *g == grouping).count() == 1, "factors", &|| {
                format!("{name} is listed twice")
            });
        }
        that(!r.transforms.is_empty(), "transforms", &|| "at least one scale is needed".to_owned());
        that(!r.samples.is_empty(), "samples", &|| "at least one sample is needed".to_owned());
        that(!r.risks.is_empty(), "risks", &|| "at least one reading is needed".to_owned());
        let has_str = std::iter::once(&r.dependent).chain(&r.regressors).any(|v| v.column == Column::Str);
        that(has_str || r.risks == [RiskReading::Str], "risks", &|| {
            "no variable of the regression is str, so there is nothing to put mass-balanced STR in the place of; take risks out".to_owned()
        });
        for (at, risk) in r.risks.iter().enumerate() {
            that(!r.risks[..at].contains(risk), "risks", &|| format!("{} is listed twice", risk.name()));
        }
        that(r.confidence > 0.0 && r.confidence < 1.0, "confidence", &|| {
            format!("{} is not between 0 and 1", r.confidence)
        });
        that(r.stars.iter().all(|s| *s > 0.0 && *s < 1.0), "stars", &|| {
            "levels lie between 0 and 1".to_owned()
        });
        that(r.stars.is_sorted_by(|a, b| a > b), "stars", &|| {
            "levels go from the largest to the smallest".to_owned()
        });
        that(r.sweep_lengths.iter().all(|l| (1..=100).contains(l)), "sweep_lengths", &|| {
            "a window has at least one year, and at most 100".to_owned()
        });
        for (key, draws) in [("bootstrap_draws", r.bootstrap_draws), ("placebo_draws", r.placebo_draws)] {
            that(draws <= 1_000_000, key, &|| format!("{draws} is more than a million"));
        }
        for (group, members) in &r.robustness_merge {
            that(members.len() >= 2, "robustness_merge", &|| format!("{group} needs at least two members"));
        }
    }
}
