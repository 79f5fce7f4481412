//! Do the signs of the paper's table come out?

use super::presets::{Estimated, Preset};
use super::transform::Transform;
use super::variable::Variable;
use crate::indicators::Column;

/// A statement about signs that Table 1 of the paper makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// A coefficient is below zero.
    Negative(Variable),
    /// A coefficient is above zero.
    Positive(Variable),
    /// A coefficient is zero, or so small that it does not matter.
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
    /// Whether it agrees; `None` if the regression cannot say, or cannot be compared with the paper.
    pub agrees: Option<bool>,
    /// Why it is not judged; empty if it is.
    pub not_judged: String,
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
            Self::Nothing(variable) => format!("{}: zero", variable.label()),
            Self::TierRises(tier) => format!("Tier {tier}: at least tier {}", tier - 1),
            Self::HighestCluster(cluster) => format!("Cluster {cluster}: the highest"),
            Self::LowestCluster(cluster) => format!("Cluster {cluster}: the lowest"),
        }
    }

    /// Judges a regression. `clusters` is the number of clusters of the typology, outliers aside.
    pub fn check(&self, estimated: &Estimated, preset: Preset, clusters: usize) -> SignCheck {
        let mut check = SignCheck {
            statement: self.in_words(),
            preset,
            agrees: None,
            not_judged: String::new(),
            significant: None,
            value: None,
        };
        let judged = match self {
            Self::Negative(variable) | Self::Positive(variable) | Self::Nothing(variable) => {
                self.check_coefficient(variable, estimated, &mut check)
            }
            Self::TierRises(tier) => {
                let level = |tier: u8| level(estimated, "tier", &tier.to_string());
                match (level(*tier), level(tier - 1)) {
                    (Some(this), Some(before)) => {
                        check.value = Some(this - before);
                        Ok(this >= before)
                    }
                    (None, _) => Err(format!("no row has tier {tier}")),
                    (_, None) => Err(format!("no row has tier {}", tier - 1)),
                }
            }
            Self::HighestCluster(cluster) | Self::LowestCluster(cluster) => {
                self.check_cluster(*cluster, estimated, clusters, &mut check)
            }
        };
        match judged {
            Ok(agrees) => check.agrees = Some(agrees),
            Err(reason) => check.not_judged = reason,
        }
        check
    }

    fn check_coefficient(
        &self,
        variable: &Variable,
        estimated: &Estimated,
        check: &mut SignCheck,
    ) -> Result<bool, String> {
        let label = variable.label();
        let at = estimated.term(&label).ok_or_else(|| format!("{label} is not in the regression"))?;
        let one = estimated.reported().terms[at];
        check.value = Some(one.estimate);
        check.significant = one.interval.map(|[low, high]| low > 0.0 || high < 0.0);
        match self {
            Self::Negative(_) => Ok(one.estimate < 0.0),
            Self::Positive(_) => Ok(one.estimate > 0.0),
            _ => is_zero(one.interval, check.preset.transform),
        }
    }

    /// Clusters can be compared with those of the paper only where there are as many: they are numbered from the most dependent on.
    fn check_cluster(
        &self,
        cluster: u8,
        estimated: &Estimated,
        clusters: usize,
        check: &mut SignCheck,
    ) -> Result<bool, String> {
        if clusters == 0 {
            return Err("the run has no typology".to_owned());
        }
        if clusters != PAPER_CLUSTERS {
            return Err(format!(
                "the typology has {clusters} clusters, the paper's has {PAPER_CLUSTERS}: cluster {cluster} is not the same kind of country"
            ));
        }
        let others = clusters_but(estimated, cluster);
        let own = level(estimated, "cluster", &cluster.to_string());
        let (Some(own), false) = (own, others.is_empty()) else {
            return Err(format!("no row has cluster {cluster}, or none has another"));
        };
        let highest = matches!(self, Self::HighestCluster(_));
        let bound = if highest {
            others.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        } else {
            others.iter().copied().fold(f64::INFINITY, f64::min)
        };
        check.value = Some(own - bound);
        Ok(if highest { own > bound } else { own < bound })
    }
}

