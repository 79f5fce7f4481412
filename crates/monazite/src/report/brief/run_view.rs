//! A finished run as briefs, maps and findings see it: the panel, and the smaller tables beside it.
//!
//! Files that an older version did not write, or that a study has no use for, are absent here; nothing fails for want of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use parquet::errors::ParquetError;

use super::BriefError;
use crate::columnar::TableReader;
use crate::delimited::Table;
use crate::indicators::Column;
use crate::run_folder::StoredPanel;
use crate::run_folder::StoredPanelError;
use crate::run_folder::{FolderError, Manifest, RunFiles};
use crate::study::Study;

/// A supplier of an importer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supply {
    /// Position of the supplier.
    pub supplier: usize,
    /// Its share in the importer's imports.
    pub share: f64,
}

/// STR of the average importer of a product in a year, and what moved it since the year before.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrendYear {
    /// Mean STR over importers, weighted by imports.
    pub str: Option<f64>,
    /// Change since the year before: network, stability, who imports.
    pub parts: Option<[f64; 3]>,
    /// World trade, thousand USD.
    pub trade: f64,
    /// Share of import value whose supplier imports nothing.
    pub ending_share: Option<f64>,
    /// Share of import value whose supplier's PV is imputed.
    pub imputed_share: Option<f64>,
    /// Share of influence that passes through entrepots.
    pub through_hubs: Option<f64>,
}

/// A supplier whose trickle of imports closes a loop; see [`crate::panel::trickle`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoopRecord {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the supplier.
    pub supplier: usize,
    /// Its exports, thousand USD.
    pub exports: f64,
    /// Its imports, thousand USD.
    pub imports: f64,
    /// Mean STR of the other importers, weighted by imports.
    pub weighted: f64,
    /// The same if the supplier imported nothing.
    pub without: f64,
}

/// A link of the value chain that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkRecord {
    /// Code of the input.
    pub input: String,
    /// Code of the output.
    pub output: String,
    /// What speaks for it, in words.
    pub evidence: String,
}

/// Where a country stands in the typology.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterRecord {
    /// The cluster of most of its years.
    pub cluster: u32,
    /// Years in it.
    pub years_in_cluster: u32,
    /// Years on the map.
    pub years: u32,
    /// How much of its company it keeps when the typology is made anew.
    pub stability: Option<f64>,
}

/// PV by year and code of the country.
pub type StabilityByYear = BTreeMap<(u16, String), f64>;

/// A finished run.
#[derive(Debug)]
pub struct RunView {
    /// Its files.
    pub files: RunFiles,
    /// The study as the run resolved it. Its paths are relative to where the study file was, not to the folder.
    pub study: Study,
    /// What was run.
    pub manifest: Manifest,
    /// The panel.
    pub panel: StoredPanel,
    /// Text of every product, in the order of the panel; empty where there is none.
    pub descriptions: Vec<String>,
    /// Main suppliers by (product, year, importer), as [`StoredPanel::cell`] has it; `None` in runs of older versions.
    pub suppliers: Option<Vec<Vec<Supply>>>,
    /// PV by (year, country); `None` in runs of older versions.
    pub pv: Option<StabilityByYear>,
    /// By (product, year): STR of the average importer.
    pub trends: Vec<Vec<TrendYear>>,
    /// Trickles that close loops; `None` in runs of older versions.
    pub loops: Option<Vec<LoopRecord>>,
    /// Kept links.
    pub links: Vec<LinkRecord>,
    /// Countries and groups of the typology by code; empty without one.
    pub clusters: BTreeMap<String, ClusterRecord>,
    /// Places on the map by code: year and point.
    pub places: BTreeMap<String, Vec<(u16, [f64; 2])>>,
}

impl RunView {
    /// Reads a finished run.
    ///
    /// # Errors
    /// [`BriefError::Folder`] if it is no run or a table is damaged, [`BriefError::Study`] if its study cannot be understood, [`BriefError::Panel`] if its main tables are missing.
    pub fn open(folder: &Path) -> Result<Self, BriefError> {
        let files = RunFiles::folder(folder);
        Self::of(&files, Study::of_run(folder)?, Manifest::of(&files)?, StoredPanel::open(folder)?)
    }

