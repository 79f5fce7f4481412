//! The specification curve: one coefficient under every choice of windows, scale and sample.

use super::cluster_profiles::short_number;
use super::source::FigureSource;
use super::svg::{Anchor, Scale, Svg, TextStyle};
use super::theme::{
    ACCENT, AXIS, AXIS_COLOUR, FAINT, GRID, HEAD, LABEL, MUTED, PANEL_LETTER, SMALL, SOFT, TINY,
};
use super::{FigureError, font};
use crate::indicators::Column;
use crate::nomenclature::YearRange;
use crate::regression::Variable;
use crate::run_folder::RunFolder;
use crate::run_folder::{CsvTable, cell};

/// One regression on the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// Baseline window.
    pub baseline: YearRange,
    /// Projection window.
    pub projection: YearRange,
    /// Name of the sample.
    pub sample: String,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Two-sided p.
    pub p: Option<f64>,
}

/// The curve: a panel for each scale, since estimates of different scales cannot be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificationCurve {
    /// The coefficient.
    pub term: String,
    /// Level of significance of the colours.
    pub size: f64,
    /// Kind of the standard errors.
    pub covariance: String,
    /// Scale and its regressions by rising estimate.
    pub panels: Vec<(String, Vec<CurvePoint>)>,
}

impl SpecificationCurve {
    /// The curve of the paper's headline, baseline STR, or of the first regressor if STR is none, from
    /// `regression/sweep.csv`; `None` if the run has no sweep. Standard errors are those that the study reports, as far as the
    /// sweep has them.
    ///
    /// # Errors
    /// [`FigureError::Table`] if the table is damaged.
    pub fn of(source: &FigureSource<'_>) -> Result<Option<Self>, FigureError> {
        let Some(table) = source.table("regression/sweep.csv")? else { return Ok(None) };
        let names = [
            "baseline_from",
            "baseline_to",
            "projection_from",
            "projection_to",
            "transform",
            "sample",
            "covariance",
            "term",
            "estimate",
            "se",
            "p",
        ];
        let columns: Vec<usize> = names.iter().map(|n| table.require(&[n])).collect::<Result<_, _>>()?;
        let settings = &source.study.regression;
        let regressors = settings.specification().regressors;
        let headline = Variable::baseline(Column::Str);
        let focal = if regressors.contains(&headline) { Some(&headline) } else { regressors.first() };
        let Some(term) = focal.map(Variable::label) else { return Ok(None) };
        let wanted = settings.covariance.name();
        let has_wanted = table.rows.iter().any(|row| row.get(columns[6]) == wanted);
        let kind = if has_wanted { Some(wanted) } else { table.rows.first().map(|row| row.get(columns[6])) };
        let Some(covariance) = kind.map(str::to_owned) else { return Ok(None) };
        let mut panels: Vec<(String, Vec<CurvePoint>)> = Vec::new();
        for row in table.rows.iter().filter(|r| r.get(columns[7]) == term && r.get(columns[6]) == covariance)
        {
            let optional =
                |column: usize| (!row.get(column).is_empty()).then(|| table.number(row, column)).transpose();
            let window = |from: usize| {
                let (first, last) = (table.year(row, columns[from])?, table.year(row, columns[from + 1])?);
                Ok::<_, FigureError>(YearRange { first, last })
            };
            let point = CurvePoint {
                baseline: window(0)?,
                projection: window(2)?,
                sample: row.get(columns[5]).to_owned(),
                estimate: table.number(row, columns[8])?,
                standard_error: optional(columns[9])?,
                p: optional(columns[10])?,
            };
            let scale = row.get(columns[4]);
            match panels.iter_mut().find(|(name, _)| name == scale) {
                Some((_, points)) => points.push(point),
                None => panels.push((scale.to_owned(), vec![point])),
            }
        }
        for (_, points) in &mut panels {
            // Stable: equal estimates stay in the order of their windows.
            points.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
        }
        let size = 1.0 - settings.confidence;
        Ok((!panels.is_empty()).then_some(Self { term, size, covariance, panels }))
    }

    /// Writes the numbers that the curve shows.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if the file cannot be written.
    pub fn write_csv(&self, folder: &mut RunFolder, name: &str) -> Result<(), FigureError> {
        let mut table = CsvTable::new(&[
            "term",
            "transform",
            "rank",
            "estimate",
            "se",
            "p",
            "baseline_from",
            "baseline_to",
            "projection_from",
            "projection_to",
            "sample",
        ]);
        for (scale, points) in &self.panels {
            for (rank, point) in points.iter().enumerate() {
                let (b, p) = (point.baseline, point.projection);
                table.row(&[
                    self.term.clone(),
                    scale.clone(),
                    (rank + 1).to_string(),
                    point.estimate.to_string(),
                    cell(point.standard_error),
                    cell(point.p),
                    b.first.to_string(),
                    b.last.to_string(),
                    p.first.to_string(),
                    p.last.to_string(),
                    point.sample.clone(),
                ]);
            }
        }
        Ok(table.write(folder, name)?)
    }

