//! One block of text to typed rows: the plain line as fast as it goes, every other line with care.

use std::collections::BTreeSet;

use super::columns::{FlowColumns, MOST_COLUMNS, Role};
use super::plain::{POWERS, PlainLines};
use super::row::{FlowRow, ReadOptions, ShortCodes, UnknownCountry};
use crate::ingest::IngestError;
use crate::ingest::account::{IngestAccount, LeftOut};
use crate::nomenclature::{Countries, CountryId, Hs6};

/// A block of text and what a worker makes of it.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) text: Vec<u8>,
    /// In the order of the text.
    pub(super) rows: Vec<FlowRow>,
    pub(super) account: IngestAccount,
    pub(super) lines: u64,
    /// Codes met of countries that have several, with their years.
    pub(super) shared: BTreeSet<(u16, u16)>,
    pub(super) problem: Option<Problem>,
}

/// What is wrong with a line, before it is known which line of the file it is.
pub(super) struct Problem {
    line_in_block: u64,
    kind: ProblemKind,
}

enum ProblemKind {
    FieldCount { found: usize, expected: usize },
    Field { column: &'static str, message: String },
    Country { column: &'static str, code: String },
}

impl Problem {
    pub(super) fn to_error(&self, file: &str, lines_before: u64) -> IngestError {
        let (file, line) = (file.to_owned(), lines_before + self.line_in_block);
        match &self.kind {
            &ProblemKind::FieldCount { found, expected } => {
                IngestError::FieldCount { file, line, found, expected }
            }
            ProblemKind::Field { column, message } => {
                IngestError::Field { file, line, column, message: message.clone() }
            }
            ProblemKind::Country { column, code } => {
                IngestError::Country { file, line, column, code: code.clone(), without_table: false }
            }
        }
    }
}

pub(super) struct Parser<'a> {
    pub(super) columns: FlowColumns,
    pub(super) countries: &'a Countries,
    pub(super) options: ReadOptions,
}

impl Parser<'_> {
    pub(super) fn parse(&self, parsed: &mut Parsed) {
        let text = std::mem::take(&mut parsed.text);
        parsed.rows.clear();
        parsed.account = IngestAccount::default();
        parsed.lines = 0;
        parsed.shared.clear();
        parsed.problem = None;
        let mut rest = text.as_slice();
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
            rest = rest.get(end + 1..).unwrap_or_default();
            parsed.lines += 1;
            if let Some(row) = self.plain_line(line, &mut parsed.shared) {
                parsed.account.rows_read += 1;
                parsed.rows.push(row);
                continue;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            parsed.account.rows_read += 1;
            if let Err(kind) = self.line(line, parsed) {
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

    fn line(&self, line: &[u8], parsed: &mut Parsed) -> Result<(), ProblemKind> {
        let c = &self.columns;
        let mut fields: [&[u8]; MOST_COLUMNS] = [&[]; MOST_COLUMNS];
        let (mut count, mut start) = (0, 0);
        for (at, &byte) in line.iter().enumerate() {
            if byte == b',' {
                if count + 1 < MOST_COLUMNS {
                    fields[count] = &line[start..at];
                }
                count += 1;
                start = at + 1;
            }
        }
        if count < MOST_COLUMNS {
            fields[count] = &line[start..];
        }
        count += 1;
        if count != c.count {
            return Err(ProblemKind::FieldCount { found: count, expected: c.count });
        }
        let year = parse_year(trim(fields[c.year]))?;
        let value = parse_value(trim(fields[c.value]))?;
        let product = self.product(trim(fields[c.product]), &mut parsed.account)?;
        let exporter = self.country(trim(fields[c.exporter]), "i", year, parsed)?;
        let importer = self.country(trim(fields[c.importer]), "j", year, parsed)?;
        let quantity = match c.quantity {
            Some(column) => parse_quantity(trim(fields[column]))?,
            None => f64::NAN,
        };
        let (Some(exporter), Some(importer)) = (exporter, importer) else {
            parsed.account.drop_row(LeftOut::UnknownCountry, value);
            return Ok(());
        };
        if value == 0.0 {
            parsed.account.drop_row(LeftOut::ZeroValue, value);
        } else if exporter == importer {
            parsed.account.drop_row(LeftOut::SelfTrade, value);
        } else {
            parsed.rows.push(FlowRow { year, exporter, importer, product, value, quantity });
        }
        Ok(())
    }

    fn product(&self, text: &[u8], account: &mut IngestAccount) -> Result<Hs6, ProblemKind> {
        if let Some(code) = Hs6::from_bytes(text) {
            return Ok(code);
        }
        let text = String::from_utf8_lossy(text);
        let advice = match (self.options.short_codes, Hs6::padded(&text)) {
            (ShortCodes::Pad, Ok(code)) => {
                account.padded_codes += 1;
                return Ok(code);
            }
            (ShortCodes::Refuse, Ok(_)) => {
                "; if the whole file lost its leading zeros, read it with short_codes = \"pad\""
            }
            (_, Err(_)) => "",
        };
        let error = text.parse::<Hs6>().expect_err("codes of six digits were taken above");
        Err(ProblemKind::Field { column: "k", message: format!("{error}{advice}") })
    }

    fn country(
        &self,
        text: &[u8],
        column: &'static str,
        year: u16,
        parsed: &mut Parsed,
    ) -> Result<Option<CountryId>, ProblemKind> {
        let found = match parse_integer(text) {
            Some(code) => {
                let id = u16::try_from(code).ok().and_then(|code| self.countries.by_code(code));
                if id.is_some_and(|id| self.countries.has_several_codes(id)) {
                    parsed.shared.insert((year, code as u16));
                    parsed.account.former_states += u64::from(self.countries.is_former_state(code as u16));
                }
                id
            }
            None => std::str::from_utf8(text).ok().and_then(|iso3| self.countries.by_iso3_or_alias(iso3)),
        };
        // A code that other releases know is no unknown one: the import is made again with their codes too.
        let elsewhere = || {
            let code = parse_integer(text).and_then(|code| u16::try_from(code).ok());
            code.is_some_and(|code| self.countries.could_adopt(code))
        };
        if found.is_none() && (self.options.unknown_country == UnknownCountry::Refuse || elsewhere()) {
            let code = String::from_utf8_lossy(text).chars().take(40).collect();
            return Err(ProblemKind::Country { column, code });
        }
        Ok(found)
    }
}

/// Strips blanks and quotes.
#[inline]
fn trim(mut field: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'"', rest @ ..] = field {
        field = rest;
    }
    while let [rest @ .., b' ' | b'\t' | b'"'] = field {
        field = rest;
    }
    field
}

#[inline]
fn parse_integer(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    let mut number = 0u32;
    for &byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u32::from(byte - b'0');
    }
    Some(number)
}

fn parse_year(text: &[u8]) -> Result<u16, ProblemKind> {
    match parse_integer(text) {
        Some(year @ 1900..=2200) => Ok(year as u16),
        _ => Err(field("t", text, "is not a year")),
    }
}

/// Above this a number of a trade file is no trade, and sums of such numbers would overflow: a quadrillion thousand USD, or tonnes.
const LARGEST: f64 = 1e15;

fn parse_value(text: &[u8]) -> Result<f64, ProblemKind> {
    match parse_decimal(text) {
        Some(value) if value > LARGEST => {
            Err(field("v", text, "is more than 1e15 thousand USD, which no flow is worth; correct the row"))
        }
        Some(value) if value >= 0.0 => Ok(value),
        Some(value) if value < 0.0 => Err(field("v", text, "is negative; trade values are not")),
        _ => Err(field("v", text, "is not a number; trade values are never missing in BACI")),
    }
}

fn parse_quantity(text: &[u8]) -> Result<f64, ProblemKind> {
    if text.is_empty() || text == b"NA" {
        return Ok(f64::NAN);
    }
    match parse_decimal(text) {
        Some(quantity) if quantity > LARGEST => {
            Err(field("q", text, "is more than 1e15 tonnes, which no flow weighs; correct the row"))
        }
        Some(quantity) if quantity >= 0.0 => Ok(quantity),
        Some(_) => Err(field("q", text, "is negative; quantities are not")),
        None => Err(field("q", text, "is not a number; a missing quantity is NA or blank")),
    }
}

fn field(column: &'static str, text: &[u8], what: &str) -> ProblemKind {
    let text: String = String::from_utf8_lossy(text).chars().take(40).collect();
    ProblemKind::Field { column, message: format!("'{text}' {what}") }
}

/// A finite decimal number, correctly rounded. Plain numbers of up to 15 digits, which is all that
/// BACI writes, are exact in one division; anything else goes to the standard library.
#[inline]
fn parse_decimal(text: &[u8]) -> Option<f64> {
    let mut mantissa = 0u64;
    let mut decimals = None;
    let mut digits = 0usize;
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                digits += 1;
                if let Some(decimals) = &mut decimals {
                    *decimals += 1;
                }
            }
            b'.' if decimals.is_none() => decimals = Some(0usize),
            _ => return slow_decimal(text),
        }
    }
    if digits == 0 || digits > 15 {
        return slow_decimal(text);
    }
    Some(mantissa as f64 / POWERS[decimals.unwrap_or(0)])
}

