//! Figure 2: what the countries of each cluster look like, feature by feature, and who they are.

use super::source::ClusteredProfiles;
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{AXIS, GRID, GROUND, HEAD, LABEL, SMALL, SOFT, TINY, cluster_colour, cluster_name};
use super::typology_map::short_name;
use super::word_cloud::{BOLD_FROM, word_cloud};
use super::{FigureError, MOST_CLUSTERS, font, unit_of};
use crate::profile::{Feature, UnitKind};
use crate::run_folder::CsvTable;
use crate::run_folder::RunFolder;

/// Bins of a histogram.
const BINS: usize = 24;
/// Shares of the rows that lie below the left edge and above the right edge of a histogram, and count in its outermost bins.
const TAILS: f64 = 0.01;
/// Members of a cluster that its cloud shows at most.
const WORDS: usize = 30;

/// Export-weighted histograms of one feature.
#[derive(Debug, Clone, PartialEq)]
struct FeatureHistograms {
    feature: Feature,
    /// Left edge of the first bin and right edge of the last one.
    range: [f64; 2],
    /// By cluster shown: share of the cluster's exports in each bin; `None` if it exports nothing.
    shares: Vec<Option<Vec<f64>>>,
}

/// Histograms and words of every cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterProfiles {
    clusters: Vec<u32>,
    left_out: usize,
    features: Vec<FeatureHistograms>,
    /// By cluster: names and exports of its largest members.
    words: Vec<Vec<(String, f64)>>,
}

impl ClusterProfiles {
    /// The histograms of a typology, over country-years weighted by their exports; a country counts in the cluster it is
    /// assigned to. Groups do not count.
    pub fn of(data: &ClusteredProfiles) -> Self {
        let profiles = &data.profiles;
        let clusters = data.largest(MOST_CLUSTERS);
        let features = profiles
            .features
            .iter()
            .enumerate()
            .filter_map(|(place, feature)| {
                let mut known: Vec<f64> = profiles
                    .rows
                    .iter()
                    .filter(|row| profiles.units[row.unit].kind != UnitKind::Group)
                    .filter_map(|row| row.values[place])
                    .collect();
                known.sort_by(f64::total_cmp);
                let at = |share: f64| known[(share * (known.len() - 1) as f64).round() as usize];
                if known.is_empty() {
                    return None;
                }
                let range = [at(TAILS), at(1.0 - TAILS)];
                let mut sums = vec![vec![0.0; BINS]; clusters.len()];
                for row in &profiles.rows {
                    if let (Some(value), Some(cluster)) =
                        (row.values[place], data.place_among(&clusters, row.unit))
                    {
                        let share = (value - range[0]) / (range[1] - range[0]);
                        let bin = ((share.clamp(0.0, 1.0) * BINS as f64) as usize).min(BINS - 1);
                        sums[cluster][bin] += row.exports;
                    }
                }
                let shares = sums
                    .into_iter()
                    .map(|bins| {
                        let whole = bins.iter().fold(0.0, |sum, b| sum + b);
                        (whole > 0.0).then(|| bins.iter().map(|b| b / whole).collect())
                    })
                    .collect();
                Some(FeatureHistograms { feature: *feature, range, shares })
            })
            .filter(|f| f.range[1] > f.range[0])
            .collect();
        let words = clusters
            .iter()
            .map(|cluster| {
                data.clusters
                    .iter()
                    .filter(|c| c.number == *cluster)
                    .flat_map(|c| c.units.iter().take(WORDS))
                    .map(|&unit| (short_name(&profiles.units[unit].name), data.exports[unit]))
                    .collect()
            })
            .collect();
        Self { left_out: data.clusters.len() - clusters.len(), clusters, features, words }
    }

    /// Clusters that are not shown.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Writes the histograms and the words.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if a file cannot be written.
    pub fn write_csv(
        &self,
        folder: &mut RunFolder,
        histograms: &str,
        words: &str,
    ) -> Result<(), FigureError> {
        let mut table = CsvTable::new(&["feature", "cluster", "bin_from", "bin_to", "share"]);
        for feature in &self.features {
            let width = (feature.range[1] - feature.range[0]) / BINS as f64;
            for (cluster, shares) in self.clusters.iter().zip(&feature.shares) {
                for (bin, share) in shares.iter().flatten().enumerate() {
                    table.row(&[
                        feature.feature.name(),
                        cluster.to_string(),
                        (feature.range[0] + width * bin as f64).to_string(),
                        (feature.range[0] + width * (bin + 1) as f64).to_string(),
                        share.to_string(),
                    ]);
                }
            }
        }
        table.write(folder, histograms)?;
        let mut table = CsvTable::new(&["cluster", "word", "exports"]);
        for (cluster, words) in self.clusters.iter().zip(&self.words) {
            for (word, exports) in words {
                table.row(&[cluster.to_string(), word.clone(), exports.to_string()]);
            }
        }
        Ok(table.write(folder, words)?)
    }

