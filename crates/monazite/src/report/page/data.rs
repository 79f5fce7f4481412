//! What the page shows, read back from the tables of the run.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::columnar::TableReader;
use crate::delimited::Table;
use crate::panel::World;
use crate::run_folder::{FolderError, RunFiles, RunFolder};
use crate::study::Study;
use crate::trade::FlowSource;

/// Importers and suppliers shown for a product-year, the largest first.
const MOST_ROWS: usize = 40;
/// Product-years that the page shows with so many rows; with more of them each has fewer, so that the page stays small.
const MOST_PRODUCT_YEARS: usize = 250;
/// Rows of a product-year at least.
const LEAST_ROWS: usize = 12;
/// Suppliers shown behind an importer.
const MOST_SUPPLIERS: usize = 8;

/// One year of the trend of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendPoint {
    /// The year.
    pub year: u16,
    /// World trade, thousand USD.
    pub trade: f64,
    /// Mean STR, weighted by imports.
    pub str: Option<f64>,
    /// Change since the year before: network, stability, who imports.
    pub parts: Option<[f64; 3]>,
}

/// One country in one product-year.
#[derive(Debug, Clone, PartialEq)]
pub struct CountryRow {
    /// Position of the country.
    pub country: usize,
    /// Imports, thousand USD.
    pub imports: f64,
    /// Exports, thousand USD.
    pub exports: f64,
    /// Exposure, HHI, STR, direct part, indirect part, influence, composite, RCA.
    pub values: [Option<f64>; 8],
}

/// One supplier behind one importer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplierRow {
    supplier: usize,
    share: f64,
    contribution: f64,
    direct: f64,
}

/// One product of the focus.
#[derive(Debug, Clone, Default)]
pub struct ProductData {
    /// The code.
    pub code: String,
    /// Its text.
    pub description: String,
    /// The trend.
    pub trend: Vec<TrendPoint>,
    /// By position of the year: all countries that trade.
    pub countries: Vec<Vec<CountryRow>>,
    /// By position of the year: importer and its suppliers.
    pub suppliers: Vec<BTreeMap<usize, Vec<SupplierRow>>>,
}

/// A share of import value by year.
pub type ShareByYear = Vec<(u16, f64)>;

/// Everything the page shows.
#[derive(Debug, Default)]
pub struct PageData {
    /// The years.
    pub years: Vec<u16>,
    /// Code, name and PV by year of every country.
    pub countries: Vec<(String, String, Vec<Option<f64>>)>,
    /// The products of the focus.
    pub products: Vec<ProductData>,
    /// Share of import value whose supplier imports nothing, by product of the focus.
    pub ending: Vec<(String, ShareByYear)>,
    /// Share of influence through entrepots, by product of the focus.
    pub hubs: Vec<(String, ShareByYear)>,
    /// Loadings and explained variance of the composite.
    pub composite: Option<([f64; 3], f64)>,
}

impl PageData {
    pub(super) fn read(
        study: &Study,
        store: &dyn FlowSource,
        world: &World,
        folder: &RunFolder,
    ) -> Result<Self, FolderError> {
        let mut data = Self {
            years: world.years.clone(),
            countries: world
                .countries
                .iter()
                .enumerate()
                .map(|(c, country)| {
                    let pv = world.stability.pv.iter().map(|year| year[c]).collect();
                    (country.code.clone(), country.name.clone(), pv)
                })
                .collect(),
            ..Self::default()
        };
        for product in study.focus() {
            data.products.push(ProductData {
                code: product.to_string(),
                description: store.description(*product).unwrap_or("").to_owned(),
                countries: vec![Vec::new(); world.years.len()],
                suppliers: vec![BTreeMap::new(); world.years.len()],
                ..ProductData::default()
            });
        }
        let files = &folder.results();
        data.read_panel(files)?;
        data.read_dependencies(files)?;
        data.read_trends(files)?;
        data.read_diagnostics(files)?;
        data.read_composite(files)?;
        Ok(data)
    }

    fn place_of_country(&self) -> BTreeMap<&str, usize> {
        self.countries.iter().enumerate().map(|(place, c)| (c.0.as_str(), place)).collect()
    }

    fn place_of_product(&self) -> BTreeMap<String, usize> {
        self.products.iter().enumerate().map(|(place, p)| (p.code.clone(), place)).collect()
    }

    fn place_of_year(&self, year: i32) -> Option<usize> {
        self.years.iter().position(|&y| i32::from(y) == year)
    }

