//! The streaming pass over the products of a study.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::change_rows::TrendRow;
use super::diagnostics::{Break, ProductYearRecord, find_breaks};
use super::encode::{EncodedProducts, Names, Schemas};
use super::error::PanelError;
use super::index_rows::IndexCount;
use super::market::{MarketRow, market_row, write_market};
use super::product::{ProductMemory, ProductOutput, ProductRun, StrengthRow, YearFlows};
use super::setting_files::{write_setting, write_trickles};
use super::small_tables::{
    write_breaks, write_composite, write_countries, write_diagnostics, write_inputs, write_strengths,
    write_trends,
};
use super::trickle::TrickleRow;
use super::world::World;
use super::writer::PanelWriter;
use crate::indicators::Wanted;
use crate::indicators::composite::{Composite, CompositeError, CompositeMoments};
use crate::nomenclature::Hs6;
use crate::progress::{Progress, Unit};
use crate::run_folder::{FolderError, RunFolder};
use crate::study::{Study, TradeMeasure};
use crate::threads::within;
use crate::trade::{FlowBatch, FlowSource};
use crate::value_chain::ValueChain;

/// What the pass came to, beside the files it wrote.
#[derive(Debug)]
pub struct PanelSummary {
    /// Rows of `indicators.parquet`.
    pub rows: u64,
    /// Product-years with trade.
    pub product_years: u64,
    /// Flows read.
    pub flows: u64,
    /// Their value, thousand USD.
    pub value: f64,
    /// The composite, or why there is none.
    pub composite: Result<Composite, CompositeError>,
    /// STR of the average importer, by product and year.
    pub trends: Vec<TrendRow>,
    /// What to know about each product-year.
    pub diagnostics: Vec<ProductYearRecord>,
    /// Jumps of world trade in years of revision.
    pub breaks: Vec<Break>,
    /// Trickles of imports that close loops.
    pub loops: Vec<TrickleRow>,
    /// How much has indices of those that others publish.
    pub indices: IndexCount,
}

/// Rows of the panel that are computed together. A constant, so that the sums behind the composite do not depend on the number of threads.
const ROWS_A_TASK: usize = 48_000;

