//! Ranges of calendar years.

/// A range of years, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearRange {
    /// First year.
    pub first: u16,
    /// Last year.
    pub last: u16,
}

impl YearRange {
    /// Whether a year lies in the range.
    pub fn contains(&self, year: u16) -> bool {
        (self.first..=self.last).contains(&year)
    }
}
