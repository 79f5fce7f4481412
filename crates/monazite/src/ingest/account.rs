//! The account of an import: what was read, what was kept, what was left out and why.

use std::collections::BTreeMap;
use std::fmt;

use crate::units::ThousandUsd;

/// Why a row was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// Exporter and importer are the same country, as recorded or after former states are merged.
    SelfTrade,
    /// The value is zero; BACI records positive flows only.
    ZeroValue,
    /// A country code that the release does not know, where the study says to drop such rows.
    UnknownCountry,
    /// The world, a group of countries, or trade that is given to no country, where the study says to drop such rows.
    Aggregate,
    /// A sum over products: a chapter, a heading or a total.
    ProductSum,
    /// A part of a total that has a row of its own: by second partner, customs procedure or mode of transport.
    PartOfTotal,
    /// The direction of trade that the study does not choose.
    OtherFlow,
    /// Re-exports, re-imports and other flows that imports or exports hold already.
    Reexport,
    /// A row without a value.
    MissingValue,
}

impl LeftOut {
    /// All reasons.
    pub const ALL: [Self; 9] = [
        Self::SelfTrade,
        Self::ZeroValue,
        Self::UnknownCountry,
        Self::Aggregate,
        Self::ProductSum,
        Self::PartOfTotal,
        Self::OtherFlow,
        Self::Reexport,
        Self::MissingValue,
    ];

    /// Name in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::SelfTrade => "self_trade",
            Self::ZeroValue => "zero_value",
            Self::UnknownCountry => "unknown_country",
            Self::Aggregate => "aggregate",
            Self::ProductSum => "product_sum",
            Self::PartOfTotal => "part_of_total",
            Self::OtherFlow => "other_flow",
            Self::Reexport => "reexport",
            Self::MissingValue => "missing_value",
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SelfTrade => "trade of a country with itself",
            Self::ZeroValue => "value of zero",
            Self::UnknownCountry => "unknown country code",
            Self::Aggregate => "the world, a group of countries, or trade given to none",
            Self::ProductSum => "a sum over products (chapter, heading or total)",
            Self::PartOfTotal => {
                "a part of a total that has its own row (second partner, customs procedure, transport)"
            }
            Self::OtherFlow => "the direction of trade that data.flow does not choose",
            Self::Reexport => "re-exports, re-imports and other parts of imports or exports",
            Self::MissingValue => "no value",
        })
    }
}

/// Rows left out for one reason, and the trade they stood for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Dropped {
    /// Number of rows.
    pub rows: u64,
    /// Their value.
    pub value: ThousandUsd,
}

/// What happened to every row of an input.
///
/// `rows_read + added_by_conversion = rows_kept + duplicates + Σ dropped`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IngestAccount {
    /// Data rows in the files.
    pub rows_read: u64,
    /// Flows in the store.
    pub rows_kept: u64,
    /// Their value.
    pub value_kept: ThousandUsd,
    /// Rows added to another row of the same year, exporter, importer and product.
    pub duplicates: u64,
    /// The value of those rows.
    pub duplicates_value: ThousandUsd,
    /// Rows of a former state, counted under its successor.
    pub former_states: u64,
    /// Rows of national tariff lines of eight or ten digits, counted under their first six.
    pub national_lines: u64,
    /// Kept rows without a quantity.
    pub quantity_missing: u64,
    /// Product codes to which a lost leading zero was restored.
    pub padded_codes: u64,
    /// Rows that a conversion of editions added, by splitting rows over several codes: the parts beyond the first of each.
    pub added_by_conversion: u64,
    /// Rows left out, by reason.
    pub dropped: BTreeMap<LeftOut, Dropped>,
}

impl IngestAccount {
    /// Counts one row as left out.
    pub fn drop_row(&mut self, reason: LeftOut, value: f64) {
        let entry = self.dropped.entry(reason).or_default();
        entry.rows += 1;
        entry.value += ThousandUsd::new(value);
    }

    /// Adds the account of another part of the input.
    pub fn merge(&mut self, other: &Self) {
        self.rows_read += other.rows_read;
        self.rows_kept += other.rows_kept;
        self.value_kept += other.value_kept;
        self.duplicates += other.duplicates;
        self.duplicates_value += other.duplicates_value;
        self.national_lines += other.national_lines;
        self.former_states += other.former_states;
        self.quantity_missing += other.quantity_missing;
        self.padded_codes += other.padded_codes;
        self.added_by_conversion += other.added_by_conversion;
        for (&reason, dropped) in &other.dropped {
            let entry = self.dropped.entry(reason).or_default();
            entry.rows += dropped.rows;
            entry.value += dropped.value;
        }
    }

    /// Rows left out, over all reasons.
    pub fn dropped_rows(&self) -> u64 {
        self.dropped.values().map(|d| d.rows).sum()
    }

    /// Whether every row that was read is accounted for.
    pub fn balances(&self) -> bool {
        self.rows_read + self.added_by_conversion == self.rows_kept + self.duplicates + self.dropped_rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        let mut one = IngestAccount { rows_read: 3, rows_kept: 1, duplicates: 1, ..Default::default() };
        one.drop_row(LeftOut::SelfTrade, 7.0);
        let mut two = one.clone();
        two.merge(&one);
        assert!(one.balances() && two.balances());
        assert_eq!(two.dropped[&LeftOut::SelfTrade], Dropped { rows: 2, value: ThousandUsd::new(14.0) });
        two.rows_read += 1;
        assert!(!two.balances());
    }
}
