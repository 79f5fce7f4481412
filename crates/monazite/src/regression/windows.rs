//! Pairs of windows: baseline first, projection after.

use super::error::RegressionError;
use crate::nomenclature::YearRange;

/// A baseline window and the projection window whose outcome is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// The baseline.
    pub baseline: YearRange,
    /// The projection.
    pub projection: YearRange,
}

impl Windows {
    /// A pair of windows.
    ///
    /// # Errors
    /// [`RegressionError::WindowsOverlap`] unless the baseline ends before the projection begins.
    pub fn new(baseline: YearRange, projection: YearRange) -> Result<Self, RegressionError> {
        if baseline.last >= projection.first {
            return Err(RegressionError::WindowsOverlap { baseline, projection });
        }
        Ok(Self { baseline, projection })
    }

    /// The windows of the paper: 2008-2011 and 2020-2023.
    pub const PAPER: Self = Self {
        baseline: YearRange { first: 2008, last: 2011 },
        projection: YearRange { first: 2020, last: 2023 },
    };

    /// Whether both windows lie in the data.
    ///
    /// # Errors
    /// [`RegressionError::WindowOutsideData`].
    pub fn check(&self, years: &[u16]) -> Result<(), RegressionError> {
        for (which, window) in [("baseline", self.baseline), ("projection", self.projection)] {
            if !(window.first..=window.last).all(|year| years.contains(&year)) {
                return Err(RegressionError::WindowOutsideData {
                    which,
                    window,
                    first: years.first().copied().unwrap_or(0),
                    last: years.last().copied().unwrap_or(0),
                });
            }
        }
        Ok(())
    }

    /// All pairs of windows of `length` years that do not overlap, baseline first, by baseline and then projection.
    ///
    /// Within Y years there are (Y - 2L + 1)(Y - 2L + 2)/2 of them.
    ///
    /// ```
    /// use monazite::regression::Windows;
    /// let years: Vec<u16> = (2007..=2023).collect();
    /// assert_eq!(Windows::all_of_length(&years, 4).len(), 55);
    /// ```
    pub fn all_of_length(years: &[u16], length: u16) -> Vec<Self> {
        let whole = |first: u16| {
            let window = YearRange { first, last: first + length - 1 };
            (window.first..=window.last).all(|year| years.contains(&year)).then_some(window)
        };
        let mut pairs = Vec::new();
        for &first in years {
            let Some(baseline) = whole(first) else { continue };
            for &later in years.iter().filter(|&&y| y > baseline.last) {
                if let Some(projection) = whole(later) {
                    pairs.push(Self { baseline, projection });
                }
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pairs_within_2007_to_2023() {
        let years: Vec<u16> = (2007..=2023).collect();
        for (length, pairs) in [(1, 136), (2, 105), (3, 78), (4, 55), (5, 36), (9, 0)] {
            assert_eq!(Windows::all_of_length(&years, length).len(), pairs, "{length}");
        }
        assert!(Windows::all_of_length(&years, 4).contains(&Windows::PAPER));
    }

    #[test]
    fn windows_must_not_overlap_and_must_be_in_the_data() {
        let range = |first, last| YearRange { first, last };
        assert_eq!(
            Windows::new(range(2008, 2011), range(2011, 2014)).unwrap_err().to_string(),
            "the baseline window 2008-2011 and the projection window 2011-2014 overlap; the baseline has to end before the projection begins"
        );
        assert!(Windows::new(range(2012, 2013), range(2008, 2009)).is_err());
        let years: Vec<u16> = (2007..=2022).collect();
        assert_eq!(
            Windows::PAPER.check(&years).unwrap_err().to_string(),
            "the projection window 2020-2023 is not in the data, which run from 2007 to 2022; change regression.projection"
        );
        assert!(Windows::PAPER.check(&(2000..=2023).collect::<Vec<_>>()).is_ok());
    }
}