    /// Draws a column a cluster: its countries, then a histogram a feature.
    pub fn draw(&self, width: f64) -> Svg {
        let narrow = width < 300.0;
        let labels = if narrow { 78.0 } else { 104.0 };
        let gap = if narrow { 3.0 } else { 6.0 };
        let column = (width - labels) / self.clusters.len().max(1) as f64;
        let bars = column - gap;
        let cloud = [bars, (0.95 * bars).clamp(44.0, 84.0)];
        let row = if self.features.len() > 24 { 17.0 } else { 23.0 };
        let top = 14.0;
        let first_row = top + cloud[1] + 6.0;
        let height = first_row + row * self.features.len() as f64 + 14.0;
        let mut svg = Svg::new(width, height);
        let soft = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        for (n, cluster) in self.clusters.iter().enumerate() {
            let left = labels + column * n as f64 + gap;
            let colour = cluster_colour(*cluster);
            let head = cluster_name(*cluster);
            let head = if font::width(&head, HEAD, true) > bars { cluster.to_string() } else { head };
            svg.text(
                left + 0.5 * bars,
                9.0,
                &head,
                TextStyle {
                    size: HEAD,
                    bold: true,
                    fill: colour,
                    anchor: Anchor::Middle,
                    ..TextStyle::default()
                },
            );
            svg.rectangle(left, top, cloud[0], cloud[1], GROUND, 1.0);
            for word in word_cloud(&self.words[n], cloud[0], cloud[1]) {
                let style = TextStyle {
                    size: word.size,
                    fill: colour,
                    anchor: Anchor::Middle,
                    bold: word.size >= BOLD_FROM,
                    ..TextStyle::default()
                };
                svg.text(left + word.place[0], top + word.place[1], &word.text, style);
            }
        }
        for (place, feature) in self.features.iter().enumerate() {
            let base = first_row + row * (place + 1) as f64 - 3.0;
            let style = TextStyle { anchor: Anchor::Start, ..TextStyle::default() };
            let (size, note) = if narrow { (SMALL, TINY) } else { (LABEL, SMALL) };
            svg.text(0.0, base - 8.0, &feature.feature.label(), TextStyle { size, ..style });
            let unit = unit_of(&feature.feature);
            let range = format!("{} to {}", short_number(feature.range[0]), short_number(feature.range[1]));
            let range = if narrow || unit.is_empty() { range } else { format!("{range} {unit}") };
            svg.text(0.0, base - 1.0, &range, TextStyle { size: note, fill: SOFT, ..style });
            for (n, shares) in feature.shares.iter().enumerate() {
                let left = labels + column * n as f64 + gap;
                svg.line([left, base], [left + bars, base], "#bdbdbd", GRID);
                let Some(shares) = shares else { continue };
                let bin = bars / BINS as f64;
                let highest = shares.iter().fold(0.0f64, |most, s| most.max(*s));
                for (at, share) in shares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
                    let tall = (row - 6.0) * share / highest;
                    let wide = (feature.range[1] - feature.range[0]) / BINS as f64;
                    let from = feature.range[0] + wide * at as f64;
                    let ends = [from, from + wide].map(short_number);
                    svg.open_titled(&format!("{:.1} % in {} to {}", 100.0 * share, ends[0], ends[1]));
                    svg.rectangle(
                        left + bin * at as f64 + 0.1,
                        base - tall,
                        bin - 0.2,
                        tall,
                        cluster_colour(self.clusters[n]),
                        0.9,
                    );
                    svg.close();
                }
                // Zero, where it is within the range, is worth knowing for the composite.
                let zero = -feature.range[0] / (feature.range[1] - feature.range[0]);
                if feature.feature.indicator == crate::indicators::Column::Pc1 && (0.0..1.0).contains(&zero) {
                    let x = left + zero * bars;
                    svg.line([x, base], [x, base + 2.0], "#333333", AXIS);
                }
            }
        }
        for n in 0..self.clusters.len() {
            let left = labels + column * n as f64 + gap;
            svg.text(left, height - 5.0, "low", TextStyle { size: TINY, ..soft });
            let style = TextStyle { size: TINY, anchor: Anchor::End, ..soft };
            svg.text(left + bars, height - 5.0, "high", style);
        }
        svg
    }
}

/// A number with three significant digits or two decimals.
pub(super) fn short_number(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        text.trim_start_matches('-').to_owned()
    } else {
        text.replace('-', "−")
    }
}
