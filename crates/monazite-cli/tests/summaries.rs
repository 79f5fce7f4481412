//! `--json`: the summary of a command as one object, with its files, its errors, and nothing else on standard output.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use serde_json::Value;

use crate::world::{World, example_run, monazite};

fn summary(folder: &Path, arguments: &[&str]) -> (bool, Value) {
    let output = monazite().current_dir(folder).args(arguments).arg("--json").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "{arguments:?}: {text}");
    (
        output.status.success(),
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text}")),
    )
}

#[test]
fn every_command_gives_its_summary_as_one_object() {
    let w = World::new();
    let at = w.path("");
    let (ok, run) = summary(&at, &["run", "study.toml", "--out", "out"]);
    assert!(ok && run["command"] == "run" && run["ok"] == true && run["folder"] == "out", "{run}");
    assert_eq!(run["manifest"]["study"]["name"], "Six countries");
    let (ok, check) = summary(&at, &["check", "study.toml"]);
    assert!(ok && check["problems"].as_array().unwrap().is_empty() && check["notes"].is_array(), "{check}");
    let (ok, import) = summary(&at, &["import", "release", "--out", "store"]);
    assert!(ok && import["store"]["account"]["rows_read"].as_u64().unwrap() > 20, "{import}");
    let (ok, verify) = summary(&at, &["store", "verify", "store"]);
    assert!(ok && verify["lines"][0].as_str().unwrap().contains("is whole"), "{verify}");
    let (ok, report) = summary(&at, &["report", "out", "--product", "284690"]);
    assert!(ok && report["files"][0].as_str().unwrap().ends_with("284690.html"), "{report}");
    let (ok, rank) = summary(&at, &["rank", "out", "--by", "str", "--product", "284690"]);
    assert!(ok && rank["ranking"]["rows"][0]["rank"] == 1, "{rank}");
    let (ok, compare) = summary(&at, &["compare", "out", "out"]);
    assert!(
        ok && compare["comparison"]["coverage"]["years"]["both"].as_array().unwrap().len() == 3,
        "{compare}"
    );
    let (ok, export) = summary(&at, &["export", "out", "--csv", "--table", "trends"]);
    assert!(ok && export["files"][0] == "trends.csv", "{export}");
    let (ok, chain) = summary(&at, &["chain", "study.toml", "--out", "chain"]);
    assert!(ok && chain["folder"] == "chain", "{chain}");
    let (ok, package) = summary(&at, &["replicate", "out", "--out", "package"]);
    assert!(ok && package["folder"].as_str().unwrap().ends_with("package"), "{package}");
}

#[test]
fn what_is_wrong_is_in_the_object_too() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, wrong) = summary(folder.path(), &["run", "nowhere.toml"]);
    assert!(
        !ok && wrong["ok"] == false && wrong["error"].as_str().unwrap().contains("nowhere.toml"),
        "{wrong}"
    );
    let run = example_run().to_str().unwrap();
    let (ok, wrong) = summary(folder.path(), &["rank", run, "--by", "srt"]);
    assert!(
        !ok && wrong["command"] == "rank" && wrong["error"].as_str().unwrap().contains("near to it"),
        "{wrong}"
    );
}
