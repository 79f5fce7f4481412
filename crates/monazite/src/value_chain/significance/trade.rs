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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::trade::FlowTable;

    #[test]
    fn imports_of_inputs_and_exports_of_outputs_by_hand() {
        let (input, output) = ("284690", "850511");
        let flows = FlowTable::from_rows([
            (2019, input, "CHN", "DEU", 5.0),
            (2019, input, "CHN", "USA", 7.0),
            (2020, input, "USA", "DEU", 2.0),
            (2019, output, "DEU", "USA", 11.0),
            (2020, output, "DEU", "FRA", 1.0),
            (2020, output, "FRA", "CHN", 3.0),
        ])
        .unwrap();
        assert_eq!(flows.countries().iso3_codes(), ["CHN", "DEU", "FRA", "USA"]);
        let (inputs, outputs) = ([input.parse().unwrap()], [output.parse().unwrap()]);
        let read = |place: &[u16], countries: usize, sample: Observations| {
            let request = TradeRequest {
                inputs: &inputs,
                outputs: &outputs,
                years: &[2019, 2020],
                place,
                countries,
                sample,
            };
            CountryTrade::read(&flows, request, &Silent).unwrap()
        };
        let summed = read(&[0, 1, 2, 3], 4, Observations::Summed);
        assert_eq!(summed.imports, [0.0, 7.0, 0.0, 7.0], "DEU: 5 and 2");
        assert_eq!(summed.exports, [0.0, 12.0, 3.0, 0.0]);
        assert_eq!(summed.total_imports, [3.0, 7.0, 1.0, 18.0], "USA: 7 and 11");
        assert_eq!(summed.total_exports, [12.0, 12.0, 3.0, 2.0]);
        let yearly = read(&[0, 1, 2, 3], 4, Observations::Stacked);
        assert_eq!(yearly.imports, [0.0, 5.0, 0.0, 7.0, 0.0, 2.0, 0.0, 0.0]);
        assert_eq!((yearly.years, yearly.width()), (2, 8));
        // DEU and FRA are one, whose own trade is left out; the USA are not in the study.
        let merged = read(&[0, 1, 1, u16::MAX], 2, Observations::Summed);
        assert_eq!(merged.imports, [0.0, 5.0]);
        assert_eq!(merged.exports, [0.0, 3.0]);
        assert_eq!((merged.total_imports, merged.total_exports), (vec![3.0, 5.0], vec![5.0, 3.0]));
    }
}