    /// As [`RunView::open`], of a run whose manifest and panel are at hand, finished or not.
    ///
    /// # Errors
    /// As [`RunView::open`].
    pub fn of(
        files: &RunFiles,
        study: Study,
        manifest: Manifest,
        panel: StoredPanel,
    ) -> Result<Self, BriefError> {
        let descriptions = read_descriptions(files, &panel)?;
        let mut view = Self {
            files: files.clone(),
            study,
            descriptions,
            suppliers: read_suppliers(files, &panel)?,
            pv: read_pv(files)?,
            trends: read_trends(files, &panel)?,
            loops: read_loops(files, &panel, &manifest)?,
            links: read_links(files)?,
            clusters: BTreeMap::new(),
            places: BTreeMap::new(),
            manifest,
            panel,
        };
        view.read_typology()?;
        Ok(view)
    }

    /// Position of the last year.
    pub fn last_year(&self) -> usize {
        self.panel.years.len().saturating_sub(1)
    }

    /// Name of a country.
    pub fn name(&self, country: usize) -> &str {
        &self.panel.countries[country].name
    }

    /// Main suppliers of an importer, the largest first; empty if it imports nothing or the run does not say.
    pub fn suppliers_of(&self, product: usize, year: usize, importer: usize) -> &[Supply] {
        let cell = self.panel.cell(product, year, importer);
        self.suppliers.as_ref().map_or(&[], |s| s[cell].as_slice())
    }

    /// Political stability of a country in a year.
    pub fn pv_of(&self, year: usize, country: usize) -> Option<f64> {
        let key = (self.panel.years[year], self.panel.countries[country].code.clone());
        self.pv.as_ref()?.get(&key).copied()
    }

    /// World imports of a product in a year, thousand USD.
    pub fn world_imports(&self, product: usize, year: usize) -> f64 {
        (0..self.panel.countries.len())
            .filter_map(|c| self.panel.value(Column::Imports, product, year, c))
            .fold(0.0, |sum, m| sum + m)
    }

    /// The products of the chain by tier, then code; all products of the study if none has a tier.
    pub fn chain_products(&self) -> Vec<usize> {
        let mut products: Vec<usize> =
            (0..self.panel.products.len()).filter(|&p| self.panel.products[p].tier.is_some()).collect();
        if products.is_empty() {
            products = (0..self.panel.products.len()).collect();
        }
        products.sort_by_key(|&p| (self.panel.products[p].tier, self.panel.products[p].code));
        products
    }

    /// The trickles of a product-year, that with the largest effect first.
    pub fn loops_of(&self, product: usize, year: usize) -> Vec<LoopRecord> {
        let mut found: Vec<LoopRecord> =
            self.loops.iter().flatten().filter(|l| l.product == product && l.year == year).copied().collect();
        found.sort_by(|a, b| (b.weighted - b.without).total_cmp(&(a.weighted - a.without)));
        found
    }

    /// STR of an importer as if a supplier imported nothing, by (product, supplier), for one year.
    ///
    /// # Errors
    /// [`BriefError::Folder`] if the table is damaged.
    pub fn str_without(
        &self,
        year: usize,
        importer: &str,
    ) -> Result<BTreeMap<(usize, usize), f64>, BriefError> {
        let mut found = BTreeMap::new();
        let wanted = self.panel.country(importer);
        self.each_without(year, |product, supplier, importer, without| {
            if Some(importer) == wanted {
                found.insert((product, supplier), without);
            }
        })?;
        Ok(found)
    }

