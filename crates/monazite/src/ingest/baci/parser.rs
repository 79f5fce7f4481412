//! One block of text to typed rows: the plain line as fast as it goes, every other line with care.

use std::collections::BTreeSet;

use super::columns::{FlowColumns, MOST_COLUMNS, Role};
use super::fields::{parse_quantity, parse_value, parse_year, trim};
use super::parsed::{Parsed, Problem, ProblemKind, ReadRow};
use super::plain::{POWERS, PlainLines};
use super::row::{FlowRow, ReadOptions};
use crate::delimited::{Fields, decoded_field, take_record};
use crate::ingest::country_text::{CountryTexts, Meaning};
use crate::ingest::product_text::ProductMeaning;
use crate::ingest::stray_lines::alone;
use crate::nomenclature::{Countries, Hs6};

pub(super) struct Parser<'a> {
    columns: FlowColumns,
    countries: &'a Countries,
    texts: CountryTexts<'a>,
    options: ReadOptions,
    /// The header, which may stand in the file once more.
    names: &'a [String],
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        columns: FlowColumns,
        countries: &'a Countries,
        options: ReadOptions,
        names: &'a [String],
    ) -> Self {
        Self { columns, countries, texts: CountryTexts::new(countries), options, names }
    }

    pub(super) fn parse(&self, parsed: &mut Parsed) {
        let text = std::mem::take(&mut parsed.text);
        parsed.clear();
        let mut rest = text.as_slice();
        let mut quoted = Fields::default();
        let mut plain = PlainLines::new(&self.columns, self.countries);
        while !rest.is_empty() {
            if let Some((row, length)) = plain.as_mut().and_then(|lines| lines.row(rest)) {
                rest = &rest[length..];
                parsed.lines += 1;
                parsed.account.rows_read += 1;
                parsed.rows.push(row);
                continue;
            }
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            if memchr::memchr(b'"', line).is_some() {
                let taken = take_record(rest, b',', &mut quoted);
                rest = &rest[taken.bytes..];
                let first = parsed.lines + 1;
                parsed.lines += taken.lines;
                let result =
                    if taken.closed { self.quoted(&quoted, parsed) } else { Err(ProblemKind::OpenQuote) };
                if let Err(kind) = result {
                    if taken.closed && self.is_stray(&quoted, first, parsed) {
                        continue;
                    }
                    parsed.problem = Some(Problem { line_in_block: first, kind });
                    break;
                }
                continue;
            }
            rest = rest.get(end + 1..).unwrap_or_default();
            parsed.lines += 1;
            if let Some(row) = self.plain_line(line, &mut parsed.shared) {
                parsed.account.rows_read += 1;
                parsed.rows.push(row);
                continue;
            }
            // Lines of separators alone are blank ones.
            if line.iter().all(|b| b.is_ascii_whitespace() || *b == b',') {
                continue;
            }
            if let Err(kind) = self.line(line, parsed) {
                take_record(line, b',', &mut quoted);
                if self.is_stray(&quoted, parsed.lines, parsed) {
                    continue;
                }
                parsed.problem = Some(Problem { line_in_block: parsed.lines, kind });
                break;
            }
        }
        parsed.shared.extend(plain.into_iter().flat_map(|lines| lines.shared));
        parsed.text = text;
    }

    /// The line as nearly all lines are: plain numbers, six-digit codes, known countries, nothing to count or to
    /// refuse. `None` for every other line, which is then read with care.
    #[inline]
    fn plain_line(&self, line: &[u8], shared: &mut BTreeSet<(u16, u16)>) -> Option<FlowRow> {
        let (mut year, mut exporter, mut importer) = (0, None, None);
        let (mut product, mut value, mut quantity) = (None, 0.0, f64::NAN);
        let (mut at, mut codes) = (0, [0; 2]);
        for (position, role) in self.columns.roles[..self.columns.count].iter().enumerate() {
            let start = at;
            let (mut number, mut decimals, mut point) = (0u64, 0usize, false);
            while let Some(&byte) = line.get(at) {
                let digit = byte.wrapping_sub(b'0');
                if digit < 10 {
                    number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
                    decimals += usize::from(point);
                } else if byte == b'.' && !point {
                    point = true;
                } else {
                    break;
                }
                at += 1;
            }
            let digits = at - start - usize::from(point);
            let separator = line.get(at);
            let last = position + 1 == self.columns.count;
            if (last && separator.is_some()) || (!last && separator != Some(&b',')) || digits > 15 {
                // Missing quantities are common; they and nothing else are understood here besides numbers.
                if !(*role == Role::Quantity && line[start..].starts_with(b"NA")) {
                    return None;
                }
                at = start + 2;
                if line.get(at) != (if last { None } else { Some(&b',') }) {
                    return None;
                }
                at += 1;
                continue;
            }
            at += 1;
            if digits == 0 && *role != Role::Quantity {
                return None;
            }
            let country = || {
                let code = (!point && digits <= 4).then_some(number as u16)?;
                self.countries.by_code(code).filter(|_| !self.countries.is_former_state(code))
            };
            match role {
                Role::Year if !point && (1900..=2200).contains(&number) => year = number as u16,
                Role::Exporter => (exporter, codes[0]) = (Some(country()?), number as u16),
                Role::Importer => (importer, codes[1]) = (Some(country()?), number as u16),
                Role::Product if !point && digits == 6 => product = Hs6::from_index(number as usize),
                Role::Value => value = number as f64 / POWERS[decimals],
                Role::Quantity if digits > 0 => quantity = number as f64 / POWERS[decimals],
                Role::Quantity if !point => {}
                Role::Other => return None,
                _ => return None,
            }
        }
        let (exporter, importer, product) = (exporter?, importer?, product?);
        if exporter == importer || value <= 0.0 {
            return None;
        }
        for (country, code) in [exporter, importer].into_iter().zip(codes) {
            if self.countries.has_several_codes(country) {
                shared.insert((year, code));
            }
        }
        Some(FlowRow { year, exporter, importer, product, value, quantity })
    }

    /// Whether a line that is no row is the header once more or a remark.
    fn is_stray(&self, record: &Fields, line: u64, parsed: &mut Parsed) -> bool {
        let cells: Vec<String> = record.iter().map(|field| decoded_field(field).into_owned()).collect();
        let stray = parsed.strays.take(cells.iter().map(String::as_str), self.names, self.columns.year, line);
        parsed.account.rows_read -= u64::from(stray);
        stray
    }

    /// A record with quotation marks, whose fields have been taken apart.
    fn quoted(&self, record: &Fields, parsed: &mut Parsed) -> Result<(), ProblemKind> {
        if record.iter().all(|field| trim(field).is_empty()) {
            return Ok(());
        }
        let mut fields: [&[u8]; MOST_COLUMNS] = [&[]; MOST_COLUMNS];
        let mut count = 0;
        for (field, found) in fields.iter_mut().zip(record.iter()) {
            *field = found;
            count += usize::from(count < self.columns.count || !trim(found).is_empty());
        }
        let beyond = (MOST_COLUMNS..record.len()).any(|at| !trim(record.get(at)).is_empty());
        self.fields(&fields, if beyond { record.len() } else { count }, parsed)
    }

    fn line(&self, line: &[u8], parsed: &mut Parsed) -> Result<(), ProblemKind> {
        let mut fields: [&[u8]; MOST_COLUMNS] = [&[]; MOST_COLUMNS];
        let mut count = 0;
        for (at, field) in line.split(|b| *b == b',').enumerate() {
            // Separators behind the last column are no fields, as long as nothing stands between them.
            if at >= self.columns.count && trim(field).is_empty() {
                continue;
            }
            if let Some(place) = fields.get_mut(at) {
                *place = field;
            }
            count = at + 1;
        }
        self.fields(&fields, count, parsed)
    }

    fn fields(
        &self,
        fields: &[&[u8]; MOST_COLUMNS],
        count: usize,
        parsed: &mut Parsed,
    ) -> Result<(), ProblemKind> {
        let c = &self.columns;
        parsed.account.rows_read += 1;
        if count == 1 && c.count > 2 {
            let (column, text) =
                (self.names.first().cloned().unwrap_or_default(), decoded_field(trim(fields[0])));
            return Err(ProblemKind::Field { column, message: alone(&text) });
        }
        if count != c.count {
            return Err(ProblemKind::FieldCount { found: count, expected: c.count });
        }
        let year = parse_year(trim(fields[c.year]))?;
        let value = parse_value(trim(fields[c.value]))?;
        let product = match Hs6::from_bytes(trim(fields[c.product])) {
            Some(code) => Some(code),
            None => {
                let text = decoded_field(trim(fields[c.product]));
                parsed.product(&text, ProductMeaning::of(&text), "k", self.options)?
            }
        };
        let exporter = self.country(fields[c.exporter], "i", year, parsed)?;
        let importer = self.country(fields[c.importer], "j", year, parsed)?;
        let quantity = match c.quantity {
            Some(column) => parse_quantity(trim(fields[column]))?,
            None => f64::NAN,
        };
        parsed.settle(ReadRow { year, exporter, importer, product, value, quantity });
        Ok(())
    }

    fn country(
        &self,
        field: &[u8],
        column: &str,
        year: u16,
        parsed: &mut Parsed,
    ) -> Result<Meaning, ProblemKind> {
        let text = decoded_field(trim(field));
        // A code that other releases know is no unknown one: the import is made again with their codes too.
        if text.parse().is_ok_and(|code| self.countries.could_adopt(code)) {
            let code = text.chars().take(40).collect();
            return Err(ProblemKind::Country { column: column.to_owned(), code });
        }
        parsed.country(&self.texts, self.texts.meaning(&text), &text, (column, year), self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::super::HeaderError;
    use super::super::row::{ShortCodes, UnknownCountry};
    use super::*;

    #[test]
    fn columns_are_found_in_any_order_and_under_long_names() {
        let baci = FlowColumns::find("t,i,j,k,v,q\r\n").unwrap();
        assert_eq!((baci.year, baci.product, baci.quantity), (0, 3, Some(5)));
        let newer = FlowColumns::find("\u{feff}\"t\",\"k\",\"i\",\"j\",\"v\",\"q\"").unwrap();
        assert_eq!((newer.product, newer.exporter, newer.importer), (1, 2, 3));
        let long = FlowColumns::find("t,i,j,product_code,v,quantity").unwrap();
        assert_eq!((long.product, long.quantity), (3, Some(5)));
        let anybodys = FlowColumns::find("year,exporter,importer,product_code,value,quantity");
        assert_eq!(anybodys, Err(HeaderError::Missing("t")));
        assert_eq!(FlowColumns::find("t,i,j,k,q"), Err(HeaderError::Missing("v")));
        let wide = |more: &str| FlowColumns::find(&format!("t,i,j,k,{more}{}", ",x".repeat(30)));
        assert!(!wide("v").unwrap().fit(), "35 columns are read by the reader of other tables");
        assert_eq!(wide("w"), Err(HeaderError::Missing("v")));
        assert_eq!(FlowColumns::find("t,i,j,k,v").unwrap().quantity, None);
        let twice = |header: &str| FlowColumns::find(header);
        assert_eq!(twice("t,i,j,k,v,q,t"), Err(HeaderError::Twice("t", "t, t".to_owned())));
        assert_eq!(twice("t,i,j,k,v,q,quantity"), Err(HeaderError::Twice("q", "q, quantity".to_owned())));
    }

    #[test]
    fn plain_lines_and_careful_reading_agree() {
        let countries = Countries::builtin();
        let columns = FlowColumns::find("t,i,j,k,v,q").unwrap();
        let parser = Parser::new(columns, &countries, ReadOptions::default(), &[]);
        let quickest = |line: &str| {
            let text = format!("{line}\n{}", " ".repeat(64));
            PlainLines::new(&columns, &countries)?.row(text.as_bytes()).map(|(row, _)| row)
        };
        for line in [
            "2019,156,842,850511,1234.567,89",
            "2019,156,842,030110,.5,NA",
            "2019,156,842,850511,7,",
            "2019,490,56,850511,7.,0.001",
        ] {
            let quick = parser.plain_line(line.as_bytes(), &mut BTreeSet::new()).unwrap();
            let mut careful = Parsed::default();
            assert!(parser.line(line.as_bytes(), &mut careful).is_ok());
            let careful = format!("{:?}", careful.rows[0]);
            assert_eq!(format!("{quick:?}"), careful, "{line}");
            assert_eq!(format!("{:?}", quickest(line).unwrap()), careful, "{line}");
        }
        for line in [
            "2019,156,842,850511,1,2,3",
            "2019,156,842,850511,1",
            "2019,156,156,850511,1,2",
            "2019,156,842,850511,0,2",
            "2019,156,842,850511,-1,2",
            "2019,156,842,85051,1,2",
            "2019,58,842,850511,1,2",
            "2019,1,842,850511,1,2",
            "2019,156,842,850511,1,NAN",
            "2019,156,842,850511,NA,1",
            "2019,156,842,9999AA,1,1",
            " 2019,156,842,850511,1,1",
            "",
        ] {
            assert!(parser.plain_line(line.as_bytes(), &mut BTreeSet::new()).is_none(), "{line}");
            assert!(quickest(line).is_none(), "{line}");
        }
    }

    #[test]
    fn a_block_is_read_alike_whichever_way_its_lines_go() {
        let countries = Countries::builtin();
        let options = ReadOptions { unknown_country: UnknownCountry::Drop, short_codes: ShortCodes::Pad };
        let parse = |header: &str, text: String| {
            let columns = FlowColumns::find(header).unwrap();
            let parser = Parser::new(columns, &countries, options, &[]);
            let mut parsed = Parsed { text: text.into_bytes(), ..Parsed::default() };
            parser.parse(&mut parsed);
            assert!(parsed.problem.is_none() && parsed.rows.len() > 1000);
            assert_eq!(parsed.shared, BTreeSet::from([(2019, 56), (2019, 58), (2019, 276)]));
            (format!("{:?}", parsed.rows), format!("{:?}", parsed.account), parsed.lines)
        };
        let codes = ["156", "842", "4", "58", "56", "7777", "USA", "0276"];
        let values = ["1.5", "0", "123456789012.345", "7.0000001", ".25", "1e3", "0.001"];
        let quantities = ["NA", "", "3", "0.0", " 2.5", "1e-3", "12345678.9"];
        let ends = ["\n", "\r\n", "\n\n"];
        let (mut plain, mut turned) = (String::new(), String::new());
        for n in 0..4000usize {
            let (i, j) = (codes[n / 40 % 8], codes[n / 7 % 8]);
            let k = if n % 11 == 0 { "30110".to_owned() } else { (280_000 + n * 37 % 600).to_string() };
            let (v, q, end) = (values[n % 7], quantities[n / 3 % 7], ends[n / 50 % 3]);
            plain += &format!("2019,{i},{j},{k},{v},{q}{end}");
            turned += &format!("{q},{k},2019,{i},{v},{j}{end}");
        }
        assert_eq!(parse("t,i,j,k,v,q", plain), parse("q,k,t,i,v,j", turned));
    }
}
