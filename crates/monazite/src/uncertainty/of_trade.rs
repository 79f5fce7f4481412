//! Bands of all products of some trade, without a run.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::drawn_risk::DrawMemory;
use super::product::LevelRow;
use super::stage::{Prepared, check, notes_of, of_product};
use crate::ingest::Governance;
use crate::panel::product_years::of_all_products;
use crate::panel::{Given, PanelError, Totals, World};
use crate::progress::{Progress, Unit};
use crate::study::{BandProducts, Study};
use crate::threads::within;
use crate::trade::FlowSource;
use crate::value_chain::ValueChain;

/// Bands of systemic trade risk of some trade.
#[derive(Debug)]
pub struct Draws {
    /// The products, years and countries that the rows count by, and all else that the product-years share.
    pub world: World,
    /// By product: a row for each year, reading and importer.
    pub levels: Vec<Vec<LevelRow>>,
    /// What a reader of the bands should know.
    pub notes: Vec<String>,
}

/// Draws political stability from its standard errors and computes STR in every draw, for all products and years of some trade.
///
/// The bands are those of a run of the same study on the same trade, to the last bit: `uncertainty.bands` draws with the seed
/// `study.random_seed`. The study's seeds, value chain and files are not looked at.
///
/// # Errors
/// [`PanelError::Study`] if the stability has no standard errors, or a setting is out of its range; otherwise as [`World::prepare_given`].
///
/// ```
/// use monazite::ingest::governance::{Governance, GovernanceRecord};
/// use monazite::progress::Silent;
/// use monazite::study::Study;
/// use monazite::trade::FlowTable;
/// use monazite::uncertainty::draws;
///
/// let flows = FlowTable::from_rows([(2023, "284690", "CHN", "USA", 60.0), (2023, "284690", "USA", "JPN", 20.0)])?;
/// let record = |pv, estimate| GovernanceRecord {
///     percentile_rank: Some(pv),
///     estimate: Some(estimate),
///     standard_error: Some(0.2),
///     ..GovernanceRecord::default()
/// };
/// let stability = Governance::from_records([
///     ("CHN", 2023, record(0.0, -0.6)),
///     ("USA", 2023, record(50.0, 0.0)),
///     ("JPN", 2023, record(100.0, 1.0)),
/// ])?;
/// let mut study = Study::default();
/// study.uncertainty.bands = Some(200);
/// let found = draws(&study, &flows, &stability, &Silent)?;
/// let usa = found.levels[0][0];
/// // All of it comes from China, whose PV is 0.
/// assert_eq!(usa.str.point, 2.0);
/// assert!(usa.str.low <= usa.str.median && usa.str.median <= usa.str.high);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn draws(
    study: &Study,
    trade: &dyn FlowSource,
    governance: &Governance,
    progress: &dyn Progress,
) -> Result<Draws, PanelError> {
    let mut study = of_all_products(study, trade)?;
    study.uncertainty.products = BandProducts::All;
    study.uncertainty.bands = Some(study.uncertainty.draws() as u64);
    check(&study, governance)?;
    let given = Given { governance: Some(governance), totals: Totals::Nobody };
    within(|| {
        let world = World::prepare_given(&study, trade, &ValueChain::default(), given)?;
        let prepared = Prepared::of(&study, trade, &world, governance, progress)?;
        let setting = prepared.setting(&study, &world, progress);
        let (products, years) = (world.products.len(), world.years.len() as u64);
        progress.begin("drawing political stability", products as u64 * years, Unit::ProductYears);
        let done = AtomicU64::new(0);
        let levels = (0..products)
            .into_par_iter()
            .map_init(DrawMemory::default, |memory, position| {
                let bands = of_product(&setting, trade, position, memory)?;
                progress.advance_to(done.fetch_add(years, Ordering::Relaxed) + years);
                Ok(bands.levels)
            })
            .collect::<Result<_, PanelError>>()?;
        progress.end();
        let mut notes = world.notes.clone();
        notes.extend(notes_of(&study, &world, &prepared.stability));
        Ok(Draws { levels, notes, world })
    })
}
