//! What happened after a trade measure: the paths of the products with it, beside what other products did.

use super::FigureError;
use super::caption::Caption;
use super::chart::{AxisStyle, Scale, Stroke, YearPlot, ends_of, letter_of};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, file_of};
use super::font;
use super::inputs::{FigureInputs, Need};
use super::paper::draw_for;
use super::svg::{Svg, TextStyle};
use super::theme::{ACCENT, AXIS_COLOUR, LABEL, LINE, MUTED, SMALL, SOFT};
use crate::before_after::{BeforeAfter, CANNOT_CLAIM, label};
use crate::delimited::{Row, Table, TableError};
use crate::run::Run;
use crate::run::provenance::source_line;
use crate::run_folder::CsvTable;
use crate::run_folder::tables::{BEFORE_AFTER_FIGURE, BEFORE_AFTER_PATH};
use crate::study::{EventOutcome, FigureSize, UnitOfComparison};

const NAME: &str = "before_after";
/// Panels at most.
const MOST_PANELS: usize = 12;
/// What other products did.
const CLOUD: &str = "#8a94a6";
/// The years of the measure.
const IN_FORCE: &str = "#f3e3d3";

/// A year of a panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The year.
    pub year: u16,
    /// Whether the measure is in force.
    pub in_force: bool,
    /// Difference between treated products and controls, minus that in the year before the measure.
    pub estimate: f64,
    /// 5 and 95 % of the subsets.
    pub cloud: [f64; 2],
}

impl Point {
    /// Whether as few of the subsets are so far out that it is drawn in colour.
    fn is_outside(&self) -> bool {
        self.estimate < self.cloud[0] || self.estimate > self.cloud[1]
    }
}

/// An outcome of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The measure.
    pub measure: String,
    /// Its first year.
    pub date: u16,
    /// The outcome.
    pub outcome: EventOutcome,
    /// By year.
    pub points: Vec<Point>,
}

/// The numbers of the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct BeforeAfterFigure {
    by: UnitOfComparison,
    panels: Vec<Panel>,
}

/// The figure `before_after`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "What happened after a trade measure, compared with products without one?"
    }

    fn needs(&self) -> Need {
        Need::Trends
    }

    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let Some(table) = run.table(BEFORE_AFTER_PATH.file)? else {
            let skipped = run.manifest().skipped.iter().find(|skipped| skipped.stage == NAME);
            return Ok(Gathered::Absent(match skipped {
                Some(skipped) => skipped.reason.clone(),
                None => "the study has no table of trade measures (event.table)".to_owned(),
            }));
        };
        let figure = BeforeAfterFigure::of_table(&table, run.study().event.by)?;
        Ok(match figure.panels.is_empty() {
            true => Gathered::Absent("no path can be drawn".to_owned()),
            false => Gathered::numbers(figure),
        })
    }
}

impl BeforeAfterFigure {
    /// The paths of a comparison.
    pub fn of(found: &BeforeAfter) -> Self {
        let mut panels = Vec::new();
        for of in &found.cases {
            for points in of.path.chunk_by(|a, b| a.outcome == b.outcome) {
                panels.push(Panel {
                    measure: of.case.measure.clone(),
                    date: of.case.date,
                    outcome: points[0].outcome,
                    points: points
                        .iter()
                        .map(|p| Point {
                            year: p.year,
                            in_force: of.case.is_in_force(p.year),
                            estimate: p.estimate,
                            cloud: p.cloud,
                        })
                        .collect(),
                });
            }
        }
        Self { by: found.by, panels }
    }

