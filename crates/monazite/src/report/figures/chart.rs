//! Scales, ticks, lines, bands and marks of every chart: the figures, and the small charts of the report and of the briefs.
//!
//! What a chart shows is decided where it is drawn; how axes, lines and marks look is decided here and in [`super::theme`].

use super::font;
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{AXIS, AXIS_COLOUR, FAINT, GRID, HEAD, PANEL_LETTER, SMALL, SOFT};

/// Share of a tick's distance by which a scale may have more of them than asked for.
const SLACK: f64 = 1.3;

/// A scale from values to a length, with round ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Smallest and largest value.
    pub values: [f64; 2],
    /// Where they lie.
    pub places: [f64; 2],
    /// Round values within, three to six.
    pub ticks: Vec<f64>,
    decimals: usize,
}

impl Scale {
    /// A scale that covers the values, with round ticks among them.
    ///
    /// ```
    /// use monazite::report::figures::chart::Scale;
    /// let scale = Scale::covering(0.13, 1.13, [0.0, 100.0]);
    /// let labels: Vec<String> = scale.ticks.iter().map(|tick| scale.label(*tick)).collect();
    /// assert_eq!(labels, ["0.2", "0.4", "0.6", "0.8", "1.0"]);
    /// ```
    pub fn covering(low: f64, high: f64, places: [f64; 2]) -> Self {
        let [low, high] = apart(low, high);
        let step = round_step((high - low) / 4.0);
        let (first, last) = ((low / step).ceil(), (high / step).floor());
        Self { values: [low, high], places, ticks: ticks(first, last, step), decimals: decimals(step) }
    }

    /// A scale that ends at round ticks on both sides.
    pub fn rounded(low: f64, high: f64, places: [f64; 2]) -> Self {
        let [low, high] = apart(low, high);
        let step = round_step((high - low) / 4.0);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let values = [first * step, last * step];
        Self { values, places, ticks: ticks(first, last, step), decimals: decimals(step) }
    }

    /// A scale that begins at a value that has a meaning, such as an STR of 1, and ends at a round distance above it.
    pub fn above(low: f64, high: f64, places: [f64; 2]) -> Self {
        let step = round_step((apart(low, high)[1] - low) / 4.0);
        let last = ((high - low) / step).ceil().max(1.0);
        let ticks = ticks(0.0, last, step).into_iter().map(|tick| low + tick).collect();
        Self { values: [low, low + last * step], places, ticks, decimals: decimals(step) }
    }

    /// Where a value lies.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.values[0]) / (self.values[1] - self.values[0]);
        self.places[0] + share * (self.places[1] - self.places[0])
    }

    /// The text of a tick.
    pub fn label(&self, tick: f64) -> String {
        printed(tick, self.decimals)
    }

    /// Width of the widest text of a tick.
    pub fn label_width(&self, style: AxisStyle) -> f64 {
        let width = |tick: &f64| font::width(&self.label(*tick), style.letters, false);
        self.ticks.iter().fold(0.0f64, |most, tick| most.max(width(tick)))
    }

    /// Draws the ticks as lines from left to right with their values to the left; the line of zero as an axis if it is marked.
    pub fn draw_across(&self, svg: &mut Svg, [left, right]: [f64; 2], style: AxisStyle, zero: Zero) {
        let text = TextStyle { anchor: Anchor::End, ..style.text() };
        for &tick in &self.ticks {
            let y = self.at(tick);
            let (colour, wide) = zero.line(tick, style);
            svg.line([left, y], [right, y], colour, wide);
            svg.text(left - style.gap, y + style.drop, &self.label(tick), text);
        }
    }

    /// Draws the ticks as lines from top to floor with their values below; the line of zero as an axis if it is marked.
    pub fn draw_upright(&self, svg: &mut Svg, [top, floor]: [f64; 2], style: AxisStyle, zero: Zero) {
        for &tick in &self.ticks {
            let x = self.at(tick);
            let (colour, wide) = zero.line(tick, style);
            svg.line([x, top], [x, floor], colour, wide);
            self.label_below(svg, tick, floor, style);
        }
    }

    /// Draws the ticks as short marks below a line or a bar of colours, with their values.
    pub fn draw_below(&self, svg: &mut Svg, floor: f64, style: AxisStyle) {
        for &tick in &self.ticks {
            let x = self.at(tick);
            svg.line([x, floor], [x, floor + style.mark], AXIS_COLOUR, AXIS);
            self.label_below(svg, tick, floor, style);
        }
    }

    fn label_below(&self, svg: &mut Svg, tick: f64, floor: f64, style: AxisStyle) {
        let text = TextStyle { anchor: Anchor::Middle, ..style.text() };
        svg.text(self.at(tick), floor + style.below, &self.label(tick), text);
    }
}

