//! The curve that turns distance on the map into membership, and the forces that follow from it.

/// 1/(1 + a d^(2b)), the smooth curve nearest to one that is 1 up to `min_dist` and falls off as exp(-(d - min_dist)/spread).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// a.
    pub a: f64,
    /// b.
    pub b: f64,
}

/// Distances at which the curve is fitted, from 0 to three times the spread.
const SAMPLES: usize = 300;

impl Curve {
    /// Fits a and b by least squares (Levenberg-Marquardt).
    pub fn fit(min_dist: f64, spread: f64) -> Self {
        let samples: Vec<[f64; 2]> = (0..SAMPLES)
            .map(|n| {
                let d = 3.0 * spread * n as f64 / (SAMPLES - 1) as f64;
                [d, if d < min_dist { 1.0 } else { libm::exp(-(d - min_dist) / spread) }]
            })
            .collect();
        let mut curve = Self { a: 1.0, b: 1.0 };
        let mut error = curve.squared_error(&samples);
        let mut damping = 1e-3;
        for _ in 0..500 {
            let step = curve.step(&samples, damping);
            let next = Self { a: (curve.a + step[0]).max(1e-9), b: (curve.b + step[1]).max(1e-9) };
            let next_error = next.squared_error(&samples);
            if next_error < error {
                let gain = error - next_error;
                (curve, error) = (next, next_error);
                damping = (damping / 10.0).max(1e-12);
                if gain < 1e-18 * (1.0 + error) {
                    break;
                }
            } else {
                damping *= 10.0;
                if damping > 1e12 {
                    break;
                }
            }
        }
        curve
    }

    /// Membership at a distance.
    pub fn membership(&self, distance: f64) -> f64 {
        1.0 / (1.0 + self.a * libm::pow(distance, 2.0 * self.b))
    }

    fn squared_error(&self, samples: &[[f64; 2]]) -> f64 {
        samples.iter().fold(0.0, |sum, [d, y]| {
            let rest = self.membership(*d) - y;
            sum + rest * rest
        })
    }

    /// The damped Gauss-Newton step for a and b.
    fn step(&self, samples: &[[f64; 2]], damping: f64) -> [f64; 2] {
        let (mut aa, mut ab, mut bb, mut ga, mut gb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for [d, y] in samples {
            if *d == 0.0 {
                continue;
            }
            let power = libm::pow(*d, 2.0 * self.b);
            let value = 1.0 / (1.0 + self.a * power);
            let by_a = -value * value * power;
            let by_b = by_a * self.a * 2.0 * libm::log(*d);
            let rest = y - value;
            aa += by_a * by_a;
            ab += by_a * by_b;
            bb += by_b * by_b;
            ga += by_a * rest;
            gb += by_b * rest;
        }
        let (aa, bb) = (aa * (1.0 + damping), bb * (1.0 + damping));
        let determinant = aa * bb - ab * ab;
        [(ga * bb - gb * ab) / determinant, (gb * aa - ga * ab) / determinant]
    }
}

/// A function of squared distance, looked up between samples that lie close where it bends: 64 to every doubling. Off by
/// less than 1e-4 of its value, which is far below the noise of random sampling, and several times quicker than powers.
pub(super) struct ForceTable {
    /// Value and rise to the next sample.
    samples: Vec<[f32; 2]>,
}

/// The lowest power of two and one more than the highest in the table: distances on a map lie well within.
const EXPONENTS: [i32; 2] = [-30, 24];
const STEP_BITS: u32 = 6;
const SHIFT: u32 = 23 - STEP_BITS;
const FIRST: u32 = ((EXPONENTS[0] + 127) as u32) << 23;
const LAST: u32 = (((EXPONENTS[1] + 127) as u32) << 23) - 1;

impl ForceTable {
    pub(super) fn new(force: impl Fn(f64) -> f64) -> Self {
        let count = ((EXPONENTS[1] - EXPONENTS[0]) as usize) << STEP_BITS;
        let at = |n: usize| {
            let bits = FIRST + ((n as u32) << SHIFT);
            force(f64::from(f32::from_bits(bits)))
        };
        let samples = (0..count)
            .map(|n| {
                let value = at(n);
                [value as f32, (at(n + 1) - value) as f32]
            })
            .collect();
        Self { samples }
    }

    /// The force at a squared distance; at the ends of the table for what lies outside.
    #[inline]
    pub(super) fn at(&self, squared: f32) -> f32 {
        let bits = squared.to_bits().clamp(FIRST, LAST) - FIRST;
        let [value, rise] = self.samples[(bits >> SHIFT) as usize];
        let between = (bits & ((1 << SHIFT) - 1)) as f32 * (1.0 / (1u32 << SHIFT) as f32);
        value + rise * between
    }
}

/// Pull along an edge at squared distance s: -2ab s^(b-1) / (1 + a s^b), times the difference of the places.
pub(super) fn attraction(curve: &Curve) -> ForceTable {
    let Curve { a, b } = *curve;
    ForceTable::new(|s| -2.0 * a * b * libm::pow(s, b - 1.0) / (1.0 + a * libm::pow(s, b)))
}

/// Push from a random row at squared distance s: 2γb / ((0.001 + s)(1 + a s^b)), times the difference of the places.
pub(super) fn repulsion(curve: &Curve, strength: f64) -> ForceTable {
    let Curve { a, b } = *curve;
    ForceTable::new(|s| 2.0 * strength * b / ((0.001 + s) * (1.0 + a * libm::pow(s, b))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a = b = 1 membership is 1/(1 + d²), the pull -2/(1 + s) and the push 2γ/((0.001 + s)(1 + s)).
    #[test]
    fn forces_are_those_of_the_formulas() {
        let curve = Curve { a: 1.0, b: 1.0 };
        assert_eq!(curve.membership(2.0), 0.2);
        let (pull, push) = (attraction(&curve), repulsion(&curve, 3.0));
        for s in [0.003f32, 0.5, 1.0, 7.7, 250.0] {
            let exact = f64::from(s);
            let close = |found: f32, formula: f64| (f64::from(found) / formula - 1.0).abs() < 1e-4;
            assert!(close(pull.at(s), -2.0 / (1.0 + exact)), "pull at {s}");
            assert!(close(push.at(s), 6.0 / ((0.001 + exact) * (1.0 + exact))), "push at {s}");
        }
        // The table goes on as it ends.
        assert_eq!(push.at(0.0), push.at(1e-12));
    }
}
