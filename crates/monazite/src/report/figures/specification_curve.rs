//! The specification curve: one coefficient under every choice of windows, scale and sample.

use super::svg::{Anchor, Scale, Svg, TextStyle};
use crate::panel::run::{CsvTable, cell};
use crate::regression::{CovarianceKind, Sweep, Windows};
use crate::report::{FolderError, RunFolder};

/// One regression on the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// The windows.
    pub windows: Windows,
    /// Name of the sample.
    pub sample: &'static str,
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
    /// Scale and its regressions by rising estimate.
    pub panels: Vec<(&'static str, Vec<CurvePoint>)>,
}

const LEFT: f64 = 118.0;
const PANEL: f64 = 380.0;
const GAP: f64 = 46.0;
const CURVE: f64 = 190.0;
const TOP: f64 = 34.0;
const CHOICE: f64 = 13.0;
const SIGNIFICANT: &str = "#0072b2";
const NOT: &str = "#a8a8a8";

impl SpecificationCurve {
    /// The curve of one coefficient of a sweep, with one kind of standard errors.
    pub fn of(sweep: &Sweep, windows: &[Windows], term: &str, kind: CovarianceKind, size: f64) -> Self {
        let mut panels: Vec<(&'static str, Vec<CurvePoint>)> = Vec::new();
        for row in sweep.rows.iter().filter(|r| r.term == term && r.covariance == kind) {
            let scale = row.preset.transform.name();
            let point = CurvePoint {
                windows: windows[row.windows],
                sample: row.preset.sample.name(),
                estimate: row.estimate,
                standard_error: row.standard_error,
                p: row.p,
            };
            match panels.iter_mut().find(|(name, _)| *name == scale) {
                Some((_, points)) => points.push(point),
                None => panels.push((scale, vec![point])),
            }
        }
        for (_, points) in &mut panels {
            // Stable: equal estimates stay in the order of their windows.
            points.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
        }
        Self { term: term.to_owned(), size, panels }
    }

    /// Writes the numbers that the curve shows.
    ///
    /// # Errors
    /// [`FolderError`] if the file cannot be written.
    pub fn write_csv(&self, folder: &mut RunFolder, name: &str) -> Result<(), FolderError> {
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
                let (b, p) = (point.windows.baseline, point.windows.projection);
                table.row(&[
                    self.term.clone(),
                    (*scale).to_owned(),
                    (rank + 1).to_string(),
                    point.estimate.to_string(),
                    cell(point.standard_error),
                    cell(point.p),
                    b.first.to_string(),
                    b.last.to_string(),
                    p.first.to_string(),
                    p.last.to_string(),
                    point.sample.to_owned(),
                ]);
            }
        }
        table.write(folder, name)
    }

    /// Draws it: estimates with intervals above, the choices behind each of them below.
    pub fn draw(&self) -> String {
        let mut choices: Vec<String> = Vec::new();
        for (_, points) in &self.panels {
            for choice in points.iter().flat_map(choices_of) {
                if !choices.contains(&choice) {
                    choices.push(choice);
                }
            }
        }
        choices.sort();
        let floor = TOP + CURVE;
        let height = floor + 26.0 + CHOICE * choices.len() as f64 + 34.0;
        let mut svg = Svg::new(LEFT + self.panels.len() as f64 * (PANEL + GAP), height);
        let small = TextStyle { size: 9.5, fill: "#333333", anchor: Anchor::End, ..TextStyle::default() };
        for (at, choice) in choices.iter().enumerate() {
            svg.text(LEFT - 8.0, floor + 26.0 + CHOICE * (at as f64 + 0.75), choice, small);
        }
        for (n, (scale_name, points)) in self.panels.iter().enumerate() {
            let left = LEFT + n as f64 * (PANEL + GAP) + if n > 0 { GAP / 2.0 } else { 10.0 };
            let right = left + PANEL - 10.0;
            let reach = |p: &CurvePoint| p.standard_error.map_or(0.0, |se| 1.96 * se);
            let low = points.iter().map(|p| p.estimate - reach(p)).fold(0.0, f64::min);
            let high = points.iter().map(|p| p.estimate + reach(p)).fold(0.0, f64::max);
            let scale = Scale::covering(low, high, [floor, TOP]);
            for &tick in &scale.ticks {
                let y = scale.at(tick);
                let (colour, width) = if tick.abs() < 1e-12 { ("#555555", 1.2) } else { ("#e2e2e2", 0.8) };
                svg.line([left, y], [right, y], colour, width);
                svg.text(left - 4.0, y + 3.0, &scale.label(tick), TextStyle { size: 9.0, ..small });
            }
            let head = TextStyle { size: 12.0, bold: true, anchor: Anchor::Middle, ..TextStyle::default() };
            svg.text((left + right) / 2.0, 20.0, &format!("{}, {scale_name}", self.term), head);
            let step = (right - left) / points.len().max(1) as f64;
            let x_of = |rank: usize| left + step * (rank as f64 + 0.5);
            let mut of_colour: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
            let mut marks: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
            for (rank, point) in points.iter().enumerate() {
                let significant = usize::from(point.p.is_some_and(|p| p < self.size));
                let x = x_of(rank);
                if reach(point) > 0.0 {
                    let ends =
                        [point.estimate - reach(point), point.estimate + reach(point)].map(|e| scale.at(e));
                    let colour = if significant == 1 { "#9cc9e3" } else { "#dddddd" };
                    svg.line([x, ends[0]], [x, ends[1]], colour, (0.7 * step).min(3.0));
                }
                of_colour[significant].push([x, scale.at(point.estimate)]);
                for choice in choices_of(point) {
                    let row = choices.iter().position(|c| *c == choice).unwrap_or(0);
                    marks[significant].push([x, floor + 26.0 + CHOICE * (row as f64 + 0.5)]);
                }
            }
            let size = (0.8 * step).clamp(1.5, 5.0);
            for (significant, colour) in [(0, NOT), (1, SIGNIFICANT)] {
                svg.dots(&of_colour[significant], size, colour, 1.0);
                svg.dots(&marks[significant], (0.9 * step).clamp(1.5, 6.0), colour, 1.0);
            }
        }
        let style = TextStyle { size: 10.0, fill: "#555555", ..TextStyle::default() };
        let note = format!(
            "Each column is one regression, by rising estimate, with its 95 % interval; blue where p < {}. Below, the windows and the sample behind it.",
            (self.size * 1000.0).round() / 1000.0
        );
        svg.text(10.0, height - 10.0, &note, style);
        svg.finish(&format!("Coefficient of {} under every choice of windows, scale and sample", self.term))
    }
}

/// The choices behind a regression, as the rows of the lower part.
fn choices_of(point: &CurvePoint) -> [String; 3] {
    let range = |first: u16, last: u16| format!("{first}\u{2013}{last}");
    let (b, p) = (point.windows.baseline, point.windows.projection);
    [
        format!("baseline {}", range(b.first, b.last)),
        format!("projection {}", range(p.first, p.last)),
        format!("sample {}", point.sample),
    ]
}