/// Computes every indicator for every country, product and year of a study, and writes the tables of the panel.
///
/// # Errors
/// [`PanelError::Store`] if the store is damaged, [`PanelError::Folder`] if the run folder cannot be written,
/// [`PanelError::Cancelled`] if `progress` asks to stop.
pub fn compute_panel(
    study: &Study,
    store: &dyn FlowSource,
    chain: &ValueChain,
    world: &World,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<PanelSummary, PanelError> {
    within(|| compute_in_pool(study, store, chain, world, folder, progress))
}

fn compute_in_pool(
    study: &Study,
    store: &dyn FlowSource,
    chain: &ValueChain,
    world: &World,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<PanelSummary, PanelError> {
    let names = Names::new(world);
    let schemas = Schemas::new(study, world);
    let mut writer = PanelWriter::create(folder, &schemas)?;
    let rows_a_product = (world.years.len() * world.countries.len()).max(1);
    let products_a_task = (ROWS_A_TASK / rows_a_product).max(1).next_multiple_of(schemas.products_a_group);
    let tasks: Vec<(usize, &[Hs6])> =
        world.products.chunks(products_a_task).enumerate().map(|(n, p)| (n * products_a_task, p)).collect();

    let total = (world.products.len() * world.years.len()) as u64;
    progress.begin("computing indicators", total, Unit::ProductYears);
    let done = AtomicU64::new(0);
    // Of an extract, the market of the world is not known.
    let with_market = study.keeps_market(world.products.len()) && !world.extract.is_one();
    let job = Job {
        study,
        store,
        chain,
        world,
        names: &names,
        schemas: &schemas,
        with_market,
        done: &done,
        progress,
    };
    let mut summary = PanelSummary {
        rows: 0,
        product_years: 0,
        flows: 0,
        value: 0.0,
        composite: Err(CompositeError::TooFewRows(0)),
        trends: Vec::new(),
        diagnostics: Vec::new(),
        breaks: Vec::new(),
        loops: Vec::new(),
        indices: IndexCount::default(),
    };
    let mut moments = CompositeMoments::default();
    let mut strengths: Vec<StrengthRow> = Vec::new();
    let mut market: Vec<MarketRow> = Vec::new();
    // A window of tasks at a time: computed by all threads, written in order.
    for window in tasks.chunks(4 * rayon::current_num_threads()) {
        let finished: Vec<Result<Finished, PanelError>> = window
            .par_iter()
            .map_init(ProductMemory::default, |work, task| job.compute(*task, work))
            .collect();
        for task in finished {
            let task = task?;
            for products in task.encoded {
                writer.append(folder, products)?;
            }
            moments.merge(&task.output.moments);
            summary.flows += task.flows;
            summary.value += task.value;
            summary.trends.extend(task.output.trends);
            summary.diagnostics.extend(task.output.product_years);
            summary.loops.extend(task.output.loops);
            summary.indices.merge(task.output.index_count);
            strengths.extend(task.output.strengths);
            market.extend(task.market);
        }
    }
    progress.end();
    summary.product_years = summary.diagnostics.iter().filter(|d| d.flows > 0).count() as u64;
    summary.composite = Composite::fit(&moments, study.indicators.composite_scaling);
    summary.rows = writer.finish(folder, summary.composite.as_ref().ok(), progress)?;
    summary.breaks = breaks_of(world, &summary.trends);

    write_countries(folder, study, world)?;
    write_setting(folder, study, store, chain, world)?;
    write_trickles(folder, study, world, &summary.loops)?;
    write_composite(folder, summary.composite.as_ref().ok())?;
    write_trends(folder, world, &summary.trends)?;
    write_diagnostics(folder, world, &summary.diagnostics)?;
    write_market(folder, world, &market)?;
    write_breaks(folder, world, &summary.breaks)?;
    write_strengths(folder, study, world, &strengths)?;
    write_inputs(folder, world, chain, &strengths)?;
    Ok(summary)
}

/// What every thread needs.
struct Job<'a> {
    study: &'a Study,
    store: &'a dyn FlowSource,
    chain: &'a ValueChain,
    world: &'a World,
    names: &'a Names,
    schemas: &'a Schemas,
    with_market: bool,
    done: &'a AtomicU64,
    progress: &'a dyn Progress,
}

/// A finished task.
struct Finished {
    /// By row group.
    encoded: Vec<EncodedProducts>,
    output: ProductOutput,
    market: Vec<MarketRow>,
    flows: u64,
    value: f64,
}

impl Job<'_> {
    fn compute(
        &self,
        (first, products): (usize, &[Hs6]),
        work: &mut ProductMemory,
    ) -> Result<Finished, PanelError> {
        let world = self.world;
        let with_quantity = self.with_market || self.study.trade.measure == TradeMeasure::Quantity;
        let batches: Vec<FlowBatch> = world
            .years
            .iter()
            .map(|&year| {
                self.progress.go_on()?;
                Ok(self.store.read(year, products, with_quantity)?)
            })
            .collect::<Result<_, PanelError>>()?;
        let (mut output, mut market) = (ProductOutput::default(), Vec::new());
        let mut encoded = Vec::with_capacity(products.len());
        for (offset, &product) in products.iter().enumerate() {
            self.progress.go_on()?;
            let years: Vec<YearFlows<'_>> =
                batches.iter().map(|batch| YearFlows::of(batch, product)).collect();
            let position = (first + offset) as u32;
            if self.with_market {
                let rows = years.iter().enumerate().filter_map(|(t, of)| market_row(of, position, t, world));
                market.extend(rows);
            }
            let run = ProductRun {
                study: self.study,
                world,
                position,
                in_focus: self.study.focus().contains(&product),
                columns: &self.schemas.columns,
                wanted: Wanted::ALL,
                flows: self.study.keeps_flows(world.products.len()),
            };
            let in_chain = self.chain.tier(product).is_some();
            if self.study.indices.products.takes(in_chain, run.in_focus) {
                let wanted = &self.schemas.wanted_indices;
                let rows = run.indices(&years, wanted, &mut work.stops);
                output.index_count.add(&rows);
                output.indices.extend(rows);
            }
            run.compute(&years, work, &mut output)
                .map_err(|source| PanelError::Indicators { product, source })?;
            if (offset + 1) % self.schemas.products_a_group == 0 || offset + 1 == products.len() {
                encoded.push(self.encode(&mut output)?);
            }
            let done =
                self.done.fetch_add(world.years.len() as u64, Ordering::Relaxed) + world.years.len() as u64;
            self.progress.advance_to(done);
        }
        let flows = batches.iter().map(|b| b.values.len() as u64).sum();
        let value = batches.iter().flat_map(|b| &b.values).fold(0.0, |sum, v| sum + v);
        Ok(Finished { encoded, output, market, flows, value })
    }

    /// Encodes the rows of the large tables and takes them out; what is small stays.
    fn encode(&self, output: &mut ProductOutput) -> Result<EncodedProducts, PanelError> {
        let encoded = EncodedProducts::encode(output, self.names, self.schemas).map_err(|e| {
            FolderError::Parquet { path: "indicators.parquet".to_owned(), message: e.to_string() }
        })?;
        output.panel = Default::default();
        output.changes.clear();
        output.dependencies.clear();
        output.origins.clear();
        output.suppliers.clear();
        output.flows.clear();
        output.indices.clear();
        Ok(encoded)
    }
}

