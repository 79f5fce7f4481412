//! How the figure of chokepoints is drawn: a matrix of products and suppliers, and small lines over the years.

use super::chart::{AxisStyle, Scale, Stroke, YearPlot, letter_of};
use super::chokepoint_numbers::{Chokepoints, Point, Row, Trend};
use super::end_labels::spread;
use super::font;
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{ACCENT, INK, LABEL, LINE, MUTED, SMALL, SOFT, TINY, cluster_colour};
use crate::report::brief::cut;

/// What re-exporters then lack.
const PASSED_ON: &str = "#8fc1e3";
/// Below a bar that is not full.
const TRACK: &str = "#eceef1";
/// Height of a line of the matrix, and of its bars.
const ROW_HIGH: f64 = 17.0;
const BAR: f64 = 4.2;
/// Names of suppliers stand upright, this high.
const HEAD_HIGH: f64 = 46.0;

/// Draws products by suppliers.
pub(super) fn draw_matrix(figure: &Chokepoints, width: f64) -> Svg {
    let mut svg = Svg::new(width, 0.0);
    let names = (0.32 * width).min(170.0);
    let step = (width - names) / figure.suppliers.len().max(1) as f64;
    let gap = (0.12 * step).min(3.0);
    let top = draw_key(&mut svg, width);
    let upright = TextStyle { size: LABEL, ..TextStyle::default() };
    let floor = top + head_high(figure);
    for (n, supplier) in figure.suppliers.iter().enumerate() {
        let x = names + step * n as f64 + 0.5 * step;
        let name = if supplier.name.is_empty() { &supplier.code } else { &supplier.name };
        let name = font::cut(name, LABEL, false, HEAD_HIGH);
        let middle = floor - 4.0 - 0.5 * font::width(&name, LABEL, false);
        svg.text_upwards([x + 2.2, middle], &name, upright.size, upright.fill);
    }
    for (at, row) in figure.rows.iter().enumerate() {
        let y = floor + ROW_HIGH * at as f64;
        if at > 0 {
            svg.line([0.0, y], [width, y], TRACK, 0.4);
        }
        draw_product(&mut svg, row, [0.0, y], names - 6.0);
        for cell in &row.cells {
            let supplier = &figure.suppliers[cell.supplier];
            let (x, wide) = (names + step * cell.supplier as f64 + gap, step - 2.0 * gap);
            let name = if supplier.name.is_empty() { &supplier.code } else { &supplier.name };
            let hit = if cell.hit.1.is_empty() { &cell.hit.0 } else { &cell.hit.1 };
            svg.open_titled(&format!(
                "{}, {name} stops: the others lose {:.1} % of their imports (mass balance); directly {:.1} %, exposure {:.1} %; hit most: {hit}",
                row.code,
                100.0 * cell.power,
                100.0 * cell.direct,
                100.0 * cell.exposure
            ));
            let bar = y + 10.2;
            svg.rectangle(x, bar, wide, BAR, TRACK, 1.0);
            svg.rectangle(x, bar, wide * cell.power.min(1.0), BAR, PASSED_ON, 1.0);
            svg.rectangle(x, bar, wide * cell.direct.min(cell.power).min(1.0), BAR, ACCENT, 1.0);
            let style = TextStyle {
                anchor: Anchor::Middle,
                bold: cell.power >= 0.5,
                fill: if cell.power >= 0.1 { INK } else { SOFT },
                size: if step < 16.0 { SMALL } else { LABEL },
                ..TextStyle::default()
            };
            svg.text(x + 0.5 * wide, y + 8.2, &format!("{:.0}", 100.0 * cell.power), style);
            svg.close();
        }
    }
    svg.set_height(floor + ROW_HIGH * figure.rows.len() as f64 + 2.5);
    svg
}

/// Height of the names of suppliers.
fn head_high(figure: &Chokepoints) -> f64 {
    let wide = |name: &str| font::width(&font::cut(name, LABEL, false, HEAD_HIGH), LABEL, false);
    figure.suppliers.iter().fold(0.0f64, |most, s| most.max(wide(&s.name))) + 8.0
}

/// What the colours are; returns where the names of suppliers begin.
fn draw_key(svg: &mut Svg, width: f64) -> f64 {
    let (mut x, mut y) = (0.0, 7.0);
    let keys = [("sold by itself", ACCENT), ("what others then cannot sell on (at most)", PASSED_ON)];
    for (words, colour) in keys {
        let wide = 9.0 + font::width(words, LABEL, false) + 9.0;
        if x > 0.0 && x + wide > width {
            (x, y) = (0.0, y + 10.0);
        }
        svg.rectangle(x, y - 5.2, 6.0, 6.0, colour, 1.0);
        svg.text(x + 9.0, y, words, TextStyle::default());
        x += wide;
    }
    let words = "number: % of the others’ imports lost";
    if x + font::width(words, LABEL, false) > width {
        (x, y) = (0.0, y + 10.0);
    }
    svg.text(x, y, words, TextStyle { fill: SOFT, ..TextStyle::default() });
    y + 6.0
}

fn draw_product(svg: &mut Svg, row: &Row, [left, y]: [f64; 2], width: f64) {
    let bold = TextStyle { bold: true, ..TextStyle::default() };
    svg.text(left, y + 7.6, &row.code, bold);
    let text = font::cut(&cut(&row.text, 80), SMALL, false, width);
    svg.text(left, y + 14.4, &text, TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() });
}

