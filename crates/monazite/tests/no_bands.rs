//! What is said where a run has no bands, or none of what it tells: before it, on its page, in its briefs, by an export. `pipeline/inspection.rs`,
//! `report/readings.rs`, `report/page/risk.rs`, `export/table_names.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::export::table_names::chosen;
use monazite::indicators::systemic_risk::Orientation;
use monazite::ingest::Governance;
use monazite::ingest::governance::GovernanceMeasure;
use monazite::pipeline::{RunData, RunOptions, Until, inspect, rerun_typology, run_in_memory, run_study};
use monazite::progress::Silent;
use monazite::report::page;
use monazite::report::readings::why_no_bands;
use monazite::run::Run;
use monazite::study::{Study, TradeMeasure};
use monazite::trade::{FlowColumns, FlowTable, Labels};

const NO_ERRORS: &str = "political stability as it was given has no estimates with standard errors";

/// Ranks of three years, with estimates and standard errors or without.
fn governance(with_errors: bool) -> Governance {
    let mut text = "iso3,year,pv_rank,pv_est,pv_se\n".to_owned();
    for (year, ranks) in [(2021, [50, 100, 0]), (2022, [50, 100, 0]), (2023, [0, 100, 50])] {
        for (iso3, rank) in ["AUS", "CHN", "JPN"].into_iter().zip(ranks) {
            let estimate = f64::from(rank) / 50.0 - 1.0;
            let more = if with_errors { format!("{estimate},0.05") } else { ",".to_owned() };
            text += &format!("{iso3},{year},{rank},{more}\n");
        }
    }
    Governance::parse(text.as_bytes(), "").unwrap()
}

/// Three countries that trade one product in some years; quantities are known of those that are named.
fn run(years: &[i32], quantities_of: &[i32], governance: &Governance, change: impl Fn(&mut Study)) -> Run {
    let pairs = [("AUS", "CHN", 100.0), ("AUS", "JPN", 30.0), ("CHN", "JPN", 50.0), ("JPN", "CHN", 20.0)];
    let rows: Vec<(i32, &str, &str, f64)> =
        years.iter().flat_map(|&year| pairs.map(|(a, c, value)| (year, a, c, value))).collect();
    let labels =
        |at: fn(&(i32, &'static str, &'static str, f64)) -> &'static str| Labels::of(rows.iter().map(at));
    let (products, exporters, importers) = (labels(|_| "284690"), labels(|row| row.1), labels(|row| row.2));
    let quantity =
        |row: &(i32, &str, &str, f64)| if quantities_of.contains(&row.0) { 2.0 * row.3 } else { f64::NAN };
    let flows = FlowTable::from_columns(FlowColumns {
        years: &rows.iter().map(|row| row.0).collect::<Vec<_>>(),
        products: (&products.0, &products.1),
        exporters: (&exporters.0, &exporters.1),
        importers: (&importers.0, &importers.1),
        values: &rows.iter().map(|row| row.3).collect::<Vec<_>>(),
        quantities: Some(&rows.iter().map(quantity).collect::<Vec<_>>()),
    })
    .unwrap();
    let mut study = Study::new(["284690".parse().unwrap()]);
    study.typology.enabled = false;
    study.regression.enabled = false;
    change(&mut study);
    let data = RunData { trade: &flows, governance };
    let options = RunOptions { until: Until::Report, commit: String::new() };
    let made = run_in_memory(&study, data, &options, &Silent).unwrap();
    Run::of(made.files, study, made.manifest)
}

