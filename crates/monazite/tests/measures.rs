//! What maps, rankings and trends show, against numbers worked out by hand from the release of the tiny study: `report/measure.rs`,
//! `report/basket.rs`, `report/ranking.rs`, `report/ranking_table.rs`, `report/trends.rs`.
//!
//! 284690 in 2019, thousand USD: AAA sells 60 to BBB and 30 to CCC, BBB 10 to AAA and 50 to CCC, CCC 20 to BBB.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::OnceLock;

use monazite::indicators::{Column, RiskReading};
use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::progress::Silent;
use monazite::report::basket::Basket;
use monazite::report::maps::{MapRequest, gather};
use monazite::report::measure::{Measure, number, percent};
use monazite::report::ranking::{Ranking, RankingRequest};
use monazite::report::readings::{Moved, of_average_importer};
use monazite::report::trends::{TrendRequest, Trends};
use monazite::run::Run;
use monazite::study::Study;

fn run() -> &'static Run {
    static RUN: OnceLock<(tempfile::TempDir, Run)> = OnceLock::new();
    &RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let mut study = Study::load(tiny.as_ref()).unwrap();
        study.data.store = Some(folder.path().join("store"));
        let out = folder.path().join("run");
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        run_study(&study, &out, &options, &Silent).unwrap();
        let run = Run::open(&out).unwrap();
        (folder, run)
    })
    .1
}

fn by_share(product: &str) -> RankingRequest {
    RankingRequest {
        indicator: "share".to_owned(),
        supplier: Some("Alpha".to_owned()),
        product: Some(product.to_owned()),
        year: Some(2019),
        ..RankingRequest::default()
    }
}

fn codes(ranking: &Ranking) -> Vec<(usize, &str, f64)> {
    ranking.rows.iter().map(|r| (r.rank, r.code.as_str(), r.value)).collect()
}

#[test]
fn importers_are_ranked_by_the_share_of_a_supplier() {
    let ranking = Ranking::of(run(), &by_share("284690")).unwrap();
    assert_eq!(codes(&ranking), [(1, "BBB", 0.75), (2, "CCC", 0.375)], "the supplier is not among them");
    assert_eq!(ranking.rows[0].trade, Some(80.0));
    assert_eq!(ranking.title, "Share of imports from Alpha, 284690, 2019");
    let text = ranking.to_text();
    assert!(
        text.contains("1  Beta") && text.contains("75.0 %") && text.contains("4 countries have no value."),
        "{text}"
    );
    let first =
        Ranking::of(run(), &RankingRequest { top: Some(1), ascending: true, ..by_share("284690") }).unwrap();
    assert_eq!(codes(&first), [(1, "CCC", 0.375)]);
    assert!(first.notes.contains(&"1 more country follows.".to_owned()), "{:?}", first.notes);
}

#[test]
fn shares_of_tiers_and_of_the_chain_are_of_summed_trade() {
    // All four products are in the chain. AAA sells 60 to BBB and 30 to CCC of 284690 and 40 to FFF of 850131. In 2019 BBB buys 80 of 284690,
    // 50 of 850511 and 100 of 850131; CCC 80, 10 of 280530 and 120 of 850131; FFF 40 + 10 + 8 + 15.
    let chain = Ranking::of(run(), &by_share("chain")).unwrap();
    let of = |code: &str| chain.rows.iter().find(|r| r.code == code).unwrap().value;
    assert!((of("FFF") - 40.0 / 73.0).abs() < 1e-15);
    assert!((of("BBB") - 60.0 / 230.0).abs() < 1e-15);
    assert!((of("CCC") - 30.0 / 210.0).abs() < 1e-15);
    assert_eq!(of("EEE"), 0.0);
    let seeds = Ranking::of(run(), &by_share("tier0")).unwrap();
    assert_eq!(codes(&seeds), codes(&Ranking::of(run(), &by_share("284690")).unwrap()));
    assert!(seeds.subtitle.contains("1 product of tier 0"), "{}", seeds.subtitle);
    let none = Basket::find(run(), Some("tier9")).unwrap_err().to_string();
    assert!(none.contains("tiers 0 to"), "{none}");
}

