//! The parser of BACI trade files: a stream of lines to a stream of typed flows, in parallel, in bounded memory.
//!
//! BACI's csv is numbers between commas, so lines and fields are split by hand rather than by a csv library:
//! that keeps line numbers exact under every line ending, and it is what makes nine million rows a matter of
//! seconds. Everything a file may hold is either understood or refused with its line.

mod blocks;
mod columns;
pub(in crate::ingest) mod fields;
pub(in crate::ingest) mod parsed;
mod parser;
mod plain;
mod report;
mod row;

use std::collections::{BTreeSet, VecDeque};
use std::io::Read;
use std::sync::mpsc::{Receiver, sync_channel};

use super::IngestError;
use super::account::IngestAccount;
use super::own_table::{ForeignFile, Reading, TableHeader, TableOptions, TableText, read_foreign};
use super::source_file::SourceFile;
use super::stray_lines::StrayLines;
use crate::nomenclature::Countries;
use crate::units::grouped;
use blocks::Blocks;
pub use columns::{FlowColumns, HeaderError};
pub use parsed::{FlowKey, Seen};
use parsed::{Parsed, Problem};
use parser::Parser;
pub use report::FileReport;
pub use row::{FlowRow, ReadOptions, ShortCodes, UnknownCountry};

/// Blocks that are parsed at the same time; reading is not faster than that.
const MOST_AT_ONCE: usize = 5;

/// Reads one trade file, block by block: `prepare` makes something of the rows of a block, `take` gets it in the order of the file.
///
/// `prepare` is called by any thread of the pool that this is called in ([`crate::threads`]); outside any pool by the thread that
/// calls. What it is given besides the rows is its own to keep things in from one block to the next. Where blocks end depends on the file
/// alone. `take` and `progress` are called by the thread that calls; `progress` is told the number of bytes read so far.
///
/// # Errors
/// Whatever is wrong with the file first, with its line: see [`IngestError`]. Rows before the error
/// may already have been handed out. An error of `take` is passed on.
pub fn read_flows<S: Default + Send, B: Send, E: From<IngestError>>(
    file: &SourceFile,
    table: &TableOptions,
    countries: &Countries,
    options: ReadOptions,
    prepare: impl Fn(&mut S, &[FlowRow]) -> B + Sync,
    take: impl FnMut(B) -> Result<(), E>,
    progress: impl FnMut(u64),
) -> Result<FileReport, E> {
    if let Some(path) = file.foreign() {
        let sha256 = file.content_sha256_of_all()?;
        let of = ForeignFile { path, name: &file.name, bytes: file.size, sha256 };
        return read_foreign(of, table, countries, options, prepare, take, progress);
    }
    file.read_with(|reader| {
        let on_error = |e| file.read_error(e);
        let text = FlowText {
            name: &file.name,
            reader: Box::new(reader),
            on_error: &on_error,
            table,
            careful: false,
        };
        parse_flows(text, countries, options, prepare, take, progress)
    })?
}

/// The text of a trade file, wherever it comes from.
pub struct FlowText<'a> {
    /// Name for messages.
    pub name: &'a str,
    /// The text.
    pub reader: Box<dyn Read + 'a>,
    /// What an error while reading means.
    pub on_error: &'a dyn Fn(std::io::Error) -> IngestError,
    /// What is said of the table besides its header.
    pub table: &'a TableOptions,
    /// Whether BACI's own layout is read as a table of any make is, which takes longer and comes to the same.
    pub careful: bool,
}

