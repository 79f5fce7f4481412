//! Encoded columns on their way into a file.

use bytes::Bytes;
use parquet::column::writer::ColumnCloseResult;

/// Rows after which a page is closed: small pages let a reader skip to a product cheaply.
pub(super) const ROWS_A_PAGE: usize = 8192;

/// One encoded column of one row group, ready to be spliced into a file.
#[derive(Debug)]
pub struct EncodedColumn {
    pub(super) bytes: Bytes,
    pub(super) close: ColumnCloseResult,
}

impl EncodedColumn {
    /// Size in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes the column apart, so that the bytes can be parked somewhere.
    pub fn into_parts(self) -> (Bytes, ParkedColumn) {
        (self.bytes, ParkedColumn { close: self.close })
    }
}

/// What remains of an [`EncodedColumn`] while its bytes are parked elsewhere.
#[derive(Debug)]
pub struct ParkedColumn {
    close: ColumnCloseResult,
}

impl ParkedColumn {
    /// Puts the column together again.
    pub fn unpark(self, bytes: Bytes) -> EncodedColumn {
        EncodedColumn { bytes, close: self.close }
    }
}
