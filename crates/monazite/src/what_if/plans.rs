//! Plans for all importers of a product of a run, and their table.

use rayon::prelude::*;

use super::error::WhatIfError;
use super::suppliers::OtherSuppliers;
use super::trade::ProductTrade;
use crate::diversification::{Objective, Plan, PlanOptions, PlannerMemory};
use crate::indicators::{ImportContent, Leontief};
use crate::progress::Progress;
use crate::run::Run;
use crate::run_folder::tables::DIVERSIFICATION;
use crate::run_folder::{CsvTable, FolderError, RunFolder, StoredPanel};
use crate::study::DiversificationSection;

/// So many importers are planned with one solution of the network.
const TOGETHER: usize = 32;

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

/// Plans for all importers of a product in a year, by importer.
///
/// What it answers: to whom should each of them turn, under the same limits, if it were the only one that does? Plans with the least STR.
///
/// # Errors
/// [`WhatIfError`] if the run does not hold the stability of countries, a country of the limits is not in the run, or `progress` asks to
/// stop.
pub fn importer_plans(
    run: &Run,
    trade: &ProductTrade,
    year: usize,
    settings: &DiversificationSection,
    progress: &dyn Progress,
) -> Result<Vec<ImporterPlan>, WhatIfError> {
    let others = OtherSuppliers::with(run, year, trade.clone())?;
    let options = PlanOptions { objective: Objective::Risk, limits: others.limits_of_study(settings)? };
    let importers: Vec<usize> = trade.matrix.columns().map(|column| usize::from(column.importer)).collect();
    let found: Vec<Result<Vec<ImporterPlan>, WhatIfError>> = importers
        .par_chunks(TOGETHER)
        .map(|importers| {
            progress.go_on()?;
            let (mut of_mass, mut of_full) = (PlannerMemory::default(), PlannerMemory::default());
            let mut mass = others.planner(ImportContent::MassBalance, &mut of_mass);
            let mut full = others.planner(ImportContent::Full, &mut of_full);
            let mut leontief = Leontief::default();
            let both = importers.iter().map(|&importer| {
                let mass = mass.plan(importer, &options, &mut leontief);
                let full = full.plan(importer, &options, &mut leontief);
                let plans = mass.and_then(|mass| Ok([mass, full?]));
                ImporterPlan {
                    product: trade.product,
                    importer,
                    imports: trade.matrix.imports()[importer],
                    plans: plans.map_err(|error| others.by_name(error).to_string()),
                }
            });
            Ok(both.collect())
        })
        .collect();
    let mut rows = Vec::with_capacity(importers.len());
    for of in found {
        rows.extend(of?);
    }
    Ok(rows)
}

/// Moves in a cell: `CHN>LAO 0.08; MMR>LAO 0.02`.
fn moves(plan: &Plan, panel: &StoredPanel) -> String {
    let code = |c: u16| panel.countries[usize::from(c)].code.as_str();
    let of: Vec<String> =
        plan.moves.iter().map(|m| format!("{}>{} {}", code(m.from), code(m.to), m.share)).collect();
    of.join("; ")
}

/// The table of plans, product after product; no file without any.
pub(super) struct PlanTable {
    table: CsvTable,
    rows: usize,
}

impl Default for PlanTable {
    fn default() -> Self {
        Self { table: CsvTable::of(&DIVERSIFICATION), rows: 0 }
    }
}

impl PlanTable {
    /// Writes the table if it has a row.
    pub(super) fn write(self, folder: &mut RunFolder) -> Result<(), FolderError> {
        if self.rows == 0 { Ok(()) } else { self.table.write(folder, DIVERSIFICATION.file) }
    }

    /// Adds the plans of a product.
    pub(super) fn add(&mut self, rows: &[ImporterPlan], panel: &StoredPanel, year: usize) {
        self.rows += rows.len();
        rows.iter().for_each(|row| self.table.row(&cells_of(row, panel, year)));
    }
}

fn cells_of(row: &ImporterPlan, panel: &StoredPanel, year: usize) -> Vec<String> {
    let code = |c: u16| panel.countries[usize::from(c)].code.clone();
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
    cells
}
