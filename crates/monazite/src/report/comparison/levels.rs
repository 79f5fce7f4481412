//! By how much the indicators of two runs differ.

use serde::Serialize;

use super::coverage::Coverage;
use crate::indicators::Column;
use crate::run::{Run, RunError};

/// How the values of one indicator differ, over products, years and countries of both runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorDifference {
    /// Name of the column.
    pub indicator: String,
    /// Name for people.
    pub label: String,
    /// Cells that have a value in both runs.
    pub both: u64,
    /// Of these, cells whose values differ by more than the tolerance.
    pub differ: u64,
    /// Cells that have a value in the one or the other run only.
    pub only: [u64; 2],
    /// Mean of the values of both, in each run; `None` without any.
    pub mean: [Option<f64>; 2],
    /// Mean of the distances; `None` without any.
    pub mean_distance: Option<f64>,
    /// Where the values differ most.
    pub largest: Option<LargestDifference>,
}

/// The cell in which two runs differ most.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LargestDifference {
    /// Code of the product.
    pub product: String,
    /// The year.
    pub year: u16,
    /// Code of the country.
    pub country: String,
    /// The values.
    pub values: [f64; 2],
}

/// World trade and mean STR of a product in both runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductDifference {
    /// Code.
    pub product: String,
    /// Text; empty if there is none.
    pub description: String,
    /// The year.
    pub year: u16,
    /// World trade, thousand USD or tonnes.
    pub trade: [f64; 2],
    /// Mean STR of importers, weighted by imports.
    pub str_weighted: [Option<f64>; 2],
    /// The same under mass balance.
    pub str_mass_balance: [Option<f64>; 2],
}

/// Whether two values differ by more than the tolerance.
pub(super) fn differ(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() > tolerance * a.abs().max(b.abs()).max(1.0)
}

/// The indicators that both runs have.
pub(super) fn columns(pair: [&Run; 2]) -> Result<Vec<Column>, RunError> {
    let panels = [pair[0].panel()?, pair[1].panel()?];
    let has = |column: &Column| panels.iter().all(|panel| column.always_written() || panel.has(*column));
    Ok(Column::ALL.into_iter().filter(has).collect())
}

pub(super) fn indicators(
    pair: [&Run; 2],
    coverage: &Coverage,
    tolerance: f64,
) -> Result<Vec<IndicatorDifference>, RunError> {
    let panels = [pair[0].panel()?, pair[1].panel()?];
    let (products, years, countries) =
        (coverage.product_pairs(pair)?, coverage.year_pairs(pair)?, coverage.country_pairs(pair)?);
    let mut differences = Vec::new();
    for column in columns(pair)? {
        let mut found = IndicatorDifference {
            indicator: column.name().to_owned(),
            label: column.label().to_owned(),
            both: 0,
            differ: 0,
            only: [0, 0],
            mean: [None, None],
            mean_distance: None,
            largest: None,
        };
        let (mut sums, mut distances, mut most) = ([0.0; 2], 0.0, 0.0);
        for product in &products {
            for year in &years {
                for country in &countries {
                    let value = |run: usize| panels[run].value(column, product[run], year[run], country[run]);
                    match (value(0), value(1)) {
                        (None, None) => {}
                        (Some(_), None) => found.only[0] += 1,
                        (None, Some(_)) => found.only[1] += 1,
                        (Some(a), Some(b)) => {
                            found.both += 1;
                            sums = [sums[0] + a, sums[1] + b];
                            let distance = (a - b).abs();
                            distances += distance;
                            found.differ += u64::from(differ(a, b, tolerance));
                            if distance > most {
                                most = distance;
                                found.largest = Some(LargestDifference {
                                    product: panels[0].products[product[0]].code.to_string(),
                                    year: panels[0].years[year[0]],
                                    country: panels[0].countries[country[0]].code.clone(),
                                    values: [a, b],
                                });
                            }
                        }
                    }
                }
            }
        }
        if found.both > 0 {
            let mean = |sum: f64| Some(sum / found.both as f64);
            (found.mean, found.mean_distance) = (sums.map(mean), mean(distances));
        }
        differences.push(found);
    }
    Ok(differences)
}

pub(super) fn products(pair: [&Run; 2], coverage: &Coverage) -> Result<Vec<ProductDifference>, RunError> {
    let Some(year) = coverage.last_year_pair(pair)? else { return Ok(Vec::new()) };
    let panels = [pair[0].panel()?, pair[1].panel()?];
    let panel = panels[0];
    let trends = [pair[0].trends()?, pair[1].trends()?];
    let texts = pair[0].descriptions()?;
    let of = |product: &[usize; 2]| ProductDifference {
        product: panel.products[product[0]].code.to_string(),
        description: texts[product[0]].clone(),
        year: panel.years[year[0]],
        trade: [0, 1].map(|run: usize| trends[run][product[run]][year[run]].trade),
        str_weighted: [0, 1].map(|run: usize| trends[run][product[run]][year[run]].str),
        str_mass_balance: [0, 1].map(|run: usize| trends[run][product[run]][year[run]].str_mass_balance),
    };
    Ok(coverage.product_pairs(pair)?.iter().map(of).collect())
}
