//! What reading a file came to.

use std::collections::BTreeSet;

use super::parsed::Seen;
use crate::ingest::account::IngestAccount;

/// What reading one file came to.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// What happened to its rows; duplicates are found later.
    pub account: IngestAccount,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Bytes of content.
    pub bytes: u64,
    /// Years with the numeric codes in them of countries that have several: their own and those of former states.
    pub shared: BTreeSet<(u16, u16)>,
    /// What its rows say that has to be judged over all files of a table.
    pub seen: Seen,
    /// What its columns mean, in words; nothing if it is as BACI writes it.
    pub layout: String,
    /// What is worth saying of the file.
    pub notes: Vec<String>,
}