    /// STR of the importers of a product as if the supplier whose trickle matters most to them imported nothing.
    ///
    /// # Errors
    /// [`BriefError::Folder`] if the table is damaged.
    pub fn str_without_of(&self, product: usize, year: usize) -> Result<BTreeMap<usize, f64>, BriefError> {
        let mut found: BTreeMap<usize, f64> = BTreeMap::new();
        self.each_without(year, |of, _, importer, without| {
            if of == product {
                let least = found.entry(importer).or_insert(without);
                *least = least.min(without);
            }
        })?;
        Ok(found)
    }

    /// Calls `take` with product, supplier, importer and STR without, for every row of a year.
    fn each_without(
        &self,
        year: usize,
        mut take: impl FnMut(usize, usize, usize, f64),
    ) -> Result<(), BriefError> {
        let name = "trickle_importers.parquet";
        let wanted = i32::from(self.panel.years[year]);
        each_group(&self.files, name, |table, group, rows| {
            let product = table.read_interned(group, table.column("product")?)?;
            let supplier = table.read_interned(group, table.column("supplier")?)?;
            let importer = table.read_interned(group, table.column("importer")?)?;
            let (mut years, mut without) = (Vec::new(), Vec::new());
            table.read_int16(group, table.column("year")?, 0, rows, &mut years)?;
            table.read_number(group, table.column("str_without")?, 0, rows, &mut without)?;
            let countries = |text: &crate::columnar::interned::InternedText| -> Vec<Option<usize>> {
                text.values.iter().map(|c| self.panel.country(c)).collect()
            };
            let (suppliers, importers) = (countries(&supplier), countries(&importer));
            let products: Vec<Option<usize>> = product
                .values
                .iter()
                .map(|p| p.parse().ok().and_then(|code| self.panel.product(code)))
                .collect();
            for row in (0..rows).filter(|&row| years[row] == wanted) {
                if let (Some(p), Some(a), Some(c)) = (
                    products[product.rows[row] as usize],
                    suppliers[supplier.rows[row] as usize],
                    importers[importer.rows[row] as usize],
                ) {
                    take(p, a, c, without[row]);
                }
            }
            Ok(())
        })
    }

    /// Share of a country's imports of the chain in a year that comes from suppliers whose PV is imputed; `None` if it imports nothing.
    ///
    /// # Errors
    /// [`BriefError::Folder`] if the table is damaged.
    pub fn imputed_of(&self, year: usize, country: &str) -> Result<Option<f64>, BriefError> {
        let wanted = i32::from(self.panel.years[year]);
        let chain = self.chain_products();
        let (mut sum, mut weight) = (0.0, 0.0);
        each_group(&self.files, "indicators.parquet", |table, group, rows| {
            let of = table.read_interned(group, table.column("country")?)?;
            let Some(place) = of.values.iter().position(|c| c == country) else { return Ok(()) };
            let product = table.read_interned(group, table.column("product")?)?;
            let products: Vec<bool> = product
                .values
                .iter()
                .map(|p| {
                    let at = p.parse().ok().and_then(|code| self.panel.product(code));
                    at.is_some_and(|p| chain.contains(&p))
                })
                .collect();
            let (mut years, mut imports) = (Vec::new(), Vec::new());
            table.read_int16(group, table.column("year")?, 0, rows, &mut years)?;
            table.read_number(group, table.column("imports")?, 0, rows, &mut imports)?;
            let imputed = table.read_number_or_nan(group, table.column("imputed_share")?)?;
            for row in 0..rows {
                let counts = of.rows[row] as usize == place
                    && years[row] == wanted
                    && products[product.rows[row] as usize]
                    && !imputed[row].is_nan();
                if counts {
                    sum += imports[row] * imputed[row];
                    weight += imports[row];
                }
            }
            Ok(())
        })?;
        Ok((weight > 0.0).then(|| sum / weight))
    }

