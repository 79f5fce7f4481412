//! Eigenvalues and eigenvectors of symmetric matrices.
//!
//! Own code because results have to be the same on every machine: libraries that choose fused multiply-add at run time round differently
//! from one processor to the next.

/// Partial sums of a dot product. A constant: the last digits of a result depend on it.
const LANES: usize = 4;
/// Steps of QL for one eigenvalue; two or three are usual.
const MOST_STEPS: usize = 60;

/// Eigenvalues and eigenvectors of a symmetric matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigen {
    /// The eigenvalues.
    pub values: Vec<f64>,
    /// For every eigenvalue its vector, of length 1.
    pub vectors: Vec<Vec<f64>>,
}

impl Eigen {
    /// With the largest eigenvalue first.
    fn largest_first(self) -> Self {
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        order.sort_by(|&a, &b| self.values[b].total_cmp(&self.values[a]));
        let mut vectors: Vec<Option<Vec<f64>>> = self.vectors.into_iter().map(Some).collect();
        Self {
            values: order.iter().map(|&at| self.values[at]).collect(),
            vectors: order.iter().filter_map(|&at| vectors[at].take()).collect(),
        }
    }
}

/// All eigenvalues of a dense symmetric matrix, the largest first, and their vectors; the sign of a vector means nothing.
///
/// Householder reflections turn the matrix tridiagonal, QL steps with Wilkinson's shift turn that diagonal: about 5 n³ operations.
///
/// # Panics
/// If the matrix is not square.
///
/// ```
/// use monazite::eigen::symmetric_eigen;
/// let found = symmetric_eigen(vec![vec![2.0, 1.0, 0.0], vec![1.0, 2.0, 0.0], vec![0.0, 0.0, 5.0]]);
/// for (value, expected) in found.values.iter().zip([5.0, 3.0, 1.0]) {
///     assert!((value - expected).abs() < 1e-14);
/// }
/// assert!((found.vectors[1][0] - found.vectors[1][1]).abs() < 1e-14, "(1, 1, 0) belongs to 3");
/// ```
pub fn symmetric_eigen(matrix: Vec<Vec<f64>>) -> Eigen {
    let n = matrix.len();
    assert!(matrix.iter().all(|row| row.len() == n), "a symmetric matrix has as many columns as rows");
    let reduced = tridiagonal(matrix);
    tridiagonal_eigen(&reduced.diagonal, &reduced.beside, reduced.basis).largest_first()
}

/// A symmetric matrix as that of a tridiagonal one in another basis.
struct Tridiagonal {
    diagonal: Vec<f64>,
    beside: Vec<f64>,
    /// The vectors of that basis.
    basis: Vec<Vec<f64>>,
}

/// A reflection x - scale (v·x) v of the entries from `first` on.
struct Reflection {
    first: usize,
    vector: Vec<f64>,
    scale: f64,
}

/// Turns a symmetric matrix tridiagonal by reflections, column after column.
fn tridiagonal(mut a: Vec<Vec<f64>>) -> Tridiagonal {
    let n = a.len();
    let mut diagonal: Vec<f64> = Vec::with_capacity(n);
    let mut beside: Vec<f64> = Vec::with_capacity(n.saturating_sub(1));
    let mut reflections: Vec<Reflection> = Vec::new();
    for column in 0..n {
        diagonal.push(a[column][column]);
        let first = column + 1;
        let Some(&head) = a[column].get(first) else { break };
        let mut vector = a[column][first..].to_vec();
        let rest = dot(&vector[1..], &vector[1..]);
        if rest == 0.0 {
            beside.push(head);
            continue;
        }
        let length = (head * head + rest).sqrt();
        let to = if head > 0.0 { -length } else { length };
        beside.push(to);
        vector[0] = head - to;
        let scale = 2.0 / dot(&vector, &vector);
        let mut image: Vec<f64> = a[first..].iter().map(|row| scale * dot(&row[first..], &vector)).collect();
        let along = 0.5 * scale * dot(&image, &vector);
        image.iter_mut().zip(&vector).for_each(|(x, v)| *x -= along * v);
        for (row, (v, w)) in a[first..].iter_mut().zip(vector.iter().zip(&image)) {
            for (entry, (vj, wj)) in row[first..].iter_mut().zip(vector.iter().zip(&image)) {
                // Two products and a sum, the same for an entry and its mirror: the matrix stays symmetric to the last bit.
                *entry -= v * wj + w * vj;
            }
        }
        reflections.push(Reflection { first, vector, scale });
    }
    let mut basis = identity(n);
    for Reflection { first, vector, scale } in reflections.iter().rev() {
        for row in &mut basis[*first..] {
            let along = scale * dot(&row[*first..], vector);
            row[*first..].iter_mut().zip(vector).for_each(|(x, v)| *x -= along * v);
        }
    }
    Tridiagonal { diagonal, beside, basis }
}

