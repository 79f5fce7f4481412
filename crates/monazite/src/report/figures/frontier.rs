//! How far the risk of large importers falls, if more of their purchases move to other suppliers.

use super::FigureError;
use super::caption::Caption;
use super::chart::{AxisStyle, Scale, Zero, letter_of};
use super::end_labels::spread;
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, Selections, file_of};
use super::font;
use super::inputs::{FigureInputs, Need};
use super::names::short_name;
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{AXIS, AXIS_COLOUR, LABEL, LINE, MUTED, SMALL, SOFT, TINY, cluster_colour};
use crate::diversification::frontier::STEPS;
use crate::diversification::{Frontier, FrontierPoint};
use crate::indicators::Column;
use crate::report::brief::cut;
use crate::report::shock_words::{PLANS_LEAVE_OUT, limits_of_suppliers};
use crate::run::focus_products_of;
use crate::run_folder::CsvTable;
use crate::run_folder::manifest::ExtractRecord;
use crate::run_folder::tables::{FLOWS, FRONTIER_FIGURE};
use crate::study::FigureSize;
use crate::what_if::{OtherSuppliers, RunTrade, WhatIfError};

const NAME: &str = "frontier";
/// Panels at most.
const MOST_PRODUCTS: usize = 9;
/// Importers of a panel at most.
const MOST_IMPORTERS: usize = 6;
/// Colours that can be told apart.
const MOST_COLOURS: usize = 12;

/// An importer of a panel.
#[derive(Debug, Clone, PartialEq)]
struct Importer {
    code: String,
    name: String,
    points: Vec<FrontierPoint>,
}

/// A product of the figure.
#[derive(Debug, Clone, PartialEq)]
struct Panel {
    code: String,
    text: String,
    importers: Vec<Importer>,
}

/// The numbers of the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontierFigure {
    year: u16,
    panels: Vec<Panel>,
    /// Products of the focus that are not drawn.
    left_out: usize,
    /// The limits of the study, in words.
    limits: String,
}

/// The figure `frontier`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "How far would risk fall, if more were bought elsewhere?"
    }

    fn needs(&self) -> Need {
        Need::Trends
    }

    fn columns(&self) -> &'static [Column] {
        &[Column::Imports]
    }

    fn selections(&self) -> Selections {
        Selections { country: false, year: true }
    }

    // Its caption names the study, which changes with the settings of the typology.
    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let panel = run.panel();
        let Some(year) = run.year.and_then(|year| panel.year(year)) else {
            return Ok(Gathered::Absent("the run has no such year".to_owned()));
        };
        if let Some(reason) = run.manifest().trade.extract.as_ref().map(ExtractRecord::reason) {
            return Ok(Gathered::Absent(reason));
        }
        if !run.files().exists(FLOWS.file) {
            return Ok(Gathered::Absent("the run holds no flows (output.flows)".to_owned()));
        }
        if run.run().stability()?.is_none() {
            return Ok(Gathered::Absent("the run does not hold the stability of countries".to_owned()));
        }
        match gathered(run, year) {
            Ok(Some(numbers)) => Ok(Gathered::numbers(numbers)),
            Ok(None) => Ok(Gathered::Absent(format!(
                "no large importer of a focus product can buy elsewhere in {} within the limits of [diversification]",
                panel.years[year]
            ))),
            Err(WhatIfError::Run(error)) => Err(error.into()),
            Err(WhatIfError::Cancelled(cancelled)) => Err(cancelled.into()),
            Err(other) => Ok(Gathered::Absent(other.to_string())),
        }
    }
}

fn gathered(run: &FigureInputs<'_>, year: usize) -> Result<Option<FrontierFigure>, WhatIfError> {
    let panel = run.panel();
    let focus = focus_products_of(run.study(), panel);
    let trade = RunTrade::read(run.run(), |p, t| t == year && focus.contains(&p))?;
    let texts = run.run().descriptions()?;
    let mut panels = Vec::new();
    for &product in &focus {
        let Some(other) = OtherSuppliers::of_trade(run.run(), &trade, product, year)? else { continue };
        let limits = other.limits_of_study(&run.study().diversification)?;
        let imports = other.trade().matrix.imports();
        let mut buyers: Vec<usize> = (0..imports.len()).filter(|&c| imports[c] > 0.0).collect();
        buyers.sort_by(|&a, &b| imports[b].total_cmp(&imports[a]).then(a.cmp(&b)));
        let mut importers = Vec::new();
        for country in buyers.into_iter().take(MOST_IMPORTERS) {
            // Nobody can give it more, or a supplier that is named sells none of it.
            let Ok(Frontier { points, .. }) = other.frontier(country, &limits, &STEPS) else { continue };
            importers.push(Importer {
                code: panel.countries[country].code.clone(),
                name: short_name(&panel.countries[country].name),
                points,
            });
        }
        if !importers.is_empty() {
            let code = panel.products[product].code.to_string();
            panels.push(Panel { code, text: texts[product].clone(), importers });
        }
    }
    let left_out = panels.len().saturating_sub(MOST_PRODUCTS);
    panels.truncate(MOST_PRODUCTS);
    let limits = limits_of_suppliers(run.study());
    let year = panel.years[year];
    Ok((!panels.is_empty()).then_some(FrontierFigure { year, panels, left_out, limits }))
}

