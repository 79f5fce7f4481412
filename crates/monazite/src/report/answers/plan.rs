//! Whom an importer could buy from instead.

use serde::Serialize;

use super::amounts::{Amounts, Named, NamedProduct};
use crate::diversification::{Change, LimitOptions, Objective, Plan, WorstStop};
use crate::run::Run;
use crate::run::provenance::source_line;
use crate::what_if::{Diversification, OtherSuppliers, WhatIfError};

/// So many others are listed.
const LISTED: usize = 5;

/// A number as it is, with the plan, and with the import content of exports taken anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BeforeAfter {
    /// As it is.
    pub before: f64,
    /// With the plan, φ held.
    pub after: f64,
    /// With the plan, φ from the changed trade; `None` for what φ has no part in.
    pub recomputed: Option<f64>,
}

impl BeforeAfter {
    const fn of(change: Change, recomputed: Option<f64>) -> Self {
        Self { before: change.before, after: change.after, recomputed }
    }
}

/// A stop that costs most.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stop {
    /// The supplier.
    pub supplier: Named,
    /// Share of imports that is lost.
    pub loss: f64,
}

impl Stop {
    fn of(run: &Run, stop: WorstStop) -> Result<Self, WhatIfError> {
        Ok(Self { supplier: Named::at(run, usize::from(stop.supplier))?, loss: stop.loss })
    }
}

/// What is moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoveLine {
    /// From whom.
    pub from: Named,
    /// To whom.
    pub to: Named,
    /// Share of imports.
    pub share: f64,
    /// The same as an amount.
    pub amount: f64,
    /// What a share of the first brings to STR, with the plan.
    pub price_from: f64,
    /// What a share of the second brings.
    pub price_to: f64,
}

/// How much of what a supplier can give is used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsedLine {
    /// The supplier.
    pub supplier: Named,
    /// What is bought more.
    pub more: f64,
    /// The same as a share of what it can give.
    pub share: f64,
}

/// What the plan does to another importer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OtherLine {
    /// The other importer.
    pub importer: Named,
    /// Its STR.
    pub before: f64,
    /// What is added to it.
    pub change: f64,
}

/// A plan under one reading of STR.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanLines {
    /// STR.
    pub str: BeforeAfter,
    /// HHI of its purchases.
    pub hhi: BeforeAfter,
    /// Share of its largest supplier.
    pub largest: BeforeAfter,
    /// The stop that costs most now.
    pub worst_stop_before: Stop,
    /// The stop that costs most with the plan.
    pub worst_stop_after: Stop,
    /// Part of imports that is moved.
    pub moved: f64,
    /// What is moved, the largest first.
    pub moves: Vec<MoveLine>,
    /// Suppliers that sell more.
    pub used: Vec<UsedLine>,
    /// Mean change of the STR of all others, weighted by imports.
    pub mean_effect: Option<f64>,
    /// The others whose STR changes most, in USD (or tonnes) times STR.
    pub others: Vec<OtherLine>,
}

/// A point of the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PointLine {
    /// The part that may be moved.
    pub allowed: f64,
    /// The part that is.
    pub moved: f64,
    /// The least STR.
    pub str: f64,
}

/// The limits of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LimitLines {
    /// Largest part of imports that is moved.
    pub moved: f64,
    /// Part of every present share that is kept.
    pub keep: f64,
    /// What a supplier can give more, as a share.
    pub capacity: f64,
    /// Of what: `rest` of its exports, or `all_exports`.
    pub capacity_of: &'static str,
    /// Least share of world exports of a new supplier.
    pub min_supplier_share: f64,
    /// Suppliers that nothing moves to.
    pub exclude: Vec<Named>,
}

/// Whom an importer could buy from instead, on one screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanAnswer {
    /// The importer.
    pub importer: Named,
    /// The product.
    pub product: NamedProduct,
    /// The year.
    pub year: u16,
    /// Unit of amounts.
    pub unit: &'static str,
    /// Whose data.
    pub source: String,
    /// What it imports.
    pub imports: f64,
    /// What is made as small as possible: `str`, `hhi`, `largest` or `worst-stop`.
    pub objective: &'static str,
    /// The limits.
    pub limits: LimitLines,
    /// The plan that is best under mass balance.
    pub mass_balance: PlanLines,
    /// The plan that is best in the paper's reading.
    pub full: PlanLines,
    /// STR under mass balance against what is moved.
    pub frontier: Vec<PointLine>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// How amounts are shown.
    #[serde(skip)]
    pub amounts: Amounts,
}

