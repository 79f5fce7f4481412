//! What-if questions to a run, against the worked networks of the methods: Q2 for shocks, E1 for other suppliers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use monazite::diversification::{CapacityOf, LimitOptions, Objective, stop_losses};
use monazite::indicators::{Column, ImportContent, Leontief};
use monazite::ingest::Governance;
use monazite::nomenclature::{Hs6, YearRange};
use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory};
use monazite::progress::Silent;
use monazite::report::answers::{ScenarioAnswer, WorstAnswer};
use monazite::report::scenario::{scenario_page, sentences::sentences};
use monazite::run::Run;
use monazite::shock::{ChainReading, Scenario, ScenarioRow, events};
use monazite::study::{DataFrom, RationingRule, ShockSection, Study, TradeMeasure};
use monazite::trade::{FlowColumns, FlowTable, Labels};
use monazite::what_if::stage::{base_years, outcomes};
use monazite::what_if::{
    ContentReading, OtherSuppliers, RunTrade, ScenarioOutcome, WhatIf, WhatIfError, chokepoints,
    event_in_run, lost_share, spare_capacity,
};

const COUNTRIES: [&str; 3] = ["AUS", "BRA", "CAN"];
/// Two inputs, Q2 and another, and what is made of both.
const Q2: (&str, [[f64; 3]; 3]) = ("284690", [[0.0, 60.0, 30.0], [10.0, 0.0, 20.0], [5.0, 60.0, 0.0]]);
const OTHER: (&str, [[f64; 3]; 3]) = ("250410", [[0.0, 5.0, 20.0], [25.0, 0.0, 5.0], [0.0; 3]]);
const MADE: (&str, [[f64; 3]; 3]) = ("280530", [[0.0, 0.0, 10.0], [40.0, 0.0, 60.0], [20.0, 30.0, 0.0]]);
const E1: (&str, [[f64; 3]; 3]) = ("284690", [[0.0, 60.0, 30.0], [10.0, 0.0, 50.0], [0.0, 20.0, 0.0]]);

fn code(text: &str) -> Hs6 {
    text.parse().unwrap()
}

/// A run of networks in 2022 and 2023; the chain has both inputs of [`MADE`].
fn run_of(networks: &[(&'static str, [[f64; 3]; 3])], change: impl Fn(&mut Study)) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let links = folder.path().join("links.csv");
    fs::write(&links, "input,output,source\n284690,280530,made up\n250410,280530,made up\n").unwrap();
    let mut rows = Vec::new();
    for (product, network) in networks {
        for (a, exports) in network.iter().enumerate() {
            for (c, &value) in exports.iter().enumerate().filter(|(_, value)| **value > 0.0) {
                rows.push((2023, *product, COUNTRIES[a], COUNTRIES[c], value));
                rows.push((2022, *product, COUNTRIES[a], COUNTRIES[c], 2.0 * value));
            }
        }
    }
    let flows = FlowTable::from_rows(rows).unwrap();
    let stability =
        Governance::from_rows([("AUS", 2022, 25.0), ("BRA", 2022, 80.0), ("CAN", 2022, 50.0)]).unwrap();
    let mut study = Study::new([code("284690"), code("250410")]);
    if networks.len() > 1 {
        study.chain.edges = vec![links];
    } else {
        study.study.seeds.truncate(1);
    }
    change(&mut study);
    let study = study.checked(DataFrom::Memory).unwrap();
    let data = RunData { trade: &flows, governance: &stability };
    let options = RunOptions { until: Until::Report, commit: String::new() };
    let made = run_in_memory(&study, data, &options, &Silent).unwrap();
    Run::of(made.files, study, made.manifest)
}

fn chain_run() -> Run {
    run_of(&[Q2, OTHER, MADE], |_| {})
}

fn outcome(run: &Run, row: ScenarioRow) -> Result<ScenarioOutcome, WhatIfError> {
    let scenario = Scenario::of_rows(&[row]).remove(0);
    WhatIf::of(run, 1, &[], &run.study().shocks)?.scenario(&scenario)
}

fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() < 1e-9, "{found:?} is not {expected:?}");
    }
}

