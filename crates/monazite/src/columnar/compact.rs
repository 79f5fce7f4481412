//! What a Parquet file says of itself, looked through before the library believes it.
//!
//! Footers and heads of pages are written in Thrift's compact protocol. The library sets memory aside for as many things as they name, and
//! goes as deep as they nest: a damaged file could ask for more than there is. Here both are held against the bytes that are there.

/// Most columns and groups of columns of a table.
const MOST_ELEMENTS: u64 = 20_000;

/// Deepest nesting of columns, and of what describes them.
const DEEPEST: usize = 60;

/// Bytes in the compact protocol, read from the front.
struct Compact<'a> {
    rest: &'a [u8],
    /// Whether it is the head of a page, which the library passes over in its own way: lists of booleans, which it takes to have no bytes, and
    /// ends of structures with a number are none of its kind, and refused.
    head: bool,
}

/// A field of a structure: its number and the kind of its value.
struct Field {
    number: i64,
    kind: u8,
}

const BYTE: u8 = 3;
const WHOLE: std::ops::RangeInclusive<u8> = 4..=6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCTURE: u8 = 12;
const UUID: u8 = 13;

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn whole(&mut self) -> Option<i64> {
        let number = self.varint()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    /// The next field; `Some(None)` at the end of the structure.
    fn field(&mut self, last: i64) -> Option<Option<Field>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        if self.head && head & 0x0f == 0 {
            return None;
        }
        let number = if head >> 4 == 0 { self.whole()? } else { last.checked_add(i64::from(head >> 4))? };
        Some(Some(Field { number, kind: head & 0x0f }))
    }

    /// How many elements a list has and their kind; no more than there are bytes, since each takes one.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        (count <= self.rest.len() as u64).then_some((count, head & 0x0f))
    }

    fn skip_element(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            1 | 2 if self.head => None,
            1 | 2 => self.pass(1),
            kind => self.skip(kind, depth),
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => Some(()),
            BYTE => self.pass(1),
            kind if WHOLE.contains(&kind) => self.varint().map(drop),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = self.varint()?;
                self.pass(length)
            }
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(kind, depth))
            }
            MAP => {
                let count = self.varint()?;
                if count == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                (count <= self.rest.len() as u64).then_some(())?;
                (0..count).try_for_each(|_| {
                    self.skip_element(kinds >> 4, depth)?;
                    self.skip_element(kinds & 0x0f, depth)
                })
            }
            STRUCTURE => {
                let mut last = 0;
                while let Some(field) = self.field(last)? {
                    self.skip(field.kind, depth)?;
                    last = field.number;
                }
                Some(())
            }
            UUID => self.pass(16),
            _ => None,
        }
    }

    /// A structure of the head of a page; `take` gets the numbers of the outermost.
    fn known(&mut self, structure: KnownStructure, take: &mut dyn FnMut(i64, i64)) -> Option<()> {
        let mut last = 0;
        while let Some(field) = self.field(last)? {
            match (structure.field(field.number), field.kind) {
                (Expected::Number, INT32) => {
                    let value = self.whole()?;
                    if structure == KnownStructure::Page {
                        take(field.number, value);
                    }
                }
                (Expected::Boolean, 1 | 2) => {}
                (Expected::Known(inner), STRUCTURE) => self.known(inner, take)?,
                (Expected::Structure, STRUCTURE) | (Expected::Any, _) => self.skip(field.kind, DEEPEST)?,
                _ => return None,
            }
            last = field.number;
        }
        Some(())
    }

    /// The columns as a tree written from its root: every one has as many children as it says, and they do not nest too deep.
    fn columns(&mut self) -> Option<()> {
        let (count, kind) = self.list()?;
        (kind == STRUCTURE && count <= MOST_ELEMENTS).then_some(())?;
        // Children that are still to come, on the way from the root.
        let mut open: Vec<u64> = Vec::new();
        for _ in 0..count {
            let (mut last, mut children) = (0, 0);
            while let Some(field) = self.field(last)? {
                if field.number == 5 && WHOLE.contains(&field.kind) {
                    children = u64::try_from(self.whole()?).ok()?;
                } else {
                    self.skip(field.kind, DEEPEST)?;
                }
                last = field.number;
            }
            (children <= count).then_some(())?;
            while open.last() == Some(&0) {
                open.pop();
            }
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            open.push(children);
            (open.len() <= DEEPEST).then_some(())?;
        }
        Some(())
    }
}

