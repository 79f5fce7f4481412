//! The line as nearly all lines of a release are, read without a look at each character.

use super::columns::{FlowColumns, Role};
use super::row::FlowRow;
use crate::nomenclature::{Countries, CountryId, Hs6};

/// As much text as a plain line may have, its end included.
const WINDOW: usize = 64;
/// Room for `2023,156,842,`.
const LEADING: usize = 16;

/// Powers of ten that are exact, as many as there are digits in a number that is.
pub(super) const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Reads lines whose columns stand as BACI has them: year and countries, then product, value and quantity.
///
/// A release is sorted by countries, so neighbouring lines begin alike: the text of the line before is remembered with what it says.
#[derive(Debug, Clone)]
pub(super) struct PlainLines<'a> {
    leading: [Role; 3],
    countries: &'a Countries,
    /// Bytes of the line before, up to its product, and which of them count.
    text: u128,
    mask: u128,
    length: usize,
    year: u16,
    exporter: CountryId,
    importer: CountryId,
    /// Codes met of countries that have several, with their years.
    pub(super) shared: Vec<(u16, u16)>,
}

impl<'a> PlainLines<'a> {
    /// `None` if the columns stand in another order.
    pub(super) fn new(columns: &FlowColumns, countries: &'a Countries) -> Option<Self> {
        let &[a, b, c, Role::Product, Role::Value, Role::Quantity] = &columns.roles[..columns.count] else {
            return None;
        };
        let nobody = CountryId::new(0);
        let (year, exporter, importer) = (0, nobody, nobody);
        // No line begins with these bytes.
        let (text, mask, length) = (u128::MAX, u128::MAX, 0);
        let shared = Vec::new();
        Some(Self { leading: [a, b, c], countries, text, mask, length, year, exporter, importer, shared })
    }

    /// The row of the first line and how many bytes the line has, its end included.
    ///
    /// `None` for a line that has to be read with care: another kind of number, a code of other than six digits, a country that is
    /// not known or has a successor, a value of zero, trade of a country with itself, or too little text behind it.
    #[inline]
    pub(super) fn row(&mut self, text: &[u8]) -> Option<(FlowRow, usize)> {
        let window: &[u8; WINDOW] = text.first_chunk()?;
        if (sixteen(window, 0)? ^ self.text) & self.mask != 0 {
            self.begin(window)?;
        }
        let mut at = self.length;
        let product = Number::at(window, at)?;
        at += product.length;
        if product.length != 6 || product.point || window[at] != b',' {
            return None;
        }
        let value = Number::at(window, at + 1)?;
        at += 1 + value.length;
        if value.digits == 0 || *window.get(at)? != b',' {
            return None;
        }
        at += 1;
        let quantity = if window.get(at..at + 2)? == b"NA" {
            at += 2;
            f64::NAN
        } else {
            let quantity = Number::at(window, at)?;
            at += quantity.length;
            match quantity.digits {
                0 if quantity.point => return None,
                0 => f64::NAN,
                _ => quantity.decimal(),
            }
        };
        at += match window.get(at..at + 2)? {
            [b'\n', _] => 1,
            [b'\r', b'\n'] => 2,
            _ => return None,
        };
        let value = value.decimal();
        (value > 0.0).then_some((
            FlowRow {
                year: self.year,
                exporter: self.exporter,
                importer: self.importer,
                product: Hs6::from_index(product.whole as usize)?,
                value,
                quantity,
            },
            at,
        ))
    }

    /// Reads year and countries of a line that begins otherwise than the one before, and remembers them.
    fn begin(&mut self, window: &[u8; WINDOW]) -> Option<()> {
        let (mut at, mut year, mut exporter, mut importer) = (0, None, None, None);
        let mut codes = [0; 2];
        for role in self.leading {
            let number = Number::at(window, at)?;
            at += number.length + 1;
            if number.point || number.digits == 0 || window[at - 1] != b',' {
                return None;
            }
            let country = || {
                let code = (number.digits <= 4).then_some(number.whole as u16)?;
                self.countries.by_code(code).filter(|_| !self.countries.is_former_state(code))
            };
            match role {
                Role::Year => year = (1900..=2200).contains(&number.whole).then_some(number.whole as u16),
                Role::Exporter => (exporter, codes[0]) = (country(), number.whole as u16),
                Role::Importer => (importer, codes[1]) = (country(), number.whole as u16),
                _ => return None,
            }
        }
        let (year, exporter, importer) = (year?, exporter?, importer?);
        if exporter == importer || at > LEADING {
            return None;
        }
        for (country, code) in [exporter, importer].into_iter().zip(codes) {
            if self.countries.has_several_codes(country) && !self.shared.contains(&(year, code)) {
                self.shared.push((year, code));
            }
        }
        self.mask = u128::MAX >> (8 * (LEADING - at));
        (self.text, self.length) = (sixteen(window, 0)?, at);
        (self.year, self.exporter, self.importer) = (year, exporter, importer);
        Some(())
    }
}

/// Digits with at most one point among them, up to the first other character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Number {
    /// The digits without the point.
    whole: u64,
    digits: usize,
    decimals: usize,
    point: bool,
    /// Characters.
    length: usize,
}

