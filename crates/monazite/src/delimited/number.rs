//! Numbers as people write them: with a decimal point or, where something else separates the columns, with a decimal comma.
//!
//! Separators of thousands are never guessed: a number that has them, or could have them, is refused by name.

use std::fmt;

/// What marks the decimals in the numbers of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecimalMark {
    /// A point.
    #[default]
    Point,
    /// A comma.
    Comma,
    /// No number of the table says; a comma is taken where it can be nothing else.
    Either,
    /// No number of the table says, and in all that have a point three digits follow: it may separate thousands.
    Doubtful,
}

/// Why a text is not taken for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberProblem {
    /// It is none.
    NotANumber,
    /// It has separators of thousands.
    Thousands,
    /// Its comma or point may separate decimals or thousands.
    Ambiguous,
    /// Its point may separate decimals or thousands, as that of every number of the table.
    AmbiguousPoint,
    /// It has a decimal comma in a table whose columns commas separate.
    Comma,
}

impl fmt::Display for NumberProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "is not a number",
            Self::Thousands => {
                "is not a number as they are read here: it has separators of thousands; save the numbers without them"
            }
            Self::Ambiguous => {
                "may be a number with decimals or one with a separator of thousands, and nothing says which; save the numbers without separators of \
                 thousands"
            }
            Self::AmbiguousPoint => {
                "may be a number with decimals or one with a separator of thousands, and nothing says which, since three digits follow every point of the \
                 table; save the numbers without separators of thousands or, if these are decimals, the table with commas between the columns"
            }
            Self::Comma => {
                "is not a number as they are read here: it has a decimal comma, in a table separated by commas; save the numbers with a decimal point, or the \
                 table with semicolons"
            }
        })
    }
}

/// Digits, with a sign at most.
fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether groups of three digits follow one of one to three.
fn in_groups(text: &str, separator: char) -> bool {
    let mut groups = text.trim_start_matches(['-', '+']).split(separator);
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    digits(first) && first.len() <= 3 && rest.peek().is_some() && rest.all(|g| g.len() == 3 && digits(g))
}

/// Whether a number with one comma or point in it may be read either way: `12,345`, but not `0,345`, `1234,567` or `12,34`.
fn either_way(text: &str, separator: char) -> bool {
    in_groups(text, separator) && !text.trim_start_matches(['-', '+']).starts_with('0')
}

/// A text as a finite number.
///
/// # Errors
/// [`NumberProblem`].
///
/// ```
/// use monazite::delimited::{DecimalMark, NumberProblem, parse_number};
/// assert_eq!(parse_number("60.5", DecimalMark::Point), Ok(60.5));
/// assert_eq!(parse_number("60,5", DecimalMark::Comma), Ok(60.5));
/// assert_eq!(parse_number("1.234,5", DecimalMark::Comma), Err(NumberProblem::Thousands));
/// assert_eq!(parse_number("12,345", DecimalMark::Either), Err(NumberProblem::Ambiguous));
/// ```
pub fn parse_number(text: &str, mark: DecimalMark) -> Result<f64, NumberProblem> {
    let finite = |text: &str| match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(NumberProblem::NotANumber),
    };
    let commas = text.bytes().filter(|&b| b == b',').count();
    let points = text.bytes().filter(|&b| b == b'.').count();
    let grouped = |separator| in_groups(text.split([',', '.']).next().unwrap_or(text), separator);
    if [' ', '\'', '\u{a0}', '\u{202f}', '\u{2019}'].into_iter().any(grouped) {
        return Err(NumberProblem::Thousands);
    }
    match (commas, points) {
        (0, 1) if mark == DecimalMark::Comma && either_way(text, '.') => Err(NumberProblem::Ambiguous),
        (0, 1) if mark == DecimalMark::Doubtful && either_way(text, '.') => {
            Err(NumberProblem::AmbiguousPoint)
        }
        (0, 0 | 1) => finite(text),
        (0, _) if in_groups(text, '.') => Err(NumberProblem::Thousands),
        (1, 0) => {
            let number = finite(&text.replace(',', "."))?;
            match mark {
                DecimalMark::Comma => Ok(number),
                DecimalMark::Either | DecimalMark::Doubtful if either_way(text, ',') => {
                    Err(NumberProblem::Ambiguous)
                }
                DecimalMark::Either | DecimalMark::Doubtful => Ok(number),
                DecimalMark::Point if either_way(text, ',') => Err(NumberProblem::Thousands),
                DecimalMark::Point => Err(NumberProblem::Comma),
            }
        }
        (_, _) => {
            let first =
                text.find([',', '.']).map_or(',', |at| if text.as_bytes()[at] == b',' { ',' } else { '.' });
            let last = if first == ',' { '.' } else { ',' };
            let whole = text.split(last).next().unwrap_or(text);
            if in_groups(whole, first) {
                Err(NumberProblem::Thousands)
            } else {
                Err(NumberProblem::NotANumber)
            }
        }
    }
}