/// The two ends; a little apart if they are the same.
fn apart(low: f64, high: f64) -> [f64; 2] {
    if high - low > 1e-12 * (1.0 + high.abs()) { [low, high] } else { [low - 0.5, high + 0.5] }
}

/// The round distance of ticks (1, 2 or 5 times a power of ten) nearest above a rough one.
fn round_step(rough: f64) -> f64 {
    let magnitude = libm::pow(10.0, libm::floor(libm::log10(rough)));
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|lead| lead * magnitude)
        .find(|step| rough <= SLACK * step)
        .unwrap_or(10.0 * magnitude)
}

fn ticks(first: f64, last: f64, step: f64) -> Vec<f64> {
    let count = (last - first).max(0.0) as usize;
    (0..=count).map(|n| (first + n as f64) * step).collect()
}

fn decimals(step: f64) -> usize {
    (-libm::floor(libm::log10(step))).max(0.0) as usize
}

/// A number with so many decimals, with a minus sign, and no minus before a zero.
fn printed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        text.trim_start_matches('-').to_owned()
    } else {
        text.replace('-', "−")
    }
}

/// A number with three significant digits or two decimals.
///
/// ```
/// use monazite::report::figures::chart::short_number;
/// assert_eq!([123.4, 12.34, -1.234, -0.001].map(short_number), ["123", "12.3", "−1.23", "0.00"]);
/// ```
pub fn short_number(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    printed(value, decimals)
}

/// Whether the line of zero is drawn as an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zero {
    /// It is a tick like all others.
    Plain,
    /// It is.
    Marked,
}

impl Zero {
    fn line(self, tick: f64, style: AxisStyle) -> (&'static str, f64) {
        if self == Self::Marked && tick.abs() < 1e-12 { (AXIS_COLOUR, AXIS) } else { (FAINT, style.grid) }
    }
}

/// Letters and distances of axes, in the unit of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AxisStyle {
    /// Size of the letters.
    pub letters: f64,
    /// Width of the lines of ticks.
    pub grid: f64,
    /// From the end of a line to the text beside it.
    pub gap: f64,
    /// From a line to the base of the text beside it.
    pub drop: f64,
    /// From the floor to the base of the text below it.
    pub below: f64,
    /// Length of a mark below the floor.
    pub mark: f64,
}

impl AxisStyle {
    /// In figures, in points of the paper.
    pub const FIGURE: Self = Self { letters: SMALL, grid: GRID, gap: 2.5, drop: 2.0, below: 8.5, mark: 2.0 };
    /// In the small charts of pages, which browsers show a little smaller or larger than drawn.
    pub const PAGE: Self = Self { letters: 11.0, grid: 1.0, gap: 5.0, drop: 3.5, below: 16.5, mark: 4.0 };

    /// Texts of ticks.
    pub fn text(self) -> TextStyle<'static> {
        TextStyle { size: self.letters, fill: SOFT, ..TextStyle::default() }
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke<'a> {
    /// Its colour.
    pub colour: &'a str,
    /// Its width.
    pub width: f64,
    /// Lengths of dashes and gaps, for a line that is not solid.
    pub dashes: Option<&'a str>,
}

