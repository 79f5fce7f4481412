//! The table of the columns of indicators: one row an indicator, and everything else is made from it.
//!
//! The Parquet schema of `indicators.parquet`, the storage of the panel, what is read back, the variables of the regression, the
//! columns of groups, maps, pages and the documentation take names, labels, units, ranges and definitions from here. A new indicator
//! is its file, one row of this table and its page in `docs/methods`.

use super::largest_supplier_share::largest_supplier_share;
use super::product_year::ProductYear;
use super::wanted::Wanted;
use crate::columnar::Kind;
use crate::trade::TradeMatrix;

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

/// The values of a column in one product-year, by country.
#[derive(Debug, Clone, PartialEq)]
pub enum Series<'a> {
    /// Of a column that is never missing.
    Numbers(&'a [f64]),
    /// Of a column that may be missing.
    Optional(&'a [Option<f64>]),
    /// As before, computed when asked for.
    Computed(Vec<Option<f64>>),
    /// A product-year alone does not have it: the composite rests on all of them.
    Later,
}

impl Series<'_> {
    /// The value of a country; `None` if it is undefined.
    ///
    /// # Panics
    /// If there is no such country.
    pub fn at(&self, country: usize) -> Option<f64> {
        match self {
            Self::Numbers(values) => Some(values[country]),
            Self::Optional(values) => values[country],
            Self::Computed(values) => values[country],
            Self::Later => None,
        }
    }
}

/// Takes the values of a column from a trade matrix and what was computed from it.
type Taken = for<'a> fn(&'a TradeMatrix, &'a ProductYear) -> Series<'a>;

/// One row of the table.
struct Row {
    name: &'static str,
    label: &'static str,
    term: &'static str,
    heading: &'static str,
    /// As shown to a reader.
    decimals: u8,
    unit: &'static str,
    range: &'static str,
    definition: &'static str,
    page: &'static str,
    /// Empty for a column that is never missing.
    missing_when: &'static str,
    always_written: bool,
    logarithmic: bool,
    rests_on_str: bool,
    over_products: OverProducts,
    of_groups: OfGroups,
    values: Taken,
}

