//! What the Governance Indicators say of a country in a year, and where it stands.

use std::fmt;

/// One country-year of the Governance Indicators, political stability only.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GovernanceRecord {
    /// Estimate, about -2.5 (weak) to 2.5 (strong).
    pub estimate: Option<f64>,
    /// Standard error of the estimate.
    pub standard_error: Option<f64>,
    /// Percentile rank among all countries of the year, 0 to 100.
    pub percentile_rank: Option<f64>,
    /// Lower bound of the 90 % confidence interval of the percentile rank.
    pub rank_lower: Option<f64>,
    /// Upper bound of the 90 % confidence interval of the percentile rank.
    pub rank_upper: Option<f64>,
    /// Score from 0 to 100 of the 2025 edition.
    pub score: Option<f64>,
    /// Number of sources that the estimate rests on.
    pub sources: Option<f64>,
}

/// A series of the Governance Indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Statistic {
    Estimate,
    StandardError,
    PercentileRank,
    RankLower,
    RankUpper,
    Score,
    Sources,
}

impl Statistic {
    /// All of them.
    pub(super) const ALL: [Self; 7] = [
        Self::Estimate,
        Self::StandardError,
        Self::PercentileRank,
        Self::RankLower,
        Self::RankUpper,
        Self::Score,
        Self::Sources,
    ];
}

impl GovernanceRecord {
    /// The value of a series, to be set.
    pub(super) fn value_mut(&mut self, statistic: Statistic) -> &mut Option<f64> {
        match statistic {
            Statistic::Estimate => &mut self.estimate,
            Statistic::StandardError => &mut self.standard_error,
            Statistic::PercentileRank => &mut self.percentile_rank,
            Statistic::RankLower => &mut self.rank_lower,
            Statistic::RankUpper => &mut self.rank_upper,
            Statistic::Score => &mut self.score,
            Statistic::Sources => &mut self.sources,
        }
    }

    /// Whether a value on the scale from 0 to 100 is there, which messages are about.
    pub(super) fn has_level(&self) -> bool {
        self.percentile_rank.is_some() || self.score.is_some()
    }

    /// Takes the values of another record of the same country and year that this one lacks; false, and unchanged, if the two contradict
    /// each other.
    pub(super) fn take(&mut self, mut other: Self) -> bool {
        let mut both = *self;
        for statistic in Statistic::ALL {
            let (own, more) = (both.value_mut(statistic), *other.value_mut(statistic));
            match (*own, more) {
                (Some(a), Some(b)) if a != b => return false,
                (None, Some(_)) => *own = more,
                _ => {}
            }
        }
        *self = both;
        true
    }
}

/// Where a record stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Line of a csv, counted from 1.
    Line(u64),
    /// Row of a sheet, counted from 1.
    Row { sheet: String, row: usize },
    /// Observation of a Stata file, counted from 1.
    Observation(usize),
}

impl Place {
    /// A file with this place in it, as it begins a message.
    pub(super) fn of(&self, file: &str) -> String {
        match self {
            Self::Line(line) => format!("{file}:{line}"),
            _ => format!("{file}: {self}"),
        }
    }

    /// As [`Place::of`], with the column: its position counted from 0, and its name.
    pub(super) fn of_cell(&self, file: &str, column: usize, name: &str) -> String {
        match self {
            Self::Row { .. } => format!("{}, column {}", self.of(file), column + 1),
            _ => format!("{}: column {name}", self.of(file)),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row { sheet, row } => write!(f, "sheet {sheet}, row {row}"),
            Self::Observation(number) => write!(f, "observation {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_a_record_come_together_and_contradictions_do_not() {
        let rank = |rank| GovernanceRecord { percentile_rank: Some(rank), ..Default::default() };
        let estimate = GovernanceRecord { estimate: Some(-1.0), ..Default::default() };
        let mut record = rank(25.0);
        assert!(record.take(estimate) && record.take(rank(25.0)));
        let whole = GovernanceRecord { estimate: Some(-1.0), ..rank(25.0) };
        assert_eq!(record, whole);
        assert!(!record.take(rank(26.0)));
        assert_eq!(record, whole);
    }
}