fn losses(of: &[Option<f64>]) -> Vec<f64> {
    of.iter().map(|loss| loss.unwrap()).collect()
}

fn refused(found: Result<ScenarioOutcome, WhatIfError>) -> String {
    match found.unwrap_err() {
        WhatIfError::Question(words) => words,
        other => panic!("{other}"),
    }
}

#[test]
fn a_stop_goes_down_the_chain_as_worked_out() {
    let run = chain_run();
    let found = outcome(&run, ScenarioRow::stop("AUS", vec![code("284690")])).unwrap();
    assert_eq!(found.suppliers, [0]);
    let panel = run.panel().unwrap();
    let of = |product: &str| {
        let at = panel.product(code(product)).unwrap();
        found.products.iter().find(|p| p.product == at).unwrap()
    };
    let ore = of("284690");
    let under = |content| losses(&ore.losses(content, ChainReading::Reach).loss);
    near(&under(ContentReading::None), &[0.0, 0.5, 0.6]);
    near(&under(ContentReading::Exposure), &[0.4797507788, 0.6775700935, 0.8168224299]);
    near(&under(ContentReading::MassBalance), &[0.8181818182, 0.8636363636, 0.9454545455]);
    assert!(ore.hit && ore.are_bounds() && ore.tier == Some(0));
    // What is left of the others: BRA buys 120 and CAN 50.
    let mass = ore.losses(ContentReading::MassBalance, ChainReading::Reach);
    near(&[lost_share(&ore.imports, &mass.loss, &[0]).unwrap()], &[0.8877005348]);
    let made = of("280530");
    let mass = made.losses(ContentReading::MassBalance, ChainReading::Reach);
    near(&mass.production_loss, &[0.0511363636, 0.8290909091, 0.4848484848]);
    near(&losses(&mass.loss), &[0.8290909091; 3]);
    assert!(!made.are_bounds() && !made.hit);
    assert_eq!(losses(&made.none[0].loss), [0.0; 3], "with φ = 0 no lost import is passed down");
    // The second input is not touched.
    assert_eq!(found.products.len(), 2);
}

#[test]
fn content_takes_the_value_of_the_input_and_no_more() {
    let run = chain_run();
    let found = outcome(&run, ScenarioRow::stop("AUS", vec![code("284690")])).unwrap();
    let made = found.products.iter().find(|p| !p.hit).unwrap();
    // World trade: 185 of the ore, 160 of what is made of it, so that θ is 1 and content is the ore's own loss.
    let content = made.losses(ContentReading::MassBalance, ChainReading::Content);
    near(&content.production_loss, &[0.1363636364, 0.8636363636, 0.7272727273]);
}

#[test]
fn lost_production_passes_down_under_both_readings_of_the_chain_where_phi_is_0() {
    let run = chain_run();
    let row = ScenarioRow {
        production_loss: 0.4,
        export_cut: 0.0,
        ..ScenarioRow::stop("AUS", vec![code("284690")])
    };
    let found = outcome(&run, row).unwrap();
    let made = found.products.iter().find(|p| !p.hit).unwrap();
    let none = |chain| made.losses(ContentReading::None, chain);
    // AUS has .4 less ore of its own. It imports 15 of ore and 25 of the other input: its production falls by 15/40 of that under reach; by
    // all of it under content, where the ore is worth as much as what is made of it.
    near(&none(ChainReading::Reach).production_loss, &[0.15, 0.0, 0.0]);
    near(&none(ChainReading::Content).production_loss, &[0.4, 0.0, 0.0]);
    // CAN buys 10 of its 70 from AUS.
    near(&losses(&none(ChainReading::Reach).loss), &[0.0, 0.0, 0.15 / 7.0]);
    near(&losses(&none(ChainReading::Content).loss), &[0.0, 0.0, 0.4 / 7.0]);
}

