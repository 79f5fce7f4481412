//! One product over all years: its trade matrices, and every indicator that follows from them.

use crate::indicators::comparative_advantage::mean_comparative_advantage;
use crate::indicators::composite::CompositeMoments;
use crate::indicators::decomposition::{Change, YearState, decompose_change};
use crate::indicators::dependency::Dependency;
use crate::indicators::import_weights::ChangeOfMean;
use crate::indicators::main_suppliers::MainSupplier;
use crate::indicators::product_year::{TotalExports, ValueMargins};
use crate::indicators::systemic_risk::RiskParameters;
use crate::indicators::unit_values::usable_quantities;
use crate::indicators::{Column, ProductYear, ProductYearError, ProductYearOptions, Workspace, product_year};
use crate::nomenclature::Hs6;
use crate::study::{CountrySet, Coverage, Study, TradeMeasure};
use crate::trade::adjust::Flows;
use crate::trade::{FlowBatch, TradeMatrix};

use super::columns::{PanelColumns, RowsOf};
use super::diagnostics::ProductYearRecord;
use super::trickle::TrickleRow;
use super::world::World;

/// Change of STR of one importer between two neighbouring years of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeRow {
    /// Position of the earlier year.
    pub before: usize,
    /// Position of the later year.
    pub after: usize,
    /// Position of the product.
    pub product: u32,
    /// Position of the country.
    pub country: u16,
    /// The change and its parts.
    pub change: Change,
}

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

/// How STR of the average importer moved between two neighbouring years.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// World trade, thousand USD.
    pub trade: f64,
    /// Mean STR over importers, weighted by imports.
    pub weighted: Option<f64>,
    /// Mean STR over importers, all alike.
    pub plain: Option<f64>,
    /// Parts of the change of the weighted mean since the year before: network, stability, and who imports.
    pub parts: Option<[f64; 3]>,
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
    /// The main suppliers of every importer.
    pub suppliers: Vec<SupplierRow>,
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
    indicators: Workspace,
    matrix: TradeMatrix,
    previous: TradeMatrix,
    imputed: Vec<bool>,
    shown: Vec<bool>,
}

/// Flows of one product in one year, as they stand in the store.
#[derive(Debug, Clone, Copy)]
pub struct YearFlows<'a> {
    importers: &'a [u16],
    exporters: &'a [u16],
    values: &'a [f64],
    quantities: &'a [Option<f64>],
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

