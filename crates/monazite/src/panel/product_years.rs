//! The panel of all products of some trade, without a run: what a table in memory comes to.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::columns::PanelColumns;
use super::error::PanelError;
use super::product::{ProductMemory, ProductRun, YearFlows};
use super::world::World;
use crate::indicators::Column;
use crate::ingest::Governance;
use crate::nomenclature::Hs6;
use crate::progress::{Progress, Unit};
use crate::study::{DataFrom, ProductSelection, Study, StudyError, TradeMeasure};
use crate::threads::within;
use crate::trade::{FlowBatch, FlowSource};
use crate::value_chain::ValueChain;

/// The indicators of all product-years of some trade.
#[derive(Debug)]
pub struct ProductYears {
    /// The products and countries that the rows count by, the notes, and all else that the product-years share.
    pub world: World,
    /// The rows, by product, year and country: one for each country that trades the product.
    pub rows: Vec<PanelColumns>,
    /// Product-years with trade.
    pub product_years: u64,
}

/// So many products are computed by a thread at a time.
const PRODUCTS_A_TASK: usize = 8;

/// Computes columns of the panel for all products and years of some trade.
///
/// The numbers are those of a run of the same study on the same trade, to the last bit; rows of countries that do not trade the product
/// in the year, which a run has too, are left out. [`Column::Pc1`] rests on all rows of a run and stays empty here. The
/// `study` says how; its seeds, its value chain and its files are not looked at.
///
/// # Errors
/// [`PanelError::Study`] if a setting is out of its range or does not fit the trade, [`PanelError::Ingest`] if a table that it names cannot be read,
/// [`PanelError::Cancelled`] if `progress` asks to stop.
///
/// ```
/// use monazite::indicators::Column;
/// use monazite::ingest::Governance;
/// use monazite::panel::product_years;
/// use monazite::progress::Silent;
/// use monazite::study::Study;
/// use monazite::trade::FlowTable;
///
/// let flows = FlowTable::from_rows([
///     (2023, "284690", "CHN", "USA", 60.0),
///     (2023, "284690", "CHN", "MYS", 20.0),
///     (2023, "284690", "MYS", "USA", 20.0),
///     (2023, "850511", "CHN", "USA", 5.0),
/// ])?;
/// let stability = Governance::from_rows([("CHN", 2023, 40.0), ("MYS", 2023, 50.0), ("USA", 2023, 60.0)])?;
/// let columns = [Column::Imports, Column::Str];
/// let found = product_years(&Study::default(), &flows, &stability, &columns, &Silent)?;
/// let rows = &found.rows[0];
/// // 284690: China, Malaysia, the USA; 850511: China and the USA.
/// assert_eq!((found.product_years, rows.rows()), (2, 5));
/// assert_eq!(rows.column(Column::Imports), [0.0, 20.0, 80.0, 0.0, 5.0]);
/// // The USA buy three quarters from China and a quarter from Malaysia, which buys all it has from China.
/// assert!((rows.column(Column::Str)[2] - (1.0 + 0.6 * 0.75 + 0.5 * 0.25 * 1.6)).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn product_years(
    study: &Study,
    trade: &dyn FlowSource,
    governance: &Governance,
    columns: &[Column],
    progress: &dyn Progress,
) -> Result<ProductYears, PanelError> {
    let study = of_all_products(study, trade)?;
    let chain = ValueChain::default();
    within(|| {
        let world = World::prepare_with(&study, trade, &chain, governance)?;
        compute(&study, trade, world, columns, progress)
    })
}

/// The study with all products of the trade and nothing of the chain, if what is left is in order.
fn of_all_products(study: &Study, trade: &dyn FlowSource) -> Result<Study, StudyError> {
    let mut study = study.clone();
    study.study.products = ProductSelection::All;
    study.study.focus = Vec::new();
    // A study has seeds; whichever they are, they are among all products.
    study.study.seeds = trade.traded_products().into_iter().take(1).collect();
    study.checked(DataFrom::Memory)
}

fn compute(
    study: &Study,
    trade: &dyn FlowSource,
    world: World,
    columns: &[Column],
    progress: &dyn Progress,
) -> Result<ProductYears, PanelError> {
    progress.begin(
        "computing indicators",
        (world.products.len() * world.years.len()) as u64,
        Unit::ProductYears,
    );
    let done = AtomicU64::new(0);
    let tasks: Vec<(usize, &[Hs6])> = world
        .products
        .chunks(PRODUCTS_A_TASK)
        .enumerate()
        .map(|(n, products)| (n * PRODUCTS_A_TASK, products))
        .collect();
    let task = |work: &mut ProductMemory, &(first, products): &(usize, &[Hs6])| {
        let with_quantity = study.trade.measure == TradeMeasure::Quantity;
        let batches: Vec<FlowBatch> = world
            .years
            .iter()
            .map(|&year| {
                progress.go_on()?;
                Ok(trade.read(year, products, with_quantity)?)
            })
            .collect::<Result<_, PanelError>>()?;
        let (mut panel, mut product_years) = (PanelColumns::default(), 0);
        for (offset, &product) in products.iter().enumerate() {
            progress.go_on()?;
            let years: Vec<YearFlows<'_>> =
                batches.iter().map(|batch| YearFlows::of(batch, product)).collect();
            let position = (first + offset) as u32;
            let run =
                ProductRun { study, world: &world, position, in_focus: false, columns, flows: false };
            product_years += run
                .traders(&years, work, &mut panel)
                .map_err(|source| PanelError::Indicators { product, source })?;
            let years = world.years.len() as u64;
            progress.advance_to(done.fetch_add(years, Ordering::Relaxed) + years);
        }
        Ok((panel, product_years))
    };
    let found: Vec<(PanelColumns, u64)> =
        tasks.par_iter().map_init(ProductMemory::default, task).collect::<Result<_, PanelError>>()?;
    progress.end();
    let product_years = found.iter().map(|(_, product_years)| product_years).sum();
    Ok(ProductYears { rows: found.into_iter().map(|(panel, _)| panel).collect(), product_years, world })
}
