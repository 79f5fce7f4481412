//! Importers that change places.

use std::collections::BTreeMap;

use serde::Serialize;

use super::coverage::Coverage;
use crate::indicators::{Column, RiskReading};
use crate::report::brief::BriefError;
use crate::report::ranking::{Ranking, RankingRequest};
use crate::run::Run;

/// An importer of a product that has another place by STR in one run than in the other, in one reading or the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankChange {
    /// Code of the product.
    pub product: String,
    /// The year.
    pub year: u16,
    /// Code of the importer.
    pub country: String,
    /// Its name.
    pub name: String,
    /// Its places, among importers with at least a thousandth of world imports in both runs.
    pub ranks: [usize; 2],
    /// Its STR in that reading.
    pub values: [f64; 2],
    /// The reading: `mass_balance` or `str`.
    pub reading: &'static str,
}

impl RankChange {
    /// How many places it moves.
    pub fn places(&self) -> usize {
        self.ranks[0].abs_diff(self.ranks[1])
    }
}

/// Places of importers that both runs rank; those in one of them only are no change of place.
pub(super) fn changes(pair: [&Run; 2], coverage: &Coverage) -> Result<Vec<RankChange>, BriefError> {
    let Some(year) = coverage.last_year() else { return Ok(Vec::new()) };
    let mut changes = Vec::new();
    let asked = coverage.products.both.iter().flat_map(|p| RiskReading::ALL.map(|reading| (p, reading)));
    for (product, reading) in asked {
        let request = RankingRequest {
            indicator: reading.column(Column::Str).name().to_owned(),
            product: Some(product.clone()),
            year: Some(year),
            ..RankingRequest::default()
        };
        let rankings = [Ranking::of(pair[0], &request)?, Ranking::of(pair[1], &request)?];
        let codes = rankings.each_ref().map(|r| r.rows.iter().map(|r| r.code.as_str()).collect::<Vec<_>>());
        let place = |run: usize, other: usize| -> BTreeMap<&str, (usize, f64)> {
            let rows = rankings[run].rows.iter().filter(|row| codes[other].contains(&row.code.as_str()));
            rows.enumerate().map(|(at, row)| (row.code.as_str(), (at + 1, row.value))).collect()
        };
        let places = [place(0, 1), place(1, 0)];
        for row in &rankings[0].rows {
            let of = |run: usize| places[run].get(row.code.as_str()).copied();
            if let (Some(a), Some(b)) = (of(0), of(1))
                && a.0 != b.0
            {
                changes.push(RankChange {
                    product: product.clone(),
                    year,
                    country: row.code.clone(),
                    name: row.name.clone(),
                    ranks: [a.0, b.0],
                    values: [a.1, b.1],
                    reading: reading.name(),
                });
            }
        }
    }
    changes.sort_by(|a, b| {
        b.places()
            .cmp(&a.places())
            .then_with(|| (&a.product, &a.country, a.reading).cmp(&(&b.product, &b.country, b.reading)))
    });
    Ok(changes)
}