/// What holds for most columns.
const INDICATOR: Row = Row {
    name: "",
    label: "",
    term: "",
    heading: "",
    decimals: 2,
    unit: "",
    range: "",
    definition: "",
    page: "",
    missing_when: "the country does not trade the product",
    always_written: true,
    logarithmic: false,
    rests_on_str: false,
    over_products: OverProducts::MeanByImports,
    of_groups: OfGroups::LeftOut,
    values: |_, _| Series::Later,
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
        heading: "Imports",
        decimals: 0,
        unit: "thousand USD",
        range: "0 and above",
        missing_when: "",
        logarithmic: true,
        over_products: OverProducts::Sum,
        of_groups: OfGroups::Sum,
        values: |_, year| Series::Numbers(&year.imports),
    }
    /// Exports of the product.
    Exports {
        name: "exports",
        label: "Exports",
        term: "exports",
        heading: "Exports",
        decimals: 0,
        unit: "thousand USD",
        range: "0 and above",
        missing_when: "",
        logarithmic: true,
        over_products: OverProducts::Sum,
        of_groups: OfGroups::Sum,
        values: |_, year| Series::Numbers(&year.exports),
    }
    /// Imports over imports plus exports: 1 for a country that only buys, 0 for one that only sells.
    Exposure {
        name: "exposure",
        label: "Exposure",
        term: "exposure",
        heading: "Exposure",
        range: "0 to 1",
        page: "02-exposure.md",
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.exposure),
    }
    /// Sum of the squared import shares of the suppliers: 1 for a single supplier.
    Hhi {
        name: "hhi",
        label: "Concentration of suppliers (HHI)",
        term: "HHI",
        heading: "HHI",
        range: "0 to 1",
        page: "03-supplier-concentration.md",
        missing_when: "no imports",
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.hhi),
    }
    /// Systemic trade risk: political instability that arrives over all chains of suppliers; 1 means that none arrives.
    Str {
        name: "str",
        label: "Systemic trade risk (STR)",
        term: "STR",
        heading: "STR",
        range: "1 and above; 0 and above with identity = \"excess\"",
        page: "04-systemic-trade-risk.md",
        rests_on_str: true,
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.risk.str),
    }
    /// Systemic trade risk that the country, as a supplier, passes on to all others.
    Influence {
        name: "influence",
        label: "Influence",
        term: "influence",
        heading: "Influence",
        unit: "summed STR of others",
        range: "0 and above",
        page: "05-influence.md",
        missing_when: "the country does not trade the product; as a share also where no other country carries any risk",
        over_products: OverProducts::MeanByExports,
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.influence),
    }
    /// Share in world exports of the product over share in world exports of everything; above 1 a comparative strength.
    Rca {
        name: "rca",
        label: "Revealed comparative advantage (RCA)",
        term: "RCA",
        heading: "RCA",
        decimals: 1,
        range: "0 and above",
        page: "08-comparative-advantage.md",
        missing_when: "total exports of the country or the world, or world exports of the product, are 0 or not known",
        logarithmic: true,
        over_products: OverProducts::MeanByExports,
        of_groups: OfGroups::FromSums,
        values: |_, year| Series::Optional(&year.rca),
    }
    /// First principal component of exposure, HHI and STR over all rows; high means dependent.
    Pc1 {
        name: "pc1",
        label: "Composite of exposure, HHI and STR",
        term: "PC1",
        heading: "PC1",
        decimals: 1,
        unit: "standard deviations",
        range: "any number",
        page: "10-composite.md",
        missing_when: "exposure, HHI or STR is missing, or no composite could be fitted",
        rests_on_str: true,
        of_groups: OfGroups::MeanByExports,
        values: |_, _| Series::Later,
    }
    /// HHI freed from the number of suppliers n, (HHI - 1/n) / (1 - 1/n).
    HhiNormalised {
        name: "hhi_normalised",
        label: "Normalised HHI",
        term: "normalised HHI",
        heading: "normalised",
        range: "0 to 1",
        page: "03-supplier-concentration.md",
        missing_when: "fewer than two suppliers",
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.hhi_normalised),
    }
    /// Part of STR - 1 that comes from the instability of the suppliers themselves.
    StrDirect {
        name: "str_direct",
        label: "Direct part of STR − 1",
        term: "direct STR",
        heading: "direct",
        range: "0 to 1",
        page: "04-systemic-trade-risk.md",
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.risk.direct),
    }
    /// Part of STR - 1 that comes from the suppliers' suppliers and beyond.
    StrIndirect {
        name: "str_indirect",
        label: "Indirect part of STR − 1",
        term: "indirect STR",
        heading: "indirect",
        range: "0 and above",
        page: "04-systemic-trade-risk.md",
        rests_on_str: true,
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.risk.indirect),
    }
    /// Share of imports from suppliers whose political stability is imputed.
    ImputedShare {
        name: "imputed_share",
        label: "Share of imports with imputed stability",
        term: "imputed share",
        heading: "imputed",
        range: "0 to 1",
        page: "01-data.md",
        missing_when: "no imports",
        values: |_, year| Series::Optional(&year.imputed_share),
    }
    /// Import reliance times STR; written only if the study sets `indicators.trade_risk`.
    TradeRisk {
        name: "trade_risk",
        label: "Import reliance times STR",
        term: "trade risk",
        heading: "Trade risk",
        range: "0 and above",
        page: "04-systemic-trade-risk.md",
        missing_when: "no imports",
        always_written: false,
        rests_on_str: true,
        values: |_, year| Series::Optional(&year.trade_risk),
    }
    /// Largest share of one supplier in the imports of the product.
    LargestSupplierShare {
        name: "largest_supplier_share",
        label: "Largest supplier share",
        term: "largest supplier share",
        heading: "Largest supplier",
        range: "0 to 1",
        page: "20-largest-supplier-share.md",
        missing_when: "no imports",
        values: |trade, year| {
            Series::Computed(largest_supplier_share(trade.countries(), &year.main_suppliers))
        },
    }
    /// Systemic trade risk if no country passes on more of what it bought than can be in what it sells; the same direct part as STR.
    StrMassBalance {
        name: "str_mass_balance",
        label: "Mass-balanced systemic trade risk",
        term: "mass-balanced STR",
        heading: "STR, mass balance",
        range: "1 and above; 0 and above with identity = \"excess\"",
        page: "21-mass-balance.md",
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.mass_balance.str),
    }
    /// Influence under mass balance: what a country passes on to all others, of its own instability and of what can be in its exports.
    InfluenceMassBalance {
        name: "influence_mass_balance",
        label: "Influence, mass-balanced",
        term: "mass-balanced influence",
        heading: "Influence, mass balance",
        unit: "summed STR of others",
        range: "0 and above",
        page: "21-mass-balance.md",
        missing_when: "the country does not trade the product; as a share also where no other country carries any risk",
        over_products: OverProducts::MeanByExports,
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.mass_balance.influence),
    }
    /// Most of what a country sells that can be what it bought, min(1, imports/exports); 0 for one that sells only its own.
    ImportContent {
        name: "import_content",
        label: "Import content of exports",
        term: "import content",
        heading: "Import content",
        range: "0 to 1",
        page: "21-mass-balance.md",
        missing_when: "no exports",
        over_products: OverProducts::MeanByExports,
        of_groups: OfGroups::MeanByExports,
        values: |_, year| Series::Optional(&year.mass_balance.import_content),
    }
    /// Systemic trade risk of the paper, in which every importer passes on everything that it buys; written only where STR has another import content.
    StrFull {
        name: "str_full",
        label: "Systemic trade risk, full import content",
        term: "full STR",
        heading: "STR, full",
        range: "1 and above; 0 and above with identity = \"excess\"",
        page: "04-systemic-trade-risk.md",
        always_written: false,
        rests_on_str: true,
        values: |_, year| Series::Optional(&year.str_full),
    }
}

