//! Before and after trade measures: the oracle F, a small world by hand, and every wrong question.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use monazite::before_after::outcomes::UnitSeries;
use monazite::before_after::regressions::{before_and_after, event_study};
use monazite::before_after::{
    Answer, BeforeAfter, Part, PolicyMeasures, Sample, Subsets, compare, difference_in_differences,
};
use monazite::delimited::Table;
use monazite::ingest::Governance;
use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory};
use monazite::progress::Silent;
use monazite::regression::{WildBootstrap, WildWeights};
use monazite::run::Run;
use monazite::run_folder::stored_panel::PanelSelection;
use monazite::run_folder::{RunFiles, StoredPanel};
use monazite::study::{CompleteIn, EventOutcome, EventSection, Study, UnitOfComparison};
use monazite::trade::{FlowColumns, FlowTable, Labels};

/// Products of the small world; the first two are made of the third.
const PRODUCTS: [&str; 7] = ["284690", "284610", "280530", "250410", "261100", "283691", "811230"];
const YEARS: [i32; 8] = [2006, 2007, 2008, 2009, 2010, 2011, 2012, 2013];
const HEAD: &str = "product,exporter,from,to,measure\n";
/// The quota of the small world.
const QUOTA: &str = "284690,CHN,2010,2011,export quota\n284610,CHN,2010,2011,export quota\n";

/// What is traded of a product in a year: prices of the first two double in 2010 and 2011, 283691 is traded up to 2011 only, and 811230 jumps when the HS
/// was revised in 2012.
fn value(product: usize, year: i32) -> f64 {
    let level = [50.0, 80.0, 20.0, 70.0, 30.0, 40.0, 60.0][product];
    let drift = 1.0 + 0.01 * ((product as i32 * 7 + (year - 2006) * 3) % 5) as f64;
    let price = if product < 2 && (2010..=2011).contains(&year) { 2.0 } else { 1.0 };
    let jump = if product == 6 && year >= 2012 { 400.0 } else { 1.0 };
    if product == 5 && year > 2011 { 0.0 } else { level * drift * price * jump }
}

/// A run of the small world. Tonnes do not move; without them if asked for.
fn run_of(with_quantities: bool, change: impl Fn(&mut Study)) -> Run {
    let (mut years, mut products, mut exporters, mut importers) = (vec![], vec![], vec![], vec![]);
    let (mut values, mut tonnes) = (vec![], vec![]);
    for year in YEARS {
        for (at, product) in PRODUCTS.iter().enumerate() {
            for (from, to, share) in
                [("CHN", "USA", 0.5), ("CHN", "JPN", 0.25), ("AUS", "USA", 0.15), ("USA", "JPN", 0.1)]
            {
                let v = value(at, year) * share;
                if v > 0.0 {
                    years.push(year);
                    products.push(*product);
                    exporters.push(from);
                    importers.push(to);
                    values.push(v);
                    tonnes.push(10.0 * share);
                }
            }
        }
    }
    let (products, exporters, importers) =
        (Labels::of(products), Labels::of(exporters), Labels::of(importers));
    let flows = FlowTable::from_columns(FlowColumns {
        years: &years,
        products: (&products.0, &products.1),
        exporters: (&exporters.0, &exporters.1),
        importers: (&importers.0, &importers.1),
        values: &values,
        quantities: with_quantities.then_some(&tonnes[..]),
    })
    .unwrap();
    let stability = ["CHN", "USA", "JPN", "AUS"]
        .into_iter()
        .flat_map(|code| YEARS.map(|year| (code, year, if code == "CHN" { 30.0 } else { 80.0 })));
    let governance = Governance::from_rows(stability).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let links = folder.path().join("links.csv");
    fs::write(&links, "input,output,source\n280530,284690,made up\n280530,284610,made up\n").unwrap();
    let mut study = Study::new(PRODUCTS.map(|code| code.parse().unwrap()));
    study.chain.edges = vec![links];
    study.typology.enabled = false;
    study.regression.enabled = false;
    change(&mut study);
    let options = RunOptions { until: Until::Report, commit: String::new() };
    let made =
        run_in_memory(&study, RunData { trade: &flows, governance: &governance }, &options, &Silent).unwrap();
    Run::of(made.files, study, made.manifest)
}

