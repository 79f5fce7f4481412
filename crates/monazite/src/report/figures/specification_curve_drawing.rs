//! Draws the specification curve: estimates with intervals above, the choices behind each of them below.

use super::chart::{AxisStyle, Scale, Zero, letter_of, panel_head, short_number};
use super::font;
use super::specification_curve::{CurvePoint, SpecificationCurve};
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{ACCENT, HEAD, LABEL, MUTED, SMALL, SOFT, TINY};

/// Height of the head of a panel.
const HEAD_HIGH: f64 = 16.0;
/// Height of the curve.
const CURVE_HIGH: f64 = 110.0;
/// Between panels beside each other.
const GUTTER: f64 = 26.0;
/// Half the width of an interval, in standard errors.
const REACH: f64 = 1.96;

/// Where the choices stand below each curve.
struct Choices {
    /// The texts, in order.
    names: Vec<String>,
    /// Size of their letters.
    letters: f64,
    /// Height of a line.
    line: f64,
}

/// Where a panel stands.
struct Place {
    left: f64,
    top: f64,
    across: f64,
}

impl SpecificationCurve {
    /// Draws it.
    pub fn draw(&self, width: f64) -> Svg {
        let choices = self.choices();
        let widest =
            choices.names.iter().fold(30.0f64, |most, c| most.max(font::width(c, choices.letters, false)));
        let labels = widest + 6.0;
        let columns = if width < 300.0 { 1 } else { self.panels.len().clamp(1, 2) };
        let across = (width - labels - 3.0 - GUTTER * (columns as f64 - 1.0)) / columns as f64;
        let part = HEAD_HIGH + CURVE_HIGH + 10.0 + choices.line * choices.names.len() as f64 + 12.0;
        let mut svg = Svg::new(width, part * self.panels.len().div_ceil(columns) as f64 + 10.0);
        for (n, (scale, points)) in self.panels.iter().enumerate() {
            let top = part * (n / columns) as f64;
            let left = labels + (across + GUTTER) * (n % columns) as f64;
            if n % columns == 0 {
                choices.label(&mut svg, labels - 5.0, top);
            }
            let place = Place { left, top, across };
            choices.stripe(&mut svg, &place);
            let title = format!("Coefficient of {}, {scale}", self.term);
            self.draw_panel(&mut svg, points, &choices, &place, &title, &letter_of(n));
        }
        self.draw_key(&mut svg, labels);
        svg
    }

    /// All choices of all regressions.
    fn choices(&self) -> Choices {
        let mut names: Vec<String> = Vec::new();
        for choice in self.panels.iter().flat_map(|(_, points)| points).flat_map(choices_of) {
            if !names.contains(&choice) {
                names.push(choice);
            }
        }
        names.sort();
        let letters = if names.len() > 30 { TINY } else { 5.2 };
        Choices { names, letters, line: letters + 1.7 }
    }

