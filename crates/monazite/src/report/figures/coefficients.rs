//! The coefficient plot: every regressor of the table with its confidence interval, one panel a preset.

use super::FigureError;
use super::cluster_profiles::short_number;
use super::font;
use super::source::FigureSource;
use super::svg::{Anchor, Scale, Svg, TextStyle};
use super::theme::{ACCENT, AXIS, AXIS_COLOUR, FAINT, GRID, HEAD, LABEL, PANEL_LETTER, SMALL, SOFT};
use crate::run_folder::RunFolder;
use crate::run_folder::{CsvTable, cell};

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

impl CoefficientPlot {
    /// The regressors of the reported regressions of `regression/table.csv`; constant and levels are left to the table.
    /// `None` if the run has no regression.
    ///
    /// # Errors
    /// [`FigureError::Table`] if the table is damaged.
    pub fn of(source: &FigureSource<'_>) -> Result<Option<Self>, FigureError> {
        let Some(table) = source.table("regression/table.csv")? else { return Ok(None) };
        let column = |name: &str| table.require(&[name]);
        let (preset, reported, term) = (column("preset")?, column("reported")?, column("term")?);
        let (estimate, low, high) = (column("estimate")?, column("ci_low")?, column("ci_high")?);
        let regressors: Vec<String> =
            source.study.regression.specification().regressors.iter().map(|r| r.label()).collect();
        let mut panels: Vec<(String, Vec<PlottedCoefficient>)> = Vec::new();
        for row in table.rows.iter().filter(|row| row.get(reported) == "true") {
            if !regressors.iter().any(|name| name == row.get(term)) {
                continue;
            }
            let interval = match (row.get(low), row.get(high)) {
                ("", _) | (_, "") => None,
                _ => Some([table.number(row, low)?, table.number(row, high)?]),
            };
            let coefficient = PlottedCoefficient {
                term: row.get(term).to_owned(),
                estimate: table.number(row, estimate)?,
                interval,
            };
            match panels.iter_mut().find(|(name, _)| name == row.get(preset)) {
                Some((_, coefficients)) => coefficients.push(coefficient),
                None => panels.push((row.get(preset).to_owned(), vec![coefficient])),
            }
        }
        let level = source.study.regression.confidence;
        Ok((!panels.is_empty()).then_some(Self { level, panels }))
    }

    /// Writes the numbers that the plot shows.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if the file cannot be written.
    pub fn write_csv(&self, folder: &mut RunFolder, name: &str) -> Result<(), FigureError> {
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
        Ok(table.write(folder, name)?)
    }

    /// Draws it: panels beside each other, or below each other in one column.
    pub fn draw(&self, width: f64) -> Svg {
        let labels = self
            .panels
            .iter()
            .flat_map(|(_, c)| c)
            .fold(40.0f64, |most, c| most.max(font::width(&c.term, LABEL, false)))
            + 6.0;
        let columns = if width < 300.0 { 1 } else { self.panels.len().clamp(1, 3) };
        let gutter = 14.0;
        let across = (width - labels - gutter * (columns as f64 - 1.0)) / columns as f64;
        let mut svg = Svg::new(width, 0.0);
        let (head, row_high, foot) = (18.0, 12.5, 24.0);
        let mut top = 0.0;
        for (line, panels) in self.panels.chunks(columns).enumerate() {
            let rows = panels.iter().map(|(_, c)| c.len()).max().unwrap_or(0);
            let floor = top + head + row_high * rows as f64;
            for (n, (name, coefficients)) in panels.iter().enumerate() {
                let left = labels + (across + gutter) * n as f64;
                let letter = char::from(b'a' + ((line * columns + n) % 26) as u8).to_string();
                let bold = TextStyle { bold: true, ..TextStyle::default() };
                svg.text(left, top + 8.5, &letter, TextStyle { size: PANEL_LETTER, ..bold });
                svg.text(left + 10.0, top + 8.5, name, TextStyle { size: HEAD, ..bold });
                let ends =
                    coefficients.iter().flat_map(|c| c.interval.unwrap_or([c.estimate; 2])).chain([0.0]);
                let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), e| (low.min(e), high.max(e)));
                let margin = 0.03 * (high - low);
                let scale = Scale::covering(low - margin, high + margin, [left, left + across - 4.0]);
                for &tick in &scale.ticks {
                    let x = scale.at(tick);
                    let (colour, wide) = if tick.abs() < 1e-12 { (AXIS_COLOUR, AXIS) } else { (FAINT, GRID) };
                    svg.line([x, top + head - 3.0], [x, floor], colour, wide);
                    let style =
                        TextStyle { size: SMALL, fill: SOFT, anchor: Anchor::Middle, ..TextStyle::default() };
                    svg.text(x, floor + 8.5, &scale.label(tick), style);
                }
                svg.line([left, floor], [left + across - 4.0, floor], AXIS_COLOUR, AXIS);
                for (row, c) in coefficients.iter().enumerate() {
                    let y = top + head + row_high * (row as f64 + 0.5);
                    if n == 0 {
                        let style = TextStyle { anchor: Anchor::End, ..TextStyle::default() };
                        svg.text(labels - 6.0, y + 2.3, &c.term, style);
                    }
                    let ends = c.interval.map(|ends| ends.map(short_number));
                    let ends = ends.map_or_else(String::new, |[low, high]| format!(" ({low} to {high})"));
                    svg.open_titled(&format!("{}, {name}: {}{ends}", c.term, short_number(c.estimate)));
                    if let Some([low, high]) = c.interval {
                        svg.line([scale.at(low), y], [scale.at(high), y], ACCENT, 1.2);
                    }
                    svg.dots(&[[scale.at(c.estimate), y]], 4.4, ACCENT, 1.0);
                    svg.close();
                }
            }
            top = floor + foot;
        }
        let note = format!("Coefficient and {} % confidence interval", (self.level * 1000.0).round() / 10.0);
        let style = TextStyle { size: SMALL, fill: SOFT, anchor: Anchor::Middle, ..TextStyle::default() };
        svg.text(labels + 0.5 * (width - labels), top - 6.5, &note, style);
        svg.set_height(top - 3.0);
        svg
    }
}
