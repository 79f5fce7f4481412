//! What puts a figure on paper.

/// A figure on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// As PNG of 300 dots an inch.
    pub png: Vec<u8>,
    /// As PDF of one page.
    pub pdf: Vec<u8>,
}

/// Makes PNG and PDF of an SVG. The crate `monazite-print` has one; without it figures are SVG only.
pub trait FigurePrinter: Sync {
    /// Prints an SVG whose only font is [`super::font::FAMILY`]. The same SVG gives the same bytes.
    ///
    /// # Errors
    /// What is wrong, in words.
    fn print(&self, svg: &str) -> Result<Printed, String>;
}
