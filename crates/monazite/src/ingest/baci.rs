//! The parser of BACI trade files: a stream of lines to a stream of typed flows, in parallel, in bounded memory.
//!
//! BACI's csv is numbers between commas, so lines and fields are split by hand rather than by a csv library:
//! that keeps line numbers exact under every line ending, and it is what makes nine million rows a matter of
//! seconds. Everything a file may hold is either understood or refused with its line.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use sha2::{Digest, Sha256};

use super::IngestError;
use super::account::{IngestAccount, LeftOut};
use super::release::SourceFile;
use crate::nomenclature::{Countries, CountryId, Hs6};

/// One row of a trade file that has passed every check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowRow {
    /// Calendar year.
    pub year: u16,
    /// Exporting country.
    pub exporter: CountryId,
    /// Importing country.
    pub importer: CountryId,
    /// Product.
    pub product: Hs6,
    /// Value in thousand current USD, above zero.
    pub value: f64,
    /// Quantity in tonnes; NaN where the file has none.
    pub quantity: f64,
}

/// What to do with a country code that the release's table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownCountry {
    /// Stop and say where (default).
    #[default]
    Refuse,
    /// Leave the row out and count it.
    Drop,
}

/// What to do with a product code of fewer than six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShortCodes {
    /// Stop and say where (default): it may be a lost zero, or half a code.
    #[default]
    Refuse,
    /// Put the zeros back on the left, and count the rows.
    Pad,
}

/// The options of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// For unknown countries.
    pub unknown_country: UnknownCountry,
    /// For short product codes.
    pub short_codes: ShortCodes,
}

/// Where BACI's columns stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowColumns {
    year: usize,
    exporter: usize,
    importer: usize,
    product: usize,
    value: usize,
    quantity: Option<usize>,
    count: usize,
    roles: [Role; MOST_COLUMNS],
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Year,
    Exporter,
    Importer,
    Product,
    Value,
    Quantity,
    Other,
}

const MOST_COLUMNS: usize = 32;

impl FlowColumns {
    /// Finds the columns in a header line, in any order; long names are understood too.
    ///
    /// # Errors
    /// The name of the first column that is missing.
    pub fn find(header: &str) -> Result<Self, &'static str> {
        let names: Vec<String> = header
            .trim_start_matches('\u{feff}')
            .trim_end()
            .split(',')
            .map(|f| f.trim().trim_matches('"').to_ascii_lowercase())
            .collect();
        let find = |short: &'static str, long: &[&str]| {
            names.iter().position(|n| n == short || long.contains(&n.as_str())).ok_or(short)
        };
        if names.len() > MOST_COLUMNS {
            return Err("t");
        }
        let mut roles = [Role::Other; MOST_COLUMNS];
        let mut place = |role: Role, short: &'static str, long: &[&str]| {
            let column = find(short, long)?;
            roles[column] = role;
            Ok(column)
        };
        Ok(Self {
            year: place(Role::Year, "t", &["year"])?,
            exporter: place(Role::Exporter, "i", &["exporter"])?,
            importer: place(Role::Importer, "j", &["importer"])?,
            product: place(Role::Product, "k", &["product", "product_code", "hs6"])?,
            value: place(Role::Value, "v", &["value"])?,
            quantity: place(Role::Quantity, "q", &["quantity"]).ok(),
            count: names.len(),
            roles,
        })
    }
}

/// What reading one file came to.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// What happened to its rows; duplicates are found later.
    pub account: IngestAccount,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Bytes of content.
    pub bytes: u64,
}

/// Bytes of text handed to a worker at a time.
const BLOCK: usize = 1 << 19;
/// A line longer than this is no line of a trade file.
const LONGEST_LINE: usize = 1 << 24;

