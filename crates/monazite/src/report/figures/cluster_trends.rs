//! Figure 3: how the features of each cluster moved over the years.

use super::svg::{Anchor, Scale, Svg, TextStyle};
use super::{MOST_CLUSTERS, cluster_colour, cluster_name};
use crate::panel::run::CsvTable;
use crate::profile::{Profiles, UnitKind};
use crate::report::{FolderError, RunFolder};
use crate::typology::Typology;
use crate::typology::tables::{ClusterSummary, summaries};

/// Mean and standard deviation of a feature over the countries of a cluster in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
struct TrendPoint {
    year: u16,
    countries: usize,
    mean: f64,
    /// n - 1; 0 for a single country.
    sd: f64,
}

/// The trends of one feature.
#[derive(Debug, Clone, PartialEq)]
struct FeatureTrends {
    name: String,
    label: String,
    /// By cluster shown.
    series: Vec<Vec<TrendPoint>>,
}

/// Trends of all features and clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterTrends {
    clusters: Vec<u32>,
    left_out: usize,
    features: Vec<FeatureTrends>,
}

/// The clusters that a figure shows: all, or the largest by exports, in order of their numbers.
pub(super) fn largest(clusters: &[ClusterSummary]) -> Vec<u32> {
    let mut order: Vec<&ClusterSummary> = clusters.iter().filter(|c| !c.units.is_empty()).collect();
    order.sort_by(|a, b| b.exports.total_cmp(&a.exports).then(a.cluster.cmp(&b.cluster)));
    let mut shown: Vec<u32> = order.iter().take(MOST_CLUSTERS).map(|c| c.cluster).collect();
    shown.sort_unstable();
    shown
}

const COLUMNS: usize = 4;
const PANEL: [f64; 2] = [236.0, 176.0];
const LEFT: f64 = 38.0;
const TOP: f64 = 76.0;

impl ClusterTrends {
    /// The trends of a typology. A country counts in the cluster it is assigned to in every year, so that nothing moves because
    /// countries change places. Groups do not count.
    pub fn of(profiles: &Profiles, typology: &Typology) -> Self {
        let all = summaries(profiles, typology);
        let clusters = largest(&all);
        let features = profiles
            .features
            .iter()
            .enumerate()
            .map(|(place, feature)| {
                let mut values: Vec<Vec<Vec<f64>>> =
                    vec![vec![Vec::new(); profiles.years.len()]; clusters.len()];
                for row in &profiles.rows {
                    if profiles.units[row.unit].kind == UnitKind::Group {
                        continue;
                    }
                    let cluster = typology.assignments[row.unit]
                        .and_then(|a| clusters.iter().position(|c| *c == a.cluster));
                    if let (Some(cluster), Some(value)) = (cluster, row.values[place]) {
                        values[cluster][row.year].push(value);
                    }
                }
                let series = values
                    .iter()
                    .map(|years| {
                        years
                            .iter()
                            .zip(&profiles.years)
                            .filter_map(|(values, &year)| TrendPoint::of(year, values))
                            .collect()
                    })
                    .collect();
                FeatureTrends { name: feature.name(), label: feature.label(), series }
            })
            .filter(|f: &FeatureTrends| f.series.iter().any(|s| !s.is_empty()))
            .collect();
        let left_out = all.iter().filter(|c| !c.units.is_empty()).count() - clusters.len();
        Self { clusters, left_out, features }
    }

    /// Writes the numbers.
    ///
    /// # Errors
    /// [`FolderError`] if the file cannot be written.
    pub fn write_csv(&self, folder: &mut RunFolder, name: &str) -> Result<(), FolderError> {
        let mut table = CsvTable::new(&["feature", "cluster", "year", "countries", "mean", "sd"]);
        for feature in &self.features {
            for (cluster, series) in self.clusters.iter().zip(&feature.series) {
                for point in series {
                    table.row(&[
                        feature.name.clone(),
                        cluster.to_string(),
                        point.year.to_string(),
                        point.countries.to_string(),
                        point.mean.to_string(),
                        point.sd.to_string(),
                    ]);
                }
            }
        }
        table.write(folder, name)
    }

