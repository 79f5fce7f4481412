//! Figure 2: what the countries of each cluster look like, feature by feature, and who they are.

use super::FigureError;
use super::caption::{CLUSTERS, COMPOSITE, Caption, INDICATORS, PROFILES};
use super::clusters_shown::{gathered, left_out, shown};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, file_of};
use super::inputs::{FigureInputs, Need};
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

    fn further_files(&self) -> &'static [&'static str] {
        &[WORD_TABLE]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::small_typology::small_typology;

    #[test]
    fn exports_fall_into_the_bins_of_their_values() {
        let profiles = ClusterProfiles::of(&small_typology());
        let [histograms, words] = profiles.tables().try_into().unwrap();
        assert_eq!(words.csv, "cluster,word,exports\n0,Gamma,10\n1,Beta,60\n1,Alpha <1>,20\n");
        let filled: Vec<&str> = histograms.csv.lines().skip(1).filter(|l| !l.ends_with(",0")).collect();
        // STR from 1 to 5: the group's 9 and 10 count nowhere. Of the exports of cluster 1, 10 + 30 + 10 have a value.
        assert_eq!(
            filled,
            [
                "str_all,0,4,4.166666666666666,0.5",
                "str_all,0,4.833333333333333,5,0.5",
                "str_all,1,1,1.1666666666666667,0.2",
                "str_all,1,2,2.1666666666666665,0.8",
                "pc1_tier0,0,0.9166666666666665,1,1",
                "pc1_tier0,1,-1,-0.9166666666666666,0.25",
                "pc1_tier0,1,0,0.08333333333333326,0.75",
            ]
        );
        let svg = profiles.draw(510.0).finish(180.0, "x");
        for part in [
            ">Alpha &lt;1&gt;</text>",
            ">1.00 to 5.00 (1: no risk)</text>",
            "<title>80.0 % in 2.00 to 2.17</title>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }
}
