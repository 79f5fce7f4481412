//! The page of a scenario, against losses by hand. `report/scenario/`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::ingest::Governance;
use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory};
use monazite::progress::Silent;
use monazite::report::scenario::{scenario_page, sentences::sentences};
use monazite::run::Run;
use monazite::run_folder::OTHER_FILES;
use monazite::shock::{Scenario, ScenarioRow};
use monazite::study::{ShockSection, Study};
use monazite::trade::{FlowColumns, FlowTable, Labels};
use monazite::what_if::WhatIf;

/// Australia sells to China and Japan, and these to one another: all of it is Australia's in the end.
fn run(change: impl Fn(&mut Study)) -> Run {
    let mut text = "iso3,year,pv_rank,pv_est,pv_se\n".to_owned();
    for (iso3, rank) in [("AUS", 0), ("CHN", 100), ("JPN", 50)] {
        text += &format!("{iso3},2023,{rank},,\n");
    }
    let governance = Governance::parse(text.as_bytes(), "").unwrap();
    let rows = [("AUS", "CHN", 100.0), ("AUS", "JPN", 30.0), ("CHN", "JPN", 50.0), ("JPN", "CHN", 20.0)];
    let (exporters, importers) = (Labels::of(rows.iter().map(|r| r.0)), Labels::of(rows.iter().map(|r| r.1)));
    let products = Labels::of(rows.iter().map(|_| "284690"));
    let flows = FlowTable::from_columns(FlowColumns {
        years: &[2023; 4],
        products: (&products.0, &products.1),
        exporters: (&exporters.0, &exporters.1),
        importers: (&importers.0, &importers.1),
        values: &rows.map(|r| r.2),
        quantities: None,
    })
    .unwrap();
    let mut study = Study::new(["284690".parse().unwrap()]);
    study.typology.enabled = false;
    study.regression.enabled = false;
    change(&mut study);
    let data = RunData { trade: &flows, governance: &governance };
    let options = RunOptions { until: Until::Report, commit: String::new() };
    let made = run_in_memory(&study, data, &options, &Silent).unwrap();
    Run::of(made.files, study, made.manifest)
}

fn stop(supplier: &str, scenario: &str) -> ScenarioRow {
    let row = ScenarioRow::stop(supplier, vec!["284690".parse().unwrap()]);
    ScenarioRow { scenario: scenario.to_owned(), ..row }
}

fn told(run: &Run, row: ScenarioRow, settings: &ShockSection) -> Vec<String> {
    let scenario = &Scenario::of_rows(&[row])[0];
    let outcome = WhatIf::of(run, 0, &[], settings).unwrap().scenario(scenario).unwrap();
    sentences(run, settings, &outcome).unwrap().into_iter().map(|s| s.replace('\u{a0}', " ")).collect()
}

#[test]
fn a_run_holds_a_page_for_each_of_its_scenarios() {
    let run = run(|study| study.shocks.rows.0 = vec![stop("AUS", "mine"), stop("JPN", "Mine!")]);
    let pages: Vec<String> =
        run.files().names().unwrap().into_iter().filter(|name| name.starts_with("scenarios/")).collect();
    // Both names come to the same; the second is numbered.
    assert_eq!(pages, ["scenarios/Mine-2.html", "scenarios/mine.html"]);
    assert!(pages.iter().all(|page| OTHER_FILES.iter().any(|file| file.is(page))));
    let page = run.files().text("scenarios/mine.html").unwrap();
    // Complete in itself, and first of all what it leaves out.
    for outside in ["<script", "src=", "href=", "url(", "http:", "https:"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    let order =
        ["<h1>Australia stops", "This is no forecast: it leaves out", "All others lose", "<h2>Who loses"];
    assert!(order.map(place).is_sorted());
    // China loses 100 of 120 directly, .9385 if a country makes as much as it sells, and all of it in the end.
    let china = &page[place("<td class=\"text\">China</td>")..];
    let shares = ["<td>83\u{a0}%</td>", "<td>94\u{a0}%</td>", "<td>100\u{a0}%</td>"];
    assert!(shares.map(|share| china.find(share).unwrap()).is_sorted());
    assert!(china.contains("aria-label=\"83\u{a0}% to 100\u{a0}%, even: 94\u{a0}%\""));
}

#[test]
fn sentences_hold_the_numbers_by_hand() {
    let run = run(|_| ());
    let found = told(&run, stop("AUS", ""), &ShockSection::default());
    assert_eq!(
        found[0],
        "All others lose 65 to 100 % of what they import of 284690, or 130 to 200 thousand USD of 200 thousand USD a year, as of 2023 (the lower and the upper end, whatever \
         part of what others sell was bought)."
    );
    assert!(found[1].starts_with("Most is lost by China (83 to 100 %) and Japan (38 to 100 %)"), "{found:?}");
    assert!(found[2].contains("nothing is made of 284690"), "{found:?}");
    assert_eq!(found.len(), 3);

    // Where production is lost no reading is an end: of what Japan sells less is its own the more it buys.
    let production = ScenarioRow { export_cut: 0.0, production_loss: 0.5, ..stop("JPN", "") };
    let found = told(&run, production, &ShockSection::default());
    assert!(found[0].contains("three readings of what others sell; none of them is an end"), "{found:?}");

    // What others add is said, and that it is in the numbers.
    let settings = ShockSection { capacity: Some(0.1), ..ShockSection::default() };
    let found = told(&run, stop("CHN", ""), &settings);
    // Japan lacks 50 of 80; Australia adds 13, and Japan what it still sells, to nobody but China.
    assert!(found.last().unwrap().starts_with("Other suppliers fill "), "{found:?}");
    let scenario = &Scenario::of_rows(&[stop("CHN", "")])[0];
    let outcome = WhatIf::of(&run, 0, &[], &settings).unwrap().scenario(scenario).unwrap();
    let page = scenario_page(&run, &settings, &[outcome.clone(), outcome]).unwrap();
    // Name and products are said where base years differ too.
    let named = &Scenario::of_rows(&[stop("CHN", "mine")])[0];
    let named = WhatIf::of(&run, 0, &[], &settings).unwrap().scenario(named).unwrap();
    for several in [vec![named.clone()], vec![named.clone(), named]] {
        let page = scenario_page(&run, &settings, &several).unwrap();
        assert!(page.contains("Scenario “mine”. As of the trade of 2023."), "{page}");
    }
    assert!(
        page.contains("Filled by others")
            && page.contains("it does hold that other suppliers sell up to 10 % more")
    );
}

#[test]
fn a_supplier_whose_goods_nobody_else_buys_costs_nobody_anything() {
    let run = run(|_| ());
    let embargo = ScenarioRow { to: vec!["CHN".to_owned()], ..stop("JPN", "") };
    let found = told(&run, embargo, &ShockSection::default());
    // China lacks 20 of 120; of what it sends Japan, none or a sixth.
    assert!(found[0].starts_with("All others lose 17 % of what they import of 284690"), "{found:?}");
    let found = told(&run, ScenarioRow { export_cut: 0.0, ..stop("JPN", "") }, &ShockSection::default());
    assert_eq!(found, ["Nobody loses anything of 284690, as of 2023."]);
}
