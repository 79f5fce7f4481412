//! Words in the cells of tables beside the trade data that mean the same in all of them.

use std::path::Path;

use crate::plain_text::printable;

/// Spellings of a missing value, in small letters.
const MISSING: &[&str] = &[
    "", "..", "...", ".", "na", "n/a", "n.a.", "n.a", "nan", "null", "none", "nil", "missing", "-", "--",
    "–", "—", "#n/a", "#na", "#null!", "#value!", "#num!", "#div/0!", "#ref!", "<na>", "\\n",
];

/// Whether a text stands for no value.
pub(super) fn is_missing(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 7 && MISSING.contains(&text.to_lowercase().as_str())
}

/// Whether a text is a number, however its decimals and thousands are marked.
pub(super) fn is_number(text: &str) -> bool {
    let of_number =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' ' | '\'' | 'e' | 'E' | '%');
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(of_number)
}

/// The name of a file without its folder, for notes.
pub(super) fn short_name(file: &str) -> String {
    let name = Path::new(file).file_name();
    printable(&name.map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_in_every_spelling() {
        for text in
            ["", " ", "..", "NaN", "nan", "NULL", "None", "-", "—", "n/a", "NA", "#N/A", "#DIV/0!", "\\N"]
        {
            assert!(is_missing(text), "{text}");
        }
        for text in ["0", "-1", "nand", "none at all"] {
            assert!(!is_missing(text), "{text}");
        }
        assert!(["2019", "-1.5e-3", "1 234,5", "12%"].into_iter().all(is_number));
        assert!(!["", "-", "e", "HS6", "2019 M1", "Q1"].into_iter().any(is_number));
        assert_eq!(short_name("a/b/pv.csv"), "pv.csv");
    }
}
