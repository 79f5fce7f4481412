//! The header of a delimited text: what stands before it, its names, and what separates them.

use crate::delimited::{
    Beginning, Encoding, Fields, decoded_field, has_old_line_ends, plain_cell, shown_header, take_record,
};

/// The header of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableHeader {
    /// The names of the columns, without blanks and quotes around them.
    pub names: Vec<String>,
    /// As it stands, for messages.
    pub shown: String,
    /// What separates columns.
    pub separator: u8,
    /// Where the header begins and ends in the text, in bytes.
    pub(in crate::ingest) from: usize,
    pub(in crate::ingest) to: usize,
    /// Lines up to its end.
    pub(in crate::ingest) lines: u64,
    /// Whether its quotation marks are closed.
    pub(in crate::ingest) closed: bool,
    /// The row below it; empty if there is none, or it is not known.
    pub(in crate::ingest) first_row: Vec<String>,
}

impl TableHeader {
    /// Of a text in UTF-8 or Windows-1252 with line ends in LF or CRLF; `None` if there are only blanks.
    ///
    /// ```
    /// use monazite::ingest::own_table::TableHeader;
    /// let header = TableHeader::of(b"\n\"Trade Value, USD\";Year\n1;2\n").unwrap();
    /// assert_eq!(header.names, ["Trade Value, USD", "Year"]);
    /// ```
    pub fn of(text: &[u8]) -> Option<Self> {
        let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let beginning = Beginning::of(&text[mark..]);
        let from = mark + beginning.skipped;
        if text[from..].trim_ascii().is_empty() {
            return None;
        }
        let mut fields = Fields::default();
        let taken = take_record(&text[from..], beginning.separator, &mut fields);
        let trimmed = |field| plain_cell(decoded_field(field).trim().trim_matches('"').trim()).to_owned();
        let names: Vec<String> = fields.iter().map(trimmed).collect();
        Some(Self {
            names,
            shown: shown_header(&text[from..from + taken.bytes]),
            separator: beginning.separator,
            from,
            to: from + taken.bytes,
            lines: beginning.lines + taken.lines,
            closed: taken.closed,
            first_row: first_row(&text[from + taken.bytes..], beginning.separator),
        })
    }

    /// Of a table whose columns are named elsewhere than in a line of text.
    pub fn of_columns(names: Vec<String>) -> Self {
        let shown = shown_header(names.join(",").as_bytes());
        Self { names, shown, separator: b',', from: 0, to: 0, lines: 1, closed: true, first_row: Vec::new() }
    }

    /// Of the first bytes of a file in any encoding.
    pub fn of_beginning(bytes: &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        match Encoding::of(bytes).decoder() {
            Some(mut decoder) => decoder.push(bytes, false, &mut text),
            None => text.extend_from_slice(bytes),
        }
        if has_old_line_ends(&text) {
            text.iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
        }
        Self::of(&text)
    }
}

/// The first row of a text that is not blank.
fn first_row(text: &[u8], separator: u8) -> Vec<String> {
    let (mut at, mut fields) = (0, Fields::default());
    while at < text.len() {
        at += take_record(&text[at..], separator, &mut fields).bytes;
        let row: Vec<String> = fields.iter().map(|field| decoded_field(field).trim().to_owned()).collect();
        if row.iter().any(|field| !field.is_empty()) {
            return row;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_in_any_dialect() {
        let names = ["Year", "Exporter, of origin", "v"];
        let utf16 = "Year\t\"Exporter, of origin\"\tv\r\n1"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>();
        for bytes in [
            &b"\xef\xbb\xbf\r\n \nYear;Exporter, of origin;v\n"[..],
            b"sep=|\nYear|\" Exporter, of origin \"|v",
            b"Year,\"Exporter, of origin\",v\r2019,1,2\r",
            &utf16,
        ] {
            assert_eq!(TableHeader::of_beginning(bytes).unwrap().names, names);
        }
        assert_eq!(TableHeader::of_beginning(b"\n \n"), None);
        let header = TableHeader::of(b"\n\na,\"b\nc\",d\nx").unwrap();
        assert_eq!((header.from, header.to, header.lines, header.closed), (2, 12, 4, true));
        assert_eq!(header.first_row, ["x"]);
        assert_eq!(TableHeader::of(b"a;b\n;\n\n\"1;2\";x\n").unwrap().first_row, ["1;2", "x"]);
    }
}
