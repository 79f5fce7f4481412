//! The product that a field of a trade file means: an HS6 code, a part of one, or a sum over several.

use crate::nomenclature::Hs6;

/// What a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum ProductMeaning {
    /// A code of six digits.
    Code(Hs6),
    /// A code that has lost its leading zero.
    LostZero(Hs6),
    /// A line of a national tariff, of eight or ten digits, and the code it is a part of.
    NationalLine(Hs6),
    /// A chapter, a heading or a total: a sum over products.
    Sum,
    /// None of them.
    None,
}

impl ProductMeaning {
    /// What a text means. Points and blanks between the digits, and `HS` before them, are no part of a code.
    pub(in crate::ingest) fn of(text: &str) -> Self {
        if let Some(code) = Hs6::from_bytes(text.as_bytes()) {
            return Self::Code(code);
        }
        let upper = text.trim().to_ascii_uppercase();
        if matches!(upper.as_str(), "TOTAL" | "AG2" | "AG4" | "AG6" | "ALL" | "ALL COMMODITIES") {
            return Self::Sum;
        }
        let digits = upper.strip_prefix("HS").unwrap_or(&upper).trim_start_matches(['\'', ' ', ':', '-']);
        let digits = digits.strip_suffix(".0").filter(|digits| digits.len() >= 5).unwrap_or(digits);
        let digits: String = digits.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return digits.parse().map_or(Self::None, Self::Code);
        }
        let six = |digits: &str| digits.parse::<Hs6>().ok();
        match digits.len() {
            1..=4 => Self::Sum,
            5 => six(&format!("0{digits}")).map_or(Self::None, Self::LostZero),
            6 => six(&digits).map_or(Self::None, Self::Code),
            8 | 10 => six(&digits[..6]).map_or(Self::None, Self::NationalLine),
            _ => Self::None,
        }
    }

    /// What an identifier of the Observatory of Economic Complexity means: the section of the HS and six digits, such as 6284690 or 16850511.
    pub(in crate::ingest) fn of_oec(text: &str) -> Self {
        let digits = text.trim();
        match digits.len() {
            7 | 8 if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits[digits.len() - 6..].parse().map_or(Self::None, Self::Code)
            }
            _ => Self::of(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_write_them() {
        let code = |text: &str| text.parse::<Hs6>().unwrap();
        for (text, meaning) in [
            ("284690", ProductMeaning::Code(code("284690"))),
            ("9999AA", ProductMeaning::Code(code("9999AA"))),
            ("2846.90", ProductMeaning::Code(code("284690"))),
            ("2846 90", ProductMeaning::Code(code("284690"))),
            ("HS 284690", ProductMeaning::Code(code("284690"))),
            ("'030110", ProductMeaning::Code(code("030110"))),
            ("284690.0", ProductMeaning::Code(code("284690"))),
            ("0301.10.00", ProductMeaning::NationalLine(code("030110"))),
            ("30110", ProductMeaning::LostZero(code("030110"))),
            ("30110.0", ProductMeaning::LostZero(code("030110"))),
            ("28469090", ProductMeaning::NationalLine(code("284690"))),
            ("2846909015", ProductMeaning::NationalLine(code("284690"))),
            ("2846", ProductMeaning::Sum),
            ("28", ProductMeaning::Sum),
            ("TOTAL", ProductMeaning::Sum),
            ("AG2", ProductMeaning::Sum),
            ("", ProductMeaning::None),
            ("2846AB", ProductMeaning::None),
            ("1234567", ProductMeaning::None),
            ("Compounds of rare earths", ProductMeaning::None),
        ] {
            assert_eq!(ProductMeaning::of(text), meaning, "{text}");
        }
    }

    #[test]
    fn identifiers_of_the_observatory_begin_with_a_section() {
        for (text, code) in
            [("6284690", "284690"), ("16850511", "850511"), ("1010121", "010121"), ("284690", "284690")]
        {
            assert_eq!(ProductMeaning::of_oec(text), ProductMeaning::Code(code.parse().unwrap()), "{text}");
        }
        assert_eq!(ProductMeaning::of_oec("62846"), ProductMeaning::LostZero("062846".parse().unwrap()));
    }
}
