//! The small tables of a run, and what a row of each says.

use std::collections::{BTreeMap, BTreeSet};

use super::RunError;
use super::files::each_group;
use crate::delimited::Row;
use crate::indicators::systemic_risk::StrScale;
use crate::run_folder::RunFiles;
use crate::run_folder::{Manifest, StoredPanel};

/// A product of the study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRecord {
    /// HS6 code.
    pub code: String,
    /// Its text; empty if the data have none.
    pub description: String,
}

/// STR of the average importer of a product in a year, and what moved it since the year before.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrendYear {
    /// Whether the product stands in the table of trends in this year.
    pub told: bool,
    /// Mean STR over importers, weighted by imports.
    pub str: Option<f64>,
    /// Change since the year before: network, stability, who imports.
    pub parts: Option<[f64; 3]>,
    /// Mean mass-balanced STR over importers, weighted by imports.
    pub str_mass_balance: Option<f64>,
    /// Its change since the year before: shares, stability, import content, who imports.
    pub parts_mass_balance: Option<[f64; 4]>,
    /// Mean number of borders that the goods have crossed.
    pub crossings: Option<f64>,
    /// World trade, thousand USD.
    pub trade: f64,
    /// Share of the value that has a plausible quantity, in studies by quantity.
    pub quantity_coverage: Option<f64>,
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
    /// Its exports, thousand USD or tonnes.
    pub exports: f64,
    /// Its imports, likewise.
    pub imports: f64,
    /// Mean STR of the other importers, weighted by imports.
    pub weighted: f64,
    /// The same if the supplier imported nothing.
    pub without: f64,
}

/// A link of the value chain that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
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

pub(super) fn products(files: &RunFiles) -> Result<Vec<ProductRecord>, RunError> {
    let Some(table) = files.table_if_there("products.csv")? else { return Ok(Vec::new()) };
    let (Some(code), Some(text)) = (table.column(&["product"]), table.column(&["description"])) else {
        return Ok(Vec::new());
    };
    let record =
        |row: &Row| ProductRecord { code: row.get(code).to_owned(), description: row.get(text).to_owned() };
    Ok(table.rows.iter().map(record).collect())
}

pub(super) fn stability(files: &RunFiles) -> Result<Option<StabilityByYear>, RunError> {
    let Some(table) = files.table_if_there("stability.csv")? else { return Ok(None) };
    let (country, year, pv) =
        (table.require(&["country"])?, table.require(&["year"])?, table.require(&["pv"])?);
    let row_of = |row: &Row| {
        Some(((row.get(year).parse().ok()?, row.get(country).to_owned()), row.get(pv).parse().ok()?))
    };
    Ok(Some(table.rows.iter().filter_map(row_of).collect()))
}

pub(super) fn trends(files: &RunFiles, panel: &StoredPanel) -> Result<Vec<Vec<TrendYear>>, RunError> {
    let mut trends = vec![vec![TrendYear::default(); panel.years.len()]; panel.products.len()];
    for file in ["trends.csv", "product_years.csv"] {
        let Some(table) = files.table_if_there(file)? else { continue };
        let column = |name: &str| table.column(&[name]);
        let (Some(product), Some(year)) = (column("product"), column("year")) else { continue };
        for row in &table.rows {
            let place = row.get(product).parse().ok().and_then(|code| panel.product(code));
            let time = row.get(year).parse().ok().and_then(|y| panel.year(y));
            let (Some(p), Some(t)) = (place, time) else { continue };
            let number = |name: &str| column(name).and_then(|c| row.get(c).parse::<f64>().ok());
            let trend = &mut trends[p][t];
            if file == "trends.csv" {
                trend.told = true;
                trend.str = number("str_weighted");
                trend.str_mass_balance = number("str_mass_balance_weighted");
                let parts = ["shares", "stability", "import_content", "importers"]
                    .map(|part| number(&format!("str_mass_balance_{part}")));
                trend.parts_mass_balance = match parts {
                    [Some(shares), Some(stability), Some(content), Some(importers)] => {
                        Some([shares, stability, content, importers])
                    }
                    _ => None,
                };
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
                trend.quantity_coverage = number("quantity_coverage");
                trend.ending_share = number("ending_share");
                trend.imputed_share = number("imputed_share");
                trend.through_hubs = number("through_hubs");
                trend.crossings = number("crossings");
            }
        }
    }
    Ok(trends)
}

