//! `monazite replicate`: the package of a run, and the run made again from it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::world::World;

#[test]
fn the_command_of_the_package_gives_the_same_bytes() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w.does(&["report", "out", "--country", "BBB", "--year", "2020"]);
    w.does(&["report", "out", "--figures", "network", "--countries", "BBB", "--size", "slide"]);
    let call = w.does(&["replicate", "out", "--out", "package", "--study", "study.toml"]);
    assert!(call.out.contains("monazite run inputs/study.toml --out ../replicated"), "{}", call.out);
    let readme = w.read("package/README.md");
    for piece in [
        "# Replication package: Six countries",
        "## Data availability and provenance",
        "## Computational requirements",
        "The random seed is 20250801",
        "1. In this folder: `monazite run inputs/study.toml --out ../replicated`",
        "| `briefs/BBB_2020.html` | brief | `monazite report RUN --country BBB --year 2020` |",
        "| `figures/network_of_BBB_slide.svg` | Figure 1, production network | `monazite report RUN --figures network --countries BBB --size slide` |",
        "The data of this study are made up.",
        "synthetic data in the layout of BACI HS07, version 000001",
    ] {
        assert!(readme.contains(piece), "{piece} in {readme}");
    }
    for source in ["CEPII", "World Bank", "Etalab", "Creative Commons"] {
        assert!(!readme.contains(source), "{source} in {readme}");
    }
    // Somewhere else, without what it was made from.
    fs::create_dir(w.path("elsewhere")).unwrap();
    fs::rename(w.path("package"), w.path("elsewhere/package")).unwrap();
    for gone in ["release", "release.store", "out"] {
        fs::remove_dir_all(w.path(gone)).ok();
    }
    fs::remove_file(w.path("pv.csv")).unwrap();
    w.does(&["run", "elsewhere/package/inputs/study.toml", "--out", "again"]);
    let expected = w.read("elsewhere/package/RESULTS.sha256");
    assert!(expected.lines().count() > 10);
    for line in expected.lines() {
        let (_, name) = line.split_once("  ").unwrap();
        assert_eq!(
            fs::read(w.path("again").join(name)).unwrap(),
            fs::read(w.path("elsewhere/package/results").join(name)).unwrap(),
            "{name}"
        );
    }
    // The list is complete: nothing is made that it does not name.
    let made = w.files("again");
    assert_eq!(made.len(), expected.lines().count() + 1, "and the manifest");
    // Checksums of the package itself.
    let sums = w.read("elsewhere/package/SHA256SUMS");
    let listed: Vec<&str> = sums.lines().filter_map(|l| Some(l.split_once("  ")?.1)).collect();
    let stored: Vec<String> = w
        .files("elsewhere/package")
        .into_iter()
        .filter(|f| f != "SHA256SUMS" && !f.contains(".store/"))
        .collect();
    assert_eq!(listed, stored);
}

#[test]
fn data_are_described_where_they_are_not_at_hand() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    let call = w.does(&["replicate", "out", "--out", "package"]);
    assert!(
        call.out.contains("The study file was not named") && call.out.contains("--study STUDY\n"),
        "{}",
        call.out
    );
    assert!(!w.path("package/inputs/release").exists() && w.path("package/inputs/study.toml").exists());
    let readme = w.read("package/README.md");
    assert!(readme.contains("Not in this package.") && readme.contains("0. Obtain the data"), "{readme}");
    assert!(readme.contains("BACI_HS07_Y2019_V000001.csv"), "{readme}");
    w.does(&["replicate", "out", "--out", "lean", "--study", "study.toml", "--without-data"]);
    let readme = w.read("lean/README.md");
    assert!(
        readme.contains("Not in this package; expected:") && !w.path("lean/inputs/pv.csv").exists(),
        "{readme}"
    );
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w.refuses(
        &["replicate", "nowhere", "--out", "p"],
        "nowhere: this is not a finished run: there is no such folder",
    );
    w.write("other.toml", w.read("study.toml").replace("hubs = [\"CCC\"]", "hubs = [\"BBB\"]"));
    let call = w.call(&["replicate", "out", "--out", "p", "--study", "other.toml"]);
    assert!(
        !call.ok
            && call
                .err
                .contains("other.toml: this is not the study that the run was made from: trade.hubs is"),
        "{}",
        call.err
    );
    w.refuses(
        &["replicate", "out", "--out", "release", "--study", "study.toml"],
        "release: the folder is not empty; name another one, so that nothing is mixed up with the package (--out DIR)",
    );
    let size = w.read("out/trends.csv").len();
    w.write("out/trends.csv", "changed");
    w.refuses(
        &["replicate", "out", "--out", "p", "--study", "study.toml"],
        &format!("out/trends.csv: it has 7 bytes, not the {size} in the manifest; run the study again into this folder"),
    );
    fs::remove_file(w.path("out/trends.csv")).unwrap();
    w.refuses(
        &["replicate", "out", "--out", "p"],
        "out/trends.csv: it is not there, and the manifest lists it; run the study again into this folder",
    );
    assert!(!w.path("p").exists());
}

