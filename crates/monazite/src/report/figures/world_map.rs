//! A world map of one number a country.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::font;
use super::outlines::{LATITUDES, SHAPES, Shape, equal_earth, is_drawn};
use super::paper::{Drawn, draw_for};
use super::svg::{Anchor, Svg, TextStyle, number};
use super::theme;
use crate::html::escaped;
use crate::indicators::RiskReading;
use crate::run_folder::CsvTable;
use crate::study::FigureSize;

const TOP: f64 = 27.0;
/// So much room a number of the legend needs.
const LEGEND_ROOM: f64 = 34.0;
const MARGIN: f64 = 5.0;
const BORDER: &str = "#ffffff";
/// Viridis, from low to high: light and dark tell its order too, in print and to those who do not see colours.
const COLOURS: [[u8; 3]; 9] = [
    [68, 1, 84],
    [72, 40, 120],
    [62, 73, 137],
    [49, 104, 142],
    [38, 130, 142],
    [31, 158, 137],
    [53, 183, 121],
    [110, 206, 88],
    [253, 231, 37],
];

/// A number of one country.
#[derive(Debug, Clone, PartialEq)]
pub struct MapRow {
    /// iso3.
    pub code: String,
    /// Name.
    pub name: String,
    /// The number; `None` where it is not defined.
    pub value: Option<f64>,
    /// The number under mass balance, where the map has both readings.
    pub mass_balance: Option<f64>,
}

/// A map in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldMap {
    /// What is shown, of what, when.
    pub title: String,
    /// How it is defined, in a line.
    pub subtitle: String,
    /// Unit of the numbers, for the scale; empty if they have none.
    pub unit: String,
    /// The countries, by code.
    pub rows: Vec<MapRow>,
    /// Whether colours follow the logarithm of the number.
    pub logarithmic: bool,
    /// Whether the numbers are shares, shown in percent.
    pub percent: bool,
    /// The reading that colours follow; `None` for numbers that have no second one.
    pub reading: Option<RiskReading>,
}

/// Where places of the projection lie on a drawing of some width.
#[derive(Clone, Copy)]
struct Canvas {
    width: f64,
    scale: f64,
    north: f64,
}

impl Canvas {
    fn of(width: f64) -> Self {
        let scale = (width - 2.0 * MARGIN) / (2.0 * equal_earth(180.0, 0.0)[0]);
        Self { width, scale, north: equal_earth(0.0, LATITUDES[1])[1] }
    }

    fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.width / 2.0 + self.scale * x, TOP + self.scale * (self.north - y)]
    }

    fn south(&self) -> f64 {
        self.at(equal_earth(0.0, LATITUDES[0]))[1]
    }
}

/// How numbers become colours.
struct Colours {
    low: f64,
    high: f64,
    /// Whether there are numbers beyond the ends of the scale.
    beyond: [bool; 2],
    logarithmic: bool,
}

impl Colours {
    /// From the 2nd to the 98th percentile, so that a few extreme countries do not make all others alike.
    fn of(map: &WorldMap) -> Option<Self> {
        let usable = |v: &f64| !map.logarithmic || *v > 0.0;
        let mut values: Vec<f64> = map
            .rows
            .iter()
            .filter(|r| is_drawn(&r.code))
            .filter_map(|r| map.drawn_of(r))
            .filter(usable)
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let at = |share: f64| values[(share * last as f64).round() as usize];
        let (low, high) = (at(0.02), at(0.98));
        let (low, high) = if high > low { (low, high) } else { (values[0], values[last]) };
        Some(Self { low, high, beyond: [values[0] < low, values[last] > high], logarithmic: map.logarithmic })
    }