/// Eigenvalues, in no order, and eigenvectors of a symmetric tridiagonal matrix that is given in a basis, by implicit QL steps with
/// Wilkinson's shift. The vectors are those of the whole space, not of the basis.
pub(crate) fn tridiagonal_eigen(diagonal: &[f64], beside: &[f64], mut vectors: Vec<Vec<f64>>) -> Eigen {
    let n = diagonal.len();
    let mut d = diagonal.to_vec();
    let mut e = beside.to_vec();
    e.push(0.0);
    for first in 0..n {
        for _ in 0..MOST_STEPS {
            let split = (first..n - 1)
                .find(|&m| e[m].abs() <= f64::EPSILON * (d[m].abs() + d[m + 1].abs()))
                .unwrap_or(n - 1);
            if split == first {
                break;
            }
            let mut g = (d[first + 1] - d[first]) / (2.0 * e[first]);
            let mut r = (g * g + 1.0).sqrt();
            g = d[split] - d[first] + e[first] / (g + if g >= 0.0 { r } else { -r });
            let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
            let mut broke = false;
            for i in (first..split).rev() {
                let f = s * e[i];
                let b = c * e[i];
                r = (f * f + g * g).sqrt();
                e[i + 1] = r;
                if r == 0.0 {
                    d[i + 1] -= p;
                    e[split] = 0.0;
                    broke = true;
                    break;
                }
                s = f / r;
                c = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2.0 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                turn(&mut vectors, i, s, c);
            }
            if broke {
                continue;
            }
            d[first] -= p;
            e[first] = g;
            e[split] = 0.0;
        }
    }
    Eigen { values: d, vectors }
}

/// Turns a vector and the next one in their plane.
fn turn(vectors: &mut [Vec<f64>], at: usize, s: f64, c: f64) {
    let (low, high) = vectors.split_at_mut(at + 1);
    for (x, y) in low[at].iter_mut().zip(&mut high[0]) {
        let upper = *y;
        *y = s * *x + c * upper;
        *x = c * *x - s * upper;
    }
}

/// The vectors of the axes.
pub(crate) fn identity(n: usize) -> Vec<Vec<f64>> {
    (0..n).map(|row| (0..n).map(|column| f64::from(u8::from(row == column))).collect()).collect()
}

/// Sum of products, in four partial sums.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (chunks_a, chunks_b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = chunks_a.remainder().iter().zip(chunks_b.remainder()).fold(0.0, |sum, (x, y)| sum + x * y);
    for (x, y) in chunks_a.zip(chunks_b) {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_of_a_path() {
        // The path of n points: 2 cos(k π/(n + 1)).
        let n = 40;
        let Eigen { mut values, vectors } = tridiagonal_eigen(&vec![0.0; n], &vec![1.0; n - 1], identity(n));
        for (vector, value) in vectors.iter().zip(&values) {
            for row in 0..n {
                let left = if row > 0 { vector[row - 1] } else { 0.0 };
                let right = vector.get(row + 1).copied().unwrap_or(0.0);
                assert!((left + right - value * vector[row]).abs() < 1e-13);
            }
        }
        values.sort_by(f64::total_cmp);
        for (k, value) in values.iter().rev().enumerate() {
            let exact = 2.0 * libm::cos((k + 1) as f64 * std::f64::consts::PI / (n + 1) as f64);
            assert!((value - exact).abs() < 1e-13, "{value} is not {exact}");
        }
    }

    /// A symmetric matrix without a generator of random numbers.
    fn some_matrix(n: usize) -> Vec<Vec<f64>> {
        let entry = |i: usize, j: usize| {
            let (i, j) = (i.min(j) as f64 + 1.0, i.max(j) as f64 + 1.0);
            let u = i * 0.754_877_666 + j * j * 0.569_840_29;
            u - u.floor() - 0.5
        };
        (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
    }

    #[test]
    fn a_dense_matrix_times_its_vectors_is_the_values_times_them() {
        for n in [1, 2, 3, 7, 60] {
            let a = some_matrix(n);
            let found = symmetric_eigen(a.clone());
            assert!(found.values.is_sorted_by(|x, y| x >= y));
            let trace: f64 = (0..n).map(|i| a[i][i]).sum();
            assert!((found.values.iter().sum::<f64>() - trace).abs() < 1e-12);
            for (k, (vector, value)) in found.vectors.iter().zip(&found.values).enumerate() {
                for (row, x) in a.iter().zip(vector) {
                    assert!((dot(row, vector) - value * x).abs() < 1e-12, "{n}, {k}");
                }
                for (other, of) in found.vectors.iter().enumerate() {
                    let wanted = f64::from(u8::from(other == k));
                    assert!((dot(of, vector) - wanted).abs() < 1e-12, "{n}: {k} and {other}");
                }
            }
        }
    }

    #[test]
    fn matrices_that_are_diagonal_or_have_equal_values_are_no_special_case() {
        let found = symmetric_eigen(vec![vec![1.0, 0.0, 0.0], vec![0.0, 3.0, 0.0], vec![0.0, 0.0, 3.0]]);
        assert_eq!(found.values, [3.0, 3.0, 1.0]);
        let ones = symmetric_eigen(vec![vec![1.0; 6]; 6]);
        assert!((ones.values[0] - 6.0).abs() < 1e-14 && ones.values[1..].iter().all(|v| v.abs() < 1e-14));
        assert_eq!(symmetric_eigen(Vec::new()).values, [0.0; 0]);
    }
}
