//! Units and bounded numbers as types, so that a share is never added to a dollar.
//!
//! Hot loops work on plain `f64` slices; these types stand at the edges, where a
//! number enters or leaves and its unit could be mistaken.

use std::fmt;

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident, $symbol:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
        pub struct $name(f64);

        impl $name {
            /// Wraps a number that is already in this unit.
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            /// The bare number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.0, $symbol)
            }
        }

        impl std::ops::Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                Self(items.map(Self::get).sum())
            }
        }
    };
}

unit!(
    /// Trade value in thousand current US dollars, the unit of BACI's column `v`.
    ThousandUsd,
    "thousand USD"
);
impl ThousandUsd {
    /// The value in words for people: `3.21 billion USD`.
    ///
    /// ```
    /// use monazite::units::ThousandUsd;
    /// assert_eq!(ThousandUsd::new(3_210_000.0).in_words(), "3.21 billion USD");
    /// assert_eq!(ThousandUsd::new(0.5).in_words(), "500 USD");
    /// ```
    pub fn in_words(self) -> String {
        let usd = self.0 * 1000.0;
        let magnitude = usd.abs();
        let (scaled, word) = if magnitude >= 1e12 {
            (usd / 1e12, " trillion USD")
        } else if magnitude >= 1e9 {
            (usd / 1e9, " billion USD")
        } else if magnitude >= 1e6 {
            (usd / 1e6, " million USD")
        } else if magnitude >= 1e4 {
            (usd / 1e3, " thousand USD")
        } else {
            (usd, " USD")
        };
        let digits = if word == " USD" || scaled.abs() >= 100.0 {
            0
        } else if scaled.abs() >= 10.0 {
            1
        } else {
            2
        };
        format!("{scaled:.digits$}{word}")
    }
}

/// Formats a count with thousands separators: `814,111`.
///
/// ```
/// assert_eq!(monazite::units::grouped(814_111), "814,111");
/// ```
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 draw`, `1,200 draws`.
///
/// ```
/// assert_eq!(monazite::units::counted(1, ["draw", "draws"]), "1 draw");
/// assert_eq!(monazite::units::counted(1200, ["draw", "draws"]), "1,200 draws");
/// ```
pub fn counted(count: u64, [one, several]: [&str; 2]) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { several })
}

/// The noun of [`counted`] draws.
pub const DRAWS: [&str; 2] = ["draw", "draws"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_at_the_thousands() {
        assert_eq!(ThousandUsd::new(0.0).in_words(), "0 USD");
        assert_eq!(ThousandUsd::new(12.0).in_words(), "12.0 thousand USD");
        assert_eq!(ThousandUsd::new(34_100_000_000.0).in_words(), "34.1 trillion USD");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
