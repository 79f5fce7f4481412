//! The profiles of a run, its map and its clusters.

use std::collections::BTreeMap;

use super::RunError;
use super::files::{each_group, numbers, years};
use crate::delimited::{Table, TableError};
use crate::profile::{Feature, ProfileRow, Profiles, Unit, UnitKind};
use crate::run_folder::RunFiles;

/// A country-year on the map of the typology.
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

/// A cluster and its countries. Groups do not count: their members do.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its number; 0 for the outliers.
    pub number: u32,
    /// Positions of the units assigned to it, by falling exports.
    pub units: Vec<usize>,
    /// Their exports over all years, thousand USD.
    pub exports: f64,
}

/// The profiles of a run with the clusters of its typology.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusteredProfiles {
    /// The profiles.
    pub profiles: Profiles,
    /// By unit: the cluster it is assigned to.
    pub assigned: Vec<Option<u32>>,
    /// By unit: exports over all years, thousand USD.
    pub exports: Vec<f64>,
    /// The map.
    pub map: Vec<MapPoint>,
    /// The clusters that have countries, by number.
    pub clusters: Vec<Cluster>,
}

impl ClusteredProfiles {
    /// Position among `clusters` of the cluster that a unit counts in; groups count in none.
    pub fn place_among(&self, clusters: &[u32], unit: usize) -> Option<usize> {
        if self.profiles.units[unit].kind == UnitKind::Group {
            return None;
        }
        self.assigned[unit].and_then(|own| clusters.iter().position(|c| *c == own))
    }

    /// The clusters that a figure shows: all, or so many of the largest by exports, by number.
    pub fn largest(&self, most: usize) -> Vec<u32> {
        let mut order: Vec<&Cluster> = self.clusters.iter().collect();
        order.sort_by(|a, b| b.exports.total_cmp(&a.exports).then(a.number.cmp(&b.number)));
        let mut shown: Vec<u32> = order.iter().take(most).map(|c| c.number).collect();
        shown.sort_unstable();
        shown
    }
}

/// A country or group of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUnit {
    /// Name for people.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
}

impl ClusteredProfiles {
    pub(super) fn read(files: &RunFiles) -> Result<Option<Self>, RunError> {
        let Some(countries) =
            files.table_if_there("typology/countries.csv")?.filter(|_| files.exists("profiles.parquet"))
        else {
            return Ok(None);
        };
        let Some(map) = map_points(files)? else { return Ok(None) };
        let mut names = units(files)?;
        let (code, name, kind) =
            (countries.require(&["country"])?, countries.require(&["name"])?, countries.require(&["kind"])?);
        for row in &countries.rows {
            let unit = NamedUnit { name: row.get(name).to_owned(), kind: kind_of(row.get(kind)) };
            names.insert(row.get(code).to_owned(), unit);
        }
        let profiles = read_profiles(files, &names)?;
        let place: BTreeMap<&str, usize> =
            profiles.units.iter().enumerate().map(|(at, u)| (u.code.as_str(), at)).collect();
        let mut assigned = vec![None; profiles.units.len()];
        let cluster = countries.require(&["cluster"])?;
        for row in &countries.rows {
            if let Some(&at) = place.get(row.get(code)) {
                assigned[at] = Some(cluster_of(&countries, row, cluster)?);
            }
        }
        let mut exports = vec![0.0; profiles.units.len()];
        for row in &profiles.rows {
            exports[row.unit] += row.exports;
        }
        let clusters = clusters_of(&profiles, &assigned, &exports);
        Ok(Some(Self { profiles, assigned, exports, map, clusters }))
    }
}

/// The map of the typology; `None` if the run has none.
pub(super) fn map_points(files: &RunFiles) -> Result<Option<Vec<MapPoint>>, RunError> {
    let Some(embedding) = files.table_if_there("typology/embedding.csv")? else { return Ok(None) };
    let columns = ["year", "country", "kind", "x", "y", "cluster"];
    let columns: Vec<usize> =
        columns.iter().map(|name| embedding.require(&[name])).collect::<Result<_, _>>()?;
    let mut map = Vec::with_capacity(embedding.rows.len());
    for row in &embedding.rows {
        map.push(MapPoint {
            year: embedding.year(row, columns[0])?,
            country: row.get(columns[1]).to_owned(),
            kind: kind_of(row.get(columns[2])),
            place: [embedding.number(row, columns[3])?, embedding.number(row, columns[4])?],
            cluster: cluster_of(&embedding, row, columns[5])?,
        });
    }
    Ok(Some(map))
}

