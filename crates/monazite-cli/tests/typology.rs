//! Profiles, groups and typology from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::world::{World, table};

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let at = rows[0].iter().position(|c| c == name).unwrap_or_else(|| panic!("no column {name}"));
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

#[test]
fn too_few_rows_are_a_reason_not_a_failure() {
    let w = World::new();
    let call = w.does(&["run", "study.toml", "--out", "out"]);
    let reason = "a map with 50 neighbours needs more than 50 rows; there are 18. Ask for fewer neighbours, or take in more countries or years";
    assert!(call.out.contains(&format!("  typology    none: {reason}\n")), "{}", call.out);
    // What was not made is not counted as made.
    assert!(
        !call.err.contains("  typology: ") && call.err.contains("  computing indicators: "),
        "{}",
        call.err
    );
    let manifest = w.read("out/manifest.toml");
    assert!(manifest.contains(&format!("stage = \"typology\"\nreason = \"{reason}\"")), "{manifest}");
    assert!(w.path("out/profiles.parquet").exists() && !w.path("out/typology").exists());
    assert!(w.read("out/report.html").contains(&format!("typology: {reason}")));
}

#[test]
fn a_typology_is_made_again_in_a_finished_run() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    let before = fs::read(w.path("out/indicators.parquet")).unwrap();
    let call = w.does(&["typology", "out", "--neighbours", "6", "--repetitions", "2"]);
    assert!(call.out.contains(" of 18 country-years, "), "{}", call.out);
    assert!(call.out.contains("; 6 neighbours, level of detail very low\n"), "{}", call.out);
    assert!(call.err.contains("  typology: 3 UMAP embeddings in "), "{}", call.err);
    let files = w.files("out");
    for name in [
        "typology/embedding.csv",
        "typology/countries.csv",
        "typology/clusters.csv",
        "typology/levels.csv",
        "typology/alternatives.csv",
        "typology/stability.csv",
        "typology/co_assignment.parquet",
        "figures/typology_map.svg",
        "figures/typology_map.csv",
        "figures/cluster_profiles.svg",
        "figures/cluster_profiles.csv",
        "figures/cluster_words.csv",
        "figures/cluster_trends.svg",
        "figures/cluster_trends.csv",
    ] {
        assert!(files.contains(&name.to_owned()), "{name}");
    }
    assert!(files.iter().all(|f| !f.starts_with('.')), "{files:?}");
    assert_eq!(fs::read(w.path("out/indicators.parquet")).unwrap(), before);
    let report = w.read("out/report.html");
    assert_eq!(report.matches("<section id=\"typology\">").count(), 1);
    assert!(report.find("id=\"chain\"").unwrap() < report.find("id=\"typology\"").unwrap());
    assert!(report.find("id=\"typology\"").unwrap() < report.find("id=\"limitations\"").unwrap());
    assert_eq!(table::read(&w.path("out/typology/embedding.csv")).len(), 1 + 18);
    let countries = table::read(&w.path("out/typology/countries.csv"));
    assert_eq!(column(&countries, "country"), ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]);
    assert_eq!(column(&countries, "years"), ["3"; 6]);
    assert_eq!(column(&table::read(&w.path("out/typology/levels.csv")), "level").len(), 7);
    assert!(w.read("out/study.toml").contains("neighbours = 6\n"));
    let manifest = w.read("out/manifest.toml");
    assert!(
        !manifest.contains("stage = \"typology\"\nreason") && manifest.contains("neighbours = 6"),
        "{manifest}"
    );
    // The manifest signs every file of the folder but itself.
    let signed = manifest.matches("[[files]]").count();
    assert_eq!(signed, files.len() - 1);

    // What comes to nothing takes nothing away.
    let kept = |w: &World| -> Vec<(String, Vec<u8>)> {
        w.files("out").into_iter().map(|f| (f.clone(), fs::read(w.path("out").join(f)).unwrap())).collect()
    };
    let all = kept(&w);
    w.refuses(
        &["typology", "out", "--neighbours", "40"],
        "no typology: a map with 40 neighbours needs more than 40 rows; there are 18. Ask for fewer neighbours, or take in more countries or years; \
         the run stays as it was",
    );
    assert!(kept(&w) == all, "the run is as it was");
    // Figures that were asked for go only if what they show is another typology.
    w.does(&["report", "out", "--figures", "network,typology_map", "--countries", "BBB,CCC"]);
    let on_request = ["figures/network_of_BBB-CCC.svg", "figures/typology_map_of_BBB-CCC.svg"];
    let there = |w: &World| on_request.iter().all(|name| w.path("out").join(name).exists());
    assert!(there(&w));
    let call = w.does(&["typology", "out"]);
    assert!(there(&w) && !call.err.contains("removed"), "{}", call.err);
    assert!(w.read("out/manifest.toml").contains(on_request[1]));
    let call = w.does(&["typology", "out", "--neighbours", "5"]);
    assert!(!there(&w) && call.err.contains("removed, since they show numbers of before: "), "{}", call.err);
}

