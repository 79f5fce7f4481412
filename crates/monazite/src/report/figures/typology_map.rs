//! Figure 1D: the map of country-years, coloured by cluster.

use super::svg::{Anchor, Svg, TextStyle, text_width};
use super::{cluster_colour, cluster_name};
use crate::panel::run::CsvTable;
use crate::profile::{Profiles, UnitKind};
use crate::report::{FolderError, RunFolder};
use crate::typology::Typology;
use crate::typology::tables::{exports_of_units, summaries};

/// A country-year on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPoint {
    /// Calendar year.
    pub year: u16,
    /// Code of the country or group.
    pub country: String,
    /// Its kind.
    pub kind: UnitKind,
    /// Its place.
    pub place: [f64; 2],
    /// Its cluster; 0 for an outlier.
    pub cluster: u32,
}

/// A name on the map.
#[derive(Debug, Clone, PartialEq)]
struct MapLabel {
    text: String,
    place: [f64; 2],
    cluster: u32,
    group: bool,
}

/// The map with its legend.
#[derive(Debug, Clone, PartialEq)]
pub struct TypologyMap {
    points: Vec<MapPoint>,
    labels: Vec<MapLabel>,
    /// Cluster, countries in it, the largest of them.
    legend: Vec<(u32, usize, Vec<String>)>,
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 600.0;
const MAP: [f64; 4] = [20.0, 44.0, 600.0, 580.0];
/// Countries that are named on the map, largest exporters first, as far as there is room.
const NAMED: usize = 36;

impl TypologyMap {
    /// The map of a typology.
    pub fn of(profiles: &Profiles, typology: &Typology) -> Self {
        let points: Vec<MapPoint> = typology
            .table
            .of_profile
            .iter()
            .enumerate()
            .map(|(at, &row)| {
                let row = &profiles.rows[row];
                MapPoint {
                    year: profiles.years[row.year],
                    country: profiles.units[row.unit].code.clone(),
                    kind: profiles.units[row.unit].kind,
                    place: typology.embedding.points[at],
                    cluster: typology.clusters.labels[at],
                }
            })
            .collect();
        let exports = exports_of_units(profiles);
        let mut order: Vec<usize> = (0..profiles.units.len()).collect();
        let is_group = |unit: usize| profiles.units[unit].kind == UnitKind::Group;
        order.sort_by(|&a, &b| {
            is_group(b).cmp(&is_group(a)).then(exports[b].total_cmp(&exports[a])).then(a.cmp(&b))
        });
        let labels = order
            .into_iter()
            .filter_map(|unit| {
                let latest = (0..points.len())
                    .filter(|&at| profiles.rows[typology.table.of_profile[at]].unit == unit)
                    .max_by_key(|&at| points[at].year)?;
                Some(MapLabel {
                    text: if is_group(unit) {
                        profiles.units[unit].code.clone()
                    } else {
                        short_name(&profiles.units[unit].name)
                    },
                    place: points[latest].place,
                    cluster: points[latest].cluster,
                    group: is_group(unit),
                })
            })
            .take(NAMED)
            .collect();
        let legend = summaries(profiles, typology)
            .into_iter()
            .map(|s| {
                let names =
                    s.units.iter().take(4).map(|&unit| short_name(&profiles.units[unit].name)).collect();
                (s.cluster, s.units.len(), names)
            })
            .collect();
        Self { points, labels, legend }
    }

    /// Writes the points.
    ///
    /// # Errors
    /// [`FolderError`] if the file cannot be written.
    pub fn write_csv(&self, folder: &mut RunFolder, name: &str) -> Result<(), FolderError> {
        let mut table = CsvTable::new(&["year", "country", "kind", "x", "y", "cluster"]);
        for point in &self.points {
            table.row(&[
                point.year.to_string(),
                point.country.clone(),
                point.kind.key().to_owned(),
                point.place[0].to_string(),
                point.place[1].to_string(),
                point.cluster.to_string(),
            ]);
        }
        table.write(folder, name)
    }

    /// Draws the map.
    pub fn draw(&self) -> String {
        let mut svg = Svg::new(WIDTH, HEIGHT);
        svg.text(
            MAP[0],
            24.0,
            "Countries by year, placed by the likeness of their profiles",
            TextStyle { size: 15.0, bold: true, ..TextStyle::default() },
        );
        let range = |axis: usize| {
            self.points.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| {
                [low.min(p.place[axis]), high.max(p.place[axis])]
            })
        };
        let (x, y) = (range(0), range(1));
        // One scale for both axes: distances on the map mean the same in every direction.
        let room = [MAP[2] - MAP[0] - 24.0, MAP[3] - MAP[1] - 24.0];
        let scale = (room[0] / (x[1] - x[0]).max(1e-9)).min(room[1] / (y[1] - y[0]).max(1e-9));
        let middle = [0.5 * (MAP[0] + MAP[2]), 0.5 * (MAP[1] + MAP[3])];
        let at = |place: [f64; 2]| {
            [
                middle[0] + scale * (place[0] - 0.5 * (x[0] + x[1])),
                middle[1] - scale * (place[1] - 0.5 * (y[0] + y[1])),
            ]
        };
        svg.rectangle(MAP[0], MAP[1], MAP[2] - MAP[0], MAP[3] - MAP[1], "#f7f8fa", 1.0);
        let mut clusters: Vec<u32> = self.points.iter().map(|p| p.cluster).collect();
        clusters.sort_unstable();
        clusters.dedup();
        // Outliers last, on top.
        let outliers = usize::from(clusters.first() == Some(&0));
        clusters.rotate_left(outliers);
        for cluster in clusters {
            let dots: Vec<[f64; 2]> = self
                .points
                .iter()
                .filter(|p| p.cluster == cluster && p.kind != UnitKind::Group)
                .map(|p| at(p.place))
                .collect();
            svg.dots(&dots, 3.6, cluster_colour(cluster), if cluster == 0 { 0.9 } else { 0.6 });
        }
        for point in self.points.iter().filter(|p| p.kind == UnitKind::Group) {
            svg.ring(at(point.place), 3.4, cluster_colour(point.cluster), 1.4);
        }
        self.draw_labels(&mut svg, &at);
        self.draw_legend(&mut svg);
        svg.finish("Map of countries by year, coloured by cluster")
    }