    fn draw_panel(
        &self,
        svg: &mut Svg,
        points: &[CurvePoint],
        choices: &Choices,
        place: &Place,
        title: &str,
        letter: &str,
    ) {
        let &Place { left, top, across } = place;
        let floor = top + HEAD_HIGH + CURVE_HIGH;
        let low = points.iter().map(|p| p.estimate - reach(p)).fold(0.0, f64::min);
        let high = points.iter().map(|p| p.estimate + reach(p)).fold(0.0, f64::max);
        let scale = Scale::covering(low, high, [floor, top + HEAD_HIGH]);
        let style = AxisStyle { gap: 3.0, ..AxisStyle::FIGURE };
        scale.draw_across(svg, [left, left + across], style, Zero::Marked);
        panel_head(svg, [left, top + 8.5], letter, &font::cut(title, HEAD, true, across - 12.0), 10.0);
        let step = across / points.len().max(1) as f64;
        // By significance: no, yes.
        let mut estimates: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
        let mut marks: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
        let mut hints = Vec::new();
        for (rank, point) in points.iter().enumerate() {
            let significant = usize::from(point.p.is_some_and(|p| p < self.size));
            let x = left + step * (rank as f64 + 0.5);
            if reach(point) > 0.0 {
                let ends =
                    [point.estimate - reach(point), point.estimate + reach(point)].map(|e| scale.at(e));
                let colour = if significant == 1 { "#9cc9e3" } else { "#dddddd" };
                svg.line([x, ends[0]], [x, ends[1]], colour, (0.7 * step).min(2.0));
            }
            let p = point.p.map_or_else(String::new, |p| format!(", p {p:.3}"));
            let text = format!("{}{p}: {}", short_number(point.estimate), choices_of(point).join(", "));
            hints.push(([x, scale.at(point.estimate)], text));
            estimates[significant].push([x, scale.at(point.estimate)]);
            for choice in choices_of(point) {
                let row = choices.names.iter().position(|c| *c == choice).unwrap_or(0);
                marks[significant].push([x, choices.middle(row, floor)]);
            }
        }
        let dot = (0.8 * step).clamp(1.0, 3.2);
        for (significant, colour) in [(0, MUTED), (1, ACCENT)] {
            svg.dots(&estimates[significant], dot, colour, 1.0);
            svg.dots(&marks[significant], (0.9 * step).clamp(1.0, 0.8 * choices.line), colour, 1.0);
        }
        for (centre, text) in hints {
            svg.hint(centre, (0.5 * step).clamp(0.8, 3.0), &text);
        }
    }

    /// What the colours mean.
    fn draw_key(&self, svg: &mut Svg, left: f64) {
        let (y, level) = (svg.height() - 4.0, self.level());
        let style = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        let mut x = left;
        for (colour, text) in [(ACCENT, format!("p < {level}")), (MUTED, format!("p ≥ {level}"))] {
            svg.dots(&[[x + 2.0, y - 2.0]], 3.6, colour, 1.0);
            svg.text(x + 6.0, y, &text, TextStyle { size: LABEL, ..style });
            x += 12.0 + font::width(&text, LABEL, false) + 8.0;
        }
        let note = "bars: 95 % interval; below: the choices behind each estimate";
        if x + font::width(note, SMALL, false) < svg.width() {
            svg.text(x, y, note, style);
        }
    }
}

impl Choices {
    /// The middle of a row, below the floor of a curve.
    fn middle(&self, row: usize, floor: f64) -> f64 {
        floor + 10.0 + self.line * (row as f64 + 0.5)
    }

    /// The names of the rows, to the left of a row of panels.
    fn label(&self, svg: &mut Svg, right: f64, top: f64) {
        let floor = top + HEAD_HIGH + CURVE_HIGH;
        let style = TextStyle { size: self.letters, fill: SOFT, anchor: Anchor::End, ..TextStyle::default() };
        for (at, choice) in self.names.iter().enumerate() {
            svg.text(right, self.middle(at, floor) + 0.36 * self.letters, choice, style);
        }
    }

    /// A shade behind every other row.
    fn stripe(&self, svg: &mut Svg, place: &Place) {
        let floor = place.top + HEAD_HIGH + CURVE_HIGH;
        for at in (0..self.names.len()).step_by(2) {
            let y = floor + 10.0 + self.line * at as f64;
            svg.rectangle(place.left, y, place.across, self.line, "#f4f5f7", 1.0);
        }
    }
}

fn reach(point: &CurvePoint) -> f64 {
    point.standard_error.map_or(0.0, |se| REACH * se)
}

/// The choices behind a regression, as the rows of the lower part.
fn choices_of(point: &CurvePoint) -> [String; 3] {
    let range = |first: u16, last: u16| format!("{first}\u{2013}{last}");
    let (b, p) = (point.baseline, point.projection);
    [
        format!("baseline {}", range(b.first, b.last)),
        format!("projection {}", range(p.first, p.last)),
        format!("sample {}", point.sample),
    ]
}