    /// The paths of `before_after/path.csv`.
    fn of_table(table: &Table, by: UnitOfComparison) -> Result<Self, TableError> {
        let column = |name: &str| table.require(&[name]);
        let (measure, date, outcome) = (column("measure")?, column("date")?, column("outcome")?);
        let (year, in_force, estimate) = (column("year")?, column("in_force")?, column("estimate")?);
        let (low, high) = (column("cloud_low")?, column("cloud_high")?);
        let named = |row: &Row| {
            EventOutcome::ALL.into_iter().find(|known| known.name() == row.get(outcome)).ok_or_else(|| {
                table.field_error(row, outcome, format!("'{}' is no outcome", row.get(outcome)))
            })
        };
        let mut panels: Vec<Panel> = Vec::new();
        for row in &table.rows {
            let (of, at) = (named(row)?, table.year(row, date)?);
            let is_next = |p: &Panel| p.measure != row.get(measure) || p.date != at || p.outcome != of;
            if panels.last().is_none_or(is_next) {
                panels.push(Panel {
                    measure: row.get(measure).to_owned(),
                    date: at,
                    outcome: of,
                    points: Vec::new(),
                });
            }
            let point = Point {
                year: table.year(row, year)?,
                in_force: row.get(in_force) == "true",
                estimate: table.number(row, estimate)?,
                cloud: [table.number(row, low)?, table.number(row, high)?],
            };
            if let Some(panel) = panels.last_mut() {
                panel.points.push(point);
            }
        }
        Ok(Self { by, panels })
    }

    /// The drawing as an SVG that stands alone, for a comparison that is not part of its run.
    pub fn standalone(&self, run: &Run) -> String {
        let (study, size) = (run.study(), run.study().figures.size);
        let draw = |width: f64| self.draw(width, size == FigureSize::Slide);
        draw_for(size, &self.description(), &source_line(study, run.manifest()), &draw).standalone()
    }

    fn shown(&self) -> &[Panel] {
        &self.panels[..self.panels.len().min(MOST_PANELS)]
    }

    /// The measures, each with its date.
    fn measures(&self) -> Vec<String> {
        let mut measures: Vec<String> =
            self.panels.iter().map(|p| format!("{}, {}", p.measure, p.date)).collect();
        measures.dedup();
        measures
    }

    fn description(&self) -> String {
        let of = |panel: &Panel| {
            let at = panel.points.iter().find(|p| p.year == panel.date)?;
            let last = panel.points.last()?;
            Some(format!(
                "{}: {:+.2} in {}, {:+.2} in {}",
                label(panel.outcome, self.by),
                at.estimate,
                at.year,
                last.estimate,
                last.year
            ))
        };
        let all: Vec<String> = self.shown().iter().filter_map(of).collect();
        format!("Treated products minus controls, {}. {}", self.measures().join("; "), all.join("; "))
    }

    fn draw(&self, width: f64, slide: bool) -> Svg {
        let columns = match self.shown().len() {
            _ if width < 220.0 => 1,
            n if width < 380.0 => n.min(2),
            n if slide => n.min(4),
            n => n.min(3),
        }
        .max(1);
        let gutter = 14.0;
        let across = (width - gutter * (columns as f64 - 1.0)) / columns as f64;
        let high = (0.66 * across).clamp(84.0, 112.0) + 16.0;
        let mut svg = Svg::new(width, 0.0);
        let top = draw_key(&mut svg, width) + 7.0;
        let several = self.measures().len() > 1;
        for (at, panel) in self.shown().iter().enumerate() {
            let corner = [(across + gutter) * (at % columns) as f64, top + high * (at / columns) as f64];
            let mut title = label(panel.outcome, self.by).to_owned();
            if several {
                title = format!("{title}: {}, {}", panel.measure, panel.date);
            }
            panel.draw(&mut svg, corner, [across, high], &letter_of(at), &title);
        }
        svg.set_height(top + high * self.shown().len().div_ceil(columns) as f64);
        svg
    }
}

/// What the marks are; returns where the key ends.
fn draw_key(svg: &mut Svg, width: f64) -> f64 {
    let words = [
        "treated products minus controls",
        "beyond 90 % of as many other products",
        "those 90 %",
        "measure in force",
    ];
    let (mut x, mut y) = (0.0, 8.0);
    for (at, words) in words.into_iter().enumerate() {
        let wide = 16.0 + font::width(words, LABEL, false) + 11.0;
        if x > 0.0 && x + wide > width {
            (x, y) = (0.0, y + 10.0);
        }
        match at {
            0 => svg.polyline(&[[x, y - 2.3], [x + 12.0, y - 2.3]], ACCENT, 1.2 * LINE, None),
            1 => svg.circle([x + 6.0, y - 2.3], 2.1, ACCENT, ACCENT, 0.5),
            2 => svg.rectangle(x, y - 6.0, 12.0, 7.0, CLOUD, 0.28),
            _ => svg.rectangle(x, y - 6.0, 12.0, 7.0, IN_FORCE, 1.0),
        }
        svg.text(x + 16.0, y, words, TextStyle::default());
        x += wide;
    }
    y
}

