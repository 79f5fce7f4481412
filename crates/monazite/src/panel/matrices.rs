//! The trade of a product, year by year, as the study adjusts it: what whoever computes further from the same matrices begins with.

use super::diagnostics::ProductYearRecord;
use super::product::{ProductRun, YearFlows};
use crate::indicators::import_content::{ContentMargins, ContentSources};
use crate::indicators::{ImportContent, import_content};
use crate::trade::TradeMatrix;

/// The trade of one product in one year.
#[derive(Debug, Clone)]
pub struct YearTrade<'a> {
    /// The matrix that the indicators are computed from.
    pub matrix: TradeMatrix,
    /// Imports by country as the panel shows them: by value, whatever the matrix holds.
    pub imports: Vec<f64>,
    /// Exports by country, likewise.
    pub exports: Vec<f64>,
    production: Option<&'a [Option<f64>]>,
    untraced: Option<[Vec<f64>; 2]>,
    traced: Vec<bool>,
}

impl YearTrade<'_> {
    /// The import content of every country under a reading: from this matrix, or from another of the same year with the same production.
    /// Where re-exports are traced, the trade before tracing stands for both.
    pub fn content(&self, reading: ImportContent, matrix: &TradeMatrix) -> Vec<f64> {
        let sources = ContentSources {
            production: self.production,
            margins: self.untraced.as_ref().map(|[imports, exports]| ContentMargins {
                imports,
                exports,
                traced: &self.traced,
            }),
        };
        import_content(reading, matrix, sources)
    }
}

impl<'a> ProductRun<'a> {
    /// The trade of all years.
    pub fn trade(&self, years: &[YearFlows<'_>]) -> Vec<YearTrade<'a>> {
        let balanced = self.balanced_set(years);
        let world = self.world;
        let of_year = |(t, flows): (usize, &YearFlows<'_>)| {
            let mut matrix = TradeMatrix::default();
            let mut record = ProductYearRecord::default();
            let built = self.build(flows, t, balanced.as_deref(), &mut matrix, &mut record);
            let (imports, exports) = match built.by_value {
                Some(by_value) => (by_value.imports, by_value.exports),
                None => (matrix.imports().to_vec(), matrix.exports().to_vec()),
            };
            let key = (world.products[self.position as usize], world.years[t]);
            YearTrade {
                matrix,
                imports,
                exports,
                production: world.production.get(&key).map(Vec::as_slice),
                untraced: built.untraced,
                traced: world.reexport_share.iter().map(|share| *share > 0.0).collect(),
            }
        };
        years.iter().enumerate().map(of_year).collect()
    }
}