/// What marks decimals in a table with this separator, told from some of its fields.
pub fn decimal_mark<'a>(separator: u8, fields: impl Iterator<Item = &'a str>) -> DecimalMark {
    if separator == b',' {
        return DecimalMark::Point;
    }
    let (mut unclear, mut point, mut doubtful, mut decimals) = (false, false, false, false);
    for text in fields {
        let commas = text.bytes().filter(|&b| b == b',').count();
        if commas == 0 {
            let known = text.parse::<f64>().is_ok();
            point |= text.contains('.') && known;
            doubtful |= known && either_way(text, '.');
            // Thousands stand there without a separator, or the point can be nothing but a decimal one.
            decimals |= known && !either_way(text, '.') && (text.contains('.') || text.len() > 3);
        } else if commas == 1 && text.replace(',', ".").parse::<f64>().is_ok() {
            if !either_way(text, ',') {
                return DecimalMark::Comma;
            }
            unclear = true;
        }
    }
    // Semicolons are what spreadsheets separate columns with where the comma marks decimals.
    match separator == b';' {
        true if unclear && !point => DecimalMark::Comma,
        true if doubtful && !decimals => DecimalMark::Doubtful,
        _ => DecimalMark::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Comma, Doubtful, Either, Point};

    #[test]
    fn a_comma_is_a_decimal_mark_where_it_can_be_nothing_else() {
        for (text, mark, number) in [
            ("60", Point, 60.0),
            ("60.5", Point, 60.5),
            ("1e3", Point, 1000.0),
            ("60,5", Either, 60.5),
            ("0,125", Either, 0.125),
            ("1234,567", Either, 1234.567),
            ("12,345", Comma, 12.345),
            ("-1,5", Comma, -1.5),
            ("1,2E+05", Comma, 120_000.0),
            ("1.5", Comma, 1.5),
            ("0.125", Doubtful, 0.125),
            ("12.345", Either, 12.345),
        ] {
            assert_eq!(parse_number(text, mark), Ok(number), "{text}");
        }
    }

    #[test]
    fn separators_of_thousands_are_never_guessed() {
        for (text, mark, problem) in [
            ("1,234.5", Point, NumberProblem::Thousands),
            ("1,234,567", Point, NumberProblem::Thousands),
            ("1,234", Point, NumberProblem::Thousands),
            ("1.234,5", Comma, NumberProblem::Thousands),
            ("1.234.567", Either, NumberProblem::Thousands),
            ("1 234", Point, NumberProblem::Thousands),
            ("1'234,5", Comma, NumberProblem::Thousands),
            ("1\u{a0}234", Comma, NumberProblem::Thousands),
            ("12,345", Either, NumberProblem::Ambiguous),
            ("12.345", Comma, NumberProblem::Ambiguous),
            ("1.234", Doubtful, NumberProblem::AmbiguousPoint),
            ("60,5", Point, NumberProblem::Comma),
            ("1,2,3", Point, NumberProblem::NotANumber),
            ("inf", Point, NumberProblem::NotANumber),
            ("", Comma, NumberProblem::NotANumber),
            (",", Comma, NumberProblem::NotANumber),
        ] {
            assert_eq!(parse_number(text, mark), Err(problem), "{text}");
        }
    }

    #[test]
    fn the_mark_is_told_from_the_numbers() {
        let of = |separator, fields: &[&str]| decimal_mark(separator, fields.iter().copied());
        assert_eq!(of(b',', &["60,5"]), Point);
        assert_eq!(of(b';', &["2019", "60,5"]), Comma);
        assert_eq!(of(b';', &["12,345"]), Comma);
        assert_eq!(of(b';', &["12,345", "1.5"]), Either);
        assert_eq!(of(b';', &["1.234", "12.500", "7", "1.234.567"]), Doubtful);
        for clear in ["60.5", "0.125", "1234.567", "1500"] {
            assert_eq!(of(b';', &["1.234", clear]), Either, "{clear}");
        }
        assert_eq!(of(b';', &["12,345", "1.234"]), Doubtful);
        assert_eq!(of(b'\t', &["1.234"]), Either);
        assert_eq!(of(b'\t', &["12,345"]), Either);
        assert_eq!(of(b'\t', &["China, Hong Kong", "1,5"]), Comma);
    }
}
