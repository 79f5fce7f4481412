//! Vectors of length one.

/// Cosine of two vectors of length one, summed in an order that does not depend on the machine.
///
/// ```
/// use monazite_mapping::embedding::cosine;
/// assert!((cosine(&[0.6, 0.8], &[0.8, 0.6]) - 0.96).abs() < 1e-6);
/// ```
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0f32; LANES];
    let (whole_a, rest_a) = a.as_chunks::<LANES>();
    let (whole_b, rest_b) = b.as_chunks::<LANES>();
    for (x, y) in whole_a.iter().zip(whole_b) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest = rest_a.iter().zip(rest_b).fold(0f32, |sum, (x, y)| sum + x * y);
    sums.iter().fold(rest, |sum, lane| sum + lane)
}

/// Brings a vector to length one; a vector of zeros stays.
pub(crate) fn normalise(vector: &mut [f32]) {
    let square = vector.iter().fold(0f64, |sum, &x| sum + f64::from(x) * f64::from(x));
    if square > 0.0 {
        let length = square.sqrt();
        for x in vector {
            *x = (f64::from(*x) / length) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_of_long_vectors_are_right() {
        let mut a: Vec<f32> = (0..403).map(|i| (i % 7) as f32 - 3.0).collect();
        let mut b: Vec<f32> = (0..403).map(|i| (i % 5) as f32).collect();
        let exact = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum()
        };
        let expected = exact(&a, &b) / (exact(&a, &a) * exact(&b, &b)).sqrt();
        normalise(&mut a);
        normalise(&mut b);
        assert!((f64::from(cosine(&a, &b)) - expected).abs() < 1e-6);
        assert!((cosine(&a, &a) - 1.0).abs() < 1e-6);
    }
}
