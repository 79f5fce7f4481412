//! What figures are drawn from: the tables of a run folder, finished or still being made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::FigureError;
use crate::columnar::TableReader;
use crate::delimited::{Table, TableError};
use crate::indicators::Column;
use crate::profile::{Feature, ProfileRow, Profiles, Unit, UnitKind};
use crate::run_folder::FolderError;
use crate::run_folder::StoredPanel;
use crate::run_folder::{Manifest, RunFolder};
use crate::study::Study;

/// A run, as far as figures need it.
#[derive(Debug, Clone, Copy)]
pub struct FigureSource<'a> {
    /// The folder.
    pub folder: &'a RunFolder,
    /// Its study.
    pub study: &'a Study,
    /// Its panel, with imports, exports and composite at least.
    pub panel: &'a StoredPanel,
    /// What was run, for captions.
    pub manifest: &'a Manifest,
}

/// A product of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainProduct {
    /// HS6 code.
    pub code: String,
    /// Its text; empty if the data have none.
    pub text: String,
    /// Its tier.
    pub tier: u8,
}

/// Products and kept links of the chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChainTables {
    /// By tier, then code.
    pub products: Vec<ChainProduct>,
    /// Positions of input and output.
    pub links: Vec<[usize; 2]>,
}

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

impl FigureSource<'_> {
    /// A csv table of the run; `None` if the run has none.
    ///
    /// # Errors
    /// [`FigureError::Table`] if it cannot be read.
    pub fn table(&self, name: &str) -> Result<Option<Table>, FigureError> {
        Ok(self.folder.results().table_if_there(name)?)
    }

    /// Countries and groups of the run by code.
    ///
    /// # Errors
    /// [`FigureError::Table`] if `countries.csv` is damaged.
    pub fn units(&self) -> Result<BTreeMap<String, NamedUnit>, FigureError> {
        let mut units = BTreeMap::new();
        let Some(table) = self.table("countries.csv")? else { return Ok(units) };
        let (code, name, kind) =
            (table.require(&["country"])?, table.require(&["name"])?, table.require(&["kind"])?);
        for row in &table.rows {
            let unit = NamedUnit { name: row.get(name).to_owned(), kind: kind_of(row.get(kind)) };
            units.insert(row.get(code).to_owned(), unit);
        }
        Ok(units)
    }

    /// Codes of the groups that the run has the indicators of.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if `groups.parquet` cannot be read.
    pub fn groups(&self) -> Result<BTreeSet<String>, FigureError> {
        let mut groups = BTreeSet::new();
        let files = self.folder.results();
        let Some(table) = files.parquet_if_there("groups.parquet")? else { return Ok(groups) };
        let path = files.place_of("groups.parquet");
        let broken = |e| FigureError::from(FolderError::parquet(&path, e));
        for part in 0..table.row_groups() {
            let column = table.column("group").map_err(broken)?;
            groups.extend(table.read_interned(part, column).map_err(broken)?.values);
        }
        Ok(groups)
    }

    /// The chain.
    ///
    /// # Errors
    /// [`FigureError::Missing`] if there are no products, [`FigureError::Table`] if a table is damaged.
    pub fn chain(&self) -> Result<ChainTables, FigureError> {
        let Some(table) = self.table("chain/nodes.csv")? else {
            return Err(FigureError::missing(&self.folder.results(), "chain/nodes.csv"));
        };
        let (code, text, tier) =
            (table.require(&["product"])?, table.require(&["description"])?, table.require(&["tier"])?);
        let mut chain = ChainTables::default();
        for row in &table.rows {
            let tier = row
                .get(tier)
                .parse()
                .map_err(|_| table.field_error(row, tier, format!("'{}' is not a tier", row.get(tier))))?;
            let (code, text) = (row.get(code).to_owned(), row.get(text).to_owned());
            chain.products.push(ChainProduct { code, text, tier });
        }
        chain.products.sort_by(|a, b| a.tier.cmp(&b.tier).then(a.code.cmp(&b.code)));
        let Some(table) = self.table("chain/edges.csv")? else { return Ok(chain) };
        let place: BTreeMap<&str, usize> =
            chain.products.iter().enumerate().map(|(at, p)| (p.code.as_str(), at)).collect();
        let (input, output, kept) =
            (table.require(&["input"])?, table.require(&["output"])?, table.require(&["kept"])?);
        let mut links = Vec::new();
        for row in table.rows.iter().filter(|row| row.get(kept) == "true") {
            if let (Some(&from), Some(&to)) = (place.get(row.get(input)), place.get(row.get(output))) {
                links.push([from, to]);
            }
        }
        links.sort_unstable();
        links.dedup();
        chain.links = links;
        Ok(chain)
    }

    /// Composite score of a country or group in a year, by product of the chain; `None` where it is undefined.
    ///
    /// # Errors
    /// [`FigureError::Folder`] if `groups.parquet` cannot be read.
    pub fn composites(
        &self,
        country: &str,
        year: u16,
        products: &[ChainProduct],
    ) -> Result<Vec<Option<f64>>, FigureError> {
        if let (Some(country), Some(year)) = (self.panel.country(country), self.panel.year(year)) {
            let of = |product: &ChainProduct| {
                let product = product.code.parse().ok().and_then(|code| self.panel.product(code))?;
                self.panel.value(Column::Pc1, product, year, country)
            };
            return Ok(products.iter().map(of).collect());
        }
        let mut found = vec![None; products.len()];
        let files = self.folder.results();
        let Some(table) = files.parquet_if_there("groups.parquet")? else { return Ok(found) };
        let place: BTreeMap<&str, usize> =
            products.iter().enumerate().map(|(at, p)| (p.code.as_str(), at)).collect();
        let path = files.place_of("groups.parquet");
        let broken = |e| FigureError::from(FolderError::parquet(&path, e));
        for part in 0..table.row_groups() {
            let rows = table.group_rows(part);
            let text = |name: &str| table.read_interned(part, table.column(name)?);
            let (group, product) = (text("group").map_err(broken)?, text("product").map_err(broken)?);
            let mut years = Vec::new();
            table
                .read_int16(part, table.column("year").map_err(broken)?, 0, rows, &mut years)
                .map_err(broken)?;
            let scores =
                table.read_number_or_nan(part, table.column("pc1").map_err(broken)?).map_err(broken)?;
            for row in 0..rows {
                if years[row] == i32::from(year) && group.values[group.rows[row] as usize] == country {
                    let code = product.values[product.rows[row] as usize].as_str();
                    if let Some(&at) = place.get(code) {
                        found[at] = Some(scores[row]).filter(|score| !score.is_nan());
                    }
                }
            }
        }
        Ok(found)
    }

    /// Profiles and clusters; `None` if the run has no typology.
    ///
    /// # Errors
    /// [`FigureError::Table`] or [`FigureError::Folder`] if a table is damaged.
    pub fn clustered(&self) -> Result<Option<ClusteredProfiles>, FigureError> {
        let (Some(countries), Some(embedding), Some(profiles)) = (
            self.table("typology/countries.csv")?,
            self.table("typology/embedding.csv")?,
            self.folder.results().parquet_if_there("profiles.parquet")?,
        ) else {
            return Ok(None);
        };
        let mut names = self.units()?;
        let (code, name, kind) =
            (countries.require(&["country"])?, countries.require(&["name"])?, countries.require(&["kind"])?);
        for row in &countries.rows {
            let unit = NamedUnit { name: row.get(name).to_owned(), kind: kind_of(row.get(kind)) };
            names.insert(row.get(code).to_owned(), unit);
        }
        let path = self.folder.results().place_of("profiles.parquet");
        let profiles = read_profiles(&profiles, &path, &names)?;
        let place: BTreeMap<&str, usize> =
            profiles.units.iter().enumerate().map(|(at, u)| (u.code.as_str(), at)).collect();
        let mut assigned = vec![None; profiles.units.len()];
        let cluster = countries.require(&["cluster"])?;
        for row in &countries.rows {
            if let Some(&at) = place.get(row.get(code)) {
                assigned[at] = Some(cluster_of(&countries, row, cluster)?);
            }
        }
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
        let mut exports = vec![0.0; profiles.units.len()];
        for row in &profiles.rows {
            exports[row.unit] += row.exports;
        }
        let clusters = clusters_of(&profiles, &assigned, &exports);
        Ok(Some(ClusteredProfiles { profiles, assigned, exports, map, clusters }))
    }
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

