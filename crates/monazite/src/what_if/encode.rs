//! Scenarios and chokepoints as rows of the tables of the run folder.

use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;

use super::chokepoints::Chokepoint;
use super::outcome::{ContentReading, ProductOutcome, ScenarioOutcome, imports_without, lost_share};
use crate::columnar::{EncodedColumn, Schema, Values};
use crate::run_folder::{CsvTable, StoredPanel, cell};
use crate::shock::{ChainReading, ProductLosses};

const CHAINS: [(ChainReading, &str); 2] =
    [(ChainReading::Reach, "reach"), (ChainReading::Content, "content")];

fn text(text: &str) -> ByteArray {
    ByteArray::from(text.as_bytes().to_vec())
}

fn countries_of(panel: &StoredPanel) -> Vec<ByteArray> {
    panel.countries.iter().map(|c| text(&c.code)).collect()
}

/// One row of the table of losses.
pub(super) struct LossRow<'a> {
    chain: usize,
    pub outcome: &'a ProductOutcome,
    pub importer: usize,
}

impl LossRow<'_> {
    pub fn chain_name(&self) -> &'static str {
        CHAINS[self.chain].1
    }

    pub fn loss(&self, content: ContentReading) -> Option<f64> {
        self.outcome.losses(content, CHAINS[self.chain].0).loss[self.importer]
    }

    /// Whether anything is lost under any reading: imports, or production.
    fn is_touched(&self) -> bool {
        ContentReading::ALL.iter().any(|&content| {
            let losses = self.outcome.losses(content, CHAINS[self.chain].0);
            self.loss(content).is_some_and(|loss| loss > 0.0) || losses.production_loss[self.importer] > 0.0
        })
    }

    pub fn imports(&self) -> f64 {
        self.outcome.imports[self.importer]
    }

    /// The losses under mass balance.
    pub fn mass(&self) -> &ProductLosses {
        self.outcome.losses(ContentReading::MassBalance, CHAINS[self.chain].0)
    }
}

/// The rows of the table of losses: countries that lose imports or production under any reading.
pub(super) fn loss_rows(of: &ScenarioOutcome) -> Vec<LossRow<'_>> {
    let mut rows = Vec::new();
    for chain in 0..CHAINS.len() {
        for outcome in &of.products {
            let all = (0..outcome.imports.len()).map(|importer| LossRow { chain, outcome, importer });
            rows.extend(all.filter(LossRow::is_touched));
        }
    }
    rows
}

/// The losses of a scenario as a row group; empty if nobody loses anything.
pub(super) fn encode_losses(
    of: &ScenarioOutcome,
    panel: &StoredPanel,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    let rows = loss_rows(of);
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let products: Vec<ByteArray> =
        of.products.iter().map(|p| text(&panel.products[p.product].code.to_string())).collect();
    let at = |row: &LossRow<'_>| {
        of.products.iter().position(|p| p.product == row.outcome.product).unwrap_or(0) as u32
    };
    let numbers = |number: &dyn Fn(&LossRow<'_>) -> f64| rows.iter().map(number).collect::<Vec<f64>>();
    let [none, exposure, balanced] = ContentReading::ALL;
    let shares = |content: ContentReading| rows.iter().map(|row| row.loss(content)).collect::<Vec<_>>();
    let direct: Vec<Option<f64>> = rows.iter().map(|row| row.mass().direct[row.importer]).collect();
    let value = |content: ContentReading| numbers(&|row| row.imports() * row.loss(content).unwrap_or(0.0));
    let tiers: Vec<Option<f64>> = rows.iter().map(|row| row.outcome.tier.map(f64::from)).collect();
    let fill: Vec<Option<f64>> = rows.iter().map(|row| row.mass().fill[row.importer]).collect();
    schema.encode_all(&[
        Values::Label(&[text(&of.scenario.name)], &vec![0; rows.len()]),
        Values::Int32(&vec![i32::from(panel.years[of.year]); rows.len()]),
        Values::Label(
            &CHAINS.map(|(_, name)| text(name)),
            &rows.iter().map(|row| row.chain as u32).collect::<Vec<_>>(),
        ),
        Values::Label(&products, &rows.iter().map(at).collect::<Vec<_>>()),
        Values::OptionalNumber(&tiers),
        Values::Label(&countries_of(panel), &rows.iter().map(|row| row.importer as u32).collect::<Vec<_>>()),
        Values::Number(&numbers(&|row| row.imports())),
        Values::OptionalNumber(&direct),
        Values::OptionalNumber(&shares(none)),
        Values::OptionalNumber(&shares(exposure)),
        Values::OptionalNumber(&shares(balanced)),
        Values::Number(&value(none)),
        Values::Number(&value(exposure)),
        Values::Number(&value(balanced)),
        Values::Number(&numbers(&|row| row.mass().supply_loss[row.importer])),
        Values::Number(&numbers(&|row| row.mass().production_loss[row.importer])),
        Values::OptionalNumber(&fill),
    ])
}