#[cold]
fn slow_decimal(text: &[u8]) -> Option<f64> {
    let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::super::HeaderError;
    use super::*;

    #[test]
    fn decimals_are_rounded_as_the_standard_library_does() {
        for text in
            ["0.001", "1.256", "8.2", "123456789.123", "7", "0", "999999999999.999", "00.10", "5.", ".5"]
        {
            assert_eq!(parse_decimal(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in ["1e3", "-4.5", "1234567890123456.789", "+2"] {
            assert_eq!(parse_decimal(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in ["", ".", "NaN", "inf", "1,5", "1.2.3", "abc", "1e999"] {
            assert_eq!(parse_decimal(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn columns_are_found_in_any_order_and_under_long_names() {
        let baci = FlowColumns::find("t,i,j,k,v,q\r\n").unwrap();
        assert_eq!((baci.year, baci.product, baci.quantity), (0, 3, Some(5)));
        let newer = FlowColumns::find("\u{feff}\"t\",\"k\",\"i\",\"j\",\"v\",\"q\"").unwrap();
        assert_eq!((newer.product, newer.exporter, newer.importer), (1, 2, 3));
        let long = FlowColumns::find("year,exporter,importer,product_code,value,quantity").unwrap();
        assert_eq!((long.year, long.product), (0, 3));
        assert_eq!(FlowColumns::find("t,i,j,k,q"), Err(HeaderError::Missing("v")));
        let wide = |more: &str| FlowColumns::find(&format!("t,i,j,k,{more}{}", ",x".repeat(30)));
        assert_eq!((wide("v"), wide("w")), (Err(HeaderError::TooMany(35)), Err(HeaderError::Missing("v"))));
        assert_eq!(FlowColumns::find("t,i,j,k,v").unwrap().quantity, None);
        let twice = |header: &str| FlowColumns::find(header);
        assert_eq!(twice("t,i,j,k,v,q,t"), Err(HeaderError::Twice("t", "t, t".to_owned())));
        assert_eq!(twice("t,i,j,k,v,q,quantity"), Err(HeaderError::Twice("q", "q, quantity".to_owned())));
    }

    #[test]
    fn plain_lines_and_careful_reading_agree() {
        let countries = Countries::builtin();
        let columns = FlowColumns::find("t,i,j,k,v,q").unwrap();
        let parser = Parser { columns, countries: &countries, options: ReadOptions::default() };
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
            let parser = Parser { columns, countries: &countries, options };
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

    #[test]
    fn numbers_that_no_trade_has_are_refused() {
        assert!(matches!(parse_value(b"1e15"), Ok(1e15)) && parse_quantity(b"999999999999999").is_ok());
        for wrong in [parse_value(b"1e308"), parse_quantity(b"1.1e15"), parse_value(b"1000000000000001")] {
            let Err(ProblemKind::Field { message, .. }) = wrong else { panic!("taken") };
            assert!(message.contains("is more than 1e15"), "{message}");
        }
    }

    #[test]
    fn blanks_and_quotes_are_stripped() {
        assert_eq!(trim(b"  \" 12.5\" "), b"12.5");
        assert_eq!(trim(b"         NA"), b"NA");
        assert_eq!(trim(b" \" "), b"");
    }
}
