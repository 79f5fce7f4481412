//! A study whose STR has another import content than the paper's: nothing of the paper's number stands beside it, and pages, briefs, rankings and
//! comparisons say which number is which. `report/readings.rs`, `report/page/feedback_loops.rs`, `report/comparison/words.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indicators::ImportContent;
use monazite::ingest::Governance;
use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory, run_study};
use monazite::progress::Silent;
use monazite::report::brief::{BriefRequest, write_briefs};
use monazite::report::comparison::{Comparison, TOLERANCE};
use monazite::report::findings::signed;
use monazite::report::page;
use monazite::report::ranking::{Ranking, RankingRequest};
use monazite::run::Run;
use monazite::study::Study;
use monazite::trade::FlowTable;

/// A mine that buys a sample from the refiner it sells to, in the second of two years; the study may be changed.
fn run(change: impl Fn(&mut Study)) -> Run {
    let flows = FlowTable::from_rows([
        (2021, "284690", "AUS", "CHN", 1000.0),
        (2021, "284690", "CHN", "JPN", 500.0),
        (2022, "284690", "AUS", "CHN", 1000.0),
        (2022, "284690", "CHN", "AUS", 1.0),
        (2022, "284690", "CHN", "JPN", 500.0),
        (2022, "284690", "AUS", "JPN", 100.0),
    ])
    .unwrap();
    let pv = [("AUS", [20.0, 20.0]), ("CHN", [50.0, 30.0]), ("JPN", [90.0, 90.0])];
    let rows = pv.iter().flat_map(|&(code, pv)| [(code, 2021, pv[0]), (code, 2022, pv[1])]);
    let governance = Governance::from_rows(rows).unwrap();
    let mut study = Study::new(["284690".parse().unwrap()]);
    change(&mut study);
    let options = RunOptions { until: Until::Indicators, commit: String::new() };
    let data = RunData { trade: &flows, governance: &governance };
    let made = run_in_memory(&study, data, &options, &Silent).unwrap();
    Run::of(made.files, study, made.manifest)
}

fn with(content: ImportContent) -> Run {
    run(|study| study.indicators.import_content = content)
}

#[test]
fn nothing_of_the_papers_number_stands_beside_another_str() {
    let subtitle = |run: &Run, indicator: &str| {
        let request = RankingRequest {
            indicator: indicator.to_owned(),
            product: Some("284690".to_owned()),
            ..RankingRequest::default()
        };
        let ranking = Ranking::of(run, &request).unwrap();
        assert_eq!(
            ranking.notes.iter().any(|note| note.starts_with("STR = 1 + e with e_c")),
            indicator == "str" && run.study().indicators.import_content != ImportContent::Full
        );
        ranking.subtitle
    };
    let paper = run(|_| {});
    let view = paper.view().unwrap();
    let japan = view.panel.country("JPN").unwrap();
    assert_eq!(view.loops_of(0, 1).len(), 1);
    assert!(view.str_without_of(0, 1).unwrap().contains_key(&japan));
    assert!(subtitle(&paper, "str").contains("without"));
    let own = with(ImportContent::Exposure);
    let view = own.view().unwrap();
    assert_eq!(view.loops.map(<[_]>::len), Some(1), "they are there, and are the paper's");
    assert!(view.loops_of(0, 1).is_empty() && view.str_without_of(0, 1).unwrap().is_empty());
    assert!(!subtitle(&own, "str").contains("feedback loop"));
    assert!(subtitle(&own, "str_full").contains("without"));
    let page = page::render(&own).unwrap();
    assert!(page.contains("They are in the paper’s number, which is the column str_full"));
    assert!(page.contains(">Mean STR, the paper’s</th>") && !page.contains(">Mean STR</th>"));
    assert!(page::render(&paper).unwrap().contains(">Mean STR</th>"));
    let note = own.manifest().notes.iter().find(|note| note.contains("spurious feedback loop")).unwrap();
    assert!(note.ends_with("and they cannot be put beside it."), "{note}");
}

