//! SHA-256 in the form in which files of a mapping carry it.

use sha2::{Digest, Sha256};

/// The SHA-256 of bytes.
pub fn sha256_bytes(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The SHA-256 of bytes, as 64 small hexadecimal digits.
///
/// ```
/// assert!(monazite_mapping::digest::sha256(b"").starts_with("e3b0c442"));
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&sha256_bytes(bytes))
}

/// Bytes as small hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A number that depends on nothing but the parts: the first eight bytes of their SHA-256, each part closed by a zero.
pub fn number_of(parts: &[&str]) -> u64 {
    let mut text = Vec::new();
    for part in parts {
        text.extend_from_slice(part.as_bytes());
        text.push(0);
    }
    let hash = sha256_bytes(&text);
    hash[..8].iter().fold(0, |number, &byte| (number << 8) | u64::from(byte))
}
