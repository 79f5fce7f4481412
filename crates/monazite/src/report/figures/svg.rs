//! A small writer of SVG: shapes and text with plain attributes, so that a file looks the same everywhere.

use std::fmt::Write;

use super::font;
use super::theme::{INK, LABEL};
use crate::html::escaped;

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Anchor {
    /// At its start (default).
    #[default]
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextStyle<'a> {
    /// Size in points.
    pub size: f64,
    /// Colour.
    pub fill: &'a str,
    /// Where it is held.
    pub anchor: Anchor,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it has a white edge, to be read over other things.
    pub halo: bool,
}

impl Default for TextStyle<'_> {
    fn default() -> Self {
        Self { size: LABEL, fill: INK, anchor: Anchor::Start, bold: false, halo: false }
    }
}

/// A drawing in the making.
#[derive(Debug, Clone)]
pub struct Svg {
    width: f64,
    height: f64,
    body: String,
}

/// A coordinate as written: hundredths are more than enough.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // No minus before a zero.
    (if rounded == 0.0 { 0.0 } else { rounded }).to_string()
}

impl Svg {
    /// An empty drawing.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    /// Its width.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Its height.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Makes it higher or lower, where its height shows only while it is drawn.
    pub fn set_height(&mut self, height: f64) {
        self.height = height;
    }

    /// Puts another drawing into this one, its upper left corner at a place.
    pub fn place(&mut self, other: Svg, corner: [f64; 2]) {
        let _ = writeln!(
            self.body,
            "<g transform=\"translate({} {})\">\n{}</g>",
            number(corner[0]),
            number(corner[1]),
            other.body
        );
    }

    /// Opens a group that carries a text, which browsers show when the pointer rests on what is in it. To be closed with
    /// [`Svg::close`].
    pub fn open_titled(&mut self, title: &str) {
        let _ = writeln!(self.body, "<g><title>{}</title>", escaped(title));
    }

