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
    /// Score from 0 to 100 of the 2025 edition.
    pub score: Option<f64>,
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
