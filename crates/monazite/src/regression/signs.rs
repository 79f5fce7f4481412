//! Do the signs of the paper's table come out?

use super::presets::{Estimated, Preset};
use super::variable::Variable;
use crate::indicators::Column;

/// A statement about signs that Table 1 of the paper makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// A coefficient is below zero.
    Negative(Variable),
    /// A coefficient is above zero.
    Positive(Variable),
    /// A coefficient cannot be told from zero.
    Nothing(Variable),
    /// A tier has at least the coefficient of the tier before.
    TierRises(u8),
    /// A cluster has the highest coefficient of all.
    HighestCluster(u8),
    /// A cluster has the lowest coefficient of all.
    LowestCluster(u8),
}

/// The thirteen statements: the signs of eight coefficients, three rises from tier to tier, the highest and the lowest cluster.
///
/// Clusters are numbered as in the paper: 0 are the outliers, 1 is the most dependent, 4 the least.
pub const PAPER: [Statement; 13] = [
    Statement::Negative(Variable::baseline(Column::Rca)),
    Statement::Positive(Variable::baseline(Column::Exposure)),
    Statement::Negative(Variable::baseline(Column::Hhi)),
    Statement::Negative(Variable::baseline(Column::Str)),
    Statement::Nothing(Variable::of_inputs(Column::Exposure)),
    Statement::Positive(Variable::of_inputs(Column::Hhi)),
    Statement::Negative(Variable::of_inputs(Column::Str)),
    Statement::Positive(Variable::of_inputs(Column::Rca)),
    Statement::TierRises(2),
    Statement::TierRises(3),
    Statement::TierRises(4),
    Statement::HighestCluster(4),
    Statement::LowestCluster(1),
];

/// What a regression says about a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct SignCheck {
    /// The statement in words.
    pub statement: String,
    /// The regression.
    pub preset: Preset,
    /// Whether it agrees; `None` if the regression cannot say.
    pub agrees: Option<bool>,
    /// Whether the coefficient differs from zero at one minus the level of confidence; `None` if the statement is not about one
    /// coefficient.
    pub significant: Option<bool>,
    /// The coefficient, or the difference that is judged.
    pub value: Option<f64>,
}

impl Statement {
    /// In words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Negative(variable) => format!("{}: negative", variable.label()),
            Self::Positive(variable) => format!("{}: positive", variable.label()),
            Self::Nothing(variable) => format!("{}: not different from zero", variable.label()),
            Self::TierRises(tier) => format!("Tier {tier}: at least tier {}", tier - 1),
            Self::HighestCluster(cluster) => format!("Cluster {cluster}: the highest"),
            Self::LowestCluster(cluster) => format!("Cluster {cluster}: the lowest"),
        }
    }

    /// Judges a regression.
    pub fn check(&self, estimated: &Estimated, preset: Preset) -> SignCheck {
        let mut check =
            SignCheck { statement: self.in_words(), preset, agrees: None, significant: None, value: None };
        match self {
            Self::Negative(variable) | Self::Positive(variable) | Self::Nothing(variable) => {
                let Some(at) = estimated.term(&variable.label()) else { return check };
                let one = estimated.reported().terms[at];
                let significant = one.interval.map(|[low, high]| low > 0.0 || high < 0.0);
                check.value = Some(one.estimate);
                check.significant = significant;
                check.agrees = match self {
                    Self::Negative(_) => Some(one.estimate < 0.0),
                    Self::Positive(_) => Some(one.estimate > 0.0),
                    _ => significant.map(|s| !s),
                };
            }
            Self::TierRises(tier) => {
                let level = |tier: u8| level(estimated, "tier", &tier.to_string());
                if let (Some(this), Some(before)) = (level(*tier), level(tier - 1)) {
                    check.value = Some(this - before);
                    check.agrees = Some(this >= before);
                }
            }
            Self::HighestCluster(cluster) | Self::LowestCluster(cluster) => {
                let others = clusters_but(estimated, *cluster);
                if let Some(own) = level(estimated, "cluster", &cluster.to_string())
                    && !others.is_empty()
                {
                    let highest = matches!(self, Self::HighestCluster(_));
                    let bound = if highest {
                        others.iter().copied().fold(f64::NEG_INFINITY, f64::max)
                    } else {
                        others.iter().copied().fold(f64::INFINITY, f64::min)
                    };
                    check.value = Some(own - bound);
                    check.agrees = Some(if highest { own > bound } else { own < bound });
                }
            }
        }
        check
    }
}

/// The coefficient of a level; 0 for the reference; `None` if the regression has no such level.
fn level(estimated: &Estimated, factor: &str, level: &str) -> Option<f64> {
    if estimated.references.iter().any(|r| r.factor == factor && r.level == level) {
        return Some(0.0);
    }
    estimated.term(&format!("{factor} {level}")).map(|at| estimated.reported().terms[at].estimate)
}

fn clusters_but(estimated: &Estimated, cluster: u8) -> Vec<f64> {
    let own = cluster.to_string();
    let mut others: Vec<f64> = estimated
        .terms
        .iter()
        .enumerate()
        .filter_map(|(at, term)| Some((at, term.name.strip_prefix("cluster ")?)))
        .filter(|(_, level)| *level != own)
        .map(|(at, _)| estimated.reported().terms[at].estimate)
        .collect();
    others
        .extend(estimated.references.iter().filter(|r| r.factor == "cluster" && r.level != own).map(|_| 0.0));
    others
}

/// All thirteen checks of a regression.
pub fn check_signs(estimated: &Estimated, preset: Preset) -> Vec<SignCheck> {
    PAPER.iter().map(|statement| statement.check(estimated, preset)).collect()
}
