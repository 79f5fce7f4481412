//! The panel of all products of some trade, without a run: what a table in memory comes to.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::columns::PanelColumns;
use super::error::PanelError;
use super::given::Given;
use super::product::{
    DependencyRow, OriginRow, ProductMemory, ProductOutput, ProductRun, SupplierRow, YearFlows,
};
use super::world::World;
use crate::indicators::{Column, Wanted};
use crate::nomenclature::Hs6;
use crate::progress::{Progress, Unit};
use crate::study::{Coverage, DataFrom, ProductSelection, Study, StudyError, TradeMeasure};
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
    /// Who depends on whom, if asked for: by product, year and importer.
    pub dependencies: Vec<DependencyRow>,
    /// Whose goods importers buy in the end, if asked for: by product, year and importer.
    pub origins: Vec<OriginRow>,
    /// The main suppliers of every importer, if asked for: by product, year and importer.
    pub suppliers: Vec<SupplierRow>,
    /// Product-years with trade.
    pub product_years: u64,
}

/// What is asked for; no more than that is computed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Columns of the panel.
    pub columns: &'a [Column],
    /// Who depends on whom, with a contribution of at least `indicators.min_contribution`.
    pub dependencies: bool,
    /// Whose goods they are in the end, with a share of at least `indicators.min_contribution`.
    pub origins: bool,
    /// The main suppliers.
    pub suppliers: bool,
}

impl Asked<'_> {
    fn wanted(&self) -> Wanted {
        let beside = Wanted {
            dependencies: self.dependencies,
            origins: self.origins,
            main_suppliers: self.suppliers,
            ..Wanted::LEAST
        };
        self.columns.iter().fold(beside, |wanted, column| wanted.or(column.needs()))
    }

    /// Whether it cannot be had without political stability.
    pub fn rests_on_stability(&self) -> bool {
        self.dependencies || self.columns.iter().any(|column| column.rests_on_stability())
    }
}

/// So many products are computed by a thread at a time.
const PRODUCTS_A_TASK: usize = 8;

/// Computes columns of the panel, and tables beside it, for all products and years of some trade.
///
/// The numbers are those of a run of the same study on the same trade, to the last bit; rows of countries that do not trade the product
/// in the year, which a run has too, are left out. [`Column::Pc1`] rests on all rows of a run and stays empty here. The
/// `study` says how; its seeds, its value chain and its files of trade and stability are not looked at. `given` may lack stability if
/// nothing [rests on it](Asked::rests_on_stability), and totals if RCA is not asked for.
///
/// # Errors
/// [`PanelError::Study`] if a setting is out of its range or does not fit the trade, [`PanelError::Ingest`] if a table that it names cannot be read,
/// [`PanelError::Cancelled`] if `progress` asks to stop.
///
/// ```
/// use monazite::indicators::Column;
/// use monazite::ingest::Governance;
/// use monazite::panel::{Asked, Given, Totals, product_years};
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
/// let given = Given { governance: Some(&stability), totals: Totals::Nobody };
/// let asked = Asked { columns: &[Column::Imports, Column::Str], ..Asked::default() };
/// let found = product_years(&Study::default(), &flows, given, asked, &Silent)?;
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
    given: Given<'_>,
    asked: Asked<'_>,
    progress: &dyn Progress,
) -> Result<ProductYears, PanelError> {
    let mut study = of_all_products(study, trade)?;
    study.indicators.dependencies = Coverage::All;
    let chain = ValueChain::default();
    within(|| {
        let world = World::prepare_given(&study, trade, &chain, given)?;
        compute(&study, trade, world, asked, progress)
    })
}

/// The study with all products of the trade and nothing of the chain, if what is left is in order.
pub(crate) fn of_all_products(study: &Study, trade: &dyn FlowSource) -> Result<Study, StudyError> {
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
    asked: Asked<'_>,
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
        let (mut output, mut product_years) = (ProductOutput::default(), 0);
        for (offset, &product) in products.iter().enumerate() {
            progress.go_on()?;
            let years: Vec<YearFlows<'_>> =
                batches.iter().map(|batch| YearFlows::of(batch, product)).collect();
            let position = (first + offset) as u32;
            let (columns, wanted) = (asked.columns, asked.wanted());
            let run =
                ProductRun { study, world: &world, position, in_focus: false, columns, wanted, flows: false };
            product_years += run
                .traders(&years, work, &mut output)
                .map_err(|source| PanelError::Indicators { product, source })?;
            let years = world.years.len() as u64;
            progress.advance_to(done.fetch_add(years, Ordering::Relaxed) + years);
        }
        Ok((output, product_years))
    };
    let found: Vec<(ProductOutput, u64)> =
        tasks.par_iter().map_init(ProductMemory::default, task).collect::<Result<_, PanelError>>()?;
    progress.end();
    let mut all = ProductYears {
        world,
        rows: Vec::with_capacity(found.len()),
        dependencies: Vec::new(),
        origins: Vec::new(),
        suppliers: Vec::new(),
        product_years: 0,
    };
    for (output, product_years) in found {
        all.product_years += product_years;
        all.rows.push(output.panel);
        all.dependencies.extend(output.dependencies);
        all.origins.extend(output.origins);
        all.suppliers.extend(output.suppliers);
    }
    Ok(all)
}
