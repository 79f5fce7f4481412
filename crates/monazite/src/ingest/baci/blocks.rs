//! The text of a trade file in blocks that end where a record ends, in UTF-8, hashed as it stands in the file.

use std::io::Read;

use sha2::{Digest, Sha256};

use crate::delimited::{Encoding, Utf16, has_old_line_ends, last_record_end};
use crate::ingest::own_table::TableHeader;
use crate::plain_text::hex;

/// Bytes of text handed to a worker at a time.
const BLOCK: usize = 1 << 20;
/// A record longer than this is none of a trade file.
const LONGEST_RECORD: usize = 1 << 24;

/// Cuts a stream into blocks that end where a record ends, hashing on the way.
pub(super) struct Blocks<'a> {
    reader: Box<dyn Read + 'a>,
    carry: Vec<u8>,
    /// Blocks that have been parsed, to be filled again.
    pub(super) spare: Vec<Vec<u8>>,
    at_end: bool,
    hash: Sha256,
    pub(super) bytes: u64,
    dialect: Option<Dialect>,
}

/// What the first bytes say.
struct Dialect {
    decoder: Option<Utf16>,
    /// Bytes that are to be decoded.
    raw: Vec<u8>,
    old_line_ends: bool,
    separator: u8,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(reader: Box<dyn Read + 'a>) -> Self {
        Self {
            reader,
            carry: Vec::new(),
            spare: Vec::new(),
            at_end: false,
            hash: Sha256::new(),
            bytes: 0,
            dialect: None,
        }
    }

    pub(super) fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut block = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(BLOCK + BLOCK / 8));
        block.clear();
        block.append(&mut self.carry);
        loop {
            if self.at_end {
                return Ok((!block.is_empty()).then_some(block));
            }
            self.fill(&mut block)?;
            if self.at_end {
                continue;
            }
            let separator = self.dialect.as_ref().map_or(b',', |dialect| dialect.separator);
            if let Some(end) = last_record_end(&block, separator) {
                self.carry.extend_from_slice(&block[end..]);
                block.truncate(end);
                return Ok(Some(block));
            }
            if block.len() > LONGEST_RECORD {
                let what = if block.contains(&b'"') {
                    "a quotation mark is opened and not closed within 16 MB; close it, or take it out"
                } else {
                    "a line is longer than 16 MB; this is not a trade file"
                };
                return Err(std::io::Error::other(what));
            }
        }
    }

    /// Adds up to a block of the file, in UTF-8.
    fn fill(&mut self, block: &mut Vec<u8>) -> std::io::Result<()> {
        let before = block.len();
        let mut into = match &mut self.dialect {
            Some(Dialect { decoder: Some(_), raw, .. }) => std::mem::take(raw),
            _ => std::mem::take(block),
        };
        let from = into.len();
        let read = self.reader.by_ref().take(BLOCK as u64).read_to_end(&mut into);
        self.at_end = into.len() < from + BLOCK;
        self.hash.update(&into[from..]);
        self.bytes += (into.len() - from) as u64;
        match &mut self.dialect {
            None => {
                *block = into;
                let mut decoder = Encoding::of(block).decoder();
                if let Some(decoder) = &mut decoder {
                    let raw = std::mem::take(block);
                    decoder.push(&raw, self.at_end, block);
                }
                let old_line_ends = has_old_line_ends(block);
                self.dialect = Some(Dialect { decoder, raw: Vec::new(), old_line_ends, separator: b',' });
            }
            Some(Dialect { decoder: Some(decoder), raw, .. }) => {
                decoder.push(&into, self.at_end, block);
                into.clear();
                *raw = into;
            }
            Some(Dialect { decoder: None, .. }) => *block = into,
        }
        read?;
        if let Some(dialect) = &mut self.dialect {
            if dialect.old_line_ends {
                block[before..].iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
            }
            if self.bytes <= BLOCK as u64 {
                dialect.separator = TableHeader::of(block).map_or(b',', |header| header.separator);
            }
        }
        Ok(())
    }

    /// SHA-256 of what was read of the file, as it stands there.
    pub(super) fn sha256(self) -> String {
        hex(&self.hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> (Vec<Vec<u8>>, String, u64) {
        let mut blocks = Blocks::new(Box::new(bytes));
        let mut found = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            found.push(block);
        }
        (found, String::new(), blocks.bytes)
    }

    #[test]
    fn a_block_ends_where_a_record_ends_in_any_encoding() {
        let row = "2019;1;2;284690;60,5;1;\"Hong Kong;\nC\u{f4}te\"\n";
        let text = "t;i;j;k;v;q;name\n".to_owned() + &row.repeat(60_000);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &utf16] {
            let (blocks, _, read) = all(bytes);
            assert!(blocks.len() > 1 && read == bytes.len() as u64);
            assert!(blocks.iter().all(|block| block.ends_with(b"te\"\n")), "no block ends in quotes");
            assert_eq!(blocks.concat(), text.as_bytes());
        }
        let (old, ..) = all(b"t,i\r1,2\r");
        assert_eq!(old.concat(), b"t,i\n1,2\n");
    }
}
