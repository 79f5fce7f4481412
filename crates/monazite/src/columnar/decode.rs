//! Decoders of the encodings of Parquet that a store is written in, straight to what a reader needs.
//!
//! The generic reader of the `parquet` crate takes twice as long on them (`docs/decisions/09-encodings-of-the-store.md`).
//! Whatever bytes are given, a decoder ends with values or with [`Damage`].

use std::fmt;

/// A page that does not hold what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage(
    /// What is wrong with it.
    pub &'static str,
);

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

const SHORT: Damage = Damage("a page is too short");
const WIDTH: Damage = Damage("a page has numbers of an impossible width");
const DICTIONARY: Damage = Damage("a page names a value that is not in the dictionary");
const COUNT: Damage = Damage("a page has another number of values than its place says");

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], Damage> {
    let (first, rest) = bytes.split_at_checked(count).ok_or(SHORT)?;
    *bytes = rest;
    Ok(first)
}

/// An unsigned number of seven bits a byte.
fn varint(bytes: &mut &[u8]) -> Result<u64, Damage> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Ok(value);
        }
    }
    Err(WIDTH)
}

fn zigzag(value: u64) -> i64 {
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}

/// Numbers that are unpacked at a time.
const BLOCK: usize = 32;

/// 32 numbers of `WIDTH` bits each (at most 56). The width is a constant, so that the shifts are too.
fn unpack_narrow<const WIDTH: usize>(packed: &[u8], numbers: &mut [u64; BLOCK]) {
    let mut bytes = [0u8; 56 * BLOCK / 8 + 8];
    bytes[..WIDTH * BLOCK / 8].copy_from_slice(&packed[..WIDTH * BLOCK / 8]);
    let mask = (1u64 << WIDTH) - 1;
    for (place, number) in numbers.iter_mut().enumerate() {
        let bit = place * WIDTH;
        let word = &bytes[bit >> 3..(bit >> 3) + 8];
        *number = (u64::from_le_bytes(word.try_into().expect("eight bytes")) >> (bit & 7)) & mask;
    }
}

/// As [`unpack_narrow`], for any width up to 64.
fn unpack_any(packed: &[u8], width: usize, numbers: &mut [u64; BLOCK]) {
    let mut bytes = [0u8; 64 * BLOCK / 8 + 16];
    bytes[..width * BLOCK / 8].copy_from_slice(&packed[..width * BLOCK / 8]);
    let mask = if width == 64 { u64::MAX } else { (1u64 << width) - 1 };
    for (place, number) in numbers.iter_mut().enumerate() {
        let bit = place * width;
        let word = &bytes[bit >> 3..(bit >> 3) + 16];
        *number = (u128::from_le_bytes(word.try_into().expect("16 bytes")) >> (bit & 7)) as u64 & mask;
    }
}

macro_rules! unpack_of_width {
    ($width:expr, $packed:expr, $numbers:expr; $($constant:literal)*) => {
        match $width {
            $($constant => unpack_narrow::<$constant>($packed, $numbers),)*
            width => unpack_any($packed, width, $numbers),
        }
    };
}

fn unpack(packed: &[u8], width: usize, numbers: &mut [u64; BLOCK]) {
    unpack_of_width!(width, packed, numbers; 1 2 3 4 5 6 7 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
        32 33 34 35 36 37 38 39 40);
}