impl FigureNumbers for FrontierFigure {
    fn tables(&self) -> Vec<FigureTable> {
        let mut table = CsvTable::of(&FRONTIER_FIGURE);
        for panel in &self.panels {
            for importer in &panel.importers {
                for point in &importer.points {
                    table.row(&[
                        panel.code.clone(),
                        self.year.to_string(),
                        importer.code.clone(),
                        point.allowed.to_string(),
                        point.moved.to_string(),
                        point.str.to_string(),
                    ]);
                }
            }
        }
        vec![FigureTable::new(NAME, table)]
    }

    fn drawings(&self, size: FigureSize) -> Vec<Drawing<'_>> {
        let more = match self.left_out {
            0 => String::new(),
            n => format!(" {n} more products of the focus are not drawn."),
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: self.description(),
            caption: Caption {
                title: format!(
                    "How far the risk of large importers falls, if more is bought elsewhere, {}.",
                    self.year
                ),
                reading: vec![format!(
                    "Of each product of the focus the largest importers, each alone. Across: share of its purchases that may move to other suppliers; upwards: \
                     the least mass-balanced STR then, 1 + e, with import content held. A line is flat once no further move pays or nobody can give more. Limits: \
                     {}{more}",
                    self.limits
                )],
                definitions: vec![PLANS_LEAVE_OUT],
                numbers: vec![file_of(NAME)],
            },
            draw: Box::new(move |width| self.draw(width, size == FigureSize::Slide)),
        }]
    }
}

impl FrontierFigure {
    fn description(&self) -> String {
        let of = |panel: &Panel| {
            let importer = panel.importers.first()?;
            let (first, last) = (importer.points.first()?, importer.points.last()?);
            Some(format!(
                "{}: {} from {:.2} to {:.2} with {:.0} % moved",
                panel.code,
                importer.name,
                first.str,
                last.str,
                100.0 * last.moved
            ))
        };
        let all: Vec<String> = self.panels.iter().filter_map(of).collect();
        format!(
            "Least mass-balanced STR by the share of purchases that may move, {}. {}",
            self.year,
            all.join("; ")
        )
    }

    fn draw(&self, width: f64, slide: bool) -> Svg {
        let columns = match self.panels.len() {
            _ if width < 220.0 => 1,
            n if width < 380.0 => n.min(2),
            n if slide => n.min(4),
            n => n.min(3),
        }
        .max(1);
        let gutter = 12.0;
        let across = (width - gutter * (columns as f64 - 1.0)) / columns as f64;
        let high = (0.68 * across).clamp(84.0, 115.0) + 16.0;
        let colours = self.colours();
        let mut svg = Svg::new(width, 0.0);
        let words = "mass-balanced STR by the share of purchases that may move to other suppliers";
        svg.text(
            0.0,
            7.0,
            &font::cut(words, LABEL, false, width),
            TextStyle { fill: SOFT, ..TextStyle::default() },
        );
        let top = 14.0;
        for (at, panel) in self.panels.iter().enumerate() {
            let corner = [(across + gutter) * (at % columns) as f64, top + high * (at / columns) as f64];
            panel.draw(&mut svg, corner, [across, high], &colours, &letter_of(at));
        }
        svg.set_height(top + high * self.panels.len().div_ceil(columns) as f64);
        svg
    }

    /// Codes of the importers in the order of their colours: those in most panels first.
    fn colours(&self) -> Vec<String> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for importer in self.panels.iter().flat_map(|panel| &panel.importers) {
            match counts.iter_mut().find(|(code, _)| *code == importer.code) {
                Some((_, count)) => *count += 1,
                None => counts.push((&importer.code, 1)),
            }
        }
        counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        counts.into_iter().map(|(code, _)| code.to_owned()).collect()
    }
}

