//! What in the scenarios of a study, and in its limits for other suppliers, does not fit its data: found before the long work.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Error;
use crate::indicators::Wanted;
use crate::nomenclature::Hs6;
use crate::panel::World;
use crate::panel::product::{ProductRun, YearFlows};
use crate::plain_text::listed;
use crate::shock::{Scenario, ScenarioRow};
use crate::study::{Problem, Study, TradeMeasure};
use crate::trade::{FlowBatch, FlowSource, TradeMatrix};
use crate::what_if::base_years::{base_years_among, years_left_out};

/// So many suppliers or customers are named where another would do.
const NAMED: usize = 6;

/// What in the scenarios of a study, and in its limits for other suppliers, does not fit its data: countries and products that are not there, years
/// outside, suppliers that sell none, importers that buy none. Returns what a reader of the results should know.
///
/// # Errors
/// [`Error::Study`] with all of it; [`Error::Store`] if the trade of the products that are hit cannot be read.
pub fn check_against(study: &Study, store: &dyn FlowSource, world: &World) -> Result<Vec<String>, Error> {
    let mut found = Found { study, store, world, problems: Vec::new(), notes: Vec::new() };
    let shocks = &study.shocks;
    for row in &shocks.rows.0 {
        found.countries("shock", [&row.supplier].into_iter().chain(&row.to));
        found.products(row);
    }
    found.countries("shocks.priority", &shocks.priority);
    found.countries("shocks.exclude", &shocks.exclude);
    found.countries("diversification.exclude", &study.diversification.exclude);
    let scenarios = Scenario::of_rows(&shocks.rows.0);
    let mut hit: Vec<(&Scenario, Vec<usize>)> = Vec::new();
    for scenario in &scenarios {
        match base_years_among(&world.years, scenario, shocks.years) {
            Ok(years) => {
                found.notes.extend(years_left_out(&world.years, scenario, shocks.years));
                hit.push((scenario, years));
            }
            Err(message) => found.problem("shock", message),
        }
    }
    // A run without its flows, or of an extract, has no scenarios; that is said elsewhere.
    let computes = study.keeps_flows(world.products.len()) && world.extract.reason().is_none();
    if found.problems.is_empty() && computes {
        found.trade(&hit)?;
    }
    if found.problems.is_empty() { Ok(found.notes) } else { Err(study.error(found.problems).into()) }
}

/// What has been found.
struct Found<'a> {
    study: &'a Study,
    store: &'a dyn FlowSource,
    world: &'a World,
    problems: Vec<Problem>,
    notes: Vec<String>,
}

