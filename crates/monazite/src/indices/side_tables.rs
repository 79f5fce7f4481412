//! What indices take from tables beside the trade, by position of the country.

use std::collections::BTreeMap;

use crate::nomenclature::Hs6;

/// A number by product, country and year, each of which a row of the table may leave open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Factors {
    rows: BTreeMap<FactorKey, f64>,
}

/// What a row is about; `None` for all.
pub type FactorKey = (Option<Hs6>, Option<u16>, Option<u16>);

impl Factors {
    /// From rows of product, position of the country, year and number.
    pub fn new(rows: impl IntoIterator<Item = (FactorKey, f64)>) -> Self {
        Self { rows: rows.into_iter().collect() }
    }

    /// The number for a product, country and year: the row that says most of it, the product before the country before the year. `None` if no row is
    /// about it.
    ///
    /// ```
    /// use monazite::indices::Factors;
    /// let ore: monazite::nomenclature::Hs6 = "261100".parse()?;
    /// let of = Factors::new([((None, Some(3), None), 1.1), ((Some(ore), None, None), 0.9), ((Some(ore), None, Some(2020)), 0.8)]);
    /// assert_eq!(of.of(ore, 3, 2020), Some(0.8));
    /// assert_eq!(of.of(ore, 3, 2021), Some(0.9));
    /// assert_eq!(of.of("260500".parse()?, 3, 2020), Some(1.1));
    /// assert_eq!(of.of("260500".parse()?, 4, 2020), None);
    /// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
    /// ```
    pub fn of(&self, product: Hs6, country: u16, year: u16) -> Option<f64> {
        let (p, c, y) = (Some(product), Some(country), Some(year));
        let keys = [
            (p, c, y),
            (p, c, None),
            (p, None, y),
            (p, None, None),
            (None, c, y),
            (None, c, None),
            (None, None, y),
            (None, None, None),
        ];
        keys.iter().find_map(|key| self.rows.get(key)).copied()
    }
}

/// Production by product and year, and by position of the country.
pub type ProductionByCountry = BTreeMap<(Hs6, u16), Vec<Option<f64>>>;

/// The tables of a study behind its indices; what is not given is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IndexTables {
    /// Production by product and year, and by position of the country, in the unit of the trade.
    pub production: Option<ProductionByCountry>,
    /// EoL-RIR, 0 to 1.
    pub recycling: Option<Factors>,
    /// SI, 0 to 1.
    pub substitution: Option<Factors>,
    /// t of suppliers; 1 where no row is about one.
    pub trade_factor: Option<Factors>,
    /// Disruption potential of importers, 0 to 1.
    pub disruption_potential: Option<Factors>,
    /// Economic vulnerability of importers, 0 to 1.
    pub economic_vulnerability: Option<Factors>,
}

impl IndexTables {
    /// Production of a product in a year by country; `None` if the table says nothing of it.
    pub(super) fn production_of(&self, product: Hs6, year: u16) -> Option<&[Option<f64>]> {
        self.production.as_ref()?.get(&(product, year)).map(Vec::as_slice)
    }
}