fn measures(rows: &str) -> PolicyMeasures {
    let text = format!("{HEAD}{rows}");
    PolicyMeasures::of_table(&Table::parse(text.as_bytes(), "m.csv").unwrap()).unwrap()
}

/// All controls there are, so that each test takes out what it is about.
fn open() -> EventSection {
    EventSection {
        keep_chain: true,
        keep_breaks: true,
        complete: CompleteIn::Window,
        bootstrap_draws: 0,
        ..EventSection::default()
    }
}

fn asked(run: &Run, rows: &str, settings: &EventSection) -> Result<BeforeAfter, String> {
    compare(run, &measures(rows), settings, 1, &Silent).map_err(|e| e.to_string())
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[test]
fn the_oracle_of_the_specification() {
    let y = [
        [1.0, 1.1, 1.9, 2.1],
        [2.0, 2.1, 3.2, 3.0],
        [1.0, 1.2, 1.3, 1.4],
        [0.5, 0.6, 0.9, 0.8],
        [3.0, 3.0, 3.3, 3.1],
    ];
    let series: Vec<UnitSeries> = y
        .iter()
        .enumerate()
        .map(|(product, values)| UnitSeries {
            product,
            importer: None,
            values: values.iter().map(|v| Some(*v)).collect(),
        })
        .collect();
    let part = |unit: &UnitSeries| if unit.product < 2 { Part::Treated } else { Part::Control };
    let sample = Sample::of(&series, &part, &[0, 1, 2, 3]);
    let changes = sample.changes(&[0, 1], &[2, 3]);
    for (change, expected) in changes.iter().zip([0.95, 1.05, 0.25, 0.3, 0.2]) {
        near(change.sum, expected);
    }
    near(difference_in_differences(&changes, &sample.treated), 0.75);
    let subsets = Subsets::of(5, 2, 5000, 0);
    assert_eq!(subsets.p(0.75, &subsets.differences(&changes)), 0.1);
    // By least squares the same, and year by year too.
    let panel = panel_of(&run_of(true, |_| {}));
    let none = WildBootstrap { draws: 0, weights: WildWeights::Webb, seed: 0 };
    let fitted = before_and_after(&sample, &panel, [&[0, 1], &[2, 3]], none).unwrap();
    near(fitted.terms[0].estimate, 0.75);
    assert_eq!((fitted.rows, fitted.terms.len(), fitted.p_bootstrap), (20, 1, None));
    let path = event_study(&sample, &panel, &[0, 1, 2, 3], 1).unwrap();
    for (term, year) in path.terms.iter().zip([0, 2, 3]) {
        near(term.estimate, difference_in_differences(&sample.changes(&[1], &[year]), &[0, 1]));
    }
}

fn panel_of(run: &Run) -> StoredPanel {
    StoredPanel::read(run.files(), &PanelSelection::default()).unwrap()
}

#[test]
fn prices_that_double_are_found_and_tonnes_that_stay_are_not() {
    let run = run_of(true, |_| {});
    let settings = EventSection {
        outcomes: vec![
            EventOutcome::Imports,
            EventOutcome::Tonnes,
            EventOutcome::UnitValue,
            EventOutcome::UnitValueScreened,
            EventOutcome::UnitValueMedian,
            EventOutcome::ExportHhi,
            EventOutcome::StrMassBalance,
            EventOutcome::StrFull,
        ],
        later: vec![2],
        bootstrap_draws: 99,
        ..open()
    };
    let found = asked(&run, QUOTA, &settings).unwrap();
    let [case] = &found.cases[..] else { panic!("one case") };
    let change = |product: usize| {
        let mean =
            |years: &[i32]| years.iter().map(|y| value(product, *y).ln()).sum::<f64>() / years.len() as f64;
        mean(&[2010, 2011]) - mean(&[2007, 2008, 2009])
    };
    let of = |outcome: EventOutcome, post: u16| {
        case.estimates.iter().find(|e| e.outcome == outcome && e.post[0] == post).unwrap()
    };
    let by_hand = (change(0) + change(1)) / 2.0 - (2..7).map(change).sum::<f64>() / 5.0;
    assert!((by_hand - 2.0f64.ln()).abs() < 0.05, "twice the price, but for the drift: {by_hand}");
    for outcome in [
        EventOutcome::Imports,
        EventOutcome::UnitValue,
        EventOutcome::UnitValueMedian,
        EventOutcome::UnitValueScreened,
    ] {
        near(of(outcome, 2010).estimate, by_hand);
    }
    near(of(EventOutcome::Tonnes, 2010).estimate, 0.0);
    near(of(EventOutcome::ExportHhi, 2010).estimate, 0.0);
    let price = of(EventOutcome::UnitValue, 2010);
    assert_eq!(
        (price.treated, price.controls, price.rows, price.subsets, price.all_subsets),
        (2, 5, 35, 21, true)
    );
    near(price.p_permutation, 1.0 / 21.0);
    assert!(
        price.is_by_permutation() && price.p() == Some(price.p_permutation) && price.p_bootstrap.is_some()
    );
    // 283691 is not traded after 2011, and says so for the later window.
    assert_eq!(of(EventOutcome::UnitValue, 2012).controls, 4);
    assert!(
        case.notes.iter().any(|n| n.contains("a year is missing in") && n.contains("283691")),
        "{:?}",
        case.notes
    );
    // The base is zero, and every year of the window has its place.
    let path: Vec<_> = case.path.iter().filter(|p| p.outcome == EventOutcome::UnitValue).collect();
    assert_eq!(path.iter().map(|p| p.year).collect::<Vec<_>>(), [2007, 2008, 2009, 2010, 2011]);
    assert_eq!((path[2].estimate, path[2].p_permutation, path[2].cloud), (0.0, None, [0.0, 0.0]));
    assert!(path[3].estimate > path[3].cloud[1] && path[3].standard_error.is_some());
    // Every other year with three before and two from it on, and every control.
    let dates: Vec<(u16, bool)> = case
        .placebos
        .iter()
        .filter(|p| p.outcome == EventOutcome::Imports && p.product.is_none())
        .map(|p| (p.date, p.touches))
        .collect();
    assert_eq!(dates, [(2009, true), (2011, true), (2012, true)]);
    assert_eq!(
        case.placebos.iter().filter(|p| p.outcome == EventOutcome::Imports && p.product.is_some()).count(),
        5
    );
    assert_eq!(case.quantity_share, [Some(1.0), Some(1.0)]);
    let text = Answer::of(&found, run.panel().unwrap()).to_text();
    for part in [
        "Export quota, 2010–2011, CHN: 284610, 284690",
        "ln unit value",
        "all 21 subsets",
        "It cannot say why.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn by_importer_every_pair_counts_and_who_took_the_measure_does_not() {
    let run = run_of(true, |_| {});
    let found = asked(&run, QUOTA, &EventSection { by: UnitOfComparison::Importer, ..open() }).unwrap();
    let imports = found.cases[0].estimates.iter().find(|e| e.outcome == EventOutcome::Imports).unwrap();
    // Two importers of each of seven products, five years.
    assert_eq!((imports.treated, imports.controls, imports.rows), (2, 5, 70));
    let hhi = found.cases[0].estimates.iter().find(|e| e.outcome == EventOutcome::Hhi).unwrap();
    near(hhi.estimate, 0.0);
    let of_pairs = |notes: &[String]| notes.iter().any(|n| n.contains("pairs of product and importer"));
    assert!(!of_pairs(&found.cases[0].notes), "all pairs have all years of the window");
    let all_years = EventSection { by: UnitOfComparison::Importer, complete: CompleteIn::Run, ..open() };
    let notes = asked(&run, QUOTA, &all_years).unwrap().cases.remove(0).notes;
    let pairs = "imports: 2 of 14 pairs of product and importer are left out, as a year is missing.";
    assert!(notes.iter().any(|n| n == pairs), "{notes:?}");
    // The United States took a measure themselves: their imports are not compared.
    let found =
        asked(&run, "284690,USA,2010,2011,ban\n", &EventSection { by: UnitOfComparison::Importer, ..open() })
            .unwrap();
    assert_eq!(found.cases[0].estimates[0].rows, 35);
}

#[test]
fn controls_are_taken_out_by_the_chain_by_breaks_and_by_the_study() {
    let run = run_of(true, |_| {});
    let left_out = |settings: &EventSection, rows: &str| -> Vec<String> {
        let found = asked(&run, rows, settings).unwrap();
        let panel = run.panel().unwrap();
        found.cases[0]
            .case
            .no_controls
            .iter()
            .map(|n| format!("{}: {}", panel.products[n.product].code, n.reason))
            .collect()
    };
    assert!(left_out(&open(), QUOTA).is_empty());
    let chain = EventSection { keep_chain: false, ..open() };
    assert_eq!(left_out(&chain, QUOTA), ["280530: a treated product is made of it"]);
    assert_eq!(
        left_out(&chain, "280530,CHN,2010,2011,quota\n"),
        ["284610: it is made of a treated product", "284690: it is made of a treated product"]
    );
    let breaks = EventSection { keep_breaks: false, ..open() };
    assert_eq!(left_out(&breaks, QUOTA), ["811230: its trade jumps where the HS was revised (2012)"]);
    let excluded = EventSection { exclude: vec!["250410".parse().unwrap()], ..open() };
    assert_eq!(left_out(&excluded, QUOTA), ["250410: excluded by the study"]);
    let all_years = EventSection { complete: CompleteIn::Run, ..open() };
    let found = asked(&run, QUOTA, &all_years).unwrap();
    assert_eq!(found.cases[0].estimates[0].controls, 4, "283691 is not traded in all years of the run");
    assert_eq!(
        found.cases[0].path.iter().filter(|p| p.outcome == EventOutcome::Imports).count(),
        YEARS.len()
    );
}

#[test]
fn measures_at_different_dates_are_compared_alone() {
    let run = run_of(true, |_| {});
    let found = asked(&run, &format!("{QUOTA}250410,CHN,2009,,duty\n"), &open()).unwrap();
    let dates: Vec<(u16, usize)> =
        found.cases.iter().map(|of| (of.case.date, of.case.treated.len())).collect();
    assert_eq!(dates, [(2009, 1), (2010, 2)]);
    for of in &found.cases {
        let reasons: Vec<&str> = of.case.no_controls.iter().map(|n| n.reason.as_str()).collect();
        assert!(reasons.iter().all(|reason| *reason == "it has a measure of its own"), "{reasons:?}");
        assert_eq!(of.case.controls.len(), 4);
    }
    assert!(
        found
            .notes
            .iter()
            .any(|n| n.starts_with("Measures begin in 2 different years. Each is compared alone")),
        "{:?}",
        found.notes
    );
    // Two at once cannot be told apart, nor two on one product.
    let found =
        asked(&run, &format!("{QUOTA}250410,CHN,2010,2011,duty\n284690,CHN,2011,,duty\n"), &open()).unwrap();
    assert!(found.notes.iter().any(|n| n == "duty and export quota begin in the same year, 2010: what happened to both cannot be told apart."), "{:?}", found.notes);
    let notes: Vec<&String> = found.cases.iter().flat_map(|of| &of.notes).collect();
    assert!(
        notes
            .iter()
            .any(|n| n.starts_with("284690 has another measure in these years too (duty of CHN from 2011)")),
        "{notes:?}"
    );
}

#[test]
fn a_date_with_another_measure_on_a_treated_product_is_no_date_without_one() {
    let run = run_of(true, |_| {});
    let short = EventSection { pre: 1, post: 1, ..open() };
    let touched = |rows: &str| -> Vec<u16> {
        let found = asked(&run, rows, &short).unwrap();
        let quota = found.cases.iter().find(|of| of.case.measure == "export quota").unwrap();
        let dates =
            quota.placebos.iter().filter(|p| p.outcome == EventOutcome::Imports && p.product.is_none());
        dates.filter(|p| p.touches).map(|p| p.date).collect()
    };
    assert_eq!(touched(QUOTA), [2011, 2012]);
    assert_eq!(touched(&format!("{QUOTA}284690,CHN,2008,2008,tax\n")), [2008, 2009, 2011, 2012]);
}

#[test]
fn where_products_are_few_it_says_that_p_cannot_be_small() {
    let run = run_of(true, |_| {});
    let few = ["283691", "811230", "280530"].map(|code| code.parse().unwrap()).to_vec();
    let settings = EventSection { exclude: few, ..open() };
    let found = asked(&run, QUOTA, &settings).unwrap();
    let estimate = &found.cases[0].estimates[0];
    assert_eq!((estimate.treated, estimate.controls, estimate.subsets), (2, 2, 6));
    // The two controls, taken for treated, move as far the other way.
    assert!(estimate.p_permutation >= 2.0 / 6.0 - 1e-12 && estimate.smallest_p() == 2.0 / 6.0);
    let text = Answer::of(&found, run.panel().unwrap()).to_text();
    assert!(
        text.contains("The products are too few to tell: p cannot be below 0.333 whatever happened."),
        "{text}"
    );
    // Many treated products do not help where controls are few.
    let many = monazite::before_after::Estimate { treated: 40, ..estimate.clone() };
    assert!(
        many.is_by_permutation()
            && !monazite::before_after::Estimate { controls: 40, ..many }.is_by_permutation()
    );
}

#[test]
fn wrong_questions_are_refused_with_what_to_do() {
    let run = run_of(true, |_| {});
    for (rows, message) in [
        ("850511,CHN,2010,2011,q\n", "m.csv: none of its products is in this run: 850511"),
        ("284690,XYZ,2010,2011,q\n", "m.csv:2: column exporter: 'XYZ' is no country of this run"),
        (
            "284690,CHN,2006,2011,q\n",
            "m.csv: q, 2006: the run, 2006 to 2013, has no year before it to compare with",
        ),
        ("284690,CHN,2020,,q\n", "m.csv: q, 2020: the run ends in 2013, before it begins"),
    ] {
        let error = asked(&run, rows, &open()).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
    let treated = EventSection { exclude: vec!["284690".parse().unwrap()], ..open() };
    let error = asked(&run, QUOTA, &treated).unwrap_err();
    assert!(error.starts_with("284690 is treated (export quota from 2010 on) and excluded"), "{error}");
    let few =
        EventSection { exclude: PRODUCTS[3..].iter().map(|code| code.parse().unwrap()).collect(), ..open() };
    let error = asked(&run, QUOTA, &few).unwrap_err();
    assert!(error.contains("2 treated and 1 controls can be compared, and at least one and two are needed. Left out: 4: excluded by the study"), "{error}");
    // Products that the run does not have, exporters that sell none, and windows that are cut short are named.
    let found = asked(&run, &format!("{QUOTA}850511,CHN,2010,2011,export quota\n"), &open()).unwrap();
    assert!(
        found.notes.iter().any(|n| n.ends_with("not codes of its HS edition: 850511.")),
        "{:?}",
        found.notes
    );
    let found = asked(&run, "284690,JPN,2008,2008,ban\n", &open()).unwrap();
    let notes = found.cases[0].notes.join(" ");
    for part in [
        "284690: its exporter sells none of it",
        "The run has 2 of the 3 years before",
        "The measure ends in 2008",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

#[test]
fn without_quantities_tonnes_and_prices_are_missing_and_named() {
    let run = run_of(false, |_| {});
    let found = asked(&run, QUOTA, &open()).unwrap();
    let outcomes: Vec<&str> = found.cases[0].estimates.iter().map(|e| e.outcome.name()).collect();
    assert_eq!(outcomes, ["imports", "export_hhi", "str_mass_balance", "str_full"]);
    assert!(found.notes.iter().any(|n| n == "Not compared: tonnes, unit_value: no flow of the run has a quantity (column q of the trade data)."), "{:?}", found.notes);
    let only = EventSection { outcomes: vec![EventOutcome::Tonnes], ..open() };
    let error = asked(&run, QUOTA, &only).unwrap_err();
    assert!(error.starts_with("nothing is left to compare. Not compared: tonnes"), "{error}");
    // A run that does not keep its trade has no market either.
    let run = run_of(true, |study| study.output.flows = Some(false));
    let found = asked(&run, QUOTA, &open()).unwrap();
    assert!(found.notes.iter().any(|n| n.contains("the run has no world_market.csv")), "{:?}", found.notes);
}

/// Writes the quota into a file and names it in the study.
fn with_table(folder: &Path, rows: &str) -> impl Fn(&mut Study) {
    let file = folder.join("quota.csv");
    fs::write(&file, format!("{HEAD}{rows}")).unwrap();
    move |study: &mut Study| {
        study.event = EventSection { table: Some(file.clone()), ..open() };
    }
}

fn text(files: &RunFiles, name: &str) -> String {
    files.text(name).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn a_study_with_a_table_writes_what_the_command_says() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_of(true, with_table(folder.path(), QUOTA));
    let settings = run.study().event.clone();
    let found = compare(&run, &measures(QUOTA), &settings, run.study().study.random_seed, &Silent).unwrap();
    for file in monazite::before_after::files_of(&found, &measures(QUOTA), run.panel().unwrap()) {
        assert_eq!(text(run.files(), file.name), String::from_utf8(file.content).unwrap(), "{}", file.name);
    }
    let record = run.manifest().before_after.clone().unwrap();
    assert_eq!((record.cases, record.treated, record.estimates), (1, 2, 6));
    let page = text(run.files(), "report.html");
    for part in [
        "id=\"before-after\"",
        "Export quota, 2010",
        "figure-before_after",
        "ln unit value",
        "It cannot say why.",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(text(run.files(), "figures/before_after.csv").starts_with("measure,date,outcome,year,"));
    let table = text(run.files(), "before_after/table.tex");
    assert!(table.contains("ln unit value & $+0.") && table.contains("2010--2011"), "{table}");
    // A study without a table has nothing of it, and nothing is skipped.
    let plain = run_of(true, |_| {});
    assert!(!plain.files().exists("before_after/estimates.csv") && plain.manifest().before_after.is_none());
    assert!(plain.manifest().skipped.iter().all(|s| s.stage != "before_after"));
    assert!(!text(plain.files(), "report.html").contains("before-after"));
}

#[test]
fn a_study_with_too_few_controls_says_so_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let table = with_table(folder.path(), QUOTA);
    let run = run_of(true, |study| {
        table(study);
        study.event.exclude = PRODUCTS[3..].iter().map(|code| code.parse().unwrap()).collect();
    });
    let skipped = run.manifest().skipped.iter().find(|s| s.stage == "before_after").unwrap();
    assert!(skipped.reason.contains("at least one and two are needed"), "{}", skipped.reason);
    assert!(text(run.files(), "report.html").contains("Nothing is compared: "));
}

#[test]
fn the_world_market_by_hand() {
    let row = |run: &Run| -> Vec<f64> {
        let text = text(run.files(), "world_market.csv");
        let row = text.lines().find(|line| line.starts_with("284690,2006,")).unwrap();
        row.split(',').skip(2).map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()
    };
    let v = value(0, 2006);
    // Exports of 75, 15 and 10 %; each flow has ten tonnes times its share.
    let all = row(&run_of(true, |_| {}));
    for (found, expected) in all.iter().zip([v, 0.595, 4.0, 4.0, v, 10.0, v, 10.0, v / 10.0]) {
        near(*found, expected);
    }
    // What the United States sell to Japan crosses no border of the two together.
    let merged = row(&run_of(true, |study| {
        study.trade.merge.insert("PAC".to_owned(), ["USA", "JPN"].map(String::from).to_vec());
    }));
    for (found, expected) in
        merged.iter().zip([0.9 * v, (0.75f64.powi(2) + 0.15f64.powi(2)) / 0.81, 3.0, 3.0])
    {
        near(*found, expected);
    }
    let without = row(&run_of(false, |_| {}));
    assert_eq!(without[3], 0.0);
    assert!(without[4..].iter().all(|cell| cell.is_nan()), "missing is not 0: {without:?}");
}
