//! What of a product-year is computed: whoever asks for few columns does not pay for the others.

/// What of a product-year is computed; all of it unless said. What is left out is undefined or empty, and the rest has the same bits.
///
/// Imports, exports, exposure, HHI, RCA and imputed shares cost next to nothing and are always there. The share of influence through entrepots comes with the
/// network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// STR with its parts.
    pub risk: bool,
    /// Influence.
    pub influence: bool,
    /// The mass-balanced pair, and import content.
    pub mass_balance: bool,
    /// The main suppliers of every importer.
    pub main_suppliers: bool,
    /// Who depends on whom, of at least the contribution that the options say.
    pub dependencies: bool,
    /// Whose goods they are in the end, of at least the share that the options say.
    pub origins: bool,
    /// What a run says of a product-year beside its columns: means, borders crossed, trickles that close loops, the summary.
    pub records: bool,
}

impl Wanted {
    /// Everything.
    pub const ALL: Self = Self::all_or_none(true);
    /// What is always there, and no more.
    pub const LEAST: Self = Self::all_or_none(false);

    const fn all_or_none(all: bool) -> Self {
        Self {
            risk: all,
            influence: all,
            mass_balance: all,
            main_suppliers: all,
            dependencies: all,
            origins: all,
            records: all,
        }
    }

    /// What either wants.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            risk: self.risk || other.risk,
            influence: self.influence || other.influence,
            mass_balance: self.mass_balance || other.mass_balance,
            main_suppliers: self.main_suppliers || other.main_suppliers,
            dependencies: self.dependencies || other.dependencies,
            origins: self.origins || other.origins,
            records: self.records || other.records,
        }
    }

    /// Whether the mass-balanced pair has to be computed.
    pub(super) const fn balance(self) -> bool {
        self.mass_balance || self.origins
    }

    /// Whether the network of suppliers has to be solved.
    pub(super) const fn network(self) -> bool {
        self.risk || self.influence || self.balance() || self.dependencies || self.records
    }
}

impl Default for Wanted {
    fn default() -> Self {
        Self::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::{Column, InfluenceMeasure, ProductYearOptions, Series, Workspace, product_year};
    use crate::trade::TradeMatrix;

    fn bits(column: Column, trade: &TradeMatrix, options: &ProductYearOptions<'_>) -> Vec<Option<u64>> {
        let year = product_year(trade, &[0.75, 0.2, 0.5, 1.0], options, &mut Workspace::default()).unwrap();
        match column.values(trade, &year) {
            Series::Numbers(values) => values.iter().map(|v| Some(v.to_bits())).collect(),
            Series::Optional(values) => values.iter().map(|v| v.map(f64::to_bits)).collect(),
            Series::Computed(values) => values.iter().map(|v| v.map(f64::to_bits)).collect(),
            Series::Later => Vec::new(),
        }
    }

    #[test]
    fn a_column_alone_has_the_bits_that_it_has_beside_all_others() {
        let trade = TradeMatrix::from_dense(&[
            &[0.0, 60.0, 30.0, 1.0],
            &[10.0, 0.0, 50.0, 0.1],
            &[0.0, 20.0, 0.0, 0.0],
            &[0.5, 0.0, 900.0, 0.0],
        ]);
        for measure in [InfluenceMeasure::default(), InfluenceMeasure::PvFree] {
            let all = ProductYearOptions { influence: measure, ..ProductYearOptions::default() };
            for column in Column::ALL {
                let alone = ProductYearOptions { wanted: column.needs(), ..all };
                assert_eq!(bits(column, &trade, &alone), bits(column, &trade, &all), "{column:?}");
            }
            let least = ProductYearOptions { wanted: Wanted::LEAST, ..all };
            assert_eq!(bits(Column::Str, &trade, &least), [None; 4], "nobody asked for it");
        }
    }
}
