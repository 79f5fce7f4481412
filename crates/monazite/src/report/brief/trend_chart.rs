//! The trend of a product, with and without the trickles that close loops.

use std::fmt::Write;

use super::html::put;
use super::product::ProductBrief;
use crate::html::escaped;
use crate::run::RunView;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 22.0;

/// The chart as inline SVG; empty if there are not two years with a value.
pub(super) fn trend_chart(view: &RunView<'_>, brief: &ProductBrief) -> String {
    let level: Vec<(u16, f64)> = brief.trend.iter().filter_map(|(year, t)| Some((*year, t.str?))).collect();
    let (Some(first), Some(last)) = (level.first(), level.last()) else { return String::new() };
    if level.len() < 2 {
        return String::new();
    }
    let without: Vec<(u16, f64)> = level
        .iter()
        .map(|&(year, str)| {
            let found = brief.loops.iter().find(|l| view.panel.years[l.year] == year);
            (year, found.map_or(str, |l| l.without))
        })
        .collect();
    let high = level.iter().fold(1.0f64, |high, p| high.max(p.1));
    let top = 1.0 + 0.5 * ((high - 1.0) / 0.5).ceil().max(1.0);
    let x =
        |year: u16| LEFT + (WIDTH - LEFT - RIGHT) * f64::from(year - first.0) / f64::from(last.0 - first.0);
    let y = |value: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - 1.0) / (top - 1.0);
    let mut out = String::new();
    put!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escaped(&format!(
            "STR of the average importer of {}: {:.2} in {}, {:.2} in {}",
            view.panel.products[brief.product].code, first.1, first.0, last.1, last.0
        ))
    );
    let steps = ((top - 1.0) / 0.5).round() as usize;
    let every = steps.div_ceil(5).max(1);
    for step in (0..=steps).step_by(every) {
        let tick = 1.0 + 0.5 * step as f64;
        put!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{1:.1}\" y2=\"{1:.1}\"/><text class=\"tick\" x=\"{2:.1}\" y=\"{3:.1}\" text-anchor=\"end\">{tick:.1}</text>",
            WIDTH - RIGHT,
            y(tick),
            LEFT - 5.0,
            y(tick) + 3.5
        );
    }
    for (year, anchor) in [(first.0, "start"), (last.0, "end")] {
        put!(
            out,
            "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{year}</text>",
            x(year),
            HEIGHT - 6.0
        );
    }
    let line = |out: &mut String, class: &str, points: &[(u16, f64)]| {
        let path: Vec<String> = points.iter().map(|&(t, v)| format!("{:.1},{:.1}", x(t), y(v))).collect();
        put!(out, "<polyline class=\"line {class}\" points=\"{}\"/>", path.join(" "));
    };
    if !brief.loops.is_empty() {
        line(&mut out, "without", &without);
    }
    line(&mut out, "level", &level);
    for (&(year, str), &(_, cut)) in level.iter().zip(&without) {
        let words = if cut < str {
            format!("{year}: {str:.2}, {cut:.2} without")
        } else {
            format!("{year}: {str:.2}")
        };
        put!(
            out,
            "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.6\"><title>{words}</title></circle>",
            x(year),
            y(str)
        );
    }
    out.push_str("</svg>\n");
    out
}
