//! The same table on the same trade, seen differently: a referee's first questions.

use std::collections::BTreeMap;

use super::yearly::YearlyPanel;
use crate::indicators::Column;

/// A way to look at the same trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RobustnessCheck {
    /// Political stability as it was in one year, in all years: only the network moves.
    FixedStability,
    /// Only countries that import the product in every year: chains end in the same countries throughout.
    BalancedSet,
    /// Entrepots merged with whom they trade for.
    MergedEntrepots,
    /// The indirect part of STR for STR: what the network adds to the instability of the suppliers themselves.
    IndirectRisk,
    /// Mass-balanced STR for STR: nobody passes on more than can be in what they sell.
    MassBalance,
    /// STR with the same stability everywhere: what the network alone makes of it.
    UniformStability,
    /// The other reading of a country's inputs: those of everything it is strong in for those of the product, or the reverse.
    OtherInputs,
}

impl RobustnessCheck {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::FixedStability,
        Self::BalancedSet,
        Self::MergedEntrepots,
        Self::IndirectRisk,
        Self::MassBalance,
        Self::UniformStability,
        Self::OtherInputs,
    ];

    /// Its name in study files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FixedStability => "fixed_stability",
            Self::BalancedSet => "balanced_set",
            Self::MergedEntrepots => "merged_entrepots",
            Self::IndirectRisk => "indirect_risk",
            Self::MassBalance => "mass_balance",
            Self::UniformStability => "uniform_stability",
            Self::OtherInputs => "other_inputs",
        }
    }

    /// The question that it answers.
    pub const fn question(self) -> &'static str {
        match self {
            Self::FixedStability => "Is it the network, or do stability scores move?",
            Self::BalancedSet => "Do chains end elsewhere because fewer countries report no imports?",
            Self::MergedEntrepots => "Is it re-exports?",
            Self::IndirectRisk => "Does the network matter beyond the direct suppliers?",
            Self::MassBalance => "Does it hang on purchases that are too small to be behind what is sold?",
            Self::UniformStability => "Does the shape of the network matter on its own?",
            Self::OtherInputs => "Does it matter which inputs are meant? The paper can be read in both ways.",
        }
    }

    /// Whether it needs the trade data, not only the indicators.
    pub const fn needs_trade(self) -> bool {
        !matches!(self, Self::IndirectRisk | Self::MassBalance | Self::OtherInputs)
    }
}

/// What a check changes.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustnessOptions {
    /// Year of stability in [`RobustnessCheck::FixedStability`].
    pub year: u16,
    /// Groups in [`RobustnessCheck::MergedEntrepots`].
    pub merge: BTreeMap<String, Vec<String>>,
}

/// Computes the yearly panel anew as a check sees it; the engine's own is `pipeline::robustness`. A check that changes nothing says so
/// in words.
pub type ChangedPanel<'a, E> =
    &'a dyn Fn(RobustnessCheck, &RobustnessOptions, &YearlyPanel) -> Result<Result<YearlyPanel, String>, E>;

/// The panel with another number in the place of STR, for the checks that only change that; `None` if the panel has none of both, or the
/// check is another.
pub fn with_other_risk(check: RobustnessCheck, panel: &YearlyPanel) -> Option<YearlyPanel> {
    let by = match check {
        RobustnessCheck::IndirectRisk => Column::StrIndirect,
        RobustnessCheck::MassBalance => Column::StrMassBalance,
        _ => return None,
    };
    let has = |wanted| panel.columns().any(|column| column == wanted);
    (has(Column::Str) && has(by)).then(|| {
        let mut changed = panel.clone();
        changed.replace(Column::Str, by);
        changed
    })
}
