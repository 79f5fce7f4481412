//! The coefficient plot: every regressor of the table with its confidence interval, one panel a preset.

use super::svg::{Anchor, Scale, Svg, TextStyle};
use crate::panel::run::{CsvTable, cell};
use crate::regression::{Estimated, Preset, TermKind};
use crate::report::{FolderError, RunFolder};

/// One coefficient of the plot.
#[derive(Debug, Clone, PartialEq)]
pub struct PlottedCoefficient {
    /// Its name.
    pub term: String,
    /// The estimate.
    pub estimate: f64,
    /// Its confidence interval.
    pub interval: Option<[f64; 2]>,
}

/// The plot.
#[derive(Debug, Clone, PartialEq)]
pub struct CoefficientPlot {
    /// Level of the intervals.
    pub level: f64,
    /// Name and coefficients of each preset.
    pub panels: Vec<(String, Vec<PlottedCoefficient>)>,
}

const LABELS: f64 = 140.0;
const PANEL: f64 = 250.0;
const ROW: f64 = 24.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 44.0;
const COLOUR: &str = "#0072b2";

impl CoefficientPlot {
    /// The regressors of some regressions; constant and levels are left to the table.
    pub fn of<'a>(regressions: impl Iterator<Item = (&'a Preset, &'a Estimated)>, level: f64) -> Self {
        let panels = regressions
            .map(|(preset, estimated)| {
                let coefficients = estimated
                    .terms
                    .iter()
                    .zip(&estimated.reported().terms)
                    .filter(|(term, _)| matches!(term.kind, TermKind::Regressor(_)))
                    .map(|(term, one)| PlottedCoefficient {
                        term: term.name.clone(),
                        estimate: one.estimate,
                        interval: one.interval,
                    })
                    .collect();
                (preset.name(), coefficients)
            })
            .collect();
        Self { level, panels }
    }

    /// Writes the numbers that the plot shows.
    ///
    /// # Errors
    /// [`FolderError`] if the file cannot be written.
    pub fn write_csv(&self, folder: &mut RunFolder, name: &str) -> Result<(), FolderError> {
        let mut table = CsvTable::new(&["preset", "term", "estimate", "ci_low", "ci_high"]);
        for (preset, coefficients) in &self.panels {
            for c in coefficients {
                table.row(&[
                    preset.clone(),
                    c.term.clone(),
                    c.estimate.to_string(),
                    cell(c.interval.map(|i| i[0])),
                    cell(c.interval.map(|i| i[1])),
                ]);
            }
        }
        table.write(folder, name)
    }

    /// Draws it.
    pub fn draw(&self) -> String {
        let terms = self.panels.iter().map(|(_, c)| c.len()).max().unwrap_or(0);
        let height = TOP + ROW * terms as f64 + BOTTOM;
        let mut svg = Svg::new(LABELS + PANEL * self.panels.len() as f64 + 10.0, height);
        let y_of = |row: usize| TOP + ROW * (row as f64 + 0.5);
        for (p, (name, coefficients)) in self.panels.iter().enumerate() {
            let (left, right) = (LABELS + PANEL * p as f64 + 10.0, LABELS + PANEL * (p + 1) as f64 - 10.0);
            let ends = coefficients.iter().flat_map(|c| c.interval.unwrap_or([c.estimate; 2])).chain([0.0]);
            let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), e| (low.min(e), high.max(e)));
            let scale = Scale::covering(low, high, [left, right]);
            let floor = height - BOTTOM;
            for &tick in &scale.ticks {
                let x = scale.at(tick);
                let (colour, width) = if tick.abs() < 1e-12 { ("#555555", 1.2) } else { ("#e2e2e2", 0.8) };
                svg.line([x, TOP - 4.0], [x, floor], colour, width);
                let style =
                    TextStyle { size: 10.0, fill: "#555555", anchor: Anchor::Middle, ..TextStyle::default() };
                svg.text(x, floor + 14.0, &scale.label(tick), style);
            }
            let head = TextStyle { size: 12.0, bold: true, anchor: Anchor::Middle, ..TextStyle::default() };
            svg.text((left + right) / 2.0, 20.0, name, head);
            for (row, c) in coefficients.iter().enumerate() {
                let y = y_of(row);
                if p == 0 {
                    let style = TextStyle { size: 11.0, anchor: Anchor::End, ..TextStyle::default() };
                    svg.text(LABELS, y + 4.0, &c.term, style);
                }
                if let Some([low, high]) = c.interval {
                    svg.line([scale.at(low), y], [scale.at(high), y], COLOUR, 2.0);
                }
                svg.dots(&[[scale.at(c.estimate), y]], 7.0, COLOUR, 1.0);
            }
        }
        let note = format!(
            "Estimate and {} % confidence interval; baseline dependence, growth of comparative advantage",
            (self.level * 100.0 * 10.0).round() / 10.0
        );
        let style = TextStyle { size: 10.0, fill: "#555555", ..TextStyle::default() };
        svg.text(10.0, height - 8.0, &note, style);
        svg.finish("Coefficients of the regression with their confidence intervals")
    }
}
