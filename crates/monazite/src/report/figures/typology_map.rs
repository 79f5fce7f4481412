//! Figure 1 D: the map of country-years, coloured by cluster, with the paths of some countries.

use super::caption::{CLUSTERS, Caption, PROFILES};
use super::clusters_shown::gathered;
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, Selections, file_of};
use super::inputs::{FigureInputs, Need};
use super::names::short_name;
use super::source::{ClusteredProfiles, MapPoint};
use super::svg::{Anchor, Svg, TextStyle, overlap};
use super::theme::{GROUND, INK, LABEL, SMALL, SOFT, cluster_colour, cluster_name};
use super::{FigureError, font};
use crate::profile::UnitKind;
use crate::run_folder::CsvTable;
use crate::study::FigureSize;

/// A name on the map.
#[derive(Debug, Clone, PartialEq)]
struct MapLabel {
    text: String,
    place: [f64; 2],
    group: bool,
}

/// The years of one country on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPath {
    /// Code of the country or group.
    pub country: String,
    /// Name for people.
    pub name: String,
    /// Year and place, ascending.
    pub years: Vec<(u16, [f64; 2])>,
}

/// The map with its legend.
#[derive(Debug, Clone, PartialEq)]
pub struct TypologyMap {
    points: Vec<MapPoint>,
    labels: Vec<MapLabel>,
    paths: Vec<MapPath>,
    /// Cluster, countries in it, the largest of them.
    legend: Vec<(u32, usize, Vec<String>)>,
}

/// Countries that are named on the map, largest exporters first, as far as there is room.
const NAMED: usize = 36;
/// Clusters in the legend.
const LISTED: usize = 13;

/// Name of the figure and of its numbers.
pub(super) const NAME: &str = "typology_map";

/// The figure `typology_map`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Which countries are alike in their dependence, and how did they move?"
    }

    fn needs(&self) -> Need {
        Need::Typology
    }

    fn selections(&self) -> Selections {
        Selections { country: true, year: false }
    }

    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        gathered(run, |data| Ok(TypologyMap::of(data, &run.countries)))
    }
}

impl FigureNumbers for TypologyMap {
    fn tables(&self) -> Vec<FigureTable> {
        vec![FigureTable::new(NAME, self.csv())]
    }

    fn drawings(&self, _size: FigureSize) -> Vec<Drawing<'_>> {
        let caption = Caption {
            title: "Countries by year, placed by the likeness of their dependency profiles.".to_owned(),
            reading: vec![
                "One dot is a country in a year; colours are clusters, black are outliers, rings are groups. Lines are the paths of chosen countries from the first year (open mark) to the last (full mark). Only nearness has a meaning.".to_owned(),
            ],
            definitions: vec![PROFILES, CLUSTERS],
            numbers: vec![file_of(NAME)],
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: "Map of countries by year, coloured by cluster".to_owned(),
            caption,
            draw: Box::new(|width| self.draw(width)),
        }]
    }
}

impl TypologyMap {
    /// The map of a typology, with the paths of some countries or groups, as far as they are on it.
    pub fn of(data: &ClusteredProfiles, countries: &[String]) -> Self {
        let units = &data.profiles.units;
        let is_group = |unit: usize| units[unit].kind == UnitKind::Group;
        let name = |unit: usize| {
            if is_group(unit) { units[unit].code.clone() } else { short_name(&units[unit].name) }
        };
        let paths: Vec<MapPath> = countries
            .iter()
            .filter_map(|code| {
                let unit = units.iter().position(|u| u.code == *code)?;
                let mut years: Vec<(u16, [f64; 2])> =
                    data.map.iter().filter(|p| p.country == *code).map(|p| (p.year, p.place)).collect();
                years.sort_by_key(|(year, _)| *year);
                let path = MapPath { country: code.clone(), name: name(unit), years };
                (!path.years.is_empty()).then_some(path)
            })
            .collect();
        let mut order: Vec<usize> = (0..units.len()).collect();
        order.sort_by(|&a, &b| {
            is_group(b).cmp(&is_group(a)).then(data.exports[b].total_cmp(&data.exports[a])).then(a.cmp(&b))
        });
        let labels = order
            .into_iter()
            .filter(|&unit| paths.iter().all(|path| path.country != units[unit].code))
            .filter_map(|unit| {
                let own = data.map.iter().filter(|p| p.country == units[unit].code);
                let latest = own.max_by_key(|p| p.year)?;
                Some(MapLabel { text: name(unit), place: latest.place, group: is_group(unit) })
            })
            .take(NAMED)
            .collect();
        let legend = data
            .clusters
            .iter()
            .map(|cluster| {
                let names = cluster.units.iter().take(4).map(|&unit| short_name(&units[unit].name)).collect();
                (cluster.number, cluster.units.len(), names)
            })
            .collect();
        Self { points: data.map.clone(), labels, paths, legend }
    }

