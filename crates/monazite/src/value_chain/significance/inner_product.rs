//! Inner products of rows: one exact kernel, one fast kernel for looking.
//!
//! [`dot`] adds in a fixed order of sixteen lanes without fused operations, so its bits do not depend on the
//! width of the processor's registers. [`Block`] multiplies in single precision; what it finds is never reported,
//! only looked at again with [`dot`].

use multiversion::multiversion;

const LANES: usize = 16;

/// Sum of the products of two rows of the same length.
///
/// The same bits on every machine: sixteen partial sums, added in a fixed tree, then the rest one by one.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0f64; LANES];
    let (x_chunks, x_rest) = x.as_chunks::<LANES>();
    let (y_chunks, y_rest) = y.as_chunks::<LANES>();
    for (a, b) in x_chunks.iter().zip(y_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    let mut sum = sums[0];
    for (a, b) in x_rest.iter().zip(y_rest) {
        sum += a * b;
    }
    sum
}

/// Rows of one tile of the fast kernel.
const TILE_ROWS: usize = 6;
/// Columns of one tile.
pub(super) const TILE_COLUMNS: usize = 16;
/// Depth up to which a strip of columns stays in the first-level cache.
const DEPTH: usize = 256;

/// Rows in single precision, packed in strips for the fast kernel.
#[derive(Debug)]
pub(super) struct Block {
    rows: usize,
    width: usize,
    /// `[depth block][strip][depth][lane]`.
    packed: Vec<f32>,
    lanes: usize,
}

impl Block {
    /// Rows that are the outputs of the product (its columns).
    pub fn of_columns<'a>(rows: impl ExactSizeIterator<Item = &'a [f64]> + Clone, width: usize) -> Self {
        Self::pack(rows, width, TILE_COLUMNS)
    }

    /// Rows that are the inputs of the product (its rows).
    pub fn of_rows<'a>(rows: impl ExactSizeIterator<Item = &'a [f64]> + Clone, width: usize) -> Self {
        Self::pack(rows, width, TILE_ROWS)
    }

    fn pack<'a>(rows: impl ExactSizeIterator<Item = &'a [f64]> + Clone, width: usize, lanes: usize) -> Self {
        let count = rows.len();
        let strips = count.div_ceil(lanes);
        let mut packed = vec![0.0f32; strips * lanes * width];
        let mut block_start = 0;
        for from in (0..width).step_by(DEPTH) {
            let depth = DEPTH.min(width - from);
            for (at, row) in rows.clone().enumerate() {
                let strip = block_start + (at / lanes) * lanes * depth;
                for (k, &value) in row[from..from + depth].iter().enumerate() {
                    packed[strip + k * lanes + at % lanes] = value as f32;
                }
            }
            block_start += strips * lanes * depth;
        }
        Self { rows: count, width, packed, lanes }
    }

    fn strips(&self) -> usize {
        self.rows.div_ceil(self.lanes)
    }

    /// Number of rows, rounded up to whole strips.
    pub fn padded(&self) -> usize {
        self.strips() * self.lanes
    }

    /// Products of the rows of `inputs` with the rows of `self` from `start` on, at most `count` of them, in single
    /// precision; both are multiples of [`TILE_COLUMNS`] unless the end is reached.
    ///
    /// `out` gets a row for each row of `inputs` (padded), of the returned length; what stands in the padding is 0.
    pub fn products(&self, inputs: &Self, start: usize, count: usize, out: &mut Vec<f32>) -> usize {
        let first = start / TILE_COLUMNS * TILE_COLUMNS;
        let columns = count.next_multiple_of(TILE_COLUMNS).min(self.padded() - first);
        let rows = inputs.padded();
        out.clear();
        out.resize(rows * columns, 0.0);
        let (mut a_start, mut b_start) = (0, 0);
        for from in (0..self.width).step_by(DEPTH) {
            let depth = DEPTH.min(self.width - from);
            let a = &inputs.packed[a_start..a_start + rows * depth];
            let b = &self.packed[b_start + first * depth..b_start + (first + columns) * depth];
            multiply(a, b, out, depth, columns);
            a_start += rows * depth;
            b_start += self.padded() * depth;
        }
        columns
    }

    /// How far a product in single precision can be from the true one, for rows of norm at most 1.
    pub fn error_bound(&self) -> f64 {
        // Rounding of both factors, of each product and of each sum: (width + 4) units in the last place, by the
        // usual bound for a sum in any order, times the sum of the absolute products, which is at most 1.
        (self.width as f64 + 4.0) * f64::from(f32::EPSILON)
    }
}

