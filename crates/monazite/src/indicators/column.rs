//! The table of the columns of indicators: one row an indicator, and everything else is made from it.
//!
//! The Parquet schema of `indicators.parquet`, the storage of the panel, what is read back, the variables of the regression, the
//! columns of groups, maps, pages and the documentation take names, labels, units, ranges and definitions from here. A new indicator
//! is its file, one row of this table and its page in `docs/methods`.

use crate::columnar::Kind;

/// How a column is put together over several products of one country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverProducts {
    /// Added up.
    Sum,
    /// The mean, weighted by the country's imports of each product: what says something about a buyer.
    MeanByImports,
    /// The mean, weighted by the country's exports of each product: what says something about a seller.
    MeanByExports,
}

/// How a group of countries has a column; see [`crate::profile::GroupPanel`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfGroups {
    /// The sum over its members.
    Sum,
    /// The mean over its members, weighted by their exports of the product.
    MeanByExports,
    /// From the summed exports of its members.
    FromSums,
    /// Not computed for groups: `groups.parquet` does not have the column.
    LeftOut,
}

/// One row of the table.
struct Row {
    name: &'static str,
    label: &'static str,
    term: &'static str,
    unit: &'static str,
    range: &'static str,
    definition: &'static str,
    may_be_missing: bool,
    always_written: bool,
    logarithmic: bool,
    over_products: OverProducts,
    of_groups: OfGroups,
}

/// What holds for most columns.
const INDICATOR: Row = Row {
    name: "",
    label: "",
    term: "",
    unit: "",
    range: "",
    definition: "",
    may_be_missing: true,
    always_written: true,
    logarithmic: false,
    over_products: OverProducts::MeanByImports,
    of_groups: OfGroups::LeftOut,
};

/// Makes [`Column`] and its table. The doc comment of a row is its definition; fields that are left out are those of [`INDICATOR`].
macro_rules! columns {
    ($(#[doc = $definition:literal] $variant:ident { $($field:ident: $value:expr,)* })+) => {
        /// A number of `indicators.parquet`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column {
            $(#[doc = $definition] $variant,)+
        }

        impl Column {
            /// All of them, in the order of the file.
            pub const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];
        }

        static TABLE: [Row; Column::ALL.len()] =
            [$(Row { definition: $definition.trim_ascii(), $($field: $value,)* ..INDICATOR }),+];
    };
}