#[test]
fn a_trend_of_a_share_is_that_of_all_other_importers_or_of_one() {
    let request = TrendRequest {
        indicator: "share".to_owned(),
        supplier: Some("AAA".to_owned()),
        products: vec!["284690".to_owned()],
        ..TrendRequest::default()
    };
    let trends = Trends::of(run(), &request).unwrap();
    // 90 of the 160 that BBB and CCC buy.
    assert_eq!(trends.lines[0].points[0], (2019, 0.5625));
    assert_eq!(trends.name, "trend_share_AAA_284690");
    let of_two = TrendRequest { countries: vec!["Beta".to_owned(), "CCC".to_owned()], ..request.clone() };
    let trends = Trends::of(run(), &of_two).unwrap();
    assert_eq!(trends.lines.iter().map(|l| l.points[0].1).collect::<Vec<_>>(), [0.75, 0.375]);
    assert_eq!(trends.name, "trend_share_AAA_284690_of_BBB-CCC");
    let csv = String::from_utf8(trends.csv()).unwrap();
    assert!(
        csv.starts_with("product,country,name,year,value,feedback_loop\n284690,BBB,Beta,2019,0.75,false\n"),
        "{csv}"
    );
    let svg = trends.draw(500.0).finish(180.0, "x");
    assert!(svg.contains(">Beta: ") && svg.contains("<title>Beta, 2019: 75.0 %</title>"), "{svg}");
}

#[test]
fn a_trend_of_str_is_the_one_of_the_table_of_trends() {
    let request = TrendRequest {
        indicator: "str".to_owned(),
        products: vec!["284690".to_owned()],
        ..TrendRequest::default()
    };
    let trends = Trends::of(run(), &request).unwrap();
    let table = run().table("trends.csv").unwrap().unwrap();
    let at = |name: &str| table.column(&[name]).unwrap();
    let wanted: Vec<(u16, f64)> = table
        .rows
        .iter()
        .filter(|row| row.get(at("product")) == "284690")
        .map(|row| (row.get(at("year")).parse().unwrap(), row.get(at("str_weighted")).parse().unwrap()))
        .collect();
    assert_eq!(trends.lines[0].points.len(), wanted.len());
    for (found, wanted) in trends.lines[0].points.iter().zip(wanted) {
        assert!(found.0 == wanted.0 && (found.1 - wanted.1).abs() < 1e-12, "{found:?} {wanted:?}");
    }
}

/// 284690 in the years that come with the program, as METHODS of mass balance print it.
fn rare_earths() -> &'static Run {
    static RUN: OnceLock<(tempfile::TempDir, Run)> = OnceLock::new();
    &RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let text = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"data/baci-hs92-raw-materials\"\n\
                    governance = \"data/wgi/wgi_pv_1996_2023.csv\"\n";
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let (study, problems) = Study::parse(text, &root.join("study.toml"));
        assert_eq!(problems, []);
        let out = folder.path().join("run");
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        run_study(&study, &out, &options, &Silent).unwrap();
        let run = Run::open(&out).unwrap();
        (folder, run)
    })
    .1
}

#[test]
fn the_rise_of_rare_earths_is_told_under_both_readings() {
    let view = rare_earths().view().unwrap();
    let last = view.last_year();
    let close = |found: [f64; 2], wanted: [f64; 2]| {
        assert!(found.iter().zip(wanted).all(|(f, w)| (f - w).abs() < 5.5e-4), "{found:?} {wanted:?}");
    };
    // The numbers of reference/mass_balance.py, three decimals.
    let mean = Moved::of(&view, 0, None, last).unwrap();
    close(mean.paper, [1.726, 3.592]);
    close(mean.mass_balance, [1.542, 1.863]);
    let china = view.panel.country("CHN").unwrap();
    let of_china = Moved::of(&view, 0, Some(china), last).unwrap();
    close(of_china.paper, [1.444, 4.172]);
    close(of_china.mass_balance, [1.377, 1.866]);
    // The mean is that of the table of trends.
    for (year, trend) in rare_earths().trends().unwrap()[0].iter().enumerate() {
        let own = of_average_importer(view.panel, Column::Str, 0, year).unwrap();
        assert!((own - trend.str.unwrap()).abs() < 1e-12, "{year}");
    }
    let told = rare_earths().findings().unwrap();
    for piece in [
        "(+1.87) in the paper’s reading",
        "(+0.32), which is 17 % of the rise",
        "(67 %)",
        "For China, the largest importer",
    ] {
        assert!(told[0].contains(piece), "{piece}: {}", told[0]);
    }
}

