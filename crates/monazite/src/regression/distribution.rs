//! Student's t distribution: tail probabilities and quantiles.

use libm::{exp, fabs, log1p, sqrt};

/// P(|T| > |t|) for Student's t with `degrees` of freedom.
///
/// What it answers: how often would a coefficient at least this many standard errors from zero be seen, if it were
/// zero? Computed as the regularised incomplete beta function I_x(ν/2, 1/2) at x = ν/(ν + t²), from the side that is
/// small, never as one minus a distribution function; relative error below 1e-12 for ν from 1 to 10⁷ and any t.
///
/// Range \[0, 1\]; 1 at t = 0; 0 only where it underflows. `degrees` must be positive.
///
/// Reference: NIST Digital Library of Mathematical Functions, 8.17.
///
/// ```
/// use monazite::regression::two_sided_p;
/// assert!((two_sided_p(2.0, 3.0) - 0.139325968).abs() < 1e-9);
/// ```
pub fn two_sided_p(t: f64, degrees: f64) -> f64 {
    if t == 0.0 {
        return 1.0;
    }
    let (a, square) = (degrees / 2.0, t * t);
    if !square.is_finite() {
        return 0.0;
    }
    let below = degrees / (degrees + square);
    let above = square / (degrees + square);
    // x^a (1-x)^(1/2) / B(a, 1/2)
    let front = exp(-a * log1p(square / degrees)) * sqrt(above) * gamma_ratio(a) / sqrt(std::f64::consts::PI);
    if below < (a + 1.0) / (a + 2.5) {
        (front / a * near_one(above, a)).min(1.0)
    } else {
        (1.0 - front / 0.5 * continued_fraction(above, 0.5, a)).max(0.0)
    }
}

/// The t for which P(|T| > t) = `probability`: what a confidence interval of 1 - `probability` is made with.
///
/// `probability` must lie in (0, 1). Relative error below 1e-11.
///
/// ```
/// use monazite::regression::two_sided_quantile;
/// assert!((two_sided_quantile(0.05, 10.0) - 2.228138852).abs() < 1e-9);
/// ```
pub fn two_sided_quantile(probability: f64, degrees: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while two_sided_p(high, degrees) > probability && high < 1e300 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if two_sided_p(middle, degrees) > probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}

/// Γ(a + 1/2)/Γ(a), by its asymptotic series where that is exact to rounding, and down from there.
fn gamma_ratio(a: f64) -> f64 {
    const LARGE: f64 = 25.0;
    let (mut x, mut factor) = (a, 1.0);
    while x < LARGE {
        factor *= x / (x + 0.5);
        x += 1.0;
    }
    let y = 1.0 / x;
    let y2 = y * y;
    let series = y
        * (-1.0 / 8.0
            + y2 * (1.0 / 192.0 + y2 * (-1.0 / 640.0 + y2 * (17.0 / 14336.0 - y2 * 31.0 / 18432.0))));
    factor * sqrt(x) * exp(series)
}

/// [`continued_fraction`] at x = 1 - `rest` with b = 1/2, for large a and small `rest`.
///
/// There the odd steps 1 + e d are differences of numbers close to one, and a million degrees of freedom cost five
/// digits. Multiplied out, 1 + e has positive terms only, and d - 1 is known from the step before.
fn near_one(rest: f64, a: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const B: f64 = 0.5;
    let away = |value: f64| if fabs(value) < TINY { TINY } else { value };
    let x = 1.0 - rest;
    let mut c = 1.0;
    let mut d = (a + 1.0) / away(1.0 - B + (a + B) * rest);
    let mut fraction = d;
    for m in 1..100_000 {
        let m = f64::from(m);
        let even = m * (B - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        // 1 - d and 1 - 1/c of the next line.
        let short_d = even * d / away(1.0 + even * d);
        let short_c = even / away(c + even);
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        fraction *= d * c;
        let below = (a + 2.0 * m) * (a + 2.0 * m + 1.0);
        let odd = -(a + m) * (a + B + m) * x / below;
        let one_and_odd =
            (2.0 * a * m + 3.0 * m * m + a * (1.0 - B) + (2.0 - B) * m + (a + m) * (a + B + m) * rest)
                / below;
        d = 1.0 / away(one_and_odd - odd * short_d);
        c = away(one_and_odd - odd * short_c);
        fraction *= d * c;
        if fabs(d * c - 1.0) < 3e-16 {
            break;
        }
    }
    fraction
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if fabs(value) < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..100_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        fraction *= d * c;
        if fabs(d * c - 1.0) < 3e-16 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    /// reference/student_t.py, 50 digits cut to double precision.
    const REFERENCE: &str = include_str!("../../../../reference/values/student_t.csv");

    #[test]
    fn tails_agree_with_fifty_digits() {
        let mut worst: f64 = 0.0;
        let mut rows = 0;
        for line in REFERENCE.lines().skip(1) {
            let numbers: Vec<f64> = line.split(',').map(|n| n.parse().unwrap()).collect();
            let (degrees, t, expected) = (numbers[0], numbers[1], numbers[2]);
            let error = (two_sided_p(t, degrees) / expected - 1.0).abs();
            assert!(error < 1e-12, "df {degrees} t {t}: {} is not {expected}", two_sided_p(t, degrees));
            worst = worst.max(error);
            rows += 1;
        }
        assert!(rows > 100 && worst > 0.0);
    }

    #[test]
    fn quantiles_invert_tails() {
        for degrees in [1.0, 2.0, 3.0, 10.0, 225.0, 38_622.0] {
            for probability in [0.9, 0.5, 0.1, 0.05, 0.01, 1e-6, 1e-12] {
                let t = two_sided_quantile(probability, degrees);
                assert!(
                    (two_sided_p(t, degrees) / probability - 1.0).abs() < 1e-11,
                    "{degrees} {probability}"
                );
            }
        }
        assert!((two_sided_quantile(0.05, 1e7) - 1.959964).abs() < 1e-5);
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(two_sided_p(0.0, 5.0), 1.0);
        assert_eq!(two_sided_p(f64::INFINITY, 5.0), 0.0);
        assert_eq!(two_sided_p(-2.5, 7.0), two_sided_p(2.5, 7.0));
    }
}