impl Found<'_> {
    fn problem(&mut self, key: &str, message: String) {
        let problem = Problem { line: None, key: key.to_owned(), message };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn place(&self, code: &str) -> Option<usize> {
        self.world.countries.iter().position(|country| country.code == code)
    }

    fn countries<'b>(&mut self, key: &str, codes: impl IntoIterator<Item = &'b String>) {
        for code in codes.into_iter().filter(|code| self.place(code).is_none()).collect::<Vec<_>>() {
            let table = self.store.countries();
            let message = match self.study.merged_into(code) {
                Some(group) => format!("{code} is in {group} in this study (trade.merge); say {group}"),
                None if table.by_iso3(code).is_some() => format!("{code} trades nothing in these years"),
                None => format!("{code} is not a country of the data{}", table.help_with(code)),
            };
            self.problem(key, message);
        }
    }

    fn products(&mut self, row: &ScenarioRow) {
        let missing: Vec<Hs6> =
            row.products.iter().copied().filter(|p| self.world.products.binary_search(p).is_err()).collect();
        for product in missing {
            let message = if self.store.traded_products().contains(&product) {
                format!(
                    "{product} is traded but not computed in this study; put it into study.seeds or study.focus, or add a link of the value chain to it"
                )
            } else {
                format!("{product} is not a product of the data; monazite codes finds codes by words")
            };
            self.problem("shock", message);
        }
    }

    /// The rows of every scenario against the trade of each of its base years.
    fn trade(&mut self, hit: &[(&Scenario, Vec<usize>)]) -> Result<(), Error> {
        let mut matrices: BTreeMap<Hs6, Vec<TradeMatrix>> = BTreeMap::new();
        for (scenario, years) in hit {
            for row in &scenario.rows {
                for &product in &row.products {
                    if let Entry::Vacant(free) = matrices.entry(product) {
                        free.insert(self.matrices(product)?);
                    }
                }
                for &t in years {
                    if row.years.is_none_or(|range| range.contains(self.world.years[t])) {
                        self.row(row, t, &matrices);
                    }
                }
            }
        }
        Ok(())
    }

    /// The trade of a product by year, as its indicators will be computed from it.
    fn matrices(&self, product: Hs6) -> Result<Vec<TradeMatrix>, Error> {
        let with_quantity = self.study.trade.measure == TradeMeasure::Quantity;
        let batches: Vec<FlowBatch> = self
            .world
            .years
            .iter()
            .map(|&year| self.store.read(year, &[product], with_quantity))
            .collect::<Result<_, _>>()?;
        let flows: Vec<YearFlows<'_>> = batches.iter().map(|batch| YearFlows::of(batch, product)).collect();
        let position = self.world.products.binary_search(&product).unwrap_or_default() as u32;
        let run = ProductRun {
            study: self.study,
            world: self.world,
            position,
            in_focus: false,
            columns: &[],
            wanted: Wanted::ALL,
            flows: false,
        };
        Ok(run.trade(&flows).into_iter().map(|year| year.matrix).collect())
    }

    fn row(&mut self, row: &ScenarioRow, t: usize, matrices: &BTreeMap<Hs6, Vec<TradeMatrix>>) {
        let year = self.world.years[t];
        let Some(supplier) = self.place(&row.supplier) else { return };
        for product in &row.products {
            let matrix = &matrices[product][t];
            // Where quantities are missing nothing is said of who sells: the scenario says so.
            if matrix.total() > 0.0 && matrix.exports()[supplier] <= 0.0 {
                let message = format!(
                    "{} sells no {product} in {year}, so nothing stops; its suppliers, the largest first: {}",
                    row.supplier,
                    self.largest(matrix.exports())
                );
                self.problem("shock", message);
                return;
            }
        }
        for code in &row.to {
            let Some(importer) = self.place(code) else { continue };
            let of = |product: &Hs6| sold(&matrices[product][t], supplier);
            let trades = row.products.iter().all(|product| matrices[product][t].total() > 0.0);
            if trades && row.products.iter().all(|product| of(product)[importer] <= 0.0) {
                let message = format!(
                    "{code} buys none of {} of {} in {year}; its customers for {}, the largest first: {}",
                    listed(&row.products, ""),
                    row.supplier,
                    row.products[0],
                    self.largest(&of(&row.products[0]))
                );
                self.problem("shock", message);
            }
        }
    }

    /// Codes of countries by what they trade, the largest first.
    fn largest(&self, amounts: &[f64]) -> String {
        let mut order: Vec<usize> = (0..amounts.len()).filter(|&c| amounts[c] > 0.0).collect();
        order.sort_by(|&a, &b| amounts[b].total_cmp(&amounts[a]).then(a.cmp(&b)));
        let some: Vec<&str> =
            order.iter().take(NAMED).map(|&c| self.world.countries[c].code.as_str()).collect();
        format!("{}{}", some.join(", "), if order.len() > NAMED { " and others" } else { "" })
    }
}

