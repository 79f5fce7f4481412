//! The yearly indicators that a regression starts from, and their means over a window.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::indicators::Column;
use crate::indicators::comparative_advantage::is_strength;
use crate::nomenclature::Hs6;
use crate::nomenclature::YearRange;
use crate::run_folder::StoredPanel;
use crate::threads::within;

/// A product of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelProduct {
    /// The code.
    pub code: Hs6,
    /// Its tier; `None` if it is not in the chain.
    pub tier: Option<u8>,
    /// Positions of its direct inputs.
    pub inputs: Vec<usize>,
}

/// A country of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelCountry {
    /// iso3, or the code of a group.
    pub code: String,
    /// Whether it is a group that stands in the panel beside its members. Countries merged into one before anything was
    /// computed are not: their members are gone.
    pub beside_members: bool,
    /// Its cluster in the typology; `None` if it has none.
    pub cluster: Option<i32>,
}

/// Yearly indicators by product, year and country.
#[derive(Debug, Clone)]
pub struct YearlyPanel {
    /// The years, ascending.
    pub years: Vec<u16>,
    /// The products, ascending.
    pub products: Vec<PanelProduct>,
    /// The countries, by code.
    pub countries: Vec<PanelCountry>,
    /// By country: positions of the direct inputs of the products in which it has comparative strength.
    pub country_inputs: Vec<Vec<usize>>,
    /// Whether the clusters come from a typology; if not, no country has one.
    pub has_clusters: bool,
    columns: BTreeMap<Column, Vec<f64>>,
    /// Mean RCA over the years of the study, by product and country, NaN where there is none.
    mean_rca: Vec<f64>,
}

impl YearlyPanel {
    /// From the axes and columns over (product, year, country), country innermost, NaN where missing.
    ///
    /// # Panics
    /// If a column or the strengths have another length than the axes say.
    pub fn new(
        years: Vec<u16>,
        products: Vec<PanelProduct>,
        countries: Vec<PanelCountry>,
        columns: BTreeMap<Column, Vec<f64>>,
        mean_rca: Vec<f64>,
    ) -> Self {
        let cells = years.len() * products.len() * countries.len();
        assert!(columns.values().all(|c| c.len() == cells), "a column over products, years and countries");
        assert_eq!(
            mean_rca.len(),
            products.len() * countries.len(),
            "a mean RCA for each product and country"
        );
        let mut panel = Self {
            years,
            products,
            countries,
            country_inputs: Vec::new(),
            has_clusters: false,
            columns,
            mean_rca,
        };
        panel.has_clusters = panel.countries.iter().any(|c| c.cluster.is_some());
        panel.country_inputs = (0..panel.countries.len())
            .map(|c| {
                let mut inputs: Vec<usize> = (0..panel.products.len())
                    .filter(|&p| panel.is_strength(p, c))
                    .flat_map(|p| panel.products[p].inputs.iter().copied())
                    .collect();
                inputs.sort_unstable();
                inputs.dedup();
                inputs
            })
            .collect();
        panel
    }

    /// From a run folder that has been read back, with the clusters of its typology by country.
    pub fn from_stored(stored: &StoredPanel, columns: &[Column], clusters: &BTreeMap<String, i32>) -> Self {
        let products = stored
            .products
            .iter()
            .map(|p| PanelProduct { code: p.code, tier: p.tier, inputs: p.inputs.clone() })
            .collect();
        let countries: Vec<PanelCountry> = stored
            .countries
            .iter()
            .map(|c| PanelCountry {
                code: c.code.clone(),
                beside_members: false,
                cluster: clusters.get(&c.code).copied(),
            })
            .collect();
        let mut mean_rca = Vec::with_capacity(stored.products.len() * countries.len());
        for product in 0..stored.products.len() {
            mean_rca.extend((0..countries.len()).map(|c| stored.mean_rca(product, c).unwrap_or(f64::NAN)));
        }
        Self::new(
            stored.years.clone(),
            products,
            countries,
            columns
                .iter()
                .map(|&c| {
                    let read = stored.has(c);
                    (c, if read { stored.column(c).to_vec() } else { vec![f64::NAN; stored.cells()] })
                })
                .collect(),
            mean_rca,
        )
    }

    /// Number of country-products.
    pub fn pairs(&self) -> usize {
        self.products.len() * self.countries.len()
    }

    /// Whether a country has comparative strength in a product.
    pub fn is_strength(&self, product: usize, country: usize) -> bool {
        let mean = self.mean_rca[product * self.countries.len() + country];
        is_strength((!mean.is_nan()).then_some(mean))
    }

