//! How far STR is known: the bands of a run.

use std::collections::BTreeMap;

use super::RunError;
use super::files::{each_group, numbers, years};
use crate::delimited::{Row, Table};
use crate::run_folder::RunFiles;
use crate::run_folder::StoredPanel;

/// A value with its band. The point is that of the published stability and not the middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// With the published stability.
    pub point: f64,
    /// Lower end: 5 % of the draws, 2.5 % for changes, are below.
    pub low: f64,
    /// Half of the draws are below.
    pub median: f64,
    /// Upper end: 95 % of the draws, 97.5 % for changes, are below.
    pub high: f64,
}

impl Band {
    /// Whether the whole band is on one side of 0: a change that is outside its own uncertainty.
    ///
    /// ```
    /// use monazite::run::Band;
    /// let band = |low, high| Band { point: 0.1, low, median: 0.1, high };
    /// assert!(band(0.05, 0.2).excludes_zero() && band(-0.2, -0.1).excludes_zero());
    /// assert!(!band(-0.05, 0.2).excludes_zero());
    /// ```
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// The change of STR from the first to the last year of a study, with its band.
#[derive(Debug, Clone, PartialEq)]
pub struct BandOfChange {
    /// First year.
    pub from: u16,
    /// Last year.
    pub to: u16,
    /// The change.
    pub change: Band,
    /// Share of the draws in which it is above 0.
    pub share_above_0: f64,
    /// Slope a year of the straight line through all years: point, 2.5 % and 97.5 %.
    pub slope: Option<[f64; 3]>,
    /// Parts of the change of the world's mean by name (`shares`, `stability`, `import_content`, `importers`, `network`), each with the share
    /// of the draws in which it is above 0; empty for anybody else.
    pub parts: BTreeMap<String, (Band, f64)>,
}

/// What a mean or change is about: product, who (iso3, code of a group, or `WORLD`), reading (`full`, `mass_balance`, ...).
type Key = (String, String, String);

/// The bands of means and changes of a run, from `band_means.csv` and `band_changes.csv`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bands {
    means: BTreeMap<Key, Vec<(u16, Band)>>,
    changes: BTreeMap<Key, BandOfChange>,
}

/// Whom `who` is for the mean over all importers.
pub const WORLD: &str = "WORLD";
/// The paper's reading of STR, in the tables of bands.
pub const FULL: &str = "full";
/// The mass-balanced reading.
pub const MASS_BALANCE: &str = "mass_balance";

impl Bands {
    /// Mean STR of a product by year, ascending; empty if the run has none. `who` is [`WORLD`] or the code of a group.
    pub fn mean(&self, product: &str, who: &str, reading: &str) -> &[(u16, Band)] {
        self.means.get(&key(product, who, reading)).map_or(&[], Vec::as_slice)
    }

    /// The change of STR of a country, a group or the mean importer ([`WORLD`]) over the study; `None` if the run has none.
    pub fn change(&self, product: &str, who: &str, reading: &str) -> Option<&BandOfChange> {
        self.changes.get(&key(product, who, reading))
    }

    pub(super) fn read(files: &RunFiles) -> Result<Option<Self>, RunError> {
        let Some(table) = files.table_if_there("band_means.csv")? else { return Ok(None) };
        let mut bands = Self::default();
        let (key, band, year) = (KeyColumns::of(&table)?, BandColumns::of(&table, ["p05", "p95"])?, "year");
        let year = table.require(&[year])?;
        for row in &table.rows {
            if let (Some(band), Ok(year)) = (band.read(row), row.get(year).parse()) {
                bands.means.entry(key.read(row)).or_default().push((year, band));
            }
        }
        if let Some(table) = files.table_if_there("band_changes.csv")? {
            bands.read_changes(&table)?;
        }
        Ok(Some(bands))
    }

    fn read_changes(&mut self, table: &Table) -> Result<(), RunError> {
        let (key, band) = (KeyColumns::of(table)?, BandColumns::of(table, ["p025", "p975"])?);
        let [from, to, part, above] = [
            table.require(&["from_year"])?,
            table.require(&["to_year"])?,
            table.require(&["part"])?,
            table.require(&["share_above_0"])?,
        ];
        let slope =
            [table.require(&["slope"])?, table.require(&["slope_p025"])?, table.require(&["slope_p975"])?];
        for row in &table.rows {
            let number = |column: usize| row.get(column).parse::<f64>().ok();
            let (Some(band), Some(share_above_0)) = (band.read(row), number(above)) else { continue };
            if row.get(part) != "change" {
                // Parts follow the change that they are of.
                if let Some(change) = self.changes.get_mut(&key.read(row)) {
                    change.parts.insert(row.get(part).to_owned(), (band, share_above_0));
                }
                continue;
            }
            if let (Ok(from), Ok(to)) = (row.get(from).parse(), row.get(to).parse()) {
                let slope = match slope.map(number) {
                    [Some(point), Some(low), Some(high)] => Some([point, low, high]),
                    _ => None,
                };
                let parts = BTreeMap::new();
                let change = BandOfChange { from, to, change: band, share_above_0, slope, parts };
                self.changes.insert(key.read(row), change);
            }
        }
        Ok(())
    }
}

