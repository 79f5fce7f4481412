//! What is known of a product by year: trade, mean STR in both readings with bands, what moved it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::rounded::Rounded;
use crate::indicators::Column;
use crate::report::areas;
use crate::run::{RunError, RunView, TrendYear};

/// Digits of the numbers.
const DIGITS: usize = 5;

/// One number a year.
type ByYear = Vec<Rounded>;

/// What is known of a product, by year.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct ProductYears {
    trade: ByYear,
    importers: ByYear,
    exporters: ByYear,
    ending_share: ByYear,
    imputed_share: ByYear,
    clamped: Vec<Option<bool>>,
    str: ByYear,
    str_p05: ByYear,
    str_p95: ByYear,
    str_mass_balance: ByYear,
    str_mass_balance_p05: ByYear,
    str_mass_balance_p95: ByYear,
    change_network: ByYear,
    change_stability: ByYear,
    change_importers: ByYear,
}

/// Mean STR of a product in both readings, by year.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct Means {
    str: ByYear,
    str_mass_balance: ByYear,
}

/// The bands of [`Means`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct MeanBands {
    str_p05: ByYear,
    str_p95: ByYear,
    str_mass_balance_p05: ByYear,
    str_mass_balance_p95: ByYear,
}

impl ProductYears {
    /// What maps and networks are coloured by.
    pub(super) fn means(&self) -> Means {
        Means { str: self.str.clone(), str_mass_balance: self.str_mass_balance.clone() }
    }

    /// What stands around the lines of [`Self::means`].
    pub(super) fn bands(&self) -> MeanBands {
        MeanBands {
            str_p05: self.str_p05.clone(),
            str_p95: self.str_p95.clone(),
            str_mass_balance_p05: self.str_mass_balance_p05.clone(),
            str_mass_balance_p95: self.str_mass_balance_p95.clone(),
        }
    }

    /// By place of the year: the shares of trade with imputed stability above a limit.
    pub(super) fn imputed_above(&self, limit: f64) -> impl Iterator<Item = (usize, &Rounded)> {
        let shares = self.imputed_share.iter().enumerate();
        shares.filter(move |(_, share)| share.get().is_some_and(|share| share > limit))
    }

    /// Places of the years in which the network had to be clamped.
    pub(super) fn clamped_in(&self) -> impl Iterator<Item = usize> {
        let clamped = self.clamped.iter().enumerate();
        clamped.filter(|(_, clamped)| **clamped == Some(true)).map(|(year, _)| year)
    }
}

/// Counts of a product-year, from `product_years.csv`.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    importers: Option<f64>,
    exporters: Option<f64>,
    clamped: Option<bool>,
}

/// By code of the product: what is known of it by year.
pub(super) fn product_years(view: &RunView<'_>) -> Result<BTreeMap<String, ProductYears>, RunError> {
    let counts = counts(view)?;
    let years = &view.panel.years;
    let mut found = BTreeMap::new();
    for (at, product) in view.panel.products.iter().enumerate() {
        let code = product.code.to_string();
        let numbers = |of: fn(&TrendYear) -> Option<f64>| -> ByYear {
            view.trends[at].iter().map(|year| Rounded::to(DIGITS, of(year))).collect()
        };
        let counted = |of: fn(&Counts) -> Option<f64>| -> ByYear {
            years.iter().map(|&year| counts.get(&(code.clone(), year)).and_then(of).into()).collect()
        };
        // Beside `str` of the run stand the bands of its own reading.
        let band = |column: Column, end: usize| -> ByYear {
            let area = areas::of_mean(view.bands, view.study, column, &code);
            years
                .iter()
                .map(|&year| Rounded::to(DIGITS, areas::in_year(&area, year).map(|ends| ends[end])))
                .collect()
        };
        found.insert(
            code.clone(),
            ProductYears {
                trade: numbers(|year| Some(year.trade)),
                importers: counted(|of| of.importers),
                exporters: counted(|of| of.exporters),
                ending_share: numbers(|year| year.ending_share),
                imputed_share: numbers(|year| year.imputed_share),
                clamped: years
                    .iter()
                    .map(|&year| counts.get(&(code.clone(), year)).and_then(|of| of.clamped))
                    .collect(),
                str: numbers(|year| year.str),
                str_p05: band(Column::Str, 0),
                str_p95: band(Column::Str, 1),
                str_mass_balance: numbers(|year| year.str_mass_balance),
                str_mass_balance_p05: band(Column::StrMassBalance, 0),
                str_mass_balance_p95: band(Column::StrMassBalance, 1),
                change_network: numbers(|year| year.parts.map(|parts| parts[0])),
                change_stability: numbers(|year| year.parts.map(|parts| parts[1])),
                change_importers: numbers(|year| year.parts.map(|parts| parts[2])),
            },
        );
    }
    Ok(found)
}

fn counts(view: &RunView<'_>) -> Result<BTreeMap<(String, u16), Counts>, RunError> {
    let Some(table) = view.run.table("product_years.csv")? else { return Ok(BTreeMap::new()) };
    let (product, year) = (table.require(&["product"])?, table.require(&["year"])?);
    let [importers, exporters, clamped] =
        ["importers", "exporters", "clamped"].map(|name| table.column(&[name]));
    let mut found = BTreeMap::new();
    for row in &table.rows {
        let number = |column: Option<usize>| column.and_then(|column| row.get(column).parse().ok());
        let counts = Counts {
            importers: number(importers),
            exporters: number(exporters),
            clamped: clamped.map(|column| !row.get(column).is_empty()),
        };
        found.insert((row.get(product).to_owned(), table.year(row, year)?), counts);
    }
    Ok(found)
}

/// The readings that the run has bands of, by their names in `bands.parquet`.
pub(super) fn readings_with_bands(view: &RunView<'_>) -> Vec<&'static str> {
    let Some(bands) = view.bands else { return Vec::new() };
    let there = |reading: &&str| {
        let codes = view.panel.products.iter().map(|product| product.code.to_string());
        codes.into_iter().any(|code| !bands.mean(&code, crate::run::WORLD, reading).is_empty())
    };
    let own = areas::reading_of(view.study, Column::Str);
    let mut names: Vec<&'static str> =
        [crate::run::FULL, crate::run::MASS_BALANCE].into_iter().chain(own).filter(there).collect();
    names.dedup();
    names
}
