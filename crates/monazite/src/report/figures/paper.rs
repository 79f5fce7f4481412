//! Figures on paper: one column, two columns, a slide.

use super::font;
use super::svg::{Svg, TextStyle};
use super::theme::SOFT;
use crate::study::FigureSize;

/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;

/// A finished figure: an SVG without its font, for pages and printers that bring it, and one that stands alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The SVG without the font.
    pub plain: String,
}

impl Drawn {
    /// The SVG with the font in it.
    pub fn standalone(&self) -> String {
        // The style follows the opening tag.
        match self.plain.find('>') {
            Some(end) => {
                let (open, rest) = self.plain.split_at(end + 1);
                format!("{open}\n<style>\n{}</style>{rest}", font::css())
            }
            None => self.plain.clone(),
        }
    }
}

/// Size of the letters of the source below a figure.
const SOURCE: f64 = 5.2;
/// From one of its lines to the next.
const SOURCE_LINE: f64 = 6.8;

/// Puts the source below a drawing.
fn with_source(mut drawing: Svg, width: f64, source: &str) -> Svg {
    let style = TextStyle { size: SOURCE, fill: SOFT, ..TextStyle::default() };
    for line in font::lines(source, SOURCE, false, width - 2.0) {
        let floor = drawing.height();
        drawing.set_height(floor + SOURCE_LINE);
        drawing.text(1.0, floor + SOURCE_LINE - 1.6, &line, style);
    }
    drawing
}

/// Draws a figure for a size. `draw` gets a width in points and makes a drawing of that width and any height; the source of its numbers is put
/// below it.
///
/// On a slide the drawing is the one of the least width between one and two columns and a half whose height fits, enlarged to fill
/// the slide, so that letters are at least as large in relation to it as they can be.
pub fn draw_for(size: FigureSize, description: &str, source: &str, draw: &dyn Fn(f64) -> Svg) -> Drawn {
    let draw = |width: f64| with_source(draw(width), width, source);
    let millimetres = match size {
        FigureSize::OneColumn => 88.0,
        FigureSize::TwoColumns => 180.0,
        FigureSize::Slide => {
            let mut width = 380.0;
            let mut drawing = draw(width);
            while drawing.height() > 9.0 / 16.0 * width && width < 1240.0 {
                width += 20.0;
                drawing = draw(width);
            }
            let high = (9.0 / 16.0 * width).max(drawing.height());
            let wide = 16.0 / 9.0 * high;
            let mut slide = Svg::new(wide, high);
            let corner = [0.5 * (wide - width), 0.5 * (high - drawing.height())];
            slide.place(drawing, corner);
            return Drawn { plain: slide.finish(13.333 * 25.4, description) };
        }
    };
    Drawn { plain: draw(millimetres * POINTS).finish(millimetres, description) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slide_is_sixteen_to_nine_whatever_is_on_it() {
        for height in [100.0, 900.0] {
            let drawn = draw_for(FigureSize::Slide, "x", "", &|width| Svg::new(width, height));
            assert!(drawn.plain.contains("width=\"338.66mm\" height=\"190.5mm\""), "{}", drawn.plain);
        }
        let drawn = draw_for(FigureSize::OneColumn, "x", "", &|width| Svg::new(width, width));
        assert!(drawn.plain.contains("width=\"88mm\" height=\"88mm\""), "{}", drawn.plain);
        let with =
            draw_for(FigureSize::OneColumn, "x", "Source: CEPII BACI", &|width| Svg::new(width, width));
        assert!(
            with.plain.contains(">Source: CEPII BACI</text>") && with.plain.contains("height=\"90.4mm\""),
            "{}",
            with.plain
        );
        assert!(drawn.standalone().contains("@font-face") && !drawn.plain.contains("@font-face"));
    }
}