/// Appends `count` whole numbers of a page of differences (`DELTA_BINARY_PACKED`), each as `convert` makes it.
pub(crate) fn packed_numbers<T: Copy + Default>(
    page: &[u8],
    count: usize,
    values: &mut Vec<T>,
    convert: impl Fn(i64) -> T,
) -> Result<(), Damage> {
    if count == 0 {
        return Ok(());
    }
    let mut bytes = page;
    let block = varint(&mut bytes)?;
    let minis = varint(&mut bytes)?;
    let total = varint(&mut bytes)?;
    let mut last = zigzag(varint(&mut bytes)?);
    if total != count as u64 {
        return Err(COUNT);
    }
    if minis == 0 || minis > 64 || block > 1 << 16 || block % (minis * BLOCK as u64) != 0 || block == 0 {
        return Err(WIDTH);
    }
    let (minis, a_mini) = (minis as usize, (block / minis) as usize);
    let start = values.len();
    values.resize(start + count, T::default());
    let (first, mut rest) = values[start..].split_first_mut().expect("there is a value");
    *first = convert(last);
    let mut numbers = [0u64; BLOCK];
    while !rest.is_empty() {
        let least = zigzag(varint(&mut bytes)?);
        for &width in take(&mut bytes, minis)? {
            let width = usize::from(width);
            if width > 64 {
                return Err(WIDTH);
            }
            for _ in 0..a_mini / BLOCK {
                if rest.is_empty() {
                    break;
                }
                unpack(take(&mut bytes, width * BLOCK / 8)?, width, &mut numbers);
                let (now, later) = rest.split_at_mut(rest.len().min(BLOCK));
                for (value, &number) in now.iter_mut().zip(&numbers) {
                    last = last.wrapping_add(least).wrapping_add(number as i64);
                    *value = convert(last);
                }
                rest = later;
            }
        }
    }
    Ok(())
}

/// Runs and packed groups of small numbers of `width` bits. Appends `count` of them, each as `look_up` gives it, and returns the bytes
/// after them.
fn hybrid<'a, T: Copy + Default>(
    page: &'a [u8],
    width: usize,
    count: usize,
    values: &mut Vec<T>,
    look_up: impl Fn(usize) -> T,
) -> Result<&'a [u8], Damage> {
    if width > 16 {
        return Err(WIDTH);
    }
    let mut bytes = page;
    let start = values.len();
    values.resize(start + count, T::default());
    let mut rest = &mut values[start..];
    let mut numbers = [0u64; BLOCK];
    while !rest.is_empty() {
        let head = varint(&mut bytes)?;
        let length = usize::try_from(head >> 1).map_err(|_| SHORT)?;
        if length == 0 {
            return Err(COUNT);
        }
        if head & 1 == 0 {
            let value = take(&mut bytes, width.div_ceil(8))?
                .iter()
                .rev()
                .fold(0, |value, &byte| value << 8 | usize::from(byte));
            let (now, later) = rest.split_at_mut(rest.len().min(length));
            now.fill(look_up(value));
            rest = later;
            continue;
        }
        let mut packed = take(&mut bytes, length.checked_mul(width).ok_or(SHORT)?)?;
        let (mut now, later) = rest.split_at_mut(rest.len().min(length.saturating_mul(8)));
        rest = later;
        if width == 8 {
            for (value, &number) in now.iter_mut().zip(packed) {
                *value = look_up(usize::from(number));
            }
            continue;
        }
        while !now.is_empty() {
            let mut block = [0u8; 16 * BLOCK / 8];
            let length = packed.len().min(width * BLOCK / 8);
            let some = take(&mut packed, length)?;
            block[..some.len()].copy_from_slice(some);
            unpack(&block, width, &mut numbers);
            let (block, after) = now.split_at_mut(now.len().min(BLOCK));
            for (value, &number) in block.iter_mut().zip(&numbers) {
                *value = look_up(number as usize);
            }
            now = after;
        }
    }
    Ok(bytes)
}

/// Appends `count` values of a page of positions in a dictionary, as `dictionary` says them. `u16::MAX` stands for what is not known,
/// and is an error.
pub(crate) fn positions(
    page: &[u8],
    count: usize,
    dictionary: &[u16],
    values: &mut Vec<u16>,
) -> Result<(), Damage> {
    let (&width, page) = page.split_first().ok_or(SHORT)?;
    // One table that every number of one byte fits in, so that it needs no question at each.
    let mut table = [u16::MAX; 256];
    for (known, &value) in table.iter_mut().zip(dictionary) {
        *known = value;
    }
    let start = values.len();
    if width <= 8 {
        hybrid(page, usize::from(width), count, values, |place| table[place & 255])?;
    } else {
        let look_up = |place: usize| dictionary.get(place).copied().unwrap_or(u16::MAX);
        hybrid(page, usize::from(width), count, values, look_up)?;
    }
    match values[start..].iter().fold(0, |largest, &value| largest.max(value)) {
        u16::MAX => Err(DICTIONARY),
        _ => Ok(()),
    }
}