#[test]
fn page_and_briefs_define_the_str_that_they_show() {
    let formula = |text: &str| text.contains("e_c = Σ_a w_a s[a, c] (1 + φ_a e_a)");
    let paper = page::render(&run(|_| {})).unwrap();
    assert!(!formula(&paper) && paper.contains("Column sum of L = (I − V)⁻¹"));
    for (content, phi, alone) in [
        (ImportContent::Exposure, "φ = M/(M + X)", "with exposure as import content"),
        (ImportContent::None, "φ = 0", "of direct suppliers alone"),
        (ImportContent::MassBalance, "φ = min(1, M/X)", ""),
    ] {
        let own = with(content);
        let page = page::render(&own).unwrap();
        let (_, definitions) = page.split_once("<section id=\"definitions\">").unwrap();
        assert!(formula(definitions) && definitions.contains(phi), "{phi}");
        assert!(!definitions.contains("Column sum of L"), "the paper's formula is not that of this run");
        // The first screen tells the change in the study's own reading too, where it is a third one.
        let (_, moved) = page.split_once("<section id=\"moved\">").unwrap();
        let (moved, _) = moved.split_once("</section>").unwrap();
        assert!(formula(moved) && moved.contains(phi), "{moved}");
        assert_eq!(moved.contains("In the study’s own reading"), !alone.is_empty(), "{moved}");
        if !alone.is_empty() {
            let view = own.view().unwrap();
            let [from, to] = [0, 1].map(|year: usize| view.trends[0][year].str.unwrap());
            let told = format!(
                "In the study’s own reading, STR {alone}: from {from:.2} to {to:.2}, {}.",
                signed(to - from)
            );
            assert!(moved.contains(&told), "{told}: {moved}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    let mut study = Study::load(tiny.as_ref()).unwrap();
    study.data.store = Some(folder.path().join("store"));
    study.indicators.import_content = ImportContent::Exposure;
    let out = folder.path().join("run");
    run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent).unwrap();
    let request = BriefRequest {
        countries: vec!["BBB".to_owned()],
        products: vec!["284690".to_owned()],
        ..BriefRequest::default()
    };
    write_briefs(&out, &request, &Silent).unwrap();
    for name in ["briefs/BBB.html", "briefs/284690.html", "figures/str_trends.caption.txt"] {
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        assert!(formula(&text), "{name}");
        assert!(!text.contains("Hollow dots"), "{name}");
    }
}

#[test]
fn a_comparison_says_that_the_readings_differ() {
    let said = |a: &Run, b: &Run| {
        let found = Comparison::of(a, b, TOLERANCE, &Silent).unwrap().findings;
        found.into_iter().find(|finding| finding.contains("is not the same number"))
    };
    let (paper, own) = (run(|_| {}), with(ImportContent::Exposure));
    let told = said(&paper, &own).unwrap();
    assert!(
        told.contains("indicators.import_content is \"full\" in the first and \"exposure\" in the second"),
        "{told}"
    );
    assert!(told.contains("str_full where it is not"), "{told}");
    assert_eq!(said(&paper, &run(|_| {})), None);
    let excess =
        run(|study| study.indicators.identity = monazite::indicators::systemic_risk::Identity::Excess);
    let told = said(&paper, &excess).unwrap();
    assert!(told.contains("indicators.identity is") && !told.contains("str_full"), "{told}");
}

#[test]
fn rows_of_production_that_count_for_nothing_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mines.csv");
    let rows = "284690,2022,AUS,5000\n284690,2022,ZWE,10\n284690,2030,AUS,5000\n280530,2022,AUS,7\n280530,2021,AUS,7\n";
    std::fs::write(&path, format!("product,year,iso3,production\n{rows}")).unwrap();
    let own = run(|study| {
        study.indicators.import_content = ImportContent::Production;
        study.indicators.production = Some(path.clone());
    });
    let notes = &own.manifest().notes;
    assert!(
        notes.iter().any(|note| note
            == "mines.csv: 4 of 5 rows count for nothing in this study: 2 of products outside the study (280530), 1 of years outside the study (2030), \
                1 of countries without trade in the data (ZWE)."),
        "{notes:?}"
    );
}