    /// The columns it has.
    pub fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        self.columns.keys().copied()
    }

    /// Puts another column in the place of one: for the same regression on a variant of an indicator.
    ///
    /// # Panics
    /// If the panel does not have the other column.
    pub fn replace(&mut self, column: Column, by: Column) {
        let values = self.columns[&by].clone();
        self.columns.insert(column, values);
    }

    /// Positions of the years of a window; `None` if one of them is missing.
    pub fn years_of(&self, window: YearRange) -> Option<Vec<usize>> {
        (window.first..=window.last).map(|year| self.years.binary_search(&year).ok()).collect()
    }

    /// Means of all columns over a window.
    ///
    /// The mean of a country-product is the unweighted mean of the yearly values that are present; NaN if they are fewer than
    /// half of the years. The weights of input products are imports plus exports, summed over the window.
    pub fn means(&self, years: &[usize]) -> WindowMeans {
        let columns: Vec<Column> = self.columns.keys().copied().collect();
        let mean = |column: &Column| self.mean(&self.columns[column], years);
        let means: Vec<Vec<f64>> = within(|| columns.par_iter().map(mean).collect());
        let mut trade = vec![0.0; self.pairs()];
        for column in [Column::Imports, Column::Exports] {
            if let Some(values) = self.columns.get(&column) {
                self.each_year(values, years, |pair, value| {
                    if !value.is_nan() {
                        trade[pair] += value;
                    }
                });
            }
        }
        WindowMeans { columns: columns.into_iter().zip(means).collect(), trade }
    }

    fn mean(&self, values: &[f64], years: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; self.pairs()];
        let mut present = vec![0u16; self.pairs()];
        self.each_year(values, years, |pair, value| {
            let there = !value.is_nan();
            sums[pair] += if there { value } else { 0.0 };
            present[pair] += u16::from(there);
        });
        for (sum, present) in sums.iter_mut().zip(present) {
            let enough = usize::from(present) * 2 >= years.len() && present > 0;
            *sum = if enough { *sum / f64::from(present) } else { f64::NAN };
        }
        sums
    }

    fn each_year(&self, values: &[f64], years: &[usize], mut take: impl FnMut(usize, f64)) {
        let countries = self.countries.len();
        for product in 0..self.products.len() {
            for &year in years {
                let from = (product * self.years.len() + year) * countries;
                for (country, &value) in values[from..from + countries].iter().enumerate() {
                    take(product * countries + country, value);
                }
            }
        }
    }
}

/// Means over one window, by product and country.
#[derive(Debug, Clone)]
pub struct WindowMeans {
    pub(super) columns: BTreeMap<Column, Vec<f64>>,
    /// Imports plus exports over the window, thousand USD.
    pub(super) trade: Vec<f64>,
}

impl WindowMeans {
    /// The means of a column, NaN where there are too few years.
    ///
    /// # Panics
    /// If the panel does not have the column.
    pub fn of(&self, column: Column) -> &[f64] {
        &self.columns[&column]
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One product, one country, four years of a column.
    fn line(values: [f64; 4]) -> YearlyPanel {
        YearlyPanel::new(
            vec![2007, 2008, 2009, 2010],
            vec![PanelProduct { code: "284690".parse().unwrap(), tier: Some(0), inputs: vec![] }],
            vec![PanelCountry { code: "CHN".to_owned(), beside_members: false, cluster: None }],
            [(Column::Str, values.to_vec())].into(),
            vec![1.5],
        )
    }

    #[test]
    fn a_mean_needs_half_of_the_years() {
        let mean = |values: [f64; 4]| line(values).means(&[0, 1, 2, 3]).of(Column::Str)[0];
        assert_eq!(mean([1.0, 2.0, 3.0, 6.0]), 3.0);
        assert_eq!(mean([1.0, f64::NAN, f64::NAN, 2.0]), 1.5);
        assert!(mean([1.0, f64::NAN, f64::NAN, f64::NAN]).is_nan());
        let three = line([f64::NAN, 4.0, f64::NAN, 6.0]).means(&[1, 2, 3]);
        assert_eq!(three.of(Column::Str)[0], 5.0, "two of three are more than half");
    }

    #[test]
    fn windows_are_found_or_not() {
        let panel = line([1.0; 4]);
        assert_eq!(panel.years_of(YearRange { first: 2008, last: 2009 }), Some(vec![1, 2]));
        assert_eq!(panel.years_of(YearRange { first: 2009, last: 2011 }), None);
        assert!(panel.is_strength(0, 0));
    }
}
