//! A group as one country: its members put together, trade among them taken out, and every indicator computed again from `flows.parquet`.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::indicators::extract::WholeTrade;
use crate::indicators::product_year::ValueMargins;
use crate::indicators::systemic_risk::StrScale;
use crate::indicators::{
    Column, ImportContent, ProductYear, ProductYearOptions, RiskParameters, Workspace, product_year,
};
use crate::run::{RunError, RunView, Supply};
use crate::study::TradeMeasure;
use crate::trade::TradeMatrix;

/// (importer, exporter, amount), as [`TradeMatrix::refill`] takes them.
type Triples = Vec<(u16, u16, f64)>;

/// One product in one year with the members of a group put together.
#[derive(Debug)]
struct MergedYear {
    /// The trade that the indicators rest on.
    matrix: TradeMatrix,
    /// What they come to.
    of: ProductYear,
}

/// A supplier whose negligible imports create a feedback loop, and what STR would be if it imported nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Without {
    /// Position of the supplier.
    pub supplier: usize,
    /// STR if it imported nothing.
    pub str: f64,
    /// Its imports, in the measure of the study.
    pub imports: f64,
    /// Its exports, likewise.
    pub exports: f64,
}

/// The members of a group as one country, which stands at the place of its first member; the other members trade nothing.
///
/// As a seller it has the mean political stability of its members, weighted by what each sells out of the group, over the products of the
/// run: as a study does it for `groups.consolidated`, but over the products of the run alone.
#[derive(Debug)]
pub struct OneBuyer {
    /// By year: the members, and their seat.
    members: Vec<Vec<usize>>,
    /// By year: instability of every country, with that of the group at its seat.
    instability: Vec<Vec<f64>>,
    years: BTreeMap<(usize, usize), MergedYear>,
    /// The scale of the paper's number; `None` where STR of the run is another.
    papers_scale: Option<StrScale>,
}

impl OneBuyer {
    /// Puts members together, by year; `None` if the run does not hold its flows, or the stability of countries.
    ///
    /// # Errors
    /// [`RunError`] if a table is damaged.
    pub fn of(view: &RunView<'_>, members: &[Vec<usize>]) -> Result<Option<Self>, RunError> {
        if view.pv.is_none() {
            return Ok(None);
        }
        let countries = view.panel.countries.len();
        let mut sold_out = vec![vec![0.0; countries]; members.len()];
        let is_member = table_of_members(members, countries);
        let there = view.run.each_flow(|flow| {
            let inside = &is_member[flow.year];
            if inside[flow.exporter] && !inside[flow.importer] {
                sold_out[flow.year][flow.exporter] += flow.value;
            }
        })?;
        if !there {
            return Ok(None);
        }
        let instability = (0..members.len())
            .map(|t| {
                // A country without a published or imputed stability supplies nothing.
                let of = |c: usize| view.pv_of(t, c).map(|pv| (1.0 - pv / 100.0).clamp(0.0, 1.0));
                let mut all: Vec<f64> = (0..countries).map(|c| of(c).unwrap_or(0.0)).collect();
                if let Some(&seat) = members[t].first() {
                    let known = members[t].iter().filter_map(|&c| Some((sold_out[t][c], of(c)?)));
                    let (weight, sum) =
                        known.fold((0.0, 0.0), |(w, s), (own, value)| (w + own, s + own * value));
                    all[seat] = if weight > 0.0 { sum / weight } else { 0.0 };
                }
                all
            })
            .collect();
        let papers_scale = view.study.str_is_the_papers().then(|| view.str_scale());
        Ok(Some(Self { members: members.to_vec(), instability, years: BTreeMap::new(), papers_scale }))
    }

