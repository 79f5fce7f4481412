//! `monazite indices RUN`, seen from outside: the numbers of the design on real trade, tables, JSON, and every wrong question.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use serde_json::Value;

use crate::world::{World, example_run, monazite};

fn example(more: &[&str]) -> (bool, String, String) {
    let output = monazite().arg("indices").arg(example_run()).args(more).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// Pooled and inside products, of the importers with 100 thousand USD or more in 2023; section E.2 of the design.
const DESIGN: [(&str, &str, f64, f64); 14] = [
    ("str_full", "str_mass_balance", 0.83, 0.84),
    ("str_full", "str_direct", 0.84, 0.88),
    ("str_full", "hhi", 0.06, 0.15),
    ("str_full", "eu_sr", 0.50, 0.55),
    ("str_full", "worst", 0.07, 0.14),
    ("str_mass_balance", "str_direct", 0.87, 0.85),
    ("str_mass_balance", "hhi", 0.11, 0.14),
    ("str_mass_balance", "exposure", 0.16, 0.12),
    ("str_mass_balance", "geopolrisk", 0.54, 0.85),
    ("str_mass_balance", "eu_sr", 0.54, 0.54),
    ("hhi", "whhi", 0.79, 0.80),
    ("hhi", "worst", 0.93, 0.92),
    ("geopolrisk", "worst", 0.22, 0.16),
    ("eu_sr", "worst", 0.71, 0.71),
];

#[test]
fn the_example_has_the_numbers_of_the_design() {
    let (ok, out, err) = example(&["--json", "--quiet"]);
    assert!(ok, "{err}");
    let found: Value = serde_json::from_str(&out).unwrap();
    let found = &found["indices"];
    assert_eq!(
        (&found["year"], &found["importers"], &found["products"]),
        (&2023.into(), &4353.into(), &71.into())
    );
    let close = |value: &Value, expected: f64| (value.as_f64().unwrap() - expected).abs() < 0.0051;
    let pairs = found["correlations"].as_array().unwrap();
    assert_eq!(pairs.len(), 36);
    let pair = |first: &str, second: &str| {
        pairs.iter().find(|p| p["first"] == first && p["second"] == second).unwrap()
    };
    for (first, second, pooled, inside) in DESIGN {
        let of = pair(first, second);
        assert!(close(&of["pooled"], pooled) && close(&of["inside"], inside), "{of}");
    }
    for (second, across) in [("str_direct", 0.90), ("eu_sr", 0.65), ("geopolrisk", 0.56), ("hhi", 0.35)] {
        let of = pair("str_mass_balance", second);
        assert!(close(&of["across"], across), "{of}");
    }
    // The design counts years of 100 thousand USD or more only and has 8.4 %.
    let flags = &found["flags"];
    assert_eq!((&flags["flagged"], &flags["products_concentrated"]), (&412.into(), &12.into()));
    let cases = found["disagreements"].as_array().unwrap();
    let is_case = |product: &str, importer: &str, pair: &str| {
        cases.iter().any(|case| {
            case["pair"] == pair
                && case["product"]["code"] == product
                && case["importer"]["code"] == importer
                && case["why"].is_string()
        })
    };
    for (product, importer, pair) in [
        ("270900", "MMR", "hhi_high_str_low"),
        ("810510", "NOR", "hhi_high_str_low"),
        ("270119", "ARE", "str_high_hhi_low"),
        ("270119", "RUS", "full_high_mass_low"),
        ("271111", "EGY", "mass_high_full_low"),
        ("283691", "IND", "mass_high_eu_low"),
        ("283691", "CHN", "eu_high_mass_low"),
    ] {
        assert!(is_case(product, importer, pair), "{product} {importer} {pair}: {cases:#?}");
    }
}

#[test]
fn a_newcomer_reads_what_it_comes_to() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, out, err) = example(&["--out", folder.path().to_str().unwrap()]);
    assert!(ok, "{err}");
    // The figure of the run draws the same numbers.
    let written = std::fs::read_to_string(folder.path().join("correlations.csv")).unwrap();
    let drawn = std::fs::read_to_string(example_run().join("figures/index_correlations.csv")).unwrap();
    assert_eq!(written, drawn);
    let report = std::fs::read_to_string(example_run().join("report.html")).unwrap();
    assert!(
        report.contains("<h2>Beside other indices</h2>")
            && report.contains("id=\"figure-index_correlations\"")
    );
    assert!(report.contains("One supplier, a stable one: Qatar has 100 %"));
    for part in [
        "STR beside other indices, 2023.\nCompared are 4,353 importers of 71 products that import 100 thousand USD or more in 2023.\n",
        "  STR full           ·      0.83    0.84  0.06      0.14  0.53        0.53   0.50        0.07\n",
        "it hardly correlates with concentration",
        "High HHI, low full STR\n",
        "One supplier, a stable one: Qatar has 100 % of its imports",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let answer = out.split("  written     ").next().unwrap();
    assert!(answer.lines().all(|line| line.chars().count() <= 100), "{answer}");
}

#[test]
fn tables_are_written_and_questions_that_have_no_answer_say_why() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w.refuses(
        &["indices", "out"],
        "4 importers of products with indices import 100 thousand USD or more in 2021, and an order says something from 10 on; ask for those that import less",
    );
    let call = w.does(&["indices", "out", "--min-imports", "0", "--year", "2019", "--out", "tables"]);
    assert!(
        call.out.contains("written     tables: correlations.csv, disagreements.csv, indices.csv"),
        "{}",
        call.out
    );
    assert_eq!(w.files("tables"), ["correlations.csv", "disagreements.csv", "indices.csv"]);
    let csv = w.read("tables/correlations.csv");
    assert!(
        csv.starts_with("year,first,second,pooled,importers,inside,") && csv.lines().count() == 37,
        "{csv}"
    );
    // Only from the third year on is it known who was flagged how often.
    assert!(w.read("tables/indices.csv").lines().skip(1).all(|line| line.ends_with(',')));
    let again = w.call(&["--quiet", "indices", "out", "--min-imports", "0", "--out", "tables"]);
    assert!(!again.ok && again.err.contains("--replace"), "{}", again.err);
    w.refuses(&["indices", "out", "--year", "1999"], "there is no year '1999' in this run");
    w.refuses(
        &["indices", "out", "--years", "2019-2020"],
        "--years: the indices of a run are compared in one year, such as --years 2020",
    );
    let call = w.call(&["--quiet", "indices", "out", "--products", "284690"]);
    assert!(
        !call.ok && call.err.contains("--products is for trade data, and out is a finished run"),
        "{}",
        call.err
    );
    let call = w.call(&["--quiet", "indices", "release", "--cases", "2"]);
    assert!(!call.ok && call.err.contains("--cases is for the comparison in a finished run"), "{}", call.err);

    w.write("study.toml", w.read("study.toml") + "\n[indices]\ncompute = []\n");
    w.does(&["run", "study.toml", "--out", "none"]);
    let call = w.call(&["--quiet", "indices", "none"]);
    assert!(!call.ok && call.err.starts_with("error: none has no indices: "), "{}", call.err);
    assert!(!w.read("none/report.html").contains("Beside other indices"));
}