    fn read_panel(&mut self, files: &RunFiles) -> Result<(), FolderError> {
        let columns = ["exposure", "hhi", "str", "str_direct", "str_indirect", "influence", "pc1", "rca"];
        let products = self.place_of_product();
        let mut found = Vec::new();
        let countries = self.place_of_country();
        each_group(files, "indicators.parquet", |table, group, rows| {
            let (mut year, mut product, mut country) = (Vec::new(), Vec::new(), Vec::new());
            table.read_text(group, table.column("product")?, 0, rows, &mut product)?;
            if !product.iter().any(|p| products.contains_key(p)) {
                return Ok(());
            }
            table.read_int16(group, table.column("year")?, 0, rows, &mut year)?;
            table.read_text(group, table.column("country")?, 0, rows, &mut country)?;
            let (mut imports, mut exports) = (Vec::new(), Vec::new());
            table.read_number(group, table.column("imports")?, 0, rows, &mut imports)?;
            table.read_number(group, table.column("exports")?, 0, rows, &mut exports)?;
            let mut values: Vec<Vec<Option<f64>>> = Vec::new();
            for name in columns {
                let mut column = Vec::new();
                table.read_optional_number(group, table.column(name)?, 0, rows, &mut column)?;
                values.push(column);
            }
            for row in 0..rows {
                let (Some(&p), Some(&c)) =
                    (products.get(&product[row]), countries.get(country[row].as_str()))
                else {
                    continue;
                };
                if imports[row] > 0.0 || exports[row] > 0.0 {
                    found.push((
                        p,
                        year[row],
                        CountryRow {
                            country: c,
                            imports: imports[row],
                            exports: exports[row],
                            values: std::array::from_fn(|v| values[v][row]),
                        },
                    ));
                }
            }
            Ok(())
        })?;
        for (product, year, row) in found {
            if let Some(t) = self.place_of_year(year) {
                self.products[product].countries[t].push(row);
            }
        }
        Ok(())
    }

    fn read_dependencies(&mut self, files: &RunFiles) -> Result<(), FolderError> {
        let products = self.place_of_product();
        let countries = self.place_of_country();
        let mut found = Vec::new();
        each_group(files, "dependencies.parquet", |table, group, rows| {
            let text = |name: &str| {
                let mut column = Vec::new();
                table.read_text(group, table.column(name)?, 0, rows, &mut column)?;
                Ok::<_, parquet::errors::ParquetError>(column)
            };
            let (product, importer, supplier) = (text("product")?, text("importer")?, text("supplier")?);
            let number = |name: &str| {
                let mut column = Vec::new();
                table.read_number(group, table.column(name)?, 0, rows, &mut column)?;
                Ok::<_, parquet::errors::ParquetError>(column)
            };
            let (share, contribution, direct) =
                (number("share")?, number("contribution")?, number("direct")?);
            let mut year = Vec::new();
            table.read_int16(group, table.column("year")?, 0, rows, &mut year)?;
            for row in 0..rows {
                let place = |code: &str| countries.get(code).copied();
                if let (Some(&p), Some(importer), Some(supplier)) =
                    (products.get(&product[row]), place(&importer[row]), place(&supplier[row]))
                {
                    let entry = SupplierRow {
                        supplier,
                        share: share[row],
                        contribution: contribution[row],
                        direct: direct[row],
                    };
                    found.push((p, year[row], importer, entry));
                }
            }
            Ok(())
        })?;
        for (product, year, importer, row) in found {
            if let Some(t) = self.place_of_year(year) {
                self.products[product].suppliers[t].entry(importer).or_default().push(row);
            }
        }
        for suppliers in
            self.products.iter_mut().flat_map(|p| &mut p.suppliers).flat_map(BTreeMap::values_mut)
        {
            suppliers
                .sort_by(|a, b| b.contribution.total_cmp(&a.contribution).then(a.supplier.cmp(&b.supplier)));
            suppliers.truncate(MOST_SUPPLIERS);
        }
        Ok(())
    }

    fn read_trends(&mut self, files: &RunFiles) -> Result<(), FolderError> {
        let products = self.place_of_product();
        let Some(table) = read_csv(files, "trends.csv")? else { return Ok(()) };
        for row in &table.rows {
            let Some(&product) = products.get(row.get(0)) else { continue };
            let number = |column: usize| row.get(column).parse::<f64>().ok();
            let parts = match (number(5), number(6), number(7)) {
                (Some(network), Some(stability), Some(importers)) => Some([network, stability, importers]),
                _ => None,
            };
            if let Ok(year) = row.get(1).parse() {
                self.products[product].trend.push(TrendPoint {
                    year,
                    trade: number(2).unwrap_or(0.0),
                    str: number(3),
                    parts,
                });
            }
        }
        Ok(())
    }

    fn read_diagnostics(&mut self, files: &RunFiles) -> Result<(), FolderError> {
        let Some(table) = read_csv(files, "product_years.csv")? else { return Ok(()) };
        for product in &self.products {
            let rows = || table.rows.iter().filter(|r| r.get(0) == product.code);
            let series = |column: usize| -> ShareByYear {
                rows().filter_map(|r| Some((r.get(1).parse().ok()?, r.get(column).parse().ok()?))).collect()
            };
            let (ending, hubs) = (table.column(&["ending_share"]), table.column(&["through_hubs"]));
            self.ending.push((product.code.clone(), ending.map(series).unwrap_or_default()));
            self.hubs.push((product.code.clone(), hubs.map(series).unwrap_or_default()));
        }
        Ok(())
    }

