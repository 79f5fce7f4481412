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
            add_four(row, [f, g, h, i], [source(a), source(b), source(c), source(d)]);
        }
        _ => multiples.iter().for_each(|&(k, f)| add_multiple(row, f, source(k))),
    }
}

/// y += Σ_n f_n x_n, element by element, in this order.
#[inline(always)]
fn add_four(y: &mut [f64], f: [f64; 4], x: [&[f64]; 4]) {
    // Equal lengths, known before the loop, spare it a check at every element.
    let [a, b, c, d] = x.map(|x| &x[..y.len()]);
    for (j, y) in y.iter_mut().enumerate() {
        *y = (((*y + f[0] * a[j]) + f[1] * b[j]) + f[2] * c[j]) + f[3] * d[j];
    }
}

/// Row i of `matrix` right of the diagonal := scale Σ_k value_k (row k), four rows at a time.
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
    let fours = index.chunks_exact(4).zip(value.chunks_exact(4));
    for (k, v) in fours {
        add_four(target, [0, 1, 2, 3].map(|n| v[n] * scale), [0, 1, 2, 3].map(|n| row(k[n])));
    }
    let rest = index.len() / 4 * 4;
    for (&k, &v) in index[rest..].iter().zip(&value[rest..]) {
        add_multiple(target, v * scale, row(k));
    }
}
