//! How long work tells whoever started it how far it is. The engine itself prints nothing.

/// Receives news of progress. All methods do nothing unless overridden.
pub trait Progress: Sync {
    /// A piece of work begins; `total` is in `unit`, 0 if it is not known.
    fn begin(&self, _what: &str, _total: u64, _unit: Unit) {}
    /// So much of it is done.
    fn advance_to(&self, _done: u64) {}
    /// It is finished.
    fn end(&self) {}
    /// Something worth a line.
    fn note(&self, _text: &str) {}
}

/// What progress is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes read.
    Bytes,
    /// Product-years computed.
    ProductYears,
    /// Questions asked.
    Questions,
    /// Maps of countries made.
    Maps,
}

/// No news.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
