//! The tables that a user gives beside a scenario: links, stocks, capacities.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::WhatIfError;
use crate::delimited::{Row, Table};
use crate::ingest::IngestError;
use crate::ingest::countries::code_of;
use crate::nomenclature::Hs6;
use crate::plain_text::listed;
use crate::run::Run;
use crate::run_folder::StoredPanel;
use crate::shock::Capacity;
use crate::study::{MOST_CAPACITY, ShockSection};

/// What is known of an input of a product.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkSettings {
    /// Whether nothing is made without the input.
    pub essential: bool,
    /// Value of the input per value of the output; `None` if it is to be taken from world trade.
    pub share: Option<f64>,
}

/// What makes up for losses in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MadeUpFor {
    /// Whether anybody has stocks of a product.
    pub by_stocks: bool,
    /// Whether any supplier can sell more of a product.
    pub by_capacity: bool,
}

impl MadeUpFor {
    /// What there is in either of two scenarios.
    ///
    /// ```
    /// use monazite::what_if::MadeUpFor;
    /// let stocks = MadeUpFor { by_stocks: true, by_capacity: false };
    /// assert_eq!(stocks.or(MadeUpFor::default()), stocks);
    /// ```
    pub fn or(self, other: Self) -> Self {
        Self {
            by_stocks: self.by_stocks || other.by_stocks,
            by_capacity: self.by_capacity || other.by_capacity,
        }
    }
}

/// The tables of a user, by positions of the panel.
#[derive(Debug, Clone, Default)]
pub struct SideTables {
    links: BTreeMap<(usize, usize), LinkSettings>,
    stocks: BTreeMap<usize, Vec<f64>>,
    capacities: BTreeMap<usize, Vec<(usize, f64)>>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// Codes of a table that the run does not have.
#[derive(Default)]
struct Unknown {
    rows: usize,
    codes: BTreeSet<String>,
}

impl Unknown {
    fn add(&mut self, code: &str) {
        self.rows += 1;
        self.codes.insert(code.to_owned());
    }

    fn note(self, file: &str) -> Option<String> {
        let codes: Vec<String> = self.codes.into_iter().collect();
        let rows = if self.rows == 1 { "row" } else { "rows" };
        (self.rows > 0).then(|| {
            format!(
                "{} {rows} of {file} left out, of products or countries that this run does not have: {}.",
                self.rows,
                listed(&codes, "")
            )
        })
    }
}

impl SideTables {
    /// Reads the tables that settings name.
    ///
    /// # Errors
    /// [`WhatIfError::Table`] if a file cannot be read, a column is missing, a code is none or a number is out of its range;
    /// [`WhatIfError::Question`] if a table is not where the study says.
    pub fn read(run: &Run, settings: &ShockSection) -> Result<Self, WhatIfError> {
        let panel = run.panel()?;
        let mut found = Self::default();
        let open = |path: &Path, key: &str| -> Result<Table, WhatIfError> {
            let place = run.study().resolve(path);
            if !place.exists() {
                return Err(WhatIfError::Question(format!(
                    "there is no {}, which shocks.{key} names; give the file with --{key}",
                    place.display()
                )));
            }
            Ok(Table::read(&place).map_err(IngestError::from)?)
        };
        if let Some(path) = &settings.links {
            found.read_links(&open(path, "links")?, panel)?;
        }
        if let Some(path) = &settings.stocks {
            let (rows, note) =
                by_product_and_country(&open(path, "stocks")?, panel, &["share", "stocks"], STOCK)?;
            for (product, country, share) in rows {
                let all = found.stocks.entry(product).or_insert_with(|| vec![0.0; panel.countries.len()]);
                all[country] = share;
            }
            found.notes.extend(note);
        }
        if let Some(path) = &settings.capacities {
            let (rows, note) =
                by_product_and_country(&open(path, "capacities")?, panel, &["capacity", "share"], CAPACITY)?;
            for (product, country, share) in rows {
                found.capacities.entry(product).or_default().push((country, share));
            }
            found.notes.extend(note);
        }
        Ok(found)
    }

