//! A scenario by codes becomes one of positions, or is refused with what is possible instead.

use super::error::WhatIfError;
use super::order::OrderedProduct;
use super::trade::{RunTrade, why_no_trade};
use crate::nomenclature::Hs6;
use crate::nomenclature::merged_names::members_in_name;
use crate::nomenclature::suggestion::{Name, nearest};
use crate::run::Run;
use crate::run_folder::StoredPanel;
use crate::run_folder::stored_panel::StoredCountry;
use crate::shock::{
    ChainShock, Combine, CutTo, ExportCut, ProductShock, ProductionLoss, Scenario, ScenarioRow,
};
use crate::trade::TradeMatrix;

/// So many suppliers, customers or products are named where another would do.
const NAMED: usize = 6;

/// Position of a product, or what there is instead.
///
/// # Errors
/// [`WhatIfError::Question`] if the run does not have it.
pub fn product_at(run: &Run, product: Hs6) -> Result<usize, WhatIfError> {
    let panel = run.panel()?;
    panel.product(product).ok_or_else(|| {
        let mut codes: Vec<String> = panel.products.iter().map(|p| p.code.to_string()).collect();
        if codes.len() > NAMED {
            codes.sort_by_key(|code| std::cmp::Reverse(digits_in_common(code, &product.to_string())));
        }
        WhatIfError::Question(format!(
            "{product} is not a product of this run, which has {} of them: {}. monazite codes finds codes by words",
            codes.len(),
            listed(&codes, "and others")
        ))
    })
}

/// How many digits two codes begin with alike: the longer, the nearer the products.
fn digits_in_common(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// Position of a country, or what there is instead.
///
/// # Errors
/// [`WhatIfError::Question`] if the run does not have it.
pub fn country_at(panel: &StoredPanel, code: &str) -> Result<usize, WhatIfError> {
    panel.country(code).ok_or_else(|| {
        let holds = |c: &&StoredCountry| members_in_name(&c.code, &c.name).any(|member| member == code);
        if let Some(group) = panel.countries.iter().find(holds) {
            return WhatIfError::Question(format!("{code} is in {0} in this run; ask for {0}", group.code));
        }
        let names: Vec<Name<'_>> =
            panel.countries.iter().map(|c| Name { code: &c.code, name: &c.name }).collect();
        let mut such_as = nearest(code, &names);
        if such_as.is_empty() {
            such_as = names.iter().take(3).map(|c| c.code).collect();
        }
        WhatIfError::Question(format!(
            "{code} is not a country of this run; give an iso3 code of one of its {} countries, such as {}",
            panel.countries.len(),
            such_as.join(", ")
        ))
    })
}

/// Position of a year, the last if none is asked for.
///
/// # Errors
/// [`WhatIfError::Question`] if the run does not have it.
pub fn year_at(panel: &StoredPanel, year: Option<u16>) -> Result<usize, WhatIfError> {
    let Some(year) = year else { return Ok(panel.years.len().saturating_sub(1)) };
    panel.year(year).ok_or_else(|| {
        let years = match (panel.years.first(), panel.years.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(one), _) => one.to_string(),
            _ => "none".to_owned(),
        };
        WhatIfError::Question(format!("{year} is not a year of this run; its years are {years}"))
    })
}

fn listed(all: &[String], rest: &str) -> String {
    let some: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    let rest = if all.len() > NAMED { format!(" {rest}") } else { String::new() };
    format!("{}{rest}", some.join(", "))
}

/// Codes of countries by what they trade, the largest first.
fn largest(panel: &StoredPanel, amounts: &[f64]) -> Vec<String> {
    let mut order: Vec<usize> = (0..amounts.len()).filter(|&c| amounts[c] > 0.0).collect();
    order.sort_by(|&a, &b| amounts[b].total_cmp(&amounts[a]).then(a.cmp(&b)));
    order.into_iter().map(|c| panel.countries[c].code.clone()).collect()
}

/// What a supplier sells to each country.
fn sold_by(matrix: &TradeMatrix, supplier: usize) -> Vec<f64> {
    let mut sold = vec![0.0; matrix.countries()];
    for column in matrix.columns() {
        if let Ok(found) = column.suppliers.binary_search(&(supplier as u16)) {
            sold[usize::from(column.importer)] = column.values[found];
        }
    }
    sold
}

