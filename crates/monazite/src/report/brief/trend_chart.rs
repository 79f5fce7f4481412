//! The trend of a product under both readings, and without the trickles that close loops.

use super::product::ProductBrief;
use crate::indicators::Column;
use crate::report::areas::{self, Area};
use crate::report::figures::chart::{AxisStyle, Scale, Stroke, YearPlot};
use crate::report::figures::svg::Svg;
use crate::report::figures::theme::LEVEL;
use crate::run::RunView;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 190.0;
/// Left and right end of the years.
const ACROSS: [f64; 2] = [34.0, 408.0];
/// Lower and upper end of the values.
const PLACES: [f64; 2] = [167.0, 10.0];
/// The line without trickles.
const WITHOUT: &str = "#b5480a";

/// STR of a product in a year under both readings, and without the trickle that matters most.
#[derive(Debug, Clone, Copy, PartialEq)]
struct YearOfTrend {
    year: u16,
    level: f64,
    mass_balance: Option<f64>,
    without: f64,
    /// 5 and 95 % of the draws under either reading.
    areas: [Option<[f64; 2]>; 2],
}

/// The chart as inline SVG; empty if there are not two years with a value.
pub(super) fn trend_chart(view: &RunView<'_>, brief: &ProductBrief) -> String {
    let without =
        |year: u16| brief.loops.iter().find(|l| view.panel.years[l.year] == year).map(|l| l.without);
    let code = view.panel.products[brief.product].code.to_string();
    // Row sums are on another scale: the mass-balanced number does not go on their axis.
    let one_axis = view.str_scale().is_of_importers();
    let bands = [Column::Str, Column::StrMassBalance]
        .map(|column| areas::of_mean(view.bands, view.study, column, &code));
    let years: Vec<YearOfTrend> = brief
        .trend
        .iter()
        .filter_map(|&(year, t)| {
            let level = t.str?;
            let mass_balance = t.str_mass_balance.filter(|_| one_axis);
            let areas = [0, 1].map(|of: usize| areas::in_year(&bands[of], year).filter(|_| one_axis));
            Some(YearOfTrend { year, level, mass_balance, without: without(year).unwrap_or(level), areas })
        })
        .collect();
    drawn(&code, &years, !brief.loops.is_empty(), view.str_scale().floor())
}

fn drawn(code: &str, years: &[YearOfTrend], has_loops: bool, floor: f64) -> String {
    let [first, .., last] = years else { return String::new() };
    let bands: [Area; 2] =
        [0, 1].map(|of: usize| years.iter().filter_map(|y| Some((y.year, y.areas[of]?))).collect());
    let ends = bands.iter().flat_map(|area| areas::ends(area));
    let levels = years.iter().map(|y| y.level.max(y.mass_balance.unwrap_or(floor)));
    let high = levels.chain(ends).fold(floor, f64::max);
    // This is no risk at all: the axis begins there.
    let values = Scale::above(floor, high.max(floor + 0.5), PLACES);
    let style = AxisStyle::PAGE;
    let plot = YearPlot { across: ACROSS, years: [first.year, last.year], values, style };
    let mut svg = Svg::new(WIDTH, HEIGHT);
    plot.draw_axes(&mut svg);
    plot.draw_middle_year(&mut svg);
    for (area, opacity) in bands.iter().zip([areas::OPACITY_BESIDE, areas::OPACITY]) {
        areas::draw(&plot, &mut svg, area, LEVEL, opacity);
    }
    if has_loops {
        let stroke = Stroke { colour: WITHOUT, width: 1.2, dashes: None };
        plot.line(&mut svg, years.iter().map(|y| (y.year, y.without)), stroke);
    }
    let stroke = Stroke { colour: LEVEL, width: 1.4, dashes: Some("5 3") };
    plot.line(&mut svg, years.iter().map(|y| (y.year, y.level)), stroke);
    let balanced = || years.iter().filter_map(|y| Some((y.year, y.mass_balance?)));
    plot.line(&mut svg, balanced(), Stroke { colour: LEVEL, width: 2.4, dashes: None });
    for &YearOfTrend { year, level, without, .. } in years {
        let words = if without < level {
            format!("{year}: {level:.2}, {without:.2} without")
        } else {
            format!("{year}: {level:.2}")
        };
        plot.dot(&mut svg, (year, level), 1.8, LEVEL, &words);
    }
    for (year, value) in balanced() {
        plot.dot(&mut svg, (year, value), 2.6, LEVEL, &format!("{year}: mass-balanced {value:.2}"));
    }
    let ends = first.mass_balance.zip(last.mass_balance);
    let words = format!(
        "STR of the average importer of {code}: {:.2} in {}, {:.2} in {}{}",
        first.level,
        first.year,
        last.level,
        last.year,
        ends.map_or_else(String::new, |(from, to)| format!("; mass-balanced {from:.2}, {to:.2}"))
    );
    svg.inline(&words) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_without_trickles_is_drawn_where_there_are_some() {
        let at = |year, level, without| YearOfTrend {
            year,
            level,
            mass_balance: Some(1.1),
            without,
            areas: [None, Some([1.0, 1.2])],
        };
        let years = [at(2019, 1.2, 1.2), at(2020, 1.9, 1.4), at(2021, 1.6, 1.6)];
        let with = drawn("284690", &years, true, 1.0);
        assert_eq!((with.matches("<polyline").count(), with.matches("<polygon").count()), (3, 1));
        assert!(with.contains("<title>2020: 1.90, 1.40 without</title>"), "{with}");
        assert!(with.contains("<title>2021: 1.60</title>") && with.contains(">1.0</text>"), "{with}");
        assert!(with.contains("284690: 1.20 in 2019, 1.60 in 2021; mass-balanced 1.10, 1.10"), "{with}");
        assert!(with.contains("<title>2020: mass-balanced 1.10</title>"), "{with}");
        assert_eq!(drawn("284690", &years, false, 1.0).matches("<polyline").count(), 2);
        assert!(
            drawn("284690", &years[..1], true, 1.0).is_empty() && drawn("284690", &[], true, 1.0).is_empty()
        );
    }
}
