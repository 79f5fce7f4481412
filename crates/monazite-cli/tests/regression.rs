//! The regression from outside: other programs' numbers on the example study, what is refused, and what does not depend on threads and order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use crate::world::{World, root, table};
use monazite::regression::Notation;

/// A small planted world in the folder `planted`, and a study that runs in no time.
fn planted() -> World {
    let w = World::new();
    w.does(&[
        "example",
        "--planted",
        "--countries",
        "16",
        "--products",
        "25",
        "--others",
        "15",
        "--years",
        "7",
        "--out",
        "planted",
    ]);
    let study = w.read("planted/study.toml");
    w.write("planted/study.toml", format!("{study}\n[typology]\nrepetitions = 0\nneighbours = 20\n"));
    w
}

/// The study of a planted world with other lines in its section [regression].
fn with(w: &World, name: &str, change: &[(&str, &str)]) {
    let mut study = w.read("planted/study.toml");
    for (from, to) in change {
        assert_eq!(study.matches(from).count(), 1, "{from}");
        study = study.replace(from, to);
    }
    w.write(&format!("planted/{name}"), study);
}

#[test]
fn the_example_study_agrees_with_statsmodels_pyfixest_and_linearmodels() {
    let w = World::new();
    let example = root().join("studies/example");
    let study = fs::read_to_string(example.join("study.toml")).unwrap();
    let absolute = |path: &str| root().join(path).display().to_string();
    let study = study
        .replace("../../data/baci-hs92-raw-materials", &absolute("data/baci-hs92-raw-materials"))
        .replace("../../data/wgi/wgi_pv_1996_2023.csv", &absolute("data/wgi/wgi_pv_1996_2023.csv"))
        .replace(
            "../../data/totals/exports_by_country_year.csv",
            &absolute("data/totals/exports_by_country_year.csv"),
        )
        .replace("../../data/events/rare-earth-quotas.csv", &absolute("data/events/rare-earth-quotas.csv"))
        .replace(
            "edges = [\"chain.csv\"]",
            &format!("edges = [\"{}\"]", example.join("chain.csv").display()),
        );
    let quick = "\n[indicators]\ndecomposition = \"none\"\ndependencies = \"none\"\n[typology]\nrepetitions = 0\nalternatives = []\n";
    let regression =
        "[regression]\nbootstrap_draws = 0\nsweep_lengths = []\nplacebo_draws = 0\nrobustness = []\n";
    w.write("s.toml", format!("{study}{quick}{regression}"));
    w.does(&["run", "s.toml", "--out", "out"]);

    let reference = table::read(&root().join("reference/values/regression_example.csv"));
    let mut checked = 0;
    let mut check = |factors: &str, kinds: &[(&str, &str)]| {
        let ours = table::read(&w.path("out/regression/table.csv"));
        let place = |name: &str| ours[0].iter().position(|c| c == name).unwrap();
        let by_key: BTreeMap<(&str, &str), &Vec<String>> = ours[1..]
            .iter()
            .map(|row| ((row[place("preset")].as_str(), row[place("term")].as_str()), row))
            .collect();
        for row in reference[1..].iter().filter(|row| row[0] == factors) {
            let Some((_, column)) = kinds.iter().find(|(kind, _)| *kind == row[2]) else { continue };
            let found =
                by_key.get(&(row[1].as_str(), row[3].as_str())).unwrap_or_else(|| panic!("no {row:?}"));
            // Setting eigenvalues to zero loses digits of what is left.
            let tolerance = if row[6] == "true" { 1e-6 } else { 1e-9 };
            for (column, expected, tolerance) in [("estimate", &row[4], 1e-9), (*column, &row[5], tolerance)]
            {
                let (ours, expected): (f64, f64) =
                    (found[place(column)].parse().unwrap(), expected.parse().unwrap());
                assert!(
                    (ours / expected - 1.0).abs() < tolerance,
                    "{row:?} {column}: {ours} is not {expected}"
                );
            }
            checked += 1;
        }
        // The notation of every estimate reads back to what the table says.
        for row in &ours[1..] {
            let n: Notation = row[place("notation")].parse().unwrap();
            let (b, se): (f64, f64) =
                (row[place("estimate")].parse().unwrap(), row[place("se_two_way")].parse().unwrap());
            assert_eq!(n.to_string(), row[place("notation")]);
            assert_eq!(Notation::of(b, se), Some(n));
            assert!((n.estimate() - b).abs() <= 0.5 * n.standard_error(), "{row:?}");
        }
    };
    let kinds = ["classical", "hc1", "hc3", "country", "product", "two_way"];
    let columns: Vec<(&str, String)> = kinds.iter().map(|k| (*k, format!("se_{k}"))).collect();
    let columns: Vec<(&str, &str)> = columns.iter().map(|(k, c)| (*k, c.as_str())).collect();
    check("cluster tier", &columns);
    w.write("tier.toml", format!("{study}{quick}{regression}factors = [\"tier\"]\n"));
    w.does(&["regress", "out", "--study", "tier.toml"]);
    check("tier", &columns);
    // pyfixest gives both clusterings the factor of the smaller number of clusters.
    w.write(
        "smallest.toml",
        format!("{study}{quick}{regression}factors = [\"tier\"]\ncorrection = \"smallest\"\n"),
    );
    w.does(&["regress", "out", "--study", "smallest.toml"]);
    check("tier", &[("two_way_smallest", "se_two_way")]);
    assert!(checked > 600, "{checked}");
}

