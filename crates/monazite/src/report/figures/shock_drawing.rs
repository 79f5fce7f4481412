//! How the figure of scenarios is drawn: ranges on a scale of powers of ten, reach beside content.

use super::chart::letter_of;
use super::font;
use super::shock_numbers::{Loser, OfScenario, ShockFigure, Tier};
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{ACCENT, AXIS, AXIS_COLOUR, FAINT, GRID, HEAD, INK, LABEL, PANEL_LETTER, SMALL, SOFT};
use crate::report::shock_words::amount_in_words;
use crate::run::{LossReading, LossShares};
use crate::study::TradeMeasure;

/// Height of an importer, and of the heading of a tier.
const ROW: f64 = 10.0;
const TIER: f64 = 12.5;
/// Between the panels of reach and content.
const GUTTER: f64 = 22.0;
/// Powers of ten that a panel shows at most.
const MOST_DECADES: i32 = 7;

/// Draws all scenarios, one below the other.
pub(super) fn draw(figure: &ShockFigure, width: f64) -> Svg {
    let mut svg = Svg::new(width, 0.0);
    let mut top = draw_key(&mut svg, width);
    for (n, scenario) in figure.scenarios.iter().enumerate() {
        top = draw_scenario(&mut svg, scenario, top, width, &letter_of(n), figure.measure) + 10.0;
    }
    svg.set_height(top - 6.0);
    svg
}

fn draw_key(svg: &mut Svg, width: f64) -> f64 {
    let (mut x, mut y) = (0.0, 8.0);
    for (at, words) in ["from the least to the most of three readings", "exposure"].into_iter().enumerate() {
        let wide = 17.0 + font::width(words, LABEL, false) + 10.0;
        if x > 0.0 && x + wide > width {
            (x, y) = (0.0, y + 10.0);
        }
        match at {
            0 => svg.rectangle(x, y - 4.2, 13.0, 3.4, ACCENT, 0.45),
            _ => svg.circle([x + 6.5, y - 2.4], 2.0, INK, "#ffffff", 0.5),
        }
        svg.text(x + 17.0, y, words, TextStyle::default());
        x += wide;
    }
    y + 8.0
}

/// A scale of powers of ten.
struct Decades {
    first: i32,
    last: i32,
    places: [f64; 2],
}

impl Decades {
    /// One that shows the largest of some values, and the smaller ones as far as there is room for them.
    fn of(values: impl Iterator<Item = f64>, places: [f64; 2]) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0f64);
        for value in values.filter(|value| *value > 0.0) {
            (low, high) = (low.min(value), high.max(value));
        }
        if high <= 0.0 {
            return Self { first: 0, last: 1, places };
        }
        let last = libm::ceil(libm::log10(high)) as i32;
        let first = (libm::floor(libm::log10(low)) as i32).clamp(last - MOST_DECADES, last - 1);
        Self { first, last, places }
    }

    /// Where a value lies; what is too small for the scale lies at its left end.
    fn at(&self, value: f64) -> f64 {
        if value <= 0.0 {
            return self.places[0];
        }
        let share = (libm::log10(value) - f64::from(self.first)) / f64::from(self.last - self.first);
        self.places[0] + share.clamp(0.0, 1.0) * (self.places[1] - self.places[0])
    }
}

/// A power of ten of thousand USD, or of tonnes, short.
fn tick(power: i32, measure: TradeMeasure) -> String {
    let (power, units) = match measure {
        TradeMeasure::Value => (power + 3, ["", " k", " m", " bn", " tn"]),
        TradeMeasure::Quantity => (power, ["", " k", " m", " bn", " tn"]),
    };
    if power < 0 {
        return format!("{:.*}", (-power) as usize, libm::pow(10.0, f64::from(power)));
    }
    let at = (power / 3).min(4);
    format!("{}{}", 10u64.pow((power - 3 * at).clamp(0, 18) as u32), units[at as usize])
}

