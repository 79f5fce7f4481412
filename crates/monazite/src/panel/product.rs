//! One product over all years: its trade matrices, and every indicator that follows from them.

use crate::indicators::comparative_advantage::{comparative_advantage, mean_comparative_advantage};
use crate::indicators::composite::CompositeMoments;
use crate::indicators::concentration::{ZeroImports, herfindahl, herfindahl_normalised};
use crate::indicators::decomposition::{Change, YearState, decompose_change};
use crate::indicators::exposure::exposure;
use crate::indicators::influence::{InfluenceMeasure, influence, influence_through, pv_free_network};
use crate::indicators::leontief::Leontief;
use crate::indicators::sensitivity::instability_gradient;
use crate::indicators::systemic_risk::{RiskParameters, SystemicRisk, systemic_trade_risk, trade_risk};
use crate::nomenclature::Hs6;
use crate::study::{CountrySet, Coverage, Study, TradeMeasure};
use crate::trade::adjust::Flows;
use crate::trade::{FlowBatch, TradeMatrix};

use super::diagnostics::{ProductYear, median};
use super::suppliers::{SupplierRow, main_suppliers};
use super::trickle::{TrickleLoop, trickle_loops};
use super::world::World;

/// The columns of the panel for some products.
#[derive(Debug, Default)]
pub struct PanelColumns {
    /// Calendar year.
    pub year: Vec<i32>,
    /// Position of the product among the products of the study.
    pub product: Vec<u32>,
    /// Position of the country among the countries of the study.
    pub country: Vec<u16>,
    /// Imports, thousand USD.
    pub imports: Vec<f64>,
    /// Exports, thousand USD.
    pub exports: Vec<f64>,
    /// Exposure.
    pub exposure: Vec<Option<f64>>,
    /// Herfindahl-Hirschman index of suppliers.
    pub hhi: Vec<Option<f64>>,
    /// Systemic trade risk.
    pub str: Vec<Option<f64>>,
    /// Influence.
    pub influence: Vec<Option<f64>>,
    /// Revealed comparative advantage.
    pub rca: Vec<Option<f64>>,
    /// HHI freed from the number of suppliers.
    pub hhi_normalised: Vec<Option<f64>>,
    /// Direct part of STR - 1.
    pub str_direct: Vec<Option<f64>>,
    /// Indirect part of STR - 1.
    pub str_indirect: Vec<Option<f64>>,
    /// Share of imports from suppliers whose stability is imputed.
    pub imputed_share: Vec<Option<f64>>,
    /// Import reliance times STR, if the study asks for it.
    pub trade_risk: Vec<Option<f64>>,
}

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

/// Dependence of one importer on one supplier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DependencyRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Position of the importer.
    pub importer: u16,
    /// Position of the supplier.
    pub supplier: u16,
    /// Share of the supplier in the importer's imports; 0 if it reaches the importer through others only.
    pub share: f64,
    /// Contribution L\[a, c\] of the supplier to STR of the importer.
    pub contribution: f64,
    /// Part of the contribution that comes directly: w_a s\[a, c\].
    pub direct: f64,
    /// By how much STR of the importer rises if the supplier loses one point of PV.
    pub per_point: f64,
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
    pub loops: Vec<TrickleLoop>,
    /// STR of the average importer.
    pub trends: Vec<TrendRow>,
    /// Mean RCA.
    pub strengths: Vec<StrengthRow>,
    /// What to know about each product-year.
    pub product_years: Vec<ProductYear>,
    /// Moments of the composite, over the years it is fitted on.
    pub moments: CompositeMoments,
}

/// Memory that a thread keeps from product to product.
#[derive(Debug, Default)]
pub struct Workspace {
    leontief: Leontief,
    matrix: TradeMatrix,
    previous: TradeMatrix,
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
}

