//! The pairs of indices whose disagreements are looked for.

use serde::Serialize;

use super::index::Index;

/// Two indices, the one that is high first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pair {
    /// Concentrated, and hardly any instability arrives.
    HhiHighStrLow,
    /// Spread, and much instability arrives.
    StrHighHhiLow,
    /// Much arrives if everything is passed on, little if mass is kept.
    FullHighMassLow,
    /// The other way round.
    MassHighFullLow,
    /// Much instability arrives, and little concentration of it.
    MassHighEuLow,
    /// The other way round.
    EuHighMassLow,
}

impl Pair {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::HhiHighStrLow,
        Self::StrHighHhiLow,
        Self::FullHighMassLow,
        Self::MassHighFullLow,
        Self::MassHighEuLow,
        Self::EuHighMassLow,
    ];

    /// The index that is high.
    pub const fn high(self) -> Index {
        match self {
            Self::HhiHighStrLow => Index::Hhi,
            Self::StrHighHhiLow | Self::FullHighMassLow => Index::StrFull,
            Self::MassHighFullLow | Self::MassHighEuLow => Index::StrMassBalance,
            Self::EuHighMassLow => Index::EuSupplyRisk,
        }
    }

    /// The index that is low.
    pub const fn low(self) -> Index {
        match self {
            Self::HhiHighStrLow | Self::MassHighFullLow => Index::StrFull,
            Self::StrHighHhiLow => Index::Hhi,
            Self::FullHighMassLow | Self::EuHighMassLow => Index::StrMassBalance,
            Self::MassHighEuLow => Index::EuSupplyRisk,
        }
    }

    /// Its name in tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::HhiHighStrLow => "hhi_high_str_low",
            Self::StrHighHhiLow => "str_high_hhi_low",
            Self::FullHighMassLow => "full_high_mass_low",
            Self::MassHighFullLow => "mass_high_full_low",
            Self::MassHighEuLow => "mass_high_eu_low",
            Self::EuHighMassLow => "eu_high_mass_low",
        }
    }

    /// Its name for people.
    pub fn title(self) -> String {
        format!("High {}, low {}", self.high().phrase(), self.low().phrase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_named_by_its_indices() {
        for pair in Pair::ALL {
            assert_ne!(pair.high(), pair.low());
            assert!(pair.title().contains(", low "), "{}", pair.title());
            assert_eq!(serde_json::to_value(pair).unwrap(), pair.key());
        }
    }
}
