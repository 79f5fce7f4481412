//! Rows of which only the entries that are not zero are kept.

use std::ops::Range;

/// Compressed rows of the factors.
#[derive(Debug, Clone, Default)]
pub(super) struct SparseRows {
    pub(super) start: Vec<u32>,
    pub(super) index: Vec<u16>,
    pub(super) value: Vec<f64>,
}

impl SparseRows {
    pub(super) fn clear(&mut self) {
        self.start.clear();
        self.start.push(0);
        self.index.clear();
        self.value.clear();
    }

    pub(super) fn push(&mut self, index: usize, value: f64) {
        self.index.push(index as u16);
        self.value.push(value);
    }

    pub(super) fn end_row(&mut self) {
        self.start.push(self.index.len() as u32);
    }

    /// Where the entries of a row are.
    pub(super) fn range(&self, row: usize) -> Range<usize> {
        self.start[row] as usize..self.start[row + 1] as usize
    }

    pub(super) fn row(&self, row: usize) -> (&[u16], &[f64]) {
        let range = self.range(row);
        (&self.index[range.clone()], &self.value[range])
    }

    /// Rewrites `self` as the transpose of `rows`, both of `size` rows.
    pub(super) fn transpose_of(&mut self, rows: &Self, size: usize) {
        self.start.clear();
        self.start.resize(size + 2, 0);
        for &column in &rows.index {
            self.start[usize::from(column) + 2] += 1;
        }
        for row in 0..size {
            self.start[row + 2] += self.start[row + 1];
        }
        self.index.resize(rows.index.len(), 0);
        self.value.resize(rows.value.len(), 0.0);
        for row in 0..size {
            let (index, value) = rows.row(row);
            for (&column, &v) in index.iter().zip(value) {
                let place = &mut self.start[usize::from(column) + 1];
                self.index[*place as usize] = row as u16;
                self.value[*place as usize] = v;
                *place += 1;
            }
        }
        self.start.truncate(size + 1);
    }
}
