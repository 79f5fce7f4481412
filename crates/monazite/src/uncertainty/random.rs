//! Random numbers by address: the same country, year and draw always get the same number, whoever else is asked for.

use libm::{cos, log, sqrt};

/// What a number is drawn for; two purposes never share numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// The error of a country's governance.
    Governance = 1,
    /// The error of a flow's value.
    Flow,
    /// Whether a small flow is recorded.
    Recording,
}

/// The address of a number: seed, purpose, and whatever it is about.
///
/// Every part is mixed in by a round of splitmix64, so that neighbours have nothing in common.
///
/// ```
/// use monazite::uncertainty::random::{Address, Purpose};
/// let of = |iso3: &str, draw| Address::new(7, Purpose::Governance).text(iso3).number(2019).number(draw).normal();
/// assert_eq!(of("CHN", 3), of("CHN", 3));
/// assert_ne!(of("CHN", 3), of("CHN", 4));
/// assert_ne!(of("CHN", 3), of("USA", 3));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Address(u64);

/// A round of splitmix64.
const fn mixed(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A word as a number in [0, 1).
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1u64 << 53) as f64
}

impl Address {
    /// All numbers of a seed that are drawn for one purpose.
    pub const fn new(seed: u64, purpose: Purpose) -> Self {
        Self(mixed(mixed(seed) ^ purpose as u64))
    }

    /// The address with a whole number in it.
    #[must_use]
    pub const fn number(self, part: u64) -> Self {
        Self(mixed(self.0 ^ mixed(part)))
    }

    /// The address with a text in it, such as a code.
    #[must_use]
    pub fn text(self, part: &str) -> Self {
        let end = self.number(part.len() as u64);
        part.bytes().fold(end, |address, byte| address.number(u64::from(byte)))
    }

    /// Uniform in \[0, 1).
    pub fn uniform(self) -> f64 {
        unit(mixed(self.0))
    }

    /// Normal with mean 0 and variance 1 (Box and Muller), the same bits on every machine.
    pub fn normal(self) -> f64 {
        let away_from_zero = 1.0 - self.uniform();
        let angle = 2.0 * std::f64::consts::PI * unit(mixed(self.0 ^ 0x5bd1_e995));
        sqrt(-2.0 * log(away_from_zero)) * cos(angle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_tails_of_a_normal_number() {
        let n = 40_000;
        let values: Vec<f64> = (0..n)
            .map(|draw| Address::new(7, Purpose::Governance).text("CHN").number(draw).normal())
            .collect();
        let mean = |f: &dyn Fn(f64) -> f64| values.iter().map(|v| f(*v)).sum::<f64>() / n as f64;
        assert!(mean(&|v| v).abs() < 0.02 && (mean(&|v| v * v) - 1.0).abs() < 0.03);
        assert!((mean(&|v| v.powi(4)) - 3.0).abs() < 0.2, "as heavy tails as a normal number has");
        for (above, expected) in [(0.0, 0.5), (1.0, 0.158_655), (2.0, 0.022_750)] {
            let share = mean(&|v| f64::from(u8::from(v > above)));
            assert!((share - expected).abs() < 4.0 * (expected / n as f64).sqrt(), "{above}: {share}");
        }
        let lag = values.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
        assert!(lag.abs() < 0.02, "draws that follow one another: {lag}");
    }

    #[test]
    fn every_part_of_an_address_counts() {
        let base = Address::new(1, Purpose::Governance);
        let numbers = [
            base.number(1).number(2),
            base.number(2).number(1),
            base.text("AB").text("C"),
            base.text("A").text("BC"),
            base.text("ABC"),
            Address::new(2, Purpose::Governance).number(1).number(2),
            Address::new(1, Purpose::Flow).number(1).number(2),
        ]
        .map(|address| address.uniform().to_bits());
        let different: std::collections::BTreeSet<u64> = numbers.into_iter().collect();
        assert_eq!(different.len(), numbers.len());
    }
}