impl Panel {
    fn draw(
        &self,
        svg: &mut Svg,
        [left, top]: [f64; 2],
        [width, high]: [f64; 2],
        colours: &[String],
        letter: &str,
    ) {
        let bold = TextStyle { bold: true, ..TextStyle::default() };
        svg.text(left, top + 7.0, letter, bold);
        let indent = font::width(letter, LABEL, true) + 4.0;
        svg.text(left + indent, top + 7.0, &self.code, TextStyle { size: SMALL, ..bold });
        let from = indent + font::width(&self.code, SMALL, true) + 3.0;
        let text = font::cut(&cut(&self.text, 80), SMALL, false, width - from);
        svg.text(
            left + from,
            top + 7.0,
            &text,
            TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() },
        );
        let all = || self.importers.iter().flat_map(|importer| importer.points.iter().map(|point| point.str));
        let (low, most) = all().fold((f64::INFINITY, 1.0f64), |(l, h), v| (l.min(v), h.max(v)));
        let style = AxisStyle::FIGURE;
        let (ceiling, floor) = (top + 14.0, top + high - 15.0);
        let values = Scale::rounded(low, most, [floor, ceiling]);
        let room = font::width("MMM", TINY, true) + 3.0;
        let across = [left + values.label_width(style) + 3.5, left + width - room];
        values.draw_across(svg, across, style, Zero::Plain);
        svg.line([across[0], floor], [across[1], floor], AXIS_COLOUR, AXIS);
        let x = |share: f64| across[0] + (across[1] - across[0]) * share / STEPS[STEPS.len() - 1];
        for (share, anchor) in [(0.0, Anchor::Start), (0.25, Anchor::Middle), (0.5, Anchor::End)] {
            svg.line([x(share), floor], [x(share), floor + style.mark], AXIS_COLOUR, AXIS);
            let text = TextStyle { anchor, ..style.text() };
            svg.text(x(share), floor + style.below, &format!("{:.0} %", 100.0 * share), text);
        }
        // Colours that can be told apart; those after them are grey and have their codes.
        let colour = |code: &str| match colours.iter().position(|known| known == code) {
            Some(n) if n < MOST_COLOURS => cluster_colour(n as u32 + 1),
            _ => MUTED,
        };
        for importer in &self.importers {
            let line: Vec<[f64; 2]> =
                importer.points.iter().map(|point| [x(point.allowed), values.at(point.str)]).collect();
            svg.polyline(&line, colour(&importer.code), 1.1 * LINE, None);
            for (point, place) in importer.points.iter().zip(&line) {
                let words = format!(
                    "{}: up to {:.0} % may move, {:.1} % does: STR {:.2}",
                    importer.name,
                    100.0 * point.allowed,
                    100.0 * point.moved,
                    point.str
                );
                svg.hint(*place, 2.2, &words);
            }
        }
        let ends: Vec<f64> =
            self.importers.iter().map(|i| i.points.last().map_or(floor, |p| values.at(p.str))).collect();
        for (importer, y) in self.importers.iter().zip(spread(&ends, TINY + 1.0, [ceiling, floor])) {
            let style =
                TextStyle { size: TINY, bold: true, fill: colour(&importer.code), ..TextStyle::default() };
            svg.text(across[1] + 3.0, y + 1.7, &importer.code, style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure() -> FrontierFigure {
        let point = |allowed, moved, str| FrontierPoint { allowed, moved, str };
        let points = vec![point(0.0, 0.0, 1.9), point(0.25, 0.25, 1.7), point(0.5, 0.3, 1.65)];
        let importer =
            |code: &str, points| Importer { code: code.to_owned(), name: format!("Country {code}"), points };
        let importers =
            vec![importer("BBB", points), importer("AAA", vec![point(0.0, 0.0, 1.5), point(0.5, 0.0, 1.5)])];
        let panel = Panel { code: "284690".to_owned(), text: "Rare <earths>".to_owned(), importers };
        FrontierFigure { year: 2021, panels: vec![panel], left_out: 2, limits: "Some limits.".to_owned() }
    }

    #[test]
    fn the_csv_has_every_step() {
        let csv = &figure().tables()[0].csv;
        let expected = "product,year,importer,allowed,moved,str\n284690,2021,BBB,0,0,1.9\n284690,2021,BBB,0.25,0.25,1.7\n\
            284690,2021,BBB,0.5,0.3,1.65\n284690,2021,AAA,0,0,1.5\n284690,2021,AAA,0.5,0,1.5\n";
        assert_eq!(csv, expected);
    }

    #[test]
    fn a_line_an_importer_with_its_code_at_the_end() {
        let figure = figure();
        let [drawing] = figure.drawings(FigureSize::TwoColumns).try_into().unwrap_or_else(|_| panic!("one"));
        assert!(
            drawing.caption.reading[0].ends_with("Some limits. 2 more products of the focus are not drawn.")
        );
        assert!(drawing.description.ends_with("284690: Country BBB from 1.90 to 1.65 with 30 % moved"));
        let svg = (drawing.draw)(510.0).finish(180.0, &drawing.description);
        for part in [
            "Rare &lt;earths&gt;",
            ">BBB</text>",
            ">AAA</text>",
            "Country BBB: up to 50 % may move, 30.0 % does: STR 1.65",
            ">25 %</text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert_eq!(svg.matches("<polyline").count(), 2);
    }
}
