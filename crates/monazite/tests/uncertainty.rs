//! Bands of a run: what they rest on, that they are the same whoever computes them, and what is said where there can be none.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indicators::content_risk::content_risk;
use monazite::indicators::{ContentSources, ImportContent, Leontief, RiskParameters, import_content};
use monazite::ingest::Governance;
use monazite::pipeline::{Error, RunData, RunOptions, Until, run_in_memory};
use monazite::progress::Silent;
use monazite::report::ranking::{Ranking, RankingRequest};
use monazite::report::trends::{TrendRequest, Trends};
use monazite::run::{Run, WORLD};
use monazite::run_folder::{Manifest, RunFiles};
use monazite::study::Study;
use monazite::threads::Threads;
use monazite::trade::FlowTable;
use monazite::uncertainty::drawn_risk::LANES;
use monazite::uncertainty::quantile::quantiles;
use monazite::uncertainty::stability_draws::{DrawOptions, StabilityDraws};

const COUNTRIES: [&str; 4] = ["CHN", "DEU", "JPN", "USA"];
const DRAWS: usize = 70;

/// Two products, three years, flows that grow at different speeds.
fn flows() -> FlowTable {
    let mut rows = Vec::new();
    for (t, year) in (2021..=2023).enumerate() {
        for (p, product) in ["284690", "850511"].into_iter().enumerate() {
            for (a, from) in COUNTRIES.into_iter().enumerate() {
                for (c, to) in COUNTRIES.into_iter().enumerate() {
                    // Nobody buys from itself, and Japan sells none of the second product.
                    if a != c && !(p == 1 && a == 2) && (a + c + p) % 4 != 3 {
                        rows.push((
                            year,
                            product,
                            from,
                            to,
                            5.0 + (a * 7 + c * 3 + p * 11 + a * t * 5) as f64,
                        ));
                    }
                }
            }
        }
    }
    FlowTable::from_rows(rows).unwrap()
}

fn governance() -> Governance {
    let mut text = "iso3,year,pv_rank,pv_est,pv_se\n".to_owned();
    for year in 2021..=2023 {
        for (iso3, rank, estimate) in
            [("CHN", 25, -0.4), ("DEU", 75, 0.6), ("JPN", 100, 0.9), ("USA", 50, 0.1), ("MMR", 0, -2.0)]
        {
            text += &format!("{iso3},{year},{rank},{estimate},0.3\n");
        }
    }
    Governance::parse(text.as_bytes(), "wgi.csv").unwrap()
}

fn study() -> Study {
    let mut study = Study::new(["284690", "850511"].map(|code| code.parse().unwrap()));
    study.uncertainty.bands = Some(DRAWS as u64);
    study.groups.means = vec!["G7".to_owned()];
    study.typology.enabled = false;
    study.regression.enabled = false;
    study
}

fn run_with(study: &Study, governance: &Governance) -> Result<(RunFiles, Manifest), Error> {
    let flows = flows();
    let data = RunData { trade: &flows, governance };
    let options = RunOptions { until: Until::Report, commit: String::new() };
    run_in_memory(study, data, &options, &Silent).map(|run| (run.files, run.manifest))
}

#[test]
fn a_mean_is_what_a_solution_of_every_draw_by_itself_gives() {
    let (files, manifest) = run_with(&study(), &governance()).unwrap();
    let record = manifest.uncertainty.clone().unwrap();
    assert_eq!((record.draws, record.products, record.product_years), (DRAWS, 2, 6));
    assert_eq!(record.readings, ["full", "mass_balance"]);
    let run = Run::of(files, study(), manifest);
    let bands = run.bands().unwrap().unwrap();

    let years = [2021, 2022, 2023];
    let own = |code: &str| vec![(code.to_owned(), 1.0)];
    let sources = vec![COUNTRIES.map(own).to_vec(); 3];
    let point = vec![vec![0.75, 0.25, 0.0, 0.5]; 3];
    let options = DrawOptions {
        draws: DRAWS,
        rho: 0.9,
        seed: study().study.random_seed,
        measure: study().stability.measure,
    };
    let drawn = StabilityDraws::of(&governance(), &years, &sources, &point, &options);
    let (flows, mut leontief) = (flows(), Leontief::default());
    for (name, reading) in [("full", ImportContent::Full), ("mass_balance", ImportContent::MassBalance)] {
        let mean = bands.mean("850511", WORLD, name);
        assert_eq!(mean.len(), 3);
        for (t, (year, band)) in mean.iter().enumerate() {
            assert_eq!(*year, years[t]);
            let matrix = flows.matrix(*year, "850511".parse().unwrap());
            let content = import_content(reading, &matrix, ContentSources::default());
            let mut mean_of = |w: &[f64]| {
                let solved = content_risk(&matrix, w, &content, &RiskParameters::default(), &mut leontief);
                let weights = matrix.imports().iter().zip(&solved.risk.excess);
                1.0 + weights.map(|(m, e)| m * e).sum::<f64>() / matrix.total()
            };
            let mut draws: Vec<f64> = (0..DRAWS)
                .map(|draw| {
                    let block = drawn.block(t, draw / LANES);
                    mean_of(&block.iter().map(|w| w[draw % LANES]).collect::<Vec<f64>>())
                })
                .collect();
            let [low, median, high] = quantiles(&mut draws, [0.05, 0.5, 0.95]);
            let expected = [mean_of(&point[t]), low, median, high];
            for (found, expected) in [band.point, band.low, band.median, band.high].iter().zip(expected) {
                assert!((found - expected).abs() < 1e-9, "{name} {year}: {found} is not {expected}");
            }
        }
        let change = bands.change("850511", WORLD, name).unwrap();
        assert_eq!((change.from, change.to), (2021, 2023));
        assert!((change.change.point - (mean[2].1.point - mean[0].1.point)).abs() < 1e-12);
        assert!(change.slope.is_some() && change.parts.contains_key("stability"));
        assert!(
            bands.change("850511", "G7", name).is_some() && bands.change("850511", "USA", name).is_some()
        );
    }
}

