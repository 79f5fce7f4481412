//! One product over all years: its trade matrices, and every indicator that follows from them.

use crate::indicators::comparative_advantage::mean_comparative_advantage;
use crate::indicators::composite::CompositeMoments;
use crate::indicators::dependency::Dependency;
use crate::indicators::import_content::{ContentMargins, ContentSources};
use crate::indicators::main_suppliers::MainSupplier;
use crate::indicators::origin::Origin;
use crate::indicators::product_year::{TotalExports, ValueMargins};
use crate::indicators::systemic_risk::RiskParameters;
use crate::indicators::unit_values::usable_quantities;
use crate::indicators::{Column, ProductYear, ProductYearError, ProductYearOptions};
use crate::indicators::{Wanted, Workspace, product_year};
use crate::nomenclature::Hs6;
use crate::study::{CountrySet, Coverage, Study, TradeMeasure};
use crate::trade::adjust::Flows;
use crate::trade::{FlowBatch, TradeMatrix};

use super::change_rows::{ChangeRow, TrendRow};
use super::columns::{PanelColumns, RowsOf};
use super::diagnostics::ProductYearRecord;
use super::flows::{FlowRow, rows_of};
use super::trickle::TrickleRow;
use super::world::World;

/// Dependence of one importer on one supplier, with its product-year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DependencyRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Who depends on whom, and how much.
    pub of: Dependency,
}

/// What an importer buys of the goods of one country, with its product-year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OriginRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Who buys whose goods.
    pub of: Origin,
}

/// One of the main suppliers of an importer, with its product-year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplierRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// The supplier.
    pub of: MainSupplier,
}

/// Mean RCA of a country in a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StrengthRow {
    /// Position of the product.
    pub product: u32,
    /// Position of the country.
    pub country: u16,
    /// Mean of yearly RCA over the window of the study.
    pub mean_rca: f64,
}

/// Everything that some products come to.
#[derive(Debug, Default)]
pub struct ProductOutput {
    /// The panel.
    pub panel: PanelColumns,
    /// Changes of STR.
    pub changes: Vec<ChangeRow>,
    /// Who depends on whom.
    pub dependencies: Vec<DependencyRow>,
    /// Whose goods importers buy in the end.
    pub origins: Vec<OriginRow>,
    /// The main suppliers of every importer.
    pub suppliers: Vec<SupplierRow>,
    /// The trade that all of it was computed from, if asked for.
    pub flows: Vec<FlowRow>,
    /// Trickles that close loops.
    pub loops: Vec<TrickleRow>,
    /// STR of the average importer.
    pub trends: Vec<TrendRow>,
    /// Mean RCA.
    pub strengths: Vec<StrengthRow>,
    /// What to know about each product-year.
    pub product_years: Vec<ProductYearRecord>,
    /// Moments of the composite, over the years it is fitted on.
    pub moments: CompositeMoments,
}

/// Memory that a thread keeps from product to product.
#[derive(Debug, Default)]
pub struct ProductMemory {
    pub(super) indicators: Workspace,
    pub(super) matrix: TradeMatrix,
    pub(super) previous: TradeMatrix,
    imputed: Vec<bool>,
    shown: Vec<bool>,
}

/// Flows of one product in one year, as they stand in the store.
#[derive(Debug, Clone, Copy)]
pub struct YearFlows<'a> {
    pub(super) importers: &'a [u16],
    pub(super) exporters: &'a [u16],
    pub(super) values: &'a [f64],
    pub(super) quantities: &'a [Option<f64>],
}

impl<'a> YearFlows<'a> {
    /// The flows of one product of a batch; empty if it is not in it.
    pub fn of(batch: &'a FlowBatch, product: Hs6) -> Self {
        let range = match batch.products.binary_search_by_key(&product, |p| p.0) {
            Ok(found) => batch.products[found].1.clone(),
            Err(_) => 0..0,
        };
        Self {
            importers: &batch.importers[range.clone()],
            exporters: &batch.exporters[range.clone()],
            values: &batch.values[range.clone()],
            quantities: batch.quantities.get(range).unwrap_or(&[]),
        }
    }
}

/// Trade by value, where the matrix holds quantities.
pub(super) struct ByValue {
    /// (importer, supplier, value), as the matrix has them.
    triples: Vec<(u16, u16, f64)>,
    pub(super) imports: Vec<f64>,
    pub(super) exports: Vec<f64>,
}

