//! Householder QR of tall, narrow matrices, and what is done with a small triangular factor.
//!
//! A regression here has tens of thousands of rows and at most some thirty columns. The factor is made block of rows after
//! block of rows, each block on top of the triangle so far, so that all work happens in the first cache. Q is never formed.

use libm::{fabs, hypot, sqrt};
use multiversion::multiversion;

/// Rows that are folded into the triangle at a time. A constant: the last digits of a result depend on it.
pub(super) const BLOCK: usize = 192;
/// Partial sums of a dot product. A constant, for the same reason.
const LANES: usize = 8;

/// Sum of products, in eight partial sums. In line, so that it takes the vector width of its caller; the sums are the same at any width.
#[inline(always)]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut partial = [0.0; LANES];
    let (mut ca, mut cb) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    for (x, y) in ca.by_ref().zip(cb.by_ref()) {
        for lane in 0..LANES {
            partial[lane] += x[lane] * y[lane];
        }
    }
    let mut sum = (partial[0] + partial[4]) + (partial[1] + partial[5]);
    sum += (partial[2] + partial[6]) + (partial[3] + partial[7]);
    for (x, y) in ca.remainder().iter().zip(cb.remainder()) {
        sum += x * y;
    }
    sum
}

/// y -= factor * x.
#[inline(always)]
fn subtract_scaled(y: &mut [f64], factor: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y -= factor * x;
    }
}

/// A square matrix of `order` rows, row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct SquareMatrix {
    /// Number of rows.
    pub order: usize,
    /// The entries, row after row.
    pub values: Vec<f64>,
}

impl SquareMatrix {
    /// All zeros.
    pub fn zeros(order: usize) -> Self {
        Self { order, values: vec![0.0; order * order] }
    }

    /// The entry of a row and column.
    #[inline]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.order + column]
    }

    /// The entry of a row and column, to be changed.
    #[inline]
    pub fn at_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.values[row * self.order + column]
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.order..(row + 1) * self.order]
    }

    /// The product with another matrix of the same order.
    pub(super) fn times(&self, other: &Self) -> Self {
        let n = self.order;
        let mut product = Self::zeros(n);
        for i in 0..n {
            for l in 0..n {
                let factor = self.at(i, l);
                if factor != 0.0 {
                    for j in 0..n {
                        product.values[i * n + j] += factor * other.at(l, j);
                    }
                }
            }
        }
        product
    }

    /// The transpose.
    pub(super) fn transposed(&self) -> Self {
        let mut turned = Self::zeros(self.order);
        for i in 0..self.order {
            for j in 0..self.order {
                *turned.at_mut(j, i) = self.at(i, j);
            }
        }
        turned
    }
}

/// R of the QR factorisation of a matrix given by its columns, which all have the same length.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub(super) fn triangular_factor(columns: &[&[f64]]) -> SquareMatrix {
    let k = columns.len();
    let n = columns.first().map_or(0, |c| c.len());
    let mut triangle = SquareMatrix::zeros(k);
    let mut block = vec![0.0; k * BLOCK];
    let mut first = 0;
    while first < n {
        let rows = BLOCK.min(n - first);
        for (to, column) in block.chunks_exact_mut(BLOCK).zip(columns) {
            to[..rows].copy_from_slice(&column[first..first + rows]);
        }
        fold(&mut triangle, &mut block, rows);
        first += rows;
    }
    triangle
}

/// Folds a block of rows into a triangle: Householder reflections of (one row of the triangle, the block).
#[inline(always)]
fn fold(triangle: &mut SquareMatrix, block: &mut [f64], rows: usize) {
    let k = triangle.order;
    for j in 0..k {
        let (head, tail) = block.split_at_mut((j + 1) * BLOCK);
        let v = &head[j * BLOCK..j * BLOCK + rows];
        let below = dot(v, v);
        if below == 0.0 {
            continue;
        }
        let diagonal = triangle.at(j, j);
        let norm = hypot(diagonal, sqrt(below));
        let new = if diagonal > 0.0 { -norm } else { norm };
        let v0 = diagonal - new;
        // H = I - scale v v', scale = 2/(v0² + v'v) = -1/(new v0)
        let scale = -1.0 / (new * v0);
        for l in j + 1..k {
            let column = &mut tail[(l - j - 1) * BLOCK..(l - j - 1) * BLOCK + rows];
            let factor = scale * (v0 * triangle.at(j, l) + dot(v, column));
            *triangle.at_mut(j, l) -= factor * v0;
            subtract_scaled(column, factor, v);
        }
        *triangle.at_mut(j, j) = new;
    }
}

