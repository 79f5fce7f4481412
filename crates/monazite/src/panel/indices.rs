//! The indices that others publish, of one product over all years, from the trade that its indicators rest on.

use super::index_rows::IndexRow;
use super::matrices::YearTrade;
use super::product::{ProductRun, YearFlows};
use crate::indicators::ImportContent;
use crate::indicators::unit_values::usable_quantities;
use crate::indices::{DependencyHistory, Index, IndexInputs, importer_indices};
use crate::shock::ShockSolver;
use crate::study::TradeMeasure;

impl ProductRun<'_> {
    /// The indices of all importers in all years, by year and importer. Those that trade too little for their indicators to be shown have none.
    pub(super) fn indices(
        &self,
        flows: &[YearFlows<'_>],
        wanted: &[Index],
        solver: &mut ShockSolver,
    ) -> Vec<IndexRow> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let world = self.world;
        let known = world.stability.pv.iter().flatten().any(Option::is_some);
        let mut history = DependencyHistory::default();
        let mut rows = Vec::new();
        for (t, year) in self.trade(flows).iter().enumerate() {
            let content = match wanted.contains(&Index::Worst) {
                true => year.content(ImportContent::MassBalance, &year.matrix),
                false => Vec::new(),
            };
            let inputs = IndexInputs {
                product: world.products[self.position as usize],
                year: world.years[t],
                trade: &year.matrix,
                instability: known.then_some(&world.instability[t]),
                content: &content,
                among_members: &self.among_members(&flows[t]),
                whole: world.extract.whole(t),
                tables: &world.index_tables,
            };
            let of_year = importer_indices(&inputs, wanted, &mut history, solver);
            let shown = of_year.into_iter().filter(|(c, _)| self.is_shown(year, usize::from(*c)));
            rows.extend(shown.map(|(importer, of)| IndexRow {
                year: t,
                product: self.position,
                importer,
                imports: year.imports[usize::from(importer)],
                of,
            }));
        }
        rows
    }

    fn is_shown(&self, year: &YearTrade<'_>, c: usize) -> bool {
        year.imports[c] + year.exports[c] >= self.study.trade.min_trade
    }

    /// What the members of each merged group sell one another, in the measure of the study; empty if nothing is merged.
    fn among_members(&self, flows: &YearFlows<'_>) -> Vec<f64> {
        if !self.world.merged {
            return Vec::new();
        }
        let amounts: Vec<Option<f64>> = match self.study.trade.measure {
            TradeMeasure::Value => flows.values.iter().copied().map(Some).collect(),
            TradeMeasure::Quantity => usable_quantities(flows.values, flows.quantities).quantities,
        };
        let mut sums = vec![0.0; self.world.countries.len()];
        for ((&importer, &exporter), amount) in flows.importers.iter().zip(flows.exporters).zip(amounts) {
            let [to, from] = [importer, exporter].map(|c| usize::from(self.world.place[usize::from(c)]));
            if let Some(amount) = amount.filter(|_| importer != exporter && to == from) {
                sums[to] += amount;
            }
        }
        sums
    }
}