/// Draws the suppliers with most power over the years, a panel a product.
pub(super) fn draw_trends(figure: &Chokepoints, width: f64, slide: bool) -> Svg {
    let columns = match figure.trends.len() {
        _ if width < 220.0 => 1,
        n if width < 380.0 => n.min(2),
        n if slide => n.min(4),
        n => n.min(3),
    }
    .max(1);
    let gutter = 12.0;
    let across = (width - gutter * (columns as f64 - 1.0)) / columns as f64;
    let high = (0.62 * across).clamp(78.0, 105.0) + 16.0;
    let colours = colours_of(figure);
    let mut svg = Svg::new(width, 0.0);
    let key = [("share of the others’ imports lost at a stop", None), ("sold by itself", Some(DOTS))];
    let (mut x, mut y) = (0.0, 8.0);
    for (words, dashes) in key {
        let wide = 15.0 + font::width(words, LABEL, false) + 11.0;
        if x > 0.0 && x + wide > width {
            (x, y) = (0.0, y + 10.0);
        }
        svg.polyline(
            &[[x, y - 2.3], [x + 12.0, y - 2.3]],
            SOFT,
            if dashes.is_some() { 0.9 } else { 1.4 },
            dashes,
        );
        svg.text(x + 15.0, y, words, TextStyle::default());
        x += wide;
    }
    let top = y + 7.0;
    for (at, trend) in figure.trends.iter().enumerate() {
        let corner = [(across + gutter) * (at % columns) as f64, top + high * (at / columns) as f64];
        draw_trend(&mut svg, trend, corner, [across, high], figure.years, &colours, &letter_of(at));
    }
    svg.set_height(top + high * figure.trends.len().div_ceil(columns) as f64);
    svg
}

/// Dots of the lines of direct shares.
const DOTS: &str = "1 1.8";

/// Codes of the suppliers of the trends in the order of their colours: by the most power that they ever had over a product.
fn colours_of(figure: &Chokepoints) -> Vec<String> {
    let mut most: Vec<(&str, f64)> = Vec::new();
    for line in figure.trends.iter().flat_map(|trend| &trend.lines) {
        let power = line.points.iter().fold(0.0f64, |most, point| most.max(point.power));
        match most.iter_mut().find(|(code, _)| *code == line.supplier.code) {
            Some((_, known)) => *known = known.max(power),
            None => most.push((&line.supplier.code, power)),
        }
    }
    most.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    most.into_iter().map(|(code, _)| code.to_owned()).collect()
}

fn draw_trend(
    svg: &mut Svg,
    trend: &Trend,
    [left, top]: [f64; 2],
    [width, high]: [f64; 2],
    years: [u16; 2],
    colours: &[String],
    letter: &str,
) {
    let bold = TextStyle { bold: true, ..TextStyle::default() };
    svg.text(left, top + 7.0, letter, bold);
    let indent = font::width(letter, LABEL, true) + 4.0;
    svg.text(left + indent, top + 7.0, &trend.code, TextStyle { size: SMALL, ..bold });
    let from = indent + font::width(&trend.code, SMALL, true) + 3.0;
    let text = font::cut(&cut(&trend.text, 80), SMALL, false, width - from);
    svg.text(left + from, top + 7.0, &text, TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() });
    let style = AxisStyle::FIGURE;
    let values = Scale::above(0.0, 1.0, [top + high - 15.0, top + 14.0]);
    let room = font::width("MMM", TINY, true) + 3.0;
    let across = [left + values.label_width(style) + 3.5, left + width - room];
    let plot = YearPlot { across, years, values, style };
    plot.draw_axes(svg);
    plot.draw_middle_year(svg);
    // Twelve colours can be told apart; those after them are grey and have their codes.
    let colour = |code: &str| match colours.iter().position(|known| known == code) {
        Some(n) if n < 12 => cluster_colour(n as u32 + 1),
        _ => MUTED,
    };
    for line in &trend.lines {
        let colour = colour(&line.supplier.code);
        for piece in line.points.chunk_by(|a, b| a.year + 1 == b.year) {
            let of = |of: fn(&Point) -> f64| piece.iter().map(move |p| (p.year, of(p)));
            plot.line(svg, of(|p| p.direct), Stroke { colour, width: 0.75 * LINE, dashes: Some(DOTS) });
            plot.line(svg, of(|p| p.power), Stroke { colour, width: 1.2 * LINE, dashes: None });
        }
        for point in &line.points {
            let words = format!(
                "{} {}: {:.0} % lost at its stop, {:.0} % sold by itself",
                point.year,
                line.supplier.name,
                100.0 * point.power,
                100.0 * point.direct
            );
            svg.hint(plot.at(point.year, point.power), 2.2, &words);
        }
    }
    let ends: Vec<f64> = trend
        .lines
        .iter()
        .map(|line| line.points.last().map_or(0.0, |p| plot.at(p.year, p.power)[1]))
        .collect();
    let places = spread(&ends, TINY + 1.0, [top + 14.0, top + high - 15.0]);
    for (line, y) in trend.lines.iter().zip(places) {
        let style =
            TextStyle { size: TINY, bold: true, fill: colour(&line.supplier.code), ..TextStyle::default() };
        svg.text(across[1] + 3.0, y + 1.7, &line.supplier.code, style);
    }
}