/// A triangle with its columns in the order of a column-pivoted factorisation, cut where nothing new comes.
#[derive(Debug)]
pub(super) struct PivotedTriangle {
    /// The triangle, `rank` rows and columns of it valid, in the order of `order`.
    pub triangle: SquareMatrix,
    /// Position in the original matrix of each column.
    pub order: Vec<usize>,
    /// Number of independent columns.
    pub rank: usize,
}

/// Column-pivoted QR of an upper triangular matrix whose columns are brought to length one by `scale` first. A column whose
/// remainder is shorter than its `tolerance` is taken for a combination of the others.
pub(super) fn pivoted(
    triangle: &SquareMatrix,
    k: usize,
    scale: &[f64],
    tolerance: &[f64],
) -> PivotedTriangle {
    let mut r = SquareMatrix::zeros(k);
    for i in 0..k {
        for j in i..k {
            *r.at_mut(i, j) = triangle.at(i, j) / scale[j];
        }
    }
    let mut order: Vec<usize> = (0..k).collect();
    let mut rank = 0;
    while rank < k {
        let remainder = |j: usize, r: &SquareMatrix| {
            let mut sum = 0.0;
            for i in rank..k {
                sum += r.at(i, j) * r.at(i, j);
            }
            sqrt(sum)
        };
        // The column with the longest remainder; ties go to the first.
        let mut best = (rank, -1.0);
        for j in rank..k {
            let length = remainder(j, &r);
            if length > best.1 && length > tolerance[order[j]] {
                best = (j, length);
            }
        }
        if best.1 <= 0.0 {
            break;
        }
        order.swap(rank, best.0);
        for i in 0..k {
            r.values.swap(i * k + rank, i * k + best.0);
        }
        reflect(&mut r, rank);
        rank += 1;
    }
    PivotedTriangle { triangle: r, order, rank }
}

/// Clears column `j` below its diagonal.
fn reflect(r: &mut SquareMatrix, j: usize) {
    let k = r.order;
    let mut v: Vec<f64> = (j..k).map(|i| r.at(i, j)).collect();
    let norm = sqrt(dot(&v, &v));
    if norm == 0.0 {
        return;
    }
    let new = if v[0] > 0.0 { -norm } else { norm };
    v[0] -= new;
    let length = dot(&v, &v);
    for l in j..k {
        let mut factor = 0.0;
        for (i, v) in v.iter().enumerate() {
            factor += v * r.at(j + i, l);
        }
        factor *= 2.0 / length;
        for (i, v) in v.iter().enumerate() {
            *r.at_mut(j + i, l) -= factor * v;
        }
    }
    for i in j + 1..k {
        *r.at_mut(i, j) = 0.0;
    }
}

/// Solves R x = b for an upper triangular R of which the first `n` rows count.
pub(super) fn solve_upper(r: &SquareMatrix, n: usize, b: &mut [f64]) {
    for i in (0..n).rev() {
        let mut value = b[i];
        for j in i + 1..n {
            value -= r.at(i, j) * b[j];
        }
        b[i] = value / r.at(i, i);
    }
}

