//! Numbers as `explorer.json` has them.

use serde::{Serialize, Serializer};

/// A number cut to six significant digits; null where it is not defined.
///
/// ```
/// use monazite::report::explorer::Rounded;
/// let text = |number: Option<f64>| serde_json::to_string(&Rounded::from(number)).unwrap();
/// assert_eq!(text(Some(1.23456789)), "1.23457");
/// assert_eq!(text(Some(-1234567.0)), "-1234570");
/// assert_eq!(text(Some(0.000123456789)), "0.000123457");
/// assert_eq!(text(None), "null");
/// assert_eq!(text(Some(f64::NAN)), "null");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rounded(Option<f64>);

impl Rounded {
    /// The number; `None` where it is not defined.
    pub const fn get(self) -> Option<f64> {
        self.0
    }

    /// A number cut to so many significant digits, at least one.
    ///
    /// ```
    /// use monazite::report::explorer::Rounded;
    /// assert_eq!(Rounded::to(3, Some(1234.6)).get(), Some(1230.0));
    /// assert_eq!(Rounded::to(1, Some(0.0987)).get(), Some(0.1));
    /// ```
    pub fn to(digits: usize, number: Option<f64>) -> Self {
        let decimals = digits.saturating_sub(1);
        let cut = |number: f64| format!("{number:.decimals$e}").parse::<f64>().ok();
        Self(number.filter(|number| number.is_finite()).and_then(cut))
    }
}

impl From<Option<f64>> for Rounded {
    fn from(number: Option<f64>) -> Self {
        Self::to(6, number)
    }
}

impl From<f64> for Rounded {
    fn from(number: f64) -> Self {
        Some(number).into()
    }
}

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            // Without `.0` behind it: a third of the file would be that.
            Some(whole)
                if libm::trunc(whole) == whole
                    && whole.abs() < 1e15
                    && !(whole == 0.0 && whole.is_sign_negative()) =>
            {
                serializer.serialize_i64(whole as i64)
            }
            number => number.serialize(serializer),
        }
    }
}