/// Countries and groups of the run by code.
fn units(files: &RunFiles) -> Result<BTreeMap<String, NamedUnit>, RunError> {
    let mut units = BTreeMap::new();
    let Some(table) = files.table_if_there("countries.csv")? else { return Ok(units) };
    let (code, name, kind) =
        (table.require(&["country"])?, table.require(&["name"])?, table.require(&["kind"])?);
    for row in &table.rows {
        let unit = NamedUnit { name: row.get(name).to_owned(), kind: kind_of(row.get(kind)) };
        units.insert(row.get(code).to_owned(), unit);
    }
    Ok(units)
}

fn clusters_of(profiles: &Profiles, assigned: &[Option<u32>], exports: &[f64]) -> Vec<Cluster> {
    let mut clusters: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (unit, cluster) in assigned.iter().enumerate() {
        if let Some(cluster) = cluster
            && profiles.units[unit].kind != UnitKind::Group
        {
            clusters.entry(*cluster).or_default().push(unit);
        }
    }
    clusters
        .into_iter()
        .map(|(number, mut units)| {
            units.sort_by(|&a, &b| exports[b].total_cmp(&exports[a]).then(a.cmp(&b)));
            let total = units.iter().fold(0.0, |sum, &unit| sum + exports[unit]);
            Cluster { number, units, exports: total }
        })
        .collect()
}

fn kind_of(key: &str) -> UnitKind {
    [UnitKind::Merged, UnitKind::Group]
        .into_iter()
        .find(|kind| kind.key() == key)
        .unwrap_or(UnitKind::Country)
}

fn cluster_of(table: &Table, row: &crate::delimited::Row, column: usize) -> Result<u32, TableError> {
    let text = row.get(column);
    text.parse().map_err(|_| table.field_error(row, column, format!("'{text}' is not a cluster")))
}

/// Reads `profiles.parquet`.
fn read_profiles(files: &RunFiles, names: &BTreeMap<String, NamedUnit>) -> Result<Profiles, RunError> {
    let mut features: Vec<Feature> = Vec::new();
    let (mut year, mut country, mut kind) = (Vec::new(), Vec::new(), Vec::new());
    let (mut imports, mut exports, mut composite) = (Vec::new(), Vec::new(), Vec::new());
    let mut values: Vec<Vec<Option<f64>>> = Vec::new();
    each_group(files, "profiles.parquet", |table, part, rows| {
        if part == 0 {
            features = table.column_names().iter().filter_map(|name| Feature::of_name(name)).collect();
            values = vec![Vec::new(); features.len()];
        }
        year.extend(years(table, part, rows)?);
        table.read_text(part, table.column("country")?, 0, rows, &mut country)?;
        table.read_text(part, table.column("kind")?, 0, rows, &mut kind)?;
        imports.extend(numbers(table, part, rows, "imports")?);
        exports.extend(numbers(table, part, rows, "exports")?);
        table.read_optional_number(part, table.column("composite")?, 0, rows, &mut composite)?;
        for (feature, values) in features.iter().zip(&mut values) {
            table.read_optional_number(part, table.column(&feature.name())?, 0, rows, values)?;
        }
        Ok(())
    })?;
    let mut years: Vec<u16> = year.iter().map(|y| *y as u16).collect();
    years.sort_unstable();
    years.dedup();
    let mut kinds: BTreeMap<&str, UnitKind> = BTreeMap::new();
    for (code, kind) in country.iter().zip(&kind) {
        kinds.insert(code, kind_of(kind));
    }
    let place: BTreeMap<&str, usize> = kinds.keys().enumerate().map(|(at, code)| (*code, at)).collect();
    let rows = (0..year.len())
        .map(|row| ProfileRow {
            year: years.iter().position(|y| i32::from(*y) == year[row]).unwrap_or(0),
            unit: place[country[row].as_str()],
            imports: imports[row],
            exports: exports[row],
            composite: composite[row],
            values: values.iter().map(|column| column[row]).collect(),
        })
        .collect();
    let units = kinds
        .iter()
        .map(|(code, kind)| Unit {
            code: (*code).to_owned(),
            name: names.get(*code).map_or_else(|| (*code).to_owned(), |unit| unit.name.clone()),
            kind: *kind,
        })
        .collect();
    Ok(Profiles { features, years, units, rows })
}