#[test]
fn inputs_that_are_not_those_of_the_run_are_refused() {
    let w = World::new();
    w.write("totals.csv", "year,iso3,exports\n2019,AAA,1000\n2019,BBB,1500\n2019,CCC,500\n2019,DDD,700\n2019,EEE,250\n2019,FFF,50\n2020,AAA,1000\n2020,BBB,1500\n2020,CCC,500\n2020,DDD,700\n2020,EEE,250\n2020,FFF,50\n2021,AAA,1000\n2021,BBB,1500\n2021,CCC,500\n2021,DDD,700\n2021,EEE,250\n2021,FFF,50\n");
    w.write("reexports.csv", "iso3,reexport_share\nCCC,0.5\n");
    w.write("candidates.csv", "run,input,output\n1,284690,280530\n2,284690,280530\n");
    let study = w.read("study.toml");
    let study = study.replace("[data]\n", "[data]\ntotals = \"totals.csv\"\n");
    let study = study.replace("hubs = [\"CCC\"]", "reexport_shares = \"reexports.csv\"");
    let study = study.replace("[chain]\n", "[chain]\ncandidates = [\"candidates.csv\"]\nvotes = 1\n");
    w.write("study.toml", study + "[regression]\nbaseline = [2019, 2019]\nprojection = [2020, 2021]\n");
    w.does(&["run", "study.toml", "--out", "out"]);
    let run = w.read("out/manifest.toml");
    for (file, key, from, to) in [
        ("pv.csv", "data.governance", "AAA,2019,25", "AAA,2019,26"),
        ("release/BACI_HS07_Y2019_V000001.csv", "data.trade", "284690,60,120", "284690,61,120"),
        ("release/country_codes_V000001.csv", "data.trade", "6,Phi,,FFF", "6,Phi,,FFG"),
        ("chain.csv", "chain.edges", "850511,850131,tutorial", "850511,850131,changed"),
        ("candidates.csv", "chain.candidates", "2,284690,280530", "2,284690,850511"),
        ("totals.csv", "data.totals", "2019,AAA,1000", "2019,AAA,1001"),
        ("reexports.csv", "trade.reexport_shares", "CCC,0.5", "CCC,0.6"),
    ] {
        let before = w.read(file);
        w.change(file, from, to);
        for arguments in [
            &["replicate", "out", "--out", "package", "--study", "study.toml"][..],
            &["regress", "out", "--study", "study.toml"],
            &["typology", "out", "--study", "study.toml", "--neighbours", "4"],
        ] {
            let call = w.call(arguments);
            // What a store was made from is looked at before the release is.
            let words = if arguments[0] != "replicate" && key == "data.trade" {
                format!("it was made from another {}", file.rsplit('/').next().unwrap())
            } else {
                format!("{file} ({key}): this is not the file that the run was made from, whose sha256 is ")
            };
            assert!(!call.ok && call.err.contains(&words), "{arguments:?}: {}", call.err);
        }
        assert!(!w.path("package").exists());
        assert_eq!(w.read("out/manifest.toml"), run);
        w.write(file, before);
    }
    // A file that was not there, and a store of something else.
    fs::copy(w.path("release/BACI_HS07_Y2019_V000001.csv"), w.path("release/BACI_HS07_Y2018_V000001.csv"))
        .unwrap();
    for command in [["replicate", "out", "--out", "package"], ["regress", "out", "--seed", "1"]] {
        let call = w.call(&[&command[..], &["--study", "study.toml"]].concat());
        assert!(
            call.err.contains("Y2018_V000001.csv (data.trade): the run was made without this file"),
            "{}",
            call.err
        );
    }
    fs::remove_file(w.path("release/BACI_HS07_Y2018_V000001.csv")).unwrap();
    w.does(&["import", "release", "--out", "store", "--baci-version", "000001"]);
    w.change("study.toml", "trade = \"release\"", "trade = \"store\"");
    let call = w.call(&["replicate", "out", "--out", "package", "--study", "study.toml"]);
    assert!(call.err.contains("data.trade is \"store\", in the run \"release\""), "{}", call.err);
    w.does(&["run", "study.toml", "--out", "out"]);
    w.change("release/BACI_HS07_Y2019_V000001.csv", "284690,60,120", "284690,61,120");
    w.does(&["import", "release", "--out", "store"]);
    for command in [["replicate", "out", "--out", "package"], ["regress", "out", "--seed", "1"]] {
        let call = w.call(&[&command[..], &["--study", "study.toml"]].concat());
        let words = "store (data.trade): this is not the store that the run was made from: it was made from another BACI_HS07_Y2019";
        assert!(!call.ok && call.err.contains(words), "{}", call.err);
    }
    w.change("release/BACI_HS07_Y2019_V000001.csv", "284690,61,120", "284690,60,120");
    w.does(&["import", "release", "--out", "store"]);
    w.does(&["replicate", "out", "--out", "package", "--study", "study.toml"]);
}
