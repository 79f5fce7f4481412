//! The small charts of the page, as inline SVG.

use std::fmt::Write;

use super::data::TrendPoint;
use crate::html::escaped;

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 38.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;

/// A place in the plane for years and values.
struct Frame {
    years: (u16, u16),
    values: (f64, f64),
    ticks: Vec<f64>,
}

impl Frame {
    fn new(years: &[u16], low: f64, high: f64) -> Self {
        let (low, high) = if high - low < 1e-9 { (low - 0.5, high + 0.5) } else { (low, high) };
        let step = nice_step((high - low) / 3.0);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let ticks: Vec<f64> = (0..=(last - first) as usize).map(|n| (first + n as f64) * step).collect();
        let first_year = years.first().copied().unwrap_or(0);
        let last_year = years.last().copied().unwrap_or(0);
        Self { years: (first_year, last_year), values: (first * step, last * step), ticks }
    }

    fn x(&self, year: u16) -> f64 {
        let span = f64::from(self.years.1 - self.years.0).max(1.0);
        LEFT + (WIDTH - LEFT - RIGHT) * f64::from(year - self.years.0) / span
    }

    fn y(&self, value: f64) -> f64 {
        let span = self.values.1 - self.values.0;
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.values.0) / span
    }

    /// Axes: ticks of the value, first, middle and last year.
    fn draw(&self, out: &mut String) {
        for &tick in &self.ticks {
            let y = self.y(tick);
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 5.0,
                y + 3.5,
                tick_text(tick, &self.ticks)
            );
        }
        let (first, last) = self.years;
        let mut labels = vec![first];
        if last > first {
            labels.push(last);
        }
        if last - first >= 6 {
            labels.push(first + (last - first) / 2);
        }
        for year in labels {
            let anchor = if year == first && last > first {
                "start"
            } else if year == last && last > first {
                "end"
            } else {
                "middle"
            };
            let _ = write!(
                out,
                "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{year}</text>",
                self.x(year),
                HEIGHT - 7.0
            );
        }
    }

    fn line(&self, out: &mut String, class: &str, points: &[(u16, f64)]) {
        let path: Vec<String> =
            points.iter().map(|&(year, value)| format!("{:.1},{:.1}", self.x(year), self.y(value))).collect();
        let _ = write!(out, "<polyline class=\"{class}\" points=\"{}\"/>", path.join(" "));
    }

    /// Small discs with the value as a tooltip.
    fn dots(&self, out: &mut String, class: &str, points: &[(u16, f64)], words: &str) {
        for &(year, value) in points {
            let _ = write!(
                out,
                "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.4\"><title>{year}: {words} {value:.3}</title></circle>",
                self.x(year),
                self.y(value)
            );
        }
    }
}

fn nice_step(rough: f64) -> f64 {
    let magnitude = 10f64.powi(rough.log10().floor() as i32);
    let lead = rough / magnitude;
    let nice = if lead < 1.5 {
        1.0
    } else if lead < 3.5 {
        2.0
    } else if lead < 7.5 {
        5.0
    } else {
        10.0
    };
    nice * magnitude
}

fn tick_text(tick: f64, ticks: &[f64]) -> String {
    let step = if ticks.len() > 1 { ticks[1] - ticks[0] } else { 1.0 };
    let digits = (-step.log10().floor()).max(0.0) as usize;
    format!("{tick:.digits$}")
}

/// STR of the average importer over the years, and what it would have been if only the network, or only
/// stability, or only who imports had changed. Empty text if there is nothing to draw.
pub(super) fn str_trend(name: &str, trend: &[TrendPoint]) -> String {
    let level: Vec<(u16, f64)> = trend.iter().filter_map(|p| Some((p.year, p.str?))).collect();
    let Some(&(first_year, start)) = level.first() else { return String::new() };
    let mut paths: [Vec<(u16, f64)>; 3] = std::array::from_fn(|_| vec![(first_year, start)]);
    let mut sums = [start; 3];
    for point in trend.iter().filter(|p| p.year > first_year) {
        // A gap in the trade of a product ends the decomposition; the level goes on.
        let Some(parts) = point.parts else { break };
        for ((sum, part), path) in sums.iter_mut().zip(parts).zip(&mut paths) {
            *sum += part;
            path.push((point.year, *sum));
        }
    }
    let all = || level.iter().chain(paths.iter().flatten()).map(|p| p.1);
    let (low, high) =
        all().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let years: Vec<u16> = trend.iter().map(|p| p.year).collect();
    let frame = Frame::new(&years, low, high);
    let last = level.last().map_or(start, |p| p.1);
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escaped(&format!(
            "Mean STR of {name}, weighted by imports: {start:.2} in {first_year}, {last:.2} in {}.",
            level.last().map_or(first_year, |p| p.0)
        ))
    );
    frame.draw(&mut out);
    if paths[0].len() > 1 {
        for (class, path) in
            ["line importers", "line stability", "line network"].iter().zip([&paths[2], &paths[1], &paths[0]])
        {
            frame.line(&mut out, class, path);
        }
    }
    frame.line(&mut out, "line level", &level);
    frame.dots(&mut out, "dot", &level, "STR");
    out.push_str("</svg>");
    out
}

/// Shares by year, one line a product, as a small chart.
pub(super) fn share_chart(label: &str, series: &[(u16, f64)]) -> String {
    let years: Vec<u16> = series.iter().map(|p| p.0).collect();
    let percent: Vec<(u16, f64)> = series.iter().map(|&(year, share)| (year, share * 100.0)).collect();
    let high = percent.iter().fold(0.0f64, |high, p| high.max(p.1));
    let frame = Frame::new(&years, 0.0, high.max(0.1));
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escaped(&format!("{label}, percent, by year"))
    );
    frame.draw(&mut out);
    frame.line(&mut out, "line level", &percent);
    frame.dots(&mut out, "dot", &percent, "percent");
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(year: u16, str: f64, parts: Option<[f64; 3]>) -> TrendPoint {
        TrendPoint { year, str: Some(str), parts }
    }

    #[test]
    fn steps_are_round() {
        assert_eq!([0.11, 0.2, 0.4, 0.9].map(nice_step), [0.1, 0.2, 0.5, 1.0]);
        assert_eq!(tick_text(1.5, &[1.0, 1.5]), "1.5");
        assert_eq!(tick_text(20.0, &[0.0, 20.0]), "20");
    }

    #[test]
    fn a_chart_is_well_formed_and_within_its_frame() {
        let trend = [
            point(2007, 1.7, None),
            point(2008, 1.9, Some([0.1, 0.05, 0.05])),
            point(2009, 1.6, Some([-0.2, -0.05, -0.05])),
        ];
        let svg = str_trend("284690 <x>", &trend);
        assert_eq!(svg.matches("<polyline").count(), 4);
        assert!(svg.contains("284690 &lt;x&gt;") && svg.ends_with("</svg>"));
        for value in svg.split("cy=\"").skip(1) {
            let y: f64 = value.split('"').next().unwrap().parse().unwrap();
            assert!((TOP..=HEIGHT - BOTTOM).contains(&y));
        }
    }

    #[test]
    fn one_year_and_no_year() {
        assert!(str_trend("x", &[]).is_empty());
        let one = str_trend("x", &[point(2002, 1.7, None)]);
        assert!(one.contains(">2002<") && !one.contains("NaN") && !one.contains("inf"));
    }
}
