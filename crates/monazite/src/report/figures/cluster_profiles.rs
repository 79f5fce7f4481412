//! Figure 2: what the countries of each cluster look like, feature by feature, and who they are.

use super::svg::{Anchor, Svg, TextStyle};
use super::typology_map::short_name;
use super::word_cloud::{PlacedWord, word_cloud};
use super::{cluster_colour, cluster_name};
use crate::panel::run::CsvTable;
use crate::profile::{Profiles, UnitKind};
use crate::report::{FolderError, RunFolder};
use crate::typology::Typology;
use crate::typology::tables::{exports_of_units, summaries};

/// Bins of a histogram.
const BINS: usize = 24;
/// Shares of the rows that lie below the left edge and above the right edge of a histogram, and count in its outermost bins.
const TAILS: f64 = 0.01;

/// Export-weighted histograms of one feature.
#[derive(Debug, Clone, PartialEq)]
struct FeatureHistograms {
    name: String,
    label: String,
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
    words: Vec<Vec<PlacedWord>>,
}

const LABELS: f64 = 170.0;
const COLUMN: f64 = 168.0;
const GAP: f64 = 14.0;
const ROW: f64 = 30.0;
const CLOUD: [f64; 2] = [COLUMN - GAP, 120.0];
const TOP: f64 = 70.0;

impl ClusterProfiles {
    /// The histograms of a typology, over country-years weighted by their exports; a country counts in the cluster it is
    /// assigned to. Groups do not count.
    pub fn of(profiles: &Profiles, typology: &Typology) -> Self {
        let mut all = summaries(profiles, typology);
        all.retain(|s| !s.units.is_empty());
        let total = all.len();
        let shown = super::cluster_trends::largest(&all);
        let clusters: Vec<u32> = shown.clone();
        let cluster_of = |unit: usize| {
            (profiles.units[unit].kind != UnitKind::Group)
                .then(|| typology.assignments[unit].map(|a| a.cluster))
                .flatten()
                .and_then(|cluster| clusters.iter().position(|c| *c == cluster))
        };
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
                    if let (Some(value), Some(cluster)) = (row.values[place], cluster_of(row.unit)) {
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
                Some(FeatureHistograms { name: feature.name(), label: feature.label(), range, shares })
            })
            .filter(|f| f.range[1] > f.range[0])
            .collect();
        let exports = exports_of_units(profiles);
        let words = clusters
            .iter()
            .map(|cluster| {
                let words: Vec<(String, f64)> = all
                    .iter()
                    .filter(|s| s.cluster == *cluster)
                    .flat_map(|s| s.units.iter().take(30))
                    .map(|&unit| (short_name(&profiles.units[unit].name), exports[unit]))
                    .collect();
                word_cloud(&words, CLOUD[0], CLOUD[1])
            })
            .collect();
        Self { left_out: total - clusters.len(), clusters, features, words }
    }

    /// Writes the histograms, and the words with their places.
    ///
    /// # Errors
    /// [`FolderError`] if a file cannot be written.
    pub fn write_csv(
        &self,
        folder: &mut RunFolder,
        histograms: &str,
        words: &str,
    ) -> Result<(), FolderError> {
        let mut table = CsvTable::new(&["feature", "cluster", "bin_from", "bin_to", "share"]);
        for feature in &self.features {
            let width = (feature.range[1] - feature.range[0]) / BINS as f64;
            for (cluster, shares) in self.clusters.iter().zip(&feature.shares) {
                for (bin, share) in shares.iter().flatten().enumerate() {
                    table.row(&[
                        feature.name.clone(),
                        cluster.to_string(),
                        (feature.range[0] + width * bin as f64).to_string(),
                        (feature.range[0] + width * (bin + 1) as f64).to_string(),
                        share.to_string(),
                    ]);
                }
            }
        }
        table.write(folder, histograms)?;
        let mut table = CsvTable::new(&["cluster", "word", "exports", "x", "y", "size"]);
        for (cluster, words) in self.clusters.iter().zip(&self.words) {
            for word in words {
                table.row(&[
                    cluster.to_string(),
                    word.text.clone(),
                    word.weight.to_string(),
                    word.place[0].to_string(),
                    word.place[1].to_string(),
                    word.size.to_string(),
                ]);
            }
        }
        table.write(folder, words)
    }

    /// Draws a column a cluster: its countries, then a histogram a feature.
    pub fn draw(&self) -> String {
        let width = LABELS + COLUMN * self.clusters.len() as f64 + GAP;
        let first_row = TOP + CLOUD[1] + 16.0;
        let height = first_row + ROW * self.features.len() as f64 + 42.0;
        let mut svg = Svg::new(width.max(560.0), height);
        svg.text(
            16.0,
            24.0,
            "What the clusters look like",
            TextStyle { size: 15.0, bold: true, ..TextStyle::default() },
        );
        let soft = TextStyle { size: 11.0, fill: "#5b5b5b", ..TextStyle::default() };
        let left_out = match self.left_out {
            0 => String::new(),
            n => format!(" {n} smaller clusters are left out."),
        };
        svg.text(
            16.0,
            42.0,
            &format!("Words: countries by exports. Bars: share of the cluster's exports, each feature from its 1st to its 99th percentile.{left_out}"),
            soft,
        );
        for (n, cluster) in self.clusters.iter().enumerate() {
            let left = LABELS + COLUMN * n as f64;
            let colour = cluster_colour(*cluster);
            svg.text(
                left + 0.5 * CLOUD[0],
                TOP - 6.0,
                &cluster_name(*cluster),
                TextStyle {
                    size: 12.5,
                    bold: true,
                    fill: colour,
                    anchor: Anchor::Middle,
                    ..TextStyle::default()
                },
            );
            svg.rectangle(left, TOP, CLOUD[0], CLOUD[1], "#f7f8fa", 1.0);
            for word in &self.words[n] {
                svg.text(
                    left + word.place[0],
                    TOP + word.place[1],
                    &word.text,
                    TextStyle {
                        size: word.size,
                        fill: colour,
                        anchor: Anchor::Middle,
                        bold: word.size > 11.0,
                        ..TextStyle::default()
                    },
                );
            }
        }
        for (place, feature) in self.features.iter().enumerate() {
            let base = first_row + ROW * (place + 1) as f64 - 4.0;
            svg.text(
                LABELS - 10.0,
                base - 6.0,
                &feature.label,
                TextStyle { size: 11.0, anchor: Anchor::End, ..TextStyle::default() },
            );
            for (n, shares) in feature.shares.iter().enumerate() {
                let left = LABELS + COLUMN * n as f64;
                let bin = CLOUD[0] / BINS as f64;
                svg.line([left, base], [left + CLOUD[0], base], "#c9c9c9", 0.8);
                let Some(shares) = shares else { continue };
                let highest = shares.iter().fold(0.0f64, |most, s| most.max(*s));
                for (at, share) in shares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
                    let tall = (ROW - 8.0) * share / highest;
                    svg.rectangle(
                        left + bin * at as f64 + 0.4,
                        base - tall,
                        bin - 0.8,
                        tall,
                        cluster_colour(self.clusters[n]),
                        0.85,
                    );
                }
            }
        }
        for n in 0..self.clusters.len() {
            let left = LABELS + COLUMN * n as f64;
            let y = height - 24.0;
            svg.text(left, y, "low", TextStyle { size: 10.0, ..soft });
            svg.text(left + CLOUD[0], y, "high", TextStyle { size: 10.0, anchor: Anchor::End, ..soft });
        }
        svg.finish("Histograms of every feature of the clusters, weighted by exports, and their countries")
    }
}