/// Whether a footer holds together: no list, text or tree in it is larger than the bytes that are there.
pub(super) fn footer_holds_together(footer: &[u8]) -> bool {
    let mut all = Compact { rest: footer, head: false };
    let mut last = 0;
    let mut walk = || {
        while let Some(field) = all.field(last)? {
            match (field.number, field.kind) {
                (2, LIST) => all.columns()?,
                _ => all.skip(field.kind, DEEPEST)?,
            }
            last = field.number;
        }
        Some(())
    };
    walk().is_some()
}

/// Whether a structure that stands alone, such as the index of the pages of a column, holds together.
pub(super) fn structure_holds_together(bytes: &[u8]) -> bool {
    Compact { rest: bytes, head: false }.skip(STRUCTURE, DEEPEST).is_some()
}

/// A structure in the head of a page whose fields the library knows by their numbers.
#[derive(Clone, Copy, PartialEq)]
enum KnownStructure {
    Page,
    Data,
    Dictionary,
    SecondData,
}

/// What the library takes a field of a known structure to be.
enum Expected {
    Number,
    Boolean,
    Known(KnownStructure),
    Structure,
    /// Nothing: it passes over it by the kind that the file says.
    Any,
}

impl KnownStructure {
    fn field(self, number: i64) -> Expected {
        match (self, number) {
            (Self::Page, 1..=4)
            | (Self::Data, 1..=4)
            | (Self::Dictionary, 1 | 2)
            | (Self::SecondData, 1..=6) => Expected::Number,
            (Self::Dictionary, 3) | (Self::SecondData, 7) => Expected::Boolean,
            (Self::Page, 5) => Expected::Known(Self::Data),
            (Self::Page, 7) => Expected::Known(Self::Dictionary),
            (Self::Page, 8) => Expected::Known(Self::SecondData),
            (Self::Page, 6) | (Self::Data, 5) | (Self::SecondData, 8) => Expected::Structure,
            _ => Expected::Any,
        }
    }
}

/// Kind of a number of 32 bits, as all numbers in heads of pages are.
const INT32: u8 = 5;

/// How large a page is without its compression, as its head says; `None` if that is no head, or the head does not end in these bytes. All of
/// the head is looked through: a list in it that is longer than the bytes that are there keeps the library busy for minutes.
///
/// Fields that the library knows by their number have the kind that it takes them for, whatever the file says: with another kind it would read on
/// from another place than is looked at here.
pub(crate) fn size_of_page(head: &[u8]) -> Option<u64> {
    let mut head = Compact { rest: head, head: true };
    let mut size = None;
    head.known(KnownStructure::Page, &mut |number, value| {
        if number == 2 {
            size = u64::try_from(value).ok();
        }
    })?;
    size
}