/// Reads `profiles.parquet`, which is at `path`.
fn read_profiles(
    table: &TableReader,
    path: &Path,
    names: &BTreeMap<String, NamedUnit>,
) -> Result<Profiles, FigureError> {
    let broken = |e| FigureError::from(FolderError::parquet(path, e));
    let features: Vec<Feature> =
        table.column_names().iter().filter_map(|name| Feature::of_name(name)).collect();
    let (mut year, mut country, mut kind) = (Vec::new(), Vec::new(), Vec::new());
    let (mut imports, mut exports, mut composite) = (Vec::new(), Vec::new(), Vec::new());
    let mut values: Vec<Vec<Option<f64>>> = vec![Vec::new(); features.len()];
    for part in 0..table.row_groups() {
        let rows = table.group_rows(part);
        let mut read = || {
            table.read_int16(part, table.column("year")?, 0, rows, &mut year)?;
            table.read_text(part, table.column("country")?, 0, rows, &mut country)?;
            table.read_text(part, table.column("kind")?, 0, rows, &mut kind)?;
            table.read_number(part, table.column("imports")?, 0, rows, &mut imports)?;
            table.read_number(part, table.column("exports")?, 0, rows, &mut exports)?;
            table.read_optional_number(part, table.column("composite")?, 0, rows, &mut composite)?;
            for (feature, values) in features.iter().zip(&mut values) {
                table.read_optional_number(part, table.column(&feature.name())?, 0, rows, values)?;
            }
            Ok(())
        };
        read().map_err(broken)?;
    }
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