    /// What moved STR of a country since the first year, summed over neighbouring years: by product, network and stability; only
    /// products that it trades in every pair of years.
    ///
    /// # Errors
    /// [`BriefError::Folder`] if the table is damaged.
    pub fn changes_of(&self, country: &str) -> Result<BTreeMap<usize, [f64; 2]>, BriefError> {
        let mut sums: BTreeMap<usize, ([f64; 2], usize)> = BTreeMap::new();
        let name = "decomposition.parquet";
        each_group(&self.files, name, |table, group, rows| {
            let product = table.read_interned(group, table.column("product")?)?;
            let of = table.read_interned(group, table.column("country")?)?;
            let Some(wanted) = of.values.iter().position(|c| c == country) else { return Ok(()) };
            let (mut network, mut stability) = (Vec::new(), Vec::new());
            table.read_number(group, table.column("network")?, 0, rows, &mut network)?;
            table.read_number(group, table.column("stability")?, 0, rows, &mut stability)?;
            for row in (0..rows).filter(|&row| of.rows[row] as usize == wanted) {
                let code = product.values[product.rows[row] as usize].parse();
                if let Some(p) = code.ok().and_then(|code| self.panel.product(code)) {
                    let sum = sums.entry(p).or_default();
                    sum.0[0] += network[row];
                    sum.0[1] += stability[row];
                    sum.1 += 1;
                }
            }
            Ok(())
        })?;
        let steps = self.panel.years.len().saturating_sub(1);
        Ok(sums.into_iter().filter(|(_, (_, n))| *n == steps).map(|(p, (sum, _))| (p, sum)).collect())
    }

    fn read_typology(&mut self) -> Result<(), BriefError> {
        if let Some(table) = read_optional(&self.files, "typology/countries.csv")? {
            let column = |name: &str| table.require(&[name]).map_err(StoredPanelError::from);
            let (code, cluster, within, years, stability) = (
                column("country")?,
                column("cluster")?,
                column("years_in_cluster")?,
                column("years")?,
                column("stability")?,
            );
            for row in &table.rows {
                let number = |column: usize| row.get(column).parse().ok();
                if let (Some(cluster), Some(years_in_cluster), Some(years)) =
                    (number(cluster), number(within), number(years))
                {
                    let stability = row.get(stability).parse().ok();
                    let record = ClusterRecord { cluster, years_in_cluster, years, stability };
                    self.clusters.insert(row.get(code).to_owned(), record);
                }
            }
        }
        if let Some(table) = read_optional(&self.files, "typology/embedding.csv")? {
            let column = |name: &str| table.require(&[name]).map_err(StoredPanelError::from);
            let (code, year, x, y) = (column("country")?, column("year")?, column("x")?, column("y")?);
            for row in &table.rows {
                let at = |column: usize| row.get(column).parse::<f64>().ok();
                if let (Ok(year), Some(x), Some(y)) = (row.get(year).parse(), at(x), at(y)) {
                    self.places.entry(row.get(code).to_owned()).or_default().push((year, [x, y]));
                }
            }
        }
        Ok(())
    }

    /// The countries nearest to one on the map: code and mean distance over the years in which both are on it, from the nearest on.
    pub fn neighbours(&self, code: &str, most: usize) -> Vec<(String, f64)> {
        let Some(own) = self.places.get(code) else { return Vec::new() };
        let mut distances: Vec<(f64, &String)> = Vec::new();
        for (other, places) in &self.places {
            // Groups stand beside their members; only countries of the panel are neighbours.
            if other == code || self.panel.country(other).is_none() {
                continue;
            }
            let of_year: BTreeMap<u16, [f64; 2]> = places.iter().copied().collect();
            let shared: Vec<f64> = own
                .iter()
                .filter_map(|(year, a)| of_year.get(year).map(|b| libm::hypot(a[0] - b[0], a[1] - b[1])))
                .collect();
            if 2 * shared.len() >= own.len() && !shared.is_empty() {
                let mean = shared.iter().fold(0.0, |sum, d| sum + d) / shared.len() as f64;
                distances.push((mean, other));
            }
        }
        distances.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        distances.into_iter().take(most).map(|(d, code)| (code.clone(), d)).collect()
    }
}