#[test]
fn rankings_and_maps_follow_the_mass_balanced_number_where_it_differs() {
    let request = RankingRequest { indicator: "str".to_owned(), ..RankingRequest::default() };
    let place = |ranking: &Ranking| {
        let large = ranking.rows.iter().filter(|r| r.trade.unwrap() > 30_000.0);
        large.map(|r| r.code.clone()).position(|code| code == "CHN").unwrap()
    };
    let by_mass = Ranking::of(rare_earths(), &request).unwrap();
    assert!(
        by_mass.by_mass_balance && by_mass.notes[0].contains("the mass-balanced number"),
        "{:?}",
        by_mass.notes
    );
    assert!(by_mass.rows.windows(2).all(|r| r[0].mass_balance >= r[1].mass_balance));
    let by_paper =
        Ranking::of(rare_earths(), &RankingRequest { reading: Some(RiskReading::Str), ..request.clone() })
            .unwrap();
    assert!(!by_paper.by_mass_balance && by_paper.rows.windows(2).all(|r| r[0].value >= r[1].value));
    // China is the riskiest large importer in the paper's reading only.
    assert!(place(&by_paper) == 0 && place(&by_mass) > 2);
    let china = by_mass.rows.iter().find(|r| r.code == "CHN").unwrap();
    assert!((china.value - 4.172).abs() < 5e-4 && (china.mass_balance.unwrap() - 1.866).abs() < 5e-4);
    assert!(by_mass.to_csv().starts_with("rank,country,name,value,imports,mass_balance\n"));
    assert!(
        by_mass.to_latex().contains("{rlrrr}")
            && by_mass.to_markdown().contains("|---:|:---|---:|---:|---:|")
    );
    // Without a second reading there is no further column, and none to choose.
    let wrong = RankingRequest { indicator: "hhi".to_owned(), reading: Some(RiskReading::Str), ..request };
    assert!(
        Ranking::of(rare_earths(), &wrong).unwrap_err().to_string().contains("goes with str and influence")
    );
    let map = |reading| {
        let request = MapRequest { indicator: "str".to_owned(), reading, ..MapRequest::default() };
        gather(rare_earths(), &request).unwrap()
    };
    let (followed, paper) = (map(None), map(Some(RiskReading::Str)));
    assert_eq!((followed.reading, paper.reading), (Some(RiskReading::MassBalance), Some(RiskReading::Str)));
    assert!(
        followed.title.starts_with("Mass-balanced")
            && followed.subtitle.starts_with("Colours show the mass-balanced number"),
        "{}",
        followed.subtitle
    );
    assert!(paper.title.starts_with("Systemic trade risk (STR)"), "{}", paper.title);
}

#[test]
fn a_trend_of_str_has_both_lines() {
    let request = TrendRequest { indicator: "str".to_owned(), ..TrendRequest::default() };
    let trends = Trends::of(rare_earths(), &request).unwrap();
    let [line] = &trends.lines[..] else { panic!("one line") };
    assert_eq!((line.points.len(), line.mass_balance.len()), (17, 17));
    assert!((line.mass_balance[16].1 - 1.863).abs() < 5e-4 && (line.points[16].1 - 3.592).abs() < 5e-4);
    let csv = String::from_utf8(trends.csv()).unwrap();
    assert!(csv.starts_with("product,country,name,year,value,feedback_loop,mass_balance\n"), "{csv}");
    let svg = trends.draw(500.0).finish(180.0, "x");
    assert!(
        svg.contains("2023: mass-balanced 1.86") && svg.contains("Dashed: STR, the paper’s reading."),
        "{svg}"
    );
}

