//! The last line of texts that say what is in a folder: the checksum of all lines before it.

use sha2::{Digest, Sha256};

use crate::ingest::baci::hex;

const LINE: &str = "# SHA-256 of everything above: ";

/// A text with its checksum as the last line.
pub(super) fn sign(text: &str) -> String {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let text = format!("{text}{end}");
    let sum = hex(&Sha256::digest(&text));
    format!("{text}{LINE}{sum}\n")
}

/// Whether the last line of a text is the checksum of the others.
pub(super) fn is_signed(text: &str) -> bool {
    let Some(at) = text.rfind(LINE) else { return false };
    let (before, line) = text.split_at(at);
    line == format!("{LINE}{}\n", hex(&Sha256::digest(before)))
}

/// Whether a text has the checksum of another one. Texts of older formats have none.
pub(super) fn is_spoilt(text: &str) -> bool {
    text.contains(LINE) && !is_signed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_noticed() {
        let text = sign("format = 3\n\n[program]\nname = \"monazite\"");
        assert!(is_signed(&text) && is_signed(&sign("")));
        assert!(text.starts_with("format = 3\n") && text.contains("\"monazite\"\n# SHA-256"));
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                assert!(!is_signed(&String::from_utf8(bytes).unwrap()), "byte {at}, bit {bit}");
            }
            assert!(!is_signed(&text[..at]), "cut at {at}");
        }
        assert!(!is_signed(&format!("{text}\n")) && !is_signed("format = 3\n"));
        assert!(
            !is_spoilt(&text)
                && !is_spoilt("format = 2\n")
                && is_spoilt(&text.replacen("format", "gormat", 1))
        );
    }
}