fn key(product: &str, who: &str, reading: &str) -> Key {
    (product.to_owned(), who.to_owned(), reading.to_owned())
}

struct KeyColumns([usize; 3]);

impl KeyColumns {
    fn of(table: &Table) -> Result<Self, RunError> {
        let column = |name: &str| table.require(&[name]);
        Ok(Self([column("product")?, column("who")?, column("reading")?]))
    }

    fn read(&self, row: &Row) -> Key {
        let [product, who, reading] = self.0;
        key(row.get(product), row.get(who), row.get(reading))
    }
}

struct BandColumns([usize; 4]);

impl BandColumns {
    fn of(table: &Table, [low, high]: [&str; 2]) -> Result<Self, RunError> {
        let column = |name: &str| table.require(&[name]);
        Ok(Self([column("point")?, column(low)?, column("median")?, column(high)?]))
    }

    fn read(&self, row: &Row) -> Option<Band> {
        let number = |column: usize| row.get(column).parse::<f64>().ok();
        let [point, low, median, high] = self.0.map(number);
        Some(Band { point: point?, low: low?, median: median?, high: high? })
    }
}

/// STR of an importer with its band, and its rank if it imports at least 0.5 % of the world's imports.
#[derive(Debug, Clone, PartialEq)]
pub struct BandOfLevel {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the importer.
    pub country: usize,
    /// `full`, `mass_balance`, ...
    pub reading: String,
    /// STR.
    pub str: Band,
    /// Its rank among the large importers, 1 for the highest STR.
    pub rank: Option<Band>,
    /// Share of the draws in which it is among the riskiest, as many as `uncertainty.top` says.
    pub share_top: Option<f64>,
}

/// The rows of `bands.parquet` about some products, in the order of the file: by product, year and reading.
pub(super) fn levels(
    files: &RunFiles,
    panel: &StoredPanel,
    products: &[usize],
) -> Result<Vec<BandOfLevel>, RunError> {
    let mut found = Vec::new();
    each_group(files, "bands.parquet", |table, group, rows| {
        let product = table.read_interned(group, table.column("product")?)?;
        let places: Vec<Option<usize>> = product
            .values
            .iter()
            .map(|code| panel.product(code.parse().ok()?).filter(|at| products.contains(at)))
            .collect();
        if places.iter().all(Option::is_none) {
            return Ok(());
        }
        let country = table.read_interned(group, table.column("country")?)?;
        let countries: Vec<Option<usize>> = country.values.iter().map(|code| panel.country(code)).collect();
        let reading = table.read_interned(group, table.column("reading")?)?;
        let year = years(table, group, rows)?;
        let str = [
            numbers(table, group, rows, "point")?,
            numbers(table, group, rows, "p05")?,
            numbers(table, group, rows, "median")?,
            numbers(table, group, rows, "p95")?,
        ];
        let maybe = |name: &str| table.read_number_or_nan(group, table.column(name)?);
        let rank = [maybe("rank")?, maybe("rank_p05")?, maybe("rank_median")?, maybe("rank_p95")?];
        let share_top = maybe("share_top")?;
        let band = |columns: &[Vec<f64>; 4], row: usize| Band {
            point: columns[0][row],
            low: columns[1][row],
            median: columns[2][row],
            high: columns[3][row],
        };
        for row in 0..rows {
            let of_year = u16::try_from(year[row]).ok().and_then(|year| panel.year(year));
            let (Some(product), Some(year), Some(country)) =
                (places[product.rows[row] as usize], of_year, countries[country.rows[row] as usize])
            else {
                continue;
            };
            found.push(BandOfLevel {
                product,
                year,
                country,
                reading: reading.values[reading.rows[row] as usize].clone(),
                str: band(&str, row),
                rank: Some(band(&rank, row)).filter(|rank| !rank.point.is_nan()),
                share_top: Some(share_top[row]).filter(|share| !share.is_nan()),
            });
        }
        Ok(())
    })?;
    Ok(found)
}