#[test]
fn exporters_are_ranked_by_exports_and_stability_by_country() {
    let ranking = Ranking::of(
        run(),
        &RankingRequest { indicator: "exports".to_owned(), supplier: None, ..by_share("284690") },
    )
    .unwrap();
    assert_eq!(codes(&ranking), [(1, "AAA", 90.0), (2, "BBB", 60.0), (3, "CCC", 20.0)]);
    assert_eq!(ranking.trade_label, "Exports");
    let request = TrendRequest {
        indicator: "pv".to_owned(),
        countries: vec!["AAA".to_owned(), "BBB".to_owned()],
        products: vec!["284690".to_owned(), "850511".to_owned()],
        ..TrendRequest::default()
    };
    let trends = Trends::of(run(), &request).unwrap();
    assert_eq!(trends.lines.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["Alpha", "Beta"]);
    assert_eq!((trends.name.as_str(), trends.lines[0].points.len()), ("trend_pv_of_AAA-BBB", 3));
    let nobody = TrendRequest { countries: Vec::new(), ..request };
    assert!(Trends::of(run(), &nobody).unwrap_err().to_string().contains("say which"));
}

#[test]
fn a_map_shows_what_a_ranking_ranks() {
    let request = MapRequest {
        indicator: "share".to_owned(),
        supplier: Some("AAA".to_owned()),
        product: Some("284690".to_owned()),
        year: Some(2019),
        ..MapRequest::default()
    };
    let map = gather(run(), &request).unwrap();
    assert!(map.percent && map.title == "Share of imports from Alpha, 284690, 2019");
    let value = |code: &str| map.rows.iter().find(|r| r.code == code).unwrap().value;
    assert_eq!(
        (value("BBB"), value("CCC"), value("AAA"), value("DDD")),
        (Some(0.75), Some(0.375), None, None)
    );
}

#[test]
fn tables_of_a_ranking_are_quoted_for_their_readers() {
    let mut ranking = Ranking::of(run(), &by_share("284690")).unwrap();
    ranking.rows[0].name = "A & B | <C>_".to_owned();
    assert!(
        ranking.to_latex().contains("1 & A \\& B | $<$C$>$\\_ & 75.0 \\% & 80.00 \\\\"),
        "{}",
        ranking.to_latex()
    );
    assert!(
        ranking.to_markdown().contains("| 1 | A & B \\| <C>_ | 75.0 % | 80.00 |"),
        "{}",
        ranking.to_markdown()
    );
    let html = ranking.to_html();
    assert!(html.contains("<td>A &amp; B | &lt;C&gt;_</td><td>75.0 %</td>"), "{html}");
    roxmltree::Document::parse(&html.replace("<!DOCTYPE html>", "").replace("<meta charset=\"utf-8\">", ""))
        .unwrap();
    assert!(
        ranking.to_csv().starts_with("rank,country,name,value,imports\n1,BBB,A & B | <C>_,0.75,80\n"),
        "{}",
        ranking.to_csv()
    );
}

#[test]
fn what_does_not_go_together_is_refused_with_what_to_do() {
    let wrong = |indicator: &str, supplier: Option<&str>| {
        Measure::find(run(), indicator, supplier).unwrap_err().to_string()
    };
    assert!(wrong("share", None).contains("say of which"));
    assert!(wrong("str", Some("AAA")).contains("goes with share"));
    assert!(wrong("shre", None).contains("near to it: share"));
    assert!(wrong("share", Some("Atlantis")).contains("not the code or the name of a country"));
    let trends = |change: &dyn Fn(&mut TrendRequest)| {
        let mut request = TrendRequest { indicator: "str".to_owned(), ..TrendRequest::default() };
        change(&mut request);
        Trends::of(run(), &request).unwrap_err().to_string()
    };
    let two = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
    assert!(
        trends(&|r| (r.products, r.countries) = (two(["284690", "850511"]), two(["AAA", "BBB"])))
            .contains("too many lines")
    );
    assert!(trends(&|r| r.products = vec!["284690".to_owned(); 9]).contains("cannot be told apart"));
}

#[test]
fn numbers_are_short_and_shares_are_percent() {
    assert_eq!(
        [0.0, 12345.6, 234.56, 1.234, 0.1234, 0.00001].map(number),
        ["0", "12,346", "234.6", "1.23", "0.123", "1.0e-5"]
    );
    assert_eq!(percent(0.6789), "67.9 %");
}
