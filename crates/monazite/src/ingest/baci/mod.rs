//! The parser of BACI trade files: a stream of lines to a stream of typed flows, in parallel, in bounded memory.
//!
//! BACI's csv is numbers between commas, so lines and fields are split by hand rather than by a csv library:
//! that keeps line numbers exact under every line ending, and it is what makes nine million rows a matter of
//! seconds. Everything a file may hold is either understood or refused with its line.

mod columns;
mod parser;
mod plain;
mod row;

use std::collections::{BTreeSet, VecDeque};
use std::io::Read;
use std::sync::mpsc::{Receiver, sync_channel};

use sha2::{Digest, Sha256};

use super::IngestError;
use super::account::IngestAccount;
use super::release::SourceFile;
use crate::nomenclature::Countries;
use crate::plain_text::hex;
pub use columns::{FlowColumns, HeaderError};
use parser::{Parsed, Parser};
pub use row::{FlowRow, ReadOptions, ShortCodes, UnknownCountry};

/// What reading one file came to.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// What happened to its rows; duplicates are found later.
    pub account: IngestAccount,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Bytes of content.
    pub bytes: u64,
    /// Years with the numeric codes in them of countries that have several: their own and those of former states.
    pub shared: BTreeSet<(u16, u16)>,
}

/// Bytes of text handed to a worker at a time.
const BLOCK: usize = 1 << 20;
/// Blocks that are parsed at the same time; reading is not faster than that.
const MOST_AT_ONCE: usize = 5;
/// A line longer than this is no line of a trade file.
const LONGEST_LINE: usize = 1 << 24;

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
    countries: &Countries,
    options: ReadOptions,
    prepare: impl Fn(&mut S, &[FlowRow]) -> B + Sync,
    take: impl FnMut(B) -> Result<(), E>,
    progress: impl FnMut(u64),
) -> Result<FileReport, E> {
    file.read_with(|reader| {
        let on_error = |e| file.read_error(e);
        let text = FlowText { name: &file.name, reader: Box::new(reader), on_error: &on_error };
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
    let FlowText { name, reader, on_error } = source;
    let mut blocks = Blocks::new(reader);
    let first = blocks.next().map_err(on_error)?.unwrap_or_default();
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    let header_end = end_of_header(text, &mut blocks, name, on_error)?;
    let header = String::from_utf8_lossy(&text[..header_end]).into_owned();
    let columns = FlowColumns::find(&header).map_err(|error| error.in_file(name, &header))?;
    let parser = Parser { columns, countries, options };
    let mut next = Some(text[header_end..].to_vec());

    let (mut account, mut shared) = (IngestAccount::default(), BTreeSet::new());
    let mut lines_before = 1;
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
        lines_before += parsed.lines;
        account.merge(&parsed.account);
        shared.extend(&parsed.shared);
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
    Ok(FileReport { account, sha256: hex(&blocks.hash.finalize()), bytes: blocks.bytes, shared })
}

/// Where the header of a trade file ends, if the text begins with one line that can be it.
fn end_of_header(
    text: &[u8],
    blocks: &mut Blocks<'_>,
    name: &str,
    on_error: &dyn Fn(std::io::Error) -> IngestError,
) -> Result<usize, IngestError> {
    let lines = |message| IngestError::Lines { file: name.to_owned(), message };
    let end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
    let blank = |block: &[u8]| block.iter().all(u8::is_ascii_whitespace);
    if blank(&text[..end]) {
        let mut only_blanks = blank(text);
        while only_blanks && let Some(more) = blocks.next().map_err(on_error)? {
            only_blanks = blank(&more);
        }
        return Err(match only_blanks {
            true => IngestError::Empty { file: name.to_owned() },
            false => {
                lines("the file begins with blank lines; remove them, so that it begins with its header")
            }
        });
    }
    if text[..end].trim_ascii_end().contains(&b'\r') {
        return Err(lines(
            "its lines end in a carriage return alone, as on an old Macintosh; save it with line ends of Unix (LF) or Windows (CRLF)",
        ));
    }
    Ok(end)
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

/// Cuts a stream into blocks that end where a line ends, hashing on the way.
struct Blocks<'a> {
    reader: Box<dyn Read + 'a>,
    carry: Vec<u8>,
    /// Blocks that have been parsed, to be filled again.
    spare: Vec<Vec<u8>>,
    at_end: bool,
    hash: Sha256,
    bytes: u64,
}

impl<'a> Blocks<'a> {
    fn new(reader: Box<dyn Read + 'a>) -> Self {
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