/// The name of an objective on the command line.
pub const fn objective_name(objective: Objective) -> &'static str {
    match objective {
        Objective::Risk => "str",
        Objective::Concentration => "hhi",
        Objective::LargestSupplier => "largest",
        Objective::WorstStop => "worst-stop",
    }
}

impl PlanAnswer {
    /// Gathers a plan with all that a reader asks next.
    ///
    /// # Errors
    /// [`WhatIfError`] if a table of the run is damaged.
    pub fn of(
        run: &Run,
        suppliers: &OtherSuppliers<'_>,
        found: &Diversification,
        objective: Objective,
        limits: &LimitOptions,
    ) -> Result<Self, WhatIfError> {
        let panel = run.panel()?;
        let amounts = Amounts::of(run);
        let imports = suppliers.trade().matrix.imports();
        let points = found.frontier.points.iter();
        Ok(Self {
            importer: Named::at(run, found.importer)?,
            product: NamedProduct::at(run, found.product)?,
            year: panel.years[found.year],
            unit: amounts.raw_unit(),
            source: source_line(run.study(), run.manifest()),
            imports: imports[found.importer],
            objective: objective_name(objective),
            limits: LimitLines::of(run, limits)?,
            mass_balance: PlanLines::of(run, &found.mass_balance, imports)?,
            full: PlanLines::of(run, &found.full, imports)?,
            frontier: points
                .map(|point| PointLine { allowed: point.allowed, moved: point.moved, str: point.str })
                .collect(),
            notes: found.notes.clone(),
            amounts,
        })
    }
}

impl LimitLines {
    /// The limits with names.
    ///
    /// # Errors
    /// [`WhatIfError`] if the panel is damaged.
    pub fn of(run: &Run, limits: &LimitOptions) -> Result<Self, WhatIfError> {
        use crate::diversification::CapacityOf;
        Ok(Self {
            moved: limits.moved,
            keep: limits.keep,
            capacity: limits.capacity,
            capacity_of: match limits.capacity_of {
                CapacityOf::RestOfExports => "rest",
                CapacityOf::AllExports => "all_exports",
            },
            min_supplier_share: limits.min_supplier_share,
            exclude: limits.exclude.iter().map(|&a| Named::at(run, a)).collect::<Result<_, _>>()?,
        })
    }
}

impl PlanLines {
    fn of(run: &Run, plan: &Plan, imports: &[f64]) -> Result<Self, WhatIfError> {
        let at = |country: u16| Named::at(run, usize::from(country));
        let own = imports[plan.importer];
        let mut moves = Vec::new();
        for step in &plan.moves {
            moves.push(MoveLine {
                from: at(step.from)?,
                to: at(step.to)?,
                share: step.share,
                amount: step.share * own,
                price_from: plan.prices[usize::from(step.from)],
                price_to: plan.prices[usize::from(step.to)],
            });
        }
        moves.sort_by(|a, b| b.share.total_cmp(&a.share));
        let mut used = plan.used_capacity.clone();
        used.sort_by(|a, b| b.more.total_cmp(&a.more).then(a.supplier.cmp(&b.supplier)));
        let mut others: Vec<_> = plan.effects.iter().filter(|effect| effect.change != 0.0).collect();
        let size = |effect: &crate::diversification::Effect| {
            (effect.change * imports[usize::from(effect.importer)]).abs()
        };
        others.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.importer.cmp(&b.importer)));
        Ok(Self {
            str: BeforeAfter::of(plan.str, Some(plan.str_recomputed)),
            hhi: BeforeAfter::of(plan.hhi, None),
            largest: BeforeAfter::of(plan.largest, None),
            worst_stop_before: Stop::of(run, plan.worst_stop_before)?,
            worst_stop_after: Stop::of(run, plan.worst_stop_after)?,
            moved: plan.moved,
            moves,
            used: used
                .iter()
                .map(|used| Ok(UsedLine { supplier: at(used.supplier)?, more: used.more, share: used.share }))
                .collect::<Result<_, WhatIfError>>()?,
            mean_effect: plan.mean_effect,
            others: others
                .into_iter()
                .take(LISTED)
                .map(|e| Ok(OtherLine { importer: at(e.importer)?, before: e.before, change: e.change }))
                .collect::<Result<_, WhatIfError>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_have_the_names_of_the_command_line() {
        let all =
            [Objective::Risk, Objective::Concentration, Objective::LargestSupplier, Objective::WorstStop];
        assert_eq!(all.map(objective_name), ["str", "hhi", "largest", "worst-stop"]);
    }
}
