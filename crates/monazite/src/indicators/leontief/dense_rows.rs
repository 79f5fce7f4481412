//! Multiples of dense rows added up, in a fixed order.

/// y += f x, element by element.
#[inline(always)]
fn add_multiple(y: &mut [f64], f: f64, x: &[f64]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += f * x;
    }
}

/// Adds multiples of rows of `done` to `row`, from column `from` on; each element in the order of `multiples`.
#[inline(always)]
pub(super) fn add_rows(
    row: &mut [f64],
    from: usize,
    multiples: &[(usize, f64)],
    done: &[f64],
    stride: usize,
) {
    let size = row.len();
    let source = |k: usize| &done[k * stride + from..k * stride + size];
    let row = &mut row[from..];
    match *multiples {
        [(a, f), (b, g), (c, h), (d, i)] => {
            add_several(row, [f, g, h, i], [source(a), source(b), source(c), source(d)]);
        }
        _ => multiples.iter().for_each(|&(k, f)| add_multiple(row, f, source(k))),
    }
}

/// y += Σ_n f_n x_n, element by element, in this order.
#[inline(always)]
fn add_several<const N: usize>(y: &mut [f64], f: [f64; N], x: [&[f64]; N]) {
    // Equal lengths, known before the loop, spare it a check at every element.
    let x = x.map(|x| &x[..y.len()]);
    for (j, y) in y.iter_mut().enumerate() {
        let mut sum = *y;
        for n in 0..N {
            sum += f[n] * x[n][j];
        }
        *y = sum;
    }
}

/// Row i of `matrix` right of the diagonal := scale Σ_k value_k (row k), eight rows at a time.
/// The sum of every element is formed in the order of `index`.
#[inline(always)]
pub(super) fn combine_rows(
    matrix: &mut [f64],
    i: usize,
    size: usize,
    stride: usize,
    index: &[u16],
    value: &[f64],
    scale: f64,
) {
    let (head, tail) = matrix.split_at_mut((i + 1) * stride);
    let target = &mut head[i * stride + i + 1..i * stride + size];
    target.fill(0.0);
    let row =
        |k: u16| &tail[(usize::from(k) - i - 1) * stride + i + 1..(usize::from(k) - i - 1) * stride + size];
    const EIGHT: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];
    const FOUR: [usize; 4] = [0, 1, 2, 3];
    let eights = index.chunks_exact(8).zip(value.chunks_exact(8));
    for (k, v) in eights {
        add_several(target, EIGHT.map(|n| v[n] * scale), EIGHT.map(|n| row(k[n])));
    }
    let rest = index.len() / 8 * 8;
    let (index, value) = (&index[rest..], &value[rest..]);
    for (k, v) in index.chunks_exact(4).zip(value.chunks_exact(4)) {
        add_several(target, FOUR.map(|n| v[n] * scale), FOUR.map(|n| row(k[n])));
    }
    let rest = index.len() / 4 * 4;
    for (&k, &v) in index[rest..].iter().zip(&value[rest..]) {
        add_multiple(target, v * scale, row(k));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_rows_at_a_time_are_the_rows_one_by_one() {
        // Rows of 3 with a stride of 4; from column 1 on.
        let done = [1.0, 2.0, 3.0, 9.0, 4.0, 5.0, 6.0, 9.0, 7.0, 8.0, 9.0, 9.0, 10.0, 11.0, 12.0, 9.0];
        let mut row = [100.0, 1.0, 1.0];
        add_rows(&mut row, 1, &[(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)], &done, 4);
        // 1 + 2 + 2*5 + 3*8 + 4*11 and 1 + 3 + 2*6 + 3*9 + 4*12; what is left of the column stays.
        assert_eq!(row, [100.0, 81.0, 91.0]);
        let mut row = [100.0, 1.0, 1.0];
        add_rows(&mut row, 1, &[(0, 1.0), (3, 4.0)], &done, 4);
        assert_eq!(row, [100.0, 1.0 + 2.0 + 44.0, 1.0 + 3.0 + 48.0]);
    }

    #[test]
    fn a_row_becomes_a_combination_of_rows_below() {
        // Row 0 right of its diagonal := 2 (3 row 1 + row 2), in a matrix of 3 with a stride of 3.
        let mut matrix = [7.0, 7.0, 7.0, 0.0, 1.0, 2.0, 0.0, 5.0, 10.0];
        combine_rows(&mut matrix, 0, 3, 3, &[1, 2], &[3.0, 1.0], 2.0);
        assert_eq!(matrix[..3], [7.0, 2.0 * 3.0 + 2.0 * 5.0, 2.0 * 3.0 * 2.0 + 2.0 * 10.0]);
    }
}