#[test]
fn windows_that_cannot_be_are_refused() {
    let w = planted();
    let call = w.does(&["run", "planted/study.toml", "--out", "out"]);
    assert!(
        call.out.contains("  stability   synthetic data, ") && !call.out.contains("World Bank"),
        "{}",
        call.out
    );
    let before = w.read("out/manifest.toml");
    w.refuses(
        &["regress", "out", "--baseline", "2008-2010", "--projection", "2010-2011"],
        "--projection: the baseline window 2008-2010 and the projection window 2010-2011 overlap; the baseline has to end before the \
         projection begins",
    );
    w.refuses(
        &["regress", "out", "--baseline", "2005-2006"],
        "--baseline: the baseline window 2005-2006 is not in the data, which run from 2007 to 2013; change --baseline",
    );
    w.refuses(
        &["regress", "out", "--projection", "2012-2014"],
        "--projection: the projection window 2012-2014 is not in the data, which run from 2007 to 2013; change --projection",
    );
    let call = w.call(&["-q", "regress", "out", "--baseline", "2009-2008"]);
    assert!(call.err.contains("'2009-2008' ends before it begins"), "{}", call.err);
    w.refuses(&["regress", "out", "--covariance", "robust"], "--covariance: \"robust\" is not \"classical\", \"hc1\", \"hc3\", \"country\", \"product\" or \"two_way\"");
    assert_eq!(w.read("out/manifest.toml"), before, "a refusal leaves the run as it was");
}

#[test]
fn rows_that_make_no_regression_are_a_reason_in_words() {
    let w = planted();
    w.does(&["run", "planted/study.toml", "--out", "out"]);
    let page = w.read("out/report.html");
    assert!(page.contains("<a href=\"#regression\">"));
    let all: Vec<String> = table::read(&w.path("planted/truth/types.csv"))[1..]
        .iter()
        .map(|r| format!("\"{}\"", r[0]))
        .collect();
    let exclude = "exclude = [\"AAA\"]";
    let manifest = w.read("out/manifest.toml");
    let reason = |study: &str| -> String {
        let study = format!("planted/{study}");
        let refused = w.call(&["-q", "regress", "out", "--study", &study]);
        let reason =
            refused.err.strip_prefix("error: no regression: ").unwrap_or_else(|| panic!("{refused:?}"));
        let reason = reason.strip_suffix("; the run stays as it was\n").unwrap().to_owned();
        assert!(
            !refused.ok && w.read("out/manifest.toml") == manifest,
            "what comes to nothing takes nothing away"
        );
        // In a run it is no failure: it is said in the manifest, and the page has no table.
        let call = w.does(&["run", &study, "--out", "without"]);
        assert!(call.out.contains(&format!("  regression  none: {reason}\n")), "{}", call.out);
        assert!(
            w.read("without/manifest.toml")
                .contains(&format!("stage = \"regression\"\nreason = \"{reason}\""))
        );
        let page = w.read("without/report.html");
        assert!(!page.contains("<section id=\"regression\">") && !page.contains("<a href=\"#regression\">"));
        let shown = reason.replace('\'', "&#39;");
        assert!(page.contains(&format!("<li>regression: {shown}.</li>")), "{reason}");
        assert!(w.files("without").iter().all(|f| !f.starts_with("regression/")));
        reason
    };
    with(&w, "nobody.toml", &[(exclude, &format!("exclude = [{}]", all.join(", ")))]);
    let none = reason("nobody.toml");
    assert!(
        none.starts_with("no country-product can be used: ")
            && none.ends_with(" lost to: country left out by the study"),
        "{none}"
    );

    let alone =
        format!("exclude = [{}]\nregressors = [\"hhi\"]\nfactors = []", all[..all.len() - 1].join(", "));
    with(&w, "alone.toml", &[(exclude, &alone)]);
    assert_eq!(
        reason("alone.toml"),
        "standard errors clustered by country need at least two of them, and the rows have one; choose another regression.covariance"
    );

    // As it was: the page is made from the folder, so nothing of the regressions before is left on it.
    w.does(&["regress", "out", "--study", "planted/study.toml"]);
    assert!(w.read("out/report.html") == page, "the page of the run");

    let many = format!(
        "{exclude}\nregressors = [\"hhi\"]\nfactors = [\"country\", \"product\"]\nbaseline_is_not = 1"
    );
    let study = w.read("planted/study.toml").replace(exclude, &many);
    w.write("planted/unknown.toml", study);
    let call = w.call(&["-q", "regress", "out", "--study", "planted/unknown.toml"]);
    assert!(!call.ok && call.err.contains("baseline_is_not"), "{}", call.err);
}

