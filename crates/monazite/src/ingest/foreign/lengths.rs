//! What a table of Stata says of itself, looked through before the library believes it; and its long texts.
//!
//! The library sets memory aside for as many bytes as a length in the file says. Here each length is held against the file first.

use std::collections::HashMap;

use encoding_rs::Encoding;
use parquet::file::reader::{ChunkReader, Length};

use crate::columnar::Source;

/// Most variables of a table, as Stata/MP has it.
const MOST_VARIABLES: u64 = 120_000;

/// Fewest bytes that describe a variable, in any release.
const LEAST_BYTES: u64 = 60;

/// Longest texts of a table together, in bytes.
const MOST_TEXT: u64 = 1 << 30;

/// Why a table of Stata is not read.
pub(super) const CUT_SHORT: &str = "the table of Stata is damaged or cut short; download or save it again";

/// How the numbers of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Writing {
    /// Release of the format: 114 is Stata 10, 117 Stata 13, 118 Stata 14.
    pub release: u16,
    /// Whether the high byte comes first.
    pub high_first: bool,
}

impl Writing {
    /// Whether sections stand between tags, as from Stata 13 on.
    pub(super) fn tagged(self) -> bool {
        self.release >= 117
    }

    fn number(self, bytes: &[u8]) -> u64 {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.high_first { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
    }
}

/// Bytes of a file from a place on; `None` behind its end.
fn bytes_at(source: &Source, at: u64, length: u64) -> Option<bytes::Bytes> {
    at.checked_add(length).filter(|end| *end <= source.len())?;
    source.get_bytes(at, usize::try_from(length).ok()?).ok()
}

/// Reads the head by hand: the release, and whether there can be as many variables as it says.
pub(super) fn head(source: &Source) -> Result<Writing, String> {
    let cut = || CUT_SHORT.to_owned();
    let first = bytes_at(source, 0, source.len().min(100)).ok_or_else(cut)?;
    let (writing, variables) = if first.starts_with(b"<stata_dta>") {
        let behind = |tag: &[u8], length: usize| {
            let at = memchr::memmem::find(&first, tag)? + tag.len();
            first.get(at..at + length)
        };
        let release = behind(b"<release>", 3)
            .and_then(|text| std::str::from_utf8(text).ok()?.parse().ok())
            .ok_or_else(cut)?;
        let order = behind(b"<byteorder>", 3).ok_or_else(cut)?;
        let writing = Writing { release, high_first: order == b"MSF" };
        let variables = behind(b"<K>", if release >= 119 { 4 } else { 2 }).ok_or_else(cut)?;
        (writing, writing.number(variables))
    } else {
        let writing = Writing {
            release: u16::from(*first.first().ok_or_else(cut)?),
            high_first: first.get(1) == Some(&1),
        };
        (writing, writing.number(first.get(4..6).ok_or_else(cut)?))
    };
    if !(102..=119).contains(&writing.release) {
        return Err(format!(
            "this table of Stata is of release {} of the format, 102 to 119 are read; write it with: saveold, version(13)",
            writing.release
        ));
    }
    if variables == 0 {
        return Err("the table of Stata has no variables".to_owned());
    }
    if variables > MOST_VARIABLES || variables * LEAST_BYTES > source.len() {
        return Err(cut());
    }
    Ok(writing)
}

/// Where the sections of a tagged file begin: data, long texts, labels of values.
pub(super) struct Sections {
    pub long_texts: u64,
    pub labels: u64,
}

/// Reads the map of a tagged file, which stands at `at`.
pub(super) fn sections(source: &Source, at: u64, writing: Writing) -> Option<Sections> {
    let map = bytes_at(source, at, 5 + 14 * 8)?;
    let entry = |number: usize| writing.number(&map[5 + 8 * number..13 + 8 * number]);
    map.starts_with(b"<map>").then(|| Sections { long_texts: entry(10), labels: entry(11) })
}

/// Passes over what users noted in a file, which begins at `at`; where the data begin.
pub(super) fn behind_notes(source: &Source, mut at: u64, writing: Writing) -> Option<u64> {
    if writing.tagged() {
        at += bytes_at(source, at, 17).filter(|tag| *tag == b"<characteristics>"[..])?.len() as u64;
        loop {
            if bytes_at(source, at, 4)? != b"<ch>"[..] {
                let close = b"</characteristics>";
                return bytes_at(source, at, close.len() as u64)
                    .filter(|tag| *tag == close[..])
                    .map(|tag| at + tag.len() as u64);
            }
            let length = writing.number(&bytes_at(source, at + 4, 4)?);
            at = at.checked_add(4 + 4 + length + 5).filter(|at| *at <= source.len())?;
        }
    }
    if writing.release < 105 {
        return Some(at);
    }
    let size = if writing.release >= 110 { 4 } else { 2 };
    loop {
        let head = bytes_at(source, at, 1 + size)?;
        let length = writing.number(&head[1..]);
        at = at.checked_add(1 + size + length).filter(|at| *at <= source.len())?;
        if head[0] == 0 {
            // The end has nothing behind it. The library passes over the length of one that has, and would go on elsewhere.
            return (length == 0).then_some(at);
        }
    }
}

/// Whether the labels of values, which begin at `at`, are as long as they say.
pub(super) fn labels_hold_together(source: &Source, mut at: u64, writing: Writing) -> bool {
    // Sizes of older ones have two bytes.
    if writing.release < 108 {
        return true;
    }
    // The name and three bytes that are not used stand between the length and what it is the length of.
    let name = if writing.release >= 118 { 129 } else { 33 } + 3;
    if writing.tagged() {
        at = at.saturating_add(14);
    }
    loop {
        if writing.tagged() {
            match bytes_at(source, at, 5) {
                Some(tag) if tag == b"<lbl>"[..] => at += 5,
                end => return end.is_some_and(|tag| tag == b"</val"[..]),
            }
        } else if at == source.len() {
            return true;
        }
        let Some(length) = bytes_at(source, at, 4).map(|length| writing.number(&length)) else {
            return false;
        };
        let close = if writing.tagged() { 6 } else { 0 };
        match at.checked_add(4 + name + length + close) {
            Some(end) if end <= source.len() => at = end,
            _ => return false,
        }
    }
}

/// Long texts by the variable and the row that they were first met in.
pub(super) type LongTexts = HashMap<(u32, u64), String>;

/// Reads the long texts of a file, which begin at `at`; what is not text has none.
pub(super) fn long_texts(
    source: &Source,
    mut at: u64,
    writing: Writing,
    encoding: &'static Encoding,
) -> Result<LongTexts, String> {
    let cut = || CUT_SHORT.to_owned();
    let mut texts = LongTexts::new();
    let mut sum = 0;
    let open = bytes_at(source, at, 7).filter(|tag| *tag == b"<strls>"[..]).ok_or_else(cut)?;
    at += open.len() as u64;
    let row = if writing.release >= 118 { 8 } else { 4 };
    loop {
        let tag = bytes_at(source, at, 3).ok_or_else(cut)?;
        if tag != b"GSO"[..] {
            return if tag == b"</s"[..] { Ok(texts) } else { Err(cut()) };
        }
        let head = bytes_at(source, at + 3, 4 + row + 5).ok_or_else(cut)?;
        let (place, rest) = head.split_at(4 + row as usize);
        let length = writing.number(&rest[1..]);
        at += 3 + head.len() as u64;
        sum += length;
        if sum > MOST_TEXT {
            return Err(
                "the long texts (strL) of the table of Stata take more than 1 GB; leave these variables out"
                    .to_owned(),
            );
        }
        let bytes = bytes_at(source, at, length).ok_or_else(cut)?;
        at += length;
        // 130 is text, 129 anything.
        let text = if rest[0] == 130 {
            let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        } else {
            String::new()
        };
        texts.insert((writing.number(&place[..4]) as u32, writing.number(&place[4..])), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8]) -> Source {
        Source::Memory(bytes.to_vec().into())
    }

    const NEW: Writing = Writing { release: 118, high_first: false };
    const OLD: Writing = Writing { release: 114, high_first: true };

    #[test]
    fn numbers_in_both_orders() {
        assert_eq!(NEW.number(&[1, 2, 0]), 513);
        assert_eq!(OLD.number(&[0, 2, 1]), 513);
    }

    #[test]
    fn heads_that_ask_for_too_much_are_seen() {
        let tagged = |release: &str, variables: &[u8]| {
            let mut bytes =
                format!("<stata_dta><header><release>{release}</release><byteorder>LSF</byteorder><K>")
                    .into_bytes();
            bytes.extend(variables);
            bytes.resize(1000, b' ');
            head(&source(&bytes))
        };
        assert_eq!(tagged("118", &[16, 0]).unwrap(), NEW);
        assert_eq!(tagged("118", &[17, 0]).unwrap_err(), CUT_SHORT);
        assert_eq!(tagged("119", &[0xff, 0xff, 0xff, 0xff]).unwrap_err(), CUT_SHORT);
        assert!(
            tagged("121", &[1, 0]).unwrap_err().contains("release 121 of the format, 102 to 119 are read")
        );
        assert!(tagged("118", &[0, 0]).unwrap_err().contains("no variables"));
        let mut old = vec![114, 1, 1, 0, 0, 3];
        old.resize(300, 0);
        assert_eq!(head(&source(&old)).unwrap(), OLD);
        assert!(head(&source(&old[..5])).is_err());
    }

    #[test]
    fn notes_are_passed_over_and_held_against_the_file() {
        let new = b"xx<characteristics><ch>\x03\0\0\0abc</ch></characteristics><data>";
        assert_eq!(behind_notes(&source(new), 2, NEW), Some(new.len() as u64 - 6));
        let mut long = new.to_vec();
        long[26] = 0xff;
        assert_eq!(behind_notes(&source(&long), 2, NEW), None);
        let old = b"\x01\0\0\0\x02ab\0\0\0\0\0data";
        assert_eq!(behind_notes(&source(old), 0, OLD), Some(12));
        assert_eq!(behind_notes(&source(&old[..9]), 0, OLD), None);
        assert_eq!(behind_notes(&source(old), 0, Writing { release: 104, high_first: true }), Some(0));
    }

    #[test]
    fn long_texts_are_read_and_held_against_the_file() {
        let mut bytes = b"<strls>GSO".to_vec();
        bytes.extend([2, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 130, 4, 0, 0, 0]);
        bytes.extend(b"abc\0</strls>");
        let texts = long_texts(&source(&bytes), 0, NEW, encoding_rs::UTF_8).unwrap();
        assert_eq!(texts[&(2, 7)], "abc");
        bytes[25] = 0x7f;
        assert!(long_texts(&source(&bytes), 0, NEW, encoding_rs::UTF_8).is_err());
        assert!(!labels_hold_together(&source(b"<value_labels><lbl>\xff\xff\xff\x7f"), 0, NEW));
        assert!(labels_hold_together(&source(b"<value_labels></value_labels>"), 0, NEW));
        assert!(labels_hold_together(&source(b""), 0, OLD) && !labels_hold_together(&source(b"abc"), 0, OLD));
    }

    #[test]
    fn what_ends_the_notes_has_no_length() {
        let writing = Writing { release: 114, high_first: false };
        let end = |bytes: &'static [u8]| behind_notes(&Source::Memory(bytes.into()), 0, writing);
        assert_eq!(end(&[0, 0, 0, 0, 0, 9]), Some(5));
        // A note of two bytes, then the end.
        assert_eq!(end(&[1, 2, 0, 0, 0, 7, 7, 0, 0, 0, 0, 0]), Some(12));
        assert_eq!(end(&[0, 2, 0, 0, 0, 7, 7]), None, "the library would go on elsewhere");
    }
}
