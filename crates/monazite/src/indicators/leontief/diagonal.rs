//! The diagonal of L from the factors, by the recurrences of Takahashi, Fagan and Chin.

use multiversion::multiversion;

use super::dense_rows::combine_rows;
use super::elimination::Rows;
use super::sparse_rows::SparseRows;

/// The entries of L in the places of the factors.
#[derive(Debug, Clone, Default)]
pub(super) struct Inverse {
    /// L, by rows, `stride` of the factors apart; only the places of the factors mean something.
    pub(super) entries: Vec<f64>,
    transposed: Vec<f64>,
    /// The columns of the lower factor.
    columns: SparseRows,
}

impl Inverse {
    fn begin(&mut self, rows: &Rows) {
        self.columns.transpose_of(&rows.lower, rows.size);
        self.entries.resize(rows.size * rows.stride, 0.0);
        self.transposed.resize(rows.size * rows.stride, 0.0);
    }

    /// First row from which on the factors are so full that dense loops are faster.
    fn dense_tail(&self, rows: &Rows) -> usize {
        let size = rows.size;
        let mut tail = size;
        let mut entries = 0;
        for row in (0..size).rev() {
            entries += rows.upper.row(row).0.len() + self.columns.row(row).0.len();
            let rest = size - row;
            if entries * 10 >= rest * (rest - 1) * 6 {
                tail = row;
            }
        }
        tail
    }

    /// The recurrences from the last row to the first.
    #[inline(always)]
    fn recur(&mut self, rows: &Rows, diagonal: &mut [f64]) {
        let tail = self.dense_tail(rows);
        for row in (tail..rows.size).rev() {
            diagonal[row] = self.entry_in_tail(rows, row);
        }
        for row in (0..tail).rev() {
            diagonal[row] = self.entry(rows, row);
        }
    }

    /// One step of the recurrences where row and column are treated as full.
    #[inline(always)]
    fn entry_in_tail(&mut self, rows: &Rows, i: usize) -> f64 {
        let (size, stride) = (rows.size, rows.stride);
        let scale = rows.inverse_pivot[i];
        let (index, value) = self.columns.row(i);
        combine_rows(&mut self.transposed, i, size, stride, index, value, 1.0);
        let (index, value) = rows.upper.row(i);
        combine_rows(&mut self.entries, i, size, stride, index, value, scale);
        let mut sum = 1.0;
        for (&k, &p) in index.iter().zip(value) {
            sum += p * self.transposed[i * stride + usize::from(k)];
        }
        let entry = sum * scale;
        self.entries[i * stride + i] = entry;
        self.transposed[i * stride + i] = entry;
        for j in i + 1..size {
            self.entries[j * stride + i] = self.transposed[i * stride + j];
            self.transposed[j * stride + i] = self.entries[i * stride + j];
        }
        entry
    }

    /// One step of the recurrences on the pattern of the factors only.
    #[inline(always)]
    fn entry(&mut self, rows: &Rows, i: usize) -> f64 {
        let stride = rows.stride;
        let scale = rows.inverse_pivot[i];
        let (head, tail) = self.entries.split_at_mut((i + 1) * stride);
        let own = &mut head[i * stride..];
        let (below_row, multipliers) = self.columns.row(i);
        for &j in below_row {
            own[usize::from(j)] = 0.0;
        }
        let (index, value) = rows.upper.row(i);
        let mut sum = 1.0;
        for (&k, &p) in index.iter().zip(value) {
            let other = &mut tail[(usize::from(k) - i - 1) * stride..][..stride];
            let mut below = 0.0;
            for (&j, &f) in below_row.iter().zip(multipliers) {
                let z = other[usize::from(j)];
                below += f * z;
                own[usize::from(j)] += p * scale * z;
            }
            other[i] = below;
            sum += p * below;
        }
        let entry = sum * scale;
        own[i] = entry;
        entry
    }
}

/// The diagonal of L, row by row of the factors, for the widest registers of the machine; what else the recurrences find stays in `inverse`.
pub(super) fn diagonal(inverse: &mut Inverse, rows: &Rows) -> Vec<f64> {
    let mut diagonal = vec![1.0; rows.size];
    inverse.begin(rows);
    recur(inverse, rows, &mut diagonal);
    diagonal
}

/// [`Inverse::recur`]; the same operations in the same order in every version.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn recur(inverse: &mut Inverse, rows: &Rows, diagonal: &mut [f64]) {
    inverse.recur(rows, diagonal);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::leontief::elimination::eliminate;

    #[test]
    fn two_rows_by_hand() {
        let mut rows = Rows::default();
        rows.begin(2);
        rows.pattern.copy_from_slice(&[0b10, 0b01]);
        rows.clear();
        rows.dense[1] = 0.5;
        rows.dense[rows.stride] = 0.25;
        rows.excess.copy_from_slice(&[0.5, 0.75]);
        eliminate(&mut rows).unwrap();
        // (1 - .5 * .25)^-1 on the diagonal of the inverse, and a quarter or half of it beside.
        let mut inverse = Inverse::default();
        let one = 1.0 / 0.875;
        assert_eq!(diagonal(&mut inverse, &rows), [one, one]);
        assert_eq!(inverse.entries[1], 0.5 * one);
        assert_eq!(inverse.entries[rows.stride], 0.25 * one);
    }
}
