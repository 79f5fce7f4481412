//! Rows of a table of trade that comes as delimited text.

use super::layout::Layout;
use super::row_maker::{LookedUp, RowMaker, trim};
use crate::delimited::{DecimalMark, Fields, decimal_mark, decoded_field, take_record};
use crate::ingest::baci::ReadOptions;
use crate::ingest::baci::parsed::{Parsed, Problem, ProblemKind};
use crate::ingest::cell_words::is_number;
use crate::ingest::cells::Cell;
use crate::ingest::stray_lines::alone;
use crate::nomenclature::Countries;

/// Rows that say what the codes of a column are.
const FIRST_ROWS: usize = 10_000;

/// Makes rows of blocks of text.
pub(in crate::ingest) struct TableText<'a> {
    maker: RowMaker<'a>,
    separator: u8,
}

impl<'a> TableText<'a> {
    /// For a table whose first rows are these.
    pub(in crate::ingest) fn new(
        layout: Layout,
        separator: u8,
        first: &[u8],
        countries: &'a Countries,
        options: ReadOptions,
    ) -> Self {
        let mark = mark_of(&layout, separator, first);
        let (one, other) = layout.pair();
        let mut maker = RowMaker::new(layout, countries, options, mark);
        let (mut at, mut fields, mut rows) = (0, Fields::default(), Vec::new());
        while at < first.len() && rows.len() < FIRST_ROWS {
            at += take_record(&first[at..], separator, &mut fields).bytes;
            fields.make_utf8();
            rows.push([one, other].map(|column| fields.text(column).to_owned()));
        }
        let rows: Vec<[Cell<'_>; 2]> =
            rows.iter().map(|row| [Cell::Text(&row[0]), Cell::Text(&row[1])]).collect();
        maker.look_at(&rows);
        Self { maker, separator }
    }

    /// Makes rows of a block.
    pub(in crate::ingest) fn parse(&self, parsed: &mut Parsed) {
        let text = std::mem::take(&mut parsed.text);
        parsed.clear();
        let (mut at, mut fields, mut known) = (0, Fields::default(), LookedUp::new());
        while at < text.len() {
            let taken = take_record(&text[at..], self.separator, &mut fields);
            at += taken.bytes;
            let first = parsed.lines + 1;
            parsed.lines += taken.lines;
            let result = match taken.closed {
                true => self.record(&mut fields, &mut known, parsed),
                false => Err(ProblemKind::OpenQuote),
            };
            if let Err(kind) = result {
                if taken.closed && self.is_stray(&mut fields, first, parsed) {
                    parsed.account.rows_read -= 1;
                    continue;
                }
                parsed.problem = Some(Problem { line_in_block: first, kind });
                break;
            }
        }
        parsed.text = text;
    }

    fn record(
        &self,
        fields: &mut Fields,
        known: &mut LookedUp,
        parsed: &mut Parsed,
    ) -> Result<(), ProblemKind> {
        let expected = self.maker.layout.names.len();
        let blank =
            |field: &[u8]| field.iter().all(|b| matches!(b, b' ' | b'\t' | b'"' | b'\r' | 0x0b | 0x0c));
        let filled =
            fields.iter().enumerate().filter(|(_, field)| !blank(field)).map(|(at, _)| at + 1).last();
        let Some(filled) = filled else { return Ok(()) };
        // Separators behind the last column are no fields, as long as nothing stands between them.
        let found = if filled <= expected { fields.len().min(expected) } else { filled };
        if found != expected {
            parsed.account.rows_read += 1;
            if filled == 1 && expected > 2 && fields.len() == 1 {
                let column = self.maker.layout.names[0].clone();
                return Err(ProblemKind::Field { column, message: alone(&decoded_field(fields.get(0))) });
            }
            return Err(ProblemKind::FieldCount { found, expected });
        }
        fields.make_utf8();
        let fields = &*fields;
        let cell = |at: usize| match fields.text(at) {
            "" => Cell::Missing,
            text => Cell::Text(text),
        };
        self.maker.row(&cell, known, parsed)
    }
}

impl TableText<'_> {
    /// Whether a line that is no row is the header once more or a remark.
    fn is_stray(&self, fields: &mut Fields, line: u64, parsed: &mut Parsed) -> bool {
        fields.make_utf8();
        let layout = &self.maker.layout;
        parsed.strays.take((0..fields.len()).map(|at| fields.text(at)), &layout.names, layout.year, line)
    }
}

