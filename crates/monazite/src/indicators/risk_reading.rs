//! The two readings of systemic trade risk that every run has.

use super::column::Column;

/// Which systemic trade risk stands where something is made of it: a regression, a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum RiskReading {
    /// That of the column `str`: the paper's, unless the study sets another import content (default).
    #[default]
    Str,
    /// Mass-balanced STR in its place.
    MassBalance,
}

impl RiskReading {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Str, Self::MassBalance];

    /// Its name in study files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::MassBalance => "mass_balance",
        }
    }

    /// The column that stands for a column of STR or influence.
    pub const fn column(self, column: Column) -> Column {
        match (self, column) {
            (Self::MassBalance, Column::Str) => Column::StrMassBalance,
            (Self::MassBalance, Column::Influence) => Column::InfluenceMassBalance,
            _ => column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rests_on_the_reading_is_read_otherwise() {
        for column in Column::ALL {
            assert_eq!(RiskReading::Str.column(column), column);
            let other = RiskReading::MassBalance.column(column);
            assert_eq!(other != column, matches!(column, Column::Str | Column::Influence), "{column:?}");
        }
        assert_eq!(RiskReading::ALL.map(RiskReading::name), ["str", "mass_balance"]);
    }
}