    fn share(&self, value: f64) -> f64 {
        let of = |v: f64| if self.logarithmic { libm::log10(v.max(f64::MIN_POSITIVE)) } else { v };
        let (low, high) = (of(self.low), of(self.high));
        if high > low { ((of(value) - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 }
    }

    fn colour(&self, value: f64) -> String {
        colour_at(self.share(value))
    }
}

fn colour_at(share: f64) -> String {
    theme::colour_along(&COLOURS, share)
}

impl WorldMap {
    /// Countries that have a value and can be drawn.
    pub fn drawn(&self) -> usize {
        self.rows.iter().filter(|r| self.drawn_of(r).is_some() && is_drawn(&r.code)).count()
    }

    /// The number of a row that colours show.
    fn drawn_of(&self, row: &MapRow) -> Option<f64> {
        match self.reading {
            Some(RiskReading::MassBalance) => row.mass_balance,
            _ => row.value,
        }
    }

    /// The numbers as csv: country, name, value, and the value under mass balance where there are two readings.
    pub(crate) fn csv(&self) -> CsvTable {
        let of = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let all = ["country", "name", "value", "mass_balance"];
        let shown = if self.reading.is_some() { &all[..] } else { &all[..3] };
        let mut table = CsvTable::new(shown);
        for row in &self.rows {
            let cells = [row.code.clone(), row.name.clone(), of(row.value), of(row.mass_balance)];
            table.row(&cells[..shown.len()]);
        }
        table
    }

    /// What is said of a country that has a number.
    fn words(&self, row: &MapRow, name: &str, value: f64) -> String {
        let text = format!("{name}: {}{}", self.short(value), spaced(&self.unit));
        let other = match self.reading {
            Some(RiskReading::MassBalance) => {
                row.value.map(|v| format!("; without mass balance {}", self.short(v)))
            }
            Some(RiskReading::Str) => row.mass_balance.map(|v| format!("; mass-balanced {}", self.short(v))),
            None => None,
        };
        text + &other.unwrap_or_default()
    }

    /// The map. Hovering over a country shows its number.
    pub fn draw(&self, size: FigureSize, source: &str) -> Drawn {
        draw_for(size, &format!("World map: {}. {}", self.title, self.subtitle), source, &|width| {
            self.on(width)
        })
    }

    fn short(&self, value: f64) -> String {
        if self.percent { format!("{:.0} %", 100.0 * value) } else { short(value) }
    }

    fn on(&self, width: f64) -> Svg {
        let canvas = Canvas::of(width);
        let mut svg = Svg::new(width, canvas.south() + 34.0);
        svg.insert(&format!(
            "<defs><pattern id=\"no-value\" width=\"3\" height=\"3\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"3\" \
             height=\"3\" fill=\"#ececec\"/><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"3\" stroke=\"#c4c4c4\" stroke-width=\"1\"/></pattern>\
             <linearGradient id=\"map-scale\">{}</linearGradient></defs>",
            (0..COLOURS.len())
                .map(|n| {
                    let share = n as f64 / (COLOURS.len() - 1) as f64;
                    format!("<stop offset=\"{share}\" stop-color=\"{}\"/>", colour_at(share))
                })
                .collect::<String>()
        ));
        svg.text(
            MARGIN,
            10.0,
            &self.title,
            TextStyle { size: theme::HEAD, bold: true, ..TextStyle::default() },
        );
        let lines = font::lines(&self.subtitle, theme::SMALL, false, width - 2.0 * MARGIN);
        for (n, line) in lines.iter().take(2).enumerate() {
            let y = 18.5 + 7.0 * n as f64;
            svg.text(
                MARGIN,
                y,
                line,
                TextStyle { size: theme::SMALL, fill: theme::SOFT, ..TextStyle::default() },
            );
        }
        let colours = Colours::of(self);
        let values: BTreeMap<&str, &MapRow> = self.rows.iter().map(|r| (r.code.as_str(), r)).collect();
        let mut points = String::new();
        for (code, shape) in SHAPES.iter() {
            let row = values.get(code);
            let value = row.and_then(|r| self.drawn_of(r));
            let fill = match (&colours, value) {
                (Some(colours), Some(value)) => colours.colour(value),
                _ => "url(#no-value)".to_owned(),
            };
            let name = row.map_or(*code, |r| r.name.as_str());
            let words = match row.zip(value) {
                Some((row, value)) => self.words(row, name, value),
                None => format!("{name}: no value"),
            };
            match shape {
                Shape::Rings(rings) => {
                    let mut path = String::new();
                    for ring in rings {
                        for (n, place) in ring.iter().enumerate() {
                            let [x, y] = canvas.at(*place);
                            let _ =
                                write!(path, "{}{} {}", if n == 0 { "M" } else { "L" }, tenth(x), tenth(y));
                        }
                        path.push('Z');
                    }
                    svg.insert(&format!(
                        "<path d=\"{path}\" fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"{BORDER}\" stroke-width=\"0.3\"><title>{}</title></path>",
                        escaped(&words)
                    ));
                }
                Shape::Point(place) => {
                    // A small country without a value is not shown at all.
                    if value.is_some() {
                        let [x, y] = canvas.at(*place);
                        let _ = writeln!(
                            points,
                            "<circle cx=\"{}\" cy=\"{}\" r=\"1.5\" fill=\"{fill}\" stroke=\"{BORDER}\" stroke-width=\"0.4\"><title>{}</title></circle>",
                            tenth(x),
                            tenth(y),
                            escaped(&words)
                        );
                    }
                }
            }
        }
        svg.insert(&points);
        if let Some(colours) = &colours {
            self.legend(&mut svg, colours, canvas.south() + 6.0);
        }
        svg
    }

    fn legend(&self, svg: &mut Svg, colours: &Colours, y: f64) {
        let width = svg.width();
        let length = (0.34 * width).min(180.0);
        let style = TextStyle { size: theme::SMALL, ..TextStyle::default() };
        svg.insert(&format!(
            "<rect x=\"{MARGIN}\" y=\"{}\" width=\"{}\" height=\"6\" fill=\"url(#map-scale)\"/>",
            number(y),
            number(length)
        ));
        for n in 0..=4 {
            let share = f64::from(n) / 4.0;
            let value = if colours.logarithmic {
                let (low, high) = (libm::log10(colours.low), libm::log10(colours.high));
                libm::pow(10.0, low + share * (high - low))
            } else {
                colours.low + share * (colours.high - colours.low)
            };
            let x = MARGIN + share * length;
            svg.line([x, y + 6.0], [x, y + 8.0], theme::AXIS_COLOUR, theme::GRID);
            let (beyond, anchor) = match n {
                0 => (if colours.beyond[0] { "≤ " } else { "" }, Anchor::Start),
                4 => (if colours.beyond[1] { "≥ " } else { "" }, Anchor::End),
                _ => ("", Anchor::Middle),
            };
            // On narrow paper every other number, so that they stand apart.
            if length >= 4.0 * LEGEND_ROOM || n % 2 == 0 {
                svg.text(
                    x,
                    y + 14.5,
                    &format!("{beyond}{}", self.short(value)),
                    TextStyle { anchor, ..style },
                );
            }
        }
        if !self.unit.is_empty() {
            svg.text(MARGIN, y + 22.5, &self.unit, style);
        }
        let x = MARGIN + length + 14.0;
        svg.insert(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"12\" height=\"6\" fill=\"url(#no-value)\"/>",
            number(x),
            number(y)
        ));
        svg.text(x + 16.0, y + 5.4, "no value", style);
        let note = "Outlines: Natural Earth. Equal Earth projection.";
        let style = TextStyle { fill: theme::SOFT, anchor: Anchor::End, ..style };
        svg.text(width - MARGIN, y + 22.5, note, style);
    }
}

fn spaced(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(" {unit}") }
}

