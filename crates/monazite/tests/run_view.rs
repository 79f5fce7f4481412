//! What readers make of the tables of a run, against the tables themselves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use bytes::Bytes;
use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::progress::Silent;
use monazite::run::{Run, chain_products};
use monazite::run_folder::RunFiles;
use monazite::study::Study;

/// The run of the tiny study, with `more` files, in memory.
fn tiny_with(more: &[(&str, &str)]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    let mut study = Study::load(tiny.as_ref()).unwrap();
    study.data.store = Some(folder.path().join("store"));
    let out = folder.path().join("run");
    let options = RunOptions { until: Until::Indicators, commit: String::new() };
    run_study(&study, &out, &options, &Silent).unwrap();
    let of_folder = RunFiles::folder(&out);
    let mut files: BTreeMap<String, Bytes> = of_folder
        .names()
        .unwrap()
        .into_iter()
        .map(|name| (name.clone(), of_folder.read(&name).unwrap()))
        .collect();
    files.extend(
        more.iter().map(|(name, text)| ((*name).to_owned(), Bytes::copy_from_slice(text.as_bytes()))),
    );
    let finished = Run::open(&out).unwrap();
    Run::of(RunFiles::in_memory(files), finished.study().clone(), finished.manifest().clone())
}

/// The rows of a table of the tiny run, as it stands in `studies/tiny/expected`.
fn expected(table: &str) -> Vec<BTreeMap<String, String>> {
    let file = format!("{}/../../studies/tiny/expected/{table}", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn changes_since_the_first_year_are_the_sums_of_the_decomposition() {
    let run = tiny_with(&[]);
    let view = run.view().unwrap();
    let steps = view.panel.years.len() - 1;
    let mut compared = 0;
    for country in &view.panel.countries {
        let found = view.changes_of(&country.code).unwrap();
        for (p, product) in view.panel.products.iter().enumerate() {
            let code = product.code.to_string();
            let rows: Vec<_> = expected("decomposition.csv")
                .into_iter()
                .filter(|r| r["country"] == country.code && r["product"] == code)
                .collect();
            let sum = |of: &str| rows.iter().map(|r| r[of].parse::<f64>().unwrap()).sum::<f64>();
            let wanted = (rows.len() == steps).then(|| [sum("network"), sum("stability")]);
            match (found.get(&p), wanted) {
                (Some(found), Some(wanted)) => {
                    assert!((found[0] - wanted[0]).abs() < 1e-12 && (found[1] - wanted[1]).abs() < 1e-12);
                    compared += 1;
                }
                (found, wanted) => assert_eq!(found.copied(), wanted, "{code} {}", country.code),
            }
        }
    }
    assert!(compared > 0);
}

#[test]
fn imputed_imports_and_world_imports_are_those_of_the_indicators() {
    let run = tiny_with(&[]);
    let view = run.view().unwrap();
    let rows = expected("indicators.csv");
    let chain: Vec<String> =
        chain_products(view.panel).iter().map(|&p| view.panel.products[p].code.to_string()).collect();
    for (t, year) in view.panel.years.iter().enumerate() {
        let of_year = |r: &&BTreeMap<String, String>| r["year"] == year.to_string();
        for country in &view.panel.countries {
            let own = rows
                .iter()
                .filter(of_year)
                .filter(|r| r["country"] == country.code && chain.contains(&r["product"]));
            let (sum, weight) =
                own.filter(|r| !r["imputed_share"].is_empty()).fold((0.0, 0.0), |(sum, weight), r| {
                    let imports: f64 = r["imports"].parse().unwrap();
                    (sum + imports * r["imputed_share"].parse::<f64>().unwrap(), weight + imports)
                });
            let wanted = (weight > 0.0).then(|| sum / weight);
            assert_eq!(view.imputed_of(t, &country.code).unwrap(), wanted, "{} {year}", country.code);
        }
        for (p, product) in view.panel.products.iter().enumerate() {
            let of_product = rows.iter().filter(of_year).filter(|r| r["product"] == product.code.to_string());
            let wanted: f64 = of_product.map(|r| r["imports"].parse::<f64>().unwrap()).sum();
            assert!((view.world_imports(p, t) - wanted).abs() < 1e-9);
        }
    }
}

#[test]
fn neighbours_are_near_in_the_years_that_both_are_on_the_map() {
    // AAA and BBB are 5 apart in both years; CCC is 1 apart in the one year that it has; DDD has no year in common; groups do not count.
    let map = "year,country,kind,x,y,cluster\n2019,AAA,country,0,0,1\n2020,AAA,country,1,1,1\n2019,BBB,country,3,4,1\n2020,BBB,country,4,5,1\n\
               2019,CCC,country,0,1,1\n2021,DDD,country,0,0,2\n2019,G3,group,0,0,2\n2020,G3,group,1,1,2\n";
    let run = tiny_with(&[("typology/embedding.csv", map)]);
    let view = run.view().unwrap();
    let found = view.neighbours("AAA", 5);
    assert_eq!(found, [("CCC".to_owned(), 1.0), ("BBB".to_owned(), 5.0)]);
    assert_eq!(view.neighbours("AAA", 1).len(), 1);
    assert!(view.neighbours("ZZZ", 5).is_empty());
}