columns! {
    /// Imports of the product.
    Imports {
        name: "imports",
        label: "Imports",
        term: "imports",
        unit: "thousand USD",
        range: "0 and above",
        may_be_missing: false,
        logarithmic: true,
        over_products: OverProducts::Sum,
        of_groups: OfGroups::Sum,
    }
    /// Exports of the product.
    Exports {
        name: "exports",
        label: "Exports",
        term: "exports",
        unit: "thousand USD",
        range: "0 and above",
        may_be_missing: false,
        logarithmic: true,
        over_products: OverProducts::Sum,
        of_groups: OfGroups::Sum,
    }
    /// Imports over imports plus exports: 1 for a country that only buys, 0 for one that only sells.
    Exposure {
        name: "exposure",
        label: "Exposure",
        term: "exposure",
        range: "0 to 1",
        of_groups: OfGroups::MeanByExports,
    }
    /// Sum of the squared import shares of the suppliers: 1 for a single supplier; missing without imports.
    Hhi {
        name: "hhi",
        label: "Concentration of suppliers (HHI)",
        term: "HHI",
        range: "0 to 1",
        of_groups: OfGroups::MeanByExports,
    }
    /// Systemic trade risk: political instability that arrives over all chains of suppliers; 1 means that none arrives.
    Str {
        name: "str",
        label: "Systemic trade risk (STR)",
        term: "STR",
        range: "1 and above; 0 and above with identity = \"excess\"",
        of_groups: OfGroups::MeanByExports,
    }
    /// Systemic trade risk that the country, as a supplier, passes on to all others.
    Influence {
        name: "influence",
        label: "Influence",
        term: "influence",
        unit: "summed STR of others",
        range: "0 and above",
        over_products: OverProducts::MeanByExports,
        of_groups: OfGroups::MeanByExports,
    }
    /// Share in world exports of the product over share in world exports of everything; above 1 a comparative strength.
    Rca {
        name: "rca",
        label: "Revealed comparative advantage (RCA)",
        term: "RCA",
        range: "0 and above",
        logarithmic: true,
        over_products: OverProducts::MeanByExports,
        of_groups: OfGroups::FromSums,
    }
    /// First principal component of exposure, HHI and STR over all rows; high means dependent; missing where one of the three is.
    Pc1 {
        name: "pc1",
        label: "Composite of exposure, HHI and STR",
        term: "PC1",
        unit: "standard deviations",
        range: "any number",
        of_groups: OfGroups::MeanByExports,
    }
    /// HHI freed from the number of suppliers n, (HHI - 1/n) / (1 - 1/n); missing with fewer than two suppliers.
    HhiNormalised {
        name: "hhi_normalised",
        label: "Normalised HHI",
        term: "normalised HHI",
        range: "0 to 1",
        of_groups: OfGroups::MeanByExports,
    }
    /// Part of STR - 1 that comes from the instability of the suppliers themselves.
    StrDirect {
        name: "str_direct",
        label: "Direct part of STR − 1",
        term: "direct STR",
        range: "0 to 1",
        of_groups: OfGroups::MeanByExports,
    }
    /// Part of STR - 1 that comes from the suppliers' suppliers and beyond.
    StrIndirect {
        name: "str_indirect",
        label: "Indirect part of STR − 1",
        term: "indirect STR",
        range: "0 and above",
        of_groups: OfGroups::MeanByExports,
    }
    /// Share of imports from suppliers whose political stability is imputed; missing without imports.
    ImputedShare {
        name: "imputed_share",
        label: "Share of imports with imputed stability",
        term: "imputed share",
        range: "0 to 1",
    }
    /// Import reliance times STR; written only if the study sets `indicators.trade_risk`.
    TradeRisk {
        name: "trade_risk",
        label: "Import reliance times STR",
        term: "trade risk",
        range: "0 and above",
        always_written: false,
    }
}

impl Column {
    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The column of a name.
    ///
    /// ```
    /// use monazite::indicators::Column;
    /// assert_eq!(Column::of_name("str"), Some(Column::Str));
    /// assert_eq!(Column::of_name("strength"), None);
    /// ```
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// Name in the file.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Name for people, as a heading: "Systemic trade risk (STR)".
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Short name for people, inside a sentence or a table: "STR", "normalised HHI".
    pub fn term(self) -> &'static str {
        self.row().term
    }

    /// Unit; empty for a number without one.
    pub fn unit(self) -> &'static str {
        self.row().unit
    }

    /// The values it can take, in words.
    pub fn range(self) -> &'static str {
        self.row().range
    }

    /// What it is, in one sentence.
    pub fn definition(self) -> &'static str {
        self.row().definition
    }

    /// Whether a row can be without a value.
    pub fn may_be_missing(self) -> bool {
        self.row().may_be_missing
    }

    /// Whether every run has it; if not, only those whose study asks for it.
    pub fn always_written(self) -> bool {
        self.row().always_written
    }

    /// Whether it spreads over orders of magnitude and is best shown on a logarithmic scale.
    pub fn logarithmic(self) -> bool {
        self.row().logarithmic
    }

    /// How it is put together over several products of a country.
    pub fn over_products(self) -> OverProducts {
        self.row().over_products
    }

    /// How a group of countries has it.
    pub fn of_groups(self) -> OfGroups {
        self.row().of_groups
    }

    /// Its kind in a Parquet file.
    pub fn kind(self) -> Kind {
        if self.may_be_missing() { Kind::OptionalNumber } else { Kind::Number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_complete_and_found_by_its_name() {
        for column in Column::ALL {
            assert_eq!(Column::of_name(column.name()), Some(column));
            for text in [column.label(), column.term(), column.range(), column.definition()] {
                assert!(!text.is_empty() && text.trim() == text, "{column:?}");
            }
            assert!(column.definition().ends_with(['.', '`']), "{column:?}: a definition is a sentence");
        }
    }

    #[test]
    fn names_and_labels_are_told_apart() {
        for of in [Column::name, Column::label, Column::term] {
            let mut all = Column::ALL.map(of);
            all.sort_unstable();
            assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
        }
    }
}