/// Appends `true` for each row of a page that has a value, and returns the bytes of the values.
pub(crate) fn levels<'a>(page: &'a [u8], rows: usize, present: &mut Vec<bool>) -> Result<&'a [u8], Damage> {
    hybrid(page, 1, rows, present, |level| level & 1 == 1)
}

/// Appends `count` doubles that stand one after the other.
pub(crate) fn doubles(page: &[u8], count: usize, values: &mut Vec<f64>) -> Result<(), Damage> {
    if page.len() != count * 8 {
        return Err(COUNT);
    }
    let (words, _) = page.as_chunks::<8>();
    values.extend(words.iter().map(|word| f64::from_le_bytes(*word)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::columnar::{EncodedColumn, Kind, Schema, Values};

    fn encode(kind: Kind, values: Values<'_>) -> EncodedColumn {
        Schema::packed(&[("x", kind)], &[]).encode(0, values).unwrap()
    }

    fn payloads(column: &EncodedColumn) -> Vec<(usize, usize, Vec<u8>)> {
        let pages = column.pages().unwrap();
        assert_eq!(pages.iter().map(|p| p.bytes).sum::<usize>(), column.len());
        pages
            .iter()
            .map(|p| {
                let at = p.offset as usize;
                (p.rows, p.present, column.bytes[at + p.header..at + p.bytes].to_vec())
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn differences_come_back(
            values in prop::collection::vec(prop_oneof![0i64..100, 0i64..1 << 40, any::<i64>()], 1..700),
            times in 1usize..40,
        ) {
            let values: Vec<i64> = values.iter().copied().cycle().take(values.len() * times).collect();
            let mut read = Vec::new();
            for (rows, present, page) in payloads(&encode(Kind::Int64, Values::Int64(&values))) {
                prop_assert_eq!(rows, present);
                packed_numbers(&page, rows, &mut read, |v| v).unwrap();
            }
            prop_assert_eq!(read, values);
        }

        #[test]
        fn missing_whole_numbers_come_back(values in prop::collection::vec(prop::option::of(0i64..1 << 30), 1..9000)) {
            let mut read = Vec::new();
            for (rows, count, page) in payloads(&encode(Kind::OptionalInt64, Values::OptionalInt64(&values))) {
                let (mut present, mut numbers) = (Vec::new(), Vec::new());
                let rest = levels(&page, rows, &mut present).unwrap();
                packed_numbers(rest, count, &mut numbers, |v| v).unwrap();
                let mut numbers = numbers.into_iter();
                read.extend(present.iter().map(|&p| if p { numbers.next() } else { None }));
            }
            prop_assert_eq!(read, values);
        }

        #[test]
        fn positions_come_back(
            few in prop::collection::vec(0i32..230, 1..2000),
            many in prop::collection::vec((0i32..700, 1usize..40), 1..500),
        ) {
            let many: Vec<i32> = many.iter().flat_map(|&(code, times)| vec![code; times]).collect();
            for codes in [few, many] {
                let (mut read, mut dictionary) = (Vec::new(), Vec::new());
                for (rows, _, page) in payloads(&encode(Kind::Int16, Values::Int16(&codes))) {
                    if rows == 0 {
                        let (words, _) = page.as_chunks::<4>();
                        dictionary = words.iter().map(|w| i32::from_le_bytes(*w) as u16).collect();
                    } else {
                        positions(&page, rows, &dictionary, &mut read).unwrap();
                    }
                }
                prop_assert_eq!(read, codes.iter().map(|&c| c as u16).collect::<Vec<_>>());
            }
        }

        #[test]
        fn any_bytes_end_in_values_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300), count in 0usize..500) {
            let dictionary = [1, 2, 3];
            let (mut a, mut b, mut c, mut d) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            if packed_numbers(&bytes, count, &mut a, |v| v).is_ok() {
                prop_assert_eq!(a.len(), count);
            }
            if positions(&bytes, count, &dictionary, &mut b).is_ok() {
                prop_assert!(b.iter().all(|p| dictionary.contains(p)));
            }
            if levels(&bytes, count, &mut c).is_ok() {
                prop_assert_eq!(c.len(), count);
            }
            prop_assert_eq!(doubles(&bytes, count, &mut d).is_ok(), bytes.len() == count * 8);
        }
    }
}
