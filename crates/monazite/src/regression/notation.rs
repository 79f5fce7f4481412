//! Estimates in the notation of the paper: -0.13(1) is -0.13 with a standard error of 0.01.

use std::fmt;
use std::str::FromStr;

use libm::{fabs, floor, log10, pow, round};

/// An estimate and its standard error, both in units of the last decimal that is written.
///
/// `-0.66(10)` is -66 and 10 in units of 10⁻²; `120(30)` is 120 and 30 in units of 1.
///
/// ```
/// use monazite::regression::Notation;
/// let n: Notation = "-0.13(1)".parse()?;
/// assert_eq!((n.estimate(), n.standard_error()), (-0.13, 0.01));
/// assert_eq!(n.to_string(), "-0.13(1)");
/// assert_eq!(Notation::of(-0.6634, 0.1021).unwrap().to_string(), "-0.66(10)");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notation {
    /// Decimals written.
    pub decimals: u8,
    /// The estimate in units of the last decimal.
    pub units: i64,
    /// The standard error in units of the last decimal.
    pub error_units: u64,
}

/// More decimals than a double has.
const MOST_DECIMALS: u8 = 17;

impl Notation {
    /// Rounds an estimate to the precision that its standard error allows: one significant digit of the standard error, two if the first is a
    /// 1 (a standard error of 0.104 is written as 10 in the second decimal, one of 0.26 as 3 in the first).
    ///
    /// `None` if the standard error is not positive, or a number is not finite or out of the range of the notation.
    pub fn of(estimate: f64, standard_error: f64) -> Option<Self> {
        if !(standard_error > 0.0 && standard_error.is_finite() && estimate.is_finite()) {
            return None;
        }
        let exponent = floor(log10(standard_error)) as i32;
        // Rounded to two digits first, so that 0.0996 counts as 0.10.
        let two = round(standard_error / pow(10.0, f64::from(exponent - 1)));
        let (two, exponent) = if two >= 100.0 { (10.0, exponent + 1) } else { (two, exponent) };
        let digits = if two < 20.0 { 2 } else { 1 };
        let last = exponent - digits + 1;
        let decimals = u8::try_from((-last).max(0)).ok().filter(|d| *d <= MOST_DECIMALS)?;
        let unit = pow(10.0, f64::from(last.max(0)));
        // Tens and hundreds are rounded too, but written out.
        let count = |x: f64| round(x * pow(10.0, f64::from(decimals)) / unit) * unit;
        let (units, error_units) = (count(estimate), count(standard_error));
        (fabs(units) < 9e15 && error_units < 9e15).then_some(Self {
            decimals,
            units: units as i64,
            error_units: error_units as u64,
        })
    }

    /// The estimate.
    pub fn estimate(&self) -> f64 {
        self.units as f64 / pow(10.0, f64::from(self.decimals))
    }

    /// The standard error.
    pub fn standard_error(&self) -> f64 {
        self.error_units as f64 / pow(10.0, f64::from(self.decimals))
    }
}

impl fmt::Display for Notation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.units.unsigned_abs().to_string();
        let decimals = usize::from(self.decimals);
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let sign = if self.units < 0 { "-" } else { "" };
        let point = if decimals > 0 { "." } else { "" };
        write!(f, "{sign}{whole}{point}{fraction}({})", self.error_units)
    }
}

impl FromStr for Notation {
    type Err = String;

    /// Reads the notation; a minus sign may be a hyphen or the typographic sign.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not an estimate with its standard error, such as -0.13(1)");
        let body = text.trim().strip_suffix(')').ok_or_else(wrong)?;
        let (number, error) = body.split_once('(').ok_or_else(wrong)?;
        let number = number.trim();
        let (negative, number) = match number.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !plain(whole)
            || !plain(fraction)
            || error.is_empty()
            || !plain(error)
            || (number.contains('.') && fraction.is_empty())
            || fraction.len() > usize::from(MOST_DECIMALS)
        {
            return Err(wrong());
        }
        let units: i64 = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
        Ok(Self {
            decimals: fraction.len() as u8,
            units: if negative { -units } else { units },
            error_units: error.parse().map_err(|_| wrong())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table 1 of the paper.
    const PAPER: [&str; 17] = [
        "-2.8(3)",
        "-0.13(1)",
        "1.1(1)",
        "-0.66(10)",
        "-0.36(7)",
        "0.1(1)",
        "0.26(10)",
        "-0.37(8)",
        "0.07(1)",
        "1.1(2)",
        "0.96(25)",
        "1.1(2)",
        "1.3(2)",
        "1.1(2)",
        "1.1(2)",
        "1.3(2)",
        "1.4(2)",
    ];

    #[test]
    fn every_entry_of_the_paper_comes_back() {
        for text in PAPER {
            let n: Notation = text.parse().unwrap();
            assert_eq!(n.to_string(), text);
        }
        let n: Notation = "0.96(25)".parse().unwrap();
        assert_eq!((n.estimate(), n.standard_error()), (0.96, 0.25));
        assert_eq!("\u{2212}2.8(3)".parse::<Notation>().unwrap().estimate(), -2.8);
    }

    #[test]
    fn numbers_are_cut_where_their_error_begins() {
        let cases = [
            (-2.8123, 0.31, "-2.8(3)"),
            (-0.1304, 0.0123, "-0.130(12)"),
            (0.00312, 0.000_96, "0.0031(10)"),
            (0.004, 0.26, "0.0(3)"),
            (-0.04, 0.26, "0.0(3)"),
            (123.4, 31.0, "120(30)"),
            (123_456.0, 1_200.0, "123500(1200)"),
            (5.0, 0.0996, "5.00(10)"),
            (5.0, 9.6, "5(10)"),
            (1e-9, 3e-12, "0.000000001000(3)"),
        ];
        for (estimate, error, text) in cases {
            let n = Notation::of(estimate, error).unwrap();
            assert_eq!(n.to_string(), text);
            assert_eq!(text.parse::<Notation>().unwrap(), n, "{text}");
            assert!((n.estimate() - estimate).abs() <= 0.5 * n.standard_error(), "{text}");
        }
        assert_eq!(Notation::of(1.0, 0.0), None);
        assert_eq!(Notation::of(f64::NAN, 1.0), None);
    }

    #[test]
    fn what_is_not_the_notation_is_refused() {
        for text in ["", "1.2", "1.2(", "1.(3)", ".5(1)", "1.2()", "1.2(0.3)", "a(1)", "1-2(3)"] {
            assert!(text.parse::<Notation>().is_err(), "{text}");
        }
    }
}