fn breaks_of(world: &World, trends: &[TrendRow]) -> Vec<Break> {
    // A jump of what an extract holds says nothing about world trade.
    if world.extract.is_one() {
        return Vec::new();
    }
    trends
        .chunk_by(|a, b| a.product == b.product)
        .flat_map(|product| {
            let trade: Vec<f64> = product.iter().map(|t| t.trade).collect();
            let years: Vec<u16> = product.iter().map(|t| world.years[t.year]).collect();
            find_breaks(product[0].product, &years, &trade)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Governance;
    use crate::progress::Silent;
    use crate::trade::FlowTable;
    use crate::value_chain::CyclePolicy;

    #[test]
    fn two_years_by_hand() {
        let product: Hs6 = "284690".parse().unwrap();
        let flows = FlowTable::from_rows([
            (2022, "284690", "CHN", "USA", 60.0),
            (2023, "284690", "CHN", "USA", 90.0),
            (2023, "284690", "USA", "JPN", 10.0),
        ])
        .unwrap();
        let governance =
            Governance::from_rows([("CHN", 2022, 30.0), ("USA", 2022, 50.0), ("JPN", 2022, 90.0)]).unwrap();
        let study = Study::new([product]);
        let chain = ValueChain::build(Vec::new(), &[product], CyclePolicy::default()).unwrap();
        let world = World::prepare_with(&study, &flows, &chain, &governance).unwrap();
        let mut folder = RunFolder::in_memory();
        let found = compute_panel(&study, &flows, &chain, &world, &mut folder, &Silent).unwrap();
        assert_eq!((found.flows, found.value, found.product_years), (3, 160.0, 2));
        // All three indicators: the USA twice, Japan once; each buys from one supplier.
        assert_eq!(found.composite, Err(CompositeError::NoVariation("hhi")));
        let [first, second] = &found.trends[..] else { panic!("two years") };
        let close = |found: Option<f64>, expected: f64| {
            assert!(found.is_some_and(|f| (f - expected).abs() < 1e-12), "{found:?} is not {expected}");
        };
        // 2022: the USA buy all from China, 1 + 0.7. 2023: so they do, and Japan all from them, 1 + 0.5 x 1.7 = 1.85.
        close(first.weighted, 1.7);
        close(second.weighted, (90.0 * 1.7 + 10.0 * 1.85) / 100.0);
        close(second.plain, (1.7 + 1.85) / 2.0);
        assert_eq!((first.trade, second.trade, first.parts), (60.0, 100.0, None));
        // The network and the stability behind the USA are as they were: 0.015 comes from who imports.
        let parts = second.parts.unwrap();
        close(Some(parts[0]), 0.0);
        close(Some(parts[1]), 0.0);
        close(Some(parts[2]), 0.015);
    }
}