#[test]
fn levels_are_those_of_the_panel_with_a_band_around_the_draws() {
    use monazite::indicators::Column;
    let (files, manifest) = run_with(&study(), &governance()).unwrap();
    let run = Run::of(files, study(), manifest);
    let panel = run.panel().unwrap();
    let levels = run.band_levels(&[0, 1]).unwrap();
    // Every country imports each product in every year, under two readings.
    assert_eq!(levels.len(), 2 * 3 * 4 * 2);
    for level in &levels {
        let column = if level.reading == "full" { Column::Str } else { Column::StrMassBalance };
        assert_eq!(panel.value(column, level.product, level.year, level.country), Some(level.str.point));
        assert!(level.str.low <= level.str.median && level.str.median <= level.str.high);
        let rank = level.rank.unwrap();
        assert!((1.0..=4.0).contains(&rank.point) && rank.low <= rank.high);
        // There are four importers, and the five riskiest are asked for.
        assert_eq!(level.share_top, Some(1.0));
    }
    assert!(levels.iter().any(|level| level.str.high - level.str.low > 0.05));
}

#[test]
fn the_same_bytes_on_one_thread_and_on_two() {
    let tables = |threads: usize| {
        let (files, _) = Threads::new(threads).unwrap().run(|| run_with(&study(), &governance())).unwrap();
        ["bands.parquet", "band_means.csv", "band_changes.csv"].map(|name| files.read(name).unwrap())
    };
    assert_eq!(tables(1), tables(2));
}

#[test]
fn without_standard_errors_there_are_none_unless_they_are_asked_for() {
    let ranks = Governance::from_rows([("CHN", 2021, 25.0), ("DEU", 2021, 75.0)]).unwrap();
    let mut study = study();
    let error = run_with(&study, &ranks).unwrap_err().to_string();
    assert!(
        error
            .contains("uncertainty.bands: there can be no bands: political stability as it was given has no"),
        "{error}"
    );
    study.uncertainty.bands = None;
    let (files, manifest) = run_with(&study, &ranks).unwrap();
    assert!(manifest.uncertainty.is_none() && !files.exists("band_means.csv"));
    let reason = manifest.skipped.iter().find(|s| s.stage == "uncertainty").unwrap();
    assert!(reason.reason.contains("no estimates with standard errors"), "{}", reason.reason);
    study.uncertainty.bands = Some(0);
    let (_, manifest) = run_with(&study, &governance()).unwrap();
    assert!(manifest.skipped.iter().any(|s| s.reason.ends_with("(uncertainty.bands = 0)")));
}

#[test]
fn one_draw_is_a_band_without_width_and_says_so() {
    let mut study = study();
    study.uncertainty.bands = Some(1);
    let (files, manifest) = run_with(&study, &governance()).unwrap();
    let notes = manifest.uncertainty.clone().unwrap().notes;
    assert!(notes[0].starts_with("The bands rest on 1 draw of political stability"), "{notes:?}");
    let text = files.read("band_means.csv").unwrap();
    let text = std::str::from_utf8(&text).unwrap();
    let cells: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(
        !cells.is_empty() && cells.iter().all(|row| row[5] == row[7]),
        "5 % and 95 % are that draw: {text}"
    );
    let run = Run::of(files, study, manifest);
    assert!(run.bands().unwrap().is_none(), "of so few draws nothing is said");
}

