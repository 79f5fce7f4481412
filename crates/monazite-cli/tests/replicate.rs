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
        "Etalab Open Licence 2.0",
        "The data of this study are made up.",
        "Creative Commons Attribution 4.0",
    ] {
        assert!(readme.contains(piece), "{piece} in {readme}");
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
        "nowhere: this is not a finished run: there is no manifest.toml in it",
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
    w.does(&["run", "study.toml", "--out", "out"]);
    for (file, from, to) in [
        ("pv.csv", "AAA,2019,25", "AAA,2019,26"),
        ("release/BACI_HS07_Y2019_V000001.csv", "2019,1,2,284690,60,120", "2019,1,2,284690,61,120"),
    ] {
        let before = w.read(file);
        w.change(file, from, to);
        let call = w.call(&["replicate", "out", "--out", "package", "--study", "study.toml"]);
        assert!(call.err.contains("this is not the file that the run was made from"), "{}", call.err);
        assert!(!w.path("package").exists());
        w.write(file, before);
    }
    w.does(&["replicate", "out", "--out", "package", "--study", "study.toml"]);
}