    /// Draws a small panel a feature.
    pub fn draw(&self) -> String {
        let rows = self.features.len().div_ceil(COLUMNS).max(1);
        let columns = self.features.len().clamp(1, COLUMNS);
        let width = (16.0 + PANEL[0] * columns as f64).max(640.0);
        let mut svg = Svg::new(width, TOP + PANEL[1] * rows as f64 + 10.0);
        svg.text(
            16.0,
            24.0,
            "How the clusters moved",
            TextStyle { size: 15.0, bold: true, ..TextStyle::default() },
        );
        let left_out = match self.left_out {
            0 => String::new(),
            n => format!(" {n} smaller clusters are left out."),
        };
        svg.text(
            16.0,
            42.0,
            &format!("Mean over the countries of each cluster; bands are one standard deviation.{left_out}"),
            TextStyle { size: 11.0, fill: "#5b5b5b", ..TextStyle::default() },
        );
        let mut x = 16.0;
        for &cluster in &self.clusters {
            svg.line([x, 56.0], [x + 18.0, 56.0], cluster_colour(cluster), 2.6);
            let name = cluster_name(cluster);
            svg.text(x + 23.0, 60.0, &name, TextStyle { size: 11.5, ..TextStyle::default() });
            x += 38.0 + super::svg::text_width(&name, 11.5);
        }
        for (place, feature) in self.features.iter().enumerate() {
            let corner =
                [16.0 + PANEL[0] * (place % COLUMNS) as f64, TOP + PANEL[1] * (place / COLUMNS) as f64];
            self.draw_panel(&mut svg, feature, corner);
        }
        svg.finish("Trends of every feature by cluster, with bands of one standard deviation")
    }

    fn draw_panel(&self, svg: &mut Svg, feature: &FeatureTrends, corner: [f64; 2]) {
        let (left, right) = (corner[0] + LEFT, corner[0] + PANEL[0] - 14.0);
        let (top, bottom) = (corner[1] + 22.0, corner[1] + PANEL[1] - 28.0);
        svg.text(
            left,
            corner[1] + 14.0,
            &feature.label,
            TextStyle { size: 11.5, bold: true, ..TextStyle::default() },
        );
        let points = || feature.series.iter().flatten();
        let (low, high) = points().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| {
            (low.min(p.mean - p.sd), high.max(p.mean + p.sd))
        });
        let values = Scale::covering(low, high, [bottom, top]);
        let first = points().map(|p| p.year).min().unwrap_or(0);
        let last = points().map(|p| p.year).max().unwrap_or(0);
        let span = f64::from(last - first).max(1.0);
        let at = |year: u16| left + (right - left) * f64::from(year - first) / span;
        let soft = TextStyle { size: 10.0, fill: "#5b5b5b", ..TextStyle::default() };
        for &tick in &values.ticks {
            let y = values.at(tick);
            svg.line([left, y], [right, y], "#e3e3e3", 0.8);
            svg.text(left - 5.0, y + 3.5, &values.label(tick), TextStyle { anchor: Anchor::End, ..soft });
        }
        svg.text(left, bottom + 15.0, &first.to_string(), soft);
        svg.text(right, bottom + 15.0, &last.to_string(), TextStyle { anchor: Anchor::End, ..soft });
        for (cluster, series) in self.clusters.iter().zip(&feature.series) {
            let upper = series.iter().map(|p| [at(p.year), values.at(p.mean + p.sd)]);
            let lower = series.iter().rev().map(|p| [at(p.year), values.at(p.mean - p.sd)]);
            let band: Vec<[f64; 2]> = upper.chain(lower).collect();
            svg.polygon(&band, cluster_colour(*cluster), 0.1);
        }
        for (cluster, series) in self.clusters.iter().zip(&feature.series) {
            let line: Vec<[f64; 2]> = series.iter().map(|p| [at(p.year), values.at(p.mean)]).collect();
            svg.polyline(&line, cluster_colour(*cluster), 1.9, (*cluster == 0).then_some("4 3"));
        }
    }
}

impl TrendPoint {
    fn of(year: u16, values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().fold(0.0, |sum, v| sum + v) / n;
        let squares = values.iter().fold(0.0, |sum, v| sum + (v - mean) * (v - mean));
        Some(Self { year, countries: values.len(), mean, sd: (squares / (n - 1.0).max(1.0)).sqrt() })
    }
}