#[test]
fn wrong_words_and_folders_are_refused() {
    let w = World::new();
    w.refuses(&["typology", "out"], "out: this is not a finished run: there is no such folder");
    w.does(&["run", "study.toml", "--out", "out"]);
    w.refuses(
        &["typology", "out", "--preset", "paper"],
        "--preset: \"paper\" is not \"robust\" or \"paper_guess\"",
    );
    // The value is of the command line, so no line of a file is named.
    w.refuses(
        &["typology", "out", "--neighbours", "1"],
        "--neighbours: at least 2 are needed (a row counts among its own neighbours)",
    );
    w.refuses(
        &["typology", "out", "--preset", "paper-"],
        "--preset: \"paper-\" is not \"robust\" or \"paper_guess\"",
    );
    fs::remove_file(w.path("out/indicators.parquet")).unwrap();
    w.refuses(
        &["typology", "out"],
        "out/indicators.parquet: it is not there, and the manifest lists it; run the study again into this folder",
    );
}

#[test]
fn a_study_file_has_to_be_that_of_the_run() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w.write("coarse.toml", w.read("study.toml") + "\n[typology]\nneighbours = 6\nrepetitions = 1\n");
    w.does(&["typology", "out", "--study", "coarse.toml"]);
    assert!(w.read("out/manifest.toml").contains("neighbours = 6\n"), "the settings of the file");
    w.write("other.toml", w.read("coarse.toml").replace("hubs = [\"CCC\"]", "hubs = [\"BBB\"]"));
    let before = w.read("out/manifest.toml");
    w.refuses(
        &["typology", "out", "--study", "other.toml"],
        "other.toml: trade.hubs: this is [\"BBB\"], and [\"CCC\"] in the run; only [profile], [typology], groups.means, groups.define may differ, so run \
         the study again, or set it to what the run has",
    );
    w.refuses(
        &["regress", "out", "--study", "study.toml"],
        "study.toml: typology.neighbours: this is left out, and 6 in the run; only [regression] may differ, so run the study again, or set it to what \
         the run has",
    );
    w.write("off.toml", w.read("coarse.toml") + "\n[regression]\nenabled = false\n");
    w.refuses(
        &["regress", "out", "--study", "off.toml"],
        "off.toml: regression.enabled: this is false, so there is no regression to run; set it to true",
    );
    assert_eq!(w.read("out/manifest.toml"), before);
}

#[test]
fn groups_that_do_not_fit_the_data_are_refused() {
    let w = World::new();
    let good = w.read("study.toml");
    let with = |groups: &str| w.write("study.toml", format!("{good}\n[groups]\n{groups}\n"));
    with("define = { XY = [\"AAA\", \"QQQ\"] }");
    w.refuses(&["run", "study.toml"], "study.toml: groups.define: QQQ (in XY) is not a country of the data");
    with("define = { CCC = [\"AAA\", \"BBB\"] }");
    w.refuses(
        &["run", "study.toml"],
        "study.toml: groups.define: CCC is the code of a country; choose another code",
    );
    with(
        "means = [\"AB\"]\nconsolidated = [\"BC\"]\ndefine = { AB = [\"AAA\", \"BBB\"], BC = [\"BBB\", \"CCC\"] }",
    );
    w.refuses(
        &["run", "study.toml"],
        "study.toml: groups.means: BBB of AB cannot be told apart from BC, into which trade.merge or groups.consolidated merges them; leave one of the two out",
    );
}

