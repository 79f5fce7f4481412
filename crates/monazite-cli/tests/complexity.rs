//! `monazite complexity`, seen from outside: a release of its own, tables, JSON, and every wrong question.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use crate::world::{monazite, root};

const COUNTRIES: [&str; 18] = [
    "AUS", "BRA", "CAN", "CHE", "CHN", "DEU", "EGY", "FRA", "GBR", "IDN", "IND", "ITA", "JPN", "KOR", "LUX",
    "MEX", "SWE", "USA",
];

/// A made-up table of trade of 1,060 products in two years. Luxembourg exports little and Egypt too.
fn trade() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut text = "year,exporter,importer,product,value_usd\n".to_owned();
        for year in [2022, 2023] {
            for p in 0..1060usize {
                for (c, country) in COUNTRIES.iter().enumerate() {
                    let (able, needs, luck) =
                        (c * 5 % 18, p * 11 % 18, (c * 31 + p * 17 + c * p * 3 + year) % 9);
                    let small = [6, 14].contains(&c);
                    if able + luck >= needs && !(small && p % 9 > 0) {
                        let value = if small { 9 } else { 1000 * (1 + luck + 2 * able) };
                        let to = COUNTRIES[(c + 1 + p % 17) % 18];
                        writeln!(text, "{year},{country},{to},{:06},{value}000", 10_011 + 97 * p).unwrap();
                    }
                }
            }
        }
        fs::write(folder.path().join("trade.csv"), text).unwrap();
        let population = "year,iso3,population\n2022,LUX,650000\n2023,WLD,8000000000\n";
        let others = COUNTRIES.iter().filter(|c| !["LUX", "SWE"].contains(c));
        let rows: String = others.map(|c| format!("2021,{c},30000000\n")).collect();
        fs::write(folder.path().join("population.csv"), format!("{population}{rows}")).unwrap();
        let out =
            monazite().current_dir(&folder).args(["import", "trade.csv", "--out", "store"]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        folder
    });
    folder.path()
}

