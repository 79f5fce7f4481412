//! Row by row elimination of the network.

use multiversion::multiversion;

use super::dense_rows::add_rows;
use super::sparse_rows::SparseRows;

/// The rows of Vᵀ among intermediaries in the order of elimination, and what becomes of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    pub(super) size: usize,
    /// The network's rows, then those of `upper`, dense, `stride` apart.
    pub(super) dense: Vec<f64>,
    pub(super) stride: usize,
    /// Non-zero pattern of `dense`, one bit a column, `words` words a row.
    pub(super) pattern: Vec<u64>,
    pub(super) words: usize,
    pub(super) excess: Vec<f64>,
    pub(super) lower: SparseRows,
    pub(super) upper: SparseRows,
    pub(super) pivot: Vec<f64>,
    pub(super) inverse_pivot: Vec<f64>,
}

/// Multiples of full rows that are known but not yet added: added four at a time they cost half as much.
#[derive(Default)]
struct Pending {
    multiples: [(usize, f64); 4],
    count: usize,
    /// First column that they are still to be added to.
    next: usize,
}

impl Pending {
    fn begin(&mut self) {
        (self.count, self.next) = (0, 0);
    }

    /// Entry k of the row, with what is pending.
    #[inline(always)]
    fn entry(&mut self, row: &mut [f64], k: usize, done: &[f64], stride: usize) -> f64 {
        for &(earlier, multiplier) in &self.multiples[..self.count] {
            row[k] += multiplier * done[earlier * stride + k];
        }
        self.next = k + 1;
        row[k]
    }

    /// Adds a multiple of row k, whose entries are `upper`: later if it is nearly full, else at once.
    #[inline(always)]
    fn take(
        &mut self,
        row: &mut [f64],
        k: usize,
        multiplier: f64,
        (index, value): (&[u16], &[f64]),
        done: &[f64],
        stride: usize,
    ) {
        if index.len() * 3 >= row.len() - self.next {
            self.multiples[self.count] = (k, multiplier);
            self.count += 1;
            if self.count == self.multiples.len() {
                self.add(row, done, stride);
            }
        } else {
            self.add(row, done, stride);
            for (&a, &p) in index.iter().zip(value) {
                row[usize::from(a)] += multiplier * p;
            }
        }
    }

    /// Adds what is pending.
    #[inline(always)]
    fn add(&mut self, row: &mut [f64], done: &[f64], stride: usize) {
        add_rows(row, self.next, &self.multiples[..self.count], done, stride);
        self.count = 0;
    }
}

impl Rows {
    /// Makes room for rows of which the pattern is to be written.
    pub(super) fn begin(&mut self, size: usize) {
        self.size = size;
        self.stride = size.next_multiple_of(4);
        self.words = size.div_ceil(64);
        self.pattern.clear();
        self.pattern.resize(size * self.words, 0);
    }

    /// Empties the numbers of all rows; the pattern stays.
    pub(super) fn clear(&mut self) {
        self.dense.clear();
        self.dense.resize(self.size * self.stride, 0.0);
        self.excess.clear();
        self.excess.resize(self.size, 0.0);
    }

    /// Row by row elimination. `Err(row)` if the pivot of a row is exactly zero.
    #[inline(always)]
    fn eliminate(&mut self) -> Result<(), usize> {
        let (size, stride, words) = (self.size, self.stride, self.words);
        self.lower.clear();
        self.upper.clear();
        self.pivot.clear();
        self.inverse_pivot.clear();
        let mut pending = Pending::default();
        for c in 0..size {
            let (done, rest) = self.dense.split_at_mut(c * stride);
            let row = &mut rest[..size];
            let (done_pattern, rest_pattern) = self.pattern.split_at_mut(c * words);
            let bits = &mut rest_pattern[..words];
            let mut excess = self.excess[c];
            let own_word = c / 64;
            pending.begin();
            for word in 0..=own_word {
                let wanted = if word < own_word { u64::MAX } else { (1u64 << (c % 64)) - 1 };
                let mut todo = bits[word] & wanted;
                while todo != 0 {
                    let bit = todo.trailing_zeros() as usize;
                    let k = word * 64 + bit;
                    let multiplier = pending.entry(row, k, done, stride) * self.inverse_pivot[k];
                    self.lower.push(k, multiplier);
                    excess += multiplier * self.excess[k];
                    pending.take(row, k, multiplier, self.upper.row(k), done, stride);
                    // What row k holds to the right of k now stands in this row too.
                    let later = if bit == 63 { 0 } else { u64::MAX << (bit + 1) };
                    let source = &done_pattern[k * words..][..words];
                    bits[word] |= source[word] & later;
                    for w in word + 1..words {
                        bits[w] |= source[w];
                    }
                    todo = bits[word] & wanted & later;
                }
            }
            pending.add(row, done, stride);
            self.lower.end_row();
            let mut remaining = 0.0;
            for word in own_word..words {
                let mut todo = bits[word];
                if word == own_word {
                    todo &= if c % 64 == 63 { 0 } else { u64::MAX << (c % 64 + 1) };
                }
                while todo != 0 {
                    let a = word * 64 + todo.trailing_zeros() as usize;
                    todo &= todo - 1;
                    self.upper.push(a, row[a]);
                    remaining += row[a];
                }
            }
            self.upper.end_row();
            let pivot = excess + remaining;
            if pivot == 0.0 {
                return Err(c);
            }
            self.excess[c] = excess;
            self.pivot.push(pivot);
            self.inverse_pivot.push(1.0 / pivot);
        }
        Ok(())
    }

