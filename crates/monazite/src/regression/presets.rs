//! One regression from windows to inference: a preset is a scale and a sample.

use super::covariance::{ClusterCorrection, ClusterCount, Errors, Inference, covariance, leverages};
use super::error::RegressionError;
use super::estimation::{RowAccount, Rows, Sample};
use super::ols::{OlsFit, Term};
use super::transform::Transform;
use super::wild_bootstrap::{WildBootstrap, WildOutcome, wild_bootstrap};
use super::workspace::Workspace;
use crate::indicators::RiskReading;

/// Kinds of standard errors of a regression on country-products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum CovarianceKind {
    /// Independent errors of one variance.
    Classical,
    /// Independent errors.
    Hc1,
    /// Independent errors, better in small samples.
    Hc3,
    /// Clustered by country.
    Country,
    /// Clustered by product.
    Product,
    /// Clustered by country and by product (default).
    #[default]
    TwoWay,
}

impl CovarianceKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Classical, Self::Hc1, Self::Hc3, Self::Country, Self::Product, Self::TwoWay];

    /// Its name in study files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Classical => "classical",
            Self::Hc1 => "hc1",
            Self::Hc3 => "hc3",
            Self::Country => "country",
            Self::Product => "product",
            Self::TwoWay => "two_way",
        }
    }

    /// What it is, for the note under a table.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Classical => "classical",
            Self::Hc1 => "heteroskedasticity-robust (HC1)",
            Self::Hc3 => "heteroskedasticity-robust (HC3)",
            Self::Country => "clustered by country",
            Self::Product => "clustered by product",
            Self::TwoWay => "clustered by country and product",
        }
    }

    /// The errors that it stands for on given rows.
    pub fn on(self, rows: &Rows) -> Errors<'_> {
        match self {
            Self::Classical => Errors::Classical,
            Self::Hc1 => Errors::Hc1,
            Self::Hc3 => Errors::Hc3,
            Self::Country => Errors::Clustered(&rows.country),
            Self::Product => Errors::Clustered(&rows.product),
            Self::TwoWay => Errors::TwoWay(&rows.country, &rows.product),
        }
    }
}

/// A scale, a sample and a reading of systemic trade risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Preset {
    /// The scale of comparative advantage.
    pub transform: Transform,
    /// The country-products.
    pub sample: Sample,
    /// Which systemic trade risk stands where the specification says STR.
    pub risk: RiskReading,
}

impl Preset {
    /// Its name: the scale alone for the whole sample and STR as the study has it.
    pub fn name(&self) -> String {
        let mut name = self.transform.name().to_owned();
        if self.sample != Sample::All {
            name = format!("{name}, {}", self.sample.name());
        }
        match self.risk {
            RiskReading::Str => name,
            RiskReading::MassBalance => format!("{name}, mass-balanced STR"),
        }
    }
}

/// How a regression is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InferenceOptions {
    /// The standard errors that are reported.
    pub covariance: CovarianceKind,
    /// Small-sample factor of two-way clusters.
    pub correction: ClusterCorrection,
    /// Level of confidence intervals.
    pub level: f64,
}

impl Default for InferenceOptions {
    fn default() -> Self {
        Self { covariance: CovarianceKind::TwoWay, correction: ClusterCorrection::Each, level: 0.95 }
    }
}

/// Inference with one kind of standard errors.
#[derive(Debug, Clone, PartialEq)]
pub struct KindOfInference {
    /// The kind.
    pub kind: CovarianceKind,
    /// By term.
    pub terms: Vec<Inference>,
    /// Degrees of freedom of t.
    pub degrees: f64,
    /// Clusters.
    pub clusters: Vec<ClusterCount>,
    /// Whether negative eigenvalues were set to zero.
    pub clipped: bool,
}