/// Reads one trade file and hands its rows to `take`, block by block, each block grouped by product.
///
/// `progress` is told the number of bytes read so far.
///
/// # Errors
/// Whatever is wrong with the file first, with its line: see [`IngestError`]. Rows before the error
/// may already have been handed out. An error of `take` is passed on.
pub fn read_flows<E: From<IngestError>>(
    file: &SourceFile,
    countries: &Countries,
    options: ReadOptions,
    mut take: impl FnMut(&[FlowRow]) -> Result<(), E>,
    mut progress: impl FnMut(u64),
) -> Result<FileReport, E> {
    let mut blocks = Blocks::new(file.open()?);
    let first = blocks.next().map_err(|e| file.read_error(e))?.unwrap_or_default();
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(IngestError::Empty { file: file.name.clone() }.into());
    }
    let header_end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
    let header = String::from_utf8_lossy(&text[..header_end]).into_owned();
    let columns = FlowColumns::find(&header).map_err(|column| IngestError::MissingColumn {
        file: file.name.clone(),
        column,
        header: header.trim_end().chars().take(120).collect(),
    })?;
    let parser = Parser { columns, countries, options };
    let mut next = Some(text[header_end..].to_vec());

    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let mut account = IngestAccount::default();
    std::thread::scope(|scope| -> Result<(), E> {
        // Block n goes to worker n modulo workers and comes back from there: order without sorting.
        let lanes: Vec<(SyncSender<Parsed>, Receiver<Parsed>)> = (0..workers)
            .map(|_| {
                let (to_worker, blocks) = sync_channel::<Parsed>(1);
                let (to_taker, parsed) = sync_channel::<Parsed>(1);
                let parser = &parser;
                scope.spawn(move || {
                    for mut block in blocks {
                        parser.parse(&mut block);
                        if to_taker.send(block).is_err() {
                            return;
                        }
                    }
                });
                (to_worker, parsed)
            })
            .collect();
        let (mut sent, mut taken) = (0usize, 0usize);
        let mut lines_before = 1;
        let mut spare: Vec<Parsed> = Vec::new();
        while next.is_some() || taken < sent {
            if sent - taken == workers || next.is_none() {
                let parsed = lanes[taken % workers].1.recv().expect("a worker answers every block");
                taken += 1;
                if let Some(problem) = &parsed.problem {
                    return Err(problem.to_error(&file.name, lines_before).into());
                }
                lines_before += parsed.lines;
                account.merge(&parsed.account);
                take(&parsed.rows)?;
                spare.push(parsed);
            }
            if let Some(text) = next.take() {
                // Memory goes round in a circle, so that it is neither given back nor faulted in again.
                let mut block = spare.pop().unwrap_or_default();
                blocks.spare.push(std::mem::replace(&mut block.text, text));
                lanes[sent % workers].0.send(block).expect("a worker lives as long as its lane");
                sent += 1;
                next = blocks.next().map_err(|e| file.read_error(e))?;
                progress(blocks.bytes);
            }
        }
        Ok(())
    })?;
    if account.rows_read == 0 {
        return Err(IngestError::NoRows { file: file.name.clone() }.into());
    }
    Ok(FileReport { account, sha256: hex(&blocks.hash.finalize()), bytes: blocks.bytes })
}

/// Bytes as hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Cuts a stream into blocks that end where a line ends, hashing on the way.
struct Blocks {
    reader: Box<dyn Read + Send>,
    carry: Vec<u8>,
    /// Blocks that have been parsed, to be filled again.
    spare: Vec<Vec<u8>>,
    at_end: bool,
    hash: Sha256,
    bytes: u64,
}

impl Blocks {
    fn new(reader: Box<dyn Read + Send>) -> Self {
        Self { reader, carry: Vec::new(), spare: Vec::new(), at_end: false, hash: Sha256::new(), bytes: 0 }
    }

    fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut block = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(BLOCK + BLOCK / 8));
        block.clear();
        block.append(&mut self.carry);
        loop {
            if self.at_end {
                return Ok((!block.is_empty()).then_some(block));
            }
            let before = block.len();
            self.reader.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
            self.at_end = block.len() < before + BLOCK;
            self.hash.update(&block[before..]);
            self.bytes += (block.len() - before) as u64;
            if self.at_end {
                continue;
            }
            if let Some(end) = memchr::memrchr(b'\n', &block[before..]) {
                self.carry.extend_from_slice(&block[before + end + 1..]);
                block.truncate(before + end + 1);
                return Ok(Some(block));
            }
            if block.len() > LONGEST_LINE {
                return Err(std::io::Error::other("a line is longer than 16 MB; this is not a trade file"));
            }
        }
    }
}

