//! Random numbers by address: the same place of the world always gets the same number, in whatever order it is asked for.

use libm::{cos, exp, log, sqrt};

/// What a number is drawn for; two purposes never share numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Purpose {
    Size = 1,
    Growth,
    Stability,
    Links,
    Candidates,
    Comparative,
    Zero,
    Jitter,
    Other,
    Partner,
    Affinity,
    Demand,
    CountryNoise,
    ProductNoise,
    Noise,
}

/// All numbers of a world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draws {
    pub seed: u64,
}

/// A round of splitmix64.
const fn mixed(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Draws {
    fn word(self, purpose: Purpose, place: [usize; 3], nth: u64) -> u64 {
        let mut state = mixed(self.seed ^ mixed(purpose as u64));
        for part in place {
            state = mixed(state ^ part as u64);
        }
        mixed(state ^ nth)
    }

    /// Uniform in [0, 1).
    pub fn unit(self, purpose: Purpose, place: [usize; 3]) -> f64 {
        (self.word(purpose, place, 0) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Normal with mean 0 and variance 1.
    pub fn normal(self, purpose: Purpose, place: [usize; 3]) -> f64 {
        let u = 1.0 - self.unit(purpose, place);
        let v = (self.word(purpose, place, 1) >> 11) as f64 / (1u64 << 53) as f64;
        sqrt(-2.0 * log(u)) * cos(2.0 * std::f64::consts::PI * v)
    }

    /// exp of a normal number with this standard deviation.
    pub fn lognormal(self, purpose: Purpose, place: [usize; 3], sd: f64) -> f64 {
        exp(sd * self.normal(purpose, place))
    }

    /// A whole number below `n`, all but equally likely.
    pub fn below(self, purpose: Purpose, place: [usize; 3], n: usize) -> usize {
        ((self.unit(purpose, place) * n as f64) as usize).min(n - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_addresses() {
        let draws = Draws { seed: 7 };
        let n = 20_000;
        let values: Vec<f64> = (0..n).map(|i| draws.normal(Purpose::Noise, [i, 0, 3])).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
        let lag = values.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
        assert!(lag.abs() < 0.03, "{lag}");
        assert_ne!(draws.unit(Purpose::Noise, [1, 2, 3]), draws.unit(Purpose::Noise, [3, 2, 1]));
        assert_ne!(draws.unit(Purpose::Noise, [1, 2, 3]), draws.unit(Purpose::Size, [1, 2, 3]));
    }
}