    /// Computes products in years, all at once; those that are there already stay.
    ///
    /// # Errors
    /// [`RunError`] if a table is damaged.
    pub fn compute(&mut self, view: &RunView<'_>, wanted: &[(usize, usize)]) -> Result<(), RunError> {
        let countries = view.panel.countries.len();
        let is_member = table_of_members(&self.members, countries);
        let mut flows: BTreeMap<(usize, usize), [Triples; 2]> = wanted
            .iter()
            .filter(|pair| !self.years.contains_key(pair) && !self.members[pair.1].is_empty())
            .map(|&pair| (pair, Default::default()))
            .collect();
        if flows.is_empty() {
            return Ok(());
        }
        let missing: BTreeSet<(usize, usize)> = flows.keys().copied().collect();
        view.run.each_flow_of(
            |product, year| missing.contains(&(product, year)),
            |flow| {
                let Some([values, quantities]) = flows.get_mut(&(flow.product, flow.year)) else { return };
                let seat = self.members[flow.year][0];
                let place = |c: usize| if is_member[flow.year][c] { seat } else { c } as u16;
                let (importer, exporter) = (place(flow.importer), place(flow.exporter));
                values.push((importer, exporter, flow.value));
                quantities.extend(flow.quantity.map(|quantity| (importer, exporter, quantity)));
            },
        )?;
        let computed: Vec<((usize, usize), Option<MergedYear>)> = flows
            .into_par_iter()
            .map_init(Workspace::default, |work, (pair, flows)| (pair, self.merged(view, pair, flows, work)))
            .collect();
        self.years.extend(computed.into_iter().filter_map(|(pair, merged)| Some((pair, merged?))));
        Ok(())
    }

    /// One product-year; `None` only for a number out of its range, which a checked study and its tables do not have.
    fn merged(
        &self,
        view: &RunView<'_>,
        (product, year): (usize, usize),
        [mut values, mut quantities]: [Triples; 2],
        work: &mut Workspace,
    ) -> Option<MergedYear> {
        let countries = view.panel.countries.len();
        let settings = &view.study.indicators;
        let mut matrix = TradeMatrix::default();
        matrix.refill(countries, &mut values);
        let by_weight = view.study.trade.measure == TradeMeasure::Quantity;
        let by_value = by_weight.then(|| {
            let margins = (matrix.imports().to_vec(), matrix.exports().to_vec());
            matrix.refill(countries, &mut quantities);
            margins
        });
        let options = ProductYearOptions {
            risk: RiskParameters {
                orientation: settings.orientation,
                identity: settings.identity,
                damping: settings.damping,
            },
            // Without production of a group, which no table has, the most that mass balance allows.
            import_content: match settings.import_content {
                ImportContent::Production => ImportContent::MassBalance,
                other => other,
            },
            influence: settings.influence,
            pv_free_alpha: settings.pv_free_alpha,
            zero_imports_hhi: settings.zero_imports_hhi,
            value_margins: by_value.as_ref().map(|(imports, exports)| ValueMargins { imports, exports }),
            ..ProductYearOptions::default()
        };
        let mut of = product_year(&matrix, &self.instability[year], &options, work).ok()?;
        if view.manifest.trade.extract.is_some() {
            self.keep_what_is_whole(view, product, year, &mut of);
        }
        Some(MergedYear { matrix, of })
    }

    /// In an extract only trade of the group that is whole for every member says something; a year whose trade is that of the world has STR.
    fn keep_what_is_whole(&self, view: &RunView<'_>, product: usize, year: usize, of: &mut ProductYear) {
        let panel = view.panel;
        let countries = panel.countries.len();
        if (0..countries).any(|c| panel.value(Column::Str, product, year, c).is_some()) {
            return;
        }
        let members = &self.members[year];
        let has = |column: Column| {
            let traded = |c: &&usize| {
                [Column::Imports, Column::Exports]
                    .iter()
                    .any(|side| panel.value(*side, product, year, **c).is_some_and(|v| v > 0.0))
            };
            members.iter().filter(traded).all(|&c| panel.value(column, product, year, c).is_some())
        };
        let (imports, both) = (has(Column::StrDirect), has(Column::Exposure));
        let at_seat = |whole: bool| (0..countries).map(|c| whole && c == members[0]).collect::<Vec<bool>>();
        of.keep_what_is_whole(WholeTrade { imports: &at_seat(imports), exports: &at_seat(both) });
    }

    fn at(&self, product: usize, year: usize) -> Option<(&MergedYear, usize)> {
        Some((self.years.get(&(product, year))?, *self.members[year].first()?))
    }