/// A block of text and what a worker makes of it.
#[derive(Default)]
struct Parsed {
    text: Vec<u8>,
    rows: Vec<FlowRow>,
    /// Room for bringing the rows in order.
    in_file_order: Vec<FlowRow>,
    keys: [Vec<(u32, u32)>; 2],
    account: IngestAccount,
    lines: u64,
    problem: Option<Problem>,
}

/// What is wrong with a line, before it is known which line of the file it is.
struct Problem {
    line_in_block: u64,
    kind: ProblemKind,
}

enum ProblemKind {
    FieldCount { found: usize, expected: usize },
    Field { column: &'static str, message: String },
}

impl Problem {
    fn to_error(&self, file: &str, lines_before: u64) -> IngestError {
        let (file, line) = (file.to_owned(), lines_before + self.line_in_block);
        match &self.kind {
            &ProblemKind::FieldCount { found, expected } => {
                IngestError::FieldCount { file, line, found, expected }
            }
            ProblemKind::Field { column, message } => {
                IngestError::Field { file, line, column, message: message.clone() }
            }
        }
    }
}

struct Parser<'a> {
    columns: FlowColumns,
    countries: &'a Countries,
    options: ReadOptions,
}

impl Parser<'_> {
    fn parse(&self, parsed: &mut Parsed) {
        let text = std::mem::take(&mut parsed.text);
        parsed.rows.clear();
        parsed.account = IngestAccount::default();
        parsed.lines = 0;
        parsed.problem = None;
        let mut rest = text.as_slice();
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            rest = rest.get(end + 1..).unwrap_or_default();
            parsed.lines += 1;
            if let Some(row) = self.plain_line(line) {
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
        std::mem::swap(&mut parsed.rows, &mut parsed.in_file_order);
        by_product(&parsed.in_file_order, &mut parsed.keys, &mut parsed.rows);
        parsed.text = text;
    }

    /// The line as nearly all lines are: plain numbers, six-digit codes, known countries, nothing to count or to
    /// refuse. `None` for every other line, which is then read with care.
    #[inline]
    fn plain_line(&self, line: &[u8]) -> Option<FlowRow> {
        let (mut year, mut exporter, mut importer) = (0, None, None);
        let (mut product, mut value, mut quantity) = (None, 0.0, f64::NAN);
        let mut at = 0;
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
                Role::Exporter => exporter = Some(country()?),
                Role::Importer => importer = Some(country()?),
                Role::Product if !point && digits == 6 => product = Hs6::from_index(number as usize),
                Role::Value => value = number as f64 / POWERS[decimals],
                Role::Quantity if digits > 0 => quantity = number as f64 / POWERS[decimals],
                Role::Quantity if !point => {}
                Role::Other => return None,
                _ => return None,
            }
        }
        let (exporter, importer) = (exporter?, importer?);
        (exporter != importer && value > 0.0).then_some(FlowRow {
            year,
            exporter,
            importer,
            product: product?,
            value,
            quantity,
        })
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
        let exporter = self.country(trim(fields[c.exporter]), "i", &mut parsed.account)?;
        let importer = self.country(trim(fields[c.importer]), "j", &mut parsed.account)?;
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
        account: &mut IngestAccount,
    ) -> Result<Option<CountryId>, ProblemKind> {
        let found = match parse_integer(text) {
            Some(code) => {
                let id = u16::try_from(code).ok().and_then(|code| self.countries.by_code(code));
                if let Some(id) = id
                    && self.countries.is_former_state(code as u16)
                {
                    account.former_states += 1;
                    return Ok(Some(id));
                }
                id
            }
            None => std::str::from_utf8(text).ok().and_then(|iso3| self.countries.by_iso3_or_alias(iso3)),
        };
        if found.is_none() && self.options.unknown_country == UnknownCountry::Refuse {
            let text = String::from_utf8_lossy(text);
            let message = format!(
                "'{text}' is not a country code of this release; check country_codes, or read with unknown_country = \"drop\" to leave such rows out and count them"
            );
            return Err(ProblemKind::Field { column, message });
        }
        Ok(found)
    }
}