/// What marks decimals in the numbers of a table. Values are judged by themselves first: quantities may be written in another way.
fn mark_of(layout: &Layout, separator: u8, first: &[u8]) -> DecimalMark {
    let (mut at, mut fields) = (0, Fields::default());
    let (mut values, mut quantities) = (Vec::new(), Vec::new());
    while at < first.len() && separator != b',' {
        at += take_record(&first[at..], separator, &mut fields).bytes;
        fields.make_utf8();
        let keep = |column: usize, numbers: &mut Vec<String>| {
            let text = trim(fields.text(column).trim());
            if (text.contains([',', '.']) || text.len() > 3) && is_number(text) {
                numbers.push(text.to_owned());
            }
        };
        keep(layout.value, &mut values);
        if let Some((at, _)) = layout.quantity {
            keep(at, &mut quantities);
        }
    }
    match decimal_mark(separator, values.iter().map(String::as_str)) {
        DecimalMark::Doubtful => DecimalMark::Doubtful,
        _ => match decimal_mark(separator, values.iter().chain(&quantities).map(String::as_str)) {
            DecimalMark::Doubtful => DecimalMark::Either,
            mark => mark,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Reading, TableHeader, TableOptions};
    use super::*;

    fn rows(text: &str) -> Result<Vec<String>, String> {
        let countries = Countries::builtin();
        let header = TableHeader::of(text.as_bytes()).unwrap();
        let reading =
            Reading::of(&header, "t.csv", &TableOptions::default(), true).map_err(|e| e.to_string())?;
        let Reading::Table(layout) = reading else { panic!("read as BACI") };
        let first = &text.as_bytes()[header.to..];
        let table = TableText::new(*layout, header.separator, first, &countries, ReadOptions::default());
        let mut parsed = Parsed { text: first.to_vec(), ..Parsed::default() };
        table.parse(&mut parsed);
        match parsed.problem {
            Some(problem) => Err(problem.to_error("t.csv", header.lines).to_string()),
            None => Ok(parsed
                .rows
                .iter()
                .map(|r| format!("{} {} {} {}", r.year, r.product, r.value, r.quantity))
                .collect()),
        }
    }

    #[test]
    fn spreadsheets_write_semicolons_and_decimal_commas() {
        let text = "t;i;j;k;v;q;name\n2019;156;842;850511;60,5;0,125;\"a; b\"\n;;;;;;\n2019;156;842;850519;1234,567;NA;x;;\n";
        assert_eq!(rows(text).unwrap(), ["2019 850511 60.5 0.125", "2019 850519 1234.567 NaN"]);
        let error = rows("t;i;j;k;v;q\n2019;156;842;850511;1.234,5;1\n").unwrap_err();
        assert!(error.starts_with("t.csv:2: column v: '1.234,5' is not a number as they are read here: it has separators of thousands"), "{error}");
        let thousands = "t;i;j;k;v;q\n2019;156;842;850511;12.500;1\n2019;156;842;850519;1.234;1\n";
        let error = rows(thousands).unwrap_err();
        assert!(
            error.starts_with("t.csv:2: column v: '12.500' may be a number with decimals or one with a separator of thousands")
                && error.contains("the table with commas between the columns"),
            "{error}"
        );
        // Another number shows what the point is, and in a table with commas it is a decimal one.
        assert_eq!(rows(&thousands.replace("1.234", "1.5")).unwrap()[0], "2019 850511 12.5 1");
        assert!(rows(&thousands.replace(";1\n", ";1500\n")).is_err(), "quantities say nothing of values");
        assert_eq!(rows(&thousands.replace(';', ",")).unwrap()[1], "2019 850519 1.234 1");
        let error = rows("t,i,j,k,v,q\n2019,156,842,850511,\"1,234\",1\n").unwrap_err();
        assert!(error.contains("column v: '1,234' is not a number"), "{error}");
        let error = rows("t\ti\tj\tk\tv\tq\n2019\t156\t842\t850511\t12,345\t1\n").unwrap_err();
        assert!(
            error.contains("'12,345' may be a number with decimals or one with a separator of thousands"),
            "{error}"
        );
    }

    #[test]
    fn rows_have_as_many_fields_as_the_header() {
        let error = rows("t,i,j,k,v,q\n\n2019,156,842,850511,1\n").unwrap_err();
        assert_eq!(error, "t.csv:3: the row has 5 fields, the header has 6");
        let error = rows("t,i,j,k,v,q\n2019,156,842,850511,1,2,,3\n").unwrap_err();
        assert_eq!(error, "t.csv:2: the row has 8 fields, the header has 6");
        let error = rows("t,i,j,k,v,q\n2019,156,842,850511,1,2\n2019,\"156,842\n").unwrap_err();
        assert!(error.starts_with("t.csv:3: a quotation mark is opened here"), "{error}");
    }
}