/// The matrix of a year was made; what stands beside it.
#[derive(Default)]
pub(super) struct Built {
    pub(super) by_value: Option<ByValue>,
    /// Imports and exports of every country before re-exports were traced, where they are.
    pub(super) untraced: Option<[Vec<f64>; 2]>,
}

/// Imports and exports by country of the flows between countries of a set.
fn margins(flows: &Flows, countries: usize, within: Option<&[bool]>) -> [Vec<f64>; 2] {
    let mut sums = [vec![0.0; countries], vec![0.0; countries]];
    for &(importer, supplier, amount) in &flows.triples {
        let [to, from] = [importer, supplier].map(usize::from);
        if within.is_none_or(|within| within[to] && within[from]) {
            sums[0][to] += amount;
            sums[1][from] += amount;
        }
    }
    sums
}

fn fill(matrix: &mut TradeMatrix, countries: usize, flows: &Flows) {
    let triples = || flows.triples.iter();
    matrix.fill(countries, triples().map(|f| f.0), triples().map(|f| f.1), triples().map(|f| f.2));
}

/// One product while its years are computed.
pub struct ProductRun<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its setting.
    pub world: &'a World,
    /// Position of the product among the products of the study.
    pub position: u32,
    /// Whether the product is in the focus of the study.
    pub in_focus: bool,
    /// The columns of the panel to keep.
    pub columns: &'a [Column],
    /// What of each product-year is computed.
    pub wanted: Wanted,
    /// Whether the trade that the indicators are computed from is kept.
    pub flows: bool,
}

