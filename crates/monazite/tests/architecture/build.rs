//! `cargo test` builds nothing a second time that `cargo run` has built: the test libraries switch on no feature of a
//! crate that the engine stands on. One feature more would mean building the engine, and all between, twice.

use std::collections::BTreeSet;
use std::process::Command;

use crate::source_code::root;

/// Name and version of every crate with its features, as cargo resolves them for these kinds of dependency.
fn features(kinds: &str) -> BTreeSet<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--prefix", "none", "--format", "{p}|{f}", "--edges", kinds])
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    text.lines()
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('|'))
        .map(|(package, features)| {
            let mut features: Vec<&str> = features.split(',').collect();
            features.sort_unstable();
            (package.trim_end_matches(" (proc-macro)").to_owned(), features.join(","))
        })
        .collect()
}

#[test]
fn tests_build_nothing_twice() {
    let (program, tests) = (features("normal,build"), features("normal,build,dev"));
    assert!(program.len() > 50, "cargo tree lists too few crates: {program:?}");
    let different: Vec<String> =
        program.difference(&tests).map(|(package, features)| format!("{package}: {features}")).collect();
    assert!(
        different.is_empty(),
        "features of these differ between `cargo run` and `cargo test`; switch them on for both in Cargo.toml:\n{}",
        different.join("\n")
    );
}
