//! Figures of monazite as PNG and PDF.
//!
//! The only font is the one that comes with the program: fonts of the system are never looked at, so the same figure gives the same
//! bytes wherever it is printed.

use std::sync::Arc;

use monazite::report::figures::{FigurePrinter, Printed, font};
use png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, Unit};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Options, Tree, fontdb};
use svg2pdf::{ConversionOptions, PageOptions};

/// Dots an inch of PNG files.
pub const DOTS_PER_INCH: f32 = 300.0;
/// Dots a metre, as PNG has it.
const DOTS_PER_METRE: u32 = 11_811;
/// Units of an SVG an inch, by definition.
const UNITS_PER_INCH: f32 = 96.0;

/// Calls after which the fonts of a page are in order but for a chance of one in 10^19.
const MOST_CALLS: usize = 64;

/// Why a figure cannot be printed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrintError {
    /// The text is not an SVG.
    #[error("this is not an SVG: {0}")]
    Svg(#[from] usvg::Error),
    /// The figure is too large for memory, or has no area.
    #[error("a figure of {width} x {height} dots cannot be drawn")]
    Size {
        /// Dots across.
        width: u32,
        /// Dots down.
        height: u32,
    },
    /// The PNG cannot be written.
    #[error("the PNG cannot be written: {0}")]
    Png(#[from] png::EncodingError),
    /// The PDF cannot be made.
    #[error("the PDF cannot be made: {0}")]
    Pdf(String),
}

/// Prints figures with the font of the program.
///
/// ```
/// use monazite::report::figures::svg::{Svg, TextStyle};
/// use monazite_print::Printer;
/// let mut drawing = Svg::new(100.0, 50.0);
/// drawing.text(10.0, 20.0, "Neodymium", TextStyle::default());
/// let printed = Printer::new().png_and_pdf(&drawing.finish(88.0, "a name"))?;
/// assert!(printed.pdf.starts_with(b"%PDF"));
/// # Ok::<(), monazite_print::PrintError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Printer {
    fonts: Arc<fontdb::Database>,
}

impl Default for Printer {
    fn default() -> Self {
        Self::new()
    }
}

impl Printer {
    /// A printer with the font loaded.
    pub fn new() -> Self {
        let mut fonts = fontdb::Database::new();
        for weight in [font::REGULAR, font::SEMI_BOLD] {
            fonts.load_font_data(weight.to_vec());
        }
        for family in [fontdb::Database::set_sans_serif_family, fontdb::Database::set_serif_family] {
            family(&mut fonts, font::FAMILY);
        }
        Self { fonts: Arc::new(fonts) }
    }

    /// The figure as a tree of shapes and texts with their places, as it will be printed.
    ///
    /// # Errors
    /// [`PrintError::Svg`].
    pub fn tree(&self, svg: &str) -> Result<Tree, PrintError> {
        let options = Options {
            dpi: UNITS_PER_INCH,
            font_family: font::FAMILY.to_owned(),
            fontdb: Arc::clone(&self.fonts),
            ..Options::default()
        };
        Ok(Tree::from_str(svg, &options)?)
    }

    /// PNG and PDF of an SVG.
    ///
    /// # Errors
    /// [`PrintError`] if the text is not an SVG, or the figure is too large.
    pub fn png_and_pdf(&self, svg: &str) -> Result<Printed, PrintError> {
        let tree = self.tree(svg)?;
        Ok(Printed { png: png_of(&tree)?, pdf: pdf_of(&tree)? })
    }
}

impl FigurePrinter for Printer {
    fn print(&self, svg: &str) -> Result<Printed, String> {
        self.png_and_pdf(svg).map_err(|e| e.to_string())
    }
}

fn png_of(tree: &Tree) -> Result<Vec<u8>, PrintError> {
    let scale = DOTS_PER_INCH / UNITS_PER_INCH;
    let (width, height) =
        ((tree.size().width() * scale).round() as u32, (tree.size().height() * scale).round() as u32);
    let mut pixels = Pixmap::new(width, height).ok_or(PrintError::Size { width, height })?;
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    // On white, nothing is left to shine through.
    let dots: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|dot| [dot[0], dot[1], dot[2]]).collect();
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Default);
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: DOTS_PER_METRE,
        yppu: DOTS_PER_METRE,
        unit: Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&dots)?;
    writer.finish()?;
    Ok(png)
}

fn pdf_of(tree: &Tree) -> Result<Vec<u8>, PrintError> {
    let page = PageOptions { dpi: UNITS_PER_INCH };
    // The library numbers the fonts of a page in the order of a hash map, which differs from call to call. With two fonts one call in
    // two has the regular one first, and all of these are alike.
    for _ in 0..MOST_CALLS {
        let mut pdf = svg2pdf::to_pdf(tree, ConversionOptions::default(), page)
            .map_err(|e| PrintError::Pdf(e.to_string()))?;
        sort_resources(&mut pdf);
        let place = |name: &[u8]| pdf.windows(name.len()).position(|part| part == name);
        match (place(b"Inter-Regular"), place(b"Inter-SemiBold")) {
            (Some(regular), Some(bold)) if bold < regular => {}
            _ => return Ok(pdf),
        }
    }
    Err(PrintError::Pdf("its fonts could not be put in order".to_owned()))
}

/// Sorts the entries of the dictionaries of fonts, states, patterns and so on, which the library writes in the order of a hash map. Each
/// entry is a line, so their order moves nothing else in the file.
fn sort_resources(pdf: &mut [u8]) {
    const DICTIONARIES: [&[u8]; 6] =
        [b"/Font <<", b"/ExtGState <<", b"/XObject <<", b"/Pattern <<", b"/ColorSpace <<", b"/Shading <<"];
    let mut ends: Vec<usize> =
        pdf.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(n, _)| n + 1).collect();
    ends.push(pdf.len());
    let line = |n: usize| (if n == 0 { 0 } else { ends[n - 1] })..ends[n];
    let mut n = 0;
    while n < ends.len() {
        let first = n + 1;
        if DICTIONARIES.contains(&pdf[line(n)].trim_ascii()) {
            let mut last = first;
            while last < ends.len() && pdf[line(last)].trim_ascii().starts_with(b"/") {
                last += 1;
            }
            if last < ends.len() && pdf[line(last)].trim_ascii() == b">>" {
                let mut entries: Vec<Vec<u8>> = (first..last).map(|n| pdf[line(n)].to_vec()).collect();
                entries.sort();
                let place = ends[n]..ends[last - 1];
                pdf[place].copy_from_slice(&entries.concat());
                n = last;
            }
        }
        n += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::sort_resources;

    #[test]
    fn entries_are_sorted_and_nothing_else_moves() {
        let mut pdf = b"a\n  /Font <<\n    /fo1 2 0 R\n    /fo0 1 0 R\n  >>\n/z\n/b\n  /Pattern <<\n >>\n  /Font <<\n /b\n stream".to_vec();
        sort_resources(&mut pdf);
        let expected = b"a\n  /Font <<\n    /fo0 1 0 R\n    /fo1 2 0 R\n  >>\n/z\n/b\n  /Pattern <<\n >>\n  /Font <<\n /b\n stream";
        assert_eq!(pdf, expected);
    }
}
