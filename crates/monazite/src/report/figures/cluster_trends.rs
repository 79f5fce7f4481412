//! Figure 3: how the features of each cluster moved over the years, and what moved STR.

use super::caption::{CLUSTERS, COMPOSITE, Caption, INDICATORS, PROFILES};
use super::chart::{AxisStyle, Scale, Stroke, YearPlot, ends_of, letter_of, short_number};
use super::clusters_shown::{gathered, left_out, shown, unit_of};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, file_of};
use super::inputs::{FigureInputs, Need};
use super::source::ClusteredProfiles;
use super::svg::{Svg, TextStyle};
use super::theme::{AXIS, AXIS_COLOUR, LABEL, LINE, SMALL, SOFT, cluster_colour, cluster_name};
use super::trend_parts::{FeatureParts, parts};
use super::{FigureError, font};
use crate::indicators::Column;
use crate::profile::{Feature, PartsOfChange, ProductSet, UnitKind};
use crate::run_folder::CsvTable;
use crate::study::FigureSize;

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
    /// Clusters that are not shown.
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

const NAME: &str = "cluster_trends";
const PARTS: &str = "cluster_trend_parts";

/// The figure `cluster_trends`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "How did the clusters move over the years, and what moved their STR?"
    }

    fn needs(&self) -> Need {
        Need::Typology
    }

    fn columns(&self) -> &'static [Column] {
        &[Column::Imports, Column::Exports, Column::Str]
    }

    fn further_files(&self) -> &'static [&'static str] {
        &[PARTS]
    }

    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        gathered(run, |data| {
            let (clusters, _) = shown(data);
            Ok(ClusterTrends::of(data, parts(run, data, &clusters)?))
        })
    }
}

impl FigureNumbers for ClusterTrends {
    fn tables(&self) -> Vec<FigureTable> {
        let mut tables = vec![FigureTable::new(NAME, self.csv())];
        if self.has_parts() {
            tables.push(FigureTable::new(PARTS, self.parts_csv()));
        }
        tables
    }

    fn drawings(&self, _size: FigureSize) -> Vec<Drawing<'_>> {
        let mut reading = vec![
            "Lines: mean over the countries of a cluster, each country counting alike in the cluster it is assigned to; bands: one standard deviation to either side; dashed: outliers.".to_owned(),
        ];
        let mut numbers = vec![file_of(NAME)];
        if self.has_parts() {
            reading.push("Beside STR: its change since the first year in two parts, due to the trade network (solid) and to political stability (dotted), added up over the years. The rest of the change comes from which products the countries trade (column mix of the numbers).".to_owned());
            numbers.push(file_of(PARTS));
        }
        reading.extend(left_out(self.left_out));
        let caption = Caption {
            title: "How the clusters moved: every feature by year.".to_owned(),
            reading,
            definitions: vec![INDICATORS, COMPOSITE, PROFILES, CLUSTERS],
            numbers,
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: "Trends of every feature by cluster, with bands of one standard deviation"
                .to_owned(),
            caption,
            draw: Box::new(|width| self.draw(width)),
        }]
    }
}

impl ClusterTrends {
    /// The trends of a typology, with the parts of its STR features. A country counts in the cluster it is assigned to in every
    /// year, so that nothing moves because countries change places. Groups do not count.
    pub fn of(data: &ClusteredProfiles, parts: Vec<FeatureParts>) -> Self {
        let profiles = &data.profiles;
        let (clusters, left_out) = shown(data);
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
        Self { left_out, clusters, features, parts }
    }

    /// Whether the parts of STR are shown.
    fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The trends.
    fn csv(&self) -> CsvTable {
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
        table
    }

    /// The parts of the STR trends.
    fn parts_csv(&self) -> CsvTable {
        let mut table =
            CsvTable::new(&["feature", "cluster", "year", "countries", "network", "stability", "mix"]);
        for feature in &self.parts {
            for (cluster, series) in self.clusters.iter().zip(&feature.series) {
                for point in series {
                    table.row(&[
                        feature.feature.name(),
                        cluster.to_string(),
                        point.year.to_string(),
                        point.members.to_string(),
                        point.parts.network.to_string(),
                        point.parts.stability.to_string(),
                        point.parts.mix.to_string(),
                    ]);
                }
            }
        }
        table
    }

