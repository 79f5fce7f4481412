//! What a block of a trade file comes to: its rows, its part of the account, what is wrong with it, and what only shows over the whole file.

use std::collections::{BTreeMap, BTreeSet};

use super::row::{FlowRow, ReadOptions, ShortCodes, UnknownCountry};
use crate::ingest::IngestError;
use crate::ingest::account::{Dropped, IngestAccount, LeftOut};
use crate::ingest::code_levels::CodeLevels;
use crate::ingest::country_text::{CountryTexts, Meaning};
use crate::ingest::product_text::ProductMeaning;
use crate::ingest::stray_lines::StrayLines;
use crate::nomenclature::{CountryId, Hs6};
use crate::units::ThousandUsd;

/// A block of text and what a worker makes of it.
#[derive(Default)]
pub(in crate::ingest) struct Parsed {
    pub(in crate::ingest) text: Vec<u8>,
    /// In the order of the text.
    pub(in crate::ingest) rows: Vec<FlowRow>,
    pub(in crate::ingest) account: IngestAccount,
    pub(in crate::ingest) lines: u64,
    /// Codes met of countries that have several, with their years.
    pub(in crate::ingest) shared: BTreeSet<(u16, u16)>,
    pub(in crate::ingest) seen: Seen,
    /// Lines that are no rows.
    pub(in crate::ingest) strays: StrayLines,
    pub(in crate::ingest) problem: Option<Problem>,
}

/// Year, exporter, importer and product of a flow.
pub type FlowKey = (u16, CountryId, CountryId, Hs6);

/// What the rows of a table say that has to be judged over all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// Rows that are imports, where nobody chose between imports and exports, and their value.
    pub imports: Dropped,
    /// Rows that are exports.
    pub exports: Dropped,
    /// Rows in which `NA` is Namibia, since the codes of its column have two letters.
    pub namibia: u64,
    /// Editions of the HS that rows are in, with the number of rows.
    pub classifications: Vec<(String, u64)>,
    /// Rows that were left out as parts of a total, by the flow whose total has to be there.
    pub parts: BTreeMap<FlowKey, Dropped>,
    /// Codes by their length.
    pub levels: CodeLevels,
}

/// As many as there are editions of the HS, and some that are none.
const MOST_CLASSIFICATIONS: usize = 32;

impl Seen {
    /// Adds what another part of the table says.
    pub fn merge(&mut self, other: &Self) {
        for (mine, others) in [(&mut self.imports, other.imports), (&mut self.exports, other.exports)] {
            mine.rows += others.rows;
            mine.value += others.value;
        }
        self.namibia += other.namibia;
        self.levels.merge(&other.levels);
        for (name, rows) in &other.classifications {
            self.count(name, *rows);
        }
        for (key, parts) in &other.parts {
            let mine = self.parts.entry(*key).or_default();
            mine.rows += parts.rows;
            mine.value += parts.value;
        }
    }

    /// Counts a row that is a part of the total of a flow.
    pub(in crate::ingest) fn count_part(&mut self, key: FlowKey, value: f64) {
        let parts = self.parts.entry(key).or_default();
        parts.rows += 1;
        parts.value += ThousandUsd::new(value);
    }

    pub(in crate::ingest) fn count(&mut self, classification: &str, rows: u64) {
        if let Some((_, count)) = self.classifications.iter_mut().find(|(name, _)| name == classification) {
            *count += rows;
        } else if self.classifications.len() < MOST_CLASSIFICATIONS {
            self.classifications.push((classification.to_owned(), rows));
            self.classifications.sort();
        }
    }
}

/// What is wrong with a line, before it is known which line of the file it is.
pub(in crate::ingest) struct Problem {
    pub(in crate::ingest) line_in_block: u64,
    pub(in crate::ingest) kind: ProblemKind,
}

pub(in crate::ingest) enum ProblemKind {
    FieldCount { found: usize, expected: usize },
    Field { column: String, message: String },
    Country { column: String, code: String },
    Aggregate { column: String, code: String, what: &'static str },
    OpenQuote,
}

impl Problem {
    pub(in crate::ingest) fn to_error(&self, file: &str, lines_before: u64) -> IngestError {
        let (file, line) = (file.to_owned(), lines_before + self.line_in_block);
        match &self.kind {
            &ProblemKind::FieldCount { found, expected } => {
                IngestError::FieldCount { file, line, found, expected }
            }
            ProblemKind::Field { column, message } => {
                IngestError::Field { file, line, column: column.clone(), message: message.clone() }
            }
            ProblemKind::Country { column, code } => IngestError::Country {
                file,
                line,
                column: column.clone(),
                code: code.clone(),
                without_table: false,
            },
            ProblemKind::Aggregate { column, code, what } => {
                IngestError::Aggregate { file, line, column: column.clone(), code: code.clone(), what }
            }
            ProblemKind::OpenQuote => IngestError::OpenQuote { file, line },
        }
    }
}

/// A row whose fields are read, before it is known whether it is kept.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) struct ReadRow {
    pub(in crate::ingest) year: u16,
    pub(in crate::ingest) exporter: Meaning,
    pub(in crate::ingest) importer: Meaning,
    /// `None` for a sum over products.
    pub(in crate::ingest) product: Option<Hs6>,
    /// Thousand USD.
    pub(in crate::ingest) value: f64,
    /// Tonnes; NaN where unknown.
    pub(in crate::ingest) quantity: f64,
}

