//! Texts that come from outside: which of them may become a code or the name of a file, and how the others are shown.

use std::borrow::Cow;

/// Longest code of a country or of a group.
pub const LONGEST_CODE: usize = 16;
/// Longest name of a country, a group or a study, in characters.
pub const LONGEST_NAME: usize = 300;
/// Longest description of a product, in characters.
pub const LONGEST_DESCRIPTION: usize = 4000;

/// What a code has to look like, for messages.
pub const CODE_SHAPE: &str = "1 to 16 capital letters, digits or underscores, such as CHN or EU27";

/// Whether a text can be the code of a country or of a group: 1 to 16 of `A-Z`, `0-9` and `_`.
///
/// Codes become parts of the names of files, so that nothing else is ever taken for one.
///
/// ```
/// use monazite::plain_text::is_code;
/// assert!(is_code("CHN") && is_code("EU27") && is_code("MY_GROUP"));
/// assert!(!is_code("chn") && !is_code("X/../../Y") && !is_code(""));
/// ```
pub fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether a text can be the name of a file below a folder: parts of letters, digits and `_ - .`, with a slash between them,
/// none of them beginning with two points. Every name of a file that is made from data goes through here.
///
/// ```
/// use monazite::plain_text::is_file_name;
/// assert!(is_file_name("briefs/CHN_2023.html"));
/// for name in ["../a.csv", "a/../../b.csv", "/etc/a", "a//b", "a\\b", "a:b", "", "a\n"] {
///     assert!(!is_file_name(name), "{name}");
/// }
/// ```
pub fn is_file_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let part = |part: &str| {
        (1..=200).contains(&part.len()) && part != "." && !part.starts_with("..") && part.chars().all(allowed)
    };
    name.split('/').all(part)
}

/// The first character of a text that is not to be shown as it is: control characters, escape sequences of terminals among them,
/// and marks that turn the direction of writing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is wrong with a name or a description, in words; `None` if it can be taken as it is.
///
/// ```
/// use monazite::plain_text::problem_of_name;
/// assert_eq!(problem_of_name("Côte d'Ivoire", 300), None);
/// assert_eq!(problem_of_name("a\u{1b}[31m", 300).unwrap(), "holds the control character U+001B; take it out");
/// assert_eq!(problem_of_name("abc", 2).unwrap(), "has 3 characters, at most 2 are taken; shorten it");
/// ```
pub fn problem_of_name(text: &str, longest: usize) -> Option<String> {
    if let Some(c) = text.chars().find(|c| is_hidden(*c)) {
        return Some(format!("holds the control character U+{:04X}; take it out", u32::from(c)));
    }
    let length = text.chars().count();
    (length > longest).then(|| format!("has {length} characters, at most {longest} are taken; shorten it"))
}

/// A text as it can be shown on a terminal: line ends stay, every other control character becomes its number, so that nothing
/// that comes from a file moves the cursor, colours, renames a window or turns what stands behind it around.
///
/// ```
/// use monazite::plain_text::printable;
/// assert_eq!(printable("plain"), "plain");
/// assert_eq!(printable("a\u{1b}[2Jb\nc"), "a<U+001B>[2Jb\nc");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| c != '\n' && is_hidden(c);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' => shown.push(' '),
            c if hidden(c) => shown.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The beginning of a text, for messages about texts of any length.
///
/// ```
/// assert_eq!(monazite::plain_text::beginning("abcdef", 3), "abc...");
/// ```
pub fn beginning(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Names of a list that are said in a sentence; the others are counted.
pub const MOST_NAMED: usize = 10;

/// A list in a sentence: all of it up to [`MOST_NAMED`], otherwise so many and the number of the rest, with the file that holds all of them
/// (`all_in`; empty if none does).
///
/// ```
/// use monazite::plain_text::listed;
/// assert_eq!(listed(["CHN", "USA"], "countries.csv"), "CHN, USA");
/// assert_eq!(listed(1..=12, "all.csv"), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more (all in all.csv)");
/// assert_eq!(listed(1..=11, ""), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more");
/// ```
pub fn listed<T: std::fmt::Display>(names: impl IntoIterator<Item = T>, all_in: &str) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> =
        names.by_ref().take(MOST_NAMED).map(|name| beginning(&printable(&name.to_string()), 80)).collect();
    let text = shown.join(", ");
    match (names.count(), all_in) {
        (0, _) => text,
        (more, "") => format!("{text} and {more} more"),
        (more, file) => format!("{text} and {more} more (all in {file})"),
    }
}

/// Years in words, those that follow one another as a range: `2007-2010, 2012`.
///
/// ```
/// use monazite::plain_text::listed_years;
/// assert_eq!(listed_years([2007, 2008, 2009, 2012, 2014, 2015]), "2007-2009, 2012, 2014-2015");
/// assert_eq!(listed_years(2007..=2023), "2007-2023");
/// ```
pub fn listed_years(years: impl IntoIterator<Item = u16>) -> String {
    let years: std::collections::BTreeSet<u16> = years.into_iter().collect();
    let years: Vec<u16> = years.into_iter().collect();
    let in_words = |run: &[u16]| match run {
        [first, .., last] => format!("{first}-{last}"),
        run => run.iter().map(u16::to_string).collect(),
    };
    listed(years.chunk_by(|a, b| b - a == 1).map(in_words), "")
}

/// Bytes as hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A text with a capital at its beginning.
///
/// ```
/// assert_eq!(monazite::plain_text::capitalised("percent"), "Percent");
/// ```
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text as LaTeX prints it: signs that mean something to LaTeX are quoted.
///
/// ```
/// use monazite::plain_text::latex;
/// assert_eq!(latex("R&D < 5 %"), r"R\&D $<$ 5 \%");
/// ```
pub fn latex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(character);
            }
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' => out.push_str("$<$"),
            '>' => out.push_str("$>$"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_codes_is_a_code() {
        for code in ["USA", "4", "S19", "X490", "CHN3", "A_B", "ABCDEFGHIJKLMNOP"] {
            assert!(is_code(code), "{code}");
        }
        let long = "A".repeat(17);
        for text in ["", "usa", "U A", "../A", "A/B", "A.B", "Ä1", "A\u{1b}", "A\0B", "=AB", long.as_str()] {
            assert!(!is_code(text), "{text:?}");
        }
    }

    #[test]
    fn terminals_are_shown_no_control_character() {
        let text = "\u{1b}]0;title\u{7}\r\u{9b}31m\u{202e}x\ty\n";
        let shown = printable(text);
        assert!(shown.chars().all(|c| c == '\n' || !is_hidden(c)), "{shown:?}");
        assert_eq!(shown, "<U+001B>]0;title<U+0007><U+000D><U+009B>31m<U+202E>x y\n");
        assert_eq!(beginning("Côte", 2), "Cô...");
    }
}