#[test]
fn one_product_and_a_constant_regressor() {
    let w = planted();
    // Perfect stability everywhere: nothing travels along the chains, so STR is 1.
    let stability = w.read("planted/stability.csv");
    let perfect: String = stability
        .lines()
        .map(|line| match line.rsplit_once(',') {
            Some((rest, last)) if last != "pv_est" && !line.starts_with('#') => format!("{rest},2.5\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    w.write("planted/stability.csv", perfect);
    let call = w.does(&["run", "planted/study.toml", "--out", "out"]);
    let none =
        call.out.lines().find(|l| l.contains("regression  none: ")).unwrap_or_else(|| panic!("{}", call.out));
    assert!(
        none.contains("STR has the same value in all ")
            && none.ends_with(" rows, so its effect cannot be told from the constant; leave it out of regression.regressors, or choose other windows"),
        "{none}"
    );

    // One product, which has no inputs: nothing is left of the inputs' variables, and two-way clusters cannot be had.
    let one = "[study]\nname = \"one\"\nseeds = [\"770001\"]\n[data]\ntrade = \"release\"\ngovernance = \"stability.csv\"\n[stability]\nmeasure = \"estimate\"\n\
               [groups]\nmeans = []\n[regression]\nbaseline = [2008, 2009]\nprojection = [2012, 2013]\nregressors = [\"exposure\"]\nfactors = []\n";
    w.write("planted/one.toml", one);
    let call = w.does(&["run", "planted/one.toml", "--out", "one"]);
    assert!(
        call.out.contains("  regression  none: standard errors clustered by product need at least two of them, and the rows have one; choose another regression.covariance\n"),
        "{}",
        call.out
    );
    let call = w.does(&["regress", "one", "--covariance", "country"]);
    assert!(call.out.contains("standard errors country"), "{}", call.out);
}

/// The files of the regression of a run.
fn outputs(w: &World, run: &str) -> BTreeMap<String, Vec<u8>> {
    let ours = |name: &String| {
        name.starts_with("regression/") || name.starts_with("figures/") || name.starts_with("typology/")
    };
    w.files(run)
        .into_iter()
        .filter(ours)
        .map(|name| (name.clone(), fs::read(w.path(run).join(name)).unwrap()))
        .collect()
}

#[test]
fn threads_and_the_order_of_rows_change_no_byte() {
    let w = planted();
    w.does(&["run", "planted/study.toml", "--out", "one", "--threads", "1"]);
    w.does(&["run", "planted/study.toml", "--out", "three", "--threads", "3"]);
    let one = outputs(&w, "one");
    for name in [
        "table.csv",
        "table.tex",
        "table_paper.html",
        "sweep.csv",
        "leave_out.csv",
        "placebo.csv",
        "robustness.csv",
        "panel.parquet",
    ] {
        assert!(one.contains_key(&format!("regression/{name}")), "{name}");
    }
    assert!(one == outputs(&w, "three"), "one thread and three");
    for year in 2007..=2013 {
        let name = format!("planted/release/BACI_HS07_Y{year}_V000000synthetic.csv");
        let text = w.read(&name);
        let (header, rows) = text.split_once('\n').unwrap();
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.reverse();
        rows.rotate_left(17);
        w.write(&name, format!("{header}\n{}\n", rows.join("\n")));
    }
    w.does(&["run", "planted/study.toml", "--out", "turned"]);
    assert!(one == outputs(&w, "turned"), "rows in another order");
    // Says what it is wherever a reader may look.
    assert!(w.read("one/manifest.toml").contains("source = \"synthetic data in the layout of BACI\""));
    for file in ["one/report.html", "one/manifest.toml"] {
        let text = w.read(file);
        assert!(text.contains("SYNTHETIC: planted world 1"), "{file}");
        assert!(text.contains("nothing in this run is about the real world"), "{file}");
    }
}

#[test]
fn another_typology_runs_the_regression_again() {
    let w = planted();
    w.does(&["run", "planted/study.toml", "--out", "out"]);
    let clusters = |w: &World| -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let countries = table::read(&w.path("out/typology/countries.csv"));
        let place = |rows: &[Vec<String>], name: &str| rows[0].iter().position(|c| c == name).unwrap();
        let of = |rows: Vec<Vec<String>>| {
            let (country, cluster) = (place(&rows, "country"), place(&rows, "cluster"));
            rows[1..]
                .iter()
                .filter(|r| !r[cluster].is_empty())
                .map(|r| (r[country].clone(), r[cluster].parse::<f64>().unwrap().to_string()))
                .collect()
        };
        (of(countries), of(table::read(&w.path("out/regression/panel.parquet"))))
    };
    let (typology, panel) = clusters(&w);
    assert!(panel.iter().all(|(country, cluster)| typology[country] == *cluster));
    let before = panel;
    let call = w.does(&["typology", "out", "--neighbours", "6", "--detail", "very_high", "--seed", "5"]);
    assert!(call.out.contains("  regression  "), "{}", call.out);
    let (typology, panel) = clusters(&w);
    assert!(
        panel.iter().all(|(country, cluster)| typology[country] == *cluster),
        "clusters of the new typology"
    );
    assert_ne!(panel, before);
    // Checks that need the trade are named as not made, or made with the study.
    assert!(w.read("out/regression/not_run.csv").contains("it needs the trade data"));
    let told = "robustness checks that are not made, since they need the trade: fixed_stability, balanced_set, uniform_stability; name the study file to make \
                them (--study FILE)";
    assert!(call.err.contains(told), "{}", call.err);
    let call = w.does(&["typology", "out", "--neighbours", "20", "--study", "planted/study.toml"]);
    assert!(!call.err.contains("robustness checks that are not made"), "{}", call.err);
    assert!(
        !w.path("out/regression/not_run.csv").exists()
            || !w.read("out/regression/not_run.csv").contains("it needs the trade data")
    );
    // Too many neighbours: no typology, and nothing is taken away.
    let before = outputs(&w, "out");
    let call = w.call(&["typology", "out", "--neighbours", "4000"]);
    assert!(!call.ok && call.err.contains("error: no typology: a map with 4000 neighbours"), "{}", call.err);
    assert!(outputs(&w, "out") == before);
    // A run is there all the same, with a regression without clusters.
    with(&w, "none.toml", &[("neighbours = 20", "neighbours = 4000")]);
    let call = w.does(&["run", "planted/none.toml", "--out", "none"]);
    assert!(
        call.out.contains("  typology    none: ") && call.out.contains("without clusters"),
        "{}",
        call.out
    );
    assert!(!w.read("none/regression/table.csv").contains("cluster "));
    let manifest = w.read("out/manifest.toml");
    assert_eq!(manifest.matches("[[files]]").count(), w.files("out").len() - 1);
    assert_eq!(manifest.matches("stage = \"regression\"").count(), 1, "{manifest}");
}

#[test]
fn the_robustness_table_is_the_study_under_each_change() {
    let w = planted();
    w.does(&["run", "planted/study.toml", "--out", "out"]);
    let rows = table::read(&w.path("out/regression/robustness.csv"));
    let place = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let (check, term, estimate) = (place("check"), place("term"), place("estimate"));
    let of = |name: &str| -> BTreeMap<String, String> {
        rows[1..]
            .iter()
            .filter(|r| r[check] == name)
            .map(|r| (r[term].clone(), r[estimate].clone()))
            .collect()
    };
    let in_table = |run: &str| -> BTreeMap<String, String> {
        let rows = table::read(&w.path(&format!("{run}/regression/table.csv")));
        let place = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
        rows[1..]
            .iter()
            .filter(|r| r[place("preset")] == "log")
            .map(|r| (r[place("term")].clone(), r[place("estimate")].clone()))
            .collect()
    };
    let checks: std::collections::BTreeSet<&str> = rows[1..].iter().map(|r| r[check].as_str()).collect();
    assert_eq!(
        checks.into_iter().collect::<Vec<_>>(),
        ["as_is", "balanced_set", "fixed_stability", "indirect_risk"]
    );
    assert_eq!(of("as_is"), in_table("out"), "the study as it is");
    // With one stability everywhere, and everybody importing everything, STR is the same for all: it has no effect to be told.
    let not_run = w.read("out/regression/not_run.csv");
    assert!(not_run.lines().any(|l| l.contains("uniform_stability") && l.contains("STR")), "{not_run}");
    // A study that is changed by hand gives the same slopes, whatever becomes of its own clusters.
    let edits: [(&str, &[(&str, &str)]); 2] = [
        ("fixed_stability", &[("measure = \"estimate\"", "measure = \"estimate\"\nfixed_year = 2008")]),
        ("balanced_set", &[("hubs = [\"AAA\"]", "hubs = [\"AAA\"]\ncountry_set = \"balanced\"")]),
    ];
    let factors = ("exclude = [\"AAA\"]", "exclude = [\"AAA\"]\nfactors = [\"tier\"]");
    with(&w, "plain.toml", &[factors]);
    w.does(&["run", "planted/plain.toml", "--out", "plain"]);
    let rows = table::read(&w.path("plain/regression/robustness.csv"));
    for (name, edit) in edits {
        let mut changes = edit.to_vec();
        changes.push(factors);
        with(&w, "changed.toml", &changes);
        w.does(&["run", "planted/changed.toml", "--out", name]);
        let by_hand = in_table(name);
        let ours: Vec<_> = rows[1..].iter().filter(|r| r[check] == name).collect();
        assert_eq!(ours.len(), by_hand.len(), "{name}");
        for row in ours {
            let (ours, expected): (f64, f64) =
                (row[estimate].parse().unwrap(), by_hand[&row[term]].parse().unwrap());
            assert!(
                (ours - expected).abs() <= 1e-9 * expected.abs().max(1e-6),
                "{name} {}: {ours} {expected}",
                row[term]
            );
        }
    }
}

#[test]
fn the_tables_are_what_economists_expect() {
    let w = planted();
    w.does(&["run", "planted/study.toml", "--out", "out"]);
    let tex = w.read("out/regression/table.tex");
    for part in [
        "\\toprule",
        "\\midrule",
        "\\bottomrule",
        "N & ",
        "$R^2$ & ",
        "clustered by country and product",
        "Exposure (inputs)",
    ] {
        assert!(tex.contains(part), "no {part} in {tex}");
    }
    assert!(!tex.contains('*'), "stars are off");
    let html = w.read("out/regression/table.html");
    assert!(
        html.starts_with("<!doctype html>")
            && html.contains("<th scope=\"row\">")
            && html.contains("clustered by country and product"),
        "{html}"
    );
    let markdown = w.read("out/regression/table.md");
    let lines: Vec<&str> = markdown.lines().take_while(|l| l.starts_with('|')).collect();
    assert!(lines.len() > 10 && lines[1].starts_with("|:---|---:|"), "{markdown}");
    // Pipes that belong to a text are written with a backslash.
    let pipes = |line: &str| line.matches('|').count() - line.matches("\\|").count();
    assert!(lines.iter().all(|l| pipes(l) == pipes(lines[1])), "{markdown}");
    assert!(
        markdown.contains("| Exposure (inputs) | ") && markdown.contains("clustered by country and product")
    );
    let rows = table::read(&w.path("out/regression/table.csv"));
    let place = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let paper = w.read("out/regression/table_paper.tex");
    for row in rows[1..].iter().filter(|r| r[place("reported")] == "true") {
        let notation = row[place("notation")].replace('-', "$-$");
        assert!(
            paper.contains(&notation) || paper.contains(&row[place("notation")]),
            "{notation} of {} in {paper}",
            row[place("term")]
        );
    }
    with(&w, "stars.toml", &[("exclude = [\"AAA\"]", "exclude = [\"AAA\"]\nstars = [0.1, 0.05, 0.01]")]);
    w.does(&["regress", "out", "--study", "planted/stars.toml"]);
    assert!(w.read("out/regression/table.tex").contains("***"));
}

#[test]
fn a_planted_world_is_not_written_over_anything() {
    let w = World::new();
    let small = [
        "example",
        "--planted",
        "--countries",
        "9",
        "--products",
        "10",
        "--others",
        "5",
        "--years",
        "4",
        "--out",
        "small",
    ];
    let call = w.does(&small);
    assert!(
        call.out.contains("wrote a synthetic world of 10 countries, 15 products and 4 years into small\n"),
        "{}",
        call.out
    );
    w.refuses(&small, "small: there is something there already");
    w.refuses(
        &["example", "--planted", "--countries", "2", "--out", "other"],
        "--countries: 2 is not between 8 and 360",
    );
    let call = w.call(&["example", "--planted"]);
    assert!(!call.ok && call.err.contains("--out <PATH>"), "{}", call.err);
    assert!(!w.path("other").exists());
}
