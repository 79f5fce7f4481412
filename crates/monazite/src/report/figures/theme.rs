//! What all figures have in common: sizes of paper and letters, widths of lines, colours.

use super::font;
use super::svg::Svg;
use crate::study::FigureSize;

/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;

/// Size of the letters of labels, in points.
pub const LABEL: f64 = 6.5;
/// Size of small letters: ticks, notes.
pub const SMALL: f64 = 5.8;
/// Size of the heads of panels.
pub const HEAD: f64 = 7.5;
/// Size of the letters that name panels.
pub const PANEL_LETTER: f64 = 9.0;
/// Smallest letters, for codes and keys of crowded networks.
pub const TINY: f64 = 4.6;
/// Width of axes.
pub const AXIS: f64 = 0.6;
/// Width of grid lines.
pub const GRID: f64 = 0.4;
/// Width of lines that carry data.
pub const LINE: f64 = 1.1;

/// Text.
pub const INK: &str = "#1a1a1a";
/// Text that explains.
pub const SOFT: &str = "#555555";
/// Grid lines.
pub const FAINT: &str = "#dedede";
/// Axes, zero lines.
pub const AXIS_COLOUR: &str = "#666666";
/// The first colour, where there is one thing to show.
pub const ACCENT: &str = "#0072b2";
/// What is there but does not count, such as estimates that are not significant.
pub const MUTED: &str = "#a8a8a8";
/// Background of panels without axes.
pub const GROUND: &str = "#f6f7f9";

/// Colour of a cluster, the same in all figures and pages; black for the outliers. Eight colours that people with
/// colour-blindness can tell apart and six more that keep their distance (M. Okabe and K. Ito, 2002; P. Tol, 2021), then again.
pub(crate) fn cluster_colour(cluster: u32) -> &'static str {
    const COLOURS: [&str; 14] = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#999933", "#332288",
        "#44aa99", "#aa4499", "#661100", "#888888", "#117733",
    ];
    match cluster {
        0 => "#111111",
        n => COLOURS[(n as usize - 1) % COLOURS.len()],
    }
}

/// Name of a cluster.
pub(crate) fn cluster_name(cluster: u32) -> String {
    if cluster == 0 { "0 (outliers)".to_owned() } else { format!("Cluster {cluster}") }
}

/// From black to yellow by equal steps of lightness, as `inferno` of matplotlib has it (S. van der Walt and N. Smith, CC0), up to its
/// yellow.
const BLACK_TO_YELLOW: [[u8; 3]; 9] = [
    [0, 0, 4],
    [27, 12, 65],
    [74, 12, 107],
    [120, 28, 109],
    [165, 44, 96],
    [207, 68, 70],
    [237, 105, 37],
    [251, 155, 6],
    [247, 209, 61],
];

/// The colour at a share of the way from black to yellow.
pub fn black_to_yellow(share: f64) -> String {
    let at = share.clamp(0.0, 1.0) * (BLACK_TO_YELLOW.len() - 1) as f64;
    let step = (at as usize).min(BLACK_TO_YELLOW.len() - 2);
    let rest = at - step as f64;
    let mixed: Vec<u8> = BLACK_TO_YELLOW[step]
        .iter()
        .zip(BLACK_TO_YELLOW[step + 1])
        .map(|(&from, to)| (f64::from(from) + rest * (f64::from(to) - f64::from(from))).round() as u8)
        .collect();
    format!("#{:02x}{:02x}{:02x}", mixed[0], mixed[1], mixed[2])
}

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

/// Draws a figure for a size. `draw` gets a width in points and makes a drawing of that width and any height.
///
/// On a slide the drawing is the one of the least width between one and two columns and a half whose height fits, enlarged to fill
/// the slide, so that letters are at least as large in relation to it as they can be.
pub fn draw_for(size: FigureSize, description: &str, draw: &dyn Fn(f64) -> Svg) -> Drawn {
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
    fn the_scale_goes_from_black_to_yellow_and_gets_lighter() {
        assert_eq!(black_to_yellow(-1.0), "#000004");
        assert_eq!(black_to_yellow(1.0), "#f7d13d");
        let light = |colour: &str| {
            let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        let steps: Vec<f64> = (0..=40).map(|n| light(&black_to_yellow(f64::from(n) / 40.0))).collect();
        assert!(steps.windows(2).all(|w| w[1] > w[0]), "{steps:?}");
    }

    #[test]
    fn a_slide_is_sixteen_to_nine_whatever_is_on_it() {
        for height in [100.0, 900.0] {
            let drawn = draw_for(FigureSize::Slide, "x", &|width| Svg::new(width, height));
            assert!(drawn.plain.contains("width=\"338.66mm\" height=\"190.5mm\""), "{}", drawn.plain);
        }
        let drawn = draw_for(FigureSize::OneColumn, "x", &|width| Svg::new(width, width));
        assert!(drawn.plain.contains("width=\"88mm\" height=\"88mm\""), "{}", drawn.plain);
        assert!(drawn.standalone().contains("@font-face") && !drawn.plain.contains("@font-face"));
    }
}
