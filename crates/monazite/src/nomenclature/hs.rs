//! Six-digit codes of the Harmonized System, and its editions.

use std::fmt;
use std::str::FromStr;

/// A six-digit product code of the Harmonized System, such as `284690`.
///
/// Codes are text: `030110` and `30110` are not the same thing, and the second one
/// is refused. Internally a code is one small number, so that it can be compared,
/// sorted and looked up without allocation; the order is the order of the text.
///
/// ```
/// use monazite::nomenclature::Hs6;
/// let cerium: Hs6 = "284610".parse()?;
/// assert_eq!(cerium.to_string(), "284610");
/// assert!("28461".parse::<Hs6>().is_err());
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hs6(u32);

/// Why a text is not a six-digit HS code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HsCodeError {
    /// Fewer than six digits: a spreadsheet has most likely eaten a leading zero.
    #[error("'{0}' has {1} digits; HS6 codes have six (a leading zero may be lost)")]
    TooShort(String, usize),
    /// More than six digits: a line of a national tariff.
    #[error("'{0}' has {1} digits; HS6 codes have six: give the first six of a national line")]
    TooLong(String, usize),
    /// Anything else that is not six digits.
    #[error("'{0}' is not a six-digit HS code")]
    NotACode(String),
}

impl Hs6 {
    /// One more than the largest value of [`Hs6::index`]: the size of a look-up table.
    pub const TABLE_SIZE: usize = 1_000_001;
    /// Most different products of one table or year. An edition of the HS has some 5,000, and a Parquet file of one row group a
    /// product holds 32,767.
    pub const MOST_PRODUCTS: usize = 32_000;
    /// BACI's `9999AA`, commodities not specified; the only code that is not six digits.
    pub const NOT_SPECIFIED: Self = Self(1_000_000);

    /// Reads a code from bytes without allocating; `None` if it is not six digits or `9999AA`.
    pub fn from_bytes(text: &[u8]) -> Option<Self> {
        if text.len() != 6 {
            return None;
        }
        let mut number = 0u32;
        for &byte in text {
            if !byte.is_ascii_digit() {
                return (text == b"9999AA").then_some(Self::NOT_SPECIFIED);
            }
            number = number * 10 + u32::from(byte - b'0');
        }
        Some(Self(number))
    }

    /// Reads a code whose leading zero was lost: `30110` is read as `030110`.
    ///
    /// Only for files that are known to be damaged in this way; see
    /// [`Hs6::from_str`] for the strict reading.
    ///
    /// # Errors
    /// [`HsCodeError`] if it is not one to six digits or `9999AA`.
    pub fn padded(text: &str) -> Result<Self, HsCodeError> {
        if (1..6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
            return format!("{text:0>6}").parse();
        }
        text.parse()
    }

    /// A small number in `0..Hs6::TABLE_SIZE`, unique for each code.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The code with an index from [`Hs6::index`]; `None` beyond the table.
    pub fn from_index(index: usize) -> Option<Self> {
        (index < Self::TABLE_SIZE).then_some(Self(index as u32))
    }

    /// The two-digit chapter, `28` for `284690`; 99 for `9999AA`.
    pub const fn chapter(self) -> u8 {
        if self.0 >= 1_000_000 { 99 } else { (self.0 / 10_000) as u8 }
    }

    /// The four-digit heading as text, `2846` for `284690`.
    pub fn heading(self) -> String {
        self.to_string()[..4].to_owned()
    }
}

impl FromStr for Hs6 {
    type Err = HsCodeError;

    fn from_str(text: &str) -> Result<Self, HsCodeError> {
        Self::from_bytes(text.as_bytes()).ok_or_else(|| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            match text.len() {
                1..=5 if digits => HsCodeError::TooShort(text.to_owned(), text.len()),
                7.. if digits => HsCodeError::TooLong(text.to_owned(), text.len()),
                _ => HsCodeError::NotACode(text.to_owned()),
            }
        })
    }
}

impl fmt::Display for Hs6 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NOT_SPECIFIED { f.write_str("9999AA") } else { write!(f, "{:06}", self.0) }
    }
}

