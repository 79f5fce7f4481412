//! The indices by name: what each needs, and what stands in which column.

/// An index that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Index {
    /// [`super::weighted_hhi()`].
    Whhi,
    /// [`super::eu_supply_risk()`] from trade alone.
    EuSrTrade,
    /// The same with production, recycling and substitution from tables.
    EuSr,
    /// [`super::geopolrisk()`] from trade alone.
    GeopolriskTrade,
    /// The same with production from a table.
    Geopolrisk,
    /// [`super::strategic_dependency()`].
    EcFlag,
    /// [`super::years_dependent()`].
    Geodep,
    /// [`super::worst_stops()`].
    Worst,
    /// [`super::usgs_risk()`].
    Usgs,
}

impl Index {
    /// All of them, in the order of their columns.
    pub const ALL: [Self; 9] = [
        Self::Whhi,
        Self::EuSrTrade,
        Self::EuSr,
        Self::GeopolriskTrade,
        Self::Geopolrisk,
        Self::EcFlag,
        Self::Geodep,
        Self::Worst,
        Self::Usgs,
    ];

    /// Its name in a study, and of its column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whhi => "whhi",
            Self::EuSrTrade => "eu_sr_trade",
            Self::EuSr => "eu_sr",
            Self::GeopolriskTrade => "geopolrisk_trade",
            Self::Geopolrisk => "geopolrisk",
            Self::EcFlag => "ec_flag",
            Self::Geodep => "geodep",
            Self::Worst => "worst",
            Self::Usgs => "usgs",
        }
    }

    /// Whether it cannot be had without political stability.
    ///
    /// ```
    /// use monazite::indices::Index;
    /// assert!(Index::Whhi.rests_on_stability() && !Index::Worst.rests_on_stability());
    /// ```
    pub const fn rests_on_stability(self) -> bool {
        matches!(self, Self::Whhi | Self::EuSrTrade | Self::EuSr | Self::GeopolriskTrade | Self::Geopolrisk)
    }
}

/// Which tables are at hand beside the trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TablesAtHand {
    /// Production.
    pub production: bool,
    /// Shares of recycling.
    pub recycling: bool,
    /// Substitution.
    pub substitution: bool,
    /// Disruption potential.
    pub disruption: bool,
    /// Economic vulnerability.
    pub vulnerability: bool,
}

impl TablesAtHand {
    /// What an index lacks, as the study calls it; empty if it can be computed.
    ///
    /// ```
    /// use monazite::indices::{Index, TablesAtHand};
    /// let mines = TablesAtHand { production: true, ..TablesAtHand::default() };
    /// assert_eq!(mines.lacking(Index::EuSr), ["recycling", "substitution"]);
    /// assert!(mines.lacking(Index::Geopolrisk).is_empty());
    /// ```
    pub fn lacking(&self, index: Index) -> Vec<&'static str> {
        let production = ("production", self.production);
        let needed: Vec<(&str, bool)> = match index {
            Index::EuSr => {
                vec![production, ("recycling", self.recycling), ("substitution", self.substitution)]
            }
            Index::Geopolrisk => vec![production],
            Index::Usgs => {
                vec![
                    ("disruption_potential", self.disruption),
                    ("economic_vulnerability", self.vulnerability),
                ]
            }
            _ => Vec::new(),
        };
        needed.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect()
    }

    /// What is computed if nobody says: everything that the tables allow, and from trade alone only what they do not allow in full.
    ///
    /// ```
    /// use monazite::indices::{Index, TablesAtHand};
    /// let names = |tables: TablesAtHand| tables.usual().into_iter().map(Index::name).collect::<Vec<_>>();
    /// let none = TablesAtHand::default();
    /// assert_eq!(names(none), ["whhi", "eu_sr_trade", "geopolrisk_trade", "ec_flag", "geodep", "worst"]);
    /// let mines = TablesAtHand { production: true, ..none };
    /// assert_eq!(names(mines), ["whhi", "eu_sr_trade", "geopolrisk", "ec_flag", "geodep", "worst"]);
    /// ```
    pub fn usual(&self) -> Vec<Index> {
        let can = |index: Index| self.lacking(index).is_empty();
        let wanted = |index: &Index| match index {
            Index::EuSrTrade => !can(Index::EuSr),
            Index::GeopolriskTrade => !can(Index::Geopolrisk),
            index => can(*index),
        };
        Index::ALL.into_iter().filter(wanted).collect()
    }
}