/// Years from left to right, values upwards.
#[derive(Debug, Clone, PartialEq)]
pub struct YearPlot {
    /// Left and right end.
    pub across: [f64; 2],
    /// First and last year.
    pub years: [u16; 2],
    /// The values.
    pub values: Scale,
    /// Its axes.
    pub style: AxisStyle,
}

impl YearPlot {
    /// Where a value of a year lies.
    pub fn at(&self, year: u16, value: f64) -> [f64; 2] {
        let span = f64::from(self.years[1] - self.years[0]).max(1.0);
        let share = f64::from(year - self.years[0]) / span;
        [self.across[0] + (self.across[1] - self.across[0]) * share, self.values.at(value)]
    }

    /// Draws the ticks of the values, and the axis with its first and last year.
    pub fn draw_axes(&self, svg: &mut Svg) {
        let ([left, right], style) = (self.across, self.style);
        self.values.draw_across(svg, self.across, style, Zero::Plain);
        let floor = self.floor();
        svg.line([left, floor], [right, floor], AXIS_COLOUR, AXIS);
        for year in self.years {
            let x = self.x(year);
            svg.line([x, floor], [x, floor + style.mark], AXIS_COLOUR, AXIS);
        }
        svg.text(left, floor + style.below, &self.years[0].to_string(), style.text());
        if self.years[1] > self.years[0] {
            let text = TextStyle { anchor: Anchor::End, ..style.text() };
            svg.text(right, floor + style.below, &self.years[1].to_string(), text);
        }
    }

    /// Adds a year in the middle to the axis, if there are enough of them for it to have room.
    pub fn draw_middle_year(&self, svg: &mut Svg) {
        let [first, last] = self.years;
        if last - first >= 6 {
            let year = first + (last - first) / 2;
            let (x, floor, style) = (self.x(year), self.floor(), self.style);
            svg.line([x, floor], [x, floor + style.mark], AXIS_COLOUR, AXIS);
            let text = TextStyle { anchor: Anchor::Middle, ..style.text() };
            svg.text(x, floor + style.below, &year.to_string(), text);
        }
    }

    fn x(&self, year: u16) -> f64 {
        self.at(year, self.values.values[0])[0]
    }

    fn floor(&self) -> f64 {
        self.values.places[0]
    }

    /// Draws a line through the values of years.
    pub fn line(&self, svg: &mut Svg, points: impl IntoIterator<Item = (u16, f64)>, stroke: Stroke<'_>) {
        let line: Vec<[f64; 2]> = points.into_iter().map(|(year, value)| self.at(year, value)).collect();
        svg.polyline(&line, stroke.colour, stroke.width, stroke.dashes);
    }

    /// Fills what lies between a low and a high value of each year.
    pub fn band(&self, svg: &mut Svg, points: &[(u16, [f64; 2])], colour: &str, opacity: f64) {
        let upper = points.iter().map(|(year, [_, high])| self.at(*year, *high));
        let lower = points.iter().rev().map(|(year, [low, _])| self.at(*year, *low));
        let band: Vec<[f64; 2]> = upper.chain(lower).collect();
        svg.polygon(&band, colour, opacity);
    }

    /// Draws a dot at a value, which says what it is when the pointer rests on it.
    pub fn dot(&self, svg: &mut Svg, (year, value): (u16, f64), radius: f64, colour: &str, words: &str) {
        svg.mark(self.at(year, value), radius, colour, words);
    }
}

/// First and last of some years; 0 if there are none.
pub fn ends_of(years: impl Iterator<Item = u16> + Clone) -> [u16; 2] {
    [years.clone().min().unwrap_or(0), years.max().unwrap_or(0)]
}

