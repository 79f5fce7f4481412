//! The indices that others publish, of all products of some trade, without a run.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::error::PanelError;
use super::given::{Given, Totals};
use super::index_notes::index_notes;
use super::index_rows::IndexRow;
use super::product::{ProductRun, YearFlows};
use super::product_years::of_all_products;
use super::world::{World, choose_years};
use crate::indicators::Wanted;
use crate::indices::{Index, YEARS_COUNTED};
use crate::ingest::Governance;
use crate::nomenclature::{Hs6, YearRange};
use crate::progress::{Progress, Unit};
use crate::shock::ShockSolver;
use crate::study::{Problem, Study, TradeMeasure};
use crate::threads::within;
use crate::trade::{FlowBatch, FlowSource};
use crate::value_chain::ValueChain;

/// So many products are computed by a thread at a time.
const PRODUCTS_A_TASK: usize = 8;

/// Of what the indices are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AskedIndices<'a> {
    /// These products; all if empty.
    pub products: &'a [Hs6],
    /// These years; all if left out. The two before are looked at, too, for what counts over three.
    pub years: Option<YearRange>,
}

/// The indices of some trade.
#[derive(Debug)]
pub struct TradeIndices {
    /// The products, years and countries that the rows count by, and all else that the product-years share.
    pub world: World,
    /// Which indices were computed, in the order of their columns.
    pub computed: Vec<Index>,
    /// The rows, by product, year and importer.
    pub rows: Vec<IndexRow>,
    /// What a reader of them should know.
    pub notes: Vec<String>,
}

/// Computes the indices of `[indices]` of a study for all importers, products and years of some trade.
///
/// The numbers are those of a run of the same study on the same trade, to the last bit, but that years before those asked for are looked at where the
/// data have them ([`Index::Geodep`] counts over three). Its seeds, its value chain and its files of trade and stability are not looked at. Without
/// `governance` only what does not [rest on it](Index::rests_on_stability) is computed.
///
/// # Errors
/// [`PanelError::Study`] if a setting is out of its range, a product or year is not in the data, or an index is asked for by name that rests on a stability
/// which is not given; [`PanelError::Ingest`] if a table that the study names cannot be read, [`PanelError::Cancelled`] if `progress` asks to stop.
///
/// ```
/// use monazite::ingest::Governance;
/// use monazite::panel::{AskedIndices, trade_indices};
/// use monazite::progress::Silent;
/// use monazite::study::Study;
/// use monazite::trade::FlowTable;
///
/// let flows = FlowTable::from_rows([
///     (2023, "284690", "CHN", "USA", 60.0),
///     (2023, "284690", "CHN", "MYS", 20.0),
///     (2023, "284690", "MYS", "USA", 20.0),
/// ])?;
/// let stability = Governance::from_rows([("CHN", 2023, 40.0), ("MYS", 2023, 50.0), ("USA", 2023, 60.0)])?;
/// let found = trade_indices(&Study::default(), &flows, Some(&stability), AskedIndices::default(), &Silent)?;
/// let usa = found.rows[1].of;
/// assert!((usa.whhi.unwrap() - (0.75 * 0.75 * 0.6 + 0.25 * 0.25 * 0.5)).abs() < 1e-12);
/// // China's stop takes all: Malaysia sells on what it buys there.
/// assert_eq!(usa.worst.unwrap().loss, 1.0);
/// // One year says nothing of three.
/// assert_eq!(usa.geodep, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn trade_indices(
    study: &Study,
    trade: &dyn FlowSource,
    governance: Option<&Governance>,
    asked: AskedIndices<'_>,
    progress: &dyn Progress,
) -> Result<TradeIndices, PanelError> {
    let mut study = of_all_products(study, trade)?;
    let computed = computed(&study, governance.is_some())?;
    let traded = trade.traded_products();
    if let Some(missing) = asked.products.iter().find(|product| !traded.contains(product)) {
        let message = format!("{missing} is not traded in the data; monazite codes finds codes by words");
        return Err(problem(&study, "study.products", message));
    }
    let there = trade.years();
    study.study.years = asked.years.map(|years| {
        let before = (0..YEARS_COUNTED as u16 - 1).map_while(|n| {
            let year = years.first.checked_sub(n + 1)?;
            there.contains(&year).then_some(year)
        });
        YearRange { first: before.last().unwrap_or(years.first), last: years.last }
    });
    let mut problems = Vec::new();
    let years = choose_years("study.years", study.study.years, trade, &mut problems);
    if !problems.is_empty() {
        return Err(study.error(problems).into());
    }
    // A study has seeds; whichever they are, they have to be traded in these years.
    let of_years = years.iter().flat_map(|&year| trade.traded_in(year)).map(|entry| entry.product);
    study.study.seeds = of_years.min().into_iter().collect();
    let given = Given { governance, totals: Totals::Nobody };
    within(|| {
        let world = World::prepare_given(&study, trade, &ValueChain::default(), given)?;
        let places: Vec<usize> = (0..world.products.len())
            .filter(|&at| asked.products.is_empty() || asked.products.contains(&world.products[at]))
            .collect();
        let mut rows = compute(&study, trade, &world, &places, &computed, progress)?;
        rows.retain(|row| asked.years.is_none_or(|years| years.contains(world.years[row.year])));
        let notes = world.notes.iter().cloned().chain(index_notes(&study, &world, &computed)).collect();
        Ok(TradeIndices { world, computed, rows, notes })
    })
}