impl Parsed {
    /// Forgets the block before.
    pub(in crate::ingest) fn clear(&mut self) {
        self.rows.clear();
        self.account = IngestAccount::default();
        self.lines = 0;
        self.shared.clear();
        self.seen = Seen::default();
        self.strays.clear();
        self.problem = None;
    }

    /// The product that a field means, `None` for a sum over products.
    pub(in crate::ingest) fn product(
        &mut self,
        text: &str,
        meaning: ProductMeaning,
        column: &str,
        options: ReadOptions,
    ) -> Result<Option<Hs6>, ProblemKind> {
        let advice = match (meaning, options.short_codes) {
            (ProductMeaning::Code(code), _) => return Ok(Some(code)),
            (ProductMeaning::Sum, _) => return Ok(None),
            (ProductMeaning::NationalLine(code), _) => {
                self.account.national_lines += 1;
                return Ok(Some(code));
            }
            (ProductMeaning::LostZero(code), ShortCodes::Pad) => {
                self.account.padded_codes += 1;
                return Ok(Some(code));
            }
            (ProductMeaning::LostZero(_), ShortCodes::Refuse) => {
                "; if the whole file lost its leading zeros, read it with short_codes = \"pad\""
            }
            (ProductMeaning::None, _)
                if matches!(text.len(), 7 | 9) && text.bytes().all(|b| b.is_ascii_digit()) =>
            {
                "; a line of a tariff has eight or ten digits: if a leading zero is lost, put it back, and keep the codes as text"
            }
            (ProductMeaning::None, _) => "",
        };
        let shown: String = text.chars().take(40).collect();
        let error = shown.parse::<Hs6>().err().map_or_else(String::new, |error| error.to_string());
        Err(ProblemKind::Field { column: column.to_owned(), message: format!("{error}{advice}") })
    }

    /// The country that a field means, whose meaning was looked up.
    pub(in crate::ingest) fn country(
        &mut self,
        texts: &CountryTexts<'_>,
        (meaning, code): (Meaning, Option<u16>),
        text: &str,
        (column, year): (&str, u16),
        options: ReadOptions,
    ) -> Result<Meaning, ProblemKind> {
        let refuse = options.unknown_country == UnknownCountry::Refuse;
        let shown = || text.chars().take(40).collect();
        match meaning {
            Meaning::Country(id) => {
                if let Some(code) = code.filter(|_| texts.countries.has_several_codes(id)) {
                    self.shared.insert((year, code));
                    self.account.former_states += u64::from(texts.countries.is_former_state(code));
                }
            }
            Meaning::Aggregate(what) if refuse => {
                return Err(ProblemKind::Aggregate { column: column.to_owned(), code: shown(), what });
            }
            Meaning::Unknown if refuse => {
                return Err(ProblemKind::Country { column: column.to_owned(), code: shown() });
            }
            Meaning::Aggregate(_) | Meaning::Unknown => {}
        }
        Ok(meaning)
    }

    /// Keeps a row, or counts it as left out.
    pub(in crate::ingest) fn settle(&mut self, row: ReadRow) {
        let ReadRow { year, value, quantity, .. } = row;
        let reason = match (row.product, row.exporter, row.importer) {
            (None, ..) => LeftOut::ProductSum,
            (_, Meaning::Unknown, _) | (_, _, Meaning::Unknown) => LeftOut::UnknownCountry,
            (_, Meaning::Aggregate(_), _) | (_, _, Meaning::Aggregate(_)) => LeftOut::Aggregate,
            _ if value == 0.0 => LeftOut::ZeroValue,
            (_, Meaning::Country(exporter), Meaning::Country(importer)) if exporter == importer => {
                LeftOut::SelfTrade
            }
            (Some(product), Meaning::Country(exporter), Meaning::Country(importer)) => {
                self.rows.push(FlowRow { year, exporter, importer, product, value, quantity });
                return;
            }
        };
        self.account.drop_row(reason, value);
    }

    /// Counts a row as one of the imports or of the exports.
    pub(in crate::ingest) fn count_flow(&mut self, imports: bool, value: f64) {
        let count = if imports { &mut self.seen.imports } else { &mut self.seen.exports };
        count.rows += 1;
        count.value += ThousandUsd::new(value);
    }
}