/// A regression that has been run.
#[derive(Debug, Clone)]
pub struct Estimated {
    /// The coefficients' names.
    pub terms: Vec<Term>,
    /// Inference by kind of standard errors, the reported kind first.
    pub kinds: Vec<KindOfInference>,
    /// The wild cluster bootstrap by country, if it was asked for and can be had.
    pub wild: Option<WildOutcome>,
    /// Rows.
    pub rows: usize,
    /// Coefficients, absorbed ones included.
    pub parameters: usize,
    /// R².
    pub r2: Option<f64>,
    /// R² within absorbed fixed effects.
    pub r2_within: Option<f64>,
    /// Name of the dependent variable.
    pub outcome: String,
    /// The level that the others are compared with, by factor.
    pub references: Vec<ReferenceLevel>,
    /// Names of absorbed factors.
    pub absorbed: Vec<String>,
    /// What became of the country-products.
    pub account: RowAccount,
    /// Pair (product times number of countries plus country) of each row.
    pub pairs: Vec<u32>,
    /// The row with the largest leverage; `None` where leverages cannot be had (several absorbed factors).
    pub leverage: Option<Leverage>,
}

/// The level of a factor that has no coefficient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceLevel {
    /// The factor.
    pub factor: String,
    /// The level.
    pub level: String,
    /// Whether it stands in for the level that the study names, which no row has.
    pub stands_in: bool,
}

/// The row that a regression leans on most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leverage {
    /// Its pair (product times number of countries plus country).
    pub pair: u32,
    /// Its leverage, from 0 to 1: how much of its fitted value is its own outcome.
    pub value: f64,
}

impl Estimated {
    /// The reported inference.
    pub fn reported(&self) -> &KindOfInference {
        &self.kinds[0]
    }

    /// Position of a term by name.
    pub fn term(&self, name: &str) -> Option<usize> {
        self.terms.iter().position(|t| t.name == name)
    }
}

/// Runs a regression: fit, the reported standard errors, and as many `others` as can be had.
///
/// # Errors
/// Whatever keeps the fit or the reported standard errors from being had.
pub fn estimate(
    mut rows: Rows,
    options: InferenceOptions,
    others: &[CovarianceKind],
    wild: Option<WildBootstrap>,
) -> Result<Estimated, RegressionError> {
    let fitted = rows.design.take_fit(&mut Workspace::default())?;
    let mut kinds = vec![infer(&fitted, &rows, options.covariance, options)?];
    for &kind in others.iter().filter(|k| **k != options.covariance) {
        kinds.extend(infer(&fitted, &rows, kind, options));
    }
    let leverage = largest_leverage(&fitted, &rows.pairs);
    let wild = wild.and_then(|wild| wild_bootstrap(&fitted, &rows.country, wild).ok());
    let OlsFit { terms, rows: count, parameters, r2, r2_within, .. } = fitted;
    Ok(Estimated {
        terms,
        kinds,
        wild,
        rows: count,
        parameters,
        r2,
        r2_within,
        outcome: rows.design.outcome.name,
        references: rows
            .design
            .factors
            .iter()
            .map(|f| ReferenceLevel {
                factor: f.name.clone(),
                level: f.levels[f.reference].clone(),
                stands_in: f.stands_in,
            })
            .collect(),
        absorbed: rows.design.absorbed.iter().map(|f| f.name.clone()).collect(),
        account: rows.account,
        leverage,
        pairs: rows.pairs,
    })
}

/// The row with the largest leverage, the first of those that share it.
fn largest_leverage(fitted: &OlsFit, pairs: &[u32]) -> Option<Leverage> {
    let of_rows = leverages(fitted).ok()?;
    let rows = pairs.iter().zip(of_rows).map(|(&pair, value)| Leverage { pair, value });
    rows.reduce(|largest, other| if other.value > largest.value { other } else { largest })
}

/// Inference of one kind on a fit.
pub(super) fn infer(
    fitted: &OlsFit,
    rows: &Rows,
    kind: CovarianceKind,
    options: InferenceOptions,
) -> Result<KindOfInference, RegressionError> {
    let covariance = covariance(fitted, kind.on(rows), options.correction)?;
    Ok(KindOfInference {
        kind,
        terms: covariance.inference(fitted, options.level),
        degrees: covariance.degrees,
        clusters: covariance.clusters,
        clipped: covariance.clipped,
    })
}