    /// The panels in rows that belong together: all products, input products, composite by tier, influence by tier.
    fn blocks(&self) -> Vec<Vec<Panel<'_>>> {
        let mut blocks: Vec<(u8, Vec<Panel<'_>>)> = Vec::new();
        for trends in &self.features {
            let f = &trends.feature;
            // With every feature by tier, an indicator and set of products is a block of its own.
            let block = match (f.indicator, f.products, f.tier) {
                (Column::Pc1, _, _) => 100,
                (Column::Influence | Column::InfluenceMassBalance, _, _) => 101,
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
            let dashes = (cluster == 0).then_some(OUTLIERS);
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
                let frame = Frame { corner, size: panel, letter: &letter_of(letter) };
                match shown {
                    Panel::Trend(trends) => self.draw_trend(&mut svg, trends, &frame),
                    Panel::Parts(parts) => self.draw_parts(&mut svg, parts, &frame),
                }
                letter += 1;
                column += 1;
            }
        }
        svg.set_height(y + if column > 0 { panel[1] } else { 0.0 });
        svg
    }

    fn draw_trend(&self, svg: &mut Svg, trends: &FeatureTrends, frame: &Frame<'_>) {
        let points = || trends.series.iter().flatten();
        let ends = points().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| {
            [low.min(p.mean - p.sd), high.max(p.mean + p.sd)]
        });
        let years = ends_of(points().map(|p| p.year));
        let plot = frame.draw(svg, &trends.feature.label(), unit_of(&trends.feature), ends, years);
        for (cluster, series) in self.clusters.iter().zip(&trends.series) {
            let band: Vec<(u16, [f64; 2])> =
                series.iter().map(|p| (p.year, [p.mean - p.sd, p.mean + p.sd])).collect();
            plot.band(svg, &band, cluster_colour(*cluster), 0.08);
        }
        for (cluster, series) in self.clusters.iter().zip(&trends.series) {
            let (colour, dashes) = (cluster_colour(*cluster), (*cluster == 0).then_some(OUTLIERS));
            let stroke = Stroke { colour, width: LINE, dashes };
            plot.line(svg, series.iter().map(|p| (p.year, p.mean)), stroke);
            if let [only] = series.as_slice() {
                svg.dots(&[plot.at(only.year, only.mean)], 3.0, colour, 1.0);
            }
        }
        for (cluster, series) in self.clusters.iter().zip(&trends.series) {
            for p in series {
                let [mean, sd] = [p.mean, p.sd].map(short_number);
                let text = format!("{}, {}: {mean}, SD {sd}", cluster_name(*cluster), p.year);
                svg.hint(plot.at(p.year, p.mean), 2.4, &text);
            }
        }
    }

    fn draw_parts(&self, svg: &mut Svg, parts: &FeatureParts, frame: &Frame<'_>) {
        let points = || parts.series.iter().flatten();
        let ends = points().fold([0.0f64, 0.0f64], |[low, high], p| {
            let PartsOfChange { network, stability, .. } = p.parts;
            [low.min(network).min(stability), high.max(network).max(stability)]
        });
        let years = ends_of(points().map(|p| p.year));
        let title = format!("Change of {}", parts.feature.label());
        let plot = frame.draw(svg, &title, "solid: network, dotted: stability", ends, years);
        let zero = plot.values.at(0.0);
        svg.line([plot.across[0], zero], [plot.across[1], zero], AXIS_COLOUR, AXIS);
        type Part = fn(&PartsOfChange) -> f64;
        let shown: [(Part, Option<&str>); 2] = [(|p| p.network, None), (|p| p.stability, Some("1 1.4"))];
        for (cluster, series) in self.clusters.iter().zip(&parts.series) {
            for (part, dashes) in shown {
                let stroke = Stroke { colour: cluster_colour(*cluster), width: 0.9 * LINE, dashes };
                plot.line(svg, series.iter().map(|p| (p.year, part(&p.parts))), stroke);
            }
            for p in series {
                let [network, stability] = shown.map(|(part, _)| short_number(part(&p.parts)));
                let text = format!(
                    "{}, {}: network {network}, stability {stability}",
                    cluster_name(*cluster),
                    p.year
                );
                shown.iter().for_each(|(part, _)| svg.hint(plot.at(p.year, part(&p.parts)), 2.4, &text));
            }
        }
    }
}