fn read_optional(files: &RunFiles, name: &str) -> Result<Option<Table>, BriefError> {
    Ok(files.table_if_there(name).map_err(StoredPanelError::from)?)
}

/// Calls `take` for every row group; does nothing if there is no such file.
fn each_group(
    files: &RunFiles,
    name: &str,
    mut take: impl FnMut(&TableReader, usize, usize) -> Result<(), ParquetError>,
) -> Result<(), BriefError> {
    let Some(table) = files.parquet_if_there(name)? else { return Ok(()) };
    let path = files.place_of(name);
    let broken = |e| FolderError::parquet(&path, e);
    for group in 0..table.row_groups() {
        take(&table, group, table.group_rows(group)).map_err(broken)?;
    }
    Ok(())
}

fn read_descriptions(files: &RunFiles, panel: &StoredPanel) -> Result<Vec<String>, BriefError> {
    let mut texts: Vec<String> = panel.products.iter().map(|p| p.description.clone()).collect();
    if let Some(table) = read_optional(files, "products.csv")?
        && let (Some(code), Some(text)) = (table.column(&["product"]), table.column(&["description"]))
    {
        for row in &table.rows {
            if let Some(p) = row.get(code).parse().ok().and_then(|code| panel.product(code)) {
                row.get(text).clone_into(&mut texts[p]);
            }
        }
    }
    Ok(texts)
}

fn read_suppliers(files: &RunFiles, panel: &StoredPanel) -> Result<Option<Vec<Vec<Supply>>>, BriefError> {
    let name = "suppliers.parquet";
    if !files.exists(name) {
        return Ok(None);
    }
    let mut all = vec![Vec::new(); panel.cells()];
    each_group(files, name, |table, group, rows| {
        let product = table.read_interned(group, table.column("product")?)?;
        let importer = table.read_interned(group, table.column("importer")?)?;
        let supplier = table.read_interned(group, table.column("supplier")?)?;
        let (mut year, mut share) = (Vec::new(), Vec::new());
        table.read_int16(group, table.column("year")?, 0, rows, &mut year)?;
        table.read_number(group, table.column("share")?, 0, rows, &mut share)?;
        let products: Vec<_> =
            product.values.iter().map(|p| p.parse().ok().and_then(|code| panel.product(code))).collect();
        let importers: Vec<_> = importer.values.iter().map(|c| panel.country(c)).collect();
        let by: Vec<_> = supplier.values.iter().map(|c| panel.country(c)).collect();
        for row in 0..rows {
            let year = u16::try_from(year[row]).ok().and_then(|y| panel.year(y));
            if let (Some(p), Some(t), Some(c), Some(a)) = (
                products[product.rows[row] as usize],
                year,
                importers[importer.rows[row] as usize],
                by[supplier.rows[row] as usize],
            ) {
                // Ranks of an importer follow one another in the file.
                all[panel.cell(p, t, c)].push(Supply { supplier: a, share: share[row] });
            }
        }
        Ok(())
    })?;
    Ok(Some(all))
}

fn read_pv(files: &RunFiles) -> Result<Option<StabilityByYear>, BriefError> {
    let Some(table) = read_optional(files, "stability.csv")? else { return Ok(None) };
    let column = |name: &str| table.require(&[name]).map_err(StoredPanelError::from);
    let (country, year, pv) = (column("country")?, column("year")?, column("pv")?);
    let row_of = |row: &crate::delimited::Row| {
        Some(((row.get(year).parse().ok()?, row.get(country).to_owned()), row.get(pv).parse().ok()?))
    };
    Ok(Some(table.rows.iter().filter_map(row_of).collect()))
}