    /// The points.
    fn csv(&self) -> CsvTable {
        let mut table = CsvTable::new(&["year", "country", "kind", "x", "y", "cluster", "path"]);
        for point in &self.points {
            table.row(&[
                point.year.to_string(),
                point.country.clone(),
                point.kind.key().to_owned(),
                point.place[0].to_string(),
                point.place[1].to_string(),
                point.cluster.to_string(),
                self.paths.iter().any(|path| path.country == point.country).to_string(),
            ]);
        }
        table
    }

    /// Draws the map with its legend beside it, or below it in one column.
    pub fn draw(&self, width: f64) -> Svg {
        let beside = width > 300.0;
        let across = if beside { 0.68 * width } else { width };
        let high = if beside { 0.80 * across } else { across };
        let map = self.panel_with(across, high, true);
        let legend = self.legend(if beside { width - across - 10.0 } else { width });
        let mut svg = Svg::new(width, 0.0);
        svg.place(map, [0.0, 0.0]);
        if beside {
            svg.set_height(high.max(legend.height()));
            svg.place(legend, [across + 10.0, 0.0]);
        } else {
            svg.set_height(high + 6.0 + legend.height());
            svg.place(legend, [0.0, high + 6.0]);
        }
        svg
    }

    /// Draws the map alone, with the numbers of the clusters along its lower edge.
    pub fn panel_with_numbers(&self, width: f64, height: f64) -> Svg {
        let strip = 9.0;
        let mut svg = Svg::new(width, height);
        svg.place(self.panel(width, height - strip), [0.0, 0.0]);
        let soft = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        let mut x = 2.0;
        for (at, (cluster, _, _)) in self.legend.iter().take(LISTED).enumerate() {
            let text = if at == 0 { format!("cluster {cluster}") } else { cluster.to_string() };
            svg.dots(&[[x + 2.0, height - 2.4]], 4.0, cluster_colour(*cluster), 1.0);
            svg.text(x + 5.5, height - 0.4, &text, soft);
            x += 11.5 + font::width(&text, SMALL, false);
        }
        svg
    }

    /// Draws the map alone.
    pub fn panel(&self, width: f64, height: f64) -> Svg {
        self.panel_with(width, height, false)
    }

    /// Draws the map alone; with hints every dot says which country and year it is.
    fn panel_with(&self, width: f64, height: f64, hints: bool) -> Svg {
        let mut svg = Svg::new(width, height);
        let range = |axis: usize| {
            self.points.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| {
                [low.min(p.place[axis]), high.max(p.place[axis])]
            })
        };
        let (x, y) = (range(0), range(1));
        // One scale for both axes: distances on the map mean the same in every direction.
        let room = [width - 20.0, height - 20.0];
        let scale = (room[0] / (x[1] - x[0]).max(1e-9)).min(room[1] / (y[1] - y[0]).max(1e-9));
        let at = |place: [f64; 2]| {
            [
                0.5 * width + scale * (place[0] - 0.5 * (x[0] + x[1])),
                0.5 * height - scale * (place[1] - 0.5 * (y[0] + y[1])),
            ]
        };
        svg.rectangle(0.0, 0.0, width, height, GROUND, 1.0);
        let dot = (width / 150.0).clamp(1.4, 2.6);
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
            svg.dots(&dots, dot, cluster_colour(cluster), if cluster == 0 { 0.9 } else { 0.55 });
        }
        for point in self.points.iter().filter(|p| p.kind == UnitKind::Group) {
            svg.ring(at(point.place), 0.85 * dot, cluster_colour(point.cluster), 0.6);
        }
        let mut taken = Vec::new();
        for path in &self.paths {
            draw_path(&mut svg, path, &at, [width, height], &mut taken);
        }
        self.draw_labels(&mut svg, &at, [width, height], &mut taken);
        if hints {
            for point in &self.points {
                svg.hint(at(point.place), 0.5 * dot, &format!("{} {}", point.country, point.year));
            }
        }
        svg
    }

    fn draw_labels(
        &self,
        svg: &mut Svg,
        at: &dyn Fn([f64; 2]) -> [f64; 2],
        size: [f64; 2],
        taken: &mut Vec<[f64; 4]>,
    ) {
        for label in &self.labels {
            let style = TextStyle {
                size: if label.group { LABEL } else { SMALL },
                bold: label.group,
                halo: true,
                ..TextStyle::default()
            };
            put_label(svg, at(label.place), &label.text, style, size, taken);
        }
    }

    fn legend(&self, width: f64) -> Svg {
        let mut svg = Svg::new(width, 0.0);
        let mut y = 8.0;
        let soft = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        for (cluster, countries, names) in self.legend.iter().take(LISTED) {
            svg.dots(&[[3.0, y - 2.4]], 5.0, cluster_colour(*cluster), 1.0);
            let words = if *countries == 1 { "country" } else { "countries" };
            let head = format!("{}, {countries} {words}", cluster_name(*cluster));
            svg.text(9.0, y, &head, TextStyle { bold: true, ..TextStyle::default() });
            for line in font::lines(&names.join(", "), SMALL, false, width - 10.0) {
                y += 7.2;
                svg.text(9.0, y, &line, soft);
            }
            y += 10.5;
        }
        if self.legend.len() > LISTED {
            let more = format!("and {} more clusters", self.legend.len() - LISTED);
            svg.text(9.0, y, &more, soft);
            y += 10.5;
        }
        let mut notes = vec!["One dot is one country in one year; names stand at the latest year."];
        if self.points.iter().any(|p| p.kind == UnitKind::Group) {
            notes.push("Rings are groups (means of members).");
        }
        if !self.paths.is_empty() {
            notes.push("Lines: paths over the years, from the open to the full mark.");
        }
        notes.push("Only nearness has a meaning: the axes have none.");
        for note in notes {
            for line in font::lines(note, SMALL, false, width - 2.0) {
                svg.text(0.0, y, &line, soft);
                y += 7.4;
            }
            y += 1.6;
        }
        svg.set_height(y);
        svg
    }
}