    /// Draws it: estimates with intervals above, the choices behind each of them below.
    pub fn draw(&self, width: f64) -> Svg {
        let mut choices: Vec<String> = Vec::new();
        for choice in self.panels.iter().flat_map(|(_, points)| points).flat_map(choices_of) {
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        choices.sort();
        let letters = if choices.len() > 30 { TINY } else { 5.2 };
        let line = letters + 1.7;
        let labels = choices.iter().fold(30.0f64, |most, c| most.max(font::width(c, letters, false))) + 6.0;
        let columns = if width < 300.0 { 1 } else { self.panels.len().clamp(1, 2) };
        let gutter = 26.0;
        let across = (width - labels - 3.0 - gutter * (columns as f64 - 1.0)) / columns as f64;
        let (head, curve) = (16.0, 110.0);
        let part = head + curve + 10.0 + line * choices.len() as f64 + 12.0;
        let mut svg = Svg::new(width, part * self.panels.len().div_ceil(columns) as f64 + 10.0);
        for (n, (scale_name, points)) in self.panels.iter().enumerate() {
            let top = part * (n / columns) as f64;
            let left = labels + (across + gutter) * (n % columns) as f64;
            let (floor, right) = (top + head + curve, left + across);
            let small = TextStyle { size: SMALL, fill: SOFT, anchor: Anchor::End, ..TextStyle::default() };
            if n % columns == 0 {
                for (at, choice) in choices.iter().enumerate() {
                    let y = floor + 10.0 + line * (at as f64 + 0.5);
                    svg.text(labels - 5.0, y + 0.36 * letters, choice, TextStyle { size: letters, ..small });
                }
            }
            for at in (0..choices.len()).step_by(2) {
                svg.rectangle(left, floor + 10.0 + line * at as f64, across, line, "#f4f5f7", 1.0);
            }
            let reach = |p: &CurvePoint| p.standard_error.map_or(0.0, |se| 1.96 * se);
            let low = points.iter().map(|p| p.estimate - reach(p)).fold(0.0, f64::min);
            let high = points.iter().map(|p| p.estimate + reach(p)).fold(0.0, f64::max);
            let scale = Scale::covering(low, high, [floor, top + head]);
            for &tick in &scale.ticks {
                let y = scale.at(tick);
                let (colour, wide) = if tick.abs() < 1e-12 { (AXIS_COLOUR, AXIS) } else { (FAINT, GRID) };
                svg.line([left, y], [right, y], colour, wide);
                svg.text(left - 3.0, y + 2.0, &scale.label(tick), small);
            }
            let bold = TextStyle { bold: true, ..TextStyle::default() };
            let letter = char::from(b'a' + (n % 26) as u8).to_string();
            svg.text(left, top + 8.5, &letter, TextStyle { size: PANEL_LETTER, ..bold });
            let title = format!("Coefficient of {}, {scale_name}", self.term);
            svg.text(
                left + 10.0,
                top + 8.5,
                &font::cut(&title, HEAD, true, across - 12.0),
                TextStyle { size: HEAD, ..bold },
            );
            let step = across / points.len().max(1) as f64;
            let mut of_colour: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
            let mut marks: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
            let mut hints = Vec::new();
            for (rank, point) in points.iter().enumerate() {
                let significant = usize::from(point.p.is_some_and(|p| p < self.size));
                let x = left + step * (rank as f64 + 0.5);
                if reach(point) > 0.0 {
                    let ends =
                        [point.estimate - reach(point), point.estimate + reach(point)].map(|e| scale.at(e));
                    let colour = if significant == 1 { "#9cc9e3" } else { "#dddddd" };
                    svg.line([x, ends[0]], [x, ends[1]], colour, (0.7 * step).min(2.0));
                }
                let p = point.p.map_or_else(String::new, |p| format!(", p {p:.3}"));
                let text = format!("{}{p}: {}", short_number(point.estimate), choices_of(point).join(", "));
                hints.push(([x, scale.at(point.estimate)], text));
                of_colour[significant].push([x, scale.at(point.estimate)]);
                for choice in choices_of(point) {
                    let row = choices.iter().position(|c| *c == choice).unwrap_or(0);
                    marks[significant].push([x, floor + 10.0 + line * (row as f64 + 0.5)]);
                }
            }
            let dot = (0.8 * step).clamp(1.0, 3.2);
            for (significant, colour) in [(0, MUTED), (1, ACCENT)] {
                svg.dots(&of_colour[significant], dot, colour, 1.0);
                svg.dots(&marks[significant], (0.9 * step).clamp(1.0, 0.8 * line), colour, 1.0);
            }
            for (centre, text) in hints {
                svg.hint(centre, (0.5 * step).clamp(0.8, 3.0), &text);
            }
        }
        let y = svg.height() - 4.0;
        let style = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        let level = (self.size * 1000.0).round() / 1000.0;
        let mut x = labels;
        for (colour, text) in [(ACCENT, format!("p < {level}")), (MUTED, format!("p ≥ {level}"))] {
            svg.dots(&[[x + 2.0, y - 2.0]], 3.6, colour, 1.0);
            svg.text(x + 6.0, y, &text, TextStyle { size: LABEL, ..style });
            x += 12.0 + font::width(&text, LABEL, false) + 8.0;
        }
        let note = "bars: 95 % interval; below: the choices behind each estimate";
        if x + font::width(note, SMALL, false) < width {
            svg.text(x, y, note, style);
        }
        svg
    }
}

/// The choices behind a regression, as the rows of the lower part.
fn choices_of(point: &CurvePoint) -> [String; 3] {
    let range = |first: u16, last: u16| format!("{first}\u{2013}{last}");
    let (b, p) = (point.baseline, point.projection);
    [
        format!("baseline {}", range(b.first, b.last)),
        format!("projection {}", range(p.first, p.last)),
        format!("sample {}", point.sample),
    ]
}