/// Adds what a scenario takes from each product.
pub(super) fn add_products(table: &mut CsvTable, of: &ScenarioOutcome, panel: &StoredPanel) {
    for (chain, name) in CHAINS {
        for outcome in &of.products {
            let others: f64 = imports_without(&outcome.imports, &of.suppliers);
            let mass = outcome.losses(ContentReading::MassBalance, chain);
            let share = |loss: &[Option<f64>]| lost_share(&outcome.imports, loss, &of.suppliers);
            let losses = ContentReading::ALL.map(|content| share(&outcome.losses(content, chain).loss));
            let price =
                of.prices.iter().find(|(product, _)| *product == outcome.product).map(|(_, price)| *price);
            let mut row = vec![
                of.scenario.name.clone(),
                panel.years[of.year].to_string(),
                name.to_owned(),
                panel.products[outcome.product].code.to_string(),
                outcome.tier.map_or_else(String::new, |tier| tier.to_string()),
                outcome.hit.to_string(),
                others.to_string(),
                cell(share(&mass.direct)),
            ];
            row.extend(losses.map(cell));
            row.extend(losses.map(|loss| (loss.unwrap_or(0.0) * others).to_string()));
            row.push(outcome.are_bounds().to_string());
            row.push(cell(price));
            table.row(&row);
        }
    }
}

/// The chokepoints of one product as a row group.
pub(super) fn encode_chokepoints(
    rows: &[Chokepoint],
    panel: &StoredPanel,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let code = text(&panel.products[first.product].code.to_string());
    let countries = countries_of(panel);
    let numbers = |number: fn(&Chokepoint) -> f64| rows.iter().map(number).collect::<Vec<f64>>();
    let downstream: Vec<Option<f64>> = rows.iter().map(|row| row.downstream).collect();
    schema.encode_all(&[
        Values::Int32(&rows.iter().map(|row| i32::from(panel.years[row.year])).collect::<Vec<_>>()),
        Values::Label(&[code], &vec![0; rows.len()]),
        Values::Label(&countries, &rows.iter().map(|row| u32::from(row.of.supplier)).collect::<Vec<_>>()),
        Values::Number(&numbers(|row| row.of.direct)),
        Values::Number(&numbers(|row| row.of.power)),
        Values::Number(&numbers(|row| row.of.power_share)),
        Values::Number(&numbers(|row| row.of.direct_share)),
        Values::Number(&numbers(|row| row.share_exposure)),
        Values::Number(&numbers(|row| row.of.multiplier)),
        Values::Number(&numbers(|row| row.of.damage_hhi)),
        Values::Label(&countries, &rows.iter().map(|row| u32::from(row.of.top_importer)).collect::<Vec<_>>()),
        Values::Number(&numbers(|row| row.of.top_importer_share)),
        Values::OptionalNumber(&downstream),
    ])
}
