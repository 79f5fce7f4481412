//! Draws the clusters: a column a cluster with its countries, then a histogram a feature.

use super::chart::short_number;
use super::cluster_profiles::{BINS, ClusterProfiles, FeatureHistograms};
use super::clusters_shown::unit_of;
use super::font;
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{
    AXIS, GRID, GROUND, HEAD, LABEL, SMALL, SOFT, TINY, cluster_colour, cluster_ink, cluster_name,
};
use super::word_cloud::{BOLD_FROM, word_cloud};
use crate::indicators::Column;

/// Where the clouds of words begin.
const TOP: f64 = 14.0;

/// Sizes of the drawing.
struct Sizes {
    /// Width of the names of features.
    labels: f64,
    /// Between the columns of clusters.
    gap: f64,
    /// Distance of the columns.
    column: f64,
    /// Width of a histogram.
    bars: f64,
    /// Height of a row.
    row: f64,
}

impl Sizes {
    fn left(&self, cluster: usize) -> f64 {
        self.labels + self.column * cluster as f64 + self.gap
    }
}

impl ClusterProfiles {
    /// Draws it.
    pub fn draw(&self, width: f64) -> Svg {
        let narrow = width < 300.0;
        let labels = if narrow { 78.0 } else { 104.0 };
        let gap = if narrow { 3.0 } else { 6.0 };
        let column = (width - labels) / self.clusters.len().max(1) as f64;
        let row = if self.features.len() > 24 { 17.0 } else { 23.0 };
        let sizes = Sizes { labels, gap, column, bars: column - gap, row };
        let cloud = [sizes.bars, (0.95 * sizes.bars).clamp(44.0, 84.0)];
        let first_row = TOP + cloud[1] + 6.0;
        let height = first_row + row * self.features.len() as f64 + 14.0;
        let mut svg = Svg::new(width, height);
        for n in 0..self.clusters.len() {
            self.draw_cluster(&mut svg, n, &sizes, cloud);
        }
        for (place, feature) in self.features.iter().enumerate() {
            let base = first_row + row * (place + 1) as f64 - 3.0;
            feature.draw_name(&mut svg, base, narrow);
            self.draw_histograms(&mut svg, feature, base, &sizes);
        }
        let soft = TextStyle { size: TINY, fill: SOFT, ..TextStyle::default() };
        for n in 0..self.clusters.len() {
            let left = sizes.left(n);
            svg.text(left, height - 5.0, "low", soft);
            svg.text(left + sizes.bars, height - 5.0, "high", TextStyle { anchor: Anchor::End, ..soft });
        }
        svg
    }

    /// Name and countries of a cluster.
    fn draw_cluster(&self, svg: &mut Svg, n: usize, sizes: &Sizes, cloud: [f64; 2]) {
        let (left, cluster) = (sizes.left(n), self.clusters[n]);
        let colour = cluster_ink(cluster);
        let head = cluster_name(cluster);
        let head = if font::width(&head, HEAD, true) > sizes.bars { cluster.to_string() } else { head };
        let middle = TextStyle { fill: colour, anchor: Anchor::Middle, ..TextStyle::default() };
        let style = TextStyle { size: HEAD, bold: true, ..middle };
        svg.text(left + 0.5 * sizes.bars, 9.0, &head, style);
        svg.rectangle(left, TOP, cloud[0], cloud[1], GROUND, 1.0);
        for word in word_cloud(&self.words[n], cloud[0], cloud[1]) {
            let style = TextStyle { size: word.size, bold: word.size >= BOLD_FROM, ..middle };
            svg.text(left + word.place[0], TOP + word.place[1], &word.text, style);
        }
    }

    /// The histograms of a feature, a cluster beside the other.
    fn draw_histograms(&self, svg: &mut Svg, feature: &FeatureHistograms, base: f64, sizes: &Sizes) {
        for (n, shares) in feature.shares.iter().enumerate() {
            let (left, bars) = (sizes.left(n), sizes.bars);
            svg.line([left, base], [left + bars, base], "#bdbdbd", GRID);
            let Some(shares) = shares else { continue };
            let bin = bars / BINS as f64;
            let highest = shares.iter().fold(0.0f64, |most, s| most.max(*s));
            for (at, share) in shares.iter().enumerate().filter(|(_, s)| **s > 0.0) {
                let tall = (sizes.row - 6.0) * share / highest;
                let wide = (feature.range[1] - feature.range[0]) / BINS as f64;
                let from = feature.range[0] + wide * at as f64;
                let ends = [from, from + wide].map(short_number);
                svg.open_titled(&format!("{:.1} % in {} to {}", 100.0 * share, ends[0], ends[1]));
                let (x, colour) = (left + bin * at as f64 + 0.1, cluster_colour(self.clusters[n]));
                svg.rectangle(x, base - tall, bin - 0.2, tall, colour, 0.9);
                svg.close();
            }
            // Zero, where it is within the range, is worth knowing for the composite.
            let zero = -feature.range[0] / (feature.range[1] - feature.range[0]);
            if feature.feature.indicator == Column::Pc1 && (0.0..1.0).contains(&zero) {
                let x = left + zero * bars;
                svg.line([x, base], [x, base + 2.0], "#333333", AXIS);
            }
        }
    }
}

impl FeatureHistograms {
    /// Name and range of a feature, to the left of its histograms.
    fn draw_name(&self, svg: &mut Svg, base: f64, narrow: bool) {
        let (size, note) = if narrow { (SMALL, TINY) } else { (LABEL, SMALL) };
        svg.text(0.0, base - 8.0, &self.feature.label(), TextStyle { size, ..TextStyle::default() });
        let unit = unit_of(&self.feature);
        let range = format!("{} to {}", short_number(self.range[0]), short_number(self.range[1]));
        let range = if narrow || unit.is_empty() { range } else { format!("{range} {unit}") };
        svg.text(0.0, base - 1.0, &range, TextStyle { size: note, fill: SOFT, ..TextStyle::default() });
    }
}
