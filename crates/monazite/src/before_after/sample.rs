//! The units that are compared in some years: those with the outcome in all of them.

use super::outcomes::UnitSeries;
use super::permutation::ProductChange;
use crate::nomenclature::Hs6;
use crate::run_folder::StoredPanel;

/// What a product is in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It has the measure.
    Treated,
    /// It has none.
    Control,
    /// It is left out.
    Neither,
}

/// A unit of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleUnit<'a> {
    /// The unit.
    pub series: &'a UnitSeries,
    /// Position among the products of the sample.
    pub product: usize,
    /// Whether it is treated.
    pub treated: bool,
}

/// Units with the outcome in every year that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample<'a> {
    /// By product, then importer.
    pub units: Vec<SampleUnit<'a>>,
    /// Positions of its products in the panel, ascending.
    pub products: Vec<usize>,
    /// Places of the treated among `products`.
    pub treated: Vec<usize>,
    /// Products with a part in the comparison of which no unit has the outcome in every year.
    pub incomplete: Vec<usize>,
    /// Units with a part in the comparison that lack the outcome in some year.
    pub incomplete_units: usize,
}

impl<'a> Sample<'a> {
    /// The units with a value in all of `years` (positions).
    pub fn of(series: &'a [UnitSeries], part: &dyn Fn(&UnitSeries) -> Part, years: &[usize]) -> Self {
        let mut sample = Self {
            units: Vec::new(),
            products: Vec::new(),
            treated: Vec::new(),
            incomplete: Vec::new(),
            incomplete_units: 0,
        };
        for of_product in series.chunk_by(|a, b| a.product == b.product) {
            let mut takes_part = false;
            for unit in of_product {
                let part = part(unit);
                if part == Part::Neither {
                    continue;
                }
                takes_part = true;
                if years.iter().any(|&year| unit.values[year].is_none()) {
                    sample.incomplete_units += 1;
                    continue;
                }
                if sample.products.last() != Some(&unit.product) {
                    if part == Part::Treated {
                        sample.treated.push(sample.products.len());
                    }
                    sample.products.push(unit.product);
                }
                sample.units.push(SampleUnit {
                    series: unit,
                    product: sample.products.len() - 1,
                    treated: part == Part::Treated,
                });
            }
            let kept = sample.products.last() == Some(&of_product[0].product);
            if takes_part && !kept {
                sample.incomplete.push(of_product[0].product);
            }
        }
        sample
    }

    /// Controls.
    pub fn controls(&self) -> usize {
        self.products.len() - self.treated.len()
    }

    /// Whether there is a treated product and there are two controls.
    pub fn is_enough(&self) -> bool {
        !self.treated.is_empty() && self.controls() >= 2
    }

    /// By product: the change of the mean over `post` from the mean over `pre`, summed over its units.
    pub fn changes(&self, pre: &[usize], post: &[usize]) -> Vec<ProductChange> {
        let mut changes = vec![ProductChange { sum: 0.0, units: 0 }; self.products.len()];
        for unit in &self.units {
            let mean =
                |years: &[usize]| years.iter().fold(0.0, |sum, &t| sum + unit.value(t)) / years.len() as f64;
            changes[unit.product].sum += mean(post) - mean(pre);
            changes[unit.product].units += 1;
        }
        changes
    }

    /// Codes of its products.
    pub fn codes(&self, panel: &StoredPanel) -> Vec<Hs6> {
        self.products.iter().map(|&p| panel.products[p].code).collect()
    }
}

impl SampleUnit<'_> {
    /// Its outcome in a year of the sample.
    ///
    /// # Panics
    /// If the year is not one of the sample.
    pub fn value(&self, year: usize) -> f64 {
        self.series.values[year].expect("units of the sample have a value in all of its years")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lacks_a_year_is_left_out_and_named() {
        let series = |product, values: [Option<f64>; 3]| UnitSeries {
            product,
            importer: None,
            values: values.to_vec(),
        };
        let all = [
            series(0, [Some(1.0), Some(2.0), Some(5.0)]),
            series(1, [Some(1.0), None, Some(1.0)]),
            series(2, [Some(0.0), Some(0.5), Some(1.5)]),
            series(3, [Some(0.0), Some(0.0), None]),
        ];
        let part = |unit: &UnitSeries| match unit.product {
            0 => Part::Treated,
            3 => Part::Neither,
            _ => Part::Control,
        };
        let sample = Sample::of(&all, &part, &[0, 1, 2]);
        assert_eq!(
            (&sample.products, &sample.treated, &sample.incomplete),
            (&vec![0, 2], &vec![0], &vec![1])
        );
        assert!(!sample.is_enough(), "one control");
        let changes: Vec<f64> = sample.changes(&[0], &[1, 2]).iter().map(|c| c.sum).collect();
        assert_eq!(changes, [2.5, 1.0]);
        // Without the year that it lacks, the second takes part.
        assert_eq!(Sample::of(&all, &part, &[0, 2]).products, [0, 1, 2]);
    }
}