    /// An indicator of the group; none that needs totals over all products, such as RCA.
    pub fn value(&self, column: Column, product: usize, year: usize) -> Option<f64> {
        let (merged, seat) = self.at(product, year)?;
        column.values(&merged.matrix, &merged.of).at(seat)
    }

    /// All suppliers outside the group with their shares in its imports, the largest first.
    pub fn suppliers(&self, product: usize, year: usize) -> Vec<Supply> {
        let Some((merged, seat)) = self.at(product, year) else { return Vec::new() };
        let whole = merged.of.main_suppliers.iter().any(|s| usize::from(s.importer) == seat);
        let of_group = merged.matrix.columns().find(|column| usize::from(column.importer) == seat);
        let mut found: Vec<Supply> = of_group
            .filter(|_| whole)
            .into_iter()
            .flat_map(|column| column.suppliers.iter().zip(column.shares))
            .map(|(&supplier, &share)| Supply { supplier: usize::from(supplier), share })
            .collect();
        found.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.supplier.cmp(&b.supplier)));
        found
    }

    /// Importers whose main supplier is the group: their imports from it, and its share in them.
    pub fn customers(&self, product: usize, year: usize) -> Vec<(f64, Supply)> {
        let Some((merged, seat)) = self.at(product, year) else { return Vec::new() };
        let first =
            merged.of.main_suppliers.iter().filter(|s| s.rank == 1 && usize::from(s.supplier) == seat);
        first
            .map(|s| {
                let importer = usize::from(s.importer);
                (merged.of.imports[importer] * s.share, Supply { supplier: importer, share: s.share })
            })
            .collect()
    }

    /// Trade of the world without what goes on among members.
    pub fn world(&self, product: usize, year: usize) -> f64 {
        self.at(product, year).map_or(0.0, |(merged, _)| merged.of.imports.iter().sum())
    }

    /// How many countries have more of an indicator, such as influence, than the group.
    pub fn above(&self, column: Column, product: usize, year: usize, own: f64) -> usize {
        let Some((merged, _)) = self.at(product, year) else { return 0 };
        let values = column.values(&merged.matrix, &merged.of);
        (0..merged.of.imports.len()).filter_map(|c| values.at(c)).filter(|other| *other > own).count()
    }

    /// The supplier whose negligible imports matter most to the STR of the group; `None` where that is not the paper's number, which alone they
    /// move as told.
    pub fn without(&self, product: usize, year: usize) -> Option<Without> {
        let scale = self.papers_scale?;
        let (merged, seat) = self.at(product, year)?;
        let loops = merged.of.trickle_loops.iter().filter(|l| usize::from(l.supplier) != seat);
        loops
            .filter_map(|l| {
                let own = l.importers.iter().find(|i| usize::from(i.importer) == seat)?;
                let supplier = usize::from(l.supplier);
                let str = scale.of_column_sum(own.without)?;
                Some(Without { supplier, str, imports: l.imports, exports: l.exports })
            })
            .min_by(|a, b| a.str.total_cmp(&b.str))
    }
}