#[test]
fn a_scenario_that_cannot_be_says_what_can() {
    let run = chain_run();
    let ask = |row: ScenarioRow| refused(outcome(&run, row));
    let of = |supplier: &str, product: &str| ScenarioRow::stop(supplier, vec![code(product)]);
    let told = ask(of("CAN", "250410"));
    assert!(told.contains("CAN sells no 250410 in 2023") && told.contains("BRA, AUS"), "{told}");
    let told = ask(of("ZWE", "284690"));
    assert!(told.contains("ZWE is not a country of this run") && told.contains("AUS, BRA, CAN"), "{told}");
    let told = ask(of("AUS", "850511"));
    assert!(told.contains("850511 is not a product of this run, which has 3 of them: 250410"), "{told}");
    let told = ask(ScenarioRow { to: vec!["AUS".to_owned()], ..of("AUS", "284690") });
    assert!(
        told.contains(
            "AUS buys no 284690 of AUS in 2023; its customers for 284690, the largest first: BRA, CAN"
        ),
        "{told}"
    );
    for (cut, loss) in [(1.5, 0.0), (-0.1, 0.0), (1.0, f64::NAN), (0.0, 2.0)] {
        let told = ask(ScenarioRow { export_cut: cut, production_loss: loss, ..of("AUS", "284690") });
        assert!(told.contains("is not a share: from 0 (nothing) to 1 (all of it)"), "{told}");
    }
}

#[test]
fn base_years_are_those_of_the_rows_then_of_the_study_then_the_last() {
    let run = chain_run();
    let range = |first, last| Some(YearRange { first, last });
    let years = |of_row, of_study| {
        let row = ScenarioRow { years: of_row, ..ScenarioRow::stop("AUS", vec![code("284690")]) };
        base_years(&run, &Scenario::of_rows(&[row]).remove(0), of_study)
    };
    assert_eq!(years(None, None).unwrap(), [1]);
    assert_eq!(years(None, range(2000, 2030)).unwrap(), [0, 1]);
    assert_eq!(years(range(2022, 2022), None).unwrap(), [0]);
    assert_eq!(years(range(2022, 2022), range(2000, 2030)).unwrap(), [0]);
    let told = years(range(1995, 1999), None).unwrap_err().to_string();
    assert!(told.contains("it holds in 1995 to 1999 only, and the trade is of 2022 to 2023"), "{told}");
    let told = years(None, range(1995, 1999)).unwrap_err().to_string();
    assert!(told.contains("none of 1995 to 1999 is a year of the trade, which is of 2022 to 2023"), "{told}");
}

#[test]
fn chokepoints_are_those_of_the_worked_network() {
    let run = chain_run();
    let trade = RunTrade::read(&run, |_, year| year == 1).unwrap();
    let found = chokepoints(&run, &trade, &Silent).unwrap();
    let ore = run.panel().unwrap().product(code("284690")).unwrap();
    let of_ore: Vec<_> = found.iter().filter(|point| point.product == ore).collect();
    near(
        &of_ore.iter().map(|point| point.of.power).collect::<Vec<_>>(),
        &[150.9090909091, 35.7894736842, 77.6470588235],
    );
    // Down the chain the others than AUS lose .8290909091 of the 100 that they buy.
    near(&[of_ore[0].downstream.unwrap()], &[82.9090909091]);
    let made = run.panel().unwrap().product(code("280530")).unwrap();
    assert!(found.iter().filter(|point| point.product == made).all(|point| point.downstream.is_none()));
    // The table of the run holds the same.
    assert_eq!(run.manifest().shocks.as_ref().unwrap().scanned, 6);
}

