//! What if everybody buys from the safest it can reach.

use serde::Serialize;

use super::amounts::{Amounts, Named, NamedProduct, share};
use super::columns::{Columns, beside, wrapped};
use super::plan::LimitLines;
use super::plan_text::limits_in_words;
use super::swap::SwapLine;
use crate::diversification::LimitOptions;
use crate::run::Run;
use crate::run::provenance::source_line;
use crate::what_if::{InTurn, OtherSuppliers, WhatIfError};

/// So many importers and suppliers are listed.
const LISTED: usize = 10;

/// What is asked of a supplier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AskedLine {
    /// The supplier.
    pub supplier: Named,
    /// What is bought more from it.
    pub more: f64,
    /// The same as a share of what it can give more; `None` if it can give nothing.
    pub ratio: Option<f64>,
}

/// Everybody's plans on one screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EveryoneAnswer {
    /// The product.
    pub product: NamedProduct,
    /// The year.
    pub year: u16,
    /// `simultaneous` or `sequential`.
    pub in_turn: &'static str,
    /// Unit of amounts.
    pub unit: &'static str,
    /// Whose data.
    pub source: String,
    /// The limits.
    pub limits: LimitLines,
    /// Import-weighted mean of STR now.
    pub mean_before: Option<f64>,
    /// The same then.
    pub mean_after: Option<f64>,
    /// The largest importers.
    pub importers: Vec<SwapLine>,
    /// Suppliers of whom most is asked.
    pub asked: Vec<AskedLine>,
    /// Suppliers that have nothing left to give, those of whom most is asked first.
    pub sold_out: Vec<Named>,
    /// Part of what is asked for more that is beyond the capacity of its supplier; `None` if nothing is.
    pub beyond_capacity: Option<f64>,
    /// How amounts are shown.
    #[serde(skip)]
    pub amounts: Amounts,
}

impl EveryoneAnswer {
    /// All importers of the product buy from the safest within their limits.
    ///
    /// # Errors
    /// As [`OtherSuppliers::everyone`].
    pub fn of(
        run: &Run,
        suppliers: &OtherSuppliers<'_>,
        limits: &LimitOptions,
        in_turn: InTurn,
    ) -> Result<Self, WhatIfError> {
        let panel = run.panel()?;
        let found = suppliers.everyone(limits, in_turn)?;
        let imports = suppliers.trade().matrix.imports();
        let mut order: Vec<usize> = (0..imports.len()).filter(|&c| imports[c] > 0.0).collect();
        order.sort_by(|&a, &b| imports[b].total_cmp(&imports[a]).then(a.cmp(&b)));
        let mut asked: Vec<_> = found.demand.iter().filter(|demand| demand.more > 0.0).collect();
        asked.sort_by(|a, b| b.more.total_cmp(&a.more).then(a.supplier.cmp(&b.supplier)));
        let out = found.sold_out();
        let sold_out = asked.iter().filter(|demand| out.contains(&demand.supplier));
        let sold_out = sold_out.map(|demand| Named::at(run, usize::from(demand.supplier)));
        let sold_out: Vec<Named> = sold_out.collect::<Result<_, _>>()?;
        let amounts = Amounts::of(run);
        Ok(Self {
            sold_out,
            product: NamedProduct::at(run, suppliers.product())?,
            year: panel.years[suppliers.year()],
            in_turn: match in_turn {
                InTurn::Simultaneous => "simultaneous",
                InTurn::Sequential => "sequential",
            },
            unit: amounts.raw_unit(),
            source: source_line(run.study(), run.manifest()),
            limits: LimitLines::of(run, limits)?,
            mean_before: found.mean_before,
            mean_after: found.mean_after,
            importers: order
                .into_iter()
                .take(LISTED)
                .map(|c| {
                    Ok(SwapLine {
                        importer: Named::at(run, c)?,
                        imports: imports[c],
                        before: found.str_before[c],
                        after: found.str_after[c],
                    })
                })
                .collect::<Result<_, WhatIfError>>()?,
            asked: asked
                .into_iter()
                .take(LISTED)
                .map(|demand| {
                    let supplier = Named::at(run, usize::from(demand.supplier))?;
                    Ok(AskedLine { supplier, more: demand.more, ratio: demand.ratio })
                })
                .collect::<Result<_, WhatIfError>>()?,
            beyond_capacity: found.beyond_capacity(),
            amounts,
        })
    }

    /// The answer as text for a terminal.
    pub fn to_text(&self) -> String {
        let how = match self.in_turn {
            "sequential" => "one after the other, the largest first, each within what is left",
            _ => "all at once, each within what it could have alone",
        };
        let mut lines = wrapped(
            &format!(
                "What if every importer of {} buys from the safest it can reach, {how}? Trade of {}.",
                self.product.shown(75),
                self.year
            ),
            "",
        );
        if let (Some(before), Some(after)) = (self.mean_before, self.mean_after) {
            lines.push(format!(
                "Mean STR of importers, weighted by imports: {before:.3} now, {after:.3} then."
            ));
        }
        lines.extend(wrapped(&format!("Within: {}.", limits_in_words(&self.limits)), "  "));
        lines.push(String::new());
        let mut importers =
            Columns::new(&["Largest importers", self.amounts.unit(), "STR now", "then"], &[0]);
        for line in &self.importers {
            importers.row(vec![
                line.importer.short(),
                self.amounts.shown(line.imports),
                format!("{:.3}", line.before),
                format!("{:.3}", line.after),
            ]);
        }
        let mut asked = Columns::new(&["Asked most", self.amounts.unit(), "of what it can add"], &[0]);
        for line in &self.asked {
            let ratio = line.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2} times"));
            asked.row(vec![line.supplier.short(), self.amounts.shown(line.more), ratio]);
        }
        lines.extend(beside(importers.lines(), asked.lines()));
        lines.push(String::new());
        if let Some(part) = self.beyond_capacity.filter(|part| *part > 1e-9) {
            lines.extend(wrapped(
                &format!(
                    "{} of what is asked for more is beyond what its supplier can add.",
                    share(Some(part))
                ),
                "  ",
            ));
        }
        let out: Vec<String> = self.sold_out.iter().take(8).map(Named::short).collect();
        if !out.is_empty() {
            let more = match self.sold_out.len() - out.len() {
                0 => String::new(),
                more => format!(" and {more} smaller ones"),
            };
            lines.extend(wrapped(&format!("Nothing more to be had from {}{more}.", out.join(", ")), "  "));
        }
        lines.extend(wrapped(super::plan_text::CAVEAT, "  "));
        lines.extend(wrapped(&self.source, "  "));
        lines.join("\n") + "\n"
    }
}
