//! Scenarios and chokepoints as csv, with the columns of the tables of a run.

use super::chokepoints::Chokepoint;
use super::encode::{add_products, loss_rows};
use super::outcome::{ContentReading, ScenarioOutcome};
use crate::run_folder::tables::{SHOCK_LOSSES, SHOCK_PRODUCTS, SHOCK_SUPPLIERS};
use crate::run_folder::{CsvTable, StoredPanel, cell};

/// What each scenario takes from each importer, with the columns of `shock_losses.parquet`.
pub fn losses_csv(outcomes: &[ScenarioOutcome], panel: &StoredPanel) -> Vec<u8> {
    let mut table = CsvTable::of(&SHOCK_LOSSES);
    for of in outcomes {
        for row in loss_rows(of) {
            let mass = row.mass();
            let losses = ContentReading::ALL.map(|content| row.loss(content));
            let mut cells = vec![
                of.scenario.name.clone(),
                panel.years[of.year].to_string(),
                row.chain_name().to_owned(),
                panel.products[row.outcome.product].code.to_string(),
                row.outcome.tier.map_or_else(String::new, |tier| tier.to_string()),
                panel.countries[row.importer].code.clone(),
                row.imports().to_string(),
                cell(mass.direct[row.importer]),
            ];
            cells.extend(losses.map(cell));
            cells.extend(losses.map(|loss| (row.imports() * loss.unwrap_or(0.0)).to_string()));
            cells.push(mass.supply_loss[row.importer].to_string());
            cells.push(mass.production_loss[row.importer].to_string());
            cells.push(cell(mass.fill[row.importer]));
            table.row(&cells);
        }
    }
    table.bytes()
}

/// What each scenario takes from each product, with the columns of `shock_products.csv`.
pub fn products_csv(outcomes: &[ScenarioOutcome], panel: &StoredPanel) -> Vec<u8> {
    let mut table = CsvTable::of(&SHOCK_PRODUCTS);
    outcomes.iter().for_each(|outcome| add_products(&mut table, outcome, panel));
    table.bytes()
}

/// What every supplier's stop alone would cost the others, with the columns of `shock_suppliers.parquet`.
pub fn suppliers_csv(rows: &[Chokepoint], panel: &StoredPanel) -> Vec<u8> {
    let mut table = CsvTable::of(&SHOCK_SUPPLIERS);
    let country = |c: u16| panel.countries[usize::from(c)].code.clone();
    for row in rows {
        table.row(&[
            panel.years[row.year].to_string(),
            panel.products[row.product].code.to_string(),
            country(row.of.supplier),
            row.of.direct.to_string(),
            row.of.power.to_string(),
            row.of.power_share.to_string(),
            row.of.direct_share.to_string(),
            row.share_exposure.to_string(),
            row.of.multiplier.to_string(),
            row.of.damage_hhi.to_string(),
            country(row.of.top_importer),
            row.of.top_importer_share.to_string(),
            cell(row.downstream),
        ]);
    }
    table.bytes()
}
