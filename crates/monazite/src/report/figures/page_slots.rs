//! How figures of a run stand on its page: as the drawing in their file, with the font once for all of them.

use super::font;
use crate::run::{Run, RunError};

/// A figure of a run in a frame, such as `typology_map`; empty if the run has none of this name.
///
/// # Errors
/// [`RunError::Folder`] if its file cannot be read.
pub fn framed(run: &Run, name: &str) -> Result<String, RunError> {
    let svg = run.text(&format!("figures/{name}.svg"))?;
    Ok(svg.map_or_else(String::new, |svg| {
        format!("<figure class=\"wide\" id=\"figure-{name}\">\n{}</figure>\n", without_font(&svg))
    }))
}

/// The font, for the head of a page with figures on it.
pub fn font_style() -> String {
    format!("<style id=\"figure-font\">\n{}</style>\n", font::css())
}

/// The drawing of a file without its font. The file of another version, with another font, stays as it is.
fn without_font(svg: &str) -> String {
    svg.replacen(&format!("\n<style>\n{}</style>", font::css()), "", 1)
}

#[cfg(test)]
mod tests {
    use super::super::Drawn;
    use super::*;

    #[test]
    fn the_drawing_of_a_file_is_the_one_that_was_drawn() {
        let drawn = Drawn { plain: "<svg id=\"a\">\n<style>.b{}</style><path/></svg>\n".to_owned() };
        assert!(drawn.standalone().contains("@font-face"));
        assert_eq!(without_font(&drawn.standalone()), drawn.plain);
        assert_eq!(without_font(&drawn.plain), drawn.plain);
    }
}
