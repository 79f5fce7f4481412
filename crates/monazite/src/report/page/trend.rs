//! The small charts of the page, as inline SVG.

use super::data::TrendPoint;
use crate::report::areas::{self, Area};
use crate::report::figures::chart::{AxisStyle, Scale, Stroke, YearPlot, ends_of};
use crate::report::figures::svg::Svg;
use crate::report::figures::theme::{IMPORTERS, LEVEL, NETWORK, STABILITY};

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 190.0;
/// Left and right end of the years.
const ACROSS: [f64; 2] = [38.0, 330.0];
/// Lower and upper end of the values.
const PLACES: [f64; 2] = [166.0, 10.0];

/// An empty chart for years and values, with its axes.
fn axes(years: &[u16], low: f64, high: f64) -> (Svg, YearPlot) {
    let values = Scale::rounded(low, high, PLACES);
    let years = ends_of(years.iter().copied());
    let plot = YearPlot { across: ACROSS, years, values, style: AxisStyle::PAGE };
    let mut svg = Svg::new(WIDTH, HEIGHT);
    plot.draw_axes(&mut svg);
    plot.draw_middle_year(&mut svg);
    (svg, plot)
}

/// A line with a dot for every year, which says its value.
fn level(svg: &mut Svg, plot: &YearPlot, points: &[(u16, f64)], words: &str) {
    line_of(svg, plot, points, words, (2.4, None));
}

/// The same with a width and dashes.
fn line_of(
    svg: &mut Svg,
    plot: &YearPlot,
    points: &[(u16, f64)],
    words: &str,
    (width, dashes): (f64, Option<&'static str>),
) {
    plot.line(svg, points.iter().copied(), Stroke { colour: LEVEL, width, dashes });
    for &(year, value) in points {
        plot.dot(svg, (year, value), width, LEVEL, &format!("{year}: {words} {value:.3}"));
    }
}

/// STR of the average importer over the years under both readings, and what it would have been if only the network, or only
/// stability, or only who imports had changed. Empty text if there is nothing to draw.
pub(super) fn str_trend(name: &str, trend: &[TrendPoint]) -> String {
    let known: Vec<(u16, f64)> = trend.iter().filter_map(|p| Some((p.year, p.str?))).collect();
    let Some(&(first_year, start)) = known.first() else { return String::new() };
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
    let balanced: Vec<(u16, f64)> = trend.iter().filter_map(|p| Some((p.year, p.mass_balance?))).collect();
    let bands: [Area; 2] =
        [0, 1].map(|of: usize| trend.iter().filter_map(|p| Some((p.year, p.areas[of]?))).collect());
    let all = || {
        let lines = known.iter().chain(&balanced).chain(paths.iter().flatten()).map(|p| p.1);
        lines.chain(bands.iter().flat_map(|area| areas::ends(area)))
    };
    let (low, high) =
        all().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let years: Vec<u16> = trend.iter().map(|p| p.year).collect();
    let (mut svg, plot) = axes(&years, low, high);
    for (area, opacity) in bands.iter().zip([areas::OPACITY_BESIDE, areas::OPACITY]) {
        areas::draw(&plot, &mut svg, area, LEVEL, opacity);
    }
    if paths[0].len() > 1 {
        let shown = [(2, IMPORTERS, Some("4 3")), (1, STABILITY, None), (0, NETWORK, None)];
        for (part, colour, dashes) in shown {
            plot.line(&mut svg, paths[part].iter().copied(), Stroke { colour, width: 1.6, dashes });
        }
    }
    line_of(&mut svg, &plot, &known, "STR", (1.5, Some("4 3")));
    level(&mut svg, &plot, &balanced, "mass-balanced STR");
    let ends = balanced.first().zip(balanced.last());
    let balanced = ends.map_or_else(String::new, |(from, to)| {
        format!("; mass-balanced {:.2} in {}, {:.2} in {}", from.1, from.0, to.1, to.0)
    });
    let (last_year, last) = known.last().copied().unwrap_or((first_year, start));
    svg.inline(&format!(
        "Mean STR of {name}, weighted by imports: {start:.2} in {first_year}, {last:.2} in {last_year}{balanced}."
    ))
}

/// Shares by year, as a small chart in percent.
pub(super) fn share_chart(label: &str, series: &[(u16, f64)]) -> String {
    let years: Vec<u16> = series.iter().map(|p| p.0).collect();
    let percent: Vec<(u16, f64)> = series.iter().map(|&(year, share)| (year, share * 100.0)).collect();
    let high = percent.iter().fold(0.0f64, |high, p| high.max(p.1));
    let (mut svg, plot) = axes(&years, 0.0, high.max(0.1));
    level(&mut svg, &plot, &percent, "percent");
    svg.inline(&format!("{label}, percent, by year"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(year: u16, str: f64, parts: Option<[f64; 3]>) -> TrendPoint {
        TrendPoint {
            year,
            str: Some(str),
            mass_balance: Some(1.5),
            parts,
            areas: [Some([str - 0.1, 2.25]), None],
        }
    }

    #[test]
    fn lines_have_the_colours_of_the_legend() {
        let css = include_str!("page.css");
        for (name, colour) in
            [("level", LEVEL), ("network", NETWORK), ("stability", STABILITY), ("importers", IMPORTERS)]
        {
            assert!(css.contains(&format!("--{name}: {colour};")), "{name}");
            assert!(css.contains(&format!(".key.{name} {{ border-color: var(--{name});")), "{name}");
        }
    }

    #[test]
    fn a_chart_is_well_formed_and_within_its_frame() {
        let trend = [
            point(2007, 1.7, None),
            point(2008, 1.9, Some([0.1, 0.05, 0.05])),
            point(2009, 1.6, Some([-0.2, -0.05, -0.05])),
        ];
        let svg = str_trend("284690 <x>", &trend);
        assert_eq!((svg.matches("<polyline").count(), svg.matches("<polygon").count()), (5, 1));
        assert!(svg.contains("mass-balanced 1.50 in 2007, 1.50 in 2009."), "{svg}");
        assert!(svg.contains("284690 &lt;x&gt;") && svg.ends_with("</svg>"));
        for value in svg.split("cy=\"").skip(1) {
            let y: f64 = value.split('"').next().unwrap().parse().unwrap();
            assert!((PLACES[1]..=PLACES[0]).contains(&y));
        }
    }

    #[test]
    fn one_year_and_no_year() {
        assert!(str_trend("x", &[]).is_empty());
        let one = str_trend("x", &[point(2002, 1.7, None)]);
        assert!(one.contains(">2002<") && !one.contains("NaN") && !one.contains("inf"));
    }
}
