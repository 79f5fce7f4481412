//! Whose stop would cost the others most.

use serde::Serialize;

use super::amounts::{Amounts, Named, NamedProduct, share};
use super::columns::{Columns, wrapped};
use crate::progress::Progress;
use crate::run::provenance::source_line;
use crate::run::{Run, focus_products};
use crate::what_if::{Chokepoint, RunTrade, WhatIfError, chokepoints, why_no_trade};

/// Of which products, in which year, and how many suppliers of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChokepointRequest {
    /// Positions of the products; those in focus if there are none.
    pub products: Vec<usize>,
    /// Position of the year.
    pub year: usize,
    /// How many suppliers of each product; ten of one product and three of several if left out.
    pub top: Option<usize>,
}

/// What the stop of one supplier would cost the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SupplierLine {
    /// The product.
    pub product: NamedProduct,
    /// The supplier.
    pub supplier: Named,
    /// Share of what the others import that they lose, under mass balance.
    pub power_share: f64,
    /// The same as an amount.
    pub power: f64,
    /// Its exports as a share of what the others import: nobody sells on.
    pub direct_share: f64,
    /// Share lost under exposure.
    pub share_exposure: f64,
    /// Lost for each unit that it does not sell.
    pub multiplier: f64,
    /// Concentration of the damage over importers.
    pub damage_hhi: f64,
    /// Who loses most.
    pub top_importer: Named,
    /// Its share of the loss.
    pub top_importer_share: f64,
    /// Touched down the chain, under mass balance; `None` where nothing of the chain is made of the product.
    pub downstream: Option<f64>,
}

/// The chokepoints of some products.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChokepointAnswer {
    /// The year.
    pub year: u16,
    /// Unit of amounts.
    pub unit: &'static str,
    /// Whose data.
    pub source: String,
    /// By product, the suppliers with most power first.
    pub suppliers: Vec<SupplierLine>,
    /// Suppliers that are not listed.
    pub more: usize,
    /// The rows behind it, of all suppliers.
    #[serde(skip)]
    pub rows: Vec<Chokepoint>,
    /// How amounts are shown.
    #[serde(skip)]
    pub amounts: Amounts,
}

impl ChokepointAnswer {
    /// Scans the suppliers of products in a year, each stopping alone.
    ///
    /// # Errors
    /// [`WhatIfError`] if the run holds no flows or is an extract; [`WhatIfError::Question`] if nobody trades a product in the year.
    pub fn of(run: &Run, request: &ChokepointRequest, progress: &dyn Progress) -> Result<Self, WhatIfError> {
        let panel = run.panel()?;
        let products = match request.products.is_empty() {
            true => focus_products(&run.view()?),
            false => request.products.clone(),
        };
        let top = request.top.unwrap_or(if products.len() == 1 { 10 } else { 3 });
        let wanted = |p: usize, t: usize| {
            t == request.year && (products.contains(&p) || panel.products[p].tier.is_some())
        };
        let trade = RunTrade::read(run, wanted)?;
        let year = panel.years[request.year];
        if let Some(&untraded) = products.iter().find(|&&p| trade.of(p, request.year).is_none())
            && !request.products.is_empty()
        {
            return Err(WhatIfError::Question(format!(
                "{}; choose a year with --year",
                why_no_trade(run, untraded, request.year)?
            )));
        }
        let all = chokepoints(run, &trade, progress)?;
        let mut found = Vec::new();
        let (mut rows, mut more) = (Vec::new(), 0);
        for &product in &products {
            let mut of: Vec<&Chokepoint> = all.iter().filter(|row| row.product == product).collect();
            of.sort_by(|a, b| {
                b.of.power_share.total_cmp(&a.of.power_share).then(a.of.supplier.cmp(&b.of.supplier))
            });
            more += of.len().saturating_sub(top);
            for row in of.iter().take(top) {
                found.push(line(run, row)?);
            }
            rows.extend(of.into_iter().cloned());
        }
        let amounts = Amounts::of(run);
        Ok(Self {
            year,
            unit: amounts.raw_unit(),
            source: source_line(run.study(), run.manifest()),
            suppliers: found,
            more,
            rows,
            amounts,
        })
    }

    /// The answer as text for a terminal.
    pub fn to_text(&self) -> String {
        let one = self.suppliers.windows(2).all(|pair| pair[0].product == pair[1].product);
        let mut lines = Vec::new();
        match self.suppliers.first().filter(|_| one) {
            Some(line) => lines.extend(wrapped(
                &format!(
                    "Whose stop would cost the others most: {}, {}.",
                    line.product.shown(130),
                    self.year
                ),
                "",
            )),
            None => lines
                .push(format!("Whose stop would cost the others most: products in focus, {}.", self.year)),
        }
        lines.push(
            "Each supplier alone stops all exports of the product; shares of what all others import."
                .to_owned(),
        );
        lines.push(String::new());
        let unit = self.amounts.unit();
        let lost = format!("lost, {unit}");
        let first = if one { "Supplier" } else { "Product, supplier" };
        let mut table = Columns::new(
            &[first, "direct", "exp.", "power", &lost, "mult.", "HHI", "hit most", "", "downstream"],
            &[0, 7],
        );
        for line in &self.suppliers {
            let name = line.supplier.short();
            table.row(vec![
                if one { name } else { format!("{} {name}", line.product.code) },
                share(Some(line.direct_share)),
                share(Some(line.share_exposure)),
                share(Some(line.power_share)),
                self.amounts.shown(line.power),
                format!("{:.2}", line.multiplier),
                format!("{:.2}", line.damage_hhi),
                line.top_importer.short(),
                share(Some(line.top_importer_share)),
                line.downstream.map_or_else(|| "-".to_owned(), |value| self.amounts.shown(value)),
            ]);
        }
        lines.extend(table.lines());
        lines.push(String::new());
        if self.more > 0 {
            lines.push(format!("  {} smaller suppliers follow (--top N, or --out DIR for all).", self.more));
        }
        lines.extend(wrapped(
            "direct: what it sells itself. exp. (exposure) and power: with what others can no longer sell on, if a country makes as much as it sells, or sells on as much as mass balance allows (power, the upper end). mult.: lost for each unit it does not sell. HHI: of the damage, 1 if one importer bears it all. hit most: with its share of the loss. downstream: trade in goods that contain the product (reach), in the same unit, never part of the loss beside it.",
            "  ",
        ));
        lines.extend(wrapped("Left out: time, prices, stocks, other suppliers selling more, quality within an HS code, home production beyond what the readings assume. See who loses what with --without COUNTRY.", "  "));
        lines.extend(wrapped(&self.source, "  "));
        lines.join("\n") + "\n"
    }
}

fn line(run: &Run, row: &Chokepoint) -> Result<SupplierLine, WhatIfError> {
    Ok(SupplierLine {
        product: NamedProduct::at(run, row.product)?,
        supplier: Named::at(run, usize::from(row.of.supplier))?,
        power_share: row.of.power_share,
        power: row.of.power,
        direct_share: row.of.direct_share,
        share_exposure: row.share_exposure,
        multiplier: row.of.multiplier,
        damage_hhi: row.of.damage_hhi,
        top_importer: Named::at(run, usize::from(row.of.top_importer))?,
        top_importer_share: row.of.top_importer_share,
        downstream: row.downstream,
    })
}