impl fmt::Debug for Hs6 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An edition of the Harmonized System. BACI names them `HS92` to `HS22`, the
/// United Nations `H0` to `H6`; both are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HsEdition {
    /// 1992, H0.
    Hs92,
    /// 1996, H1.
    Hs96,
    /// 2002, H2.
    Hs02,
    /// 2007, H3.
    Hs07,
    /// 2012, H4.
    Hs12,
    /// 2017, H5.
    Hs17,
    /// 2022, H6.
    Hs22,
}

impl HsEdition {
    /// All editions, oldest first.
    pub const ALL: [Self; 7] =
        [Self::Hs92, Self::Hs96, Self::Hs02, Self::Hs07, Self::Hs12, Self::Hs17, Self::Hs22];

    /// The first year in which countries report in this edition.
    pub const fn first_year(self) -> u16 {
        match self {
            Self::Hs92 => 1992,
            Self::Hs96 => 1996,
            Self::Hs02 => 2002,
            Self::Hs07 => 2007,
            Self::Hs12 => 2012,
            Self::Hs17 => 2017,
            Self::Hs22 => 2022,
        }
    }

    /// BACI's name, `HS92`.
    pub const fn baci_name(self) -> &'static str {
        match self {
            Self::Hs92 => "HS92",
            Self::Hs96 => "HS96",
            Self::Hs02 => "HS02",
            Self::Hs07 => "HS07",
            Self::Hs12 => "HS12",
            Self::Hs17 => "HS17",
            Self::Hs22 => "HS22",
        }
    }

    /// The United Nations' name, `H0`.
    pub const fn un_name(self) -> &'static str {
        match self {
            Self::Hs92 => "H0",
            Self::Hs96 => "H1",
            Self::Hs02 => "H2",
            Self::Hs07 => "H3",
            Self::Hs12 => "H4",
            Self::Hs17 => "H5",
            Self::Hs22 => "H6",
        }
    }
}

impl FromStr for HsEdition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.to_ascii_uppercase();
        Self::ALL
            .into_iter()
            .find(|e| {
                upper == e.baci_name() || upper == e.un_name() || upper == format!("HS{}", e.first_year())
            })
            .ok_or_else(|| {
                format!("'{text}' is not an HS edition (HS92, HS96, HS02, HS07, HS12, HS17, HS22)")
            })
    }
}

impl fmt::Display for HsEdition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.baci_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_text_and_keep_their_zeros() {
        let fish: Hs6 = "030110".parse().unwrap();
        assert_eq!(fish.to_string(), "030110");
        assert_eq!(fish.chapter(), 3);
        assert_eq!(fish.heading(), "0301");
        assert!(fish < "284610".parse().unwrap());
        assert_eq!("9999AA".parse::<Hs6>().unwrap(), Hs6::NOT_SPECIFIED);
        assert_eq!(Hs6::NOT_SPECIFIED.to_string(), "9999AA");
    }

    #[test]
    fn short_and_odd_codes_are_refused_by_name() {
        assert_eq!(
            "30110".parse::<Hs6>().unwrap_err().to_string(),
            "'30110' has 5 digits; HS6 codes have six (a leading zero may be lost)"
        );
        assert_eq!("28461X".parse::<Hs6>().unwrap_err().to_string(), "'28461X' is not a six-digit HS code");
        assert!("".parse::<Hs6>().is_err());
        assert_eq!(Hs6::padded("30110").unwrap().to_string(), "030110");
        assert!(Hs6::padded("3011x").is_err());
    }

    #[test]
    fn editions_go_by_both_names() {
        assert_eq!("HS07".parse::<HsEdition>().unwrap(), HsEdition::Hs07);
        assert_eq!("h3".parse::<HsEdition>().unwrap(), HsEdition::Hs07);
        assert_eq!("HS2007".parse::<HsEdition>().unwrap(), HsEdition::Hs07);
        assert!("HS99".parse::<HsEdition>().is_err());
    }
}