    fn read_composite(&mut self, files: &RunFiles) -> Result<(), FolderError> {
        let Some(table) = read_csv(files, "composite.csv")? else { return Ok(()) };
        let number =
            |row: usize, column: usize| table.rows.get(row).and_then(|r| r.get(column).parse::<f64>().ok());
        if let (Some(a), Some(b), Some(c), Some(explained)) =
            (number(0, 3), number(1, 3), number(2, 3), number(0, 4))
        {
            self.composite = Some(([a, b, c], explained));
        }
        Ok(())
    }

    /// The data behind the tables, for the script of the page. Numbers are cut to what is shown.
    pub(super) fn to_json(&self) -> String {
        let products: Vec<Value> = self.products.iter().map(|p| self.product_json(p)).collect();
        let countries: Vec<Value> = self
            .countries
            .iter()
            .map(|(code, name, pv)| json!([code, name, pv.iter().map(|v| shown(*v, 1)).collect::<Vec<_>>()]))
            .collect();
        let value = json!({ "years": self.years, "countries": countries, "products": products });
        // A closing tag inside a text must not end the script element.
        value.to_string().replace("</", "<\\/")
    }

    fn most_rows(&self) -> usize {
        let product_years = (self.products.len() * self.years.len()).max(MOST_PRODUCT_YEARS);
        (MOST_ROWS * MOST_PRODUCT_YEARS / product_years).max(LEAST_ROWS)
    }

    fn product_json(&self, product: &ProductData) -> Value {
        let years: Vec<Value> = (0..self.years.len())
            .map(|t| {
                let rows = &product.countries[t];
                let mut importers: Vec<&CountryRow> = rows.iter().filter(|r| r.imports > 0.0).collect();
                importers.sort_by(|a, b| b.imports.total_cmp(&a.imports).then(a.country.cmp(&b.country)));
                let world: f64 = rows.iter().fold(0.0, |sum, r| sum + r.imports);
                let importer_rows: Vec<Value> = importers
                    .iter()
                    .take(self.most_rows())
                    .map(|r| {
                        let behind: Vec<Value> = product.suppliers[t]
                            .get(&r.country)
                            .into_iter()
                            .flatten()
                            .map(|s| {
                                json!([
                                    s.supplier,
                                    shown(Some(s.share), 4),
                                    shown(Some(s.contribution), 4),
                                    shown(Some(s.direct), 4)
                                ])
                            })
                            .collect();
                        let v = &r.values;
                        json!([
                            r.country,
                            r.imports.round(),
                            shown(Some(r.imports / world), 5),
                            shown(v[0], 3),
                            shown(v[1], 3),
                            shown(v[2], 3),
                            shown(v[3], 3),
                            shown(v[4], 3),
                            shown(v[6], 2),
                            behind
                        ])
                    })
                    .collect();
                let mut suppliers: Vec<&CountryRow> =
                    rows.iter().filter(|r| r.values[5].is_some_and(|influence| influence > 0.0)).collect();
                suppliers.sort_by(|a, b| {
                    b.values[5]
                        .unwrap_or(0.0)
                        .total_cmp(&a.values[5].unwrap_or(0.0))
                        .then(a.country.cmp(&b.country))
                });
                let supplier_rows: Vec<Value> = suppliers
                    .iter()
                    .take(self.most_rows())
                    .map(|r| {
                        json!([
                            r.country,
                            r.exports.round(),
                            shown(Some(r.exports / world), 5),
                            shown(r.values[5], 3),
                            shown(r.values[7], 2)
                        ])
                    })
                    .collect();
                json!([importer_rows, supplier_rows, importers.len(), suppliers.len(), world.round()])
            })
            .collect();
        json!({ "code": product.code, "text": product.description, "years": years })
    }
}

/// A number cut to some decimals; null where there is none.
fn shown(number: Option<f64>, decimals: i32) -> Value {
    number.map_or(Value::Null, |number| {
        let scale = 10f64.powi(decimals);
        json!((number * scale).round() / scale)
    })
}

fn read_csv(files: &RunFiles, name: &str) -> Result<Option<Table>, FolderError> {
    files.table_if_there(name).map_err(|e| FolderError::Manifest {
        path: files.place_of(name).display().to_string(),
        message: e.to_string(),
    })
}

/// Calls `take` for every row group; does nothing if there is no such file.
fn each_group(
    files: &RunFiles,
    name: &str,
    mut take: impl FnMut(&TableReader, usize, usize) -> Result<(), parquet::errors::ParquetError>,
) -> Result<(), FolderError> {
    let Some(table) = files.parquet_if_there(name)? else { return Ok(()) };
    let path = files.place_of(name);
    let broken = |e| FolderError::parquet(&path, e);
    for group in 0..table.row_groups() {
        take(&table, group, table.group_rows(group)).map_err(broken)?;
    }
    Ok(())
}
