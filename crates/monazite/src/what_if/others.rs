//! What a plan does to others where there is no more to be had, and what comes of everybody planning.

use super::error::WhatIfError;
use super::suppliers::OtherSuppliers;
use crate::diversification::swap::SwapMove;
use crate::diversification::{
    Everyone, LimitOptions, PlanError, Swap, SwapError, sequential, simultaneous, swap,
};
use crate::indicators::Leontief;

/// So many suppliers are named where another would do.
const NAMED: usize = 6;

/// In which order everybody buys elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTurn {
    /// All at once, each within what it could have alone; see [`simultaneous`].
    Simultaneous,
    /// The largest importer first, each within what is left; see [`sequential`].
    Sequential,
}

impl OtherSuppliers<'_> {
    /// An importer moves a share of its imports from one supplier to another, and the others make way, under mass balance; see [`swap()`].
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if it does not buy that much, or the others do not; says how much is possible.
    pub fn swap(&self, importer: usize, from: usize, to: usize, share: f64) -> Result<Swap, WhatIfError> {
        let of = self.trade();
        let imports = of.matrix.imports()[importer];
        let step = SwapMove { importer, from, to, value: share * imports };
        swap(
            &of.matrix,
            self.instability(),
            &of.contents.mass_balance,
            step,
            &self.parameters(),
            &mut Leontief::default(),
        )
        .map_err(|error| self.why_no_swap(&error, step, imports))
    }

    fn why_no_swap(&self, error: &SwapError, step: SwapMove, imports: f64) -> WhatIfError {
        let code = |c: usize| self.code(c);
        // A sum of nothing is -0.
        let percent = |value: f64| format!("{:.3}", value / imports + 0.0);
        WhatIfError::Question(match *error {
            SwapError::NotThree { .. } => format!(
                "a swap needs three countries: {} moves from {} to {}",
                code(step.importer),
                code(step.from),
                code(step.to)
            ),
            SwapError::NotBought { .. } if imports <= 0.0 => {
                format!(
                    "{} imports none of it in this year, so there is nothing to move",
                    code(step.importer)
                )
            }
            SwapError::NotBought { from, present, .. } => format!(
                "{} buys {} of its imports from {}, so that it can move {} and not {}; it buys from {}",
                code(step.importer),
                if present > 0.0 { percent(present) } else { "none".to_owned() },
                code(from),
                if present > 0.0 { "at most that" } else { "nothing" },
                percent(step.value),
                self.bought_from(step.importer, &percent)
            ),
            SwapError::OthersBuyLess { to, available, .. } => format!(
                "others buy too little from {}: no more than {} of the imports of {} can be swapped, not {}; without --swap, supply follows demand",
                code(to),
                percent(available),
                code(step.importer),
                percent(step.value)
            ),
        })
    }

    /// From whom an importer buys, the largest first, with `part` of its imports.
    fn bought_from(&self, importer: usize, part: &dyn Fn(f64) -> String) -> String {
        let Some(of) = self.trade().matrix.imports_of(importer) else { return "nobody".to_owned() };
        let mut order: Vec<usize> = (0..of.suppliers.len()).collect();
        order.sort_by(|&a, &b| of.values[b].total_cmp(&of.values[a]).then(a.cmp(&b)));
        let named = order
            .iter()
            .take(NAMED)
            .map(|&at| format!("{} ({})", self.code(usize::from(of.suppliers[at])), part(of.values[at])));
        let rest = if order.len() > NAMED { " and others" } else { "" };
        format!("{}{rest}", named.collect::<Vec<_>>().join(", "))
    }

    /// All importers buy from the safest within their limits, under mass balance.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if an option is out of its range or a supplier that is named does not export.
    pub fn everyone(&self, limits: &LimitOptions, in_turn: InTurn) -> Result<Everyone, WhatIfError> {
        let of = self.trade();
        let all = match in_turn {
            InTurn::Simultaneous => simultaneous,
            InTurn::Sequential => sequential,
        };
        all(
            &of.matrix,
            self.instability(),
            &of.contents.mass_balance,
            limits,
            &self.parameters(),
            &mut Leontief::default(),
        )
        .map_err(|error| self.by_name(PlanError::Limits(error)))
    }
}