#[test]
fn other_suppliers_are_those_of_the_worked_network() {
    let run = run_of(&[E1], |_| {});
    let others = OtherSuppliers::of(&run, code("284690"), None).unwrap();
    near(others.instability(), &[0.75, 0.2, 0.5]);
    let limits = LimitOptions {
        moved: 0.25,
        capacity: 10.0,
        capacity_of: CapacityOf::AllExports,
        ..LimitOptions::default()
    };
    let mass = others.plan(1, ImportContent::MassBalance, Objective::Risk, &limits).unwrap();
    near(&[mass.str.before, mass.str.after], &[1.7739340306, 1.7680608365]);
    let both = others.diversification(1, Objective::Risk, &limits).unwrap();
    near(&[both.full.str.before, both.full.str.after], &[1.9918699187, 1.9271758437]);
    let points = &both.frontier.points;
    assert!(points.windows(2).all(|pair| pair[1].str <= pair[0].str + 1e-15));
    near(&[points[0].str], &[1.7739340306]);
    // CAN sells all of its 20 to BRA, so that with a quarter of the rest of its exports no move pays.
    let none = others.plan(1, ImportContent::MassBalance, Objective::Risk, &LimitOptions::default()).unwrap();
    assert_eq!((none.moved, none.moves.len()), (0.0, 0));
    // AUS buys from BRA alone, and CAN is excluded: there is nobody to turn to.
    let limits = LimitOptions { exclude: vec![2], ..LimitOptions::default() };
    let told = others.plan(0, ImportContent::MassBalance, Objective::Risk, &limits).unwrap_err().to_string();
    assert!(told.contains("284690 in 2023"), "{told}");
}

#[test]
fn where_reexports_are_traced_plans_are_about_the_risk_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let shares = folder.path().join("reexports.csv");
    fs::write(&shares, "iso3,reexport_share\nBRA,0.5\n").unwrap();
    let run = run_of(&[Q2], |study| study.trade.reexport_shares = Some(shares.clone()));
    let panel = run.panel().unwrap();
    let others = OtherSuppliers::of(&run, code("284690"), None).unwrap();
    assert_eq!(others.trade().contents.mass_balance[1], 0.0, "what BRA sells is its own by then");
    let product = panel.product(code("284690")).unwrap();
    let limits = LimitOptions {
        moved: 0.25,
        capacity: 10.0,
        capacity_of: CapacityOf::AllExports,
        ..LimitOptions::default()
    };
    let table = run.table("diversification.csv").unwrap().unwrap();
    let str_at = table.require(&["str"]).unwrap();
    let mut moved = 0.0;
    for importer in 0..3 {
        let of_run = panel.value(Column::StrMassBalance, product, 1, importer).unwrap();
        let both = others.diversification(importer, Objective::Risk, &limits).unwrap();
        let plan = &both.mass_balance;
        near(
            &[
                plan.str.before,
                both.frontier.points[0].str,
                table.rows[importer].get(str_at).parse().unwrap(),
            ],
            &[of_run; 3],
        );
        let content = &others.trade().contents.mass_balance;
        let stops = stop_losses(&others.trade().matrix, content, importer, &mut Leontief::default());
        near(&[plan.worst_stop_before.loss], &[stops.into_iter().fold(0.0, f64::max)]);
        // What suppliers sell more they make: nobody's exports become imported goods.
        assert!(plan.str_recomputed <= plan.str.before + 1e-12, "{plan:?}");
        moved += plan.moved;
    }
    assert!(moved > 0.0);
}

#[test]
fn events_take_the_year_and_the_codes_that_there_are() {
    let run = run_of(&[Q2, OTHER, MADE], |_| {});
    let graphite = events::event("graphite-2023").unwrap();
    let told = event_in_run(&run, graphite).unwrap_err().to_string();
    assert!(
        told.contains("graphite-2023 cannot be run") && told.contains("CHN sells none of 250410 in 2022"),
        "{told}"
    );
    let told = event_in_run(&run, events::event("nickel-ore-ban-2020").unwrap()).unwrap_err().to_string();
    assert!(told.contains("Not in this run, or not codes of its HS edition: 260400"), "{told}");
    assert!(!told.contains("is hit instead"), "nothing is hit: {told}");
}

#[test]
fn a_study_writes_the_tables_of_its_scenarios() {
    let row = ScenarioRow {
        production_loss: 0.4,
        export_cut: 0.0,
        ..ScenarioRow::stop("AUS", vec![code("284690")])
    };
    let run = run_of(&[Q2, OTHER, MADE], |study| study.shocks.rows.0 = vec![row.clone()]);
    let table = run.table("shock_products.csv").unwrap().unwrap();
    assert_eq!(table.rows.len(), 4, "two products, reach and content");
    let again = outcomes(&run, &Scenario::of_rows(&[row]), &run.study().shocks, &Silent).unwrap();
    let ore = again[0].products.iter().find(|p| p.hit).unwrap();
    near(
        &losses(&ore.losses(ContentReading::MassBalance, ChainReading::Reach).loss),
        &[0.3157894737, 0.3333333333, 0.3649122807],
    );
    assert!(!ore.are_bounds(), "a lost production has no order over readings");
}

