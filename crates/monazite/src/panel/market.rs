//! The world market of each product-year: its value, how concentrated its exports are, its weight and its unit value.

use super::product::YearFlows;
use super::world::World;
use crate::indicators::median::median;
use crate::indicators::unit_values::usable_quantities;
use crate::run_folder::tables::WORLD_MARKET;
use crate::run_folder::{CsvTable, FolderError, RunFolder, cell};

/// The world market of a product in a year.
///
/// Flows are those of the data between two countries of the run; within a merged group nothing crosses a border. A quantity of 0 says nothing, so it
/// counts as missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarketRow {
    /// Position of the product.
    pub product: u32,
    /// Position of the year.
    pub year: usize,
    /// World imports, thousand USD.
    pub trade: f64,
    /// Sum of the squared shares of the exporters in world exports, in (0, 1].
    pub export_hhi: f64,
    /// Number of flows.
    pub flows: usize,
    /// Flows with a quantity.
    pub with_quantity: usize,
    /// Value and weight of the flows with a quantity, thousand USD and tonnes; `None` if there are none.
    pub weighed: Option<[f64; 2]>,
    /// The same of the flows with a plausible quantity: a unit value from a tenth to ten times the median.
    pub plausible: Option<[f64; 2]>,
    /// Median unit value over flows, thousand USD a tonne; `None` if no flow has a quantity.
    pub median_unit_value: Option<f64>,
}

/// The market of one product-year; `None` where nothing is traded.
pub(super) fn market_row(
    flows: &YearFlows<'_>,
    product: u32,
    year: usize,
    world: &World,
) -> Option<MarketRow> {
    let place = |store: u16| world.place[usize::from(store)];
    let (mut values, mut quantities) = (Vec::new(), Vec::new());
    let mut exports = vec![0.0; world.countries.len()];
    for at in 0..flows.values.len() {
        let (importer, exporter) = (place(flows.importers[at]), place(flows.exporters[at]));
        if importer != exporter {
            values.push(flows.values[at]);
            quantities.push(flows.quantities.get(at).copied().flatten().filter(|q| *q > 0.0));
            exports[usize::from(exporter)] += flows.values[at];
        }
    }
    let trade: f64 = values.iter().sum();
    if trade <= 0.0 {
        return None;
    }
    let export_hhi = exports.iter().fold(0.0, |sum, x| sum + (x / trade) * (x / trade));
    let sums = |known: &[Option<f64>]| {
        let rows = values.iter().zip(known).filter_map(|(v, q)| Some((v, (*q)?)));
        let (value, weight) = rows.fold((0.0, 0.0), |(value, weight), (v, q)| (value + v, weight + q));
        (weight > 0.0).then_some([value, weight])
    };
    let plausible = usable_quantities(&values, &quantities).quantities;
    let mut unit_values: Vec<f64> =
        values.iter().zip(&quantities).filter_map(|(v, q)| Some(v / (*q)?)).collect();
    Some(MarketRow {
        product,
        year,
        trade,
        export_hhi,
        flows: values.len(),
        with_quantity: unit_values.len(),
        weighed: sums(&quantities),
        plausible: sums(&plausible),
        median_unit_value: median(&mut unit_values),
    })
}

pub(super) fn write_market(
    folder: &mut RunFolder,
    world: &World,
    rows: &[MarketRow],
) -> Result<(), FolderError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut table = CsvTable::of(&WORLD_MARKET);
    for row in rows {
        let of = |pair: Option<[f64; 2]>, at: usize| cell(pair.map(|pair| pair[at]));
        table.row(&[
            world.products[row.product as usize].to_string(),
            world.years[row.year].to_string(),
            row.trade.to_string(),
            row.export_hhi.to_string(),
            row.flows.to_string(),
            row.with_quantity.to_string(),
            of(row.weighed, 0),
            of(row.weighed, 1),
            of(row.plausible, 0),
            of(row.plausible, 1),
            cell(row.median_unit_value),
        ]);
    }
    table.write(folder, WORLD_MARKET.file)
}
