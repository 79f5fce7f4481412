//! What every country exports of every product, from the flows of a whole release.

use rayon::prelude::*;

use super::error::ComplexityError;
use crate::nomenclature::Hs6;
use crate::plain_text::listed_years;
use crate::progress::Progress;
use crate::trade::{FlowBatch, FlowSource};

/// Products that are read at once: some hundred thousand flows.
const CHUNK: usize = 64;

/// Exports by product and country, thousand USD a year.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportMatrix {
    /// The products that anybody exports, ascending.
    pub products: Vec<Hs6>,
    countries: usize,
    /// By product and then country.
    values: Vec<f64>,
}

impl ExportMatrix {
    /// The exports of a year, or their mean over some years, in which a country that does not export a product in a year counts with 0. Flows are read some
    /// products at a time; a release is never in memory.
    ///
    /// # Errors
    /// [`ComplexityError::Year`] if the data lack one; [`ComplexityError::Store`] if they are damaged; [`ComplexityError::Cancelled`].
    ///
    /// ```
    /// use monazite::complexity::ExportMatrix;
    /// use monazite::progress::Silent;
    /// use monazite::trade::FlowTable;
    /// let flows = FlowTable::from_rows([
    ///     (2022, "284690", "CHN", "USA", 60.0),
    ///     (2023, "284690", "CHN", "USA", 90.0),
    ///     (2023, "284690", "CHN", "JPN", 10.0),
    /// ])?;
    /// let exports = ExportMatrix::read(&flows, &[2022, 2023], &Silent)?;
    /// assert_eq!(exports.of(0), [80.0, 0.0, 0.0]); // CHN, JPN, USA
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(
        source: &dyn FlowSource,
        years: &[u16],
        progress: &dyn Progress,
    ) -> Result<Self, ComplexityError> {
        let there = source.years();
        if let Some(&year) = years.iter().find(|year| !there.contains(year)) {
            return Err(ComplexityError::Year { year, there: listed_years(there) });
        }
        let mut products: Vec<Hs6> =
            years.iter().flat_map(|&year| source.traded_in(year).iter().map(|entry| entry.product)).collect();
        products.sort_unstable();
        products.dedup();
        let countries = source.countries().len();
        let chunks: Vec<Vec<f64>> = products
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut values = vec![0.0; chunk.len() * countries];
                let mut batch = FlowBatch::default();
                for &year in years {
                    progress.go_on()?;
                    source.read_into(year, chunk, false, &mut batch)?;
                    add(&batch, chunk, countries, &mut values);
                }
                values.iter_mut().for_each(|value| *value /= years.len() as f64);
                Ok(values)
            })
            .collect::<Result<_, ComplexityError>>()?;
        Ok(Self { products, countries, values: chunks.concat() })
    }

    /// Exports of a product by country, in the order of the source's countries.
    pub fn of(&self, product: usize) -> &[f64] {
        &self.values[product * self.countries..(product + 1) * self.countries]
    }

    /// Number of countries.
    pub fn countries(&self) -> usize {
        self.countries
    }
}

/// Adds the flows of a batch at their exporters.
fn add(batch: &FlowBatch, chunk: &[Hs6], countries: usize, values: &mut [f64]) {
    for (product, range) in &batch.products {
        let Ok(at) = chunk.binary_search(product) else { continue };
        let row = &mut values[at * countries..(at + 1) * countries];
        for (&exporter, value) in batch.exporters[range.clone()].iter().zip(&batch.values[range.clone()]) {
            row[usize::from(exporter)] += value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::trade::FlowTable;

    #[test]
    fn chunks_are_put_together_in_order_and_years_are_averaged() {
        let codes: Vec<String> = (0..200).map(|p| format!("{:06}", 10_000 + 7 * p)).collect();
        let rows = codes.iter().enumerate().flat_map(|(p, code)| {
            let value = p as f64 + 1.0;
            [
                (2022, code.as_str(), "CHN", "USA", value),
                (2023, code.as_str(), "CHN", "USA", 2.0 * value),
                (2023, code.as_str(), "CHN", "JPN", value),
                (2023, code.as_str(), "JPN", "USA", 0.5),
            ]
        });
        let flows = FlowTable::from_rows(rows.filter(|row| row.1 != "010007" || row.0 == 2022)).unwrap();
        let found = ExportMatrix::read(&flows, &[2022, 2023], &Silent).unwrap();
        assert_eq!((found.products.len(), found.countries()), (200, 3));
        for (p, product) in found.products.iter().enumerate() {
            let value = p as f64 + 1.0;
            let expected = if p == 1 { [1.0, 0.0, 0.0] } else { [2.0 * value, 0.25, 0.0] };
            assert_eq!((product.to_string(), found.of(p)), (codes[p].clone(), &expected[..]));
        }
        let missing = ExportMatrix::read(&flows, &[2021, 2022], &Silent).unwrap_err();
        assert_eq!(missing.to_string(), "the trade data have no 2021; they have 2022-2023");
    }
}