/// (R'R)⁻¹ for an upper triangular R: the product of its inverse with the transpose of it.
pub(super) fn inverse_of_square(r: &SquareMatrix) -> SquareMatrix {
    let k = r.order;
    let mut inverse = SquareMatrix::zeros(k);
    for j in 0..k {
        let mut unit = vec![0.0; k];
        unit[j] = 1.0;
        solve_upper(r, k, &mut unit);
        for i in 0..k {
            *inverse.at_mut(i, j) = unit[i];
        }
    }
    inverse.times(&inverse.transposed())
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix, by Jacobi rotations.
pub(super) fn symmetric_eigen(matrix: &SquareMatrix) -> (Vec<f64>, SquareMatrix) {
    let n = matrix.order;
    let mut a = matrix.clone();
    let mut vectors = SquareMatrix::zeros(n);
    for i in 0..n {
        *vectors.at_mut(i, i) = 1.0;
    }
    for _ in 0..100 {
        let mut off = 0.0;
        let mut all = 0.0;
        for i in 0..n {
            for j in 0..n {
                let square = a.at(i, j) * a.at(i, j);
                all += square;
                if i != j {
                    off += square;
                }
            }
        }
        if off <= all * 1e-32 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    ((0..n).map(|i| a.at(i, i)).collect(), vectors)
}

fn rotate(a: &mut SquareMatrix, vectors: &mut SquareMatrix, p: usize, q: usize) {
    let n = a.order;
    let apq = a.at(p, q);
    if apq == 0.0 {
        return;
    }
    let theta = (a.at(q, q) - a.at(p, p)) / (2.0 * apq);
    let t = if theta >= 0.0 { 1.0 } else { -1.0 } / (fabs(theta) + sqrt(theta * theta + 1.0));
    let c = 1.0 / sqrt(t * t + 1.0);
    let s = t * c;
    for i in 0..n {
        let (x, y) = (a.at(i, p), a.at(i, q));
        *a.at_mut(i, p) = c * x - s * y;
        *a.at_mut(i, q) = s * x + c * y;
    }
    for i in 0..n {
        let (x, y) = (a.at(p, i), a.at(q, i));
        *a.at_mut(p, i) = c * x - s * y;
        *a.at_mut(q, i) = s * x + c * y;
    }
    for i in 0..n {
        let (x, y) = (vectors.at(i, p), vectors.at(i, q));
        *vectors.at_mut(i, p) = c * x - s * y;
        *vectors.at_mut(i, q) = s * x + c * y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(n: usize, k: usize) -> Vec<Vec<f64>> {
        // Quasi-random, without a generator of random numbers.
        (0..k)
            .map(|j| {
                (0..n)
                    .map(|i| {
                        let u = (i as f64 + 1.0) * 0.754_877_666
                            + (j as f64 + 1.0) * 0.569_840_29 * (i % 7) as f64;
                        u - u.floor() - 0.5
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn the_factor_has_the_gram_matrix_of_its_columns() {
        for n in [5, 191, 192, 193, 1000] {
            let columns = columns(n, 5);
            let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let r = triangular_factor(&views);
            for i in 0..5 {
                for j in 0..5 {
                    let gram = dot(views[i], views[j]);
                    let ours: f64 = (0..5).map(|l| r.at(l, i) * r.at(l, j)).sum();
                    assert!((gram - ours).abs() < 1e-12 * n as f64, "{n} {i} {j}");
                    assert!(i <= j || r.at(i, j) == 0.0);
                }
            }
        }
    }

    #[test]
    fn pivoting_finds_the_rank() {
        let mut c = columns(300, 4);
        let sum: Vec<f64> = (0..300).map(|i| 2.0 * c[0][i] - c[2][i]).collect();
        c.push(sum);
        let views: Vec<&[f64]> = c.iter().map(Vec::as_slice).collect();
        let r = triangular_factor(&views);
        let scale: Vec<f64> = views.iter().map(|v| sqrt(dot(v, v))).collect();
        let found = pivoted(&r, 5, &scale, &[1e-11; 5]);
        assert_eq!(found.rank, 4);
        let whole = pivoted(&r, 4, &scale[..4], &[1e-11; 4]);
        assert_eq!(whole.rank, 4);
    }

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let m = SquareMatrix { order: 3, values: vec![2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, -5.0] };
        let (mut values, vectors) = symmetric_eigen(&m);
        for (j, value) in values.iter().enumerate() {
            for i in 0..3 {
                let product: f64 = (0..3).map(|l| m.at(i, l) * vectors.at(l, j)).sum();
                assert!((product - value * vectors.at(i, j)).abs() < 1e-14);
            }
        }
        values.sort_by(f64::total_cmp);
        for (ours, known) in values.iter().zip([-5.0, 1.0, 3.0]) {
            assert!((ours - known).abs() < 1e-14);
        }
    }
}