impl Column {
    const fn row(self) -> &'static Row {
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

    /// What of a product-year has to be computed for it.
    pub const fn needs(self) -> Wanted {
        let least = Wanted::LEAST;
        match self {
            Self::Imports | Self::Exports | Self::Exposure | Self::Hhi | Self::HhiNormalised => least,
            Self::Rca | Self::ImputedShare | Self::Pc1 => least,
            Self::Str | Self::StrDirect | Self::StrIndirect | Self::TradeRisk | Self::StrFull => {
                Wanted { risk: true, ..least }
            }
            Self::Influence => Wanted { influence: true, ..least },
            Self::LargestSupplierShare => Wanted { main_suppliers: true, ..least },
            Self::StrMassBalance | Self::InfluenceMassBalance | Self::ImportContent => {
                Wanted { mass_balance: true, ..least }
            }
        }
    }

    /// Whether political stability is behind it.
    pub const fn rests_on_stability(self) -> bool {
        !matches!(
            self,
            Self::Imports
                | Self::Exports
                | Self::Exposure
                | Self::Hhi
                | Self::HhiNormalised
                | Self::Rca
                | Self::LargestSupplierShare
                | Self::ImportContent
        )
    }

    /// Name in the file.
    pub const fn name(self) -> &'static str {
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

    /// Shortest name for people, above a column of a table, where the columns beside it say the rest: "STR", "direct".
    pub fn heading(self) -> &'static str {
        self.row().heading
    }

    /// Decimals that a table shows to a reader.
    pub fn decimals(self) -> u8 {
        self.row().decimals
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

    /// The page of `docs/methods` with its formula; empty for plain trade.
    pub fn page(self) -> &'static str {
        self.row().page
    }

    /// Whether a row can be without a value.
    pub fn may_be_missing(self) -> bool {
        !self.missing_when().is_empty()
    }

    /// When a row has no value, in words; empty if it always has one. All indicators are also missing where imports and exports together
    /// are below `trade.min_trade` of the study.
    pub fn missing_when(self) -> &'static str {
        self.row().missing_when
    }

    /// Whether every run has it; if not, only those whose study asks for it.
    pub fn always_written(self) -> bool {
        self.row().always_written
    }

    /// Whether it spreads over orders of magnitude and is best shown on a logarithmic scale.
    pub fn logarithmic(self) -> bool {
        self.row().logarithmic
    }

    /// Whether it rises with STR where a trickle of imports closes a loop; see [`crate::indicators::trickle`].
    pub fn rests_on_str(self) -> bool {
        self.row().rests_on_str
    }

    /// How it is put together over several products of a country.
    pub fn over_products(self) -> OverProducts {
        self.row().over_products
    }

    /// How a group of countries has it.
    pub fn of_groups(self) -> OfGroups {
        self.row().of_groups
    }

    /// Its values in a product-year, by country.
    pub fn values<'a>(self, trade: &'a TradeMatrix, year: &'a ProductYear) -> Series<'a> {
        (self.row().values)(trade, year)
    }

    /// Its kind in a Parquet file.
    pub fn kind(self) -> Kind {
        if self.may_be_missing() { Kind::OptionalNumber } else { Kind::Number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::product_year::{ProductYearOptions, Workspace, product_year};

    #[test]
    fn every_row_is_complete_and_found_by_its_name() {
        for column in Column::ALL {
            assert_eq!(Column::of_name(column.name()), Some(column));
            let texts =
                [column.label(), column.term(), column.heading(), column.range(), column.definition()];
            for text in texts {
                assert!(!text.is_empty() && text.trim() == text, "{column:?}");
            }
            assert!(column.definition().ends_with(['.', '`']), "{column:?}: a definition is a sentence");
        }
    }

    #[test]
    fn every_column_but_the_composite_comes_from_a_product_year() {
        let trade = TradeMatrix::from_dense(&[&[0.0, 60.0], &[10.0, 0.0]]);
        let options = ProductYearOptions::default();
        let year = product_year(&trade, &[0.5, 0.25], &options, &mut Workspace::default()).unwrap();
        for column in Column::ALL {
            match column.values(&trade, &year) {
                Series::Later => assert_eq!(column, Column::Pc1),
                Series::Numbers(values) => assert!(values.len() == 2 && !column.may_be_missing()),
                Series::Optional(values) => assert!(values.len() == 2 && column.may_be_missing()),
                Series::Computed(values) => assert!(values.len() == 2 && column.may_be_missing()),
            }
        }
        assert_eq!(Column::Imports.values(&trade, &year).at(0), Some(10.0));
    }

    #[test]
    fn names_and_labels_are_told_apart() {
        for of in [Column::name, Column::label, Column::term, Column::heading] {
            let mut all = Column::ALL.map(of);
            all.sort_unstable();
            assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
        }
    }
}