    /// As [`Rows::eliminate`], for other numbers in the places of the network eliminated before; the same operations in the same order.
    #[inline(always)]
    fn eliminate_again(&mut self) -> Result<(), usize> {
        let (size, stride) = (self.size, self.stride);
        self.pivot.clear();
        self.inverse_pivot.clear();
        let mut pending = Pending::default();
        for c in 0..size {
            let (done, rest) = self.dense.split_at_mut(c * stride);
            let row = &mut rest[..size];
            let mut excess = self.excess[c];
            pending.begin();
            let lower = self.lower.range(c);
            for (&k, value) in self.lower.index[lower.clone()].iter().zip(&mut self.lower.value[lower]) {
                let k = usize::from(k);
                let multiplier = pending.entry(row, k, done, stride) * self.inverse_pivot[k];
                *value = multiplier;
                excess += multiplier * self.excess[k];
                pending.take(row, k, multiplier, self.upper.row(k), done, stride);
            }
            pending.add(row, done, stride);
            let mut remaining = 0.0;
            let upper = self.upper.range(c);
            for (&a, value) in self.upper.index[upper.clone()].iter().zip(&mut self.upper.value[upper]) {
                *value = row[usize::from(a)];
                remaining += *value;
            }
            let pivot = excess + remaining;
            if pivot == 0.0 {
                return Err(c);
            }
            self.excess[c] = excess;
            self.pivot.push(pivot);
            self.inverse_pivot.push(1.0 / pivot);
        }
        Ok(())
    }
}

/// [`Rows::eliminate`] for the widest registers of the machine. Every element is computed by the same
/// operations in the same order (no fused multiply-add), so the bytes do not depend on which version runs.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub(super) fn eliminate(rows: &mut Rows) -> Result<(), usize> {
    rows.eliminate()
}

/// [`Rows::eliminate_again`], likewise.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub(super) fn eliminate_again(rows: &mut Rows) -> Result<(), usize> {
    rows.eliminate_again()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows that send a and b to one another and leak the rest.
    fn two(rows: &mut Rows, a: f64, b: f64) {
        rows.clear();
        rows.dense[1] = a;
        rows.dense[rows.stride] = b;
        rows.excess.copy_from_slice(&[1.0 - a, 1.0 - b]);
    }

    #[test]
    fn two_rows_by_hand() {
        let mut rows = Rows::default();
        rows.begin(2);
        rows.pattern.copy_from_slice(&[0b10, 0b01]);
        two(&mut rows, 0.5, 0.25);
        eliminate(&mut rows).unwrap();
        // Row 1 gets a quarter of row 0, whose pivot is .5 + .5; what is left of it is 1 - .25 * .5.
        assert_eq!(rows.lower.row(1), (&[0][..], &[0.25][..]));
        assert_eq!(rows.upper.row(0), (&[1][..], &[0.5][..]));
        assert_eq!(rows.pivot, [1.0, 0.875]);
        // Other numbers in the same places.
        two(&mut rows, 0.25, 0.5);
        eliminate_again(&mut rows).unwrap();
        assert_eq!(rows.lower.row(1), (&[0][..], &[0.5][..]));
        assert_eq!(rows.upper.row(0), (&[1][..], &[0.25][..]));
        assert_eq!(rows.pivot, [1.0, 0.875]);
        two(&mut rows, 1.0, 1.0);
        assert_eq!(eliminate_again(&mut rows), Err(1), "nothing leaks");
        two(&mut rows, 1.0, 1.0);
        assert_eq!(eliminate(&mut rows), Err(1));
    }
}
