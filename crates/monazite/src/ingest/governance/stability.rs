//! PV(a, t): the options of making it, and the result.

use super::record::GovernanceRecord;

/// Which series stands for PV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GovernanceMeasure {
    /// Percentile rank (default; the only 0-100 series before the 2025 edition).
    #[default]
    PercentileRank,
    /// Estimate, mapped linearly: clip((estimate + 2.5)/5, 0, 1) x 100.
    Estimate,
    /// The 0-100 score of the 2025 edition.
    Score,
}

impl GovernanceMeasure {
    /// The series as it stands in the file.
    pub(super) fn published(self, record: &GovernanceRecord) -> Option<f64> {
        match self {
            Self::PercentileRank => record.percentile_rank,
            Self::Estimate => record.estimate,
            Self::Score => record.score,
        }
    }

    /// A value of the series on the scale from 0 to 100.
    pub(crate) fn level(self, published: f64) -> f64 {
        match self {
            Self::PercentileRank | Self::Score => published,
            Self::Estimate => ((published + 2.5) / 5.0).clamp(0.0, 1.0) * 100.0,
        }
    }

    /// Name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PercentileRank => "percentile rank",
            Self::Estimate => "estimate mapped to 0-100",
            Self::Score => "0-100 score (2025 edition)",
        }
    }
}

/// What PV to give a country that the indicators never cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingStability {
    /// 50, the middle of the scale (default).
    #[default]
    Fifty,
    /// None: the country is left out as a supplier.
    DropSupplier,
    /// Mean of the covered countries of the same M49 sub-region and year; 50 where there is none.
    RegionMean,
    /// PV of the state the territory belongs to; 50 where there is none.
    ParentState,
}

/// How a PV came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// As published for the year.
    Observed,
    /// Between two published years, linearly.
    Interpolated,
    /// Before the first or after the last published year: that year's value.
    NearestYear,
    /// 50.
    Fifty,
    /// Mean of the sub-region.
    RegionMean,
    /// The parent state's.
    ParentState,
    /// No value; the country is left out as a supplier.
    Absent,
}

impl Origin {
    /// Name in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Interpolated => "interpolated",
            Self::NearestYear => "nearest_year",
            Self::Fifty => "fifty",
            Self::RegionMean => "region_mean",
            Self::ParentState => "parent_state",
            Self::Absent => "absent",
        }
    }

    /// Whether the value is not the one published for this country and year.
    pub const fn is_imputed(self) -> bool {
        !matches!(self, Self::Observed)
    }
}

/// The options of turning the indicators into PV(a, t).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StabilityOptions {
    /// The series.
    pub measure: GovernanceMeasure,
    /// For countries never covered.
    pub missing: MissingStability,
    /// Use the PV of this year for every year, to see the network alone.
    pub fixed_year: Option<u16>,
}

/// PV of every country in every year of a study, with the origin of each value.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// The years.
    pub years: Vec<u16>,
    /// PV, 0 to 100, by year and then country; `None` where the country is to be left out as a supplier.
    pub pv: Vec<Vec<Option<f64>>>,
    /// How each value came about.
    pub origin: Vec<Vec<Origin>>,
}

impl Stability {
    /// w_a = 1 - PV_a/100 of every country in the year at a position; 0 where there is no PV, since such a
    /// country supplies nothing.
    pub fn instability(&self, position: usize) -> Vec<f64> {
        self.pv[position].iter().map(|pv| pv.map_or(0.0, |pv| 1.0 - pv / 100.0)).collect()
    }
}
