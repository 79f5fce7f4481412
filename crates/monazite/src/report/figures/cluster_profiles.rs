//! Figure 2: what the countries of each cluster look like, feature by feature, and who they are.

use super::FigureError;
use super::caption::{CLUSTERS, COMPOSITE, Caption, INDICATORS, PROFILES};
use super::clusters_shown::{gathered, left_out, shown};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, Need, file_of};
use super::inputs::FigureInputs;
use super::names::short_name;
use super::source::ClusteredProfiles;
use crate::profile::{Feature, ProfileRow, UnitKind};
use crate::run_folder::CsvTable;
use crate::study::FigureSize;

/// Bins of a histogram.
pub(super) const BINS: usize = 24;
/// Shares of the rows that lie below the left edge and above the right edge of a histogram, and count in its outermost bins.
const TAILS: f64 = 0.01;
/// Members of a cluster that its cloud shows at most.
const WORDS: usize = 30;

/// Export-weighted histograms of one feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FeatureHistograms {
    pub feature: Feature,
    /// Left edge of the first bin and right edge of the last one.
    pub range: [f64; 2],
    /// By cluster shown: share of the cluster's exports in each bin; `None` if it exports nothing.
    pub shares: Vec<Option<Vec<f64>>>,
}

/// Histograms and words of every cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterProfiles {
    pub(super) clusters: Vec<u32>,
    /// Clusters that are not shown.
    left_out: usize,
    pub(super) features: Vec<FeatureHistograms>,
    /// By cluster: names and exports of its largest members.
    pub(super) words: Vec<Vec<(String, f64)>>,
}

const NAME: &str = "cluster_profiles";
const WORD_TABLE: &str = "cluster_words";

/// The figure `cluster_profiles`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "What do the countries of each cluster look like, and who are they?"
    }

    fn needs(&self) -> Need {
        Need::Typology
    }

    fn owns(&self, stem: &str) -> bool {
        [NAME, WORD_TABLE].contains(&stem)
    }

    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        gathered(run, |data| Ok(ClusterProfiles::of(data)))
    }
}

impl FigureNumbers for ClusterProfiles {
    fn tables(&self) -> Vec<FigureTable> {
        vec![FigureTable::new(NAME, self.csv()), FigureTable::new(WORD_TABLE, self.words_csv())]
    }

    fn drawings(&self, _size: FigureSize) -> Vec<Drawing<'_>> {
        let mut reading = vec![
            "Words: the countries of each cluster, sized by their exports over all years. Bars: share of the cluster's exports in each range of a feature, over all its country-years; each histogram is scaled to its highest bar. The numbers below the name of a feature are the ends of its axis: its 1st and 99th percentile, what lies beyond counts in the outermost bars.".to_owned(),
        ];
        reading.extend(left_out(self.left_out));
        let caption = Caption {
            title: "What the clusters look like: export-weighted distribution of every feature.".to_owned(),
            reading,
            definitions: vec![INDICATORS, COMPOSITE, PROFILES, CLUSTERS],
            numbers: vec![file_of(NAME), file_of(WORD_TABLE)],
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description:
                "Histograms of every feature of the clusters, weighted by exports, and their countries"
                    .to_owned(),
            caption,
            draw: Box::new(|width| self.draw(width)),
        }]
    }
}

impl ClusterProfiles {
    /// The histograms of a typology, over country-years weighted by their exports; a country counts in the cluster it is
    /// assigned to. Groups do not count.
    pub fn of(data: &ClusteredProfiles) -> Self {
        let profiles = &data.profiles;
        let (clusters, left_out) = shown(data);
        let features = (0..profiles.features.len())
            .filter_map(|place| FeatureHistograms::of(data, place, &clusters))
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
        Self { left_out, clusters, features, words }
    }

    /// The histograms.
    fn csv(&self) -> CsvTable {
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
        table
    }

    /// The words.
    fn words_csv(&self) -> CsvTable {
        let mut table = CsvTable::new(&["cluster", "word", "exports"]);
        for (cluster, words) in self.clusters.iter().zip(&self.words) {
            for (word, exports) in words {
                table.row(&[cluster.to_string(), word.clone(), exports.to_string()]);
            }
        }
        table
    }
}

impl FeatureHistograms {
    /// The histograms of the feature at a place; `None` if it has no value at all.
    fn of(data: &ClusteredProfiles, place: usize, clusters: &[u32]) -> Option<Self> {
        let profiles = &data.profiles;
        let counts = |row: &&ProfileRow| profiles.units[row.unit].kind != UnitKind::Group;
        let mut known: Vec<f64> =
            profiles.rows.iter().filter(counts).filter_map(|row| row.values[place]).collect();
        known.sort_by(f64::total_cmp);
        let at = |share: f64| known[(share * (known.len() - 1) as f64).round() as usize];
        if known.is_empty() {
            return None;
        }
        let range = [at(TAILS), at(1.0 - TAILS)];
        let mut sums = vec![vec![0.0; BINS]; clusters.len()];
        for row in &profiles.rows {
            if let (Some(value), Some(cluster)) = (row.values[place], data.place_among(clusters, row.unit)) {
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
        Some(Self { feature: profiles.features[place], range, shares })
    }
}