#[test]
fn the_union_in_a_year_that_nobody_has_listed_is_refused() {
    let w = World::new();
    let text = w.read("release/BACI_HS07_Y2019_V000001.csv");
    fs::remove_file(w.path("release/BACI_HS07_Y2019_V000001.csv")).unwrap();
    w.write("release/BACI_HS07_Y2006_V000001.csv", text.replace("\n2019,", "\n2006,"));
    let good = w.read("study.toml");
    w.write("study.toml", format!("{good}\n[groups]\nmeans = [\"EU\"]\n"));
    w.refuses(
        &["run", "study.toml"],
        "study.toml: groups.means: the members of EU are known for 2007 to 2024, not for 2006; choose years within, or a group with constant members",
    );
}

#[test]
fn a_group_stands_beside_the_countries_and_changes_nothing_else() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "without"]);
    let good = w.read("study.toml");
    w.write(
        "study.toml",
        format!("{good}\n[groups]\nmeans = [\"AB\"]\ndefine = {{ AB = [\"AAA\", \"BBB\"] }}\n[typology]\nneighbours = 6\nrepetitions = 1\n"),
    );
    w.does(&["run", "study.toml", "--out", "with"]);
    for name in ["indicators.parquet", "trends.csv", "composite.csv", "strengths.parquet"] {
        assert_eq!(
            fs::read(w.path("without").join(name)).unwrap(),
            fs::read(w.path("with").join(name)).unwrap(),
            "{name}"
        );
    }
    let groups = table::read(&w.path("with/groups.parquet"));
    let panel = table::read(&w.path("with/indicators.parquet"));
    let number = |text: &str| text.parse::<f64>().unwrap();
    // Exports of the group are those of its members, product by product and year by year.
    let at = |rows: &[Vec<String>], name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let (year, product, exports) = (at(&panel, "year"), at(&panel, "product"), at(&panel, "exports"));
    let mut compared = 0;
    for row in &groups[1..] {
        let members: f64 = panel[1..]
            .iter()
            .filter(|r| ["AAA", "BBB"].contains(&r[at(&panel, "country")].as_str()))
            .filter(|r| r[year] == row[at(&groups, "year")] && r[product] == row[at(&groups, "product")])
            .map(|r| number(&r[exports]))
            .sum();
        assert!((number(&row[at(&groups, "exports")]) - members).abs() < 1e-9);
        compared += 1;
    }
    assert_eq!(compared, 12);
    // Its input products are those of what its members together are strong in.
    let inputs = w.read("with/group_inputs.csv");
    assert!(inputs.starts_with("group,product\nAB,"), "{inputs}");
    let profiles = table::read(&w.path("with/profiles.parquet"));
    let kinds = column(&profiles, "kind");
    assert_eq!(kinds.iter().filter(|k| *k == "group").count(), 3);
    let embedding = table::read(&w.path("with/typology/embedding.csv"));
    assert_eq!(column(&embedding, "country").iter().filter(|c| *c == "AB").count(), 3);
    let clusters = table::read(&w.path("with/typology/clusters.csv"));
    let counted: usize = column(&clusters, "country_years").iter().map(|n| n.parse::<usize>().unwrap()).sum();
    assert_eq!(counted, 18, "the group is not counted among the country-years");
}

#[test]
fn a_consolidated_group_is_one_country_with_its_members_mean_stability() {
    let w = World::new();
    let good = w.read("study.toml");
    w.write(
        "study.toml",
        format!("{good}\n[groups]\nconsolidated = [\"AB\"]\ndefine = {{ AB = [\"AAA\", \"BBB\"] }}\n"),
    );
    w.does(&["run", "study.toml", "--out", "one"]);
    let panel = table::read(&w.path("one/indicators.parquet"));
    let countries: std::collections::BTreeSet<String> = column(&panel, "country").into_iter().collect();
    assert!(countries.contains("AB") && !countries.contains("AAA") && !countries.contains("BBB"));
    let kinds = table::read(&w.path("one/countries.csv"));
    assert!(kinds.contains(&vec!["AB".into(), "AB (AAA, BBB)".into(), "merged".into(), "AAA BBB".into()]));
    // Merged by hand, the first member lends its stability instead: the trade is the same, the risk is not.
    w.write("study.toml", good.replace("[trade]\n", "[trade]\nmerge = { AB = [\"AAA\", \"BBB\"] }\n"));
    w.does(&["run", "study.toml", "--out", "two"]);
    let other = table::read(&w.path("two/indicators.parquet"));
    for name in ["country", "imports", "exports", "hhi", "exposure"] {
        assert_eq!(column(&panel, name), column(&other, name), "{name}");
    }
    assert_ne!(column(&panel, "str"), column(&other, "str"));
}