/// Brings the rows of a block together by product (two passes of ten bits), in the order of the file within each.
///
/// A release is sorted by country pair, so neighbouring rows belong to different products. Grouped here, in the
/// worker and in the cache, they can be put away product by product.
fn by_product(rows: &[FlowRow], keys: &mut [Vec<(u32, u32)>; 2], sorted: &mut Vec<FlowRow>) {
    let [order, other] = keys;
    order.clear();
    order.extend(rows.iter().enumerate().map(|(at, row)| (row.product.index() as u32, at as u32)));
    other.resize(order.len(), (0, 0));
    for shift in [0, 10] {
        let mut starts = [0u32; 1025];
        let digit = |key: u32| (key >> shift) as usize & 1023;
        for &(key, _) in order.iter() {
            starts[digit(key) + 1] += 1;
        }
        for bucket in 1..starts.len() {
            starts[bucket] += starts[bucket - 1];
        }
        for &entry in order.iter() {
            let place = &mut starts[digit(entry.0)];
            other[*place as usize] = entry;
            *place += 1;
        }
        std::mem::swap(order, other);
    }
    sorted.clear();
    sorted.extend(order.iter().map(|&(_, at)| rows[at as usize]));
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

fn parse_value(text: &[u8]) -> Result<f64, ProblemKind> {
    match parse_decimal(text) {
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
        Some(quantity) if quantity >= 0.0 => Ok(quantity),
        Some(_) => Err(field("q", text, "is negative; quantities are not")),
        None => Err(field("q", text, "is not a number; a missing quantity is NA or blank")),
    }
}

fn field(column: &'static str, text: &[u8], what: &str) -> ProblemKind {
    let text: String = String::from_utf8_lossy(text).chars().take(40).collect();
    ProblemKind::Field { column, message: format!("'{text}' {what}") }
}

const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

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
        assert_eq!(FlowColumns::find("t,i,j,k,q"), Err("v"));
        assert_eq!(FlowColumns::find("t,i,j,k,v").unwrap().quantity, None);
    }

    #[test]
    fn plain_lines_and_careful_reading_agree() {
        let countries = Countries::builtin();
        let columns = FlowColumns::find("t,i,j,k,v,q").unwrap();
        let parser = Parser { columns, countries: &countries, options: ReadOptions::default() };
        for line in [
            "2019,156,842,850511,1234.567,89",
            "2019,156,842,030110,.5,NA",
            "2019,156,842,850511,7,",
            "2019,490,56,850511,7.,0.001",
        ] {
            let quick = parser.plain_line(line.as_bytes()).unwrap();
            let mut careful = Parsed::default();
            assert!(parser.line(line.as_bytes(), &mut careful).is_ok());
            assert_eq!(format!("{quick:?}"), format!("{:?}", careful.rows[0]), "{line}");
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
            assert!(parser.plain_line(line.as_bytes()).is_none(), "{line}");
        }
    }

    #[test]
    fn grouping_keeps_every_row_and_the_order_within_a_product() {
        let row = |product: usize, value: f64| FlowRow {
            year: 2007,
            exporter: CountryId::new(0),
            importer: CountryId::new(1),
            product: Hs6::from_index(product).unwrap(),
            value,
            quantity: 0.0,
        };
        let rows: Vec<FlowRow> =
            (0..5000).map(|n| row(n * 7919 % 1_000_001 / 3000 * 3000, n as f64)).collect();
        let mut expected = rows.clone();
        expected.sort_by_key(|r| r.product);
        let (mut keys, mut sorted) = (Default::default(), Vec::new());
        for rows in [&rows[..], &rows[..0], &rows[..1], &rows[..]] {
            by_product(rows, &mut keys, &mut sorted);
            assert_eq!(sorted.len(), rows.len());
        }
        assert_eq!(sorted, expected);
    }

    #[test]
    fn blanks_and_quotes_are_stripped() {
        assert_eq!(trim(b"  \" 12.5\" "), b"12.5");
        assert_eq!(trim(b"         NA"), b"NA");
        assert_eq!(trim(b" \" "), b"");
    }
}
