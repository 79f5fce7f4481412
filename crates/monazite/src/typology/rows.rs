//! A table of numbers, row by row: what maps and clusters are made of.

use std::cmp::Ordering;

/// Rows of equally many features.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    features: usize,
    values: Vec<f64>,
}

impl Rows {
    /// Rows from their values, one row after the other.
    ///
    /// # Panics
    /// If the number of values is not a multiple of the number of features.
    pub fn new(features: usize, values: Vec<f64>) -> Self {
        assert!(features > 0 && values.len().is_multiple_of(features), "whole rows only");
        Self { features, values }
    }

    /// Rows from a function of row and feature.
    pub fn from_fn(rows: usize, features: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let value = &value;
        let values =
            (0..rows).flat_map(|row| (0..features).map(move |feature| value(row, feature))).collect();
        Self::new(features, values)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.features).unwrap_or(0)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// One row.
    #[inline]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.features..(row + 1) * self.features]
    }

    /// One row, to be changed.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.features..(row + 1) * self.features]
    }

    /// One feature of all rows.
    pub fn feature(&self, feature: usize) -> impl Iterator<Item = f64> {
        self.values.iter().skip(feature).step_by(self.features).copied()
    }

    /// These rows, in this order.
    pub fn permuted(&self, order: &[usize]) -> Self {
        let values = order.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { features: self.features, values }
    }

    /// The order of the rows by their first feature, then the second, and so on; equal rows keep their order.
    pub fn canonical_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| {
            self.row(a)
                .iter()
                .zip(self.row(b))
                .map(|(x, y)| x.total_cmp(y))
                .find(|o| *o != Ordering::Equal)
                .unwrap_or(Ordering::Equal)
        });
        order
    }
}