fn call(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let output = monazite().current_dir(folder).args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(101), "a panic: {arguments:?}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

fn asked(more: &[&str]) -> (bool, String, String) {
    call(trade(), &[&["complexity", "store"], more].concat())
}

fn json(more: &[&str]) -> Value {
    let (ok, out, err) = call(trade(), &[&["--json", "--quiet", "complexity", "store"], more].concat());
    assert!(ok, "{out}{err}");
    serde_json::from_str::<Value>(&out).unwrap()["complexity"].clone()
}

#[test]
fn what_went_in_and_what_came_out() {
    let (ok, out, err) = asked(&["--country", "Germany"]);
    assert!(ok, "{out}{err}");
    for part in [
        "Economic complexity, 2023",
        "compared    16 countries by",
        "left out    2 countries,",
        "exports below 1.00 billion USD a year (mean of three years)",
        "eigenvalues 1.0000, ",
        "most complex",
        "DEU (Germany): rank",
        "its most complex exports",
        "nearest opportunities",
        "The trade data lack 2021",
        "No table of population is given",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let found = json(&["--years", "2022-2023", "--country", "DEU"]);
    assert_eq!((&found["years"], &found["countries"]), (&"2022-2023".into(), &16.into()));
    let country = &found["country"];
    let rank = country["place"]["rank"].as_u64().unwrap();
    assert!((1..=16).contains(&rank));
    let pci: Vec<f64> =
        country["exports"].as_array().unwrap().iter().map(|of| of["pci"].as_f64().unwrap()).collect();
    assert!(pci.len() == 8 && pci.is_sorted_by(|a, b| a >= b), "{pci:?}");
    for of in country["opportunities"].as_array().unwrap() {
        assert!(
            of["rca"].as_f64().unwrap() < 1.0 && of["pci"].as_f64() > country["place"]["eci"].as_f64(),
            "{of}"
        );
    }
    assert!(country["exports"][0]["gain"].is_null() && country["exports"][0]["rca"].as_f64().unwrap() >= 1.0);
}

#[test]
fn tables_are_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/complexity");
    let to = out.to_str().unwrap();
    let (ok, said, err) = asked(&["--out", to, "--year", "2022"]);
    assert!(ok && said.contains("written     "), "{said}{err}");
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(
        names,
        ["about.txt", "dropped.csv", "density.parquet", "eci.csv", "pci.csv", "proximity.parquet"]
            .iter()
            .copied()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    let eci = fs::read_to_string(out.join("eci.csv")).unwrap();
    assert!(eci.starts_with("country,name,years,eci,rank,") && eci.lines().count() == 17, "{eci}");
    let dropped = fs::read_to_string(out.join("dropped.csv")).unwrap();
    assert!(
        dropped.contains("country,LUX,exports,") && dropped.contains("country,EGY,exports,"),
        "{dropped}"
    );
    let again = folder.path().join("again");
    let (ok, ..) = asked(&["--out", again.to_str().unwrap(), "--year", "2022", "--threads", "1"]);
    assert!(ok);
    for name in &names {
        assert!(fs::read(out.join(name)).unwrap() == fs::read(again.join(name)).unwrap(), "{name}");
    }
    let (ok, _, err) = asked(&["--out", to]);
    assert!(!ok && err.contains("not empty") && err.contains("--out DIR"), "{err}");
}

#[test]
fn small_countries_go_by_tables() {
    let found = json(&["--population", "population.csv", "--min-exports", "0"]);
    let left: Vec<(&str, u64)> = found["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|of| of["what"] == "countries" && of["reason"] != "nothing_exported")
        .map(|of| (of["reason"].as_str().unwrap(), of["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(left, [("population", 1), ("no_population", 1)], "Luxembourg; Sweden is not in the table");
    let (ok, out, err) = asked(&["--population", "population.csv", "--min-exports", "0"]);
    assert!(ok && out.contains("not in the table of population: SWE"), "{out}{err}");
    let notes = found["notes"].to_string();
    assert!(notes.contains("1 group of countries (WLD)"), "{notes}");
    fs::write(trade().join("usd.csv"), "year,iso3,exports\n2023,DEU,9e15\n2023,FRA,9e15\n").unwrap();
    let (ok, _, err) = asked(&["--exports", "usd.csv"]);
    assert!(!ok && err.contains("the table is to be in thousand USD"), "{err}");
    let (ok, _, err) = asked(&["--population", "trade.csv"]);
    assert!(!ok && err.contains("trade.csv") && err.contains("columns year, iso3, population"), "{err}");
    let strict = json(&["--strict", "--exclude", "Australia, BRA", "--without-itself"]);
    assert_eq!(strict["countries"], 14);
}

#[test]
fn wrong_questions_say_what_is_possible() {
    let cases: [(&[&str], &str); 11] = [
        (&["--year", "1999"], "the trade data have no 1999; they have 2022-2023"),
        (&["--years", "2021-2023"], "the trade data have no 2021"),
        (&["--country", "Atlantis"], "--country: 'Atlantis'"),
        (&["--country", "LUX"], "--country LUX: it is left out: exports below 1.00 billion USD"),
        (&["--exclude", "QQQ"], "--exclude: 'QQQ'"),
        (&["--threshold", "0"], "0 cannot be the least RCA: give a number above 0, such as 1 (--threshold)"),
        (&["--threshold", "1e9"], "no country exports any product with an RCA of at least 1000000000"),
        (&["--min-exports", "1e18"], "no country is left: exports below"),
        (&["--min-population", "5"], "--population"),
        (&["--min-exports", "-1"], "write a number from 0 on"),
        (&["--population", "nothing.csv"], "nothing.csv"),
    ];
    for (more, expected) in cases {
        let (ok, out, err) = asked(more);
        assert!(!ok && err.contains(expected), "{more:?}: {out}{err}");
    }
    // The place is looked at before anything is computed.
    fs::write(trade().join("file"), "mine").unwrap();
    let (ok, out, err) = asked(&["--out", "file"]);
    assert!(
        !ok && out.is_empty() && err.contains("this is a file") && err.contains("--out DIR"),
        "{out}{err}"
    );
    // What a study would say is said to an import.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("own.csv"), "year,origin,destination,hs6,value\n2023,DEU,FRA,010121,5\n")
        .unwrap();
    let (ok, _, err) = call(folder.path(), &["complexity", "own.csv"]);
    assert!(
        !ok && err.contains("reads no study") && err.contains("monazite import own.csv --out NEW.store"),
        "{err}"
    );
    let (ok, _, err) = call(trade(), &["complexity", "nowhere.zip"]);
    assert!(!ok && err.contains("there is no nowhere.zip"), "{err}");
    // The shipped raw materials are no release.
    let shipped = root().join("data/baci-hs92-raw-materials");
    let shipped = shipped.to_str().unwrap();
    let (ok, _, err) = call(trade(), &["complexity", shipped]);
    assert!(!ok && err.contains("but it is not ECI") && err.contains("(--force)"), "{err}");
    let (ok, out, err) = call(trade(), &["complexity", shipped, "--force"]);
    assert!(ok && out.contains("71 products are too few"), "{out}{err}");
    // Three countries export the same one material.
    let last: Vec<&str> =
        out.lines().filter(|l| ["LBY", "AGO", "IRQ"].iter().any(|c| l.contains(c))).collect();
    assert!(last.len() == 3 && last.iter().all(|l| l.contains("  104  ")), "{out}");
}