pub(super) fn loops(
    files: &RunFiles,
    panel: &StoredPanel,
    manifest: &Manifest,
    scale: StrScale,
) -> Result<Option<Vec<LoopRecord>>, RunError> {
    let Some(table) = files.table_if_there("trickle_loops.csv")? else {
        return Ok(manifest.indicators.trickle_loops.map(|_| Vec::new()));
    };
    let column = |name: &str| table.require(&[name]);
    let (product, year, supplier) = (column("product")?, column("year")?, column("supplier")?);
    let (exports, imports) = (column("exports")?, column("imports")?);
    let (weighted, without) = (column("str_weighted")?, column("str_weighted_without")?);
    let record = |row: &Row| {
        let number = |column: usize| row.get(column).parse::<f64>().ok();
        Some(LoopRecord {
            product: panel.product(row.get(product).parse().ok()?)?,
            year: panel.year(row.get(year).parse().ok()?)?,
            supplier: panel.country(row.get(supplier))?,
            exports: number(exports)?,
            imports: number(imports)?,
            weighted: scale.of_column_sum(number(weighted)?)?,
            without: scale.of_column_sum(number(without)?)?,
        })
    };
    Ok(Some(table.rows.iter().filter_map(record).collect()))
}

pub(super) fn links(files: &RunFiles) -> Result<Vec<LinkRecord>, RunError> {
    let Some(table) = files.table_if_there("chain/edges.csv")? else { return Ok(Vec::new()) };
    let (input, output, kept) =
        (table.require(&["input"])?, table.require(&["output"])?, table.require(&["kept"])?);
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

pub(super) fn assignments(files: &RunFiles) -> Result<BTreeMap<String, ClusterRecord>, RunError> {
    let mut clusters = BTreeMap::new();
    let Some(table) = files.table_if_there("typology/countries.csv")? else { return Ok(clusters) };
    let column = |name: &str| table.require(&[name]);
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
            clusters.insert(row.get(code).to_owned(), record);
        }
    }
    Ok(clusters)
}

pub(super) fn groups(files: &RunFiles) -> Result<BTreeSet<String>, RunError> {
    let mut groups = BTreeSet::new();
    each_group(files, "groups.parquet", |table, part, _| {
        groups.extend(table.read_interned(part, table.column("group")?)?.values);
        Ok(())
    })?;
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_run_lacks_is_absent_and_what_is_there_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let files = RunFiles::folder(folder.path());
        assert_eq!(stability(&files).unwrap(), None);
        assert!(products(&files).unwrap().is_empty() && assignments(&files).unwrap().is_empty());
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("stability.csv", "country,year,pv,origin\nCOD,2019,3.5,observed\nXKX,2019,,absent\n");
        let pv = stability(&files).unwrap().unwrap();
        assert_eq!(pv.into_iter().collect::<Vec<_>>(), [((2019, "COD".to_owned()), 3.5)]);
        write("stability.csv", "country,year\nCOD,2019\n");
        assert!(stability(&files).unwrap_err().to_string().contains("there is no column pv"));
    }

    #[test]
    fn trends_are_read_in_both_readings() {
        let folder = tempfile::tempdir().unwrap();
        let files = RunFiles::folder(folder.path());
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(
            "trends.csv",
            "product,year,trade,str_weighted,change_network,change_stability,change_importers,str_mass_balance_weighted,\
             str_mass_balance_shares,str_mass_balance_stability,str_mass_balance_import_content,str_mass_balance_importers\n\
             284690,2020,5,1.5,,,,1.25,,,,\n284690,2021,6,2,0.25,0.125,0.125,1.75,0.25,0.125,0.0625,0.0625\n",
        );
        write("product_years.csv", "product,year,crossings\n284690,2020,\n284690,2021,1.5\n");
        let product = crate::run_folder::stored_panel::StoredProduct {
            code: "284690".parse().unwrap(),
            description: String::new(),
            tier: Some(0),
            inputs: Vec::new(),
        };
        let panel = StoredPanel::of_values(&[2020, 2021], vec![product], &["AAA"], |_, _, _, _| None);
        let found = trends(&files, &panel).unwrap();
        let [first, second] = &found[0][..] else { panic!("two years") };
        assert_eq!(
            (first.str_mass_balance, first.parts_mass_balance, first.crossings),
            (Some(1.25), None, None)
        );
        assert_eq!(
            (second.str, second.str_mass_balance, second.crossings),
            (Some(2.0), Some(1.75), Some(1.5))
        );
        assert_eq!(second.parts_mass_balance, Some([0.25, 0.125, 0.0625, 0.0625]));
    }

    #[test]
    fn links_are_told_with_what_speaks_for_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("chain")).unwrap();
        let text = "input,output,votes,rho,p,kept,reason,source\n1,2,7,0.512,0.0001,true,,USGS\n1,3,,,,false,cycle,\n";
        std::fs::write(folder.path().join("chain/edges.csv"), text).unwrap();
        let links = links(&RunFiles::folder(folder.path())).unwrap();
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].evidence, "7 votes, rho 0.51, p < 0.001, USGS");
    }
}
