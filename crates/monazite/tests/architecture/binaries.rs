//! What tests are compiled to: every file of tests is run.

use std::collections::BTreeSet;
use std::fs;

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