impl ProductRun<'_> {
    /// Computes all years and adds the rows to `output`.
    ///
    /// # Errors
    /// [`ProductYearError`] if the stability of the world or the study's parameters are out of their ranges.
    pub fn compute(
        &self,
        years: &[YearFlows<'_>],
        work: &mut ProductMemory,
        output: &mut ProductOutput,
    ) -> Result<(), ProductYearError> {
        let countries = self.world.countries.len();
        let balanced = self.balanced_set(years);
        let mut yearly_rca: Vec<Vec<Option<f64>>> = vec![Vec::new(); countries];
        let mut previous: Option<(usize, ProductYear)> = None;
        for (t, flows) in years.iter().enumerate() {
            std::mem::swap(&mut work.matrix, &mut work.previous);
            let mut record =
                ProductYearRecord { year: t, product: self.position, ..ProductYearRecord::default() };
            let built = self.build(flows, t, balanced.as_deref(), &mut work.matrix, &mut record);
            let mut now = self.year(t, &built, work)?;
            record.fill(&now);
            if self.flows {
                let by_value = built.by_value.as_ref().map(|v| &v.triples[..]);
                output.flows.extend(rows_of((t, self.position), &work.matrix, by_value));
            }
            output.product_years.push(record);
            self.rows(t, &now, &mut yearly_rca, work, output);
            self.tables(t, &mut now, output);
            self.follow(t, previous.as_ref(), &now, work, output);
            previous = Some((t, now));
        }
        self.strengths(&yearly_rca, output);
        Ok(())
    }

    /// Adds the rows of the countries that trade the product, year by year, and those of the tables beside. Returns the number of years
    /// with trade.
    ///
    /// # Errors
    /// As [`ProductRun::compute`].
    pub(super) fn traders(
        &self,
        years: &[YearFlows<'_>],
        work: &mut ProductMemory,
        output: &mut ProductOutput,
    ) -> Result<u64, ProductYearError> {
        let balanced = self.balanced_set(years);
        let mut with_trade = 0;
        for (t, flows) in years.iter().enumerate().filter(|(_, flows)| !flows.values.is_empty()) {
            let mut record = ProductYearRecord::default();
            let built = self.build(flows, t, balanced.as_deref(), &mut work.matrix, &mut record);
            let mut now = self.year(t, &built, work)?;
            with_trade += 1;
            let trade = || now.imports.iter().zip(&now.exports).map(|(m, x)| m + x);
            work.shown.clear();
            work.shown.extend(trade().map(|trade| trade >= self.study.trade.min_trade));
            let active: Vec<bool> = trade().map(|trade| trade > 0.0).collect();
            let rows = RowsOf {
                year: i32::from(self.world.years[t]),
                product: self.position,
                active: &active,
                shown: &work.shown,
            };
            output.panel.add(self.columns, &work.matrix, &now, rows);
            self.tables(t, &mut now, output);
        }
        Ok(with_trade)
    }

    pub(super) fn parameters(&self) -> RiskParameters {
        let i = &self.study.indicators;
        RiskParameters { orientation: i.orientation, identity: i.identity, damping: i.damping }
    }

    pub(super) fn covers(&self, coverage: Coverage) -> bool {
        match coverage {
            Coverage::All => true,
            Coverage::Focus => self.in_focus,
            Coverage::None => false,
        }
    }

    /// The countries that import the product in every year, if the study wants only those.
    pub(super) fn balanced_set(&self, years: &[YearFlows<'_>]) -> Option<Vec<bool>> {
        if self.study.trade.country_set == CountrySet::All {
            return None;
        }
        let mut within = vec![true; self.world.countries.len()];
        for flows in years {
            let mut imports = vec![false; within.len()];
            for (&importer, &exporter) in flows.importers.iter().zip(flows.exporters) {
                let (to, from) = (self.place(importer), self.place(exporter));
                imports[usize::from(to)] |= to != from;
            }
            within.iter_mut().zip(imports).for_each(|(all, this)| *all &= this);
        }
        Some(within)
    }

    fn place(&self, store_place: u16) -> u16 {
        self.world.place[usize::from(store_place)]
    }

    /// Fills the trade matrix of a year. By quantity, imports and exports by value stand beside it; the trade before tracing, where re-exports
    /// are traced.
    pub(super) fn build(
        &self,
        flows: &YearFlows<'_>,
        t: usize,
        balanced: Option<&[bool]>,
        matrix: &mut TradeMatrix,
        record: &mut ProductYearRecord,
    ) -> Built {
        let world = self.world;
        let countries = world.countries.len();
        let places = |list: &[u16]| list.iter().map(|&c| self.place(c)).collect::<Vec<u16>>();
        let absent = (0..countries).any(|c| world.is_absent_supplier(t, c));
        let trickles = self.study.trade.remove_trickles_below;
        let plain = !world.merged
            && world.reexport_share.is_empty()
            && balanced.is_none()
            && !absent
            && trickles == 0.0;
        if plain && self.study.trade.measure == TradeMeasure::Value {
            // As nearly always: the store is in the order that the matrix needs.
            let (importers, exporters) = (places(flows.importers), places(flows.exporters));
            matrix.fill(
                countries,
                importers.into_iter(),
                exporters.into_iter(),
                flows.values.iter().copied(),
            );
            record.quantity_coverage = None;
            return Built::default();
        }
        let mut untraced = None;
        let mut adjusted = |value_of: &dyn Fn(usize) -> Option<f64>| {
            let mut adjusted = Flows {
                triples: (0..flows.values.len())
                    .filter_map(|at| Some((flows.importers[at], flows.exporters[at], value_of(at)?)))
                    .collect(),
                ..Flows::default()
            };
            adjusted.merge(&world.place);
            if absent {
                adjusted.drop_suppliers(|c| !world.is_absent_supplier(t, usize::from(c)));
            }
            if !world.reexport_share.is_empty() {
                untraced = Some(margins(&adjusted, countries, balanced));
                adjusted.trace_reexports(&world.reexport_share);
            }
            if let Some(within) = balanced {
                adjusted.keep_countries(within);
            }
            if trickles > 0.0 {
                adjusted.remove_trickles(countries, trickles);
            }
            adjusted
        };
        let by_value = adjusted(&|at| Some(flows.values[at]));
        record.within_groups = by_value.within_groups;
        record.without_stability = by_value.without_stability;
        record.outside_country_set = by_value.outside_country_set;
        record.trickles = by_value.trickles;
        record.traced = by_value.traced;
        fill(matrix, countries, &by_value);
        if self.study.trade.measure == TradeMeasure::Value {
            return Built { by_value: None, untraced };
        }
        let by_value = ByValue {
            imports: matrix.imports().to_vec(),
            exports: matrix.exports().to_vec(),
            triples: by_value.triples,
        };
        let usable = usable_quantities(flows.values, flows.quantities);
        record.quantity_coverage = usable.coverage;
        let enough = usable.coverage.is_some_and(|c| c >= self.study.trade.min_quantity_coverage);
        if !enough {
            record.without_quantities = by_value.imports.iter().sum();
        }
        let by_quantity = if enough { adjusted(&|at| usable.quantities[at]) } else { Flows::default() };
        fill(matrix, countries, &by_quantity);
        Built { by_value: Some(by_value), untraced }
    }

    /// The indicators of one year.
    fn year(
        &self,
        t: usize,
        built: &Built,
        work: &mut ProductMemory,
    ) -> Result<ProductYear, ProductYearError> {
        let (world, options) = (self.world, &self.study.indicators);
        work.imputed.clear();
        work.imputed.extend((0..world.countries.len()).map(|c| world.is_imputed(t, c)));
        let traced: Vec<bool> = world.reexport_share.iter().map(|share| *share > 0.0).collect();
        let content_sources = ContentSources {
            production: world
                .production
                .get(&(world.products[self.position as usize], world.years[t]))
                .map(Vec::as_slice),
            margins: built.untraced.as_ref().map(|[imports, exports]| ContentMargins {
                imports,
                exports,
                traced: &traced,
            }),
        };
        let options = ProductYearOptions {
            risk: self.parameters(),
            import_content: options.import_content,
            content_sources,
            influence: options.influence,
            pv_free_alpha: options.pv_free_alpha,
            zero_imports_hhi: options.zero_imports_hhi,
            trade_risk: options.trade_risk,
            least_contribution: self.covers(options.dependencies).then_some(options.min_contribution),
            least_origin_share: self.covers(options.dependencies).then_some(options.min_contribution),
            totals: world.world_exports[t].map(|world_exports| TotalExports {
                countries: &world.country_exports[t],
                world: world_exports,
            }),
            value_margins: built
                .by_value
                .as_ref()
                .map(|v| ValueMargins { imports: &v.imports, exports: &v.exports }),
            imputed: Some(&work.imputed),
            hubs: if self.in_focus { &world.hubs } else { &[] },
            wanted: self.wanted,
        };
        let mut now = product_year(&work.matrix, &world.instability[t], &options, &mut work.indicators)?;
        if let Some(whole) = world.extract.whole(t) {
            now.keep_what_is_whole(whole);
        }
        Ok(now)
    }

    /// The rows of one year in the panel, and what they add to the composite and to the strengths.
    fn rows(
        &self,
        t: usize,
        now: &ProductYear,
        yearly_rca: &mut [Vec<Option<f64>>],
        work: &mut ProductMemory,
        output: &mut ProductOutput,
    ) {
        let (world, options) = (self.world, &self.study.indicators);
        let fits = options.composite_fit_until.is_none_or(|last| world.years[t] <= last);
        let in_window = self.in_strength_window(t);
        work.shown.clear();
        work.shown
            .extend(now.imports.iter().zip(&now.exports).map(|(m, x)| m + x >= self.study.trade.min_trade));
        for c in (0..world.countries.len()).filter(|&c| world.active[t][c]) {
            yearly_rca[c].push(if in_window { now.rca[c] } else { None });
            if fits
                && work.shown[c]
                && let (Some(e), Some(h), Some(s)) = (now.exposure[c], now.hhi[c], now.risk.str[c])
            {
                output.moments.add([e, h, s]);
            }
        }
        let rows = RowsOf {
            year: i32::from(world.years[t]),
            product: self.position,
            active: &world.active[t],
            shown: &work.shown,
        };
        output.panel.add(self.columns, &work.matrix, now, rows);
    }

    /// What goes into tables of its own.
    fn tables(&self, t: usize, now: &mut ProductYear, output: &mut ProductOutput) {
        let product = self.position;
        let of_pairs = std::mem::take(&mut now.dependencies).into_iter();
        output.dependencies.extend(of_pairs.map(|of| DependencyRow { year: t, product, of }));
        let origins = std::mem::take(&mut now.origins.rows).into_iter();
        output.origins.extend(origins.map(|of| OriginRow { year: t, product, of }));
        let of_suppliers = now.main_suppliers.iter();
        output.suppliers.extend(of_suppliers.map(|&of| SupplierRow { year: t, product, of }));
        let of_loops = std::mem::take(&mut now.trickle_loops).into_iter();
        output.loops.extend(of_loops.map(|found| TrickleRow { year: t, product, found }));
    }

    fn in_strength_window(&self, t: usize) -> bool {
        self.study.indicators.strength_window.is_none_or(|window| window.contains(self.world.years[t]))
    }

    fn strengths(&self, yearly_rca: &[Vec<Option<f64>>], output: &mut ProductOutput) {
        for (country, yearly) in yearly_rca.iter().enumerate() {
            if let Some(mean_rca) = mean_comparative_advantage(yearly.iter().copied()) {
                output.strengths.push(StrengthRow {
                    product: self.position,
                    country: country as u16,
                    mean_rca,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Governance;
    use crate::trade::{FlowSource, FlowTable};
    use crate::value_chain::{CyclePolicy, ValueChain};

    const A: &str = "284690";
    const B: &str = "850511";

    /// China sells A to the USA and B comes back; there are no other products. China's PV falls from 30 to 20.
    fn flows() -> FlowTable {
        FlowTable::from_rows([
            (2022, A, "CHN", "USA", 60.0),
            (2022, B, "USA", "CHN", 40.0),
            (2023, A, "CHN", "USA", 24.0),
            (2023, A, "USA", "CHN", 6.0),
            (2023, B, "USA", "CHN", 70.0),
        ])
        .unwrap()
        .with_products([A, B].map(|code| (code.parse().unwrap(), String::new())).into(), true)
    }

    fn computed(change: impl Fn(&mut Study)) -> ProductOutput {
        let product: Hs6 = A.parse().unwrap();
        let flows = flows();
        let governance =
            Governance::from_rows([("CHN", 2022, 30.0), ("CHN", 2023, 20.0), ("USA", 2022, 50.0)]).unwrap();
        let mut study = Study::new([product]);
        change(&mut study);
        let chain = ValueChain::build(Vec::new(), &[product], CyclePolicy::default()).unwrap();
        let world = World::prepare_with(&study, &flows, &chain, &governance).unwrap();
        let batches: Vec<FlowBatch> =
            world.years.iter().map(|&year| flows.read(year, &[product], true).unwrap()).collect();
        let years: Vec<YearFlows<'_>> = batches.iter().map(|b| YearFlows::of(b, product)).collect();
        let run = ProductRun {
            study: &study,
            world: &world,
            position: 0,
            in_focus: true,
            columns: &Column::ALL,
            wanted: Wanted::ALL,
            flows: true,
        };
        let mut output = ProductOutput::default();
        run.compute(&years, &mut ProductMemory::default(), &mut output).unwrap();
        output
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn rows_changes_and_strengths_by_hand() {
        let found = computed(|_| {});
        // Rows are (2022: CHN, USA), (2023: CHN, USA).
        assert_eq!(found.panel.year, [2022, 2022, 2023, 2023]);
        let column = |column: Column| found.panel.column(column);
        assert_eq!(column(Column::Imports), [0.0, 60.0, 6.0, 24.0]);
        close(column(Column::Exposure)[3], 24.0 / 30.0);
        // 2022: 1 + 0.7. 2023 both buy from each other alone: s = 1 + 0.8 t, t = 1 + 0.5 s, so s = 1.8/0.6 = 3.
        close(column(Column::Str)[1], 1.7);
        close(column(Column::Str)[3], 3.0);
        close(column(Column::StrDirect)[3], 0.8);
        close(column(Column::StrIndirect)[3], 1.2);
        // RCA: the share in A over the share in all trade: 1 over 60/100, then 24/30 over 24/100.
        let rca = column(Column::Rca);
        close(rca[0], 1.0 / 0.6);
        close(rca[2], 0.8 / 0.24);
        let china = found.strengths.iter().find(|s| s.country == 0).unwrap();
        close(china.mean_rca, (1.0 / 0.6 + 0.8 / 0.24) / 2.0);
        // The change of the USA, 1.3 in all; network and stability are the means over both orders: with the old trade the fall of stability
        // is worth 1.8 - 1.7, with the new 3 - s, where s = 1 + 0.7 t, t = 1 + 0.5 s: s = 1.7/0.65.
        let usa = found.changes.iter().find(|c| c.country == 1).unwrap();
        close(usa.change.total, 1.3);
        close(usa.change.stability, (0.1 + 3.0 - 1.7 / 0.65) / 2.0);
        close(usa.change.network, 1.3 - usa.change.stability);
    }

    #[test]
    fn settings_of_the_study_change_the_rows() {
        // Only the USA import in both years: with China left out there is no trade between the rest.
        let balanced = computed(|study| study.trade.country_set = CountrySet::Balanced);
        assert_eq!(balanced.panel.column(Column::Imports).iter().sum::<f64>(), 0.0);
        assert_eq!(balanced.product_years[0].outside_country_set, 60.0);
        // The window of strengths is 2022 alone.
        let window = crate::nomenclature::YearRange { first: 2022, last: 2022 };
        let early = computed(|study| study.indicators.strength_window = Some(window));
        close(early.strengths.iter().find(|s| s.country == 0).unwrap().mean_rca, 1.0 / 0.6);
        // Below the least trade of a row the indicators are not shown: 6 + 24 of both in 2023.
        let large = computed(|study| study.trade.min_trade = 50.0);
        assert!(large.panel.column(Column::Str)[3].is_nan() && !large.panel.column(Column::Str)[1].is_nan());
    }
}
