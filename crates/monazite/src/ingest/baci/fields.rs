//! The fields of a line of BACI: numbers, years, values and quantities, each taken or refused with its reason.

use super::parsed::ProblemKind;
use super::plain::POWERS;

/// Strips blanks, quotes, and the sign of a formula with which a spreadsheet keeps a text: `="0101"`.
#[inline]
pub(in crate::ingest) fn trim(mut field: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'"', rest @ ..] = field {
        field = rest;
    }
    while let [rest @ .., b' ' | b'\t' | b'"'] = field {
        field = rest;
    }
    if let [b'=', b'"', rest @ ..] = field { rest } else { field }
}

#[inline]
pub(in crate::ingest) fn parse_integer(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    let mut number = 0u32;
    for &byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u32::from(byte - b'0');
    }
    Some(number)
}

pub(in crate::ingest) fn parse_year(text: &[u8]) -> Result<u16, ProblemKind> {
    match parse_integer(text) {
        Some(year @ 1900..=2200) => Ok(year as u16),
        _ => Err(field("t", text, "is not a year")),
    }
}

/// Above this a number of a trade file is no trade, and sums of such numbers would overflow: a quadrillion thousand USD, or tonnes.
pub(in crate::ingest) const LARGEST: f64 = 1e15;

pub(in crate::ingest) fn parse_value(text: &[u8]) -> Result<f64, ProblemKind> {
    match parse_decimal(text) {
        Some(value) if value > LARGEST => {
            Err(field("v", text, "is more than 1e15 thousand USD, which no flow is worth; correct the row"))
        }
        Some(value) if value >= 0.0 => Ok(value),
        Some(value) if value < 0.0 => Err(field("v", text, "is negative; trade values are not")),
        _ => Err(field("v", text, "is not a number; trade values are never missing in BACI")),
    }
}

pub(in crate::ingest) fn parse_quantity(text: &[u8]) -> Result<f64, ProblemKind> {
    if text.is_empty() || text == b"NA" {
        return Ok(f64::NAN);
    }
    match parse_decimal(text) {
        Some(quantity) if quantity > LARGEST => {
            Err(field("q", text, "is more than 1e15 tonnes, which no flow weighs; correct the row"))
        }
        Some(quantity) if quantity >= 0.0 => Ok(quantity),
        Some(_) => Err(field("q", text, "is negative; quantities are not")),
        None => Err(field("q", text, "is not a number; a missing quantity is NA or blank")),
    }
}

pub(in crate::ingest) fn field(column: &str, text: &[u8], what: &str) -> ProblemKind {
    let text: String = String::from_utf8_lossy(text).chars().take(40).collect();
    ProblemKind::Field { column: column.to_owned(), message: format!("'{text}' {what}") }
}

/// A finite decimal number, correctly rounded. Plain numbers of up to 15 digits, which is all that
/// BACI writes, are exact in one division; anything else goes to the standard library.
#[inline]
pub(in crate::ingest) fn parse_decimal(text: &[u8]) -> Option<f64> {
    let mut mantissa = 0u64;
    let mut decimals = None;
    let mut digits = 0usize;
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                digits += 1;
                if let Some(decimals) = &mut decimals {
                    *decimals += 1;
                }
            }
            b'.' if decimals.is_none() => decimals = Some(0usize),
            _ => return slow_decimal(text),
        }
    }
    if digits == 0 || digits > 15 {
        return slow_decimal(text);
    }
    Some(mantissa as f64 / POWERS[decimals.unwrap_or(0)])
}

#[cold]
fn slow_decimal(text: &[u8]) -> Option<f64> {
    let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_as_the_standard_library_does() {
        for text in
            ["0.001", "1.256", "8.2", "123456789.123", "7", "0", "999999999999.999", "00.10", "5.", ".5"]
        {
            assert_eq!(parse_decimal(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in ["1e3", "-4.5", "1234567890123456.789", "+2"] {
            assert_eq!(parse_decimal(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in ["", ".", "NaN", "inf", "1,5", "1.2.3", "abc", "1e999"] {
            assert_eq!(parse_decimal(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_no_trade_has_are_refused() {
        assert!(matches!(parse_value(b"1e15"), Ok(1e15)) && parse_quantity(b"999999999999999").is_ok());
        for wrong in [parse_value(b"1e308"), parse_quantity(b"1.1e15"), parse_value(b"1000000000000001")] {
            let Err(ProblemKind::Field { message, .. }) = wrong else { panic!("taken") };
            assert!(message.contains("is more than 1e15"), "{message}");
        }
    }

    #[test]
    fn blanks_and_quotes_are_stripped() {
        assert_eq!(trim(b"  \" 12.5\" "), b"12.5");
        assert_eq!(trim(b"         NA"), b"NA");
        assert_eq!(trim(b" \" "), b"");
    }
}