fn draw_scenario(
    svg: &mut Svg,
    scenario: &OfScenario,
    top: f64,
    width: f64,
    letter: &str,
    measure: TradeMeasure,
) -> f64 {
    let bold = TextStyle { bold: true, ..TextStyle::default() };
    svg.text(0.0, top + 8.0, letter, TextStyle { size: PANEL_LETTER, ..bold });
    let title = font::cut(&format!("{} ({})", scenario.name, scenario.year), HEAD, true, width - 14.0);
    svg.text(12.0, top + 8.0, &title, TextStyle { size: HEAD, ..bold });
    let names = (0.2 * width).min(78.0);
    let across = (width - names - GUTTER) / 2.0;
    let head = top + 20.0;
    let rows: f64 = scenario.tiers.iter().map(|tier| TIER + ROW * tier.losers.len() as f64).sum();
    let floor = head + 4.0 + rows + 2.0;
    for (at, chain) in LossReading::BOTH.into_iter().enumerate() {
        let left = names + (across + GUTTER) * at as f64;
        let words = match chain {
            LossReading::Reach => "Reach: all that contains it",
            LossReading::Content if measure == TradeMeasure::Quantity => "Content: its own weight",
            LossReading::Content => "Content: its own value",
        };
        let style = TextStyle { size: LABEL, bold: true, fill: SOFT, ..TextStyle::default() };
        svg.text(left, head, &font::cut(words, LABEL, true, across), style);
        let values = scenario.tiers.iter().flat_map(|tier| &tier.losers).flat_map(|loser| {
            let lost = loser.lost[at];
            [lost.none, lost.exposure, lost.mass_balance]
        });
        let scale = Decades::of(values, [left, left + across - 3.0]);
        draw_axis(svg, &scale, [head + 5.0, floor], measure);
        let mut y = head + 4.0;
        for tier in &scenario.tiers {
            draw_share(svg, tier, at, [left + across - 3.0, y]);
            for (n, loser) in tier.losers.iter().enumerate() {
                let middle = y + TIER + ROW * (n as f64 + 0.5);
                let words = words_of(loser, tier, chain, measure);
                draw_range(svg, &scale, &loser.lost[at], middle, &words);
            }
            y += TIER + ROW * tier.losers.len() as f64;
        }
    }
    let mut y = head + 4.0;
    for tier in &scenario.tiers {
        let name = match tier.tier {
            Some(n) => format!("Tier {n}"),
            None => "Outside the chain".to_owned(),
        };
        svg.text(0.0, y + 9.0, &name, bold);
        for (n, loser) in tier.losers.iter().enumerate() {
            let name = if loser.name.is_empty() { &loser.code } else { &loser.name };
            let name = font::cut(name, LABEL, false, names - 8.0);
            svg.text(4.0, y + TIER + ROW * (n as f64 + 0.5) + 2.3, &name, TextStyle::default());
        }
        y += TIER + ROW * tier.losers.len() as f64;
    }
    floor + 10.0
}

fn draw_axis(svg: &mut Svg, scale: &Decades, [top, floor]: [f64; 2], measure: TradeMeasure) {
    let decades = scale.last - scale.first;
    let wide = (scale.places[1] - scale.places[0]) / f64::from(decades);
    // Every power has a line; so many have a number as have room beside the last, which has the unit.
    let every = (26.0 / wide).ceil().max(1.0) as i32;
    let unit = match measure {
        TradeMeasure::Value => " USD",
        TradeMeasure::Quantity => " t",
    };
    let last = format!("{}{unit}", tick(scale.last, measure));
    let style = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
    let end = scale.places[1] + 3.0;
    svg.text(end, floor + 8.0, &last, TextStyle { anchor: Anchor::End, ..style });
    let free = end - font::width(&last, SMALL, false) - 4.0;
    for power in scale.first..=scale.last {
        let x = scale.places[0] + wide * f64::from(power - scale.first);
        svg.line([x, top], [x, floor], FAINT, GRID);
        let words = tick(power, measure);
        let fits = x + 0.5 * font::width(&words, SMALL, false) <= free;
        if (scale.last - power) % every == 0 && power < scale.last && fits {
            svg.text(x, floor + 8.0, &words, TextStyle { anchor: Anchor::Middle, ..style });
        }
    }
    svg.line([scale.places[0], floor], [scale.places[1], floor], AXIS_COLOUR, AXIS);
}