/// Clusters of the paper, outliers aside.
const PAPER_CLUSTERS: usize = 4;

/// The coefficient of exposure in the paper's table: an effect that it calls one.
const PAPER_EFFECT: f64 = 1.1;

/// Whether a coefficient is zero for all that matters: its interval holds zero, and nothing as large as the paper's effect of exposure. An
/// interval that holds both says neither. The paper's size of an effect is that of growth of RCA or of its logarithm.
fn is_zero(interval: Option<[f64; 2]>, scale: Transform) -> Result<bool, String> {
    let [low, high] = interval.ok_or_else(|| "it has no standard error".to_owned())?;
    if low > 0.0 || high < 0.0 {
        return Ok(false);
    }
    if !matches!(scale, Transform::Literal | Transform::Log) {
        return Err("not significantly different from zero; on this scale there is no size of an effect to compare with".to_owned());
    }
    if low <= -PAPER_EFFECT || high >= PAPER_EFFECT {
        return Err(format!(
            "not significantly different from zero, but with too little power: effects as large as {PAPER_EFFECT} are not excluded"
        ));
    }
    Ok(true)
}

/// The coefficient of a level; 0 for the reference; `None` if the regression has no such level.
fn level(estimated: &Estimated, factor: &str, level: &str) -> Option<f64> {
    if estimated.references.iter().any(|r| r.factor == factor && r.level == level) {
        return Some(0.0);
    }
    let at = estimated.terms.iter().position(|term| level_of(&term.name, factor) == Some(level))?;
    Some(estimated.reported().terms[at].estimate)
}

/// The level that a coefficient of a factor belongs to, whatever it is compared with.
fn level_of<'a>(term: &'a str, factor: &str) -> Option<&'a str> {
    let level = term.strip_prefix(factor)?.strip_prefix(' ')?;
    level.split(" (").next()
}

fn clusters_but(estimated: &Estimated, cluster: u8) -> Vec<f64> {
    let own = cluster.to_string();
    let mut others: Vec<f64> = estimated
        .terms
        .iter()
        .enumerate()
        .filter_map(|(at, term)| Some((at, level_of(&term.name, "cluster")?)))
        .filter(|(_, level)| *level != own)
        .map(|(at, _)| estimated.reported().terms[at].estimate)
        .collect();
    others
        .extend(estimated.references.iter().filter(|r| r.factor == "cluster" && r.level != own).map(|_| 0.0));
    others
}

/// All thirteen checks of a regression. `clusters` is the number of clusters of the typology, outliers aside; 0 without one.
pub fn check_signs(estimated: &Estimated, preset: Preset, clusters: usize) -> Vec<SignCheck> {
    PAPER.iter().map(|statement| statement.check(estimated, preset, clusters)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_what_a_narrow_interval_says() {
        let log = Transform::Log;
        assert_eq!(is_zero(Some([-0.2, 0.4]), log), Ok(true), "the paper's own 0.1(1)");
        assert_eq!(is_zero(Some([0.1, 0.4]), log), Ok(false));
        assert!(is_zero(Some([-1.3, 0.6]), log).unwrap_err().contains("too little power"));
        assert!(is_zero(Some([-0.01, 0.01]), Transform::Rsca).unwrap_err().contains("on this scale"));
        assert!(is_zero(None, log).is_err());
    }

    #[test]
    fn levels_are_found_whatever_they_are_compared_with() {
        assert_eq!(level_of("cluster 12", "cluster"), Some("12"));
        assert_eq!(level_of("cluster 1 (against 0)", "cluster"), Some("1"));
        assert_eq!(level_of("tier 1", "cluster"), None);
        assert_eq!(level_of("clusters 1", "cluster"), None);
    }
}
