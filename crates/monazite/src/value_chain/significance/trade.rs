//! Imports of inputs and exports of outputs by country: what the correlation is taken over.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::parameters::Observations;
use crate::nomenclature::Hs6;
use crate::progress::Progress;
use crate::threads::within;
use crate::trade::{FlowBatch, FlowSource, StoreError};

/// Who imports the inputs and who exports the outputs.
///
/// Arrays of trade are by product, then year, then country; with [`Observations::Summed`] there is one "year", the sum.
/// Totals are by year and country.
#[derive(Debug, Clone, PartialEq)]
pub struct CountryTrade {
    /// The inputs, ascending.
    pub inputs: Vec<Hs6>,
    /// The outputs, ascending.
    pub outputs: Vec<Hs6>,
    /// Number of years; 1 if they are summed.
    pub years: usize,
    /// Number of countries.
    pub countries: usize,
    /// Imports of the inputs, thousand USD.
    pub imports: Vec<f64>,
    /// Exports of the outputs, thousand USD.
    pub exports: Vec<f64>,
    /// Imports of all products, thousand USD.
    pub total_imports: Vec<f64>,
    /// Exports of all products, thousand USD.
    pub total_exports: Vec<f64>,
    /// Inhabitants, `None` where not known; empty if nobody asked.
    pub population: Vec<Option<f64>>,
}

/// What to read from a store.
#[derive(Debug, Clone, Copy)]
pub struct TradeRequest<'a> {
    /// The inputs, ascending.
    pub inputs: &'a [Hs6],
    /// The outputs, ascending: the universe of the null.
    pub outputs: &'a [Hs6],
    /// The years.
    pub years: &'a [u16],
    /// For each country of the store its place among the countries of the study, `u16::MAX` if it is not there;
    /// countries with the same place are merged and trade between them is left out.
    pub place: &'a [u16],
    /// Number of places.
    pub countries: usize,
    /// Whether years are summed.
    pub sample: Observations,
}

/// Products read together.
const PRODUCTS_A_TASK: usize = 64;

impl CountryTrade {
    /// Adds up the flows of a store, product by product and year by year, without holding more than a few
    /// products' flows at a time.
    ///
    /// # Errors
    /// [`StoreError`] if the store is damaged, [`StoreError::Cancelled`] if `progress` asks to stop.
    pub fn read(
        store: &dyn FlowSource,
        request: TradeRequest<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, StoreError> {
        within(|| Self::read_in_pool(store, request, progress))
    }

    fn read_in_pool(
        store: &dyn FlowSource,
        request: TradeRequest<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, StoreError> {
        let TradeRequest { inputs, outputs, years, place, countries, sample } = request;
        let kept_years = if sample == Observations::Summed { 1 } else { years.len() };
        let width = kept_years * countries;
        let mut products: Vec<Hs6> = inputs.iter().chain(outputs).copied().collect();
        products.sort_unstable();
        products.dedup();
        let done = AtomicU64::new(0);
        let tasks: Vec<Result<Vec<ProductTrade>, StoreError>> = products
            .par_chunks(PRODUCTS_A_TASK)
            .map_init(FlowBatch::default, |batch, chunk| {
                let mut found: Vec<ProductTrade> = chunk
                    .iter()
                    .map(|product| ProductTrade {
                        imports: inputs.binary_search(product).map_or(Vec::new(), |_| vec![0.0; width]),
                        exports: outputs.binary_search(product).map_or(Vec::new(), |_| vec![0.0; width]),
                    })
                    .collect();
                for (t, &year) in years.iter().enumerate() {
                    progress.go_on()?;
                    let start = if kept_years == 1 { 0 } else { t * countries };
                    store.read_into(year, chunk, false, batch)?;
                    for (product, range) in &batch.products {
                        let Ok(at) = chunk.binary_search(product) else { continue };
                        let trade = &mut found[at];
                        for flow in range.clone() {
                            let from = place[usize::from(batch.exporters[flow])];
                            let to = place[usize::from(batch.importers[flow])];
                            if from == to || from == u16::MAX || to == u16::MAX {
                                continue;
                            }
                            if !trade.imports.is_empty() {
                                trade.imports[start + usize::from(to)] += batch.values[flow];
                            }
                            if !trade.exports.is_empty() {
                                trade.exports[start + usize::from(from)] += batch.values[flow];
                            }
                        }
                    }
                }
                let here =
                    (chunk.iter().filter(|p| outputs.binary_search(p).is_ok()).count() * years.len()) as u64;
                progress.advance_to(done.fetch_add(here, Ordering::Relaxed) + here);
                Ok(found)
            })
            .collect();
        let mut trade = Self {
            inputs: inputs.to_vec(),
            outputs: outputs.to_vec(),
            years: kept_years,
            countries,
            imports: Vec::with_capacity(inputs.len() * width),
            exports: Vec::with_capacity(outputs.len() * width),
            total_imports: vec![0.0; width],
            total_exports: vec![0.0; width],
            population: Vec::new(),
        };
        // Ascending products, so the rows come in the order of `inputs` and `outputs`.
        for task in tasks {
            for product in task? {
                trade.imports.extend(product.imports);
                trade.exports.extend(product.exports);
            }
        }
        for (t, &year) in years.iter().enumerate() {
            let start = if kept_years == 1 { 0 } else { t * countries };
            let margins = store.margins(year)?;
            for a in 0..margins.countries() {
                for c in 0..margins.countries() {
                    let (from, to) = (place[a], place[c]);
                    if from != to && from != u16::MAX && to != u16::MAX {
                        trade.total_exports[start + usize::from(from)] += margins.between(a, c);
                        trade.total_imports[start + usize::from(to)] += margins.between(a, c);
                    }
                }
            }
        }
        Ok(trade)
    }

    /// Numbers in one row: years times countries.
    pub fn width(&self) -> usize {
        self.years * self.countries
    }
}

struct ProductTrade {
    imports: Vec<f64>,
    exports: Vec<f64>,
}
