//! The coefficient plot: every regressor of the table with its confidence interval, one panel a preset.

use super::FigureError;
use super::caption::{Caption, INDICATORS};
use super::chart::{AxisStyle, Scale, Zero, letter_of, panel_head, short_number};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, file_of};
use super::font;
use super::inputs::{FigureInputs, Need};
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{ACCENT, AXIS, AXIS_COLOUR, LABEL, SMALL, SOFT};
use crate::delimited::Table;
use crate::run_folder::manifest::RegressionRecord;
use crate::run_folder::{CsvTable, cell};
use crate::study::FigureSize;

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
    /// Windows and standard errors, in a sentence that begins with a blank; empty if they are not known.
    windows: String,
}

const NAME: &str = "coefficients";

/// The figure `coefficients`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Does dependence at the start go with a later change of comparative advantage?"
    }

    fn needs(&self) -> Need {
        Need::Regression
    }

    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let settings = &run.study().regression;
        let regressors: Vec<String> = settings.specification().regressors.iter().map(|r| r.label()).collect();
        let table = run.table("regression/table.csv")?;
        let plot =
            table.map(|table| CoefficientPlot::of(&table, &regressors, settings.confidence)).transpose()?;
        Ok(match plot.flatten() {
            Some(plot) => {
                let windows = run.manifest().regression.as_ref().map_or_else(String::new, windows);
                Gathered::numbers(CoefficientPlot { windows, ..plot })
            }
            None => Gathered::Absent(run.lacks(self.needs())),
        })
    }
}

fn windows(r: &RegressionRecord) -> String {
    format!(
        " Baseline {} to {}, projection {} to {}; standard errors: {}.",
        r.baseline[0],
        r.baseline[1],
        r.projection[0],
        r.projection[1],
        r.covariance.replace('_', " ")
    )
}

impl FigureNumbers for CoefficientPlot {
    fn tables(&self) -> Vec<FigureTable> {
        vec![FigureTable::new(NAME, self.csv())]
    }

    fn drawings(&self, _size: FigureSize) -> Vec<Drawing<'_>> {
        let caption = Caption {
            title: "Baseline dependence and the later change of comparative advantage.".to_owned(),
            reading: vec![format!(
                "Dots: coefficients of the regression of the change of comparative advantage on indicators in the baseline; lines: {} % confidence intervals. One panel a scale of comparative advantage. Constant and levels of cluster and tier are in regression/table.csv.{} Associations, not effects.",
                self.percent(),
                self.windows
            )],
            definitions: vec![INDICATORS],
            numbers: vec![file_of(NAME)],
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: "Coefficients of the regression with their confidence intervals".to_owned(),
            caption,
            draw: Box::new(|width| self.draw(width)),
        }]
    }
}

impl CoefficientPlot {
    /// The coefficients of some regressors in the reported regressions of `regression/table.csv`, with intervals of a level;
    /// constant and levels are left to the table. `None` if there are none.
    ///
    /// # Errors
    /// [`FigureError::Table`] if the table is damaged.
    pub fn of(table: &Table, regressors: &[String], level: f64) -> Result<Option<Self>, FigureError> {
        let column = |name: &str| table.require(&[name]);
        let (preset, reported, term) = (column("preset")?, column("reported")?, column("term")?);
        let (estimate, low, high) = (column("estimate")?, column("ci_low")?, column("ci_high")?);
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
        Ok((!panels.is_empty()).then_some(Self { level, panels, windows: String::new() }))
    }

    /// Level of the intervals in percent.
    fn percent(&self) -> f64 {
        (self.level * 1000.0).round() / 10.0
    }

    /// The numbers that the plot shows.
    fn csv(&self) -> CsvTable {
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
        table
    }