#[test]
fn runs_without_flows_are_refused() {
    let run = run_of(&[Q2], |study| study.output.flows = Some(false));
    let told = refused(outcome(&run, ScenarioRow::stop("AUS", vec![code("284690")])));
    assert!(told.contains("set output.flows = true"), "{told}");
    let skipped = &run.manifest().skipped;
    assert!(skipped.iter().any(|s| s.stage == "shocks" && s.reason.contains("output.flows")), "{skipped:?}");
}

fn answer(run: &Run, settings: &ShockSection, rows: &[ScenarioRow], year: usize) -> ScenarioAnswer {
    let what_if = WhatIf::of(run, year, &[], settings).unwrap();
    let outcome = what_if.scenario(&Scenario::of_rows(rows).remove(0)).unwrap();
    ScenarioAnswer::of(&what_if, &outcome, None).unwrap()
}

#[test]
fn there_is_no_share_of_what_nobody_else_imports() {
    let run = chain_run();
    let stop = |supplier: &str| ScenarioRow::stop(supplier, vec![code("284690")]);
    let rows = [stop("AUS"), stop("BRA"), stop("CAN")];
    let told = answer(&run, &ShockSection::default(), &rows, 1);
    assert_eq!((told.products[0].share, told.products[0].imports, told.losers.len()), (None, 0.0, 0));
    assert!(serde_json::to_value(&told).unwrap()["products"][0]["share"].is_null());
    let text = told.to_text();
    let line = text.lines().find(|line| line.trim_start().starts_with("284690")).unwrap();
    assert!(line.matches(" -").count() >= 3 && !line.contains('%'), "{line}");
    assert!(text.contains("imports 284690, so that there is no share that all others lose."), "{text}");
    assert!(text.contains("Nobody else imports any."), "{text}");
}

#[test]
fn what_passes_down_without_sales_is_shown_where_production_is_lost() {
    let run = chain_run();
    let lost = ScenarioRow {
        production_loss: 0.4,
        export_cut: 0.0,
        ..ScenarioRow::stop("AUS", vec![code("284690")])
    };
    let settings = ShockSection::default();
    let told = answer(&run, &settings, std::slice::from_ref(&lost), 1);
    // Of 100 that BRA and CAN import CAN buys 10 of AUS, which makes .15 or .4 less.
    near(&[told.tiers[0].reach.none, told.tiers[0].content.none, told.tiers[0].imports], &[1.5, 4.0, 100.0]);
    assert!(told.to_text().contains("none (only lost production passes down): tier 1 reach"));
    let page = |row: &ScenarioRow| {
        let found = outcome(&run, row.clone()).unwrap();
        scenario_page(&run, &settings, &[found]).unwrap()
    };
    assert!(page(&lost).contains("Under “nothing” only lost production passes down"));
    let stop = page(&ScenarioRow::stop("AUS", vec![code("284690")]));
    assert!(stop.contains("no loss passes down, since no production is lost"));
    assert!(
        !answer(&run, &settings, &[ScenarioRow::stop("AUS", vec![code("284690")])], 1)
            .to_text()
            .contains("only lost production")
    );
}

#[test]
fn shares_of_a_tier_are_of_all_its_products_that_are_not_hit() {
    let run = chain_run();
    let found = outcome(&run, ScenarioRow::stop("AUS", vec![code("284690")])).unwrap();
    // Of the other input BRA imports 5 and CAN 25, of what is made of both 30 and 70.
    let tiers: Vec<_> = found.tiers.iter().map(|of| (of.tier, of.products, of.imports)).collect();
    assert_eq!(tiers, [(0, 1, 30.0), (1, 1, 100.0)]);
    let page = scenario_page(&run, &run.study().shocks, &[found]).unwrap();
    assert!(page.contains("Products touched") && page.contains("<td>1 of 1</td>"));
}

