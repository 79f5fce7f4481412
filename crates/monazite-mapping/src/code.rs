//! HS codes as language models write them.

use monazite::nomenclature::{Hs6, HsEdition};
use serde_json::Value;

/// The code that an answer gives for a good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedCode {
    /// Six digits. Whether the edition has them is another question.
    Code(Hs6),
    /// A heading, four digits, such as 8505.
    Heading(usize),
    /// Something that is no code.
    Unreadable,
}

impl NamedCode {
    /// The heading that the code belongs to.
    pub const fn heading(self) -> Option<usize> {
        match self {
            Self::Code(code) => Some(heading_of(code)),
            Self::Heading(heading) => Some(heading),
            Self::Unreadable => None,
        }
    }
}

/// The first four digits of a code, as a number.
pub const fn heading_of(code: Hs6) -> usize {
    code.index() / 100
}

/// Reads a code: `850511`, `8505.11`, `8505 11`, `HS 8505.11`, a number, a national code of eight or ten digits (the first six count), a
/// heading of four. A number of an odd count of digits has lost a leading zero. `None` if nothing is named.
///
/// ```
/// use monazite_mapping::code::{NamedCode, read_code};
/// let code = Some(NamedCode::Code("850511".parse()?));
/// assert_eq!(read_code(&serde_json::json!("8505.11.00")), code);
/// assert_eq!(read_code(&serde_json::json!(850511)), code);
/// assert_eq!(read_code(&serde_json::json!("none")), None);
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
pub fn read_code(value: &Value) -> Option<NamedCode> {
    match value {
        Value::Null => None,
        Value::Number(number) => Some(of_digits(&number.to_string())),
        Value::String(text) => read_text(text),
        _ => Some(NamedCode::Unreadable),
    }
}

fn read_text(text: &str) -> Option<NamedCode> {
    let text = without_edition(text.trim());
    let bare = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    if bare.is_empty() {
        let word = text.trim_matches(|c: char| !c.is_alphanumeric());
        let nothing =
            ["", "none", "n/a", "na", "null", "unknown"].iter().any(|no| word.eq_ignore_ascii_case(no));
        return (!nothing).then_some(NamedCode::Unreadable);
    }
    let code: String =
        bare.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ' ' | '-')).collect();
    // Words around a code are of no concern; a second number is.
    let second = bare[code.len()..].chars().any(|c| c.is_ascii_digit());
    if second || text.len() - bare.len() > 12 {
        return Some(NamedCode::Unreadable);
    }
    Some(of_digits(&code))
}

/// A text without `HS 2007` before the code.
fn without_edition(text: &str) -> &str {
    let Some(rest) = text.get(..2).filter(|start| start.eq_ignore_ascii_case("hs")).map(|_| &text[2..])
    else {
        return text;
    };
    let rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
    let years = HsEdition::ALL.map(|edition| edition.first_year().to_string());
    let after = years.iter().find_map(|year| rest.strip_prefix(year.as_str()));
    match after.map(|after| after.trim_start_matches(|c: char| !c.is_ascii_digit())) {
        Some(code) if code.len() >= 4 && code.as_bytes()[..4].iter().all(u8::is_ascii_digit) => code,
        _ => rest,
    }
}

fn of_digits(text: &str) -> NamedCode {
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() % 2 == 1 {
        digits.insert(0, '0');
    }
    let code = match digits.len() {
        4 => return digits.parse().map_or(NamedCode::Unreadable, NamedCode::Heading),
        6 | 8 | 10 => digits[..6].parse().ok(),
        _ => None,
    };
    code.map_or(NamedCode::Unreadable, NamedCode::Code)
}

/// A code of six digits at the beginning of a description, and the description without it: `8505.11 - magnets`.
pub fn leading_code(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| bytes.len() >= to && bytes[from..to].iter().all(u8::is_ascii_digit);
    let end = if digits(0, 6) {
        6
    } else if digits(0, 4) && bytes.get(4).is_some_and(|b| *b == b'.') && digits(5, 7) {
        7
    } else {
        return None;
    };
    let rest = &text[end..];
    if rest.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    Some((&text[..end], rest.trim_start_matches(|c: char| !c.is_alphanumeric())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn codes_are_read_as_models_write_them() {
        let code = |text: &str| Some(NamedCode::Code(text.parse().unwrap()));
        for written in [
            json!("850511"),
            json!(" 8505.11 "),
            json!("8505 11"),
            json!("8505.11.00"),
            json!("85051100"),
            json!("8505.11.0070"),
            json!("HS 8505.11"),
            json!("HS850511"),
            json!("HS 2007: 8505.11"),
            json!("hs2007 850511"),
            json!("850511 (magnets)"),
            json!(850511),
            json!(85051100),
        ] {
            assert_eq!(read_code(&written), code("850511"), "{written}");
        }
        assert_eq!(read_code(&json!(30110)), code("030110"));
        assert_eq!(read_code(&json!("0301.10")), code("030110"));
        assert_eq!(read_code(&json!("HS 2007.10")), code("200710"));
        assert_eq!(read_code(&json!("8505")), Some(NamedCode::Heading(8505)));
        assert_eq!(read_code(&json!(301)), Some(NamedCode::Heading(301)));
        for nothing in [json!(null), json!(""), json!("NONE"), json!("n/a"), json!("-")] {
            assert_eq!(read_code(&nothing), None, "{nothing}");
        }
        for unreadable in
            [json!("magnets"), json!("85"), json!(["850511"]), json!("850511 or 850519"), json!(8.5)]
        {
            assert_eq!(read_code(&unreadable), Some(NamedCode::Unreadable), "{unreadable}");
        }
        assert_eq!(NamedCode::Code("030110".parse().unwrap()).heading(), Some(301));
    }

    #[test]
    fn a_code_before_a_description_is_found() {
        assert_eq!(leading_code("850511: magnets"), Some(("850511", "magnets")));
        assert_eq!(leading_code("8505.11 - magnets"), Some(("8505.11", "magnets")));
        assert_eq!(leading_code("750 W motors"), None);
        assert_eq!(leading_code("8505110 magnets"), None);
        assert_eq!(leading_code("ä"), None);
    }
}