#[inline(always)]
fn add_scaled(sums: &mut [f32; TILE_COLUMNS], x: f32, y: &[f32; TILE_COLUMNS]) {
    for lane in 0..TILE_COLUMNS {
        sums[lane] += x * y[lane];
    }
}

/// Adds one block of depth to the products. `a` is strips of six rows, `b` strips of sixteen columns.
// The rows of a tile are spelled out so that each stays in a register; as an array they would go through memory.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn multiply(a: &[f32], b: &[f32], out: &mut [f32], depth: usize, columns: usize) {
    for (strip, b) in b.chunks_exact(depth * TILE_COLUMNS).enumerate() {
        let (b, _) = b.as_chunks::<TILE_COLUMNS>();
        for (tile, a) in a.chunks_exact(depth * TILE_ROWS).enumerate() {
            let (a, _) = a.as_chunks::<TILE_ROWS>();
            let [mut s0, mut s1, mut s2, mut s3, mut s4, mut s5] = [[0.0f32; TILE_COLUMNS]; TILE_ROWS];
            for (x, y) in a.iter().zip(b) {
                add_scaled(&mut s0, x[0], y);
                add_scaled(&mut s1, x[1], y);
                add_scaled(&mut s2, x[2], y);
                add_scaled(&mut s3, x[3], y);
                add_scaled(&mut s4, x[4], y);
                add_scaled(&mut s5, x[5], y);
            }
            for (row, sums) in [s0, s1, s2, s3, s4, s5].iter().enumerate() {
                let at = (tile * TILE_ROWS + row) * columns + strip * TILE_COLUMNS;
                for (to, sum) in out[at..at + TILE_COLUMNS].iter_mut().zip(sums) {
                    *to += sum;
                }
            }
        }
    }
}

/// Appends the positions of the values that are at least `least`, in order.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub(super) fn positions_at_least(values: &[f32], least: f32, positions: &mut Vec<u32>) {
    const GROUP: usize = 16;
    let (groups, rest) = values.as_chunks::<GROUP>();
    for (n, group) in groups.iter().enumerate() {
        let mut mask = 0u32;
        for lane in 0..GROUP {
            mask |= u32::from(group[lane] >= least) << lane;
        }
        while mask != 0 {
            positions.push((n * GROUP) as u32 + mask.trailing_zeros());
            mask &= mask - 1;
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        if *value >= least {
            positions.push((groups.len() * GROUP + lane) as u32);
        }
    }
}

/// The sum of the outer products of rows: `G = sum of y y'`, `width` x `width`, only its lower triangle filled.
///
/// With it the sum of squares of all products of a row x is `x' G x`, without forming one of them.
pub(super) fn gram<'a>(rows: impl Iterator<Item = &'a [f64]>, width: usize) -> Vec<f64> {
    let mut gram = vec![0.0; width * width];
    let mut panel: Vec<f64> = Vec::with_capacity(GRAM_DEPTH * width);
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        panel.clear();
        for row in rows.by_ref().take(GRAM_DEPTH) {
            panel.extend_from_slice(row);
        }
        add_outer(&panel, width, &mut gram);
    }
    gram
}

