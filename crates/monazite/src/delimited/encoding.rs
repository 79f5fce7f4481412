//! How the text of a table is encoded, told from its first bytes, and how it becomes UTF-8.

use std::borrow::Cow;

/// An encoding that tables come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 with the low byte first, as Windows writes it ("Unicode text").
    Utf16Le,
    /// UTF-16 with the high byte first.
    Utf16Be,
    /// What text is taken for that is not UTF-8: Windows-1252, of which Latin-1 is a part.
    Windows1252,
}

/// Bytes that are looked at for UTF-16 without a byte order mark.
const LOOKED_AT: usize = 512;

impl Encoding {
    /// The encoding of a text that begins with these bytes; a character that is cut at their end is no fault.
    ///
    /// ```
    /// use monazite::delimited::Encoding;
    /// assert_eq!(Encoding::of("t,i,j\n".as_bytes()), Encoding::Utf8);
    /// assert_eq!(Encoding::of(b"t\0,\0i\0,\0j\0\n\0"), Encoding::Utf16Le);
    /// assert_eq!(Encoding::of(b"Cura\xe7ao;1\n"), Encoding::Windows1252);
    /// ```
    pub fn of(beginning: &[u8]) -> Self {
        match beginning {
            [0xef, 0xbb, 0xbf, ..] => return Self::Utf8,
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let pairs = beginning.chunks_exact(2).take(LOOKED_AT / 2);
        let (all, zeros) = pairs.fold((0usize, [0usize; 2]), |(all, [even, odd]), pair| {
            (all + 1, [even + usize::from(pair[0] == 0), odd + usize::from(pair[1] == 0)])
        });
        // Text about numbers is ASCII, so that every second byte is zero, and hardly one of the others.
        if all >= 4 && zeros[1] * 4 >= all * 3 && zeros[0] * 10 <= all {
            return Self::Utf16Le;
        }
        if all >= 4 && zeros[0] * 4 >= all * 3 && zeros[1] * 10 <= all {
            return Self::Utf16Be;
        }
        match std::str::from_utf8(beginning) {
            Err(error) if error.error_len().is_some() => Self::Windows1252,
            _ => Self::Utf8,
        }
    }

    /// Whether it is one of the two of sixteen bits.
    pub fn is_utf16(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// What turns a text of sixteen bits into UTF-8 piece by piece; `None` for the others, whose bytes are read as they are.
    pub fn decoder(self) -> Option<Utf16> {
        let encoding = match self {
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Utf8 | Self::Windows1252 => return None,
        };
        Some(Utf16(encoding.new_decoder_with_bom_removal()))
    }
}

/// A text of sixteen bits on its way to UTF-8.
pub struct Utf16(encoding_rs::Decoder);

impl Utf16 {
    /// Adds a piece, in UTF-8, to `out`; `last` if no other comes after it. What is no character becomes U+FFFD.
    pub fn push(&mut self, piece: &[u8], last: bool, out: &mut Vec<u8>) {
        let mut text = String::with_capacity(self.0.max_utf8_buffer_length(piece.len()).unwrap_or(0));
        // There is room for all of it.
        let _ = self.0.decode_to_string(piece, &mut text, last);
        out.extend_from_slice(text.as_bytes());
    }
}

/// A whole text in UTF-8, without its byte order mark.
///
/// ```
/// use monazite::delimited::decoded;
/// assert_eq!(decoded(b"\xef\xbb\xbfa"), "a");
/// assert_eq!(decoded(b"\xff\xfeC\0\xf4\0"), "C\u{f4}");
/// assert_eq!(decoded(b"Cura\xe7ao"), "Cura\u{e7}ao");
/// ```
pub fn decoded(text: &[u8]) -> String {
    match Encoding::of(text).decoder() {
        Some(mut decoder) => {
            let mut out = Vec::new();
            decoder.push(text, true, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        }
        None => decoded_field(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).into_owned(),
    }
}

/// A part of a text: UTF-8 if it is, else Windows-1252.
pub fn decoded_field(text: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(text).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn sixteen_bits_are_known_with_and_without_a_mark_and_in_any_pieces() {
        let text = "t;i;j;k;v;q;name\n2019;1;2;284690;60,5;1;C\u{f4}te d'Ivoire \u{1f600}\n";
        for (big, mark) in [(false, false), (false, true), (true, false), (true, true)] {
            let bytes = utf16(text, big, mark);
            let encoding = Encoding::of(&bytes);
            assert_eq!(encoding, if big { Encoding::Utf16Be } else { Encoding::Utf16Le });
            assert_eq!(decoded(&bytes), text);
            for length in [1, 3, 7] {
                let (mut decoder, mut out) = (encoding.decoder().unwrap(), Vec::new());
                bytes.chunks(length).for_each(|piece| decoder.push(piece, false, &mut out));
                decoder.push(b"", true, &mut out);
                assert_eq!(out, text.as_bytes(), "{length}");
            }
        }
    }

    #[test]
    fn other_text_is_not_taken_for_sixteen_bits() {
        for text in ["", "a", "t,i,j,k,v,q\n", "\u{4e2d}\u{6587},1\n"] {
            assert_eq!(Encoding::of(text.as_bytes()), Encoding::Utf8, "{text}");
        }
        assert_eq!(Encoding::of(&"Cura\u{e7}ao".as_bytes()[..5]), Encoding::Utf8, "cut within a character");
    }
}