#[test]
fn what_others_fill_is_told_in_all_and_no_more_than_their_customers_lack() {
    let run = chain_run();
    let row = ScenarioRow::stop("AUS", vec![code("284690")]);
    let settings = |capacity| ShockSection {
        capacity: Some(capacity),
        rationing: RationingRule::Incumbent,
        ..ShockSection::default()
    };
    let half = settings(0.5);
    let fill = answer(&run, &half, std::slice::from_ref(&row), 1).products[0].fill.unwrap();
    let found = WhatIf::of(&run, 1, &[], &half)
        .unwrap()
        .scenario(&Scenario::of_rows(std::slice::from_ref(&row))[0])
        .unwrap();
    let mass = found.products[0].losses(ContentReading::MassBalance, ChainReading::Reach);
    near(&losses(&mass.loss), &[0.5688833334, 0.7279043135, 0.8250429404]);
    // BRA imports 120 and CAN 50; what is left is 1 - fill of what they lack.
    let [left_b, left_c] = [120.0 * mass.loss[1].unwrap(), 50.0 * mass.loss[2].unwrap()];
    let [lack_b, lack_c] = [left_b / (1.0 - mass.fill[1].unwrap()), left_c / (1.0 - mass.fill[2].unwrap())];
    near(&[fill.total], &[1.0 - (left_b + left_c) / (lack_b + lack_c)]);
    assert!(fill.least < fill.total && fill.total < fill.most, "{fill:?}");

    // With ten times its exports each all is filled: CAN sells BRA the 60 that it lacks, BRA sells CAN 30. AUS lacks nothing then.
    let much = settings(10.0);
    let what_if = WhatIf::of(&run, 1, &[], &much).unwrap();
    let found = what_if.scenario(&Scenario::of_rows(&[row])[0]).unwrap();
    let spare = spare_capacity(&what_if, &found, &found.products[0]).unwrap();
    assert_eq!(spare.iter().map(|of| of.supplier).collect::<Vec<_>>(), [2, 1]);
    near(&spare.iter().map(|of| of.amount).collect::<Vec<_>>(), &[60.0, 30.0]);
}

#[test]
fn what_a_scenario_leaves_out_is_what_it_does_not_hold() {
    let run = chain_run();
    let folder = tempfile::tempdir().unwrap();
    let table = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        Some(path)
    };
    let row = ScenarioRow::stop("AUS", vec![code("284690")]);
    let left_out = |settings: &ShockSection| answer(&run, settings, std::slice::from_ref(&row), 1).leaves_out;
    let nothing = ShockSection {
        capacity: Some(0.0),
        stocks: table("stocks.csv", "product,iso3,share\n"),
        capacities: table("capacities.csv", "product,iso3,capacity\n284690,ZWE,0.5\n"),
        ..ShockSection::default()
    };
    assert_eq!(left_out(&nothing), left_out(&ShockSection::default()));
    let some = ShockSection {
        stocks: table("some.csv", "product,iso3,share\n284690,BRA,0.5\n"),
        capacities: table("more.csv", "product,iso3,capacity\n284690,BRA,0.5\n"),
        ..ShockSection::default()
    };
    let held = left_out(&some);
    assert!(held.ends_with("it does hold stocks as given in a table and what other suppliers can sell more, as given in a table."), "{held}");
}