/// Letter of a panel: a, b, ... z, aa, ab, ...
///
/// ```
/// use monazite::report::figures::chart::letter_of;
/// assert_eq!([0, 25, 26, 27].map(letter_of), ["a", "z", "aa", "ab"]);
/// ```
pub fn letter_of(at: usize) -> String {
    let last = char::from(b'a' + (at % 26) as u8);
    if at < 26 { last.to_string() } else { format!("{}{last}", letter_of(at / 26 - 1)) }
}

/// Writes letter and title of a panel, the title `indent` to the right of the letter.
pub fn panel_head(svg: &mut Svg, [left, base]: [f64; 2], letter: &str, title: &str, indent: f64) {
    let bold = TextStyle { bold: true, ..TextStyle::default() };
    svg.text(left, base, letter, TextStyle { size: PANEL_LETTER, ..bold });
    svg.text(left + indent, base, title, TextStyle { size: HEAD, ..bold });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_round_ticks() {
        let scale = Scale::covering(0.13, 1.13, [0.0, 100.0]);
        assert_eq!(scale.ticks, [0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert!((scale.at(0.63) - 50.0).abs() < 1e-12, "{}", scale.at(0.63));
        assert_eq!(scale.label(0.6000000000000001), "0.6");
        let flat = Scale::covering(3.0, 3.0, [0.0, 1.0]);
        assert!(flat.ticks.len() >= 3 && flat.at(3.0) == 0.5);
        assert_eq!(Scale::covering(-1.0, 1.0, [0.0, 1.0]).label(-0.0), "0.0");
    }

    #[test]
    fn scales_end_where_they_are_told_to() {
        let rounded = Scale::rounded(1.13, 1.87, [90.0, 10.0]);
        assert_eq!(rounded.values, [1.0, 2.0]);
        assert_eq!((rounded.at(1.0), rounded.at(2.0)), (90.0, 10.0));
        assert_eq!(rounded.ticks.first().copied(), Some(1.0));
        let above = Scale::above(1.0, 1.9, [90.0, 10.0]);
        assert_eq!((above.ticks[0], above.values), (1.0, [1.0, 2.0]));
        // From a meaningful end on, even where round values would begin elsewhere.
        let far = Scale::above(1.0, 9.3, [90.0, 10.0]);
        assert_eq!(far.ticks, [1.0, 3.0, 5.0, 7.0, 9.0, 11.0]);
        let flat = Scale::above(1.0, 1.0, [90.0, 10.0]);
        assert!(flat.values[1] > 1.0 && flat.at(1.0) == 90.0);
    }

    #[test]
    fn lines_and_bands_lie_within_the_axes() {
        let style = AxisStyle::FIGURE;
        let values = Scale::rounded(0.0, 10.0, [80.0, 20.0]);
        let plot = YearPlot { across: [30.0, 130.0], years: [2000, 2010], values, style };
        assert_eq!(plot.at(2005, 5.0), [80.0, 50.0]);
        let mut svg = Svg::new(140.0, 100.0);
        plot.draw_axes(&mut svg);
        plot.draw_middle_year(&mut svg);
        plot.line(
            &mut svg,
            [(2000, 0.0), (2010, 10.0)],
            Stroke { colour: "#111111", width: 1.0, dashes: None },
        );
        plot.band(&mut svg, &[(2000, [0.0, 2.0]), (2010, [8.0, 10.0])], "#111111", 0.1);
        plot.dot(&mut svg, (2005, 5.0), 2.0, "#111111", "2005: <5>");
        let out = svg.finish(50.0, "chart");
        for part in [
            ">2000</text>",
            ">2005</text>",
            ">2010</text>",
            "<polyline points=\"30,80 130,20\"",
            "<polygon points=\"30,68 130,20 130,32 30,80\"",
            "<title>2005: &lt;5&gt;</title>",
        ] {
            assert!(out.contains(part), "{part}: {out}");
        }
        let one = YearPlot { years: [2000, 2000], ..plot };
        assert_eq!(one.at(2000, 0.0)[0], 30.0);
        assert_eq!(ends_of([2003, 2001, 2002].into_iter()), [2001, 2003]);
    }
}