/// Numbers written as differences, packed in blocks: where they end, if there are no more of them than `most`.
pub(crate) fn end_of_differences(bytes: &[u8], most: u64) -> Option<usize> {
    let mut head = Compact { rest: bytes, head: false };
    let block = head.varint()?;
    let parts = head.varint()?;
    let count = head.varint()?;
    head.varint()?;
    if count > most || parts == 0 || parts > 512 || block > 1 << 20 || block % parts != 0 || block == 0 {
        return None;
    }
    let a_part = block / parts;
    // The first one stands in the head.
    let mut left = count.saturating_sub(1);
    while left > 0 {
        head.varint()?;
        let widths = head.rest.get(..parts as usize)?;
        head.pass(parts)?;
        for &width in widths {
            if left == 0 {
                break;
            }
            head.pass((u64::from(width) * a_part) / 8)?;
            left = left.saturating_sub(a_part);
        }
    }
    Some(bytes.len() - head.rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_of_a_page_is_read_by_hand() {
        // type = 0, uncompressed = 300 (zigzag 600), compressed = 5.
        assert_eq!(size_of_page(&[0x15, 0, 0x15, 0xd8, 0x04, 0x15, 10, 0]), Some(300));
        assert_eq!(size_of_page(&[0x15, 0, 0x15, 0x01, 0x15, 10, 0]), None, "negative");
        assert_eq!(size_of_page(&[0x15, 0, 0]), None, "without a size");
        assert_eq!(size_of_page(&[]), None);
        // Behind the size a list of two thousand million texts, in a head of a few bytes.
        let endless = [0x15, 0, 0x15, 0xd8, 0x04, 0x19, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
        assert_eq!(size_of_page(&endless), None, "more than there is");
        // The library takes booleans of a list to have no bytes, and any end of a structure for one.
        assert_eq!(
            size_of_page(&[0x15, 0, 0x15, 0xd8, 0x04, 0x19, 0x21, 1, 1, 0]),
            None,
            "a list of booleans"
        );
        assert_eq!(size_of_page(&[0x15, 0, 0x15, 0xd8, 0x04, 0x30]), None, "an end with a number");
        // The library reads field 3 as a number, though the file says that it is a text of three bytes, and then meets a list of two thousand
        // million doubles, which it passes over one by one where no bytes are left.
        let hidden = [0x15, 0, 0x15, 0xd8, 0x04, 0x18, 3, 0x69, 0xf7, 0xff, 0];
        assert_eq!(size_of_page(&hidden), None, "a text where a number belongs");
        // The head of a data page: 10 values, three encodings, statistics that are empty.
        let data =
            [0x15, 0, 0x15, 0xd8, 0x04, 0x15, 10, 0x2c, 0x15, 20, 0x15, 0, 0x15, 6, 0x15, 6, 0x1c, 0, 0, 0];
        assert_eq!(size_of_page(&data), Some(300));
        let inner = [0x15, 0, 0x15, 0xd8, 0x04, 0x15, 10, 0x2c, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(size_of_page(&inner), None, "a double for the number of values");
    }

    /// A footer of columns given as the number of their children.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 2, 0x19, 0xf0 | 12, children.len() as u8];
        for children in children {
            bytes.extend([0x55, children * 2, 0]);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn footers_that_ask_for_too_much_are_seen() {
        assert!(footer_holds_together(&footer(&[2, 0, 0])));
        assert!(!footer_holds_together(&footer(&[50, 0, 0])), "more children than columns");
        assert!(footer_holds_together(&footer(&[1; 59])));
        assert!(!footer_holds_together(&footer(&[1; 100])), "too deep");
        // A list of two billion row groups.
        assert!(!footer_holds_together(&[0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0]));
        assert!(!structure_holds_together(&[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0]));
        assert!(structure_holds_together(&[0x19, 0x25, 2, 4, 0]), "a list of two numbers");
        let deep = vec![0x1c; 1000];
        assert!(!footer_holds_together(&deep));
        assert!(!footer_holds_together(&footer(&[2, 0, 0])[..8]));
    }

    // Specification of the format, section "Delta encoding": its second example, 7 5 3 1 2 3 4 5, of which the differences in the block
    // are 0 0 0 3 3 3 3 in two bits. A block of 128 in 4 parts has 32 numbers a part, so 8 bytes.
    #[test]
    fn differences_end_where_the_specification_says() {
        let mut bytes = vec![0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111];
        bytes.extend([0; 6]);
        assert_eq!(end_of_differences(&bytes, 8), Some(18));
        bytes.extend([9, 9]);
        assert_eq!(end_of_differences(&bytes, 8), Some(18), "what follows is not theirs");
        assert_eq!(end_of_differences(&bytes, 7), None, "more than there may be");
        assert_eq!(end_of_differences(&bytes[..15], 8), None);
        assert_eq!(end_of_differences(&[0x80, 1, 4, 1, 14], 8), Some(5), "one number has no block");
    }
}
