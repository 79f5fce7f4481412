//! One record of a delimited text after the other, with quotes as in csv.

/// The fields of one record; quotes around them are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Fields {
    /// Number of fields.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A field, or nothing if the record is too short.
    pub fn get(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(self.text.len()) };
        let end = self.ends.get(at).copied().unwrap_or(self.text.len());
        &self.text[start..end]
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Makes its text UTF-8, if it is not: it is taken for Windows-1252 then.
    pub fn make_utf8(&mut self) {
        if std::str::from_utf8(&self.text).is_ok() {
            return;
        }
        let mut decoded = Self::default();
        for field in self.iter() {
            decoded.text.extend_from_slice(super::encoding::decoded_field(field).as_bytes());
            decoded.end_field();
        }
        *self = decoded;
    }

    /// A field as text, once [`Fields::make_utf8`] has been called.
    pub fn text(&self, at: usize) -> &str {
        std::str::from_utf8(self.get(at)).unwrap_or_default()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn end_field(&mut self) {
        self.ends.push(self.text.len());
    }
}

/// What was taken from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Bytes, the end of the line included.
    pub bytes: usize,
    /// Lines.
    pub lines: u64,
    /// Whether every quotation mark that was opened has been closed.
    pub closed: bool,
}

/// Takes the first record of a text.
///
/// A field that begins with a quotation mark, blanks before it aside, ends at the next one that is not doubled; separators and line ends in it
/// are text. Any other quotation mark is text. Lines end in LF or CRLF.
///
/// ```
/// use monazite::delimited::{Fields, take_record};
/// let mut fields = Fields::default();
/// let taken = take_record(b"344,\"China, Hong Kong \"\"SAR\"\"\",1.5\r\n842,", b',', &mut fields);
/// assert_eq!((taken.bytes, taken.lines), (36, 1));
/// assert_eq!(fields.get(1), b"China, Hong Kong \"SAR\"");
/// ```
pub fn take_record(text: &[u8], separator: u8, fields: &mut Fields) -> Taken {
    fields.clear();
    let (mut at, mut lines) = (0, 0);
    loop {
        let blanks = text[at..].iter().take_while(|&&b| matches!(b, b' ' | b'\t') && b != separator).count();
        if text.get(at + blanks) == Some(&b'"') {
            at += blanks + 1;
            loop {
                let Some(length) = memchr::memchr(b'"', &text[at..]) else {
                    lines += memchr::memchr_iter(b'\n', &text[at..]).count() as u64;
                    fields.text.extend_from_slice(&text[at..]);
                    fields.end_field();
                    return Taken { bytes: text.len(), lines: lines + 1, closed: false };
                };
                lines += memchr::memchr_iter(b'\n', &text[at..at + length]).count() as u64;
                fields.text.extend_from_slice(&text[at..at + length]);
                at += length + 1;
                if text.get(at) != Some(&b'"') {
                    break;
                }
                fields.text.push(b'"');
                at += 1;
            }
        }
        let length = memchr::memchr2(separator, b'\n', &text[at..]).unwrap_or(text.len() - at);
        let rest = &text[at..at + length];
        at += length;
        let more = text.get(at) == Some(&separator);
        fields.text.extend_from_slice(if more { rest } else { rest.strip_suffix(b"\r").unwrap_or(rest) });
        fields.end_field();
        at += usize::from(at < text.len());
        if !more {
            return Taken { bytes: at, lines: lines + 1, closed: true };
        }
    }
}

/// Where the last record ends that ends within a text; `None` if none does. The text begins with a record.
pub fn last_record_end(text: &[u8], separator: u8) -> Option<usize> {
    if memchr::memchr(b'"', text).is_none() {
        return memchr::memrchr(b'\n', text).map(|at| at + 1);
    }
    let (mut at, mut last, mut begins) = (0, None, true);
    while at < text.len() {
        match text[at] {
            b'"' if begins => {
                at += 1;
                loop {
                    let Some(length) = memchr::memchr(b'"', &text[at..]) else { return last };
                    at += length + 1;
                    if text.get(at) != Some(&b'"') {
                        break;
                    }
                    at += 1;
                }
                begins = false;
                continue;
            }
            b'\n' => (last, begins) = (Some(at + 1), true),
            byte if byte == separator => begins = true,
            b' ' | b'\t' => {}
            _ => {
                begins = false;
                // On to what may end the field.
                at += memchr::memchr2(separator, b'\n', &text[at..]).unwrap_or(text.len() - at);
                continue;
            }
        }
        at += 1;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &[u8], separator: u8) -> Vec<Vec<String>> {
        let (mut at, mut records, mut fields) = (0, Vec::new(), Fields::default());
        while at < text.len() {
            let taken = take_record(&text[at..], separator, &mut fields);
            at += taken.bytes;
            if fields.len() > 1 || !fields.get(0).is_empty() {
                records.push(fields.iter().map(|f| String::from_utf8_lossy(f).into_owned()).collect());
            }
        }
        records
    }

    #[test]
    fn quotes_blanks_and_line_ends() {
        let text = b"a,\"b, c\",d\r\n \"x\ny\" ,2,\"\"\n5\" pipe,\"q\"r,\n";
        assert_eq!(
            all(text, b','),
            [["a", "b, c", "d"], ["x\ny ", "2", ""], ["5\" pipe", "qr", ""]],
            "a quotation mark within a field is text"
        );
        let mut fields = Fields::default();
        let taken = take_record(b"1,\"open\nand more\n", b',', &mut fields);
        assert_eq!(taken, Taken { bytes: 17, lines: 3, closed: false });
        assert_eq!(fields.get(7), b"");
    }

    #[test]
    fn blocks_end_where_a_record_ends() {
        for (text, end) in [
            ("a,b\nc,d", Some(4)),
            ("a,\"b\nc\",d\ne", Some(10)),
            ("a,\"b\nc", None),
            ("a,5\" x\nb", Some(7)),
            ("a, \"b\"\"\n\",c\n\"d\n", Some(12)),
            ("no end", None),
        ] {
            assert_eq!(last_record_end(text.as_bytes(), b','), end, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn records_are_those_of_the_csv_library(
            text in "[ab1.\"\n;,|]{0,60}",
            separator in prop::sample::select(vec![b',', b';', b'|']),
        ) {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(separator)
                .from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader
                .byte_records()
                .map(|record| record.unwrap().iter().map(|f| String::from_utf8_lossy(f).into_owned()).collect())
                .collect();
            // A line with an empty field alone is a record there, and a blank line here.
            let expected: Vec<Vec<String>> =
                expected.into_iter().filter(|record| record.len() > 1 || !record[0].is_empty()).collect();
            prop_assert_eq!(all(text.as_bytes(), separator), expected);
        }

        #[test]
        fn a_cut_at_the_end_of_a_record_changes_nothing(text in "[a1\"\n,]{0,60}") {
            if let Some(end) = last_record_end(text.as_bytes(), b',') {
                let (first, second) = text.as_bytes().split_at(end);
                let mut parts = all(first, b',');
                parts.extend(all(second, b','));
                prop_assert_eq!(parts, all(text.as_bytes(), b','));
            }
        }
    }
}
