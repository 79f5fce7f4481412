//! `monazite indices`, seen from outside: trade data without a study, a run, and every wrong question.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use serde_json::Value;

use crate::world::{monazite, root};

fn call(arguments: &[&str]) -> (bool, String, String) {
    let output = monazite().args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(101), "a panic: {arguments:?}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

fn data(name: &str) -> String {
    root().join("data").join(name).to_str().unwrap().to_owned()
}

/// Of the shipped raw materials.
fn asked(more: &[&str]) -> (bool, String, String) {
    call(&[&["indices", &data("baci-hs92-raw-materials")], more].concat())
}

#[test]
fn the_largest_importers_are_shown() {
    let wgi = data("wgi/wgi_pv_1996_2023.csv");
    let (ok, out, err) = asked(&["--governance", &wgi, "--products", "284690", "--years", "2023"]);
    assert!(ok, "{out}{err}");
    assert!(out.contains("2023, HHI of exports 0.25, the 12 largest of 141 importers"), "{out}");
    let japan = out.lines().find(|line| line.trim_start().starts_with("JPN")).unwrap();
    // China's stop takes .518 of what Japan imports, as the oracle of real trade has it.
    assert!(japan.ends_with("0.518 CHN"), "{japan}");
    assert!(out.contains("exports stand for production"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 160), "{out}");
}

#[test]
fn rows_are_written_as_csv_and_given_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("rows.csv");
    let to = out.to_str().unwrap();
    let few = ["--products", "284690,282200", "--years", "2022-2023", "--importers", "Germany,JPN"];
    let (ok, said, err) = asked(&[&few[..], &["--compute", "worst,geodep", "--out", to]].concat());
    assert!(ok && said.contains("8 rows"), "{said}{err}");
    let csv = fs::read_to_string(&out).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "year,product,country,export_hhi,geodep,worst,worst_supplier");
    assert!(lines.len() == 9 && lines[1].starts_with("2022,282200,DEU,"), "{csv}");
    // 2020 and 2021 are looked at, too.
    assert!(lines[1..].iter().all(|line| !line.split(',').nth(4).unwrap().is_empty()), "{csv}");
    let (ok, _, err) = asked(&[&few[..], &["--compute", "worst", "--out", to]].concat());
    assert!(!ok && err.contains("--replace"), "{err}");
    let (ok, out, err) = call(
        &[
            &["--json", "--quiet", "indices", &data("baci-hs92-raw-materials")],
            &few[..],
            &["--compute", "worst"],
        ]
        .concat(),
    );
    assert!(ok, "{err}");
    let found: Value = serde_json::from_str(&out).unwrap();
    let found = &found["indices"];
    assert_eq!((&found["rows"], &found["indices"][0]), (&8.into(), &"worst".into()));
    assert_eq!(found["shown"][0]["largest"][0]["worst_supplier"].as_str().map(str::len), Some(3));
}

#[test]
fn wrong_questions_say_what_is_possible() {
    let cases: [(&[&str], &str); 8] = [
        (&["--years", "1999"], "--years: the data have no 1999; they have 2007 to 2023"),
        (&["--products", "870323"], "--products: 870323 is not traded in the data"),
        (&["--products", "2846"], "--products 2846: "),
        (&["--importers", "Atlantis"], "--importers: 'Atlantis'"),
        (&["--compute", "risk"], "\"risk\" is not \"whhi\""),
        (
            &["--compute", "whhi"],
            "--compute: whhi rests on political stability, which is not given; give --governance",
        ),
        (&["--compute", "eu_sr"], "--compute: eu_sr takes tables (production, recycling, substitution)"),
        (&["--governance", "nothing.csv"], "--governance: there is no nothing.csv"),
    ];
    for (more, expected) in cases {
        let (ok, out, err) = asked(more);
        assert!(!ok && err.contains(expected), "{more:?}: {out}{err}");
    }
    let (ok, _, err) = call(&["indices", "nowhere.zip"]);
    assert!(!ok && err.contains("there is no nowhere.zip"), "{err}");
}