fn tenth(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    (if rounded == 0.0 { 0.0 } else { rounded }).to_string()
}

/// A number with about three digits.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 1e9 {
        format!("{:.3e}", value)
    } else if size >= 1000.0 {
        crate::units::grouped(value.max(0.0).round() as u64)
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        let text = format!("{value:.2}");
        if text == "-0.00" { "0.00".to_owned() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: &[(&str, Option<f64>)]) -> WorldMap {
        WorldMap {
            title: "STR <2023> & \"more\"".to_owned(),
            subtitle: "mean".to_owned(),
            unit: String::new(),
            rows: values
                .iter()
                .map(|(code, value)| MapRow {
                    code: (*code).to_owned(),
                    name: format!("Côte d'{code}"),
                    value: *value,
                    mass_balance: None,
                })
                .collect(),
            logarithmic: false,
            percent: false,
            reading: None,
        }
    }

    #[test]
    fn every_country_of_the_release_but_a_few_islands_is_on_the_map() {
        let countries = crate::nomenclature::country::Countries::builtin();
        let missing: Vec<&str> = countries.iso3_codes().into_iter().filter(|code| !is_drawn(code)).collect();
        // Some are former states, some specks of land, some no countries at all.
        assert!(missing.len() < 25, "{missing:?}");
        for code in ["USA", "TWN", "FRA", "IND", "MMR", "COD", "HKG", "SGP", "SRB", "SSD"] {
            assert!(is_drawn(code), "{code}");
        }
    }

    #[test]
    fn shapes_lie_on_the_canvas() {
        let canvas = Canvas::of(510.0);
        let south = canvas.south();
        for (code, shape) in SHAPES.iter() {
            let points: Vec<[f64; 2]> = match shape {
                Shape::Rings(rings) => rings.concat(),
                Shape::Point(point) => vec![*point],
            };
            for [x, y] in points.into_iter().map(|place| canvas.at(place)) {
                assert!(
                    (0.0..=510.0).contains(&x) && (TOP - 1.0..=south + 1.0).contains(&y),
                    "{code} {x} {y}"
                );
            }
        }
    }

    #[test]
    fn values_colours_and_names_are_written() {
        let map = map(&[
            ("DEU", Some(1.0)),
            ("FRA", Some(3.0)),
            ("SGP", Some(2.0)),
            ("CHN", None),
            ("QQQ", Some(9.0)),
        ]);
        assert_eq!(map.drawn(), 3);
        let svg = map.draw(FigureSize::TwoColumns, "").plain;
        assert!(
            svg.contains("<title>Côte d&#39;DEU: 1.00</title>")
                && svg.contains("<title>Côte d&#39;CHN: no value</title>")
        );
        assert!(svg.contains("STR &lt;2023&gt; &amp; &quot;more&quot;"), "escaped");
        assert!(
            svg.contains(&format!("fill=\"{}\"", colour_at(0.0)))
                && svg.contains(&format!("fill=\"{}\"", colour_at(1.0)))
        );
        assert!(!svg.contains("NaN") && svg.matches("<circle").count() == 1);
    }

    #[test]
    fn colours_follow_the_reading_and_the_other_number_stands_beside() {
        let mut map = map(&[("DEU", Some(1.5)), ("FRA", Some(4.0)), ("USA", Some(1.2))]);
        for (row, balanced) in map.rows.iter_mut().zip([1.4, 1.3, 1.2]) {
            row.mass_balance = Some(balanced);
        }
        map.reading = Some(RiskReading::MassBalance);
        let svg = map.draw(FigureSize::TwoColumns, "").plain;
        assert!(svg.contains("<title>Côte d&#39;FRA: 1.30; without mass balance 4.00</title>"), "{svg}");
        let of = |code: &str| {
            let before = &svg[..svg.find(&format!("<title>Côte d&#39;{code}: ")).unwrap()];
            before[before.rfind("fill=\"#").unwrap()..][6..13].to_owned()
        };
        assert_eq!(of("DEU"), colour_at(1.0), "the highest under mass balance, not in the paper's reading");
        assert!(map.csv().bytes().starts_with(b"country,name,value,mass_balance\n"));
        map.reading = Some(RiskReading::Str);
        let svg = map.draw(FigureSize::TwoColumns, "").plain;
        assert!(svg.contains("<title>Côte d&#39;FRA: 4.00; mass-balanced 1.30</title>"), "{svg}");
    }

    #[test]
    fn ends_of_the_scale_are_marked_where_countries_lie_beyond() {
        let codes: Vec<&str> = SHAPES.keys().copied().take(100).collect();
        let values: Vec<(&str, Option<f64>)> = codes
            .iter()
            .enumerate()
            .map(|(n, code)| (*code, Some(if n == 99 { 1000.0 } else { n as f64 })))
            .collect();
        let svg = map(&values).draw(FigureSize::OneColumn, "").plain;
        assert!(svg.contains(">≥ 97.0</text>"), "{}", &svg[svg.len() - 2000..]);
        assert!(map(&[("DEU", None)]).draw(FigureSize::Slide, "").plain.contains("no value"));
    }
}