impl Panel {
    fn draw(&self, svg: &mut Svg, [left, top]: [f64; 2], [width, high]: [f64; 2], letter: &str, title: &str) {
        let bold = TextStyle { bold: true, ..TextStyle::default() };
        svg.text(left, top + 7.0, letter, bold);
        let indent = font::width(letter, LABEL, true) + 4.0;
        let title = font::cut(title, SMALL, true, width - indent);
        svg.text(left + indent, top + 7.0, &title, TextStyle { size: SMALL, ..bold });
        let all = || self.points.iter().flat_map(|p| [p.estimate, p.cloud[0], p.cloud[1]]);
        let (low, most) = all().fold((0.0f64, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
        let style = AxisStyle::FIGURE;
        let (ceiling, floor) = (top + 13.0, top + high - 15.0);
        let values = Scale::rounded(low, most, [floor, ceiling]);
        let across = [left + values.label_width(style) + 3.5, left + width - 3.0];
        let years = ends_of(self.points.iter().map(|p| p.year));
        let plot = YearPlot { across, years, values, style };
        self.shade(svg, &plot, [ceiling, floor]);
        plot.draw_axes(svg);
        plot.draw_middle_year(svg);
        let zero = plot.at(years[0], 0.0)[1];
        svg.line([across[0], zero], [across[1], zero], AXIS_COLOUR, 0.5);
        for piece in self.points.chunk_by(|a, b| a.year + 1 == b.year) {
            let band: Vec<(u16, [f64; 2])> = piece.iter().map(|p| (p.year, p.cloud)).collect();
            plot.band(svg, &band, CLOUD, 0.28);
            let stroke = Stroke { colour: ACCENT, width: 1.2 * LINE, dashes: None };
            plot.line(svg, piece.iter().map(|p| (p.year, p.estimate)), stroke);
        }
        for point in &self.points {
            let at = plot.at(point.year, point.estimate);
            let is_base = point.year + 1 == self.date;
            if point.is_outside() {
                svg.circle(at, 2.1, ACCENT, ACCENT, 0.5);
            } else {
                svg.circle(at, 1.5, "#ffffff", if is_base { MUTED } else { ACCENT }, 0.7);
            }
            let words = format!(
                "{}: {:+.2}; 90 % of as many other products from {:+.2} to {:+.2}{}",
                point.year,
                point.estimate,
                point.cloud[0],
                point.cloud[1],
                if is_base { "; the base" } else { "" }
            );
            svg.hint(at, 3.0, &words);
        }
    }

    /// The years of the measure.
    fn shade(&self, svg: &mut Svg, plot: &YearPlot, [ceiling, floor]: [f64; 2]) {
        let in_force: Vec<u16> = self.points.iter().filter(|p| p.in_force).map(|p| p.year).collect();
        let [first, last] = ends_of(in_force.iter().copied());
        if in_force.is_empty() {
            return;
        }
        // Half a year to either side, within the axes.
        let half =
            0.5 * (plot.across[1] - plot.across[0]) / f64::from((plot.years[1] - plot.years[0]).max(1));
        let from = (plot.at(first, 0.0)[0] - half).max(plot.across[0]);
        let to = (plot.at(last, 0.0)[0] + half).min(plot.across[1]);
        svg.rectangle(from, ceiling, to - from, floor - ceiling, IN_FORCE, 1.0);
        let words = if to - from > 26.0 { self.measure.as_str() } else { "" };
        let words = font::cut(words, SMALL, false, to - from - 2.0);
        svg.text(
            from + 1.5,
            ceiling + 5.5,
            &words,
            TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() },
        );
    }
}

impl FigureNumbers for BeforeAfterFigure {
    fn tables(&self) -> Vec<FigureTable> {
        let mut table = CsvTable::of(&BEFORE_AFTER_FIGURE);
        for panel in &self.panels {
            for point in &panel.points {
                table.row(&[
                    panel.measure.clone(),
                    panel.date.to_string(),
                    panel.outcome.name().to_owned(),
                    point.year.to_string(),
                    point.in_force.to_string(),
                    point.estimate.to_string(),
                    point.cloud[0].to_string(),
                    point.cloud[1].to_string(),
                ]);
            }
        }
        vec![FigureTable::new(NAME, table)]
    }

