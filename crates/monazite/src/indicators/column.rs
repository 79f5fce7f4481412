//! The columns of indicators.

/// A number of `indicators.parquet`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Imports, thousand USD.
    Imports,
    /// Exports, thousand USD.
    Exports,
    /// Exposure, in \[0, 1\].
    Exposure,
    /// Herfindahl-Hirschman index of suppliers, in \[0, 1\].
    Hhi,
    /// Systemic trade risk.
    Str,
    /// Influence.
    Influence,
    /// Revealed comparative advantage.
    Rca,
    /// The composite score.
    Pc1,
    /// HHI freed from the number of suppliers.
    HhiNormalised,
    /// Direct part of STR - 1.
    StrDirect,
    /// Indirect part of STR - 1.
    StrIndirect,
}

impl Column {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 11] = [
        Self::Imports,
        Self::Exports,
        Self::Exposure,
        Self::Hhi,
        Self::Str,
        Self::Influence,
        Self::Rca,
        Self::Pc1,
        Self::HhiNormalised,
        Self::StrDirect,
        Self::StrIndirect,
    ];

    /// Name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Imports => "imports",
            Self::Exports => "exports",
            Self::Exposure => "exposure",
            Self::Hhi => "hhi",
            Self::Str => "str",
            Self::Influence => "influence",
            Self::Rca => "rca",
            Self::Pc1 => "pc1",
            Self::HhiNormalised => "hhi_normalised",
            Self::StrDirect => "str_direct",
            Self::StrIndirect => "str_indirect",
        }
    }
}
