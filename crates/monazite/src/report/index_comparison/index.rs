//! What is compared: readings of systemic trade risk, what every run has beside them, and the indices of others.

use serde::{Serialize, Serializer};

use crate::indicators::Column;
use crate::indices::Index as Named;
use crate::run::RunIndices;
use crate::run_folder::StoredPanel;

/// An index of how risky the imports of a product are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Index {
    /// Systemic trade risk of the paper: every country passes on all that it buys.
    StrFull,
    /// Mass-balanced systemic trade risk.
    StrMassBalance,
    /// Mean instability of the suppliers themselves.
    StrDirect,
    /// Concentration of the suppliers.
    Hhi,
    /// Share of imports in imports and exports.
    Exposure,
    /// Squared shares times instability.
    WeightedHhi,
    /// GeoPolRisk.
    GeoPolRisk,
    /// Supply risk as the European Union computes it.
    EuSupplyRisk,
    /// What is lost if the one supplier stops whose stop costs most.
    WorstStop,
}

/// Names of an index and what it measures.
struct Names {
    key: &'static str,
    label: &'static str,
    short: &'static str,
    phrase: &'static str,
    measures: &'static str,
}

impl Index {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::StrFull,
        Self::StrMassBalance,
        Self::StrDirect,
        Self::Hhi,
        Self::Exposure,
        Self::WeightedHhi,
        Self::GeoPolRisk,
        Self::EuSupplyRisk,
        Self::WorstStop,
    ];

    const fn names(self) -> Names {
        match self {
            Self::StrFull => Names {
                key: "str_full",
                label: "Full STR",
                short: "STR full",
                phrase: "full STR",
                measures: "instability that arrives over all chains of suppliers, if every country passes on all that it buys",
            },
            Self::StrMassBalance => Names {
                key: "str_mass_balance",
                label: "Mass-balanced STR",
                short: "STR mass",
                phrase: "mass-balanced STR",
                measures: "the same, if a country passes on no more of what it buys than can be in what it sells",
            },
            Self::StrDirect => Names {
                key: "str_direct",
                label: "Direct part of STR",
                short: "direct",
                phrase: "direct part of STR",
                measures: "mean instability of the suppliers themselves",
            },
            Self::Hhi => Names {
                key: "hhi",
                label: "Supplier concentration (HHI)",
                short: "HHI",
                phrase: "HHI",
                measures: "how few suppliers there are, stable or not",
            },
            Self::Exposure => Names {
                key: "exposure",
                label: "Exposure",
                short: "exposure",
                phrase: "exposure",
                measures: "how much more a country buys than it sells",
            },
            Self::WeightedHhi => Names {
                key: "whhi",
                label: "Instability-weighted HHI",
                short: "WHHI",
                phrase: "instability-weighted HHI",
                measures: "few and unstable suppliers: squared shares times instability",
            },
            Self::GeoPolRisk => Names {
                key: "geopolrisk",
                label: "GeoPolRisk",
                short: "GeoPolRisk",
                phrase: "GeoPolRisk",
                measures: "concentration of the world's suppliers times mean instability of one's own",
            },
            Self::EuSupplyRisk => Names {
                key: "eu_sr",
                label: "EU supply risk",
                short: "EU SR",
                phrase: "EU supply risk",
                measures: "squared shares times instability, of the world's suppliers and of one's own",
            },
            Self::WorstStop => Names {
                key: "worst",
                label: "Worst single stop",
                short: "worst stop",
                phrase: "worst single stop",
                measures: "share of imports lost if the one supplier stops whose stop costs most",
            },
        }
    }

    /// Its name in tables.
    pub const fn key(self) -> &'static str {
        self.names().key
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        self.names().label
    }

    /// Its name above a narrow column.
    pub const fn short(self) -> &'static str {
        self.names().short
    }

    /// Its name within a sentence.
    pub const fn phrase(self) -> &'static str {
        self.names().phrase
    }

    /// What it measures, in a phrase.
    pub const fn measures(self) -> &'static str {
        self.names().measures
    }

    /// Columns of `indices.parquet` that it may be in, the one with all its tables first; none for what is in the panel.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::WeightedHhi => const { &[Named::Whhi.name()] },
            Self::GeoPolRisk => const { &[Named::Geopolrisk.name(), Named::GeopolriskTrade.name()] },
            Self::EuSupplyRisk => const { &[Named::EuSr.name(), Named::EuSrTrade.name()] },
            Self::WorstStop => const { &[Named::Worst.name()] },
            _ => &[],
        }
    }

    /// The column of the panel that it is in. Full STR has a column of its own where the study gives `str` another import content.
    pub(super) fn of_panel(self, panel: &StoredPanel) -> Option<Column> {
        match self {
            Self::StrFull if panel.has(Column::StrFull) => Some(Column::StrFull),
            Self::StrFull => Some(Column::Str),
            Self::StrMassBalance => Some(Column::StrMassBalance),
            Self::StrDirect => Some(Column::StrDirect),
            Self::Hhi => Some(Column::Hhi),
            Self::Exposure => Some(Column::Exposure),
            _ => None,
        }
    }

    /// The column of `indices.parquet` that a run has it in.
    pub(super) fn column_in(self, indices: &RunIndices) -> Option<&'static str> {
        self.columns().iter().copied().find(|name| indices.column(name).is_some())
    }
}

impl Serialize for Index {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_and_every_index_has_a_place() {
        let mut keys = Index::ALL.map(Index::key).to_vec();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), Index::ALL.len());
        let panel = StoredPanel::of_values(&[2020], Vec::new(), &[], |_, _, _, _| None);
        for index in Index::ALL {
            assert_eq!(index.of_panel(&panel).is_none(), !index.columns().is_empty(), "{index:?}");
        }
    }
}