fn read_trends(files: &RunFiles, panel: &StoredPanel) -> Result<Vec<Vec<TrendYear>>, BriefError> {
    let mut trends = vec![vec![TrendYear::default(); panel.years.len()]; panel.products.len()];
    for file in ["trends.csv", "product_years.csv"] {
        let Some(table) = read_optional(files, file)? else { continue };
        let column = |name: &str| table.column(&[name]);
        let (Some(product), Some(year)) = (column("product"), column("year")) else { continue };
        for row in &table.rows {
            let place = row.get(product).parse().ok().and_then(|code| panel.product(code));
            let time = row.get(year).parse().ok().and_then(|y| panel.year(y));
            let (Some(p), Some(t)) = (place, time) else { continue };
            let number = |name: &str| column(name).and_then(|c| row.get(c).parse::<f64>().ok());
            let trend = &mut trends[p][t];
            if file == "trends.csv" {
                trend.str = number("str_weighted");
                trend.trade = number("trade").unwrap_or(0.0);
                trend.parts = match (
                    number("change_network"),
                    number("change_stability"),
                    number("change_importers"),
                ) {
                    (Some(network), Some(stability), Some(importers)) => {
                        Some([network, stability, importers])
                    }
                    _ => None,
                };
            } else {
                trend.ending_share = number("ending_share");
                trend.imputed_share = number("imputed_share");
                trend.through_hubs = number("through_hubs");
            }
        }
    }
    Ok(trends)
}

fn read_loops(
    files: &RunFiles,
    panel: &StoredPanel,
    manifest: &Manifest,
) -> Result<Option<Vec<LoopRecord>>, BriefError> {
    let Some(table) = read_optional(files, "trickle_loops.csv")? else {
        return Ok(manifest.indicators.trickle_loops.map(|_| Vec::new()));
    };
    let column = |name: &str| table.require(&[name]).map_err(StoredPanelError::from);
    let (product, year, supplier) = (column("product")?, column("year")?, column("supplier")?);
    let (exports, imports) = (column("exports")?, column("imports")?);
    let (weighted, without) = (column("str_weighted")?, column("str_weighted_without")?);
    let record = |row: &crate::delimited::Row| {
        let number = |column: usize| row.get(column).parse::<f64>().ok();
        Some(LoopRecord {
            product: panel.product(row.get(product).parse().ok()?)?,
            year: panel.year(row.get(year).parse().ok()?)?,
            supplier: panel.country(row.get(supplier))?,
            exports: number(exports)?,
            imports: number(imports)?,
            weighted: number(weighted)?,
            without: number(without)?,
        })
    };
    Ok(Some(table.rows.iter().filter_map(record).collect()))
}

fn read_links(files: &RunFiles) -> Result<Vec<LinkRecord>, BriefError> {
    let Some(table) = read_optional(files, "chain/edges.csv")? else { return Ok(Vec::new()) };
    let column = |name: &str| table.require(&[name]).map_err(StoredPanelError::from);
    let (input, output, kept) = (column("input")?, column("output")?, column("kept")?);
    let optional: Vec<(usize, &str)> = ["votes", "rho", "z", "p", "source", "reason"]
        .into_iter()
        .filter_map(|name| Some((table.column(&[name])?, name)))
        .collect();
    let rows = table.rows.iter().filter(|row| row.get(kept) == "true");
    Ok(rows
        .map(|row| {
            let said: Vec<String> = optional
                .iter()
                .filter(|(column, _)| !row.get(*column).is_empty())
                .map(|&(column, name)| match (name, row.get(column).parse::<f64>()) {
                    ("source" | "reason", _) => row.get(column).to_owned(),
                    ("rho" | "z", Ok(value)) => format!("{name} {value:.2}"),
                    ("p", Ok(value)) if value < 0.001 => "p < 0.001".to_owned(),
                    ("p", Ok(value)) => format!("p {value:.3}"),
                    _ => format!("{} {name}", row.get(column)),
                })
                .collect();
            LinkRecord {
                input: row.get(input).to_owned(),
                output: row.get(output).to_owned(),
                evidence: said.join(", "),
            }
        })
        .collect())
}

/// The codes of the products in focus, as far as the panel has them.
pub fn focus_products(view: &RunView) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let focus = view.study.focus().iter().filter_map(|code| view.panel.product(*code));
    focus.filter(|p| seen.insert(*p)).collect()
}
