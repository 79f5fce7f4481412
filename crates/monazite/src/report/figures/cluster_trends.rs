//! Figure 3: how the features of each cluster moved over the years, and what moved STR.

use super::cluster_profiles::short_number;
use super::source::{ClusteredProfiles, FigureSource};
use super::svg::{Anchor, Scale, Svg, TextStyle};
use super::theme::{AXIS, AXIS_COLOUR, FAINT, GRID, LABEL, LINE, SMALL, SOFT, cluster_colour, cluster_name};
use super::trend_parts::{FeatureParts, PartsPoint, parts};
use super::{FigureError, MOST_CLUSTERS, font, unit_of};
use crate::indicators::Column;
use crate::profile::{Feature, ProductSet, UnitKind};
use crate::run_folder::CsvTable;
use crate::run_folder::RunFolder;

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
    feature: Feature,
    /// By cluster shown.
    series: Vec<Vec<TrendPoint>>,
}

/// Trends of all features and clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterTrends {
    clusters: Vec<u32>,
    left_out: usize,
    features: Vec<FeatureTrends>,
    parts: Vec<FeatureParts>,
}

/// What a panel shows.
#[derive(Debug, Clone, Copy)]
enum Panel<'a> {
    Trend(&'a FeatureTrends),
    Parts(&'a FeatureParts),
}

impl ClusterTrends {
    /// The trends of a typology. A country counts in the cluster it is assigned to in every year, so that nothing moves because
    /// countries change places. Groups do not count.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if the decomposition of the run cannot be read.
    pub fn of(source: &FigureSource<'_>, data: &ClusteredProfiles) -> Result<Self, FigureError> {
        let profiles = &data.profiles;
        let clusters = data.largest(MOST_CLUSTERS);
        let features = profiles
            .features
            .iter()
            .enumerate()
            .map(|(place, feature)| {
                let mut values: Vec<Vec<Vec<f64>>> =
                    vec![vec![Vec::new(); profiles.years.len()]; clusters.len()];
                for row in profiles.rows.iter().filter(|r| profiles.units[r.unit].kind != UnitKind::Group) {
                    if let (Some(cluster), Some(value)) =
                        (data.place_among(&clusters, row.unit), row.values[place])
                    {
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
                FeatureTrends { feature: *feature, series }
            })
            .filter(|f: &FeatureTrends| f.series.iter().any(|s| !s.is_empty()))
            .collect();
        let parts = parts(source, data, &clusters)?;
        Ok(Self { left_out: data.clusters.len() - clusters.len(), clusters, features, parts })
    }

    /// Clusters that are not shown.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether the parts of STR are shown.
    pub fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Writes the trends.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if the file cannot be written.
    pub fn write_csv(&self, folder: &mut RunFolder, name: &str) -> Result<(), FigureError> {
        let mut table = CsvTable::new(&["feature", "cluster", "year", "countries", "mean", "sd"]);
        for feature in &self.features {
            for (cluster, series) in self.clusters.iter().zip(&feature.series) {
                for point in series {
                    table.row(&[
                        feature.feature.name(),
                        cluster.to_string(),
                        point.year.to_string(),
                        point.countries.to_string(),
                        point.mean.to_string(),
                        point.sd.to_string(),
                    ]);
                }
            }
        }
        Ok(table.write(folder, name)?)
    }

    /// Writes the parts of the STR trends.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if the file cannot be written.
    pub fn write_parts(&self, folder: &mut RunFolder, name: &str) -> Result<(), FigureError> {
        let mut table =
            CsvTable::new(&["feature", "cluster", "year", "countries", "network", "stability", "mix"]);
        for feature in &self.parts {
            for (cluster, series) in self.clusters.iter().zip(&feature.series) {
                for point in series {
                    table.row(&[
                        feature.feature.name(),
                        cluster.to_string(),
                        point.year.to_string(),
                        point.countries.to_string(),
                        point.network.to_string(),
                        point.stability.to_string(),
                        point.mix.to_string(),
                    ]);
                }
            }
        }
        Ok(table.write(folder, name)?)
    }

    /// The panels in rows that belong together: all products, input products, composite by tier, influence by tier.
    fn blocks(&self) -> Vec<Vec<Panel<'_>>> {
        let mut blocks: Vec<(u8, Vec<Panel<'_>>)> = Vec::new();
        for trends in &self.features {
            let f = &trends.feature;
            // With every feature by tier, an indicator and set of products is a block of its own.
            let block = match (f.indicator, f.products, f.tier) {
                (Column::Pc1, _, _) => 100,
                (Column::Influence, _, _) => 101,
                (_, ProductSet::All, None) => 0,
                (_, ProductSet::Inputs, None) => 1,
                (column, ProductSet::All, Some(_)) => 10 + column as u8,
                (column, ProductSet::Inputs, Some(_)) => 30 + column as u8,
            };
            if blocks.last().is_none_or(|(last, _)| *last != block) {
                blocks.push((block, Vec::new()));
            }
            if let Some((_, panels)) = blocks.last_mut() {
                panels.push(Panel::Trend(trends));
                panels.extend(self.parts.iter().filter(|p| p.feature == *f).map(Panel::Parts));
            }
        }
        blocks.into_iter().map(|(_, panels)| panels).collect()
    }

    /// Draws a small panel a feature.
    pub fn draw(&self, width: f64) -> Svg {
        let blocks = self.blocks();
        let longest = blocks.iter().map(Vec::len).max().unwrap_or(1);
        let columns = if width < 300.0 { 2 } else { longest.clamp(4, 5).min(self.features.len().max(1)) };
        let gutter = 8.0;
        let panel = [(width - gutter * (columns as f64 - 1.0)) / columns as f64, 0.0];
        let panel = [panel[0], if width < 300.0 { 76.0 } else { (0.86 * panel[0]).clamp(84.0, 112.0) }];
        let mut svg = Svg::new(width, 0.0);
        let (mut x, mut y) = (0.0, 8.0);
        for &cluster in &self.clusters {
            let name = cluster_name(cluster);
            let wide = 16.0 + font::width(&name, LABEL, false);
            if x + wide > width {
                (x, y) = (0.0, y + 10.0);
            }
            let dashes = (cluster == 0).then_some("3 2");
            svg.polyline(&[[x, y - 2.3], [x + 13.0, y - 2.3]], cluster_colour(cluster), 1.4, dashes);
            svg.text(x + 16.0, y, &name, TextStyle::default());
            x += wide + 12.0;
        }
        y += 8.0;
        let mut letter = 0usize;
        let mut column = 0;
        for block in &blocks {
            // A block begins a row of its own unless all of it fits in what is left of one.
            if column > 0 && column + block.len() > columns {
                (column, y) = (0, y + panel[1]);
            }
            for shown in block {
                if column == columns {
                    (column, y) = (0, y + panel[1]);
                }
                let corner = [(panel[0] + gutter) * column as f64, y];
                let sign = letter_of(letter);
                match shown {
                    Panel::Trend(trends) => self.draw_trend(&mut svg, trends, corner, panel, &sign),
                    Panel::Parts(parts) => self.draw_parts(&mut svg, parts, corner, panel, &sign),
                }
                letter += 1;
                column += 1;
            }
        }
        svg.set_height(y + if column > 0 { panel[1] } else { 0.0 });
        svg
    }

    fn draw_trend(
        &self,
        svg: &mut Svg,
        trends: &FeatureTrends,
        corner: [f64; 2],
        size: [f64; 2],
        letter: &str,
    ) {
        let points = || trends.series.iter().flatten();
        let ends = points().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| {
            [low.min(p.mean - p.sd), high.max(p.mean + p.sd)]
        });
        let years = years_of(points().map(|p| p.year));
        let frame = Frame::draw(
            svg,
            corner,
            size,
            letter,
            &trends.feature.label(),
            unit_of(&trends.feature),
            ends,
            years,
        );
        for (cluster, series) in self.clusters.iter().zip(&trends.series) {
            let upper = series.iter().map(|p| frame.at(p.year, p.mean + p.sd));
            let lower = series.iter().rev().map(|p| frame.at(p.year, p.mean - p.sd));
            let band: Vec<[f64; 2]> = upper.chain(lower).collect();
            svg.polygon(&band, cluster_colour(*cluster), 0.08);
        }
        for (cluster, series) in self.clusters.iter().zip(&trends.series) {
            let line: Vec<[f64; 2]> = series.iter().map(|p| frame.at(p.year, p.mean)).collect();
            svg.polyline(&line, cluster_colour(*cluster), LINE, (*cluster == 0).then_some("3 2"));
            if let [only] = line.as_slice() {
                svg.dots(&[*only], 3.0, cluster_colour(*cluster), 1.0);
            }
        }
        for (cluster, series) in self.clusters.iter().zip(&trends.series) {
            for p in series {
                let text = format!(
                    "{}, {}: {}, SD {}",
                    cluster_name(*cluster),
                    p.year,
                    short_number(p.mean),
                    short_number(p.sd)
                );
                svg.hint(frame.at(p.year, p.mean), 2.4, &text);
            }
        }
    }

    fn draw_parts(
        &self,
        svg: &mut Svg,
        parts: &FeatureParts,
        corner: [f64; 2],
        size: [f64; 2],
        letter: &str,
    ) {
        let points = || parts.series.iter().flatten();
        let ends = points().fold([0.0f64, 0.0f64], |[low, high], p| {
            [low.min(p.network).min(p.stability), high.max(p.network).max(p.stability)]
        });
        let years = years_of(points().map(|p| p.year));
        let title = format!("Change of {}", parts.feature.label());
        let unit = "solid: network, dotted: stability";
        let frame = Frame::draw(svg, corner, size, letter, &title, unit, ends, years);
        let zero = frame.values.at(0.0);
        svg.line([frame.left, zero], [frame.right, zero], AXIS_COLOUR, AXIS);
        type Part = fn(&PartsPoint) -> f64;
        let shown: [(Part, Option<&str>); 2] = [(|p| p.network, None), (|p| p.stability, Some("1 1.4"))];
        for (cluster, series) in self.clusters.iter().zip(&parts.series) {
            for (part, dashes) in shown {
                let line: Vec<[f64; 2]> = series.iter().map(|p| frame.at(p.year, part(p))).collect();
                svg.polyline(&line, cluster_colour(*cluster), 0.9 * LINE, dashes);
            }
            for p in series {
                let [network, stability] = [p.network, p.stability].map(short_number);
                let text = format!(
                    "{}, {}: network {network}, stability {stability}",
                    cluster_name(*cluster),
                    p.year
                );
                shown.iter().for_each(|(part, _)| svg.hint(frame.at(p.year, part(p)), 2.4, &text));
            }
        }
    }
}

fn years_of(years: impl Iterator<Item = u16> + Clone) -> [u16; 2] {
    [years.clone().min().unwrap_or(0), years.max().unwrap_or(0)]
}

/// a, b, ... z, aa, ab, ...
fn letter_of(at: usize) -> String {
    let last = char::from(b'a' + (at % 26) as u8);
    if at < 26 { last.to_string() } else { format!("{}{last}", letter_of(at / 26 - 1)) }
}

/// Axes of a small panel.
struct Frame {
    left: f64,
    right: f64,
    values: Scale,
    years: [u16; 2],
}

impl Frame {
    /// Draws head and axes.
    fn draw(
        svg: &mut Svg,
        corner: [f64; 2],
        size: [f64; 2],
        letter: &str,
        title: &str,
        unit: &str,
        ends: [f64; 2],
        years: [u16; 2],
    ) -> Self {
        let style = TextStyle { bold: true, ..TextStyle::default() };
        svg.text(corner[0], corner[1] + 7.0, letter, style);
        let indent = font::width(letter, LABEL, true) + 4.0;
        let title = font::cut(title, SMALL, true, size[0] - indent);
        svg.text(corner[0] + indent, corner[1] + 7.0, &title, TextStyle { size: SMALL, ..style });
        let soft = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        let unit = font::cut(unit, 5.2, false, size[0] - indent);
        svg.text(corner[0] + indent, corner[1] + 14.0, &unit, TextStyle { size: 5.2, ..soft });
        let (top, bottom) = (corner[1] + 19.0, corner[1] + size[1] - 15.0);
        let values = Scale::covering(ends[0], ends[1], [bottom, top]);
        let widest = values
            .ticks
            .iter()
            .fold(0.0f64, |most, tick| most.max(font::width(&values.label(*tick), SMALL, false)));
        let (left, right) = (corner[0] + widest + 3.5, corner[0] + size[0] - 3.0);
        for &tick in &values.ticks {
            let y = values.at(tick);
            svg.line([left, y], [right, y], FAINT, GRID);
            let style = TextStyle { anchor: Anchor::End, ..soft };
            svg.text(left - 2.5, y + 2.0, &values.label(tick), style);
        }
        svg.line([left, bottom], [right, bottom], AXIS_COLOUR, AXIS);
        let frame = Self { left, right, values, years };
        for year in [years[0], years[1]] {
            let x = frame.at(year, ends[0])[0];
            svg.line([x, bottom], [x, bottom + 2.0], AXIS_COLOUR, AXIS);
        }
        svg.text(left, bottom + 8.5, &years[0].to_string(), soft);
        if years[1] > years[0] {
            svg.text(right, bottom + 8.5, &years[1].to_string(), TextStyle { anchor: Anchor::End, ..soft });
        }
        frame
    }

    fn at(&self, year: u16, value: f64) -> [f64; 2] {
        let span = f64::from(self.years[1] - self.years[0]).max(1.0);
        let share = f64::from(year - self.years[0]) / span;
        [self.left + (self.right - self.left) * share, self.values.at(value)]
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
