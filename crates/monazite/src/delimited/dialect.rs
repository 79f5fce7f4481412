//! How a delimited text begins: lines before its header, what separates its columns, and what ends its lines.

use super::encoding::decoded_field;

/// What separates columns, in the order in which one of several is taken.
const SEPARATORS: [u8; 4] = *b",;\t|";

/// How a delimited text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// Bytes before the header: blank lines, and a line `sep=;` as spreadsheets understand it.
    pub skipped: usize,
    /// Lines in them.
    pub lines: u64,
    /// What separates columns.
    pub separator: u8,
}

/// Looks at the beginning of a text in which lines end in LF or CRLF. Of a text of blank lines alone, all is skipped.
///
/// ```
/// use monazite::delimited::Beginning;
/// let found = Beginning::of(b"\n\nsep=;\nname, long;value\n");
/// assert_eq!((found.skipped, found.lines, found.separator), (8, 3, b';'));
/// ```
impl Beginning {
    /// See [`Beginning`].
    pub fn of(text: &[u8]) -> Self {
        let (mut skipped, mut lines, mut said) = (0, 0, None);
        while skipped < text.len() {
            let end = memchr::memchr(b'\n', &text[skipped..]).map_or(text.len(), |at| skipped + at + 1);
            let line = text[skipped..end].trim_ascii();
            match (line, separator_said(line)) {
                ([], _) => {}
                (_, Some(separator)) if said.is_none() => said = Some(separator),
                _ => break,
            }
            (skipped, lines) = (end, lines + 1);
        }
        let separator = said.unwrap_or_else(|| separator_of(&text[skipped..]));
        Self { skipped, lines, separator }
    }
}

/// The separator that a line `sep=;` says.
fn separator_said(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.get(..4).map(<[u8]>::to_ascii_lowercase).as_deref() {
        // A tab at the end has been taken for a blank.
        Some(b"sep=") => match &line[4..] {
            [] => Some(b'\t'),
            [one] if SEPARATORS.contains(one) => Some(*one),
            _ => None,
        },
        _ => None,
    }
}

/// The separator that the first record of a text uses most, outside of quotes; a comma if there is none.
pub(super) fn separator_of(text: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([0usize; 4], false);
    for &byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = SEPARATORS.iter().position(|&separator| separator == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    SEPARATORS
        .into_iter()
        .zip(counts)
        .find(|&(_, count)| count == most)
        .map_or(b',', |(separator, _)| separator)
}

/// Whether the lines of a text end in a carriage return alone, as on an old Macintosh.
pub fn has_old_line_ends(text: &[u8]) -> bool {
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    let line = line.trim_ascii();
    let (mut quoted, mut found) = (false, false);
    for &byte in line {
        quoted ^= byte == b'"';
        found |= byte == b'\r' && !quoted;
    }
    found || (!text.contains(&b'\n') && text.contains(&b'\r'))
}

/// What separates columns, in words.
pub fn separator_name(separator: u8) -> &'static str {
    match separator {
        b';' => "semicolons",
        b'\t' => "tabs",
        b'|' => "vertical bars",
        _ => "commas",
    }
}

/// The names of a header as they are compared: letters and digits in lower case, so that `Trade Value (US$)` is `tradevalueus`.
///
/// ```
/// use monazite::delimited::bare_name;
/// assert_eq!(bare_name(" Reporter_Code "), "reportercode");
/// ```
pub fn bare_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A header as it is shown: its columns in words.
pub fn shown_header(header: &[u8]) -> String {
    let header = decoded_field(header).trim().to_owned();
    crate::plain_text::beginning(&crate::plain_text::printable(&header), 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_looked_for_outside_of_quotes() {
        for (header, separator) in [
            ("t,i,j,k,v,q", b','),
            ("t;i;j;k;v;q", b';'),
            ("t\ti\tj", b'\t'),
            ("t|i|j", b'|'),
            ("\"Value, in thousand, of USD, or so\";year", b';'),
            ("one", b','),
            ("a;b,c;d\n,,,,,,,,", b';'),
            ("\"a\n,,,,\";b", b';'),
            ("", b','),
        ] {
            assert_eq!(separator_of(header.as_bytes()), separator, "{header}");
        }
    }

    #[test]
    fn what_stands_before_a_header_is_counted() {
        let found = |text: &str| {
            let b = Beginning::of(text.as_bytes());
            (b.skipped, b.lines, b.separator)
        };
        assert_eq!(found("t,i\n"), (0, 0, b','));
        assert_eq!(found("\r\n \nt;i\n"), (4, 2, b';'));
        assert_eq!(found("\"sep=|\"\nt,i|j\n"), (8, 1, b'|'));
        assert_eq!(found("sep=\t\nt,i\n"), (6, 1, b'\t'));
        assert_eq!(found("\n\n"), (2, 2, b','));
        assert_eq!(found("sep=;\nsep=,\n"), (6, 1, b';'), "a second one is a header");
    }

    #[test]
    fn old_line_ends_are_those_that_no_line_feed_follows() {
        for (text, old) in [
            ("t,i\r1,2\r", true),
            ("t,i\r\n1,2\r\n", false),
            ("t,i\n1,2", false),
            ("\"a\rb\",c\n1,2\n", false),
            ("t,i\r1,2\n", true),
            ("t,i", false),
        ] {
            assert_eq!(has_old_line_ends(text.as_bytes()), old, "{text:?}");
        }
    }
}