fn table_of_members(members: &[Vec<usize>], countries: usize) -> Vec<Vec<bool>> {
    let of_year = |members: &Vec<usize>| {
        let mut table = vec![false; countries];
        members.iter().for_each(|&c| table[c] = true);
        table
    };
    members.iter().map(of_year).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Governance;
    use crate::pipeline::{RunData, RunOptions, Until, run_in_memory};
    use crate::progress::Silent;
    use crate::report::brief::unit::Unit;
    use crate::run::Run;
    use crate::study::Study;
    use crate::trade::FlowTable;

    const PRODUCT: &str = "283691";

    /// A run of trade in which Germany and France trade with each other most; the study may be changed.
    fn run(change: impl Fn(&mut Study)) -> Run {
        let flows = FlowTable::from_rows([
            (2022, PRODUCT, "CHN", "DEU", 10.0),
            (2023, PRODUCT, "DEU", "FRA", 500.0),
            (2023, PRODUCT, "FRA", "DEU", 40.0),
            (2023, PRODUCT, "CHN", "DEU", 70.0),
            (2023, PRODUCT, "CHN", "FRA", 10.0),
            (2023, PRODUCT, "USA", "FRA", 20.0),
            (2023, PRODUCT, "DEU", "USA", 30.0),
            (2023, PRODUCT, "FRA", "JPN", 10.0),
            (2023, PRODUCT, "USA", "JPN", 5.0),
            (2023, PRODUCT, "JPN", "CHN", 7.0),
        ])
        .unwrap();
        let pv = [("CHN", 30.0), ("DEU", 70.0), ("FRA", 50.0), ("JPN", 90.0), ("USA", 60.0)];
        let rows = pv.iter().flat_map(|&(code, pv)| [2022, 2023].map(|year| (code, year, pv)));
        let governance = Governance::from_rows(rows).unwrap();
        let mut study = Study::new([PRODUCT.parse().unwrap()]);
        study.groups.define.insert("G2".to_owned(), vec!["DEU".to_owned(), "FRA".to_owned()]);
        change(&mut study);
        let data = RunData { trade: &flows, governance: &governance };
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        let made = run_in_memory(&study, data, &options, &Silent).unwrap();
        Run::of(made.files, study, made.manifest)
    }

    /// The group G2 of a run, as one buyer in 2023.
    fn group(run: &Run) -> Unit {
        let view = run.view().unwrap();
        let mut unit = Unit::find(&view, "G2").unwrap();
        unit.prepare(&view, &[0], 0..2).unwrap();
        unit
    }

    #[test]
    fn a_group_is_what_a_study_makes_of_it_as_one_country() {
        let parts = run(|_| {});
        let (view, unit) = (parts.view().unwrap(), group(&parts));
        assert!(unit.is_group() && unit.is_one_buyer());
        // From outside: 80 from China, 20 from the USA; out of it 40. What the two sell each other is not there.
        let value = |column| unit.value(&view, column, 0, 1).unwrap();
        assert_eq!(
            [value(Column::Imports), value(Column::Exports), value(Column::Exposure)],
            [100.0, 40.0, 100.0 / 140.0]
        );
        assert_eq!(value(Column::Hhi), 0.8 * 0.8 + 0.2 * 0.2);
        let main = unit.main_supplier(&view, 0, 1).unwrap();
        assert_eq!((view.panel.countries[main.supplier].code.as_str(), main.share), ("CHN", 0.8));
        assert_eq!(unit.world(&view, 0, 1), 100.0 + 30.0 + 15.0 + 7.0);
        let customers: Vec<&str> = unit
            .customers(&view, 0, 1)
            .iter()
            .map(|(_, c)| view.panel.countries[c.supplier].code.as_str())
            .collect();
        assert_eq!(customers, ["JPN", "USA"]);

        let one = run(|study| {
            study.groups.consolidated = vec!["G2".to_owned()];
            study.trade.merge.insert("G2".to_owned(), vec!["DEU".to_owned(), "FRA".to_owned()]);
        });
        let view_of_one = one.view().unwrap();
        let at = view_of_one.panel.country("G2").unwrap();
        let columns = [
            Column::Imports,
            Column::Exports,
            Column::Exposure,
            Column::Hhi,
            Column::Str,
            Column::StrDirect,
            Column::StrIndirect,
            Column::Influence,
        ];
        for column in columns {
            let wanted = view_of_one.panel.value(column, 0, 1, at).unwrap();
            assert!((value(column) - wanted).abs() < 1e-12, "{}: {} {wanted}", column.name(), value(column));
        }
        // Its rank among the four that are left is the same.
        let above = |c: usize| {
            view_of_one.panel.value(Column::Influence, 0, 1, c) > Some(value(Column::Influence) + 1e-12)
        };
        let rank = (0..view_of_one.panel.countries.len()).filter(|&c| c != at && above(c)).count() + 1;
        assert_eq!(unit.influence(&view, Column::Influence, 0, 1).unwrap().1, rank);
    }

    #[test]
    fn without_flows_shares_are_lower_bounds() {
        let parts = run(|study| study.output.flows = Some(false));
        let (view, unit) = (parts.view().unwrap(), group(&parts));
        assert!(!unit.is_one_buyer() && !unit.shares_are_exact());
        assert_eq!(unit.value(&view, Column::Imports, 0, 1), Some(640.0), "trade among members included");
        assert_eq!(unit.main_supplier(&view, 0, 1).unwrap().share, 80.0 / 640.0);
    }
}