/// Rows whose outer products are added together: as many as fit the first-level cache with their tile.
const GRAM_DEPTH: usize = 64;
const GRAM_ROWS: usize = 4;
const GRAM_COLUMNS: usize = 8;

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn add_outer(panel: &[f64], width: usize, gram: &mut [f64]) {
    for row in (0..width).step_by(GRAM_ROWS) {
        for column in (0..=row + GRAM_ROWS - 1).step_by(GRAM_COLUMNS) {
            if row + GRAM_ROWS > width || column + GRAM_COLUMNS > width {
                for r in row..(row + GRAM_ROWS).min(width) {
                    for c in column..(column + GRAM_COLUMNS).min(width) {
                        let mut sum = 0.0;
                        for y in panel.chunks_exact(width) {
                            sum += y[r] * y[c];
                        }
                        gram[r * width + c] += sum;
                    }
                }
                continue;
            }
            let [mut s0, mut s1, mut s2, mut s3] = [[0.0f64; GRAM_COLUMNS]; GRAM_ROWS];
            for y in panel.chunks_exact(width) {
                let (Some(x), Some(z)) =
                    (y[row..].first_chunk::<GRAM_ROWS>(), y[column..].first_chunk::<GRAM_COLUMNS>())
                else {
                    continue;
                };
                for lane in 0..GRAM_COLUMNS {
                    s0[lane] += x[0] * z[lane];
                }
                for lane in 0..GRAM_COLUMNS {
                    s1[lane] += x[1] * z[lane];
                }
                for lane in 0..GRAM_COLUMNS {
                    s2[lane] += x[2] * z[lane];
                }
                for lane in 0..GRAM_COLUMNS {
                    s3[lane] += x[3] * z[lane];
                }
            }
            for (r, sums) in [s0, s1, s2, s3].iter().enumerate() {
                let at = (row + r) * width + column;
                for (to, sum) in gram[at..at + GRAM_COLUMNS].iter_mut().zip(sums) {
                    *to += sum;
                }
            }
        }
    }
}

/// `x' G x` of a symmetric G of which the lower triangle is filled.
pub(super) fn quadratic_form(gram: &[f64], x: &[f64]) -> f64 {
    let width = x.len();
    let mut sum = 0.0;
    for (row, &value) in x.iter().enumerate() {
        let line = &gram[row * width..row * width + row];
        sum += value * (2.0 * dot(line, &x[..row]) + gram[row * width + row] * value);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize, width: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
        };
        let mut rows: Vec<Vec<f64>> = (0..count).map(|_| (0..width).map(|_| next()).collect()).collect();
        for row in &mut rows {
            let norm = row.iter().map(|v| v * v).sum::<f64>().sqrt();
            row.iter_mut().for_each(|v| *v /= norm);
        }
        rows
    }

    #[test]
    fn dot_adds_every_length_once() {
        for length in [0, 1, 15, 16, 17, 33, 230] {
            let ones = vec![1.0; length];
            let counting: Vec<f64> = (1..=length).map(|n| n as f64).collect();
            assert_eq!(dot(&ones, &counting), (length * (length + 1) / 2) as f64);
        }
    }

    #[test]
    fn the_fast_kernel_is_within_its_bound() {
        for (inputs, outputs, width) in [(1, 1, 1), (7, 33, 230), (13, 16, 600)] {
            let (x, y) = (rows(inputs, width, 1), rows(outputs, width, 2));
            let columns = Block::of_columns(y.iter().map(Vec::as_slice), width);
            let mut out = Vec::new();
            let rows = Block::of_rows(x.iter().map(Vec::as_slice), width);
            for start in (0..outputs).step_by(TILE_COLUMNS) {
                let length = columns.products(&rows, start, TILE_COLUMNS, &mut out);
                assert_eq!(length, TILE_COLUMNS);
                for (i, x) in x.iter().enumerate() {
                    for (j, y) in y[start..].iter().take(length).enumerate() {
                        let error = (f64::from(out[i * length + j]) - dot(x, y)).abs();
                        assert!(error <= columns.error_bound(), "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn positions_come_in_order() {
        let values: Vec<f32> = (0..37).map(|n| (n % 5) as f32).collect();
        let mut found = Vec::new();
        positions_at_least(&values, 3.0, &mut found);
        let expected: Vec<u32> = (0..37).filter(|n| n % 5 >= 3).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_quadratic_form_is_the_sum_of_squares() {
        for width in [1, 3, 4, 8, 11, 64, 230] {
            let (x, y) = (rows(3, width, 3), rows(100, width, 4));
            let g = gram(y.iter().map(Vec::as_slice), width);
            for x in &x {
                let direct: f64 = y.iter().map(|y| dot(x, y) * dot(x, y)).sum();
                assert!((quadratic_form(&g, x) - direct).abs() < 1e-12 * direct.max(1.0), "{width}");
            }
        }
    }
}