#[test]
fn a_check_says_that_there_will_be_none_and_refuses_what_a_run_refuses() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    let folder = tempfile::tempdir().unwrap();
    let inspected = |change: &dyn Fn(&mut Study)| {
        let mut study = Study::load(file.as_ref()).unwrap();
        study.data.store = Some(folder.path().join("store"));
        change(&mut study);
        let found = inspect(&study, &Silent);
        let told = found.notes.iter().filter(|note| note.contains("no bands")).count();
        (told, found.problems.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(inspected(&|_| {}), (1, Vec::new()));
    assert_eq!(inspected(&|study| study.uncertainty.bands = Some(0)), (0, Vec::new()), "none are asked for");
    let (told, problems) = inspected(&|study| study.uncertainty.bands = Some(100));
    assert_eq!((told, problems.len()), (0, 1), "{problems:?}");
    assert!(
        problems[0].contains("uncertainty.bands: there can be no bands: pv.csv has no estimates"),
        "{problems:?}"
    );
    let (_, problems) = inspected(&|study| {
        study.uncertainty.bands = Some(100);
        study.stability.measure = GovernanceMeasure::Score;
    });
    assert!(problems.iter().any(|problem| problem.contains("stability.measure = \"score\"")), "{problems:?}");
}

#[test]
fn page_and_export_give_the_one_reason_that_holds() {
    let why = |run: &Run| chosen(run, &["bands".to_owned()]).unwrap_err().to_string();
    let years = [2021, 2022, 2023];
    let none = run(&years, &[], &governance(true), |study| study.uncertainty.bands = Some(0));
    assert_eq!(
        why(&none),
        "table 'bands': this run does not have it: the study asks for none (uncertainty.bands = 0)"
    );
    assert_eq!(why_no_bands(&none.view().unwrap()), None);
    let without = run(&years, &[], &governance(false), |_| {});
    assert!(why(&without).contains(NO_ERRORS) && !why(&without).contains("bands` is 0"), "{}", why(&without));
    assert!(
        page::render(&without)
            .unwrap()
            .contains(&format!("This run has no bands of uncertainty ({NO_ERRORS}"))
    );
    let extract = run(&years, &[], &governance(true), |study| study.data.extract = Some(true));
    let reason = why_no_bands(&extract.view().unwrap()).unwrap();
    assert!(reason.starts_with("it takes the trade of the world, and this is an extract"), "{reason}");
    assert!(why(&extract).contains(&reason));
    assert!(
        page::render(&extract)
            .unwrap()
            .contains("There are no bands of uncertainty: it takes the trade of the world")
    );
    let few = run(&years, &[], &governance(true), |study| study.uncertainty.bands = Some(1));
    let reason = why_no_bands(&few.view().unwrap()).unwrap();
    assert_eq!(reason, "1 draw of political stability can say nothing, 40 are the least");
    // One year has bands and no changes.
    let one = run(&[2023], &[], &governance(true), |study| study.uncertainty.bands = Some(40));
    let changes = chosen(&one, &["band_changes".to_owned()]).unwrap_err().to_string();
    assert!(changes.ends_with("the study has one year, so there are no changes"), "{changes}");
    assert_eq!(one.main_finding().unwrap(), None);
    // And its level under both readings.
    let page = page::render(&one).unwrap();
    let trend = one.view().unwrap().trends[0][0];
    let (mass, paper) = (trend.str_mass_balance.unwrap(), trend.str.unwrap());
    assert!(page.contains(&format!("Mass-balanced {mass:.2}, STR {paper:.2} in 2023.")), "{mass} {paper}");
}

#[test]
fn brackets_are_explained_where_there_are_some() {
    let with = |quantities_of: &[i32]| {
        run(&[2021, 2022, 2023], quantities_of, &governance(true), |study| {
            study.trade.measure = TradeMeasure::Quantity;
            study.uncertainty.bands = Some(50);
        })
    };
    let moved = |run: &Run| {
        let page = page::render(run).unwrap();
        let (_, moved) = page.split_once("<section id=\"moved\">").unwrap();
        moved.split_once("</section>").unwrap().0.to_owned()
    };
    let whole = with(&[2021, 2022, 2023]);
    assert!(moved(&whole).contains("<b>In brackets</b>: where 95 % of 50 draws lie"));
    assert!(whole.main_finding().unwrap().unwrap().contains("] under mass balance, "));
    // Nothing is known of the first year, so the change is since the second, of which there is no band.
    let later = with(&[2022, 2023]);
    assert!(later.view().unwrap().bands.is_some());
    let told = moved(&later);
    assert!(!told.contains("In brackets") && told.contains("STR is not defined in one of them"), "{told}");
    assert!(!page::render(&later).unwrap().contains("Bold: a change for certain"));
    assert!(later.main_finding().unwrap().unwrap().ends_with("how sure, the run does not say"));
}

#[test]
fn row_sums_and_mass_balance_do_not_share_an_axis() {
    let made = |orientation| {
        run(&[2021, 2022, 2023], &[], &governance(false), |study| study.indicators.orientation = orientation)
    };
    let printed = made(Orientation::AsPrinted);
    let page = page::render(&printed).unwrap();
    let (_, trends) = page.split_once("<h3 id=\"trends\">").unwrap();
    let (charts, _) = trends.split_once("</section>").unwrap();
    assert!(!charts.contains("mass-balanced") && !charts.contains("Mass-balanced"), "{charts}");
    let caption = |run: &Run| {
        String::from_utf8(run.files().read("figures/str_trends.caption.txt").unwrap().to_vec()).unwrap()
    };
    assert!(caption(&printed).contains("on another scale, and not drawn (trends.csv)"));
    let csv = String::from_utf8(run_csv(&printed)).unwrap();
    assert!(csv.lines().skip(1).all(|line| line.split(',').nth(6) == Some("")), "{csv}");
    let usual = made(Orientation::Importer);
    assert!(caption(&usual).contains("solid under mass balance"));
    let csv = String::from_utf8(run_csv(&usual)).unwrap();
    assert!(csv.lines().skip(1).all(|line| line.split(',').nth(6) != Some("")), "{csv}");
}

fn run_csv(run: &Run) -> Vec<u8> {
    run.files().read("figures/str_trends.csv").unwrap().to_vec()
}

#[test]
fn bands_of_a_group_that_is_another_one_now_are_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny");
    let stability = std::fs::read_to_string(format!("{tiny}/pv.csv")).unwrap();
    let with_errors: String = stability
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let rank = line.rsplit(',').next().unwrap().parse::<f64>();
            let more = rank.map_or("pv_est,pv_se".to_owned(), |rank| format!("{},0.3", rank / 25.0 - 2.0));
            format!("{line},{more}\n")
        })
        .collect();
    let governance = folder.path().join("pv.csv");
    std::fs::write(&governance, with_errors).unwrap();
    let mut study = Study::load(format!("{tiny}/study.toml").as_ref()).unwrap();
    study.data.store = Some(folder.path().join("store"));
    study.data.governance = governance;
    study.uncertainty.bands = Some(40);
    (study.typology.neighbours, study.typology.repetitions) = (Some(6), 1);
    study.groups.means = vec!["AB".to_owned(), "BC".to_owned()];
    let group = |codes: [&str; 2]| codes.map(str::to_owned).to_vec();
    study.groups.define.insert("AB".to_owned(), group(["AAA", "BBB"]));
    study.groups.define.insert("BC".to_owned(), group(["BBB", "CCC"]));
    let out = folder.path().join("run");
    run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent).unwrap();
    let rows = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let tables = ["band_means.csv", "band_changes.csv"];
    let before = tables.map(rows);
    assert!(before.iter().all(|rows| rows.iter().any(|row| row.contains(",AB,"))), "{before:?}");
    // As it was: nothing changes.
    rerun_typology(&out, None, |_| {}, None, &Silent).unwrap();
    assert_eq!(tables.map(rows), before);
    let again = |study: &mut Study| {
        study.groups.define.insert("AB".to_owned(), group(["AAA", "CCC"]));
    };
    let summary = rerun_typology(&out, None, again, None, &Silent).unwrap();
    for (name, before) in tables.into_iter().zip(&before) {
        let wanted: Vec<&String> = before.iter().filter(|row| !row.contains(",AB,")).collect();
        assert!(wanted.len() < before.len() && wanted.iter().any(|row| row.contains(",BC,")), "{name}");
        assert_eq!(rows(name).iter().collect::<Vec<_>>(), wanted, "{name}");
    }
    assert_eq!(
        summary.manifest.uncertainty.unwrap().notes.last().unwrap(),
        "The groups of the run changed after its bands were made: those of AB as it was are taken out; AB has none until the study is run again."
    );
    assert!(Run::open(&out).unwrap().bands().unwrap().is_some());
}