    fn read_links(&mut self, table: &Table, panel: &StoredPanel) -> Result<(), IngestError> {
        let (input, output) = (table.require(&["input", "from"])?, table.require(&["output", "to"])?);
        let (essential, share) = (table.column(&["essential"]), table.column(&["share", "theta"]));
        let mut unknown = Unknown::default();
        for row in &table.rows {
            let codes = [product(table, row, input)?, product(table, row, output)?];
            let [Some(from), Some(to)] = codes.map(|code| panel.product(code)) else {
                let missing = codes.into_iter().find(|code| panel.product(*code).is_none());
                unknown.add(&missing.map(|code| code.to_string()).unwrap_or_default());
                continue;
            };
            let essential = match essential.map(|column| (column, row.get(column).trim())) {
                None | Some((_, "" | "0" | "false" | "no")) => false,
                Some((_, "1" | "true" | "yes")) => true,
                Some((column, other)) => {
                    let message = format!("'{other}' is neither 1 (essential) nor 0");
                    return Err(table.field_error(row, column, message).into());
                }
            };
            let share = match share {
                Some(column) if !row.get(column).trim().is_empty() => Some(share_of(
                    table,
                    row,
                    column,
                    1.0,
                    "a share from 0 to 1: value of the input per value of the output",
                )?),
                _ => None,
            };
            self.links.insert((from, to), LinkSettings { essential, share });
        }
        self.notes.extend(unknown.note(&table.file));
        Ok(())
    }

    /// What is known of an input of a product, by positions of the panel.
    pub fn link(&self, input: usize, output: usize) -> LinkSettings {
        self.links.get(&(input, output)).copied().unwrap_or_default()
    }

    /// Stocks of a product by country; `None` if there are none.
    pub fn stocks(&self, product: usize) -> Option<&[f64]> {
        self.stocks.get(&product).map(Vec::as_slice)
    }

    /// Whether there is anything that makes up for losses of some products: a row of a table for them that is above 0, or a capacity that is
    /// the same for all.
    pub fn made_up_for(&self, products: impl Iterator<Item = usize>, same: Option<f64>) -> MadeUpFor {
        let mut found =
            MadeUpFor { by_capacity: same.is_some_and(|capacity| capacity > 0.0), ..MadeUpFor::default() };
        for product in products {
            found.by_stocks |= self.stocks(product).is_some_and(|stocks| stocks.iter().any(|s| *s > 0.0));
            let rows = self.capacities.get(&product);
            found.by_capacity |= rows.is_some_and(|rows| rows.iter().any(|(_, capacity)| *capacity > 0.0));
        }
        found
    }

    /// What suppliers of a product can add: those of the table by its numbers, all others by `same`. `None` if neither says anything.
    pub fn capacity(&self, product: usize, same: Option<f64>, countries: usize) -> Option<Capacity> {
        match (self.capacities.get(&product), same) {
            (None, None) => None,
            (None, Some(same)) => Some(Capacity::Same(same)),
            (Some(rows), same) => {
                let mut all = vec![same.unwrap_or(0.0); countries];
                rows.iter().for_each(|&(country, capacity)| all[country] = capacity);
                Some(Capacity::BySupplier(all))
            }
        }
    }
}

/// The largest stock, and what one is.
const STOCK: (f64, &str) = (f64::MAX, "a share of a year: 0.25 are three months");
/// The largest capacity, and what one is.
const CAPACITY: (f64, &str) =
    (MOST_CAPACITY, "a share of the exports of the supplier, such as 0.1, and at most 100");

fn product(table: &Table, row: &Row, column: usize) -> Result<Hs6, IngestError> {
    row.get(column).trim().parse().map_err(|_| {
        let message =
            format!("'{}' is not an HS code of six digits, written as text (\"028469\")", row.get(column));
        table.field_error(row, column, message).into()
    })
}

fn share_of(table: &Table, row: &Row, column: usize, most: f64, what: &str) -> Result<f64, IngestError> {
    let number = table.number(row, column)?;
    if (0.0..=most).contains(&number) {
        return Ok(number);
    }
    Err(table.field_error(row, column, format!("'{number}' is not {what}")).into())
}

/// Rows of product, country and share, and a note on those that the run has no place for.
#[allow(clippy::type_complexity)]
fn by_product_and_country(
    table: &Table,
    panel: &StoredPanel,
    names: &[&str],
    (most, what): (f64, &str),
) -> Result<(Vec<(usize, usize, f64)>, Option<String>), IngestError> {
    let (of, who) = (table.require(&["product", "hs6"])?, table.require(&["iso3", "country"])?);
    let share = table.require(names)?;
    let (mut found, mut unknown) = (BTreeMap::new(), Unknown::default());
    for row in &table.rows {
        let (code, country) = (product(table, row, of)?, code_of(row.get(who)));
        let number = share_of(table, row, share, most, what)?;
        match (panel.product(code), panel.country(&country)) {
            (Some(product), Some(at)) => {
                if found.insert((product, at), number).is_some() {
                    let message = format!("{country} stands twice for {code}; give one row");
                    return Err(table.field_error(row, who, message).into());
                }
            }
            (None, _) => unknown.add(&code.to_string()),
            (_, None) => unknown.add(&country),
        }
    }
    let rows = found.into_iter().map(|((product, country), number)| (product, country, number)).collect();
    Ok((rows, unknown.note(&table.file)))
}
