//! The header of a delimited text: what stands before it, its names, and what separates them.

use super::names::{VALUES, names_of};
use super::options::ColumnRole;
use crate::delimited::{
    Beginning, Encoding, Fields, bare_name, decoded_field, has_old_line_ends, plain_cell, shown_header,
    take_record,
};
use crate::ingest::cell_words::{is_number, short_name};

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
    /// Lines of text above it, such as a title.
    above: Vec<String>,
}

/// Fewest columns of a table of trade: a year, two countries, a product and a value.
const FEWEST: usize = 5;

/// Most lines above a header.
const MOST_ABOVE: usize = 20;

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
        let first = Self::at(text, mark, 0)?;
        let mut above = vec![first.shown.clone()];
        let mut last = first.clone();
        let (is_header, known) = (first.is_header(), first.known());
        // The title of an office of statistics has fewer cells than its table has columns, or none that is known.
        while last.closed && known + 1 < FEWEST && above.len() <= MOST_ABOVE {
            let Some(next) = Self::at(text, last.to, last.lines) else { break };
            let instead = if is_header { known == 0 && next.known() + 1 >= FEWEST } else { next.is_header() };
            if instead && next.closed {
                return Some(Self { above, ..next });
            }
            above.push(next.shown.clone());
            last = next;
        }
        Some(first)
    }

    /// The record that begins at a place, blank lines aside, as a header.
    fn at(text: &[u8], place: usize, lines: u64) -> Option<Self> {
        let beginning = Beginning::of(&text[place..]);
        let from = place + beginning.skipped;
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
            lines: lines + beginning.lines + taken.lines,
            closed: taken.closed,
            first_row: first_row(&text[from + taken.bytes..], beginning.separator),
            above: Vec::new(),
        })
    }

    fn filled(&self) -> usize {
        self.names.iter().filter(|name| !name.is_empty()).count()
    }

    /// How many columns of a table of trade have a name that is known.
    fn known(&self) -> usize {
        let bare: Vec<String> = self.names.iter().map(|name| bare_name(name)).collect();
        let there = |names: &[&str]| bare.iter().any(|name| names.contains(&name.as_str()));
        let roles = ColumnRole::ALL.into_iter().filter(|role| there(names_of(*role))).count();
        roles + usize::from(bare.iter().any(|name| VALUES.iter().any(|(value, ..)| value == name)))
    }

    /// Whether it has the columns of a table of trade, all of them named.
    fn is_header(&self) -> bool {
        let numbers = self.names.iter().any(|name| is_number(name));
        self.filled() >= FEWEST && !numbers && (self.known() > 0 || self.filled() == self.names.len())
    }

    /// What is said of the lines above it.
    pub(in crate::ingest) fn above_note(&self, file: &str) -> Option<String> {
        let shown: Vec<String> = self.above.iter().take(5).map(|line| format!("'{line}'")).collect();
        let more = if self.above.len() > shown.len() { ", ..." } else { "" };
        (!shown.is_empty()).then(|| {
            format!(
                "the header of {} is in line {}; what stands above it is taken for a title and left out: {}{more}",
                short_name(file),
                self.lines,
                shown.join(", ")
            )
        })
    }

    /// Of a table whose columns are named elsewhere than in a line of text.
    pub fn of_columns(names: Vec<String>) -> Self {
        let shown = shown_header(names.join(",").as_bytes());
        Self {
            names,
            shown,
            separator: b',',
            from: 0,
            to: 0,
            lines: 1,
            closed: true,
            first_row: Vec::new(),
            above: Vec::new(),
        }
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
        assert_eq!(
            TableHeader::of(b"code,description\n010110,Horses\n").unwrap().names,
            ["code", "description"]
        );
        let header = TableHeader::of(b"\n\na,\"b\nc\",d\nx").unwrap();
        assert_eq!((header.from, header.to, header.lines, header.closed), (2, 12, 4, true));
        assert_eq!(header.first_row, ["x"]);
        assert_eq!(TableHeader::of(b"a;b\n;\n\n\"1;2\";x\n").unwrap().first_row, ["1;2", "x"]);
    }

    #[test]
    fn titles_above_a_header_are_passed_over_and_said() {
        for title in [
            "Foreign trade 2019\n",
            "Foreign trade, by country\nValues in USD;\n\n",
            "\"Foreign trade\nby country\";;;;;\n\n;;;;;\n",
            "Trade of Austria, Belgium, Cyprus, Denmark, Estonia, Finland and France\n",
        ] {
            let text = format!("{title}year;origin;destination;hs6;value\n2019;CHN;USA;850511;1,5\n");
            let header = TableHeader::of(text.as_bytes()).unwrap();
            assert_eq!(header.names, ["year", "origin", "destination", "hs6", "value"], "{title}");
            assert_eq!(header.separator, b';');
            assert_eq!(header.lines as usize, title.matches('\n').count() + 1);
            let note = header.above_note("t.csv").unwrap();
            assert!(note.contains("taken for a title and left out: '"), "{note}");
        }
        // Names that nobody knows are a header too, and rows are none.
        let header = TableHeader::of(b"Title\nanio,origen,destino,posicion,fob\n2019,a,b,c,1\n").unwrap();
        assert_eq!((header.names[0].as_str(), header.lines), ("anio", 2));
        let header = TableHeader::of(b"a,b,c\n2019,156,842,850511,1,2\n").unwrap();
        assert_eq!((header.names.len(), header.above_note("t.csv")), (3, None));
    }
}