/// What makes rows of the blocks of a file.
enum Way<'a> {
    Baci(Parser<'a>),
    Table(TableText<'a>),
}

impl<'a> Way<'a> {
    fn new(
        reading: Reading,
        header: &'a TableHeader,
        first: &[u8],
        countries: &'a Countries,
        options: ReadOptions,
    ) -> Self {
        match reading {
            Reading::Baci(columns) => Self::Baci(Parser::new(columns, countries, options, &header.names)),
            Reading::Table(layout) => {
                Self::Table(TableText::new(*layout, header.separator, first, countries, options))
            }
        }
    }

    fn parse(&self, parsed: &mut Parsed) {
        match self {
            Self::Baci(parser) => parser.parse(parsed),
            Self::Table(table) => table.parse(parsed),
        }
    }
}

/// As [`read_flows`], from any reader.
///
/// # Errors
/// As [`read_flows`].
pub fn parse_flows<S: Default + Send, B: Send, E: From<IngestError>>(
    source: FlowText<'_>,
    countries: &Countries,
    options: ReadOptions,
    prepare: impl Fn(&mut S, &[FlowRow]) -> B + Sync,
    mut take: impl FnMut(B) -> Result<(), E>,
    mut progress: impl FnMut(u64),
) -> Result<FileReport, E> {
    let FlowText { name, reader, on_error, table, careful } = source;
    let mut blocks = Blocks::new(reader);
    let (header, first) = header_of(&mut blocks, name, on_error)?;
    let reading = Reading::of(&header, name, table, careful)?;
    let (layout, notes) = match &reading {
        Reading::Baci(_) => (String::new(), Vec::new()),
        Reading::Table(layout) => (layout.in_words(), layout.notes.clone()),
    };
    let parser = Way::new(reading, &header, &first, countries, options);
    let mut next = Some(first);

    let (mut account, mut shared, mut seen) = (IngestAccount::default(), BTreeSet::new(), Seen::default());
    let (mut lines_before, mut strays) = (header.lines, StrayLines::default());
    let work = |block: &mut Block<S, B>| {
        parser.parse(&mut block.parsed);
        block.prepared =
            (block.parsed.problem.is_none()).then(|| prepare(&mut block.kept, &block.parsed.rows));
    };
    let mut hand_out = |block: &mut Block<S, B>| -> Result<(), E> {
        let parsed = &block.parsed;
        if let Some(problem) = &parsed.problem {
            return Err(problem.to_error(name, lines_before).into());
        }
        strays.merge(&parsed.strays, lines_before);
        lines_before += parsed.lines;
        account.merge(&parsed.account);
        shared.extend(&parsed.shared);
        seen.merge(&parsed.seen);
        block.prepared.take().map_or(Ok(()), &mut take)
    };
    let mut broken = None;
    let mut read = |blocks: &mut Blocks<'_>| match blocks.next() {
        Ok(block) => {
            progress(blocks.bytes);
            block
        }
        Err(error) => {
            // What stands before it is handed out first, and may be wrong itself.
            broken = Some(error);
            None
        }
    };
    // Outside any pool there is one thread: the one that calls.
    let threads = rayon::current_thread_index().map_or(1, |_| rayon::current_num_threads());
    if threads == 1 {
        let mut block = Block::default();
        while let Some(text) = next.take() {
            // Memory goes round in a circle, so that it is neither given back nor faulted in again.
            blocks.spare.push(std::mem::replace(&mut block.parsed.text, text));
            work(&mut block);
            hand_out(&mut block)?;
            next = read(&mut blocks);
        }
    } else {
        let at_once = (threads + 1).min(MOST_AT_ONCE);
        rayon::in_place_scope_fifo(|scope| -> Result<(), E> {
            // Blocks are handed out in the order in which they were read, whoever parses them.
            let mut waiting: VecDeque<Receiver<Block<S, B>>> = VecDeque::new();
            let mut spare: Vec<Block<S, B>> = Vec::new();
            loop {
                if let Some(text) = next.take() {
                    let mut block = spare.pop().unwrap_or_default();
                    blocks.spare.push(std::mem::replace(&mut block.parsed.text, text));
                    let (done, result) = sync_channel(1);
                    let work = &work;
                    scope.spawn_fifo(move |_| {
                        work(&mut block);
                        // Nobody waits for it if an earlier block is wrong.
                        let _ = done.send(block);
                    });
                    waiting.push_back(result);
                    next = read(&mut blocks);
                }
                if next.is_none() || waiting.len() == at_once {
                    let Some(oldest) = waiting.pop_front() else { return Ok(()) };
                    let mut block = wait_for(&oldest);
                    hand_out(&mut block)?;
                    spare.push(block);
                }
            }
        })?;
    }
    if let Some(error) = broken {
        return Err(on_error(error).into());
    }
    if account.rows_read == 0 {
        return Err(IngestError::NoRows { file: name.to_owned() }.into());
    }
    let mut notes = notes;
    notes.extend(header.above_note(name));
    notes.extend(strays.notes(name));
    notes.extend(cut_note(name, account.rows_read));
    let bytes = blocks.bytes;
    Ok(FileReport { account, sha256: blocks.sha256(), bytes, shared, seen, layout, notes })
}

/// Rows of a sheet of a spreadsheet, its header among them.
const ROWS_OF_A_SHEET: [u64; 2] = [1 << 20, 1 << 16];

/// What is said of a file that has as many lines as a spreadsheet keeps.
fn cut_note(name: &str, rows: u64) -> Option<String> {
    ROWS_OF_A_SHEET.contains(&(rows + 1)).then(|| {
        format!(
            "{name} has exactly {} lines, as many as a sheet of a spreadsheet: it was probably cut there, and rows behind them are lost; take the file as it was \
             before a spreadsheet saved it",
            grouped(rows + 1)
        )
    })
}

/// The header of a trade file, and the rest of the block that it stands in.
fn header_of(
    blocks: &mut Blocks<'_>,
    name: &str,
    on_error: &dyn Fn(std::io::Error) -> IngestError,
) -> Result<(TableHeader, Vec<u8>), IngestError> {
    let mut blank_lines = 0;
    while let Some(block) = blocks.next().map_err(on_error)? {
        let Some(mut header) = TableHeader::of(&block) else {
            blank_lines += memchr::memchr_iter(b'\n', &block).count() as u64;
            continue;
        };
        header.lines += blank_lines;
        if !header.closed {
            let problem = Problem { line_in_block: 0, kind: parsed::ProblemKind::OpenQuote };
            return Err(problem.to_error(name, header.lines));
        }
        let rest = block[header.to..].to_vec();
        return Ok((header, rest));
    }
    Err(IngestError::Empty { file: name.to_owned() })
}

/// A block of a file on its way through [`parse_flows`].
struct Block<S, B> {
    parsed: Parsed,
    kept: S,
    prepared: Option<B>,
}

impl<S: Default, B> Default for Block<S, B> {
    fn default() -> Self {
        Self { parsed: Parsed::default(), kept: S::default(), prepared: None }
    }
}

/// What a thread of the pool makes of a block. Until it is there, this thread works too: it may be the only one that is free.
fn wait_for<T>(block: &Receiver<T>) -> T {
    loop {
        if let Ok(parsed) = block.try_recv() {
            return parsed;
        }
        if rayon::yield_now() != Some(rayon::Yield::Executed) {
            // Nothing is left to be taken up, so another thread is at it.
            return block.recv().expect("a block that is taken up is parsed");
        }
    }
}