    /// Draws it: panels beside each other, or below each other in one column.
    pub fn draw(&self, width: f64) -> Svg {
        let labels = self
            .panels
            .iter()
            .flat_map(|(_, c)| c)
            .fold(40.0f64, |most, c| most.max(font::width(&c.term, LABEL, false)))
            + 8.0;
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
                let letter = letter_of(line * columns + n);
                panel_head(&mut svg, [left, top + 8.5], &letter, name, 10.0);
                let scale = Self::scale_of(coefficients, [left, left + across - 4.0]);
                scale.draw_upright(&mut svg, [top + head - 3.0, floor], AxisStyle::FIGURE, Zero::Marked);
                svg.line([left, floor], [left + across - 4.0, floor], AXIS_COLOUR, AXIS);
                for (row, c) in coefficients.iter().enumerate() {
                    let y = top + head + row_high * (row as f64 + 0.5);
                    if n == 0 {
                        let style = TextStyle { anchor: Anchor::End, ..TextStyle::default() };
                        svg.text(labels - 6.0, y + 2.3, &c.term, style);
                    }
                    c.draw(&mut svg, y, &scale, name);
                }
            }
            top = floor + foot;
        }
        let note = format!("Coefficient and {} % confidence interval", self.percent());
        let style = TextStyle { size: SMALL, fill: SOFT, anchor: Anchor::Middle, ..TextStyle::default() };
        svg.text(labels + 0.5 * (width - labels), top - 6.5, &note, style);
        svg.set_height(top - 3.0);
        svg
    }

    /// A scale that has all intervals and zero on it, with a margin.
    fn scale_of(coefficients: &[PlottedCoefficient], places: [f64; 2]) -> Scale {
        let ends = coefficients.iter().flat_map(|c| c.interval.unwrap_or([c.estimate; 2])).chain([0.0]);
        let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), e| (low.min(e), high.max(e)));
        let margin = 0.03 * (high - low);
        Scale::covering(low - margin, high + margin, places)
    }
}

impl PlottedCoefficient {
    fn draw(&self, svg: &mut Svg, y: f64, scale: &Scale, preset: &str) {
        let ends = self.interval.map(|ends| ends.map(short_number));
        let ends = ends.map_or_else(String::new, |[low, high]| format!(" ({low} to {high})"));
        svg.open_titled(&format!("{}, {preset}: {}{ends}", self.term, short_number(self.estimate)));
        if let Some([low, high]) = self.interval {
            svg.line([scale.at(low), y], [scale.at(high), y], ACCENT, 1.2);
        }
        svg.dots(&[[scale.at(self.estimate), y]], 4.4, ACCENT, 1.0);
        svg.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "preset,reported,term,estimate,ci_low,ci_high
log,true,constant,1.5,1,2
log,true,baseline STR,0.25,-0.5,1
log,true,baseline <HHI>,-0.5,,
log,false,baseline STR,9,8,10
levels,true,baseline STR,2,1,3
";

    fn plot() -> CoefficientPlot {
        let regressors = ["baseline STR", "baseline <HHI>"].map(str::to_owned);
        let table = Table::parse(TABLE.as_bytes(), "regression/table.csv").unwrap();
        CoefficientPlot::of(&table, &regressors, 0.95).unwrap().unwrap()
    }

    #[test]
    fn regressors_of_the_reported_regressions_are_drawn() {
        let plot = plot();
        let [table] = plot.tables().try_into().unwrap();
        assert_eq!(table.file(), "figures/coefficients.csv");
        assert_eq!(
            table.csv,
            "preset,term,estimate,ci_low,ci_high
log,baseline STR,0.25,-0.5,1
log,baseline <HHI>,-0.5,,
levels,baseline STR,2,1,3
"
        );
        let svg = plot.draw(510.0).finish(180.0, "x");
        for part in [
            ">a</text>",
            ">b</text>",
            "<title>baseline STR, log: 0.25 (−0.50 to 1.00)</title>",
            "<title>baseline &lt;HHI&gt;, log: −0.50</title>",
            "Coefficient and 95 % confidence interval",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert!(!svg.contains("constant"));
    }

    #[test]
    fn there_is_no_plot_without_regressors() {
        let table = Table::parse(TABLE.as_bytes(), "regression/table.csv").unwrap();
        assert!(CoefficientPlot::of(&table, &[], 0.95).unwrap().is_none());
    }
}
