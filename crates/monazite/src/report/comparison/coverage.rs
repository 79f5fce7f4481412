//! What both runs hold, and what one of them does.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::run::{Run, RunError};

/// Things that both runs have, and those that only the one or the other has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// In both.
    pub both: Vec<String>,
    /// In the one before only, and in the one after only.
    pub only: [Vec<String>; 2],
}

impl Shared {
    fn of(sets: [BTreeSet<String>; 2]) -> Self {
        let [a, b] = &sets;
        Self {
            both: a.intersection(b).cloned().collect(),
            only: [a.difference(b).cloned().collect(), b.difference(a).cloned().collect()],
        }
    }

    fn is_same(&self) -> bool {
        self.only.iter().all(Vec::is_empty)
    }
}

/// Products, countries and years.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Codes of products.
    pub products: Shared,
    /// Codes of countries and merged groups.
    pub countries: Shared,
    /// Years.
    pub years: Shared,
}

/// Positions in the panels of both runs.
pub(super) type Pairs = Vec<[usize; 2]>;

impl Coverage {
    pub(super) fn of(pair: [&Run; 2]) -> Result<Self, RunError> {
        let panels = [pair[0].panel()?, pair[1].panel()?];
        let products = panels.map(|p| p.products.iter().map(|p| p.code.to_string()).collect());
        let countries = panels.map(|p| p.countries.iter().map(|c| c.code.clone()).collect());
        let years = panels.map(|p| p.years.iter().map(ToString::to_string).collect());
        Ok(Self {
            products: Shared::of(products),
            countries: Shared::of(countries),
            years: Shared::of(years),
        })
    }

    /// Whether there is anything to compare.
    pub fn overlaps(&self) -> bool {
        ![&self.products, &self.countries, &self.years].iter().any(|s| s.both.is_empty())
    }

    /// Whether both hold the same.
    pub fn is_same(&self) -> bool {
        self.products.is_same() && self.countries.is_same() && self.years.is_same()
    }

    /// The last year of both.
    pub fn last_year(&self) -> Option<u16> {
        self.years.both.last().and_then(|year| year.parse().ok())
    }

    pub(super) fn product_pairs(&self, pair: [&Run; 2]) -> Result<Pairs, RunError> {
        let panels = [pair[0].panel()?, pair[1].panel()?];
        let places = |code: &String| {
            let code = code.parse().ok()?;
            Some([panels[0].product(code)?, panels[1].product(code)?])
        };
        Ok(self.products.both.iter().filter_map(places).collect())
    }

    pub(super) fn country_pairs(&self, pair: [&Run; 2]) -> Result<Pairs, RunError> {
        let panels = [pair[0].panel()?, pair[1].panel()?];
        let places = |code: &String| Some([panels[0].country(code)?, panels[1].country(code)?]);
        Ok(self.countries.both.iter().filter_map(places).collect())
    }

    pub(super) fn year_pairs(&self, pair: [&Run; 2]) -> Result<Pairs, RunError> {
        let panels = [pair[0].panel()?, pair[1].panel()?];
        let places = |year: &String| {
            let year = year.parse().ok()?;
            Some([panels[0].year(year)?, panels[1].year(year)?])
        };
        Ok(self.years.both.iter().filter_map(places).collect())
    }

    /// The positions of the last year of both.
    pub(super) fn last_year_pair(&self, pair: [&Run; 2]) -> Result<Option<[usize; 2]>, RunError> {
        Ok(self.year_pairs(pair)?.last().copied())
    }
}
