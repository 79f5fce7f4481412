//! The scale on which comparative advantage enters a regression.

use libm::{log, log1p};

/// The function g of the regression: growth is g(RCA after) - g(RCA before), and baseline RCA enters as g(RCA).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Transform {
    /// g(x) = x: as the paper words it (default).
    #[default]
    Literal,
    /// g(x) = ln x: relative growth; undefined at zero.
    Log,
    /// g(x) = ln(1 + x).
    Log1p,
    /// g(x) = (x - 1)/(x + 1): symmetric comparative advantage.
    Rsca,
}

impl Transform {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Literal, Self::Log, Self::Log1p, Self::Rsca];

    /// Its name in study files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::Log => "log",
            Self::Log1p => "log1p",
            Self::Rsca => "rsca",
        }
    }

    /// g(x), for x ≥ 0. Minus infinity stands for the logarithm of zero, which is counted; NaN stays NaN, which is missing.
    ///
    /// ```
    /// use monazite::regression::Transform;
    /// assert_eq!(Transform::Rsca.apply(3.0), 0.5);
    /// assert_eq!(Transform::Log.apply(0.0), f64::NEG_INFINITY);
    /// ```
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::Literal => x,
            Self::Log if x > 0.0 => log(x),
            Self::Log if x.is_nan() => x,
            Self::Log => f64::NEG_INFINITY,
            Self::Log1p => log1p(x),
            Self::Rsca => (x - 1.0) / (x + 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_stays_missing_and_zero_has_no_logarithm() {
        for transform in Transform::ALL {
            assert!(transform.apply(f64::NAN).is_nan(), "{transform:?}");
            assert_eq!(transform.apply(0.0).is_finite(), transform != Transform::Log);
            assert!(transform.apply(2.0) > transform.apply(1.5), "g grows");
        }
        assert!((Transform::Log.apply(std::f64::consts::E) - 1.0).abs() < 1e-15);
        assert!((Transform::Log1p.apply(1.0) - std::f64::consts::LN_2).abs() < 1e-15);
    }
}
