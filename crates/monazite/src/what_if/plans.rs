//! Plans for all importers of some products of a run, as a table.

use rayon::prelude::*;

use super::error::WhatIfError;
use super::suppliers::OtherSuppliers;
use super::trade::RunTrade;
use crate::diversification::{LimitOptions, Objective, Plan};
use crate::indicators::ImportContent;
use crate::progress::Progress;
use crate::run::Run;
use crate::run_folder::tables::DIVERSIFICATION;
use crate::run_folder::{CsvTable, StoredPanel};
use crate::study::DiversificationSection;

/// Other suppliers for one importer of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct ImporterPlan {
    /// Position of the product.
    pub product: usize,
    /// Position of the importer.
    pub importer: usize,
    /// What it imports, in the measure of the study.
    pub imports: f64,
    /// The plan with the least STR under mass balance, and that of the paper's reading; or why there is none.
    pub plans: Result<[Plan; 2], String>,
}

/// Plans for all importers of some products (positions of the panel) in a year, by product and importer.
///
/// What it answers: to whom should each of them turn, under the same limits, if it were the only one that does? Plans with the least STR.
///
/// # Errors
/// [`WhatIfError`] if the run does not hold the stability of countries, a country of the limits is not in the run, or `progress` asks to
/// stop.
pub fn importer_plans(
    run: &Run,
    trade: &RunTrade,
    products: &[usize],
    year: usize,
    settings: &DiversificationSection,
    progress: &dyn Progress,
) -> Result<Vec<ImporterPlan>, WhatIfError> {
    let mut rows = Vec::new();
    for product in products.iter().filter_map(|&product| trade.of(product, year)) {
        progress.go_on()?;
        let others = OtherSuppliers::with(run, year, product.clone())?;
        let limits = others.limits_of_study(settings)?;
        let importers: Vec<usize> =
            product.matrix.columns().map(|column| usize::from(column.importer)).collect();
        let found: Vec<Result<ImporterPlan, WhatIfError>> = importers
            .par_iter()
            .map(|&importer| {
                Ok(ImporterPlan {
                    product: product.product,
                    importer,
                    imports: product.matrix.imports()[importer],
                    plans: both(&others, importer, &limits)?,
                })
            })
            .collect();
        for plan in found {
            rows.push(plan?);
        }
    }
    Ok(rows)
}

fn both(
    others: &OtherSuppliers<'_>,
    importer: usize,
    limits: &LimitOptions,
) -> Result<Result<[Plan; 2], String>, WhatIfError> {
    let plan = |reading| others.plan(importer, reading, Objective::Risk, limits);
    match (plan(ImportContent::MassBalance), plan(ImportContent::Full)) {
        (Ok(mass), Ok(full)) => Ok(Ok([mass, full])),
        (Err(WhatIfError::Question(reason)), _) | (_, Err(WhatIfError::Question(reason))) => Ok(Err(reason)),
        (Err(WhatIfError::Plan(reason)), _) | (_, Err(WhatIfError::Plan(reason))) => {
            Ok(Err(reason.to_string()))
        }
        (Err(other), _) | (_, Err(other)) => Err(other),
    }
}

/// Moves in a cell: `CHN>LAO 0.08; MMR>LAO 0.02`.
fn moves(plan: &Plan, panel: &StoredPanel) -> String {
    let code = |c: u16| panel.countries[usize::from(c)].code.as_str();
    let of: Vec<String> =
        plan.moves.iter().map(|m| format!("{}>{} {}", code(m.from), code(m.to), m.share)).collect();
    of.join("; ")
}

/// Plans as a table of the run folder.
pub(super) fn table_of(rows: &[ImporterPlan], panel: &StoredPanel, year: usize) -> CsvTable {
    let mut table = CsvTable::of(&DIVERSIFICATION);
    let code = |c: u16| panel.countries[usize::from(c)].code.clone();
    for row in rows {
        let mut cells = vec![
            panel.products[row.product].code.to_string(),
            panel.years[year].to_string(),
            panel.countries[row.importer].code.clone(),
            row.imports.to_string(),
        ];
        match &row.plans {
            Ok([mass, full]) => {
                let numbers = |list: &[f64]| list.iter().map(f64::to_string).collect::<Vec<_>>();
                cells.push(mass.moved.to_string());
                cells.push(moves(mass, panel));
                cells.extend(numbers(&[mass.str.before, mass.str.after, mass.str_recomputed]));
                cells.extend(numbers(&[mass.hhi.before, mass.hhi.after]));
                cells.extend(numbers(&[mass.largest.before, mass.largest.after]));
                cells.push(code(mass.worst_stop_before.supplier));
                cells.push(mass.worst_stop_before.loss.to_string());
                cells.push(code(mass.worst_stop_after.supplier));
                cells.push(mass.worst_stop_after.loss.to_string());
                cells.push(mass.mean_effect.map_or_else(String::new, |effect| effect.to_string()));
                cells.push(moves(full, panel));
                cells.extend(numbers(&[full.str.before, full.str.after]));
                cells.push(String::new());
            }
            Err(reason) => {
                cells.extend(std::iter::repeat_n(String::new(), 17));
                cells.push(reason.clone());
            }
        }
        table.row(&cells);
    }
    table
}