fn draw_path(
    svg: &mut Svg,
    path: &MapPath,
    at: &dyn Fn([f64; 2]) -> [f64; 2],
    size: [f64; 2],
    taken: &mut Vec<[f64; 4]>,
) {
    let points: Vec<[f64; 2]> = path.years.iter().map(|(_, place)| at(*place)).collect();
    svg.polyline(&points, "#ffffff", 2.4, None);
    svg.polyline(&points, INK, 0.9, None);
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    svg.circle(*first, 1.9, "#ffffff", INK, 0.8);
    svg.circle(*last, 2.1, INK, "#ffffff", 0.5);
    for point in [first, last] {
        taken.push([point[0] - 2.5, point[1] - 2.5, point[0] + 2.5, point[1] + 2.5]);
    }
    let years = match (path.years.first(), path.years.last()) {
        (Some((from, _)), Some((to, _))) if from != to && size[0] > 300.0 => {
            format!("{} {from}–{to}", path.name)
        }
        _ => path.name.clone(),
    };
    let style = TextStyle { size: LABEL, bold: true, halo: true, ..TextStyle::default() };
    put_label(svg, *last, &years, style, size, taken);
}

/// Puts a text beside a point where it is free: to the right, else to the left, above, below, aslant; nowhere if all are taken.
fn put_label(
    svg: &mut Svg,
    [x, y]: [f64; 2],
    text: &str,
    style: TextStyle<'_>,
    size: [f64; 2],
    taken: &mut Vec<[f64; 4]>,
) {
    let width = font::width(text, style.size, style.bold);
    let (tall, half) = (0.74 * style.size, 0.5 * width);
    let spots = [
        [x + 3.4, y + 0.5 * tall],
        [x - 3.4 - width, y + 0.5 * tall],
        [x - half, y - 3.6],
        [x - half, y + 3.4 + tall],
        [x + 2.6, y - 2.8],
        [x - 2.6 - width, y - 2.8],
        [x + 2.6, y + 2.8 + tall],
        [x - 2.6 - width, y + 2.8 + tall],
    ];
    for [left, base] in spots {
        let own = [left - 0.5, base - tall - 0.5, left + width + 0.5, base + 1.4];
        let inside = own[0] > 1.0 && own[1] > 1.0 && own[2] < size[0] - 1.0 && own[3] < size[1] - 1.0;
        if inside && taken.iter().all(|other| !overlap(&own, other)) {
            taken.push(own);
            svg.text(left, base, text, TextStyle { anchor: Anchor::Start, ..style });
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::small_typology::small_typology;

    #[test]
    fn points_paths_and_legend_are_those_of_the_typology() {
        let map = TypologyMap::of(&small_typology(), &["AAA".to_owned(), "ZZZ".to_owned()]);
        let [table] = map.tables().try_into().unwrap();
        assert_eq!(table.file(), "figures/typology_map.csv");
        assert_eq!(
            table.csv,
            "year,country,kind,x,y,cluster,path
2020,AAA,country,0,0,1,true
2020,BBB,country,1,0,1,false
2020,CCC,country,2,0,0,false
2020,GRP,group,3,0,1,false
2021,AAA,country,0,1,1,true
2021,BBB,country,1,1,1,false
2021,CCC,country,2,1,0,false
2021,GRP,group,3,1,1,false
"
        );
        let svg = map.draw(510.0).finish(180.0, "x");
        for part in [
            ">Alpha &lt;1&gt; 2020–2021</text>",
            ">Gamma</text>",
            ">Cluster 1, 2 countries</text>",
            ">0 (outliers), 1 country</text>",
            "Rings are groups",
            "<title>CCC 2021</title>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        let [drawing] = map.drawings(FigureSize::OneColumn).try_into().unwrap_or_else(|_| panic!("one"));
        assert_eq!(drawing.caption.numbers, ["figures/typology_map.csv"]);
    }
}
