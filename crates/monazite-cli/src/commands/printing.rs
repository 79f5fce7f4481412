//! What prints figures.

use monazite::report::figures::FigurePrinter;

/// What is said where figures cannot be printed.
pub const WITHOUT_PRINTER: &str =
    "              as SVG only: this program was built without `print`, which makes PNG and PDF too";

/// What prints figures as PNG and PDF; nothing in a build without `print`.
pub fn printer() -> Option<Box<dyn FigurePrinter>> {
    #[cfg(feature = "print")]
    return Some(Box::new(monazite_print::Printer::new()));
    #[cfg(not(feature = "print"))]
    None
}
