//! What tests are compiled to: every file of tests is run, and nothing is compiled again for them.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use super::source_code::{root, tokens};

/// Cargo does not look for tests itself, since all of a crate are one binary: a file that nobody names would never be run.
#[test]
fn every_file_of_tests_is_run() {
    for (folder, binary) in [("monazite", "engine.rs"), ("monazite-cli", "program.rs")] {
        let tests = root().join("crates").join(folder).join("tests");
        let manifest = fs::read_to_string(root().join("crates").join(folder).join("Cargo.toml")).unwrap();
        let code = tokens(&fs::read_to_string(tests.join(binary)).unwrap());
        let modules: BTreeSet<&str> =
            code.windows(2).filter(|w| w[0].is("mod")).map(|w| w[1].text.as_str()).collect();
        let mut files = 0;
        for entry in fs::read_dir(&tests).unwrap() {
            let path = entry.unwrap().path();
            let file = if path.is_dir() { path.join("main.rs") } else { path.clone() };
            if !file.exists() || file.extension().is_none_or(|e| e != "rs") {
                continue;
            }
            let name = file.strip_prefix(&tests).unwrap().display().to_string();
            let own_binary = manifest.contains(&format!("path = \"tests/{name}\""));
            let module = path.file_stem().is_some_and(|stem| modules.contains(stem.to_str().unwrap()));
            assert!(
                own_binary || module,
                "{folder}: tests/{name} is never run; make it a module of tests/{binary}"
            );
            files += 1;
        }
        assert!(files > 10, "only {files} files of tests in {folder}");
    }
}

/// Crates with their features, as Cargo puts them together.
fn crates(edges: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments =
        ["tree", "--offline", "--locked", "--prefix", "none", "--format", "{p} [{f}]", "--edges", edges];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// A feature that only tests need makes another crate, and all that use it, the engine among them, are compiled once for programs and
/// once for tests.
#[test]
fn tests_take_crates_with_the_features_of_programs() {
    let (of_programs, of_tests) = (crates("normal,build"), crates("normal,build,dev"));
    assert!(of_programs.len() > 50, "{of_programs:?}");
    let again: Vec<&String> = of_programs.difference(&of_tests).collect();
    assert!(
        again.is_empty(),
        "tests take these with other features; name the feature in Cargo.toml of the workspace:\n{again:#?}"
    );
}