impl Number {
    /// Sixteen characters at a time: which are digits, where the first two others stand, and the digits pushed together.
    /// `None` if the number has no end within them.
    #[inline]
    fn at(window: &[u8; WINDOW], at: usize) -> Option<Self> {
        const EACH: u128 = u128::MAX / 255;
        let digits = sixteen(window, at)? ^ (EACH * 0x30);
        let mut others = (((digits & (EACH * 0x7f)) + EACH * 0x76) | digits) & (EACH * 0x80);
        if others == 0 {
            return None;
        }
        let first = others.trailing_zeros() as usize / 8;
        let point = window[at + first] == b'.';
        if !point {
            let whole = if first == 0 { 0 } else { together(digits << (8 * (16 - first))) };
            return Some(Self { whole, digits: first, decimals: 0, point, length: first });
        }
        others &= others - 1;
        if others == 0 {
            return None;
        }
        let length = others.trailing_zeros() as usize / 8;
        let count = length - 1;
        let before = (1u128 << (8 * first)) - 1;
        let without = (digits & before) | ((digits >> 8) & !before);
        let whole = if count == 0 { 0 } else { together(without << (8 * (16 - count))) };
        Some(Self { whole, digits: count, decimals: count - first, point, length })
    }

    /// The number, correctly rounded: at most 15 digits are exact, and so is the power of ten, so there is one rounding.
    #[inline]
    fn decimal(self) -> f64 {
        self.whole as f64 / POWERS[self.decimals]
    }
}

#[inline]
fn sixteen(window: &[u8; WINDOW], at: usize) -> Option<u128> {
    Some(u128::from_le_bytes(*window.get(at..)?.first_chunk()?))
}

/// Sixteen digits, the first in the lowest byte, as a number.
#[inline]
fn together(digits: u128) -> u64 {
    let eight = |digits: u64| {
        // Pairs, then fours, then all eight.
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
        let every_fourth = 0x0000_00ff_0000_00ff;
        let upper = (pairs & every_fourth).wrapping_mul(0x000f_4240_0000_0064);
        let lower = ((pairs >> 16) & every_fourth).wrapping_mul(0x0000_2710_0000_0001);
        upper.wrapping_add(lower) >> 32
    };
    eight(digits as u64) * 100_000_000 + eight((digits >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<Number> {
        let mut window = [b'x'; WINDOW];
        window[..text.len()].copy_from_slice(text.as_bytes());
        Number::at(&window, 0)
    }

    #[test]
    fn numbers_of_any_length_are_read_up_to_the_next_character() {
        for text in
            ["0", "7", "12", "00500", "123456789012345", "1.5", ".5", "5.", "0.001", "98765432.123456", "."]
        {
            for end in [",1", "\n9", "\r\n", "x.", " "] {
                let found = number(&format!("{text}{end}")).unwrap();
                let digits = text.replace('.', "");
                let expected = Number {
                    whole: digits.parse().unwrap_or(0),
                    digits: digits.len(),
                    decimals: text.find('.').map_or(0, |at| text.len() - at - 1),
                    point: text.contains('.'),
                    length: text.len(),
                };
                assert_eq!(found, expected, "{text}{end}");
                if found.digits > 0 {
                    assert_eq!(found.decimal(), text.parse::<f64>().unwrap(), "{text}");
                }
            }
        }
        for text in ["1.2.3,", "1e5,", "-1,", ",", "\u{e9}1,"] {
            let found = number(text).unwrap();
            assert_ne!(text.as_bytes()[found.length], b'0');
            assert!(!text.as_bytes()[found.length].is_ascii_digit(), "{text}");
        }
        for text in [
            "1234567890123456",
            "12345678901234567,",
            "98765432.1234567,",
            "123456789.012345",
            "1234567890123.456,",
        ] {
            assert_eq!(number(text), None, "{text}: no end within sixteen characters");
        }
    }

    #[test]
    fn every_byte_that_is_no_digit_ends_a_number() {
        for byte in (0..=255u8).filter(|b| !b.is_ascii_digit() && *b != b'.') {
            let mut window = [b'7'; WINDOW];
            window[3] = byte;
            let found = Number::at(&window, 0).unwrap();
            assert_eq!((found.whole, found.length), (777, 3), "{byte}");
        }
    }

    #[test]
    fn what_is_remembered_of_a_line_is_what_the_next_one_says() {
        let countries = Countries::builtin();
        let columns = FlowColumns::find("t,i,j,k,v,q").unwrap();
        let mut lines = PlainLines::new(&columns, &countries).unwrap();
        let behind = "x".repeat(WINDOW);
        let mut read = |line: &str| lines.row(format!("{line}{behind}").as_bytes());
        let by_code = |code| countries.by_code(code).unwrap();
        for (line, exporter, importer) in [
            ("2019,156,842,850511,1.5,NA\n", 156, 842),
            ("2019,156,842,850512,1.5,2\r\n", 156, 842),
            ("2019,156,84,850512,1.5,\n", 156, 84),
            ("2019,15,842,850512,1.5,\n", 0, 0),
            ("2019,156,842,850512,1.5,3\n", 156, 842),
        ] {
            match read(line) {
                Some((row, length)) => {
                    assert_eq!((row.exporter, row.importer), (by_code(exporter), by_code(importer)));
                    assert_eq!((row.year, row.value, length), (2019, 1.5, line.len()));
                }
                None => assert_eq!(exporter, 0, "{line}"),
            }
        }
        assert_eq!(lines.row(b"2019,156,842,850511,1.5,NA\n"), None, "too little text behind it");
        for header in ["t,i,j,k,q,v", "t,i,j,k,v", "t,i,j,k,v,q,x", "k,t,i,j,v,q"] {
            assert!(PlainLines::new(&FlowColumns::find(header).unwrap(), &countries).is_none(), "{header}");
        }
        let other = FlowColumns::find("j,t,i,k,v,q").unwrap();
        let line = format!("842,2019,156,850511,7,8\n{behind}");
        let (row, _) = PlainLines::new(&other, &countries).unwrap().row(line.as_bytes()).unwrap();
        assert_eq!((row.exporter, row.importer, row.quantity), (by_code(156), by_code(842), 8.0));
    }
}