#[test]
fn trade_that_is_drawn_too_has_bands_of_its_own_and_no_parts() {
    let mut study = study();
    study.uncertainty.bands = Some(40);
    let plain = run_with(&study, &governance()).unwrap();
    study.uncertainty.flows = true;
    let noisy = run_with(&study, &governance()).unwrap();
    study.uncertainty.flows = false;
    study.uncertainty.recording = true;
    study.uncertainty.recording_below = 30.0;
    let recorded = run_with(&study, &governance()).unwrap();
    let of = |(files, manifest): (RunFiles, Manifest)| {
        let run = Run::of(files, study.clone(), manifest);
        let bands = run.bands().unwrap().unwrap();
        let change = bands.change("284690", WORLD, "mass_balance").unwrap();
        (bands.mean("284690", WORLD, "mass_balance")[0].1, change.parts.len())
    };
    let [(plain, parts), (noisy, none), (recorded, _)] = [plain, noisy, recorded].map(of);
    assert_eq!((parts, none), (5, 0));
    assert_eq!(
        (plain.point, plain.point),
        (noisy.point, recorded.point),
        "the point is the trade as it is recorded"
    );
    assert!(plain != noisy && plain != recorded);
}

/// What the page, findings, rankings, trends and briefs say of a change is what its band says, number for number.
#[test]
fn what_is_told_of_a_change_is_what_its_band_says() {
    let (files, manifest) = run_with(&study(), &governance()).unwrap();
    let run = Run::of(files, study(), manifest);
    let bands = run.bands().unwrap().unwrap();
    let told = run.findings().unwrap();
    for (product, told) in ["284690", "850511"].into_iter().zip(&told) {
        let of = ["mass_balance", "full"].map(|reading| bands.change(product, WORLD, reading).unwrap());
        assert!(told.contains(product) && told.contains("from 2021 to 2023"), "{told}");
        assert_eq!(
            told.contains("no change is established from 2021"),
            of.iter().all(|of| !of.change.excludes_zero())
        );
        for of in of {
            let band = of.change;
            assert!(told.contains(&format!(" [{:.2}, {:.2}], above 0 in ", band.low, band.high)), "{told}");
        }
    }
    let page = monazite::report::page::render(&run).unwrap();
    assert!(page.contains("<b>In brackets</b>: where 95 % of 70 draws lie"));

    let by = |indicator: &str| RankingRequest {
        indicator: indicator.to_owned(),
        product: Some("284690".to_owned()),
        all: true,
        ..RankingRequest::default()
    };
    let levels = run.band_levels(&[0]).unwrap();
    let panel = run.panel().unwrap();
    for (indicator, reading) in [("str", "full"), ("str_mass_balance", "mass_balance")] {
        let ranking = Ranking::of(&run, &by(indicator)).unwrap();
        assert!(!ranking.rows.is_empty());
        for row in &ranking.rows {
            let country = panel.country(&row.code).unwrap();
            let level = levels
                .iter()
                .find(|level| (level.year, level.country, level.reading.as_str()) == (2, country, reading))
                .unwrap();
            assert!((level.str.point - row.value).abs() < 1e-12, "{indicator} {}", row.code);
            assert_eq!(row.band, Some([level.str.low, level.str.high]), "{indicator} {}", row.code);
        }
        assert_eq!(ranking.to_csv().lines().next().unwrap().contains("mass_balance_p95"), indicator == "str");
    }
    assert_eq!(Ranking::of(&run, &by("hhi")).unwrap().draws, None, "shares of suppliers are not drawn");

    let trend = TrendRequest {
        indicator: "str".to_owned(),
        products: vec!["284690".to_owned()],
        ..TrendRequest::default()
    };
    let csv = String::from_utf8(Trends::of(&run, &trend).unwrap().csv()).unwrap();
    let last = bands.mean("284690", WORLD, "mass_balance").last().unwrap().1;
    assert!(csv.lines().last().unwrap().ends_with(&format!(",{},{}", last.low, last.high)), "{csv}");
}

#[test]
fn nothing_is_for_certain_in_a_run_without_bands() {
    let mut without = study();
    without.uncertainty.bands = Some(0);
    let (files, manifest) = run_with(&without, &governance()).unwrap();
    let run = Run::of(files, without, manifest);
    let page = monazite::report::page::render(&run).unwrap();
    assert!(page.contains("This run has no bands of uncertainty"));
    for told in run.findings().unwrap() {
        assert!(!told.contains("certain") && !told.contains("established") && !told.contains('['), "{told}");
    }
    assert!(!page.contains("for certain</b>") && !page.contains("<b>In brackets</b>"));
}