    fn draw_labels(&self, svg: &mut Svg, at: &dyn Fn([f64; 2]) -> [f64; 2]) {
        let mut taken: Vec<[f64; 4]> = Vec::new();
        for label in &self.labels {
            let size = if label.group { 12.0 } else { 10.0 };
            let width = text_width(&label.text, size);
            let [x, y] = at(label.place);
            // To the right of the latest year, else to the left, above, below.
            let spots = [
                ([x + 5.0, y + 3.5], [x + 4.0, y - 6.0, x + 6.0 + width, y + 6.0]),
                ([x - 5.0 - width, y + 3.5], [x - 6.0 - width, y - 6.0, x - 4.0, y + 6.0]),
                (
                    [x - 0.5 * width, y - 6.0],
                    [x - 0.5 * width - 1.0, y - 16.0, x + 0.5 * width + 1.0, y - 4.0],
                ),
                (
                    [x - 0.5 * width, y + 14.0],
                    [x - 0.5 * width - 1.0, y + 4.0, x + 0.5 * width + 1.0, y + 16.0],
                ),
            ];
            let spot = spots.iter().find(|(_, own)| {
                let inside = own[0] > MAP[0] && own[1] > MAP[1] && own[2] < MAP[2] && own[3] < MAP[3];
                inside
                    && taken
                        .iter()
                        .all(|t| own[2] <= t[0] || t[2] <= own[0] || own[3] <= t[1] || t[3] <= own[1])
            });
            let Some((place, own)) = spot else { continue };
            taken.push(*own);
            svg.text(
                place[0],
                place[1],
                &label.text,
                TextStyle { size, bold: label.group, halo: true, ..TextStyle::default() },
            );
        }
    }

    fn draw_legend(&self, svg: &mut Svg) {
        let left = MAP[2] + 18.0;
        let mut y = MAP[1] + 14.0;
        let most = 13;
        for (cluster, countries, names) in self.legend.iter().take(most) {
            svg.dots(&[[left + 4.0, y - 4.0]], 9.0, cluster_colour(*cluster), 1.0);
            let words = if *countries == 1 { "country" } else { "countries" };
            svg.text(
                left + 14.0,
                y,
                &format!("{}, {countries} {words}", cluster_name(*cluster)),
                TextStyle { size: 12.0, bold: true, ..TextStyle::default() },
            );
            let mut lines: Vec<String> = Vec::new();
            for (n, name) in names.iter().enumerate() {
                let piece = if n + 1 < names.len() { format!("{name}, ") } else { name.clone() };
                match lines.last_mut() {
                    Some(line) if text_width(line, 10.5) + text_width(&piece, 10.5) < WIDTH - left - 18.0 => {
                        line.push_str(&piece);
                    }
                    _ => lines.push(piece),
                }
            }
            for line in &lines {
                y += 13.0;
                svg.text(
                    left + 14.0,
                    y,
                    line.trim_end(),
                    TextStyle { size: 10.5, fill: "#5b5b5b", ..TextStyle::default() },
                );
            }
            y += 20.0;
        }
        if self.legend.len() > most {
            svg.text(
                left + 14.0,
                y,
                &format!("and {} more clusters", self.legend.len() - most),
                TextStyle { size: 11.0, fill: "#5b5b5b", ..TextStyle::default() },
            );
        }
        let mut notes = vec![
            "One dot is one country in one year.",
            "Names stand at the latest year.",
            "Only nearness has a meaning: the axes",
            "have none, nor has the way round.",
        ];
        if self.points.iter().any(|p| p.kind == UnitKind::Group) {
            notes.insert(1, "Rings are groups (means of members).");
        }
        for (n, note) in notes.iter().rev().enumerate() {
            svg.text(
                left,
                MAP[3] - 4.0 - 14.0 * n as f64,
                note,
                TextStyle { size: 10.5, fill: "#5b5b5b", anchor: Anchor::Start, ..TextStyle::default() },
            );
        }
    }
}

/// A name that fits beside a dot: without what stands in brackets, cut if it is still long.
pub(super) fn short_name(name: &str) -> String {
    let name = name.split('(').next().unwrap_or(name).trim();
    let known = match name {
        "China, Hong Kong SAR" => "Hong Kong",
        "China, Macao SAR" => "Macao",
        "United States of America" | "USA" => "USA",
        "United Kingdom" => "UK",
        "Russian Federation" => "Russia",
        "Republic of Korea" | "Rep. of Korea" => "South Korea",
        "United Arab Emirates" => "UAE",
        "Dem. Rep. of the Congo" | "Democratic Republic of the Congo" => "DR Congo",
        other => other,
    };
    if known.chars().count() <= 18 {
        return known.to_owned();
    }
    let cut: String = known.chars().take(17).collect();
    format!("{}…", cut.trim_end())
}