/// Imports and exports by value, where the matrix holds quantities.
struct ByValue {
    imports: Vec<f64>,
    exports: Vec<f64>,
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
            let by_value = self.build(flows, t, balanced.as_deref(), &mut work.matrix, &mut record);
            let mut now = self.year(t, by_value.as_ref(), work)?;
            record.fill(&now);
            output.product_years.push(record);
            self.rows(t, &now, &mut yearly_rca, work, output);
            self.tables(t, &mut now, output);
            self.follow(t, previous.as_ref(), &now, work, output);
            previous = Some((t, now));
        }
        self.strengths(&yearly_rca, output);
        Ok(())
    }

    fn parameters(&self) -> RiskParameters {
        let i = &self.study.indicators;
        RiskParameters { orientation: i.orientation, identity: i.identity, damping: i.damping }
    }

    fn covers(&self, coverage: Coverage) -> bool {
        match coverage {
            Coverage::All => true,
            Coverage::Focus => self.in_focus,
            Coverage::None => false,
        }
    }

    /// The countries that import the product in every year, if the study wants only those.
    fn balanced_set(&self, years: &[YearFlows<'_>]) -> Option<Vec<bool>> {
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

    /// Fills the trade matrix of a year. By quantity, returns imports and exports by value beside it.
    fn build(
        &self,
        flows: &YearFlows<'_>,
        t: usize,
        balanced: Option<&[bool]>,
        matrix: &mut TradeMatrix,
        record: &mut ProductYearRecord,
    ) -> Option<ByValue> {
        let world = self.world;
        let countries = world.countries.len();
        let places = |list: &[u16]| list.iter().map(|&c| self.place(c)).collect::<Vec<u16>>();
        let absent = (0..countries).any(|c| world.is_absent_supplier(t, c));
        let plain = !world.merged && world.reexport_share.is_empty() && balanced.is_none() && !absent;
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
            return None;
        }
        let adjusted = |value_of: &dyn Fn(usize) -> Option<f64>| {
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
                adjusted.trace_reexports(&world.reexport_share);
            }
            if let Some(within) = balanced {
                adjusted.keep_countries(within);
            }
            adjusted
        };
        let by_value = adjusted(&|at| Some(flows.values[at]));
        record.within_groups = by_value.within_groups;
        record.without_stability = by_value.without_stability;
        record.outside_country_set = by_value.outside_country_set;
        record.traced = by_value.traced;
        fill(matrix, countries, &by_value);
        if self.study.trade.measure == TradeMeasure::Value {
            return None;
        }
        let by_value = ByValue { imports: matrix.imports().to_vec(), exports: matrix.exports().to_vec() };
        let usable = usable_quantities(flows.values, flows.quantities);
        record.quantity_coverage = usable.coverage;
        let enough = usable.coverage.is_some_and(|c| c >= self.study.trade.min_quantity_coverage);
        let by_quantity = if enough { adjusted(&|at| usable.quantities[at]) } else { Flows::default() };
        fill(matrix, countries, &by_quantity);
        Some(by_value)
    }

    /// The indicators of one year.
    fn year(
        &self,
        t: usize,
        by_value: Option<&ByValue>,
        work: &mut ProductMemory,
    ) -> Result<ProductYear, ProductYearError> {
        let (world, options) = (self.world, &self.study.indicators);
        work.imputed.clear();
        work.imputed.extend((0..world.countries.len()).map(|c| world.is_imputed(t, c)));
        let options = ProductYearOptions {
            risk: self.parameters(),
            influence: options.influence,
            pv_free_alpha: options.pv_free_alpha,
            zero_imports_hhi: options.zero_imports_hhi,
            trade_risk: options.trade_risk,
            least_contribution: self.covers(options.dependencies).then_some(options.min_contribution),
            totals: world.world_exports[t].map(|world_exports| TotalExports {
                countries: &world.country_exports[t],
                world: world_exports,
            }),
            value_margins: by_value.map(|v| ValueMargins { imports: &v.imports, exports: &v.exports }),
            imputed: Some(&work.imputed),
            hubs: if self.in_focus { &world.hubs } else { &[] },
        };
        product_year(&work.matrix, &world.instability[t], &options, &mut work.indicators)
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
        let of_suppliers = now.main_suppliers.iter();
        output.suppliers.extend(of_suppliers.map(|&of| SupplierRow { year: t, product, of }));
        let of_loops = std::mem::take(&mut now.trickle_loops).into_iter();
        output.loops.extend(of_loops.map(|found| TrickleRow { year: t, product, found }));
    }

    fn in_strength_window(&self, t: usize) -> bool {
        self.study.indicators.strength_window.is_none_or(|window| window.contains(self.world.years[t]))
    }

    /// The change since the year before, and the trend of the average importer.
    fn follow(
        &self,
        t: usize,
        before: Option<&(usize, ProductYear)>,
        now: &ProductYear,
        work: &mut ProductMemory,
        output: &mut ProductOutput,
    ) {
        let mut trend = TrendRow {
            year: t,
            product: self.position,
            trade: now.summary.trade,
            weighted: now.weighted_str,
            plain: now.plain_str,
            parts: None,
        };
        if let Some((year, before)) = before
            && self.covers(self.study.indicators.decomposition)
        {
            let changes = decompose_change(
                YearState {
                    trade: &work.previous,
                    instability: &self.world.instability[*year],
                    str: Some(&before.risk.str),
                },
                YearState {
                    trade: &work.matrix,
                    instability: &self.world.instability[t],
                    str: Some(&now.risk.str),
                },
                &self.parameters(),
                &mut work.indicators.leontief,
            );
            trend.parts = before
                .import_weights
                .parts(&now.import_weights, &before.risk.str, &now.risk.str, &changes)
                .map(|ChangeOfMean { network, stability, importers }| [network, stability, importers]);
            output.changes.extend(changes.into_iter().enumerate().filter_map(|(country, change)| {
                Some(ChangeRow {
                    before: *year,
                    after: t,
                    product: self.position,
                    country: country as u16,
                    change: change?,
                })
            }));
        }
        output.trends.push(trend);
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
