//! The seven levels of detail.

use super::parameters::{Background, DensityMergingParameters};

/// A level of detail: bandwidth, background and slope test that go together.
///
/// The constants are those of the program by the authors of the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum DetailLevel {
    /// Bandwidth 0.95 %.
    MostHigh,
    /// Bandwidth 1.5 %.
    VeryHigh,
    /// Bandwidth 1.6 %.
    High,
    /// Bandwidth 2.3 %.
    Medium,
    /// Bandwidth 3.2 %.
    Low,
    /// Bandwidth 4 %, slopes are tested, the thinnest 1 % of the points is background (default).
    #[default]
    VeryLow,
    /// Bandwidth from the data, as in the paper of 2009.
    Adaptive,
}

impl DetailLevel {
    /// All levels, from the finest.
    pub const ALL: [Self; 7] =
        [Self::MostHigh, Self::VeryHigh, Self::High, Self::Medium, Self::Low, Self::VeryLow, Self::Adaptive];

    /// Name in study files and outputs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::MostHigh => "most_high",
            Self::VeryHigh => "very_high",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::VeryLow => "very_low",
            Self::Adaptive => "adaptive",
        }
    }

    /// The parameters of the level.
    ///
    /// The levels `high`, `medium` and `low` use a background rule that is meant for data in \[0, 1\]. The authors' program
    /// replaces it, for other data, by a much stricter one that leaves nearly everything in the background. With
    /// `compat_scale_quirk` so does this function; without, the points are mapped to \[0, 1\] and the rule that was meant is
    /// used.
    pub const fn parameters(self, compat_scale_quirk: bool) -> DensityMergingParameters {
        let (bandwidth, background, slope_test) = match self {
            Self::MostHigh => (Some(0.95), Background::ThinnestPercent(0.1), false),
            Self::VeryHigh => (Some(1.5), Background::ThinnestPercent(0.1), false),
            Self::High => (
                Some(1.6),
                Background::BiasedRatio { factor: 4.3, replaced_off_scale: compat_scale_quirk },
                false,
            ),
            Self::Medium => (
                Some(2.3),
                Background::BiasedRatio { factor: 4.3, replaced_off_scale: compat_scale_quirk },
                false,
            ),
            Self::Low => (
                Some(3.2),
                Background::BiasedRatio { factor: 4.0, replaced_off_scale: compat_scale_quirk },
                false,
            ),
            Self::VeryLow => (Some(4.0), Background::ThinnestPercent(1.0), true),
            Self::Adaptive => (None, Background::Ratio(4.3), false),
        };
        let rescale = !compat_scale_quirk && matches!(background, Background::BiasedRatio { .. });
        DensityMergingParameters {
            bandwidth,
            grid: 256,
            background,
            slope_test,
            full_sample: Some(5000),
            rescale,
        }
    }
}

impl Default for DensityMergingParameters {
    fn default() -> Self {
        DetailLevel::VeryLow.parameters(true)
    }
}