/// A scenario in one year.
pub(super) struct Resolver<'a> {
    pub run: &'a Run,
    pub trade: &'a RunTrade,
    pub year: usize,
    pub order: &'a [OrderedProduct],
    pub combine: Combine,
}

impl Resolver<'_> {
    /// The shocks of a scenario to products by their place in the order.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if a supplier does not sell a product, an importer buys none of it from the supplier, or the run does not
    /// have the product or the country.
    pub(super) fn shocks(&self, scenario: &Scenario) -> Result<Vec<ChainShock>, WhatIfError> {
        let year = self.run.panel()?.years[self.year];
        let mut found = Vec::new();
        for row in &scenario.rows {
            for (what, share) in [("export_cut", row.export_cut), ("production_loss", row.production_loss)] {
                if !(0.0..=1.0).contains(&share) {
                    return Err(WhatIfError::Question(format!(
                        "{what} = {share} is not a share: from 0 (nothing) to 1 (all of it)"
                    )));
                }
            }
            if row.years.is_some_and(|years| !years.contains(year)) {
                continue;
            }
            for &product in &row.products {
                found.push(self.shock(row, product, year)?);
            }
        }
        Ok(found)
    }

    fn shock(&self, row: &ScenarioRow, product: Hs6, year: u16) -> Result<ChainShock, WhatIfError> {
        let panel = self.run.panel()?;
        let position = product_at(self.run, product)?;
        let supplier = country_at(panel, &row.supplier)?;
        let Some(trade) = self.trade.of(position, year_at(panel, Some(year))?) else {
            return Err(WhatIfError::Question(why_no_trade(self.run, position, self.year)?));
        };
        let matrix = &trade.matrix;
        if matrix.exports()[supplier] <= 0.0 {
            return Err(WhatIfError::Question(format!(
                "{} sells no {product} in {year}, so nothing stops; its suppliers, the largest first: {}",
                row.supplier,
                listed(&largest(panel, matrix.exports()), "and others")
            )));
        }
        let to = if row.to.is_empty() {
            CutTo::All
        } else {
            CutTo::Importers(self.customers(row, matrix, supplier, product, year)?)
        };
        let mut shock = ProductShock { combine: self.combine, ..ProductShock::default() };
        if row.export_cut > 0.0 {
            shock.cuts.push(ExportCut { supplier: supplier as u16, to, share: row.export_cut });
        }
        if row.production_loss > 0.0 {
            let country = supplier as u16;
            shock.production_losses.push(ProductionLoss { country, share: row.production_loss });
        }
        let place =
            self.order.iter().position(|of| of.product == position).expect("hit products are in the order");
        Ok(ChainShock { product: place, shock })
    }

    /// The importers of a row that buy the product; of several products each has to buy at least one.
    fn customers(
        &self,
        row: &ScenarioRow,
        matrix: &TradeMatrix,
        supplier: usize,
        product: Hs6,
        year: u16,
    ) -> Result<Vec<u16>, WhatIfError> {
        let panel = self.run.panel()?;
        let sold = sold_by(matrix, supplier);
        let another = |customer: usize| -> Result<bool, WhatIfError> {
            for &other in row.products.iter().filter(|other| **other != product) {
                let trade = self.trade.of(product_at(self.run, other)?, self.year);
                if trade.is_some_and(|trade| sold_by(&trade.matrix, supplier)[customer] > 0.0) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let mut found = Vec::new();
        for code in &row.to {
            let customer = country_at(panel, code)?;
            if sold[customer] > 0.0 {
                found.push(customer as u16);
            } else if !another(customer)? {
                let none = match row.products.len() {
                    1 => format!("no {product}"),
                    _ => format!("none of {}", crate::plain_text::listed(&row.products, "")),
                };
                return Err(WhatIfError::Question(format!(
                    "{code} buys {none} of {} in {year}; its customers for {product}, the largest first: {}",
                    row.supplier,
                    listed(&largest(panel, &sold), "and others")
                )));
            }
        }
        Ok(found)
    }
}