    fn drawings(&self, size: FigureSize) -> Vec<Drawing<'_>> {
        let more = match self.panels.len() - self.shown().len() {
            0 => String::new(),
            n => format!(" {n} more outcomes are not drawn; they are in the csv."),
        };
        let caption = Caption {
            title: format!("What happened after: {}.", self.measures().join("; ")),
            reading: vec![format!(
                "Line: mean of the products with the measure minus mean of those without, relative to the year before the measure (grey dot). Grey area: the \
                 middle 90 % of the same number if as many other products are taken for treated; filled dots lie outside. Upwards: logarithms for imports, \
                 tonnes and unit values (0.69 is twice as much), else the unit of the outcome.{more}"
            )],
            definitions: vec![CANNOT_CLAIM],
            numbers: vec![file_of(NAME), BEFORE_AFTER_PATH.file.to_owned()],
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: self.description(),
            caption,
            draw: Box::new(move |width| self.draw(width, size == FigureSize::Slide)),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure() -> BeforeAfterFigure {
        let point = |year, estimate, cloud| Point { year, in_force: year == 2011, estimate, cloud };
        let panel = |outcome| Panel {
            measure: "export <quota>".to_owned(),
            date: 2011,
            outcome,
            points: vec![
                point(2009, 0.1, [-0.5, 0.5]),
                point(2010, 0.0, [0.0, 0.0]),
                point(2011, 0.9, [-0.5, 0.6]),
                point(2013, 0.2, [-0.4, 0.4]),
            ],
        };
        let panels = vec![panel(EventOutcome::UnitValue), panel(EventOutcome::ExportHhi)];
        BeforeAfterFigure { by: UnitOfComparison::Product, panels }
    }

    #[test]
    fn the_csv_is_read_back() {
        let figure = figure();
        let csv = &figure.tables()[0].csv;
        assert!(csv.contains("export <quota>,2011,unit_value,2011,true,0.9,-0.5,0.6\n"), "{csv}");
        let table = Table::parse(csv.as_bytes(), "before_after.csv").unwrap();
        assert_eq!(BeforeAfterFigure::of_table(&table, UnitOfComparison::Product).unwrap(), figure);
        let wrong = Table::parse(csv.replace("unit_value", "price").as_bytes(), "x.csv").unwrap();
        let error = BeforeAfterFigure::of_table(&wrong, UnitOfComparison::Product).unwrap_err();
        assert_eq!(error.to_string(), "x.csv:2: column outcome: 'price' is no outcome");
    }

    #[test]
    fn a_panel_an_outcome_with_the_cloud_and_the_measure() {
        let figure = figure();
        let [drawing] = figure.drawings(FigureSize::TwoColumns).try_into().unwrap_or_else(|_| panic!("one"));
        assert!(drawing.description.contains("ln unit value: +0.90 in 2011, +0.20 in 2013"));
        let svg = (drawing.draw)(510.0).finish(180.0, &drawing.description);
        for part in [
            ">ln unit value</text>",
            ">HHI of world exports</text>",
            "2011: +0.90; 90 % of as many other products from −0.50",
            "2010: +0.00; 90 % of as many other products from +0.00 to +0.00; the base",
        ] {
            assert!(svg.contains(&part.replace('−', "-")), "{part}: {svg}");
        }
        // A year that is missing is not bridged: two bands and two lines a panel, one more line in the key.
        assert_eq!(svg.matches("<polygon").count(), 4);
        assert_eq!(svg.matches("<polyline").count(), 5);
    }
}