fn problem(study: &Study, key: &str, message: String) -> PanelError {
    study.error(vec![Problem { line: None, key: key.to_owned(), message }]).into()
}

/// What can be computed of what is wanted.
fn computed(study: &Study, has_stability: bool) -> Result<Vec<Index>, PanelError> {
    let mut wanted = study.indices.wanted();
    if !has_stability {
        let missing = wanted.iter().find(|index| index.rests_on_stability());
        if let Some(index) = missing.filter(|_| study.indices.compute.is_some()) {
            let message = format!("{} rests on political stability, which is not given", index.name());
            return Err(problem(study, "indices.compute", message));
        }
        wanted.retain(|index| !index.rests_on_stability());
    }
    Ok(wanted)
}

fn compute(
    study: &Study,
    trade: &dyn FlowSource,
    world: &World,
    places: &[usize],
    computed: &[Index],
    progress: &dyn Progress,
) -> Result<Vec<IndexRow>, PanelError> {
    let years = world.years.len() as u64;
    progress.begin("computing indices", places.len() as u64 * years, Unit::ProductYears);
    let done = AtomicU64::new(0);
    let task = |solver: &mut ShockSolver, places: &[usize]| {
        let products: Vec<Hs6> = places.iter().map(|&at| world.products[at]).collect();
        let with_quantity = study.trade.measure == TradeMeasure::Quantity;
        let batches: Vec<FlowBatch> = world
            .years
            .iter()
            .map(|&year| {
                progress.go_on()?;
                Ok(trade.read(year, &products, with_quantity)?)
            })
            .collect::<Result<_, PanelError>>()?;
        let mut rows = Vec::new();
        for (&at, &product) in places.iter().zip(&products) {
            progress.go_on()?;
            let flows: Vec<YearFlows<'_>> =
                batches.iter().map(|batch| YearFlows::of(batch, product)).collect();
            let run = ProductRun {
                study,
                world,
                position: at as u32,
                in_focus: false,
                columns: &[],
                wanted: Wanted::LEAST,
                flows: false,
            };
            rows.extend(run.indices(&flows, computed, solver));
            progress.advance_to(done.fetch_add(years, Ordering::Relaxed) + years);
        }
        Ok(rows)
    };
    let found: Vec<Vec<IndexRow>> = places
        .par_chunks(PRODUCTS_A_TASK)
        .map_init(ShockSolver::default, |solver, places| task(solver, places))
        .collect::<Result<_, PanelError>>()?;
    progress.end();
    Ok(found.concat())
}