impl ProductRun<'_> {
    /// Computes all years and adds the rows to `output`.
    pub fn compute(&self, years: &[YearFlows<'_>], work: &mut Workspace, output: &mut ProductOutput) {
        let countries = self.world.countries.len();
        let balanced = self.balanced_set(years);
        let mut yearly_rca: Vec<Vec<Option<f64>>> = vec![Vec::new(); countries];
        let mut previous: Option<(usize, Vec<Option<f64>>)> = None;
        for (t, flows) in years.iter().enumerate() {
            std::mem::swap(&mut work.matrix, &mut work.previous);
            let mut record = ProductYear { year: t, product: self.position, ..ProductYear::default() };
            let value_margins = self.build(flows, t, balanced.as_deref(), &mut work.matrix, &mut record);
            let risk = self.year(t, value_margins.as_ref(), &mut record, &mut yearly_rca, work, output);
            let before = previous.as_ref().map(|(year, str)| (*year, str.as_slice()));
            self.follow(t, before, &risk, work, output);
            previous = Some((t, risk.str));
            output.product_years.push(record);
        }
        self.strengths(&yearly_rca, output);
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
        record: &mut ProductYear,
    ) -> Option<(Vec<f64>, Vec<f64>)> {
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
        let mut put = |flows: &Flows| {
            matrix.fill(
                countries,
                flows.triples.iter().map(|f| f.0),
                flows.triples.iter().map(|f| f.1),
                flows.triples.iter().map(|f| f.2),
            );
        };
        put(&by_value);
        if self.study.trade.measure == TradeMeasure::Value {
            return None;
        }
        let margins = (matrix.imports().to_vec(), matrix.exports().to_vec());
        let (quantities, coverage) = usable_quantities(flows);
        record.quantity_coverage = coverage;
        let enough = coverage.is_some_and(|c| c >= self.study.trade.min_quantity_coverage);
        let mut put = |flows: &Flows| {
            matrix.fill(
                countries,
                flows.triples.iter().map(|f| f.0),
                flows.triples.iter().map(|f| f.1),
                flows.triples.iter().map(|f| f.2),
            );
        };
        put(&if enough { adjusted(&|at| quantities[at]) } else { Flows::default() });
        Some(margins)
    }

    /// The rows of one year.
    fn year(
        &self,
        t: usize,
        value_margins: Option<&(Vec<f64>, Vec<f64>)>,
        record: &mut ProductYear,
        yearly_rca: &mut [Vec<Option<f64>>],
        work: &mut Workspace,
        output: &mut ProductOutput,
    ) -> SystemicRisk {
        let (world, options) = (self.world, &self.study.indicators);
        let trade = &work.matrix;
        let leontief = &mut work.leontief;
        let risk = systemic_trade_risk(trade, &world.instability[t], &self.parameters(), leontief);
        if self.covers(options.dependencies) {
            self.dependencies(t, trade, &risk, leontief, output);
        }
        main_suppliers(t, self.position, trade, &mut output.suppliers);
        output.loops.extend(trickle_loops(t, self.position, trade, &risk.importer_sums, leontief));
        let influence_of = match options.influence {
            InfluenceMeasure::PvFree => {
                let sums = pv_free_network(trade, options.pv_free_alpha, leontief);
                influence(InfluenceMeasure::PvFree, trade, &sums, leontief)
            }
            measure => influence(measure, trade, &risk.importer_sums, leontief),
        };
        record.clamped = risk.clamped.iter().map(|&c| c as u16).collect();
        record.fill(world, t, trade);
        if self.in_focus && !world.hubs.is_empty() {
            let weight: Vec<f64> = world.instability[t].iter().map(|w| w * options.damping).collect();
            record.through_hubs = influence_through(&world.hubs, trade, &weight, leontief);
        }

        let countries = world.countries.len();
        let mut hhi = vec![None; countries];
        let mut hhi_normalised = vec![None; countries];
        let mut imputed = vec![None; countries];
        for column in trade.columns() {
            let importer = usize::from(column.importer);
            hhi[importer] = herfindahl(column.shares);
            hhi_normalised[importer] = herfindahl_normalised(column.shares);
            let share = column.suppliers.iter().zip(column.shares);
            imputed[importer] = Some(
                share.filter(|(s, _)| world.is_imputed(t, usize::from(**s))).fold(0.0, |sum, (_, s)| sum + s),
            );
        }
        let (imports, exports) = match value_margins {
            Some((imports, exports)) => (imports.as_slice(), exports.as_slice()),
            None => (trade.imports(), trade.exports()),
        };
        let world_product: f64 = exports.iter().sum();
        let fits = options.composite_fit_until.is_none_or(|last| world.years[t] <= last);
        let panel = &mut output.panel;
        for c in 0..countries {
            if !world.active[t][c] {
                continue;
            }
            let rca = world.country_exports[t][c]
                .zip(world.world_exports[t])
                .and_then(|(own, all)| comparative_advantage(exports[c], own, world_product, all));
            yearly_rca[c].push(if self.in_strength_window(t) { rca } else { None });
            let shown = imports[c] + exports[c] >= self.study.trade.min_trade;
            let traded = trade.trades(c);
            let keep = |value: Option<f64>| if shown { value } else { None };
            let concentration = match (hhi[c], options.zero_imports_hhi) {
                (None, ZeroImports::Zero) if traded => Some(0.0),
                (value, _) => value,
            };
            let own_exposure = keep(exposure(trade.imports()[c], trade.exports()[c]));
            let (own_hhi, own_str) = (keep(concentration), keep(risk.str[c]));
            if fits && let (Some(e), Some(h), Some(s)) = (own_exposure, own_hhi, own_str) {
                output.moments.add([e, h, s]);
            }
            panel.year.push(i32::from(world.years[t]));
            panel.product.push(self.position);
            panel.country.push(c as u16);
            panel.imports.push(imports[c]);
            panel.exports.push(exports[c]);
            panel.exposure.push(own_exposure);
            panel.hhi.push(own_hhi);
            panel.str.push(own_str);
            panel.influence.push(keep(influence_of[c]));
            panel.rca.push(keep(rca));
            panel.hhi_normalised.push(keep(hhi_normalised[c]));
            panel.str_direct.push(keep(risk.direct[c]));
            panel.str_indirect.push(keep(risk.indirect[c]));
            panel.imputed_share.push(keep(imputed[c]));
            if let Some(reliance) = options.trade_risk {
                panel.trade_risk.push(trade_risk(reliance, imports[c], exports[c], own_str));
            }
        }
        risk
    }

    fn in_strength_window(&self, t: usize) -> bool {
        self.study.indicators.strength_window.is_none_or(|window| window.contains(self.world.years[t]))
    }

    /// Who depends on whom: every contribution above the threshold.
    fn dependencies(
        &self,
        t: usize,
        trade: &TradeMatrix,
        risk: &SystemicRisk,
        leontief: &mut Leontief,
        output: &mut ProductOutput,
    ) {
        let damping = self.study.indicators.damping;
        let weight = &self.world.instability[t];
        for column in trade.columns() {
            let importer = usize::from(column.importer);
            let reach = leontief.column(importer);
            let gradient = instability_gradient(trade, &risk.importer_sums, &reach);
            for supplier in 0..trade.countries() {
                if supplier == importer || reach[supplier] < self.study.indicators.min_contribution {
                    continue;
                }
                let share = column
                    .suppliers
                    .binary_search(&(supplier as u16))
                    .map_or(0.0, |found| column.shares[found]);
                output.dependencies.push(DependencyRow {
                    year: t,
                    product: self.position,
                    importer: column.importer,
                    supplier: supplier as u16,
                    share,
                    contribution: reach[supplier],
                    direct: damping * weight[supplier] * share,
                    per_point: damping * gradient[supplier] / 100.0,
                });
            }
        }
    }

    /// The change since the year before, and the trend of the average importer.
    fn follow(
        &self,
        t: usize,
        before: Option<(usize, &[Option<f64>])>,
        risk: &SystemicRisk,
        work: &mut Workspace,
        output: &mut ProductOutput,
    ) {
        let now = ImportWeights::of(&work.matrix);
        let mut trend = TrendRow {
            year: t,
            product: self.position,
            trade: work.matrix.total(),
            weighted: now.mean(&risk.str),
            plain: now.plain_mean(&risk.str),
            parts: None,
        };
        if let Some((year, str_before)) = before
            && self.covers(self.study.indicators.decomposition)
        {
            let changes = decompose_change(
                YearState {
                    trade: &work.previous,
                    instability: &self.world.instability[year],
                    str: Some(str_before),
                },
                YearState {
                    trade: &work.matrix,
                    instability: &self.world.instability[t],
                    str: Some(&risk.str),
                },
                &self.parameters(),
                &mut work.leontief,
            );
            trend.parts = ImportWeights::of(&work.previous).parts(&now, str_before, &risk.str, &changes);
            output.changes.extend(changes.into_iter().enumerate().filter_map(|(country, change)| {
                Some(ChangeRow {
                    before: year,
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

/// Quantities with implausible ones taken out, and the share of the value that has one.
///
/// A unit value outside a tenth to ten times the median of the product-year is taken for an error.
fn usable_quantities(flows: &YearFlows<'_>) -> (Vec<Option<f64>>, Option<f64>) {
    let unit_value = |at: usize| {
        flows.quantities.get(at).copied().flatten().filter(|q| *q > 0.0).map(|q| flows.values[at] / q)
    };
    let mut known: Vec<f64> = (0..flows.values.len()).filter_map(unit_value).collect();
    let Some(middle) = median(&mut known) else { return (vec![None; flows.values.len()], None) };
    let usable: Vec<Option<f64>> = (0..flows.values.len())
        .map(|at| {
            unit_value(at).filter(|u| (middle / 10.0..=middle * 10.0).contains(u)).and(flows.quantities[at])
        })
        .collect();
    let total: f64 = flows.values.iter().sum();
    let covered: f64 = flows.values.iter().zip(&usable).filter(|(_, q)| q.is_some()).map(|(v, _)| v).sum();
    (usable, Some(covered / total))
}

/// Each country's share in the world's imports of a product.
struct ImportWeights {
    shares: Vec<f64>,
}

impl ImportWeights {
    fn of(trade: &TradeMatrix) -> Self {
        let total = trade.total();
        let shares = trade.imports().iter().map(|m| if total > 0.0 { m / total } else { 0.0 }).collect();
        Self { shares }
    }

    fn mean(&self, str: &[Option<f64>]) -> Option<f64> {
        let importers = self.shares.iter().zip(str).filter(|(m, _)| **m > 0.0);
        let mut sum = None;
        for (m, str) in importers {
            *sum.get_or_insert(0.0) += m * (*str)?;
        }
        sum
    }

    fn plain_mean(&self, str: &[Option<f64>]) -> Option<f64> {
        let importers: Vec<f64> =
            self.shares.iter().zip(str).filter(|(m, _)| **m > 0.0).filter_map(|(_, str)| *str).collect();
        (!importers.is_empty()).then(|| importers.iter().sum::<f64>() / importers.len() as f64)
    }

    /// Splits the change of the weighted mean into network, stability and who imports, exactly: with mean weights
    /// m̄ and mean risks, Δ(Σ m STR) = Σ m̄ ΔSTR + Σ Δm STR̄. A country that trades in one of the years only
    /// keeps its STR and counts under who imports.
    fn parts(
        &self,
        after: &Self,
        str_before: &[Option<f64>],
        str_after: &[Option<f64>],
        changes: &[Option<Change>],
    ) -> Option<[f64; 3]> {
        let (mut network, mut stability, mut importers) = (0.0, 0.0, 0.0);
        let mut any = [false; 2];
        for c in 0..self.shares.len() {
            let (m0, m1) = (self.shares[c], after.shares[c]);
            any[0] |= m0 > 0.0;
            any[1] |= m1 > 0.0;
            if let Some(change) = &changes[c] {
                network += 0.5 * (m0 + m1) * change.network;
                stability += 0.5 * (m0 + m1) * change.stability;
            }
            let level = match (str_before[c], str_after[c]) {
                (Some(before), Some(after)) => 0.5 * (before + after),
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => continue,
            };
            importers += (m1 - m0) * level;
        }
        any.iter().all(|a| *a).then_some([network, stability, importers])
    }
}
