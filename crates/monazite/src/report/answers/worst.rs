//! Which few suppliers together would cost importers most.

use serde::Serialize;

use super::amounts::{Amounts, Named, NamedProduct, share};
use super::columns::{Columns, wrapped};
use crate::run::Run;
use crate::run::provenance::source_line;
use crate::shock::{ShockSolver, worst_suppliers};
use crate::what_if::{RunTrade, WhatIfError, why_no_trade};

/// One more supplier that stops.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorstLine {
    /// The supplier.
    pub supplier: Named,
    /// Share of world imports lost when it and those before it stop.
    pub share: f64,
    /// The same as an amount.
    pub lost: f64,
    /// What it adds.
    pub added: f64,
}

/// The suppliers whose joint stop costs most, as far as a greedy choice finds them; under mass balance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorstAnswer {
    /// The product.
    pub product: NamedProduct,
    /// The year.
    pub year: u16,
    /// Unit of amounts.
    pub unit: &'static str,
    /// Whose data.
    pub source: String,
    /// World imports.
    pub imports: f64,
    /// How many suppliers were asked for.
    pub asked: usize,
    /// In the order in which they are chosen; fewer than were asked for if no other one adds anything.
    pub suppliers: Vec<WorstLine>,
    /// No set of as many suppliers costs more than this.
    pub at_most: f64,
    /// What the chosen ones cost as a share of that; `None` if nothing is lost.
    pub at_least_of_the_worst: Option<f64>,
    /// How amounts are shown.
    #[serde(skip)]
    pub amounts: Amounts,
}

impl WorstAnswer {
    /// The `count` suppliers of a product in a year (positions) whose joint stop costs all importers, themselves among them, most.
    ///
    /// # Errors
    /// [`WhatIfError`] if the run holds no flows or is an extract; [`WhatIfError::Question`] if nobody trades the product in the year.
    pub fn of(run: &Run, product: usize, year: usize, count: usize) -> Result<Self, WhatIfError> {
        let panel = run.panel()?;
        let trade = RunTrade::read(run, |p, t| p == product && t == year)?;
        let Some(of) = trade.of(product, year) else {
            return Err(WhatIfError::Question(format!(
                "{}; choose a year with --year",
                why_no_trade(run, product, year)?
            )));
        };
        let (matrix, content) = (&of.matrix, &of.contents.mass_balance);
        let found = worst_suppliers(matrix, content, matrix.imports(), count, &mut ShockSolver::default())?;
        let imports = matrix.total();
        let line = |step: &crate::shock::WorstStep| {
            let supplier = Named::at(run, usize::from(step.supplier))?;
            Ok(WorstLine { supplier, share: step.lost / imports, lost: step.lost, added: step.added })
        };
        let amounts = Amounts::of(run);
        Ok(Self {
            product: NamedProduct::at(run, product)?,
            year: panel.years[year],
            unit: amounts.raw_unit(),
            source: source_line(run.study(), run.manifest()),
            imports,
            asked: count,
            suppliers: found.steps.iter().map(line).collect::<Result<_, WhatIfError>>()?,
            at_most: found.at_most,
            at_least_of_the_worst: found.at_least_of_the_worst(),
            amounts,
        })
    }

    /// The answer as text for a terminal.
    pub fn to_text(&self) -> String {
        let mut lines = wrapped(
            &format!("Which suppliers together would cost most: {}, {}.", self.product.shown(85), self.year),
            "",
        );
        lines.push(format!(
            "World imports {}; each line stops with those above it; mass balance.",
            self.amounts.in_words(self.imports)
        ));
        lines.push(String::new());
        let (lost, added) =
            (format!("lost, {}", self.amounts.unit()), format!("added, {}", self.amounts.unit()));
        let mut table = Columns::new(&["", "Supplier", "lost", &lost, &added], &[1]);
        for (at, line) in self.suppliers.iter().enumerate() {
            table.row(vec![
                (at + 1).to_string(),
                line.supplier.short(),
                share(Some(line.share)),
                self.amounts.shown(line.lost),
                self.amounts.shown(line.added),
            ]);
        }
        lines.extend(table.lines());
        lines.push(String::new());
        if let Some(part) = self.at_least_of_the_worst {
            if self.suppliers.len() < self.asked {
                lines.extend(wrapped(
                    &format!(
                        "Of the {} suppliers asked for {} listed: no other one would add anything, so that no set costs more.",
                        self.asked,
                        if self.suppliers.len() == 1 { "1 is".to_owned() } else { format!("{} are", self.suppliers.len()) }
                    ),
                    "  ",
                ));
            } else {
                let set = match self.suppliers.len() {
                    1 => "No other supplier".to_owned(),
                    count => format!("No other {count} suppliers"),
                };
                lines.extend(wrapped(
                    &format!(
                        "{set} can cost more than {}: the choice, one after the other, costs at least {} % of the worst there is.",
                        self.amounts.in_words(self.at_most),
                        // A least share is rounded down.
                        (100.0 * part + 1e-9).floor()
                    ),
                    "  ",
                ));
            }
        }
        lines.extend(wrapped(
            "The suppliers that stop count as importers too: what they lose is part of the loss.",
            "  ",
        ));
        lines.extend(wrapped(&self.source, "  "));
        lines.join("\n") + "\n"
    }
}
