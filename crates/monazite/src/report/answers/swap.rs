//! What a better supplier of one importer does to others, if they have to make way.

use serde::Serialize;

use super::amounts::{Amounts, Named, NamedProduct, share};
use super::columns::{Columns, wrapped};
use crate::run::Run;
use crate::run::provenance::source_line;
use crate::what_if::{OtherSuppliers, WhatIfError};

/// So many others are listed.
const LISTED: usize = 10;

/// STR of an importer before and after a swap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SwapLine {
    /// The importer.
    pub importer: Named,
    /// What it imports.
    pub imports: f64,
    /// STR as it is.
    pub before: f64,
    /// STR after it.
    pub after: f64,
}

/// A swap on one screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SwapAnswer {
    /// The product.
    pub product: NamedProduct,
    /// The year.
    pub year: u16,
    /// Unit of amounts.
    pub unit: &'static str,
    /// Whose data.
    pub source: String,
    /// Who is left.
    pub from: Named,
    /// Who is gone to.
    pub to: Named,
    /// Share of the importer's imports.
    pub share: f64,
    /// The importer that moves.
    pub own: SwapLine,
    /// The others, those on whom it weighs most first.
    pub others: Vec<SwapLine>,
    /// Part of the gain that others pay; `None` if nothing is gained.
    pub paid_by_others: Option<f64>,
    /// How amounts are shown.
    #[serde(skip)]
    pub amounts: Amounts,
}

impl SwapAnswer {
    /// An importer moves a share of its imports between two suppliers, and the others make way (positions).
    ///
    /// # Errors
    /// As [`OtherSuppliers::swap`].
    pub fn of(
        run: &Run,
        suppliers: &OtherSuppliers<'_>,
        importer: usize,
        from: usize,
        to: usize,
        share: f64,
    ) -> Result<Self, WhatIfError> {
        let panel = run.panel()?;
        let found = suppliers.swap(importer, from, to, share)?;
        let imports = suppliers.trade().matrix.imports();
        let line = |c: usize| -> Result<SwapLine, WhatIfError> {
            let (before, after) = (found.str_before[c], found.str_after[c]);
            Ok(SwapLine { importer: Named::at(run, c)?, imports: imports[c], before, after })
        };
        let change = |c: usize| imports[c] * (found.str_after[c] - found.str_before[c]);
        let mut order: Vec<usize> =
            (0..imports.len()).filter(|&c| c != importer && imports[c] > 0.0).collect();
        order.sort_by(|&a, &b| change(b).abs().total_cmp(&change(a).abs()).then(a.cmp(&b)));
        let amounts = Amounts::of(run);
        Ok(Self {
            product: NamedProduct::at(run, suppliers.product())?,
            year: panel.years[suppliers.year()],
            unit: amounts.raw_unit(),
            source: source_line(run.study(), run.manifest()),
            from: Named::at(run, from)?,
            to: Named::at(run, to)?,
            share,
            own: line(importer)?,
            others: order.into_iter().take(LISTED).map(line).collect::<Result<_, _>>()?,
            paid_by_others: found.paid_by_others,
            amounts,
        })
    }

    /// The answer as text for a terminal.
    pub fn to_text(&self) -> String {
        let (own, from, to) = (self.own.importer.short(), self.from.short(), self.to.short());
        let mut lines = wrapped(
            &format!(
                "{own} buys {} of its imports of {} from {to} instead of {from}, and the others make way. Trade of {}.",
                share(Some(self.share)),
                self.product.shown(75),
                self.year
            ),
            "",
        );
        lines.extend(wrapped(
            &format!(
                "Its STR goes from {:.3} to {:.3}. {}",
                self.own.before,
                self.own.after,
                self.who_pays()
            ),
            "",
        ));
        lines.push(String::new());
        let mut table =
            Columns::new(&["STR under mass balance", self.amounts.unit(), "now", "then", "change"], &[0]);
        for line in std::iter::once(&self.own).chain(&self.others) {
            table.row(vec![
                line.importer.short(),
                self.amounts.shown(line.imports),
                format!("{:.4}", line.before),
                format!("{:.4}", line.after),
                format!("{:+.4}", line.after - line.before),
            ]);
        }
        lines.extend(table.lines());
        lines.push(String::new());
        lines.extend(wrapped(
            &format!(
                "All imports and exports stay as they are: who buys from {to} gives up its part and takes it from {from}. The direct part of risk is a zero-sum game then. First the importer, then those on whom it weighs most."
            ),
            "  ",
        ));
        lines.extend(wrapped(super::plan_text::CAVEAT, "  "));
        lines.extend(wrapped(&self.source, "  "));
        lines.join("\n") + "\n"
    }

    fn who_pays(&self) -> String {
        match self.paid_by_others {
            Some(part) if part >= 1.0 => format!(
                "Others lose more than it gains: {} of the gain, weighted by imports.",
                share(Some(part))
            ),
            Some(part) if part > 0.0 => {
                format!("Others pay {} of the gain, weighted by imports.", share(Some(part)))
            }
            Some(_) => "Others gain too.".to_owned(),
            None => "It gains nothing.".to_owned(),
        }
    }
}