/// Dashes of the line of outliers.
const OUTLIERS: &str = "3 2";
/// Size of the letters of units.
const UNIT: f64 = 5.2;

/// Where a small panel stands, and its letter.
struct Frame<'a> {
    corner: [f64; 2],
    size: [f64; 2],
    letter: &'a str,
}

impl Frame<'_> {
    /// Draws head and axes of a panel.
    fn draw(&self, svg: &mut Svg, title: &str, unit: &str, ends: [f64; 2], years: [u16; 2]) -> YearPlot {
        let Self { corner, size, letter } = *self;
        let bold = TextStyle { bold: true, ..TextStyle::default() };
        svg.text(corner[0], corner[1] + 7.0, letter, bold);
        let indent = font::width(letter, LABEL, true) + 4.0;
        let title = font::cut(title, SMALL, true, size[0] - indent);
        svg.text(corner[0] + indent, corner[1] + 7.0, &title, TextStyle { size: SMALL, ..bold });
        let unit = font::cut(unit, UNIT, false, size[0] - indent);
        let soft = TextStyle { size: UNIT, fill: SOFT, ..TextStyle::default() };
        svg.text(corner[0] + indent, corner[1] + 14.0, &unit, soft);
        let (top, bottom) = (corner[1] + 19.0, corner[1] + size[1] - 15.0);
        let values = Scale::covering(ends[0], ends[1], [bottom, top]);
        let style = AxisStyle::FIGURE;
        let across = [corner[0] + values.label_width(style) + 3.5, corner[0] + size[0] - 3.0];
        let plot = YearPlot { across, years, values, style };
        plot.draw_axes(svg);
        plot
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::PartsSinceStart;
    use crate::report::figures::small_typology::small_typology;

    #[test]
    fn means_and_deviations_are_those_of_the_countries() {
        let data = small_typology();
        let feature = data.profiles.features[0];
        let at = |year, members, network| PartsSinceStart {
            year,
            members,
            parts: PartsOfChange { network, stability: 0.25, mix: 0.0 },
        };
        let series = vec![vec![at(2020, 0, 0.0)], vec![at(2020, 0, 0.0), at(2021, 1, 0.75)]];
        let trends = ClusterTrends::of(&data, vec![FeatureParts { feature, series }]);
        let [means, parts] = trends.tables().try_into().unwrap();
        assert_eq!(
            means.csv,
            "feature,cluster,year,countries,mean,sd
str_all,0,2020,1,4,0
str_all,0,2021,1,5,0
str_all,1,2020,2,1.5,0.7071067811865476
str_all,1,2021,1,2,0
pc1_tier0,0,2020,1,1,0
pc1_tier0,0,2021,1,1,0
pc1_tier0,1,2020,2,-0.5,0.7071067811865476
pc1_tier0,1,2021,2,-0.5,0.7071067811865476
"
        );
        assert_eq!(
            parts.csv,
            "feature,cluster,year,countries,network,stability,mix
str_all,0,2020,0,0,0.25,0
str_all,1,2020,0,0,0.25,0
str_all,1,2021,1,0.75,0.25,0
"
        );
        let svg = trends.draw(510.0).finish(180.0, "x");
        for part in [
            ">STR, all products</text>",
            ">Change of STR, all products</text>",
            "<title>Cluster 1, 2020: 1.50, SD 0.71</title>",
            "<title>Cluster 1, 2021: network 0.75, stability 0.25</title>",
            ">2021</text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        let [drawing] = trends.drawings(FigureSize::Slide).try_into().unwrap_or_else(|_| panic!("one"));
        assert_eq!(drawing.caption.numbers.len(), 2);
        let without = ClusterTrends::of(&data, Vec::new());
        assert_eq!(without.tables().len(), 1);
    }
}
