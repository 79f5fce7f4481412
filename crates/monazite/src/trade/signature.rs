//! The last line of texts that say what is in a folder: the checksum of all lines before it.

use sha2::{Digest, Sha256};

use crate::plain_text::hex;

/// A kind of signed text: what its last line begins with, before the SHA-256 of everything above.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature(pub(crate) &'static str);

impl Signature {
    /// A text with its checksum as the last line.
    pub(crate) fn sign(self, text: &str) -> String {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let text = format!("{text}{end}");
        let sum = hex(&Sha256::digest(&text));
        format!("{text}{}{sum}\n", self.0)
    }

    /// Whether the last line of a text is the checksum of the others.
    pub(crate) fn is_signed(self, text: &str) -> bool {
        let Some(at) = text.rfind(self.0) else { return false };
        let (before, line) = text.split_at(at);
        line == format!("{}{}\n", self.0, hex(&Sha256::digest(before)))
    }

    /// Whether a text has the checksum of another one. Texts of older formats have none.
    pub(crate) fn is_spoilt(self, text: &str) -> bool {
        text.contains(self.0) && !self.is_signed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_noticed() {
        let signature = Signature("# SHA-256 of everything above: ");
        let text = signature.sign("format = 3\n\n[program]\nname = \"monazite\"");
        assert!(signature.is_signed(&text) && signature.is_signed(&signature.sign("")));
        assert!(text.starts_with("format = 3\n") && text.contains("\"monazite\"\n# SHA-256"));
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                assert!(!signature.is_signed(&String::from_utf8(bytes).unwrap()), "byte {at}, bit {bit}");
            }
            assert!(!signature.is_signed(&text[..at]), "cut at {at}");
        }
        assert!(!signature.is_signed(&format!("{text}\n")) && !signature.is_signed("format = 3\n"));
        assert!(
            !signature.is_spoilt(&text)
                && !signature.is_spoilt("format = 2\n")
                && signature.is_spoilt(&text.replacen("format", "gormat", 1))
        );
    }
}