/// What a supplier sells to each country.
fn sold(matrix: &TradeMatrix, supplier: usize) -> Vec<f64> {
    let mut sold = vec![0.0; matrix.countries()];
    for column in matrix.columns() {
        if let Ok(at) = column.suppliers.binary_search(&(supplier as u16)) {
            sold[usize::from(column.importer)] = column.values[at];
        }
    }
    sold
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::YearRange;
    use crate::pipeline::inspect;
    use crate::pipeline::{RunOptions, Until, run_study};
    use crate::progress::Silent;

    /// The world of the tutorial: AAA sells 284690 to BBB and CCC; DDD, EEE and FFF sell none.
    fn world() -> (tempfile::TempDir, Study) {
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let temporary = tempfile::tempdir().unwrap();
        let mut study = Study::load(tiny.as_ref()).unwrap();
        study.data.store = Some(temporary.path().join("store"));
        crate::pipeline::open_trade(&study, &Silent).unwrap();
        (temporary, study)
    }

    fn product(code: &str) -> Vec<Hs6> {
        vec![code.parse().unwrap()]
    }

    fn problems(study: &Study) -> Vec<String> {
        inspect(study, &Silent).problems.iter().map(ToString::to_string).collect()
    }

    /// What is wrong is the same before a run and in one, which ends before its indicators.
    fn refused(study: &Study, folder: &std::path::Path, said: &str) {
        let found = problems(study);
        assert!(found.iter().any(|text| text.contains(said)), "{said}: {found:?}");
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        let error = run_study(study, &folder.join("run"), &options, &Silent).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }

    #[test]
    fn what_a_study_asks_of_other_data_is_found_before_the_work() {
        let (temporary, good) = world();
        let folder = temporary.path();
        let row = ScenarioRow::stop("AAA", product("284690"));
        let with = |row: ScenarioRow| {
            let mut study = good.clone();
            study.shocks.rows.0.push(row);
            study
        };
        assert_eq!(problems(&with(row.clone())), Vec::<String>::new());
        let at = |first, last| Some(YearRange { first, last });
        refused(
            &with(ScenarioRow { supplier: "FOO".into(), ..row.clone() }),
            folder,
            "shock: FOO is not a country of the data",
        );
        refused(
            &with(ScenarioRow { products: product("010101"), ..row.clone() }),
            folder,
            "shock: 010101 is not a product of the data",
        );
        refused(
            &with(ScenarioRow { years: at(2030, 2040), ..row.clone() }),
            folder,
            "it holds in 2030 to 2040 only, and the trade is of 2019 to 2021",
        );
        let sells_none = ScenarioRow { supplier: "FFF".into(), ..row.clone() };
        refused(
            &with(sells_none),
            folder,
            "FFF sells no 284690 in 2021, so nothing stops; its suppliers, the largest first: ",
        );
        for (key, change) in [
            ("shocks.priority", (|s: &mut Study| s.shocks.priority = vec!["FOO".into()]) as fn(&mut Study)),
            ("shocks.exclude", |s| s.shocks.exclude = vec!["FOO".into()]),
            ("diversification.exclude", |s| s.diversification.exclude = vec!["FOO".into()]),
        ] {
            let mut study = good.clone();
            study.shocks.capacity = Some(0.1);
            if key == "shocks.priority" {
                study.shocks.rationing = crate::study::RationingRule::Priority;
            }
            change(&mut study);
            refused(&study, folder, &format!("{key}: FOO is not a country of the data"));
        }
    }

    #[test]
    fn years_that_are_cut_and_countries_that_are_merged_are_told() {
        let (temporary, good) = world();
        let mut study = good.clone();
        let years = Some(YearRange { first: 2020, last: 2030 });
        let row =
            ScenarioRow { scenario: "ban".into(), years, ..ScenarioRow::stop("AAA", product("284690")) };
        study.shocks.rows.0.push(row.clone());
        let found = inspect(&study, &Silent);
        assert_eq!(found.problems.len(), 0);
        let note = "ban: of 2020 to 2030 the trade has 2020 to 2021 only.".to_owned();
        assert!(found.notes.contains(&note), "{:?}", found.notes);
        study.trade.merge.insert("AB".to_owned(), vec!["AAA".to_owned(), "BBB".to_owned()]);
        refused(&study, temporary.path(), "shock: AAA is in AB in this study (trade.merge); say AB");
        study.shocks.rows.0[0] = ScenarioRow { supplier: "AB".into(), to: vec!["AB".into()], ..row };
        refused(&study, temporary.path(), "AB buys none of 284690 of AB in 2020");
    }
}
