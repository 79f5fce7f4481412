//! The parser of BACI trade files: a stream of lines to a stream of typed flows, in parallel, in bounded memory.
//!
//! BACI's csv is numbers between commas, so lines and fields are split by hand rather than by a csv library:
//! that keeps line numbers exact under every line ending, and it is what makes nine million rows a matter of
//! seconds. Everything a file may hold is either understood or refused with its line.

mod columns;
mod parser;
mod row;

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use sha2::{Digest, Sha256};

use super::IngestError;
use super::account::IngestAccount;
use super::release::SourceFile;
use crate::nomenclature::Countries;
pub use columns::FlowColumns;
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
    take: impl FnMut(&[FlowRow]) -> Result<(), E>,
    progress: impl FnMut(u64),
) -> Result<FileReport, E> {
    let text = FlowText { name: &file.name, reader: file.open()?, on_error: &|e| file.read_error(e) };
    parse_flows(text, countries, options, take, progress)
}

/// The text of a trade file, wherever it comes from.
pub struct FlowText<'a> {
    /// Name for messages.
    pub name: &'a str,
    /// The text.
    pub reader: Box<dyn Read + Send + 'a>,
    /// What an error while reading means.
    pub on_error: &'a dyn Fn(std::io::Error) -> IngestError,
}

/// As [`read_flows`], from any reader.
///
/// # Errors
/// As [`read_flows`].
pub fn parse_flows<E: From<IngestError>>(
    source: FlowText<'_>,
    countries: &Countries,
    options: ReadOptions,
    mut take: impl FnMut(&[FlowRow]) -> Result<(), E>,
    mut progress: impl FnMut(u64),
) -> Result<FileReport, E> {
    let FlowText { name, reader, on_error } = source;
    let mut blocks = Blocks::new(reader);
    let first = blocks.next().map_err(on_error)?.unwrap_or_default();
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(IngestError::Empty { file: name.to_owned() }.into());
    }
    let header_end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
    let header = String::from_utf8_lossy(&text[..header_end]).into_owned();
    let columns = FlowColumns::find(&header).map_err(|column| IngestError::MissingColumn {
        file: name.to_owned(),
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
                    return Err(problem.to_error(name, lines_before).into());
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
                next = blocks.next().map_err(on_error)?;
                progress(blocks.bytes);
            }
        }
        Ok(())
    })?;
    if account.rows_read == 0 {
        return Err(IngestError::NoRows { file: name.to_owned() }.into());
    }
    Ok(FileReport { account, sha256: hex(&blocks.hash.finalize()), bytes: blocks.bytes })
}

/// Bytes as hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Cuts a stream into blocks that end where a line ends, hashing on the way.
struct Blocks<'a> {
    reader: Box<dyn Read + Send + 'a>,
    carry: Vec<u8>,
    /// Blocks that have been parsed, to be filled again.
    spare: Vec<Vec<u8>>,
    at_end: bool,
    hash: Sha256,
    bytes: u64,
}

impl<'a> Blocks<'a> {
    fn new(reader: Box<dyn Read + Send + 'a>) -> Self {
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