/// The share of the imports of all others that is lost in a tier.
fn draw_share(svg: &mut Svg, tier: &Tier, at: usize, [right, top]: [f64; 2]) {
    let Some(share) = tier.share[at] else { return };
    let percent = |share: f64| match 100.0 * share {
        p if p >= 9.95 || p == 0.0 => format!("{p:.0}"),
        p if p >= 0.995 => format!("{p:.1}"),
        p if p >= 0.0995 => format!("{p:.2}"),
        p if p >= 0.0005 => format!("{p:.3}"),
        _ => "<0.001".to_owned(),
    };
    let (low, high) = (percent(share.least()), percent(share.most()));
    let range = if low == high { high } else { format!("{low} to {high}") };
    let style =
        TextStyle { size: SMALL, fill: SOFT, anchor: Anchor::End, halo: true, ..TextStyle::default() };
    svg.text(right, top + 9.0, &format!("{range} % of the others’ imports"), style);
}

fn draw_range(svg: &mut Svg, scale: &Decades, lost: &LossShares, y: f64, words: &str) {
    svg.open_titled(words);
    if lost.most() > 0.0 {
        let (from, to) = (scale.at(lost.least()), scale.at(lost.most()));
        // Where all readings say the same it is a mark.
        let wide = (to - from).max(1.2);
        svg.rectangle(to - wide, y - 1.8, wide, 3.6, ACCENT, 0.45);
        svg.circle([scale.at(lost.exposure), y], 2.0, INK, "#ffffff", 0.5);
    } else {
        let style = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        svg.text(scale.places[0] + 2.0, y + 2.0, "0", style);
    }
    svg.close();
}

fn words_of(loser: &Loser, tier: &Tier, chain: LossReading, measure: TradeMeasure) -> String {
    let lost = loser.lost[chain as usize];
    let name = if loser.name.is_empty() { &loser.code } else { &loser.name };
    let tier = tier.tier.map_or_else(|| "outside the chain".to_owned(), |tier| format!("tier {tier}"));
    format!(
        "{name}, {tier}, {}: {} (none), {} (exposure), {} (mass balance)",
        chain.name(),
        amount_in_words(measure, lost.none),
        amount_in_words(measure, lost.exposure),
        amount_in_words(measure, lost.mass_balance)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_have_short_names() {
        let named = |powers: [i32; 5]| powers.map(|power| tick(power, TradeMeasure::Value));
        assert_eq!(named([-3, -1, 0, 4, 6]), ["1", "100", "1 k", "10 m", "1 bn"]);
        assert_eq!([0, 4, -2].map(|power| tick(power, TradeMeasure::Quantity)), ["1", "10 k", "0.01"]);
    }

    #[test]
    fn a_scale_shows_the_largest_and_what_there_is_room_for() {
        let scale = Decades::of([0.0, 30.0, 4000.0].into_iter(), [10.0, 110.0]);
        assert_eq!((scale.first, scale.last), (1, 4));
        assert!((scale.at(100.0) - (10.0 + 100.0 / 3.0)).abs() < 1e-9);
        assert_eq!([0.0, 1.0, 1e9].map(|value| scale.at(value)), [10.0, 10.0, 110.0]);
        let wide = Decades::of([1e-6, 1e6].into_iter(), [0.0, 1.0]);
        assert_eq!((wide.first, wide.last), (-1, 6));
        let nothing = Decades::of([0.0].into_iter(), [0.0, 1.0]);
        assert_eq!(nothing.at(0.0), 0.0);
    }
}
