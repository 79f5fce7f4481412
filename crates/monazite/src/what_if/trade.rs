//! The trade of a run as matrices, with the import content of exports under three readings.

use std::collections::BTreeMap;

use super::error::WhatIfError;
use crate::indicators::Column;
use crate::indicators::import_content::ContentSources;
use crate::run::Run;
use crate::run_folder::manifest::ExtractRecord;
use crate::shock::ThreeContents;
use crate::study::TradeMeasure;
use crate::trade::TradeMatrix;

/// The trade of one product in one year.
#[derive(Debug, Clone)]
pub struct ProductTrade {
    /// Position of the product in the panel.
    pub product: usize,
    /// Suppliers by importers, over the countries of the panel, in the measure of the study.
    pub matrix: TradeMatrix,
    /// Import content of exports under the three readings.
    pub contents: ThreeContents,
}

/// The trade of a run, by year and product.
#[derive(Debug, Clone, Default)]
pub struct RunTrade {
    /// By position of the year: its products in ascending order.
    years: BTreeMap<usize, Vec<ProductTrade>>,
}

/// (importer, supplier, amount), as [`TradeMatrix::refill`] takes them.
type Triples = Vec<(u16, u16, f64)>;

impl RunTrade {
    /// Reads the trade of the wanted products and years (positions of the panel) of a run.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if the run holds no flows, or its trade is an extract of that of the world; [`WhatIfError::Run`] if a table
    /// is damaged.
    pub fn read(run: &Run, wanted: impl Fn(usize, usize) -> bool) -> Result<Self, WhatIfError> {
        if let Some(reason) = run.manifest().trade.extract.as_ref().map(ExtractRecord::reason) {
            return Err(WhatIfError::Question(format!(
                "{}: no what-if question can be answered: {reason}",
                run.name()
            )));
        }
        let by_weight = run.study().trade.measure == TradeMeasure::Quantity;
        let mut flows: BTreeMap<(usize, usize), Triples> = BTreeMap::new();
        let there = run.each_flow(|flow| {
            if !wanted(flow.product, flow.year) {
                return;
            }
            let amount = if by_weight { flow.quantity } else { Some(flow.value) };
            if let Some(amount) = amount {
                let triple = (flow.importer as u16, flow.exporter as u16, amount);
                flows.entry((flow.year, flow.product)).or_default().push(triple);
            }
        })?;
        if !there {
            return Err(WhatIfError::Question(format!(
                "{}: what-if questions are answered from flows.parquet, which this run does not hold; set output.flows = true in the study and run it again",
                run.name()
            )));
        }
        let countries = run.panel()?.countries.len();
        let mut found = Self::default();
        for ((year, product), mut triples) in flows {
            let mut matrix = TradeMatrix::default();
            matrix.refill(countries, &mut triples);
            let contents = contents(run, product, year, &matrix)?;
            found.years.entry(year).or_default().push(ProductTrade { product, matrix, contents });
        }
        Ok(found)
    }

    /// Positions of the years with trade, ascending.
    pub fn years(&self) -> impl Iterator<Item = usize> {
        self.years.keys().copied()
    }

    /// The products of a year with trade, ascending.
    pub fn products(&self, year: usize) -> &[ProductTrade] {
        self.years.get(&year).map_or(&[], Vec::as_slice)
    }

    /// That of one product in one year alone; `None` if there is none.
    pub fn only(&self, product: usize, year: usize) -> Option<Self> {
        let of = self.of(product, year)?.clone();
        Some(Self { years: BTreeMap::from([(year, vec![of])]) })
    }

    /// The trade of a product in a year; `None` if there is none.
    pub fn of(&self, product: usize, year: usize) -> Option<&ProductTrade> {
        let products = self.products(year);
        products.binary_search_by_key(&product, |of| of.product).ok().map(|at| &products[at])
    }
}

/// Import content under the three readings. Where re-exports are traced, it is that of the trade before: what the panel says, and 0 for the
/// entrepots, whose exports are their own by then.
fn contents(
    run: &Run,
    product: usize,
    year: usize,
    matrix: &TradeMatrix,
) -> Result<ThreeContents, WhatIfError> {
    let of_matrix = ThreeContents::of(matrix, ContentSources::default());
    if run.study().trade.reexport_shares.is_none() {
        return Ok(of_matrix);
    }
    let panel = run.panel()?;
    let mut contents = of_matrix;
    for c in 0..matrix.countries() {
        let (imports, exports) = (matrix.imports()[c], matrix.exports()[c]);
        let Some(mass) = panel.value(Column::ImportContent, product, year, c).filter(|_| imports > 0.0)
        else {
            continue;
        };
        contents.mass_balance[c] = mass;
        // Exports before tracing are M/φ where they are more than the imports, and not more than these otherwise.
        let before = if mass > 0.0 && mass < 1.0 { imports / mass } else { exports.min(imports) };
        contents.exposure[c] = if mass > 0.0 { imports / (imports + before) } else { 0.0 };
    }
    Ok(contents)
}