    /// Closes the group opened last.
    pub fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// A rectangle.
    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str, opacity: f64) {
        let _ = writeln!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"{}/>",
            number(x),
            number(y),
            number(width),
            number(height),
            opacity_of("fill-opacity", opacity)
        );
    }

    /// A straight line.
    pub fn line(&mut self, from: [f64; 2], to: [f64; 2], stroke: &str, width: f64) {
        let _ = writeln!(
            self.body,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\" stroke-width=\"{}\"/>",
            number(from[0]),
            number(from[1]),
            number(to[0]),
            number(to[1]),
            number(width)
        );
    }

    /// An element as it is, for shapes that only one figure needs. What is text in it has to be escaped already.
    pub fn insert(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// Lines from point to point; dashed with `dashes`.
    pub fn polyline(&mut self, points: &[[f64; 2]], stroke: &str, width: f64, dashes: Option<&str>) {
        if points.is_empty() {
            return;
        }
        let dashes = dashes.map_or_else(String::new, |d| format!(" stroke-dasharray=\"{d}\""));
        let _ = writeln!(
            self.body,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{dashes}/>",
            points_text(points),
            number(width)
        );
    }

    /// A filled area.
    pub fn polygon(&mut self, points: &[[f64; 2]], fill: &str, opacity: f64) {
        if points.is_empty() {
            return;
        }
        let _ = writeln!(
            self.body,
            "<polygon points=\"{}\" fill=\"{fill}\"{}/>",
            points_text(points),
            opacity_of("fill-opacity", opacity)
        );
    }

    /// Many dots of one colour, in one path.
    pub fn dots(&mut self, points: &[[f64; 2]], diameter: f64, colour: &str, opacity: f64) {
        if points.is_empty() {
            return;
        }
        let mut path = String::new();
        for [x, y] in points {
            let _ = write!(path, "M{} {}h0", number(*x), number(*y));
        }
        let _ = writeln!(
            self.body,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\" stroke-linecap=\"round\"{}/>",
            number(diameter),
            opacity_of("stroke-opacity", opacity)
        );
    }

    /// A circle, filled and edged.
    pub fn circle(&mut self, centre: [f64; 2], radius: f64, fill: &str, stroke: &str, width: f64) {
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{}\"/>",
            number(centre[0]),
            number(centre[1]),
            number(radius),
            number(width)
        );
    }

    /// A text that browsers show when the pointer rests near a point. Nothing is drawn.
    pub fn hint(&mut self, centre: [f64; 2], radius: f64, text: &str) {
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"none\" pointer-events=\"all\"><title>{}</title></circle>",
            number(centre[0]),
            number(centre[1]),
            number(radius),
            escaped(text)
        );
    }

    /// A filled circle that carries a text, which browsers show when the pointer rests on it.
    pub fn mark(&mut self, centre: [f64; 2], radius: f64, fill: &str, text: &str) {
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\"><title>{}</title></circle>",
            number(centre[0]),
            number(centre[1]),
            number(radius),
            escaped(text)
        );
    }

    /// A circle that lets through what lies below it.
    pub fn ring(&mut self, centre: [f64; 2], radius: f64, stroke: &str, width: f64) {
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"#ffffff\" fill-opacity=\"0.6\" stroke=\"{stroke}\" stroke-width=\"{}\"/>",
            number(centre[0]),
            number(centre[1]),
            number(radius),
            number(width)
        );
    }

    /// Curves of one look, each from a point over two control points to another. Where translucent ones cross, it is darker.
    pub fn curves(
        &mut self,
        curves: &[[[f64; 2]; 4]],
        stroke: &str,
        width: f64,
        opacity: f64,
        dashes: Option<&str>,
    ) {
        if curves.is_empty() {
            return;
        }
        let dashes = dashes.map_or_else(String::new, |d| format!(" stroke-dasharray=\"{d}\""));
        let _ = writeln!(
            self.body,
            "<g fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{}\"{}{dashes}>",
            number(width),
            opacity_of("stroke-opacity", opacity)
        );
        for [from, first, second, to] in curves {
            let point = |p: &[f64; 2]| format!("{} {}", number(p[0]), number(p[1]));
            let _ = writeln!(
                self.body,
                "<path d=\"M{}C{} {} {}\"/>",
                point(from),
                point(first),
                point(second),
                point(to)
            );
        }
        self.body.push_str("</g>\n");
    }

    /// A text with its base line at y.
    pub fn text(&mut self, x: f64, y: f64, text: &str, style: TextStyle<'_>) {
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if style.bold { " font-weight=\"600\"" } else { "" };
        let mut put = |paint: &str| {
            let _ = writeln!(
                self.body,
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}{weight} {paint}>{}</text>",
                number(x),
                number(y),
                number(style.size),
                escaped(text)
            );
        };
        // The edge as a text of its own below: not every program knows paint-order.
        if style.halo {
            put("fill=\"#ffffff\" stroke=\"#ffffff\" stroke-width=\"1.6\" stroke-linejoin=\"round\"");
        }
        put(&format!("fill=\"{}\"", style.fill));
    }

    /// A text that stands upright and is read from below, its middle at a point.
    pub fn text_upwards(&mut self, middle: [f64; 2], text: &str, size: f64, fill: &str) {
        let _ = writeln!(
            self.body,
            "<text transform=\"translate({} {}) rotate(-90)\" font-size=\"{}\" text-anchor=\"middle\" fill=\"{fill}\">{}</text>",
            number(middle[0]),
            number(middle[1]),
            number(size),
            escaped(text)
        );
    }

    /// The drawing as part of a page, as wide as the page lets it be and with the font of the page.
    pub fn inline(self, description: &str) -> String {
        format!(
            "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}</svg>",
            number(self.width),
            number(self.height),
            escaped(description),
            self.body
        )
    }

    /// The finished drawing, so many millimetres wide, with a text for those who cannot see it. The font has to be brought by
    /// what shows it.
    pub fn finish(self, millimetres: f64, description: &str) -> String {
        let (width, height) = (number(self.width), number(self.height));
        let high = millimetres * self.height / self.width;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{}mm\" height=\"{}mm\" \
             font-family=\"{}, Arial, Helvetica, sans-serif\" role=\"img\" aria-label=\"{}\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            number(millimetres),
            number(high),
            font::FAMILY,
            escaped(description),
            self.body
        )
    }
}

/// Whether two boxes (left, top, right, bottom) have anything in common.
pub fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn opacity_of(name: &str, opacity: f64) -> String {
    if opacity >= 1.0 { String::new() } else { format!(" {name}=\"{}\"", number(opacity)) }
}

fn points_text(points: &[[f64; 2]]) -> String {
    points.iter().map(|[x, y]| format!("{},{}", number(*x), number(*y))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_numbers_short() {
        let mut svg = Svg::new(100.0, 50.0);
        svg.text(1.0, 2.005, "<b> & 'Côte'", TextStyle { bold: true, ..TextStyle::default() });
        svg.dots(&[[1.0 / 3.0, -0.001]], 2.0, "#000000", 0.5);
        let out = svg.finish(50.0, "a \"map\"");
        assert!(out.contains("&lt;b&gt; &amp; &#39;Côte&#39;</text>"), "{out}");
        assert!(out.contains("M0.33 0h0") && out.contains("a &quot;map&quot;"), "{out}");
        assert!(out.starts_with("<svg xmlns=") && out.ends_with("</svg>\n"));
    }
}
