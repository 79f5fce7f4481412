//! The font of the figures: Inter, as it lies in `assets/fonts`. It is measured here, so that nothing overlaps or is cut off
//! wherever a figure is opened.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ttf_parser::Face;

/// Name of the family in SVG and CSS.
pub const FAMILY: &str = "Inter";
/// The regular weight, as OpenType.
pub const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
/// The semi-bold weight, as OpenType.
pub const SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");
const REGULAR_WEB: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.woff2");
const SEMI_BOLD_WEB: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.woff2");

/// Widths of the letters of one weight, in sizes of the font.
struct Widths {
    face: Face<'static>,
    per_size: f64,
}

impl Widths {
    fn of(font: &'static [u8]) -> Self {
        let face = Face::parse(font, 0).expect("the font is part of the program and is tested");
        let per_size = f64::from(face.units_per_em());
        Self { face, per_size }
    }

    fn letter(&self, letter: char) -> f64 {
        // A letter that the font lacks is drawn as its box for missing letters.
        let glyph = self.face.glyph_index(letter).unwrap_or_default();
        f64::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) / self.per_size
    }
}

static WIDTHS: LazyLock<[Widths; 2]> = LazyLock::new(|| [Widths::of(REGULAR), Widths::of(SEMI_BOLD)]);

/// Width of a text in the unit of its size, without kerning (which only ever narrows it by a hair).
///
/// ```
/// use monazite::report::figures::font::width;
/// assert!(width("280530", 7.0, false) > 25.0 && width("280530", 7.0, false) < 30.0);
/// assert!(width("China", 7.0, true) > width("China", 7.0, false));
/// ```
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let widths = &WIDTHS[usize::from(bold)];
    size * text.chars().fold(0.0, |sum, letter| sum + widths.letter(letter))
}

/// A text cut so that it is no wider than a length, with an ellipsis where something is missing.
pub fn cut(text: &str, size: f64, bold: bool, most: f64) -> String {
    if width(text, size, bold) <= most {
        return text.to_owned();
    }
    let mut kept = text.to_owned();
    while kept.pop().is_some() {
        let short = format!("{}…", kept.trim_end_matches([' ', ',', ';', ':', '(']));
        if width(&short, size, bold) <= most {
            return short;
        }
    }
    String::new()
}

/// A text in lines no wider than a length, broken at blanks.
pub fn lines(text: &str, size: f64, bold: bool, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, bold) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The rules of CSS that carry the font itself, for an SVG or a page that stands alone.
pub fn css() -> &'static str {
    static CSS: LazyLock<String> = LazyLock::new(|| {
        let rule = |font: &[u8], weight: u32| {
            format!(
                "@font-face{{font-family:{FAMILY};font-weight:{weight};src:url(data:font/woff2;base64,{}) format(\"woff2\")}}\n",
                STANDARD.encode(font)
            )
        };
        rule(REGULAR_WEB, 400) + &rule(SEMI_BOLD_WEB, 600)
    });
    &CSS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_cut_and_broken() {
        assert!((width("ii", 10.0, false) - 2.0 * width("i", 10.0, false)).abs() < 1e-12);
        let short = cut("Rare-earth metals, scandium and yttrium", 7.0, false, 60.0);
        assert!(short.ends_with('…') && width(&short, 7.0, false) <= 60.0, "{short}");
        assert_eq!(cut("Zinc", 7.0, false, 60.0), "Zinc");
        let broken = lines("Rare-earth metals, scandium and yttrium", 7.0, false, 60.0);
        assert!(broken.len() > 1 && broken.iter().all(|l| width(l, 7.0, false) <= 60.0), "{broken:?}");
    }

    #[test]
    fn letters_of_country_names_and_signs_are_in_the_font() {
        for letter in "ÅÇÉÍÑÖÜßåæçéíñôöüğışŽžčćđłńőřșțž–—…±×−≥≤→²³°αβρσ".chars() {
            for widths in WIDTHS.iter() {
                assert!(widths.face.glyph_index(letter).is_some(), "{letter}");
            }
        }
    }
}