#[test]
fn a_year_is_told_with_the_rows_that_hold_in_it() {
    let run = chain_run();
    let row = |supplier: &str, year| ScenarioRow {
        scenario: "ban".to_owned(),
        years: Some(YearRange { first: year, last: year }),
        ..ScenarioRow::stop(supplier, vec![code("284690")])
    };
    let rows = [row("AUS", 2022), row("CAN", 2023)];
    for (year, rest) in [(0, " stops exports of 284690"), (1, " stops exports of 284690")] {
        let told = answer(&run, &ShockSection::default(), &rows, year);
        assert_eq!(told.happens.len(), 1, "{:?}", told.happens);
        assert!(told.happens[0].ends_with(rest));
        assert_eq!(told.suppliers.len(), 1);
    }
    let scenario = &Scenario::of_rows(&rows)[0];
    let found = outcomes(&run, std::slice::from_ref(scenario), &run.study().shocks, &Silent).unwrap();
    let suppliers: Vec<_> = found.iter().map(|of| of.scenario.rows[0].supplier.as_str()).collect();
    assert_eq!((suppliers, found.iter().all(|of| of.scenario.rows.len() == 1)), (vec!["AUS", "CAN"], true));
    assert!(scenario_page(&run, &run.study().shocks, &found).unwrap().contains("<h1>ban</h1>"));
}

#[test]
fn a_product_that_is_hit_may_be_made_of_another_one() {
    let run = chain_run();
    let found = outcome(&run, ScenarioRow::stop("AUS", vec![code("284690"), code("280530")])).unwrap();
    let told = sentences(&run, &run.study().shocks, &found).unwrap();
    assert!(
        told.iter().any(|of| of.contains("nothing else is made of 284690 and 280530")
            || of.contains("nothing else is made of 280530 and 284690")),
        "{told:?}"
    );
}

#[test]
fn no_set_of_suppliers_costs_more_than_all_imports() {
    let run = chain_run();
    let ore = run.panel().unwrap().product(code("284690")).unwrap();
    // The stop of AUS and CAN takes all.
    let found = WorstAnswer::of(&run, ore, 1, 6).unwrap();
    near(&[found.at_most, found.at_least_of_the_worst.unwrap()], &[185.0, 1.0]);
    assert!(
        found
            .to_text()
            .contains("Of the 6 suppliers asked for 2 are listed: no other one would add anything")
    );
    let one = WorstAnswer::of(&run, ore, 1, 1).unwrap();
    assert!(one.at_most <= 185.0 && one.to_text().contains("No other supplier can cost more than"));
}

#[test]
fn by_quantity_too_few_quantities_are_not_no_trade() {
    let rows = [
        (2022, "AUS", "BRA", 60.0, 6.0),
        (2022, "CAN", "BRA", 40.0, 4.0),
        (2023, "AUS", "BRA", 60.0, f64::NAN),
        (2023, "CAN", "BRA", 40.0, 4.0),
    ];
    let [exporters, importers] =
        [Labels::of(rows.iter().map(|row| row.1)), Labels::of(rows.iter().map(|row| row.2))];
    let products = Labels::of(rows.iter().map(|_| "284690"));
    let flows = FlowTable::from_columns(FlowColumns {
        years: &rows.map(|row| row.0),
        products: (&products.0, &products.1),
        exporters: (&exporters.0, &exporters.1),
        importers: (&importers.0, &importers.1),
        values: &rows.map(|row| row.3),
        quantities: Some(&rows.map(|row| row.4)),
    })
    .unwrap();
    let stability = Governance::from_rows(COUNTRIES.map(|iso3| (iso3, 2022, 50.0))).unwrap();
    let mut study = Study::new([code("284690")]);
    study.trade.measure = TradeMeasure::Quantity;
    let study = study.checked(DataFrom::Memory).unwrap();
    let data = RunData { trade: &flows, governance: &stability };
    let options = RunOptions { until: Until::Report, commit: String::new() };
    let made = run_in_memory(&study, data, &options, &Silent).unwrap();
    let run = Run::of(made.files, study, made.manifest);
    let few = "too few quantities of 284690 are known in 2023: not for 95 % of its trade (trade.min_quantity_coverage); there are enough in 2022";
    let told = refused(outcome(&run, ScenarioRow::stop("AUS", vec![code("284690")])));
    assert!(told.contains(few), "{told}");
    let told = WorstAnswer::of(&run, 0, 1, 1).unwrap_err().to_string();
    assert!(told.contains(few), "{told}");
    let told = OtherSuppliers::of(&run, code("284690"), Some(2023)).err().unwrap().to_string();
    assert!(told.contains(few), "{told}");
    assert!(WorstAnswer::of(&run, 0, 0, 1).is_ok());
}
